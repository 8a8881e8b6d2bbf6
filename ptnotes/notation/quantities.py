"""Grades and doses as they are written: `gr III+`, `III-IV`, `K2`, `3x45s`, `2 x 1'`, `30 sec x 3`, `x6`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from ptnotes.clinical import Reference

_ROMAN = r"viii|vii|vi|iv|v|ix|iiii|iii|ii|i"
_MARK = (
    r"(?:\+{1,4}(?!/-)|-{1,3}(?=[^a-z0-9ivk>-]|$)|(?:\s*(?:plus\s+plus|minus\s+minus|plus|minus))(?![a-z]))"
)
_NAMED = r"(?:grades?|grads?|grds?|grs?|gds?)\.?\s*-?\s*|g(?=\s?\d|[iv])"
_K = r"k(?:alt(?:enborn)?)?\.?\s*-?\s*(?:grade\s*|gr\.?\s*)?(?=i{1,3}v?(?![a-z])|v(?![a-z])|\d)"
_GRADE = re.compile(
    rf"(?P<named>{_NAMED})?(?P<k>{_K})?(?P<one>{_ROMAN}|\d{{1,2}})(?P<mark>{_MARK})?"
    rf"(?:\s*(?:-?>|-|/|\bto\b)\s*(?:{_NAMED})?(?:k-?)?(?P<two>{_ROMAN}|\d{{1,2}}(?!\s*(?:x|sets?|bouts?)))(?P<mark2>{_MARK})?"
    r"(?=$|[^a-z0-9.]|x\s*\d))?(?=$|[^a-z0-9.]|\.(?!\d)|x\s*\d)"
)
_ARABIC = {1: "I", 2: "II", 3: "III", 4: "IV", 5: "V"}
_VALUES = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "iiii": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}

_SECONDS = r"(?:seconds?|secs?|s|\"|'')(?![a-z])"
_MINUTES = r"(?:minutes?|mins?|')(?![a-z'])"
_COUNTS = r"(?:repetitions?|reps?|oscillations?|oscill|oscs?|times)(?![a-z])"
_TRIES = r"(?:attempts?|thrusts?|tries|try)(?![a-z])"
_UNIT = rf"(?P<unit>{_SECONDS}|{_MINUTES}|{_COUNTS}|{_TRIES})"
_X = r"(?:x|\*)"
_BOUTS = r"(?:sets?|bouts?|rounds?)(?![a-z])"
_N = r"(?P<n>\d{1,5}(?:\.\d+)?)"
_HOLD = rf"(?:\s*\.?\s*{_X}?\s*(?P<hold>\d{{1,4}})\s*(?:{_SECONDS})(?:\s*holds?\b)?)?"
_DOSES = (
    re.compile(
        rf"{_X}?\s*(?P<sets>\d{{1,4}})\s*(?:{_BOUTS})?\s*(?:{_X}|\bof\b)\s*{_N}(?!\d|\s*-\s*\d|\s*/)\s*(?:{_UNIT})?"
        rf"(?:\s*{_BOUTS})?{_HOLD}(?:\s*holds?\b)?(?![a-z0-9])"
    ),
    re.compile(
        rf"{_N}\s*(?:{_UNIT})\s*(?:holds?\s*)?{_X}\s*(?P<sets>\d{{1,4}})(?:\s*{_BOUTS})?(?![a-z0-9.])"
    ),
    re.compile(rf"{_X}\s*{_N}(?!\s*-\s*\d)\s*(?:{_UNIT})?{_HOLD}(?:\s*holds?\b)?(?![a-z0-9])"),
    re.compile(rf"{_N}\s*(?:{_UNIT})(?:\s*{_HOLD})?(?:\s*holds?\b)?(?:\s+each\b)?"),
    re.compile(rf"(?P<sets>\d{{1,4}})\s*{_BOUTS}"),
    re.compile(rf"{_N}\s*{_X}(?!\s*\d)(?![a-z])"),
)
_UNCLEAR = re.compile(
    rf"(?:\d{{1,3}}\s*{_X}\s*)?\d{{1,4}}\s*-\s*\d{{1,4}}\s*(?:{_SECONDS}|{_MINUTES}|{_COUNTS}|{_BOUTS})"
    rf"|{_X}\s*\d{{1,3}}\s*-\s*\d{{1,3}}(?![a-z0-9])|\d{{1,3}}\s*{_X}\s*\d{{1,3}}\s*-\s*\d{{1,3}}(?![a-z0-9])"
)
_MINUTES_SECONDS = re.compile(
    rf"(?:{_X}?\s*(?P<sets>\d{{1,3}})\s*{_X}\s*)?(?P<min>\d{{1,2}})\s*'\s*(?P<sec>\d{{1,2}})\s*\""
)
_RATE = re.compile(r"(?:@|at)?\s*(?P<n>\d{1,3}(?:\.\d+)?)\s*hz(?![a-z])")
TIME_MODES = frozenset(
    {"oscillatory", "sustained", "oscillatory_or_sustained", "sustained_or_intermittent", "time"}
)


class GradeWords(NamedTuple):
    """A grade or a range of grades as written: codes of the reference data, or the reason why there is none such."""

    start: int
    end: int
    system: str = ""
    grade: str = ""
    grade_to: str | None = None
    fault: str = ""


def read_grade(reference: Reference, text: str, place: int) -> GradeWords | None:
    """The grade written at `place` of a folded text; None where there is none. Arabic numerals need `gr` or `K`."""
    found = _GRADE.match(text, place)
    if found is None or (found["one"].isdigit() and not (found["named"] or found["k"])):
        return None
    if found["two"] and found["two"].isdigit() != found["one"].isdigit():
        return None
    kaltenborn = bool(found["k"])
    codes = []
    for numeral, mark in ((found["one"], found["mark"]), (found["two"], found["mark2"])):
        if numeral is None:
            continue
        number = int(numeral) if numeral.isdigit() else _VALUES[numeral]
        sign = _sign(mark)
        code = f"{'K-' if kaltenborn else ''}{_ARABIC.get(number, numeral.upper())}{sign}"
        grade = reference.grades.get(code)
        if grade is None:
            return GradeWords(place, found.end(), fault=_no_grade(kaltenborn, number, numeral, sign))
        codes.append(code)
    system = "kaltenborn" if kaltenborn else "maitland"
    second = codes[1] if len(codes) > 1 and codes[1] != codes[0] else None
    return GradeWords(place, found.end(), system, codes[0], second)


def _sign(mark: str | None) -> str:
    if not mark:
        return ""
    words = mark.split()
    return {"plus": "+" * len(words), "minus": "-" * len(words)}.get(words[0], mark.strip())


def _no_grade(kaltenborn: bool, number: int, numeral: str, sign: str) -> str:
    name = _ARABIC.get(number, numeral.upper())
    if kaltenborn:
        return f"K-{name}{sign}: Kaltenborn's grades are K-I to K-III."
    if number == 5 and sign:
        return f"V{sign}: grade V is the thrust and takes no + or −."
    return f"Grade {name}{sign}: Maitland's grades are I to V."


class DoseWords(NamedTuple):
    """A dose as written, not yet understood: `amount` is in `unit` (s, min, reps, attempts, or none)."""

    start: int
    end: int
    sets: int | None = None
    amount: Decimal | None = None
    unit: str = ""
    hold: int | None = None
    fault: str = ""


def read_dose(text: str, place: int) -> DoseWords | None:
    """The dose written at `place` of a folded text; None where there is none."""
    unclear = _UNCLEAR.match(text, place)
    if unclear is not None:
        return DoseWords(place, unclear.end(), fault="Say one number, not a range.")
    mixed = _MINUTES_SECONDS.match(text, place)
    if mixed is not None:
        seconds = Decimal(60 * int(mixed["min"]) + int(mixed["sec"]))
        return DoseWords(place, mixed.end(), int(mixed["sets"]) if mixed["sets"] else None, seconds, "s")
    for pattern in _DOSES:
        found = pattern.match(text, place)
        if found is None:
            continue
        groups = found.groupdict()
        sets, count, hold = groups.get("sets"), groups.get("n"), groups.get("hold")
        return DoseWords(
            place,
            found.end(),
            int(sets) if sets else None,
            Decimal(count) if count else None,
            _unit(groups.get("unit")),
            int(hold) if hold else None,
        )
    return None


def _unit(written: str | None) -> str:
    if not written:
        return ""
    if re.fullmatch(_SECONDS, written):
        return "s"
    if re.fullmatch(_MINUTES, written):
        return "min"
    return "attempts" if re.fullmatch(_TRIES, written) else "reps"


def read_rate(text: str, place: int) -> tuple[int, Decimal] | None:
    """(end, oscillations a second) of a rate such as `2 Hz` at `place` of a folded text; None where there is none."""
    found = _RATE.match(text, place)
    return None if found is None else (found.end(), Decimal(found["n"]))


class Dose(NamedTuple):
    """A dose as understood. `seconds` is a hold where repetitions are counted."""

    sets: int | None = None
    reps: int | None = None
    seconds: int | None = None
    attempts: int | None = None


def understood(words: tuple[DoseWords, ...], mode: str) -> Dose | str:
    """What doses mean for a dosage mode of the reference data; the reason, where they mean nothing or too much."""
    dose = Dose()
    for one in words:
        part = _part(one, mode)
        if isinstance(part, str):
            return part
        for name in Dose._fields:
            value = getattr(part, name)
            if value is not None:
                if getattr(dose, name) not in (None, value):
                    return "The dose is said twice."
                dose = dose._replace(**{name: value})
    return dose


def _part(one: DoseWords, mode: str) -> Dose | str:
    if one.fault:
        return one.fault
    if one.amount is None:
        return Dose(sets=one.sets)
    count = one.amount
    if mode == "single_thrust":
        if one.unit in {"", "attempts", "reps"} and one.hold is None and count == int(count):
            if one.sets not in (None, 1):
                return "A thrust is charted by attempts: write x1 or 2 attempts."
            return Dose(attempts=int(count))
        return "A thrust is charted by attempts, not by time."
    if one.unit == "attempts":
        return "Attempts are counted for a thrust only."
    if one.unit in {"s", "min"}:
        seconds = count * (60 if one.unit == "min" else 1)
        if seconds != int(seconds):
            return "Say whole seconds."
        if one.hold is not None:
            return "The time is said twice."
        return Dose(sets=one.sets, seconds=int(seconds))
    if count != int(count):
        return f"{count}: say a whole number."
    whole = int(count)
    if one.unit == "reps" or one.hold is not None or mode not in TIME_MODES:
        return Dose(sets=one.sets, reps=whole, seconds=one.hold)
    if one.sets is None:
        # "x 3" behind an oscillation is three times; "x 30" could be thirty times or thirty seconds.
        if whole <= 5:
            return Dose(sets=whole)
        return f"{whole}: seconds or oscillations? Write {whole}s or {whole} osc."
    return Dose(sets=one.sets, seconds=whole)
