"""What of a note says again what the last one said: its text, with the repeated words marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QWidget

from ptnotes.domain.completeness import Finding
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme

_HIGHEST_PX = 104


class RepeatedPassages(QScrollArea):
    """Shown only where something is repeated. Repeated words stand on a ground of their own and are underlined."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Text repeated from the last visit")
        self.viewport().setAutoFillBackground(False)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setProperty("type", "small")
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setWidget(self.text)
        self.text.setAutoFillBackground(False)
        self.text.installEventFilter(self)
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)
        self.hide()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show the passages of those findings that mark any."""
        marked = [finding for finding in findings if finding.marks and finding.passage]
        mark = f"background-color:{self._theme.ink('warning_soft').name()}; text-decoration: underline"
        self.text.setText("".join(_paragraph(finding, mark) for finding in marked))
        self.setVisible(bool(marked))
        self._fitting.start()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.text and event.type() == QEvent.Type.Resize:
            self._fitting.start()
        return False

    def _fit(self) -> None:
        wanted = self.text.heightForWidth(self.viewport().width())
        self.setFixedHeight(min(max(wanted, 1), self._theme.px(_HIGHEST_PX)))


def _paragraph(finding: Finding, mark: str) -> str:
    section = finding.field.partition(".")[2].capitalize()
    text, parts, at = finding.passage, [], 0
    for start, end in finding.marks:
        parts.append(escape(text[at:start]))
        parts.append(f'<span style="{mark}">{escape(text[start:end])}</span>')
        at = end
    parts.append(escape(text[at:]))
    words = "".join(parts).replace("\n", "<br>")
    return f'<p style="margin:0 0 4px 0"><b>{section}.</b> {words}</p>'
