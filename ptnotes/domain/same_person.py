"""Who may be the same person: found among any number of patients without comparing each with each.

Of everybody some keys are kept, as numbers of 64 bits: record number, name with birth date, telephone with birth date,
and two keys of a name that agree where it is spelled a little otherwise. Two people who share a key may be the same;
nobody is merged by it. That takes some seventy bytes a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from struct import Struct
from typing import NamedTuple, Protocol

from ptnotes.domain.importing import Because
from ptnotes.domain.patient import digits_of
from ptnotes.domain.text import fold

_BUCKETS = 1 << 13
_ENTRY = Struct("<QI")
_KEY = Struct("<Q")

_MOST_NAMES = 10_000
_LEAST_DIGITS = 7
"""Digits of a telephone number that is compared; an extension alone is none."""
_IN_FILE = 1 << 31
_MASK = (1 << 64) - 1
_SOUNDS = str.maketrans(
    {"c": "k", "q": "k", "z": "s", "x": "s", "v": "f", "w": "f", "d": "t", "b": "p", "j": "g", "m": "n"}
)
_BETWEEN = re.compile("[,;/]| or ")
_SILENT = re.compile("[aeiouyhäöü ]+")
_REPEATED = re.compile(r"(.)\1+")


class Identity(Protocol):
    """What of a patient tells who they are."""

    @property
    def uuid(self) -> str:
        """The id that is theirs everywhere; empty where none is known."""

    @property
    def mrn(self) -> str:
        """The record number; empty where there is none."""

    @property
    def family_name(self) -> str:
        """The family name."""

    @property
    def given_name(self) -> str:
        """The given name."""

    @property
    def birth_date(self) -> date:
        """The birth date."""

    @property
    def telephone(self) -> str:
        """One telephone number, or several with commas between."""


class Keys(NamedTuple):
    """By what somebody is asked for, the surest first, and by what they are known afterwards."""

    asked: list[tuple[Because, int]]
    kept: list[int]


class Known:
    """Everybody known so far: the clinic's patients by their id, and earlier rows of a file by their number."""

    def __init__(self, *, has_uuids: bool) -> None:
        self._buckets = [bytearray() for _ in range(_BUCKETS)]
        self._has_uuids = has_uuids
        self._names: dict[str, tuple[str, str]] = {}

    def keys(self, patient: Identity) -> Keys:
        """What somebody is found by. No two runs of the program make the same keys."""
        born = patient.birth_date.toordinal()
        family, sound = self._heard(patient.family_name)
        given, _sound = self._heard(patient.given_name)
        asked: list[tuple[Because, int]] = []
        if self._has_uuids and patient.uuid:
            asked.append((Because.SAME_RECORD, hash(("uuid", patient.uuid))))
        if patient.mrn:
            asked.append((Because.SAME_NUMBER, hash(("mrn", patient.mrn.casefold()))))
        asked.append((Because.SAME_NAME, hash((born, family, given))))
        asked.extend(
            (Because.SAME_TELEPHONE, hash((born, digits))) for digits in telephones(patient.telephone)
        )
        kept = [key for _because, key in asked]
        if (turned := _turned(patient.birth_date)) is not None:
            asked.append((Because.BIRTH_TURNED, hash((turned, family, given))))
        if family != given:
            asked.append((Because.NAMES_TURNED, hash((born, given, family))))
        # The same sound with the same initial, and the same first name with the same beginning of the sound.
        for key in (
            hash((born, "sound", sound, given[:1])),
            hash((born, "given", given.partition(" ")[0], sound[:3])),
        ):
            asked.append((Because.LIKE_NAME, key))
            kept.append(key)
        return Keys(asked, kept)

    def match(self, keys: Keys) -> tuple[Because, int] | None:
        """Who somebody may be, by the surest reason; None where nobody is like them.

        A positive number is a patient's id, a negative one an earlier row.
        """
        for because, key in keys.asked:
            place = self._find(key)
            if place is not None:
                return because, (_IN_FILE - place if place >= _IN_FILE else place)
        return None

    def add_patient(self, keys: Keys, patient_id: int) -> None:
        """Know a patient of the clinic."""
        for key in keys.kept:
            # One of each key is enough to point at: a birth date that half a clinic shares costs no more.
            if self._find(key) is None:
                self._put(key, patient_id)

    def add_row(self, keys: Keys, number: int) -> None:
        """Know an earlier row of the file, which nobody was like."""
        for key in keys.kept:
            self._put(key, _IN_FILE + number)

    def _put(self, key: int, place: int) -> None:
        self._buckets[key % _BUCKETS] += _ENTRY.pack(key & _MASK, place)

    def _find(self, key: int) -> int | None:
        bucket = self._buckets[key % _BUCKETS]
        wanted = _KEY.pack(key & _MASK)
        at = bucket.find(wanted)
        while at >= 0:
            if at % _ENTRY.size == 0:
                return int.from_bytes(bucket[at + _KEY.size : at + _ENTRY.size], "little")
            at = bucket.find(wanted, at + 1)
        return None

    def _heard(self, name: str) -> tuple[str, str]:
        """A name folded, and how its first word sounds. Names come again and again: many are remembered meanwhile."""
        known = self._names.get(name)
        if known is None:
            folded = fold(name)
            known = folded, sounds(folded)
            if len(self._names) < _MOST_NAMES:
                self._names[name] = known
        return known


def telephones(text: str) -> Iterator[str]:
    """The digits of each telephone number in a text, without what the country's code adds."""
    for part in _BETWEEN.split(text) if text else ():
        digits = digits_of(part)
        if len(digits) >= _LEAST_DIGITS:
            yield digits[-10:]


def sounds(folded: str) -> str:
    """The first word of a folded family name by how it sounds, roughly: without vowels, like letters alike.

    Names that are spelled a little otherwise agree (Meyer, Maier; Philips, Phillips). Other scripts stay as they are.
    """
    first = folded.partition(" ")[0]
    rest = _SILENT.sub("", first[1:].translate(_SOUNDS))
    return _REPEATED.sub(r"\1", first[:1].translate(_SOUNDS) + rest)


def _turned(day: date) -> int | None:
    """The day with day and month changed about, where that is another day."""
    if day.day > 12 or day.day == day.month:
        return None
    return date(day.year, day.day, day.month).toordinal()
