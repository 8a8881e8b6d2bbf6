"""A sheet laid over the window for reading: the list of keys, or what PT Notes is and what it is made with."""

from __future__ import annotations

import platform
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from PySide6.QtCore import QEvent, QObject, Qt, qVersion
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes import __version__
from ptnotes.ui.keys import SHEET
from ptnotes.ui.override import override
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.labels import Heading, KeyHint, Label
from ptnotes.ui.widgets.table import GridTable


@dataclass(frozen=True, slots=True)
class Component:
    """Something PT Notes is made with."""

    name: str
    version: str
    licence: str
    holder: str
    used_for: str


def read_components() -> tuple[Component, ...]:
    """What PT Notes is made with, from ``resources/licences.toml``, with the versions that run now."""
    text = (files("ptnotes.resources") / "licences.toml").read_text(encoding="utf-8")
    return tuple(
        Component(
            entry["name"],
            qVersion() if entry["name"] == "Qt" else _version(entry.get("distribution", "")),
            entry["licence"],
            entry["holder"],
            entry["used_for"],
        )
        for entry in tomllib.loads(text)["component"]
    )


def _version(distribution: str) -> str:
    if not distribution:
        return ""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


_LONG = 44
"""Letters from which on a line of the list of keys is broken."""


class Sheet(QWidget):
    """Covers `host` while it is shown. Esc, a click beside it, or its button closes it and gives the focus back."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._focus_before: QWidget | None = None
        self.card = Card(parent=self)
        self.close_button = QPushButton("Close", self.card)
        self.close_button.clicked.connect(self.dismiss)
        self.card.add_to_head(KeyHint("Esc"))
        self.card.add_to_head(self.close_button)
        self.scroller = Scroller(ground="surface", parent=self.card)
        self.scroller.body.setContentsMargins(0, 0, 8, 0)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card.body.addWidget(self.scroller)
        self._shown: QWidget | None = None
        host.installEventFilter(self)
        self.hide()

    def show_keys(self, menus: list[tuple[str, list[tuple[str, str]]]]) -> None:
        """List every action with its key, as `ptnotes.ui.actions.key_list` gives them."""
        page = QWidget()
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(48)
        sides = (QVBoxLayout(), QVBoxLayout())
        for side in sides:
            side.setSpacing(0)
        lengths = [0, 0]
        for menu, rows in menus:
            shorter = lengths.index(min(lengths))
            lengths[shorter] += len(rows) + 2
            block = QVBoxLayout()
            block.setSpacing(6)
            block.addWidget(Heading(menu, "strong"))
            for words, keys in rows:
                line = QHBoxLayout()
                line.setSpacing(12)
                line.addWidget(Label(words, wraps=len(words) > _LONG), 1)
                line.addWidget(KeyHint(keys), 0, Qt.AlignmentFlag.AlignTop)
                block.addLayout(line)
            sides[shorter].addLayout(block)
            sides[shorter].addSpacing(16)
        for side in sides:
            side.addStretch(1)
            columns.addLayout(side, 1)
        self._show("Keys", page)

    def show_about(self, components: tuple[Component, ...]) -> None:
        """Say what PT Notes is, its version, and what it is made with."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Heading(f"PT Notes {__version__}", "heading"))
        column.addWidget(
            Label(
                "Charting for manual physical therapy: sessions, trends and reports in one encrypted file. "
                "Nothing leaves this computer.",
                "muted",
                wraps=True,
            )
        )
        column.addWidget(
            Label(f"Python {platform.python_version()} · Qt {qVersion()} · {platform.system()}", "small")
        )
        column.addWidget(Heading("Made with", "strong"))
        table = GridTable(("Part", "Version", "Licence", "Used for", "Rights"))
        table.show_rows(
            [
                (part.name, part.version, part.licence, part.used_for, _wrapped(part.holder))
                for part in components
            ]
        )
        column.addWidget(table)
        column.addWidget(
            Label(
                "Qt and Qt for Python are used under the LGPL as separate libraries, which you may replace.",
                "small",
                wraps=True,
            )
        )
        column.addStretch(1)
        self._show("About", page)

    def dismiss(self) -> None:
        """Close the sheet."""
        self.hide()
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus()
        self._focus_before = None

    def _show(self, title: str, page: QWidget) -> None:
        if self._shown is not None:
            self._shown.deleteLater()
        self._shown = page
        self.scroller.body.addWidget(page)
        self.card.set_title(title)
        self._focus_before = self._host.window().focusWidget()
        self._place()
        self.show()
        self.raise_()
        self.scroller.setFocus()

    def _place(self) -> None:
        self.setGeometry(self._host.rect())
        width, height = min(self.width() - 48, 920), min(self.height() - 48, 680)
        self.card.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 110))
        painter.end()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if SHEET.pressed(event) == "close":
            self.dismiss()
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.dismiss()


def _wrapped(text: str) -> Label:
    return Label(text, "small", wraps=True)
