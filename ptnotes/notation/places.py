"""Where a service was given: `upper trap l`, `median nerve`, `heel`, or own words: `in muscle "left calf"`."""

from __future__ import annotations

import re
from typing import NamedTuple

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import AreaKind, Side
from ptnotes.domain.wording import side_words
from ptnotes.notation.context import Context
from ptnotes.notation.levels import read_levels, read_ribs
from ptnotes.notation.lexicon import Meaning

_SIDE = frozenset({"side"})
_PLACE = frozenset({"target", "area"})
_FILLER = re.compile(r"(?:(?:to|at|on|in|over|for|of|the)(?![a-z])|@)\s*")
_AND = re.compile(r"\s*(?:\+|&|/|and(?![a-z]))\s*")
_OWN = re.compile(
    rf'in\s+(?:(?P<kind>{"|".join(kind.value for kind in AreaKind)})\s+)?"(?P<words>(?:[^"]|"")*)"'
)
_KIND_OF = {
    "vertebra": AreaKind.JOINT,
    "segment": AreaKind.JOINT,
    "joint": AreaKind.JOINT,
    "rib": AreaKind.JOINT,
    "muscle": AreaKind.MUSCLE,
    "nerve": AreaKind.NERVE,
    "region": AreaKind.AREA,
}


class PlaceWords(NamedTuple):
    """A place found in a text: where its words end, how it is charted, and the targets that are in it."""

    end: int
    words: str
    kind: AreaKind | None
    targets: tuple[str, ...] = ()


class _One(NamedTuple):
    end: int
    label: str
    kind: AreaKind
    target: str | None


def area_kind_of(reference: Reference, target: str) -> AreaKind:
    """The kind of place that a target is: vertebrae and ribs count as joints, whole regions as areas."""
    return _KIND_OF[reference.targets[target].kind]


def sided(label: str, side: str | None) -> str:
    """A place with the side of the body that was said: ``Upper trapezius, left``."""
    return f"{label}, {side_words(Side(side))}" if side is not None else label


def read_place(context: Context, text: str, place: int) -> PlaceWords | None:
    """The place of a service written at `place` of a folded text; None where none is.

    Several places are one text; of unlike kinds the whole has none. The side stands before or behind.
    """
    filler = _FILLER.match(text, place)
    own = _OWN.match(text, place)
    if own is not None:
        words = context.text[own.start("words") : own.end("words")].replace('""', '"')
        return PlaceWords(own.end(), words, AreaKind(own["kind"]) if own["kind"] else None)
    place = filler.end() if filler is not None else place
    side = None
    if _one(context, text, place) is None:
        side, place = _side(context, text, place)
    found: list[_One] = []
    end = place
    while True:
        one = _one(context, text, place)
        if one is None:
            break
        found.append(one)
        end = one.end
        following = _AND.match(text, one.end)
        if following is None:
            break
        place = following.end()
    if not found:
        return None
    if side is None:
        side, end = _side(context, text, end)
    kinds = {one.kind for one in found}
    label = " and ".join(one.label for one in found)
    kind = kinds.pop() if len(kinds) == 1 else None
    return PlaceWords(end, sided(label, side), kind, tuple(one.target for one in found if one.target))


def _side(context: Context, text: str, place: int) -> tuple[str | None, int]:
    """(side, where it ends) of a side written at `place`, or (None, `place`)."""
    start = place + len(text[place:]) - len(text[place:].lstrip())
    match = context.lexicon.match(text, start, _SIDE)
    if match is None:
        return None, place
    return match.meanings[0].id, match.end


def _one(context: Context, text: str, place: int) -> _One | None:
    start = place + len(text[place:]) - len(text[place:].lstrip())
    reference = context.reference
    levels = read_ribs(text, start) or read_levels(reference, text, start)
    if levels is not None:
        if levels.fault:
            return None
        labels = ", ".join(reference.targets[level].label for level in levels.ids)
        return _One(levels.end, labels, AreaKind.JOINT, levels.ids[0])
    match = context.lexicon.match(text, start, _PLACE)
    if match is None:
        return None
    best = min(match.meanings, key=lambda meaning: _unlikely(context, meaning))
    if best.kind == "area":
        return _One(match.end, reference.areas[best.id].label, AreaKind.AREA, None)
    target = reference.targets[best.id]
    return _One(match.end, target.label, area_kind_of(reference, target.id), target.id)


def _unlikely(context: Context, meaning: Meaning) -> tuple[bool, bool]:
    """Of what a word can mean, a whole region before its joint ("knee"), and the episode's regions before others."""
    if meaning.kind == "area":
        return False, False
    target = context.reference.targets[meaning.id]
    elsewhere = bool(context.regions) and not set(target.regions) & set(context.regions)
    return elsewhere, target.kind != "region"
