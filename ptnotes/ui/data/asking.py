"""The system's own dialogs for where something is to be put or taken from. None: the person thought better of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import shiboken6
from PySide6.QtWidgets import QFileDialog, QWidget


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a title, the name that is offered, and which files are shown (``CSV (*.csv)``).

    `may_replace` says that what is there already may be replaced, which is asked then; else a name is offered at which
    nothing is, and whoever writes refuses one at which something is.
    """

    title: str
    name: str = ""
    files: str = ""
    suffix: str = ""
    may_replace: bool = True


AskPath = Callable[[QWidget, Wanted], Path | None]


def ask_where_to_save(parent: QWidget, wanted: Wanted) -> Path | None:
    """Ask for a file to write. What is there already is replaced only where the dialog was told so."""
    dialog = QFileDialog(parent, wanted.title, str(Path.home()), wanted.files)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(wanted.suffix)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not wanted.may_replace)
    free = wanted.name if wanted.may_replace else unused(Path.home() / wanted.name).name
    dialog.selectFile(free)
    return _asked(dialog)


def ask_for_file(parent: QWidget, wanted: Wanted) -> Path | None:
    """Ask for a file to read."""
    dialog = QFileDialog(parent, wanted.title, str(Path.home()), wanted.files)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _asked(dialog)


def ask_for_new_folder(parent: QWidget, wanted: Wanted) -> Path | None:
    """Ask for a folder, and give a new one of the offered name in it."""
    dialog = QFileDialog(parent, wanted.title, str(Path.home()))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    folder = _asked(dialog)
    return None if folder is None else unused(folder / wanted.name)


def unused(path: Path) -> Path:
    """The path, with a number behind its name where something is there already."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found


def _asked(dialog: QFileDialog) -> Path | None:
    try:
        is_chosen = dialog.exec() == QFileDialog.DialogCode.Accepted
        chosen = dialog.selectedFiles() if is_chosen else []
    finally:
        # The lock may have taken the window away while it was asked.
        if shiboken6.isValid(dialog):
            dialog.deleteLater()
    return Path(chosen[0]) if chosen else None
