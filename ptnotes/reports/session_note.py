"""The note of one visit: what was done and for how long, what was found before and after, and who signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportlab.platypus import CondPageBreak, Flowable

from ptnotes.domain.documents import KIND_TITLES, DocumentKind
from ptnotes.domain.wording import full_date
from ptnotes.reports.blocks import CELL_QUIET, Box, Column, Columns, Section, space, stack_height, table
from ptnotes.reports.body_section import body_section
from ptnotes.reports.document import text_height_pt, text_width_pt
from ptnotes.reports.last_page import make_filled_pdf
from ptnotes.reports.letterhead import letterhead, section, who_and_what
from ptnotes.reports.progress_page import cut
from ptnotes.reports.session_note_data import SessionNoteData
from ptnotes.reports.signed_section import added_section, against_section, imprint
from ptnotes.reports.text_block import TextBlock
from ptnotes.reports.typeset import BODY, LEAD, QUIET, QUIET_SMALL, Span, Words, bold, paragraph, quiet
from ptnotes.reports.visit_section import (
    found_section,
    measure_section,
    mobilization_section,
    told_section,
    work_sections,
)

_HEAD_LINES, _HEAD_LETTERS, _BOXED_LETTERS = 5, 160, 600
"""So many diagnoses and people stand at the head, and so many letters of a precaution; the rest stands below."""
_TITLE = KIND_TITLES[DocumentKind.SESSION_NOTE]
_BEFORE_PT, _LEAST_PT, _MOST_ENDING_PT = 10.0, 72.0, 200.0
"""What is kept free above the signature, the most that it waits for at the foot of a page, and how tall it may be for
words to go along with it."""


def render_session_note(data: SessionNoteData) -> bytes:
    """The note as a PDF; the same data give the same bytes. One that is void says so on every page.

    Raises `MissingGlyphError` for a character that no font has, `InputError` for a logo that is no picture.
    """
    foot = f"{_TITLE} of {full_date(data.on)} · Confidential health information"
    made = replace(imprint(data, _TITLE), foot=foot)
    if data.void:
        made = replace(made, draft=data.void, stamp="VOID")
    return make_filled_pdf(lambda: _story(data), made)


class _Ending(Columns):
    """The last paragraph with the signature under it, which goes to no page that has nothing of what it signs."""

    def __init__(self, words: Flowable, signature: Sequence[Flowable]) -> None:
        super().__init__([[words, *signature]], [1])
        self._words = words
        self._signature = signature

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        """The paragraph broken before its last lines, which go along; nothing where all of it goes."""
        _, height = self._words.wrap(avail_width, avail_height)
        parts = self._words.split(avail_width, min(avail_height, height - BODY.leading))
        if len(parts) < 2:
            return []
        return [parts[0], _Ending(parts[1], self._signature)]


def _story(data: SessionNoteData) -> list[Flowable]:
    width = text_width_pt(data.paper)
    story = list(_what_is_signed(data, width))
    if data.absence:
        return story
    signature = [Section("Signature"), *_signature_lines(data, width)]
    height = stack_height(signature, width, text_height_pt(data.paper))
    if height <= _MOST_ENDING_PT and isinstance(story[-1], TextBlock):
        return [*story[:-1], _Ending(story[-1], signature)]
    # It does not turn a page for want of room that it does not need.
    return [*story, CondPageBreak(min(height + _BEFORE_PT, _LEAST_PT)), *signature]


def _what_is_signed(data: SessionNoteData, width: float) -> Iterator[Flowable]:
    number = f" · visit {data.number}" if data.number is not None else ""
    yield from letterhead(data.clinic, _TITLE, f"{full_date(data.on)} · {data.kind}{number}", width)
    yield space(10)
    yield _who_and_what(data, width)
    for words in (data.void, data.absence):
        if words:
            yield _told(words)
    if data.absence:
        return
    yield from mobilization_section(data.treatment, width)
    yield from work_sections(data.treatment, width)
    if data.treatment.is_empty:
        yield from section("Treatment")
        yield space(3)
        yield paragraph("No mobilization, service or exercise is charted.", QUIET)
    yield from measure_section(data.measures, width, "Pain and motion")
    yield from _note(data)
    yield from _events(data, width)
    yield from against_section(data.against, width)
    yield from found_section(data.examination, width)
    yield from body_section(data.body, width)
    yield from _rest_of_head(data, width)
    yield from added_section(data.signatures, width)


def _told(words: str) -> Flowable:
    """What has to be seen at once, in a box; what is too long for one flows over pages."""
    told = paragraph([bold(words)], LEAD)
    return Box(told) if len(words) <= _BOXED_LETTERS else told


def _who_and_what(data: SessionNoteData, width: float) -> Flowable:
    left: list[tuple[str, Words]] = [
        ("" if place else "Diagnosis", diagnosis)
        for place, diagnosis in enumerate(data.diagnoses[:_HEAD_LINES])
    ]
    more = len(data.diagnoses) - _HEAD_LINES
    if more > 0:
        left.append(("", [quiet(f"{more} more below")]))
    right: list[tuple[str, Words]] = [
        ("Visit", f"{full_date(data.on)}{', ' + data.times if data.times else ''}")
    ]
    if data.title:
        right.append(("Episode", data.title))
    for place, one in enumerate(data.contributors[:_HEAD_LINES]):
        right.append(("" if place else "By", [Span(one.who), quiet(f" · {one.part}", 7.5)]))
    more = len(data.contributors) - _HEAD_LINES
    if more > 0:
        right.append(("", [quiet(f"{more} more below")]))
    if data.others_present:
        right.append(("Present", data.others_present))
    if data.precaution:
        right.append(("Precaution", [Span(cut(data.precaution, _HEAD_LETTERS, "below"), None, "danger")]))
    return who_and_what(data.patient, data.age_years, left, right, width)


def _rest_of_head(data: SessionNoteData, width: float) -> Iterator[Flowable]:
    """What the head of the note had no room for."""
    if len(data.diagnoses) > _HEAD_LINES:
        yield from section("All diagnoses")
        yield table([Column("Diagnosis", 1)], [[words] for words in data.diagnoses], width)
    if len(data.contributors) > _HEAD_LINES:
        yield from section("Who had part")
        rows: list[list[Words]] = [[one.who, one.part] for one in data.contributors]
        yield table([Column("Who", 1), Column("Part", 1.6, CELL_QUIET)], rows, width)
    if len(data.precaution) > _HEAD_LETTERS:
        yield from told_section("Precaution in full", [("Precaution", data.precaution)])


def _note(data: SessionNoteData) -> Iterator[Flowable]:
    note = data.note
    parts = [
        ("Subjective", note.subjective),
        ("Objective", note.objective),
        ("Assessment", note.assessment),
        ("Plan", note.plan),
        ("Communication", note.communication),
    ]
    if not data.events:
        parts.append(("Safety", _safety_words(data)))
    yield from told_section("Note", parts)


def _safety_words(data: SessionNoteData) -> str:
    """What was asked, agreed and went wrong. That nothing is recorded is told as that, and as nothing more."""
    nothing = "" if data.events else "No adverse event is recorded for this visit."
    return " ".join(words for words in (nothing, data.screening, data.consent) if words)


def _events(data: SessionNoteData, width: float) -> Iterator[Flowable]:
    if not data.events:
        return
    yield from section("Adverse events")
    columns = [Column("Happened", 1.2), Column("What", 2.6), Column("Done", 2.2)]
    columns += [Column("Follow-up", 2.2), Column("State", 1.4, CELL_QUIET)]
    rows: list[list[Words]] = [
        [full_date(line.on), line.what, line.done, line.followed, line.standing] for line in data.events
    ]
    yield table(columns, rows, width)
    words = _safety_words(data)
    if words:
        yield space(4)
        yield paragraph(words, BODY)


def _signature_lines(data: SessionNoteData, width: float) -> Iterator[Flowable]:
    """The electronic signature with its co-signatures, or that there is none yet."""
    one = data.signed_by[0] if len(data.signed_by) == 1 else None
    if one is not None and not one.words:
        yield space(3)
        yield paragraph(
            [Span(f"{one.kind} by "), bold(one.who), Span(f" on {one.at}"), *_record(one.record)], BODY
        )
    elif data.signed_by:
        columns = [
            Column("", 1.9, CELL_QUIET),
            Column("Who", 2.3),
            Column("On", 1.5),
            Column("Record", 1.4, CELL_QUIET),
            Column("Remarks", 2.1),
        ]
        rows: list[list[Words]] = [
            [one.kind, [bold(one.who)], one.at, one.record, one.words] for one in data.signed_by
        ]
        yield table(columns, rows, width)
    elif not data.signatures.open:
        yield space(4)
        yield paragraph("No signature is on record.", QUIET)
    for line in data.signatures.open:
        yield space(4)
        yield paragraph([Span(line, None, "danger")], BODY)
    if data.signatures.mark is not None:
        yield space(4)
        mark = data.signatures.mark
        words = f"Audit of the clinic’s records: {mark.count:,} events, the last {mark.head.hex()}."
        yield paragraph(words, QUIET_SMALL)


def _record(record: str) -> tuple[Span, ...]:
    return (quiet(f" · record {record}"),) if record else ()
