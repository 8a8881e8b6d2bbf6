"""Reads a typed line: parts it into entries, tells what each charts, and keeps every word that it does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import AreaKind
from ptnotes.notation.context import NOT_UNDERSTOOD, Context, Parts
from ptnotes.notation.entries import Problem, ReadEntry, Reading, TextEntry
from ptnotes.notation.exercise import read_exercise, with_prefix
from ptnotes.notation.levels import read_levels, read_ribs
from ptnotes.notation.lexicon import folded, lexicon_of
from ptnotes.notation.minutes import read_minutes
from ptnotes.notation.mobilization import read_mobilization
from ptnotes.notation.moving import read_moving
from ptnotes.notation.often import read_often
from ptnotes.notation.pain import about_pain, read_pain, says_no_pain
from ptnotes.notation.quantities import read_dose, read_grade, read_rate
from ptnotes.notation.rom import read_rom

# "p: 6/10" is pain, not the plan.
_SCORE = re.compile(r"\s*\d{1,2}\s*(?:/\s*10|>|$)")
_SECTION = re.compile(
    r"\s*(?P<name>s|subj?|subjective|o|obj|objective|a|assess|assessment|ax|p|plan|comm|communication)\s*:"
)
_SECTIONS = {"s": "subjective", "o": "objective", "a": "assessment", "p": "plan", "c": "communication"}
_BEFORE_OWN = (
    *(":", "@", "note", "cue", "load", "in", "moves", "moving"),
    *(f"in {kind.value}" for kind in AreaKind),
)
_ALL = frozenset(
    {"technique", "target", "direction", "movement", "position", "response", "side", "motion", "method", "rom_word",
     "region", "exercise", "test_position"}
)  # fmt: skip
_SERVICE = frozenset({"intervention"})
_MOTION = frozenset({"motion"})
_OF_TEXT = frozenset({"other", "more", "filler", "side", "region", "often"})
_OF_EXERCISE = frozenset({"often", "dose", "more", "filler", "side"})
_LETTER = re.compile(r"(?<![a-z])[a-z]")
_VALUE_ONLY = re.compile(r"\s*[+-]?\d+(?:\.\d+)?\s*(?:°|deg|%|cm|mm)?\s*(?:pre|post|before|after)?\s*")
_BY_HAND = re.compile(r"(?<![a-z])mob(?:s|ili[sz]ations?)?(?![a-z])")
_FIGURE = re.compile(r"[+-]?\d+(?:\.\d+)?")
_WORD = re.compile(r"[a-z]+|[^\sa-z]")
_MORE = frozenset(
    {"cav", "cavitation", "w", "with", "note", "op", "overpressure", "erp", "ea", "each", "no", "free"}
)
_FILLERS = frozenset({"glide", "glides", "mob", "mobs", "in", "at", "to", "of", "the", "and", "."})
_MEASURED = re.compile(r">|°|\d\s*%|(?<![a-z])(?:arom|prom|to\s+\d)")


def read(
    reference: Reference,
    text: str,
    region: str | None = None,
    regions: tuple[str, ...] = (),
    side: str | None = None,
) -> Reading:
    """What a typed text says: entries and problems, each with its place in the text. Never raises for any text.

    `region` is the region that a motion without one belongs to, `regions` further regions of the episode, `side` the
    episode's side of a limb (`left`, `right`); a side taken from it is marked as assumed. Entries are parted by `;`
    and line ends. Every word lies in an entry or in a problem. Raises KeyError for an unknown region.
    """
    known = tuple(dict.fromkeys((*((region,) if region else ()), *regions)))
    for one in known:
        reference.regions[one]
    context = Context(lexicon_of(reference), text, folded(text), known, side)
    parts = Parts()
    begun: ReadEntry | None = None
    for start, end in _stretches(context.folded):
        found = _read_stretch(context, start, end)
        if begun is not None and _goes_on(context, start, end, found):
            begun = parts.entries[-1] = _longer(context, begun, end)
            continue
        begun = _open_text(context, found, start)
        parts.add(found)
        parts.problems.extend(_left_over(context, start, end, found))
    parts.problems.sort(key=lambda problem: problem.start)
    return Reading(tuple(parts.entries), tuple(parts.problems))


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """The stretches between `;` and line ends; what stands in quotation marks is not parted."""
    start = place = 0
    while place < len(text):
        if text[place] == '"' and _opens_quotation(text, start, place):
            closing = _closing(text, place)
            if closing is not None:
                place = closing
        elif text[place] in ";\n\r\v\f\u2028\u2029\x85":
            yield start, place
            start = place + 1
        place += 1
    yield start, len(text)


def _opens_quotation(text: str, start: int, place: int) -> bool:
    """Whether a mark at `place` opens own words; behind a number it means seconds or inches."""
    before = text[start:place].rstrip()
    return before.endswith(_BEFORE_OWN) or before == ""


def _closing(text: str, place: int) -> int | None:
    """The mark that closes the one at `place`; a doubled mark stands for one."""
    following = place + 1
    while following < len(text):
        if text[following] == '"':
            if text[following + 1 : following + 2] == '"':
                following += 2
                continue
            return following
        following += 1
    return None


def _read_stretch(context: Context, start: int, end: int) -> Parts:
    section = _SECTION.match(context.folded[:end], start)
    if section is not None and not (
        section["name"] == "p" and _SCORE.match(context.folded[:end], section.end())
    ):
        return _text(context, section, start, end)
    own = with_prefix(context, start, end)
    if own is not None:
        home = own["home"] is not None
        return _covering(context, read_exercise(context, own.end(), end, own_words=True, at_home=home), start)
    parts = Parts()
    if not context.folded[start:end].strip():
        return parts
    whole = read_minutes(context, start, end)
    if whole is not None:
        return whole
    if "#" in context.folded[start:end]:
        # Names of the reference data: a line written back that no shorter words can say.
        exact = "rom" if context.folded[start:end].lstrip().startswith("#motion.") else "mobilization"
        if exact == "rom":
            return read_rom(context, start, end)
        if "#technique." in context.folded[start:end] or "#target." in context.folded[start:end]:
            return read_mobilization(context, start, end, follows=False)
    if "level?" in context.folded[start:end] and "technique?" in context.folded[start:end]:
        # A row of which neither is known yet.
        return read_mobilization(context, start, end, follows=False)
    for kind, begin, finish, follows in _groups(context, start, end):
        if kind == "pain":
            parts.add(read_pain(context, begin, finish))
        elif kind == "minutes":
            parts.add(read_minutes(context, begin, finish) or Parts())
        elif kind == "exercise":
            parts.add(read_exercise(context, begin, finish, own_words=False))
        elif kind == "rom":
            parts.add(read_rom(context, begin, finish))
        elif kind == "mobilization":
            parts.add(read_mobilization(context, begin, finish, follows=follows))
        else:
            parts.problems.append(context.problem(begin, finish, NOT_UNDERSTOOD))
    return parts


def _covering(context: Context, parts: Parts, start: int) -> Parts:
    """The parts with the prefix before them in the first of them."""
    if parts.entries:
        first = parts.entries[0]
        parts.entries[0] = ReadEntry(first.entry, start, first.end, first.assumed)
    elif parts.problems:
        problem = parts.problems[0]
        parts.problems[0] = context.problem(start, problem.end, problem.reason, problem.choices)
    return parts


def _text(context: Context, section: re.Match[str], start: int, end: int) -> Parts:
    words = context.text[section.end() : end]
    stripped = words.strip()
    if stripped.startswith('"') and _closing(stripped, 0) == len(stripped) - 1 and len(stripped) > 1:
        stripped = stripped[1:-1].replace('""', '"')
    parts = Parts()
    if not stripped.strip():
        parts.problems.append(context.problem(start, end, "No text."))
        return parts
    begin = start + len(context.text[start:end]) - len(context.text[start:end].lstrip())
    finish = start + len(context.text[start:end].rstrip())
    entry = TextEntry(section=_SECTIONS[section["name"][0]], text=stripped)
    parts.entries.append(ReadEntry(entry, begin, finish))
    return parts


def _open_text(context: Context, parts: Parts, start: int) -> ReadEntry | None:
    """The text of the note that a stretch begins, to which words behind a `;` may still belong."""
    one = parts.entries[0] if len(parts.entries) == 1 else None
    if one is None or not isinstance(one.entry, TextEntry) or parts.problems:
        return None
    section = _SECTION.match(context.folded, start)
    quoted = section is not None and context.text[section.end() :].lstrip().startswith('"')
    return None if quoted else one


def _goes_on(context: Context, start: int, end: int, parts: Parts) -> bool:
    """Whether a stretch behind a `;` goes on with the text before it ("s: sore ; worse AM").

    It charts nothing, and nothing in it is a word or a figure of anything else that could be charted.
    """
    if parts.entries or context.text[start - 1] != ";" or not context.text[start:end].strip():
        return False
    if _SECTION.match(context.folded[:end], start) or with_prefix(context, start, end) is not None:
        return False
    if any(context.lexicon.match(context.folded[:end], at, _SERVICE) for at in _words(context, start, end)):
        return False
    return _kinds(context, context.folded[:end], start) <= _OF_TEXT


def _words(context: Context, start: int, end: int) -> Iterator[int]:
    return (start + found.start() for found in _LETTER.finditer(context.folded[start:end]))


def _longer(context: Context, begun: ReadEntry, end: int) -> ReadEntry:
    """The text with what stands up to `end`."""
    section = _SECTION.match(context.folded, begun.start)
    words = context.text[section.end() if section is not None else begun.start : end]
    finish = end - (len(words) - len(words.rstrip()))
    entry = replace(begun.entry, text=words.strip()) if isinstance(begun.entry, TextEntry) else begun.entry
    return ReadEntry(entry, begun.start, finish)


def _groups(context: Context, start: int, end: int) -> list[tuple[str, int, int, bool]]:
    """The stretch in groups of one kind each: (kind, start, end, whether it follows a comma).

    A part behind a comma that only adds to what stands before it (a position, a response) belongs to it; levels
    alone belong to what follows.
    """
    groups: list[tuple[str, int, int, bool]] = []
    waiting: int | None = None
    undosed = False
    for opens, finish in _chunks(context.folded, start, end):
        begin = opens
        if not context.folded[opens:finish].strip():
            continue
        kind, kinds = _kind(context, begin, finish)
        before = groups[-1] if groups else None
        if (before is None or before[0] == "pain") and says_no_pain(context.folded, begin, finish):
            # Behind a technique or a motion it is said of that; alone it is how the patient is now.
            kind = "pain"
        if kind == "levels":
            waiting = begin if waiting is None else waiting
            continue
        if waiting is not None:
            begin, waiting = waiting, None
            kind = "mobilization" if kind in {"more", "unknown"} else kind
        charts = kind == "mobilization"
        more_places = undosed and charts and kinds.isdisjoint({"technique", "grade"})
        undosed = charts and "dose" not in kinds
        if before is not None and (
            (more_places and before[0] == "mobilization")
            or kind == "more"
            or (kind == "unknown" and before[0] == "mobilization" and before[2] == begin - 1)
            or (kind in {"rom", "pain"} and kind == before[0])
            or (kind == "word" and before[0] in {"rom", "mobilization"})
            or (kind == "exercise more" and before[0] == "exercise")
        ):
            groups[-1] = (before[0], before[1], finish, before[3])
        else:
            named = {"more": "mobilization", "word": "rom", "exercise more": "unknown"}.get(kind, kind)
            groups.append((named, begin, finish, before is not None))
    if waiting is not None:
        if groups and groups[-1][0] == "mobilization":
            groups[-1] = (groups[-1][0], groups[-1][1], end, groups[-1][3])
        else:
            groups.append(("mobilization", waiting, end, bool(groups)))
    return groups


def _chunks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between commas; a comma between digits, in brackets or in quotation marks parts nothing."""
    begin = place = start
    depth = 0
    while place < end:
        sign = text[place]
        if sign == '"' and _opens_quotation(text, begin, place):
            closing = _closing(text[:end], place)
            place = closing if closing is not None else place
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(depth - 1, 0)
        elif (
            sign == ","
            and not depth
            and not (text[place + 1 : place + 2].isdigit() and text[place - 1].isdigit())
        ):
            yield begin, place
            begin = place + 1
        place += 1
    yield begin, end


def _kind(context: Context, start: int, end: int) -> tuple[str, set[str]]:
    """What a stretch charts, and the kinds of words in it that tell so, where they were asked."""
    text = context.folded[:end]
    if about_pain(context, start, end):
        return "pain", set()
    if read_minutes(context, start, end) is not None:
        return "minutes", set()
    if _VALUE_ONLY.fullmatch(text, start):
        return "word", set()
    kinds = _kinds(context, text, start)
    return _kind_told(text, start, kinds), kinds


def _kind_told(text: str, start: int, kinds: set[str]) -> str:
    """What a stretch charts, told by the kinds of words in it."""
    if "often" in kinds and kinds <= _OF_EXERCISE:
        return "exercise more"
    if _MEASURED.search(text, start) and not ({"grade", "dose"} & kinds):
        return "rom"
    if "grade" in kinds and kinds <= {"grade", "dose", "side", "more", "filler"}:
        return "more"
    if "only technique" in kinds or "grade" in kinds:
        return "mobilization"
    if (
        "exercise" in kinds
        and not ({"level", "grade"} & kinds)
        and ("dose" in kinds or "motion" not in kinds)
    ):
        return "exercise"
    if "dose" in kinds and (kinds & {"technique", "level", "target", "movement"}):
        return "mobilization"
    if "motion" in kinds and not ("level" in kinds and "technique" in kinds and "measured" not in kinds):
        # "lumbar rotation mob": a mobilization of which the level is not said yet.
        by_hand = kinds.isdisjoint({"measured", "word", "method"}) and _BY_HAND.search(text, start)
        return "mobilization" if by_hand else "rom"
    if kinds & {"level", "target"} and not (kinds & {"measured", "word", "technique", "method"}):
        if kinds <= {"level", "target", "side", "filler", "region"}:
            return "levels" if "side" not in kinds or "level" in kinds else "mobilization"
        return "mobilization"
    if "technique" in kinds or "grade" in kinds:
        return "mobilization"
    if "measured" in kinds or kinds & {"word", "method"} or ("region" in kinds and "side" in kinds):
        return "rom" if kinds & {"region", "side", "measured", "method"} else "word"
    if kinds & {"dose", "more", "side"}:
        return "more"
    return "unknown"


def _kinds(context: Context, text: str, start: int) -> set[str]:
    """The kinds of words in a stretch of the line."""
    found: set[str] = set()
    place = start
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        levels = read_ribs(text, place) or read_levels(context.reference, text, place)
        match = context.lexicon.match(text, place, _ALL)
        if levels is not None and (match is None or levels.end >= match.end):
            found.add("level")
            place = levels.end
            continue
        grade = read_grade(context.reference, text, place)
        if grade is not None and (match is None or grade.end >= match.end):
            found.add("grade")
            place = grade.end
            continue
        often = read_often(text, place) if match is None else None
        if often is not None:
            found.add("often")
            place = often.end
            continue
        moving = read_moving(context.reference, context.text, text, place) if match is None else None
        if moving is not None:
            found.add("more")
            place = moving.end
            continue
        dose = read_dose(text, place)
        if dose is not None and (match is None or dose.end > match.end):
            found.add("dose")
            place = dose.end
            continue
        rate = read_rate(text, place)
        if rate is not None:
            found.add("dose")
            place = rate[0]
            continue
        if match is None and text[place] in "lr" and context.lexicon.match(text, place + 1, _MOTION):
            found.add("side")
            place += 1
            continue
        if match is not None:
            found |= _kinds_of({meaning.kind for meaning in match.meanings})
            place = match.end
            continue
        figure = _FIGURE.match(text, place)
        if figure is not None:
            found.add("measured")
            place = figure.end()
            continue
        word = _WORD.match(text, place)
        said = word.group() if word is not None else ""
        if said in _MORE:
            found.add("more")
        elif said not in _FILLERS:
            found.add("other")
        else:
            found.add("filler")
        place = word.end() if word is not None else place + 1
    return found


def _kinds_of(kinds: set[str]) -> set[str]:
    found = kinds & {"technique", "movement", "motion", "side", "method", "region", "exercise"}
    if "technique" in kinds and not kinds & {"motion", "movement", "target", "direction"}:
        found.add("only technique")
    if "target" in kinds and not kinds & {"side", "rom_word"}:
        found.add("target")
    if "rom_word" in kinds and not kinds & {"target", "side"}:
        found.add("word")
    if kinds & {"position", "response", "direction", "test_position"}:
        found.add("more")
    return found


def _left_over(context: Context, start: int, end: int, parts: Parts) -> list[Problem]:
    """Problems for words that lie in no entry and in no problem, so that none is lost."""
    covered = bytearray(end - start)
    spans = [(read.start, read.end) for read in parts.entries]
    spans += [(problem.start, problem.end) for problem in parts.problems]
    for first, last in spans:
        for place in range(max(first, start), min(last, end)):
            covered[place - start] = 1
    problems = []
    place = start
    while place < end:
        if covered[place - start]:
            place += 1
            continue
        finish = place
        while finish < end and not covered[finish - start]:
            finish += 1
        if any(not (sign.isspace() or sign in ",;/&|") for sign in context.text[place:finish]):
            problems.append(context.problem(place, finish, NOT_UNDERSTOOD))
        place = finish
    return problems
