"""What the screen says at a visit: a banner where it stops it, the strip that asks, and a line below each row."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from shiboken6 import isValid

from ptnotes.domain.contraindication import Against, charted_against, row_precautions
from ptnotes.domain.examination import lacks_blood_pressure
from ptnotes.domain.permissions import Act
from ptnotes.domain.screening import answers_at, visit_flags
from ptnotes.domain.treatment import NoteState, TreatmentSession, VisitStatus
from ptnotes.services import screening
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.screening import ScreenView
from ptnotes.ui.charting.mobilization_row import MobilizationRow
from ptnotes.ui.charting.open_visit import OpenVisit
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.screening.against_line import AgainstLine
from ptnotes.ui.screening.event_form import EventForm
from ptnotes.ui.screening.screen_page import why_words
from ptnotes.ui.screening.strip import ScreenStrip
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme, restyle

_PARTS = ("mobilizations", "interventions", "exercises", "vitals", "kind", "service_date", "status", "state")
"""What of a visit the screen speaks of: typing in the note changes none of it."""


class VisitScreening(QWidget):
    """Speaks of the visit given to `show_visit`. `changed` carries the episode once something of it was stored."""

    changed = Signal(object)
    screen_asked = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._visit: OpenVisit | None = None
        self._page: VisitPage | None = None
        self._found: ScreenView | None = None
        self._lines: dict[int, AgainstLine] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(2))
        self.banner = QFrame(self)
        self.banner.setProperty("type", "notice")
        self.banner.setProperty("tone", "danger")
        inside = QVBoxLayout(self.banner)
        inside.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(2))
        self.whole = AgainstLine(clinic.reference, theme, self.banner)
        inside.addWidget(self.whole)
        self.strip = ScreenStrip(theme, self)
        self.form = EventForm(clinic, tasks, theme, self)
        for part in (self.banner, self.strip, self.form):
            layout.addWidget(part)
        self.banner.hide()
        self.whole.reason_given.connect(partial(self._give_reason, None))
        self.strip.unchanged.connect(self.record_unchanged)
        self.strip.screen_asked.connect(self.screen_asked)
        self.strip.event_asked.connect(self.start_event)
        self.strip.pressure_asked.connect(self._go_to_pressure)
        self.form.reported.connect(self._reported)

    def show_visit(self, visit: OpenVisit | None, page: VisitPage | None = None) -> None:
        """Speak of `visit` from now on, which `page` shows; of none where it is None."""
        if self._visit is not None and self._page is not None:
            self._visit.state.changed.disconnect(self._visit_changed)
        self._tasks.forget("screening.visit")
        if (
            visit is None
            or self._visit is None
            or visit.state.session.episode_id != self._visit.state.session.episode_id
        ):
            self._found = None
        self._visit, self._page, self._lines = visit, page, {}
        if visit is None or page is None:
            for part in (self.banner, self.strip, self.form):
                part.hide()
            return
        page.asked = {"screen.item": self.strip.open, "visit.against": self.whole.reason}
        visit.state.changed.connect(self._visit_changed)
        self._show()
        self._read()

    def record_unchanged(self) -> None:
        """Store “asked, no change”; open the screen where it has to be asked in full."""
        visit, found = self._visit, self._found
        if visit is None or found is None or not self._editable:
            return
        if screening.reasons_to_ask(self._clinic.reference, found, visit.state.session):
            self.screen_asked.emit()
        elif not self.strip.no_change.isHidden():
            record = partial(screening.record_unchanged, self._clinic, visit.id)
            self._tasks.write_in_turn(self, record, self._take, self._failed)

    def start_event(self) -> None:
        """Ask about an adverse event at this visit."""
        if self._visit is not None and self._editable:
            self.form.start(self._visit.state.session.episode_id, self._visit.id)

    def _go_to_pressure(self) -> None:
        if self._page is not None:
            field = self._page.exam.go_to_pressure()
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            self._page.scroller.ensureWidgetVisible(field)

    def unsaved_problem(self) -> str:
        """Say that something is typed that nobody stored yet; empty where there is nothing."""
        if self.form.is_begun:
            return "An adverse event is begun and not recorded."
        if any(isValid(line) and line.unstored for line in (self.whole, *self._lines.values())):
            return "A reason to treat against a contraindication is typed and not stored."
        return ""

    @property
    def _editable(self) -> bool:
        session = self._visit.state.session if self._visit is not None else None
        return (
            session is not None
            and session.state is NoteState.DRAFT
            and session.status is VisitStatus.ATTENDED
            and allows(self._clinic, Act.CHART_TREATMENT)
        )

    def _read(self) -> None:
        if self._visit is None:
            return
        read = partial(screening.episode_screen, self._clinic, self._visit.state.session.episode_id)
        # An answer on its way to the file comes first.
        if self._tasks.unsaved:
            self._tasks.write(read, self._show_found)
        else:
            self._tasks.read(read, self._show_found, latest="screening.visit")

    def _show_found(self, found: ScreenView) -> None:
        if self._visit is not None and found.episode.id == self._visit.state.session.episode_id:
            self._found = found
            self._show()

    def _take(self, found: ScreenView) -> None:
        self._show_found(found)
        self.changed.emit(found.episode)

    def _visit_changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if any(getattr(before, name) is not getattr(after, name) for name in _PARTS):
            self._show()

    def _show(self) -> None:
        visit, page, found = self._visit, self._page, self._found
        if visit is None or page is None or found is None:
            return
        session, reference = visit.state.session, self._clinic.reference
        reasons = screening.reasons_to_ask(reference, found, session)
        why = why_words(reference, reasons)
        self.strip.show_screen(found, session, why, editable=self._editable)
        regions = [row.region for row in found.episode.regions]
        self.strip.pressure.setVisible(self._editable and lacks_blood_pressure(reference, session, regions))
        against = {one.row: one for one in charted_against(reference, found.screen, session)}
        self._show_banner(found, session, against.get(None))
        for row in session.mobilizations:
            precautions = row_precautions(reference, found.screen, session, row)
            editor = page.mobilizations.table.editors.get(row.row)
            if isinstance(editor, MobilizationRow):
                line = self._line_of(row.row, editor, needed=row.row in against or bool(precautions))
                if line is not None:
                    line.show_against(
                        against.get(row.row), precautions,
                        may_thrust=allows(self._clinic, Act.GRADE_V), editable=self._editable,
                    )  # fmt: skip
                    editor.below.settle()
                _mark(editor.target, stop=row.row in against)

    def _show_banner(self, found: ScreenView, session: TreatmentSession, whole: Against | None) -> None:
        """Say across the visit what stops it, also before anything is charted; in an emergency nothing is planned."""
        flags = visit_flags(self._clinic.reference, answers_at(found.screen.answers, session))
        stopped = Against(None, flags, lacks_consent=False, reason="") if flags else None
        is_draft = session.state is NoteState.DRAFT
        self.banner.setVisible(bool(flags) and (is_draft or whole is not None))
        self.whole.show_against(
            whole or stopped, (), may_thrust=False, editable=self._editable and whole is not None
        )
        if self._page is not None:
            emergency = stopped is not None and stopped.is_emergency
            self._page.mobilizations.hold_up(emergency)
            self._page.exercises.last.setEnabled(not emergency)

    def _line_of(self, row: int, editor: MobilizationRow, *, needed: bool) -> AgainstLine | None:
        line = self._lines.get(row)
        # A row that was taken out and brought back by Redo has another editor; the line went with the one before.
        if line is not None and isValid(line) and line.parent() is editor.below:
            return line
        if not needed or self._page is None:
            return None
        line = self._lines[row] = AgainstLine(self._clinic.reference, self._theme, editor.below)
        editor.below.add(line)
        editor.asked = [line.consent, line.reason]
        for field in editor.asked:
            field.installEventFilter(self._page.mobilizations.table)
        line.reason_given.connect(partial(self._give_reason, row))
        line.consent_given.connect(self._give_consent)
        self._page.mobilizations.table.rows_changed.emit()
        return line

    def _give_reason(self, row: int | None, reason: str) -> None:
        """Store it with the row it speaks of, which has to be stored first."""
        visit = self._visit
        if visit is not None:
            give = partial(screening.give_reason, self._clinic, visit.id, row, reason)
            failed = partial(self._reason_failed, row)
            write = partial(self._tasks.write, give, self._take, failed)
            visit.when_saved(partial(self._tasks.in_turn, self, write))

    def _reason_failed(self, row: int | None, error: Exception) -> None:
        line = self.whole if row is None else self._lines.get(row)
        if line is not None and isValid(line):
            line.say(sentence_for(error))

    def _give_consent(self) -> None:
        if self._visit is not None:
            give = partial(screening.give_consent, self._clinic, self._visit.state.session.episode_id)
            self._tasks.write_in_turn(self, give, self._take, self._failed)

    def _reported(self) -> None:
        if self._found is not None:
            self.changed.emit(self._found.episode)
        self._read()

    def _failed(self, error: Exception) -> None:
        self.strip.words.setText(sentence_for(error))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        # The screen may have been answered on another part of the chart meanwhile.
        super().showEvent(event)
        self._read()


def _mark(cell: QWidget, *, stop: bool) -> None:
    if bool(cell.property("stop")) != stop:
        cell.setProperty("stop", stop)
        restyle(cell)
