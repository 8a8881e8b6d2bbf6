"""Documents of which little is chosen: the home programme and the face sheet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ptnotes.domain.people import Paper
from ptnotes.domain.permissions import Act
from ptnotes.services.face_sheet import prepare_face_sheet
from ptnotes.services.home_sheet import HomeSheetChoices, prepare_home_sheet
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.documents.document_form import DocumentForm, Make, PaperChoice
from ptnotes.ui.override import override
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label

_WATCH_FOR_LINES = 5
_WATCH_FOR = "In plain words to the patient. Left empty, the sheet says nothing of it."


class SheetForm(DocumentForm):
    """A sheet with a title and a sentence that says whom it is for."""

    def __init__(self, clinic: OpenClinic, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(clinic, parent)
        self.paper = PaperChoice()
        self.fields = {"report.paper": FieldWithFault("Paper", self.paper)}
        self.card = Card(title)
        self.card.body.addWidget(Label(words, "muted", wraps=True))
        self.card.body.addWidget(self.fields["report.paper"])
        self.column.addWidget(self.card)
        self.paper.currentIndexChanged.connect(self.choices_changed)

    @override
    def memory(self) -> Callable[[], object]:
        return partial(self._set, self.paper.paper)

    @override
    def forget(self) -> None:
        self._set(None)

    def _set(self, paper: Paper | None) -> None:
        with QSignalBlocker(self.paper):
            self.paper.set_paper(paper)
        self.show_faults({})


class HomeSheetForm(SheetForm):
    """The home programme, with what the patient is to watch for in words of whoever makes it."""

    def __init__(self, clinic: OpenClinic) -> None:
        words = "For the patient, in large type: the exercises for home as they were last charted."
        super().__init__(clinic, "Home programme", words)
        self.watch_for = QPlainTextEdit()
        self.watch_for.setTabChangesFocus(True)
        self.watch_for.setFixedHeight(self.fontMetrics().lineSpacing() * _WATCH_FOR_LINES + 14)
        self.watch_for.setPlaceholderText(_WATCH_FOR)
        self.fields["home.watch_for"] = FieldWithFault("What to watch for", self.watch_for)
        self.card.body.insertWidget(1, self.fields["home.watch_for"])
        self.watch_for.textChanged.connect(self.choices_changed)

    def choices(self) -> HomeSheetChoices:
        """What is chosen now."""
        return HomeSheetChoices(paper=self.paper.paper, watch_for=self.watch_for.toPlainText().strip())

    @property
    @override
    def has_typed(self) -> bool:
        return bool(self.choices().watch_for)

    @override
    def make(self, patient_id: int, episode_id: int) -> Make:
        return partial(prepare_home_sheet, self.clinic, episode_id, self.choices())

    @override
    def memory(self) -> Callable[[], object]:
        return partial(self._set_choices, self.choices())

    @override
    def forget(self) -> None:
        self._set_choices(HomeSheetChoices())

    def _set_choices(self, choices: HomeSheetChoices) -> None:
        with QSignalBlocker(self.watch_for):
            self.watch_for.setPlainText(choices.watch_for)
        self._set(choices.paper)


class FaceSheetForm(SheetForm):
    """The face sheet, which needs no episode."""

    needs_episode = False

    def __init__(self, clinic: OpenClinic) -> None:
        charts = ", and the episodes of care" if allows(clinic, Act.VIEW_NOTES) else ""
        super().__init__(clinic, "Face sheet", f"Who the patient is, whom to call and who pays{charts}.")

    @override
    def make(self, patient_id: int, episode_id: int) -> Make:
        return partial(prepare_face_sheet, self.clinic, patient_id, self.paper.paper)
