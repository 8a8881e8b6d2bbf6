"""The preview: one page at a time, at any zoom, with the keys that every reader of documents has."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ptnotes.ui.documents.pages import PagePicture, page_picture
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label

_STEPS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)
_FIT_DELAY_MS = 80
_AROUND_PX = 24


class PageView(QWidget):
    """Shows the pages of a PDF. Fits the width until a zoom is chosen; `page_shown` tells (page, pages)."""

    page_shown = Signal(int, int)

    def __init__(self, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._theme = theme
        self._pdf = b""
        self._number = 1
        self._count = 0
        self._zoom: float | None = None
        self._shown_zoom = 1.0
        self.page = QLabel(self)
        self.page.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.page.setContentsMargins(12, 12, 12, 12)
        self.scroller = QScrollArea(self)
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setProperty("ground", "window")
        self.page.setProperty("ground", "window")
        self.scroller.setWidget(self.page)
        self.scroller.setAccessibleName("Preview of the document")
        self.where = Label("", "small", parent=self)
        self.zoom_text = Label("", "small", parent=self)
        self.before = self._button("‹", "Page before", "PgUp")
        self.after = self._button("›", "Next page", "PgDown")
        self.smaller = self._button("−", "Smaller", "Ctrl+-")
        self.larger = self._button("+", "Larger", "Ctrl++")
        self.fit = self._button("Fit width", "Fit the width", "Ctrl+9")
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 16, 8)
        bar.setSpacing(6)
        for widget in (self.before, self.where, self.after):
            bar.addWidget(widget)
        bar.addStretch(1)
        for widget in (self.smaller, self.zoom_text, self.larger, self.fit):
            bar.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.scroller, 1)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_FIT_DELAY_MS)
        self._later.timeout.connect(self._draw)
        self.before.clicked.connect(partial(self._turn, -1))
        self.after.clicked.connect(partial(self._turn, 1))
        self.smaller.clicked.connect(partial(self._step, -1))
        self.larger.clicked.connect(partial(self._step, 1))
        self.fit.clicked.connect(self._fit)
        self._tell()

    def _button(self, text: str, name: str, keys: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("type", "quiet")
        button.setAccessibleName(name)
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{name} ({shown})")
        action = QAction(name, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(button.click)
        self.addAction(action)
        return button

    def show_pdf(self, pdf: bytes) -> None:
        """Show another document, at the page that was looked at where it has as many."""
        self._pdf = pdf
        self._draw()

    def clear(self) -> None:
        """Show nothing, and forget the document."""
        self._pdf = b""
        self._number, self._count = 1, 0
        self._tasks.forget("page of a document")
        self.page.setPixmap(QPixmap())
        self._tell()

    def _draw(self) -> None:
        if not self._pdf:
            return
        # The bar's width is left free whether it is shown or not, or a page would not stay fitted to itself.
        bar = self.scroller.verticalScrollBar().sizeHint().width()
        room = self.scroller.width() - bar - 2 * _AROUND_PX
        self._tasks.read(
            partial(page_picture, self._pdf, self._number, self._zoom, room, self.devicePixelRatioF()),
            self._show,
            latest="page of a document",
        )

    def _show(self, picture: PagePicture) -> None:
        if not self._pdf:
            return
        turned = picture.number != self._number or not self._count
        self._number, self._count, self._shown_zoom = picture.number, picture.count, picture.zoom
        self.page.setPixmap(QPixmap.fromImage(picture.image))
        self.page.setAccessibleName(f"Page {picture.number} of {picture.count}")
        self.page.setAccessibleDescription(picture.text)
        self._tell()
        self.page_shown.emit(self._number, self._count)
        if turned:
            self.scroller.verticalScrollBar().setValue(0)

    def _turn(self, by: int) -> None:
        wanted = min(max(self._number + by, 1), max(self._count, 1))
        if wanted != self._number:
            self._number = wanted
            self.scroller.verticalScrollBar().setValue(0)
            self._draw()

    def _step(self, by: int) -> None:
        now = self._zoom or self._shown_zoom
        steps = [step for step in _STEPS if (step > now + 0.01 if by > 0 else step < now - 0.01)]
        if steps:
            self._zoom = steps[0] if by > 0 else steps[-1]
            self._draw()
        self._tell()

    def _fit(self) -> None:
        self._zoom = None
        self._draw()
        self._tell()

    def _tell(self) -> None:
        self.where.setText(f"Page {self._number} of {self._count}" if self._count else "")
        self.zoom_text.setText(f"{self._shown_zoom:.0%}".replace("%", " %") if self._count else "")
        self.before.setEnabled(self._number > 1)
        self.after.setEnabled(self._number < self._count)
        for button in (self.smaller, self.larger, self.fit):
            button.setEnabled(self._count > 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._zoom is None and self._pdf:
            self._later.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._later.stop()
        super().hideEvent(event)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(560), self._theme.px(640))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw()
