"""What the home page holds that reads for itself: the day's patients, and what is due in the clinic."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ptnotes.domain.views import Home
from ptnotes.services.opening import OpenClinic
from ptnotes.services.screening import mark_against_seen
from ptnotes.ui.day.day_card import DayCard
from ptnotes.ui.due.clinic_due_card import ClinicDueCard
from ptnotes.ui.home.home_page import HomePage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme

if TYPE_CHECKING:
    from ptnotes.ui.due.batch_page import BatchPage


class HomeDesk(QObject):
    """Puts both cards on `page`, and keeps them up to date while it is seen.

    `changed` says that what is at hand may be something else now; `page_asked` carries a page that is to be shown.
    """

    changed = Signal()
    page_asked = Signal(QWidget)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, page: HomePage) -> None:
        super().__init__(page)
        self._clinic = clinic
        self._tasks = tasks
        self._page = page
        self._theme = theme
        self.batch: BatchPage | None = None
        """The page on which the reports that are due are made, None until it is first asked for."""
        self.day = DayCard(clinic, tasks, theme, page)
        self.due = ClinicDueCard(clinic, tasks, theme, page)
        page.put_above((self.day, 3), (self.due, 2))
        self.due.reports_asked.connect(self.show_batch)
        page.against_seen.connect(self._mark_seen)

    def show_home(self, home: Home) -> None:
        """Show what is at hand."""
        self._page.show_home(home)
        # What is due is counted anew only where it is seen: this follows every save.
        if self._page.isVisible():
            self.day.refresh()
            self.due.refresh()

    def show_batch(self) -> None:
        """Show the progress reports that are due, to be made at once."""
        if self.batch is None:
            # It brings what makes a PDF, which is read ahead by the time that somebody asks for it.
            from ptnotes.ui.due.batch_page import BatchPage  # noqa: PLC0415 - see above

            self.batch = BatchPage(self._clinic, self._tasks, self._theme)
            self.batch.episode_chosen.connect(self.due.episode_chosen)
        self.page_asked.emit(self.batch)

    def end_batch(self) -> str:
        """End what is being made, as the lock does; what to say of it afterwards, empty where nothing was."""
        return "" if self.batch is None else self.batch.end_by_lock()

    def _mark_seen(self, override_ids: Sequence[int]) -> None:
        mark = partial(mark_against_seen, self._clinic, override_ids)
        self._tasks.write_in_turn(self, mark, self._marked)

    def _marked(self, _nothing: None) -> None:
        self.changed.emit()
