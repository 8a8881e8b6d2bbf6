"""The card of an episode that says how the screen stands, what it stops, who agreed to thrusts, and what went wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.contraindication import AdverseEvent, consent_in_force, positive_answers
from ptnotes.domain.permissions import Act
from ptnotes.domain.screening import asked_in_full_on
from ptnotes.domain.wording import full_date
from ptnotes.services import screening
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.screening import ScreenView, reasons_to_ask
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.screening.event_form import EventForm
from ptnotes.ui.screening.screen_page import why_words
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, Label, Pill, Rule, Tone

_TONES: dict[str, Tone] = {"stop": "danger", "no thrust": "warning", "precaution": "warning"}


class EventRow(QWidget):
    """One adverse event, with what followed. `changed` carries it as it is to be stored."""

    changed = Signal(object)

    def __init__(self, event: AdverseEvent, *, may: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.shown = event
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 2, 0, 2)
        outer.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(Label(f"{full_date(event.happened_on)}: {event.what}", wraps=True, parent=self), 1)
        is_open = event.closed_on is None
        state = "open" if event.closed_on is None else f"closed {full_date(event.closed_on)}"
        line.addWidget(Pill(state, "danger" if is_open else "neutral", self))
        outer.addLayout(line)
        if event.action:
            outer.addWidget(Label(f"Done: {event.action}", "small", wraps=True, parent=self))
        self.follow_up = QLineEdit(event.follow_up, self)
        self.follow_up.setPlaceholderText("What followed: called, seen by a physician, well since")
        self.follow_up.setAccessibleName(f"What followed: {event.what}")
        self.close_button = QPushButton("Close it", self)
        self.close_button.setAccessibleName(f"Close the adverse event: {event.what}")
        if is_open and may:
            second = QHBoxLayout()
            second.setSpacing(8)
            second.addWidget(self.follow_up, 1)
            second.addWidget(self.close_button)
            outer.addLayout(second)
        else:
            self.follow_up.hide()
            self.close_button.hide()
            if event.follow_up:
                outer.addWidget(Label(f"Followed: {event.follow_up}", "small", wraps=True, parent=self))
        self.follow_up.editingFinished.connect(self._follow)

    def followed(self) -> AdverseEvent:
        """The event with what is typed."""
        return replace(self.shown, follow_up=self.follow_up.text().strip())

    def begun(self) -> tuple[str, bool]:
        """What is typed and not stored, and whether the keyboard is there."""
        typed = self.follow_up.text() if self.followed() != self.shown else ""
        return typed, self.follow_up.hasFocus()

    def go_on(self, begun: tuple[str, bool] | None) -> None:
        """Go on with what was `begun` in the row that stood here before."""
        if begun is None or self.follow_up.isHidden():
            return
        typed, has_focus = begun
        if typed:
            self.follow_up.setText(typed)
        if has_focus:
            self.follow_up.setFocus()

    def _follow(self) -> None:
        if self.followed() != self.shown and not self.close_button.hasFocus():
            self.changed.emit(self.followed())


class SafetyCard(Card):
    """Shows the screen of the episode given to `show_episode`. `changed` carries the episode after a storing."""

    screen_asked = Signal()
    changed = Signal(object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Screening and safety", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._episode_id: int | None = None
        self._may = allows(clinic, Act.CHART_TREATMENT)
        self.open = QPushButton("Open the screen", self)
        self.open.clicked.connect(self.screen_asked)
        self.add_to_head(self.open)
        self.state = Label("", "body", wraps=True, parent=self)
        self.body.addWidget(self.state)
        self._positive = self._part()
        self.body.addWidget(Rule(self))
        line = QHBoxLayout()
        line.setSpacing(8)
        self.consent = Label("", wraps=True, parent=self)
        self.agree = QPushButton("The patient agreed today", self)
        self.take_back = QPushButton("Taken back today", self)
        line.addWidget(self.consent, 1)
        line.addWidget(self.agree)
        line.addWidget(self.take_back)
        self.body.addLayout(line)
        self.body.addWidget(Rule(self))
        self._events = self._part()
        self.rows: list[EventRow] = []
        self._listed: tuple[AdverseEvent, ...] | None = None
        self._followed: dict[int | None, AdverseEvent] = {}
        """Events as they were last stored from here."""
        self.report = QPushButton("Record an adverse event", self)
        self.report.setProperty("type", "quiet")
        self.report.setVisible(self._may)
        self.body.addWidget(self.report, 0, Qt.AlignmentFlag.AlignLeft)
        self.form = EventForm(clinic, tasks, theme, self)
        self.body.addWidget(self.form)
        self.fault = FaultLabel(self)
        self.body.addWidget(self.fault)
        self.agree.clicked.connect(partial(self._consent, screening.give_consent))
        self.take_back.clicked.connect(partial(self._consent, screening.withdraw_consent))
        self.report.clicked.connect(self._start_event)
        self.form.reported.connect(self._reported)

    def show_episode(self, episode_id: int) -> None:
        """Read the episode's screen and show how it stands."""
        if episode_id != self._episode_id:
            self.form.close_form()
            self.fault.say("")
        self._episode_id = episode_id
        read = partial(screening.episode_screen, self._clinic, episode_id)
        # An answer on its way to the file comes first.
        if self._tasks.unsaved:
            self._tasks.write(read, self.show_screen)
        else:
            self._tasks.read(read, self.show_screen, latest="screening.card")

    def show_screen(self, found: ScreenView) -> None:
        """Show how this screen stands."""
        if found.episode.id != self._episode_id:
            return
        reference = self._clinic.reference
        reasons = reasons_to_ask(reference, found)
        asked = asked_in_full_on(reference, found.screen.answers, found.scope.regions)
        said = f"Asked in full {full_date(asked)}. " if asked is not None else ""
        self.state.setText(
            f"{said}To be asked: {why_words(reference, reasons)}." if reasons else said.strip()
        )
        self.state.set_kind("warning" if reasons else "body")
        self._show_positive(positive_answers(reference, found.screen))
        consent = consent_in_force(found.screen.consents, found.today)
        given = f"agreed {full_date(consent.given_on)}" if consent is not None else "no consent recorded"
        self.consent.setText(f"Thrust (grade V): {given}")
        self.agree.setVisible(consent is None and self._may and allows(self._clinic, Act.GRADE_V))
        self.take_back.setVisible(consent is not None and self._may)
        self._show_events(found.screen.events)

    def unsaved_problem(self) -> str:
        """Say that something is typed that is not stored; empty where there is nothing."""
        return "An adverse event is begun and not recorded." if self.form.is_begun else ""

    def _part(self) -> QVBoxLayout:
        lines = QVBoxLayout()
        lines.setSpacing(4)
        self.body.addLayout(lines)
        return lines

    def _show_positive(self, positive: tuple[tuple[str, str], ...]) -> None:
        _clear(self._positive)
        for label, limit in positive:
            row = QWidget(self)
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
            line.addWidget(Pill(limit, _TONES[limit], row))
            line.addWidget(Label(label, wraps=True, parent=row), 1)
            self._positive.addWidget(row)

    def _show_events(self, events: tuple[AdverseEvent, ...]) -> None:
        if events == self._listed:
            return
        self._listed = events
        before = {row.shown.id: row.begun() for row in self.rows}
        for row in self.rows:
            # What is typed goes on in the row that takes its place.
            row.blockSignals(True)  # noqa: FBT003 - Qt takes no names
        _clear(self._events)
        self.rows = [EventRow(event, may=self._may, parent=self) for event in events]
        for row in self.rows:
            row.changed.connect(self._follow)
            row.close_button.clicked.connect(partial(self._close, row))
            self._events.addWidget(row)
            row.go_on(before.get(row.shown.id))
        if not events:
            self._events.addWidget(Label("No adverse event is recorded.", "muted", parent=self))

    def _consent(self, verb: object) -> None:
        if self._episode_id is not None and callable(verb):
            job = partial(verb, self._clinic, self._episode_id)
            self._tasks.write_in_turn(self, job, self._stored, self._failed)

    def _start_event(self) -> None:
        if self._episode_id is not None:
            self.form.start(self._episode_id)

    def _follow(self, event: AdverseEvent) -> None:
        self._tasks.in_turn(self, partial(self._store_event, event))

    def _store_event(self, event: AdverseEvent) -> None:
        # What was typed before it and is stored by now has brought another revision.
        stored = self._followed.get(event.id)
        if stored is not None:
            event = replace(event, revision=max(event.revision, stored.revision))
        if event != stored:
            self._tasks.write(
                partial(screening.follow_event, self._clinic, event), self._event_stored, self._failed
            )

    def _event_stored(self, event: AdverseEvent) -> None:
        self._followed[event.id] = event
        self._reported(event)

    def _close(self, row: EventRow) -> None:
        self._follow(replace(row.followed(), closed_on=self._clinic.today()))

    def _reported(self, event: AdverseEvent) -> None:
        read = partial(screening.episode_screen, self._clinic, event.episode_id)
        self._tasks.read(read, self._stored)

    def _stored(self, found: ScreenView) -> None:
        self.fault.say("")
        self.show_screen(found)
        self.changed.emit(found.episode)

    def _failed(self, error: Exception) -> None:
        self.fault.say(sentence_for(error))
        if self._episode_id is not None:
            self.show_episode(self._episode_id)


def _clear(lines: QVBoxLayout) -> None:
    while (item := lines.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
