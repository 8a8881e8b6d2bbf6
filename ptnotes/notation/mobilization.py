"""One technique at some level, settled from its words: what can be meant in one way only is read, the rest is asked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import islice, product

from ptnotes.clinical import Reference, Technique
from ptnotes.notation.context import NOT_DONE, Context, Parts, is_limb
from ptnotes.notation.entries import MobilizationEntry, ReadEntry
from ptnotes.notation.levels import Levels
from ptnotes.notation.lexicon import Meaning
from ptnotes.notation.mobilization_said import Guess, Said
from ptnotes.notation.mobilization_technique import (
    direction_of_movement,
    direction_turned,
    fitting_direction,
    level_understood,
    one_technique,
    sides_of,
    techniques_meant,
)
from ptnotes.notation.mobilization_words import (
    Cavitation,
    Choice,
    Filler,
    Held,
    Item,
    Note,
    Open,
    Unknown,
    items_of,
)
from ptnotes.notation.moving import MovingWords, segment_of
from ptnotes.notation.quantities import DoseWords, GradeWords, understood

_MOST_READINGS = 200
_MOST_WORDS = 30
"""More words than any entry has: what is longer was pasted, and is not weighed word by word."""
_ACTIVE = frozenset({"mulligan"})


def read_mobilization(context: Context, start: int, end: int, *, follows: bool) -> Parts:
    """The entries of a stretch of the line that charts a technique.

    `follows`: it comes after a comma, so that the technique of the entry before may be taken over.
    """
    items = items_of(context, start, end)
    said = _sorted(items)
    parts = Parts()
    span = (items[0].start, items[-1].end) if items else (start, end)
    for item in said.unknown:
        if isinstance(item.value, Unknown):
            parts.problems.append(context.problem(item.start, item.end, item.value.reason))
    for item in said.unknown:
        if NOT_DONE.match(context.folded, item.start):
            parts.problems = [context.problem(*span, "Was it done? Say so in the note.")]
            return parts
    if len(said.choices) > _MOST_WORDS:
        said.faults.insert(0, "Too much for one entry: part it with ;")
    if said.faults:
        parts.problems = [context.problem(*span, said.faults[0])]
        return parts
    best, others = _settled(context, said, items, follows=follows)
    if best.faults:
        parts.problems = [context.problem(*span, best.faults[0], best.choices)]
        return parts
    if others:
        texts = _in_words(context.reference, [best, *others])
        parts.problems = [context.problem(*span, f"Which is meant: {' or '.join(texts)}?", texts)]
        return parts
    parts.entries = [ReadEntry(entry, *span, best.assumed) for entry in best.entries]
    if best.asked:
        parts.problems.append(context.problem(*span, best.asked, best.choices))
    _hand_on(context, best.entries[-1])
    return parts


def _sorted(items: list[Item]) -> Said:
    said = Said()
    for item in items:
        value = item.value
        if isinstance(value, Levels):
            said.levels.extend(one for one in value.ids if one not in said.levels)
            if value.fault:
                said.faults.append(value.fault)
        elif isinstance(value, GradeWords):
            if value.fault:
                said.faults.append(value.fault)
            elif said.grade is not None and said.grade[2:] != value[2:]:
                said.faults.append("Two grades: one entry has one grade, or a range such as III-IV.")
            said.grade = value
        elif isinstance(value, DoseWords):
            said.doses.append(value)
        elif isinstance(value, Decimal):
            said.rate = value
        elif isinstance(value, Note):
            said.note.append(value.text)
        elif isinstance(value, Held):
            said.held.append(value.text)
        elif isinstance(value, MovingWords):
            if said.moving not in (("", ""), value[1:]):
                said.faults.append("What moves is said twice.")
            said.moving = value[1:]
        elif isinstance(value, Cavitation):
            said.cavitation = value.heard
        elif isinstance(value, Open):
            said.open.add(value.what)
        elif isinstance(value, Filler):
            said.each |= value.each
        elif isinstance(value, Choice):
            said.choices.append(item)
        elif isinstance(value, Unknown):
            said.unknown.append(item)
    return said


def _settled(context: Context, said: Said, items: list[Item], *, follows: bool) -> tuple[Guess, list[Guess]]:
    """The best way to take the ambiguous words, and others that are as good and come to something else."""
    options = [item.value.options for item in said.choices if isinstance(item.value, Choice)]
    best: list[Guess] = []
    for chosen in islice(product(*options), _MOST_READINGS):
        guess = _guess(context, said, items, chosen, follows=follows)
        rank = (guess.weight, guess.oddness)
        if not best or rank < (best[0].weight, best[0].oddness):
            best = [guess]
        elif rank == (best[0].weight, best[0].oddness) and guess.entries != best[0].entries:
            best.append(guess)
    if not best:
        best = [_guess(context, said, items, (), follows=follows)]
    return best[0], best[1:]


def _guess(
    context: Context,
    said: Said,
    items: list[Item],
    chosen: tuple[tuple[Meaning, ...], ...],
    *,
    follows: bool,
) -> Guess:
    guess = Guess()
    reference = context.reference
    levels = list(said.levels)
    slots: dict[str, str] = {}
    responses: list[str] = []
    words: list[dict[str, str | None]] = []
    grade = said.grade
    for item, meanings in zip(said.choices, chosen, strict=True):
        if meanings[0].kind == "technique":
            words.append({meaning.id: meaning.direction for meaning in meanings})
            continue
        # A phrase of two words ("R SL") is one thing rather than two, where both would do.
        guess.oddness += _unlikely(context, item, meanings)
        if len(meanings) > 1 and meanings[1].kind == "position":
            lain = context.text[item.start : item.end]
            guess.fault(4, f"{lain}: the side that the patient lies on, or side-lying and the side treated?")
        for kind, found, _ in meanings:
            if kind == "target":
                if found not in levels:
                    levels.append(found)
            elif kind == "response":
                responses.append(found)
            elif kind == "grade":
                if grade is not None:
                    guess.fault(30, "Two grades.")
                grade = GradeWords(item.start, item.end, "maitland", found)
            elif kind in slots and slots[kind] == found:
                # Said twice: "l l" is rather the left side and grade I.
                guess.oddness += 1
            elif slots.setdefault(kind, found) != found:
                guess.fault(
                    6, f"Two of a kind: {slots[kind].replace('_', ' ')} and {found.replace('_', ' ')}."
                )
    if not any(context.text.startswith("#target.", item.start) for item in said.choices):
        levels = _narrowed(reference, levels)
    levels, moving = _at_what_moves(reference, said, levels)
    assumed: list[str] = []
    side = slots.get("side")
    direction = slots.get("direction")
    techniques = techniques_meant(
        context, guess, words, items, said, levels, grade, direction, assumed, follows=follows
    )
    entries = []
    if not levels and "level" not in said.open:
        levels = level_understood(context, said, techniques, assumed)
    groups: list[dict[str, str | None] | None] = [*techniques]
    if not groups and "technique" in said.open:
        groups.append(None)
    for group in groups:
        entry = _entry(context, guess, said, group, levels, side, grade, slots, assumed)
        if entry is not None:
            entries.append(entry)
    if not techniques and "technique" not in said.open:
        guess.fault(30, "Which technique? (For an exercise, write ex: before it.)")
    if not levels and "level" not in said.open:
        guess.fault(20, "At which level?")
    guess.entries = tuple(
        _with_rest(entry, said, slots, tuple(dict.fromkeys(responses)), moving) for entry in entries
    )
    guess.assumed = tuple(dict.fromkeys(assumed))
    _check_movement(reference, guess, slots)
    if not guess.faults and not guess.entries:
        guess.fault(40, "Not understood.")
    return guess


def _unlikely(context: Context, item: Item, meanings: tuple[Meaning, ...]) -> int:
    """How unlikely one meaning of a phrase is beside its others: a response beside a side, a region beside a joint."""
    if not isinstance(item.value, Choice):
        return 0
    reference = context.reference
    others = {option[0] for option in item.value.options} - {meanings[0]}
    kind = meanings[0].kind
    if kind == "response" and any(other.kind == "side" for other in others):
        return 1
    places = [reference.targets[other.id] for other in others if other.kind == "target"]
    if kind != "target" or not places:
        return 0
    target = reference.targets[meanings[0].id]
    # "SI" is rather the joint than its region; "LS" in the neck rather the levator scapulae than the lower back.
    elsewhere = bool(context.regions) and not set(target.regions) & set(context.regions)
    return 2 * elsewhere + int(
        target.kind == "region" and any(target.region in one.regions for one in places)
    )


def _narrowed(reference: Reference, levels: list[str]) -> list[str]:
    """The levels without a region that a level beside it lies in: "lumbar roll L4-5" is at L4-L5."""
    targets = [reference.targets[level] for level in levels]
    exact = {region for target in targets if target.kind != "region" for region in target.regions}
    return [target.id for target in targets if target.kind != "region" or target.region not in exact]


def _at_what_moves(reference: Reference, said: Said, levels: list[str]) -> tuple[list[str], tuple[str, str]]:
    """The levels, and what moves on what: without a level it is done at the segment between two vertebrae that move.

    What that segment says by itself, its upper vertebra on its lower, is not said again.
    """
    segment = segment_of(reference, *said.moving) if not levels and "level" not in said.open else None
    if segment is None:
        return levels, said.moving
    return [segment.id], said.moving if said.moving != (segment.upper, segment.lower) else ("", "")


def _entry(
    context: Context,
    guess: Guess,
    said: Said,
    group: dict[str, str | None] | None,
    levels: list[str],
    side: str | None,
    grade: GradeWords | None,
    slots: dict[str, str],
    assumed: list[str],
) -> MobilizationEntry | None:
    reference = context.reference
    technique = None
    if group is not None:
        technique = one_technique(context, guess, group, levels, side, grade)
        if technique is None:
            return None
    direction = slots.get("direction")
    if technique is not None and not technique.directions and direction is None:
        direction = direction_of_movement(reference, slots)
    elif technique is not None and direction is not None:
        direction = fitting_direction(technique, direction)
    implied = group.get(technique.id) if group is not None and technique is not None else None
    if technique is not None:
        if direction is None:
            direction = implied or direction_turned(technique, said, slots)
        elif implied is not None and implied != direction:
            guess.fault(4, "Two directions.")
        ways = (*technique.directions, *technique.inclinations)
        if direction is not None and (
            len(technique.directions) == 1 or _is_movement(technique, said, direction)
        ):
            guess.oddness += 1
        if direction is not None and technique.directions and direction not in ways:
            guess.fault(7, f"{technique.label} is not done {reference.directions[direction].label}.")
    if grade is None and technique is not None and technique.thrust:
        grade = GradeWords(0, 0, "maitland", "V")
    mode = "oscillatory" if technique is None else technique.dosage_mode
    if technique is not None and technique.family in _ACTIVE:
        mode = "repetitions"
    dose = understood(tuple(said.doses), mode)
    if isinstance(dose, str):
        guess.fault(9, dose)
        return None
    if said.each and dose.sets is None and dose.seconds is not None:
        dose = dose._replace(sets=1)
    bounds = (
        ("sets", dose.sets),
        ("repetitions", dose.reps),
        ("hold_s" if dose.reps is not None else "duration_s", dose.seconds),
        ("thrust_attempts", dose.attempts),
        ("frequency_hz", said.rate),
    )
    for name, value in bounds:
        limits = reference.dosage_fields[name]
        if value is not None and not limits.input_min <= value <= limits.input_max:
            unit = "" if limits.unit == "1" else f" {limits.unit}"
            guess.fault(
                9, f"{limits.label} {value}{unit}: from {limits.input_min} to {limits.input_max}{unit}."
            )
    if said.cavitation is not None and technique is not None and not technique.cavitation_field:
        guess.fault(6, f"Cavitation is charted for a thrust, not for {technique.label}.")
    return MobilizationEntry(
        levels=tuple(levels),
        side=_side(context, guess, said, technique, levels, side, assumed),
        technique=technique.id if technique is not None else None,
        grade_system=grade.system if grade is not None else None,
        grade=grade.grade if grade is not None else None,
        grade_to=grade.grade_to if grade is not None else None,
        sets=dose.sets,
        reps=dose.reps,
        seconds=dose.seconds,
        attempts=dose.attempts,
        direction=direction,
    )


def _side(
    context: Context,
    guess: Guess,
    said: Said,
    technique: Technique | None,
    levels: list[str],
    side: str | None,
    assumed: list[str],
) -> str | None:
    """The side: as said; else the only or middle one; else, on a limb, the one before or the episode's; else asked."""
    if side is not None or "side" in said.open or technique is None:
        return side
    reference = context.reference
    sides = sides_of(reference, technique, levels)
    if "midline" in sides:
        return "midline"
    if len(sides) == 1:
        return sides[0]
    label = technique.label
    carried = context.carried.side
    if "technique" in assumed and carried in sides:
        assumed.append("side")
        return carried
    if levels and all(is_limb(reference, reference.targets[level].region) for level in levels):
        known = carried or context.side
        if known in sides:
            assumed.append("side")
            return known
        guess.asked = f"{label}: {' or '.join(sides)}?"
        guess.choices = sides
        guess.oddness += 2
        return None
    if levels:
        guess.fault(5, f"{label}: {' or '.join(sides)}?")
        guess.choices = sides
    return None


def _is_movement(technique: Technique, said: Said, direction: str) -> bool:
    """Whether the word for a direction names the active movement, too, that the technique is held through."""
    if technique.family not in _ACTIVE:
        return False
    options = [item.value.options for item in said.choices if isinstance(item.value, Choice)]
    return any(
        any(option[0][:2] == ("direction", direction) for option in every)
        and any(option[0].kind == "movement" for option in every)
        for every in options
    )


def _with_rest(
    entry: MobilizationEntry,
    said: Said,
    slots: dict[str, str],
    responses: tuple[str, ...],
    moving: tuple[str, str],
) -> MobilizationEntry:
    return replace(
        entry,
        rate_hz=said.rate,
        position=slots.get("position"),
        movement=None if _moves_as_direction(entry, slots) else slots.get("movement"),
        cavitation=said.cavitation,
        response=responses,
        pre_position=", ".join(said.held),
        moving_part=moving[0],
        fixed_part=moving[1],
        note=", ".join(said.note),
    )


def _moves_as_direction(entry: MobilizationEntry, slots: dict[str, str]) -> bool:
    """Whether the word for a movement was taken as the direction ("MET C2/3 R rot")."""
    return "movement" in slots and "direction" not in slots and entry.direction is not None


def _check_movement(reference: Reference, guess: Guess, slots: dict[str, str]) -> None:
    """A movement belongs to a technique that is held through one; a position that is unusual for it counts against."""
    for entry in guess.entries:
        technique = reference.techniques.get(entry.technique or "")
        if technique is None:
            continue
        if entry.movement is not None and technique.family not in _ACTIVE:
            guess.fault(6, f"{technique.label} is not held through an active movement.")
        if "position" in slots and slots["position"] not in technique.positions:
            guess.oddness += 1


def _in_words(reference: Reference, guesses: list[Guess]) -> tuple[str, ...]:
    """What tells several readings apart, in words."""
    words = []
    first = guesses[0].entries
    second = guesses[1].entries
    names = [
        name
        for name in MobilizationEntry.__slots__
        if first and second and getattr(first[0], name) != getattr(second[0], name)
    ]
    for guess in guesses:
        if not guess.entries:
            continue
        values = []
        for name in names:
            value = getattr(guess.entries[0], name)
            if value is None or value == ():
                continue
            shown = value if isinstance(value, tuple) else (value,)
            label = " and ".join(_label(reference, one) for one in shown)
            values.append(f"{name.replace('_', ' ')} {label}")
        words.append(" with ".join(values) or "neither")
    return tuple(dict.fromkeys(words))


def _label(reference: Reference, found: object) -> str:
    known = str(found)
    if known in reference.targets:
        return reference.targets[known].label
    return reference.techniques[known].label if known in reference.techniques else known.replace("_", " ")


def _hand_on(context: Context, entry: MobilizationEntry) -> None:
    carried = context.carried
    carried.technique = entry.technique
    carried.levels = entry.levels
    if entry.side in {"left", "right"}:
        carried.side = entry.side
