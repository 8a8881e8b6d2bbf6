"""Taking a patient out of the lists, and bringing one back. Nothing of theirs is ever deleted."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from ptnotes.domain.patient import Patient
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import archive_patient, unarchive_patient
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.toast import Toast


class Archiving(QObject):
    """Archives in the background; offers to undo it, and emits `archived` or `brought_back` with the id."""

    archived = Signal()
    brought_back = Signal(int)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, toast: Toast, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._toast = toast

    def archive(self, patient_id: int) -> None:
        """Take the patient out of the lists."""
        job = partial(archive_patient, self._clinic, patient_id)
        self._tasks.write_in_turn(self, job, self._archived)

    def bring_back(self, patient_id: int) -> None:
        """Bring the patient back into the lists."""
        self._tasks.write(partial(unarchive_patient, self._clinic, patient_id), self._brought_back)

    def _archived(self, patient: Patient) -> None:
        self.archived.emit()
        if patient.id is not None:
            take_back = partial(self.bring_back, patient.id)
            self._toast.offer_undo("Archived. Everything of the patient is kept.", take_back)

    def _brought_back(self, patient: Patient) -> None:
        if patient.id is not None:
            self.brought_back.emit(patient.id)
