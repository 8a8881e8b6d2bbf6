"""Locking the real window: what leaves the screen, what is kept, and where one comes back to."""

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QClipboard, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.db.kdf import Kdf
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.people import Person
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.services import visits
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.own_values import set_own_value
from ptnotes.services.patients import add_patient
from ptnotes.services.people import add_person
from ptnotes.services.visits import load_session, start_session
from ptnotes.ui.chart import DOCUMENTS
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.lock import IdleWatch, close_other_windows
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.unlock.unlock import Unlock
from ptnotes.ui.widgets.figure_view import text_width
from ptnotes.ui.widgets.pick_list import PickList
from ptnotes.ui.workspace import Workspace
from tests.clinics import PASSPHRASE, PATIENT, PERSON, Template, clinic_in
from tests.clock import FixedClock
from tests.e2e.window import Driver

TYPED = "Typed in the second before the lock."
OTHER = "three slow tin whistles"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def visit(clinic_path: Path) -> tuple[OpenClinic, int, TreatmentSession]:
    """Give an open clinic, a patient's id and a draft of theirs that is not the newest visit."""
    clinic_path.parent.mkdir(parents=True)
    clinic = clinic_in(clinic_path.parent, FixedClock())
    patient_id = add_patient(clinic, PATIENT).id or 0
    episode = EpisodeOfCare(patient_id=patient_id, title="Low back pain", start=clinic.today().replace(day=1))
    episode_id = open_episode(clinic, episode).id or 0
    older = start_session(clinic, episode_id, clinic.today().replace(day=1))
    start_session(clinic, episode_id)
    return clinic, patient_id, older


def enter(window: Driver, clinic: OpenClinic) -> Workspace:
    """Go through the door, and wait for what lies behind it."""
    window.shell.enter(clinic)
    window.until(lambda: window.shell.workspace is not None)
    assert window.shell.workspace is not None
    return window.shell.workspace


def chart(window: Driver, opened: tuple[OpenClinic, int, TreatmentSession]) -> ChartingScreen:
    """Show the older visit, and type into it."""
    clinic, patient_id, older = opened
    enter(window, clinic).open_draft(patient_id, older.id or 0)
    window.until(lambda: bool(window.shown(QPlainTextEdit, "Subjective")))
    window.type_into("Subjective", TYPED)
    return window.screen(ChartingScreen)


def unlock(window: Driver, passphrase: str = PASSPHRASE) -> None:
    window.until(lambda: bool(window.shown(QLineEdit, "Passphrase")))
    window.type_into("Passphrase", passphrase)
    window.press("Return")


def lock(window: Driver) -> None:
    """Press the keys, and wait until the file is closed."""
    window.press("Ctrl+L")
    assert window.shell.is_locked
    window.until(lambda: window.shell.workspace is None)


def shows_nothing_of_a_patient(window: Driver) -> bool:
    words = ("Moreau", "Low back pain", TYPED, "episode since")
    titles = [widget.windowTitle() for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    menus = [action.text() for action in window.shell.menuBar().actions() if action.isVisible()]
    return not any(window.says(word) for word in words) and titles == ["PT Notes"] and "Sessions" not in menus


def test_locking_stores_what_is_typed_and_unlocking_comes_back_to_the_same_visit(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], clinic_path: Path
) -> None:
    clinic, _, older = visit
    chart(window, visit)
    text_width("Moreau, Hélène", 11, "medium")
    window.press("Ctrl+L")
    assert shows_nothing_of_a_patient(window)
    assert text_width.cache_info().currsize == 0
    window.until(lambda: window.shell.workspace is None and not clinic.data_key)
    assert not Path(f"{clinic_path}-wal").exists()  # the last connection is closed
    unlock(window)
    window.until(lambda: bool(window.shown(QPlainTextEdit, "Subjective")))
    assert window.find(QPlainTextEdit, "Subjective").toPlainText() == TYPED
    shown = window.screen(ChartingScreen).visit
    assert shown is not None
    assert shown.id == older.id
    assert window.says("Moreau, Hélène")


def test_unlocking_comes_back_to_the_same_field_and_letter(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession]
) -> None:
    window.shell.resize(1000, 600)
    chart(window, visit)
    window.type_into("Plan", "Again on Thursday.")
    for _ in range(5):
        window.press("Left")
    page = window.screen(ChartingScreen).stage.page
    assert page is not None
    bar = page.scroller.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    scrolled = bar.value()
    assert scrolled > 0
    before = (window.shell.focusWidget() or window.shell).accessibleName()
    assert before == "Plan"
    lock(window)
    unlock(window)
    window.until(lambda: window.focused().accessibleName() == "Plan")
    field = window.focused()
    assert isinstance(field, QPlainTextEdit)
    assert field.textCursor().position() == len("Again on Thursday.") - 5
    shown = window.screen(ChartingScreen).stage.page
    assert shown is not None
    assert shown is not page
    assert shown.scroller.verticalScrollBar().value() == scrolled


@pytest.mark.parametrize("keys", ["Ctrl+,", "Ctrl+Shift+P", "Ctrl+Shift+H"])
def test_unlocking_comes_back_to_the_clinics_own_pages(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], keys: str
) -> None:
    workspace = enter(window, visit[0])
    action = next(
        action for action in window.shell.actions_by_id.values() if action.shortcut() == QKeySequence(keys)
    )
    action.trigger()
    kind = type(workspace.pages.currentWidget())
    lock(window)
    unlock(window)
    window.until(lambda: window.shell.workspace is not None)
    again = window.shell.workspace
    assert again is not None
    assert type(again.pages.currentWidget()) is kind
    assert again.pages.currentWidget() is not again.home


def test_unlocking_comes_back_to_the_same_tab(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession]
) -> None:
    chart(window, visit)
    window.press("Ctrl+4")
    window.shell.lock()
    window.until(lambda: window.shell.workspace is None)
    unlock(window)
    window.until(
        lambda: window.shell.workspace is not None and window.shell.workspace.chart.shown is not None
    )
    assert window.shell.workspace is not None
    workspace = window.shell.workspace
    window.until(lambda: workspace.chart.header.tabs.currentIndex() == DOCUMENTS)
    assert workspace.pages.currentWidget() is workspace.chart


def test_another_person_comes_to_their_own_home_page(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession]
) -> None:
    add_person(visit[0], Person(name="B. Other"), OTHER, kdf=Kdf())
    chart(window, visit)
    window.shell.lock()
    window.until(lambda: window.shell.workspace is None)
    window.until(lambda: bool(window.shown(QComboBox, "Who are you?")))
    window.find(QComboBox, "Who are you?").setCurrentText("B. Other")
    unlock(window, OTHER)
    window.until(lambda: window.shell.workspace is not None)
    window.qtbot.wait(300)
    assert window.shell.workspace is not None
    assert window.shell.workspace.pages.currentWidget() is window.shell.workspace.home


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let every save fail; calling it gives the disk its room back."""
    saves = visits.save_draft
    is_full = [True]

    def save(*arguments: object, **named: object) -> object:
        if is_full[0]:
            raise EnvironmentFault("disk.full", path="clinic.ptnotes")
        return saves(*arguments, **named)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr("ptnotes.ui.charting.open_visit.save_draft", save)
    return lambda: is_full.__setitem__(0, False)


def test_what_cannot_be_stored_waits_behind_the_door_for_whoever_typed_it(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], full_disk: Callable[[], None]
) -> None:
    clinic, _, older = visit
    add_person(clinic, Person(name="B. Other"), OTHER, kdf=Kdf())
    chart(window, visit)
    window.shell.lock()
    window.until(lambda: window.shell._tasks.unsaved == 0)
    assert window.shell.workspace is not None
    assert shows_nothing_of_a_patient(window)
    choice = window.find(QComboBox, "Who are you?")
    choice.setCurrentText("B. Other")
    unlock(window, OTHER)
    window.until(lambda: window.says(f"What {PERSON.name} typed is not stored yet"))
    assert shows_nothing_of_a_patient(window)
    choice.setCurrentText(PERSON.name)
    unlock(window)
    window.until(lambda: bool(window.shown(QPlainTextEdit, "Subjective")))
    assert window.find(QPlainTextEdit, "Subjective").toPlainText() == TYPED
    # It is tried again at once; the disk has room only for what is tried after that.
    window.until(lambda: window.shell._tasks.unsaved == 0)
    full_disk()
    window.shell.lock()
    window.until(lambda: window.shell.workspace is None)
    unlock(window)
    window.until(lambda: window.shell.workspace is not None)
    assert window.shell._clinic is not None
    assert load_session(window.shell._clinic, older.id or 0).note.subjective == TYPED


@pytest.mark.parametrize("has_own_values", [False, True])
def test_what_was_not_understood_is_there_again(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], has_own_values: bool
) -> None:
    if has_own_values:
        set_own_value(visit[0], "important_changes.odi_low_back.value", Decimal(12), "as we measure")
    chart(window, visit)
    field = window.screen(ChartingScreen).findChildren(ValueCell)[0]
    field.setFocus()
    field.setText("")
    QTest.keyClicks(field, "12 elephants")
    assert field.fault
    window.shell.lock()
    window.until(lambda: not visit[0].data_key)
    unlock(window)
    window.until(field.isVisible)
    assert field.text() == "12 elephants"
    assert window.shell.focusWidget() is field
    window.press("Ctrl+Q")
    window.until(lambda: window.says("is not understood"))
    window.click("Leave without saving")


def test_a_form_that_is_half_filled_is_there_again(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession]
) -> None:
    enter(window, visit[0])
    window.press("Ctrl+Shift+N")
    window.type_into("Family name", "Half")
    window.shell.lock()
    window.until(lambda: window.shell._tasks.unsaved == 0)
    assert not window.shown(QLineEdit, "Family name")
    unlock(window)
    assert window.find(QLineEdit, "Family name").text() == "Half"
    window.press("Ctrl+Q")
    window.until(window.shell.isVisible)
    window.click("Leave without saving")


def test_the_keys_lock_from_every_field_and_from_every_open_list(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    chart(window, visit)
    locked = list[str]()
    window.shell.actions_by_id["lock"].triggered.disconnect()
    window.shell.actions_by_id["lock"].triggered.connect(lambda: locked.append("locked"))
    page = window.screen(ChartingScreen).stage.page
    assert page is not None
    fields = [
        field
        for field in page.window().findChildren(QWidget)
        if field.focusPolicy() & Qt.FocusPolicy.TabFocus and field.isVisible() and field.isEnabled()
    ]
    assert {QLineEdit, QPlainTextEdit} <= {kind for field in fields for kind in type(field).__mro__}
    for field in fields:
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert locked == ["locked"], (type(field), field.accessibleName())
        locked.clear()
    lists = [field for field in fields if isinstance(field, (PickList, QComboBox))]
    assert lists
    for field in lists:
        field.setFocus()
        if isinstance(field, QComboBox):
            field.showPopup()
        else:
            field._search("")
        hanging = QApplication.activePopupWidget()
        if hanging is None:
            continue  # nothing to choose from
        QTest.keyClick(hanging.focusWidget() or hanging, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert locked == ["locked"], (type(field), field.accessibleName())
        locked.clear()
        close_other_windows(window.shell)
        assert QApplication.activePopupWidget() is None


def test_what_is_read_while_the_window_locks_reaches_nothing(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession]
) -> None:
    chart(window, visit)
    tasks, let_go = window.shell._tasks, threading.Event()
    got, refused = list[str](), list[str]()

    def report() -> str:
        let_go.wait(60)
        return "Moreau.pdf is made"

    tasks.read(report, got.append, lambda error: refused.append(str(error)))
    tasks.read(report, window.shell.toast.say)
    window.shell.lock()
    window.shell.toast.hide()
    let_go.set()
    window.until(lambda: window.shell.workspace is None)
    window.until(lambda: refused == ["work.ended"])
    window.qtbot.wait(100)
    assert got == []
    assert shows_nothing_of_a_patient(window)


def test_no_screen_reader_is_told_of_a_patient_behind_the_door(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], full_disk: Callable[[], None]
) -> None:
    def told(node: QAccessibleInterface) -> Iterator[str]:
        if node.state().invisible:
            return
        for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description):
            yield node.text(kind)
        for place in range(node.childCount()):
            child = node.child(place)
            if child is not None:
                yield from told(child)

    def names_a_patient() -> bool:
        interface = QAccessible.queryAccessibleInterface(window.shell)
        assert interface is not None
        return any("Moreau" in text for text in told(interface))

    chart(window, visit)
    assert names_a_patient()
    window.shell.lock()
    window.until(lambda: window.shell._tasks.unsaved == 0)
    assert window.shell.workspace is not None
    assert not names_a_patient()
    full_disk()
    unlock(window)
    window.until(lambda: not window.shell.is_locked)


def is_idle(tasks: Tasks) -> bool:
    """Whether nothing waits, runs, or has yet to be delivered."""
    frames = sys._current_frames()
    at_work = [thread for thread in tasks._threads if frames[thread.ident or 0].f_code.co_name != "wait"]
    return not (at_work or tasks._reads.qsize() or tasks._writes.qsize() or tasks._results)


def holders_of_the_key(digest: bytes) -> list[str]:
    """Name what Python knows of that refers to the data key, as bytes or within hexadecimal digits.

    No other thread may be at work meanwhile: what is held here while it is being built there fails there.
    """
    found = []
    for holder in gc.get_objects():
        if isinstance(holder, Template):
            continue  # the tests' own, from which their files are copied
        for held in gc.get_referents(holder):
            raw = held if isinstance(held, bytes) else b""
            if isinstance(held, str) and len(held) >= 64 and held[:64].isalnum():
                with suppress(ValueError):
                    raw = bytes.fromhex(held[:64])
            if len(raw) == 32 and sha256(raw).digest() == digest:
                found.append(type(holder).__name__)
    return found


@pytest.mark.parametrize("is_half_typed", [False, True])
def test_nothing_refers_to_the_data_key_after_the_lock(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], is_half_typed: bool
) -> None:
    clinic = visit[0]
    workspace = enter(window, clinic)
    if is_half_typed:
        workspace.pages.add_patient()
        window.type_into("Family name", "Half")
    digest = sha256(clinic.data_key).digest()
    window.until(lambda: is_idle(window.shell._tasks))
    assert holders_of_the_key(digest)
    window.shell.lock()
    window.until(lambda: not clinic.data_key and is_idle(window.shell._tasks))
    gc.collect()
    assert holders_of_the_key(digest) == []
    unlock(window)
    window.until(lambda: not window.shell.is_locked)
    if is_half_typed:
        workspace.pages.form._cancel()


def test_fields_for_passphrases_are_empty_behind_the_door(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession]
) -> None:
    workspace = enter(window, visit[0])
    workspace.pages.show_people()
    card = workspace.pages.people.passphrase
    card.new.shown.setChecked(True)
    for field in (card.old, card.new.first, card.new.again):
        field.setText(PASSPHRASE)
    workspace.pages.add_patient()
    window.type_into("Family name", "Half")
    window.shell.lock()
    assert not [field for field in workspace.findChildren(QLineEdit) if PASSPHRASE in field.text()]
    unlock(window)
    window.until(lambda: not window.shell.is_locked)
    workspace.pages.form._cancel()


def test_it_locks_by_itself_after_the_minutes_without_a_touch(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(window.shell.idle_watch, "_clock", lambda: now[0])
    chart(window, visit)
    now[0] += 299
    QTest.keyClick(window.shell, Qt.Key.Key_Shift)
    now[0] += 299
    window.shell.idle_watch._look()
    assert window.shell.workspace is not None
    assert not window.shell.is_locked
    now[0] += 1
    window.shell.idle_watch._look()
    assert shows_nothing_of_a_patient(window)


def test_the_first_touch_after_a_long_sleep_reaches_nothing(qtbot: QtBot) -> None:
    now = [0.0]
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    watch = IdleWatch(5, field, clock=lambda: now[0])
    watch.start()
    QTest.keyClicks(field, "a")
    now[0] += 301
    with qtbot.waitSignal(watch.idled):
        QTest.keyClicks(field, "b")
    assert field.text() == "a"


def test_the_minutes_are_chosen_in_the_menu_and_remembered(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession]
) -> None:
    menu = window.shell._lock_after
    assert not menu.isEnabled()
    enter(window, visit[0])
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["5 minutes"]
    next(action for action in menu.actions() if action.text() == "2 minutes").trigger()
    assert window.shell.idle_watch.after_min == 2
    assert window.shell._remembered.lock_after_min == 2
    window.shell._remembered._settings.setValue("lock/after_min", "0")
    assert window.shell._remembered.lock_after_min == 5


def test_what_another_program_copied_stays(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _clipboard: False)
    QApplication.clipboard().setText("from elsewhere")
    enter(window, visit[0])
    window.shell.lock()
    assert QApplication.clipboard().text() == "from elsewhere"


def test_what_was_copied_and_every_dialog_goes(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The platform without a screen never knows whose the clipboard is; X11, Wayland, Windows and macOS do.
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _clipboard: True)
    chart(window, visit)
    text = window.find(QPlainTextEdit, "Subjective")
    text.selectAll()
    text.copy()
    clipboard = QApplication.clipboard()
    assert clipboard.text() == TYPED
    dialog = QDialog(window.shell)
    dialog.setWindowTitle("Moreau, Hélène")
    dialog.open()
    window.shell.lock()
    assert not dialog.isVisible()
    assert clipboard.text() == ""
    assert shows_nothing_of_a_patient(window)


@pytest.mark.expect_logs
def test_tries_with_a_wrong_passphrase_become_slower(
    window: Driver, visit: tuple[OpenClinic, int, TreatmentSession]
) -> None:
    visit[0].close()
    door = window.shell.show_door(is_new=False)
    assert isinstance(door, Unlock)
    for number in range(1, 4):
        unlock(window, f"wrong {number}")
        window.until(lambda number=number: door.failures == number)  # type: ignore[misc]
    assert not door.button.isEnabled()
    assert window.says(
        "Wrong person or passphrase. Nothing was opened. The next try is possible in a second."
    )
    window.press("Return")
    assert not door.busy.isVisible()
    window.until(door.button.isEnabled)
    assert not window.says("The next try")
    unlock(window)
    window.until(lambda: window.shell.workspace is not None)
