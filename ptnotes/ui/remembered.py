"""What the window remembers between two starts: its size, its splitters and its look. Never anything of a patient."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, QSettings

from ptnotes.ui.theme import Look

_GEOMETRY, _SIDEBAR, _LOOK, _LOCK = "window/geometry", "window/sidebar", "window/look", "lock/after_min"
LOCK_AFTER_MIN = (1, 2, 5, 10, 15, 30)
"""After how many minutes without a touch the window can be told to lock itself. There is no never."""
USUAL_LOCK_AFTER_MIN = 5


class Remembered:
    """Reads and writes ``window.ini`` in the user's configuration folder. An unreadable value counts as none."""

    def __init__(self) -> None:
        file = user_config_path("PT Notes", appauthor=False) / "window.ini"
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def look(self) -> Look:
        """Light, dark, or as the system."""
        value = str(self._settings.value(_LOOK, Look.SYSTEM.value))
        return Look(value) if value in set(Look) else Look.SYSTEM

    @look.setter
    def look(self, look: Look) -> None:
        self._settings.setValue(_LOOK, look.value)

    @property
    def lock_after_min(self) -> int:
        """After how many minutes without a touch the window locks itself."""
        value = str(self._settings.value(_LOCK, ""))
        return next((minutes for minutes in LOCK_AFTER_MIN if str(minutes) == value), USUAL_LOCK_AFTER_MIN)

    @lock_after_min.setter
    def lock_after_min(self, minutes: int) -> None:
        self._settings.setValue(_LOCK, minutes)

    @property
    def geometry(self) -> QByteArray | None:
        """The window's place and size."""
        return self._bytes(_GEOMETRY)

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue(_GEOMETRY, geometry)

    @property
    def sidebar(self) -> QByteArray | None:
        """Where the line between the sidebar and the rest stands."""
        return self._bytes(_SIDEBAR)

    @sidebar.setter
    def sidebar(self, state: QByteArray) -> None:
        self._settings.setValue(_SIDEBAR, state)

    def place(self, file: Path) -> str:
        """Where somebody was in the clinic of `file` when the program was cut off, as `keep_place` got it."""
        return str(self._settings.value(_place_key(file), ""))

    def keep_place(self, file: Path, place: str) -> None:
        """Keep a place, at once and for as long as the window is open: numbers that say nothing without the file."""
        if place:
            self._settings.setValue(_place_key(file), place)
        else:
            self._settings.remove(_place_key(file))
        self._settings.sync()

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else None


def _place_key(file: Path) -> str:
    # The path itself may name a person.
    from hashlib import sha256  # noqa: PLC0415 - the first paint must not wait for OpenSSL

    return f"place/{sha256(str(file).encode(errors='surrogateescape')).hexdigest()[:16]}"
