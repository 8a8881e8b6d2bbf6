"""Who may be the same person: found among any number of patients without comparing each with each.

Of everybody a few keys are kept, as digests: telephone with birth date, and two of name and birth date that agree where
a name is spelled a little otherwise; beside the first of these two, sixteen bits of the whole name tell whether it is
spelled the same. Two people who share a key may be the same; nobody is merged by it.

A digest has 43 bits, 11 of which say where it is looked for. In a list of 100,000 there is one chance in some six
hundred that anybody at all is like somebody else by their digests alone. Such a row is left out as every other that may
be known already: it is shown beside whoever it is said to be, and may be added all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, Protocol

from ptnotes.domain.importing import Because
from ptnotes.domain.patient import digits_of
from ptnotes.domain.text import fold

_BUCKET_BITS = 11
_BUCKETS = 1 << _BUCKET_BITS
_KEY_BYTES, _NAME_BYTES, _PLACE_BYTES = 4, 2, 4
_SEEN = 1 << 21
_KEY_MASK = (1 << 8 * _KEY_BYTES) - 1
_NAME_MASK = (1 << 8 * _NAME_BYTES) - 1

_MOST_NAMES = 10_000
_LEAST_DIGITS = 7
"""Digits of a telephone number that is compared; an extension alone is none."""
_IN_FILE = 1 << 31
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
    """By what somebody is asked for and known afterwards: hashes, and the folded names."""

    family: str
    given: str
    by_number: tuple[tuple[Because, int], ...]
    """By the id and the record number, as far as there are any."""
    by_telephone: tuple[int, ...]
    by_sound: int
    """By the birth date, the sound of the family name and the initial."""
    by_given: int
    """By the birth date, the first given name and the beginning of the sound."""
    birth_turned: int
    """By the sound, with day and month of birth changed about; as it is where that is no other day."""
    names_turned: int
    """By the sound, with the two names changed about."""


class _Digests:
    """Digests of keys in buckets, each with some bytes beside it, and with the place of whose it is."""

    def __init__(self, beside: int, *, has_places: bool) -> None:
        self._key_bytes = _KEY_BYTES + beside
        self._place_bytes = _PLACE_BYTES if has_places else 0
        self._size = self._key_bytes + self._place_bytes
        self._buckets = [bytearray() for _ in range(_BUCKETS)]

    def put(self, key: int, place: int, beside: bytes = b"") -> None:
        """Keep a key."""
        entry = (key >> _BUCKET_BITS & _KEY_MASK).to_bytes(_KEY_BYTES, "little") + beside
        if self._place_bytes:
            entry += place.to_bytes(_PLACE_BYTES, "little")
        self._buckets[key % _BUCKETS] += entry

    def find(self, key: int, beside: bytes = b"") -> int | None:
        """The place of the first such key, with these bytes beside it if any are given; 0 where none are kept."""
        bucket = self._buckets[key % _BUCKETS]
        wanted = (key >> _BUCKET_BITS & _KEY_MASK).to_bytes(_KEY_BYTES, "little") + beside
        at = bucket.find(wanted)
        while at >= 0:
            if at % self._size == 0:
                begin = at + self._key_bytes
                return int.from_bytes(bucket[begin : begin + self._place_bytes], "little")
            at = bucket.find(wanted, at + 1)
        return None


class Known:
    """Everybody known so far: the clinic's patients by their id, and earlier rows of a file by their number.

    Where somebody else looks for record numbers and ids, `has_numbers` is off; without `has_places` it is only told
    that somebody is known, and not who. Each takes about fifteen bytes a person then, else some fifty.
    """

    def __init__(self, *, has_uuids: bool, has_numbers: bool = True, has_places: bool = True) -> None:
        self._has_uuids, self._has_numbers = has_uuids, has_numbers
        self._names: dict[str, tuple[str, str]] = {}
        # What of most keys tells at once that nobody has them, whatever number of people is known: a byte each.
        self._seen = bytearray(_SEEN)
        self._by_sound = _Digests(_NAME_BYTES, has_places=has_places)
        self._by_given, self._by_telephone, self._by_number = (
            _Digests(0, has_places=has_places) for _ in range(3)
        )

    def keys(self, patient: Identity) -> Keys:
        """What somebody is found by. No two runs of the program make the same keys."""
        birth_date = patient.birth_date
        born = birth_date.toordinal()
        family, sound = self._names.get(patient.family_name) or self._heard(patient.family_name)
        given, other_sound = self._names.get(patient.given_name) or self._heard(patient.given_name)
        initial = given[:1]
        by_sound = hash((born, sound, initial))
        turned = _turned(birth_date)
        return Keys(
            family,
            given,
            self._numbers(patient) if self._has_numbers else (),
            tuple([hash((born, digits)) for digits in telephones(patient.telephone)]),
            by_sound,
            hash((born, given.partition(" ")[0], sound[:3])),
            by_sound if turned is None else hash((turned, sound, initial)),
            hash((born, other_sound, family[:1])),
        )

    def match(self, keys: Keys) -> tuple[Because, int] | None:
        """Who somebody may be, by the surest reason; None where nobody is like them.

        A positive number is a patient's id, a negative one an earlier row; 0 where it is not known who.
        """
        if not self._may_know(keys):
            return None
        for because, place in self._matches(keys):
            if place is not None:
                return because, (_IN_FILE - place if place >= _IN_FILE else place)
        return None

    def add_patient(self, keys: Keys, patient_id: int) -> None:
        """Know a patient of the clinic."""
        self._see(keys)
        # One of each key is enough to point at: a birth date that half a clinic shares costs no more.
        for _because, key in keys.by_number:
            if self._by_number.find(key) is None:
                self._by_number.put(key, patient_id)
        for key in keys.by_telephone:
            if self._by_telephone.find(key) is None:
                self._by_telephone.put(key, patient_id)
        name = _name(keys.family, keys.given)
        if self._by_sound.find(keys.by_sound, name) is None:
            self._by_sound.put(keys.by_sound, patient_id, name)
        if self._by_given.find(keys.by_given) is None:
            self._by_given.put(keys.by_given, patient_id)

    def add_row(self, keys: Keys, number: int) -> None:
        """Know an earlier row of the file, which nobody was like."""
        self._see(keys)
        place = _IN_FILE + number
        for _because, key in keys.by_number:
            self._by_number.put(key, place)
        for key in keys.by_telephone:
            self._by_telephone.put(key, place)
        self._by_sound.put(keys.by_sound, place, _name(keys.family, keys.given))
        self._by_given.put(keys.by_given, place)

    def _see(self, keys: Keys) -> None:
        seen = self._seen
        seen[keys.by_sound % _SEEN] = seen[keys.by_given % _SEEN] = 1
        for key in keys.by_telephone:
            seen[key % _SEEN] = 1
        for _because, key in keys.by_number:
            seen[key % _SEEN] = 1

    def _may_know(self, keys: Keys) -> bool:
        """Whether somebody may have one of these keys: False for nearly everybody whom nobody is like."""
        seen = self._seen
        if (
            seen[keys.by_sound % _SEEN]
            or seen[keys.by_given % _SEEN]
            or seen[keys.birth_turned % _SEEN]
            or seen[keys.names_turned % _SEEN]
        ):
            return True
        return any([seen[key % _SEEN] for key in keys.by_telephone]) or any(  # noqa: C419 - one or two: a list is quicker
            seen[key % _SEEN] for _because, key in keys.by_number
        )

    def _matches(self, keys: Keys) -> Iterator[tuple[Because, int | None]]:
        for because, key in keys.by_number:
            yield because, self._by_number.find(key)
        name = _name(keys.family, keys.given)
        yield Because.SAME_NAME, self._by_sound.find(keys.by_sound, name)
        for key in keys.by_telephone:
            yield Because.SAME_TELEPHONE, self._by_telephone.find(key)
        # Who is not turned at all was looked for by that name above.
        yield Because.BIRTH_TURNED, self._by_sound.find(keys.birth_turned, name)
        yield Because.NAMES_TURNED, self._by_sound.find(keys.names_turned, _name(keys.given, keys.family))
        yield Because.LIKE_NAME, self._by_sound.find(keys.by_sound)
        yield Because.LIKE_NAME, self._by_given.find(keys.by_given)

    def _numbers(self, patient: Identity) -> tuple[tuple[Because, int], ...]:
        asked = []
        if self._has_uuids and patient.uuid:
            asked.append((Because.SAME_RECORD, hash(("uuid", patient.uuid))))
        if patient.mrn:
            asked.append((Because.SAME_NUMBER, hash(("mrn", patient.mrn.casefold()))))
        return tuple(asked)

    def _heard(self, name: str) -> tuple[str, str]:
        """A name folded, and how its first word sounds. Names come again and again: many are remembered meanwhile."""
        folded = fold(name)
        heard = folded, sounds(folded)
        if len(self._names) < _MOST_NAMES:
            self._names[name] = heard
        return heard


def _name(family: str, given: str) -> bytes:
    return (hash((family, given)) & _NAME_MASK).to_bytes(_NAME_BYTES, "little")


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
