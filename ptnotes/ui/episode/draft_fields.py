"""Fields of a form that show and change one field of the episode draft, with the fault beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import Fault
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import LINE_LIMIT, NOTE_LIMIT, typed_number
from ptnotes.domain.wording import number
from ptnotes.ui.episode.draft import EpisodeDraft, fault_name, value_at
from ptnotes.ui.override import override
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault


class DraftField(FieldWithFault):
    """Base of the fields below: shows the fault of its own field. Each subclass says how a value is shown."""

    def __init__(self, draft: EpisodeDraft, path: str, label: str, editor: QWidget, hint: str = "") -> None:
        super().__init__(label, editor, hint=hint)
        self._draft = draft
        self._path = path
        draft.shown.connect(self._show_episode)
        draft.refused.connect(self._take_fault)

    def show_value(self, value: Any) -> None:
        """Show what is stored."""
        raise NotImplementedError

    def _show_episode(self, episode: EpisodeOfCare) -> None:
        self.show_value(value_at(episode, self._path))
        self.set_fault("")

    def _take_fault(self, field: str, fault: str) -> None:
        if field == fault_name(self._path):
            self.set_fault(fault)


class DraftLine(DraftField):
    """One line of text."""

    def __init__(self, draft: EpisodeDraft, path: str, label: str, hint: str = "") -> None:
        self.line = QLineEdit()
        super().__init__(draft, path, label, self.line, hint)
        # One more than may be stored, so that too long a text is refused with a sentence and not cut in silence.
        self.line.setMaxLength(LINE_LIMIT * 20)
        self.line.textEdited.connect(self._take)

    def show_value(self, value: Any) -> None:
        """Show the text."""
        self.line.setText(value)
        self.line.setCursorPosition(0)

    def _take(self, text: str) -> None:
        self._draft.set_value(self._path, text)


class DraftText(DraftField):
    """Text of several lines."""

    def __init__(self, draft: EpisodeDraft, path: str, label: str, hint: str = "", lines: int = 2) -> None:
        self.text = _NoteEdit(lines)
        super().__init__(draft, path, label, self.text, hint)
        self._showing = False
        self.text.textChanged.connect(self._take)
        self.text.too_long.connect(self._refuse)

    def show_value(self, value: Any) -> None:
        """Show the text."""
        self._showing = True
        self.text.setPlainText(value)
        self._showing = False

    def _take(self) -> None:
        if not self._showing:
            self._draft.set_value(self._path, self.text.toPlainText())

    def _refuse(self, length: int) -> None:
        values = {"limit": f"{NOTE_LIMIT:,}", "length": f"{length:,}"}
        self.set_fault(sentence(Fault("text.too_long", self._path, values=values)))


class _NoteEdit(QPlainTextEdit):
    too_long = Signal(int)
    """A paste that would make the text this long was refused: laying out a megabyte would freeze the window."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        # Room for the asked number of lines, and the frame and padding round them.
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 26)

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        cursor = self.textCursor()
        kept = self.document().characterCount() - 1 - (cursor.selectionEnd() - cursor.selectionStart())
        if kept + len(source.text()) > NOTE_LIMIT:
            self.too_long.emit(kept + len(source.text()))
        else:
            self.insertPlainText(source.text())


class DraftDate(DraftField):
    """A date, which may be empty unless `required`."""

    def __init__(
        self,
        draft: EpisodeDraft,
        path: str,
        label: str,
        hint: str = "",
        *,
        future: bool = False,
        required: bool = False,
    ) -> None:
        self.date = DateField(draft.clinic.today, future=future)
        super().__init__(draft, path, label, self.date, hint)
        self._required = required
        self.date.date_changed.connect(self._take)
        self.date.problem_changed.connect(self.set_fault)

    def show_value(self, value: Any) -> None:
        """Show the date."""
        self.date.set_date(value)

    def _take(self, day: date | None) -> None:
        if day is None and self._required:
            episode = self._draft.episode
            self.date.set_date(value_at(episode, self._path) if episode is not None else None)
            return
        self._draft.set_value(self._path, day)


class DraftNumber(DraftField):
    """A number, which may be empty; a whole one where `whole`."""

    def __init__(
        self, draft: EpisodeDraft, path: str, label: str, hint: str = "", *, whole: bool = False
    ) -> None:
        self.line = QLineEdit()
        super().__init__(draft, path, label, self.line, hint)
        self.line.setMaxLength(40)
        self._whole = whole
        self.line.textEdited.connect(self._take)

    def show_value(self, value: Any) -> None:
        """Show the number; an empty line for none, never 0."""
        self.line.setText("" if value is None else number(Decimal(value)))

    def _take(self, text: str) -> None:
        value = typed_number(text)
        if text.strip() and (value is None or (self._whole and value != value.to_integral_value())):
            fault = Fault("value.not_a_number", self._path, values={"value": text[:20]})
            self.set_fault(sentence(fault))
            return
        self._draft.set_value(self._path, int(value) if self._whole and value is not None else value)


class DraftChoice(DraftField):
    """One of a few values, shown in words."""

    def __init__(
        self,
        draft: EpisodeDraft,
        path: str,
        label: str,
        choices: Sequence[tuple[StrEnum, str]],
        hint: str = "",
    ) -> None:
        self.choice = QComboBox()
        super().__init__(draft, path, label, self.choice, hint)
        self._values = [value for value, _ in choices]
        self.choice.addItems([words for _, words in choices])
        self.choice.activated.connect(self._take)

    def show_value(self, value: Any) -> None:
        """Show the value's words."""
        self.choice.setCurrentIndex(self._values.index(value))

    def _take(self, place: int) -> None:
        self._draft.set_value(self._path, self._values[place])
