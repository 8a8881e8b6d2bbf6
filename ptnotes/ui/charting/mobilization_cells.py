"""The fields of a mobilization that take more than one choice: targets, grade and responses."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ptnotes.clinical import Grade, Reference
from ptnotes.domain.treatment import Mobilization
from ptnotes.ui.charting import choices
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.charting.look import grade_number
from ptnotes.ui.keys import GRADE
from ptnotes.ui.override import override
from ptnotes.ui.theme import restyle
from ptnotes.ui.widgets.pick_list import PickItem, PickList, find_in


def flat_pick(find: choices.Find, name: str, hint: str, parent: QWidget) -> PickList:
    """A pick-list that looks like a cell of a table."""
    cell = PickList(find, placeholder=hint, name=name, parent=parent)
    cell.setProperty("type", "cell")
    cell.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    leave_undo_to_screen(cell)
    return cell


class TargetCell(PickList):
    """Takes one level or joint from the list, or several typed together (``L3, L4``, ``T4-T6``)."""

    targets_chosen = Signal(object)

    def __init__(self, reference: Reference, find: choices.Find, parent: QWidget) -> None:
        super().__init__(find, placeholder="level", free_text=True, name="Level or joint", parent=parent)
        self._reference = reference
        self._targets: tuple[str, ...] = ()
        self.setProperty("type", "cell")
        self.setProperty("strong", "true")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        leave_undo_to_screen(self)
        self.chosen.connect(self._one_chosen)
        self.text_entered.connect(self._several_typed)

    def show_targets(self, targets: tuple[str, ...]) -> None:
        """Show the row's targets."""
        self._targets = targets
        self.show_current(choices.targets_shown(self._reference, targets))
        # A muscle's name is longer than the column is wide.
        self.setToolTip(", ".join(self._reference.targets[target].label for target in targets))

    def _one_chosen(self, target: str) -> None:
        self.targets_chosen.emit((target,) if target else ())

    def _several_typed(self, text: str) -> None:
        targets = choices.read_targets(self._reference, text)
        self.show_targets(self._targets)
        if targets:
            self.targets_chosen.emit(targets)
        else:
            self.refuse(text)


class GradeCell(PickList):
    """Takes a grade: ``1`` to ``5`` choose one, ``+`` and ``-`` its modifier; a range is typed, ``III-IV``."""

    grades_chosen = Signal(object, object)
    """The grade, and the second one of a range or None."""

    def __init__(self, reference: Reference, parent: QWidget) -> None:
        super().__init__(choices.find_grades(()), free_text=True, name="Grade", parent=parent)
        self._reference = reference
        self._grades: tuple[Grade, ...] = ()
        self._row: Mobilization | None = None
        self.setProperty("type", "cell")
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setMaximumHeight(self.fontMetrics().height() + 8)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        leave_undo_to_screen(self)
        self.chosen.connect(self._one_chosen)
        self.text_entered.connect(self._range_typed)

    def show_grade(self, row: Mobilization) -> None:
        """Show the row's grade and offer those of its technique, and no others."""
        self._row = row
        grades = self._reference.grades_of(row.technique) if row.technique is not None else ()
        if grades != self._grades:
            self._grades = grades
            self.set_find(choices.find_grades(grades))
            self.set_current(None)
        self.setEnabled(bool(grades))
        self.setPlaceholderText("–" if row.technique is not None and not grades else "grade")
        if row.grade is None:
            self.show_current(None)
            self.setToolTip("")
        else:
            shown = row.grade if row.grade_to is None else f"{row.grade}–{row.grade_to}"
            self.show_current(PickItem(row.grade, shown))
            self.setToolTip(self._reference.grades[row.grade].meaning)
        number = grade_number(row.grade)
        if self.property("grade") != number:
            self.setProperty("grade", number)
            restyle(self)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Once something else is typed, numbers and signs belong to a range such as III-IV.
        pressed = "" if self.isModified() else GRADE.pressed(event)
        if pressed == "grade":
            if self._choose(choices.read_grade(event.text())):
                return
        elif pressed and self.current_id is not None:
            self._step(1 if pressed == "up" else -1)
            return
        super().keyPressEvent(event)

    def _choose(self, code: str) -> bool:
        found = any(grade.code == code for grade in self._grades)
        if found:
            self.grades_chosen.emit(code, None)
        return found

    def _step(self, by: int) -> None:
        """One modifier up or down within the same grade: III to III+ to III++; up from III- is III again."""
        place = next(
            (place for place, grade in enumerate(self._grades) if grade.code == self.current_id), None
        )
        if place is None or not 0 <= place + by < len(self._grades):
            return
        if self._grades[place + by].base == self._grades[place].base:
            self._choose(self._grades[place + by].code)

    def _one_chosen(self, code: str) -> None:
        self.grades_chosen.emit(code or None, None)

    def _range_typed(self, text: str) -> None:
        parts = text.replace("–", "-").replace(" to ", "-").split("-")
        codes = [choices.read_grade(part) for part in parts if part.strip()]
        allowed = [grade.code for grade in self._grades]
        if self._row is not None:
            self.show_grade(self._row)
        if len(codes) == 2 and all(code in allowed for code in codes) and codes[0] != codes[1]:
            self.grades_chosen.emit(*sorted(codes, key=allowed.index))
        else:
            self.refuse(text)


class ResponseCell(PickList):
    """Takes responses: choosing one adds it, choosing it again takes it back, an emptied line takes all back."""

    responses_chosen = Signal(object)

    def __init__(self, reference: Reference, parent: QWidget) -> None:
        super().__init__(
            self._find_last, placeholder="response", free_text=True, name="Response", parent=parent
        )
        self._reference = reference
        self._find_one = find_in(choices.response_items(reference))
        self._responses: tuple[str, ...] = ()
        self.setProperty("type", "cell")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        leave_undo_to_screen(self)
        self.chosen.connect(self._one_chosen)
        self.text_entered.connect(self._several_typed)

    def show_responses(self, responses: tuple[str, ...]) -> None:
        """Show the row's responses."""
        self._responses = responses
        labels = ", ".join(self._reference.responses[response].label for response in responses)
        self.show_current(PickItem(" ".join(responses), labels) if responses else None)
        self.setToolTip(labels)

    def _find_last(self, text: str) -> Sequence[PickItem]:
        """Choices for what is typed after the last comma."""
        return self._find_one(text.rsplit(",", 1)[-1])

    def _one_chosen(self, response: str) -> None:
        if not response:
            self.responses_chosen.emit(())
        elif response in self._responses:
            self.responses_chosen.emit(tuple(other for other in self._responses if other != response))
        else:
            self.responses_chosen.emit((*self._responses, response))

    def _several_typed(self, text: str) -> None:
        found: list[str] = []
        for part in text.split(","):
            items = self._find_one(part) if part.strip() else ()
            if part.strip() and not items:
                self.show_responses(self._responses)
                self.refuse(text)
                return
            found.extend(item.id for item in items[:1])
        self.responses_chosen.emit(tuple(dict.fromkeys(found)))
