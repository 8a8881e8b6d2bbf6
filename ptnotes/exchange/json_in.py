"""JSON read value by value, with no more of a text in memory than one value needs, and past what is harmed in it.

A value that is broken, too deep or too large is passed over where its brackets tell where it ends; what is behind it is
read. Where they do not, since one is missing, reading goes on at the next entry of a bundle, and says from where on
until where nothing was read; where there is no more entry it ends, and says where.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TextIO

MOST_LETTERS = 16_000_000
"""Most letters of one value."""
MOST_NESTED = 1_000_000
"""Brackets within one another that are followed to where a value ends."""
_BLOCK = 65_536
_LONGEST_PIECE = 16
"""Letters of a word or an escape: a fault nearer to the end of what was read may be none once more is read."""
_ENTRY = re.compile(r'\{\s{0,40}"(?:fullUrl|resource)"\s{0,9}:')
"""How an entry of a bundle begins. Nothing else in FHIR does, and no text holds a bare quotation mark."""
_LONGEST_BEGIN = 64
"""Letters of that. A missing quotation mark is seen where the next one stands, which may be within an entry's begin."""
_WORD = re.compile(r"[A-Za-z0-9+.\-]+")
_ENDS_TEXT = re.compile(r'["\\]')
_CLOSING = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Broken:
    """What could not be read: why (a code), and where, both counted from 1. `is_end`: nor could anything after it.

    `until` is the line and the letter at which reading went on, where the end of what is broken could not be told.
    """

    code: str
    line: int
    letter: int
    is_end: bool = False
    until: tuple[int, int] = (0, 0)


class BrokenError(Exception):
    """What follows is no JSON, or one value of it is too deep or too large."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(broken.code)
        self.broken = broken


class Scanner:
    """Reads JSON value by value from a text that begins on the line of that number."""

    def __init__(self, text: TextIO, line: int = 1) -> None:
        self._text = text
        self._buffer = ""
        self._at = self._gone = 0
        self._from = 0
        """The letter of the text from which on an entry may begin that is not read yet."""
        self._line, self._before = line, 0
        # No number is read from a patient, and one of thousands of digits is JSON all the same.
        self._decode = json.JSONDecoder(parse_int=float).raw_decode
        self._fill()
        if self._buffer.startswith("\N{ZERO WIDTH NO-BREAK SPACE}"):
            self._at, self._before = 1, -1

    def peek(self) -> str:
        """The next letter that is no space; empty at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._fill():
                return ""

    def take(self, letter: str) -> None:
        """Go past `letter`, which has to come next. Raises `BrokenError`."""
        if self.peek() != letter:
            raise self._error()
        self._at += 1

    def has(self, letter: str) -> bool:
        """Whether `letter` comes next; if so, go past it."""
        if self.peek() != letter:
            return False
        self._at += 1
        return True

    def value(self) -> Any:
        """The next value, whole. Raises `BrokenError`, and stands before it still."""
        self.peek()
        if self._at > _BLOCK:
            # Where a fault stands is counted from the start of the buffer, which a large value makes long.
            self._let_go()
        while True:
            wrong: int | None = None
            try:
                value, end = self._decode(self._buffer, self._at)
            except RecursionError:
                self._from = self._gone + len(self._buffer)
                raise BrokenError(self._broken("import.too_deep", self._at)) from None
            except json.JSONDecodeError as error:
                value, end, wrong = None, len(self._buffer), error.pos
                is_cut = wrong + _LONGEST_PIECE >= end or error.msg.startswith("Unterminated string")
                if not is_cut:
                    self._from = self._gone + max(self._at + 1, wrong - _LONGEST_BEGIN)
                    # What follows mends nothing. To read on for each such value would take the square of their number.
                    raise BrokenError(self._broken("import.entry_not_json", wrong)) from None
            # A number that ends with the buffer may go on.
            if end < len(self._buffer):
                self._at = end
                self._from = self._gone + end
                return value
            # As much again each time, so that a large value is not parsed from its start too often.
            size = len(self._buffer) - self._at
            if size > MOST_LETTERS:
                self._from = self._gone + len(self._buffer)
                raise BrokenError(self._broken("import.too_long", self._at))
            broken = None if wrong is None else self._broken("import.entry_not_json", wrong)
            if not self._fill(max(_BLOCK, size)):
                self._from = self._gone + len(self._buffer)
                if broken is not None:
                    raise BrokenError(broken)
                self._at = len(self._buffer)
                return value

    def value_or_broken(self) -> Any:
        """The next value; a `Broken` in place of one that is harmed, which is passed over.

        Raises `BrokenError` where it cannot be told where it ends.
        """
        try:
            return self.value()
        except BrokenError as error:
            try:
                self._pass_over()
            except BrokenError as end:
                # Where it began to go wrong is told, not where that was seen.
                raise BrokenError(replace(error.broken, code=end.broken.code)) from None
            return error.broken

    def find_entry(self) -> bool:
        """Go to the next entry of a bundle that is not read yet, wherever it stands; False where there is none."""
        start = max(self._from - self._gone, self._at - _LONGEST_BEGIN, 0)
        while (found := _ENTRY.search(self._buffer, start)) is None:
            self._at = len(self._buffer)
            if not self._fill():
                return False
            start = max(self._from - self._gone, 0)
        self._at = found.start()
        return True

    def pass_closing(self) -> str:
        """Go past brackets that close, and commas; give the letter that comes then, empty at the end."""
        while (letter := self.peek()) and letter in "]},":
            self._at += 1
        return letter

    def here(self) -> Broken:
        """Where it stands."""
        return self._broken("import.not_json", self._at)

    def _pass_over(self) -> None:
        """Go past a value by its brackets alone. Where an entry of a bundle begins within it, one of them is missing.

        Text that is not closed turns inside and outside about, so what stands between is looked at, too: behind a
        text or a word there is a comma, a colon or a closing bracket, or nothing is taken for sure any more.
        """
        closing = bytearray()
        while True:
            letter = self.peek()
            follow = ":,]}"
            if letter == '"':
                self._at += 1
                self._pass_text()
            elif letter in _CLOSING:
                if closing and self._begins_entry():
                    raise self._error()
                self._at += 1
                closing += _CLOSING[letter].encode()
                follow = ""
                if len(closing) > MOST_NESTED:
                    raise self._error()
            elif letter and letter in "]}":
                if not closing or closing.pop() != ord(letter):
                    raise self._error()
                self._at += 1
            elif letter and letter in ",:" and closing:
                self._at += 1
                follow = ""
            else:
                self._pass_word()
            if not closing:
                return
            if not (behind := self.peek()):
                raise self._error()
            if follow and behind not in follow:
                raise self._error()

    def _begins_entry(self) -> bool:
        if len(self._buffer) - self._at < _LONGEST_BEGIN:
            self._fill()
        return self._gone + self._at >= self._from and _ENTRY.match(self._buffer, self._at) is not None

    def _pass_text(self) -> None:
        while True:
            found = _ENDS_TEXT.search(self._buffer, self._at)
            self._at = len(self._buffer) if found is None else found.end()
            if found is not None and found[0] == '"':
                return
            if self._at == len(self._buffer) and not self._fill():
                raise self._error()
            if found is not None:
                self._at += 1

    def _pass_word(self) -> None:
        is_any = False
        while (found := _WORD.match(self._buffer, self._at)) is not None:
            is_any = True
            self._at = found.end()
            if self._at < len(self._buffer) or not self._fill():
                return
        if not is_any:
            raise self._error()

    def _error(self) -> BrokenError:
        """What is wrong where it stands: something else than was to come, or the end."""
        code = "import.not_json" if self.peek() else "import.cut_off"
        return BrokenError(self._broken(code, self._at))

    def _broken(self, code: str, at: int) -> Broken:
        line, before = self._place(at)
        return Broken(code, line, before + 1)

    def _place(self, at: int) -> tuple[int, int]:
        """The line of a letter of the buffer, and how many letters of that line are before it."""
        ends = self._buffer.count("\n", 0, at)
        return self._line + ends, at - self._buffer.rindex("\n", 0, at) - 1 if ends else self._before + at

    def _fill(self, letters: int = _BLOCK) -> bool:
        more = self._text.read(letters)
        self._let_go(more)
        return bool(more)

    def _let_go(self, more: str = "") -> None:
        """Keep no more than what is still to be read, and the letters before it in which an entry may begin."""
        start = max(self._at - _LONGEST_BEGIN, 0)
        self._line, self._before = self._place(start)
        self._buffer = self._buffer[start:] + more
        self._at -= start
        self._gone += start


def resources(scanner: Scanner) -> Iterator[Any]:
    """Every resource of a text, one by one: of documents after one another, of arrays, of bundles and bundles in them.

    A `Broken` stands in place of what is harmed, the last one `is_end` where reading ended there.
    """
    try:
        while letter := scanner.peek():
            yield from _items(scanner) if letter == "[" else _document(scanner)
        return
    except BrokenError as error:
        broken = error.broken
    # What contains what is not known any more: from here on each object that is found is taken by itself.
    while scanner.find_entry():
        here = scanner.here()
        yield replace(broken, code="import.gap", until=(here.line, here.letter))
        try:
            while scanner.pass_closing() == "{":
                yield from _unfolded(scanner.value_or_broken())
            if not scanner.peek():
                return
            broken = scanner.here()
        except BrokenError as error:
            broken = error.broken
    yield replace(broken, is_end=True)


def _document(scanner: Scanner) -> Iterator[Any]:
    scanner.take("{")
    kept: dict[str, Any] = {}
    has_entries = is_later = False
    broken: Broken | None = None
    while scanner.peek() != "}":
        if is_later:
            scanner.take(",")
        is_later = True
        name = scanner.value_or_broken()
        if isinstance(name, Broken):
            raise BrokenError(replace(name, code="import.not_json"))
        scanner.take(":")
        if name == "entry" and scanner.peek() == "[":
            has_entries = True
            yield from _items(scanner)
            continue
        value = scanner.value_or_broken()
        if isinstance(value, Broken):
            broken = broken or value
        kept[str(name)] = value
    scanner.take("}")
    # What is harmed beside its entries costs a bundle no patient.
    if has_entries:
        return
    if broken is not None:
        yield broken
    else:
        yield from _unfolded(kept)


def _items(scanner: Scanner) -> Iterator[Any]:
    """What an array holds. A comma too many or too few between two items leaves no doubt about them."""
    scanner.take("[")
    while not scanner.has("]"):
        yield from _unfolded(scanner.value_or_broken())
        if not scanner.has(",") and scanner.peek() not in "{]":
            scanner.take(",")


def _unfolded(value: Any) -> Iterator[Any]:
    """The resources of a value: those of a bundle's entries, also where a bundle is one of them."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left.extend(reversed(one))
        elif isinstance(one, dict) and one.get("resourceType") == "Bundle":
            entries = one.get("entry")
            left.extend(reversed(entries) if isinstance(entries, list) else ())
        elif isinstance(one, dict) and "resourceType" not in one and isinstance(one.get("resource"), dict):
            left.append(one["resource"])
        else:
            yield one
