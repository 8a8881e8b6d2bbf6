"""The keys that widgets answer to themselves, in one table.

A widget asks the table which of its keys was pressed, and the list of keys (F1) is made from the same rows: no key
works without being told, and none is told that does not work.

Keys of menus and of a screen's commands are those of their `QAction` and do not stand here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_HELD = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One thing that keys do. `keys` are written as Qt writes them (``Ctrl+Del``); any of them does it.

    `shown` replaces the list of them where it would be long (``1 – 5``).
    """

    id: str
    keys: tuple[str, ...]
    words: str
    shown: str = ""


@dataclass(frozen=True)
class KeyGroup:
    """The keys of one kind of widget."""

    title: str
    rows: tuple[KeyRow, ...]

    def pressed(self, event: QKeyEvent) -> str:
        """The id of the row whose key `event` is, empty where it is none of them."""
        return self._by_key.get(_key_of(event.keyCombination().toCombined()), "")

    def shown(self, row_id: str) -> str:
        """A row's keys as people read them, for a hint beside the widget."""
        return next(_shown(row) for row in self.rows if row.id == row_id)

    def listed(self) -> list[tuple[str, str]]:
        """Every row as (what it does, its keys), for the list of keys."""
        return [(row.words, _shown(row)) for row in self.rows]

    @cached_property
    def _by_key(self) -> dict[tuple[int, int], str]:
        return {
            _key_of(QKeySequence(key)[0].toCombined()): row.id  # type: ignore[index]  # a sequence is a row of keys
            for row in self.rows
            for key in row.keys
        }


def _key_of(combined: int) -> tuple[int, int]:
    """The key and what is held with it. Shift counts with letters and named keys only: signs, and on some keyboards
    digits, are typed with it.
    """
    key = combined & ~int(Qt.KeyboardModifier.KeyboardModifierMask.value)
    if key == int(Qt.Key.Key_Backtab.value):
        key = int(Qt.Key.Key_Tab.value)
    held = combined & int(_HELD.value)
    is_sign = key < int(Qt.Key.Key_Escape.value) and not chr(key).isalpha()
    shift = 0 if is_sign else combined & int(Qt.KeyboardModifier.ShiftModifier.value)
    return key, held | shift


def _shown(row: KeyRow) -> str:
    if row.shown:
        return row.shown
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(dict.fromkeys(QKeySequence(key).toString(native) for key in row.keys))


LAST_VISITS = KeyGroup(
    "Last visits",
    (
        KeyRow("same", ("Return", "Enter", "Space"), "Do the chosen row the same today", shown="Enter"),
        KeyRow("progress", ("+", "="), "Do it one step further, as shown beside it", shown="+"),
        KeyRow("other_step", ("S",), "Show another step: grade, seconds, sets, load"),
        KeyRow("up", ("Up",), "Row above"),
        KeyRow("down", ("Down",), "Row below"),
    ),
)
NARRATIVE = KeyGroup(
    "Narrative",
    (
        KeyRow("expand", ("Tab",), "Expand a short form such as .home, or go to the next blank ‹…›"),
        KeyRow("back", ("Shift+Tab",), "Go to the blank before, or to the field before"),
    ),
)
TABLES = KeyGroup(
    "Tables of the visit",
    (
        KeyRow("next", ("Return", "Enter"), "Begin the next row", shown="Enter"),
        KeyRow("remove", ("Ctrl+Del",), "Take the row out"),
        KeyRow("below", ("Down",), "Go to what more is said below the row: end feel, modifiers"),
        KeyRow("row", ("Up",), "Go back up to the row"),
        KeyRow("undo_typing", ("Esc",), "Take back what is typed in the field"),
    ),
)
GRADE = KeyGroup(
    "Grade",
    (
        KeyRow("grade", ("1", "2", "3", "4", "5"), "Grade I to V", shown="1 – 5"),
        KeyRow("up", ("+",), "Modifier up: III to III+"),
        KeyRow("down", ("-", "−"), "Modifier down: III to III-", shown="-"),
    ),
)
SPINE = KeyGroup(
    "Spine",
    (
        KeyRow("left", ("Left",), "Target to the left"),
        KeyRow("right", ("Right",), "Target to the right"),
        KeyRow("up", ("Up",), "Level above"),
        KeyRow("down", ("Down",), "Level below"),
        KeyRow("first", ("Home",), "First level of the part on this side"),
        KeyRow("last", ("End",), "Last level of the part on this side"),
        KeyRow("part_above", ("PgUp",), "Part above: neck, thorax, low back, jaw, shoulder, …"),
        KeyRow("part_below", ("PgDown",), "Part below"),
        KeyRow("toggle", ("Space",), "Chart the target without a grade, or take it back"),
        KeyRow("remove", ("Del", "Backspace"), "Take the row away"),
        KeyRow("row", ("Return", "Enter"), "Go to its row in the table", shown="Enter"),
    ),
)
LINE = KeyGroup(
    "Typed line",
    (
        KeyRow("enter", ("Return", "Enter"), "Chart what is typed, or take the marked word", shown="Enter"),
        KeyRow("take", ("Tab",), "Take the word that is offered"),
        KeyRow("offer", ("Ctrl+Space",), "Show what can come next"),
        KeyRow("down", ("Down",), "Next word of the list"),
        KeyRow("up", ("Up",), "Word before it"),
        KeyRow("leave", ("Esc",), "Close the list, then leave the line"),
    ),
)
PAGE = KeyGroup("Outside a field", (KeyRow("line", ("/",), "Go to the typed line"),))
PAIN = KeyGroup(
    "Pain",
    (
        KeyRow("score", tuple("0123456789"), "Score 0 to 9; 1 and then 0 is 10", shown="0 – 9"),
        KeyRow("ten", ("T",), "Score 10"),
        KeyRow("less", ("Left",), "One less"),
        KeyRow("more", ("Right",), "One more"),
        KeyRow("blank", ("Del", "Backspace"), "Take the score back", shown="Del"),
    ),
)
BODY = KeyGroup(
    "Body chart",
    (
        KeyRow(
            "kind",
            ("1", "2", "3", "4"),
            "Pain, pins and needles, numbness, or no symptoms there",
            shown="1 – 4",
        ),
        KeyRow("constant", ("C",), "Felt all the time"),
        KeyRow("intermittent", ("I",), "Comes and goes"),
        KeyRow("deep", ("D",), "Felt deep"),
        KeyRow("superficial", ("S",), "Felt at the surface"),
        KeyRow("up", ("Up",), "Mark before"),
        KeyRow("down", ("Down",), "Mark after"),
        KeyRow("earlier", ("Ctrl+Up",), "More important: one number up"),
        KeyRow("later", ("Ctrl+Down",), "Less important: one number down"),
        KeyRow("remove", ("Del", "Backspace"), "Take the mark away", shown="Del"),
        KeyRow("area", ("A",), "Choose an area by its name"),
        KeyRow("last", ("L",), "Mark today, too, the next mark of the last chart"),
    ),
)
MOTION = KeyGroup("Range of motion", (KeyRow("way", ("Alt+Down", "Menu"), "How it is measured"),))
ORDER = KeyGroup(
    "Lists in order",
    (
        KeyRow("up", ("Ctrl+Up",), "Move the row up"),
        KeyRow("down", ("Ctrl+Down",), "Move the row down"),
    ),
)
GOALS = KeyGroup(
    "Goals",
    (
        KeyRow("met", ("M",), "Met"),
        KeyRow("revise", ("R",), "Revise: another target or date, with a reason"),
        KeyRow("drop", ("D",), "Drop, with a reason"),
        KeyRow("resume", ("A",), "Active again"),
        KeyRow("history", ("H",), "What became of it so far"),
    ),
)
PICK = KeyGroup(
    "Lists to pick from",
    (
        KeyRow("open", ("Down",), "Open the list"),
        KeyRow("take_on", ("Tab", "Shift+Tab"), "Take what is marked and go on", shown="Tab"),
        KeyRow("back", ("Esc",), "Take back what is typed"),
    ),
)
FIND = KeyGroup(
    "Finding a patient",
    (
        KeyRow("down", ("Down",), "Next patient found"),
        KeyRow("up", ("Up",), "Patient before"),
        KeyRow("open", ("Return", "Enter"), "Open the chart", shown="Enter"),
        KeyRow("clear", ("Esc",), "Clear the search"),
    ),
)
DAY = KeyGroup(
    "Patients of the day",
    (
        KeyRow("start", ("Return", "Enter"), "Start the visit, or open what is charted", shown="Enter"),
        KeyRow("arrived", ("A",), "The patient has arrived"),
        KeyRow("cancelled", ("C",), "The visit was cancelled"),
        KeyRow("missed", ("M",), "The patient did not come"),
        KeyRow("planned", ("P",), "Planned again: take back what was said"),
        KeyRow("remove", ("Del",), "Take the patient off the list"),
    ),
)
CHARTS = KeyGroup(
    "Charts of the overview",
    (
        KeyRow("back", ("Left",), "Visit before"),
        KeyRow("on", ("Right",), "Visit after"),
        KeyRow("first", ("Home",), "First visit"),
        KeyRow("last", ("End",), "Latest visit"),
        KeyRow("leave", ("Esc",), "No visit in particular"),
    ),
)
EXAM = KeyGroup(
    "Examination", (KeyRow("normal", ("=",), "Mark the row as normal where nothing is said", shown="="),)
)
SCREEN = KeyGroup(
    "Screening",
    (
        KeyRow("no", ("N",), "No; on a heading: none of these"),
        KeyRow("yes", ("Y",), "Yes, and then where it applies"),
        KeyRow("unknown", ("U",), "Not known: the question stays open"),
        KeyRow("none", ("Return", "Enter", "Space"), "On a heading: none of these", shown="Enter"),
        KeyRow("up", ("Up",), "Question above"),
        KeyRow("down", ("Down",), "Question below"),
        KeyRow("left", ("Left",), "Heading before"),
        KeyRow("right", ("Right",), "Next heading"),
    ),
)
IMPORT = KeyGroup(
    "Patients from a file",
    (
        KeyRow(
            "on",
            ("Ctrl+Return", "Ctrl+Enter"),
            "Go on to the next step, at last to the import",
            shown="Ctrl+Enter",
        ),
        KeyRow(
            "turn", ("Space",), "Add a row all the same that may be somebody known, or leave it out again"
        ),
    ),
)
LETTERS = KeyGroup(
    "Letter templates",
    (
        KeyRow("edit", ("Return", "Enter"), "Change the template", shown="Enter"),
        KeyRow("add", ("Ins",), "Write a new template"),
        KeyRow("away", ("Del",), "Put the template away"),
    ),
)
SHEET = KeyGroup("Sheets and strips", (KeyRow("close", ("Esc",), "Close"),))
WIDGET_KEYS = (
    LINE, PAGE, SPINE, GRADE, LAST_VISITS, TABLES, PAIN, BODY, MOTION, EXAM, NARRATIVE, SCREEN, ORDER, GOALS,
    PICK, FIND, DAY, CHARTS, IMPORT, LETTERS, SHEET,
)  # fmt: skip
"""Every group, in the order of the list of keys."""
