"""The words of a mobilization, one after the other: levels, grade, dose, technique and what is said besides.

Nothing is decided here: a word that can mean several things keeps all of them, for `mobilization` to settle.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from ptnotes.notation.context import NOT_UNDERSTOOD, Context
from ptnotes.notation.levels import Levels, read_levels, read_ribs
from ptnotes.notation.lexicon import Match, Meaning
from ptnotes.notation.moving import MovingWords, read_moving
from ptnotes.notation.quantities import DoseWords, GradeWords, read_dose, read_grade, read_rate

_KINDS = frozenset({"technique", "target", "direction", "movement", "position", "response", "side"})
# Within own words ("w/ arm abd") a movement goes on with them; these words do not.
_LINE_GOES_ON = _KINDS - {"target"}
_NOT_OWN = frozenset({"technique", "position", "response"})
_QUOTED = r'"(?P<quoted>(?:[^"]|"")*)"'
_NOTE = re.compile(rf"note\s*:?\s*{_QUOTED}")
_HELD = re.compile(rf"@\s*{_QUOTED}")
_EXACT = re.compile(r"#(?P<kind>technique|target|direction|movement|position|response)\.(?P<id>[\w-]+)")
_OPEN = re.compile(r"(?P<what>level|side|technique)\?")
_CAVITATION = re.compile(
    r"(?:(?P<no>no|without|w/o|\(-\)|-|neg\.?|0)\s*|\(\+\)\s*|\+\s*|w/\s*|with\s+)?(?:an?\s+)?(?:audible\s+)?"
    r"(?:cavitations?|cavs?|pops?|audible)(?![a-z])\.?(?:\s*(?P<after>\(?[+-]\)?))?"
)
_WITH = re.compile(r"(?:w/(?!o\b)|with(?![a-z]))\s*")
_OVERPRESSURE = re.compile(r"(?:\+\s*)?(?:op|overpressure|over-pressure)(?![a-z])")
_POSSESSIVE = re.compile(r"(?<=[a-z])'s(?![a-z])")
_ACROSS = re.compile(r"(?P<from>[lr])\s*-?>\s*(?P<to>[lr])(?![a-z0-9])")
_SIDES = {"l": "left", "r": "right"}
_BARE_GRADE = re.compile(r"(?P<n>[1-5])(?P<mark>\+{1,2}|-{1,2})?(?=\s|,|$)")
_AID = re.compile(r"(?:mobili[sz]ation\s+)?(?:belt|strap|wedge|towel)(?![a-z])")
_PLACES = (
    r"abd(?:uction)?|add(?:uction)?|flex(?:ion)?|fl|ext(?:ension)?|er|ir|mr|lr|df|pf|pron(?:ation)?|"
    r"sup(?:ination)?|elev(?:ation)?|scaption|rot(?:ation)?|sb|sf|inv(?:ersion)?|ev(?:ersion)?|deg(?:rees)?"
)
_HELD_AT = re.compile(
    rf"(?:@|at\b|in\b|from\b)\s*(?P<held>(?:\d{{1,3}}\s*(?:°|deg(?:rees)?\.?)?\s*(?:of\s+)?(?:hip\s+|knee\s+|shoulder\s+)?"
    rf"(?:{_PLACES})(?![a-z])(?:\s*(?:/|&|,|and)\s*(?=\d))?)+"
    r"|(?:end|mid)[ -]?range|e\.?o\.?r\.?|neutral|rest(?:ing)?(?: position)?|open[ -]?pack(?:ed)?(?: position)?"
    r"|loose[ -]?pack(?:ed)?(?: position)?|opp|lpp)(?![a-z])"
)
_FILLER = re.compile(
    r"(?:glides?|mob(?:s|es|ili[sz]ations?)?|j(?:oin)?ts?|techniques?|man(?:ual)?|into|to|at|of|on|in|for|from|the|over|levels?|"
    r"each|ea|per|oscillations?|osc|sustained|pt|patient|grades?|position|then)(?![a-z])\.?"
)
_SEPARATOR = re.compile(r",|&|\+|/|and(?![a-z])")
_WORD = re.compile(r"[^\s,;]+")


class Open(NamedTuple):
    """A slot left open on purpose: level, side or technique."""

    what: str


class Choice(NamedTuple):
    """A word with all that it can mean here, each meaning a list of what it says at once."""

    options: tuple[tuple[Meaning, ...], ...]


class Cavitation(NamedTuple):
    """Whether there was cavitation."""

    heard: bool


class Note(NamedTuple):
    """Own words on the technique."""

    text: str


class Held(NamedTuple):
    """Where the joint was held."""

    text: str


class Separator(NamedTuple):
    """A sign between two words of one kind."""

    sign: str


class Filler(NamedTuple):
    """A word that says nothing more than its neighbours."""

    each: bool = False


class Unknown(NamedTuple):
    """A word that means nothing here."""

    reason: str = NOT_UNDERSTOOD


Value: TypeAlias = (
    Levels
    | GradeWords
    | DoseWords
    | Decimal
    | Choice
    | Open
    | Cavitation
    | Note
    | Held
    | MovingWords
    | Separator
    | Filler
    | Unknown
)


class Item(NamedTuple):
    """A stretch of the line and what it is."""

    start: int
    end: int
    value: Value


def unquoted(context: Context, found: re.Match[str]) -> str:
    """The text between quotation marks as typed; a doubled mark stands for one."""
    return context.text[found.start("quoted") : found.end("quoted")].replace('""', '"')


def items_of(context: Context, start: int, end: int) -> list[Item]:
    """The words of a stretch of the line."""
    text = context.folded[:end]
    items: list[Item] = []
    place = start
    while place < end:
        if text[place].isspace():
            place += 1
            continue
        item = _next(context, text, place)
        items.append(item)
        place = max(item.end, place + 1)
    return _alike(items)


def _alike(items: list[Item]) -> list[Item]:
    """The words with those on both sides of a slash kept to what both can mean: "sup/inf" are two directions."""
    for one, slash, other in zip(items, items[1:], items[2:], strict=False):
        first, second = one.value, other.value
        if not (isinstance(slash.value, Separator) and slash.value.sign == "/"):
            continue
        if not (isinstance(first, Choice) and isinstance(second, Choice)):
            continue
        kinds = {option[0].kind for option in first.options} & {option[0].kind for option in second.options}
        for item, choice in ((one, first), (other, second)):
            kept = tuple(option for option in choice.options if option[0].kind in kinds)
            if kept:
                items[items.index(item)] = item._replace(value=Choice(kept))
    return items


def _next(context: Context, text: str, place: int) -> Item:
    found = _NOTE.match(text, place)
    if found is not None:
        return Item(place, found.end(), Note(unquoted(context, found)))
    found = _HELD.match(text, place)
    if found is not None:
        return Item(place, found.end(), Held(unquoted(context, found)))
    found = _EXACT.match(text, place)
    known = None
    if found is not None:
        known = context.lexicon.exact(found["kind"], context.text[found.start("id") : found.end("id")])
    if found is not None and known is not None:
        return Item(place, found.end(), Choice(((Meaning(found["kind"], known),),)))
    found = _OPEN.match(text, place)
    if found is not None:
        return Item(place, found.end(), Open(found["what"]))
    moving = read_moving(context.reference, context.text, text, place)
    if moving is not None:
        return Item(place, moving.end, moving)
    rate = read_rate(text, place)
    if rate is not None:
        return Item(place, rate[0], rate[1])
    found = _HELD_AT.match(text, place)
    if found is not None:
        return Item(place, found.end(), Held(context.text[found.start("held") : found.end("held")].strip()))
    found = _CAVITATION.match(text, place)
    if found is not None:
        heard = not found["no"] and "-" not in (found["after"] or "")
        return Item(place, found.end(), Cavitation(heard))
    ribs = read_ribs(text, place)
    if ribs is not None:
        return Item(place, ribs.end, ribs)
    levels = read_levels(context.reference, text, place)
    if levels is not None:
        return Item(place, levels.end, levels)
    match = context.lexicon.match(text, place, _KINDS)
    grade = read_grade(context.reference, text, place)
    if grade is not None and (match is None or grade.end >= match.end or grade.grade == "V"):
        return Item(place, grade.end, grade)
    dose = read_dose(text, place)
    if dose is not None and (match is None or dose.end > match.end):
        return Item(place, dose.end, dose)
    return _word(context, text, place, match)


def _word(context: Context, text: str, place: int, match: Match | None) -> Item:
    found = _WITH.match(text, place)
    if found is not None:
        return _with(context, text, place, found.end())
    found = _OVERPRESSURE.match(text, place)
    if found is not None:
        return Item(place, found.end(), Note("overpressure"))
    found = _POSSESSIVE.match(text, place)
    if found is not None:
        return Item(place, found.end(), Filler())
    found = _ACROSS.match(text, place)
    if found is not None:
        to = Meaning("direction", f"toward_{_SIDES[found['to']]}")
        return Item(place, found.end(), Choice(((Meaning("side", _SIDES[found["from"]]), to),)))
    found = _AID.match(text, place)
    if found is not None:
        return Item(place, found.end(), Note(context.text[place : found.end()]))
    filler = _FILLER.match(text, place)
    if match is not None and (filler is None or match.end > filler.end()):
        return Item(place, match.end, _choice(context.text, text, match))
    if filler is not None:
        return Item(place, filler.end(), Filler(each=filler.group().startswith("ea")))
    found = _SEPARATOR.match(text, place)
    if found is not None:
        return Item(place, found.end(), Separator(found.group()))
    found = re.compile(r"[().:]|-(?=\s)").match(text, place)
    if found is not None and (
        place + 1 >= len(text) or found.group() != "." or not text[place + 1].isdigit()
    ):
        return Item(place, found.end(), Filler())
    found = _BARE_GRADE.match(text, place)
    if found is not None:
        grade = read_grade(context.reference, f"gr{found.group()}", 0)
        if grade is not None:
            return Item(place, found.end(), grade)
    found = _WORD.match(text, place)
    end = found.end() if found is not None else place + 1
    return Item(place, end, Unknown())


def _choice(typed: str, text: str, match: Match) -> Choice:
    options: list[tuple[Meaning, ...]] = [
        (meaning,) for meaning in match.meanings if meaning.kind != "technique"
    ]
    techniques = tuple(meaning for meaning in match.meanings if meaning.kind == "technique")
    if techniques:
        # One word for several techniques is one meaning: level and side decide which is meant.
        options.insert(0, techniques)
    words = text[match.start : match.end].split()
    for meaning in match.meanings:
        if (
            meaning.kind == "position"
            and meaning.id in {"side_lying_left", "side_lying_right"}
            and len(words) == 2
        ):
            said = _SIDES.get(words[0]) or _SIDES.get(words[-1])
            if said is not None:
                options.append((Meaning("side", said), Meaning("position", "side_lying")))
    # A small l may stand for the numeral I, a capital L does not.
    if typed[match.start : match.end] == "l":
        options.append((Meaning("grade", "I"),))
    return Choice(tuple(options))


def _with(context: Context, text: str, place: int, after: int) -> Item:
    """`w/ belt`: own words up to a comma or to a word that is understood."""
    found = _OVERPRESSURE.match(text, after)
    if found is not None:
        return Item(place, found.end(), Note("overpressure"))
    end = after
    while end < len(text) and text[end] not in ",;":
        word = _WORD.match(text, end)
        if word is None:
            end += 1
            continue
        if (
            context.lexicon.match(text, end, _LINE_GOES_ON if end == after else _NOT_OWN) is not None
            or read_dose(text, end) is not None
            or read_grade(context.reference, text, end) is not None
            or read_levels(context.reference, text, end) is not None
            or text[end] in "@+&("
        ):
            break
        end = word.end()
    words = context.text[after:end].strip()
    if not words:
        return Item(place, after, Filler())
    return Item(place, after + len(context.text[after:end].rstrip()), Note(words))
