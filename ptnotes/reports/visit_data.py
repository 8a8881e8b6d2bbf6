"""What documents tell of one visit, as plain values: finished words, and numbers where the layout needs them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """Something looked at before and after the treatment. `change` is told only between two numbers taken alike."""

    what: str
    before: str = ""
    after: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionLine:
    """One motion measured in one way. `how` is mode, method and position; `normal` the reference beside it, no target.

    `remarks` are end feel, pain at the end of the range and why it was not tested.
    """

    motion: str
    how: str
    before: str = ""
    after: str = ""
    change: str = ""
    normal: str = ""
    remarks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """What one test of an examination found; `heading` is the kind of tests that it stands under."""

    heading: str
    what: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MobilizationLine:
    """One technique as it was done. `setting` says direction, position, what moves on what and the movement with it.

    `alert` names the responses that the reference data call alerting; `response` all others and the cavitation.
    """

    place: str
    technique: str
    setting: str = ""
    grade: str = ""
    dose: str = ""
    response: str = ""
    alert: str = ""
    is_thrust: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """A service with its minutes, None where they were not charted. `timing` is ``timed`` or ``untimed``."""

    words: str
    code: str = ""
    timing: str = ""
    minutes: int | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseLine:
    """An exercise of the patient's, at the clinic or at home."""

    words: str
    dose: str = ""
    place: str = ""
    response: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMeasures:
    """What was measured at a visit. `notes` say whose normal values stand in it, and which are the clinic's own."""

    pain: tuple[BeforeAfter, ...] = ()
    motions: tuple[MotionLine, ...] = ()
    signs: tuple[BeforeAfter, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_paired(self) -> bool:
        """Whether anything was looked at after the treatment."""
        looked_at = (line.after for line in (*self.pain, *self.signs))
        return any(looked_at) or any(line.after for line in self.motions)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured."""
        return not (self.pain or self.motions or self.signs)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTreatment:
    """What was done at a visit. `grades` say what each grade means, as the reference data have it.

    Minutes are None where none was charted: `timed_min` and `untimed_min` of the services, `visit_min` from time in to
    time out. `units` are told in words by the payer's rule.
    """

    mobilizations: tuple[MobilizationLine, ...] = ()
    grades: tuple[str, ...] = ()
    services: tuple[ServiceLine, ...] = ()
    exercises: tuple[ExerciseLine, ...] = ()
    timed_min: int | None = None
    untimed_min: int | None = None
    visit_min: int | None = None
    units: str = ""
    minutes_note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was done."""
        return not (self.mobilizations or self.services or self.exercises)
