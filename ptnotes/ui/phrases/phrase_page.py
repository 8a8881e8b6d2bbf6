"""The clinic's phrases and one's own: a list, and beside it the phrase that is added, changed or taken away."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.phrases import Phrase
from ptnotes.domain.text import fold
from ptnotes.services.opening import OpenClinic
from ptnotes.services.phrases import bring_back, phrases, save_phrase, take_away
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.phrases.phrase_form import PhraseForm
from ptnotes.ui.tasks import Tasks, in_place_of
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.labels import Heading, Label
from ptnotes.ui.widgets.toast import Toast

_LIST_PX = 330
_LEAST_LIST_PX = 320
_SHOWN = 48
_NEW = Phrase(short_form="", text="")


class PhrasePage(Scroller):
    """Reads the phrases whenever it is shown. `phrases` are those in use, by short form."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self._wanted: Phrase | None = None
        self._changed: tuple[Phrase | None, Phrase] = (None, _NEW)
        self.phrases: tuple[Phrase, ...] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a phrase …")
        self.search.setAccessibleName("Find a phrase")
        self.list = QListWidget()
        self.list.setAccessibleName("Phrases")
        self.list.setMinimumHeight(theme.px(_LEAST_LIST_PX))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setSpacing(theme.px(3))
        self.add = QPushButton("New phrase")
        self.form = PhraseForm(clinic, theme)
        self.toast = Toast(self)
        left = Card("Phrases", "")
        left.setMaximumWidth(theme.px(_LIST_PX))
        left.add_to_head(self.add)
        left.body.addWidget(self.search)
        left.body.addWidget(self.list, 1)
        right = QVBoxLayout()
        right.addWidget(self.form)
        right.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(theme.space(4))
        columns.addWidget(left, 2)
        columns.addLayout(right, 3)
        self.body.addWidget(Heading("Phrases", "title"))
        hint = (
            "In any field of a note type a dot and the short form, then Tab. Tab goes on to the next blank; "
            "what is not charted stays a blank."
        )
        self.body.addWidget(Label(hint, "muted", wraps=True))
        self.body.addLayout(columns, 1)
        self.search.textChanged.connect(self._filter)
        self.list.currentItemChanged.connect(self._item_chosen)
        self.add.clicked.connect(self.start_adding)
        self.form.save_asked.connect(self._save)
        self.form.away_asked.connect(self._take_away)
        self.start_adding()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    def unsaved_problem(self) -> str:
        """A sentence while a phrase is typed and not saved, else empty."""
        return (
            "A phrase is typed and not saved yet: save it, or choose another one."
            if self.form.has_text
            else ""
        )

    def start_adding(self) -> None:
        """Show an empty form."""
        self.list.setCurrentRow(-1)
        self._changed = (None, _NEW)
        self.form.show_phrase(_NEW)
        self.form.short_form.setFocus()

    def edit(self, phrase: Phrase) -> None:
        """Show a phrase of the list."""
        for place, listed in enumerate(self._listed()):
            if listed == phrase:
                self.list.setCurrentRow(place)

    def _read(self) -> None:
        self._tasks.read(partial(phrases, self._clinic), self._show, latest="phrases")

    def _show(self, found: tuple[Phrase, ...]) -> None:
        self.phrases = found
        self._filter()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.edit(wanted)

    def _listed(self) -> list[Phrase]:
        return [self.list.item(place).data(Qt.ItemDataRole.UserRole) for place in range(self.list.count())]

    def _filter(self) -> None:
        wanted = fold(self.search.text()).removeprefix(".")
        shown = self.form.shown
        self.list.blockSignals(True)  # noqa: FBT003 - Qt takes no names
        self.list.clear()
        for phrase in self.phrases:
            if wanted in fold(f"{phrase.short_form} {phrase.text}"):
                item = QListWidgetItem(f".{phrase.short_form}  {_whose(phrase)}\n{_start(phrase.text)}")
                item.setData(Qt.ItemDataRole.UserRole, phrase)
                item.setToolTip(phrase.text)
                self.list.addItem(item)
                if phrase == shown:
                    self.list.setCurrentItem(item)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt takes no names

    def _item_chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        if self.form.has_text:
            bring_back = partial(self._show_typed, self.form.shown, self.form.typed())
            self.toast.say("Nothing was stored.", "Bring it back", bring_back)
        self.form.show_phrase(item.data(Qt.ItemDataRole.UserRole))

    def _show_typed(self, shown: Phrase, typed: Phrase) -> None:
        self.form.show_phrase(shown, typed)

    def _save(self, phrase: Phrase) -> None:
        self._tasks.in_turn(self, partial(self._store, self.form.shown, phrase))

    def _store(self, shown: Phrase, typed: Phrase) -> None:
        shown = in_place_of(shown, *self._changed)
        sent = replace(shown, short_form=typed.short_form, text=typed.text, person_id=typed.person_id)
        job = partial(save_phrase, self._clinic, sent)
        self._tasks.write(job, partial(self._saved, shown, sent), partial(self._refuse, shown))

    def _saved(self, shown: Phrase, sent: Phrase, stored: Phrase) -> None:
        self._changed = (shown, stored)
        # Another phrase may be chosen by now, or more be typed.
        if self.form.shown == shown:
            typed = self.form.typed()
            self.form.show_phrase(stored, None if typed == sent else typed)
            self.form.say("Saved." if typed == sent else "")
        else:
            # It said that what was typed was not stored.
            self.toast.hide()
        self._wanted = None
        self._read()

    def _refuse(self, shown: Phrase, error: Exception) -> None:
        if self.form.shown == shown:
            self.form.refuse(error)
        else:
            self.toast.say_fault(f".{shown.short_form}: {sentence_for(error)}")

    def _take_away(self, phrase: Phrase) -> None:
        self._tasks.in_turn(self, partial(self._put_away, phrase))

    def _put_away(self, shown: Phrase) -> None:
        shown = in_place_of(shown, *self._changed)
        job = partial(take_away, self._clinic, shown)
        self._tasks.write(job, partial(self._gone, shown), partial(self._refuse, shown))

    def _gone(self, shown: Phrase, phrase: Phrase) -> None:
        if self.form.shown == shown:
            self.start_adding()
        self._read()
        self.toast.offer_undo(f".{phrase.short_form} is taken away.", partial(self._bring_back, phrase))

    def _bring_back(self, phrase: Phrase) -> None:
        self._tasks.write(partial(bring_back, self._clinic, phrase), self._back, self.form.refuse)

    def _back(self, phrase: Phrase) -> None:
        self._wanted = phrase
        self._read()


def _whose(phrase: Phrase) -> str:
    if phrase.person_id is not None:
        return "· mine"
    return "" if phrase.shipped else "· the clinic’s"


def _start(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
