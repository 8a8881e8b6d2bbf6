"""Text as people type it: cleaning what is stored, folding what is searched, reading numbers."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation

from ptnotes.domain.errors import Fault, InputError

LINE_LIMIT = 200
"""Longest single-line text, in characters: names, addresses, titles."""
NOTE_LIMIT = 50_000
"""Longest note section, in characters; far above the longest real note, far below a pasted file."""

# Letters that Unicode does not decompose, so that "Lukasz" finds "Łukasz" and "Strasse" finds "Straße".
_UNDECOMPOSED = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss",
        "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ə": "e",
        "'": None, "’": None, "‘": None, "ʼ": None, "`": None, "´": None, ".": None,
        "-": " ", "‐": " ", "‑": " ", "–": " ", "—": " ", ",": " ", "/": " ",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Lower case without accents, apostrophes or double spaces; hyphens become spaces. Equal folds match."""
    # Most words of a long list of names are letters of ASCII alone, of which only the case is to be folded.
    if text.isascii() and (text.isalpha() or not text):
        return text.lower()
    lowered = text.casefold().translate(_UNDECOMPOSED)
    if lowered.isascii():
        return " ".join(lowered.split())
    decomposed = unicodedata.normalize("NFKD", lowered)
    kept = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(kept.translate(_UNDECOMPOSED).casefold().split())


def clean_line(text: str, field: str, *, required: bool = False, limit: int = LINE_LIMIT) -> str:
    """One line as stored: NFC, outer space gone, inner space single.

    Raises `InputError` for an empty required text, one longer than `limit`, or one with control characters.
    """
    if not text and not required:
        return text
    cleaned = " ".join(_checked(text, field, limit).split())
    if required and not cleaned:
        raise InputError(Fault("text.empty", field))
    return cleaned


def are_clean(joined: str) -> bool:
    """Whether lines with bars between them stand as `clean_line` would leave each, whatever their length.

    It is told quickly: of a long list nearly all do.
    """
    return (
        joined.isprintable()
        and (joined.isascii() or unicodedata.is_normalized("NFC", joined))
        and not ("  " in joined or " |" in joined or "| " in joined)
        and joined[:1] != " " != joined[-1:]
    )


def clean_note(text: str, field: str, limit: int = NOTE_LIMIT) -> str:
    """Text of many lines as stored: NFC, line ends as one line feed; not a letter more is changed."""
    return _checked(text.replace("\r\n", "\n").replace("\r", "\n"), field, limit)


def _checked(text: str, field: str, limit: int) -> str:
    # The length is looked at first: normalising a pasted megabyte would itself be the freeze to avoid.
    if len(text) > limit:
        raise InputError(
            Fault("text.too_long", field, values={"limit": f"{limit:,}", "length": f"{len(text):,}"})
        )
    # What can be printed holds neither; most texts are such, and a list of patients has very many.
    if not text.isprintable() and any(
        unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in text
    ):
        raise InputError(Fault("text.control", field))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def typed_number(text: str) -> Decimal | None:
    """A decimal number as typed, with a comma or a point; None for an empty text and anything else.

    A power of ten (``1e99999999``) is none: whoever printed it would print a hundred million letters.
    """
    try:
        value = Decimal(text.strip().replace("−", "-").replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and "e" not in text.casefold() else None
