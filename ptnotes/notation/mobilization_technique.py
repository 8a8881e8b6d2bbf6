"""Which technique, level, side and direction of force the words of a mobilization mean."""

from __future__ import annotations

from itertools import pairwise

from ptnotes.clinical import Reference, Target, Technique
from ptnotes.notation.context import Context
from ptnotes.notation.lexicon import SAME_WAY
from ptnotes.notation.mobilization_said import Guess, Said
from ptnotes.notation.mobilization_words import Choice, Filler, Item, Separator
from ptnotes.notation.quantities import GradeWords

_MOST_NAMED = 8


def techniques_meant(
    context: Context,
    guess: Guess,
    words: list[dict[str, str | None]],
    items: list[Item],
    said: Said,
    levels: list[str],
    grade: GradeWords | None,
    direction: str | None,
    assumed: list[str],
    *,
    follows: bool,
) -> list[dict[str, str | None]]:
    """The techniques meant: each a set of ids that level, side and grade still have to settle, with its direction."""
    reference = context.reference
    if not words:
        if grade is not None and grade.grade == "V":
            return [{t.id: None for t in reference.techniques.values() if t.thrust}]
        found = _by_direction(reference, levels, direction)
        if found is not None:
            return [{found: None}]
        if follows and context.carried.technique and levels and "technique" not in said.open:
            assumed.append("technique")
            return [{context.carried.technique: None}]
        return []
    shared = {
        found: next((word[found] for word in words if word[found]), None)
        for found in words[0]
        if all(found in word for word in words)
    }
    if shared:
        return [shared]
    thrust = _thrust_with_direction(reference, words, levels)
    if thrust is not None:
        guess.oddness += 1
        return [thrust]
    if _listed(items):
        return words
    guess.fault(8, f"Two techniques: {_names(reference, words[0])} and {_names(reference, words[1])}.")
    return []


def fitting_direction(technique: Technique, direction: str) -> str:
    """The name that a technique has for a direction: AP is posterior where it knows no AP."""
    other = SAME_WAY.get(direction)
    return other if direction not in technique.directions and other in technique.directions else direction


def direction_of_movement(reference: Reference, slots: dict[str, str]) -> str | None:
    """The direction that a movement word says for a technique without directions of its own ("MET R rot")."""
    movement, side = slots.get("movement"), slots.get("side")
    if movement in {"rotation", "side_bending"}:
        return f"{movement}_{side}" if side in {"left", "right"} else None
    return movement if movement in reference.directions else None


def _by_direction(reference: Reference, levels: list[str], direction: str | None) -> str | None:
    """The only glide of a joint that goes in a direction ("PFJ sup glide"), where no technique is named."""
    if direction is None or not levels:
        return None
    found = [
        technique.id
        for technique in reference.techniques_at(levels[0])
        if technique.family.startswith("accessory")
        and fitting_direction(technique, direction) in technique.directions
    ]
    return found[0] if len(found) == 1 else None


def _thrust_with_direction(
    reference: Reference, words: list[dict[str, str | None]], levels: list[str]
) -> dict[str, str | None] | None:
    """`TCJ distraction HVLAT`: a thrust in the direction, and at the joint, that another technique's name says."""
    if len(words) != 2:
        return None
    thrusts, others = sorted(words, key=lambda word: not all(reference.techniques[t].thrust for t in word))
    if not all(reference.techniques[found].thrust for found in thrusts):
        return None
    for found in others:
        other = reference.techniques[found]
        places = levels or list(other.joints)
        if len(other.directions) != 1 or len(places) != 1 or not reference.sides_at(found, places[0]):
            continue
        way = other.directions[0]
        fitting: dict[str, str | None] = {
            thrust: way
            for thrust in thrusts
            if way in reference.techniques[thrust].directions and reference.sides_at(thrust, places[0])
        }
        if fitting:
            levels[:] = places
            return fitting
    return None


def _listed(items: list[Item]) -> bool:
    """Whether the words for techniques are a list ("post/inf glides"): a sign stands between each and the next."""
    places = [
        number
        for number, item in enumerate(items)
        if isinstance(item.value, Choice) and item.value.options[0][0].kind == "technique"
    ]
    return len(places) > 1 and all(
        any(isinstance(items[between].value, Separator) for between in range(one + 1, other))
        and all(isinstance(items[between].value, (Separator, Filler)) for between in range(one + 1, other))
        for one, other in pairwise(places)
    )


def _names(reference: Reference, techniques: dict[str, str | None]) -> str:
    return reference.techniques[next(iter(techniques))].label


def level_understood(
    context: Context, said: Said, techniques: list[dict[str, str | None]], assumed: list[str]
) -> list[str]:
    """The level where none was written: the only one the techniques are done at in this region, or the one before."""
    reference = context.reference
    if not techniques:
        return []
    ids = {found for group in techniques for found in group}
    own = {reference.techniques[found].named_target for found in ids}
    own_place = own.pop() if len(own) == 1 else None
    if own_place is not None:
        return [own_place]
    places = {place for found in ids for place in context.lexicon.places[found]}
    if len(places) == 1:
        target = reference.targets[next(iter(places))]
        near_by = not context.regions or bool(set(target.regions) & set(context.regions))
        # "inf" alone is too short to name a joint that is not being treated; "patellar glide" is not.
        if near_by or any(" " in context.text[item.start : item.end].strip() for item in said.choices):
            return list(places)
    joints = {joint for found in ids for joint in reference.techniques[found].joints}
    if len(joints) == 1:
        only = reference.targets[next(iter(joints))]
        if only.id in places and all(reference.targets[place].region == only.region for place in places):
            return [only.id]
    carried = context.carried.levels
    if carried and all(place in places for place in carried):
        assumed.append("levels")
        return list(carried)
    whole = context.regions[:1]
    there = [found for found in ids if whole and whole[0] in context.lexicon.places[found]]
    if there and all(reference.techniques[found].family == "traction" for found in there):
        assumed.append("levels")
        return list(whole)
    near = {
        place
        for place in places
        if set(reference.targets[place].regions) & set(context.regions[:1])
        and reference.targets[place].kind in {"joint", "rib"}
    }
    named = [found for found in ids if reference.techniques[found].joints]
    if len(near) == 1 and len(named) == len([found for found in ids if context.lexicon.places[found] & near]):
        assumed.append("levels")
        return list(near)
    return []


def one_technique(
    context: Context,
    guess: Guess,
    group: dict[str, str | None],
    levels: list[str],
    side: str | None,
    grade: GradeWords | None,
) -> Technique | None:
    """The one technique of a group that fits level, side and grade; None, and a fault, where none or several do."""
    reference = context.reference
    left = [reference.techniques[found] for found in group]
    place = " and ".join(reference.targets[level].label for level in levels)
    there = [t for t in left if all(reference.sides_at(t.id, level) for level in levels)]
    if not there:
        within = _places_within(reference, left, levels)
        reason = f"{left[0].label} is not done at {place}."
        if "vertebra" in {target.kind for target in within}:
            name = f"{left[0].label}: at" if len(left) == 1 else "At"
            reason = f"{name} which level? It is charted at a vertebra or segment, such as L4 or L4/5."
        elif within:
            guess.choices = tuple(target.label for target in within)
            reason = f"At which joint: {' or '.join(guess.choices)}?"
        guess.fault(12, reason)
        return None
    if not levels and len(there) > 1:
        near = [t for t in there if set(t.regions) & set(context.regions[:1])]
        there = near or there
    if side is not None:
        fitting = [t for t in there if side in sides_of(reference, t, levels)]
        if not fitting:
            sides = sides_of(reference, there[0], levels)
            guess.fault(10, f"{there[0].label} is charted {' or '.join(sides)}, not {side}.")
            if side == "bilateral":
                guess.choices = ("both sides as two entries: L, and R", "bilateral PA: BPA")
            return None
        there = fitting
    else:
        central = [t for t in there if "midline" in sides_of(reference, t, levels)]
        there = central if len(central) == 1 else there
    if grade is not None:
        for code in (grade.grade, grade.grade_to):
            fitting = [
                t for t in there if code is None or code in {g.code for g in reference.grades_of(t.id)}
            ]
            if not fitting:
                guess.fault(11, _wrong_grade(reference, there[0], str(code)))
                return None
            there = fitting
    if len(there) > 1:
        labels = tuple(t.label for t in there[:_MOST_NAMED])
        guess.fault(8, f"Which technique: {' or '.join(labels)}?")
        guess.choices = labels
        return None
    return there[0]


def _places_within(reference: Reference, techniques: list[Technique], levels: list[str]) -> list[Target]:
    """Where techniques are done within the whole regions that were said; empty where anything narrower was said."""
    if not all(reference.targets[level].kind == "region" for level in levels):
        return []
    done = {target.id: target for technique in techniques for target in reference.targets_of(technique.id)}
    return [
        target
        for target in done.values()
        if target.kind in {"vertebra", "segment", "joint", "rib"} and set(target.regions) & set(levels)
    ]


def _wrong_grade(reference: Reference, technique: Technique, code: str) -> str:
    allowed = [grade.code for grade in reference.grades_of(technique.id)]
    if not allowed:
        return f"{technique.label} takes no grade."
    if technique.thrust:
        return f"{technique.label} is grade V; {code} is an oscillation, never a thrust."
    if code == "V":
        return f"{technique.label} takes {', '.join(technique.grades_allowed)}; grade V is the thrust."
    grade = reference.grades.get(code)
    if grade is not None and not grade.enabled_by_default:
        return f"{code}: + and − are charted with III and IV."
    return f"{technique.label} takes {', '.join(technique.grades_allowed)}, not {code}."


def sides_of(reference: Reference, technique: Technique, levels: list[str]) -> tuple[str, ...]:
    """The sides open to a technique at every one of some levels."""
    offered = [reference.sides_at(technique.id, level) for level in levels] or [technique.sides]
    return tuple(side for side in offered[0] if all(side in sides for sides in offered))


def direction_turned(technique: Technique, said: Said, slots: dict[str, str]) -> str | None:
    """`rot L`, `L SB`: a movement word with a side beside it says which way, where the technique has that direction."""
    if slots.get("side") not in {"left", "right"}:
        return None
    kinds = [
        ({m.id for option in item.value.options for m in option}, item)
        for item in said.choices
        if isinstance(item.value, Choice)
    ]
    for (one, first), (other, second) in pairwise(kinds):
        if second.start - first.end > 1:
            continue
        for turn, side in ((one, other), (other, one)):
            for words, way in (
                ({"rotation"}, "rotation"),
                ({"lateral_flexion", "side_bending"}, "side_bending"),
            ):
                direction = f"{way}_{slots['side']}"
                if words & turn and slots["side"] in side and direction in technique.directions:
                    return direction
    return None
