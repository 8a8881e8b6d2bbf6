"""The body charts of an episode on its overview: the first and the latest that were drawn, and no other's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ptnotes.db.sessions import add_sessions
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.treatment import BodyMark, TreatmentSession, VisitStatus
from ptnotes.figures.body_areas import area_named
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import episode_overview
from ptnotes.services.patients import add_patient
from ptnotes.services.visits import discard_draft
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock
from tests.episodes import FIRST, visit


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def episode_id(clinic: OpenClinic) -> int:
    patient = add_patient(clinic, PATIENT)
    stored = open_episode(clinic, EpisodeOfCare(patient_id=patient.id or 0, title="Leg pain", start=FIRST))
    return stored.id or 0


def marked(number: int, area_id: str, **more: object) -> TreatmentSession:
    area = area_named(area_id)
    mark = BodyMark(row=70, view=area.view, symptom="pain_area", strokes=(area.outline,))
    return replace(visit(number), body_chart=(mark,), **more)  # type: ignore[arg-type]  # fields by name


def store(clinic: OpenClinic, episode_id: int, *sessions: TreatmentSession) -> list[int]:
    own = [replace(one, id=None, episode_id=episode_id, author_id=clinic.person_id) for one in sessions]
    with clinic.store.write() as connection:
        stored = add_sessions(connection, own, clinic.clock())
        connection.commit()
    return [one.id or 0 for one in stored]


def test_the_first_and_the_latest_drawn_chart_are_told(clinic: OpenClinic, episode_id: int) -> None:
    store(
        clinic,
        episode_id,
        visit(1),
        marked(2, "back.calf.left"),
        marked(3, "back.heel.left"),
        marked(4, "back.buttock.left"),
        visit(5),
    )
    told = episode_overview(clinic, episode_id).body
    assert told is not None
    assert told.first_lines == ("P1: pain, left calf",)
    assert told.latest_lines == ("P1: pain, left buttock",)
    assert told.course.latest is not None
    assert told.course.latest.on > told.course.first.on
    assert any(line.endswith("pain, left calf.") for line in told.changes)


def test_charts_of_visits_that_do_not_count_are_not_told(clinic: OpenClinic, episode_id: int) -> None:
    *_, draft = store(
        clinic,
        episode_id,
        marked(1, "back.calf.left", status=VisitStatus.CANCELLED),
        marked(2, "back.heel.left"),
        marked(3, "back.buttock.left"),
    )
    discard_draft(clinic, draft)
    told = episode_overview(clinic, episode_id).body
    assert told is not None
    assert told.first_lines == ("P1: pain, left heel",)
    assert told.course.latest is None
    assert told.changes == ()


def test_what_was_drawn_after_the_day_asked_for_is_not_told(clinic: OpenClinic, episode_id: int) -> None:
    store(clinic, episode_id, marked(1, "back.calf.left"), marked(9, "back.heel.left"))
    first_day = visit(1).service_date
    told = episode_overview(clinic, episode_id, as_of=first_day + timedelta(days=1)).body
    assert told is not None
    assert told.course.latest is None


def test_an_episode_without_a_chart_has_none(clinic: OpenClinic, episode_id: int) -> None:
    store(clinic, episode_id, visit(1), visit(2))
    assert episode_overview(clinic, episode_id).body is None
