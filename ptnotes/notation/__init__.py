"""The typed line: what a therapist writes, read as entries of a visit and written back. Pure: no file, no clock."""

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
from ptnotes.notation.reader import read

__all__ = [
    "Entry",
    "ExerciseEntry",
    "MinutesEntry",
    "MobilizationEntry",
    "PainEntry",
    "Problem",
    "ReadEntry",
    "Reading",
    "RomEntry",
    "TextEntry",
    "read",
    "reading_data",
]
