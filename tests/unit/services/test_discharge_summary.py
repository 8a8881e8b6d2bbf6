"""Making a discharge summary from the store."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ptnotes.domain.conclusion import Conclusion
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.episode import DischargeReason, EpisodeOfCare
from ptnotes.domain.errors import InputError, NotFoundError
from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import VisitKind
from ptnotes.services.discharge_summary import DischargeChoices, prepare_discharge_summary
from ptnotes.services.documents import documents_of, give_out
from ptnotes.services.episodes import discharge_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import ReportChoices, prepare_report
from ptnotes.services.signing import sign_note
from ptnotes.services.visits import save_draft, start_session
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.reports.cases import flat, pages
from tests.signing import clinic_with_episode, passphrases_remembered, screened, whole


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[OpenClinic, EpisodeOfCare]]:
    clinic, episode = clinic_with_episode(tmp_path, FixedClock())
    screened(clinic, episode)
    yield clinic, episode
    clinic.close()


def _signed_visit(clinic: OpenClinic, episode: EpisodeOfCare, days_ago: int = 0) -> None:
    on = clinic.today().replace(day=2 - days_ago) if days_ago else clinic.today()
    note = save_draft(clinic, whole(start_session(clinic, episode.id or 0, on)))
    with passphrases_remembered():
        sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)


def test_a_summary_is_kept_as_what_it_is(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    _signed_visit(clinic, episode)
    discharge_episode(clinic, episode.id or 0, clinic.today(), DischargeReason.PLATEAU)
    made = prepare_discharge_summary(clinic, episode.id or 0, DischargeChoices(paper=Paper.A4))
    assert (made.draft, made.title) == ((), "Discharge summary to 2 Mar 2026")
    assert made.file_name == "discharge-summary-000123-2026-03-02.pdf"
    assert len(made.sessions) == 1
    give_out(clinic, made, list)
    (kept,) = documents_of(clinic, episode.patient_id)
    assert (kept.kind, kept.is_draft) == (DocumentKind.DISCHARGE_SUMMARY, False)


def test_a_summary_of_an_open_episode_is_a_draft(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    _signed_visit(clinic, episode)
    made = prepare_discharge_summary(clinic, episode.id or 0, DischargeChoices())
    assert made.draft == ("The episode is not discharged yet.",)


def test_an_unsigned_note_makes_it_a_draft(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    save_draft(clinic, whole(start_session(clinic, episode.id or 0, kind=VisitKind.DISCHARGE)))
    discharge_episode(clinic, episode.id or 0, clinic.today(), DischargeReason.GOALS_MET)
    made = prepare_discharge_summary(clinic, episode.id or 0, DischargeChoices())
    assert made.draft == ("1 note not signed yet.",)


def test_it_knows_the_report_that_was_given_out_last(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    _signed_visit(clinic, episode, days_ago=1)
    give_out(clinic, prepare_report(clinic, episode.id or 0, ReportChoices(as_of=None)), list)
    _signed_visit(clinic, episode)
    made = prepare_discharge_summary(clinic, episode.id or 0, DischargeChoices())
    assert "to 1 Mar 2026, 1 visit since" in flat(pages(made.pdf)[0])


def test_the_conclusion_is_drafted_and_can_be_replaced(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    _signed_visit(clinic, episode)
    drafted = prepare_discharge_summary(clinic, episode.id or 0, DischargeChoices())
    assert drafted.conclusion is not None
    own = replace(drafted.conclusion, headline="Back at work")
    made = prepare_discharge_summary(clinic, episode.id or 0, DischargeChoices(conclusion=own))
    assert "Back at work." in flat(pages(made.pdf)[0])
    with pytest.raises(InputError, match=r"text\.empty"):
        prepare_discharge_summary(
            clinic, episode.id or 0, DischargeChoices(conclusion=Conclusion(headline=" "))
        )


def test_what_is_not_there_is_refused(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    with pytest.raises(NotFoundError):
        prepare_discharge_summary(clinic, 99, DischargeChoices())
    with pytest.raises(InputError, match=r"visit\.none"):
        prepare_discharge_summary(clinic, episode.id or 0, DischargeChoices())
