"""An entry in a few words, for the preview while a line is typed: `L5 · unilateral PA, left · grade III · 3 × 45 s`."""

from __future__ import annotations

from decimal import Decimal

from ptnotes.clinical import Reference
from ptnotes.domain.moving import moving_text
from ptnotes.domain.wording import how_often, number, with_unit
from ptnotes.notation.entries import (
    TOTAL,
    Entry,
    ExerciseEntry,
    MinutesEntry,
    MobilizationEntry,
    PainEntry,
    RomEntry,
)

_SIDES = {"left": "left", "right": "right", "bilateral": "both sides", "midline": "midline"}
_WHAT = {"now": "pain now", "best": "pain at best", "worst": "pain at worst"}


def explain(reference: Reference, entry: Entry) -> str:
    """An entry as a short phrase, its parts set apart by dots; nothing in it that was not said."""
    if isinstance(entry, MobilizationEntry):
        return _mobilization(reference, entry)
    if isinstance(entry, RomEntry):
        return _rom(reference, entry)
    if isinstance(entry, PainEntry):
        return _pain(reference, entry)
    if isinstance(entry, MinutesEntry):
        return _minutes(reference, entry)
    if isinstance(entry, ExerciseEntry):
        return _exercise(entry)
    return f"{entry.section} · {entry.text}"


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _mobilization(reference: Reference, entry: MobilizationEntry) -> str:
    levels = ", ".join(reference.targets[level].label for level in entry.levels)
    technique = reference.techniques[entry.technique].label if entry.technique is not None else "technique?"
    if entry.movement is not None:
        technique += f" with {reference.movements[entry.movement].label}"
    side = _SIDES[entry.side] if entry.side is not None else ""
    if entry.technique is not None and reference.techniques[entry.technique].sides == ("midline",):
        side = ""
    grade = (
        f"grade {entry.grade}" + (f" to {entry.grade_to}" if entry.grade_to else "") if entry.grade else ""
    )
    attempts = (
        f"{entry.attempts} attempt{'' if entry.attempts == 1 else 's'}" if entry.attempts is not None else ""
    )
    cavitation = {True: "cavitation", False: "no cavitation", None: ""}[entry.cavitation]
    moves = moving_text(entry.moving_part, entry.fixed_part)
    return _joined(
        levels,
        f"{technique}, {side}" if side else technique,
        reference.directions[entry.direction].label if entry.direction is not None else "",
        grade,
        _dose(entry.sets, entry.reps, entry.seconds),
        f"{number(entry.rate_hz)} Hz" if entry.rate_hz is not None else "",
        attempts,
        reference.patient_positions[entry.position].label if entry.position is not None else "",
        f"at {entry.pre_position}" if entry.pre_position else "",
        f"moves: {moves}" if moves else "",
        cavitation,
        *(reference.responses[response].label for response in entry.response),
        entry.note,
    )


def _dose(sets: int | None, reps: int | None, seconds: int | None) -> str:
    parts = [str(part) for part in (sets, reps) if part is not None]
    if seconds is not None:
        parts.append(f"{seconds} s")
    elif reps is not None and sets is None:
        parts = [f"{reps} repetition{'' if reps == 1 else 's'}"]
    elif sets is not None and reps is None:
        parts = [f"{sets} set{'' if sets == 1 else 's'}"]
    return " × ".join(parts)


def explain_values(reference: Reference, entry: Entry) -> str:
    """The values alone of a measurement: ``45° → 55°``, ``6 → 3``; empty for any other entry."""
    if isinstance(entry, RomEntry):
        return _rom_values(reference, entry)
    return _pain_values(entry) if isinstance(entry, PainEntry) else ""


def _rom_values(reference: Reference, entry: RomEntry) -> str:
    unit = entry.unit or reference.motions[entry.motion].unit
    before = _reading(
        reference, entry.before, entry.word, unit, entry.pain_before, hurts=entry.end_range_pain
    )
    after = _reading(
        reference, entry.after, entry.word_after, unit, entry.pain_after, hurts=entry.end_range_pain_after
    )
    return f"{before} → {after}" if before and after else before or (f"after: {after}" if after else "")


def _rom(reference: Reference, entry: RomEntry) -> str:
    motion = reference.motions[entry.motion]
    position = reference.test_positions[entry.test_position].label if entry.test_position is not None else ""
    return _joined(
        motion.full_label + (f", {_SIDES[entry.side]}" if entry.side is not None else ""),
        _rom_values(reference, entry),
        entry.mode or "",
        reference.methods[entry.method].label if entry.method is not None else "",
        position,
    )


def _reading(
    reference: Reference,
    value: Decimal | None,
    word: str | None,
    unit: str,
    pain: int | None,
    *,
    hurts: bool | None,
) -> str:
    if value is None and word is None:
        return ""
    said = reference.rom_words[word].label if word is not None else ""
    if value is not None:
        said = with_unit(value, unit)
        if value < 0 and unit == "deg":
            said += f" (lacks {with_unit(-value, unit)})"
    if pain is not None:
        said += f", pain {pain}"
    if hurts is not None:
        said += ", end-range pain" if hurts else ", no end-range pain"
    return said


def _pain(reference: Reference, entry: PainEntry) -> str:
    what = _WHAT.get(entry.what) or f"pain with {reference.motions[entry.what].full_label.lower()}"
    side = f", {_SIDES[entry.side]}" if entry.side is not None else ""
    place = f", {entry.place}" if entry.place else ""
    return _joined(f"{what}{side}{place}", f"{_pain_values(entry)} of 10")


def _pain_values(entry: PainEntry) -> str:
    if entry.before is not None and entry.after is not None:
        return f"{entry.before} → {entry.after}"
    return f"{entry.before}" if entry.before is not None else f"after: {entry.after}"


def _minutes(reference: Reference, entry: MinutesEntry) -> str:
    if entry.code == TOTAL:
        return _joined("whole treatment", f"{entry.minutes} min")
    service = next((s for s in reference.interventions.values() if entry.code in {s.code, s.id}), None)
    name = f"{service.short} ({entry.code})" if service is not None and service.code else entry.code
    name = service.short if service is not None and not service.code else name
    return _joined(name, entry.area, f"{entry.minutes} min")


def _exercise(entry: ExerciseEntry) -> str:
    return _joined(
        entry.name,
        _dose(entry.sets, entry.reps, entry.seconds),
        entry.load or "",
        entry.cue,
        "at home" if entry.place is not None else "",
        how_often(entry.times_a_day, entry.days_a_week),
    )
