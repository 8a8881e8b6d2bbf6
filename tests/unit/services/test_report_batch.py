"""The reports that are due: which they are, since when, and how each gets into the folder whole or not at all."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from ptnotes.domain.due import Urgency
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.services import report_batch
from ptnotes.services.documents import documents_of, give_out
from ptnotes.services.export_file import put_in_place
from ptnotes.services.history import history_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.report_batch import give_into, prepare_due_report, reports_due
from tests.clinics import PATIENT
from tests.clock import FixedClock
from tests.documents import a_document
from tests.signing import clinic_with_episode, draft
from tests.unit.services.test_due import episode_of

START = date(2026, 2, 2)
Case = tuple[OpenClinic, EpisodeOfCare]


@pytest.fixture
def case(tmp_path: Path, clock: FixedClock) -> Iterator[Case]:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    yield clinic, episode
    clinic.close()


def charted(clinic: OpenClinic, episode: EpisodeOfCare, count: int, first: date = START) -> None:
    for place in range(count):
        draft(clinic, episode, first + timedelta(days=place))


def test_what_is_due_is_told_most_pressing_first_with_the_last_day_that_was_reported(case: Case) -> None:
    clinic, first = case
    charted(clinic, first, 12)
    give_out(clinic, a_document(first, covers_to=START + timedelta(days=1)), list)
    soon = episode_of(clinic, replace(PATIENT, mrn="2", given_name="Ana"), START)
    charted(clinic, soon, 9)
    quiet = episode_of(clinic, replace(PATIENT, mrn="3", given_name="Bo"), START)
    charted(clinic, quiet, 3)
    late = episode_of(clinic, replace(PATIENT, mrn="4", given_name="Cy"), START)
    charted(clinic, late, 14)
    found = reports_due(clinic)
    assert [(one.episode_id, one.due.urgency, one.since) for one in found] == [
        (late.id, Urgency.OVERDUE, None),
        (first.id, Urgency.OVERDUE, START + timedelta(days=1)),
        (soon.id, Urgency.SOON, None),
    ]


def test_a_report_covers_the_time_since_the_one_before_it(case: Case) -> None:
    clinic, episode = case
    charted(clinic, episode, 12)
    give_out(clinic, a_document(episode, covers_to=START + timedelta(days=1)), list)
    (due,) = reports_due(clinic)
    made = prepare_due_report(clinic, due)
    assert (made.covers_from, made.covers_to) == (START + timedelta(days=2), START + timedelta(days=11))


def test_a_draft_says_so_in_the_name_of_its_file_too_and_stays_due(case: Case, tmp_path: Path) -> None:
    clinic, episode = case
    charted(clinic, episode, 12)
    (due,) = reports_due(clinic)
    made = prepare_due_report(clinic, due)
    path = give_into(clinic, made, tmp_path)
    assert path.name == "progress-report-000123-2026-02-13-draft.pdf"
    assert path.read_bytes() == made.pdf
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (kept,) = documents_of(clinic, episode.patient_id)
    assert kept.is_draft
    told = [row.what for row in history_of(clinic, episode.patient_id)]
    assert told.count("saved a document as a file: progress report, draft") == 1
    assert reports_due(clinic) == (due,)


def test_one_that_was_made_of_signed_notes_is_due_no_more(case: Case, tmp_path: Path) -> None:
    clinic, episode = case
    charted(clinic, episode, 12)
    (due,) = reports_due(clinic)
    signed = replace(prepare_due_report(clinic, due), draft=())
    give_into(clinic, signed, tmp_path)
    assert reports_due(clinic) == ()


def test_nothing_in_the_folder_is_written_over(case: Case, tmp_path: Path) -> None:
    clinic, episode = case
    made = a_document(episode, file_name="report.pdf")
    (tmp_path / "report.pdf").write_bytes(b"of somebody else")
    names = [
        give_into(clinic, replace(made, pdf=b"%PDF-" + bytes([65 + n])), tmp_path).name for n in range(2)
    ]
    assert names == ["report-2.pdf", "report-3.pdf"]
    assert (tmp_path / "report.pdf").read_bytes() == b"of somebody else"


def test_a_name_that_is_taken_at_the_last_moment_gives_way_to_the_next(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic, episode = case
    made = a_document(episode, file_name="report.pdf")

    def slowly(part: Path, path: Path, *, replace: bool) -> None:
        if path.name == "report.pdf":
            path.write_bytes(b"of somebody else")
        put_in_place(part, path, replace=replace)

    monkeypatch.setattr(report_batch, "put_in_place", slowly)
    assert give_into(clinic, made, tmp_path).name == "report-2.pdf"
    assert (tmp_path / "report.pdf").read_bytes() == b"of somebody else"
    assert len(documents_of(clinic, episode.patient_id)) == 1


def test_where_it_cannot_be_written_down_no_file_is_left(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic, episode = case
    folder = tmp_path / "out"
    folder.mkdir()

    def full(_connection: Connection) -> None:
        assert [path.read_bytes() for path in folder.glob("[!.]*")] == [made.pdf]
        raise EnvironmentFault("disk.full", path="made-up")

    made = a_document(episode)
    with monkeypatch.context() as patched:
        patched.setattr(Connection, "commit", full)
        with pytest.raises(EnvironmentFault, match=r"disk\.full"):
            give_into(clinic, made, folder)
    assert documents_of(clinic, episode.patient_id) == ()
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_gone_is_told_and_nothing_is_kept(case: Case, tmp_path: Path) -> None:
    clinic, episode = case
    with pytest.raises(EnvironmentFault, match=r"folder\.missing"):
        give_into(clinic, a_document(episode), tmp_path / "gone")
    assert documents_of(clinic, episode.patient_id) == ()
