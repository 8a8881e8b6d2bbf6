"""The panel above a draft that is about to be signed: what is missing, what is odd, and the passphrase."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ptnotes.domain.completeness import Finding, FindingKind
from ptnotes.domain.wording import how_many
from ptnotes.ui.keys import SHEET
from ptnotes.ui.override import override
from ptnotes.ui.signing.passphrase_line import PassphraseLine
from ptnotes.ui.signing.repeated_passages import RepeatedPassages
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label, Pill
from ptnotes.ui.widgets.secret import forget_secret

_ROWS_SHOWN = 5
_ROW_PX = 30


class SignPanel(QFrame):
    """Shows findings; `finding_chosen` asks to go to one, `given` carries the passphrase to sign with."""

    given = Signal(str)
    finding_chosen = Signal(object)

    def __init__(self, signature: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signature = signature
        self._theme = theme
        self.setProperty("type", "notice")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.space(5), theme.space(4), theme.space(4), theme.space(4))
        outer.setSpacing(theme.space(3))
        head = QHBoxLayout()
        head.setSpacing(theme.space(4))
        head.addWidget(Label("Sign this visit", "strong", parent=self))
        self.summary = Label("", "small", wraps=True, parent=self)
        head.addWidget(self.summary, 1)
        outer.addLayout(head)
        self.rows: list[QPushButton] = []
        self._list = QWidget()
        self._list.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._lines = QVBoxLayout(self._list)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._scroller = QScrollArea(self)
        self._scroller.setWidgetResizable(True)
        self._scroller.setFrameShape(QFrame.Shape.NoFrame)
        self._scroller.viewport().setAutoFillBackground(False)
        self._scroller.setWidget(self._list)
        self._list.setAutoFillBackground(False)
        self._scroller.horizontalScrollBar().rangeChanged.connect(self._fit)
        outer.addWidget(self._scroller)
        self.passages = RepeatedPassages(theme, self)
        outer.addWidget(self.passages)
        self.passphrase = PassphraseLine(theme, self)
        outer.addWidget(self.passphrase)
        self.fault = Label("", "fault", wraps=True, parent=self)
        self.fault.hide()
        outer.addWidget(self.fault)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.passphrase.given.connect(self.given)
        self.passphrase.cancelled.connect(self.close_panel)
        self.hide()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show what was found; signing is possible where nothing that is needed is missing."""
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = [self._add_row(finding) for finding in findings]
        self._fit()
        self._scroller.setVisible(bool(findings))
        self.passages.show_findings(findings)
        needed = sum(finding.blocks for finding in findings)
        self.summary.setText(_summary(needed, len(findings) - needed))
        self.passphrase.offer(f"Sign as {self._signature}", ready=not needed)
        self.say("")
        opened = self.isHidden()
        self.show()
        if opened:
            (self.rows[0] if needed else self.passphrase.field).setFocus()

    def _fit(self) -> None:
        """Have the lines as tall as they are, with what moves them sideways below them and not over them."""
        across = self._scroller.horizontalScrollBar()
        bar = across.sizeHint().height() if across.maximum() else 0
        self._scroller.setFixedHeight(self._theme.px(_ROW_PX) * min(len(self.rows), _ROWS_SHOWN) + bar)

    def refuse(self, why: str) -> None:
        """Show what was found, and why this person cannot sign."""
        self.passphrase.offer(self.passphrase.button.text(), ready=False)
        self.say(why)

    def close_panel(self) -> None:
        """Go away, and forget what was typed."""
        forget_secret(self.passphrase.field)
        self.hide()

    def say(self, fault: str) -> None:
        """Say why the note was not signed."""
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    def _add_row(self, finding: Finding) -> QPushButton:
        row = QWidget(self._list)
        row.setFixedHeight(self._theme.px(_ROW_PX))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._theme.space(3))
        pill = Pill(parent=row)
        pill.setFixedWidth(self._theme.px(72))
        pill.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if finding.blocks:
            pill.show_fact("needed", "danger")
        elif finding.kind is FindingKind.MISSING:
            pill.show_fact("missing", "warning")
        else:
            pill.show_fact("odd", "warning")
        button = QPushButton(finding.text, row)
        button.setProperty("type", "motion")
        button.setAccessibleName(f"{pill.text()}: {finding.text}")
        button.setToolTip("Go there")
        # The keyboard is on the first line that is needed, and Enter goes there.
        button.setAutoDefault(True)
        button.clicked.connect(partial(self.finding_chosen.emit, finding))
        layout.addWidget(pill)
        layout.addWidget(button, 1)
        self._lines.addWidget(row)
        return button

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if SHEET.pressed(event) == "close":
            self.close_panel()
            return
        super().keyPressEvent(event)


def _summary(needed: int, others: int) -> str:
    if needed:
        what = how_many(needed, "thing is needed first", "things are needed first")
        return f"{what}. Choose a line to go there."
    if others:
        look = how_many(others, "thing to look at", "things to look at")
        return f"{look}; the note can be signed as it is. After that it is closed, and words are added to it."
    return "Nothing is missing. After signing the note is closed, and words are added to it."
