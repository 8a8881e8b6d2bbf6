"""What a home programme sheet says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ptnotes.reports.document_data import DocumentData


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeExercise:
    """One exercise in words for the patient. `dose`, `load` and `often` are empty where nothing was charted, never
    guessed; `often` says how often it is done. `cue` stands as it was charted.
    """

    name: str
    dose: str = ""
    load: str = ""
    often: str = ""
    cue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeSheetData(DocumentData):
    """A whole sheet. `called` is the patient's name as it is said.

    `shown_on` is the day of the visit whose exercises these are, None where no visit has any.

    `is_latest` says whether that was the latest visit. `watch_for` are words to the patient. For
    `emergencies` the patient gets help at once, for `same_day` they call on the same day; `sources` say where these
    signs are from.
    """

    called: str
    shown_on: date | None = None
    is_latest: bool = True
    exercises: tuple[HomeExercise, ...] = ()
    watch_for: str = ""
    emergencies: tuple[str, ...] = ()
    same_day: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
