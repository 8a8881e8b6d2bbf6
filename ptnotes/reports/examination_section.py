"""The examination on paper, and what was answered item by item: each as it was first and as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from reportlab.platypus import CondPageBreak, Flowable

from ptnotes.domain.examination import Examined
from ptnotes.domain.outcomes import AnsweredItem
from ptnotes.domain.wording import full_date
from ptnotes.reports.blocks import CELL_BOLD, CELL_QUIET, Column, Section, space, table
from ptnotes.reports.typeset import QUIET_SMALL, Span, Words, paragraph, quiet

_KEY = (
    "Strength and reflexes are grades, which are labels and no measure. What is not listed was not examined."
)


def examination_section(examined: Sequence[Examined], width: float) -> Iterator[Flowable]:
    """The section, `width` points wide; nothing where nothing was examined."""
    if not examined:
        return
    yield CondPageBreak(90)
    yield Section("Examination")
    compared = any(row.first is not None for row in examined)
    columns = [Column("", 1.5, CELL_QUIET), Column("Finding", 2.3)]
    columns += [Column("First", 2.3)] if compared else []
    columns.append(Column("Latest" if compared else "Found", 2.6, CELL_BOLD))
    rows: list[list[Words]] = []
    heading = ""
    for row in examined:
        cells: list[Words] = [row.heading if row.heading != heading else "", row.label]
        heading = row.heading
        cells += [_dated(row.first)] if compared else []
        cells.append(_dated(row.now))
        rows.append(cells)
    yield table(columns, rows, width)
    yield space(4)
    yield paragraph(_KEY, QUIET_SMALL)


def answers_section(answered: Sequence[AnsweredItem], width: float) -> Iterator[Flowable]:
    """The items of questionnaires, `width` points wide; nothing where none was answered item by item."""
    if not answered:
        return
    yield CondPageBreak(72)
    yield Section("Answers item by item")
    compared = any(row.first is not None for row in answered)
    columns = [Column("Measure", 1, CELL_QUIET), Column("Item", 2.8)]
    columns += [Column("First", 2)] if compared else []
    columns.append(Column("Latest", 2, CELL_BOLD))
    rows: list[list[Words]] = []
    measure = ""
    for row in answered:
        cells: list[Words] = [row.measure if row.measure != measure else "", row.words]
        measure = row.measure
        cells += [_dated(row.first)] if compared else []
        cells.append(_dated(row.now))
        rows.append(cells)
    yield table(columns, rows, width)


def _dated(found: tuple[date, str] | None) -> Words:
    """What was found, with its day behind it."""
    if found is None:
        return ""
    return [Span(f"{found[1]} "), quiet("· " + full_date(found[0]).replace(" ", "\u00a0"), 7.5)]
