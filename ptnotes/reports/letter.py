"""A letter: the clinic's head, the date, who it goes to, what it is about, its text over as many pages as it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportlab.platypus import CondPageBreak, Flowable

from ptnotes.domain.documents import KIND_TITLES, DocumentKind
from ptnotes.domain.wording import full_date
from ptnotes.reports import fonts
from ptnotes.reports.blocks import space
from ptnotes.reports.document import text_width_pt
from ptnotes.reports.last_page import make_filled_pdf
from ptnotes.reports.letter_data import LetterData
from ptnotes.reports.letterhead import letterhead, signature_line
from ptnotes.reports.signed_section import imprint
from ptnotes.reports.typeset import TextStyle, paragraph

_TITLE = KIND_TITLES[DocumentKind.LETTER]
_TEXT = TextStyle(size=10.5, leading=15.0)
_SUBJECT = TextStyle(size=11.5, leading=16.0, font=fonts.SEMIBOLD, role="H1")
_SIGNATURE_PT = 46.0 + 26.0


def render_letter(data: LetterData) -> bytes:
    """The letter as a PDF; the same data give the same bytes.

    Raises `MissingGlyphError` for a character that no font has, `InputError` for a logo that is no picture.
    """
    stamped = imprint(data, _TITLE)
    draft = " ".join((*data.signatures.open, *data.undone))
    return make_filled_pdf(lambda: list(_story(data)), replace(stamped, draft=draft))


def _story(data: LetterData) -> Iterator[Flowable]:
    yield from letterhead(data.clinic, "", "", text_width_pt(data.paper))
    yield space(30)
    yield paragraph(full_date(data.written_at.date()), _TEXT)
    yield space(18)
    if data.to:
        yield paragraph(data.to, _TEXT)
        yield space(22)
    if data.subject:
        yield paragraph(data.subject, _SUBJECT)
        yield space(10)
    # Each paragraph of its own, so that it is heard as one; an empty line keeps its room.
    for words in data.text.split("\n\n"):
        lines = words.strip("\n")
        if lines.strip():
            yield paragraph(lines, _TEXT)
        yield space(_TEXT.leading * 0.6)
    yield CondPageBreak(_SIGNATURE_PT)
    yield space(26)
    yield signature_line(data)
