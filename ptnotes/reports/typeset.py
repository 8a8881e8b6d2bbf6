"""Text on paper: styles, spans, and the only constructor of ReportLab's paragraphs in this package.

A `Span` is plain text with a weight and an ink. Nothing that is passed here is markup: it is escaped, cut into runs by
font, and only then handed to the parser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, TypeAlias

from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph

from ptnotes.reports import fonts
from ptnotes.reports.escape import escape
from ptnotes.reports.paper import INKS
from ptnotes.reports.shaping import base_is_right_to_left, is_right_to_left, join_arabic, visual_line

Align: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How a text is set; lengths in points, `ink` a key of `paper.INKS`."""

    size: float = 8.75
    leading: float = 12.0
    font: str = fonts.REGULAR
    ink: str = "text"
    align: Align = "left"


BODY = TextStyle()
SMALL = TextStyle(size=7.5, leading=10.0)
QUIET = TextStyle(ink="muted")
QUIET_SMALL = TextStyle(size=7.5, leading=10.0, ink="muted")
TITLE = TextStyle(size=16.0, leading=20.0, font=fonts.SEMIBOLD, align="right")
NAME = TextStyle(size=12.0, leading=15.0, font=fonts.BOLD)
CAPTION = TextStyle(size=8.75, leading=12.0, font=fonts.SEMIBOLD)
LEAD = TextStyle(size=9.25, leading=12.75)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text; None takes the font, the ink or the size of the style that it is set in."""

    text: str
    font: str | None = None
    ink: str | None = None
    size: float | None = None


Words: TypeAlias = str | Sequence[Span]


def bold(text: str) -> Span:
    """`text` in the bold weight."""
    return Span(text, fonts.BOLD)


def quiet(text: str, size: float | None = None) -> Span:
    """`text` in the regular weight and the ink of what matters less."""
    return Span(text, fonts.REGULAR, "muted", size)


def paragraph(words: Words, style: TextStyle = BODY) -> Flowable:
    """`words` broken into lines of the width that is there. Raises `MissingGlyphError`."""
    spans = [Span(words)] if isinstance(words, str) else list(words)
    if any(is_right_to_left(span.text) for span in spans):
        return _RightToLeftText(spans, style)
    return _Lines("".join(_markup(span, style) for span in spans), _paragraph_style(style))


def fits_as_is(words: Words, style: TextStyle, room_pt: float) -> bool:
    """Whether `words` are one plain line in the style's own font, so that a table may draw them without a paragraph."""
    return (
        isinstance(words, str)
        and "\n" not in words
        and fonts.has_all(words, style.font)
        and fonts.width(words, style.font, style.size) <= room_pt
    )


def draw_line(canvas: Any, x: float, y: float, text: str, style: TextStyle) -> float:
    """Draw one line of `text` with its baseline at `y`, from `x` or, aligned right, up to `x`; give where it ends."""
    pieces = fonts.runs(_visual(text), style.font)
    if style.align == "right":
        x -= sum(fonts.width(piece, font, style.size) for font, piece in pieces)
    canvas.setFillColor(INKS[style.ink])
    for font, piece in pieces:
        canvas.setFont(font, style.size)
        canvas.drawString(x, y, piece)
        x += fonts.width(piece, font, style.size)
    return x


def shortened(text: str, style: TextStyle, room_pt: float) -> str:
    """`text`, or as much of its start as fits into `room_pt` with an ellipsis."""
    if _width(text, style.font, style.size) <= room_pt:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _width(text[:middle] + "…", style.font, style.size) <= room_pt:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


@cache
def _paragraph_style(style: TextStyle) -> ParagraphStyle:
    return ParagraphStyle(
        "text",
        fontName=style.font,
        bulletFontName=style.font,
        fontSize=style.size,
        leading=style.leading,
        textColor=INKS[style.ink],
        alignment=TA_RIGHT if style.align == "right" else TA_LEFT,
        splitLongWords=1,
        allowWidows=0,
        allowOrphans=0,
    )


def _markup(span: Span, style: TextStyle) -> str:
    font = span.font or style.font
    look = f' color="#{INKS[span.ink].hexval()[2:]}"' if span.ink else ""
    look += f' size="{span.size}"' if span.size else ""
    parts: list[str] = []
    for name, piece in fonts.runs(span.text, font):
        if name == style.font and not look:
            parts.append(escape(piece))
        else:
            parts.append(f'<font name="{name}"{look}>{escape(piece)}</font>')
    return "".join(parts)


def _visual(text: str) -> str:
    if not is_right_to_left(text):
        return text
    return visual_line(text, base_right_to_left=base_is_right_to_left(text))


def _width(text: str, font: str, size: float) -> float:
    return sum(fonts.width(piece, name, size) for name, piece in fonts.runs(join_arabic(text), font))


class _Lines(Paragraph):  # type: ignore[misc]  # ReportLab has no types
    """A paragraph that breaks its lines once for a width: a table asks twice and a page that is tried out once more."""

    _broken_at: float | None = None

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        # ReportLab forgets the lines where a paragraph could not be split at the foot of a page.
        if self._broken_at != avail_width or not hasattr(self, "blPara"):
            self._size: tuple[float, float] = super().wrap(avail_width, avail_height)
            self._broken_at = avail_width
        return self._size


def _alike(one: Span, other: Span) -> bool:
    return (one.font, one.ink, one.size) == (other.font, other.ink, other.size)


class _RightToLeftText(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """A paragraph with right-to-left letters: broken into lines as it is read, each line then ordered as it is seen.

    Each span keeps to itself, as a name set apart from the sentence round it does.
    """

    def __init__(self, spans: Sequence[Span], style: TextStyle) -> None:
        super().__init__()
        self._spans = spans
        self._style = style
        self._inner: Flowable | None = None
        for span in spans:
            fonts.runs(join_arabic(span.text), span.font or style.font)

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        lines = list(self._lines(avail_width - 1))
        whole_block = len(self._spans) == 1 and len(lines) > 1 and base_is_right_to_left(self._spans[0].text)
        style = self._style
        if whole_block:
            style = TextStyle(
                size=style.size, leading=style.leading, font=style.font, ink=style.ink, align="right"
            )
        self._inner = _Lines("<br/>".join(lines), _paragraph_style(style))
        self.width, self.height = self._inner.wrap(avail_width, avail_height)
        return self.width, self.height

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        if self._inner is None:
            self.wrap(avail_width, avail_height)
        return list(self._inner.split(avail_width, avail_height)) if self._inner else []

    def draw(self) -> None:
        if self._inner is not None:
            self._inner.drawOn(self.canv, 0, 0)

    def _lines(self, room_pt: float) -> list[str]:
        """The markup of each line."""
        lines: list[list[Span]] = [[]]
        used = 0.0
        for span in self._spans:
            for number, typed_line in enumerate(span.text.split("\n")):
                if number:
                    lines.append([])
                    used = 0.0
                for place, word in enumerate(typed_line.split(" ")):
                    piece = f" {word}" if place else word
                    needed = _width(piece, span.font or self._style.font, span.size or self._style.size)
                    if used and used + needed > room_pt:
                        lines.append([])
                        used, piece = 0.0, word
                        needed = _width(piece, span.font or self._style.font, span.size or self._style.size)
                    used += needed
                    if lines[-1] and _alike(lines[-1][-1], span):
                        lines[-1][-1] = replace(lines[-1][-1], text=lines[-1][-1].text + piece)
                    else:
                        lines[-1].append(replace(span, text=piece))
        return [
            "".join(_markup(replace(part, text=_visual(part.text)), self._style) for part in line)
            for line in lines
        ]
