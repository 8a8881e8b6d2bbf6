"""Where somebody was when the window was locked or the program was cut off, and the way back there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, cast

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from ptnotes.ui.chart import SESSIONS
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.workspace import Workspace

_ASIDE = {
    "ClinicSettings": "settings",
    "PeoplePage": "people",
    "RetentionPage": "retention",
    "DataPage": "data",
    "HistoryPage": "clinic_history",
}
"""Pages that are no patient's: their kind, and which ``show_`` verb of the pages shows them."""
_WRITTEN_AFTER_MS = 250


class _Field(NamedTuple):
    """Which field: one of those of its kind and name. The name is kept as a number, since it may hold a value."""

    name: int
    place: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the keyboard was on a visit's page: how far that was scrolled, in which field, where in it.

    `field` is None where the keyboard was elsewhere.
    """

    scrolled_px: int
    field: _Field | None
    letter: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody was: numbers and kinds of pages, of which none says anything without the file."""

    person_id: int
    patient_id: int | None = None
    episode_id: int | None = None
    tab: int = 0
    session_id: int | None = None
    cursor: Cursor | None = None
    aside: str = ""


def place_of(workspace: Workspace, person_id: int) -> Place:
    """Where this person is in the workspace: in which part of whose chart, at a page of the clinic's, or at home."""
    chart, page = workspace.chart, workspace.pages.currentWidget()
    header = chart.shown
    aside = _ASIDE.get(type(page).__name__, "")
    if aside and (header is None or aside != "clinic_history"):
        return Place(person_id, aside=aside)
    if header is None or page is workspace.home:
        return Place(person_id)
    tab = chart.header.tabs.currentIndex()
    charting = _charting(workspace) if tab == SESSIONS else None
    visit = charting.visit if charting is not None else None
    return Place(
        person_id,
        header.patient.id,
        header.episode.id if header.episode is not None else None,
        tab,
        visit.id if visit is not None else None,
    )


def place_with_cursor(workspace: Workspace, person_id: int) -> Place:
    """`place_of`, and where the keyboard is on a visit's page."""
    place = place_of(workspace, person_id)
    charting = _charting(workspace) if place.session_id is not None else None
    page = charting.stage.page if charting is not None else None
    return place if page is None else replace(place, cursor=cursor_of(page))


class PlaceKeeper(QObject):
    """Keeps on the disk where somebody is in a patient's chart, so that a start after a crash comes back there."""

    def __init__(
        self, workspace: Workspace, tasks: Tasks, remembered: Remembered, file: Path, person_id: int
    ) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._remembered = remembered
        self._file = file
        self._person_id = person_id
        self._kept = remembered.place(file)
        # Writing waits for the disk. Whoever opens a chart waits for its charts, so it comes once those are painted.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_WRITTEN_AFTER_MS)
        self._later.timeout.connect(self._write)
        workspace.patient_shown.connect(self.keep)
        workspace.chart.screen_shown.connect(self.keep)
        # A visit's number is known once it is stored.
        tasks.unsaved_changed.connect(self.keep)

    def keep(self) -> None:
        """Write the place down in a moment, where it is another than the one that is kept."""
        if _as_text(place_of(self._workspace, self._person_id)) != self._kept:
            self._later.start()

    def _write(self) -> None:
        # A window that was closed has let its place go, and keeps none.
        place = _as_text(place_of(self._workspace, self._person_id))
        if place != self._kept and self._workspace.isVisible():
            self._kept = place
            self._remembered.keep_place(self._file, place)


def kept_place(remembered: Remembered, file: Path) -> Place | None:
    """The place that a program which was cut off kept; None where there is none, or it is not one of ours."""
    parts = remembered.place(file).split(" ")
    try:
        person_id, patient_id, episode_id, tab, session_id = (int(part) for part in parts)
    except ValueError:
        return None
    return Place(person_id, patient_id or None, episode_id or None, tab, session_id or None)


def _as_text(place: Place) -> str:
    if place.patient_id is None:
        return ""
    numbers = (place.person_id, place.patient_id, place.episode_id, place.tab, place.session_id)
    return " ".join(str(number or 0) for number in numbers)


def go_back(workspace: Workspace, place: Place) -> None:
    """Show what was shown at `place`."""
    if place.aside:
        getattr(workspace.pages, f"show_{place.aside}")()
    elif place.patient_id is None:
        return
    elif place.session_id is None:
        workspace.chart.first_tab = place.tab
        workspace.open_patient(place.patient_id, place.episode_id)
    else:
        workspace.open_draft(place.patient_id, place.session_id)
        if place.cursor is not None:
            _Return(workspace, place.session_id, place.cursor)


def cursor_of(page: VisitPage) -> Cursor:
    """Where the keyboard is on a visit's page."""
    here = page.window().focusWidget()
    letter = 0
    if isinstance(here, QLineEdit):
        letter = here.cursorPosition()
    elif isinstance(here, QPlainTextEdit):
        letter = here.textCursor().position()
    scrolled_px = page.scroller.verticalScrollBar().value()
    field = next((field for field, widget in _fields(page).items() if widget is here), None)
    return Cursor(scrolled_px, field, letter)


def put_cursor(page: VisitPage, cursor: Cursor) -> None:
    """Scroll a visit's page and put the keyboard as it was. Where the field is there no more, it is only scrolled."""
    field = _fields(page).get(cursor.field) if cursor.field is not None else None
    if field is not None:
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(field, QLineEdit):
            field.setCursorPosition(cursor.letter)
        elif isinstance(field, QPlainTextEdit):
            at = field.textCursor()
            at.setPosition(min(cursor.letter, len(field.toPlainText())))
            field.setTextCursor(at)
    page.scroller.verticalScrollBar().setValue(cursor.scrolled_px)


def _fields(page: QWidget) -> dict[_Field, QWidget]:
    """Whatever takes the keyboard on a page; not by where it stands, which differs with the width of the window."""
    found: dict[_Field, QWidget] = {}
    places: Counter[int] = Counter()
    for widget in page.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(page) and widget.isEnabled():
            name = hash((type(widget).__name__, widget.accessibleName()))
            found[_Field(name, places[name])] = widget
            places[name] += 1
    return found


def _charting(workspace: Workspace) -> ChartingScreen | None:
    return cast("ChartingScreen | None", workspace.chart.screens.get(SESSIONS))


class _Return(QObject):
    """Puts the cursor on a visit's page once that is shown for the first time."""

    def __init__(self, workspace: Workspace, session_id: int, cursor: Cursor) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._session_id = session_id
        self._cursor = cursor
        self._charting: ChartingScreen | None = None
        workspace.chart.screen_shown.connect(self._screen_shown)

    def _screen_shown(self) -> None:
        self._charting = _charting(self._workspace)
        self._workspace.chart.screen_shown.disconnect(self._screen_shown)
        if self._charting is not None:
            self._charting.stage.currentChanged.connect(self._page_shown)

    def _page_shown(self) -> None:
        if self._charting is not None and self._charting.stage.page is not None:
            self._charting.stage.currentChanged.disconnect(self._page_shown)
            # Once it is laid out, and behind whatever else is to happen when a visit is shown.
            QTimer.singleShot(0, self, self._put)

    def _put(self) -> None:
        visit = self._charting.visit if self._charting is not None else None
        page = self._charting.stage.page if self._charting is not None else None
        if page is not None and visit is not None and visit.id == self._session_id:
            put_cursor(page, self._cursor)
        self.deleteLater()
