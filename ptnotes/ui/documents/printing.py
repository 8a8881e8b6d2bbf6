"""A document on paper, as it is shown. The system's spool sees it; its name there says nothing of a patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.ui.documents.pages import PX_PER_PT, page_picture

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_MOST_DPI = 300
"""Finer than this a page takes much memory and looks the same."""
_PT_PER_INCH = 72


def ask_for_printer(parent: QWidget) -> QPrinter | None:
    """Ask with the system's own dialog which printer; None where the person thinks better of it."""
    # Read here so that the window's start does not wait for it.
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - see above

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    try:
        return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None
    finally:
        dialog.deleteLater()


def print_pages(pdf: bytes, printer: QPrinter) -> None:
    """Print every page, each as large as the paper lets it be. Raises `EnvironmentFault` ("print.failed")."""
    printer.setDocName("PT Notes document")
    printer.setFullPage(True)
    dpi = min(printer.resolution(), _MOST_DPI)
    painter = QPainter()
    if not painter.begin(printer):
        raise EnvironmentFault("print.failed")
    try:
        number, count = 1, 1
        while number <= count:
            if number > 1 and not printer.newPage():
                raise EnvironmentFault("print.failed")
            picture = page_picture(pdf, number, dpi / (_PT_PER_INCH * PX_PER_PT), 0, 1.0)
            room = painter.viewport()
            size = picture.image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            room.setSize(size)
            painter.drawImage(room, picture.image)
            number, count = number + 1, picture.count
    finally:
        painter.end()
