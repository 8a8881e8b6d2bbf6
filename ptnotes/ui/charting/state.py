"""The state of the charting screen: the visit as one immutable value, and the values before and after it.

Every view paints from the value and changes it only through `DraftState.put`, so spine, tables and note can never
disagree, and undo is a list of values that covers them all.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from ptnotes.domain.treatment import TreatmentSession

_DEPTH = 1000


class DraftState(QObject):
    """Holds the visit on the screen. `changed` carries the value before and after: a view paints what differs."""

    changed = Signal(object, object)
    saved = Signal(object)
    """The instant (UTC) of the last save."""

    def __init__(self, session: TreatmentSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._undo: list[TreatmentSession] = []
        self._redo: list[TreatmentSession] = []
        self._step: Hashable = None

    @property
    def session(self) -> TreatmentSession:
        """The visit as it is now."""
        return self._session

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._undo)

    def put(self, session: TreatmentSession, step: Hashable = None) -> None:
        """Take a new value. Consecutive values of one `step` are undone together; None is a step of its own."""
        before = self._session
        if session is before or session == before:
            return
        if step is None or step != self._step:
            self._undo.append(before)
            del self._undo[:-_DEPTH]
        elif self._undo and _content(self._undo[-1]) == _content(session):
            # What was typed in this step was taken back by hand: there is nothing left to undo.
            self._undo.pop()
            step = None
        self._redo.clear()
        self._step = step
        self._session = session
        self.changed.emit(before, session)

    def end_step(self) -> None:
        """Have the next value begin a new step, whatever its name: the field that was typed in was left."""
        self._step = None

    def undo(self) -> None:
        """Take the last step back."""
        if self._undo:
            self._redo.append(self._session)
            self._show(self._undo.pop())

    def redo(self) -> None:
        """Take the last undone step again."""
        if self._redo:
            self._undo.append(self._session)
            self._show(self._redo.pop())

    def mark_saved(self, stored: TreatmentSession) -> None:
        """Take over what the store gave the visit (id, revision, time of saving); what was typed meanwhile stays."""
        self._session = _with_storage(self._session, stored)
        if stored.saved_at is not None:
            self.saved.emit(stored.saved_at)

    def rebase(self, revision: int) -> None:
        """Have the next save follow a revision that somebody else stored: what is on this screen replaces it."""
        self._session = replace(self._session, revision=revision)

    def adopt(self, stored: TreatmentSession) -> None:
        """Show a version that somebody else stored, as a step that can be undone."""
        before = self._session
        self._undo.append(before)
        self._redo.clear()
        self._step = None
        self._session = replace(stored, next_row=max(stored.next_row, before.next_row))
        self.changed.emit(before, self._session)

    def _show(self, session: TreatmentSession) -> None:
        before = self._session
        # Row numbers are never given twice, also not after an undo.
        self._session = replace(_with_storage(session, before), next_row=before.next_row)
        self._step = None
        self.changed.emit(before, self._session)


def same_content(first: TreatmentSession, second: TreatmentSession) -> bool:
    """Whether two values chart the same, apart from what the store keeps about them."""
    return first is second or _content(first) == _content(second)


def _content(session: TreatmentSession) -> TreatmentSession:
    return replace(session, id=None, uuid="", revision=0, saved_at=None, next_row=1)


def _with_storage(session: TreatmentSession, stored: TreatmentSession) -> TreatmentSession:
    return replace(
        session,
        id=stored.id,
        uuid=stored.uuid,
        author_id=stored.author_id,
        state=stored.state,
        revision=stored.revision,
        saved_at=stored.saved_at,
    )


_PARTS = (
    ("date and times", ("service_date", "time_in", "time_out", "kind", "status", "status_reason")),
    ("mobilization", ("mobilizations",)),
    ("services", ("interventions",)),
    ("exercises", ("exercises",)),
    ("range of motion", ("rom",)),
    ("pain", ("pain",)),
    ("comparable signs", ("comparable_signs",)),
    ("examination", ("findings",)),
    ("vital signs", ("vitals",)),
    ("body chart", ("body_chart",)),
    ("note", ("note",)),
    ("typed line", ("pending_line",)),
)


def differing_parts(first: TreatmentSession, second: TreatmentSession) -> tuple[str, ...]:
    """In which parts two versions of a visit differ, in words."""
    return tuple(
        words
        for words, fields in _PARTS
        if any(getattr(first, field) != getattr(second, field) for field in fields)
    )
