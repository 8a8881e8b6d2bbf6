"""What stands behind a document: how its notes are signed, what was added to them, what was done against the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable

from ptnotes.domain.wording import full_date
from ptnotes.reports.blocks import CELL_QUIET, CELL_RIGHT, Column, space, table
from ptnotes.reports.document import Imprint
from ptnotes.reports.document_data import AgainstLine, DocumentData, Signatures
from ptnotes.reports.letterhead import section
from ptnotes.reports.typeset import QUIET, QUIET_SMALL, Span, Words, paragraph, quiet


def imprint(data: DocumentData, title: str) -> Imprint:
    """What every page of the document `title` says at its foot, and what the file says of itself."""
    return Imprint(
        title=title,
        author=data.author.signature,
        patient_name=data.patient.name,
        mrn=data.patient.mrn,
        foot=f"{title} of {full_date(data.written_at.date())} · Confidential health information",
        language=data.clinic.locale.replace("_", "-"),
        written_at=data.written_at,
        paper=data.paper,
        draft=" ".join(data.signatures.open),
        keywords=data.signatures.mark.text if data.signatures.mark is not None else "",
    )


def against_section(against: Sequence[AgainstLine], width: float) -> Iterator[Flowable]:
    """What was done in spite of the screen, and why."""
    if not against:
        return
    yield from section("Done against a contraindication")
    columns = [
        Column("Visit", 1),
        Column("Done", 1.6),
        Column("Against", 2.2),
        Column("Reason", 2.6),
        Column("Who", 1.4),
    ]
    rows: list[list[Words]] = [
        [full_date(line.on), line.done, line.stops, line.reason, line.who] for line in against
    ]
    yield table(columns, rows, width)


def added_section(told: Signatures, width: float) -> Iterator[Flowable]:
    """The addenda of the notes, each with who wrote it and when; nothing where there are none."""
    if not told.added:
        return
    yield from section("Added to signed notes")
    columns = [Column("Visit", 1), Column("What", 1.2, CELL_QUIET), Column("Words", 4.2), Column("Who", 2)]
    rows: list[list[Words]] = [
        [full_date(line.on), line.kind, line.words, [Span(f"{line.who}\n"), quiet(line.at, 7.5)]]
        for line in told.added
    ]
    yield table(columns, rows, width)


def signatures_section(told: Signatures, width: float) -> Iterator[Flowable]:
    """Who signed which note and when, what is not signed, and how far the audit had come."""
    if not told.signed and not told.open:
        return
    # A few lines without a table need no page of their own where they find room.
    lines = len(told.open) + (told.mark is not None)
    yield from section("Signatures of the visits’ notes", *([] if told.signed else [26.0 + 16.0 * lines]))
    # They stand over the table: under it they would now and then be all that the last page holds.
    for line in told.open:
        yield space(4)
        yield paragraph(line, QUIET)
    if told.mark is not None:
        yield space(4)
        words = f"Audit of the clinic’s records: {told.mark.count:,} events, the last {told.mark.head.hex()}."
        yield paragraph(words, QUIET_SMALL)
    if told.signed:
        columns = [
            Column("Visit", 0.45, CELL_RIGHT),
            Column("Date", 1.1),
            Column("Signed electronically by", 3.6),
            Column("On", 2, CELL_QUIET),
            Column("Record", 1.2, CELL_QUIET),
        ]
        rows: list[list[Words]] = [
            [
                str(line.number) if line.number is not None else "–",
                full_date(line.on),
                line.who,
                line.at,
                line.record,
            ]
            for line in told.signed
        ]
        yield table(columns, rows, width)
