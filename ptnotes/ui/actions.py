"""Every action of the window with its menu and keys, in one table, from which menus and the F1 list are made.

A screen has further actions of its own (`QWidget.actions`): they join the menu named after its tab while it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

MENUS = ("&File", "&Patient", "&Go", "&View", "&Help")


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action. `needs` says when it can be used: ``always``, ``clinic`` (a file is open) or ``patient``.

    `keys` may be several, set apart by a semicolon and a space. `radio` names the group of actions of which one is in
    force. `rule` draws a line above it.
    """

    id: str
    menu: str
    text: str
    keys: str = ""
    needs: str = "clinic"
    radio: str = ""
    rule: bool = False


ACTIONS = (
    ActionRow("settings", "&File", "Clinic &settings", "Ctrl+,"),
    ActionRow("phrases", "&File", "P&hrases", "Ctrl+."),
    ActionRow("people", "&File", "&People and roles", "Ctrl+Shift+P"),
    ActionRow("clinic_history", "&File", "&Who did what", "Ctrl+Shift+H"),
    ActionRow("retention", "&File", "&Keeping records", "Ctrl+Shift+K"),
    ActionRow("data", "&File", "&Data in and out", "Ctrl+Shift+I"),
    ActionRow("lock", "&File", "&Lock", "Ctrl+L"),
    ActionRow("quit", "&File", "&Quit", "Ctrl+Q", needs="always", rule=True),
    ActionRow("find", "&Patient", "&Find a patient", "Ctrl+K"),
    ActionRow("add_patient", "&Patient", "&Add a patient", "Ctrl+Shift+N"),
    ActionRow("edit_patient", "&Patient", "&Edit this patient", "Ctrl+E", needs="patient"),
    ActionRow("open_episode", "&Patient", "&Open an episode of care", "Ctrl+Shift+E", needs="patient"),
    ActionRow("patient_history", "&Patient", "&History and disclosures", "Ctrl+H", needs="patient"),
    ActionRow("print", "&Patient", "&Print a document of this chart", "Ctrl+P", needs="patient"),
    ActionRow("take_patient_out", "&Patient", "&Take out as FHIR", "", needs="patient"),
    ActionRow("archive_patient", "&Patient", "A&rchive this patient", "", needs="patient", rule=True),
    ActionRow("home", "&Go", "&Home", "Ctrl+0"),
    ActionRow("tab_overview", "&Go", "&Overview", "Ctrl+1", needs="patient"),
    ActionRow("tab_sessions", "&Go", "&Sessions", "Ctrl+2", needs="patient"),
    ActionRow("tab_episode", "&Go", "&Episode", "Ctrl+3", needs="patient"),
    ActionRow("tab_documents", "&Go", "&Documents", "Ctrl+4", needs="patient"),
    ActionRow("reports_due", "&Go", "Progress reports that are d&ue", "Ctrl+Shift+B", rule=True),
    ActionRow("look_system", "&View", "Colours as the &system", "", needs="always", radio="look"),
    ActionRow("look_light", "&View", "&Light", "", needs="always", radio="look"),
    ActionRow("look_dark", "&View", "&Dark", "", needs="always", radio="look"),
    ActionRow("full_screen", "&View", "&Full screen", "F11", needs="always", rule=True),
    ActionRow("keys", "&Help", "&Keys", "F1; ?", needs="always"),
    ActionRow("about", "&Help", "&About PT Notes", "", needs="always"),
)


class ScreenMenu(QMenu):
    """The menu of the part of the chart that is shown, and no menu where none is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.menuAction().setVisible(False)

    def show_screen(self, title: str, actions: list[QAction]) -> None:
        """Hold that part's actions."""
        self.clear()
        self.setTitle(title)
        self.addActions(actions)
        self.menuAction().setVisible(bool(actions))


def make_actions(owner: QObject) -> dict[str, QAction]:
    """An action for each row of the table, by id."""
    actions: dict[str, QAction] = {}
    for row in ACTIONS:
        action = QAction(row.text, owner)
        action.setObjectName(row.id)
        if row.keys:
            action.setShortcuts(QKeySequence.listFromString(row.keys))
        action.setCheckable(bool(row.radio))
        actions[row.id] = action
    # On macOS these two go where that system keeps them.
    actions["quit"].setMenuRole(QAction.MenuRole.QuitRole)
    actions["about"].setMenuRole(QAction.MenuRole.AboutRole)
    actions["settings"].setMenuRole(QAction.MenuRole.PreferencesRole)
    return actions


def fill_menu_bar(bar: QMenuBar, actions: dict[str, QAction]) -> dict[str, QMenu]:
    """Put every action into its menu, and give the menus by name."""
    menus = {name: bar.addMenu(name) for name in MENUS}
    for row in ACTIONS:
        if row.rule:
            menus[row.menu].addSeparator()
        menus[row.menu].addAction(actions[row.id])
    return menus


def enable_for(actions: dict[str, QAction], *, clinic_open: bool, patient_shown: bool) -> None:
    """Let those actions be used that make sense now."""
    possible = {"always": True, "clinic": clinic_open, "patient": clinic_open and patient_shown}
    for row in ACTIONS:
        actions[row.id].setEnabled(possible[row.needs])


def key_list(menus: Sequence[QMenu]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every action with a key, by menu: (menu's name, [(what it does, its keys as this system writes them)])."""
    lists = [(menu.title().replace("&", ""), keys_of(menu.actions())) for menu in menus]
    return [(title, rows) for title, rows in lists if rows]


def keys_of(actions: Sequence[QAction]) -> list[tuple[str, str]]:
    """Those of the actions that have keys, as (what it does, its keys)."""
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (
            action.text().replace("&", ""),
            " or ".join(keys.toString(native) for keys in action.shortcuts()),
        )
        for action in actions
        if action.shortcuts()
    ]
