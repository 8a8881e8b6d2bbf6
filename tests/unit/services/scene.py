"""A clinic with somebody of each role at the desk, and what verbs are tried on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ptnotes.domain.contraindication import AdverseEvent
from ptnotes.domain.due import Due, DueKind, Urgency
from ptnotes.domain.episode import EpisodeOfCare, Goal
from ptnotes.domain.importing import FileKind, Imported, ImportMap, NotAdded
from ptnotes.domain.letters import LetterTemplate
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.payers import Authorization, Coverage, Payer
from ptnotes.domain.people import Role
from ptnotes.domain.permissions import Act
from ptnotes.domain.phrases import Phrase
from ptnotes.domain.treatment import Intervention, Mobilization, TreatmentSession, VisitKind
from ptnotes.services import (
    case,
    day_list,
    documents,
    episodes,
    face_sheet,
    own_values,
    payers,
    report_batch,
    signing,
    visits,
)
from ptnotes.services.opening import OpenClinic
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.documents import a_document
from tests.signing import clinic_with_episode, passphrases_remembered, whole

THRUST = Mobilization(row=1, targets=("L5",), technique="hvlat_spine", grade_system="maitland", grade="V")
OWN_KEY = "important_changes.odi_low_back.value"
IMPORTS = {Act.ADMINISTER, Act.EDIT_DEMOGRAPHICS}
IMPORT_MAP = ImportMap(kind=FileKind.FHIR)
NEEDLING = Intervention(row=2, intervention="cpt_20560", minutes=10)
LETTER = LetterTemplate(name="Tried", text="Dear {referrer}, tried in a test.")
PHRASE = Phrase(short_form="tried", text="Tried in a test.")
GOAL = Goal(uuid="6f0f8c1e-0000-4000-8000-000000000001", words="Sit for an hour")


@dataclass(frozen=True)
class Scene:
    """A clinic opened by a therapist who may everything (`boss`), and again by somebody of the role that is tried."""

    boss: OpenClinic
    me: OpenClinic
    patient_id: int
    episode: EpisodeOfCare

    def draft(self, kind: VisitKind = VisitKind.TREATMENT) -> TreatmentSession:
        """A new draft of the therapist's."""
        return visits.start_session(self.boss, self.episode.id or 0, kind=kind)

    def kept_document(self) -> int:
        """The id of a document that the therapist gave out."""
        return documents.give_out(self.boss, a_document(self.episode), list)

    def face_sheet(self) -> documents.MadeDocument:
        """A document that the therapist made."""
        return face_sheet.prepare_face_sheet(self.boss, self.patient_id)

    def desk_sheet(self) -> documents.MadeDocument:
        """A face sheet with nothing of the chart, as the front desk makes it."""
        person = replace(self.boss.person, role=Role.FRONT_DESK, granted=frozenset())
        return face_sheet.prepare_face_sheet(replace(self.boss, person=person), self.patient_id)

    def signed(self) -> int:
        """The id of a new signed note of the therapist's."""
        note = visits.save_draft(self.boss, whole(self.draft()))
        return signing.sign_note(self.boss, note.id or 0, note.revision, PASSPHRASE).id or 0

    def now(self) -> EpisodeOfCare:
        """The episode as it is stored."""
        return episodes.load_episode(self.boss, self.episode.id or 0)


Try = Callable[[Scene], object]
"""A verb, tried on that file."""


@pytest.fixture(params=Role)
def scene(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Scene]:
    boss, episode = clinic_with_episode(tmp_path, clock)
    me = replace(boss, person=replace(boss.person, role=request.param, granted=frozenset()))
    with passphrases_remembered():
        yield Scene(boss, me, episode.patient_id, episode)
    boss.close()


def read_case(scene: Scene) -> object:
    with scene.me.store.read() as connection:
        return case.read_case(scene.me, connection, scene.episode.id or 0, date(2026, 3, 2))


def new_kind(scene: Scene, kind: VisitKind) -> object:
    return visits.save_draft(scene.me, replace(scene.draft(), kind=kind))


def change(scene: Scene, **changes: object) -> object:
    return episodes.change_episode(scene.me, replace(scene.now(), **changes))  # type: ignore[arg-type]  # fields of it


def report_due(scene: Scene) -> report_batch.ReportDue:
    due_now = Due(DueKind.PROGRESS_REPORT, Urgency.NOW, "made up")
    patient = PatientRow(
        id=scene.patient_id,
        mrn="1",
        name="Made, Up",
        birth_date=date(1980, 1, 2),
        telephone="",
        archived=False,
    )
    return report_batch.ReportDue(patient, scene.episode.id or 0, due_now, None)


def event(scene: Scene) -> AdverseEvent:
    return AdverseEvent(episode_id=scene.episode.id or 0, happened_on=date(2026, 3, 2), what="Dizzy")


def sign(scene: Scene, kind: VisitKind) -> object:
    note = visits.save_draft(scene.boss, whole(scene.draft(kind)))
    return signing.sign_note(scene.me, note.id or 0, note.revision, PASSPHRASE)


def appointment(scene: Scene) -> int:
    # A day of its own at each call: a patient stands on a day's list once at a time.
    day = date(2027, 1, 1)
    while day_list.patients_of_day(scene.boss, day):
        day += timedelta(days=1)
    return day_list.add_to_day(scene.boss, scene.patient_id, day, None)


def undo_own_value(scene: Scene) -> None:
    own_values.set_own_value(scene.boss, OWN_KEY, Decimal(12), "as we measure")
    own_values.undo_own_value(scene.me, OWN_KEY)


def coverage(scene: Scene) -> Coverage:
    payer = payers.add_payer(scene.boss, Payer(name="Made-up payer"))
    # A number of its own at each call: a patient is covered by a payer once under a number.
    number = str(len(payers.cover_of(scene.boss, scene.patient_id).coverages))
    return Coverage(patient_id=scene.patient_id, payer_id=payer.id or 0, member_number=number)


def authorization(scene: Scene) -> Authorization:
    covered = payers.save_coverage(scene.boss, coverage(scene))
    return Authorization(coverage_id=covered.id or 0, number="A-1", visits=12)


def not_there(scene: Scene) -> Path:
    # In a folder that is missing: whoever is let gets no further.
    return scene.me.path.parent / "none" / "export"


def imported(scene: Scene) -> Imported:
    return Imported(
        run_id=1, path=not_there(scene), map=IMPORT_MAP, digest="", rows=0, made=0, left_out=0, refused=0,
        not_added=NotAdded(),
    )  # fmt: skip
