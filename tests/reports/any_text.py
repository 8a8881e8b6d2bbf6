"""Any text that may be stored, thrown at a document: it is found in it, or the letter that no font has is named."""

import unicodedata
from collections import Counter
from collections.abc import Callable

from hypothesis import strategies as st

from ptnotes.domain.text import clean_line, clean_note
from ptnotes.reports.fonts import BOLD, REGULAR, MissingGlyphError, runs
from ptnotes.reports.shaping import is_mark, is_right_to_left, spelled, without_invisible
from tests.reports.cases import pages

# Words of the scripts that our fonts have, and of some that they lack; all of them made up or out of a dictionary.
_WORDS = (
    *("Hélène", "Łukasz", "Nguyễn Thị", "Ọlámidé", "n̈́x̂q̣̄", "Παπαδάκης", "Коваленко", "Ђорђе", "प्रिया"),
    *("سامي", "مُحَمَّد", "چگونه می\u200cخواهم", "ڕۆژ", "ٹھے", "נועה", "שָׁלוֹם", "(אב) 12", "ﷲ"),
    *("王小明", "山田太郎、", "さくら", "김민준", "🙂", "👍🏽", "×½≥−°", "ﬁ", "Å", "12.5%"),
    *("ก", "Ա", "ა", "㐀", "\U00020000", "\ue000", "<b>&amp;", "\\(%"),
    *("a\u00adb", "a\u200bb", "\u202eabc", "\ufeff", "\u0301"),
)
_LETTERS = st.characters(exclude_categories=("Cc", "Cs"))


def lines(max_size: int = 40) -> st.SearchStrategy[str]:
    """Any line that may be stored, of letters from anywhere or of words of many scripts; never empty."""
    words = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(" ".join)
    common = st.text("abc XYZ 123 .,-/", min_size=1, max_size=max_size)
    anything = st.text(_LETTERS, min_size=1, max_size=6)
    return st.one_of(words, common, anything).map(lambda text: clean_line(text, "text")).filter(_has_shape)


def notes(max_size: int = 400) -> st.SearchStrategy[str]:
    """Any text of many lines that may be stored; never empty."""
    typed = st.lists(lines(max_size), min_size=1, max_size=5).map("\n".join)
    return typed.map(lambda text: clean_note(text, "text"))


def holds_or_names(make: Callable[[], bytes], text: str) -> None:
    """Assert that `make` gives a document in which `text` is found, or raises an error that names a letter of it.

    Text with right-to-left letters is compared by which letters and digits are there, since programs put its lines in
    order each their way.
    """
    try:
        document = make()
    except MissingGlyphError as error:
        named = error.values["letter"]
        missing = {letter for letter in text if f"U+{ord(letter):04X} " in named}
        assert missing, named
        assert all(_is_missing(letter) for letter in missing), named
        return
    assert not any(_is_missing(letter) for letter in text)
    found, wanted = bare("".join(pages(document))), bare(text)
    # Marks without a letter go to whatever stands before them on the page.
    wanted = wanted[next((place for place, sign in enumerate(wanted) if not is_mark(sign)), len(wanted)) :]
    if is_right_to_left(text):
        # PDFium mirrors the other signs of such a line, and turns round the halves of those beyond U+FFFF as well.
        certain = Counter(letter for letter in wanted if letter <= "\uffff" and letter.isalnum())
        assert not certain - Counter(found)
    else:
        assert wanted in found


def bare(text: str) -> str:
    """`text` without spaces, line ends and what has no shape, taken apart into letters and marks.

    Some readers give ligatures back as letters, and letters with their marks as one or as several.
    """
    # PDFium gives a hyphen at the end of a line as a sign of its own.
    text = text.replace("\x02", "-").replace("\ufffe", "-")
    return "".join(without_invisible(unicodedata.normalize("NFKD", "".join(text.split()))).split())


def _is_missing(letter: str) -> bool:
    try:
        runs(letter, REGULAR)
        runs(letter, BOLD)
    except MissingGlyphError:
        return True
    return False


def _has_shape(text: str) -> bool:
    return bool(spelled(text).strip())
