"""What Unicode knows of a line: which way its parts run, what belongs to one letter, where it may be broken.

Parts are put in the order in which they are seen by the implicit part of the Unicode Bidirectional Algorithm (UAX 9,
without explicit embeddings), after the text is broken into lines. Lines end at spaces, and between the letters of
Chinese and Japanese but for what must not begin or end a line (a part of UAX 14).
"""

from __future__ import annotations

import re
import unicodedata

_RIGHT = ("R", "AL")
# Formats that order text and draw nothing: the marks, embeddings and isolates, the joiners; and what chooses among
# forms of a sign that a font here has one of: the variants of Chinese characters, the skin tones of emoji.
_INVISIBLE = dict.fromkeys(
    (
        0x00AD,
        0x034F,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0x061C,
        0xFEFF,
        *range(0xFE00, 0xFE10),
        *range(0x1F3FB, 0x1F400),
        *range(0xE0020, 0xE0080),
        *range(0xE0100, 0xE01F0),
    )
)

_CONTROLS = (
    dict.fromkeys((*range(32), *range(127, 160)))
    | dict.fromkeys(map(ord, "\t\n\r\u1680\u2028\u2029\u205f\u3000"), " ")
    | dict.fromkeys(range(0x2000, 0x200B), " ")
    | dict.fromkeys((0x2007, 0x202F), "\xa0")
)
# Joiners and non-joiners are part of how Persian and Urdu are spelled, and say nothing anywhere else.
_JOINERS = re.compile("(?<=[\u0620-\u06ff\u0750-\u077f])[\u200c\u200d]")
_MARKED = re.compile(".[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u0483-\u0487]+")


def without_invisible(text: str) -> str:
    """`text` without the characters that only steer its layout and have no shape."""
    return text.translate(_INVISIBLE)


def spelled(text: str) -> str:
    """`text` as it is shaped: marks composed with their letters where Unicode has one for both, nothing without shape.

    Control characters, which no font can show, are left out; what parts lines or words becomes a space.
    """
    text = text.translate(_CONTROLS)
    if _JOINERS.search(text):
        kept = [without_invisible(part) for part in _JOINERS.split(text)]
        joiners = [*_JOINERS.findall(text), ""]
        text = "".join(part + joiner for part, joiner in zip(kept, joiners, strict=True))
    else:
        text = without_invisible(text)
    # Not the whole text: that would also replace variants of Chinese characters, which tell names apart.
    return _MARKED.sub(lambda marked: unicodedata.normalize("NFC", marked[0]), text)


def is_mark(letter: str) -> bool:
    """Whether `letter` is written onto the one before it."""
    return unicodedata.category(letter) in ("Mn", "Me", "Mc") or letter in "\u200c\u200d"


def graphemes(text: str) -> list[str]:
    """The letters of `text`, each with its marks."""
    found: list[str] = []
    for letter in text:
        if found and is_mark(letter):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def is_right_to_left(text: str) -> bool:
    """Whether any letter of `text` is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(letter) in _RIGHT for letter in text)


def base_is_right_to_left(text: str) -> bool:
    """Whether the first letter of `text` that has a direction is written from right to left (UAX 9, P2 and P3)."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in _RIGHT for kind in kinds if kind in ("L", *_RIGHT)), False)


def directions(text: str, *, base_right_to_left: bool) -> list[tuple[str, bool]]:
    """One line's runs of one direction in the order in which they are seen from left to right.

    Each is its text as it is read, and whether that is from right to left. `base_right_to_left` is the direction of
    the paragraph that the line belongs to.
    """
    if not text:
        return []
    base = 1 if base_right_to_left else 0
    levels = [base + _above(kind, base) if kind != "N" else base for kind in _resolved(text, base)]
    runs: list[tuple[str, int]] = []
    for letter, level in zip(text, levels, strict=True):
        # A mark stays with its letter.
        if runs and (runs[-1][1] == level or unicodedata.bidirectional(letter) == "NSM"):
            runs[-1] = (runs[-1][0] + letter, runs[-1][1])
        else:
            runs.append((letter, level))
    for level in range(max(levels), 0, -1):
        place = 0
        while place < len(runs):
            end = place
            while end < len(runs) and runs[end][1] >= level:
                end += 1
            runs[place:end] = reversed(runs[place:end])
            place = max(end, place + 1)
    return [(run, level % 2 == 1) for run, level in runs]


def _above(kind: str, base: int) -> int:
    """Levels above the base (UAX 9, I1 and I2): right-to-left runs are odd, left-to-right ones and numbers even."""
    if base == 0:
        return {"L": 0, "R": 1}.get(kind, 2)
    return 0 if kind == "R" else 1


def _resolved(letters: str, base: int) -> list[str]:
    """Each character's direction after the rules W1 to W7, N1 and N2: L, R, EN, AN, or N for the base."""
    outer = "R" if base else "L"
    kinds = [unicodedata.bidirectional(letter) or "L" for letter in letters]
    _resolve_weak(kinds, outer)
    place = 0
    while place < len(kinds):
        if kinds[place] in ("L", "R", "EN", "AN"):
            place += 1
            continue
        end = place
        while end < len(kinds) and kinds[end] not in ("L", "R", "EN", "AN"):
            end += 1
        before = _side(kinds[place - 1]) if place else outer
        after = _side(kinds[end]) if end < len(kinds) else outer
        kinds[place:end] = [before if before == after else "N"] * (end - place)
        place = end
    return kinds


def _side(kind: str) -> str:
    """Numbers count as right-to-left beside neutral characters (N1)."""
    return "L" if kind == "L" else "R"


def _resolve_weak(kinds: list[str], outer: str) -> None:
    last_strong = previous = outer
    for place, given in enumerate(kinds):
        kind = previous if given == "NSM" else given
        if kind in ("L", "R", "AL"):
            last_strong = kind
        elif kind == "EN" and last_strong == "AL":
            kind = "AN"
        kinds[place] = previous = kind
    for place in range(1, len(kinds) - 1):
        around = {kinds[place - 1], kinds[place + 1]}
        if (kinds[place] in ("ES", "CS") and around == {"EN"}) or (kinds[place] == "CS" and around == {"AN"}):
            kinds[place] = around.pop()
    for step in (1, -1):
        places = range(len(kinds)) if step == 1 else range(len(kinds) - 1, -1, -1)
        for place in places:
            near = place - step
            if kinds[place] == "ET" and 0 <= near < len(kinds) and kinds[near] == "EN":
                kinds[place] = "EN"
    last_strong = outer
    for place, kind in enumerate(kinds):
        if kind == "AL":
            kinds[place] = "R"
        elif kind in ("ES", "ET", "CS"):
            kinds[place] = "ON"
        if kinds[place] in ("L", "R"):
            last_strong = kinds[place]
        elif kind == "EN" and last_strong == "L":
            kinds[place] = "L"


def _is_ideograph(letter: str) -> bool:
    return "\u2e80" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or "\uff01" <= letter <= "\uffef"


_NOT_FIRST = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー〜’”）〕］｝〉》」』】〗〙〟ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ％℃｡｣､･ｰﾞﾟ,.:;!?)]}%"
)
_NOT_LAST = frozenset("‘“（〔［｛〈《「『【〖〘〝｢￥＄([{")


def is_east_asian(letter: str) -> bool:
    """Whether `letter` is of those that the optional font for Chinese, Japanese and Korean is for."""
    return any(
        low <= letter <= high
        for low, high in (
            ("\u3000", "\u318f"),
            ("\u4e00", "\u9fff"),
            ("\uac00", "\ud7a3"),
            ("\uff00", "\uffef"),
        )
    )


def breaks_between(before: str, after: str) -> bool:
    """Whether a line may end between two letters that no space parts: beside a Chinese or Japanese one, mostly."""
    if not (_is_ideograph(before) or _is_ideograph(after)):
        return False
    return after not in _NOT_FIRST and before not in _NOT_LAST and not is_mark(after)
