"""One way of writing a value down as bytes, so that equal values always have equal hashes.

The form is JSON in UTF-8: keys sorted by their letters' codes, no space between parts, every text in Unicode's form
NFC. An instant is written in UTC with six decimals and a Z, a calendar date and a time of day in ISO 8601, a `Decimal`
as its digits without an exponent or needless zeros, bytes as hexadecimal digits, an enum as its value, a dataclass as
an object of its fields. A float has no single way of being written, so it is refused. What a text means (a date, a
number) is known from the key it stands under, as in the version of the form that `CANONICAL_VERSION` names.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

CANONICAL_VERSION = 1
"""Kept beside every hash. A change of the form is a new version; what was signed stays readable by its own."""


def canonical_bytes(value: object) -> bytes:
    """`value` in the canonical form.

    Raises `TypeError` for what has none (a float, a set, an unknown type, a key that is no text) and `ValueError` for
    an instant without its zone, a number that is not finite, or two keys that are the same text in NFC.
    """
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def canonical_hash(value: object) -> bytes:
    """The SHA-256 of `value` in the canonical form: 32 bytes."""
    return hashlib.sha256(canonical_bytes(value)).digest()


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return _object(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Sequence):
        return [_plain(part) for part in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _object(value: Mapping[Any, object]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, part in value.items():
        if not isinstance(key, str):
            raise TypeError("a key of an object is a text")
        normal = unicodedata.normalize("NFC", key)
        if normal in made:
            raise ValueError("two keys are the same text")
        made[normal] = _plain(part)
    return made


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("a number is finite")
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
