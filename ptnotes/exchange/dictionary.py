"""The data dictionary of a CSV export: a row a column, made from what the store says and from the meanings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from ptnotes.clinical import Reference
from ptnotes.exchange.meanings import EVERYWHERE, FILES, NO_UNIT, UNITS
from ptnotes.exchange.meanings_of_files import OF_FILES

HEADS = ("file", "column", "meaning", "unit", "values")
CODE_HEADS = ("list", "id", "label")
_NUMBER = "number"
_HOW = {
    "text": "text",
    _NUMBER: "a number",
    "date": "YYYY-MM-DD",
    "time": "HH:MM:SS, in the zone of its row",
    "instant": "YYYY-MM-DDTHH:MM:SS.ffffffZ, in UTC",
    "yes or no": "true, false",
    "ids": "ids of codes.csv with single spaces between",
    "uuid": "a uuid",
    "hexadecimal": "hexadecimal digits",
    "points": "points",
}
CODE_LISTS = (
    "regions", "targets", "techniques", "grades", "directions", "movements", "patient_positions", "responses",
    "motions", "methods", "test_positions", "rom_words", "end_feels", "strength_grades", "segment_mobility",
    "reflex_grades", "reflex_sites", "myotomes", "dermatomes", "upper_motor_neuron_signs", "measures", "body_chart",
    "screening_items", "interventions", "exercises", "modifiers",
)  # fmt: skip
"""The lists of the reference data whose ids stand in the files."""


class Described(Protocol):
    """A column as the store describes it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def sort(self) -> str:
        """What kind of value it holds."""

    @property
    def values(self) -> tuple[str, ...]:
        """What a choice may be."""

    @property
    def of(self) -> str:
        """The file that its uuid is found in."""


def meaning(file: str, column: str) -> str:
    """What a column means. Raises KeyError where nobody said."""
    return OF_FILES.get(file, {}).get(column) or EVERYWHERE[column]


def unit(file: str, column: str) -> str:
    """The unit of a number, empty for a number that is a name or an order. Raises KeyError where nobody said."""
    if column in NO_UNIT:
        return ""
    return UNITS.get(f"{file}.{column}") or UNITS[column]


def dictionary(files: Mapping[str, Sequence[Described]]) -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of the dictionary: each file as a whole, then its columns; `codes` and `dictionary` come last."""
    for file, columns in files.items():
        yield file, "", FILES[file], "", ""
        for column in columns:
            is_number = column.sort in (_NUMBER, "points")
            yield (
                file,
                column.name,
                meaning(file, column.name),
                unit(file, column.name) if is_number else "",
                _values(column),
            )
    for file, heads in (("codes", CODE_HEADS), ("dictionary", HEADS)):
        yield file, "", FILES[file], "", ""
        for head in heads:
            yield file, head, meaning(file, head), "", _HOW["text"]


def code_rows(reference: Reference) -> Iterator[tuple[str, str, str]]:
    """Every id of the reference data that may stand in the files, with its list and its label."""
    for name in CODE_LISTS:
        for key, entry in getattr(reference, name).items():
            yield name, key, getattr(entry, "full_label", entry.label)


def _values(column: Described) -> str:
    if column.of:
        return f"a uuid of {column.of}.csv"
    return ", ".join(column.values) if column.values else _HOW[column.sort]
