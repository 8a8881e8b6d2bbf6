"""The templates that letters are written from: a list, and beside it the one that is changed, added or put away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.letters import LetterTemplate
from ptnotes.domain.permissions import Act
from ptnotes.services.letters import archive_template, letter_templates, restore_template, save_template
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.keys import LETTERS
from ptnotes.ui.override import override
from ptnotes.ui.settings.letter_form import NEW, LetterForm
from ptnotes.ui.tasks import Tasks, in_place_of
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label

_LIST_PX = 210
_SAID = (
    "A letter begins as one of these and is gone over before it is printed. What is not known of a patient stays a "
    "blank, and a letter with a blank is a draft."
)


class TemplateList(QListWidget):
    """Says by a signal what its keys ask for: to change the chosen template, to add one, to put the chosen one away."""

    asked = Signal(str)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = LETTERS.pressed(event)
        if pressed:
            self.asked.emit(pressed)
        else:
            super().keyPressEvent(event)


class LettersCard(Card):
    """Shows the templates (`show_templates`). Nothing is stored before "Save template" is pressed."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Letter templates", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._may = allows(clinic, Act.ADMINISTER)
        self._wanted = ""
        self._changed: tuple[LetterTemplate | None, LetterTemplate] = (None, NEW)
        self._on_back: Callable[[], object] | None = None
        self.templates: tuple[LetterTemplate, ...] = ()
        self.told = Label("", "small", wraps=True)
        self.list = TemplateList()
        self.list.setAccessibleName("Letter templates")
        for widget in (self.list, self.told):
            widget.setFixedWidth(theme.px(_LIST_PX))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.list.setSpacing(theme.px(3))
        self.add = QPushButton("New template")
        self.add.setVisible(self._may)
        self.back = QPushButton("Undo")
        self.back.setProperty("type", "quiet")
        self._offer("", None)
        self.form = LetterForm(theme, may_change=self._may)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.list, 1)
        left.addWidget(self.told)
        left.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        columns = QHBoxLayout()
        columns.setSpacing(theme.space(4))
        columns.addLayout(left)
        columns.addWidget(self.form, 1)
        self.add_to_head(self.add)
        self.body.addWidget(Label(_SAID, "muted", wraps=True))
        self.body.addLayout(columns)
        self.list.currentItemChanged.connect(self._item_chosen)
        self.list.asked.connect(self._asked)
        self.add.clicked.connect(self.start_adding)
        self.back.clicked.connect(self._go_back)
        self.form.save_asked.connect(self._save)
        self.form.away_asked.connect(self._put_away)

    def show_templates(self) -> None:
        """Read the templates and show them; what is typed stays."""
        self._tasks.read(partial(letter_templates, self._clinic), self._show, latest="letter templates")

    def unsaved_problem(self) -> str:
        """A sentence while a template is typed and not saved, else empty."""
        return "A letter template is typed and not saved yet." if self.form.has_text else ""

    def start_adding(self) -> None:
        """Show an empty template to be written."""
        self.list.setCurrentRow(-1)
        self._changed = (None, NEW)
        self._show_other(NEW)
        self.form.name.setFocus()

    def _show(self, found: tuple[LetterTemplate, ...]) -> None:
        self.templates = found
        wanted = self._wanted or self.form.shown.uuid
        self._wanted = ""
        self.list.blockSignals(True)  # noqa: FBT003 - Qt takes no names
        self.list.clear()
        for template in found:
            item = QListWidgetItem(template.name)
            item.setData(Qt.ItemDataRole.UserRole, template)
            item.setToolTip(template.name if template.shipped else f"{template.name}, the clinic’s own")
            self.list.addItem(item)
        place = next(
            (at for at, one in enumerate(found) if one.uuid == wanted), -1 if self.form.has_text else 0
        )
        self.list.setCurrentRow(place)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt takes no names
        self.set_note(f"{len(found)} templates")
        chosen = self._chosen()
        # What is shown already stays, with what is said of it.
        if chosen is not None and chosen != self.form.shown and not self.form.has_text:
            self.form.show_template(chosen)

    def _chosen(self) -> LetterTemplate | None:
        place = self.list.currentRow()
        return self.templates[place] if 0 <= place < len(self.templates) else None

    def _item_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._show_other(item.data(Qt.ItemDataRole.UserRole))

    def _show_other(self, template: LetterTemplate) -> None:
        """Show another template; what was typed and not stored can be brought back."""
        shown, typed = self.form.shown, self.form.typed()
        was_typed = self.form.has_text
        self.form.show_template(template)
        self._offer("", None)
        if was_typed:
            words = "What was typed before was not stored."
            self._offer(words, partial(self._show_typed, shown, typed))

    def _show_typed(self, shown: LetterTemplate, typed: LetterTemplate) -> None:
        self.list.blockSignals(True)  # noqa: FBT003 - Qt takes no names
        place = next((at for at, one in enumerate(self.templates) if one.uuid == shown.uuid), -1)
        self.list.setCurrentRow(place)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt takes no names
        self.form.show_template(shown, typed)

    def _asked(self, what: str) -> None:
        chosen = self._chosen()
        if what == "add" and self._may:
            self.start_adding()
        elif what == "edit" and chosen is not None:
            self.form.text.setFocus()
        elif what == "away" and chosen is not None and self._may:
            self._put_away(chosen)

    def _save(self, template: LetterTemplate) -> None:
        self._tasks.in_turn(self, partial(self._store, self.form.shown, template))

    def _store(self, shown: LetterTemplate, typed: LetterTemplate) -> None:
        shown = in_place_of(shown, *self._changed)
        sent = replace(shown, name=typed.name, subject=typed.subject, text=typed.text)
        job = partial(save_template, self._clinic, sent)
        self._tasks.write(job, partial(self._saved, shown, sent), self.form.refuse)

    def _saved(self, shown: LetterTemplate, sent: LetterTemplate, stored: LetterTemplate) -> None:
        self._changed = (shown, stored)
        # Another template may be chosen by now, or more be typed.
        if self.form.shown == shown:
            typed = self.form.typed()
            self.form.show_template(stored, None if typed == sent else typed)
            self.form.say("Saved." if typed == sent else "", "ok")
            self._wanted = stored.uuid
        self._offer("", None)
        self.show_templates()

    def _put_away(self, template: LetterTemplate) -> None:
        self._tasks.in_turn(self, partial(self._archive, template))

    def _archive(self, shown: LetterTemplate) -> None:
        shown = in_place_of(shown, *self._changed)
        job = partial(archive_template, self._clinic, shown)
        self._tasks.write(job, partial(self._gone, shown), self.form.refuse)

    def _gone(self, shown: LetterTemplate, template: LetterTemplate) -> None:
        if self.form.shown == shown:
            self.form.show_template(NEW)
        self._offer(f"“{template.name}” was put away.", partial(self._restore, template))
        self._read_again(None)

    def _restore(self, template: LetterTemplate) -> None:
        job = partial(restore_template, self._clinic, template)
        self._tasks.write(job, self._read_again, self.form.refuse)

    def _read_again(self, wanted: LetterTemplate | None) -> None:
        self._wanted = wanted.uuid if wanted is not None else ""
        self.show_templates()

    def _offer(self, words: str, on_back: Callable[[], object] | None) -> None:
        self._on_back = on_back
        self.told.setText(words)
        for widget in (self.told, self.back):
            widget.setVisible(on_back is not None)

    def _go_back(self) -> None:
        on_back = self._on_back
        self._offer("", None)
        if on_back is not None:
            on_back()
