"""What the pick-lists of the charting screen offer, made from the reference data, and how typed text finds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ptnotes.clinical import Area, Grade, Intervention, Reference, Target, Technique
from ptnotes.domain.treatment import AreaKind, Side
from ptnotes.domain.wording import side_words
from ptnotes.notation import area_kind_of, sided
from ptnotes.ui.widgets.pick_list import PickItem, find_in

Find = Callable[[str], Sequence[PickItem]]

_NUMERALS = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V"}
_SPINE_KINDS = ("vertebra", "segment")


def target_item(target: Target) -> PickItem:
    """A level, joint, rib or region as a choice."""
    return PickItem(
        target.id, target.label, "" if target.kind in _SPINE_KINDS else target.kind, target.aliases
    )


def targets_shown(reference: Reference, targets: Sequence[str]) -> PickItem | None:
    """The targets of a row as one choice in force, None where there are none."""
    if not targets:
        return None
    return PickItem(" ".join(targets), ", ".join(_short(reference.targets[target]) for target in targets))


def _short(target: Target) -> str:
    """A target's label; of a whole region without the levels that it is made of."""
    return target.label.partition(" (")[0] if target.kind == "region" else target.label


def find_targets(reference: Reference, regions: Sequence[str]) -> Find:
    """A search over all targets; those of `regions`, which the episode treats, come first."""
    near = [target for target in reference.targets.values() if set(target.regions) & set(regions)]
    far = [target for target in reference.targets.values() if target not in near]
    find_one = find_in([target_item(target) for target in (*near, *far)])

    def find(text: str) -> Sequence[PickItem]:
        # "L4, L5" is two levels and must not find the segment between them.
        return () if len(read_targets(reference, text)) > 1 else find_one(text)

    return find


def read_targets(reference: Reference, text: str) -> tuple[str, ...]:
    """Several targets typed together: ``L3, L4``, ``L4 L5``, ``T4-T6`` (every vertebra), ``C5-6`` (the segment).

    Empty where a part of the text names no target.
    """
    whole = _one_target(reference, text)
    if whole:
        return whole
    found: list[str] = []
    for part in re.split(r"[,;+&]|\band\b|\s+", text):
        if part:
            one = _one_target(reference, part)
            if not one:
                return ()
            found.extend(one)
    return tuple(dict.fromkeys(found))


def _one_target(reference: Reference, text: str) -> tuple[str, ...]:
    wanted = _spoken(text)
    for target in reference.targets.values():
        if wanted in {_spoken(name) for name in (target.id, target.label, *target.aliases)}:
            return (target.id,)
    match = re.fullmatch(r"([a-z]+)(\d+)\s*[-–/]\s*([a-z]*)(\d+)", text.strip().casefold())
    if match is None:
        return ()
    first, last = f"{match[1]}{match[2]}".upper(), f"{match[3] or match[1]}{match[4]}".upper()
    if any(
        end not in reference.targets or reference.targets[end].kind != "vertebra" for end in (first, last)
    ):
        return ()
    return tuple(target.id for target in reference.vertebrae_between(first, last))


def _spoken(name: str) -> str:
    """A target's name with one kind of dash; unlike in a search, a comma or a space parts two names."""
    return re.sub(r"\s*[-–/]\s*", "-", " ".join(name.casefold().split()))


def technique_item(technique: Technique) -> PickItem:
    """A technique as a choice: its short form is shown, its full name beside it in the list."""
    return PickItem(
        technique.id,
        technique.abbreviation or technique.label,
        technique.label,
        (technique.label, *technique.aliases),
    )


def find_techniques(reference: Reference, allowed: Iterable[str]) -> Find:
    """A search over the techniques that the row's targets allow."""
    return find_in([technique_item(reference.techniques[technique]) for technique in allowed])


def side_item(side: Side) -> PickItem:
    """A side as a choice."""
    others = {
        Side.LEFT: ("l", "lt"),
        Side.RIGHT: ("r", "rt"),
        Side.BILATERAL: ("b", "bilateral", "b/l"),
        Side.MIDLINE: ("m", "central", "c"),
    }
    shown = "both" if side is Side.BILATERAL else side_words(side)
    return PickItem(side.value, shown, "", others[side])


def find_sides(sides: Iterable[Side]) -> Find:
    """A search over the sides on which the row's technique is done."""
    return find_in([side_item(side) for side in sides])


def grade_item(grade: Grade) -> PickItem:
    """A grade as a choice, with what it means."""
    return PickItem(grade.code, grade.code, grade.meaning)


def find_grades(grades: Sequence[Grade]) -> Find:
    """A search over grades, in Roman or Arabic numerals; unlike words, ``III`` and ``III-`` are told apart."""
    items = [grade_item(grade) for grade in grades]

    def find(text: str) -> Sequence[PickItem]:
        wanted = read_grade(text)
        exact = [item for item in items if item.id == wanted]
        return [*exact, *(item for item in items if item.id.startswith(wanted) and item.id != wanted)]

    return find


def read_grade(text: str) -> str:
    """A typed grade in the data's form: ``gr 3+`` is ``III+``, ``k2`` is ``K-II``. Not looked up."""
    typed = re.sub(r"^(?:grade|gr)\.?\s*", "", text.strip().casefold())
    typed = (
        typed.replace("plus", "+").replace("minus", "-").replace("−", "-").replace("–", "-").replace(" ", "")
    )
    kaltenborn = typed.startswith("k")
    numeral = typed.removeprefix("k").removeprefix("-") if kaltenborn else typed
    numeral = _NUMERALS.get(numeral[:1], numeral[:1].upper()) + numeral[1:].upper()
    return f"K-{numeral}" if kaltenborn else numeral


def labelled(items: Iterable[tuple[str, str, Sequence[str]]]) -> list[PickItem]:
    """Choices from (id, label, aliases)."""
    return [PickItem(identity, label, "", tuple(aliases)) for identity, label, aliases in items]


def position_items(reference: Reference, technique: Technique | None) -> list[PickItem]:
    """Patient positions, the technique's usual ones first."""
    usual = technique.positions if technique is not None else ()
    rows = sorted(reference.patient_positions.values(), key=lambda position: position.id not in usual)
    return labelled((row.id, row.label, row.aliases) for row in rows)


def response_items(reference: Reference) -> list[PickItem]:
    """Responses to a technique, as the reference data orders them."""
    return labelled((row.id, row.label, row.aliases) for row in reference.responses.values())


def exercise_items(reference: Reference, regions: Sequence[str]) -> list[PickItem]:
    """Exercises, those for the episode's regions first."""
    rows = sorted(reference.exercises.values(), key=lambda row: not set(row.regions) & set(regions))
    return labelled((row.id, row.label, row.aliases) for row in rows)


def intervention_item(intervention: Intervention) -> PickItem:
    """A service as a choice: found by its code, its short form or any alias."""
    return PickItem(
        intervention.id,
        intervention.label,
        intervention.code or "",
        (intervention.code or "", intervention.short, *intervention.aliases),
    )


_PLACE_KINDS = ("muscle", "nerve", "joint", "rib", "region")
_SIDE_WORDS = {
    "l": Side.LEFT, "lt": Side.LEFT, "left": Side.LEFT, "r": Side.RIGHT, "rt": Side.RIGHT, "right": Side.RIGHT,
    "b": Side.BILATERAL, "both": Side.BILATERAL, "bilat": Side.BILATERAL, "bilateral": Side.BILATERAL,
}  # fmt: skip


def find_places(reference: Reference, regions: Sequence[str]) -> Find:
    """A search over where a service can be given: muscles, nerves, joints and areas, those of `regions` first.

    A choice's id is `place_id`. A side behind the name ("upper trap l") is part of what is chosen.
    """
    places = [
        (_place_item(area_kind_of(reference, target.id), target), target.regions)
        for kind in _PLACE_KINDS
        for target in reference.targets.values()
        if target.kind == kind
    ]
    places += [(_place_item(AreaKind.AREA, area), area.regions) for area in reference.areas.values()]
    places.sort(key=lambda place: not set(place[1]) & set(regions))
    find_one = find_in([item for item, _ in places])

    def find(text: str) -> Sequence[PickItem]:
        name, _, last = text.strip().rpartition(" ")
        side = _SIDE_WORDS.get(last.casefold()) if name else None
        if side is None:
            return find_one(text)
        return [*(_on(item, side, last) for item in find_one(name.rstrip(","))), *find_one(text)]

    return find


def place_id(words: str, kind: AreaKind | None) -> str:
    """The id of a place as a choice: its kind, a bar and its words."""
    return f"{kind.value if kind is not None else ''}|{words}"


def place_of(identity: str) -> tuple[str, AreaKind | None]:
    """(words, kind) of a choice of `find_places`."""
    kind, _, words = identity.partition("|")
    return words, AreaKind(kind) if kind else None


def _place_item(kind: AreaKind, place: Target | Area) -> PickItem:
    return PickItem(place_id(place.label, kind), place.label, kind.value, place.aliases)


def _on(item: PickItem, side: Side, typed: str) -> PickItem:
    label = sided(item.label, side.value)
    names = tuple(f"{name} {typed}" for name in (item.label, *item.aliases))
    return PickItem(place_id(label, place_of(item.id)[1]), label, item.detail, names)


def motion_items(reference: Reference) -> list[PickItem]:
    """Every motion that can be measured."""
    return [
        PickItem(motion.id, motion.full_label, "", (motion.abbreviation, motion.label, *motion.aliases))
        for motion in reference.motions.values()
    ]
