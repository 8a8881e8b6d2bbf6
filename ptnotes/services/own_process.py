"""What this process leaves behind: no memory dump, no file for others to read, no values in traces."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from contextlib import suppress
from types import TracebackType


def keep_to_itself() -> None:
    """Switch core dumps off, make new files this user's alone, and trace faults without the words of their errors."""
    os.umask(0o077)
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - only there is

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
