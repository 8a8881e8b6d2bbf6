"""Printing: every page that is asked for, as large as the paper, a page at a time, and written down."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPageRanges, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ptnotes.services.history import history_of
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.documents.pages import ONE_AT_A_TIME
from ptnotes.ui.documents.printing import PrintJob, ask_for_printer, pages_asked_for
from tests.ui.documents import answer, clinic, open_report, screen, shown

__all__ = ["answer", "clinic", "open_report", "screen"]


def to_file(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def printed(made: bytes, printer: QPrinter) -> None:
    job = PrintJob(made, printer)
    job.begin()
    while job.left:
        job.draw_next()
    job.end()


def test_printing_prints_every_page_and_is_written_down(
    screen: DocumentsScreen,
    open_report: Callable[[], None],
    clinic: OpenClinic,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_report()
    assert screen.made is not None
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    answers = iter([None, printer])
    monkeypatch.setattr(screen.outlet, "ask_printer", lambda _parent, _pdf: next(answers))
    QTest.mouseClick(screen.foot.print, Qt.MouseButton.LeftButton)
    assert not (tmp_path / "paper.pdf").exists()
    QTest.mouseClick(screen.foot.print, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: screen.foot.state.text() == "Printed.")
    with (
        ONE_AT_A_TIME,
        pypdfium2.PdfDocument(tmp_path / "paper.pdf") as printed,
        pypdfium2.PdfDocument(screen.made.pdf) as made,
    ):
        assert len(printed) == len(made) > 1
        first = printed[0].render(scale=1, grayscale=True).to_pil()
        dark = sum(first.histogram()[:128]) / (first.width * first.height)
        assert 0.002 < dark < 0.5
    told = [row.what for row in history_of(clinic, 1)]
    assert told.count("printed a document: progress report, draft") == 1


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_printer_that_takes_nothing_is_told_and_nothing_is_written_down(
    screen: DocumentsScreen,
    open_report: Callable[[], None],
    clinic: OpenClinic,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_report()
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "none" / "paper.pdf"))
    monkeypatch.setattr(screen.outlet, "ask_printer", lambda _parent, _pdf: printer)
    screen.print_out()
    qtbot.waitUntil(lambda: "nothing was printed" in screen.foot.state.text())
    assert not any("printed" in row.what for row in history_of(clinic, 1))


def test_a_page_is_drawn_from_300_dots_an_inch_and_stands_where_it_stands_in_the_document(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    open_report()
    made = shown(screen, qtbot)
    drawn: list[QImage] = []
    real = QPainter.drawImage

    def draw(painter: QPainter, room: QRect, image: QImage) -> None:
        drawn.append(image)
        real(painter, room, image)

    monkeypatch.setattr(QPainter, "drawImage", draw)
    printer = to_file(tmp_path / "paper.pdf")
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.Letter))
    printed(made.pdf, printer)
    assert {(image.width(), image.height()) for image in drawn} == {(2550, 3300)}
    with (
        ONE_AT_A_TIME,
        pypdfium2.PdfDocument(tmp_path / "paper.pdf") as paper,
        pypdfium2.PdfDocument(made.pdf) as document,
    ):
        assert paper[0].get_size() == pytest.approx(document[0].get_size(), abs=1)
        boxes = [
            one[0]
            .render(scale=1, grayscale=True)
            .to_pil()
            .point(lambda grey: 255 if grey < 128 else 0)
            .getbbox()
            for one in (paper, document)
        ]
    assert boxes[0] is not None
    assert boxes[0] == pytest.approx(boxes[1], abs=2)


def test_only_the_pages_that_are_asked_for_are_printed_in_the_order_that_is_asked_for(
    qapp: QApplication,
) -> None:
    printer = QPrinter()
    assert pages_asked_for(printer, 4) == [1, 2, 3, 4]
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 3)
    assert pages_asked_for(printer, 4) == [2, 3]
    printer.setPageRanges(QPageRanges.fromString("1,3-4"))
    assert pages_asked_for(printer, 4) == [1, 3, 4]
    printer.setPageOrder(QPrinter.PageOrder.LastPageFirst)
    assert pages_asked_for(printer, 4) == [4, 3, 1]
    printer.setFromTo(0, 0)
    printer.setPrintRange(QPrinter.PrintRange.AllPages)
    assert pages_asked_for(printer, 2) == [2, 1]


def test_copies_are_made_here_where_the_system_makes_none(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = QPrinter()
    printer.setCopyCount(2)
    monkeypatch.setattr(printer, "supportsMultipleCopies", lambda: False)
    printer.setCollateCopies(True)
    assert pages_asked_for(printer, 2) == [1, 2, 1, 2]
    printer.setCollateCopies(False)
    assert pages_asked_for(printer, 2) == [1, 1, 2, 2]


def test_a_range_beyond_the_document_prints_nothing_and_says_so(
    screen: DocumentsScreen, open_report: Callable[[], None], clinic: OpenClinic, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    open_report()
    printer = to_file(tmp_path / "paper.pdf")
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(7, 9)
    monkeypatch.setattr(screen.outlet, "ask_printer", lambda _parent, _pdf: printer)
    screen.print_out()
    qtbot.waitUntil(lambda: "none of the pages" in screen.foot.state.text())
    assert not any("printed" in row.what for row in history_of(clinic, 1))


def test_the_dialog_begins_with_the_documents_paper_and_offers_its_pages(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_report()
    made = shown(screen, qtbot)
    asked: list[tuple[int, int, QPageSize.PageSizeId]] = []

    def accept(dialog: QPrintDialog) -> QPrintDialog.DialogCode:
        asked.append((dialog.minPage(), dialog.maxPage(), dialog.printer().pageLayout().pageSize().id()))
        return QPrintDialog.DialogCode.Accepted

    monkeypatch.setattr(QPrintDialog, "exec", accept)
    assert ask_for_printer(screen, made.pdf) is not None
    assert asked == [(1, 2, QPageSize.PageSizeId.Letter)]


def test_nothing_that_waits_to_be_stored_waits_for_a_whole_document(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    open_report()
    done: list[str] = []
    real = PrintJob.draw_next

    def draw(job: PrintJob) -> None:
        real(job)
        done.append("page")

    monkeypatch.setattr(PrintJob, "draw_next", draw)
    monkeypatch.setattr(screen.outlet, "ask_printer", lambda _parent, _pdf: to_file(tmp_path / "paper.pdf"))
    screen.print_out()
    screen._tasks.write(lambda: done.append("saved"), urgent=True)
    qtbot.waitUntil(lambda: screen.foot.state.text() == "Printed.")
    assert done.index("saved") < len(done) - 1


@pytest.mark.skipif(sys.platform != "linux", reason="the others print without CUPS, or have no such folder")
def test_what_the_systems_printing_writes_for_itself_is_written_to_memory_where_that_can_be(
    qapp: QApplication, screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    open_report()
    made = shown(screen, qtbot)
    in_memory = tmp_path / "run"
    in_memory.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(in_memory))
    monkeypatch.setenv("TMPDIR", "as it was")
    seen: list[str] = []
    real = QPainter.begin

    def begin(painter: QPainter, printer: QPrinter) -> bool:
        seen.append(os.environ["TMPDIR"])
        return real(painter, printer)

    monkeypatch.setattr(QPainter, "begin", begin)
    printed(made.pdf, to_file(tmp_path / "paper.pdf"))
    assert seen == [str(in_memory)]
    assert os.environ["TMPDIR"] == "as it was"
