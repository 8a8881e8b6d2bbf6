"""Sample clinics of made-up patients: the demo clinic, and clinics of any size for trying and measuring.

The same seed and clock give the same patients, episodes and visits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from ptnotes.clinical import Reference
from ptnotes.db.episodes import add_episodes, add_outcomes
from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path
from ptnotes.db.patients import add_patients
from ptnotes.db.sessions import add_sessions
from ptnotes.domain.checks import checked_episode, checked_outcome, checked_session
from ptnotes.domain.patient import Patient, checked_patient
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.services.opening import OpenClinic, create_clinic, utc_now
from ptnotes.services.sample_courses import Course, load_courses
from ptnotes.services.sample_day import store_day
from ptnotes.services.sample_episodes import Played, play
from ptnotes.services.sample_history import live_through
from ptnotes.services.sample_people import Cast, Named, load_cast
from ptnotes.services.sample_run import WAYS, Run, random_uuid
from ptnotes.services.sample_screens import store_screen
from ptnotes.services.signing import sign_drafts_before

DEMO_PATIENTS = 40
_ZONE = "America/New_York"
_LONGEST_EPISODE = 14
_CHUNK = 500
"""Patients stored in one transaction."""
_UNSIGNED_DAYS = 2
"""Days for which the demo's notes are still drafts."""
_ENDS = ("goals_met", "patient_choice", "goals_met", "not_returned", "goals_met")
"""Why care ended of those whose care did, one after the other."""
_LEFT_OPEN = 7
"""The place among the demo's further patients of the one whose care ended and whose goals nobody closed."""
_NOBODY_TO_CALL = "00250"
"""The record number of the patient, new to the clinic, who was not asked yet whom to call."""
_VARIANTS = 2
"""Ways that one course of one length is played before it is used again for another patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A patient with what happened to them, oldest episode first."""

    patient: Patient
    played: tuple[Played, ...]


def create_demo(path: Path, passphrase: str, *, clock: Callable[[], datetime] = utc_now) -> OpenClinic:
    """Make the demo clinic at `path` and open it: 40 patients with episodes in every region, up to the clock's today.

    The notes of visits before the last days are signed, as each patient left.

    Raises `EnvironmentFault` as `create_clinic` does.
    """
    cast = load_cast(_ZONE)
    # The file is thrown away after use, so the derivation of its key may be as quick as is allowed at all.
    clinic = create_clinic(path, cast.clinic, cast.therapist, passphrase, clock=clock, kdf=Kdf())
    try:
        demo = demo_cases(clinic.reference, cast, clinic.person_id, clinic.today())
        store_cases(clinic, demo, as_lived=True)
        sign_drafts_before(clinic, clinic.today() - timedelta(days=_UNSIGNED_DAYS), passphrase, _signed_at)
        store_day(clinic)
    except BaseException:
        clinic.close()
        raise
    return clinic


def create_sample(
    path: Path,
    *,
    patients: int,
    sessions: int,
    seed: int,
    passphrase: str,
    progress: Callable[[int, int], None] | None = None,
    clock: Callable[[], datetime] = utc_now,
    kdf: Kdf | None = None,
) -> None:
    """Make a clinic at `path` with so many patients and, over all of them, exactly so many treatment sessions.

    `progress` is called with the patients stored so far and their number. Raises `ValueError` for numbers below 0, or
    sessions without a patient, and `EnvironmentFault` as `create_clinic` does. A clinic that could not be finished is
    taken away again.
    """
    if patients < 0 or sessions < 0 or (sessions and not patients):
        raise ValueError("a sample has no negative numbers, and no sessions without a patient")
    cast = load_cast(_ZONE)
    clinic = create_clinic(path, cast.clinic, cast.therapist, passphrase, clock=clock, kdf=kdf)
    try:
        cases = sample_cases(
            clinic.reference, cast, clinic.person_id, clinic.today(), patients, sessions, seed
        )
        store_cases(clinic, cases, progress=(lambda done: progress(done, patients)) if progress else None)
        clinic.close()
    except BaseException:
        clinic.close()
        for part in (clinic.path, key_path(clinic.path)):
            part.unlink(missing_ok=True)
        raise


def store_cases(
    clinic: OpenClinic,
    cases: Iterator[Case],
    *,
    progress: Callable[[int], None] | None = None,
    as_lived: bool = False,
) -> None:
    """Store cases in transactions of some hundred patients; `progress` is told how many patients are stored.

    `as_lived` has each episode screened, certified and ended on its days; else all of it is written now.
    """
    done = 0
    chunk: list[Case] = []
    for case in cases:
        chunk.append(case)
        if len(chunk) == _CHUNK:
            _store(clinic, chunk, as_lived=as_lived)
            done += len(chunk)
            chunk = []
            if progress is not None:
                progress(done)
    _store(clinic, chunk, as_lived=as_lived)
    if progress is not None:
        progress(done + len(chunk))


def sample_cases(
    reference: Reference, cast: Cast, author_id: int, today: date, patients: int, sessions: int, seed: int
) -> Iterator[Case]:
    """Draw `patients` cases with `sessions` attended visits in all; most patients have few, some many."""
    rng = _seeded(seed)
    courses = list(load_courses().values())
    templates: dict[tuple[str, int, int], Played] = {}

    def template(course: Course, visits: int) -> Played:
        variant = rng.randrange(_VARIANTS)
        known = templates.get((course.id, visits, variant))
        if known is None:
            # Drawn from its own seed: what is made first must not change what comes after.
            own = _seeded(f"{seed} {course.id} {visits} {variant}")
            run = _drawn_run(own, cast, course, today, author_id, visits=visits, full=False)
            known = _checked(reference, play(reference, course, run, own), today)
            templates[course.id, visits, variant] = known
        return known

    for number, visits in enumerate(_shared_out(rng, patients, sessions), start=1):
        patient = cast.patient(rng, f"{number:06}", random_uuid(rng), today)
        weeks = rng.randrange(150)
        played = []
        for begun in range(0, visits, _LONGEST_EPISODE):
            length = min(visits - begun, _LONGEST_EPISODE)
            played.append(_again(rng, template(rng.choice(courses), length), timedelta(weeks=weeks)))
            weeks += 20 + length
        yield Case(patient=checked_patient(patient, today), played=tuple(reversed(played)))


def demo_cases(reference: Reference, cast: Cast, author_id: int, today: date) -> Iterator[Case]:
    """The cases of the demo clinic: those known by name, then others until every course has been played."""
    courses = load_courses()
    for named in cast.named:
        rng = _seeded(named.mrn)
        patient = _reachable(cast, cast.named_patient(rng, named, random_uuid(rng)))
        run = _named_run(rng, cast, named, today, author_id)
        yield _case(reference, patient, [(courses[named.course], run)], rng, today)
    taken = {named.mrn for named in cast.named}
    numbers = (f"{number:05}" for number in range(101, 1000))
    free = (number for number in numbers if number not in taken)
    names = {(named.family, named.given) for named in cast.named}
    kinds = list(courses.values())
    for place in range(DEMO_PATIENTS - len(cast.named)):
        mrn = next(free)
        rng = _seeded(f"demo {mrn}")
        patient = cast.patient(rng, mrn, random_uuid(rng), today)
        while (patient.family_name, patient.given_name) in names:
            patient = cast.patient(rng, mrn, patient.uuid, today)
        names.add((patient.family_name, patient.given_name))
        patient = _reachable(cast, patient)
        runs = _demo_runs(rng, cast, kinds, place, today, author_id)
        if place == DEMO_PATIENTS - len(cast.named) - 1:
            patient = replace(patient, archived_at=datetime.combine(today - timedelta(days=9), time(17), UTC))
        yield _case(reference, patient, runs, rng, today)


def _reachable(cast: Cast, patient: Patient) -> Patient:
    """The patient with somebody to call; of one of them nobody has asked yet."""
    if patient.mrn == _NOBODY_TO_CALL:
        return patient
    return replace(
        patient, emergency_contact=cast.emergency_contact(_seeded(f"contact {patient.mrn}"), patient)
    )


def _demo_runs(
    rng: Random, cast: Cast, kinds: Sequence[Course], place: int, today: date, author_id: int
) -> list[tuple[Course, Run]]:
    course = kinds[place % len(kinds)]
    ended = place % 4 == 3
    visits = rng.randrange(8, 15) if ended else rng.choice((1, 3, 4, 5, 6, 7, 8, 9, 11, 14))
    run = _drawn_run(rng, cast, course, today, author_id, visits=visits, full=True)
    ago = rng.randrange(25, 120) if ended else rng.randrange(1, 13)
    reason = _ENDS[place // 4 % len(_ENDS)] if ended else ""
    run = replace(
        run,
        last_on=today - timedelta(days=ago),
        discharged=reason,
        way="improving" if reason == "goals_met" else run.way,
        leaves_open=place == _LEFT_OPEN,
    )
    runs = [(course, run)]
    if place % 7 == 2:
        earlier = kinds[(place + 5) % len(kinds)]
        before = _drawn_run(rng, cast, earlier, today, author_id, visits=9, full=True)
        last_on = today - timedelta(days=rng.randrange(400, 900))
        runs.insert(0, (earlier, replace(before, last_on=last_on, discharged="goals_met", way="improving")))
    return runs


def _drawn_run(
    rng: Random, cast: Cast, course: Course, today: date, author_id: int, *, visits: int, full: bool
) -> Run:
    return Run(
        visits=visits,
        last_on=today,
        today=today,
        way=rng.choices(WAYS, weights=(6, 2, 1, 1, 2))[0],
        side=rng.choice(("left", "right")) if course.sided else "left",
        zone=_ZONE,
        author_id=author_id,
        referrer=rng.choice(cast.referrers),
        full=full,
    )


def _named_run(rng: Random, cast: Cast, named: Named, today: date, author_id: int) -> Run:
    known = {referrer.name: referrer for referrer in cast.referrers}
    referrer = known[named.referrer] if named.referrer else rng.choice(cast.referrers)
    return Run(
        visits=named.visits,
        last_on=today - timedelta(days=named.ago),
        today=today,
        way=named.way,
        side=named.side or "left",
        zone=_ZONE,
        author_id=author_id,
        referrer=referrer,
        full=True,
        discharged=named.discharged,
        series=named.series or {},
    )


def _case(
    reference: Reference, patient: Patient, runs: Sequence[tuple[Course, Run]], rng: Random, today: date
) -> Case:
    played = (_checked(reference, play(reference, course, run, rng), today) for course, run in runs)
    return Case(patient=checked_patient(patient, today), played=tuple(played))


def _checked(reference: Reference, played: Played, today: date) -> Played:
    """What may be stored: a made-up value that no therapist could have charted is a bug, and raises `InputError`."""
    return Played(
        episode=checked_episode(reference, played.episode, date.min, today),
        sessions=tuple(checked_session(reference, session, today) for session in played.sessions),
        scores=tuple(checked_outcome(reference, score, today) for score in played.scores),
        plans=played.plans,
    )


def _again(rng: Random, played: Played, earlier: timedelta) -> Played:
    """The same course for another patient, whole weeks earlier, with ids of its own."""
    episode = played.episode
    plan = episode.plan
    return Played(
        episode=replace(
            episode,
            start=episode.start - earlier,
            onset=_earlier(episode.onset, earlier),
            surgery_date=_earlier(episode.surgery_date, earlier),
            referred_on=_earlier(episode.referred_on, earlier),
            uuid=random_uuid(rng),
            diagnoses=tuple(
                replace(diagnosis, since=_earlier(diagnosis.since, earlier))
                for diagnosis in episode.diagnoses
            ),
            goals=tuple(
                replace(goal, uuid=random_uuid(rng), due=_earlier(goal.due, earlier))
                for goal in episode.goals
            ),
            plan=replace(
                plan,
                start=_earlier(plan.start, earlier),
                certified_until=_earlier(plan.certified_until, earlier),
            ),
        ),
        sessions=tuple(
            replace(session, uuid=random_uuid(rng), service_date=session.service_date - earlier)
            for session in played.sessions
        ),
        scores=tuple(replace(score, taken_on=score.taken_on - earlier) for score in played.scores),
        plans=tuple((start - earlier, until - earlier) for start, until in played.plans),
    )


def _earlier(day: date | None, earlier: timedelta) -> date | None:
    return None if day is None else day - earlier


def _seeded(seed: int | str) -> Random:
    return Random(seed)  # noqa: S311 - made-up patients, no secrets


def _shared_out(rng: Random, patients: int, sessions: int) -> list[int]:
    """How many sessions each patient has: in all `sessions`, unevenly."""
    if not patients:
        return []
    weights = [0.25 + rng.expovariate(1.0) for _ in range(patients)]
    scale = sessions / sum(weights)
    counts = [math.floor(weight * scale) for weight in weights]
    for place in rng.sample(range(patients), sessions - sum(counts)):
        counts[place] += 1
    return counts


def _store(clinic: OpenClinic, cases: Sequence[Case], *, as_lived: bool) -> None:
    """Store cases in one transaction, by the same functions that store what is typed, many rows at a time."""
    now = clinic.clock()
    with clinic.store.write() as connection:
        stored = add_patients(connection, [case.patient for case in cases], now)
        pairs = [
            (patient.id, played)
            for patient, case in zip(stored, cases, strict=True)
            for played in case.played
            if patient.id is not None
        ]
        episodes = [replace(played.episode, patient_id=patient_id) for patient_id, played in pairs]
        opened = (
            live_through(
                clinic,
                connection,
                [(episode, played.plans) for episode, (_, played) in zip(episodes, pairs, strict=True)],
            )
            if as_lived
            else add_episodes(connection, episodes, now, clinic.person_id)
        )
        kept = [
            (episode.id, played)
            for episode, (_, played) in zip(opened, pairs, strict=True)
            if episode.id is not None
        ]
        scores = [
            replace(score, episode_id=episode_id) for episode_id, played in kept for score in played.scores
        ]
        add_outcomes(connection, scores, now)
        sessions = [
            replace(session, episode_id=episode_id, saved_at=_saved_at(session, now))
            for episode_id, played in kept
            for session in played.sessions
        ]
        charted = add_sessions(connection, sessions, now)
        if as_lived:
            for episode in opened:
                own = [session for session in charted if session.episode_id == episode.id]
                store_screen(clinic, connection, episode, own)
        connection.commit()


def _signed_at(session: TreatmentSession) -> datetime:
    return session.saved_at or datetime.combine(session.service_date, time(18), ZoneInfo(session.zone))


def _saved_at(session: TreatmentSession, now: datetime) -> datetime:
    """When the note of the visit was last written: as the patient left."""
    left = datetime.combine(session.service_date, session.time_out or time(18), ZoneInfo(session.zone))
    return min(left.astimezone(UTC), now)
