"""The one way in which text that somebody typed reaches ReportLab's paragraph parser."""

from __future__ import annotations

# What the store refuses can still come from a caller's own text; a NUL or an escape would break the page's stream.
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)))
_MARKUP = (
    str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "<br/>", "\t": " ", "\r": None}) | _CONTROLS
)


def escape(text: str) -> str:
    """`text` so that a paragraph prints it as typed: ``<b>`` stays three characters, a new line stays a new line.

    Control characters, which no font can show, are left out.
    """
    return text.translate(_MARKUP)
