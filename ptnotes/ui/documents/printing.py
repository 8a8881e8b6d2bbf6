"""A document on paper, as it is shown. The system's spool sees it; its name there says nothing of a patient."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QPageSize, QPainter
from PySide6.QtWidgets import QWidget

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.ui.documents.pages import PX_PER_PT, page_picture, paper_of

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

DPI = 300
"""Finer than this a page takes much memory and looks the same."""
_PT_PER_INCH = 72


def ask_for_printer(parent: QWidget, pdf: bytes) -> QPrinter | None:
    """Ask with the system's own dialog which printer, which pages and on what; None where the person thinks better.

    It begins with the paper that the document is made for.
    """
    # Read here so that the window's start does not wait for it.
    from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter  # noqa: PLC0415 - see above

    count, width_pt, height_pt = paper_of(pdf)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    size = QSizeF(width_pt, height_pt)
    printer.setPageSize(
        QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.FuzzyOrientationMatch)
    )
    dialog = QPrintDialog(printer, parent)
    dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange)
    dialog.setMinMax(1, count)
    try:
        return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None
    finally:
        # The lock may have taken the window away while it was asked.
        if shiboken6.isValid(dialog):
            dialog.deleteLater()


@contextmanager
def _system_files_in_memory() -> Iterator[None]:
    """Have CUPS collect the pages in the person's own folder in memory, where there is one, and not on a disk.

    Qt's printing by CUPS writes them to a file of `TMPDIR` first, and removes it once the spool has them.
    """
    before, in_memory = os.environ.get("TMPDIR"), os.environ.get("XDG_RUNTIME_DIR", "")
    if (
        not sys.platform.startswith("linux")
        or not Path(in_memory).is_absolute()
        or not Path(in_memory).is_dir()
    ):
        yield
        return
    os.environ["TMPDIR"] = in_memory
    try:
        yield
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before


class PrintJob:
    """A document on its way to a printer: `begin`, `draw_next` for each of the `left` pages, `end`.

    Every page is as large as the paper lets it be, at 300 dots an inch or what the printer has, and is drawn from
    memory. A page is a step of its own, so that what waits to be stored goes in between.
    """

    def __init__(self, pdf: bytes, printer: QPrinter) -> None:
        self._pdf = pdf
        self._printer = printer
        self._painter = QPainter()
        self._pages: list[int] = []
        self._drawn = 0

    @property
    def left(self) -> int:
        """How many pages are not drawn yet."""
        return len(self._pages) - self._drawn

    def begin(self) -> None:
        """Take the printer. Raises `EnvironmentFault` ("print.failed", "print.no_page")."""
        self._printer.setDocName("PT Notes document")
        self._printer.setFullPage(True)
        count, _width, _height = paper_of(self._pdf)
        self._pages = pages_asked_for(self._printer, count)
        if not self._pages:
            raise EnvironmentFault("print.no_page")
        with _system_files_in_memory():
            is_taken = self._painter.begin(self._printer)
        if not is_taken:
            raise EnvironmentFault("print.failed")

    def draw_next(self) -> None:
        """Draw the next page. Raises `EnvironmentFault` ("print.failed"), and the printer is let go then."""
        if self._drawn and not self._printer.newPage():
            self._painter.end()
            raise EnvironmentFault("print.failed")
        zoom = min(self._printer.resolution(), DPI) / (_PT_PER_INCH * PX_PER_PT)
        picture = page_picture(self._pdf, self._pages[self._drawn], zoom, 0, 1.0)
        room = self._painter.viewport()
        room.setSize(picture.image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio))
        self._painter.drawImage(room, picture.image)
        self._drawn += 1

    def end(self) -> None:
        """Hand the pages over to the system. Raises `EnvironmentFault` ("print.failed")."""
        if not self._painter.end():
            raise EnvironmentFault("print.failed")


def pages_asked_for(printer: QPrinter, count: int) -> list[int]:
    """The numbers of the pages to print of a document that has `count`, in their order, as the dialog was answered.

    Copies are left to the system where it makes them.
    """
    from PySide6.QtPrintSupport import QPrinter  # noqa: PLC0415 - read with the dialog

    pages = list(range(1, count + 1))
    if printer.printRange() is QPrinter.PrintRange.PageRange:
        ranges = printer.pageRanges()
        first, last = printer.fromPage() or 1, printer.toPage() or count
        pages = [
            page for page in pages if (first <= page <= last if ranges.isEmpty() else ranges.contains(page))
        ]
    if printer.pageOrder() is QPrinter.PageOrder.LastPageFirst:
        pages.reverse()
    copies = 1 if printer.supportsMultipleCopies() else printer.copyCount()
    if printer.collateCopies():
        return pages * copies
    return [page for page in pages for _ in range(copies)]
