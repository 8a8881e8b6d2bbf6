"""Right-to-left text for a renderer that places one glyph after the other, left to right.

Arabic letters are replaced by their joined forms, which Unicode encodes and the shipped font draws; then the
characters of one line are put in the order in which they are seen (the implicit part of the Unicode Bidirectional
Algorithm, UAX 9, without explicit embeddings). Text is broken into lines before it comes here.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_RIGHT = ("R", "AL")
_LAM = "ل"
# Formats that order text and draw nothing: the marks, embeddings and isolates, the joiners, the skin tones of emoji.
_INVISIBLE = dict.fromkeys(
    (
        0x00AD,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0x061C,
        0xFEFF,
        *range(0xFE00, 0xFE10),
        *range(0x1F3FB, 0x1F400),
    )
)


def without_invisible(text: str) -> str:
    """`text` without the characters that only steer its layout and have no shape."""
    return text.translate(_INVISIBLE)


def is_right_to_left(text: str) -> bool:
    """Whether any letter of `text` is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(letter) in _RIGHT for letter in text)


def base_is_right_to_left(text: str) -> bool:
    """Whether the first letter of `text` that has a direction is written from right to left (UAX 9, P2 and P3)."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in _RIGHT for kind in kinds if kind in ("L", *_RIGHT)), False)


@cache
def _joined_forms() -> dict[str, dict[str, str]]:
    """Arabic letter (or lam with alef) to its encoded forms: ``isolated``, ``final``, ``initial``, ``medial``."""
    forms: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFC00), *range(0xFE70, 0xFEFD)):
        kind, _, rest = unicodedata.decomposition(chr(code)).partition(" ")
        letters = "".join(chr(int(part, 16)) for part in rest.split())
        if kind.strip("<>") in ("isolated", "final", "initial", "medial") and not letters.startswith(" "):
            forms.setdefault(letters, {})[kind.strip("<>")] = chr(code)
    return forms


def join_arabic(text: str) -> str:
    """`text` with each Arabic letter in the form that its neighbours ask for, lam and alef as one; logical order."""
    if not any("\u0600" <= letter <= "\u06ff" for letter in text):
        return text
    forms = _joined_forms()
    letters = _with_lam_alef(text, forms)
    joined: list[str] = []
    for place, letter in enumerate(letters):
        own = forms.get(letter)
        if own is None:
            joined.append(letter)
            continue
        before = _neighbour(letters, place, -1)
        after = _neighbour(letters, place, 1)
        to_before = "initial" in forms.get(before, {}) or before == "\u0640"
        to_after = "initial" in own and ("final" in forms.get(after, {}) or after == "\u0640")
        wanted = ("medial" if to_after else "final") if to_before else ("initial" if to_after else "isolated")
        joined.append(own.get(wanted, own.get("isolated", letter)))
    return "".join(joined)


def _with_lam_alef(text: str, forms: dict[str, dict[str, str]]) -> list[str]:
    letters: list[str] = []
    for letter in text:
        if letters and letters[-1] == _LAM and _LAM + letter in forms:
            letters[-1] += letter
        else:
            letters.append(letter)
    return letters


def _neighbour(letters: list[str], place: int, step: int) -> str:
    """The next letter in the direction of `step`, over the vowel marks that stand between; empty at the end."""
    place += step
    while 0 <= place < len(letters) and unicodedata.bidirectional(letters[place][0]) == "NSM":
        place += step
    return letters[place] if 0 <= place < len(letters) else ""


def visual_line(text: str, *, base_right_to_left: bool) -> str:
    """One line's characters in the order in which they are seen from left to right.

    `base_right_to_left` is the direction of the paragraph that the line belongs to.
    """
    letters = join_arabic(text)
    if not letters:
        return letters
    base = 1 if base_right_to_left else 0
    kinds = _resolved(letters, base)
    levels = [
        base + _above(kind, base) if kind != "N" else base
        for kind in kinds
    ]  # fmt: skip
    clusters = _clusters(letters, levels)
    for level in range(max(levels), 0, -1):
        place = 0
        while place < len(clusters):
            end = place
            while end < len(clusters) and clusters[end][1] >= level:
                end += 1
            clusters[place:end] = reversed(clusters[place:end])
            place = max(end, place + 1)
    return "".join(part.translate(_MIRRORED) if level % 2 else part for part, level in clusters)


def _above(kind: str, base: int) -> int:
    """Levels above the base (UAX 9, I1 and I2): right-to-left runs are odd, left-to-right ones and numbers even."""
    if base == 0:
        return {"L": 0, "R": 1}.get(kind, 2)
    return 0 if kind == "R" else 1


def _clusters(letters: str, levels: list[int]) -> list[tuple[str, int]]:
    """Each letter with its marks, so that turning a run round leaves a mark on its letter; a mark stays after it."""
    clusters: list[tuple[str, int]] = []
    for letter, level in zip(letters, levels, strict=True):
        if clusters and unicodedata.bidirectional(letter) == "NSM":
            clusters[-1] = (clusters[-1][0] + letter, clusters[-1][1])
        else:
            clusters.append((letter, level))
    return clusters


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
