"""A visit that is being charted, apart from the screen: its value, its saving, and what it is charted against."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from ptnotes.domain.errors import StaleError
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.services.opening import OpenClinic
from ptnotes.services.visits import load_session, save_draft
from ptnotes.ui.charting.autosave import Autosave
from ptnotes.ui.charting.state import DraftState, differing_parts
from ptnotes.ui.charting.visit_header import Notice, SavedLine, clock_text
from ptnotes.ui.charting.visit_page import VisitContext
from ptnotes.ui.tasks import Tasks


class OpenVisit(QObject):
    """Lives until everything typed is stored, longer than its page where a save fails."""

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        session: TreatmentSession,
        context: VisitContext,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.state = DraftState(session, self)
        self.autosave = Autosave(self.state, tasks, partial(save_draft, clinic), self)
        self._waiting: list[Callable[[], object]] = []
        self.autosave.saved.connect(self._go_on)

    @property
    def id(self) -> int:
        """The visit's id."""
        return self.state.session.id or 0

    def when_saved(self, then: Callable[[], object]) -> None:
        """Store what is typed, and call `then` once it is."""
        if self.autosave.is_saved:
            then()
        else:
            self._waiting.append(then)
            self.autosave.flush()

    def _go_on(self) -> None:
        if self.autosave.is_saved:
            waiting, self._waiting = self._waiting, []
            # Not from within the report of the save, which the receiver may be about to delete.
            for then in waiting:
                QTimer.singleShot(0, self, then)


class VisitKeeper(QObject):
    """Holds the visit on the screen, and those let go of until everything typed in them is stored."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: dict[int, OpenVisit] = {}
        self.shown: OpenVisit | None = None

    def show(self, visit: OpenVisit) -> None:
        """Take `visit` as the one on the screen."""
        self.shown = visit

    def take_back(self, session_id: int) -> OpenVisit | None:
        """A visit let go of that is not stored yet, so that it is not read from the file in its older form."""
        return self._kept.pop(session_id, None)

    def let_go(self) -> None:
        """Keep the visit on the screen only until everything typed in it is stored."""
        visit, self.shown = self.shown, None
        if visit is not None:
            self._kept[visit.id] = visit
            visit.when_saved(partial(self._forget, visit))

    def flush(self) -> None:
        """Hand what is typed to the writer now."""
        for visit in self._all():
            visit.autosave.flush()

    def unsaved_problem(self) -> str:
        """Why something typed could not be stored, empty where everything is."""
        problems = (visit.autosave.problem for visit in self._all() if not visit.autosave.is_saved)
        return next((problem for problem in problems if problem), "")

    def _all(self) -> list[OpenVisit]:
        return [*self._kept.values(), *([self.shown] if self.shown is not None else [])]

    def _forget(self, visit: OpenVisit) -> None:
        # It may have been taken back meanwhile.
        if self._kept.get(visit.id) is visit:
            del self._kept[visit.id]
            visit.deleteLater()


class SaveWatch(QObject):
    """Says on the screen when the visit was saved, and settles two versions where somebody else saved one too."""

    saved = Signal(object)
    """The stored visit."""

    def __init__(
        self, clinic: OpenClinic, tasks: Tasks, line: SavedLine, notice: Notice, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._line = line
        self._notice = notice
        self._visit: OpenVisit | None = None
        self._theirs: TreatmentSession | None = None
        notice.first_chosen.connect(self._keep_mine)
        notice.second_chosen.connect(self._take_theirs)

    def watch(self, visit: OpenVisit | None) -> None:
        """Speak of `visit` from now on, or of none."""
        if self._visit is not None:
            self._visit.state.changed.disconnect(self._changed)
            self._visit.autosave.saved.disconnect(self._saved)
            self._visit.autosave.failed.disconnect(self._failed)
        self._visit = visit
        self._theirs = None
        self._notice.say("")
        if visit is None:
            self._line.clear()
            return
        visit.state.changed.connect(self._changed)
        visit.autosave.saved.connect(self._saved)
        visit.autosave.failed.connect(self._failed)
        self._line.show_saved(visit.state.session)
        if visit.autosave.problem:
            self._line.show_problem()
            self._notice.say(visit.autosave.problem)

    def _changed(self) -> None:
        if self._visit is not None and not self._visit.autosave.problem:
            self._line.show_saving()

    def _saved(self, stored: TreatmentSession) -> None:
        self._notice.say("")
        if self._visit is not None and self._visit.autosave.is_saved:
            self._line.show_saved(self._visit.state.session)
        self.saved.emit(stored)

    def _failed(self, error: Exception) -> None:
        if self._visit is None:
            return
        self._line.show_problem()
        self._notice.say(self._visit.autosave.problem)
        if isinstance(error, StaleError) and error.code == "record.stale":
            read = partial(load_session, self._clinic, self._visit.id)
            self._tasks.read(read, self._show_theirs, latest="charting.theirs")

    def _show_theirs(self, theirs: TreatmentSession) -> None:
        if self._visit is None or theirs.id != self._visit.id:
            return
        self._theirs = theirs
        parts = ", ".join(differing_parts(self._visit.state.session, theirs)) or "nothing that is charted"
        at = clock_text(theirs.saved_at, theirs.zone) if theirs.saved_at is not None else "just now"
        self._notice.say(
            f"Another window saved this visit at {at}. It differs from yours in: {parts}. Nothing was overwritten.",
            "Keep mine",
            "Show the saved one",
        )

    def _keep_mine(self) -> None:
        visit, theirs, self._theirs = self._visit, self._theirs, None
        if visit is not None and theirs is not None:
            self._notice.say("")
            visit.state.rebase(theirs.revision)
            visit.autosave.resume(theirs)
            visit.autosave.flush()

    def _take_theirs(self) -> None:
        """Show the saved version as a further step: one undo brings back what was typed here."""
        visit, theirs, self._theirs = self._visit, self._theirs, None
        if visit is not None and theirs is not None:
            self._notice.say("")
            visit.autosave.resume(theirs)
            visit.state.adopt(theirs)
            self._line.show_saved(visit.state.session)
