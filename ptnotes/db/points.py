"""Named points of every change to the files, at which a test lets the process die as a power failure would.

``PTNOTES_DIE_AT=write.before_commit`` ends the process by the kill signal the first time that it comes past that point,
``PTNOTES_DIE_AT=keys.before_rename:2`` the second time. Without the variable, which is read once, nothing happens.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

_POINT, _, _TIMES = os.environ.get("PTNOTES_DIE_AT", "").partition(":")
_passed: Counter[str] = Counter()


def passing(point: str) -> None:
    """Say that this point was reached; the process ends here where the environment names it."""
    if point != _POINT:
        return
    _passed[point] += 1
    if _passed[point] == int(_TIMES or 1):
        # Windows has no kill signal; its way of ending a process at once goes by this one.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
