"""What was done at each visit of an episode, by place, as the strip over the charts shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import Mobilization, Side, TreatmentSession
from ptnotes.domain.trend import counted


class TechniqueGroup(StrEnum):
    """What kind of technique it was, as coarse as one small mark can tell."""

    GLIDE = "glide"
    PASSIVE = "passive movement"
    WITH_MOVEMENT = "with movement"
    THRUST = "thrust"
    TRACTION = "traction"
    OTHER = "other"


_GROUPS: Mapping[str, TechniqueGroup] = {
    "accessory_spinal": TechniqueGroup.GLIDE,
    "accessory_peripheral": TechniqueGroup.GLIDE,
    "physiological_spinal": TechniqueGroup.PASSIVE,
    "mulligan": TechniqueGroup.WITH_MOVEMENT,
    "thrust": TechniqueGroup.THRUST,
    "traction": TechniqueGroup.TRACTION,
}
_NAMED_BY_ID = ("vertebra", "segment", "joint", "rib")
_SIDES = {Side.LEFT: " L", Side.RIGHT: " R", Side.BILATERAL: " L+R"}


@dataclass(frozen=True, slots=True)
class StripMark:
    """What was done at a place at one visit: the strongest grade charted there and the group of its technique.

    `strength` orders grades; a row without a grade is the weakest. `grade` is then empty.
    """

    session_id: int
    on: date
    grade: str
    group: TechniqueGroup
    strength: int


@dataclass(frozen=True, slots=True)
class StripLane:
    """A place at one side with its marks, oldest first. `label` is its short name (``L5 L``)."""

    label: str
    marks: tuple[StripMark, ...]


@dataclass(frozen=True, slots=True)
class TreatmentStrip:
    """The places treated in an episode, in the order of the reference data."""

    lanes: tuple[StripLane, ...] = ()


def treatment_strip(reference: Reference, sessions: Iterable[TreatmentSession]) -> TreatmentStrip:
    """The strip of the visits that count: attended, neither discarded nor voided.

    A mobilization without a target has no place and is left out.
    """
    found: dict[tuple[str, Side | None], dict[int, StripMark]] = {}
    for session in counted(sessions):
        for row in session.mobilizations:
            if not row.targets:
                continue
            mark = _mark(reference, session, row)
            for target in row.targets:
                at_visits = found.setdefault((target, row.side), {})
                before = at_visits.get(mark.session_id)
                if before is None or mark.strength > before.strength:
                    at_visits[mark.session_id] = mark
    sides = (None, Side.MIDLINE, Side.LEFT, Side.RIGHT, Side.BILATERAL)
    places = sorted(found, key=lambda place: (_order(reference, place[0]), sides.index(place[1])))
    return TreatmentStrip(
        tuple(StripLane(_label(reference, *place), tuple(found[place].values())) for place in places)
    )


def _mark(reference: Reference, session: TreatmentSession, row: Mobilization) -> StripMark:
    grade = row.grade_to or row.grade or ""
    strength = reference.grades[grade].order if grade in reference.grades else -1
    technique = reference.techniques.get(row.technique or "")
    group = (
        _GROUPS.get(technique.family, TechniqueGroup.OTHER) if technique is not None else TechniqueGroup.OTHER
    )
    return StripMark(session.id or 0, session.service_date, grade, group, strength)


def _order(reference: Reference, target: str) -> tuple[int, str]:
    return (reference.targets[target].order if target in reference.targets else 10_000, target)


def _label(reference: Reference, target: str, side: Side | None) -> str:
    known = reference.targets.get(target)
    name = target if known is None or known.kind in _NAMED_BY_ID else known.label
    return name.replace("_", " ") + (_SIDES.get(side, "") if side is not None else "")
