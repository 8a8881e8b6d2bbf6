"""Many rows to patients at once: column by column where all is in order, every other row by itself, as `row_in` does.

Most rows of most lists need no second look, and what needs none is told for a whole block of them. Of any row both ways
say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import repeat
from typing import Any

from ptnotes.domain.errors import InputError
from ptnotes.domain.importing import ImportMap
from ptnotes.domain.made_of import made_of
from ptnotes.domain.patient import EARLIEST_BIRTH_YEAR, Patient, Sex
from ptnotes.domain.text import LINE_LIMIT, are_clean
from ptnotes.exchange.row_in import (
    JOINTS,
    MOST_DATES,
    REST_OF_ADDRESS,
    Incoming,
    RowReader,
    is_rounded,
    is_uuid,
    one_line_address,
    parted_name,
    parted_name_given_first,
    places_of,
    read_date,
    sex_of,
)

_MOST_SEXES = 100
_AS_WRITTEN = ("mrn", "preferred_name", "telephone", "email", "emergency_contact", "language")
_Column = Sequence[Any]


class RowsReader:
    """Reads the rows of one file by its map, a block at a time."""

    def __init__(self, columns: ImportMap, today: date, now: datetime) -> None:
        self._one = RowReader(columns, today, now)
        self._today, self._order = today, columns.date_order
        self._earliest = date(EARLIEST_BIRTH_YEAR, 1, 1)
        self._is_guarded = columns.is_guarded
        self._width = len(columns.targets)
        self._places = places_of(columns)
        self._days: dict[str, date] = {}
        self._sexes: dict[str, Sex] = {}

    def read(self, rows: Sequence[Sequence[str]]) -> list[Incoming | InputError]:
        """The patient of each row, or every fault of it; the values of a fault never hold what the row says."""
        plain = self._plain(rows)
        if not plain:
            return [self._by_itself(cells) for cells in rows]
        width = self._width
        made = self._patients(
            [cells if len(cells) == width else [*cells, *repeat("", width - len(cells))]
             for cells in (rows[place] for place in plain)]
        )  # fmt: skip
        found: list[Incoming | InputError | None] = [None] * len(rows)
        for place, patient in zip(plain, made, strict=True):
            if patient is not None:
                found[place] = Incoming(patient)
        return [
            self._by_itself(cells) if incoming is None else incoming
            for cells, incoming in zip(rows, found, strict=True)
        ]

    def _by_itself(self, cells: Sequence[str]) -> Incoming | InputError:
        try:
            return self._one.read(cells)
        except InputError as error:
            return error

    def _plain(self, rows: Sequence[Sequence[str]]) -> list[int]:
        """Where the rows are of which no text needs cleaning or is too long, however they are put together."""
        width = self._width
        # Whatever joins two cells is one letter longer than a bar at most.
        most = LINE_LIMIT - width
        joined = list(map("|".join, rows))
        is_clean = self._is_clean("|".join(joined))
        return [
            place
            for place, text in enumerate(joined)
            if len(text) <= most and len(rows[place]) <= width and (is_clean or self._is_clean(text))
        ]

    def _is_clean(self, joined: str) -> bool:
        return are_clean(joined) and not (self._is_guarded and ("|'" in joined or joined[:1] == "'"))

    def _patients(self, rows: Sequence[Sequence[str]]) -> list[Patient | None]:
        """The patient of each row; None where something in it is missing or is not understood at once."""
        count = len(rows)
        columns = list(zip(*rows, strict=True))
        texts: dict[str, _Column] = {
            target: columns[places[0]]
            if len(places) == 1
            else _several(target, [columns[at] for at in places])
            for target, places in self._places.items()
        }
        blank = ("",) * count
        odd: set[int] = set()
        for target in ("archived_at", "retain_until"):
            odd.update(place for place, text in enumerate(texts.get(target, ())) if text)
        for target in ("mrn", "telephone"):
            odd.update(place for place, text in enumerate(texts.get(target, ())) if is_rounded(text))
        values: dict[str, _Column] = {name: texts.get(name, blank) for name in _AS_WRITTEN}
        values |= self._names(texts, blank)
        values["birth_date"] = self._born(texts.get("birth_date", blank))
        values["sex"] = self._known_sexes(texts.get("sex", blank))
        values["address"] = _addresses(texts, blank)
        values["uuid"] = blank
        if "uuid" in texts:
            values["uuid"] = [text.lower() for text in texts["uuid"]]
            odd.update(place for place, uuid in enumerate(values["uuid"]) if uuid and not is_uuid(uuid))
        for name in ("mrn", "telephone"):
            odd.update(place for place, text in enumerate(values[name]) if "E+" in text)
        for name in ("family_name", "given_name", "birth_date", "sex"):
            if not all(values[name]):
                odd.update(place for place, value in enumerate(values[name]) if not value)
        same = {"id": None, "archived_at": None, "revision": 0}
        patients = made_of(Patient, count, values | {name: repeat(value) for name, value in same.items()})
        return (
            [None if place in odd else one for place, one in enumerate(patients)] if odd else list(patients)
        )

    @staticmethod
    def _names(texts: dict[str, _Column], blank: _Column) -> dict[str, _Column]:
        own = {
            name: texts.get(name, blank) for name in ("family_name", "given_name", "middle_name", "suffix")
        }
        if "full_name" in texts:
            parted = [_parted(parted_name, whole) for whole in texts["full_name"]]
        elif "full_name_given_first" in texts:
            parted = [_parted(parted_name_given_first, whole) for whole in texts["full_name_given_first"]]
        else:
            return own
        families, givens, middles, suffixes = zip(*parted, strict=True)
        return {
            "family_name": families,
            "given_name": givens,
            "middle_name": [mine or theirs for mine, theirs in zip(own["middle_name"], middles, strict=True)],
            "suffix": [mine or theirs for mine, theirs in zip(own["suffix"], suffixes, strict=True)],
        }

    def _born(self, texts: _Column) -> list[date | None]:
        """The day of each text, None where it is no day on which a patient may have been born."""
        days: list[date | None] = list(map(self._days.get, texts))
        for place, day in enumerate(days):
            if day is None:
                days[place] = self._day(texts[place])
        return days

    def _day(self, text: str) -> date | None:
        day = read_date(text, self._order, self._today)
        if isinstance(day, str) or not self._earliest <= day <= self._today:
            return None
        if len(self._days) < MOST_DATES:
            self._days[text] = day
        return day

    def _known_sexes(self, texts: _Column) -> list[Sex | None]:
        sexes: list[Sex | None] = list(map(self._sexes.get, texts))
        if None in sexes:
            for place, text in enumerate(texts):
                if sexes[place] is None and (sex := sex_of(text)) is not None:
                    sexes[place] = sex
                    if len(self._sexes) < _MOST_SEXES:
                        self._sexes[text] = sex
        return sexes


def _several(target: str, columns: Iterable[_Column]) -> list[str]:
    joint = JOINTS.get(target, " ")
    return [joint.join(dict.fromkeys(filter(None, parts))) for parts in zip(*columns, strict=True)]


def _addresses(texts: dict[str, _Column], blank: _Column) -> _Column:
    street = texts.get("address", blank)
    rest = [texts.get(one, blank) for one in REST_OF_ADDRESS]
    if all(column is blank for column in rest):
        return street
    return list(map(one_line_address, street, *rest))


def _parted(how: Callable[[str], tuple[str, str, str, str]], whole: str) -> tuple[str, str, str, str]:
    try:
        return how(whole)
    except InputError:
        return "", "", "", ""
