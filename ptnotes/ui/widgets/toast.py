"""Messages that come by themselves, say what was done, offer to undo it, and leave again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ptnotes.ui.override import override
from ptnotes.ui.widgets.labels import Label

SHOWN_MS = 8000
"""Long enough to read two lines and reach for Undo; a message with a fault stays until it is closed."""


class Toast(QFrame):
    """One message at the foot of `host`. A newer one takes its place."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setProperty("type", "toast")
        self._action: Callable[[], object] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        self.text = Label("", wraps=False, parent=self)
        self.action = QPushButton(self)
        self.dismiss = QPushButton("Close", self)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.action)
        layout.addWidget(self.dismiss)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.action.clicked.connect(self._act)
        self.dismiss.clicked.connect(self.hide)
        self.hide()

    def say(self, text: str, action: str = "", on_action: Callable[[], object] | None = None) -> None:
        """Show `text` for some seconds, with a button that calls `on_action` (such as Undo)."""
        self._show(text, action, on_action)
        self._timer.start()

    def offer_undo(self, text: str, take_back: Callable[[], object]) -> None:
        """Say what was done, with a button that takes it back."""
        self.say(text, "Undo", take_back)

    def say_fault(self, text: str, action: str = "", on_action: Callable[[], object] | None = None) -> None:
        """Show what went wrong until it is closed or replaced."""
        self._timer.stop()
        self._show(text, action, on_action)

    def _show(self, text: str, action: str, on_action: Callable[[], object] | None) -> None:
        self._action = on_action
        self.text.setText(text)
        self.action.setText(action)
        self.action.setVisible(on_action is not None)
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()

    def _act(self) -> None:
        self._timer.stop()
        self.hide()
        if self._action is not None:
            self._action()

    def _place(self) -> None:
        host = self._host
        room = host.width() - 48
        self.text.setWordWrap(False)
        wanted = self.sizeHint().width()
        self.text.setWordWrap(wanted > room)
        width = min(wanted, room)
        height = self.heightForWidth(width) if wanted > room else self.sizeHint().height()
        self.setGeometry((host.width() - width) // 2, host.height() - height - 24, width, height)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Not before: all that happens to the window would come by.
        self._host.installEventFilter(self)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._host.removeEventFilter(self)
        super().hideEvent(event)
