"""What a typed line says, as values: entries, what was not understood, and the same as plain data for JSON.

Ids are those of the reference data. None (or an empty tuple) means that it was not said; nothing is filled in silently.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class MobilizationEntry:
    """One technique at one or more levels. `seconds` is the time of a set, or of a hold where `reps` are counted.

    `levels` are vertebrae, segments, joints, ribs, muscles, nerves or regions. `pre_position` is where the joint was
    held ("90 abd"), `moving_part` what moves on `fixed_part`, `note` own words; these are shown as data only where
    something was said.
    """

    kind: ClassVar[str] = "mobilization"
    levels: tuple[str, ...] = ()
    side: str | None = None
    technique: str | None = None
    grade_system: str | None = None
    grade: str | None = None
    grade_to: str | None = None
    sets: int | None = None
    reps: int | None = None
    seconds: int | None = None
    rate_hz: Decimal | None = None
    position: str | None = None
    direction: str | None = None
    movement: str | None = None
    attempts: int | None = None
    cavitation: bool | None = None
    response: tuple[str, ...] = ()
    pre_position: str = ""
    moving_part: str = ""
    fixed_part: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RomEntry:
    """One motion on one side, before and after treatment: numbers in `unit`, or words, never one made of the other.

    `word` and `end_range_pain` are of the first reading, `word_after` and `end_range_pain_after` of the one after
    treatment. `pain_before` and `pain_after` are NPRS scores (0 to 10) given with the readings.
    """

    kind: ClassVar[str] = "rom"
    motion: str
    side: str | None = None
    before: Decimal | None = None
    after: Decimal | None = None
    unit: str | None = None
    method: str | None = None
    mode: str | None = None
    word: str | None = None
    pain_before: int | None = None
    pain_after: int | None = None
    end_range_pain: bool | None = None
    word_after: str | None = None
    end_range_pain_after: bool | None = None
    test_position: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PainEntry:
    """Pain on the NPRS (0 to 10). `what` is now, best, worst, or the id of the motion that it is felt with."""

    kind: ClassVar[str] = "pain"
    what: str = "now"
    side: str | None = None
    before: int | None = None
    after: int | None = None
    place: str = ""


TOTAL = "total"
"""The code of the whole treatment time, which is no service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesEntry:
    """Minutes of one service. `code` is its CPT or HCPCS code, its id where it has none, or `TOTAL`.

    `area` says in words where it was given, `area_kind` whether that is a joint, muscle, nerve or area; both are shown
    as data only where they were said.
    """

    kind: ClassVar[str] = "minutes"
    code: str
    minutes: int
    area: str = ""
    area_kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseEntry:
    """One exercise. `seconds` is a hold, `load` a weight with its unit or a band's colour ("5 lb", "green band").

    `place` is "home" where it is done there, with how often; None in the clinic. The three are shown as data only where
    something was said.
    """

    kind: ClassVar[str] = "exercise"
    name: str
    sets: int | None = None
    reps: int | None = None
    seconds: int | None = None
    load: str | None = None
    cue: str = ""
    place: str | None = None
    times_a_day: int | None = None
    days_a_week: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEntry:
    """Text for one section of the note: subjective, objective, assessment, plan or communication."""

    kind: ClassVar[str] = "text"
    section: str
    text: str


Entry: TypeAlias = MobilizationEntry | RomEntry | PainEntry | MinutesEntry | ExerciseEntry | TextEntry

# Said only now and then: these keys are there only when they say something, all others always.
_ONLY_WHEN_SAID = frozenset(
    {
        "pre_position",
        "moving_part",
        "fixed_part",
        "note",
        "word_after",
        "end_range_pain_after",
        "test_position",
        "place",
        "times_a_day",
        "days_a_week",
        "cue",
        "area",
        "area_kind",
    }
)


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry and the characters of the line that say it. `assumed` names the fields taken over from elsewhere."""

    entry: Entry
    start: int
    end: int
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A stretch of the line that was not taken, with the reason as a sentence for the therapist.

    `choices` are ways to write it that would be understood, where there are some.
    """

    text: str
    start: int
    end: int
    reason: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as understood: every word of it lies in an entry or in a problem."""

    entries: tuple[ReadEntry, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def ready(self) -> tuple[ReadEntry, ...]:
        """The entries that nothing stands against: these may be taken into the visit, the others stay in the line."""
        return tuple(
            read
            for read in self.entries
            if not any(problem.start < read.end and read.start < problem.end for problem in self.problems)
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return list(value)
    return value


def _response(value: tuple[str, ...]) -> Any:
    """None, the one response, or a list where several were charted."""
    if not value:
        return None
    return value[0] if len(value) == 1 else list(value)


def entry_data(read: ReadEntry) -> dict[str, Any]:
    """An entry as plain data: `kind`, then its fields; what was not said is None. `assumed` only where there is any."""
    entry = read.entry
    data: dict[str, Any] = {"kind": entry.kind}
    for field in fields(entry):
        value = getattr(entry, field.name)
        if field.name in _ONLY_WHEN_SAID and (value is None or not str(value)):
            continue
        data[field.name] = _response(value) if field.name == "response" else _plain(value)
    if read.assumed:
        data["assumed"] = list(read.assumed)
    return data


def reading_data(reading: Reading) -> dict[str, Any]:
    """A reading as plain data, in the shape that ``ptnotes parse`` prints."""
    problems = [
        {"text": problem.text, "start": problem.start, "end": problem.end, "reason": problem.reason}
        for problem in reading.problems
    ]
    return {"entries": [entry_data(read) for read in reading.entries], "problems": problems}
