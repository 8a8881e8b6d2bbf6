"""The whole screen of an episode on one page, answered with keys: Y, N, and N on a heading for none of these."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.permissions import Act
from ptnotes.domain.screening import AskAgain
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.screening import ScreenView, episode_screen, reasons_to_ask
from ptnotes.ui.keys import SHEET
from ptnotes.ui.override import override
from ptnotes.ui.screening.answers import AnswerSaver
from ptnotes.ui.screening.look import stylesheet
from ptnotes.ui.screening.question import Said, meaning
from ptnotes.ui.screening.questions import Questions
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Heading, Label

WHY_WORDS = {
    AskAgain.NEVER_ASKED: "it was never asked",
    AskAgain.UNANSWERED: "questions are open",
    AskAgain.NEW_REGION: "another region is treated",
    AskAgain.NEW_DIAGNOSIS: "there is a new diagnosis",
    AskAgain.ALERTING_RESPONSE: "a response at a visit since was alarming",
}


def why_words(reference: Reference, reasons: Sequence[AskAgain]) -> str:
    """Why the screen is to be asked, as the end of a sentence."""
    interval = reference.screening_intervals["ask_again"]
    whose = ", by the clinic’s own interval" if interval.own is not None else ""
    too_long_ago = f"it is {interval.days} days old or older{whose}"
    return " and ".join(WHY_WORDS.get(reason, too_long_ago) for reason in reasons)


class ScreenPage(QWidget):
    """Shows the screen of one episode. `left` is emitted when whoever asked is done, `stored` with each storing."""

    left = Signal()
    stored = Signal(object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._found: ScreenView | None = None
        self.questions: Questions | None = None
        self.saver = AnswerSaver(clinic, tasks, self)
        self.saver.stored.connect(self._stored)
        self.setProperty("ground", "window")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(20), theme.px(10), theme.px(16), theme.px(8))
        outer.setSpacing(theme.space(2))
        top = QHBoxLayout()
        top.setSpacing(theme.space(4))
        top.addWidget(Heading("Screening", parent=self))
        self.state = Label("", "small", wraps=True, parent=self)
        top.addWidget(self.state, 1)
        self.done = QPushButton("Done", self)
        self.done.setToolTip("Back (Esc). Answers are stored by themselves.")
        self.done.clicked.connect(self._leave)
        top.addWidget(self.done)
        outer.addLayout(top)
        self.fault = Label("", "fault", wraps=True, parent=self)
        self.fault.hide()
        self.saver.failed.connect(self._tell_fault)
        outer.addWidget(self.fault)
        self.scroller = QScrollArea(self)
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setProperty("ground", "window")
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self.scroller, 1)
        self.question = Label("", "body", wraps=True, parent=self)
        self.detail = Label("", "small", wraps=True, parent=self)
        outer.addWidget(self.question)
        outer.addWidget(self.detail)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_episode(self, episode_id: int) -> None:
        """Read the episode's screen and show it, at the first question that is open."""
        read = partial(episode_screen, self._clinic, episode_id)
        self._tasks.read(read, self.show_screen, latest="screening")

    def show_screen(self, found: ScreenView) -> None:
        """Show this screen, at the first question that is open."""
        self._found = found
        reference = self._clinic.reference
        self.questions = questions = Questions(reference, found, self._theme)
        questions.setEnabled(allows(self._clinic, Act.CHART_TREATMENT))
        questions.answered.connect(self._answered)
        questions.focused.connect(self._tell_question)
        questions.shown.connect(self._bring_into_sight)
        questions.ended.connect(self._end)
        questions.arrange(self.width())
        self.scroller.setWidget(questions)
        questions.show_answers(reference, found, self.saver.said_in(found.episode.id or 0))
        self._tell_state()
        questions.focus_first()

    def flush(self) -> None:
        """Hand what is answered to the writer now."""
        self.saver.flush()

    def unsaved_problem(self) -> str:
        """Why answers are not stored, empty where they are."""
        return self.saver.problem

    def _tell_state(self) -> None:
        """Say how the screen stands, and why it is asked."""
        found, questions = self._found, self.questions
        if found is None or questions is None:
            return
        reference = self._clinic.reference
        regions = ", ".join(reference.regions[region].label for region in found.scope.regions)
        count, total = len(questions.open_rows), len(questions.rows)
        if count:
            reasons = reasons_to_ask(reference, found)
            why = f" Asked because {why_words(reference, reasons)}." if reasons else ""
            self.state.setText(f"{regions}: {count} of {total} open.{why}")
        else:
            words = f"{regions}: all {total} answered. A clean screen lowers risk; "
            self.state.setText(f"{words}it never shows that a thrust is safe.")

    def _answered(self, item: str, said: Said) -> None:
        if self._found is not None and self._found.episode.id is not None:
            self.saver.take(self._found.episode.id, item, said)
            self._tell_state()

    def _bring_into_sight(self, target: QWidget) -> None:
        self.scroller.ensureWidgetVisible(target, 0, self._theme.px(24))

    def _end(self) -> None:
        self.done.setFocus(Qt.FocusReason.TabFocusReason)

    def _tell_question(self, item_id: str) -> None:
        item = self._clinic.reference.screening_items[item_id]
        self.question.setText(item.question)
        self.detail.setText(f"{meaning(self._clinic.reference, item)} Why: {item.why}.")
        self.detail.setToolTip(f"Source: {item.source}")

    def _stored(self, found: ScreenView) -> None:
        if self._found is not None and found.episode.id == self._found.episode.id:
            self._found = found
            self._tell_state()
        self.stored.emit(found)

    def _tell_fault(self, sentence: str) -> None:
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))

    def _leave(self) -> None:
        self.flush()
        self.left.emit()

    def _restyle(self) -> None:
        self.setStyleSheet(stylesheet(self._theme))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if SHEET.pressed(event) == "close":
            self._leave()
            return
        super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.questions is not None:
            self.questions.arrange(self.width())
