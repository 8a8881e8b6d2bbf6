"""Patients of FHIR R4 (4.0.1) as rows of cells: a Patient, a Bundle, an array of them, or one a line (NDJSON), in JSON.

They are read one by one, so that memory does not grow with the file, and what is no JSON stops no other of them where
it can be told where it ends. What a row says is refused or taken by the same rules as a row of CSV.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from ptnotes.domain.errors import Fault
from ptnotes.domain.importing import DateOrder, FileKind, ImportMap, Target
from ptnotes.exchange.csv_in import UNREADABLE, Place, Record
from ptnotes.exchange.json_in import MOST_LETTERS, Broken, Scanner, resources

_BLOCK = 65_536
_BEGINS_JSON = re.compile(r"\s*(?:\{|\[\s*[\[{\]])")
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


class FhirRecords:
    """The patients of a file, one by one, as records: in place of a row's number, which resource of the file it is."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._has_lines = _has_lines(file, encoding)
        file.seek(0)
        self._text = io.TextIOWrapper(file, encoding=encoding, errors="ptnotes.unreadable")
        self._broken: Broken | None = None
        self.others = 0
        """How many resources of other kinds there were."""
        self.broken_off: Fault | None = None
        """Why and where reading ended before the end of the file; None where it did not."""

    def __iter__(self) -> Iterator[Record]:
        number = 0
        for scanner in self._scanners():
            for resource in resources(scanner):
                number += 1
                if isinstance(resource, Broken):
                    yield number, [], self._refused(resource)
                elif isinstance(resource, dict) and resource.get("resourceType") == "Patient":
                    cells, code = _cells(resource)
                    yield number, cells, code
                else:
                    self.others += 1

    def fault(self, code: str) -> Fault:
        """What is wrong with the record that was given last: where it stands in the file, if it is no JSON."""
        broken = self._broken
        if broken is None or broken.code != code:
            return Fault(code, "import.row")
        numbers = (broken.line, broken.letter, *broken.until)
        names = ("line", "letter", "until_line", "until_letter")
        return Fault(code, "import.row", values=dict(zip(names, map("{:,}".format, numbers), strict=True)))

    def _refused(self, broken: Broken) -> str:
        if self._has_lines and broken.is_end:
            # It ends this line, and not the file.
            broken = replace(broken, code="import.line_not_json", is_end=False)
        self._broken = broken
        if broken.is_end:
            self.broken_off = self.fault(broken.code)
        return broken.code

    def _scanners(self) -> Iterator[Scanner]:
        """One for the file, or for each line of it."""
        if not self._has_lines:
            yield Scanner(self._text)
            return
        number = 0
        while line := self._text.readline(MOST_LETTERS):
            number += 1
            yield Scanner(io.StringIO(line), number)
            while line and not line.endswith("\n"):
                # A line that is longer than any resource was broken off above, and the rest of it is none.
                line = self._text.readline(_BLOCK)

    @staticmethod
    def place() -> Place | None:
        """There is no place but the start from which JSON can be read."""
        return None

    def detach(self) -> None:
        """Let the file go without closing it."""
        self._text.detach()


def is_json(start: str) -> bool:
    """Whether a file that begins like this holds JSON: an object, or an array of objects or of arrays."""
    return _BEGINS_JSON.match(start) is not None


def _has_lines(file: BinaryIO, encoding: str) -> bool:
    """Whether a file has a resource on each line (NDJSON)."""
    file.seek(0)
    text = (
        file.read(_BLOCK).decode(encoding, "ptnotes.unreadable").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    )
    if "\n" not in text:
        text += _next_line(file, encoding)
    starts = [line for line in text.split("\n") if line.startswith("{")]
    if len(starts) < 2 or text.lstrip().startswith("["):
        return False
    # A bundle that was put together by hand may have an entry a line, too, but its own first line goes on.
    return not starts[0].rstrip().endswith(("[", "{", ",", ":"))


def _next_line(file: BinaryIO, encoding: str) -> str:
    """The end of a long first line and the start of the next."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="ptnotes.unreadable")
    last = ""
    try:
        while (part := text.readline(_BLOCK)) and not part.endswith("\n"):
            last = part
        return f"{(last + part)[-_BLOCK:]}{text.read(1)}"
    finally:
        text.detach()


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
