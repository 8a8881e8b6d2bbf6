"""The typefaces of every document: Inter, and a shipped font behind it for each script that Inter lacks.

Text is split into runs, each in the first font that has its characters. What no font has is an error that names the
character; a box is never printed.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from ptnotes.domain.errors import PtNotesError
from ptnotes.reports.shaping import without_invisible

REGULAR, MEDIUM, SEMIBOLD, BOLD = "Inter-Regular", "Inter-Medium", "Inter-SemiBold", "Inter-Bold"
_BEHIND_REGULAR = (
    "NotoSans-Regular",
    "NotoSansArabic-Regular",
    "NotoSansHebrew-Regular",
    "NotoEmoji-Regular",
)
_BEHIND_BOLD = ("NotoSans-Bold", "NotoSansArabic-Bold", "NotoSansHebrew-Bold", "NotoEmoji-Regular")
_BEHIND = {REGULAR: _BEHIND_REGULAR, MEDIUM: _BEHIND_REGULAR, SEMIBOLD: _BEHIND_BOLD, BOLD: _BEHIND_BOLD}
_WHITE = frozenset("\n\r\t")
_register_lock = threading.Lock()


class MissingGlyphError(PtNotesError):
    """No font has a character of the text. `values["letter"]` names the characters, by shape, number and name."""

    def __init__(self, letters: str) -> None:
        named = ", ".join(
            f"{letter} (U+{ord(letter):04X} {unicodedata.name(letter, 'unnamed')})" for letter in letters
        )
        super().__init__("report.glyph_missing", letter=named)


class _ReadableFont(TTFont):  # type: ignore[misc]  # ReportLab has no types
    """A font whose text is found again: joined Arabic forms as their letters, signs beyond U+FFFF as themselves.

    ReportLab writes the number of the glyph's character, which is a form for Arabic and is cut off for an emoji.
    """

    def addObjects(self, doc: Any) -> None:
        super().addObjects(doc)
        for name, stream in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                stream.content = _MAPPED.sub(_as_typed, stream.content)


_MAPPED = re.compile(r"^(<[0-9A-F]{2}>) <([0-9A-F]{4,6})>$", re.MULTILINE)


def _as_typed(mapped: re.Match[str]) -> str:
    letter = chr(int(mapped[2], 16))
    if "\ufb50" <= letter <= "\ufefc":
        # A reader turns right-to-left text round letter by letter, so a joined pair is given turned round.
        letter = unicodedata.normalize("NFKC", letter)[::-1]
    return f"{mapped[1]} <{letter.encode('utf-16-be', 'surrogatepass').hex().upper()}>"


@cache
def _font(name: str) -> TTFont:
    """The font `name`, read and made known to ReportLab on its first use."""
    with _register_lock, as_file(files("ptnotes.resources") / "fonts" / f"{name}.ttf") as path:
        font = _ReadableFont(name, str(path), shapable=False)
        pdfmetrics.registerFont(font)
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(name, bold, italic, name)
    return font


@cache
def letters_of(name: str) -> frozenset[str]:
    """Every character that the font `name` has a glyph for."""
    return frozenset(chr(code) for code in _font(name).face.charToGlyph if code) - frozenset("\x00")


def load_fonts() -> None:
    """Read Inter and make it ReportLab's own default, so that no document names a font that is not embedded in it."""
    for name in _BEHIND:
        _font(name)
    # Streams stay binary: smaller, and a fifth of the time of a page goes into writing them as letters.
    rl_config.useA85 = 0
    rl_config.canvas_basefontname = REGULAR
    rl_config.defaultGraphicsFontName = REGULAR


def has_all(text: str, font: str) -> bool:
    """Whether `font` itself has every character of `text`, so that it is one run."""
    return letters_of(font).issuperset(text)


def width(text: str, font: str, size_pt: float) -> float:
    """Width in points of `text` set in the single font `font`."""
    return float(pdfmetrics.stringWidth(text, font, size_pt))


def runs(text: str, font: str) -> list[tuple[str, str]]:
    """`text` as (font name, piece) runs, each piece in `font` or in the first font behind it that has its characters.

    Raises `MissingGlyphError` naming every character that none of them has.
    """
    if has_all(text, font):
        return [(font, text)]
    found: list[tuple[str, str]] = []
    missing: list[str] = []
    for letter in without_invisible(text):
        name = next((name for name in (font, *_BEHIND[font]) if letter in letters_of(name)), None)
        if name is None:
            # A control character is left out by the escape and needs no glyph.
            if letter not in _WHITE and unicodedata.category(letter) != "Cc":
                missing.append(letter)
            name = font
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + letter)
        else:
            found.append((name, letter))
    if missing:
        raise MissingGlyphError("".join(dict.fromkeys(missing)))
    return found
