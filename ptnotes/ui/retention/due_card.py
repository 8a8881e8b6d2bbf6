"""The records whose time is over: to be chosen, and disposed of with a reason and the passphrase."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from ptnotes.domain.retention import Obstacle, Retention
from ptnotes.domain.wording import full_date, how_many
from ptnotes.services.opening import OpenClinic
from ptnotes.services.retention import MOST_DUE, Disposed, dispose_of_records, records_due
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.signing.passphrase_line import PassphraseLine
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label, LabelType
from ptnotes.ui.widgets.table import GridTable

OBSTACLE_WORDS = {
    Obstacle.OPEN_EPISODE: "an episode is open",
    Obstacle.PLANNED_VISIT: "a visit is planned",
    Obstacle.UNANSWERED_REQUEST: "a request to amend a note has no answer",
    Obstacle.UNSEEN_EMERGENCY: "it was read in an emergency that nobody has looked at",
    Obstacle.RECENT_DISCLOSURE: "something was disclosed in the last six years",
    Obstacle.NOT_YET: "its time is not over",
}
_FOR_GOOD = (
    "Everything of the chosen records is deleted from this file for good; their record number, the day, the reason and "
    "your name remain. Backups made before still hold them until they are replaced or destroyed. For a legal hold set "
    "a later date in the patient’s history."
)


class DueCard(Card):
    """Lists what is due (`show_due`); emits `disposed` with the patients' ids when records are gone."""

    disposed = Signal(object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Records whose time is over", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self.boxes: dict[int, QCheckBox] = {}
        self._sent: tuple[int, ...] = ()
        self.table = GridTable(("Record", "Patient", "Last visit", "Kept until", ""))
        self.state = Label("", wraps=True)
        self.state.hide()
        self.none = Label("None today.", "muted")
        self.reason = QLineEdit()
        self.reason.setMaxLength(200)
        self.reason_field = FieldWithFault(
            "Reason", self.reason, hint="stays when the record is gone: no name of a patient", required=True
        )
        self.passphrase = PassphraseLine(theme)
        self.passphrase.cancel.hide()
        self.caution = Label(_FOR_GOOD, "warning", wraps=True)
        for widget in (
            self.state, self.none, self.table, self.caution, self.reason_field, self.passphrase,
        ):  # fmt: skip
            self.body.addWidget(widget)
        self.passphrase.given.connect(self._dispose)
        self._show(())
        self.none.hide()

    def show_due(self) -> None:
        """Read what is due, and let go of what was chosen."""
        self.reason.clear()
        self.reason_field.set_fault("")
        self._say("", "body")
        self.none.hide()
        self.set_note("looking…")
        self._tasks.read(partial(records_due, self._clinic), self._show, self._tell, latest="records due")

    def chosen(self) -> tuple[int, ...]:
        """The ids of the patients whose records are chosen."""
        return tuple(patient_id for patient_id, box in self.boxes.items() if box.isChecked())

    def _show(self, due: Sequence[Retention]) -> None:
        self.boxes = {}
        rows: list[tuple[str | QWidget, ...]] = []
        for one in due:
            box = QCheckBox(one.mrn)
            box.setAccessibleName(f"Dispose of record {one.mrn}")
            box.setEnabled(not one.obstacles)
            box.toggled.connect(self._offer)
            self.boxes[one.patient_id] = box
            against = "; ".join(OBSTACLE_WORDS[obstacle] for obstacle in one.obstacles)
            kept = "" if one.keep_until is None else full_date(one.keep_until)
            name = Label(one.name, wraps=True)
            rows.append((box, name, full_date(one.last_activity), kept, Label(against, "small", wraps=True)))
        self.table.show_rows(rows)
        for widget in (self.table, self.caution, self.reason_field, self.passphrase):
            widget.setVisible(bool(due))
        self.none.setVisible(not due)
        self.set_note(f"the first {MOST_DUE}" if len(due) == MOST_DUE else "")
        self._offer()

    def _offer(self) -> None:
        count = len(self.chosen())
        words = f"Dispose of {how_many(count, 'record')} for good"
        self.passphrase.offer(words if count else "Choose records above", ready=count > 0 and not self._sent)

    def _dispose(self, passphrase: str) -> None:
        self._sent = self.chosen()
        self._offer()
        job = partial(dispose_of_records, self._clinic, self._sent, self.reason.text(), passphrase)
        self._tasks.write(job, self._gone, self._refused)

    def _gone(self, done: Disposed) -> None:
        sent, self._sent = self._sent, ()
        self.reason.clear()
        self.reason_field.set_fault("")
        count = how_many(done.count, "record is", "records are")
        words = f"{count} disposed of. Backups made before still hold what was disposed of."
        if not done.is_overwritten:
            words += (
                " The free space of the file could not be written anew, for want of room on the disk or because another"
                " program uses the file; that is done with the next disposal."
            )
        self._say(words, "ok" if done.is_overwritten else "warning")
        self.disposed.emit(sent)
        self._tasks.read(partial(records_due, self._clinic), self._show, self._tell, latest="records due")

    def _refused(self, error: Exception) -> None:
        self._sent = ()
        self.reason_field.set_fault(faults_by_field(error).get("disposal.reason", ""))
        if not self.reason_field.fault:
            self._tell(error)
        self._offer()

    def _tell(self, error: Exception) -> None:
        self.set_note("")
        self._say(sentence_for(error), "fault")

    def _say(self, words: str, kind: LabelType) -> None:
        self.state.set_kind(kind)
        self.state.setText(words)
        self.state.setVisible(bool(words))
