"""Patients of FHIR R4 (4.0.1) as rows of cells: one Patient, a Bundle, or a resource a line (NDJSON), in JSON.

A bundle is read entry by entry, so that memory does not grow with it, and a line that is no JSON stops no other line.
What a row says is refused or taken by the same rules as a row of CSV.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from ptnotes.domain.importing import DateOrder, FileKind, ImportMap, Target
from ptnotes.exchange.csv_in import UNREADABLE, Place, Record, sample

MOST_LETTERS = 16_000_000
"""Most letters of one resource."""
_BLOCK = 65_536
_COLUMNS: Mapping[Target, str] = {
    Target.UUID: "uuid",
    Target.MRN: "mrn",
    Target.FAMILY: "family_name",
    Target.GIVEN: "given_name",
    Target.MIDDLE: "middle_name",
    Target.SUFFIX: "suffix",
    Target.PREFERRED: "preferred_name",
    Target.BIRTH_DATE: "birth_date",
    Target.SEX: "sex",
    Target.TELEPHONE: "telephone",
    Target.EMAIL: "email",
    Target.STREET: "address",
    Target.EMERGENCY: "emergency_contact",
    Target.LANGUAGE: "language",
    Target.ARCHIVED: "archived_at",
}
FHIR_MAP = ImportMap(
    kind=FileKind.FHIR,
    header=tuple(_COLUMNS.values()),
    targets=tuple(_COLUMNS),
    date_order=DateOrder.YEAR_FIRST,
)
"""How patients of FHIR are read: a cell for each part of a patient."""
_GENDERS = frozenset({"", "female", "male", "other", "unknown"})
_LETTERS_OF_UUID = 36
_HALF = re.compile("[\ud800-\udfff]")
_Json = Mapping[str, Any]


class _BrokenError(Exception):
    """What follows is no JSON, or one value of it is too large."""


class FhirRecords:
    """The patients of a file, one by one, as records: in place of a row's number, which resource of the file it is."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._has_lines = _has_lines(sample(file, encoding))
        file.seek(0)
        self._text = io.TextIOWrapper(file, encoding=encoding, errors="ptnotes.unreadable")
        self.others = 0
        """How many resources of other kinds there were."""

    def __iter__(self) -> Iterator[Record]:
        number = 0
        for text in self._lines() if self._has_lines else (self._text,):
            try:
                for resource in _resources(_Scanner(text)):
                    number += 1
                    if not isinstance(resource, dict) or resource.get("resourceType") != "Patient":
                        self.others += 1
                        continue
                    cells, code = _cells(resource)
                    yield number, cells, code
            except _BrokenError:
                number += 1
                yield number, [], "import.line_not_json" if self._has_lines else "import.not_json"

    def _lines(self) -> Iterator[io.StringIO]:
        """Each line by itself; one that is longer than any resource comes in pieces, none of which is whole."""
        while line := self._text.readline(MOST_LETTERS):
            yield io.StringIO(line)

    @staticmethod
    def place() -> Place | None:
        """There is no place but the start from which JSON can be read."""
        return None

    def detach(self) -> None:
        """Let the file go without closing it."""
        self._text.detach()


def _has_lines(text: str) -> bool:
    """Whether a file that begins like this has a resource on each line (NDJSON)."""
    starts = [line for line in text.split("\n") if line.startswith("{")]
    # A bundle that was put together by hand may have an entry a line, too, but its own first line goes on.
    return len(starts) > 1 and not starts[0].rstrip().endswith(("[", "{", ",", ":"))


class _Scanner:
    """Reads JSON value by value from a text, with no more of it in memory than one value needs."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        # No number is read from a patient, and one of thousands of digits is JSON all the same.
        self._decode = json.JSONDecoder(parse_int=float).raw_decode
        self._fill()
        if self._buffer.startswith("\N{ZERO WIDTH NO-BREAK SPACE}"):
            self._at = 1

    def peek(self) -> str:
        """The next letter that is no space; empty at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._fill():
                return ""

    def take(self, letter: str) -> None:
        """Go past `letter`, which has to come next. Raises `_BrokenError`."""
        if self.peek() != letter:
            raise _BrokenError
        self._at += 1

    def value(self) -> Any:
        """The next value, whole. Raises `_BrokenError`."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._buffer, self._at)
            except RecursionError:
                raise _BrokenError from None
            except ValueError:
                value, end = None, len(self._buffer)
            # A number that ends with the buffer may go on.
            if end < len(self._buffer):
                self._at = end
                return value
            # As much again each time, so that a large value is not parsed from its start too often.
            if len(self._buffer) - self._at > MOST_LETTERS:
                raise _BrokenError
            if not self._fill(max(_BLOCK, len(self._buffer) - self._at)):
                if value is None:
                    raise _BrokenError
                self._at = end
                return value

    def _fill(self, letters: int = _BLOCK) -> bool:
        more = self._text.read(letters)
        self._buffer = self._buffer[self._at :] + more
        self._at = 0
        return bool(more)


def _resources(scanner: _Scanner) -> Iterator[Any]:
    """Every resource of a file: each value by itself, and of a bundle each entry's."""
    while scanner.peek():
        yield from _object(scanner)


def _object(scanner: _Scanner) -> Iterator[Any]:
    scanner.take("{")
    kept: dict[str, Any] = {}
    has_entries = False
    while scanner.peek() != "}":
        if kept or has_entries:
            scanner.take(",")
        name = scanner.value()
        scanner.take(":")
        if name == "entry" and scanner.peek() == "[":
            has_entries = True
            yield from _entries(scanner)
        else:
            kept[str(name)] = scanner.value()
    scanner.take("}")
    if not has_entries and kept.get("resourceType") != "Bundle":
        yield kept


def _entries(scanner: _Scanner) -> Iterator[Any]:
    scanner.take("[")
    is_first = True
    while scanner.peek() != "]":
        if not is_first:
            scanner.take(",")
        is_first = False
        entry = scanner.value()
        yield entry.get("resource") if isinstance(entry, dict) else None
    scanner.take("]")


def _cells(who: _Json) -> tuple[list[str], str]:
    """The patient's cells in the order of `FHIR_MAP`, and the code of what forbids to take them over."""
    name = _name(who)
    given = _strings(name.get("given"))
    nickname = next((one for one in _dicts(who.get("name")) if one.get("use") == "nickname"), {})
    gender = _string(who.get("gender"))
    uuid = _string(who.get("id"))
    cells = [
        uuid if len(uuid) == _LETTERS_OF_UUID and uuid.count("-") == 4 else "",
        _mrn(who),
        _string(name.get("family")),
        " ".join(given[:1]),
        " ".join(given[1:]),
        " ".join(_strings(name.get("suffix"))),
        " ".join(_strings(nickname.get("given"))) or _string(nickname.get("text")),
        _string(who.get("birthDate")),
        gender,
        _reached(who, "phone", "sms"),
        _reached(who, "email", ""),
        _address(who),
        _contact(who),
        _language(who),
        "true" if who.get("active") is False else "",
    ]
    code = ""
    if any(_dicts(who.get("link"))) and any(
        one.get("type") == "replaced-by" for one in _dicts(who.get("link"))
    ):
        code = "import.replaced"
    elif gender not in _GENDERS:
        code = "import.sex"
    if not all(map(_is_text, cells)):
        # JSON may hold halves of letters (``"\ud800"``), which nothing can store.
        cells = [cell if _is_text(cell) else _HALF.sub(UNREADABLE, cell) for cell in cells]
        code = code or "import.unreadable"
    return cells, code


def _is_text(cell: str) -> bool:
    return cell.isascii() or _HALF.search(cell) is None


def _name(who: _Json) -> _Json:
    """The name that a patient goes by on paper: the official one, else the usual, else the first that still holds."""
    names = [
        one
        for one in _dicts(who.get("name"))
        if one.get("use") not in ("old", "maiden", "nickname", "anonymous")
    ]
    for use in ("official", "usual"):
        for one in names:
            if one.get("use") == use:
                return one
    return names[0] if names else {}


def _mrn(who: _Json) -> str:
    """The identifier that is said to be a record number, else the usual one, else the first."""
    known = [
        one for one in _dicts(who.get("identifier")) if one.get("use") != "old" and _string(one.get("value"))
    ]

    def is_record_number(one: _Json) -> bool:
        kind = one.get("type")
        codings = _dicts(kind.get("coding")) if isinstance(kind, dict) else []
        return any(coding.get("code") == "MR" for coding in codings)

    for wanted in (is_record_number, lambda one: one.get("use") == "usual", lambda _one: True):
        for one in known:
            if wanted(one):
                return _string(one.get("value"))
    return ""


def _reached(who: _Json, *systems: str) -> str:
    values = [
        _string(one.get("value"))
        for one in _dicts(who.get("telecom"))
        if one.get("system") in systems and one.get("use") != "old"
    ]
    return ", ".join(dict.fromkeys(value for value in values if value))


def _address(who: _Json) -> str:
    known = [one for one in _dicts(who.get("address")) if one.get("use") != "old"]
    home = [one for one in known if one.get("use") == "home"]
    if not known:
        return ""
    one = (home or known)[0]
    if text := _string(one.get("text")):
        return text
    region = " ".join(part for part in (_string(one.get("state")), _string(one.get("postalCode"))) if part)
    parts = [*_strings(one.get("line")), _string(one.get("city")), region, _string(one.get("country"))]
    return ", ".join(part for part in parts if part)


def _contact(who: _Json) -> str:
    """Who is called in an emergency, else the first contact: name and telephone."""
    contacts = _dicts(who.get("contact"))

    def is_emergency(one: _Json) -> bool:
        codings = [
            coding for kind in _dicts(one.get("relationship")) for coding in _dicts(kind.get("coding"))
        ]
        return any(coding.get("code") == "C" for coding in codings)

    chosen = next(filter(is_emergency, contacts), contacts[0] if contacts else {})
    name = chosen.get("name")
    said = ""
    if isinstance(name, dict):
        said = (
            _string(name.get("text"))
            or " ".join([*_strings(name.get("given")), _string(name.get("family"))]).strip()
        )
    return ", ".join(part for part in (said, _reached(chosen, "phone", "sms")) if part)


def _language(who: _Json) -> str:
    spoken = _dicts(who.get("communication"))
    chosen = next((one for one in spoken if one.get("preferred") is True), spoken[0] if spoken else {})
    language = chosen.get("language")
    if not isinstance(language, dict):
        return ""
    for coding in ({"display": language.get("text")}, *_dicts(language.get("coding"))):
        if said := _string(coding.get("display")) or _string(coding.get("code")):
            return said
    return ""


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _strings(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _dicts(value: Any) -> list[_Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
