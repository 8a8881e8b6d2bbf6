"""What the rules of what is due count: the same of one episode as of all, on the file and on a server."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, update

from ptnotes.db import payers
from ptnotes.db.certification import note_report, save_certification, set_physician_visit
from ptnotes.db.due import OpenEpisode, open_episodes, payer_of_episode
from ptnotes.db.episodes import add_episodes, change_episode
from ptnotes.db.patients import add_patients
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.schema.session import SessionRecord
from ptnotes.db.sessions import add_sessions
from ptnotes.db.store import Store
from ptnotes.domain.certification import Certification
from ptnotes.domain.due import EpisodeFacts
from ptnotes.domain.episode import DischargeReason, EpisodeOfCare, PlanOfCare
from ptnotes.domain.made_of import made_of
from ptnotes.domain.payers import Authorization, Coverage, Payer
from ptnotes.domain.treatment import NoteState, TreatmentSession, VisitKind, VisitStatus
from tests.clinics import PATIENT
from tests.db.conftest import NOW, counted

TODAY = date(2026, 3, 2)
START = date(2026, 2, 2)
ZONE = "America/New_York"


def days(*numbers: int) -> tuple[date, ...]:
    return tuple(START + timedelta(days=number) for number in numbers)


def episode_of(connection: Connection, number: int, plan: PlanOfCare | None = None) -> EpisodeOfCare:
    (patient,) = add_patients(
        connection, [replace(PATIENT, mrn=f"D{number}", given_name=f"Made up {number}")], NOW
    )
    episode = EpisodeOfCare(patient_id=patient.id or 0, start=START, plan=plan or PlanOfCare())
    (stored,) = add_episodes(connection, [episode], NOW, 1)
    return stored


def visit(connection: Connection, episode: EpisodeOfCare, day: date, **changes: object) -> None:
    plain = TreatmentSession(episode_id=episode.id or 0, service_date=day, author_id=1)
    add_sessions(connection, [replace(plain, **changes)], NOW)  # type: ignore[arg-type]


def all_of(connection: Connection, **more: bool) -> dict[int, OpenEpisode]:
    return {one.id: one for one in open_episodes(connection, TODAY, ZONE, **more)}


def one_of(connection: Connection, episode: EpisodeOfCare) -> OpenEpisode | None:
    return next(open_episodes(connection, TODAY, ZONE, episode.id), None)


def full(connection: Connection) -> tuple[EpisodeOfCare, int, int]:
    """An episode of which everything that can be counted is stored, and who pays: the first and the second payer."""
    plan = PlanOfCare(visits_a_week=Decimal(2), duration_weeks=8, start=START)
    episode = episode_of(connection, 1, plan)
    key = episode.id or 0
    episode = change_episode(connection, replace(episode, plan=replace(plan, duration_weeks=6)), NOW, 1)
    for day in days(3, 0, 3, 1):
        visit(connection, episode, day)
    visit(connection, episode, START, kind=VisitKind.EVALUATION)
    visit(connection, episode, days(5)[0], kind=VisitKind.RE_EVALUATION)
    visit(connection, episode, days(6)[0], status=VisitStatus.MISSED)
    visit(connection, episode, days(7)[0], state=NoteState.DISCARDED)
    # As if it were signed: only the state is counted.
    signed = {"state": NoteState.SIGNED, "signer_id": 1, "signed_at": NOW, "signature": bytes(64)}
    signed |= {"content_hash": bytes(32), "canonical_version": 1, "reference_version": "none"}
    connection.execute(update(SessionRecord).where(SessionRecord.service_date == days(1)[0]).values(**signed))
    for covered in days(3, 1):
        note_report(connection, key, covered, NOW, 1)
    certification = Certification(episode_id=key, plan_version=2, sent_on=days(2)[0], sent_to="Made up")
    sent = save_certification(connection, certification, ZONE)
    # Sent once more: the first time counts.
    save_certification(connection, replace(certification, sent_on=days(3)[0]), ZONE)
    back = replace(sent, received_on=days(4)[0], signed_on=days(4)[0], signed_by="Made up")
    save_certification(connection, replace(back, valid_until=date(2026, 4, 1)), ZONE)
    for day in (date(2026, 3, 9), date(2026, 3, 5)):
        set_physician_visit(connection, key, day, NOW, 1)
    first, second = (
        payers.save_payer(connection, Payer(name=f"Made up {number}")).id or 0 for number in (1, 2)
    )
    billed = Coverage(patient_id=episode.patient_id, payer_id=second, rank=2, member_number="2")
    payers.save_coverage(connection, billed)
    cover = payers.save_coverage(connection, replace(billed, payer_id=first, rank=1, member_number="1"))
    granted = Authorization(
        coverage_id=cover.id or 0, number="A", visits=9, since=days(4)[0], until=date(2026, 4, 9)
    )
    payers.save_authorization(connection, granted)
    payers.save_authorization(connection, replace(granted, number="B", visits=5, since=START))
    payers.save_authorization(
        connection, replace(granted, number="C", visits=7, since=TODAY + timedelta(days=1))
    )
    return episode, first, second


def test_everything_that_can_be_counted_is_found(store: Store) -> None:
    with store.write() as connection:
        episode, first, _second = full(connection)
        facts = EpisodeFacts(
            start=START,
            treatment_days=days(0, 1, 3, 5),
            reported_to=days(3)[0],
            plan_start=START,
            plan_weeks=6,
            plan_sent_on=days(2)[0],
            certified_until=date(2026, 4, 1),
            evaluated_on=days(5)[0],
            unsigned_days=days(0, 3, 5),
            authorized_visits=9,
            authorized_from=days(4)[0],
            authorized_until=date(2026, 4, 9),
            physician_visit_on=date(2026, 3, 5),
        )
        wanted = OpenEpisode(episode.id or 0, episode.patient_id, first, facts)
        assert one_of(connection, episode) == wanted
        assert all_of(connection) == {episode.id: wanted}
        without = all_of(connection, with_evaluations=False)[episode.id or 0]
        assert without.facts == replace(facts, evaluated_on=None)


def test_what_is_not_there_is_not_known(store: Store) -> None:
    with store.write() as connection:
        full(connection)
        bare = episode_of(connection, 2)
        wanted = OpenEpisode(bare.id or 0, bare.patient_id, None, EpisodeFacts(start=START))
        assert one_of(connection, bare) == wanted
        assert all_of(connection)[bare.id or 0] == wanted


def test_who_is_billed_first_is_asked_of_the_day(store: Store) -> None:
    with store.write() as connection:
        episode, first, second = full(connection)
        cover = payers.cover_of(connection, episode.patient_id).coverages[0]
        payers.save_coverage(connection, replace(cover, until=TODAY))
        key = episode.id or 0
        asked = [payer_of_episode(connection, key, TODAY + timedelta(days=number)) for number in (0, 1)]
        assert asked == [first, second]
        assert payer_of_episode(connection, key + 1, TODAY) is None


def test_the_day_on_which_a_plan_was_sent_is_that_of_the_clinics_zone(store: Store) -> None:
    with store.write() as connection:
        episode, *_payers = full(connection)
        # When it was noon in New York, the next day had begun in the Pacific.
        east = next(open_episodes(connection, TODAY, "Pacific/Kiritimati", episode.id))
        assert east.facts.plan_sent_on == days(3)[0]


def test_ended_episodes_and_archived_patients_are_left_out(store: Store) -> None:
    with store.write() as connection:
        episode, *_payers = full(connection)
        ended, archived = episode_of(connection, 2), episode_of(connection, 3)
        over = replace(ended, discharged_on=TODAY, discharge_reason=DischargeReason.OTHER)
        change_episode(connection, over, NOW, 1)
        gone = update(PatientRecord).where(PatientRecord.id == archived.patient_id)
        connection.execute(gone.values(archived_at=NOW))
        assert set(all_of(connection)) == {episode.id}
        assert one_of(connection, ended) is one_of(connection, archived) is None


def test_nobody_is_found_in_an_empty_clinic(store: Store) -> None:
    with store.read() as connection:
        assert all_of(connection) == {}


def test_the_statements_are_as_many_for_a_hundred_episodes_as_for_one(store: Store) -> None:
    def asked() -> int:
        with counted(store) as statements, store.read() as connection:
            assert all_of(connection)
        return len(statements)

    with store.write() as connection:
        full(connection)
        connection.commit()
    before = asked()
    with store.write() as connection:
        for number in range(2, 102):
            visit(connection, episode_of(connection, number), TODAY)
        connection.commit()
    assert asked() == before


def test_values_are_made_with_all_their_fields_or_not_at_all() -> None:
    with pytest.raises(ValueError, match="facts"):
        made_of(OpenEpisode, 1, {"id": [1], "patient_id": [2], "payer_id": [None]})
    assert made_of(
        OpenEpisode, 2, {"id": [1, 2], "patient_id": [3, 4], "payer_id": [5, 6], "facts": [0, 0]}
    ) == [
        OpenEpisode(1, 3, 5, 0),  # type: ignore[arg-type]
        OpenEpisode(2, 4, 6, 0),  # type: ignore[arg-type]
    ]
