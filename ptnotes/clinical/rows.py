"""Reading one entry of the reference data, key by key.

Each `take_*` removes its key; what is left over at the end is an unknown key, and a fault like any other. Nothing
raises on the way: faults are collected, so that whoever edits the data sees all of them at once.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal, TypeVar, cast, get_args

SourceStatus = Literal["looked_up", "partial", "textbook", "derived", "engineering"]
"""How far a value may be trusted; see docs/clinical-data.md."""

Document = Mapping[str, Any]
"""One parsed file of the reference data."""

_MISSING: Any = object()
_STATUSES = frozenset(get_args(SourceStatus))

Word = TypeVar("Word", bound=str)


class ReferenceDataError(Exception):
    """The reference data contradicts itself or cannot be read.

    `faults` lists every fault found, each naming its file and entry.
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(f"The reference data has {len(faults)} fault(s):\n" + "\n".join(faults))
        self.faults = faults


class Row:
    """One entry on its way into a dataclass."""

    __slots__ = ("_left", "faults", "where")

    def __init__(self, values: Mapping[str, Any], where: str, faults: list[str]) -> None:
        self._left = dict(values)
        self.where = where
        self.faults = faults

    def fault(self, what: str) -> None:
        """Record that this entry is wrong."""
        self.faults.append(f"{self.where}: {what}")

    def _take(self, key: str, kind: type | tuple[type, ...], default: Any, empty: Any) -> Any:
        value = self._left.pop(key, _MISSING)
        if value is _MISSING:
            if default is _MISSING:
                self.fault(f"{key} is missing")
                return empty
            return default
        # bool is an int to Python, never to the data.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(f"{key} has the wrong type")
            return empty
        return value

    def text(self, key: str, default: str = _MISSING) -> str:
        """A text that is not empty; required unless a default is given."""
        value = cast("str", self._take(key, str, default, "?"))
        if not value:
            self.fault(f"{key} is empty")
        return value

    def peek(self, key: str) -> str:
        """A text that stays to be taken, as the default of another key."""
        return str(self._left.get(key, ""))

    def opt_text(self, key: str) -> str | None:
        """A text, or None when the key is absent."""
        return cast("str | None", self._take(key, str, None, None))

    def whole(self, key: str, default: int = _MISSING) -> int:
        """A whole number."""
        return cast("int", self._take(key, int, default, 0))

    def opt_whole(self, key: str) -> int | None:
        """A whole number, or None when the key is absent."""
        return cast("int | None", self._take(key, int, None, None))

    def flag(self, key: str, *, default: bool = _MISSING) -> bool:
        """True or false."""
        return cast("bool", self._take(key, bool, default, empty=False))

    def number(self, key: str) -> Decimal:
        """A number, exact: never a float."""
        return Decimal(self._take(key, (int, Decimal), _MISSING, 0))

    def opt_number(self, key: str) -> Decimal | None:
        """A number, or None when the key is absent."""
        value = self._take(key, (int, Decimal), None, None)
        return None if value is None else Decimal(value)

    def texts(self, key: str, default: tuple[str, ...] = _MISSING) -> tuple[str, ...]:
        """A list of texts without repeats."""
        found = self._take(key, list, default, ())
        if not all(isinstance(item, str) and item for item in found):
            self.fault(f"{key} must be a list of texts")
            return ()
        if len(set(found)) != len(found):
            self.fault(f"{key} repeats an item")
        return tuple(found)

    def numbers(self, key: str) -> tuple[Decimal, ...]:
        """A list of numbers; empty when the key is absent."""
        found = self._take(key, list, (), ())
        if not all(isinstance(item, (int, Decimal)) for item in found):
            self.fault(f"{key} must be a list of numbers")
            return ()
        return tuple(Decimal(item) for item in found)

    def word(self, key: str, allowed: tuple[Word, ...], default: Word = _MISSING) -> Word:
        """One of the allowed words."""
        value = self._take(key, str, default, allowed[0])
        if value not in allowed:
            self.fault(f"{key} is {value!r}, not one of {', '.join(allowed)}")
        return cast("Word", value)

    def words(self, key: str, allowed: tuple[Word, ...]) -> tuple[Word, ...]:
        """A list of allowed words."""
        found = self.texts(key)
        for item in found:
            if item not in allowed:
                self.fault(f"{key} has {item!r}, not one of {', '.join(allowed)}")
        return cast("tuple[Word, ...]", found)

    def table(self, key: str) -> Mapping[str, Any] | None:
        """A nested table, or None when the key is absent."""
        return cast("Mapping[str, Any] | None", self._take(key, dict, None, None))

    def rows(self, key: str) -> Iterator["Row"]:
        """The nested entries under a key; none when the key is absent."""
        for number, values in enumerate(self._take(key, list, (), ()), start=1):
            if isinstance(values, dict):
                yield Row(values, f"{self.where}, {key} {number}", self.faults)
            else:
                self.fault(f"{key} {number} is not a table")

    def nested(self, key: str) -> "Row | None":
        """A nested table as a row of its own."""
        values = self.table(key)
        return None if values is None else Row(values, f"{self.where}, {key}", self.faults)

    def status(self, key: str = "source_status") -> SourceStatus:
        """How far the value may be trusted."""
        value = self.text(key)
        if value and value not in _STATUSES:
            self.fault(f"{key} is {value!r}, which is no source status")
        return cast("SourceStatus", value)

    def done(self) -> None:
        """Everything known has been taken; the rest is a fault."""
        for key in self._left:
            self.fault(f"unknown key {key!r}")


def entries(document: Document, name: str, file: str, faults: list[str]) -> list[Row]:
    """The entries of one list of a file, with the list's defaults filled in.

    `[defaults.NAME]` gives keys to the entries that do not have them. `source` and `source_status` go together: an
    entry with a source of its own must say how far that one may be trusted.
    """
    defaults: Mapping[str, Any] = document.get("defaults", {}).get(name, {})
    without_source = {k: v for k, v in defaults.items() if k not in {"source", "source_status"}}
    found = []
    for number, values in enumerate(document.get(name, ()), start=1):
        label = values.get("id") or values.get("code") or values.get("units") or number
        own = "source" in values or "source_status" in values
        merged = {**(without_source if own else defaults), **values}
        found.append(Row(merged, f"{file}: {name} {label}", faults))
    if not found:
        faults.append(f"{file}: no {name} at all")
    return found
