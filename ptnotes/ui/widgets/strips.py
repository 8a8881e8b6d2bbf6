"""What stands above a page for a moment: as high as its words, and scrolled where the window is too low for them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme

_LEAST_PX = 120
_ROUND_PX = 20
"""What is kept in sight above and below the field that has the keyboard: the edge of its strip."""


class Strips(QScrollArea):
    """Holds strips below each other (`body`). It takes their room from what is below it, never from the screen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wanted = 0
        self._inside = QWidget()
        self._inside.setProperty("ground", "none")
        self.body = QVBoxLayout(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)
        self._inside.installEventFilter(self)
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._wanted)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._inside.minimumSizeHint().width(), min(self._wanted, self._theme.px(_LEAST_PX)))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fitting.start()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self._fitting.start()
        return False

    def _fit(self) -> None:
        """Ask for as much as the strips need at this width, and keep what has the keyboard in sight."""
        layout = self.body
        width = self.viewport().width()
        wanted = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        if wanted != self._wanted:
            self._wanted = wanted
            # Its own least height is that of words wrapped in a narrower place than this.
            self._inside.setFixedHeight(max(wanted, 0))
            self.updateGeometry()
        held: QWidget | None = self.window().focusWidget()
        if held is not None and self._inside.isAncestorOf(held):
            self.ensureWidgetVisible(held, 0, self._theme.px(_ROUND_PX))
