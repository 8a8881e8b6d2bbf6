"""Making a progress report from the store."""

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from ptnotes.db.certification import note_report
from ptnotes.db.patients import add_patients
from ptnotes.domain.certification import Certification
from ptnotes.domain.conclusion import NOTHING_ASKED, Asked, Conclusion, Request
from ptnotes.domain.episode import PlanOfCare
from ptnotes.domain.errors import EnvironmentFault, InputError, NotFoundError
from ptnotes.domain.letters import LetterTemplate
from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import TreatmentSession, VisitKind
from ptnotes.services.certification import save_certification
from ptnotes.services.discharge_summary import DischargeChoices, prepare_discharge_summary
from ptnotes.services.document_facts import document_facts
from ptnotes.services.documents import save_pdf
from ptnotes.services.episodes import change_episode, load_episode, open_episode
from ptnotes.services.evaluation import EvaluationChoices, prepare_evaluation
from ptnotes.services.letters import filled
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import (
    ReportChoices,
    prepare_report,
    progress_report_data,
)
from ptnotes.services.visits import save_draft, sessions_of, start_session
from tests.clinics import clinic_in
from tests.clock import FixedClock
from tests.reports.cases import EPISODE, FIRST_DAY, PATIENT, flat, pages, visit


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, FixedClock())
    yield opened
    opened.close()


@pytest.fixture
def episode_id(clinic: OpenClinic) -> int:
    """An episode with visits on the first three days, charted as the screen does."""
    with clinic.store.write() as connection:
        (patient,) = add_patients(connection, [replace(PATIENT, id=None)], clinic.clock())
        connection.commit()
    goals = tuple(replace(goal, uuid="") for goal in EPISODE.goals)
    episode = open_episode(clinic, replace(EPISODE, id=None, patient_id=patient.id or 0, goals=goals))
    for number in range(1, 4):
        chart(clinic, episode.id or 0, visit(number))
    return episode.id or 0


def chart(clinic: OpenClinic, episode_id: int, charted: TreatmentSession) -> None:
    started = start_session(clinic, episode_id, charted.service_date)
    save_draft(
        clinic,
        replace(
            started,
            kind=charted.kind,
            rom=tuple(replace(row, rater=clinic.person_id) for row in charted.rom),
            pain=charted.pain,
            mobilizations=charted.mobilizations,
            interventions=charted.interventions,
            note=charted.note,
            next_row=charted.next_row,
        ),
    )


def report_to(clinic: OpenClinic, episode_id: int, day: date) -> None:
    with clinic.store.write() as connection:
        note_report(connection, episode_id, day, clinic.clock(), clinic.person_id)
        connection.commit()


def test_a_report_is_made_of_what_is_stored(clinic: OpenClinic, episode_id: int) -> None:
    text = flat(pages(prepare_report(clinic, episode_id, ReportChoices()).pdf)[0])
    assert "Moreau, Hélène" in text
    assert "visits 1–3" in text
    assert "Responds as hoped." in text


def test_a_report_up_to_a_day_knows_nothing_later(clinic: OpenClinic, episode_id: int) -> None:
    data = progress_report_data(clinic, episode_id, ReportChoices(as_of=FIRST_DAY))
    assert data.visits_attended == 1
    assert data.last_on == FIRST_DAY


def test_a_day_to_come_is_refused(clinic: OpenClinic, episode_id: int) -> None:
    with pytest.raises(InputError) as caught:
        progress_report_data(clinic, episode_id, ReportChoices(as_of=clinic.today() + timedelta(days=1)))
    assert caught.value.code == "date.future"


def test_a_last_report_after_this_one_is_refused(clinic: OpenClinic, episode_id: int) -> None:
    with pytest.raises(InputError) as caught:
        progress_report_data(clinic, episode_id, ReportChoices(as_of=FIRST_DAY, since=FIRST_DAY))
    assert caught.value.code == "report.period"


def test_an_unknown_episode_is_not_found(clinic: OpenClinic) -> None:
    with pytest.raises(NotFoundError):
        prepare_report(clinic, 99, ReportChoices())


def test_the_paper_is_the_clinics_unless_chosen(clinic: OpenClinic, episode_id: int) -> None:
    assert progress_report_data(clinic, episode_id).paper is Paper.LETTER
    made = prepare_report(clinic, episode_id, ReportChoices(paper=Paper.A4))
    with pikepdf.open(BytesIO(made.pdf)) as document:
        assert [round(float(side)) for side in document.pages[0].mediabox[2:]] == [595, 842]


def test_it_is_dated_in_the_clinics_time(clinic: OpenClinic, episode_id: int) -> None:
    data = progress_report_data(clinic, episode_id)
    assert data.written_at.hour == 9
    assert data.written_at.date() == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        (ReportChoices(conclusion=Conclusion(headline=" ")), "text.empty"),
        (ReportChoices(conclusion=Conclusion(headline="x" * 2001)), "text.too_long"),
        (ReportChoices(asked=Asked(request=Request.QUESTION, words=" ")), "text.empty"),
        (ReportChoices(asked=Asked(request=Request.QUESTION, words="a\x00b")), "text.control"),
    ],
)
def test_unfit_words_are_refused(
    clinic: OpenClinic, episode_id: int, choices: ReportChoices, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        prepare_report(clinic, episode_id, choices)
    assert caught.value.code == code


def test_a_signature_needs_a_plan_of_care(clinic: OpenClinic, episode_id: int) -> None:
    asked = ReportChoices(asked=Asked(request=Request.SIGNATURE))
    assert prepare_report(clinic, episode_id, asked).pdf.startswith(b"%PDF")
    change_episode(clinic, replace(load_episode(clinic, episode_id), plan=PlanOfCare()))
    with pytest.raises(InputError) as caught:
        prepare_report(clinic, episode_id, asked)
    assert caught.value.code == "report.no_plan"


def test_a_report_is_saved_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-older")
    assert save_pdf(b"%PDF-made", path) == path
    assert path.read_bytes() == b"%PDF-made"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_saved_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-older")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(EnvironmentFault) as caught:
        save_pdf(b"%PDF-made", path)
    assert caught.value.code == "disk.full"
    assert path.read_bytes() == b"%PDF-older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        save_pdf(b"%PDF-made", tmp_path / "gone" / "report.pdf")
    assert caught.value.code == "folder.missing"


@pytest.mark.parametrize("content", [b"PTNotes file", b'{"format": 1}', b"%PD"])
def test_a_report_replaces_nothing_but_a_pdf(tmp_path: Path, content: bytes) -> None:
    for name in ("clinic.ptnotes", "clinic.ptnotes.keys", "letter.pdf"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(EnvironmentFault) as caught:
            save_pdf(b"%PDF-made", path)
        assert caught.value.code == "report.replaces"
        assert path.read_bytes() == content
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "clinic.ptnotes",
        "clinic.ptnotes.keys",
        "letter.pdf",
    ]


def test_an_empty_file_is_replaced_only_where_its_name_says_pdf(tmp_path: Path) -> None:
    log, chosen = tmp_path / "clinic.ptnotes-wal", tmp_path / "report.PDF"
    log.touch()
    chosen.touch()
    with pytest.raises(EnvironmentFault):
        save_pdf(b"%PDF-made", log)
    assert save_pdf(b"%PDF-made", chosen).read_bytes() == b"%PDF-made"
    assert save_pdf(b"%PDF-again", chosen).read_bytes() == b"%PDF-again"


def test_every_document_says_that_it_got_worse_since_the_last_report(
    clinic: OpenClinic, episode_id: int
) -> None:
    days = [FIRST_DAY + timedelta(days=past) for past in (10, 11, 12)]
    told = ((40, 9, VisitKind.EVALUATION), (60, 3, VisitKind.TREATMENT), (50, 6, VisitKind.RE_EVALUATION))
    patient_id = load_episode(clinic, episode_id).patient_id
    episode = open_episode(clinic, replace(EPISODE, id=None, patient_id=patient_id, start=days[0], goals=()))
    key = episode.id or 0
    for day, (degrees, worst, kind) in zip(days, told, strict=True):
        chart(clinic, key, replace(visit(1, degrees=degrees, worst=worst), service_date=day, kind=kind))
    report_to(clinic, key, days[1])
    again = next(row for row in sessions_of(clinic, key) if row.kind is VisitKind.RE_EVALUATION)
    letter = filled(clinic, key, LetterTemplate(name="All", subject="S", text="{conclusion}")).text
    made = (
        prepare_report(clinic, key, ReportChoices(since=days[1])),
        prepare_discharge_summary(clinic, key, DischargeChoices()),
        prepare_evaluation(clinic, key, EvaluationChoices(session_id=again.id)),
    )
    since = "Better than at the start; worse since the last report (16 Jan 2026)"
    assert since in letter
    for document in made:
        assert document.conclusion is not None
        assert since in document.conclusion.headline + document.conclusion.detail


def test_what_is_due_is_asked_where_nothing_else_is_chosen(clinic: OpenClinic, episode_id: int) -> None:
    made = prepare_report(clinic, episode_id, ReportChoices())
    assert made.asked == Asked(request=Request.SIGNATURE, by=FIRST_DAY + timedelta(days=30))
    assert "your signature on the plan of care" in flat(pages(made.pdf)[0]).replace("\xa0", " ")
    silent = prepare_report(clinic, episode_id, ReportChoices(asked=NOTHING_ASKED))
    assert silent.asked == NOTHING_ASKED
    assert "lack.signature_asked" in {lack.code for lack in silent.lacks}
    early = ReportChoices(as_of=FIRST_DAY + timedelta(days=1))
    assert prepare_report(clinic, episode_id, early).asked == made.asked
    # A signature that came since is not asked for again, whatever day the report goes up to.
    signed = Certification(
        episode_id=episode_id, plan_version=1, sent_on=FIRST_DAY, received_on=clinic.today(),
        signed_on=clinic.today(), signed_by="Dr. A", valid_until=clinic.today() + timedelta(days=60),
    )  # fmt: skip
    save_certification(clinic, signed)
    assert prepare_report(clinic, episode_id, ReportChoices()).asked == NOTHING_ASKED
    assert prepare_report(clinic, episode_id, early).asked == NOTHING_ASKED


def test_a_certification_that_ends_soon_is_asked_for_in_a_report_of_a_day_near_its_end(
    clinic: OpenClinic, episode_id: int
) -> None:
    until = clinic.today() + timedelta(days=5)
    signed = Certification(
        episode_id=episode_id, plan_version=1, sent_on=FIRST_DAY, received_on=FIRST_DAY,
        signed_on=FIRST_DAY, signed_by="Dr. A", valid_until=until,
    )  # fmt: skip
    save_certification(clinic, signed)
    asked = Asked(request=Request.SIGNATURE, by=until, renews=True)
    assert progress_report_data(clinic, episode_id).asked == asked
    early = ReportChoices(as_of=FIRST_DAY + timedelta(days=1))
    assert progress_report_data(clinic, episode_id, early).asked == NOTHING_ASKED


def test_a_report_begins_after_the_last_one_that_does_not_cover_its_latest_visit(
    clinic: OpenClinic, episode_id: int
) -> None:
    assert document_facts(clinic, episode_id).reported_to() is None
    first, second, third = (FIRST_DAY + timedelta(days=past) for past in range(3))
    report_to(clinic, episode_id, first)
    report_to(clinic, episode_id, third)
    facts = document_facts(clinic, episode_id)
    assert facts.reported_to() == first
    assert facts.reported_to(second) == first
    assert facts.reported_to(first) is None
