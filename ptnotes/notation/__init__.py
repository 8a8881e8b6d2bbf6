"""The typed line: what a therapist writes, read as entries of a visit and written back. Pure: no file, no clock."""

from ptnotes.notation.completion import Candidate, completion
from ptnotes.notation.entries import (
    Entry,
    ExerciseEntry,
    MinutesEntry,
    MobilizationEntry,
    PainEntry,
    Problem,
    ReadEntry,
    Reading,
    RomEntry,
    TextEntry,
    reading_data,
)
from ptnotes.notation.line import Place, Taking, Understood, charted_in, taking
from ptnotes.notation.places import area_kind_of, sided
from ptnotes.notation.reader import read
from ptnotes.notation.rows import Charted, apply_entry, entries_of, entry_of, replace_entry
from ptnotes.notation.wording import explain, explain_values
from ptnotes.notation.writer import write

__all__ = [
    "Candidate",
    "Charted",
    "Entry",
    "ExerciseEntry",
    "MinutesEntry",
    "MobilizationEntry",
    "PainEntry",
    "Place",
    "Problem",
    "ReadEntry",
    "Reading",
    "RomEntry",
    "Taking",
    "TextEntry",
    "Understood",
    "apply_entry",
    "area_kind_of",
    "charted_in",
    "completion",
    "entries_of",
    "entry_of",
    "explain",
    "explain_values",
    "read",
    "reading_data",
    "replace_entry",
    "sided",
    "taking",
    "write",
]
