"""What the Help menu shows: the list of keys and the About sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from ptnotes.ui.actions import key_list
from ptnotes.ui.tasks import Tasks

if TYPE_CHECKING:
    from ptnotes.ui.sheet import Component, Sheet


class Help(QObject):
    """Lays a sheet over `host` when it is asked for, and makes it only then."""

    def __init__(self, host: QWidget, tasks: Tasks) -> None:
        super().__init__(host)
        self._host = host
        self._tasks = tasks
        self._sheet: Sheet | None = None

    def show_keys(
        self, menus: list[QMenu], further: list[tuple[str, list[tuple[str, str]]]] | None = None
    ) -> None:
        """List the keys of these menus, `further` ones by part, and those that widgets answer to themselves."""
        from ptnotes.ui.keys import WIDGET_KEYS  # noqa: PLC0415 - not needed for the first paint

        widgets = [(group.title, group.listed()) for group in WIDGET_KEYS]
        self._made_sheet().show_keys(key_list(menus) + (further or []) + widgets)

    def show_about(self) -> None:
        """Say what PT Notes is, its version, and what it is made with."""
        from ptnotes.ui.sheet import read_components  # noqa: PLC0415 - not needed for the first paint

        self._tasks.read(read_components, self._show_components, latest="about")

    def dismiss(self) -> None:
        """Close the sheet, if one is shown."""
        if self._sheet is not None:
            self._sheet.dismiss()

    def _show_components(self, components: tuple[Component, ...]) -> None:
        self._made_sheet().show_about(components)

    def _made_sheet(self) -> Sheet:
        if self._sheet is None:
            from ptnotes.ui.sheet import Sheet  # noqa: PLC0415 - not needed for the first paint

            self._sheet = Sheet(self._host)
        return self._sheet
