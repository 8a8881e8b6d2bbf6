"""`override` marks a method that replaces one of its base class; the type check finds a misspelt one.

The standard library has it from Python 3.12; before that it costs nothing at run time here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 12):
    from typing import override
elif TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method: Callable[..., Any]) -> Callable[..., Any]:
        """Mark `method` as replacing one of the base class."""
        return method


__all__ = ["override"]
