"""One question of the screen: its label, yes or no, and where it applies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.clinical.screening import ScreeningItem
from ptnotes.domain.screening import Answer, ScreenAnswer, Site
from ptnotes.domain.wording import day_and_month
from ptnotes.ui.keys import SCREEN
from ptnotes.ui.override import override
from ptnotes.ui.screening.sites import SiteField
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.labels import Label, Pill
from ptnotes.ui.widgets.pick_list import PickItem

_CLASS = {"contraindicated": "stop", "precaution": "precaution", "usual_care": "usual care"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a question was answered with on the screen, and where it applies."""

    answer: Answer
    sites: tuple[Site, ...] = ()


def limit_of(item: ScreeningItem) -> tuple[str, str]:
    """(``stop``, ``no thrust`` or ``precaution``; the tone it is shown in) of an item answered with yes."""
    if item.class_mobilization == "contraindicated":
        return "stop", "danger"
    if item.class_thrust == "contraindicated":
        return "no thrust", "warning"
    return "precaution", "warning"


def meaning(reference: Reference, item: ScreeningItem) -> str:
    """What a yes means: its classes, and what to do."""
    action = reference.actions[item.action].text if item.action in reference.actions else ""
    grades = f"Grades I–IV: {_CLASS[item.class_mobilization]}. Thrust: {_CLASS[item.class_thrust]}."
    return f"{grades} {action}"


class QuestionRow(QFrame):
    """Takes the keys of `SCREEN`. Emits what was answered and where the focus is to go.

    `answered` carries the item's id and a `Said`; `moved` the key's id: up, down, left or right.
    """

    answered = Signal(str, object)
    moved = Signal(str)
    focused = Signal(str)

    def __init__(
        self,
        item: ScreeningItem,
        implied: str,
        reference: Reference,
        find: Callable[[str], Sequence[PickItem]],
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.item = item
        self._implied = implied
        self.said: Said | None = None
        self.setProperty("type", "question")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(5), theme.px(1), theme.px(3), theme.px(1))
        outer.setSpacing(theme.space(1))
        line = QHBoxLayout()
        line.setSpacing(theme.space(2))
        self.label = Label(item.label, wraps=True, parent=self)
        line.addWidget(self.label, 1)
        self.pill = Pill(parent=self)
        self.pill.hide()
        line.addWidget(self.pill)
        self.before = Label("", "caption", parent=self)
        line.addWidget(self.before)
        self.buttons = {answer: self._button(answer) for answer in (Answer.YES, Answer.NO)}
        for button in self.buttons.values():
            line.addWidget(button)
        outer.addLayout(line)
        self.reason = Label(
            f"Asked first because of: {implied}" if implied else "", "warning", wraps=True, parent=self
        )
        self.reason.setVisible(bool(implied))
        outer.addWidget(self.reason)
        self.sites: SiteField | None = None
        if item.needs_site:
            self.sites = SiteField(reference, find, f"{item.label}: where", theme, self)
            self.sites.changed.connect(self._sites_changed)
            self.sites.done.connect(self._sites_done)
            self.sites.hide()
            outer.addWidget(self.sites)

    @property
    def is_open(self) -> bool:
        """Whether it has neither yes nor no."""
        return self.said is None or self.said.answer is Answer.UNKNOWN

    def _button(self, answer: Answer) -> QToolButton:
        button = QToolButton(self)
        button.setText(answer.value.capitalize())
        button.setProperty("type", "answer")
        button.setProperty("said", answer.value)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAccessibleName(f"{self.item.label}: {answer.value}")
        button.clicked.connect(self._yes if answer is Answer.YES else self._no)
        return button

    def show_said(self, said: Said | None, before: ScreenAnswer | None) -> None:
        """Show the answer that counts, and beside it the one before where it has to be asked again."""
        self.said = said
        for answer, button in self.buttons.items():
            button.setChecked(said is not None and said.answer is answer)
        yes = said is not None and said.answer is Answer.YES
        words, tone = limit_of(self.item)
        self.pill.show_fact(words if yes else "", "danger" if tone == "danger" else "warning")
        unknown = said is not None and said.answer is Answer.UNKNOWN
        last = f"{before.answer.value}, {day_and_month(before.on)}" if before is not None else ""
        self.before.setText("not known" if unknown else last)
        self.before.setVisible(bool(self.before.text()))
        if self.sites is not None:
            self.sites.setVisible(yes or (bool(self._implied) and said is None))
            self.sites.show_sites(said.sites if said is not None else ())
        self._mark("stop" if yes and words == "stop" else "yes" if yes else "")
        self.setAccessibleName(f"{self.item.question} {self._spoken(last)}")

    def _spoken(self, last: str) -> str:
        if self.said is None:
            return f"Not answered. Last: {last}." if last else "Not answered."
        return f"Answer: {self.said.answer.value}."

    def _mark(self, said: str) -> None:
        if self.property("said") != said:
            self.setProperty("said", said)
            restyle(self)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = SCREEN.pressed(event)
        if pressed == "yes":
            self._yes()
        elif pressed == "no":
            self._no()
        elif pressed == "unknown":
            self._say(Said(Answer.UNKNOWN))
            self.moved.emit("down")
        elif pressed in ("up", "down", "left", "right"):
            self.moved.emit(pressed)
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(self.item.id)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def _yes(self) -> None:
        sites = self.said.sites if self.said is not None and self.said.answer is Answer.YES else ()
        self._say(Said(Answer.YES, sites))
        if self.sites is not None:
            self.sites.pick.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.moved.emit("down")

    def _no(self) -> None:
        self._say(Said(Answer.NO))
        self.moved.emit("down")

    def _sites_changed(self, sites: tuple[Site, ...]) -> None:
        self._say(Said(Answer.YES, sites))
        if self.sites is not None:
            self.sites.pick.setFocus(Qt.FocusReason.OtherFocusReason)

    def _sites_done(self) -> None:
        self.moved.emit("down")

    def _say(self, said: Said) -> None:
        self.show_said(said, None)
        self.answered.emit(self.item.id, said)


class NoneRow(QFrame):
    """The title of a heading with “none of these”, which answers each of its questions with no."""

    chosen = Signal()
    moved = Signal(str)

    def __init__(self, heading: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("type", "question")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.px(5), theme.px(1), theme.px(3), theme.px(1))
        line.setSpacing(theme.space(2))
        self._heading = heading
        line.addWidget(Label(heading, "strong", wraps=True, parent=self), 1)
        self.count = Label("", "caption", parent=self)
        line.addWidget(self.count)
        self.button = QToolButton(self)
        self.button.setProperty("type", "answer")
        self.button.setProperty("said", "no")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.chosen)
        line.addWidget(self.button)

    def show_open(self, count: int, *, others: bool) -> None:
        """Show how many questions “none” answers with no; `others` are left out: implied, or answered with yes."""
        self.count.setText("" if count else "✓ answered")
        self.count.setVisible(not count)
        words = "None of the other" if others else "None of these"
        self.button.setText(f"{words} {count}")
        self.button.setVisible(bool(count))
        spoken = f"{count} open. N answers none of them." if count else "All answered."
        self.setAccessibleName(f"{self._heading}: {spoken}")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = SCREEN.pressed(event)
        if pressed in ("no", "none"):
            self.chosen.emit()
        elif pressed in ("up", "down", "left", "right"):
            self.moved.emit(pressed)
        else:
            super().keyPressEvent(event)
