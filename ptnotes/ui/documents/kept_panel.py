"""What was signed or given out for a patient: every document as it was made, and the line that says who got one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.documents import KIND_TITLES, KeptDocument
from ptnotes.domain.wording import full_date
from ptnotes.services.documents import MadeDocument, document_again, documents_of
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.documents.document_form import READ_KEY
from ptnotes.ui.documents.send_form import SendForm
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label

_DIGITS = 8
"""Digits of a document's hash that are shown: enough to tell it from any other of a patient's."""
_LEAST_LIST_PX = 124
_SPACING_PX, _PAD_X_PX, _PAD_Y_PX = 3, 8, 5
"""Between the rows, and within them as the theme has it for such a list."""
_NONE = "Nothing was given out yet. What is signed, saved or printed is kept here as it was."


class _WholeText(QStyledItemDelegate):
    """Gives each row of a list the height that its text needs there. Qt's own counts the theme's edges as room."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        px, wide = self._theme.px, self._view.viewport().width() - 2 * self._theme.px(_SPACING_PX)
        # Qt keeps a few pixels more at either side of a text than the theme asks for.
        room = QRect(0, 0, wide - 2 * px(_PAD_X_PX) - px(8), 1 << 20)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        needed = option.fontMetrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text)
        return QSize(wide, needed.height() + 2 * px(_PAD_Y_PX) + px(2))


class KeptPanel(QWidget):
    """Reads the documents of a patient (`show_patient`).

    Emits `opened` with the `MadeDocument` that is looked at, byte for byte as it was given out, or `failed`.
    """

    opened = Signal(object)
    failed = Signal(Exception)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._patient_id = 0
        self._wanted: int | None = None
        self._kept: tuple[KeptDocument, ...] = ()
        self.list = QListWidget()
        self.list.setProperty("type", "popup")
        self.list.setAccessibleName("Documents that were given out")
        self.list.setMinimumHeight(theme.px(_LEAST_LIST_PX))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.list.setSpacing(theme.px(_SPACING_PX))
        # The texts break at another place in a list of another width.
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setItemDelegate(_WholeText(theme, self.list))
        self.nothing = Label("", "muted", wraps=True)
        card = Card("Given out", "kept as it was made")
        card.body.addWidget(self.nothing)
        card.body.addWidget(self.list, 1)
        self.send = SendForm(clinic, tasks)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(card, 1)
        layout.addWidget(self.send)
        self.list.currentRowChanged.connect(self._row_chosen)
        self.send.stored.connect(self._read)

    @property
    def current(self) -> KeptDocument | None:
        """The document that is looked at."""
        place = self.list.currentRow()
        return self._kept[place] if 0 <= place < len(self._kept) else None

    def show_patient(self, patient_id: int, referrer: str, wanted: int | None = None) -> None:
        """Read what was given out for a patient, and choose the document `wanted`, or the newest."""
        if patient_id != self._patient_id:
            self._kept = ()
            self.list.clear()
            self.send.show_document(None)
        self._patient_id = patient_id
        self._wanted = wanted
        self.send.referrer = referrer
        self._read()

    def note_left(self, document_id: int) -> None:
        """Say of a document that was signed before that it was saved or printed now."""
        for place, one in enumerate(self._kept):
            if one.id == document_id and not one.has_left:
                left = replace(one, has_left=True)
                self._kept = (*self._kept[:place], left, *self._kept[place + 1 :])
                self.list.item(place).setText(kept_words(left))
                if place == self.list.currentRow():
                    self.send.show_document(left)

    def _read(self) -> None:
        read = partial(documents_of, self._clinic, self._patient_id)
        self._tasks.read(read, self._show, self._tell, latest="documents of a patient")

    def _tell(self, error: Exception) -> None:
        self.nothing.setText(sentence_for(error))
        self.nothing.show()

    def _show(self, kept: Sequence[KeptDocument]) -> None:
        shown = self.current
        wanted = self._wanted or (shown.id if shown is not None else None)
        self._wanted = None
        self._kept = tuple(kept)
        self.list.blockSignals(True)  # noqa: FBT003 - Qt takes no names
        self.list.clear()
        for one in kept:
            item = QListWidgetItem(kept_words(one))
            item.setToolTip(f"SHA-256 {one.sha256.hex()}")
            self.list.addItem(item)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt takes no names
        self.list.setVisible(bool(kept))
        self.nothing.setVisible(not kept)
        self.nothing.setText(_NONE)
        places = [place for place, one in enumerate(kept) if one.id == wanted]
        if kept:
            self.list.setCurrentRow(places[0] if places else 0)
        else:
            self.send.show_document(None)

    def _row_chosen(self, _place: int) -> None:
        kept = self.current
        self.send.show_document(kept)
        if kept is not None:
            again = partial(document_again, self._clinic, kept.id)
            self._tasks.read(again, self._open, self._fail, latest=READ_KEY)

    def _open(self, made: MadeDocument) -> None:
        self.opened.emit(made)

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)


def kept_words(kept: KeptDocument) -> str:
    """A kept document in lines: what it is; when and by whom it was made; who signed it; its hash's first digits and
    whether it was sent.
    """
    first = (kept.title or KIND_TITLES[kept.kind]) + (" · DRAFT" if kept.is_draft else "")
    sent = {0: "not sent", 1: "sent once", 2: "sent twice"}.get(kept.sent, f"sent {kept.sent} times")
    at = kept.made_at.astimezone(ZoneInfo(kept.zone))
    made = f"{full_date(at.date())}, {at:%H:%M}"
    lines = [first, f"{made} · {kept.who}"]
    if kept.signed is not None:
        on = kept.signed.at.astimezone(ZoneInfo(kept.signed.zone))
        lines.append(f"signed by {kept.signed.person} {full_date(on.date())}")
    lines.append(f"{kept.sha256.hex()[:_DIGITS]} · {sent if kept.has_left else 'not saved or printed yet'}")
    return "\n".join(lines)
