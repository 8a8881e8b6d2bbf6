"""What each mark on a page is, for those who hear a document or reflow it: a heading, a paragraph, a cell, a figure.

While a document is drawn, `Tags` puts the operators of marked content round what is drawn and keeps the tree of
elements that they belong to; at the end the tree is written into the file (ISO 32000-1, 14.7 and 14.8). Elements stand
in the order in which they are drawn, which is the order of reading. Whatever belongs to none of them (lines, grounds,
the foot of each page, headings that are repeated over a broken table) is marked as an artifact, so that nothing on a
page is left unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["Document", "H1", "H2", "H3", "P", "Table", "TR", "TH", "TD", "Figure"]
Scope: TypeAlias = Literal["Column", "Row"]
RunningPlace: TypeAlias = Literal["Header", "Footer"]
Box: TypeAlias = tuple[float, float, float, float]

_ARTIFACT = "/Artifact BMC"
_END = "EMC"


class Element:
    """A part of a document. `alt` says in words what a figure shows, `actual` what is read in place of what is drawn.

    `scope` tells what a heading cell heads, `span` over how many columns and rows a cell goes; `box` is where a figure
    stands on its page: left, bottom, right and top in points.
    """

    __slots__ = ("actual", "alt", "box", "kids", "kind", "parent", "scope", "span")

    def __init__(self, kind: Kind, *, alt: str = "", actual: str = "", scope: Scope | None = None) -> None:
        self.kind = kind
        self.alt = alt
        self.actual = actual
        self.scope = scope
        self.span = (1, 1)
        self.box: Box | None = None
        self.parent: Element | None = None
        # Elements, and what is marked on pages as (place of the page, number of the mark).
        self.kids: list[Element | tuple[int, int]] = []

    def add(self, kid: Element) -> Element:
        """Make `kid` the last part of this, and give it back."""
        kid.parent = self
        self.kids.append(kid)
        return kid


class Tags:
    """The elements of one document, and what is marked on each of its pages."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self._root = Element("Document")
        self._within = [self._root]
        self._is_open = False
        self._pages: list[list[Element]] = [[]]

    def open(self, element: Element) -> bool:
        """Begin to draw `element`; whether that is for the caller to `close`.

        It is not where another element is being drawn, of which this is a part then. An element that was drawn before,
        on an earlier page, goes on.
        """
        if self._is_open:
            return False
        if element.parent is None:
            self._within[-1].add(element)
        page = self._pages[-1]
        element.kids.append((len(self._pages) - 1, len(page)))
        self._begin(f"/{element.kind} <</MCID {len(page)}>> BDC")
        page.append(element)
        return True

    def open_running(self, place: RunningPlace) -> None:
        """Begin to draw what runs over all pages at that place, until `close`; it is told to nobody."""
        self._begin(f"/Artifact <</Type /Pagination /Subtype /{place}>> BDC")

    def close(self) -> None:
        """End what `open` or `open_running` began."""
        self._canvas._code += (_END, _ARTIFACT)
        self._is_open = False

    def mute(self) -> None:
        """Let nothing be told of what is drawn until `unmute`: it was told before."""
        self._is_open = True

    def unmute(self) -> None:
        """End what `mute` began."""
        self._is_open = False

    def enter(self, element: Element) -> None:
        """Let what is opened from here on be parts of `element`, until `leave`."""
        if element.parent is None:
            self._within[-1].add(element)
        self._within.append(element)

    def leave(self) -> None:
        """Go back to where `enter` was called."""
        self._within.pop()

    def end_page(self) -> int:
        """Make the operators of the page whole, and give its place among the pages."""
        self._canvas._code.insert(0, _ARTIFACT)
        self._canvas._code.append(_END)
        self._pages.append([])
        return len(self._pages) - 2

    def write(self, document: Any) -> None:
        """Write the tree into ReportLab's `document`, all of whose pages are there."""
        elements = list(_with_all_below(self._root))
        first = document.objectcounter + 1
        numbers = {id(element): first + place for place, element in enumerate(elements)}
        root = first + len(elements)
        count = len(self._pages) - 1
        pages = [document.idToObjectNumberAndVersion[f"Page{place + 1}"][0] for place in range(count)]
        for element in elements:
            above = numbers[id(element.parent)] if element.parent is not None else root
            document.Reference(_written(element, numbers, pages, above), f"tag-{numbers[id(element)]}")
        parents = "\n".join(
            f"{place} [{' '.join(f'{numbers[id(element)]} 0 R' for element in page)}]"
            for place, page in enumerate(self._pages[:-1])
        )
        tree = (
            f"<</Type /StructTreeRoot /K {first} 0 R /ParentTreeNextKey {count} "
            f"/ParentTree <</Nums [{parents}]>>>>"
        )
        document.Catalog.StructTreeRoot = document.Reference(tree.encode("ascii"), "tags")
        document.Catalog.MarkInfo = "<</Marked true>>"

    def _begin(self, mark: str) -> None:
        code = self._canvas._code
        # Nothing was drawn since the last element where the beginning of an artifact is the last word.
        if code and code[-1] is _ARTIFACT:
            code.pop()
        else:
            code.append(_END)
        code.append(mark)
        self._is_open = True


@contextmanager
def marked(canvas: Any, element: Element) -> Iterator[None]:
    """Draw `element` within; on a canvas without tags nothing is marked."""
    tags = tags_of(canvas)
    if tags is None or not tags.open(element):
        yield
        return
    yield
    tags.close()


@contextmanager
def running(canvas: Any, place: RunningPlace) -> Iterator[None]:
    """Draw within what runs over all pages at that place, and is told to nobody."""
    tags = tags_of(canvas)
    if tags is not None:
        tags.open_running(place)
    yield
    if tags is not None:
        tags.close()


def tags_of(canvas: Any) -> Tags | None:
    """The tags of the document that is drawn on `canvas`; None where it is no document of ours."""
    found: Tags | None = getattr(canvas, "tags", None)
    return found


def _with_all_below(element: Element) -> Iterator[Element]:
    yield element
    for kid in element.kids:
        if isinstance(kid, Element):
            yield from _with_all_below(kid)


def _written(element: Element, numbers: Mapping[int, int], pages: Sequence[int], above: int) -> bytes:
    """The dictionary of `element`; `numbers` are those of the elements' objects, `pages` those of the pages'."""
    said = [f"<</S /{element.kind} /P {above} 0 R"]
    marks = [kid for kid in element.kids if not isinstance(kid, Element)]
    if marks:
        said.append(f"/Pg {pages[marks[0][0]]} 0 R")

    def kid_words(kid: Element | tuple[int, int]) -> str:
        if isinstance(kid, Element):
            return f"{numbers[id(kid)]} 0 R"
        page, mark = kid
        return str(mark) if page == marks[0][0] else f"<</Type /MCR /Pg {pages[page]} 0 R /MCID {mark}>>"

    if len(element.kids) == 1:
        said.append(f"/K {kid_words(element.kids[0])}")
    elif element.kids:
        said.append(f"/K [{' '.join(map(kid_words, element.kids))}]")
    if element.alt:
        said.append(f"/Alt {_string(element.alt)}")
    if element.actual:
        said.append(f"/ActualText {_string(element.actual)}")
    columns, rows = element.span
    of_table = [f"/Scope /{element.scope}"] if element.scope is not None else []
    of_table += [f"/ColSpan {columns}"] if columns > 1 else []
    of_table += [f"/RowSpan {rows}"] if rows > 1 else []
    if of_table:
        said.append(f"/A <</O /Table {' '.join(of_table)}>>")
    if element.box is not None:
        edges = " ".join(f"{edge:.2f}" for edge in element.box)
        said.append(f"/A <</O /Layout /Placement /Block /BBox [{edges}]>>")
    return (" ".join(said) + ">>").encode("ascii")


def _string(words: str) -> str:
    return f"<FEFF{words.encode('utf-16-be').hex()}>"
