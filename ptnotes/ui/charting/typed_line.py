"""The typed line of a visit: what was understood stands below it while it is typed, what was not is underlined.

The text is part of the draft (`TreatmentSession.pending_line`), so that it is saved, and undone, like all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.notation import (
    Candidate,
    Place,
    Problem,
    Taking,
    Understood,
    charted_in,
    completion,
    explain,
    explain_values,
    taking,
    write,
)
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.charting.typed_line_input import LineInput
from ptnotes.ui.charting.typed_line_preview import LinePreview
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import KeyHint, Label

HINT = "L5 upa l III 3x45s ; flex 45>55 ; pain 6>3"
_SPOKEN = ("mobilizations", "rom", "pain", "interventions", "time_in", "pending_line", "pending_row")
"""What of the visit has a say in how the line is read."""
_STRETCH = re.compile(r"\s*[;\n]\s*")
_MOST_PROBLEMS = 4


class TypedLine(Card):
    """The line over the visit. Enter charts what is understood, in one step; what is not stays in the line."""

    def __init__(
        self,
        state: DraftState,
        reference: Reference,
        theme: Theme,
        place: Place,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", "", parent)
        self._state = state
        self._reference = reference
        self._theme = theme
        self._place = place
        self._word = 0
        self._before = ""
        self._came_from: QWidget | None = None
        self.taking = Taking(state.session)
        self.setProperty("role", "line")
        self.setAccessibleName("Typed line")
        line = QHBoxLayout()
        line.setSpacing(theme.space(3))
        self.input = LineInput(self._complete, theme, self)
        self.input.setPlaceholderText(HINT)
        prompt = Label("›", "strong", parent=self)
        prompt.setProperty("tone", "prompt")
        line.addWidget(prompt, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.input, 1)
        for keys in ("Ctrl+T", "Enter"):
            line.addWidget(KeyHint(keys, self), 0, Qt.AlignmentFlag.AlignTop)
        self.preview = LinePreview(theme, self)
        self.row, self.understood = self.preview.row, self.preview.understood
        self.problems = self.preview.problems
        self.body.addLayout(line)
        self.body.addWidget(self.preview)
        self.input.typed.connect(self._typed)
        self.input.entered.connect(self.take)
        self.input.escaped.connect(self._escaped)
        self.input.focus_changed.connect(self._focus_changed)
        self.input.refused.connect(self._say_refused)
        state.changed.connect(self._changed)
        self._show()
        # The words of the reference data are put in order at their first use, not at the first letter.
        QTimer.singleShot(0, self, self._read_ahead)

    def start(self) -> None:
        """Go to the line; Esc goes back."""
        focus = QApplication.focusWidget()
        if focus is not None and not self.isAncestorOf(focus):
            self._came_from = focus
        self.input.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.input.put_cursor(len(self.input.toPlainText()))

    def edit_row(self, row: int) -> bool:
        """Bring a row's text into the line, in front of what waits there; False where no line says the row yet."""
        session = self._state.session
        charted = charted_in(self._reference, session, row)
        if charted is None:
            return False
        try:
            text = write(self._reference, charted.entry, self._main_region())
        except ValueError:
            return False
        waiting = self._waiting(session)
        line = " ; ".join(part for part in (text, waiting) if part)
        self._state.put(replace(session, pending_line=line, pending_row=row))
        self.start()
        self.input.put_cursor(len(text))
        return True

    def take(self) -> None:
        """Chart what is understood, as one step; the rest stays."""
        before = self._state.session
        after = taking(self._reference, before, self._place, before.pending_line).session
        self._state.put(after)
        self.preview.give_back()
        self.input.put_cursor(len(after.pending_line))

    def _main_region(self) -> str | None:
        return self._place.regions[0] if self._place.regions else None

    def _complete(self, text: str, cursor: int) -> tuple[Candidate, ...]:
        return completion(self._reference, text, cursor, self._main_region())

    def _typed(self, text: str) -> None:
        session = self._state.session
        if not edits.continues_word(self._before, session.pending_line, text):
            self._word += 1
        self._before = session.pending_line
        row = session.pending_row if text.strip() else None
        self._state.put(replace(session, pending_line=text, pending_row=row), ("line", self._word))
        if self._state.session.pending_line != text:
            self.input.show_text(self._state.session.pending_line)

    def _escaped(self) -> None:
        """Leave the row as it is; without one, go back to where one came from."""
        session = self._state.session
        if session.pending_row is not None:
            self._state.put(replace(session, pending_line=self._waiting(session), pending_row=None))
        elif self._came_from is not None:
            back, self._came_from = self._came_from, None
            back.setFocus(Qt.FocusReason.OtherFocusReason)

    @staticmethod
    def _waiting(session: TreatmentSession) -> str:
        """What stands in the line beside the row that is said anew."""
        if session.pending_row is None:
            return session.pending_line.strip()
        parts = _STRETCH.split(session.pending_line, maxsplit=1)
        return parts[1].strip() if len(parts) > 1 else ""

    def _read_ahead(self) -> None:
        taking(self._reference, self._state.session, self._place, HINT)
        self._complete("L", 1)

    def _focus_changed(self) -> None:
        self.setProperty("active", self.input.hasFocus())
        restyle(self)
        self._state.end_step()
        self._paint()

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if any(getattr(before, name) is not getattr(after, name) for name in _SPOKEN):
            self._show()

    def _show(self) -> None:
        session = self._state.session
        self.input.show_text(session.pending_line)
        self.taking = taking(self._reference, session, self._place, session.pending_line)
        self._paint()

    def _paint(self) -> None:
        row, problems = self._row_words(), self.taking.problems
        said = "   |   ".join(entry_words(self._reference, one) for one in self.taking.understood)
        why = problem_words(problems)
        here = self.input.textCursor().position()
        typing = self.input.hasFocus() and all(problem.end == here for problem in problems)
        self.problems.set_kind("small" if typing else "fault")
        self.preview.show_words(row, said or ("" if problems else _INVITATION), why)
        is_written = bool(self._state.session.pending_line)
        if not is_written:
            self.preview.give_back()
        self.preview.setVisible(self.input.hasFocus() or is_written)
        self.input.underline([(problem.start, problem.end) for problem in problems])
        self.input.setAccessibleDescription(" ".join(part for part in (row, said, why) if part))

    def _row_words(self) -> str:
        row = self._state.session.pending_row
        charted = charted_in(self._reference, self._state.session, row) if row is not None else None
        if charted is None:
            return ""
        return f"Says anew: {explain(self._reference, charted.entry)}. Enter changes the row, Esc leaves it."

    def _say_refused(self, text: str) -> None:
        self.problems.set_kind("fault")
        self.preview.show_words(self.row.text(), self.understood.text(), text)

    @override
    def setEnabled(self, enabled: bool) -> None:
        # A signed note has no line.
        super().setEnabled(enabled)
        self.setVisible(enabled)


_INVITATION = (
    "Type it as you would write it. Enter charts what is understood; F2 on a row brings its text here."
)


def entry_words(reference: Reference, one: Understood) -> str:
    """An entry of the line in plain words, with what it took over from elsewhere and what stands in its place now."""
    words = explain(reference, one.read.entry)
    if one.read.assumed:
        words += f" ({' and '.join(one.read.assumed)} taken over)"
    if one.before is not None and one.taken:
        was = explain_values(reference, one.before)
        words += f" (was {was})" if was and was != explain_values(reference, one.read.entry) else ""
    return words if one.taken else f"{words} (stays in the line)"


def problem_words(problems: Sequence[Problem]) -> str:
    """Each stretch that was not taken with its reason, a line each."""
    lines = []
    for problem in problems[:_MOST_PROBLEMS]:
        ways = f" Write: {' or '.join(problem.choices)}." if problem.choices else ""
        lines.append(f"“{problem.text}”: {problem.reason}{ways}")
    if len(problems) > _MOST_PROBLEMS:
        lines.append(f"and {len(problems) - _MOST_PROBLEMS} more")
    return "\n".join(lines)
