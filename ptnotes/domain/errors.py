"""What can go wrong, as types. Each error carries a code; `ptnotes.domain.sentences` turns the code into a sentence.

Three families, because three different people act on them: the person at the keyboard mends an `InputError`,
the person who looks after the PC mends an `EnvironmentFault`, and a `StaleError` is settled between two windows.
Anything else that is raised is a bug of ours and is never caught to be hidden.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


class PtNotesError(Exception):
    """Base of every error that has a sentence. `values` fill the sentence and never hold patient data."""

    def __init__(self, code: str, /, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, str] = values


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field: `field` names it (`rom.value`), `row` is its row's number or None."""

    code: str
    field: str
    row: int | None = None
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)


class InputError(PtNotesError):
    """What was typed cannot be stored; nothing was changed. `faults` stand beside their fields."""

    def __init__(self, *faults: Fault) -> None:
        first = faults[0]
        super().__init__(first.code, **first.values)
        self.faults = faults


class NotFoundError(PtNotesError):
    """The record asked for is not in this clinic's file."""


class AmbiguousError(PtNotesError):
    """Several records match where one is needed; `choices` are shown to pick from."""

    def __init__(self, code: str, /, choices: tuple[str, ...], **values: str) -> None:
        super().__init__(code, **values)
        self.choices = choices


class StaleError(PtNotesError):
    """Somebody saved a newer version (`current_revision`) after the one that this save was based on."""

    def __init__(self, code: str, current_revision: int) -> None:
        super().__init__(code, revision=str(current_revision))
        self.current_revision = current_revision


class AccessError(PtNotesError):
    """The file stays closed (wrong person or passphrase, told apart for nobody), or this is not this person's to do."""


class EnvironmentFault(PtNotesError):  # noqa: N818 - a fault of the surroundings, named as the docs name it
    """Something outside the program: disk full, file locked, not ours, truncated, newer, folder gone."""
