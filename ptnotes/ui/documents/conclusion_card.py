"""What the physician reads first: drafted from the measured changes, edited, and drafted again."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QWidget

from ptnotes.domain.conclusion import Conclusion
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault

_LINES = 7


class ConclusionCard(Card):
    """Follows the draft until it is edited; emits `edited` with every change by hand."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What the physician reads first", parent=parent)
        self._is_edited = False
        self._drafted = Conclusion(headline="")
        self.headline = QLineEdit()
        self.detail = QPlainTextEdit()
        self.detail.setTabChangesFocus(True)
        self.redraft = QPushButton("Draft again from the data")
        self.redraft.setProperty("type", "quiet")
        self.fields = {
            "report.headline": FieldWithFault("Conclusion", self.headline),
            "report.conclusion": FieldWithFault("What bears it out", self.detail),
        }
        self.detail.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES)
        for field in self.fields.values():
            self.body.addWidget(field)
        self.body.addWidget(self.redraft, 0, Qt.AlignmentFlag.AlignLeft)
        self.headline.textEdited.connect(self._edited)
        self.detail.textChanged.connect(self._edited)
        self.redraft.clicked.connect(self._draft_again)

    def conclusion(self) -> Conclusion | None:
        """The edited conclusion, None while it is the drafted one."""
        if not self._is_edited:
            return None
        return Conclusion(headline=self.headline.text().strip(), detail=self.detail.toPlainText().strip())

    def set_conclusion(self, conclusion: Conclusion | None) -> None:
        """Show an edited conclusion; None leaves it to the draft."""
        self._is_edited = conclusion is not None
        self._show(conclusion or Conclusion(headline=""))

    def show_drafted(self, conclusion: Conclusion) -> None:
        """Take the conclusion that the data allow; one that was edited stays as it is."""
        self._drafted = conclusion
        if not self._is_edited:
            self._show(conclusion)

    def _show(self, conclusion: Conclusion) -> None:
        with QSignalBlocker(self.detail):
            self.headline.setText(conclusion.headline)
            self.headline.setCursorPosition(0)
            self.detail.setPlainText(conclusion.detail)
        self.redraft.setEnabled(self._is_edited)

    def _edited(self) -> None:
        self._is_edited = True
        self.redraft.setEnabled(True)
        self.edited.emit()

    def _draft_again(self) -> None:
        self._is_edited = False
        self._show(self._drafted)
        self.edited.emit()
