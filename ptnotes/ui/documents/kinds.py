"""The kinds of document as the Documents tab offers them, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ptnotes.domain.documents import DocumentKind
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.documents.discharge_form import DischargeForm
from ptnotes.ui.documents.document_form import DocumentForm
from ptnotes.ui.documents.letter_form import LetterForm
from ptnotes.ui.documents.report_form import ReportForm
from ptnotes.ui.documents.sheet_forms import FaceSheetForm, HomeSheetForm
from ptnotes.ui.documents.visit_forms import EvaluationForm, SessionNoteForm
from ptnotes.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind: what it is called where there is little room, and what makes the form on which it is chosen."""

    kind: DocumentKind
    words: str
    make_form: Callable[[OpenClinic, Tasks], DocumentForm]


def _without_tasks(form: Callable[[OpenClinic], DocumentForm]) -> Callable[[OpenClinic, Tasks], DocumentForm]:
    return lambda clinic, _tasks: form(clinic)


KINDS = (
    KindRow(DocumentKind.PROGRESS_REPORT, "Progress report", _without_tasks(ReportForm)),
    KindRow(DocumentKind.EVALUATION, "Evaluation, plan", _without_tasks(EvaluationForm)),
    KindRow(DocumentKind.SESSION_NOTE, "Session note", _without_tasks(SessionNoteForm)),
    KindRow(DocumentKind.DISCHARGE_SUMMARY, "Discharge", _without_tasks(DischargeForm)),
    KindRow(DocumentKind.HOME_PROGRAMME, "Home programme", _without_tasks(HomeSheetForm)),
    KindRow(DocumentKind.LETTER, "Letter", LetterForm),
    KindRow(DocumentKind.FACE_SHEET, "Face sheet", _without_tasks(FaceSheetForm)),
)
"""In the order of their keys: Alt+1 is the first."""
