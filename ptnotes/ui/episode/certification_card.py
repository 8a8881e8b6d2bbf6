"""The plan of care on its way to the physician and back, and when the patient sees the physician next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPushButton, QWidget

from ptnotes.domain.certification import Certification, PlanStanding, SentHow, standing
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import StaleError
from ptnotes.services.certification import plan_standing, save_certification, set_physician_visit
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label

_HOW = ("", *(how.value for how in SentHow))


class CertificationCard(Card):
    """Shows how far the plan is (`show_episode`); each change saves itself, and `stored` tells of it."""

    stored = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Certification", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._episode: EpisodeOfCare | None = None
        self._shown: PlanStanding | None = None
        self._base = Certification()
        self._sent: Certification | None = None
        self._lost = ""
        """Why that of an episode that was shown before is not stored."""
        self.changed = Label("", "warning", wraps=True)
        self.send_anew = QPushButton("Begin anew with the changed plan")
        self.sent_on, self.received_on, self.signed_on = (DateField(clinic.today) for _ in range(3))
        self.sent_to, self.signed_by = QLineEdit(), QLineEdit()
        self.sent_how = QComboBox()
        self.sent_how.addItems(_HOW)
        self.physician_visit = DateField(clinic.today, future=True)
        self.way = QWidget()
        self.fields = {
            "sent_on": FieldWithFault("Sent on", self.sent_on),
            "sent_to": FieldWithFault("To", self.sent_to),
            "sent_how": FieldWithFault("How", self.sent_how),
            "received_on": FieldWithFault("Came back on", self.received_on),
            "signed_on": FieldWithFault("Signed on", self.signed_on),
            "signed_by": FieldWithFault("Signed by", self.signed_by),
        }
        self.visit_field = FieldWithFault("Next visit to the physician", self.physician_visit)
        self.state = Label("", "fault", wraps=True)
        self._lay_out()
        for name in ("sent_on", "received_on", "signed_on"):
            line = getattr(self, name)
            line.date_changed.connect(partial(self._date_changed, name))
            line.problem_changed.connect(self.fields[name].set_fault)
        for line in (self.sent_to, self.signed_by):
            line.editingFinished.connect(self.flush)
        self.sent_how.activated.connect(self.flush)
        self.send_anew.clicked.connect(self._ask_anew)
        self.physician_visit.date_changed.connect(self._visit_changed)
        self.physician_visit.problem_changed.connect(self.visit_field.set_fault)

    def _lay_out(self) -> None:
        grid = QGridLayout(self.way)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        for place, field in enumerate(self.fields.values()):
            grid.addWidget(field, place // 3, place % 3, Qt.AlignmentFlag.AlignTop)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        self.body.addWidget(self.changed)
        self.body.addWidget(self.send_anew, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.way)
        self.body.addWidget(self.visit_field)
        self.body.addWidget(self.state)
        for widget in (self.changed, self.send_anew, self.state):
            widget.hide()

    def let_change(self, *, plan: bool, visit: bool) -> None:
        """Let the plan's way, or the next visit to the physician, be changed or only read."""
        self.way.setEnabled(plan)
        self.send_anew.setEnabled(plan)
        self.visit_field.setEnabled(visit)

    def show_episode(self, episode: EpisodeOfCare) -> None:
        """Read how far this episode's plan is. What is typed and not stored for the same episode stays."""
        if self._episode is None or self._episode.id != episode.id:
            self._shown = self._sent = None
            self._put(Certification(episode_id=episode.id or 0))
            self.physician_visit.set_date(None)
            self._lost = ""
            self._say("")
        self._episode = episode
        if episode.id is not None:
            read = partial(plan_standing, self._clinic, episode.id)
            self._tasks.read(read, partial(self._show, episode.id), latest="plan standing")

    def flush(self) -> None:
        """Hand a change to the writer, if there is one. What is changed during a save follows right after it."""
        self._tasks.in_turn(self, self._store)

    def _store(self) -> None:
        for line in (self.sent_on, self.received_on, self.signed_on):
            if not line.read_text():
                return
        typed = self._typed()
        if self._shown is None or typed == self._base:
            return
        self._sent = typed
        job = partial(save_certification, self._clinic, typed)
        self._tasks.write(job, partial(self._saved, typed), partial(self._refused, typed))

    def unsaved_problem(self) -> str:
        """Why a change could not be stored, empty where all are."""
        faults = [field.fault for field in (*self.fields.values(), self.visit_field) if field.fault]
        if faults:
            return f"The certification is not stored. {faults[0]}"
        return self.state.text()

    def _show(self, episode_id: int, found: PlanStanding) -> None:
        if self._episode is None or self._episode.id != episode_id:
            return
        is_untouched = self._shown is None or self._typed() == self._base
        self._shown = found
        if self._sent is None and is_untouched:
            self._put(found.certification or Certification(episode_id=episode_id))
            self.physician_visit.set_date(found.physician_visit_on)
        self._tell()

    def _put(self, certification: Certification) -> None:
        self._base = certification
        for name in ("sent_on", "received_on", "signed_on"):
            getattr(self, name).set_date(getattr(certification, name))
        self.sent_to.setText(certification.sent_to)
        self.signed_by.setText(certification.signed_by)
        self.sent_how.setCurrentIndex(
            _HOW.index(certification.sent_how) if certification.sent_how in _HOW else 0
        )
        for field in self.fields.values():
            field.set_fault("")

    def _typed(self) -> Certification:
        return replace(
            self._base,
            sent_on=self.sent_on.day,
            sent_to=self.sent_to.text().strip(),
            sent_how=self.sent_how.currentText() or self._base.sent_how * (self._base.sent_how not in _HOW),
            received_on=self.received_on.day,
            signed_on=self.signed_on.day,
            signed_by=self.signed_by.text().strip(),
        )

    def _tell(self) -> None:
        found = self._shown or PlanStanding()
        stored = found.certification
        is_older = stored is not None and found.is_changed and self._base.id == stored.id
        self.set_note(standing(self._base if self._base.id is not None else None))
        self.changed.setText("The plan was changed since it was sent." if is_older else "")
        self.changed.setVisible(is_older)
        self.send_anew.setVisible(is_older)

    def _ask_anew(self) -> None:
        # A save on its way would be taken for that of the card that begins.
        self._tasks.in_turn(self, self._begin_anew)

    def _begin_anew(self) -> None:
        """Empty the card for the plan as it is now; what came before stays in the record."""
        self._put(Certification(episode_id=self._base.episode_id))
        self._tell()
        self.sent_on.setFocus()

    def _date_changed(self, name: str, day: date | None) -> None:
        """Fill in what is nearly always so, to be changed where it is not: who it goes to, that it came back today."""
        if name == "sent_on" and day is not None and not self.sent_to.text() and self._episode is not None:
            self.sent_to.setText(self._episode.referrer)
        if name == "signed_on" and day is not None:
            if not self.signed_by.text():
                self.signed_by.setText(self.sent_to.text())
            if self.received_on.day is None:
                self.received_on.set_date(self._clinic.today())
        self.flush()

    def _visit_changed(self, day: date | None) -> None:
        if self._episode is not None and self._episode.id is not None:
            job = partial(set_physician_visit, self._clinic, self._episode.id, day)
            self._tasks.write(job, self._visit_saved, self._tell_failure)

    def _visit_saved(self, _day: object) -> None:
        self._say("")
        self.stored.emit()

    def _saved(self, sent: Certification, saved: Certification) -> None:
        self._sent = None
        if saved.episode_id != self._base.episode_id:
            # What was typed meanwhile of the episode that is shown waited for this.
            self._store()
            return
        self._base = replace(sent, id=saved.id, revision=saved.revision, plan_version=saved.plan_version)
        found = self._shown or PlanStanding()
        known = found.certification
        is_another = known is None or known.id != saved.id
        self._shown = replace(found, certification=saved, is_changed=found.is_changed and not is_another)
        for field in self.fields.values():
            field.set_fault("")
        self._say("")
        self._tell()
        self.stored.emit()
        self._store()

    def _refused(self, sent: Certification, error: Exception) -> None:
        self._sent = None
        if sent.episode_id != self._base.episode_id:
            self._lost = f"Of the episode that was shown before, the certification is not stored. {sentence_for(error)}"
            self._say("")
            self._store()
            return
        faults = faults_by_field(error)
        for name, field in self.fields.items():
            field.set_fault(faults.get(f"certification.{name}", ""))
        if not faults:
            self._tell_failure(error)
        if isinstance(error, StaleError) and self._episode is not None:
            # Somebody else stored a newer one: it is shown, and typing it again is a matter of one field.
            self._shown = None
            self.show_episode(self._episode)

    def _tell_failure(self, error: Exception) -> None:
        self._say(sentence_for(error))

    def _say(self, fault: str) -> None:
        told = " ".join(words for words in (self._lost, fault) if words)
        self.state.setText(told)
        self.state.setVisible(bool(told))
