"""Hearing of each step by which this process changes its files, and losing those that a power failure would lose.

SQLite's own writes, syncs and removals are heard of through its virtual file system (https://www.sqlite.org/vfs.html),
whose table of functions is changed by ctypes; those of Python by putting functions in the place of some of `os`.
What was not synced can be taken back: that is the worst that a disk may do when the power fails.
"""

from __future__ import annotations

import ctypes
import os
import re
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlcipher3 import _sqlite3

Passing = Callable[[str], None]
CLINIC = "clinic.ptnotes"
_METHODS = 19
"""`sqlite3_io_methods`: its version, and 18 functions."""
_WRITE, _TRUNCATE, _SYNC = 3, 4, 5
_Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_longlong)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_longlong)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_Open = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_int,
    ctypes.c_void_p,
)
_Delete = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("delete", ctypes.c_void_p),
    )


@dataclass(frozen=True)
class _Change:
    """What a power failure would take back as long as the file or folder of this inode is not synced."""

    inode: int
    is_name: bool
    undo: Callable[[], None]


class Disk:
    """Hears of every change of files in this process from now on; there is one in a process, which ends with it.

    `passing` is told before and after each of them. `hidden` is a folder on the same disk, for what may have to come
    back.
    """

    def __init__(self, passing: Passing, hidden: Path) -> None:
        self._passing = passing
        self._hidden = hidden
        self._changes: list[_Change] = []
        self._synced: dict[int, int] = {}
        self._of_sqlite: set[int] = set()
        # The clock that files are stamped with ticks some hundred times a second.
        self._begun_ns = time.time_ns() - 10_000_000
        self._hidden_count = 0
        self._tables: dict[int, Any] = {}
        self._kept: list[object] = []
        self._files: dict[int, _SqliteFile] = {}
        self._hear_sqlite()
        self._hear_python()

    def lose(self, share: float) -> None:
        """Take back what was not synced: of the names given the last `share`, of the data as large a share."""
        names = [change for change in self._changes if change.is_name]
        kept_names = {id(change) for change in names[: round(len(names) * (1 - share))]}
        places = {id(change): place for place, change in enumerate(self._changes)}
        for change in reversed(self._changes):
            arrived = id(change) in kept_names if change.is_name else (places[id(change)] % 8) / 8 >= share
            if not arrived:
                with suppress(OSError):
                    change.undo()

    def opened_by_sqlite(self, inode: int) -> None:
        """Know a file whose every write is heard of."""
        self._of_sqlite.add(inode)

    def changed(self, inode: int, undo: Callable[[], None], *, is_name: bool = False) -> None:
        """Remember how a change is taken back."""
        self._changes.append(_Change(inode, is_name, undo))

    def synced(self, inode: int, changed_ns: int) -> None:
        """Forget what cannot be taken back any more."""
        self._changes = [change for change in self._changes if change.inode != inode]
        self._synced[inode] = changed_ns

    def tell(self, when: str, what: str, path: str | Path) -> None:
        """Say that a step is to be taken, or was."""
        self._passing(f"{when} {what} {label(Path(path))}")

    # SQLite

    def _hear_sqlite(self) -> None:
        library = ctypes.CDLL(_sqlite3.__file__)
        find = library.sqlite3_vfs_find
        find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
        vfs = _Vfs.from_address(find(None))
        opened, deleted = _Open(vfs.open), _Delete(vfs.delete)

        # Names are handed on as the addresses that they came as: SQLite keeps them, and reads on behind them.
        def on_open(table: int, name: int | None, file: int, flags: int, out: int | None) -> int:
            code: int = opened(table, name, file, flags, out)
            methods = ctypes.c_void_p.from_address(file)
            if code == 0 and name is not None and methods.value:
                self._files[file] = _SqliteFile(self, _text(name), methods.value)
                methods.value = self._table(methods.value)
            return code

        def on_delete(table: int, name: int, sync_folder: int) -> int:
            path = Path(_text(name))
            self.tell("before", "removal of", path)
            self.removing(path)
            code: int = deleted(table, name, sync_folder)
            self.tell("after", "removal of", path)
            return code

        our_open, our_delete = _Open(on_open), _Delete(on_delete)
        self._kept += [library, opened, deleted, our_open, our_delete]
        vfs.open = ctypes.cast(our_open, ctypes.c_void_p).value
        vfs.delete = ctypes.cast(our_delete, ctypes.c_void_p).value

    def _table(self, original: int) -> int:
        """A table of functions that differs from the original in what changes a file."""
        if original not in self._tables:
            table = (ctypes.c_void_p * _METHODS)(*(ctypes.c_void_p * _METHODS).from_address(original))
            ours = {
                _WRITE: _Write(lambda file, data, size, at: self._files[file].write(file, data, size, at)),
                _TRUNCATE: _Truncate(lambda file, size: self._files[file].truncate(file, size)),
                _SYNC: _Sync(lambda file, flags: self._files[file].sync(file, flags)),
            }
            for place, call in ours.items():
                table[place] = ctypes.cast(call, ctypes.c_void_p).value
            self._kept += ours.values()
            self._tables[original] = table
        return ctypes.addressof(self._tables[original])

    # Python

    def _hear_python(self) -> None:
        fsync, replace, rename, link, unlink = os.fsync, os.replace, os.rename, os.link, os.unlink

        def on_fsync(descriptor: int) -> None:
            found = os.fstat(descriptor)
            path = f"/proc/self/fd/{descriptor}"
            where = Path(path).readlink() if Path(path).is_symlink() else Path("a file")
            if stat.S_ISDIR(found.st_mode):
                where = Path("a folder")
            self.tell("before", "sync of", where)
            fsync(descriptor)
            self.synced(found.st_ino, found.st_mtime_ns)
            self.tell("after", "sync of", where)

        def on_naming(call: Callable[..., None], what: str) -> Callable[..., None]:
            def named(source: Any, target: Any, **options: Any) -> None:
                self.tell("before", what, target)
                self._naming(Path(source), Path(target), stays=call is link)
                call(source, target, **options)
                self.tell("after", what, target)

            return named

        def on_unlink(path: Any, *, dir_fd: int | None = None) -> None:
            self.tell("before", "removal of", path)
            if dir_fd is None:
                self.removing(Path(path))
            unlink(path, dir_fd=dir_fd)
            self.tell("after", "removal of", path)

        self._link, self._rename = link, rename
        vars(os).update(
            fsync=on_fsync,
            replace=on_naming(replace, "renaming to"),
            rename=on_naming(rename, "renaming to"),
            link=on_naming(link, "linking to"),
            unlink=on_unlink,
            remove=on_unlink,
        )

    def removing(self, path: Path) -> None:
        """Keep a file that is about to lose its name, until the folder is synced."""
        hidden = self._hide(path)
        if hidden is not None:
            self.changed(path.parent.stat().st_ino, lambda: self._rename(hidden, path), is_name=True)

    def _naming(self, source: Path, target: Path, *, stays: bool) -> None:
        if not source.exists():
            return
        for file in [source] if source.is_file() else source.iterdir():
            found = file.stat()
            is_new = found.st_mtime_ns > self._begun_ns and found.st_ino not in self._of_sqlite
            if is_new and self._synced.get(found.st_ino) != found.st_mtime_ns:
                # A name may outlive the power failure without what was written and never synced.
                descriptor = os.open(file, os.O_RDWR)
                self.changed(found.st_ino, partial(os.ftruncate, descriptor, 0))
        hidden = self._hide(target)

        def undo() -> None:
            if stays:
                target.unlink()
            else:
                self._rename(target, source)
            if hidden is not None:
                self._rename(hidden, target)

        self.changed(target.parent.stat().st_ino, undo, is_name=True)

    def _hide(self, path: Path) -> Path | None:
        if not path.is_file():
            return None
        self._hidden_count += 1
        hidden = self._hidden / str(self._hidden_count)
        self._link(path, hidden)
        return hidden


class _SqliteFile:
    """One file that SQLite has open, with the functions that its own table had."""

    def __init__(self, disk: Disk, name: str, methods: int) -> None:
        self._disk = disk
        self._path = name
        table = (ctypes.c_size_t * _METHODS).from_address(methods)
        self._write, self._truncate = _Write(table[_WRITE]), _Truncate(table[_TRUNCATE])
        self._sync = _Sync(table[_SYNC])
        # Held to the end of the process: to close it would let go of SQLite's locks on the file.
        self._own = os.open(name, os.O_RDWR)
        self._inode = os.fstat(self._own).st_ino
        disk.opened_by_sqlite(self._inode)
        # SQLite syncs the folder too, with the first sync of a log that it opened.
        self._syncs_folder = name.endswith(("-wal", "-journal"))

    def write(self, file: int, data: int, size: int, at: int) -> int:
        self._disk.tell("before", "write to", self._path)
        before, length = os.pread(self._own, size, at), os.fstat(self._own).st_size

        def undo() -> None:
            os.pwrite(self._own, before, at)
            os.ftruncate(self._own, length)

        # In two pieces, of which the process may die between.
        half = size // 2
        self._write(file, data, half, at)
        self._disk.tell("amid", "write to", self._path)
        code: int = self._write(file, data + half, size - half, at + half)
        self._disk.changed(self._inode, undo)
        self._disk.tell("after", "write to", self._path)
        return code

    def truncate(self, file: int, size: int) -> int:
        self._disk.tell("before", "cutting of", self._path)
        length = os.fstat(self._own).st_size
        tail = os.pread(self._own, max(length - size, 0), size)
        code: int = self._truncate(file, size)

        def undo() -> None:
            os.pwrite(self._own, tail, size)

        self._disk.changed(self._inode, undo)
        self._disk.tell("after", "cutting of", self._path)
        return code

    def sync(self, file: int, flags: int) -> int:
        self._disk.tell("before", "sync of", self._path)
        code: int = self._sync(file, flags)
        self._disk.synced(self._inode, os.fstat(self._own).st_mtime_ns)
        if self._syncs_folder:
            self._syncs_folder = False
            folder = Path(self._path).parent.stat()
            self._disk.synced(folder.st_ino, folder.st_mtime_ns)
        self._disk.tell("after", "sync of", self._path)
        return code


def _text(address: int) -> str:
    return os.fsdecode(ctypes.string_at(address))


def label(path: Path) -> str:
    """What a file is for, by its name: what differs from round to round is left out."""
    name = path.name
    if not name.startswith(CLINIC):
        return "a backup" if re.match(r"clinic \d", name) else name
    role = re.sub(r"\d{8}-\d{6}", "TIME", re.sub(r"\.[0-9a-f]{8}\.new$", ".new", name.removeprefix(CLINIC)))
    where = "backup's " if path.parent.name.startswith("clinic ") else ""
    return f"{where}{role or 'database'}"
