"""Exercises: `bridge 3x10`, `clams 2x15 green home 2x/day`, `plank 3x30s`, `ex: leg press 3x12 @ 60 lb`."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from ptnotes.domain.checks import HEAVIEST_LOAD, LONGEST_HOLD_S, MOST_REPS, MOST_SETS
from ptnotes.domain.treatment import Place
from ptnotes.notation.context import NOT_UNDERSTOOD, Context, Parts
from ptnotes.notation.entries import ExerciseEntry, ReadEntry
from ptnotes.notation.often import OftenWords, read_often
from ptnotes.notation.quantities import DoseWords, read_dose

PREFIX = re.compile(r"\s*(?:ex|exercise|(?P<home>hep)|te|ther-?ex)\s*:\s*")
_KINDS = frozenset({"exercise"})
_QUOTED = re.compile(r'"(?P<quoted>(?:[^"]|"")*)"')
_CUE = re.compile(r'cue\s*:?\s*"(?P<quoted>(?:[^"]|"")*)"')
_OWN_LOAD = re.compile(r'load\s*:?\s*"(?P<quoted>(?:[^"]|"")*)"')
_LOAD = re.compile(
    r"(?:@|at|with|w/)?\s*(?P<n>\d{1,4}(?:\.\d{1,2})?)\s*(?P<unit>kgs?|kilos?|lbs?|pounds?|#)(?![a-z])"
)
BANDS = (
    "yellow", "red", "green", "blue", "black", "silver", "gold", "orange", "purple", "grey", "gray", "tan", "peach",
)  # fmt: skip
"""Colours that elastic bands come in."""
_BAND = re.compile(
    rf"(?:@|with|w/)?\s*(?:an?\s+)?(?P<band>rtb|gtb|btb|ytb|{'|'.join(BANDS)})"
    r"(?:\s*(?:thera-?)?(?:bands?|tb|tubing|loop))?(?![a-z])"
)
_SIDE = re.compile(
    r"\(?(?P<side>left|right|bilateral(?:ly)?|l|r|b/l|b|bil|bilat|lt|rt|ea(?:ch)? (?:side|leg|arm))\)?(?![a-z0-9])"
)
SHORT_BANDS = {"rtb": "red", "gtb": "green", "btb": "blue", "ytb": "yellow"}
"""Short forms of bands."""
_SIDES = {"l": "left", "lt": "left", "left": "left", "r": "right", "rt": "right", "right": "right"}
_FILLER = re.compile(r"[,():.]|(?:for|of|and|with|hold|each|ea)(?![a-z])|&")
_WITH = re.compile(r"(?:w/|with)\s+(?P<cue>[^,;]+)")
_WORD = re.compile(r"[^\s,;]+")


class _Name(NamedTuple):
    label: str
    dose: str
    end: int


def read_exercise(context: Context, start: int, end: int, *, own_words: bool, at_home: bool = False) -> Parts:
    """The exercise of a stretch of the line. `own_words`: its name may be any, up to the dose.

    Of an exercise with a dose, how often says that it is done at home, which is then shown as assumed; `at_home` is
    what the prefix said.
    """
    text = context.folded[:end]
    parts = Parts()
    name: str = ""
    usual = "reps"
    doses: list[DoseWords] = []
    load: str | None = None
    cues: list[str] = []
    often: list[OftenWords] = []
    faults: list[str] = []
    place = start
    while place < end:
        if text[place].isspace():
            place += 1
            continue
        said_often = read_often(text, place)
        if said_often is not None:
            often.append(said_often)
            place = said_often.end
            continue
        found = _name(context, text, place, own_words=own_words) if not name else None
        cue = _CUE.match(text, place)
        own_load = _OWN_LOAD.match(text, place)
        side = _SIDE.match(text, place)
        dose = read_dose(text, place)
        weight = _LOAD.match(text, place)
        band = _BAND.match(text, place)
        own = _WITH.match(text, place)
        filler = _FILLER.match(text, place)
        if found is not None:
            name, usual, place = found.label, found.dose, found.end
        elif cue is not None:
            cues.append(context.text[cue.start("quoted") : cue.end("quoted")].replace('""', '"'))
            place = cue.end()
        elif own_load is not None:
            load = context.text[own_load.start("quoted") : own_load.end("quoted")].replace('""', '"')
            place = own_load.end()
        elif weight is not None:
            load, fault = _weight(weight)
            faults.extend([fault] if fault else [])
            place = weight.end()
        elif dose is not None:
            twice = dose.hold is not None or any(one.amount is not None for one in doses)
            if twice and text[dose.end - 1] == '"':
                faults.append("Seconds or inches? Write s or in words.")
            doses.append(dose)
            place = dose.end
        elif band is not None:
            load, place = f"{SHORT_BANDS.get(band['band'], band['band'])} band", band.end()
        elif side is not None:
            cues.append(
                _SIDES.get(side["side"], "both sides" if side["side"].startswith("b") else "each side")
            )
            place = side.end()
        elif own is not None:
            place = _end_of_cue(text, own)
            cues.append(context.text[own.start("cue") : place].strip())
        elif filler is not None:
            place = filler.end()
        else:
            word = _WORD.match(text, place)
            reached = word.end() if word is not None else place + 1
            parts.problems.append(context.problem(place, reached, NOT_UNDERSTOOD))
            place = reached
    if not name:
        faults.append("Which exercise?")
    entry = _dosed(name, usual, doses, load, ", ".join(cues))
    if not isinstance(entry, str):
        entry = _with_often(entry, often, at_home=at_home)
    if isinstance(entry, str):
        faults.append(entry)
    elif not faults:
        said_where = at_home or not often or any(one.only_home for one in often)
        parts.entries.append(ReadEntry(entry, start, end, () if said_where else ("place",)))
    if faults:
        parts.problems = [context.problem(start, end, faults[0])]
    return parts


def _name(context: Context, text: str, place: int, *, own_words: bool) -> _Name | None:
    match = context.lexicon.match(text, place, _KINDS)
    if match is not None:
        exercise = context.reference.exercises[match.meanings[0].id]
        return _Name(exercise.label, exercise.usual_dose, match.end)
    if not own_words:
        return None
    quoted = _QUOTED.match(text, place)
    if quoted is not None:
        words = context.text[quoted.start("quoted") : quoted.end("quoted")].replace('""', '"')
        return _Name(words, "reps", quoted.end())
    end = place
    while end < len(text) and text[end] not in ",;":
        word = _WORD.match(text, end)
        if word is None:
            end += 1
            continue
        if end > place and (
            read_dose(text, end)
            or _LOAD.match(text, end)
            or _BAND.match(text, end)
            or text[end] in '@"'
            or _OWN_LOAD.match(text, end)
            or _CUE.match(text, end)
            or _ends_name(text, end)
        ):
            break
        end = word.end()
    words = context.text[place:end].strip()
    return _Name(words, "reps", place + len(context.text[place:end].rstrip())) if words else None


def _ends_name(text: str, place: int) -> bool:
    """Whether words on how often begin at `place`, so that a name in own words ends; "walk home stairs" goes on."""
    often = read_often(text, place)
    if often is None or not often.only_home:
        return often is not None
    after = often.end + len(text[often.end :]) - len(text[often.end :].lstrip())
    return not text[after : after + 1].isalpha() or read_often(text, after) is not None


def _end_of_cue(text: str, found: re.Match[str]) -> int:
    """Where a cue behind `with` ends: at a comma, or where it is said how often."""
    words = (found.start("cue") + one.start() for one in _WORD.finditer(found["cue"]))
    return next((at for at in words if read_often(text, at) is not None), found.end())


def _weight(found: re.Match[str]) -> tuple[str, str]:
    value = Decimal(found["n"])
    unit = "kg" if found["unit"].startswith("k") else "lb"
    fault = "" if value <= HEAVIEST_LOAD else f"{value} {unit}: at most {HEAVIEST_LOAD} {unit}."
    return f"{value.normalize():f} {unit}", fault


def _dosed(name: str, usual: str, doses: list[DoseWords], load: str | None, cue: str) -> ExerciseEntry | str:
    """The exercise with its dose, where a bare count is what the exercise is usually counted in."""
    said: dict[str, int] = {}
    for dose in doses:
        part = _dose_part(dose, usual)
        if isinstance(part, str):
            return part
        if any(said.get(what, count) != count for what, count in part.items()):
            return "The dose is said twice."
        said |= part
    sets, reps, seconds = (said.get(what) for what in ("sets", "reps", "seconds"))
    limits = (
        ("sets", sets, MOST_SETS),
        ("repetitions", reps, MOST_REPS),
        ("seconds", seconds, LONGEST_HOLD_S),
    )
    for what, value, most in limits:
        if value is not None and not 1 <= value <= most:
            return f"{value} {what}: from 1 to {most}."
    return ExerciseEntry(name=name, sets=sets, reps=reps, seconds=seconds, load=load, cue=cue)


def _dose_part(dose: DoseWords, usual: str) -> dict[str, int] | str:
    """Sets, repetitions and seconds of one dose as written; the reason, where it means nothing."""
    if dose.fault:
        return dose.fault
    part = {"sets": dose.sets} if dose.sets is not None else {}
    if dose.amount is None:
        return part
    count = dose.amount
    unit = dose.unit or (
        "reps" if usual == "reps" or dose.hold is not None else "s" if usual == "hold" else ""
    )
    if not unit:
        return f"{count}: seconds or minutes?"
    if unit == "attempts":
        return "Attempts are counted for a thrust only."
    if unit == "reps":
        if dose.sets is None and not dose.unit and count <= 0:
            return "Say how many."
        held = {"seconds": dose.hold} if dose.hold is not None else {}
        return {**part, "reps": int(count), **held}
    total = count * (60 if unit == "min" else 1)
    if total != int(total):
        return "Say whole seconds."
    return {**part, "seconds": int(total)}


def _with_often(entry: ExerciseEntry, often: list[OftenWords], *, at_home: bool) -> ExerciseEntry | str:
    """The exercise with how often it is done at home, where anything says so."""
    if not (often or at_home):
        return entry
    has_dose = any(part is not None for part in (entry.sets, entry.reps, entry.seconds))
    if not (at_home or has_dose or any(one.only_home for one in often)):
        # "10x/day" may be a dose, and "daily walks" what the patient tells.
        return "Is it for home? Write home."
    entry = replace(entry, place=Place.HOME.value)
    for words in often:
        if words.fault:
            return words.fault
        for name in ("times_a_day", "days_a_week"):
            count = getattr(words, name)
            if count is not None and getattr(entry, name) not in (None, count):
                return "How often is said twice."
            if count is not None:
                entry = replace(entry, **{name: count})
    return entry


def with_prefix(context: Context, start: int, end: int) -> re.Match[str] | None:
    """The prefix `ex:` or `HEP:` that a stretch begins with, `home` in it where it says so; None where it has none."""
    return PREFIX.match(context.folded[:end], start)
