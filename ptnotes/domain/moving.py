"""What moves on what in a technique (Mintken 2008), in one line: ``C5 on C6``."""

from __future__ import annotations

import re

_ON = re.compile(r"(?:^|\s)on(?:\s|$)", re.IGNORECASE)


def moving_text(moving_part: str, fixed_part: str) -> str:
    """Both parts in one line: ``C5 on C6``, ``talus``, ``on C6``; empty where neither is said."""
    return " ".join(part for part in (moving_part, f"on {fixed_part}" if fixed_part else "") if part)


def moving_parts(text: str) -> tuple[str, str]:
    """(moving part, fixed part) of such a line: what stands before and behind the first ``on``."""
    found = _ON.search(text)
    if found is None:
        return text.strip(), ""
    return text[: found.start()].strip(), text[found.end() :].strip()
