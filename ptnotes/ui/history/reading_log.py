"""Whose chart was opened is written down here; and here it is said while it cannot be."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from ptnotes.domain.audit import Subject, Verb
from ptnotes.services.audit import note_read
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.labels import Label


class ReadingLog(Label):
    """A warning above the window's content, hidden while the audit is well."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("", "warning", wraps=True, parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self._patient_id: int | None = None
        self.setContentsMargins(16, 8, 16, 8)
        self.hide()

    def note_chart(self, patient_id: int | None) -> None:
        """Write down that this patient's chart was opened, once until another is or the chart is left (None).

        It is written behind the reading, which never waits for it.
        """
        if patient_id == self._patient_id:
            return
        self._patient_id = patient_id
        if patient_id is not None:
            note = partial(
                note_read, self._clinic, Verb.VIEWED, Subject.PATIENT, patient_id, patient_id=patient_id
            )
            self._tasks.write(note, self._look_again)

    def look(self) -> None:
        """Say what is wrong with the audit, if something is; charts stay readable."""
        if self._clinic.audit_is_doubted:
            self.setText(
                "The audit of this file lacks what the key file knows of it. Charts stay readable; an administrator"
                " should check it."
            )
        elif self._clinic.unlogged:
            self.setText(
                "Who reads what cannot be written down now. Charts stay readable, and the gap will be told."
            )
        self.setVisible(self._clinic.audit_is_doubted or bool(self._clinic.unlogged))

    def _look_again(self, _written: bool) -> None:
        self.look()
