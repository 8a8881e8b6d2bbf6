"""A date as people write it. What was understood is written back with the month in letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ptnotes.domain.dates import read_any_dates
from ptnotes.domain.errors import Fault
from ptnotes.domain.sentences import sentence
from ptnotes.domain.wording import full_date
from ptnotes.ui.override import override

_FRAME = 28
"""Room for padding and border on both sides, in pixels."""


class DateField(QLineEdit):
    """Takes ``12 Mar 1979``, ``3/12/1979``, ``1979-03-12`` and so on; emits `date_changed` when the line is left.

    `today` gives the clinic's calendar date. A date after it is refused unless `future` allows it. `problem` is the
    sentence to show beside the field, empty while the text is a date or empty.
    """

    date_changed = Signal(object)
    problem_changed = Signal(str)

    def __init__(
        self,
        today: Callable[[], date],
        *,
        future: bool = False,
        day_first: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._today = today
        self._future = future
        self._day_first = day_first
        self._date: date | None = None
        self.problem = ""
        self.setPlaceholderText(full_date(today() + timedelta(days=28)) if future else "12 Mar 1979")
        if name:
            self.setAccessibleName(name)
        self.editingFinished.connect(self.read_text)

    @property
    def day(self) -> date | None:
        """The date in force: the last one understood, None for an empty line."""
        return self._date

    def set_date(self, day: date | None) -> None:
        """Show `day`, without a signal."""
        self._date = day
        self.setText(full_date(day) if day else "")
        self._set_problem("")

    def read_text(self) -> bool:
        """Read what is typed now, and say whether it is a date or empty; otherwise the date in force stays."""
        typed = self.text().strip()
        if not typed:
            self._take(None)
            return True
        found = read_any_dates(typed, self._today())
        if self._day_first:
            found = tuple(reversed(found))
        past = tuple(day for day in found if self._future or day <= self._today())
        if past:
            self._take(past[0])
            return True
        code = "date.future" if found else "date.not_understood"
        self._set_problem(sentence(Fault(code, "date", values={"value": typed[:40]})))
        return False

    @override
    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(self.fontMetrics().horizontalAdvance("28 Mmm 2028") + _FRAME, hint.height())

    def _take(self, day: date | None) -> None:
        changed = day != self._date
        self.set_date(day)
        if changed:
            self.date_changed.emit(day)

    def _set_problem(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self.problem_changed.emit(problem)
