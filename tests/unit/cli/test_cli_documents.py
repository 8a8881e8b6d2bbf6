"""The commands that make documents: evaluations, notes of one visit and discharge summaries."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest

from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.treatment import Note, SessionRow, VisitStatus
from ptnotes.services.documents import document_again, documents_of
from ptnotes.services.episodes import episodes_of
from ptnotes.services.opening import open_clinic
from ptnotes.services.patients import find_patients
from ptnotes.services.sample import create_demo
from ptnotes.services.signing import sign_note
from ptnotes.services.visits import save_draft, sessions_of, start_session
from tests.clinics import PASSPHRASE as HERONS
from tests.clinics import PATIENT
from tests.clock import FixedClock
from tests.signing import clinic_with_episode, draft
from tests.unit.cli.running import PASSPHRASE, Run, pdf_text


@pytest.fixture(scope="module")
def visits(clinic_file: Path) -> list[SessionRow]:
    """The visits of the patient 00231, earliest first."""
    with closing(open_clinic(clinic_file, PASSPHRASE)) as clinic:
        (row,) = find_patients(clinic, "00231")
        (episode,) = episodes_of(clinic, row.id)
        return sorted(sessions_of(clinic, episode.id or 0), key=lambda one: (one.service_date, one.id))


def report(clinic_file: Path, kind: str, out: Path, *more: str | Path) -> list[str | Path]:
    return ["--file", clinic_file, "report", kind, "--patient", "00231", "--out", out, *more]


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("progress", "Progress report"),
        ("evaluation", "Evaluation and plan of care"),
        ("session", "Session note"),
        ("discharge", "Discharge summary"),
    ],
)
def test_each_kind_is_written_on_the_paper_that_is_named(
    run: Run, clinic_file: Path, tmp_path: Path, kind: str, title: str, paper: str
) -> None:
    out = tmp_path / "document.pdf"
    code, written, told = run(*report(clinic_file, kind, out, "--paper", paper))
    assert (code, written) == (0, "")
    assert all(line.startswith(("Draft: ", "Lacks: ")) for line in told.splitlines())
    assert title in " ".join(pdf_text(out).split())
    with pikepdf.open(out) as document:
        assert round(float(document.pages[0].mediabox[2])) == {"letter": 612, "a4": 595}[paper]
    assert [path.name for path in tmp_path.iterdir()] == ["document.pdf"]


def test_what_a_document_lacks_is_told_and_does_not_fail(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    code, _, told = run(*report(clinic_file, "discharge", tmp_path / "d.pdf"))
    assert code == 0
    assert "Lacks: The episode is not discharged yet.\n" in told


def test_a_document_that_is_made_is_kept(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "note.pdf"
    assert run(*report(clinic_file, "session", out))[0] == 0
    with closing(open_clinic(clinic_file, PASSPHRASE)) as clinic:
        (row,) = find_patients(clinic, "00231")
        # Not the newest: the same note that another test made within the same second is the same document.
        kept = {document_again(clinic, one.id).pdf: one.kind for one in documents_of(clinic, row.id)}
    assert kept[out.read_bytes()] is DocumentKind.SESSION_NOTE


def test_a_visit_is_named_by_its_day(
    run: Run, clinic_file: Path, tmp_path: Path, visits: list[SessionRow]
) -> None:
    attended = [row for row in visits if row.status is VisitStatus.ATTENDED]
    out = tmp_path / "note.pdf"
    day = attended[1].service_date
    for name in (day.isoformat(), f"{day.isoformat()}#1", f"{day.month}/{day.day}/{day.year}"):
        assert run(*report(clinic_file, "session", out, "--session", name))[0] == 0, name
        assert "visit 2" in pdf_text(out)
    assert run(*report(clinic_file, "session", out))[0] == 0
    assert f"visit {len(attended)}" in pdf_text(out)
    missed = next(row for row in visits if row.status is VisitStatus.MISSED)
    assert run(*report(clinic_file, "session", out, "--session", missed.service_date.isoformat())) == (
        0,
        "",
        "",
    )
    assert "The visit was missed" in pdf_text(out)


@pytest.mark.parametrize("name", ["2001-01-01", "{day}#2"])
def test_a_visit_that_is_not_there_is_told(
    run: Run, clinic_file: Path, tmp_path: Path, visits: list[SessionRow], name: str
) -> None:
    day = visits[0].service_date.isoformat()
    name = name.format(day=day)
    code, written, told = run(*report(clinic_file, "session", tmp_path / "n.pdf", "--session", name))
    assert (code, written) == (1, "")
    assert told == f"No such visit of this episode is charted on {name.partition('#')[0]}.\n"


def test_an_evaluation_is_named_by_its_day_and_a_treatment_is_none(
    run: Run, clinic_file: Path, tmp_path: Path, visits: list[SessionRow]
) -> None:
    out = tmp_path / "e.pdf"
    last = visits[-1].service_date.isoformat()
    assert run(*report(clinic_file, "evaluation", out, "--session", last))[0] == 0
    assert "Re-evaluation and updated plan of care" in " ".join(pdf_text(out).split())
    told = run(*report(clinic_file, "evaluation", out, "--session", visits[1].service_date.isoformat()))
    assert told == (1, "", "This visit is no evaluation or re-evaluation of this episode.\n")


@pytest.mark.parametrize(
    "more",
    [("--session", "2026-01-05#0"), ("--session", "2026-01-05#x"), ("--session", "soon"), ("--paper", "a5")],
)
def test_what_is_not_understood_is_refused_before_anything_is_asked(
    run: Run, clinic_file: Path, tmp_path: Path, more: tuple[str, str]
) -> None:
    code, written, told = run(*report(clinic_file, "session", tmp_path / "n.pdf", *more), stdin="")
    assert (code, written) == (2, "")
    assert "ptnotes report session: error: argument" in told


def test_of_several_visits_on_a_day_one_has_to_be_named(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "clinic.ptnotes", tmp_path / "n.pdf"
    with closing(create_demo(path, PASSPHRASE, clock=FixedClock())) as clinic:
        (row,) = find_patients(clinic, "00231")
        (episode,) = episodes_of(clinic, row.id)
        # A Sunday, on which nobody of the demo is treated.
        day = clinic.today() - timedelta(days=1)
        for words in ("In the morning.", "In the evening."):
            started = start_session(clinic, episode.id or 0, day)
            save_draft(clinic, replace(started, note=Note(subjective=words)))
    code, _, told = run(*report(path, "session", out, "--session", day.isoformat()))
    assert code == 1
    assert told.splitlines() == [
        f"Several visits are charted on {day.isoformat()}. Name one:",
        f"  {day.isoformat()}#1  treatment, attended",
        f"  {day.isoformat()}#2  treatment, attended",
    ]
    assert not out.exists()
    assert run(*report(path, "session", out, "--session", f"{day.isoformat()}#2"))[0] == 0
    assert "In the evening." in pdf_text(out)


def test_a_report_is_signed_by_whoever_opens_the_file_and_a_draft_is_not(run: Run, tmp_path: Path) -> None:
    clinic, episode = clinic_with_episode(tmp_path, FixedClock())
    with closing(clinic):
        note = draft(clinic, episode)
        sign_note(clinic, note.id or 0, note.revision, HERONS)
    out, typed = tmp_path / "report.pdf", f"{HERONS}\n"
    made = ["--file", clinic.path, "report", "progress", "--patient", PATIENT.mrn, "--out", out]
    assert run(*made, "--sign", stdin=typed)[0] == 0
    assert "Signed electronically by J. Rivera, PT, DPT" in " ".join(pdf_text(out).split())
    with closing(open_clinic(clinic.path, HERONS)) as opened:
        (kept,) = documents_of(opened, episode.patient_id)
        assert kept.signed is not None
        assert (kept.signed.person, kept.has_left) == ("J. Rivera, PT, DPT", True)
        assert document_again(opened, kept.id).pdf == out.read_bytes()
        draft(opened, episode)
    out.unlink()
    code, _, told = run(*made, "--sign", stdin=typed)
    assert (code, told) == (1, "A draft cannot be signed. 1 note not signed yet.\n")
    assert not out.exists()
    assert run(*made, stdin=typed)[0] == 0
    assert "Signed electronically by J. Rivera" not in " ".join(pdf_text(out).split())


def test_what_was_signed_and_could_not_be_saved_is_told(run: Run, tmp_path: Path) -> None:
    clinic, episode = clinic_with_episode(tmp_path, FixedClock())
    with closing(clinic):
        note = draft(clinic, episode)
        sign_note(clinic, note.id or 0, note.revision, HERONS)
    out, typed = tmp_path / "notes.txt", f"{HERONS}\n"
    out.write_text("no PDF")
    made = ["--file", clinic.path, "report", "progress", "--patient", PATIENT.mrn, "--out", out]
    code, _, told = run(*made, stdin=typed)
    assert code == 1
    assert "signed and kept" not in told
    code, _, told = run(*made, "--sign", stdin=typed)
    assert code == 1
    assert told.splitlines()[0] == (
        "The document is signed and kept, and was not saved. In the window it stands under Given out."
    )
    assert out.read_text() == "no PDF"
    with closing(open_clinic(clinic.path, HERONS)) as opened:
        (kept,) = documents_of(opened, episode.patient_id)
        assert (kept.signed is not None, kept.has_left) == (True, False)
