"""The Documents tab: which document, what is chosen of it, its pages as they print, and the ways in which it leaves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.errors import AccessError
from ptnotes.domain.permissions import WORDS, Act
from ptnotes.services.document_facts import DocumentFacts, document_facts
from ptnotes.services.documents import ACTS, MadeDocument, acts_to_give_out
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.documents.document_form import READ_KEY, DocumentForm, Nothing
from ptnotes.ui.documents.finish_card import FinishCard
from ptnotes.ui.documents.foot import SAVE_KEYS, SIGN_KEYS, Foot
from ptnotes.ui.documents.kept_panel import KeptPanel
from ptnotes.ui.documents.kind_list import GIVEN_OUT, KindList
from ptnotes.ui.documents.kinds import KINDS
from ptnotes.ui.documents.outlet import AskPath, Outlet, ask_where_to_save
from ptnotes.ui.documents.preview import Preview
from ptnotes.ui.documents.sign_desk import SignDesk
from ptnotes.ui.documents.typed_watch import TypedWatch
from ptnotes.ui.documents.visit_forms import SessionNoteForm
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Scroller

_PAUSE_MS = 250
_SIDE_PX = 352
_FACTS_KEY = "what documents are made of"


class DocumentsScreen(QWidget):
    """Shows, signs, saves and prints documents of one episode. What was chosen of each stays while the window is open.

    `said` carries a short message for the window, such as where a document was saved while something else is looked at;
    `place_asked` the part of the chart in which something that a document lacks is made good.
    """

    said = Signal(str)
    place_asked = Signal(int)

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        ask_path: AskPath = ask_where_to_save,
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._patient_id = 0
        self._episode_id: int | None = None
        self._memories: dict[tuple[int, int | None, int], Callable[[], object]] = {}
        self._wanted: Callable[[DocumentFacts], None] | None = None
        self.made: MadeDocument | None = None
        """The document that is shown, None while there is none or it is being made anew."""
        # A change that was made just before the tab was left; it is caught up with when the tab is shown again.
        self._is_behind = False
        self._prints_next = False
        self.facts = DocumentFacts()
        """What there is to choose from, as it was last read."""
        self.kinds = KindList(clinic, self)
        self.forms: tuple[DocumentForm, ...] = tuple(row.make_form(clinic, tasks) for row in KINDS)
        self.typed = TypedWatch(self.forms, self)
        self.unsaved_problem = self.typed.problem
        self.kept = KeptPanel(clinic, tasks, theme)
        self.preview = Preview(tasks, theme, self)
        self.foot = Foot(self)
        self.finish = FinishCard()
        self.signing = SignDesk(clinic, tasks, self, self.preview.sign, self.foot, self.finish)
        self.outlet = Outlet(clinic, tasks, self, self.finish, ask_path)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._lay_out(theme)
        self._connect()

    def _lay_out(self, theme: Theme) -> None:
        side = QWidget(self)
        side.setFixedWidth(theme.px(_SIDE_PX))
        self.choices_area = Scroller(parent=side)
        self.choices_area.body.setContentsMargins(16, 4, 16, 8)
        for widget in (*self.forms, self.kept):
            self.choices_area.body.addWidget(widget)
            widget.setVisible(widget is self.form)
        self.choices_area.body.addWidget(self.finish)
        self.choices_area.body.addStretch(1)
        top = QVBoxLayout()
        top.setContentsMargins(16, 12, 16, 8)
        top.addWidget(self.kinds)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addLayout(top)
        left.addWidget(self.choices_area, 1)
        left.addWidget(self.foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(side)
        layout.addWidget(self.preview, 1)

    def _connect(self) -> None:
        self._pause.timeout.connect(self._make)
        for form in self.forms:
            form.choices_changed.connect(self._wait)
        self.kinds.chosen.connect(self._show_kind)
        self.kept.opened.connect(self._show_made)
        self.kept.failed.connect(self._show_failure)
        self.preview.lacks.place_asked.connect(self.place_asked)
        self.foot.save.clicked.connect(self.save_as)
        self.foot.print.clicked.connect(self.print_out)
        self.foot.log_asked.connect(partial(self.kinds.choose, GIVEN_OUT))
        self.signing.signed.connect(self._show_made)
        self.signing.signed.connect(self._let_typed_go)
        self.signing.stale.connect(self._make)
        self.signing.said.connect(self.said)
        self.outlet.told.connect(self.foot.tell)
        self.outlet.left.connect(self.foot.offer_log)
        self.outlet.left.connect(self.kept.note_left)
        self.outlet.said.connect(self.said)
        self.outlet.gone.connect(self._let_typed_go)
        save = QAction("Save the document as PDF", self)
        save.setShortcut(QKeySequence(SAVE_KEYS))
        save.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.triggered.connect(self.save_as)
        sign = QAction("Sign the document", self)
        sign.setShortcut(QKeySequence(SIGN_KEYS))
        sign.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        sign.triggered.connect(self.signing.ask)
        self.addActions([*self.kinds.actions(), sign, save, *self.preview.view.actions()])

    @property
    def form(self) -> DocumentForm | None:
        """The form of the kind that is shown, None where kept documents are."""
        place = self.kinds.place
        return None if place == GIVEN_OUT else self.forms[place]

    def show_episode(self, patient_id: int, episode_id: int | None) -> None:
        """Show documents of an episode; its choices are those last made for it in this window."""
        if (patient_id, episode_id) != (self._patient_id, self._episode_id):
            for place, form in enumerate(self.forms):
                self._memories[self._patient_id, self._episode_id, place] = form.memory()
                self._memories.get((patient_id, episode_id, place), form.forget)()
            self._patient_id, self._episode_id = self.typed.whose = patient_id, episode_id
            self.finish.forget(can_attach=_can_attach(self, self._clinic))
            self.preview.clear()
            self.foot.tell("small", "")
        self._prints_next = False
        self._set_made(None)
        # A save on its way comes first, so that the document says what was typed.
        if self._tasks.unsaved:
            self._tasks.write(_nothing, self._begin)
        else:
            self._begin(None)

    def show_fitting(self, session_id: int | None) -> None:
        """Choose the note of a visit, or else the document that is most likely meant, once the episode is read."""
        if self._episode_id is not None:
            self._wanted = partial(_choose_fitting, self, session_id)

    def save_as(self) -> None:
        """Ask where, and save the document that is shown."""
        if self.made is not None and self.foot.save.isEnabled():
            self.outlet.save(self.made)

    def print_out(self) -> None:
        """Ask for a printer, and print the document that is shown, or that is being made, once it is."""
        if self.made is None:
            self._prints_next = True
        elif self.foot.print.isEnabled():
            self.outlet.print(self.made)

    def _begin(self, _stored: None) -> None:
        if self._episode_id is None:
            self._tasks.forget(_FACTS_KEY)
            self._take_facts(DocumentFacts())
        else:
            read = partial(document_facts, self._clinic, self._episode_id)
            self._tasks.read(read, self._take_facts, self._show_failure, latest=_FACTS_KEY)

    def _take_facts(self, facts: DocumentFacts) -> None:
        self.facts = facts
        for form in self.forms:
            form.show_facts(facts)
        wanted, self._wanted = self._wanted, None
        place = self.kinds.place
        if wanted is not None:
            wanted(facts)
        if self.kinds.place == place:
            self._make()

    def _show_kind(self, place: int) -> None:
        for other, widget in enumerate((*self.forms, self.kept)):
            widget.setVisible(other == place)
        self.finish.forget(can_attach=_can_attach(self, self._clinic))
        self.preview.clear()
        self.choices_area.verticalScrollBar().setValue(0)
        self._make()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._is_behind = self._pause.isActive()
        self._pause.stop()
        self.finish.forget_password()
        self.preview.sign.close_strip()
        super().hideEvent(event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_behind:
            self._is_behind = False
            self._make()

    def _wait(self) -> None:
        self._set_made(None)
        self._pause.start()

    def _make(self) -> None:
        self._pause.stop()
        self._is_behind = False
        self._set_made(None)
        form = self.form
        if form is None and not allows(self._clinic, Act.VIEW_NOTES):
            self.kept.hide()
            self._say_nothing(_not_for_this_role(Act.VIEW_NOTES))
            return
        if form is None:
            self._say_nothing(
                Nothing("Nothing is chosen", "What was saved or printed is looked at again here.")
            )
            self.kept.show_patient(self._patient_id, self.facts.referrer, self.foot.left_id)
            return
        form.setVisible(allows(self._clinic, ACTS[KINDS[self.kinds.place].kind]))
        form.setEnabled(self._episode_id is not None or not form.needs_episode)
        job = _work(self._clinic, self.kinds.place, form, self._patient_id, self._episode_id)
        if isinstance(job, Nothing):
            self._say_nothing(job)
            return
        self.foot.tell("small", "Making the document…")
        self._tasks.read(job, self._show_made, self._show_failure, latest=READ_KEY)

    def _show_made(self, made: MadeDocument) -> None:
        made = self.signing.signed_instead(made)
        if self.form is not None:
            self.form.show_faults({})
            self.form.show_made(made)
        self._set_made(made)
        self.foot.tell("small", _refusal(self._clinic, made))
        self.preview.show_made(made)
        if self._prints_next:
            self._prints_next = False
            self.print_out()

    def _show_failure(self, error: Exception) -> None:
        faults = faults_by_field(error)
        form = self.form
        self._prints_next = False
        if form is not None:
            form.show_faults(faults)
        if getattr(error, "code", "") == "visit.none":
            self._say_nothing(
                Nothing("No visit in this period", "Chart a visit with Ctrl+2, or choose another period.")
            )
            return
        if isinstance(error, AccessError):
            self._say_nothing(Nothing("Not for your role", sentence_for(error)))
            return
        fields = {} if form is None else form.fields
        marked = next((fields[name] for name in faults if name in fields), None)
        told = " ".join(dict.fromkeys(faults.values())) or sentence_for(error)
        self.foot.tell("fault", told if marked is None else "Not made: see the field marked.")
        if marked is not None:
            self.choices_area.ensureWidgetVisible(marked)

    def _say_nothing(self, why: Nothing) -> None:
        self._tasks.forget(READ_KEY)
        self._set_made(None)
        self._prints_next = False
        self.foot.tell("small", "")
        self.preview.say_nothing(*why)

    def _let_typed_go(self, made: MadeDocument) -> None:
        # What was typed since the document was made is in none yet, and neither is it in an older one that is shown.
        if made.patient_id == self._patient_id and self.made is not None and self.form is not None:
            self.typed.let_go(self.form)

    def _set_made(self, made: MadeDocument | None) -> None:
        self.made = made
        self.signing.look_at(made)
        self.foot.let(go=made is not None and not _refusal(self._clinic, made))


def _refusal(clinic: OpenClinic, made: MadeDocument) -> str:
    """Why a document may not leave the program by whoever opened the clinic; empty where it may."""
    missing = [act for act in acts_to_give_out(made) if not allows(clinic, act)]
    return sentence_for(AccessError("access.not_allowed", act=WORDS[missing[-1]])) if missing else ""


def _can_attach(screen: DocumentsScreen, clinic: OpenClinic) -> bool:
    """Whether data can be put into the document that is shown: not into one that was given out already."""
    return screen.form is not None and allows(clinic, Act.EXPORT)


def _nothing() -> None:
    """Done once everything that was given before is."""


def _not_for_this_role(act: Act) -> Nothing:
    return Nothing("Not for your role", sentence_for(AccessError("access.not_allowed", act=WORDS[act])))


def _choose_fitting(screen: DocumentsScreen, session_id: int | None, facts: DocumentFacts) -> None:
    kind = facts.fitting if session_id is None else DocumentKind.SESSION_NOTE
    for form in screen.forms:
        if isinstance(form, SessionNoteForm):
            form.visit.choose(session_id)
    screen.kinds.choose_kind(kind)


def _work(
    clinic: OpenClinic, place: int, form: DocumentForm, patient_id: int, episode_id: int | None
) -> Callable[[], MadeDocument] | Nothing:
    """What makes the document of the kind at `place`, or why there is none."""
    act = ACTS[KINDS[place].kind]
    if not allows(clinic, act):
        return _not_for_this_role(act)
    if episode_id is None and form.needs_episode:
        return Nothing(
            "No episode of care yet", "Open an episode and chart a visit; its documents are made here."
        )
    return form.make(patient_id, episode_id or 0)
