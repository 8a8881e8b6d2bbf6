"""Measured motions, before and after: numbers stay numbers, words stay words, and no side or region is guessed."""

from __future__ import annotations

import re
from decimal import Decimal

from ptnotes.clinical import Motion
from ptnotes.domain.wording import number as printed
from ptnotes.domain.wording import with_unit
from ptnotes.notation.context import NOT_DONE, NOT_UNDERSTOOD, Context, Parts, is_limb
from ptnotes.notation.entries import ReadEntry, RomEntry
from ptnotes.notation.lexicon import Meaning
from ptnotes.notation.rom_gather import SIDES, Measured, Value, gathered
from ptnotes.notation.rom_words import Number, Span

_PER_CENT = (Decimal(0), Decimal(200))
_UNITS = {"deg": "degrees", "cm": "cm", "mm": "mm", "percent": "per cent", "in": "inches"}


def read_rom(context: Context, start: int, end: int) -> Parts:
    """The motions measured in a stretch of the line; commas part them, and so does a new motion or side."""
    measured = gathered(context, start, end)
    parts = Parts()
    for one in measured:
        parts.add(_settled(context, one))
    return parts


def _settled(context: Context, one: Measured) -> Parts:
    parts = Parts()
    span = (one.start, one.end)
    for item in one.unknown:
        parts.problems.append(context.problem(item.start, item.end, NOT_UNDERSTOOD))
    for item in one.unknown:
        if NOT_DONE.match(context.folded, item.start):
            parts.problems = [context.problem(*span, "Was it measured? Say so in the note.")]
            return parts
    if one.fault:
        parts.problems = [context.problem(*span, one.fault)]
        return parts
    if not one.motions and any(value.span for value in (*one.before, *one.after)):
        return _neutral_zero(context, one, parts)
    if not one.motions:
        reason = "Of which motion?" if one.has_value and not one.unknown else NOT_UNDERSTOOD
        parts.problems = [context.problem(*span, reason)]
        return parts
    if not one.has_value:
        parts.problems = [context.problem(*span, "No value.")]
        return parts
    several = max(len(one.before), len(one.after))
    motions: list[Motion] = []
    for meanings in one.motions:
        found = _motion(context, one, meanings)
        if isinstance(found, str):
            parts.problems = [context.problem(*span, found)]
            return parts
        motions.append(found)
    if any(value.span for value in (*one.before, *one.after)):
        return _neutral_zero(context, one, parts, motions[0])
    sides = _sides(one)
    targets = [(motion, side) for motion in motions for side in sides]
    if several not in {1, len(targets)}:
        parts.problems = [context.problem(*span, "Which value is of which motion or side?")]
        return parts
    for number, (motion, side) in enumerate(targets):
        before = _nth(one.before, number)
        after = _nth(one.after, number)
        _add(context, one, parts, motion, side, before, after)
    return parts


def _sides(one: Measured) -> list[str | None]:
    return [*one.sides] or [None]


def _nth(values: list[Value], number: int) -> Value | None:
    if not values:
        return None
    return values[number] if len(values) > 1 else values[0]


def _motion(context: Context, one: Measured, meanings: tuple[Meaning, ...]) -> Motion | str:
    """The motion meant, by the region written, else by the episode's; the question to ask where that leaves several."""
    reference = context.reference
    ids = [meaning.id for meaning in meanings]
    if len(ids) == 1 and not one.region:
        return reference.motions[ids[0]]
    for region in _regions(context, one):
        near = {motion.id for motion in reference.motions_in(region)}
        fitting = [found for found in ids if found in near]
        own = [found for found in fitting if reference.motions[found].region == region] or fitting
        if len(own) == 1:
            return reference.motions[own[0]]
        if own:
            return _ask_region(context, own)
    if len(ids) == 1:
        return reference.motions[ids[0]]
    return _ask_region(context, ids)


def _ask_region(context: Context, ids: list[str]) -> str:
    labels = [context.reference.motions[found].full_label for found in ids]
    shown = ", ".join(labels[:4]) + (", …" if len(labels) > 4 else "")
    return f"Which is meant: {shown}?"


def _regions(context: Context, one: Measured) -> tuple[str, ...]:
    if one.region is not None:
        return (one.region,)
    carried = context.carried.region
    return (carried, *context.regions) if carried is not None else context.regions


def _add(
    context: Context,
    one: Measured,
    parts: Parts,
    motion: Motion,
    side: str | None,
    before: Value | None,
    after: Value | None,
) -> None:
    span = (one.start, one.end)
    unit = _unit(motion, before, after)
    words = []
    for value in (before, after):
        fault = _fault(motion, value, unit)
        if fault:
            parts.problems.append(context.problem(*span, fault))
            return
        words.append(_rom_word(context, motion, value))
    if any(isinstance(word, tuple) for word in words):
        parts.problems.append(context.problem(*span, f"{motion.full_label}: this word does not go with it."))
        return
    assumed: list[str] = []
    asked = ""
    if motion.sided and side is None and not one.side_open:
        limb = is_limb(context.reference, motion.region)
        known = context.carried.side or context.side
        if limb and known in SIDES:
            side = known
            assumed.append("side")
        elif limb:
            asked = f"{motion.full_label}: left or right?"
        else:
            written = context.text[span[0] : span[1]].strip()
            reason = f"{motion.full_label}: left or right?"
            parts.problems.append(context.problem(*span, reason, (f"L {written}", f"R {written}")))
            return
    elif not motion.sided and side is not None:
        parts.problems.append(context.problem(*span, f"{motion.full_label} has no side."))
        return
    position = next(
        (p.id for p in context.reference.test_positions_for(motion.id) if p.id in one.positions), None
    )
    if one.positions and position is None:
        parts.problems.append(
            context.problem(*span, f"{motion.full_label} is not measured in that position.")
        )
        return
    entry = RomEntry(
        motion=motion.id,
        side=side,
        before=before.number.value if before is not None and before.number is not None else None,
        after=after.number.value if after is not None and after.number is not None else None,
        unit=unit if any(v is not None and v.number is not None for v in (before, after)) else None,
        method=one.method,
        mode=one.mode,
        word=words[0] if isinstance(words[0], str) else None,
        word_after=words[1] if isinstance(words[1], str) else None,
        pain_before=before.score if before is not None else None,
        pain_after=after.score if after is not None else None,
        end_range_pain=before.hurts if before is not None else None,
        end_range_pain_after=after.hurts if after is not None else None,
        test_position=position,
    )
    parts.entries.append(ReadEntry(entry, *span, tuple(assumed)))
    if asked:
        parts.problems.append(context.problem(*span, asked, SIDES))
    if motion.sided and side in SIDES:
        context.carried.side = side if is_limb(context.reference, motion.region) else context.carried.side
    named = motion.region.partition("_")[0]
    if one.region_said:
        context.carried.region = one.region
    elif re.search(rf"\b{named}\b", context.folded[one.start : one.end]):
        # "hip flex" names the region with the motion.
        context.carried.region = motion.region


def _unit(motion: Motion, before: Value | None, after: Value | None) -> str:
    for value in (after, before):
        if value is not None and value.number is not None and value.number.unit is not None:
            return value.number.unit
    return motion.unit


def _fault(motion: Motion, value: Value | None, unit: str) -> str:
    """Why a value cannot be of this motion; empty where it can."""
    if value is None or value.number is None:
        return ""
    found = value.number
    if found.unit is not None and found.unit != unit:
        return "Two units."
    if unit not in {motion.unit, "percent"}:
        return f"{motion.full_label} is measured in {_UNITS[motion.unit]} or per cent, not in {_UNITS[unit]}."
    lowest, highest = _PER_CENT if unit == "percent" else (motion.input_min, motion.input_max)
    if not lowest <= found.value <= highest:
        return (
            f"{motion.full_label} {with_unit(found.value, unit)} is not possible: "
            f"from {printed(lowest)} to {with_unit(highest, unit)}."
        )
    if unit == "deg" and found.value > 0 and not found.signed and _lacks(motion):
        shown = printed(found.value)
        return f"{motion.full_label} {shown}: write −{shown} for lacking it, +{shown} for beyond straight."
    return ""


def _lacks(motion: Motion) -> bool:
    """Whether a bare number is said both of what is lacking and of what goes beyond straight (knee, elbow)."""
    return motion.sign_note is not None and "negative = lacks" in motion.sign_note


def _rom_word(context: Context, motion: Motion, value: Value | None) -> str | tuple[()] | None:
    if value is None or not value.words:
        return None
    allowed = {word.id for word in context.reference.words_for(motion.id)}
    return next((meaning.id for meaning in value.words if meaning.id in allowed), ())


def _neutral_zero(context: Context, one: Measured, parts: Parts, motion: Motion | None = None) -> Parts:
    """`8-112`, `0-5-130`, `5-0-130` of a hinge joint: extension and flexion; `0-160` of another motion: its end."""
    span = (one.start, one.end)
    reference = context.reference
    regions = [motion.region] if motion is not None else list(_regions(context, one))
    for region in regions:
        motions = (
            {found.id: found for found in reference.motions_in(region)} if region in reference.regions else {}
        )
        extension = next((m for m in motions.values() if m.label == "Extension" and _lacks(m)), None)
        if extension is None:
            continue
        flexion = next(
            (m for m in motions.values() if m.label == "Flexion" and m.region == extension.region), None
        )
        if flexion is None or (motion is not None and motion.id not in {extension.id, flexion.id}):
            continue
        pairs = [
            [_ends(value.span) if value.span else None for value in values]
            for values in (one.before, one.after)
        ]
        if (
            any(pair is None or isinstance(pair, str) for values in pairs for pair in values)
            or max(map(len, pairs)) > 1
        ):
            parts.problems.append(context.problem(*span, "Write the range as 0-130, 0-5-130 or 5-0-130."))
            return parts
        ends = [values[0] if values else None for values in pairs]
        for place, found in enumerate((extension, flexion)):
            values = [
                Value(number=Number(end[place], None, signed=True)) if isinstance(end, tuple) else None
                for end in ends
            ]
            for side in _sides(one):
                _add(context, one, parts, found, side, values[0], values[1])
        # Both motions of the joint ask the same question: it is asked once.
        parts.problems = parts.problems[:1]
        return parts
    if motion is not None:
        for value in (*one.before, *one.after):
            if value.span is None or value.span.numbers[0] != 0 or len(value.span.numbers) != 2:
                reason = "A range, or before and after? Write before > after, or the end of the range alone."
                parts.problems.append(context.problem(*span, reason))
                return parts
            value.number, value.span = Number(Decimal(value.span.numbers[1]), None, signed=True), None
        for side in _sides(one):
            _add(context, one, parts, motion, side, _nth(one.before, 0), _nth(one.after, 0))
        return parts
    parts.problems.append(context.problem(*span, "Of which motion?"))
    return parts


def _ends(span: Span) -> tuple[Decimal, Decimal] | str:
    """Extension and flexion of a range by the neutral-zero method; extension below zero is lacking."""
    numbers = span.numbers
    if len(numbers) == 2:
        return Decimal(-numbers[0]), Decimal(numbers[1])
    beyond, lacking, flexion = numbers
    if beyond == 0:
        return Decimal(-lacking), Decimal(flexion)
    if lacking == 0:
        return Decimal(beyond), Decimal(flexion)
    return "One of the first two numbers is 0."
