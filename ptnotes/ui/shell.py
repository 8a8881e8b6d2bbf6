"""The main window: first the door (first start or unlock), then the workspace; its menus, its size, and how it closes.

Nothing here imports the store or the screens behind the door: they are read in a thread while the door is shown.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QWidget

from ptnotes.ui.actions import enable_for, fill_menu_bar, make_actions
from ptnotes.ui.help import Help
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
    from ptnotes.ui.workspace import Workspace

USUAL_SIZE = (1280, 800)


def _read_ahead() -> None:
    """Read what lies behind the door; run in a reading thread while the door is shown."""
    import ptnotes.ui.workspace  # noqa: F401, PLC0415 - see above
    from ptnotes.services.opening import shipped_reference  # noqa: PLC0415 - see above

    shipped_reference()


def _demo(path: Path) -> OpenClinic:
    from secrets import token_urlsafe  # noqa: PLC0415 - see above

    from ptnotes.services.sample import create_demo  # noqa: PLC0415 - see above

    _read_ahead()
    return create_demo(path, token_urlsafe(24))


class Shell(QMainWindow):
    """The window of one clinic file at `path`. It owns no data: closing it stores what waits and closes the file."""

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
        self._was_painted = False
        self.setWindowTitle("PT Notes")
        self.actions_by_id = make_actions(self)
        self.menus: dict[str, QMenu] = fill_menu_bar(self.menuBar(), self.actions_by_id)
        self._screen_menu = QMenu(self)
        self.menuBar().insertMenu(self.menus["&View"].menuAction(), self._screen_menu)
        self._screen_menu.menuAction().setVisible(False)
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
            unlock = Unlock(self._path, self._tasks, self._theme, self)
            unlock.clinic_opened.connect(self.enter)
            QTimer.singleShot(0, unlock, unlock.look_for_people)
            door = unlock
        self._show_alone(door)
        return door

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and after the first time begin to read ahead: not before, or it would delay that paint."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
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
        # Nobody knows the passphrase of a sample clinic, so it has no door to come back through.
        self.actions_by_id["lock"].setVisible(False)
        path = self._path
        self._tasks.write(lambda: _demo(path), self.enter)

    def enter(self, clinic: OpenClinic) -> None:
        """Go through the door: show the workspace of an open file, once what it needs is imported."""
        self._tasks.read(_read_ahead, partial(self._enter, clinic))

    def _enter(self, clinic: OpenClinic, _imported: None) -> None:
        from ptnotes.ui.workspace import Workspace  # noqa: PLC0415 - read ahead in a thread by now

        self._clinic = clinic
        self.workspace = Workspace(
            clinic, self._tasks, self._theme, self.actions_by_id, self.toast, self._remembered, self
        )
        self.workspace.patient_shown.connect(self._show_patient_menu)
        self.workspace.chart.screen_shown.connect(self._show_screen_menu)
        self._show_alone(self.workspace)
        enable_for(self.actions_by_id, clinic_open=True, patient_shown=False)
        self.workspace.start()

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
        looks.triggered.connect(self._take_look)
        actions["lock"].triggered.connect(partial(self.leave, "lock"))
        actions["quit"].triggered.connect(self.close)
        actions["full_screen"].triggered.connect(self._toggle_full_screen)
        actions["keys"].triggered.connect(self._show_keys)
        actions["about"].triggered.connect(self._help.show_about)
        # An action that only stands in a menu is deaf to its keys where the menu bar is hidden or another program's.
        self.addActions(list(actions.values()))

    def _show_patient_menu(self, patient_shown: bool) -> None:
        enable_for(self.actions_by_id, clinic_open=True, patient_shown=patient_shown)

    def _show_screen_menu(self, title: str, actions: list[QAction]) -> None:
        self._screen_menu.clear()
        self._screen_menu.setTitle(title)
        self._screen_menu.addActions(actions)
        self._screen_menu.menuAction().setVisible(bool(actions))

    def _take_look(self) -> None:
        look = next(look for look in Look if self.actions_by_id[f"look_{look.value}"].isChecked())
        self._theme.set_look(look)
        self._remembered.look = look

    def _toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _show_keys(self) -> None:
        further = self.workspace.chart.screen_keys() if self.workspace is not None else []
        self._help.show_keys(list(self.menus.values()), further)

    def _tell_failure(self, error: Exception) -> None:
        self.toast.say_fault(sentence_for(error))

    def leave(self, way: str, _checked: bool = False) -> None:
        """Store what waits and close the file, then show the door again (`way` is ``lock``) or ``close`` the window."""
        self._leaving = way
        if self.workspace is not None:
            self.workspace.flush()
            self._remembered.sidebar = self.workspace.splitter.saveState()
        self._go_on_leaving(self._tasks.unsaved)

    def _go_on_leaving(self, unsaved: int) -> None:
        if not self._leaving or unsaved:
            return
        if self.workspace is not None and (problem := self.workspace.chart.unsaved_problem()):
            # What could not be stored stays on the screen: nobody loses text to a full disk by closing the window.
            way, self._leaving = self._leaving, ""
            self.show()
            self.toast.say_fault(
                problem, "Leave without saving", self._give_up_and_close if way == "close" else None
            )
            return
        way, self._leaving = self._leaving, ""
        if way == "lock":
            self._shut()
            self.show_door(is_new=False)
        else:
            self._give_up_and_close()

    def _give_up_and_close(self) -> None:
        self._shut()
        # Qt does nothing when a window is closed within its own closing.
        QTimer.singleShot(0, self, self.close)

    def _shut(self) -> None:
        enable_for(self.actions_by_id, clinic_open=False, patient_shown=False)
        self._show_screen_menu("", [])
        clinic, self._clinic, self.workspace = self._clinic, None, None
        self._help.dismiss()
        self._show_alone(QWidget())
        self.setWindowTitle("PT Notes")
        if clinic is not None:
            # In the writing thread, behind every write that was given before.
            self._tasks.write(clinic.close)

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
        self.leave("close")
