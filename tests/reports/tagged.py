"""Reading a tagged PDF as someone who hears it does: the tree of its elements, and the text that each of them marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO

import pikepdf

_SHOWS = {"Tj", "TJ", "'", '"'}
_PAINTS = _SHOWS | {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh", "EI", "BI", "INLINE IMAGE"}


@dataclass
class Told:
    """An element of the tree: its kind, what it says itself and what stands in it, in the order of reading."""

    kind: str
    words: str = ""
    alt: str = ""
    actual: str = ""
    scope: str = ""
    span: tuple[int, int] = (1, 1)
    pages: tuple[int, ...] = ()
    kids: list[Told] = field(default_factory=list)

    def all(self, *kinds: str) -> list[Told]:
        """Every element of these kinds in this one, in order; of any kind where none is named."""
        found = [self] if not kinds or self.kind in kinds else []
        return found + [below for kid in self.kids for below in kid.all(*kinds)]

    @property
    def text(self) -> str:
        """All that is said in it; a figure's is what stands for it."""
        said = self.alt or self.actual or self.words
        return " ".join(part for part in (said, *(kid.text for kid in self.kids)) if part)


@cache
def tree_of(pdf: bytes) -> Told:
    """The document element. Asserts that tree, parent tree and marks on the pages agree with each other."""
    with pikepdf.open(BytesIO(pdf)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        numbers = {page.obj.objgen: place for place, page in enumerate(document.pages)}
        fonts: dict[tuple[int, int], dict[int, str]] = {}
        marks = [_marked_text(page, fonts) for page in document.pages]
        root = document.Root.StructTreeRoot
        parents = _parents(root)
        for place, page in enumerate(document.pages):
            assert int(page.StructParents) == place
            assert str(page.Tabs) == "/S"
        used: set[tuple[int, int]] = set()
        told = _told(root.K, root, numbers, marks, parents, used)
        assert used == {(place, mark) for place, page in enumerate(marks) for mark in page}
        return told


def paint_outside_marks(pdf: bytes) -> list[str]:
    """The operators that show something on a page and stand neither in an element nor in an artifact."""
    outside = []
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            depth = 0
            for instruction in pikepdf.parse_content_stream(page):
                operator = str(instruction.operator)
                depth += (operator in {"BMC", "BDC"}) - (operator == "EMC")
                assert depth in {0, 1}, "marks stand in one another"
                if operator in _PAINTS and not depth:
                    outside.append(operator)
            assert depth == 0
    return outside


def _parents(root: pikepdf.Object) -> dict[int, list[tuple[int, int]]]:
    listed = list(root.ParentTree.Nums)
    return {
        int(key): [element.objgen for element in elements]
        for key, elements in zip(listed[::2], listed[1::2], strict=True)
    }


def _told(
    element: pikepdf.Object,
    above: pikepdf.Object,
    numbers: dict[tuple[int, int], int],
    marks: list[dict[int, tuple[str, str]]],
    parents: dict[int, list[tuple[int, int]]],
    used: set[tuple[int, int]],
) -> Told:
    assert element.P.objgen == above.objgen
    told = Told(
        kind=str(element.S)[1:],
        alt=str(element.get("/Alt", "")),
        actual=str(element.get("/ActualText", "")),
        scope=str(element.A.get("/Scope", ""))[1:] if "/A" in element else "",
        span=(int(element.A.get("/ColSpan", 1)), int(element.A.get("/RowSpan", 1)))
        if "/A" in element
        else (1, 1),
    )
    kids = element.get("/K", pikepdf.Array())
    words, pages = [], []
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/MCR":
            told.kids.append(_told(kid, element, numbers, marks, parents, used))
            continue
        page = numbers[(kid.Pg if isinstance(kid, pikepdf.Dictionary) else element.Pg).objgen]
        mark = int(kid.MCID if isinstance(kid, pikepdf.Dictionary) else kid)
        assert parents[page][mark] == element.objgen
        name, text = marks[page][mark]
        assert name == told.kind
        assert (page, mark) not in used
        used.add((page, mark))
        words.append(text)
        pages.append(page)
    told.words, told.pages = " ".join(words), tuple(pages)
    return told


def _marked_text(
    page: pikepdf.Page, known: dict[tuple[int, int], dict[int, str]]
) -> dict[int, tuple[str, str]]:
    """The name and the text of each mark on a page, by its number: nothing parts its lines but what is written.

    `known` are fonts already read.
    """
    fonts = {}
    for name, each in page.Resources.Font.items():
        if each.objgen not in known:
            known[each.objgen] = _letters(each)
        fonts[name] = known[each.objgen]
    found: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    mark: int | None = None
    font: dict[int, str] = {}
    wide = 1
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "BDC" and "/MCID" in operands[1]:
            mark = int(operands[1].MCID)
            assert mark not in found, "a number marks two things"
            found[mark] = []
            names[mark] = str(operands[0])[1:]
        elif operator == "EMC":
            mark = None
        elif operator == "BT" and mark is not None and names[mark] == "Figure":
            # The labels of a figure are words apart; what is heard of it is what stands for it.
            found[mark].append(" ")
        elif operator == "Tf":
            wide = 2 if page.Resources.Font[str(operands[0])].Subtype == "/Type0" else 1
            font = fonts[str(operands[0])]
        elif mark is not None and operator in _SHOWS:
            found[mark].append("".join(_read(operands[-1], font, wide)))
    return {mark: (names[mark], " ".join("".join(pieces).split())) for mark, pieces in found.items()}


def _read(shown: pikepdf.Object, font: dict[int, str], wide: int) -> Iterator[str]:
    for piece in shown if isinstance(shown, pikepdf.Array) else [shown]:
        if isinstance(piece, pikepdf.String):
            codes = bytes(piece)
            for at in range(0, len(codes), wide):
                yield font[int.from_bytes(codes[at : at + wide], "big")]


_RANGE = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)


def _letters(font: pikepdf.Object) -> dict[int, str]:
    """Which letters each code of a font stands for, as its table for copying says."""
    letters: dict[int, str] = {}
    for kind, body in _RANGE.findall(font.ToUnicode.read_bytes()):
        hexes = [bytes.fromhex(part.decode()) for part in re.findall(rb"<([0-9A-Fa-f]*)>", body)]
        if kind == b"char":
            pairs = zip(hexes[::2], hexes[1::2], strict=True)
            letters |= {int.from_bytes(code, "big"): to.decode("utf-16-be") for code, to in pairs}
            continue
        ranges = re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(\[[^\]]*\]|<[0-9A-Fa-f]+>)", body)
        for first, last, to in ranges:
            start, end = int(first, 16), int(last, 16)
            values = [bytes.fromhex(part.decode()) for part in re.findall(rb"<([0-9A-Fa-f]+)>", to)]
            for code in range(start, end + 1):
                if to.startswith(b"["):
                    letters[code] = values[code - start].decode("utf-16-be")
                else:
                    letters[code] = chr(int.from_bytes(values[0], "big") + code - start)
    return letters
