"""Reads what is typed into one small field of the charting screen, and writes it back the same way.

A reader gives a value, None for a blank field (which is never zero), or raises `InputError` with the fault that stands
beside the field; then nothing is charted. Nothing here knows Qt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from ptnotes.clinical import Motion, Reference, RomWord
from ptnotes.domain.change import Verdict
from ptnotes.domain.checks import MOST_TIMES_A_DAY
from ptnotes.domain.dates import read_clock
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import fold
from ptnotes.domain.treatment import Exercise, Mobilization, RomReading
from ptnotes.domain.wording import duration_words, number, verdict_words, with_unit
from ptnotes.notation.exercise import BANDS, SHORT_BANDS
from ptnotes.notation.lexicon import folded
from ptnotes.notation.often import DAYS_OF_A_WEEK, OftenWords, read_often

_SHOWN = 40
_NUMBER = r"[-−+]?\d{1,9}(?:[.,]\d{1,6})?"
_ROM = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?P<unit>°|deg(?:rees?)?|%|per\s?cent|cm)?", re.IGNORECASE | re.ASCII
)
_PAIN = re.compile(r"^(?P<rest>.*?)\s*(?<![a-z])(?:p|erp|pain)$", re.IGNORECASE)
_NO_PAIN = re.compile(r"^(?P<rest>.*?)\s*(?<![a-z])(?:pf|pain[- ]?free|no\s?pain)$", re.IGNORECASE)
_TIMES = r"\s*[x×*]\s*"
_DOSE = re.compile(
    rf"(?:(?P<sets>\d{{1,4}}){_TIMES})?(?P<count>\d{{1,4}})\s*(?P<unit>[a-z\"'’”]*)"
    rf"(?:{_TIMES}(?P<hold>\d{{1,4}})\s*(?:s|sec|\"|”)?)?",
    re.IGNORECASE | re.ASCII,
)
_SECONDS = {"s", "sec", "secs", "second", "seconds", '"', "”"}
_MINUTES = {"min", "mins", "minute", "minutes", "'", "’"}
_REPETITIONS = {"rep", "reps", "r", "osc", "oscs", "oscillations", "repetitions"}
_ATTEMPTS = {"attempt", "attempts", "thrust", "thrusts"}
_TIMES_A_DAY = re.compile(
    r"(?P<number>\d{1,9})\s*(?:x|×|times?)?\s*(?:(?:/|per|a)\s*(?:days?|d))?", re.IGNORECASE | re.ASCII
)
_DAYS_A_WEEK = re.compile(
    r"(?P<number>\d{1,9})\s*(?:x|×|times?|days?|d)?\s*(?:(?:/|per|a)\s*(?:weeks?|wks?|w))?",
    re.IGNORECASE | re.ASCII,
)
_LOAD = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>kg|lb|lbs|kgs)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RomEntry:
    """What a cell of motion says: a number in `unit`, or a coded word. `hurts` is pain at the end of range, if said."""

    value: Decimal | None = None
    unit: str
    word: str | None = None
    hurts: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A dose as typed. Each part is None where it was not said."""

    sets: int | None = None
    reps: int | None = None
    duration_s: int | None = None
    hold_s: int | None = None
    attempts: int | None = None


def read_rom(reference: Reference, motion_id: str, text: str) -> RomEntry | None:
    """Read ``45``, ``45°``, ``12.5 cm``, ``50%``, ``WNL``, ``mod loss``, ``T7``; ``p`` behind it: its end hurts.

    A number without a unit is in the motion's own. A word is kept as a word and never becomes degrees. Raises
    `InputError` for what is not understood, a wrong unit, and a value outside the motion's absolute bounds.
    """
    motion = reference.motions[motion_id]
    typed = text.strip()
    if not typed:
        return None
    found = _read_reading(reference, motion, typed)
    if found is not None:
        return found
    for pattern, hurts in ((_NO_PAIN, False), (_PAIN, True)):
        match = pattern.match(typed)
        found = _read_reading(reference, motion, match["rest"]) if match and match["rest"] else None
        if found is not None:
            return RomEntry(value=found.value, unit=found.unit, word=found.word, hurts=hurts)
    raise _not_understood("rom.value", typed)


def _read_reading(reference: Reference, motion: Motion, typed: str) -> RomEntry | None:
    match = _ROM.fullmatch(typed)
    if match is None:
        word = find_rom_word(reference, motion, typed)
        return RomEntry(unit=motion.unit, word=word.id) if word is not None else None
    value = _decimal(match["number"])
    unit = _unit(match["unit"], motion.unit)
    if unit == "percent":
        lowest, highest, sign = Decimal(0), Decimal(200), "%"
    elif unit == motion.unit:
        lowest, highest, sign = motion.input_min, motion.input_max, "°" if unit == "deg" else f" {unit}"
    else:
        values = {"motion": motion.full_label, "unit": "degrees" if motion.unit == "deg" else motion.unit}
        raise InputError(Fault("rom.unit", "rom.value", None, values))
    _in_range("rom.value", value, lowest, highest, sign)
    return RomEntry(value=value, unit=unit)


def find_rom_word(reference: Reference, motion: Motion, typed: str) -> RomWord | None:
    """The coded word that `typed` is the label, abbreviation or an alias of, and that this motion may be said with."""
    wanted = fold(typed)
    for word in reference.rom_words.values():
        if word.motions and motion.id not in word.motions:
            continue
        if wanted in {fold(name) for name in (word.label, word.abbreviation, word.id, *word.aliases)}:
            return word
    return None


def rom_text(reference: Reference, reading: RomReading | None) -> str:
    """A reading as its cell shows it: ``45°``, ``50 %``, ``WNL``; empty where there is none."""
    if reading is None:
        return ""
    if reading.word is not None:
        word = reference.rom_words[reading.word]
        return word.abbreviation or word.label
    return "" if reading.value is None else with_unit(reading.value, reading.unit)


def short_verdict(verdict: Verdict) -> str:
    """What a change amounts to, in as few words as a table's column holds; the whole is said by `verdict_words`."""
    return verdict_words(verdict).replace("measurement ", "")


def read_dose(reference: Reference, mode: str, text: str) -> Dose:
    """Read ``3x45s``, ``3 x 10``, ``2x1'``, ``3x10x6s``, ``60 s`` or ``2 attempts`` for a technique's dosage mode.

    Without a unit a count is seconds where the technique is oscillatory or sustained, repetitions where it counts
    repetitions, attempts where it is a thrust. Blank is a dose with nothing said.
    """
    typed = text.strip().rstrip(".")
    if not typed:
        return Dose()
    match = _DOSE.fullmatch(typed)
    if match is None:
        raise _not_understood("mobilization.dose", typed)
    unit = match["unit"].casefold()
    count = int(match["count"])
    sets = int(match["sets"]) if match["sets"] else None
    hold = int(match["hold"]) if match["hold"] else None
    thrust = mode == "single_thrust"
    if unit in _ATTEMPTS or (thrust and not unit):
        dose = Dose(attempts=count)
        fits = thrust and sets is None and hold is None
    elif unit in _MINUTES or unit in _SECONDS:
        dose = Dose(sets=sets, duration_s=count * (60 if unit in _MINUTES else 1))
        fits = not thrust and hold is None
    elif unit in _REPETITIONS or hold is not None or (not unit and mode == "repetitions"):
        dose = Dose(sets=sets, reps=count, hold_s=hold)
        fits = not thrust
    else:
        dose = Dose(sets=sets, duration_s=count)
        fits = not unit and not thrust
    if not fits:
        raise _not_understood("mobilization.dose", typed)
    for field, value in (
        ("sets", dose.sets),
        ("repetitions", dose.reps),
        ("duration_s", dose.duration_s),
        ("hold_s", dose.hold_s),
        ("thrust_attempts", dose.attempts),
    ):
        if value is not None:
            bounds = reference.dosage_fields[field]
            sign = " s" if bounds.unit == "s" else ""
            _in_range("mobilization.dose", Decimal(value), bounds.input_min, bounds.input_max, sign)
    return dose


def dose_text(row: Mobilization | Exercise) -> str:
    """The dose as its field shows it, which reads back the same: ``3 × 45 s``, ``8 min``, ``3 × 10 × 6 s``."""
    if isinstance(row, Mobilization):
        if row.attempts is not None:
            return f"{row.attempts} attempt{'' if row.attempts == 1 else 's'}"
        if row.duration_s is not None:
            return " × ".join([*([str(row.sets)] if row.sets else []), duration_words(row.duration_s)])
    parts = [str(part) for part in (row.sets, row.reps) if part is not None]
    if isinstance(row, Mobilization) and parts and row.hold_s is None:
        # Without the word a count would read back as seconds where the technique is timed.
        parts[-1] += " reps" if row.reps is not None else " sets"
    return " × ".join([*parts, *([f"{row.hold_s} s"] if row.hold_s is not None else [])])


def read_whole(text: str, field: str, lowest: int, highest: int, unit: str = "") -> int | None:
    """Read a whole number within bounds; None for a blank."""
    typed = text.strip().removesuffix(unit.strip()).strip() if unit.strip() else text.strip()
    if not typed:
        return None
    if not re.fullmatch(r"\d{1,9}", typed, re.ASCII):
        raise InputError(Fault("value.not_a_number", field, None, {"value": text.strip()[:_SHOWN]}))
    _in_range(field, Decimal(typed), Decimal(lowest), Decimal(highest), unit)
    return int(typed)


def read_times_a_day(text: str) -> int | None:
    """Read how often a day an exercise is done at home: ``2``, ``2x/day``, ``twice a day``; None for a blank.

    Raises `InputError` for what is not understood or beyond 1 to `MOST_TIMES_A_DAY`.
    """
    words = _often_in(text)
    if words is not None and words.times_a_day is not None:
        return words.times_a_day
    return read_whole(_counted(_TIMES_A_DAY, text), "exercise.times_a_day", 1, MOST_TIMES_A_DAY)


def read_days_a_week(text: str) -> int | None:
    """Read on how many days of a week it is done: ``5``, ``5 days a week``, ``daily``; None for a blank.

    Raises `InputError` for what is not understood or beyond 1 to 7.
    """
    words = _often_in(text)
    if words is not None and words.days_a_week is not None:
        return words.days_a_week
    return read_whole(_counted(_DAYS_A_WEEK, text), "exercise.days_a_week", 1, DAYS_OF_A_WEEK)


def _often_in(text: str) -> OftenWords | None:
    typed = folded(text.strip())
    words = read_often(typed, 0)
    return words if words is not None and words.end == len(typed) else None


def _counted(written: re.Pattern[str], text: str) -> str:
    """The number alone of ``25x/day``, so that it is the number that is found wrong."""
    found = written.fullmatch(text.strip())
    return found["number"] if found is not None else text


def read_load(text: str, unit: str, highest: Decimal) -> tuple[Decimal | None, str]:
    """Read ``7.5``, ``10 lb`` as (load, unit); the unit given is kept where none is typed, blank is (None, `unit`)."""
    typed = text.strip()
    if not typed:
        return None, unit
    match = _LOAD.fullmatch(typed)
    if match is None:
        raise _not_understood("exercise.load", typed)
    said = (match["unit"] or unit).casefold().removesuffix("s")
    value = _decimal(match["number"])
    _in_range("exercise.load", value, Decimal(0), highest, f" {said}")
    return value, said


def read_resistance(text: str, unit: str, highest: Decimal) -> tuple[Decimal | None, str, str]:
    """Read a load as `read_load` does, or a band's colour (``green``, ``GTB``): (load, unit, colour)."""
    typed = " ".join(text.casefold().split())
    colour = SHORT_BANDS.get(typed, typed.removesuffix(" band"))
    if colour in BANDS:
        return None, unit, colour
    return (*read_load(text, unit, highest), "")


def read_rate(reference: Reference, text: str) -> Decimal | None:
    """Read ``2``, ``1.5 Hz`` as oscillations a second; None for a blank."""
    typed = text.strip()
    if not typed:
        return None
    match = re.fullmatch(rf"({_NUMBER})\s*(?:hz|/\s*s)?", typed, re.IGNORECASE | re.ASCII)
    if match is None:
        raise _not_understood("mobilization.frequency_hz", typed)
    bounds = reference.dosage_fields["frequency_hz"]
    value = _decimal(match[1])
    _in_range("mobilization.frequency_hz", value, bounds.input_min, bounds.input_max, " Hz")
    return value


def read_time(text: str, field: str) -> time | None:
    """Read ``9:30``, ``0930``, ``14.15`` or ``2:15 pm``; None for a blank. Raises `InputError` for anything else."""
    typed = text.strip()
    if not typed:
        return None
    found = read_clock(typed)
    if found is None:
        raise _not_understood(field, typed)
    return found


def time_text(at: time | None) -> str:
    """A time as its field shows it: ``9:30``, ``14:05``."""
    return "" if at is None else f"{at.hour}:{at.minute:02d}"


def load_text(row: Exercise) -> str:
    """A load with its unit, or the band: ``7.5 kg``, ``green band``; empty where there is none."""
    if row.load is None:
        return f"{row.band} band" if row.band in BANDS else row.band
    return f"{number(row.load)} {row.load_unit}"


def _unit(said: str | None, own: str) -> str:
    if said is None:
        return own
    said = said.casefold()
    if said in ("%", "percent", "per cent"):
        return "percent"
    return "cm" if said == "cm" else "deg"


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(",", "."))


def _in_range(field: str, value: Decimal, lowest: Decimal, highest: Decimal, sign: str) -> None:
    if not lowest <= value <= highest:
        values = {"value": number(value), "lowest": number(lowest), "highest": number(highest), "unit": sign}
        raise InputError(Fault("value.range", field, None, values))


def _not_understood(field: str, typed: str) -> InputError:
    return InputError(Fault("value.not_understood", field, None, {"value": typed[:_SHOWN]}))
