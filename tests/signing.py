"""Notes to sign in tests, and people who sign them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time
from functools import cache
from pathlib import Path
from unittest.mock import patch

from ptnotes.db.kdf import Kdf
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.people import Person, Role
from ptnotes.domain.screening import Answer, items_for
from ptnotes.domain.treatment import (
    Intervention,
    Mobilization,
    Note,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
)
from ptnotes.services.opening import OpenClinic
from ptnotes.services.people import add_person
from ptnotes.services.screening import answer_screen, episode_screen
from ptnotes.services.visits import save_draft, start_session
from tests.clinics import clinic_in, lumbar_episode
from tests.clock import FixedClock
from tests.episodes import flexion, pain

STUDENT = Person(name="S. Okafor", credentials="SPT", role=Role.STUDENT)
OTHER = Person(name="M. Lindqvist", credentials="PT", role=Role.THERAPIST)
OTHER_PASSPHRASE = "seven copper lanterns drift"
UPA = Mobilization(
    row=8, targets=("L5",), side=Side.LEFT, technique="upa", grade_system="maitland", grade="III", sets=3,
    duration_s=45, responses=("better",),
)  # fmt: skip


def whole(session: TreatmentSession) -> TreatmentSession:
    """The session with all that a note needs to be signed."""
    readings: tuple[RomReading, ...] = (flexion(45), flexion(55, Phase.AFTER))
    return replace(
        session,
        time_in=time(9),
        time_out=time(9, 45),
        mobilizations=(UPA,),
        interventions=(Intervention(row=9, intervention="cpt_97140", minutes=25),),
        rom=readings,
        pain=pain(6, 3),
        note=Note(subjective="Slept through.", assessment="Left lumbar facet irritation settles."),
        next_row=10,
    )


def clinic_with_episode(folder: Path, clock: FixedClock) -> tuple[OpenClinic, EpisodeOfCare]:
    """An open clinic whose one patient has an episode."""
    clinic = clinic_in(folder, clock)
    return clinic, lumbar_episode(clinic, date(2026, 2, 16))


def screened(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    """Ask the whole screen of the episode; every answer is no."""
    found = episode_screen(clinic, episode.id or 0)
    items = items_for(clinic.reference, found.scope.regions)
    answer_screen(clinic, episode.id or 0, [(item.id, Answer.NO, ()) for item in items])


def draft(clinic: OpenClinic, episode: EpisodeOfCare, on: date | None = None) -> TreatmentSession:
    """A whole draft by whoever opened the clinic."""
    return save_draft(clinic, whole(start_session(clinic, episode.id or 0, on)))


def as_somebody(clinic: OpenClinic, person: Person) -> OpenClinic:
    """The same clinic, opened by a further person whose passphrase is `OTHER_PASSPHRASE`."""
    return replace(clinic, person=add_person(clinic, person, OTHER_PASSPHRASE, kdf=Kdf()))


_derived = cache(Kdf.key)


@contextmanager
def passphrases_remembered() -> Iterator[None]:
    """Derive the key of a passphrase and salt once in a process: a test that signs often must not wait for each."""
    with patch.object(Kdf, "key", _derived):
        yield
