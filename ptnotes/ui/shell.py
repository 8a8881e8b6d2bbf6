"""The main window: first the door (first start or unlock), then the workspace; its menus, its size, and how it closes.

Nothing here imports the store or the screens behind the door: they are read in a thread while the door is shown.
"""

from __future__ import annotations

import gc
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QWidget

from ptnotes.ui.actions import ScreenMenu, enable_for, fill_menu_bar, make_actions
from ptnotes.ui.help import Help
from ptnotes.ui.lock import (
    IdleWatch,
    LockAfterMenu,
    close_other_windows,
    empty_clipboard,
    empty_passphrases,
)
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Look, Theme
from ptnotes.ui.unlock.unlock import Unlock
from ptnotes.ui.widgets.empty_state import EmptyState
from ptnotes.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from ptnotes.services.opening import OpenClinic
    from ptnotes.ui.place import Place
    from ptnotes.ui.workspace import Workspace

USUAL_SIZE = (1280, 800)


def _read_ahead() -> None:
    """Read what lies behind the door; run in a reading thread while the door is shown."""
    import ptnotes.ui.place  # noqa: F401, PLC0415 - see above
    from ptnotes.services.opening import shipped_reference  # noqa: PLC0415 - see above

    shipped_reference()


def _demo(path: Path) -> OpenClinic:
    from secrets import token_urlsafe  # noqa: PLC0415 - see above

    from ptnotes.services.sample import create_demo  # noqa: PLC0415 - see above

    _read_ahead()
    return create_demo(path, token_urlsafe(24))


def _free() -> None:
    gc.collect()


def _back_up_and_close(clinic: OpenClinic) -> None:
    from ptnotes.services.backup import back_up_if_due  # noqa: PLC0415 - see above

    if not clinic.data_key:
        return  # it was locked, with something that could not be stored
    try:
        back_up_if_due(clinic, closing=True)
    finally:
        clinic.close()


def _enable_for_patient(actions: dict[str, QAction], patient_shown: bool) -> None:
    enable_for(actions, clinic_open=True, patient_shown=patient_shown)


def _take_look(theme: Theme, remembered: Remembered, chosen: QAction) -> None:
    look = Look(chosen.data())
    theme.set_look(look)
    remembered.look = look


def _toggle_full_screen(window: QWidget) -> None:
    if window.isFullScreen():
        window.showNormal()
    else:
        window.showFullScreen()


def _unlock_screen(shell: Shell, path: Path, tasks: Tasks, theme: Theme) -> Unlock:
    unlock = Unlock(path, tasks, theme, shell)
    unlock.clinic_opened.connect(shell.enter)
    QTimer.singleShot(0, unlock, unlock.look_for_people)
    return unlock


class Shell(QMainWindow):
    """The window of one clinic file at `path`. It owns no data: closing it stores what waits and closes the file."""

    first_painted = Signal()
    read_ahead_ended = Signal(object)
    """What lies behind the door has been read, and stays for as long as the program runs."""
    closed = Signal()
    """Everything is stored and the window is gone. Qt itself would not say so, since the window was hidden before."""

    def __init__(self, path: Path, tasks: Tasks, theme: Theme, remembered: Remembered) -> None:
        super().__init__()
        self._path = path
        self._tasks = tasks
        self._theme = theme
        self._remembered = remembered
        self._clinic: OpenClinic | None = None
        self.workspace: Workspace | None = None
        """What lies behind the door, None while it is closed."""
        self._leaving = ""
        """How it is left once what is typed is with the writer: ``lock``, ``close``, or empty."""
        self._place: Place | None = None
        self._is_demo = False
        self._to_say = ""
        """What the lock ended, said once somebody is back."""
        self.is_locked = False
        """Whether the door stands before a workspace that was shown."""
        self._was_painted = False
        self.setWindowTitle("PT Notes")
        self.actions_by_id = make_actions(self)
        self.menus: dict[str, QMenu] = fill_menu_bar(self.menuBar(), self.actions_by_id)
        self.idle_watch = IdleWatch(remembered.lock_after_min, self, lock=self.actions_by_id["lock"])
        self._lock_after = LockAfterMenu(remembered, self.idle_watch, self)
        self._lock_after.setEnabled(False)
        above_quit = self.menus["&File"].actions()[-2]
        self.menus["&File"].insertMenu(above_quit, self._lock_after)
        self._screen_menu = ScreenMenu(self)
        self.menuBar().insertMenu(self.menus["&View"].menuAction(), self._screen_menu)
        self._stage = QStackedWidget(self)
        self.setCentralWidget(self._stage)
        self.toast = Toast(self._stage)
        self._help = Help(self._stage, tasks)
        self._connect_actions()
        tasks.job_failed.connect(self._tell_failure)
        tasks.unsaved_changed.connect(self._go_on_leaving)
        if remembered.geometry is None or not self.restoreGeometry(remembered.geometry):
            self.resize(*USUAL_SIZE)
        enable_for(self.actions_by_id, clinic_open=False, patient_shown=False)

    def show_door(self, *, is_new: bool) -> QWidget:
        """Show the first start for a new clinic, else the passphrase screen; and give that screen."""
        if is_new:
            from ptnotes.ui.first_start.first_start import FirstStart  # noqa: PLC0415 - only for a first start

            first_start = FirstStart(self._path, self._tasks, self)
            first_start.clinic_created.connect(self.enter)
            door: QWidget = first_start
        else:
            door = _unlock_screen(self, self._path, self._tasks, self._theme)
        self._show_alone(door)
        return door

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and after the first time begin to read ahead: not before, or it would delay that paint."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)
            QTimer.singleShot(0, self, self.read_ahead)

    def read_ahead(self) -> None:
        """Load what the next screens need."""
        self._theme.load_other_fonts()
        self._tasks.read(_read_ahead, self.read_ahead_ended.emit)

    def show_demo(self) -> None:
        """Make the sample clinic, say so meanwhile, and go in with no questions."""
        page = EmptyState(
            "Making a sample clinic", "Forty made-up patients. It is thrown away when the window closes."
        )
        self._show_alone(page)
        self._is_demo = True
        # Nobody knows the passphrase of a sample clinic, so it has no door to come back through.
        self.actions_by_id["lock"].setVisible(False)
        path = self._path
        self._tasks.write(lambda: _demo(path), self.enter)

    def enter(self, clinic: OpenClinic) -> None:
        """Go through the door: show the workspace of an open file, once what it needs is imported."""
        self._tasks.read(_read_ahead, partial(self._enter, clinic))

    def _enter(self, clinic: OpenClinic, _imported: None) -> None:
        # At the place where the same person left it.
        from ptnotes.ui.place import PlaceKeeper, go_back, kept_place  # noqa: PLC0415 - read ahead by now
        from ptnotes.ui.workspace import Workspace  # noqa: PLC0415 - the same

        if self.workspace is not None:
            self._come_back(clinic)
            return
        self._clinic = clinic
        after_lock, self.is_locked = self.is_locked, False
        self.workspace = Workspace(
            clinic, self._tasks, self._theme, self.actions_by_id, self._remembered, self
        )
        self.workspace.patient_shown.connect(partial(_enable_for_patient, self.actions_by_id))
        self.workspace.chart.screen_shown.connect(self._screen_menu.show_screen)
        self._show_alone(self.workspace)
        enable_for(self.actions_by_id, clinic_open=True, patient_shown=False)
        self._lock_after.setEnabled(not self._is_demo)
        self.workspace.start(after_lock=after_lock)
        if not self._is_demo:
            self.idle_watch.start()
        place = self._place or kept_place(self._remembered, self._path)
        self._place = None
        if not self._is_demo:
            PlaceKeeper(self.workspace, self._tasks, self._remembered, self._path, clinic.person_id)
        if place is not None and place.person_id == clinic.person_id:
            go_back(self.workspace, place)
        if self._to_say:
            self.toast.say(self._to_say)
            self._to_say = ""

    def _come_back(self, again: OpenClinic) -> None:
        """Show what lies hidden behind the door, because it could not be stored, to whoever it belongs to."""
        kept = self._clinic
        if kept is None or kept.person_id != again.person_id:
            self._tasks.write(again.close)
            whose = "" if kept is None else kept.person.name
            self.toast.say_fault(f"What {whose} typed is not stored yet. Only they can open this window now.")
            return
        self._leaving = ""
        # Behind the closing, which may still wait for a write that takes long.
        self._tasks.write(partial(kept.resume, again), partial(self._show_kept, bool(kept.emergency)))

    def _show_kept(self, emergency_is_over: bool, _resumed: None) -> None:
        workspace = self.workspace
        if workspace is None:
            return
        self.is_locked = False
        door = self._stage.currentWidget()
        self._stage.setCurrentWidget(workspace)
        if door is not None:
            self._stage.removeWidget(door)
            door.deleteLater()
        self.toast.hide()
        self._lock_after.setEnabled(True)
        self.idle_watch.start()
        enable_for(self.actions_by_id, clinic_open=True, patient_shown=workspace.chart.shown is not None)
        workspace.take_up_again(may_still_read=not emergency_is_over)

    def _show_alone(self, page: QWidget) -> None:
        while (old := self._stage.widget(0)) is not None:
            self._stage.removeWidget(old)
            old.deleteLater()
        self._stage.addWidget(page)
        self.toast.hide()
        page.setFocus()

    def _connect_actions(self) -> None:
        actions = self.actions_by_id
        looks = QActionGroup(self)
        for look in Look:
            action = actions[f"look_{look.value}"]
            action.setData(look)
            action.setChecked(look is self._theme.look)
            looks.addAction(action)
        looks.triggered.connect(partial(_take_look, self._theme, self._remembered))
        actions["lock"].triggered.connect(self.lock)
        self.idle_watch.idled.connect(self.lock)
        actions["quit"].triggered.connect(self.close)
        actions["full_screen"].triggered.connect(partial(_toggle_full_screen, self))
        actions["keys"].triggered.connect(self._show_keys)
        actions["about"].triggered.connect(self._help.show_about)
        # An action that only stands in a menu is deaf to its keys where the menu bar is hidden or another program's.
        self.addActions(list(actions.values()))

    def _show_keys(self) -> None:
        further = self.workspace.chart.screen_keys() if self.workspace is not None else []
        self._help.show_keys(list(self.menus.values()), further)

    def _tell_failure(self, error: Exception) -> None:
        # What fails behind the door has lost its file by the lock, or is tried again after it.
        if not self.is_locked:
            self.toast.say_fault(sentence_for(error))

    def lock(self) -> None:
        """Hide everything at once behind the door; store what waits, close the file and let its keys go.

        What cannot be stored stays in memory behind the door, for the person who typed it; the file is closed all the
        same. A sample clinic is not locked: its patients are made up, and nobody knows its passphrase.
        """
        clinic, workspace = self._clinic, self.workspace
        if workspace is None or clinic is None or self._is_demo or self.is_locked or self._leaving:
            return
        from ptnotes.ui.place import place_with_cursor  # noqa: PLC0415 - it stands behind the door
        from ptnotes.ui.widgets.figure_view import text_width  # noqa: PLC0415 - as above

        self.is_locked = True
        self._to_say = workspace.desk.end_batch()
        self.idle_watch.stop()
        self._place = place_with_cursor(workspace, clinic.person_id)
        close_other_windows(self)
        door = _unlock_screen(self, self._path, self._tasks, self._theme)
        self._stage.addWidget(door)
        self._stage.setCurrentWidget(door)
        self._hide_traces()
        empty_passphrases(workspace)
        # What was measured on the screen is not kept either.
        text_width.cache_clear()
        self._tasks.give_up_reads()
        clinic.ending.set()
        door.setFocus()
        self._leave("lock")

    def _hide_traces(self) -> None:
        """Take off the window, the task bar and the clipboard what may tell of a patient."""
        self._lock_after.setEnabled(False)
        enable_for(self.actions_by_id, clinic_open=False, patient_shown=False)
        self._screen_menu.show_screen("", [])
        self._help.dismiss()
        self.toast.hide()
        self.setWindowTitle("PT Notes")
        empty_clipboard()

    def _leave(self, way: str) -> None:
        """Flush every screen, and go on by `way` (``lock`` or ``close``) once everything is stored."""
        self._leaving = way
        if self.workspace is not None:
            self.workspace.flush()
            self._remembered.sidebar = self.workspace.splitter.saveState()
        self._go_on_leaving(self._tasks.unsaved)

    def _go_on_leaving(self, unsaved: int) -> None:
        if not self._leaving or unsaved:
            return
        way, self._leaving = self._leaving, ""
        workspace, clinic = self.workspace, self._clinic
        problem = workspace.pages.unsaved_problem() if workspace is not None else ""
        if way == "lock":
            if workspace is not None and clinic is not None:
                # What could not be stored, or is not to be stored by itself, waits behind the door.
                if not problem:
                    self._destroy(workspace)
                self._tasks.write(clinic.close)
        elif problem:
            # What could not be stored stays: nobody loses text to a full disk by closing the window.
            self.show()
            if self.is_locked and clinic is not None:
                problem = (
                    f"What {clinic.person.name} typed is not stored yet. Unlock the window to go on with it."
                )
            self.toast.say_fault(problem, "Leave without saving", self._give_up_and_close)
        else:
            self._give_up_and_close()

    def _give_up_and_close(self) -> None:
        self.idle_watch.stop()
        self._hide_traces()
        workspace, clinic = self.workspace, self._clinic
        self._show_alone(QWidget())
        if workspace is not None:
            self._destroy(workspace)
            self._remembered.keep_place(self._path, "")
        if clinic is not None:
            # In the writing thread, behind every write that was given before.
            self._tasks.write(partial(_back_up_and_close, clinic))
        # Qt does nothing when a window is closed within its own closing.
        QTimer.singleShot(0, self, self.close)

    def _destroy(self, workspace: Workspace) -> None:
        self._clinic = self.workspace = None
        self._stage.removeWidget(workspace)
        workspace.deleteLater()
        self.toast.hide()
        # Python's own cycles hold on to what was read; what nobody refers to any more is freed now, not some time.
        QTimer.singleShot(0, self, _free)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Never ask, never lose: hide at once, store what waits, and only then close."""
        self._remembered.geometry = self.saveGeometry()
        if self.workspace is None:
            event.accept()
            self.closed.emit()
            return
        event.ignore()
        self.hide()
        self._leave("close")
