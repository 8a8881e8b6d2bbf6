"""Everything that a document of an episode is made from, read in one snapshot."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ptnotes.db.audit import Writing as Reading
from ptnotes.db.audit import audit_head
from ptnotes.db.certification import last_report
from ptnotes.db.episode_history import goal_events, plan_history
from ptnotes.db.episodes import load_episode, outcomes_of
from ptnotes.db.patients import load_patient
from ptnotes.db.people import names_of
from ptnotes.db.screening import load_screen
from ptnotes.db.sessions import MEASURED, sessions_of
from ptnotes.db.settings import load_clinic
from ptnotes.db.signing import signed_notes
from ptnotes.domain.as_of import episode_as_of, steps_as_of, versions_as_of
from ptnotes.domain.audit import AuditMark
from ptnotes.domain.conclusion import NOTHING_ASKED, Asked, Conclusion
from ptnotes.domain.contraindication import Screen
from ptnotes.domain.due import MEDICARE, DueRules
from ptnotes.domain.episode import EpisodeOfCare, OutcomeScore
from ptnotes.domain.goals import GoalStep, steps_of
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Clinic, Paper, Person
from ptnotes.domain.permissions import Act
from ptnotes.domain.plan import PlanVersion
from ptnotes.domain.signature import SignedNote
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.domain.trend import counted
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.progress_words import is_shown
from ptnotes.services.verification import verified_notes

_REPORTED = (*MEASURED, "findings", "vitals", "exercises", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a document is made from. `sessions` are all of the episode up to `as_of`, oldest first.

    `since` is the day of the last report, or None where this is the first; a document that `is_whole` tells of the
    whole episode all the same, and looks back to that day to say what changed. `conclusion` replaces the drafted one.
    `due` is what has to be asked of the physician by the payer's `rules`, `asked` what is asked instead.
    `screen` is the episode's screen, `names` everybody's name by their id.
    `goal_steps` are what became of each goal, by its uuid, `plan_versions` the plan of care and those before it.
    `notes` are the signed notes, `broken` the sessions whose signatures do not hold, `mark` how far the audit has come.
    """

    clinic: Clinic
    author: Person
    patient: Patient
    episode: EpisodeOfCare
    sessions: Sequence[TreatmentSession]
    outcomes: Sequence[OutcomeScore]
    written_at: datetime
    as_of: date
    since: date | None = None
    is_whole: bool = False
    paper: Paper | None = None
    conclusion: Conclusion | None = None
    asked: Asked | None = None
    due: Asked = NOTHING_ASKED
    rules: DueRules = MEDICARE
    notes: Sequence[SignedNote] = ()
    broken: Collection[int] = ()
    mark: AuditMark | None = None
    screen: Screen = field(default_factory=Screen)
    names: Mapping[int, str] = field(default_factory=dict)
    goal_steps: Mapping[str, Sequence[GoalStep]] = field(default_factory=dict)
    plan_versions: Sequence[PlanVersion] = ()

    @property
    def shown(self) -> tuple[tuple[int, int], ...]:
        """The visits that the document draws from, each (session, revision)."""
        return tuple((one.id or 0, one.revision) for one in self.sessions if is_shown(one))


def gather(clinic: OpenClinic, episode_id: int, until: date) -> Case:
    """The case of an episode as it stood on the day `until`. Raises `NotFoundError`, `AccessError`."""
    with clinic.store.read() as connection:
        return read_case(clinic, connection, episode_id, until)


def gather_whole(clinic: OpenClinic, episode_id: int) -> Case:
    """The whole episode as it stands today, with the last report that does not cover its latest visit.

    Raises `NotFoundError`, `AccessError`.
    """
    with clinic.store.read() as connection:
        case = read_case(clinic, connection, episode_id, clinic.today())
        latest = max((one.service_date for one in counted(case.sessions)), default=case.as_of)
        return replace(case, since=last_report(connection, episode_id, latest), is_whole=True)


def read_case(clinic: OpenClinic, connection: Reading, episode_id: int, until: date) -> Case:
    """As `gather`, in a snapshot from which more is read."""
    require(clinic, Act.VIEW_NOTES)
    episode = load_episode(connection, episode_id)
    steps = steps_of(goal_events(connection, episode_id, clinic.zone))
    versions = plan_history(connection, episode_id, clinic.zone)
    if until < clinic.today():
        steps, versions = steps_as_of(steps, until), versions_as_of(versions, until)
        episode = episode_as_of(episode, steps, versions, until)
    sessions = sessions_of(connection, episode_id, until=until, lists=_REPORTED)
    ids = [session.id or 0 for session in sessions]
    return Case(
        clinic=load_clinic(connection),
        author=clinic.person,
        patient=load_patient(connection, episode.patient_id),
        episode=episode,
        sessions=sessions,
        outcomes=outcomes_of(connection, episode_id),
        written_at=clinic.clock().astimezone(ZoneInfo(clinic.zone)),
        as_of=until,
        notes=signed_notes(connection, ids, names_of(connection)),
        broken={one.session_id for one in verified_notes(connection, episode.patient_id).problems},
        mark=AuditMark(*audit_head(connection)),
        screen=load_screen(connection, episode_id, episode.patient_id, clinic.zone),
        names=names_of(connection),
        goal_steps=steps,
        plan_versions=versions,
    )
