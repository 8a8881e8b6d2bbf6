"""The discharge summary: the conclusion first, what was reached and what follows, then charts and what was done."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import CondPageBreak, Flowable

from ptnotes.domain.documents import KIND_TITLES, DocumentKind
from ptnotes.domain.wording import full_date, how_many, verdict_phrase
from ptnotes.reports.blocks import (
    CELL_BOLD,
    CELL_RIGHT,
    CELL_RIGHT_BOLD,
    Box,
    Column,
    Columns,
    space,
    table,
)
from ptnotes.reports.discharge_data import DischargeData, DischargeMeasure
from ptnotes.reports.document import text_width_pt
from ptnotes.reports.examination_section import answers_section
from ptnotes.reports.last_page import make_filled_pdf
from ptnotes.reports.letterhead import letterhead, period, section, signature_line, who_and_what
from ptnotes.reports.paper import GAP_PT
from ptnotes.reports.progress import how_judged
from ptnotes.reports.progress_data import Reading
from ptnotes.reports.progress_page import chart_stack, strip_pt, treatment_table
from ptnotes.reports.signed_section import added_section, against_section, imprint, signatures_section
from ptnotes.reports.typeset import BODY, LEAD, QUIET, Span, Words, bold, paragraph, quiet

_TITLE = KIND_TITLES[DocumentKind.DISCHARGE_SUMMARY]
_NO_LIMIT = 1_000_000
_CHARTS_A_ROW = 2
_CHART_PT = 108.0
_SIGNATURE_PT = 60.0
_SMALL_PT = 7.5


def render_discharge_summary(data: DischargeData) -> bytes:
    """The summary as a PDF; the same data give the same bytes.

    Raises `MissingGlyphError` for a character that no font has, `InputError` for a logo that is no picture.
    """
    return make_filled_pdf(lambda: list(_story(data)), imprint(data, _TITLE))


def _story(data: DischargeData) -> Iterator[Flowable]:
    width = text_width_pt(data.paper)
    end = data.discharged_on or data.whole.last_on
    yield from letterhead(data.clinic, _TITLE, period(data.whole.care_began, end), width)
    yield space(10)
    yield _who(data, width)
    yield from _conclusion(data)
    yield from _measures(data, width)
    yield from _goals(data, width)
    yield from _at_home(data)
    yield from _follow_up(data)
    yield CondPageBreak(_SIGNATURE_PT)
    yield space(14)
    yield signature_line(data)
    yield from _charts(data, width)
    if data.whole.treatments or data.whole.other_services:
        yield from section("Treatment over the episode")
        yield from treatment_table(data.whole, _NO_LIMIT, width)
    yield from answers_section(data.whole.answers, width)
    yield from how_judged(data.whole)
    yield from against_section(data.whole.against, width)
    yield from added_section(data.signatures, width)
    yield from signatures_section(data.signatures, width)


def _who(data: DischargeData, width: float) -> Flowable:
    whole = data.whole
    left: list[tuple[str, Words]] = [
        ("" if place else "Diagnosis", diagnosis) for place, diagnosis in enumerate(whole.diagnoses)
    ]
    right: list[tuple[str, Words]] = []
    if whole.referrer:
        details = f", {whole.referrer_details}" if whole.referrer_details else ""
        right.append(("To", [bold(whole.referrer), Span(details)]))
    right.append(("Start of care", full_date(whole.care_began)))
    if data.discharged_on is None:
        right.append(("Discharge", [Span("not discharged yet", None, "danger")]))
    else:
        right.append(("Discharge", [bold(full_date(data.discharged_on))]))
        right.append(("Reason", data.reason or "not entered"))
    missed = f", {whole.visits_missed} not kept" if whole.visits_missed else ""
    right.append(
        ("Visits", f"{whole.visits_attended} attended{missed}, the last on {full_date(whole.last_on)}")
    )
    if data.last_report_on is not None:
        since = f"{how_many(data.visits_since, 'visit')} since" if data.visits_since else "no visit since"
        right.append(("Last report", f"to {full_date(data.last_report_on)}, {since}"))
    return who_and_what(data.patient, data.age_years, left, right, width)


def _conclusion(data: DischargeData) -> Iterator[Flowable]:
    conclusion = data.whole.conclusion
    words = [bold(f"{conclusion.headline.rstrip('.')}. "), Span(conclusion.detail)]
    yield Box(paragraph([span for span in words if span.text], LEAD))


def _measures(data: DischargeData, width: float) -> Iterator[Flowable]:
    yield from section("Measures, first and last")
    if not data.measures:
        yield space(3)
        yield paragraph("Nothing was measured in this episode.", QUIET)
        return
    has_report = any(one.reported is not None for one in data.measures)
    has_goal = any(one.row.goal for one in data.measures)
    columns = [Column("Measure", 132), Column("First", 60, CELL_RIGHT)]
    columns += [Column("Last report", 60, CELL_RIGHT)] if has_report else []
    columns.append(Column("Last", 60, CELL_RIGHT_BOLD))
    columns += [Column("Goal", 40, CELL_RIGHT)] if has_goal else []
    columns.append(Column("First to last", 112))
    columns += [Column("Since the last report", 104)] if has_report else []
    rows = [_measure(one, has_report=has_report, has_goal=has_goal) for one in data.measures]
    yield table(columns, rows, width)


def _measure(one: DischargeMeasure, *, has_report: bool, has_goal: bool) -> list[Words]:
    row = one.row
    label: Words = [Span(row.label), quiet(f"\n{row.how}", _SMALL_PT)] if row.how else row.label
    cells: list[Words] = [label, _dated(row.first)]
    cells += [_dated(one.reported)] if has_report else []
    cells.append(_dated(row.now))
    cells += [row.goal] if has_goal else []
    told = verdict_phrase(row.verdict, row.unit) if row.verdict is not None else "measured once"
    cells.append(told if row.now is not None else "")
    if has_report:
        cells.append(verdict_phrase(one.since, row.unit) if one.since is not None else "–")
    return cells


def _dated(reading: Reading | None) -> Words:
    if reading is None:
        return ""
    return [Span(f"{reading.text}\n"), quiet(full_date(reading.on).replace(" ", "\u00a0"), _SMALL_PT)]


def _goals(data: DischargeData, width: float) -> Iterator[Flowable]:
    yield from section("Goals")
    if not data.goals:
        yield space(3)
        yield paragraph("No measurable goal was set.", QUIET)
        return
    columns = [
        Column("Goal", 2.4),
        Column("Outcome", 1.5, CELL_BOLD),
        Column("Measured", 1.8),
        Column("Why", 1.8),
    ]
    yield table(columns, [[goal.words, goal.outcome, goal.measured, goal.why] for goal in data.goals], width)


def _at_home(data: DischargeData) -> Iterator[Flowable]:
    yield from section("Home programme and education")
    yield space(3)
    if not data.home:
        yield paragraph("No exercise for at home is charted.", QUIET)
    elif data.home_on is not None:
        yield paragraph([quiet(f"As at the visit of {full_date(data.home_on)}:")], BODY)
        for line in data.home:
            yield paragraph(f"•  {line}", BODY)
    yield space(3)
    if data.education:
        yield paragraph([quiet("Taught: "), Span("; ".join(data.education) + ".")], BODY)
    else:
        yield paragraph("No service of teaching is charted.", QUIET)


def _follow_up(data: DischargeData) -> Iterator[Flowable]:
    yield from section("Follow-up")
    yield space(3)
    if data.follow_up is None:
        yield paragraph("Not written: the note of the visit of discharge has no plan.", QUIET)
    else:
        yield paragraph(data.follow_up.text, BODY)
    if data.communication is not None:
        yield space(3)
        yield paragraph([bold("Communication: "), Span(data.communication.text)], BODY)


def _charts(data: DischargeData, width: float) -> Iterator[Flowable]:
    """Every trend of the episode, as the screen draws it, in rows of two on one axis of time."""
    charts = data.whole.charts
    if not charts:
        return
    room = (width - GAP_PT * (_CHARTS_A_ROW - 1)) / _CHARTS_A_ROW
    yield from section("Over the episode", _CHART_PT + strip_pt(data.whole.strip, room) + 60)
    for start in range(0, len(charts), _CHARTS_A_ROW):
        row = charts[start : start + _CHARTS_A_ROW]
        stacks: list[list[Flowable]] = [
            chart_stack(chart, charts, (room, _CHART_PT), data.whole.strip, has_strip=start == 0)
            for chart in row
        ]
        stacks += [[] for _ in range(_CHARTS_A_ROW - len(row))]
        yield space(5)
        yield Columns(stacks, [1] * _CHARTS_A_ROW)
