"""One diagnosis of the list: its code and words, whose it is, since when and until when, and its place in the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtWidgets import QComboBox, QWidget

from ptnotes.domain.episode import Diagnosis, DiagnosisKind
from ptnotes.ui.episode.ordered_row import OrderedRow
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.labels import Label, Pill

KINDS = ((DiagnosisKind.MEDICAL, "medical"), (DiagnosisKind.TREATMENT, "treatment"))


def diagnosis_words(diagnosis: Diagnosis) -> str:
    """Code and words as read in a line: ``M54.16 Radiculopathy, lumbar region``."""
    return " ".join(part for part in (diagnosis.code, diagnosis.words) if part)


class DiagnosisRow(OrderedRow):
    """Shows a diagnosis (`show_diagnosis`)."""

    def __init__(self, number: int, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(number, parent)
        self.unchecked = Pill("not checked", "warning")
        self.kind = QComboBox()
        self.kind.addItems([text for _, text in KINDS])
        self.since = DateField(today)
        self.until = DateField(today)
        self.until.setPlaceholderText("still holds")
        below = (self.kind, Label("since", "small"), self.since, Label("until", "small"), self.until)
        controls = (self.kind, self.since, self.until, self.up, self.down, self.remove)
        self.lay_out(self.unchecked, below, (self.since, self.until), controls)
        self.kind.activated.connect(self._kind_chosen)
        self.since.date_changed.connect(partial(self.changed.emit, "since"))
        self.until.date_changed.connect(partial(self.changed.emit, "until"))

    def show_diagnosis(self, diagnosis: Diagnosis, *, is_first: bool, is_last: bool) -> None:
        """Show `diagnosis` as it stands in the list."""
        self.unchecked.setVisible(bool(diagnosis.code) and not diagnosis.checked)
        self.unchecked.setToolTip("This code is not in the program's list: nobody but you has checked it.")
        self.kind.setCurrentIndex([kind for kind, _ in KINDS].index(diagnosis.kind))
        self.since.set_date(diagnosis.since)
        self.until.set_date(diagnosis.until)
        named = ((self.kind, "Kind of diagnosis"), (self.since, "Since"), (self.until, "Until"))
        self.tell(diagnosis_words(diagnosis), named, is_first=is_first, is_last=is_last)

    def _kind_chosen(self, place: int) -> None:
        self.changed.emit("kind", KINDS[place][0])
