"""What this process leaves behind: no memory dump, no temporary file, nothing for others, no values in traces."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import threading
import traceback
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.services.owner import owned

_FOLDER = "ptnotes-of-one-start-"
_TRIES = 5


def keep_to_itself() -> None:
    """Switch core dumps off, make new files this user's alone, and trace faults without the words of their errors.

    Temporary files go into a folder of this process's own, which goes with it. Those that were left by processes that
    could not end as they should are removed.
    """
    os.umask(0o077)
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - only there is

        # Linux pipes a dump to a crash handler whatever the limit, unless it is 1: core(5) and fs/coredump.c.
        most = 1 if sys.platform == "linux" else 0
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    with suppress(OSError):
        _take_temporary_folder(Path(tempfile.gettempdir()))
    sys.excepthook = _trace
    threading.excepthook = lambda fault: _trace(fault.exc_type, fault.exc_value, fault.exc_traceback)
    sys.unraisablehook = lambda fault: _trace(fault.exc_type, fault.exc_value, fault.exc_traceback)


def _trace(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Say where a fault of ours happened and of which kind; an error's words may quote what was typed."""
    del error
    lines = [
        f'  File "{at.filename}", line {at.lineno}, in {at.name}\n' for at in traceback.extract_tb(trace)
    ]
    if sys.stderr is not None:
        sys.stderr.write("".join(["A fault of the program itself:\n", *lines, f"{kind.__name__}\n"]))


def _take_temporary_folder(where: Path) -> None:
    """Make the folder that `tempfile` uses in this process, and remove those in `where` that no process holds."""
    for left in where.glob(f"{_FOLDER}*"):
        with suppress(OSError, EnvironmentFault):
            _remove_unless_held(left)
    for _ in range(_TRIES):
        folder = Path(tempfile.mkdtemp(prefix=_FOLDER, dir=where))
        held = ExitStack()
        with suppress(EnvironmentFault):
            held.enter_context(owned(folder / "process"))
            # Another start can have taken it for left behind before it was held.
            if (folder / "process.lock").exists():
                tempfile.tempdir = str(folder)
                atexit.register(_give_back, folder, held, where)
                return
        held.close()


def _give_back(folder: Path, held: ExitStack, where: Path) -> None:
    held.close()
    shutil.rmtree(folder, ignore_errors=True)
    tempfile.tempdir = str(where)


def _remove_unless_held(folder: Path) -> None:
    found = folder.lstat()
    is_ours = sys.platform == "win32" or found.st_uid == os.getuid()
    if is_ours and folder.is_dir() and not folder.is_symlink():
        with owned(folder / "process"):
            pass
        shutil.rmtree(folder)
