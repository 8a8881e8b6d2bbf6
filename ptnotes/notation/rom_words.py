"""The words of a measured motion, one after the other: region, motion, side, numbers, arrows, words and pain."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from ptnotes.notation.context import Context
from ptnotes.notation.lexicon import Match, Meaning

_MOTION = frozenset({"motion"})
_KINDS = frozenset({"motion", "region", "target", "side", "method", "test_position", "rom_word"})
_UNIT = (
    r"\s*(?P<unit>°|deg(?:rees?)?(?![a-z])\.?|cm(?![a-z])|mm(?![a-z])|%|per\s?cent(?![a-z])"
    r"|in(?:ch(?:es)?)?(?![a-z])|\")?"
)
_NUMBER = re.compile(
    rf"(?P<hyper>hyper(?:ext(?:ension)?)?(?:\s+(?:of|to))?\s*)?(?P<lacks>(?:lack(?:s|ing)?|missing)(?:\s+of)?\s*)?"
    rf"(?P<sign>[+-])?(?P<n>\d{{1,5}}(?:\.\d{{1,3}})?){_UNIT}(?P<after>\s*(?:hyper(?:ext(?:ension)?)?)(?![a-z]))?"
)
_NEUTRAL = re.compile(
    r"(?P<a>\d{1,3})\s*-\s*(?P<b>\d{1,3})\s*-\s*(?P<c>\d{1,3})\s*(?:°|deg(?:rees?)?(?![a-z]))?(?![\d-])"
)
_RANGE = re.compile(r"(?P<a>-?\d{1,3})\s*°?\s*-\s*(?P<b>\d{1,3})\s*(?:°|deg(?:rees?)?(?![a-z]))?(?![\d-])")
_ARROW = re.compile(r"-+>|=+>|>+|(?P<word>(?:to|then)(?![a-z]))")
_PHASE = re.compile(
    r"(?P<pre>pre|before|initial(?:ly)?|start|from(?=\s*[+-]?\d))(?![a-z])[: ]*|(?P<post>post|after)(?![a-z])[: ]*"
)
_SCORE = re.compile(
    r"\(?\s*(?:w/\s*|with\s*)?(?:(?:pain|nprs|p)\s*)?(?P<n>\d{1,3})\s*/\s*10(?:\s*(?:pain|p)(?![a-z]))?\s*\)?"
    r"|\(?\s*(?:w/\s*|with\s*)?(?:pain|nprs)\s*(?P<m>\d{1,3})(?![\d/])\s*\)?|(?<![a-z])\(?p(?P<k>\d{1,2})(?![\d/])\)?"
)
_NO_END_PAIN = re.compile(
    r"\(?(?:no\s+erp|no\s+pain|pain[- ]?free|painfree|w/o\s+pain|without\s+pain)(?![a-z])\)?"
)
_END_PAIN = re.compile(
    r"\(?(?:w/\s*|with\s+)?(?:erp|e\.r\.p\.?|end[ -]range\s+pain|pain\s+(?:at\s+)?(?:the\s+)?end(?:[ -]?range)?|"
    r"pain\s+(?:at\s+)?eor|p(?=\s|$|\)|,|;|>|-)(?!\s*\d)|p!)(?![a-z])\)?"
)
_ABOUT = re.compile(r"(?:~|<|≈|≤|≥|about|approx\.?|approximately|around|nearly|almost)\s*[+-]?\d+")
_NO_UNIT = re.compile(r"\d{1,2}\s*(?:fingers?|fingerbreadths?|fb)(?![a-z])")
_LOST = re.compile(
    r"\d{1,3}\s*(?:%|per\s?cent)\s*(?:loss|lost|limited|limitation|restricted|restriction|deficit|reduced)"
)
_MODE = re.compile(
    r"(?P<assisted>aarom|a/arom|act(?:ive)?[ -]assist\w*)|(?P<active>arom|active|act)(?![a-z])"
    r"|(?P<passive>prom|passive|pass)(?![a-z])"
)
_FILLER = re.compile(
    r"(?:fingertips?|hands?|rom|range|motion|measured|measures?|is|was|at|in|by|w/|with|of|deg|degrees|neutral"
    r"|normal limits)(?![a-z])|[():.=@]"
)
_SEPARATOR = re.compile(r",|;|&|/|and(?![a-z])")
_SIDE = re.compile(r"[lr](?=[a-z])")
_OPEN = re.compile(r"side\?")
_EXACT = re.compile(r"#(?P<kind>motion|test_position|rom_word|method)\.(?P<id>\w+)")
_WORD = re.compile(r"[^\s,;>]+")


class Number(NamedTuple):
    """A number with the unit written behind it, if any. `signed`: its sign was written or said."""

    value: Decimal
    unit: str | None
    signed: bool
    lacks: bool = False
    beyond: bool = False


class Span(NamedTuple):
    """A range as written by the neutral-zero method: from the first number to the last."""

    numbers: tuple[int, ...]


class Word(NamedTuple):
    """A phrase of the reference data with all that it can mean."""

    match: Match


class Sign(NamedTuple):
    """Something that needs no more than a name: arrow, pre, post, separator, filler, erp, no_erp, active, …"""

    name: str


class Score(NamedTuple):
    """A pain score given with a reading."""

    value: int


class Refused(NamedTuple):
    """Words that are understood and cannot be taken, with the reason."""

    reason: str


class RomItem(NamedTuple):
    """A stretch of the line and what it is."""

    start: int
    end: int
    value: Number | Span | Word | Sign | Score | Refused


def rom_items(context: Context, start: int, end: int) -> list[RomItem]:
    """The words of a stretch of the line."""
    text = context.folded[:end]
    items: list[RomItem] = []
    place = start
    while place < end:
        if text[place].isspace():
            place += 1
            continue
        item = _next(context, text, place, items)
        items.append(item)
        place = max(item.end, place + 1)
    return items


def _sign_at(text: str, place: int) -> tuple[int, str] | None:
    for pattern, name in ((_NO_END_PAIN, "no_erp"), (_END_PAIN, "erp")):
        found = pattern.match(text, place)
        if found is not None:
            return found.end(), name
    found = _ARROW.match(text, place)
    if found is not None:
        return found.end(), "to" if found["word"] else "arrow"
    found = _PHASE.match(text, place)
    if found is not None:
        return found.end(), "pre" if found["pre"] else "post"
    return None


def _next(context: Context, text: str, place: int, items: list[RomItem]) -> RomItem:
    exact = _EXACT.match(text, place)
    if exact is not None and (exact["kind"], exact["id"]) in context.lexicon.names:
        meaning = Meaning(exact["kind"], exact["id"])
        return RomItem(place, exact.end(), Word(Match(place, exact.end(), (meaning,))))
    opened = _OPEN.match(text, place)
    if opened is not None:
        return RomItem(place, opened.end(), Sign("side?"))
    lost = _LOST.match(text, place)
    if lost is not None:
        return RomItem(
            place, lost.end(), Refused("Say the per cent of the range that is there, not what is lost.")
        )
    about = _ABOUT.match(text, place)
    if about is not None:
        return RomItem(place, about.end(), Refused("Say the number that was read."))
    unit = _NO_UNIT.match(text, place)
    if unit is not None:
        return RomItem(place, unit.end(), Refused("Fingers are no unit: degrees, cm or a word."))
    score = _SCORE.match(text, place)
    if score is not None:
        return RomItem(place, score.end(), Score(int(score["n"] or score["m"] or score["k"])))
    match = context.lexicon.match(text, place, _KINDS)
    glued = _SIDE.match(text, place) if match is None else None
    if glued is not None and context.lexicon.match(text, place + 1, _MOTION) is not None:
        # "RSB" is right side bending.
        side = Meaning("side", "left" if glued.group() == "l" else "right")
        return RomItem(place, place + 1, Word(Match(place, place + 1, (side,))))
    sign = _sign_at(text, place)
    if sign is not None and (match is None or sign[0] >= match.end):
        return RomItem(place, sign[0], Sign(sign[1]))
    mode = _MODE.match(text, place)
    if mode is not None and (match is None or mode.end() >= match.end):
        if mode["assisted"]:
            return RomItem(
                place, mode.end(), Refused("Active-assisted motion is not charted: active or passive?")
            )
        return RomItem(place, mode.end(), Sign("active" if mode["active"] else "passive"))
    number = _number(text, place, items)
    if number is not None and (match is None or number.end > match.end):
        return number
    filler = _FILLER.match(text, place)
    if match is not None and (filler is None or match.end > filler.end()):
        return RomItem(place, match.end, Word(match))
    if filler is not None:
        return RomItem(place, filler.end(), Sign("filler"))
    separator = _SEPARATOR.match(text, place)
    if separator is not None:
        return RomItem(place, separator.end(), Sign("slash" if separator.group() == "/" else "separator"))
    word = _WORD.match(text, place)
    return RomItem(place, word.end() if word is not None else place + 1, Sign("unknown"))


def _number(text: str, place: int, items: list[RomItem]) -> RomItem | None:
    before = text[place - 1 : place]
    glued = before.isalnum() and not before.isspace()
    neutral = _NEUTRAL.match(text, place)
    if neutral is not None:
        return RomItem(place, neutral.end(), Span((int(neutral["a"]), int(neutral["b"]), int(neutral["c"]))))
    both = _RANGE.match(text, place)
    if both is not None:
        return RomItem(place, both.end(), Span((int(both["a"]), int(both["b"]))))
    found = _NUMBER.match(text, place)
    if found is None or (glued and items and isinstance(items[-1].value, Number)):
        return None
    value = Decimal(found["n"])
    negative = found["sign"] == "-" or bool(found["lacks"])
    signed = bool(found["sign"] or found["lacks"] or found["hyper"] or found["after"])
    beyond = bool(found["hyper"] or found["after"])
    number = Number(-value if negative else value, _unit(found["unit"]), signed, bool(found["lacks"]), beyond)
    return RomItem(place, found.end(), number)


def _unit(written: str | None) -> str | None:
    if not written:
        return None
    if written in {"cm", "mm"}:
        return written
    if written.startswith(("%", "per")):
        return "percent"
    return "in" if written == '"' or written.startswith("in") else "deg"
