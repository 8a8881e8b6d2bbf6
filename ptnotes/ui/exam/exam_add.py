"""The line in which a finding is typed or a test is found: ``knee jerk l 2+``, ``spurling r pos``, ``neuro``."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ptnotes.clinical import Reference
from ptnotes.clinical.examination import LIMBS
from ptnotes.domain.exam_entry import ExamTest, Typed, read_findings
from ptnotes.domain.examination import KIND_WORDS
from ptnotes.domain.text import fold
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.widgets.pick_list import PickItem, PickList

_SCREEN = "neuro screen"
_MOST = 40


class ExamAdd(PickList):
    """Emits `typed_finding` with what was typed or picked, `screen_asked` with the limb of a neurological screen."""

    typed_finding = Signal(object)
    screen_asked = Signal(str)

    def __init__(
        self, reference: Reference, tests: Sequence[ExamTest], limb: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            self._offer,
            placeholder="Add a finding, such as “knee jerk l 2+” or “spurling r pos” …",
            free_text=True,
            name="Add an examination finding",
            parent=parent,
        )
        self._reference = reference
        self._tests = tests
        self._limbs = sorted(LIMBS, key=lambda each: each != limb)
        self._offered: dict[str, Typed] = {}
        leave_undo_to_screen(self)
        self.chosen.connect(self._take_chosen)
        self.text_entered.connect(self._take_text)

    def _offer(self, text: str) -> Sequence[PickItem]:
        wanted = fold(text)
        if not wanted:
            return self._screens()
        found = read_findings(self._reference, self._tests, text)[:_MOST]
        self._offered = {_identity(typed): typed for typed in found}
        items = [
            PickItem(identity, typed.label, KIND_WORDS[typed.key[0]].lower())
            for identity, typed in self._offered.items()
        ]
        if _SCREEN.startswith(wanted) or wanted.startswith("neuro"):
            limbs = [word for word in wanted.split() if any(limb.startswith(word) for limb in LIMBS)]
            screens = [
                item for item in self._screens() if not limbs or item.id.split()[-1].startswith(limbs[0])
            ]
            return [*screens, *items]
        return items

    def _screens(self) -> list[PickItem]:
        return [
            PickItem(
                f"{_SCREEN} {limb}", f"Neuro screen, {limb} limb", "myotomes, reflexes, dermatomes: all blank"
            )
            for limb in self._limbs
        ]

    def _take_chosen(self, identity: str) -> None:
        if not identity:
            return
        self.set_current(None)
        if identity.startswith(_SCREEN):
            self.screen_asked.emit(identity.rsplit(maxsplit=1)[-1])
        elif identity in self._offered:
            self.typed_finding.emit(self._offered[identity])

    def _take_text(self, text: str) -> None:
        found = read_findings(self._reference, self._tests, text)
        # What is half typed when the line is left is no finding yet: only one with its value is taken.
        if found and found[0].has_value:
            self.set_current(None)
            self.typed_finding.emit(found[0])
        else:
            self.refuse(text, "finding.unknown")


def _identity(typed: Typed) -> str:
    kind, test, target = typed.key
    said = (f"{found.side}={found.value}" for found in typed.findings)
    return "\x1f".join((kind, test, target or "", *said))
