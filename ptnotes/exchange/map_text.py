"""The map of an import as JSON: kept with the import, and as a file that the command reads and writes.

It holds names of columns and nothing of a patient.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ptnotes.domain.encodings import ENCODING_WORDS
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.importing import DateOrder, FileKind, ImportMap, Target
from ptnotes.exchange.column_guess import REASON_HEAD
from ptnotes.exchange.csv_in import SEPARATORS
from ptnotes.exchange.fhir_in import FHIR_MAP


def map_text(columns: ImportMap) -> str:
    """The map as JSON."""
    document: dict[str, Any] = {"kind": columns.kind.value}
    if columns.kind is FileKind.CSV:
        document |= {
            "encoding": columns.encoding,
            "separator": columns.separator,
            "has_header": columns.has_header,
            "header_row": columns.header_row,
            "date_order": columns.date_order.value,
            "order_is_said": columns.order_is_said,
            "is_guarded": columns.is_guarded,
            "columns": [
                {"name": name, "holds": None if target is None else target.value}
                for name, target in zip(columns.header, columns.targets, strict=True)
            ],
        }
    return json.dumps(document, ensure_ascii=False, indent=1)


def read_map(text: str) -> ImportMap:
    """The map that `map_text` wrote, or somebody by hand. Raises `InputError` ("import.map")."""
    try:
        document = json.loads(text)
        if not isinstance(document, dict):
            raise TypeError(document)
        return _read(document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(Fault("import.map", "import.map")) from None


def has_header_of(columns: ImportMap, header: tuple[str, ...]) -> bool:
    """Whether the map was made for columns of these names; the reasons of refused rows beside them do not count."""

    def own(names: tuple[str, ...]) -> tuple[str, ...]:
        return names[:-1] if names[-1:] == (REASON_HEAD,) else names

    return columns.kind is FileKind.CSV and own(columns.header) == own(header)


def _read(document: Mapping[str, Any]) -> ImportMap:
    kind = FileKind(document["kind"])
    if kind is FileKind.FHIR:
        return FHIR_MAP
    if document["encoding"] not in ENCODING_WORDS or document["separator"] not in SEPARATORS:
        raise ValueError(kind)
    columns, header_row = document["columns"], document.get("header_row", 1)
    if type(header_row) is not int or header_row < 1:
        raise ValueError(header_row)
    return ImportMap(
        kind=kind,
        encoding=document["encoding"],
        separator=document["separator"],
        has_header=bool(document["has_header"]),
        header_row=header_row,
        header=tuple(str(one["name"]) for one in columns),
        targets=tuple(None if one["holds"] is None else Target(one["holds"]) for one in columns),
        date_order=DateOrder(document["date_order"]),
        order_is_said=bool(document.get("order_is_said", False)),
        is_guarded=bool(document.get("is_guarded", False)),
    )
