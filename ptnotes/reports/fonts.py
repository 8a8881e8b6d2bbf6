"""The typefaces of every document: Inter, and a font behind it for each script that Inter lacks.

Text is split into runs, each in the first font that has its characters; HarfBuzz joins Arabic letters and puts marks
in their places. What no font has is an error that names the character; a box is never printed.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from itertools import groupby
from typing import Any, Final
from weakref import WeakKeyDictionary

from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.lib.rl_accel import escapePDF
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont
from reportlab.platypus.tables import CellStyle

from ptnotes.domain.errors import PtNotesError
from ptnotes.reports import font_file
from ptnotes.reports.shaping import (
    base_is_right_to_left,
    directions,
    graphemes,
    is_east_asian,
    is_mark,
    is_right_to_left,
    spelled,
)

REGULAR, MEDIUM, SEMIBOLD, BOLD = "Inter-Regular", "Inter-Medium", "Inter-SemiBold", "Inter-Bold"
EAST_ASIAN: Final = "WenQuanYi-Micro-Hei"
_EAST_ASIAN_PACKAGE = "paperang_p2_fonts_cjk"
_BEHIND_REGULAR = (
    "NotoSans-Regular",
    "NotoSansArabic-Regular",
    "NotoSansHebrew-Regular",
    EAST_ASIAN,
    "NotoEmoji-Regular",
)
_BEHIND_BOLD = (
    "NotoSans-Bold",
    "NotoSansArabic-Bold",
    "NotoSansHebrew-Bold",
    EAST_ASIAN,
    "NotoEmoji-Regular",
)
_BEHIND = {REGULAR: _BEHIND_REGULAR, MEDIUM: _BEHIND_REGULAR, SEMIBOLD: _BEHIND_BOLD, BOLD: _BEHIND_BOLD}
_register_lock, _made_lock = threading.Lock(), threading.Lock()
# Codes of glyphs that no character stands for: a plane of which text that is typed prints nothing.
_FIRST_MADE = 0xF0000
# Inter's letters with marks are set as it sets all others: no ligatures, no arrows out of hyphens. No text is kerned.
_INTER_FEATURES = {"kern": False, "liga": False, "clig": False, "calt": False}
_FEATURES = {"kern": False}


class MissingGlyphError(PtNotesError):
    """No font has a character of the text. `values["letter"]` names the characters, by shape, number and name.

    Its code is another where the font for Chinese, Japanese and Korean is not installed and would have had them.
    """

    def __init__(self, letters: str) -> None:
        named = ", ".join(
            f"{letter} (U+{ord(letter):04X} {unicodedata.name(letter, 'unnamed')})" for letter in letters
        )
        is_extra = not has_east_asian() and any(is_east_asian(letter) for letter in letters)
        super().__init__("report.glyph_missing_extra" if is_extra else "report.glyph_missing", letter=named)


class _Font(TTFont):  # type: ignore[misc]  # ReportLab has no types
    """A font with glyphs that are made for a text, and a table that gives a reader the letters behind each code."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, path, shapable=False)
        # What was read first is what characters stand for; private ones are the font's own affair.
        self.letters = frozenset(
            chr(code)
            for code, glyph in self.face.charToGlyph.items()
            if glyph and unicodedata.category(chr(code)) not in ("Co", "Cc")
        )
        self.plain = frozenset(letter for letter in self.letters if _is_plain(letter))
        self.ascii = frozenset(letter for letter in self.plain if letter.isascii())
        self._made: dict[tuple[int | font_file.MadeGlyph, str], str] = {}
        self._glyphs: dict[int, int | font_file.MadeGlyph] = {}
        self._read_as: dict[int, str] = {}
        self._shaper: Any = None
        # Of the letters that have a place in every document, those that one uses.
        self._used: WeakKeyDictionary[Any, set[int]] = WeakKeyDictionary()

    @property
    def shaper(self) -> Any:
        """HarfBuzz's reading of the font, made when a text first needs it."""
        if self._shaper is None:
            import uharfbuzz  # noqa: PLC0415 - most documents need none

            self._shaper = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(self.face._ttf_data)))
        return self._shaper

    def glyphs_as(
        self, letters: str, parts: Sequence[tuple[int, int, int]], advance: int, *, is_turned: bool
    ) -> str:
        """The character that stands for `parts`, glyphs as (number, x, y), where they are read as `letters`.

        A program that reads a page turns right-to-left text round letter by letter, and mirrors its brackets.
        """
        number = parts[0][0]
        if is_turned and unicodedata.mirrored(letters[0]) and number in self.face.glyphToChar:
            letters = chr(self.face.glyphToChar[number][0]) + letters[1:]
        is_as_it_is = len(parts) == 1 and parts[0][1:] == (0, 0) and advance == self.face.hmetrics[number][0]
        if is_as_it_is and len(letters) == 1 and self.face.charToGlyph.get(ord(letters)) == number:
            return letters
        glyph = number if is_as_it_is else font_file.MadeGlyph(tuple(parts), advance)
        return self._made_for(glyph, advance, letters[::-1] if is_turned else letters)

    def _made_for(self, glyph: int | font_file.MadeGlyph, advance: int, read_as: str) -> str:
        key = (glyph, read_as)
        with _made_lock:
            if key not in self._made:
                code = _FIRST_MADE + len(self._made)
                self.face.charToGlyph[code] = 0
                self.face.charWidths[code] = advance * 1000 / self.face.unitsPerEm
                self._glyphs[code] = glyph
                self._read_as[code] = read_as
                self._made[key] = chr(code)
            return self._made[key]

    def splitString(self, text: str, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:
        """`text` as (number of a part of the font in `doc`, codes in it) pairs."""
        if not self.ascii.issuperset(text):
            parts: list[tuple[int, bytes]] = super().splitString(text, doc, encoding)
            text = "".join(letter for letter in text if letter in self.ascii)
        else:
            # The first part has these at their own numbers.
            parts = [(0, text.encode("ascii"))]
        self._used.setdefault(doc, set()).update(map(ord, text))
        return parts

    def encoded(self, text: str, document: Any) -> Iterator[tuple[str, str]]:
        """`text` as (name of a font in `document`, what stands between the brackets of a string) pairs."""
        for part, codes in self.splitString(text, document):
            yield self.getSubsetInternalName(part, document), escapePDF(codes)

    def addObjects(self, doc: Any) -> None:
        """Add what `doc` uses of this font, in parts of at most 256 codes."""
        state = self.state.pop(doc)
        state.frozen = 1
        used = self._used.pop(doc, set())
        for number, places in enumerate(state.subsets):
            codes = [code if code > 0x7F or code in used else 0 for code in places]
            name = f"{SUBSETN(number).decode()}+{self.face.name.decode()}"
            glyphs = [self._glyphs.get(code, self.face.charToGlyph.get(code, 0)) for code in codes]
            dictionary = pdfdoc.PDFTrueTypeFont()
            dictionary.Name = f"{state.internalName}+{number}"
            dictionary.BaseFont = name
            dictionary.FirstChar = 0
            dictionary.LastChar = len(codes) - 1
            dictionary.Widths = pdfdoc.PDFArray(
                [self.face.getCharWidth(code) if code else 0 for code in codes]
            )
            dictionary.ToUnicode = doc.Reference(
                self._stream(doc, self._reading(codes)), f"toUnicodeCMap:{name}"
            )
            dictionary.FontDescriptor = self._descriptor(doc, name, font_file.subset(self.face, glyphs))
            doc.Reference(dictionary, dictionary.Name)
            doc.idToObject["BasicFonts"].dict[dictionary.Name] = dictionary

    def _descriptor(self, doc: Any, name: str, file: bytes) -> Any:
        face = self.face
        stream = self._stream(doc, file)
        stream.dictionary["Length1"] = len(file)
        return doc.Reference(
            pdfdoc.PDFDictionary(
                {
                    "Type": "/FontDescriptor",
                    "Ascent": face.ascent,
                    "CapHeight": face.capHeight,
                    "Descent": face.descent,
                    # Its codes are its own, so it is symbolic in the words of ISO 32000-1, table 123.
                    "Flags": (face.flags & ~0x20) | 0x4,
                    "FontBBox": pdfdoc.PDFArray(face.bbox),
                    "FontName": pdfdoc.PDFName(name),
                    "ItalicAngle": face.italicAngle,
                    "StemV": face.stemV,
                    "FontFile2": doc.Reference(stream, f"fontFile:{name}"),
                    "MissingWidth": face.defaultWidth,
                }
            ),
            f"fontDescriptor:{name}",
        )

    @staticmethod
    def _stream(doc: Any, content: bytes | str) -> Any:
        stream = pdfdoc.PDFStream()
        stream.content = content
        if doc.compression:
            stream.filters = [pdfdoc.PDFZCompress]
        return stream

    def _reading(self, codes: Sequence[int]) -> str:
        """The table that gives each code its letters (ISO 32000-1, 9.10.3); it is the same for the same codes."""
        read = [
            (place, self._read_as.get(code, chr(code)).encode("utf-16-be").hex().upper())
            for place, code in enumerate(codes)
            if code
        ]
        blocks = [read[start : start + 100] for start in range(0, len(read), 100)]
        return "\n".join(
            [
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
                "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
                "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
                "1 begincodespacerange <00> <FF> endcodespacerange",
                *(
                    f"{len(block)} beginbfchar\n"
                    + "\n".join(f"<{place:02X}> <{letters}>" for place, letters in block)
                    + "\nendbfchar"
                    for block in blocks
                ),
                "endcmap CMapName currentdict /CMap defineresource pop end end",
            ]
        )


@cache
def _is_plain(letter: str) -> bool:
    """Whether `letter` is set by putting its glyph behind the one before."""
    return not is_mark(letter) and spelled(letter) == letter and not is_right_to_left(letter)


@cache
def _font(name: str) -> _Font:
    """The font `name`, read and made known to ReportLab on its first use."""
    folder, file = files("ptnotes.resources") / "fonts", f"{name}.ttf"
    if name == EAST_ASIAN:
        folder, file = files(_EAST_ASIAN_PACKAGE) / "fonts", "wqy-microhei.ttc"
    with _register_lock, as_file(folder / file) as path:
        font = _Font(name, str(path))
        pdfmetrics.registerFont(font)
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(name, bold, italic, name)
    return font


@cache
def has_east_asian() -> bool:
    """Whether the font for Chinese, Japanese and Korean is installed (the optional part `cjk`)."""
    return find_spec(_EAST_ASIAN_PACKAGE) is not None


def letters_of(name: str) -> frozenset[str]:
    """Every character that the font `name` has a glyph for."""
    return _font(name).letters


def load_fonts() -> None:
    """Read Inter and make it ReportLab's own default, so that no document names a font that is not embedded in it."""
    for name in _BEHIND:
        _font(name)
    # Streams stay binary: smaller, and a fifth of the time of a page goes into writing them as letters.
    rl_config.useA85 = 0
    rl_config.canvas_basefontname = REGULAR
    CellStyle.fontname = REGULAR
    rl_config.defaultGraphicsFontName = REGULAR


def is_plain(text: str, font: str) -> bool:
    """Whether `text` is one run of `font` itself, each glyph behind the one before."""
    return _font(font).plain.issuperset(text)


def width(text: str, font: str, size_pt: float) -> float:
    """Width in points of `text` as `runs` gives it, in the single font `font`."""
    return float(_font(font).stringWidth(text, size_pt))


def encoded(canvas: Any, text: str, font: str) -> Iterator[tuple[str, str]]:
    """`text` of one run for the stream of a page: (name of a font, what stands between the brackets of a string)."""
    return _font(font).encoded(text, canvas._doc)


@cache
def double_blank() -> str:
    """A character whose glyph in the regular weight is a space, and which is read as two of them.

    A program that finds words by where they stand takes one space for the end of a word, wherever the next one begins.
    """
    font = _font(REGULAR)
    glyph = font.face.charToGlyph[ord(" ")]
    return font.glyphs_as("  ", [(glyph, 0, 0)], font.face.hmetrics[glyph][0], is_turned=False)


def runs(text: str, font: str, *, is_turned: bool | None = None) -> list[tuple[str, str]]:
    """`text`, one line, as (font name, glyphs) runs in the order in which they are seen from left to right.

    Each piece is in `font` or in the first font behind it that has its characters. A glyph that no character stands
    for has a code of its own, so what is given is for `width` and `encoded` alone. `is_turned` says whether the text
    that the line belongs to is read from right to left; None goes by the line's first letter. Raises
    `MissingGlyphError` naming every character that no font has.
    """
    if _font(font).plain.issuperset(text):
        return [(font, text)]
    text = spelled(text)
    parts = [(text, False)]
    if is_right_to_left(text):
        base = base_is_right_to_left(text) if is_turned is None else is_turned
        parts = directions(text, base_right_to_left=base)
    found: list[tuple[str, str]] = []
    missing: list[str] = []
    for part, is_reversed in parts:
        pieces = _by_font(part, font, missing)
        for name, piece in reversed(pieces) if is_reversed else pieces:
            glyphs = _shaped(piece, name, is_turned=is_reversed)
            if found and found[-1][0] == name:
                found[-1] = (name, found[-1][1] + glyphs)
            else:
                found.append((name, glyphs))
    if missing:
        raise MissingGlyphError("".join(dict.fromkeys(missing)))
    return found


def check(text: str, font: str) -> None:
    """Raise `MissingGlyphError` where no font has a character of `text`."""
    if not _font(font).plain.issuperset(text):
        missing: list[str] = []
        _by_font(spelled(text), font, missing)
        if missing:
            raise MissingGlyphError("".join(dict.fromkeys(missing)))


def _by_font(text: str, font: str, missing: list[str]) -> list[tuple[str, str]]:
    """`text` in the order of reading, each letter with its marks in one font; what none has is added to `missing`."""
    found: list[tuple[str, str]] = []
    for letter in graphemes(text):
        here = found[-1][0] if found else font
        # A letter and a mark that no font has both of stand one behind the other.
        for sign in (letter,) if _font_of(letter, font, here) else letter:
            name = _font_of(sign, font, here)
            if name is None:
                missing.append(sign)
            elif found and found[-1][0] == name:
                found[-1] = (name, found[-1][1] + sign)
            else:
                found.append((name, sign))
    return found


def _font_of(letter: str, font: str, here: str) -> str | None:
    """The first of the fonts for `font` that has a letter with its marks; for signs between letters, the one `here`."""
    needed = letter.rstrip("\u200c\u200d") or " "
    if needed[0] not in _font(font).plain and not needed[0].isalnum() and letters_of(here).issuperset(needed):
        return here
    return next((name for name in _chain(font) if letters_of(name).issuperset(needed)), None)


@cache
def _chain(font: str) -> tuple[str, ...]:
    return (font, *(name for name in _BEHIND[font] if name != EAST_ASIAN or has_east_asian()))


def _shaped(text: str, name: str, *, is_turned: bool) -> str:
    """The glyphs of `text` in the font `name`, from left to right; `is_turned` where it is read from right to left."""
    font = _font(name)
    if not is_turned and font.plain.issuperset(text):
        return text
    import uharfbuzz  # noqa: PLC0415 - most documents need none

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if is_turned else "ltr"
    buffer.flags = uharfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    uharfbuzz.shape(font.shaper, buffer, _INTER_FEATURES if name in _BEHIND else _FEATURES)
    placed = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
    starts = sorted({info.cluster for info, _ in placed})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    glyphs: list[str] = []
    for start, cluster in groupby(placed, key=lambda one: one[0].cluster):
        pen, parts = 0, []
        for info, position in cluster:
            parts.append((info.codepoint, pen + position.x_offset, position.y_offset))
            pen += position.x_advance
        glyphs.append(font.glyphs_as(text[start : ends[start]], parts, pen, is_turned=is_turned))
    return "".join(glyphs)
