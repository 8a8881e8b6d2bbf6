"""How a progress report begins: the letterhead, who and what, and the conclusion with what is asked of the physician.

Whatever is long there is cut short, so that the conclusion begins in the upper half of the first page, and stands
in full on the pages after it.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable

from ptnotes.domain.conclusion import Request
from ptnotes.domain.wording import full_date, how_many
from ptnotes.reports.blocks import CELL_QUIET, Box, Column, space, stack_height, table
from ptnotes.reports.document import text_width_pt
from ptnotes.reports.letterhead import letterhead, period, section, who_and_what
from ptnotes.reports.paper import MARGIN_TOP_PT, PAGE_SIZES_PT
from ptnotes.reports.progress_data import ProgressReportData
from ptnotes.reports.typeset import LEAD, Span, Words, bold, paragraph, quiet

_LIMITS = ((3, 160), (3, 80), (2, 50), (1, 25))
"""So many diagnoses, and letters of each and of what else stands beside them: the first that leaves room is taken."""
_ABOVE_CONCLUSION_PT = 10.0


def report_head(data: ProgressReportData, width: float) -> tuple[list[Flowable], tuple[int, int]]:
    """Everything down to the conclusion, and how many diagnoses and letters of each it took."""
    half = PAGE_SIZES_PT[data.paper][1] / 2 - MARGIN_TOP_PT
    above = _letterhead(data, width)
    head: list[Flowable] = above
    limits = _LIMITS[-1]
    for limits in _LIMITS:
        head = [*above, space(_ABOVE_CONCLUSION_PT), _who_and_what(data, limits, width)]
        if stack_height(head, width, half) + _ABOVE_CONCLUSION_PT <= half:
            break
    return [*head, Box(_conclusion(data))], limits


def head_in_full(data: ProgressReportData, limits: tuple[int, int]) -> Iterator[Flowable]:
    """What the head cut short, whole."""
    count, letters = limits
    width = text_width_pt(data.paper)
    if len(data.diagnoses) > count or any(len(words) > letters for words in data.diagnoses):
        yield from section("All diagnoses")
        yield table([Column("Diagnosis", 1)], [[words] for words in data.diagnoses], width)
    told = [("To", _referrer(data)), ("Plan of care", data.plan_of_care)]
    rows: list[list[Words]] = [[label, words] for label, words in told if len(words) > letters]
    if rows:
        yield from section("To whom, and plan of care")
        yield table([Column("", 0.2, CELL_QUIET), Column("", 1)], rows, width, headed=False)


def _letterhead(data: ProgressReportData, width: float) -> list[Flowable]:
    visits = ""
    if data.first_number is not None and data.last_number is not None:
        one = data.first_number == data.last_number
        visits = (
            f" · visit {data.last_number}" if one else f" · visits {data.first_number}–{data.last_number}"
        )
    return letterhead(data.clinic, "Progress report", period(data.first_on, data.last_on) + visits, width)


def _who_and_what(data: ProgressReportData, limits: tuple[int, int], width: float) -> Flowable:
    count, letters = limits
    shown = data.diagnoses[:count]
    left: list[tuple[str, Words]] = [
        ("" if place else "Diagnosis", _shortened(words, letters)) for place, words in enumerate(shown)
    ]
    more = len(data.diagnoses) - count
    if more > 0:
        left.append(("", [quiet(f"and {more} more on the next page")]))
    elif any(len(words) > letters for words in shown):
        left.append(("", [quiet("in full on the next page")]))
    right: list[tuple[str, Words]] = []
    if data.referrer:
        who = _shortened(data.referrer, letters)
        details = _shortened(_referrer(data), letters)[len(who) :] if who == data.referrer else ""
        right.append(("To", [bold(who), Span(details)]))
    missed = f", {data.visits_missed} not kept" if data.visits_missed else ""
    attended = f"{how_many(data.visits_attended, 'visit')} attended{missed}"
    right.append(("Start of care", f"{full_date(data.care_began)} · {attended}"))
    if data.plan_of_care:
        right.append(("Plan of care", _shortened(data.plan_of_care, letters)))
    return who_and_what(data.patient, data.age_years, left, right, width)


def _referrer(data: ProgressReportData) -> str:
    return ", ".join(part for part in (data.referrer, data.referrer_details) if part)


def _shortened(text: str, letters: int) -> str:
    """`text`, or its first words with a sign that it goes on."""
    if len(text) <= letters:
        return text
    whole_words = text[:letters].rsplit(None, 1)[0]
    return f"{whole_words.rstrip(' ,;.')} …"


def _conclusion(data: ProgressReportData) -> Flowable:
    conclusion = data.conclusion
    spans = [
        bold(f"{conclusion.headline.rstrip('.')}. "),
        Span(f"{conclusion.detail} " if conclusion.detail else ""),
    ]
    spans.append(bold("Asked\u00a0of\u00a0you: "))
    by = f" by {full_date(data.asked.by)}" if data.asked.by else ""
    match data.asked.request:
        case Request.NOTHING:
            spans.append(Span("nothing."))
        case Request.QUESTION:
            spans += [Span(data.asked.words), Span(f" Please answer{by}." if by else "")]
        case Request.SIGNATURE:
            is_late = data.asked.by is not None and data.asked.by < data.written_at.date()
            # Who signed it is not asked to sign it again: what is asked for is that it goes on.
            what = "to renew" if data.due.renews else "on"
            spans.append(Span(f"your signature {what} the plan of care{'' if is_late else by}."))
            # The day that a certification ran to is told once, by the sentence about that.
            if is_late and data.asked.by is not None and data.asked.by != data.certification_ended_on:
                spans.append(Span(f" It was due by {full_date(data.asked.by)}.", None, "danger"))
    if data.certification_ended:
        spans.append(Span(f" {data.certification_ended}", None, "danger"))
    return paragraph([span for span in spans if span.text], LEAD)
