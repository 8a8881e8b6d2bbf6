"""How long a key takes from its press to its painted result in the fields of a visit, with 200 earlier visits."""

from __future__ import annotations

from datetime import date
from time import perf_counter

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLineEdit, QWidget

from benchmarks.clinics import LONG_MRNS, discard_measured
from benchmarks.window import Painted, ms_since, settle, until
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.shell import Shell

LINE = "L5 upa l III 3x45s ; L4 cpa IV 3x60s prone ; flex 45>55 ; SB l 15>20 ; pain 6>3 ; mt 23"
NARRATIVE = "Slept through, stairs easier. Stiff on rising for a quarter of an hour. Sits for an hour now."
_BETWEEN_S = 0.05
"""Between two keys of a fast typist there is more; what is offered to go on with comes in this time."""


def keys(application: QApplication, shell: Shell) -> dict[str, list[float]]:
    """Milliseconds of each key, by field, in today's visit of the first patient with 200 visits."""
    page = _visit_today(application, shell)
    times: dict[str, list[float]] = {}

    def press(name: str, field: QWidget, typed: str) -> None:
        shown = field.viewport() if isinstance(field, QAbstractScrollArea) else field
        painted = Painted(application, lambda widget: widget is shown)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        if page.scroller.isAncestorOf(field):
            page.scroller.ensureWidgetVisible(field)
        settle(application, 0.2)
        for letter in typed:
            painted.times = 0
            begun = perf_counter()
            QTest.keyClicks(field, letter)
            until(application, lambda: painted.times > 0, f"the key {letter!r} in a field of {name}, painted")
            times.setdefault(name, []).append(ms_since(begun))
            settle(application, _BETWEEN_S)
        painted.stop()

    press("typed line", page.line.input, LINE)
    QTest.keyClick(page.line.input, Qt.Key.Key_Return)
    settle(application, 0.3)
    press("note", page.note.editors["subjective"], NARRATIVE)
    for editor in page.mobilizations.table.editors.values():
        dose = editor.cells[4]
        assert isinstance(dose, QLineEdit)
        dose.selectAll()
        press("dose", dose, "2x30s")
    for motion in list(page.rom.table.editors.values())[:4]:
        reading = motion.tab_stops()[0]
        assert isinstance(reading, QLineEdit)
        reading.selectAll()
        press("motion", reading, "42")
    for scale in page.pain.scales:
        # A score that stands there already would change nothing, and nothing would be painted.
        QTest.keyClick(scale, Qt.Key.Key_Delete)
        press("pain", scale, "47")
    _take_back(application, shell)
    return times


def _take_back(application: QApplication, shell: Shell) -> None:
    """Leave the patient, and discard today's visit once all of it is stored."""
    clinic, tasks = shell._clinic, shell._tasks
    assert clinic is not None
    shell.actions_by_id["home"].trigger()
    until(application, lambda: tasks.unsaved == 0, "the visit, stored")
    discard_measured(clinic)


def _visit_today(application: QApplication, shell: Shell) -> VisitPage:
    from ptnotes.services.patients import patient_by_mrn

    workspace, clinic = shell.workspace, shell._clinic
    assert workspace is not None
    assert clinic is not None
    patient_id = patient_by_mrn(clinic, LONG_MRNS[0]).id
    assert patient_id is not None
    workspace.open_patient(patient_id)
    until(application, lambda: workspace.chart.shown is not None, "the patient's chart")
    settle(application, 0.5)
    shell.actions_by_id["tab_sessions"].trigger()
    settle(application, 1.0)
    screen = next(one for one in workspace.chart.screens.values() if isinstance(one, ChartingScreen))
    until(application, lambda: screen.stage.page is not None, "the visits of the patient")
    screen.bar.commands["new_visit"].trigger()
    until(application, lambda: _day_of(screen) == clinic.today(), "today's visit")
    settle(application, 0.5)
    page = screen.stage.page
    assert isinstance(page, VisitPage)
    return page


def _day_of(screen: ChartingScreen) -> date | None:
    page = screen.stage.page
    return page.state.session.service_date if page is not None else None
