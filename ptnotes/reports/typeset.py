"""Text on paper: styles and spans.

A `Span` is plain text with a weight and an ink. Nothing that is passed here is markup: no parser sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from reportlab.platypus import Flowable

from ptnotes.reports import fonts
from ptnotes.reports.paper import INKS
from ptnotes.reports.text_block import Align, Role, TextBlock, piece_of, write_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How a text is set; lengths in points, `ink` a key of `paper.INKS`.

    `role` is what a paragraph in it is to those who hear the document.
    """

    size: float = 8.75
    leading: float = 12.0
    font: str = fonts.REGULAR
    ink: str = "text"
    align: Align = "left"
    role: Role = "P"


BODY = TextStyle()
SMALL = TextStyle(size=7.5, leading=10.0)
QUIET = TextStyle(ink="muted")
QUIET_SMALL = TextStyle(size=7.5, leading=10.0, ink="muted")
TITLE = TextStyle(size=16.0, leading=20.0, font=fonts.SEMIBOLD, align="right", role="H1")
NAME = TextStyle(size=12.0, leading=15.0, font=fonts.BOLD)
CAPTION = TextStyle(size=8.75, leading=12.0, font=fonts.SEMIBOLD)
LEAD = TextStyle(size=9.25, leading=12.75)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text; None takes the font, the ink or the size of the style that it is set in.

    `is_mark` says that it is a sign for the eye alone: the words beside it say the same to those who hear them.
    """

    text: str
    font: str | None = None
    ink: str | None = None
    size: float | None = None
    is_mark: bool = False


Words: TypeAlias = str | Sequence[Span]


def bold(text: str) -> Span:
    """`text` in the bold weight."""
    return Span(text, fonts.BOLD)


def quiet(text: str, size: float | None = None) -> Span:
    """`text` in the regular weight and the ink of what matters less."""
    return Span(text, fonts.REGULAR, "muted", size)


def paragraph(words: Words, style: TextStyle = BODY) -> Flowable:
    """`words` broken into lines of the width that is there. Raises `MissingGlyphError`."""
    spans = (Span(words),) if isinstance(words, str) else words
    pieces = [
        piece_of(span.text, span.font or style.font, span.size or style.size, INKS[span.ink or style.ink])
        for span in spans
        if span.text
    ]
    block = TextBlock(pieces, style.leading, style.align, style.size, style.role)
    if any(span.is_mark for span in spans):
        block.element.actual = "".join(span.text for span in spans if not span.is_mark)
    return block


def fits_as_is(words: Words, style: TextStyle, room_pt: float) -> bool:
    """Whether `words` are one plain line in the style's own font, so that a table may draw them without a paragraph."""
    return (
        isinstance(words, str)
        and fonts.is_plain(words, style.font)
        and fonts.width(words, style.font, style.size) <= room_pt
    )


def line_width(text: str, style: TextStyle) -> float:
    """Width in points of `text` as one line. Raises `MissingGlyphError`."""
    return sum(fonts.width(glyphs, font, style.size) for font, glyphs in fonts.runs(text, style.font))


def draw_line(canvas: Any, x: float, y: float, text: str, style: TextStyle) -> float:
    """Draw one line of `text` with its baseline at `y`, from `x` or, aligned right, up to `x`; give where it ends."""
    wide = line_width(text, style)
    if style.align == "right":
        x -= wide
    piece = piece_of(text, style.font, style.size, INKS[style.ink])
    write_lines(canvas, x, y, wide, [[(piece, text)]], style.leading, "left")
    return x + wide


def shortened(text: str, style: TextStyle, room_pt: float) -> str:
    """`text`, or as much of its start as fits into `room_pt` with an ellipsis."""
    if line_width(text, style) <= room_pt:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if line_width(text[:middle] + "…", style) <= room_pt:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"
