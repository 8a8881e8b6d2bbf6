"""The diagnoses of an episode, found by words or by code; one that cannot be billed is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.diagnoses import (
    KnownCode,
    added,
    coded,
    find_codes,
    full_codes,
    icd_code,
    known_code,
    moved,
    own_terms,
    read_diagnosis,
)
from ptnotes.domain.episode import Diagnosis, EpisodeOfCare
from ptnotes.domain.errors import InputError
from ptnotes.ui.episode.diagnosis_row import DiagnosisRow
from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.rows import new_row_number
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label, Rule
from ptnotes.ui.widgets.pick_list import PickItem, PickList

_RELEASE = "icd10cm_release"
_NONE = "No diagnosis yet. The physician's own words may stand without a code."
_HINT = "A code that is not listed: type it with your words behind it. It is kept and marked not checked."
_WORDS = "words|"


def diagnosis_items(reference: Reference, text: str) -> list[PickItem]:
    """What a typed text offers: billable codes, and the words as they are typed, without a code.

    A term that is recorded as the clinician's own comes first, and as words.
    """
    typed = " ".join(text.split())
    if not typed:
        return []
    terms = [PickItem(f"{_WORDS}{term}", term, "your term, no code") for term in own_terms(reference, typed)]
    codes = [_item(known) for known in find_codes(reference, typed)]
    words = [PickItem(f"{_WORDS}{typed}", f"“{typed}”", "in these words, no code")]
    is_words = icd_code(typed.partition(" ")[0]) is None
    return list({item.id: item for item in (*terms, *codes, *(words if codes and is_words else ()))}.values())


def _item(known: KnownCode) -> PickItem:
    return PickItem(f"{known.condition.id}|{known.code.code}", f"{known.code.code} {known.code.description}")


class DiagnosisCard(Card):
    """Lists the diagnoses; the first stands in the header. Emits `removed` with words and the list before."""

    removed = Signal(str, object)

    def __init__(self, draft: EpisodeDraft) -> None:
        super().__init__("Diagnoses", f"ICD-10-CM, {draft.clinic.reference.notices[_RELEASE]}")
        self._draft = draft
        self._listed: tuple[Diagnosis, ...] | None = None
        self._refusal = ""
        self.rows: list[DiagnosisRow] = []
        self.none = Label(_NONE, "muted", wraps=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addWidget(self.none)
        self.body.addLayout(self._list)
        self.pick = PickList(
            partial(diagnosis_items, draft.clinic.reference),
            placeholder="Words or a code, such as stenosis or M54.16",
            free_text=True,
        )
        self.field = FieldWithFault("Add a diagnosis", self.pick, hint=_HINT)
        self.pick.chosen.connect(self._add_picked)
        self.pick.text_entered.connect(self._add_typed)
        self.body.addWidget(self.field)
        self._offers = QVBoxLayout()
        self._offers.setSpacing(2)
        self.offered: list[QPushButton] = []
        self.body.addLayout(self._offers)
        draft.shown.connect(self._show_another)
        draft.changed.connect(self._show)
        draft.refused.connect(self._hear_refusal)

    def _show_another(self, episode: EpisodeOfCare) -> None:
        self.pick.set_current(None)
        self.field.set_fault("")
        self._offer(())
        self._listed = None
        self._show(episode)

    def _show(self, episode: EpisodeOfCare) -> None:
        if episode.diagnoses == self._listed:
            return
        self._listed = episode.diagnoses
        if [row.number for row in self.rows] != [each.row for each in episode.diagnoses]:
            self._make_rows([each.row for each in episode.diagnoses])
        last = len(episode.diagnoses) - 1
        for place, (row, diagnosis) in enumerate(zip(self.rows, episode.diagnoses, strict=True)):
            row.show_diagnosis(diagnosis, is_first=place == 0, is_last=place == last)

    def _make_rows(self, numbers: list[int]) -> None:
        _clear(self._list)
        self.rows = []
        self.none.setVisible(not numbers)
        for number in numbers:
            if self.rows:
                self._list.addWidget(Rule())
            row = DiagnosisRow(number, self._draft.clinic.today, self)
            row.changed.connect(partial(self._change, number))
            row.moved.connect(partial(self._move, number))
            row.removed.connect(partial(self._remove, number))
            self._list.addWidget(row)
            self.rows.append(row)

    def _row(self, number: int) -> DiagnosisRow:
        return next(row for row in self.rows if row.number == number)

    def _change(self, number: int, field: str, value: Any) -> None:
        episode = self._draft.episode
        if episode is None:
            return
        changed = tuple(
            replace(each, **{field: value}) if each.row == number else each for each in episode.diagnoses
        )
        if not self._draft.apply(replace(episode, diagnoses=changed), f"diagnosis.{field}"):
            self._row(number).fault.say(self._refusal)

    def _move(self, number: int, by: int) -> None:
        episode = self._draft.episode
        if episode is None:
            return
        held = self._row(number).focused()
        ordered = moved(episode.diagnoses, number, by)
        if self._draft.apply(replace(episode, diagnoses=ordered), "diagnosis.order") and held >= 0:
            self._row(number).focus(held)

    def _remove(self, number: int) -> None:
        episode = self._draft.episode
        if episode is None:
            return
        before = episode.diagnoses
        kept = tuple(each for each in before if each.row != number)
        if self._draft.apply(replace(episode, diagnoses=kept), "diagnosis.code"):
            self.pick.setFocus(Qt.FocusReason.OtherFocusReason)
            self.removed.emit("Diagnosis removed.", before)

    def _add_picked(self, picked: str) -> None:
        if not picked:
            return
        reference = self._draft.clinic.reference
        if picked.startswith(_WORDS):
            self._add(Diagnosis(row=0, words=picked.removeprefix(_WORDS)))
            return
        known = known_code(reference, picked.partition("|")[2])
        if known is not None:
            self._add(coded(reference, known))

    def _add_typed(self, text: str) -> None:
        reference = self._draft.clinic.reference
        try:
            self._add(read_diagnosis(reference, text))
        except InputError as error:
            self.field.set_fault(sentence_for(error))
            self._offer(full_codes(reference, icd_code(text.split(maxsplit=1)[0]) or "-"))

    def _add(self, new: Diagnosis) -> None:
        episode = self._draft.episode
        if episode is None:
            return
        self.pick.set_current(None)
        self._offer(())
        accepted = self._draft.apply(
            replace(episode, diagnoses=added(episode.diagnoses, replace(new, row=new_row_number()))),
            "diagnosis.code",
        )
        self.field.set_fault("" if accepted else self._refusal)

    def _offer(self, codes: tuple[KnownCode, ...]) -> None:
        """Show the codes to choose from in place of one that was refused."""
        _clear(self._offers)
        self.offered = []
        for known in codes:
            line = QWidget()
            across = QHBoxLayout(line)
            across.setContentsMargins(0, 0, 0, 0)
            across.setSpacing(8)
            button = QPushButton(known.code.code)
            button.setAccessibleName(f"Add {known.code.code} {known.code.description}")
            button.clicked.connect(partial(self._take_offered, known))
            across.addWidget(button)
            across.addWidget(Label(known.code.description, wraps=True), 1)
            self._offers.addWidget(line)
            self.offered.append(button)

    def _take_offered(self, known: KnownCode, _checked: bool = False) -> None:
        self._add(coded(self._draft.clinic.reference, known))
        self.pick.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hear_refusal(self, _field: str, sentence: str) -> None:
        self._refusal = sentence


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget: QWidget | None = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
