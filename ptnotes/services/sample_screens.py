"""Asks the screen of the demo's made-up episodes, as its therapist would have: in full, and again when it is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from ptnotes.clinical import Reference
from ptnotes.db import screening
from ptnotes.db.audit import Writing
from ptnotes.domain.contraindication import Consent, Screen, charted_against
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.screening import (
    BEGUN,
    UNCHANGED,
    Answer,
    ScreenAnswer,
    Site,
    ask_again_after,
    is_thrust,
    items_for,
    regions_covered,
)
from ptnotes.domain.treatment import TreatmentSession, VisitStatus
from ptnotes.services.opening import OpenClinic

_SAID_YES = {
    "stenosis": "stenosis",
    "nerve root": "disc_root",
    "spondylolisthesis": "spondylolisthesis_stable",
    "osteoporosis": "osteoporosis_mild",
    "replacement": "joint_replacement",
}
"""Words of a precaution, and the item that was answered with yes where they stand."""


def store_screen(
    clinic: OpenClinic, connection: Writing, episode: EpisodeOfCare, sessions: Sequence[TreatmentSession]
) -> None:
    """Store the screen of one episode with its visits, and consent where a thrust was done."""
    attended = [visit for visit in sessions if visit.status is VisitStatus.ATTENDED]
    if not attended or episode.id is None:
        return
    reference = clinic.reference
    first = attended[0].service_date
    if any(is_thrust(reference, row) for visit in attended for row in visit.mobilizations):
        consent = Consent(
            patient_id=episode.patient_id, episode_id=episode.id, given_on=first, given_to=clinic.person_id
        )
        screening.add_consent(connection, consent)
    asked: date | None = None
    before: date | None = None
    for visit in attended:
        if asked is None or before is None or visit.service_date - asked >= ask_again_after(reference):
            asked = visit.service_date
            answers = tuple(_in_full(reference, episode, attended, _when(visit), clinic.person_id))
        else:
            said = (UNCHANGED, Answer.NO, (), before.isoformat())
            answers = (_answer(*said, _when(visit), clinic.person_id, visit.id),)
        before = visit.service_date
        screening.add_answers(connection, episode.id, answers, reference.version)


def _in_full(
    reference: Reference,
    episode: EpisodeOfCare,
    visits: Sequence[TreatmentSession],
    at: datetime,
    person_id: int,
) -> Iterator[ScreenAnswer]:
    targets = (target for visit in visits for row in visit.mobilizations for target in row.targets)
    regions = regions_covered(reference, (row.region for row in episode.regions), sorted(targets))
    diagnoses = "\n".join(dict.fromkeys(row.code or row.words for row in episode.diagnoses))
    yield _answer(BEGUN, Answer.NO, tuple(map(Site, regions)), diagnoses, at, person_id)
    wanted = {item for words, item in _SAID_YES.items() if words in episode.precaution.casefold()}
    for item in items_for(reference, regions):
        sites = tuple(Site(row.region, row.side) for row in episode.regions) if item.needs_site else ()
        yes = _answer(item.id, Answer.YES, sites, "", at, person_id)
        # What the course does plays a therapist who keeps to the screen.
        if item.id in wanted and not any(
            charted_against(reference, Screen(answers=(yes,)), visit) for visit in visits
        ):
            yield yes
        else:
            yield _answer(item.id, Answer.NO, (), "", at, person_id)


def _when(visit: TreatmentSession) -> datetime:
    return datetime.combine(visit.service_date, visit.time_in or time(9), ZoneInfo(visit.zone))


def _answer(
    item: str,
    answer: Answer,
    sites: tuple[Site, ...],
    words: str,
    at: datetime,
    person_id: int,
    asked_in: int | None = None,
) -> ScreenAnswer:
    return ScreenAnswer(
        item=item,
        answer=answer,
        sites=sites,
        words=words,
        at=at,
        on=at.date(),
        person_id=person_id,
        asked_in=asked_in,
    )
