"""Writes an entry as a line that reads back the same.

The shortest words are tried first and read again; where they would mean anything else, the names of the reference data
are written out. What is returned has always been read back.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ptnotes.clinical import Motion, Reference
from ptnotes.domain.moving import moving_text
from ptnotes.notation.entries import (
    TOTAL,
    Entry,
    ExerciseEntry,
    MinutesEntry,
    MobilizationEntry,
    PainEntry,
    RomEntry,
    TextEntry,
)
from ptnotes.notation.lexicon import folded
from ptnotes.notation.moving import read_moving
from ptnotes.notation.reader import read

_SIDES = {"left": "L", "right": "R", "bilateral": "bilat", "midline": "midline"}
_LETTERS = {"subjective": "s", "objective": "o", "assessment": "a", "plan": "p", "communication": "comm"}
_UNITS = {"deg": "", "cm": "cm", "mm": "mm", "percent": "%"}
_WAYS = {"rotation": ("rotation",), "lateral_flexion": ("side_bending",)}


def write(reference: Reference, entry: Entry, region: str | None = None) -> str:
    """The entry as a therapist would type it in an episode of `region`.

    Raises ValueError for an entry that no line can say (a value out of bounds, an unknown id): no form makes one.
    """
    for text in _candidates(reference, entry):
        reading = read(reference, text, region)
        if not reading.problems and len(reading.entries) == 1:
            found = reading.entries[0]
            if found.entry == entry and not found.assumed:
                return text
    message = f"no line says this {entry.kind} entry"
    raise ValueError(message)


def _candidates(reference: Reference, entry: Entry) -> Iterator[str]:
    if isinstance(entry, MobilizationEntry):
        for exact in ("", "position", "target", "all"):
            yield _mobilization(reference, entry, exact)
    elif isinstance(entry, RomEntry):
        motion = reference.motions[entry.motion]
        for name in _motion_names(reference, motion):
            yield _rom(reference, entry, name, exact=False)
        yield _rom(reference, entry, f"#motion.{motion.id}", exact=True)
    elif isinstance(entry, PainEntry):
        yield from _pain(reference, entry)
    elif isinstance(entry, MinutesEntry):
        yield from _minutes(reference, entry)
    elif isinstance(entry, ExerciseEntry):
        yield _exercise(entry, entry.name)
        yield _exercise(entry, f"ex: {_quoted(entry.name)}")
    else:
        yield from _text(entry)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _mobilization(reference: Reference, entry: MobilizationEntry, exact: str) -> str:
    technique = reference.techniques[entry.technique] if entry.technique is not None else None
    every = exact == "all"
    levels = ",".join(level if _on_spine(reference, level) else "" for level in entry.levels)
    if not all(_on_spine(reference, level) for level in entry.levels):
        levels = " ".join(
            _target(reference, level, exact=exact in {"target", "all"}) for level in entry.levels
        )
    side = _SIDES[entry.side] if entry.side is not None else "side?"
    name = "technique?"
    turns = False
    if technique is not None:
        name = f"#technique.{technique.id}" if every else technique.abbreviation
        turn = next(
            (way for way in ("rotation", "side_bending") if entry.direction == f"{way}_{entry.side}"), None
        )
        turns = turn in _WAYS.get(technique.id, ()) and not every
    direction = ""
    if entry.direction is not None and not turns:
        direction = f"#direction.{entry.direction}" if exact else reference.directions[entry.direction].label
    grade = entry.grade or ""
    if entry.grade_to is not None:
        plain = (grade + entry.grade_to).isalpha()
        grade += f"-{entry.grade_to}" if plain else f" to {entry.grade_to}"
    movement = ""
    if entry.movement is not None:
        movement = f"#movement.{entry.movement}" if exact else reference.movements[entry.movement].label
    position = ""
    if entry.position is not None:
        position = (
            f"#position.{entry.position}" if exact else reference.patient_positions[entry.position].label
        )
    responses = [
        f"#response.{response}" if exact else reference.responses[response].label
        for response in entry.response
    ]
    # A side beside a rotation says which way it turns; where that was not said, it stands apart.
    named = (
        [levels or "level?", name, side] if turns or technique is None else [side, levels or "level?", name]
    )
    if technique is not None and not turns and technique.id not in _WAYS and not every:
        named = [levels or "level?", name, side]
    if every:
        named = [name, levels or "level?", side]
    parts = [
        *named,
        direction,
        grade,
        _dose(entry.sets, entry.reps, entry.seconds),
        f"{entry.attempts} attempts" if entry.attempts is not None else "",
        f"{entry.rate_hz:f} Hz" if entry.rate_hz is not None else "",
        movement,
        position,
        f"@ {_quoted(entry.pre_position)}" if entry.pre_position else "",
        _moving(reference, entry),
        {True: "+ cav", False: "no cav", None: ""}[entry.cavitation],
        *responses,
        f"note {_quoted(entry.note)}" if entry.note else "",
    ]
    return " ".join(part for part in parts if part)


def _moving(reference: Reference, entry: MobilizationEntry) -> str:
    """What moves on what: in brackets where these read back so, else in quotation marks."""
    words = moving_text(entry.moving_part, entry.fixed_part)
    if not words:
        return ""
    plain = f"({words})"
    found = read_moving(reference, plain, folded(plain), 0)
    is_plain = found == (len(plain), entry.moving_part, entry.fixed_part)
    return plain if is_plain else f"moves {_quoted(words)}"


def _on_spine(reference: Reference, level: str) -> bool:
    return reference.targets[level].kind in {"vertebra", "segment"} and level[-1:].isdigit()


def _target(reference: Reference, level: str, *, exact: bool) -> str:
    if exact:
        return f"#target.{level}"
    target = reference.targets[level]
    if target.kind in {"vertebra", "segment", "joint"}:
        return level if target.kind != "joint" or not target.aliases else target.aliases[0]
    return target.label.partition(" (")[0]


def _dose(sets: int | None, reps: int | None, seconds: int | None) -> str:
    """A dose with its units, so that it means the same whatever the technique."""
    if reps is not None:
        counted = f"{sets} x {reps} reps" if sets is not None else f"{reps} reps"
        return counted + (f" x {seconds}s" if seconds is not None else "")
    if seconds is not None:
        return f"{sets}x{seconds}s" if sets is not None else f"{seconds}s"
    return f"{sets} sets" if sets is not None else ""


def _motion_names(reference: Reference, motion: Motion) -> Iterator[str]:
    yield motion.abbreviation
    region = reference.regions[motion.region]
    yield f"{region.aliases[0]} {motion.abbreviation}"
    yield f"{region.id.replace('_', ' ')} {motion.short}"
    yield motion.full_label


def _number(value: Decimal, motion: Motion) -> str:
    plain = f"{value:f}"
    signed = value > 0 and motion.sign_note is not None and "negative = lacks" in motion.sign_note
    return f"+{plain}" if signed else plain


def _rom(reference: Reference, entry: RomEntry, name: str, *, exact: bool) -> str:
    motion = reference.motions[entry.motion]
    unit = _UNITS[entry.unit] if entry.unit is not None else ""
    before = _reading(reference, motion, entry.before, entry.word, entry.pain_before, unit, exact=exact)
    after = _reading(reference, motion, entry.after, entry.word_after, entry.pain_after, unit, exact=exact)
    hurts, hurts_after = _erp(entry.end_range_pain), _erp(entry.end_range_pain_after)
    if before and after and hurts and hurts == hurts_after:
        values = f"{before}>{after} {hurts}"
    else:
        values = f"{before} {hurts}".rstrip()
        if after:
            values += f">{hurts_after} {after}" if hurts_after else f">{after}"
    side = "" if not motion.sided else _SIDES[entry.side] if entry.side is not None else "side?"
    method = position = ""
    if entry.method is not None:
        method = f"#method.{entry.method}" if exact else reference.methods[entry.method].abbreviation
    if entry.test_position is not None:
        label = reference.test_positions[entry.test_position].label
        position = f"#test_position.{entry.test_position}" if exact else label
    mode = {"active": "AROM", "passive": "PROM", None: ""}[entry.mode]
    return " ".join(part for part in (name, side, values, mode, method, position) if part)


def _erp(hurts: bool | None) -> str:
    return {True: "ERP", False: "no ERP", None: ""}[hurts]


def _reading(
    reference: Reference,
    motion: Motion,
    value: Decimal | None,
    word: str | None,
    pain: int | None,
    unit: str,
    *,
    exact: bool,
) -> str:
    said = ""
    if word is not None:
        said = f"#rom_word.{word}" if exact else reference.rom_words[word].abbreviation
    elif value is not None:
        said = f"{_number(value, motion)}{unit}"
    return f"{said} ({pain}/10)" if said and pain is not None else said


def _pain(reference: Reference, entry: PainEntry) -> Iterator[str]:
    before = str(entry.before) if entry.before is not None else ""
    after = f">{entry.after}" if entry.after is not None else ""
    side = f" {_SIDES[entry.side]}" if entry.side is not None else ""
    place = f" in {_quoted(entry.place)}" if entry.place else ""
    if entry.what in {"now", "best", "worst"}:
        what = "" if entry.what == "now" else f" {entry.what}"
        yield f"pain{what}{side} {before}{after}{place}"
        return
    motion = reference.motions[entry.what]
    for name in (*_motion_names(reference, motion), f"#motion.{motion.id}"):
        yield f"pain {name}{side} {before}{after}{place}"


def _minutes(reference: Reference, entry: MinutesEntry) -> Iterator[str]:
    if entry.code == TOTAL:
        yield f"TT {entry.minutes}"
        return
    service = next((s for s in reference.interventions.values() if entry.code in {s.code, s.id}), None)
    names = (service.short, *service.aliases, service.label) if service is not None else ()
    for place in _places(entry):
        for name in (entry.code, *names):
            yield f"{name} {entry.minutes}{place}"


def _places(entry: MinutesEntry) -> Iterator[str]:
    """The place of a service, in plain words and in quotation marks; nothing where none was said."""
    if not entry.area:
        yield ""
        return
    for side, letter in ((", left", " L"), (", right", " R"), (", both sides", " bilat")):
        if entry.area.endswith(side):
            yield f" {entry.area.removesuffix(side)}{letter}"
    yield f" {entry.area}"
    kind = f"{entry.area_kind} " if entry.area_kind is not None else ""
    yield f" in {kind}{_quoted(entry.area)}"


def _exercise(entry: ExerciseEntry, name: str) -> str:
    load = ""
    if entry.load is not None:
        plain = entry.load.endswith((" kg", " lb", " band"))
        load = f"@ {entry.load}" if plain and not entry.load.endswith("band") else entry.load
        load = load if plain else f"load {_quoted(entry.load)}"
    cue = f"cue {_quoted(entry.cue)}" if entry.cue else ""
    parts = (
        name,
        _dose(entry.sets, entry.reps, entry.seconds),
        load,
        entry.place or "",
        f"{entry.times_a_day}x/day" if entry.times_a_day is not None else "",
        f"{entry.days_a_week}d/wk" if entry.days_a_week is not None else "",
        cue,
    )
    return " ".join(part for part in parts if part)


def _text(entry: TextEntry) -> Iterator[str]:
    letter = _LETTERS[entry.section]
    yield f"{letter}: {entry.text}"
    yield f"{letter}: {_quoted(entry.text)}"
