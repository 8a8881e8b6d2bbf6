"""The diagnoses of an episode, found by words or by code; one that cannot be billed is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from ptnotes.clinical import Condition, ConditionCode, Reference
from ptnotes.domain.episode import Diagnosis, DiagnosisKind, EpisodeOfCare
from ptnotes.domain.errors import Fault
from ptnotes.domain.sentences import sentence
from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.rows import Row, Rows
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.pick_list import PickItem, PickList

_CODE = re.compile(r"[A-TV-Z][0-9][0-9A-B](\.?[0-9A-Z]{1,4})?", re.IGNORECASE)
_RELEASE = "icd10cm_release"
KINDS = ((DiagnosisKind.MEDICAL, "medical"), (DiagnosisKind.TREATMENT, "treatment"))


def with_dot(code: str) -> str:
    """An ICD-10-CM code in capitals with its dot after the third character."""
    plain = code.strip().upper().replace(".", "")
    return plain if len(plain) <= 3 else f"{plain[:3]}.{plain[3:]}"


def is_code(text: str) -> bool:
    """Whether `text` has the form of an ICD-10-CM code."""
    return _CODE.fullmatch(text.strip()) is not None


def diagnosis_items(reference: Reference, text: str) -> list[PickItem]:
    """The billable codes that answer a text: a condition's words or aliases, or the start of a code."""
    wanted = with_dot(text) if is_code(text) else text.strip().upper()
    by_code = [item for item, code in _every_code(reference) if wanted and code.code.startswith(wanted)]
    found: list[Condition] = list(reference.find("conditions", text))
    by_words = [_item(condition, code) for condition in found for code in condition.codes]
    return list(dict.fromkeys([*by_code, *by_words]))


def _every_code(reference: Reference) -> Sequence[tuple[PickItem, ConditionCode]]:
    return [
        (_item(condition, code), code)
        for condition in reference.conditions.values()
        for code in condition.codes
    ]


def _item(condition: Condition, code: ConditionCode) -> PickItem:
    return PickItem(
        f"{condition.id}|{code.code}", f"{code.code} {code.description}", aliases=condition.aliases
    )


class DiagnosisCard(Card):
    """Lists the diagnoses; the first stands in the header. Emits `removed` with words and the list before."""

    removed = Signal(str, object)

    def __init__(self, draft: EpisodeDraft) -> None:
        super().__init__("Diagnoses", f"ICD-10-CM, {draft.clinic.reference.notices[_RELEASE]}")
        self._draft = draft
        reference = draft.clinic.reference
        self._listed: tuple[Diagnosis, ...] | None = None
        self.rows = Rows("No diagnosis yet. The physician's own words may stand without a code.")
        self.rows.removed.connect(self._remove)
        self.body.addWidget(self.rows)
        self.pick = PickList(
            lambda text: diagnosis_items(reference, text) if text else [],
            placeholder="Words or a code, such as stenosis or M54.16",
            free_text=True,
        )
        self.field = FieldWithFault(
            "Add a diagnosis", self.pick, hint="A code that is not listed is kept and marked not checked."
        )
        self.pick.chosen.connect(self._add_known)
        self.pick.text_entered.connect(self._add_typed)
        self.body.addWidget(self.field)
        draft.shown.connect(self._show)
        draft.changed.connect(self._show)

    def _show(self, episode: EpisodeOfCare) -> None:
        if episode.diagnoses == self._listed:
            return
        self._listed = episode.diagnoses
        rows = []
        for row in episode.diagnoses:
            words = " ".join(part for part in (row.code, row.words) if part)
            unchecked = bool(row.code) and not row.checked
            shown = Row(words, pill="not checked" if unchecked else "", tone="warning")
            kind = QComboBox(shown)
            kind.addItems([text for _, text in KINDS])
            kind.setCurrentIndex([value for value, _ in KINDS].index(row.kind))
            kind.setAccessibleName(f"Kind of diagnosis {words}")
            kind.setProperty("row", row.row)
            kind.activated.connect(self._kind_chosen)
            shown.add(kind)
            rows.append(shown)
        self.rows.show_rows(rows, [row.words or row.code for row in episode.diagnoses])

    def _kind_chosen(self, place: int) -> None:
        choice, episode = self.sender(), self._draft.episode
        if episode is not None:
            number = int(choice.property("row"))
            changed = tuple(
                replace(row, kind=KINDS[place][0]) if row.row == number else row for row in episode.diagnoses
            )
            self._draft.apply(replace(episode, diagnoses=changed), "diagnosis.kind")

    def _add_known(self, picked: str) -> None:
        if not picked:
            return
        condition_id, _, code = picked.partition("|")
        condition = self._draft.clinic.reference.conditions[condition_id]
        description = next(entry.description for entry in condition.codes if entry.code == code)
        self._add(code, description, checked=True)

    def _add_typed(self, text: str) -> None:
        reference = self._draft.clinic.reference
        if not is_code(text):
            self._add("", text, checked=False)
            return
        code = with_dot(text)
        if code in reference.not_billable:
            longer = [entry.code for _, entry in _every_code(reference) if entry.code.startswith(code)]
            fault = sentence(Fault("diagnosis.not_billable", "diagnosis.code", values={"code": code}))
            offered = f" {', '.join(longer)}." if longer else f" {reference.not_billable[code].reason}"
            self.field.set_fault(fault + offered)
            return
        self._add(code, "", checked=False)

    def _add(self, code: str, words: str, *, checked: bool) -> None:
        episode = self._draft.episode
        self.pick.set_current(None)
        if episode is None:
            return
        if code and code in {row.code for row in episode.diagnoses}:
            self.field.set_fault("")
            return
        new = Diagnosis(
            row=max((row.row for row in episode.diagnoses), default=0) + 1,
            code=code,
            words=words,
            checked=checked,
            code_set_date=self._draft.clinic.reference.notices[_RELEASE] if code else "",
        )
        accepted = self._draft.apply(replace(episode, diagnoses=(*episode.diagnoses, new)), "diagnosis.code")
        if accepted:
            self.field.set_fault("")

    def _remove(self, place: int) -> None:
        episode = self._draft.episode
        if episode is None:
            return
        before = episode.diagnoses
        kept = tuple(row for number, row in enumerate(before) if number != place)
        if self._draft.apply(replace(episode, diagnoses=kept), "diagnosis.code"):
            self.removed.emit("Diagnosis removed.", before)
