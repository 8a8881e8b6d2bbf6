"""What stands under the bar: the page of a visit, what became of one that did not take place, or the next step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import VisitStatus
from ptnotes.domain.wording import full_date
from ptnotes.ui.charting.open_visit import OpenVisit
from ptnotes.ui.charting.visit_header import STATUS_WORDS
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.empty_state import EmptyState

_LEAST_PX = 36


class VisitStage(QStackedWidget):
    """Shows one thing at a time. `page` is the visit's page, None where none is charted.

    `reference` gives the reference data in force, which follow the clinic's own values.
    """

    start_asked = Signal()
    came = Signal()
    """The patient of a visit that did not take place came after all: it is charted now."""

    def __init__(
        self,
        reference: Callable[[], Reference],
        theme: Theme,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._reference = reference
        self._shown_with = ""
        self._theme = theme
        self._today = today
        self._visit: OpenVisit | None = None
        self.page: VisitPage | None = None
        self.blank = QWidget(self)
        self.empty = EmptyState("", "", "Start today's visit", "Ctrl+N", self)
        self.absent = EmptyState("", "", "The patient came: chart this visit", "", self)
        for widget in (self.blank, self.empty, self.absent):
            self.addWidget(widget)
        self.empty.action_chosen.connect(self.start_asked)
        self.absent.action_chosen.connect(self._chart)

    @override
    def minimumSizeHint(self) -> QSize:
        # What is asked above the visit for a moment, such as a signature, may take its room, never the window's.
        return QSize(super().minimumSizeHint().width(), self._theme.px(_LEAST_PX))

    @override
    def hasHeightForWidth(self) -> bool:
        # A layout gives what has a height for its width no less than that.
        return False

    @property
    def is_outdated(self) -> bool:
        """Whether a page is shown that was made before the clinic changed one of its own values."""
        return self.page is not None and self._shown_with != self._reference().version

    def show_visit(self, visit: OpenVisit) -> None:
        """Show a visit: its page, or that it did not take place."""
        self.clear()
        self._visit = visit
        session = visit.state.session
        if session.status is not VisitStatus.ATTENDED:
            title = f"{STATUS_WORDS[session.status].capitalize()} on {full_date(session.service_date)}"
            self.absent.say(title, session.status_reason)
            self.setCurrentWidget(self.absent)
            return
        reference = self._reference()
        self._shown_with = reference.version
        self.page = VisitPage(visit.state, visit.context, reference, self._theme, self._today, self)
        self.addWidget(self.page)
        self.setCurrentWidget(self.page)

    def show_empty(self, title: str, text: str, *, can_start: bool = True) -> None:
        """Say why there is nothing to chart, and the next step."""
        self.clear()
        self.empty.say(title, text)
        self.empty.button.setVisible(can_start)
        self.setCurrentWidget(self.empty)

    def clear(self) -> None:
        """Take the visit off the screen."""
        page, self.page = self.page, None
        self._visit = None
        self.setCurrentWidget(self.blank)
        if page is not None:
            self.removeWidget(page)
            page.hide()
            page.deleteLater()

    def _chart(self) -> None:
        if self._visit is not None:
            state = self._visit.state
            state.put(replace(state.session, status=VisitStatus.ATTENDED, status_reason=""))
            self.came.emit()
