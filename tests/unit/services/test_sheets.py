"""The home programme sheet and the face sheet from the store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.episode import Diagnosis, DischargeReason, EpisodeOfCare
from ptnotes.domain.errors import AccessError, InputError, NotFoundError
from ptnotes.domain.payers import Coverage, Payer
from ptnotes.domain.people import Paper, Role
from ptnotes.domain.screening import Answer
from ptnotes.domain.treatment import Exercise, Place
from ptnotes.services.documents import documents_of, give_out
from ptnotes.services.episodes import change_episode, discharge_episode
from ptnotes.services.face_sheet import face_sheet_data, prepare_face_sheet
from ptnotes.services.home_sheet import HomeSheetChoices, prepare_home_sheet
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import change_patient, load_patient
from ptnotes.services.payers import add_payer, save_coverage
from ptnotes.services.screening import answer_screen
from ptnotes.services.signing import sign_note
from ptnotes.services.visits import save_draft, start_session
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.reports.cases import flat, pages
from tests.signing import clinic_with_episode, passphrases_remembered, screened, whole

HOME = Exercise(row=20, name="Bridge", sets=3, reps=10, place=Place.HOME)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[OpenClinic, EpisodeOfCare]]:
    clinic, episode = clinic_with_episode(tmp_path, FixedClock())
    yield clinic, episode
    clinic.close()


def test_a_home_sheet_is_a_draft_until_its_visit_is_signed(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    screened(clinic, episode)
    # An unsigned visit without exercises for home is no part of the sheet.
    earlier = save_draft(clinic, whole(start_session(clinic, episode.id or 0, date(2026, 2, 20))))
    charted = whole(start_session(clinic, episode.id or 0))
    note = save_draft(clinic, replace(charted, exercises=(HOME,), next_row=21))
    made = prepare_home_sheet(clinic, episode.id or 0, HomeSheetChoices(paper=Paper.A4))
    assert made.draft == ("1 note not signed yet.",)
    assert [key for key, _ in made.sessions] == [note.id]
    assert earlier.id not in dict(made.sessions)
    with passphrases_remembered():
        sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    made = prepare_home_sheet(clinic, episode.id or 0, HomeSheetChoices())
    assert made.draft == ()
    assert (made.title, made.covers_to) == ("Home programme of 2 Mar 2026", date(2026, 3, 2))
    give_out(clinic, made, list)
    assert [one.kind for one in documents_of(clinic, episode.patient_id)] == [DocumentKind.HOME_PROGRAMME]


def test_what_the_patient_is_to_watch_for_is_text_as_any_other(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = scene
    made = prepare_home_sheet(clinic, episode.id or 0, HomeSheetChoices(watch_for=" Rest if it aches. "))
    assert "What to watch for: Rest if it aches." in flat(pages(made.pdf)[0])
    with pytest.raises(InputError, match=r"text\.too_long"):
        prepare_home_sheet(clinic, episode.id or 0, HomeSheetChoices(watch_for="x" * 601))


def test_a_home_sheet_without_a_visit_is_made_and_says_what_it_lacks(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = scene
    made = prepare_home_sheet(clinic, episode.id or 0, HomeSheetChoices())
    assert "lack.home_exercises" in [lack.code for lack in made.lacks]
    with pytest.raises(NotFoundError):
        prepare_home_sheet(clinic, 99, HomeSheetChoices())


def test_a_face_sheet_holds_what_is_stored(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    diagnosis = Diagnosis(row=1, code="M54.50", words="Low back pain", checked=True)
    change_episode(clinic, replace(episode, diagnoses=(diagnosis,), precaution="no heavy lifting"))
    answer_screen(clinic, episode.id or 0, [("osteoporosis_severe", Answer.YES, ())])
    payer = add_payer(clinic, Payer(name="Made-up Mutual"))
    save_coverage(
        clinic, Coverage(patient_id=episode.patient_id, payer_id=payer.id or 0, member_number="M-77")
    )
    discharge_episode(clinic, episode.id or 0, date(2026, 3, 1), DischargeReason.PLATEAU)
    made = prepare_face_sheet(clinic, episode.patient_id)
    text = flat(pages(made.pdf)[0])
    for words in (
        "Made-up Mutual",
        "M-77",
        "M54.50",
        "no heavy lifting",
        "Severe osteoporosis",
        "no further change",
    ):
        assert words in text
    assert (made.draft, made.episode_id, made.title) == ((), None, "Face sheet of 2 Mar 2026")
    assert [lack.code for lack in made.lacks] == ["lack.patient_address", "lack.emergency_contact"]
    assert not any(lack.is_required for lack in made.lacks)


def test_the_front_desk_gets_a_sheet_without_what_only_the_chart_holds(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = scene
    change_episode(clinic, replace(episode, precaution="no heavy lifting", title="Low back pain"))
    desk = replace(clinic, person=replace(clinic.person, role=Role.FRONT_DESK, granted=frozenset()))
    assert face_sheet_data(desk, episode.patient_id).episodes is None
    text = flat(pages(prepare_face_sheet(desk, episode.patient_id).pdf)[0])
    assert "Moreau, Hélène" in text
    assert "heavy lifting" not in text
    assert "Low back" not in text
    with pytest.raises(AccessError):
        prepare_home_sheet(desk, episode.id or 0, HomeSheetChoices())


def test_a_face_sheet_lacks_nothing_of_a_patient_who_is_known(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = scene
    patient = load_patient(clinic, episode.patient_id)
    change_patient(clinic, replace(patient, address="9 Pier Road", emergency_contact="Luc"))
    codes = [lack.code for lack in prepare_face_sheet(clinic, episode.patient_id).lacks]
    assert codes == ["lack.coverage"]
