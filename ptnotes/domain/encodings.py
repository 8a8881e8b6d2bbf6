"""How the letters of a file are stored: which encodings are read, and what tells that another one may be meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

UTF_8, UTF_16_LE, UTF_16_BE, WINDOWS_1252 = "utf-8", "utf-16-le", "utf-16-be", "cp1252"
ENCODING_WORDS: Mapping[str, str] = {
    UTF_8: "UTF-8",
    WINDOWS_1252: "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "iso8859-2": "ISO 8859-2 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1257": "Windows-1257 (Baltic)",
    "mac-roman": "Mac Roman (older Macs)",
    "cp850": "DOS 850 (Western Europe)",
    "cp932": "Shift-JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "Windows-949 (Korean)",
    UTF_16_LE: "UTF-16, little-endian",
    UTF_16_BE: "UTF-16, big-endian",
}
"""Each encoding, by the name that maps have for it, with the words that people know."""
UNTOLD = tuple(name for name in ENCODING_WORDS if not name.startswith("utf-"))
"""Encodings that no file tells: any bytes can be read in most of them, in each as other letters."""
_ODD = re.compile(
    "[\x80-\x9f¡¢£¤¥¦§¨©«»¬\xad®¯°±²³µ¶¸¹¼½¾¿×÷†‡•…‰€™„“”‚‹›ˆ˜ƒ\udfff\ufffd\u2200-\u22ff\u2500-\u25ff\ue000-\uf8ff]"
    "|[À-ÖØ-öø-ÿ]{4,}"
)
_NICKNAME = re.compile("“[^“”]*”")


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersSeen:
    """What the names in a file tell of how its letters are stored.

    `is_guess` says that nothing in the file tells its encoding. `names` counts the rows whose name has letters beyond
    ASCII, `odd` those among them that look as if they were meant otherwise. `samples` are up to three of those names,
    odd ones first, and `readings` the same names as other encodings read them, each with its encoding's name.
    """

    is_guess: bool = False
    names: int = 0
    odd: int = 0
    samples: tuple[str, ...] = ()
    readings: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def is_odd(self) -> bool:
        """Whether a wrong encoding is likely: at least one in four of these names looks odd."""
        return self.odd > 0 and self.odd * 4 >= self.names

    @property
    def likely(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The readings in which no name looks odd."""
        return tuple(one for one in self.readings if not any(map(looks_odd, one[1])))


NONE_SEEN = LettersSeen()
"""No name with letters beyond ASCII."""


def looks_odd(name: str) -> bool:
    """Whether a name has what names do not have, and what letters turn into when they are read in another encoding:
    control characters, signs of money, fractions and the like, or four accented letters of Western Europe in a row.
    """
    return not name.isascii() and _ODD.search(_NICKNAME.sub("", name)) is not None
