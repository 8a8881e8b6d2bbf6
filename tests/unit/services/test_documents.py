"""A document leaves only with its bytes kept and its event written, and is logged as sent only where it is no draft."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from ptnotes.domain.audit import Disclosure, Verb
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import AccessError, EnvironmentFault, InputError
from ptnotes.domain.people import Role
from ptnotes.services.documents import document_again, documents_of, give_out, log_sent, save_out
from ptnotes.services.history import disclosures_of, history_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import ReportChoices, prepare_report
from tests.clock import FixedClock
from tests.documents import a_document
from tests.signing import clinic_with_episode, draft

DRAFT = ("1 note not signed yet.",)


@pytest.fixture
def case(tmp_path: Path, clock: FixedClock) -> Iterator[tuple[OpenClinic, EpisodeOfCare]]:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    yield clinic, episode
    clinic.close()


def to(name: str, patient_id: int) -> Disclosure:
    return Disclosure(patient_id=patient_id, what="", to_whom=name, how="fax", purpose="plan of care")


def test_what_is_given_out_is_kept_byte_for_byte_with_its_hash(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    note = draft(clinic, episode)
    made = prepare_report(clinic, episode.id or 0, ReportChoices())
    assert made.sessions == ((note.id, note.revision),)
    given = give_out(clinic, made, list)
    (kept,) = documents_of(clinic, episode.patient_id)
    assert kept.id == given
    assert kept.sha256 == sha256(made.pdf).digest()
    assert (kept.kind, kept.is_draft, kept.size_bytes) == (
        DocumentKind.PROGRESS_REPORT,
        True,
        len(made.pdf),
    )
    again = document_again(clinic, given)
    assert again.pdf == made.pdf
    assert again.draft


def test_it_is_offered_again_under_the_day_that_stands_in_it(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    clinic.zone = "America/Los_Angeles"
    # Late in the evening of the 2nd there, and the 3rd in UTC.
    made_at = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)
    again = document_again(clinic, give_out(clinic, a_document(episode, made_at=made_at), list))
    assert again.file_name == "progress-report-2026-03-02.pdf"
    assert (again.made_at.hour, again.made_at) == (21, made_at)


def test_saved_and_then_printed_it_is_one_document_and_two_events(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    made = a_document(episode)
    assert give_out(clinic, made, list) == give_out(clinic, made, list, Verb.PRINTED)
    assert len(documents_of(clinic, episode.patient_id)) == 1
    told = [row.what for row in history_of(clinic, episode.patient_id)][:2]
    assert told == ["printed a document: progress report", "saved a document as a file: progress report"]


def test_what_could_not_be_written_is_not_kept(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case

    def fails() -> None:
        raise EnvironmentFault("disk.full")

    with pytest.raises(EnvironmentFault):
        give_out(clinic, a_document(episode), fails)
    assert documents_of(clinic, episode.patient_id) == ()


def test_a_file_whose_event_does_not_last_is_taken_back(
    case: tuple[OpenClinic, EpisodeOfCare], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic, episode = case
    made = a_document(episode)
    new, earlier = tmp_path / "new.pdf", tmp_path / "earlier.pdf"
    earlier.write_bytes(b"%PDF-earlier")
    before = sorted(path.name for path in tmp_path.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(Connection, "commit", _has_no_room)
        for path in (new, earlier):
            with pytest.raises(EnvironmentFault, match=r"disk\.full"):
                save_out(clinic, made, made.pdf, path)
    assert earlier.read_bytes() == b"%PDF-earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert documents_of(clinic, episode.patient_id) == ()
    save_out(clinic, made, made.pdf, earlier)
    assert earlier.read_bytes() == made.pdf
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert len(documents_of(clinic, episode.patient_id)) == 1


def _has_no_room(_connection: Connection) -> None:
    raise EnvironmentFault("disk.full")


def test_a_draft_cannot_be_logged_as_sent(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    given = give_out(clinic, a_document(episode, draft=DRAFT), list)
    with pytest.raises(InputError) as caught:
        log_sent(clinic, given, to("Dr. P. Anand", episode.patient_id))
    assert caught.value.code == "document.draft"
    assert disclosures_of(clinic, episode.patient_id) == ()


def test_what_was_sent_names_its_document(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    given = give_out(clinic, a_document(episode), list)
    log_sent(clinic, given, to("Dr. P. Anand", episode.patient_id))
    (sent,) = disclosures_of(clinic, episode.patient_id)
    assert (sent.document_id, sent.what) == (given, "Progress report to 2 Mar 2026")
    assert documents_of(clinic, episode.patient_id)[0].sent == 1


def test_bytes_that_were_changed_in_the_file_are_not_given_as_the_document(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    given = give_out(clinic, a_document(episode), list)
    with clinic.store.write() as connection:
        connection.execute(text("DROP TRIGGER guard_document_update_append_only"))
        connection.execute(text("UPDATE document SET content = x'00'"))
        connection.commit()
    with pytest.raises(EnvironmentFault) as caught:
        document_again(clinic, given)
    assert caught.value.code == "document.changed"


def test_other_bytes_with_a_hash_to_match_are_not_what_the_audit_says_had_left(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    given = give_out(clinic, a_document(episode), list)
    give_out(clinic, a_document(episode), list, Verb.PRINTED)
    assert document_again(clinic, given).pdf == a_document(episode).pdf
    with clinic.store.write() as connection:
        connection.execute(text("DROP TRIGGER guard_document_update_append_only"))
        forged = {"content": b"%PDF-forged", "digest": sha256(b"%PDF-forged").digest()}
        connection.execute(text("UPDATE document SET content = :content, sha256 = :digest"), forged)
        connection.commit()
    with pytest.raises(EnvironmentFault) as caught:
        document_again(clinic, given)
    assert caught.value.code == "document.changed"


def test_whether_a_document_is_a_draft_is_told_to_nobody_who_may_not_read_it(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    given = give_out(clinic, a_document(episode, draft=DRAFT), list)
    desk = replace(clinic, person=replace(clinic.person, role=Role.FRONT_DESK, granted=frozenset()))
    with pytest.raises(AccessError):
        log_sent(desk, given, to("Dr. P. Anand", episode.patient_id))
