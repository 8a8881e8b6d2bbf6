"""The keys that are told are those that work: one table that widgets ask, and a list that is made from it."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.chart import SESSIONS
from ptnotes.ui.keys import LAST_VISITS, NARRATIVE, PAIN, WIDGET_KEYS, KeyGroup
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.workspace import Workspace
from tests.architecture.source import PACKAGE
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def clinic(tmp_path: Path) -> OpenClinic:
    opened = clinic_in(tmp_path, FixedClock())
    patient = add_patient(opened, PATIENT)
    open_episode(opened, EpisodeOfCare(patient_id=patient.id or 0, title="Low back", start=opened.today()))
    return opened


@pytest.fixture
def shell(clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[Shell]:
    made = Shell(clinic.path, tasks, theme, Remembered())
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    yield made
    made.close()
    qtbot.waitUntil(lambda: made.workspace is None)
    tasks.close()
    made.deleteLater()


def opened(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> Workspace:
    shell.enter(clinic)
    qtbot.waitUntil(lambda: shell.workspace is not None)
    assert shell.workspace is not None
    workspace = shell.workspace
    workspace.open_patient(1)
    qtbot.waitUntil(lambda: workspace.chart.shown is not None)
    return workspace


def listed(shell: Shell) -> dict[str, str]:
    """What the list of keys says now: the words, and the key that stands on the same line."""
    page = shell._help._made_sheet().scroller
    labels = [label for label in page.findChildren(QLabel) if not label.isHidden()]
    return {
        first.text(): second.text() for first, second in pairwise(labels) if second.property("type") == "key"
    }


def key(key: Qt.Key, held: Qt.KeyboardModifier = NONE, text: str = "") -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, held, text)


@pytest.mark.parametrize("group", WIDGET_KEYS, ids=lambda group: group.title)
def test_every_key_of_a_group_means_its_own_row_and_no_other(group: KeyGroup) -> None:
    meant: dict[str, str] = {}
    for row in group.rows:
        for written in row.keys:
            combination = QKeySequence(written)[0]  # type: ignore[index]  # a sequence is a row of keys
            event = key(combination.key(), combination.keyboardModifiers())
            assert group.pressed(event) == row.id
            assert meant.setdefault(written, row.id) == row.id
    assert len({row.id for row in group.rows}) == len(group.rows)


@pytest.mark.parametrize("group", WIDGET_KEYS, ids=lambda group: group.title)
def test_every_group_is_asked_by_a_widget(group: KeyGroup) -> None:
    import ptnotes.ui.keys as table

    (name,) = [name for name, value in vars(table).items() if value is group]
    asking = [
        path
        for path in (PACKAGE / "ui").rglob("*.py")
        if path.name != "keys.py" and f"{name}.pressed(event)" in path.read_text(encoding="utf-8")
    ]
    assert asking


def test_signs_and_digits_are_the_same_with_and_without_shift_and_on_the_keypad() -> None:
    assert LAST_VISITS.pressed(key(Qt.Key.Key_Plus)) == "progress"
    assert LAST_VISITS.pressed(key(Qt.Key.Key_Plus, SHIFT)) == "progress"
    assert LAST_VISITS.pressed(key(Qt.Key.Key_Plus, Qt.KeyboardModifier.KeypadModifier)) == "progress"
    assert PAIN.pressed(key(Qt.Key.Key_7, SHIFT)) == "score"


def test_letters_count_with_what_is_held() -> None:
    assert LAST_VISITS.pressed(key(Qt.Key.Key_S)) == "other_step"
    assert LAST_VISITS.pressed(key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)) == ""
    assert LAST_VISITS.pressed(key(Qt.Key.Key_S, SHIFT)) == ""
    assert NARRATIVE.pressed(key(Qt.Key.Key_Backtab, SHIFT)) == "back"
    assert NARRATIVE.pressed(key(Qt.Key.Key_Tab)) == "expand"


def test_the_list_tells_every_key_of_every_action_and_widget(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = opened(shell, clinic, qtbot)
    QTest.keyClick(shell, Qt.Key.Key_F1)
    told = listed(shell)
    native = QKeySequence.SequenceFormat.NativeText
    screens = [action for screen in workspace.chart.screens.values() for action in screen.actions()]
    actions: list[QAction] = [*shell.actions_by_id.values(), *screens]
    assert len(workspace.chart.screens) == 4
    for action in actions:
        for keys in action.shortcuts():
            assert keys.toString(native) in told[action.text().replace("&", "")].split(" or ")
    for group in WIDGET_KEYS:
        for row in group.rows:
            assert row.words in told, f"{group.title}: {row.words}"
    assert told["Same treatment as last visit"] == "Ctrl+D"
    page = shell._help._made_sheet().scroller
    labels = [label.text() for label in page.findChildren(QLabel) if not label.isHidden()]
    assert labels.count("New visit today") == 1
    assert told["Keys"] == "F1 or ?"


def test_a_question_mark_outside_a_field_shows_the_list_and_within_one_is_typed(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = opened(shell, clinic, qtbot)
    workspace.show_tab(SESSIONS)
    find = workspace.sidebar.find_line
    find.setFocus()
    QTest.keyClicks(find, "?")
    assert find.text() == "?"
    sheet = shell._help._made_sheet()
    assert not sheet.isVisible()
    find.clear()
    workspace.chart.header.tabs.setFocus()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert not isinstance(focus, QLineEdit)
    QTest.keyClick(focus, Qt.Key.Key_Question)
    assert sheet.isVisible()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_no_two_keys_of_the_window_and_of_a_screen_are_the_same(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = opened(shell, clinic, qtbot)
    QTest.keyClick(shell, Qt.Key.Key_F1)
    window = [keys for action in shell.actions_by_id.values() for keys in action.shortcuts()]
    for screen in workspace.chart.screens.values():
        own = [keys for action in screen.actions() for keys in action.shortcuts()]
        together = [keys.toString() for keys in (*window, *own)]
        assert len(set(together)) == len(together)
