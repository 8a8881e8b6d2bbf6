"""Choosing the clinic's logo: a PNG or JPEG picture from a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, Signal
from PySide6.QtGui import QImageReader, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from ptnotes.domain.errors import EnvironmentFault, Fault, InputError
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.labels import Label

LARGEST_BYTES = 1_000_000
MOST_PIXELS = 4000
_FORMATS = (b"png", b"jpeg")


def read_picture(path: Path) -> bytes:
    """The bytes of a PNG or JPEG picture of under a megabyte and 4000 pixels a side. `InputError` for anything else."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _unreadable()
        content = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault("disk.permission", path=path.name) from error
    if not is_picture(content):
        raise _unreadable()
    return content


def is_picture(content: bytes) -> bool:
    """Whether `content` is a PNG or JPEG picture that can be drawn, of at most 4000 pixels a side."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    known = bytes(reader.format().data()) in _FORMATS
    fits = 0 < size.width() <= MOST_PIXELS and 0 < size.height() <= MOST_PIXELS
    return known and fits and not reader.read().isNull()


def _unreadable() -> InputError:
    return InputError(Fault("picture.unreadable", "clinic.logo", values={"limit": "1 MB"}))


def _ask_for_file(parent: QWidget) -> Path | None:
    name, _ = QFileDialog.getOpenFileName(
        parent, "Choose the clinic's logo", "", "Pictures (*.png *.jpg *.jpeg)"
    )
    return Path(name) if name else None


class LogoPicker(QWidget):
    """Shows the logo, with buttons to choose another or none. `ask` gives the file, by default from a dialog."""

    logo_changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        ask: Callable[[QWidget], Path | None] = _ask_for_file,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._ask = ask
        self.logo: bytes | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.picture = QLabel(self)
        self.picture.setAccessibleName("Logo")
        self.choose = QPushButton("Choose a logo…", self)
        self.remove = QPushButton("Remove", self)
        self.remove.setProperty("type", "quiet")
        self.problem = Label("", "fault", wraps=True)
        layout.addWidget(self.picture)
        layout.addWidget(self.choose)
        layout.addWidget(self.remove)
        layout.addWidget(self.problem, 1)
        self.choose.clicked.connect(self._choose)
        self.remove.clicked.connect(self._remove)
        self.show_logo(None)

    def show_logo(self, logo: bytes | None) -> None:
        """Show this picture as the one in force."""
        self.logo = logo
        self.problem.setText("")
        picture = QPixmap()
        if logo is not None and picture.loadFromData(logo):
            picture = picture.scaled(
                120,
                36,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        self.picture.setPixmap(picture)
        self.picture.setVisible(logo is not None)
        self.remove.setVisible(logo is not None)
        self.choose.setText("Choose another…" if logo is not None else "Choose a logo…")

    def _choose(self) -> None:
        path = self._ask(self)
        if path is not None:
            self._tasks.read(lambda: read_picture(path), self._take, self._refuse, latest="logo")

    def _take(self, logo: bytes | None) -> None:
        self.show_logo(logo)
        self.logo_changed.emit()

    def _remove(self) -> None:
        self._take(None)

    def _refuse(self, error: Exception) -> None:
        self.problem.setText(sentence_for(error))
