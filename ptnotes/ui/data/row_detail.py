"""One row of a dry run: what it says, what would become of it, and whom it may be, side by side."""

from __future__ import annotations

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ptnotes.domain.importing import ImportRow, RowKind
from ptnotes.domain.patient import Patient
from ptnotes.domain.wording import full_date
from ptnotes.ui.data.rows_model import Decisions
from ptnotes.ui.keys import IMPORT
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Scroller, from_left
from ptnotes.ui.widgets.labels import Heading, KeyHint, Label
from ptnotes.ui.widgets.table import GridTable

_MOST_CELLS = 40
_MOST_LETTERS = 300
_UNBROKEN = 12
"""Letters of a word that the narrowest column takes at large text."""


class RowDetail(Scroller):
    """Shows a row (`show_row`); emits `turned` when it is to be added all the same, or left out again."""

    turned = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(ground="surface", parent=parent)
        self.body.setContentsMargins(theme.space(4), 0, theme.space(2), theme.space(3))
        self.body.setSpacing(theme.space(3))
        self.title = Heading("", "strong")
        self.why = Label("", wraps=True)
        self.table = GridTable(("", "", "", ""))
        self.turn = QPushButton("")
        self.keys = KeyHint(IMPORT.shown("turn"))
        for widget in (self.title, self.why):
            self.body.addWidget(widget)
        self.body.addLayout(from_left(self.turn, self.keys, gap_px=theme.space(3)))
        self.body.addWidget(self.table)
        self.body.addStretch(1)
        self.turn.clicked.connect(self.turned)
        self.clear()

    def clear(self) -> None:
        """Show no row."""
        self.title.setText("")
        self.why.setText("")
        self._offer_turn("")
        self.table.set_heads(("", ""))
        self.table.show_rows([])

    def show_row(self, row: ImportRow, header: tuple[str, ...], decisions: Decisions) -> None:
        """Show this row of a file with these columns."""
        self.title.setText(f"Row {row.number:,}")
        self.why.setText(" ".join(row.reasons))
        self.why.setVisible(bool(row.reasons))
        self.why.set_kind("fault" if row.kind is RowKind.REFUSED else "body")
        self._offer_turn("")
        self.table.show()
        if row.patient is None:
            self._show_cells(row, header)
        elif row.other is None:
            self.table.set_heads(("", "Would be stored"))
            self.table.show_rows(
                [(Label(name, "small"), _value(here)) for name, here in facts(row.patient) if here]
            )
        else:
            self._show_both(row, row.patient, row.other.patient, row.other.row)
        if row.kind is RowKind.DUPLICATE and row.can_be_added:
            self._offer_turn("Leave it out" if decisions.adds(row) else "Add it all the same")

    def _offer_turn(self, words: str) -> None:
        self.turn.setText(words)
        self.turn.setVisible(bool(words))
        self.keys.setVisible(bool(words))

    def _show_cells(self, row: ImportRow, header: tuple[str, ...]) -> None:
        names = (*header, *("beyond the columns" for _ in row.cells[len(header) :]))
        filled = [(name, cell) for name, cell in zip(names, row.cells, strict=False) if cell]
        # What is no JSON has no cells.
        self.table.setVisible(bool(filled))
        self.table.set_heads(("Column", "What stands there"))
        self.table.show_rows(
            [(Label(name, "small", wraps=True), _value(cell)) for name, cell in filled[:_MOST_CELLS]]
        )

    def _show_both(self, row: ImportRow, new: Patient, known: Patient, known_row: int | None) -> None:
        lines: list[tuple[str | QWidget, ...]] = []
        for (name, ours), (_name, theirs) in zip(facts(new), facts(known), strict=True):
            if not ours and not theirs:
                continue
            differs = ours != theirs
            # Who listens is told in words what who looks sees.
            mark = Label("≠" if differs else "", "strong")
            mark.setAccessibleName(f"{name} differs" if differs else f"{name} is the same")
            kind = "strong" if differs else "body"
            lines.append((Label(name, "small"), mark, _value(ours, kind), _value(theirs, kind)))
        there = f"In row {known_row:,}" if known_row is not None else "In this clinic"
        self.table.set_heads(("", "", f"In row {row.number:,}", there))
        self.table.show_rows(lines)


def facts(patient: Patient) -> tuple[tuple[str, str], ...]:
    """What tells one patient from another, as (what it is, what it says), always in the same order."""
    return (
        ("Family name", patient.family_name),
        ("Given name", patient.given_name),
        ("Middle name", patient.middle_name),
        ("Suffix", patient.suffix),
        ("Preferred name", patient.preferred_name),
        ("Birth date", full_date(patient.birth_date)),
        ("Sex", patient.sex.value),
        ("Record number", patient.mrn),
        ("Telephone", patient.telephone),
        ("E-mail", patient.email),
        ("Address", patient.address),
        ("Emergency contact", patient.emergency_contact),
        ("Language", patient.language),
        ("Archived", "yes" if patient.archived_at is not None else ""),
    )


def _breakable(words: str) -> str:
    """Words in which a line may end within an e-mail address or a very long name, or they would be cut off."""
    if max(map(len, words.split()), default=0) <= _UNBROKEN:
        return words
    return re.sub(r"([^\s\u200b]{12})", "\\1\u200b", re.sub(r"([@._/\\-])", "\\1\u200b", words))


def _value(words: str, kind: str = "body") -> Label:
    shown = words if len(words) <= _MOST_LETTERS else f"{words[:_MOST_LETTERS]}…"
    return Label(_breakable(shown) or "–", "strong" if kind == "strong" else "body", wraps=True)
