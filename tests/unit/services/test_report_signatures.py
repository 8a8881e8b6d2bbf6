"""A document claims the signatures that hold and no other; one of unsigned notes says DRAFT on every page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import text

from ptnotes.db.triggers import drop_triggers
from ptnotes.domain.audit import AuditMark, Wrong
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import AccessError, EnvironmentFault
from ptnotes.domain.people import Permission
from ptnotes.domain.signature import AddendumKind
from ptnotes.reports.audit_mark import mark_of
from ptnotes.services import signing
from ptnotes.services.documents import give_out, save_pdf
from ptnotes.services.history import verify_audit
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import ReportChoices, prepare_report, progress_report_data
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.documents import a_document
from tests.reports.cases import flat, pages
from tests.signing import (
    OTHER_PASSPHRASE,
    STUDENT,
    as_somebody,
    clinic_with_episode,
    draft,
    passphrases_remembered,
)

Case = tuple[OpenClinic, EpisodeOfCare]


@pytest.fixture
def case(tmp_path: Path, clock: FixedClock) -> Iterator[Case]:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    with passphrases_remembered():
        yield clinic, episode
    clinic.close()


def sign(clinic: OpenClinic, episode: EpisodeOfCare, passphrase: str = PASSPHRASE) -> int:
    note = draft(clinic, episode)
    signing.sign_note(clinic, note.id or 0, note.revision, passphrase)
    return note.id or 0


def report(case: Case) -> list[str]:
    return [flat(page) for page in pages(prepare_report(case[0], case[1].id or 0, ReportChoices()).pdf)]


def saved(case: Case, folder: Path) -> Path:
    return save_pdf(prepare_report(case[0], case[1].id or 0, ReportChoices()).pdf, folder / "report.pdf")


def test_a_report_of_signed_notes_says_who_signed_when_and_how_far_the_audit_had_come(
    case: Case, clock: FixedClock, tmp_path: Path
) -> None:
    clinic, episode = case
    sign(clinic, episode)
    clock.advance(days=2)
    sign(clinic, episode)
    told = report(case)
    assert not any("DRAFT" in page for page in told)
    assert "1 2 Mar 2026 J. Rivera, PT, DPT 2 Mar 2026 09:00 " in told[-1]
    assert "2 4 Mar 2026 J. Rivera, PT, DPT 4 Mar 2026 09:00 " in told[-1]
    now = verify_audit(clinic)
    assert mark_of(saved(case, tmp_path)) == AuditMark(now.count, now.head)
    assert f"{now.count:,} events, the last {now.head.hex()}." in told[-1]


def test_a_report_of_a_note_that_is_not_signed_says_so_on_every_page(case: Case, tmp_path: Path) -> None:
    clinic, episode = case
    sign(clinic, episode)
    draft(clinic, episode)
    told = report(case)
    assert len(told) > 1
    assert all("DRAFT 1 note not signed yet." in page for page in told)
    assert told[-1].count("J. Rivera, PT, DPT 2 Mar 2026 09:00") == 1
    with pytest.raises(EnvironmentFault, match=r"report\.no_mark"):
        mark_of(saved(case, tmp_path))


def test_a_students_note_is_a_draft_until_it_is_co_signed(case: Case) -> None:
    clinic, episode = case
    note = sign(as_somebody(clinic, STUDENT), episode, OTHER_PASSPHRASE)
    assert all(
        "DRAFT 1 note signed by S. Okafor, SPT, awaiting a co-signature." in page for page in report(case)
    )
    signing.co_sign_note(clinic, note, PASSPHRASE)
    told = report(case)
    assert not any("DRAFT" in page for page in told)
    assert "S. Okafor, SPT; co-signed by J. Rivera, PT, DPT 2 Mar 2026 09:00" in told[-1]


def test_a_signature_that_does_not_hold_is_not_claimed(case: Case) -> None:
    clinic, episode = case
    note = sign(clinic, episode)
    with clinic.store.write() as connection:
        drop_triggers(connection)
        connection.execute(
            text("UPDATE note_section SET text = 'Wholly cured.' WHERE section = 'assessment'")
        )
        connection.commit()
    told = progress_report_data(clinic, episode.id or 0).signatures
    assert told.signed == ()
    assert told.open == ("1 note with a signature that does not hold; it is not claimed here.",)
    assert told.mark is None
    assert all("DRAFT" in page for page in report(case))
    assert note == 1


def test_what_was_added_to_a_signed_note_goes_with_the_report(case: Case, clock: FixedClock) -> None:
    clinic, episode = case
    note = sign(clinic, episode)
    clock.advance(days=3)
    signing.add_addendum(clinic, note, "It was the right side.", PASSPHRASE, AddendumKind.CORRECTION)
    signing.request_amendment(clinic, note, "Take out the word.", "It stays.", PASSPHRASE)
    told = " ".join(report(case))
    assert (
        "2 Mar 2026 Correction, late entry It was the right side. J. Rivera, PT, DPT 5 Mar 2026 09:00" in told
    )
    assert "The patient asks, late entry Take out the word. Answer: It stays." in told


def test_an_audit_that_was_written_anew_or_cut_off_is_found_by_a_document_that_left(
    case: Case, tmp_path: Path
) -> None:
    clinic, episode = case
    sign(clinic, episode)
    path = saved(case, tmp_path)
    mark = mark_of(path)
    assert verify_audit(clinic, pdf=path).problems == ()
    other = tmp_path / "other.pdf"
    with pikepdf.open(path) as document:
        told = str(document.docinfo["/Keywords"])
        document.docinfo["/Keywords"] = told.replace(mark.head.hex(), "ab" * 32)
        document.save(other)
    assert mark_of(other) == AuditMark(mark.count, b"\xab" * 32)
    (problem,) = verify_audit(clinic, pdf=other).problems
    assert (problem.sequence, problem.wrong) == (mark.count, Wrong.REWRITTEN)
    with clinic.store.write() as connection:
        drop_triggers(connection)
        connection.execute(text("DELETE FROM audit_event WHERE sequence > :last"), {"last": mark.count - 1})
        connection.commit()
    assert [one.wrong for one in verify_audit(clinic, pdf=path).problems] == [Wrong.CUT_OFF]


def test_what_is_no_document_of_ours_is_said(tmp_path: Path) -> None:
    odd = tmp_path / "odd.pdf"
    for made in (b"", b"%PDF-1.4\nnonsense"):
        odd.write_bytes(made)
        with pytest.raises(EnvironmentFault, match=r"report\.(unreadable|no_mark)"):
            mark_of(odd)
    with pytest.raises(EnvironmentFault, match=r"report\.unreadable"):
        mark_of(tmp_path / "missing.pdf")


def test_who_may_not_take_records_out_saves_no_report(case: Case) -> None:
    clinic, episode = case
    sign(clinic, episode)
    kept = replace(clinic, person=replace(clinic.person, withheld=frozenset({Permission.EXPORT})))
    with pytest.raises(AccessError, match=r"access\.not_allowed"):
        give_out(kept, a_document(episode), list)
