"""The problem list of an episode: what the patient cannot do or suffers from, in order, until it is resolved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from ptnotes.domain.episode import EpisodeOfCare, Problem
from ptnotes.domain.errors import Fault
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import LINE_LIMIT
from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.problem_row import ProblemRow
from ptnotes.ui.episode.rows import new_row_number
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label, Rule


class ProblemCard(Card):
    """Lists the problems and takes a new one. Emits `undoable` with what was done and what takes it back."""

    undoable = Signal(str, object)

    def __init__(self, draft: EpisodeDraft) -> None:
        super().__init__("Problems", "what treatment is to change")
        self._draft = draft
        self._listed: tuple[Problem, ...] | None = None
        self._refusal = ""
        self._has_added = False
        self._episode_id: int | None = None
        self._begun: dict[int | None, str] = {}
        """What was typed for episodes that are not shown now."""
        self.rows: list[ProblemRow] = []
        self.none = Label("No problem listed yet.", "muted", wraps=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addWidget(self.none)
        self.body.addLayout(self._list)
        self.line = QLineEdit()
        self.line.setPlaceholderText("such as Cannot bend to the floor")
        # One more than may be stored, so that too long a text is refused with a sentence and not cut in silence.
        self.line.setMaxLength(LINE_LIMIT * 20)
        self.field = FieldWithFault("Add a problem", self.line)
        self.add = QPushButton("Add")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.field, 1, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self.add, 0, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(foot)
        self.line.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        draft.shown.connect(self._show_another)
        draft.changed.connect(self._show)
        draft.refused.connect(self._hear_refusal)

    def _show_another(self, episode: EpisodeOfCare) -> None:
        if episode.id != self._episode_id:
            self._begun[self._episode_id] = self.line.text()
            self._episode_id = episode.id
            self.line.setText(self._begun.pop(episode.id, ""))
        self.field.set_fault("")
        self._has_added = False
        self._listed = None
        self._show(episode)

    def _show(self, episode: EpisodeOfCare) -> None:
        if episode.problems == self._listed:
            return
        self._listed = episode.problems
        if [row.number for row in self.rows] != [each.row for each in episode.problems]:
            self._make_rows([each.row for each in episode.problems])
        last = len(episode.problems) - 1
        for place, (row, problem) in enumerate(zip(self.rows, episode.problems, strict=True)):
            row.show_problem(problem, is_first=place == 0, is_last=place == last)

    def _make_rows(self, numbers: list[int]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.rows = []
        self.none.setVisible(not numbers)
        for number in numbers:
            if self.rows:
                self._list.addWidget(Rule())
            row = ProblemRow(number, self._draft.clinic.today, self)
            row.changed.connect(partial(self._change, number))
            row.moved.connect(partial(self._move, number))
            row.removed.connect(partial(self._remove, number))
            self._list.addWidget(row)
            self.rows.append(row)

    def _row(self, number: int) -> ProblemRow:
        return next(row for row in self.rows if row.number == number)

    def _put(self, problems: tuple[Problem, ...], field: str) -> bool:
        episode = self._draft.episode
        return episode is not None and self._draft.apply(replace(episode, problems=problems), field)

    def _present(self) -> tuple[Problem, ...]:
        return self._draft.episode.problems if self._draft.episode is not None else ()

    def _change(self, number: int, field: str, value: date | None) -> None:
        before = self._present()
        changed = tuple(_dated(each, field, value) if each.row == number else each for each in before)
        if not self._put(changed, f"problem.{field}"):
            self._row(number).fault.say(self._refusal)
        elif field == "resolved_on" and changed != before:
            words = "Problem resolved." if value is not None else "Problem stands again."
            self.undoable.emit(words, partial(with_problems, before))

    def _move(self, number: int, by: int) -> None:
        problems = list(self._present())
        place = next(place for place, each in enumerate(problems) if each.row == number)
        if not 0 <= place + by < len(problems):
            return
        held = self._row(number).focused()
        problems.insert(place + by, problems.pop(place))
        if self._put(tuple(problems), "problem.order") and held >= 0:
            self._row(number).focus(held)

    def _remove(self, number: int) -> None:
        before = self._present()
        if self._put(tuple(each for each in before if each.row != number), "problem.words"):
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)
            self.undoable.emit("Problem removed.", partial(with_problems, before))

    def _add(self) -> None:
        words = self.line.text().strip()
        if not words:
            # Right after a problem was added this is the second half of a double press, not an empty problem.
            if not self._has_added:
                self.field.set_fault(sentence(Fault("text.empty", "problem.words")))
            self.line.setFocus()
            return
        new = Problem(row=new_row_number(), words=words)
        if self._put((*self._present(), new), "problem.words"):
            self.line.clear()
            self.field.set_fault("")
            self._has_added = True
        else:
            self.field.set_fault(self._refusal)

    def _hear_refusal(self, _field: str, sentence: str) -> None:
        self._refusal = sentence


def with_problems(problems: tuple[Problem, ...], episode: EpisodeOfCare) -> EpisodeOfCare:
    """The episode with this problem list."""
    return replace(episode, problems=problems)


def _dated(problem: Problem, field: str, day: date | None) -> Problem:
    return replace(problem, since=day) if field == "since" else replace(problem, resolved_on=day)
