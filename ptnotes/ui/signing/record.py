"""Who signed the visit on the screen, what was added to it since, and what may still be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.signature import KIND_WORDS, Addendum, AddendumKind, SignedNote, moment
from ptnotes.domain.treatment import NoteState
from ptnotes.ui.override import override
from ptnotes.ui.signing.words_form import ADDENDUM, AMENDMENT, CO_SIGN, CORRECTION, VOID, Asked
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.labels import Label, Pill, Tone

_MOST_PX = 132


class SignedRecord(QFrame):
    """Shows a `SignedNote`; `asked` carries what is to be done with it."""

    asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("type", "notice")
        outer = self._outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.space(5), theme.space(3), theme.space(3), theme.space(3))
        outer.setSpacing(theme.space(2))
        line = QHBoxLayout()
        line.setSpacing(theme.space(3))
        self.signed = Label("", wraps=True, parent=self)
        self.state = Pill(parent=self)
        self.late = Pill("late entry", "warning", self)
        self.co_sign = QPushButton("Co-sign…", self)
        self.co_sign.setProperty("type", "primary")
        self.add = QPushButton("Add an addendum…", self)
        self.more = QToolButton(self)
        # Not "More": that stands in the bar above, with what can be done with visits.
        self.more.setText("Correct ▾")
        self.more.setAccessibleName("Correct or amend this signed note, or declare it void")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        self.correct = menu.addAction("Correct something…")
        self.amend = menu.addAction("The patient asks for an amendment…")
        menu.addSeparator()
        self.void = menu.addAction("Declare void…")
        self.more.setMenu(menu)
        line.addWidget(self.signed, 1)
        for widget in (self.late, self.state, self.co_sign, self.add, self.more):
            line.addWidget(widget)
        outer.addLayout(line)
        self._inside = QWidget()
        self._inside.setProperty("ground", "none")
        self._lines = QVBoxLayout(self._inside)
        self._lines.setContentsMargins(0, 0, theme.space(3), 0)
        self._lines.setSpacing(theme.space(1))
        self._lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._scroller = QScrollArea(self)
        self._scroller.setWidgetResizable(True)
        self._scroller.setFrameShape(QFrame.Shape.NoFrame)
        self._scroller.viewport().setAutoFillBackground(False)
        self._scroller.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)
        outer.addWidget(self._scroller)
        self.co_sign.clicked.connect(self._co_sign)
        self.add.clicked.connect(self._add)
        for action in (self.correct, self.amend, self.void):
            action.triggered.connect(self._chosen)
        self.hide()

    def show_note(self, note: SignedNote, *, can_co_sign: bool, can_sign: bool, can_void: bool) -> None:
        """Show who signed and what came after, and offer what this person may do with it."""
        at = moment(note.signed_at, note.zone)
        self.signed.setText(f"Signed electronically by {note.signer} · {at} · record {note.short_hash}")
        self.late.setVisible(note.late)
        waits, void = note.state is NoteState.AWAITING_COSIGNATURE, note.voided is not None
        self.state.show_fact(
            "void" if void else "awaiting co-signature" if waits else "signed",
            _TONES.get(note.state, "danger"),
        )
        self.co_sign.setVisible(waits and can_co_sign)
        self.add.setVisible(can_sign)
        self.more.setVisible(can_sign)
        self.void.setVisible(not void and can_void)
        self.setProperty("tone", "danger" if void else "")
        restyle(self)
        self._show_added(note)
        self.show()

    def _show_added(self, note: SignedNote) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        added = [(one.at, f"Co-signed by {one.person}", note.zone, one.words) for one in note.co_signatures]
        added += [(one.written_at, _heading(one), one.zone, _words(one)) for one in note.addenda]
        added.sort(key=lambda one: one[0])
        if note.voided is not None:
            head = f"Declared void by {note.voided.person}"
            added.insert(0, (note.voided.at, head, note.zone, note.voided.reason))
        for at, head, zone, words in added:
            heading = Label(f"{head} · {moment(at, zone)}", "strong", wraps=True, parent=self._inside)
            heading.setContentsMargins(0, self._theme.space(1), 0, 0)
            self._lines.addWidget(heading)
            if words:
                self._lines.addWidget(Label(words, wraps=True, parent=self._inside))
        self._scroller.setVisible(bool(added))
        self._fit()

    def _fit(self) -> None:
        """Make the list as high as its words at this width, and no higher than leaves room for the note."""
        margins = self._outer.contentsMargins()
        bar = self._scroller.verticalScrollBar().sizeHint().width()
        wanted = self._lines.heightForWidth(self.width() - margins.left() - margins.right() - bar)
        self._inside.setFixedHeight(max(wanted, 0))
        self._scroller.setFixedHeight(min(max(wanted, 0), self._theme.px(_MOST_PX)))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _co_sign(self) -> None:
        self.asked.emit(CO_SIGN)

    def _add(self) -> None:
        self.asked.emit(ADDENDUM)

    def _chosen(self) -> None:
        forms: dict[QAction, Asked] = {self.correct: CORRECTION, self.amend: AMENDMENT, self.void: VOID}
        sender = self.sender()
        if isinstance(sender, QAction):
            self.asked.emit(forms[sender])


def _heading(addendum: Addendum) -> str:
    late = " · late entry" if addendum.late and addendum.kind is not AddendumKind.LATE_ENTRY else ""
    who = "written down by " if addendum.kind is AddendumKind.AMENDMENT_REQUEST else ""
    return f"{KIND_WORDS[addendum.kind]}{late} · {who}{addendum.author}"


def _words(addendum: Addendum) -> str:
    if addendum.kind is AddendumKind.AMENDMENT_REQUEST and addendum.reason:
        return f"{addendum.text}\nAnswer: {addendum.reason}"
    return addendum.text


_TONES: dict[NoteState, Tone] = {NoteState.SIGNED: "success", NoteState.AWAITING_COSIGNATURE: "warning"}
