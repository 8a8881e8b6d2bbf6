"""The words of a visit: short forms that expand in its fields, and the one key for the usual response."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from ptnotes.domain.errors import InputError
from ptnotes.domain.live_values import live_values
from ptnotes.domain.phrases import LookUp
from ptnotes.domain.treatment import NoteState
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting.open_visit import VisitKeeper
from ptnotes.ui.charting.tolerated import USUAL_SECTION, tolerated
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.charting.visit_stage import VisitStage
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.phrases.expander import PhraseExpander
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.toast import Toast


class Narrative(QObject):
    """Serves the fields below `screen`, with the values of the visit that `keeper` shows on `stage`."""

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        screen: QWidget,
        keeper: VisitKeeper,
        stage: VisitStage,
        toast: Toast,
    ) -> None:
        super().__init__(screen)
        self._clinic = clinic
        self._keeper = keeper
        self._stage = stage
        self._toast = toast
        self.expander = PhraseExpander(clinic, tasks, screen, self._values)
        self.expander.expanding.connect(self._end_step)

    def say_tolerated(self) -> None:
        """Write that treatment was tolerated well, where the keyboard is or else in the assessment, as one step."""
        visit, page = self._keeper.shown, self._stage.page
        if visit is None or page is None or visit.state.session.state is not NoteState.DRAFT:
            return
        focus = QApplication.focusWidget()
        sections = (name for name, editor in page.note.editors.items() if editor is focus)
        try:
            said = tolerated(
                self._clinic.reference,
                visit.state.session,
                next(sections, USUAL_SECTION),
                _row_with(page, focus),
            )
        except InputError as error:
            self._toast.say_fault(sentence_for(error))
            return
        visit.state.put(said)

    def _values(self) -> LookUp | None:
        visit = self._keeper.shown
        return None if visit is None else live_values(self._clinic.reference, visit.state.session)

    def _end_step(self) -> None:
        if self._keeper.shown is not None:
            self._keeper.shown.state.end_step()


def _row_with(page: VisitPage, focus: QWidget | None) -> int | None:
    """The number of the mobilization that is worked on, None where none is."""
    for row in page.state.session.mobilizations:
        editor = page.mobilizations.table.editors.get(row.row)
        if editor is not None and focus in editor.tab_stops():
            return row.row
    return None
