"""One patient's record, as the bundle is made from it: plain values, gathered in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from ptnotes.clinical import Reference
from ptnotes.domain.audit import AuditEvent
from ptnotes.domain.episode import EpisodeOfCare, OutcomeScore
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Clinic, Person
from ptnotes.domain.screening import ScreenAnswer
from ptnotes.domain.signature import SignedNote
from ptnotes.domain.treatment import TreatmentSession


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """An answer of a questionnaire; `value` None was left out."""

    item: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class OutcomeResult:
    """A result of an outcome measure with its uuid, and its answers where they were kept."""

    uuid: str
    score: OutcomeScore
    items: tuple[ItemAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeData:
    """An episode with all that belongs to it. `sessions` are without those whose draft was discarded."""

    episode: EpisodeOfCare
    sessions: tuple[TreatmentSession, ...] = ()
    outcomes: tuple[OutcomeResult, ...] = ()
    answers: tuple[ScreenAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientData:
    """All that a bundle holds.

    `people` are everybody with an account, by id; `notes` the signed notes by their session's id, `signatures` the
    Ed25519 signatures under them. `events` are empty where whoever exports may not see who did what. With `has_snomed`
    the codes of SNOMED CT are sent, which need a licence of whoever receives them.
    """

    reference: Reference
    clinic: Clinic
    people: Mapping[int, Person]
    patient: Patient
    made_at: datetime
    episodes: tuple[EpisodeData, ...] = ()
    notes: Mapping[int, SignedNote] = field(default_factory=dict)
    signatures: Mapping[int, bytes] = field(default_factory=dict)
    events: tuple[AuditEvent, ...] = ()
    has_snomed: bool = True
