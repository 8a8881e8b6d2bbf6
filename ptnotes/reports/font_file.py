"""The part of a TrueType file that a document needs: its glyphs, and new ones put together from them.

A letter with its marks, or a joined form that no character stands for, becomes one glyph of the file that is embedded,
so that a reader finds one code for it, and behind that code the letters that were typed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.pdfbase.ttfonts import TTFontMaker

_WORDS, _SCALE, _MORE, _TWO_SCALES, _MATRIX = 0x1, 0x8, 0x20, 0x40, 0x80
_OFFSETS = 0x2
_COPIED = ("cvt ", "fpgm", "prep")


@dataclass(frozen=True, slots=True)
class MadeGlyph:
    """Glyphs of a font as (number, x, y), drawn as one that is `advance` wide; all in the font's own units."""

    parts: tuple[tuple[int, int, int], ...]
    advance: int


def subset(face: Any, glyphs: Sequence[int | MadeGlyph]) -> bytes:
    """A TrueType file in which code n draws the nth of `glyphs`; `face` is ReportLab's reading of the whole font."""
    order: list[int | MadeGlyph] = [0]
    place: dict[int | MadeGlyph, int] = {0: 0}
    outlines = _Outlines(face)

    def placed(glyph: int | MadeGlyph) -> int:
        if glyph not in place:
            place[glyph] = len(order)
            order.append(glyph)
        return place[glyph]

    codes = [placed(glyph) for glyph in glyphs]
    data: list[bytes] = []
    metrics: list[tuple[int, int]] = []
    # A glyph that is made of others puts them behind itself, where this loop comes to them.
    for glyph in order:
        if isinstance(glyph, MadeGlyph):
            outline = outlines.of_made(glyph, placed)
            left = struct.unpack(">h", outline[2:4])[0] if outline else 0
            metrics.append((glyph.advance, left))
        else:
            outline = outlines.renumbered(glyph, placed)
            metrics.append(face.hmetrics[glyph])
        data.append(outline + b"\0" * (-len(outline) % 4))
    return _file(face, codes, data, metrics)


def _file(face: Any, codes: list[int], data: list[bytes], metrics: list[tuple[int, int]]) -> bytes:
    offsets = [0]
    for outline in data:
        offsets.append(offsets[-1] + len(outline))
    made = TTFontMaker()
    for tag in _COPIED:
        if tag in face.table:
            made.add(tag, face.get_table(tag))
    made.add("hmtx", b"".join(struct.pack(">Hh", int(wide), _signed(left)) for wide, left in metrics))
    made.add("hhea", _with(face.get_table("hhea"), 34, len(metrics)))
    maxp = _with(face.get_table("maxp"), 4, len(data))
    # A made glyph is one storey higher than what it is made of, and may have more points than any that was there.
    points, contours, *_, parts, storeys = struct.unpack(">14H", maxp[4:])[1:]
    for at, value in (
        (10, min(8 * points, 0xFFFF)),
        (12, min(8 * contours, 0xFFFF)),
        (28, max(parts, 8)),
        (30, storeys + 2),
    ):
        maxp = _with(maxp, at, value)
    made.add("maxp", maxp)
    made.add(
        "cmap",
        struct.pack(
            f">9HHH{len(codes)}H", 0, 1, 1, 0, 0, 12, 6, 10 + 2 * len(codes), 0, 0, len(codes), *codes
        ),
    )
    made.add("glyf", b"".join(data))
    made.add("loca", struct.pack(f">{len(offsets)}L", *offsets))
    made.add("head", _with(face.get_table("head"), 50, 1))
    return bytes(made.makeStream())


def _with(table: bytes, at: int, value: int) -> bytes:
    return table[:at] + struct.pack(">H", value) + table[at + 2 :]


def _signed(value: int) -> int:
    """ReportLab reads the left side bearing, which may be negative, as a positive number."""
    return value - 0x10000 if value > 0x7FFF else value


class _Outlines:
    """The outlines of a whole font, as they stand in its file."""

    def __init__(self, face: Any) -> None:
        self._data = memoryview(face._ttf_data)
        self._start = face.get_table_pos("glyf")[0]
        self._at = face.glyphPos

    def _of(self, glyph: int) -> bytes:
        return bytes(self._data[self._start + self._at[glyph] : self._start + self._at[glyph + 1]])

    def renumbered(self, glyph: int, placed: Any) -> bytes:
        """The outline of `glyph`, in which the glyphs that it is made of have their new numbers."""
        outline = self._of(glyph)
        if len(outline) < 2 or outline[0] < 0x80:
            return outline
        changed = bytearray(outline)
        for at, number in _parts(outline):
            struct.pack_into(">H", changed, at, placed(number))
        return bytes(changed)

    def of_made(self, glyph: MadeGlyph, placed: Any) -> bytes:
        """The outline of glyphs that are put together; empty where all of them are."""
        parts, boxes = [], []
        for number, x, y in glyph.parts:
            outline = self._of(number)
            if outline:
                left, bottom, right, top = struct.unpack(">4h", outline[2:10])
                boxes.append((left + x, bottom + y, right + x, top + y))
                parts.append((placed(number), x, y))
        if not parts:
            return b""
        sides = list(zip(*boxes, strict=True))
        head = struct.pack(">5h", -1, min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3]))
        last = len(parts) - 1
        return head + b"".join(
            struct.pack(">HHhh", _WORDS | _OFFSETS | (_MORE if place < last else 0), number, x, y)
            for place, (number, x, y) in enumerate(parts)
        )


def _parts(outline: bytes) -> Iterator[tuple[int, int]]:
    """Where in the outline of a composite glyph the number of each part stands, and the number."""
    at, flags = 10, _MORE
    while flags & _MORE:
        flags, number = struct.unpack(">HH", outline[at : at + 4])
        yield at + 2, number
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _MATRIX else 0
