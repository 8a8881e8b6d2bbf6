"""Text broken into lines and written straight into a page's stream, for every script that a font here has.

A text is broken as it is read; each line is then put in the order in which it is seen, with its letters shaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, TypeAlias

from reportlab.lib.colors import Color
from reportlab.lib.rl_accel import fp_str
from reportlab.platypus import Flowable

from ptnotes.reports import fonts
from ptnotes.reports.shaping import base_is_right_to_left, breaks_between, graphemes, is_right_to_left
from ptnotes.reports.tags import Element, marked

Align: TypeAlias = Literal["left", "right"]
Role: TypeAlias = Literal["P", "H1", "H3"]

_NEW_LINE = re.compile("[\n\v\f\u2028\u2029]")
# A line's end may come at these; a no-break space is none of them, and a zero-width space takes no room.
_SPACES = re.compile("([ \t\r\u1680\u2000-\u2006\u2008-\u200b\u205f\u3000]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text in one look; `size` in points. `is_turned` says that it is read from right to left."""

    text: str
    font: str
    size: float
    colour: Color
    is_turned: bool


def piece_of(text: str, font: str, size: float, colour: Color) -> Piece:
    """`text`, read the way that its first letter is. Raises `MissingGlyphError`."""
    fonts.check(text, font)
    return Piece(text, font, size, colour, not text.isascii() and base_is_right_to_left(text))


@dataclass(slots=True)
class _Word:
    """What stands between two places at which a line may end; `gap_pt` is kept before it unless it begins a line."""

    parts: list[tuple[Piece, str]] = field(default_factory=list)
    width_pt: float = 0.0
    gap: str = ""
    gap_pt: float = 0.0


_Line: TypeAlias = list[tuple[Piece, str]]
# Rounding must not break a line that was measured to fit.
_SLACK_PT = 1e-4


class TextBlock(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """Pieces of text as lines of one `leading`; the first baseline stands `size` below the top, both in points,
    which is where a table has that of a plain cell.

    No line stands alone at the foot or the head of a page.
    """

    def __init__(
        self, pieces: Sequence[Piece], leading: float, align: Align, size: float, role: Role = "P"
    ) -> None:
        super().__init__()
        # What is drawn stands in the order in which it is seen; it is read in the order in which it was written.
        is_read_otherwise = any(is_right_to_left(piece.text) for piece in pieces)
        self.element = Element(
            role, actual="".join(piece.text for piece in pieces) if is_read_otherwise else ""
        )
        self._pieces = pieces
        self._leading = leading
        self._align: Align = align
        self._size = size
        self._lines: list[_Line] = []
        self._broken_at: float | None = None
        self._is_part = False

    def wrap(self, avail_width: float, _avail_height: float) -> tuple[float, float]:
        """The whole of `avail_width`, and the height of the lines into which the text breaks there."""
        if self._broken_at != avail_width and not self._is_part:
            self._lines = list(_lines(self._pieces, avail_width))
            self._broken_at = avail_width
            # A text that is read from right to left alone stands at the right, unless it is a name on one line.
            if len(self._lines) > 1 and len(self._pieces) == 1 and self._pieces[0].is_turned:
                self._align = "right"
        self.width, self.height = avail_width, len(self._lines) * self._leading
        return self.width, self.height

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        """The lines that fit into `avail_height` and those that do not; nothing where it goes on whole."""
        # A table asks with the room of the whole cell, for which the lines are not broken again.
        if self._broken_at is None:
            self.wrap(avail_width, avail_height)
        count, room = len(self._lines), int(avail_height / self._leading + 1e-6)
        if count <= room:
            return [self]
        # Three lines at most stay together; else two at least stand before the break and after it.
        if room == count - 1:
            room -= 1
        if room < 2 or count < 4:
            return []
        return [self._part(self._lines[:room]), self._part(self._lines[room:])]

    @property
    def typed_lines(self) -> int:
        """How many lines were typed, where none of them had to be broken; else 0."""
        if self._is_part:
            return 0
        count = len(self._lines)
        typed = 1 + sum(len(_NEW_LINE.findall(piece.text)) for piece in self._pieces)
        return count if count == typed else 0

    def line_widths(self) -> list[float]:
        """The width of each line in points, for the room of which the text was broken last."""
        return [
            sum(
                fonts.width(glyphs, font, piece.size)
                for piece, text in line
                for font, glyphs in fonts.runs(text, piece.font, is_turned=piece.is_turned)
            )
            - _hanging_pt(line)
            for line in self._lines
        ]

    def _part(self, lines: list[_Line]) -> TextBlock:
        part = TextBlock((), self._leading, self._align, self._size)
        part._lines, part._broken_at, part._is_part = lines, self._broken_at, True
        part.element = self.element
        return part

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: N803 - its name for the spare room
        """Write the lines with their lower left corner at `x`, `y`."""
        top = y + len(self._lines) * self._leading - self._size
        with marked(canvas, self.element):
            write_lines(canvas, x, top, self.width, self._lines, self._leading, self._align)


def write_lines(
    canvas: Any,
    x: float,
    y: float,
    width: float,
    lines: Sequence[_Line],
    leading: float,
    align: Align,
) -> None:
    """Write `lines` from `x`, the first baseline at `y`, each `leading` points below the one before."""
    code = ["q BT"]
    colour: Color | None = None
    font_set: tuple[str, float] | None = None
    at_x = at_y = 0.0
    for number, line in enumerate(lines):
        # Each piece keeps to itself, as a name set apart from the sentence round it does.
        runs = [
            (piece, font, glyphs)
            for piece, text in line
            for font, glyphs in fonts.runs(text, piece.font, is_turned=piece.is_turned)
        ]
        left, base = x, y - number * leading
        if align == "right":
            left += width - sum(fonts.width(glyphs, font, piece.size) for piece, font, glyphs in runs)
            left += _hanging_pt(line)
        code.append(f"{fp_str(left - at_x, base - at_y)} Td")
        at_x, at_y = left, base
        for piece, font, glyphs in runs:
            if piece.colour is not colour:
                colour = piece.colour
                code.append(fill_operator(colour))
            for name, string in fonts.encoded(canvas, glyphs, font):
                if font_set != (name, piece.size):
                    font_set = (name, piece.size)
                    code.append(f"{name} {fp_str(piece.size)} Tf")
                code.append(f"({string}) Tj")
    code.append("ET Q")
    canvas._code.append(" ".join(code))


def write_plain(canvas: Any, x: float, y: float, text: str, font: str, size: float, colour: Color) -> None:
    """Write `text`, one line that `fonts.is_plain`, with its baseline from `x`, `y` on."""
    code = [f"q BT {fill_operator(colour)} {fp_str(x, y)} Td"]
    code += [f"{name} {fp_str(size)} Tf ({string}) Tj" for name, string in fonts.encoded(canvas, text, font)]
    code.append("ET Q")
    canvas._code.append(" ".join(code))


@cache
def fill_operator(colour: Color) -> str:
    """What sets `colour` for texts and areas in a page's stream."""
    return f"{fp_str(colour.red, colour.green, colour.blue)} rg"


def _lines(pieces: Sequence[Piece], room_pt: float) -> Iterator[_Line]:
    """The lines into which `pieces` break where `room_pt` is the width that there is."""
    if len(pieces) == 1 and (whole := _on_one_line(pieces[0], room_pt)):
        yield whole
        return
    line: _Line = []
    for number, words in enumerate(_typed_lines(pieces)):
        if number:
            yield _parted(line, " ")
        line, used = [], 0.0
        for word in words:
            if line and used + word.gap_pt + word.width_pt > room_pt + _SLACK_PT:
                yield _parted(line, word.gap)
                line, used = [], 0.0
            if line and word.gap_pt:
                _put_gap(line, word)
                used += word.gap_pt
            for part in word.parts:
                if word.width_pt <= room_pt:
                    _put(line, *part)
                    continue
                # A word that is wider than a line goes on in the next one.
                for letter in graphemes(part[1]):
                    wide = _width(letter, part[0])
                    if line and used + wide > room_pt:
                        yield line
                        line, used = [], 0.0
                    _put(line, part[0], letter)
                    used += wide
            if word.width_pt <= room_pt:
                used += word.width_pt
    yield line


def _parted(line: _Line, gap: str) -> _Line:
    """`line` with the gap to the next one, which is not seen but heard: without it two words would be one."""
    if line and not line[-1][0].is_turned:
        _put(line, line[-1][0], gap)
    return line


def _hanging_pt(line: _Line) -> float:
    """How far what is not seen of a line goes beyond it."""
    if not line or not line[-1][1].endswith(" "):
        return 0.0
    piece = line[-1][0]
    return fonts.width(" ", piece.font, piece.size)


def _on_one_line(piece: Piece, room_pt: float) -> _Line | None:
    """A short text as most are, as its only line."""
    text = piece.text
    if (
        not fonts.is_plain(text, piece.font)
        or fonts.width(text, piece.font, piece.size) > room_pt + _SLACK_PT
    ):
        return None
    return [(piece, " ".join(text.split(" ")) if "  " in text else text)]


def _put_gap(line: _Line, word: _Word) -> None:
    """Keep `word` from what is before it. What is read to the left ends at its left, so the gap there is by itself."""
    before, after = line[-1][0], word.parts[0][0]
    if before.is_turned and before is not after:
        line.append((replace(after, is_turned=False), word.gap))
    else:
        _put(line, before, word.gap)


def _put(line: _Line, piece: Piece, text: str) -> None:
    if line and line[-1][0] is piece:
        line[-1] = (piece, line[-1][1] + text)
    else:
        line.append((piece, text))


def _typed_lines(pieces: Sequence[Piece]) -> Iterator[list[_Word]]:
    """The words of each line as it was typed."""
    words: list[_Word] = []
    gap: str | None = ""
    for piece in pieces:
        space_pt = fonts.width(" ", piece.font, piece.size)
        for number, typed in enumerate(_NEW_LINE.split(piece.text)):
            if number:
                yield words
                words, gap = [], ""
            for text in _SPACES.split(typed):
                if _SPACES.match(text):
                    gap = "" if text.strip("\u200b") == "" else " "
                    continue
                for chunk in _unbroken(text):
                    if gap is None:
                        # Another piece of the same word, which keeps to what is before it.
                        words[-1].parts.append((piece, chunk))
                    else:
                        words.append(_Word([(piece, chunk)], gap=gap, gap_pt=space_pt if gap else 0.0))
                    words[-1].width_pt += _width(chunk, piece)
                    gap = ""
                if text:
                    gap = None
    yield words


def _unbroken(text: str) -> Iterator[str]:
    """`text`, which has no spaces, cut wherever a line may end in it."""
    if text.isascii():
        if text:
            yield text
        return
    start = 0
    for place in range(1, len(text)):
        if breaks_between(text[place - 1], text[place]):
            yield text[start:place]
            start = place
    yield text[start:]


def _width(text: str, piece: Piece) -> float:
    if fonts.is_plain(text, piece.font):
        return fonts.width(text, piece.font, piece.size)
    return sum(fonts.width(glyphs, font, piece.size) for font, glyphs in fonts.runs(text, piece.font))
