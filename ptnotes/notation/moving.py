"""What moves on what: `(C5 on C6)`, `moves tibia on femur`, or own words: `moves "medial meniscus on tibia"`."""

from __future__ import annotations

import re
from typing import NamedTuple

from ptnotes.clinical import Reference, Target
from ptnotes.domain.moving import moving_parts
from ptnotes.notation.levels import read_vertebra

_FIRST_LETTERS = "(mctdls"
"""What such words begin with: a bracket, `moves`, or a vertebra. The line asks at each of its words."""
_OPENS = re.compile(r"(?P<bracket>\(\s*)|(?P<word>mov(?:es|ing)(?![a-z])\s*:?\s*)")
_QUOTED = re.compile(r'mov(?:es|ing)(?![a-z])\s*:?\s*"(?P<quoted>(?:[^"]|"")*)"')
_ON = re.compile(r"\s+on\s+")
_RIB = re.compile(r"rib\s*(1[0-2]|[1-9])(?!\d)")
_CLOSES = re.compile(r"\s*\)")
_BONE = re.compile(
    r"(?:(?:1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|prox(?:imal)?|distal)\s+)?"
    r"(?:occiput|atlas|axis|mandible|sternum|manubrium|clavicle|scapula|glenoid|humerus|radial head|radius|ulna|"
    r"scaphoid|lunate|triquetrum|capitate|hamate|trapezium|trapezoid|carpals?|metacarpals?|phalanx|"
    r"sacrum|coccyx|ilium|innominate|ischium|pubis|acetabulum|femur|patella|tibia|fibular head|fibula|"
    r"talus|calcaneus|navicular|cuboid|cuneiforms?|metatarsals?)(?![a-z])"
)
"""Bones by their names, kept as typed. Any other part is said in quotation marks."""


class MovingWords(NamedTuple):
    """What moves on what as written."""

    end: int
    moving: str
    fixed: str


def read_moving(reference: Reference, typed: str, text: str, place: int) -> MovingWords | None:
    """What moves on what, written at `place` of a folded `text`; None where nothing of it is.

    `typed` is the text before folding. Words in brackets or behind `moves` are taken only where both are a vertebra, a
    rib or a bone: "(pain on the right)" is none. Without either it is said only by a vertebra on the one above it: "C5
    on C6" is the segment itself.
    """
    if text[place] not in _FIRST_LETTERS:
        return None
    quoted = _QUOTED.match(text, place)
    if quoted is not None:
        words = typed[quoted.start("quoted") : quoted.end("quoted")].replace('""', '"')
        moving, fixed = moving_parts(words)
        return MovingWords(quoted.end(), moving, fixed) if moving or fixed else None
    opens = _OPENS.match(text, place)
    first = _part(typed, text, opens.end()) if opens is not None else read_vertebra(text, place)
    on = _ON.match(text, first[0]) if first is not None else None
    second = _part(typed, text, on.end()) if on is not None else None
    if first is None or second is None:
        return None
    found = MovingWords(second[0], first[1], second[1])
    if opens is None:
        segment = segment_of(reference, first[1], second[1])
        return found if segment is not None and segment.lower == first[1] else None
    if opens["bracket"] is None:
        return found
    closes = _CLOSES.match(text, found.end)
    return None if closes is None else found._replace(end=closes.end())


def segment_of(reference: Reference, moving: str, fixed: str) -> Target | None:
    """The segment between the two parts, where they are neighbouring vertebrae."""
    if reference.targets.get(moving) is None or reference.targets.get(fixed) is None:
        return None
    return reference.segment_between(moving, fixed)


def _part(typed: str, text: str, place: int) -> tuple[int, str] | None:
    """(end, words) of one vertebra, rib or bone written at `place`: a vertebra's id, a rib's label, a bone as typed."""
    bone = _BONE.match(text, place)
    if bone is not None:
        return bone.end(), typed[place : bone.end()]
    rib = _RIB.match(text, place)
    if rib is not None:
        return rib.end(), f"Rib {rib[1]}"
    return read_vertebra(text, place)
