"""The evaluation with its plan of care: a page for the physician who certifies it, then all that it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reportlab.platypus import Flowable, PageBreak

from ptnotes.domain.wording import full_date, how_many
from ptnotes.reports.blocks import (
    CELL,
    CELL_BOLD,
    CELL_QUIET,
    CELL_RIGHT,
    CELL_RIGHT_BOLD,
    Box,
    Column,
    Columns,
    Section,
    space,
    stack_height,
    table,
)
from ptnotes.reports.body_section import body_section
from ptnotes.reports.certification_block import certification_block
from ptnotes.reports.document import text_height_pt, text_width_pt
from ptnotes.reports.evaluation_data import EvaluationData, GoalAim, Standing
from ptnotes.reports.examination_section import answers_section
from ptnotes.reports.last_page import make_filled_pdf
from ptnotes.reports.letterhead import letterhead, section, signature_line, who_and_what
from ptnotes.reports.paper import spacing
from ptnotes.reports.plan_section import plan_section
from ptnotes.reports.progress import every_measure, how_judged
from ptnotes.reports.progress_data import CarePlan
from ptnotes.reports.progress_page import cut
from ptnotes.reports.signed_section import added_section, imprint, signatures_section
from ptnotes.reports.typeset import (
    BODY,
    LEAD,
    QUIET,
    QUIET_SMALL,
    Span,
    Words,
    bold,
    paragraph,
    quiet,
)
from ptnotes.reports.visit_section import found_section, measure_section, told_section


@dataclass(frozen=True, slots=True)
class _Trim:
    """How much of each part the first page takes. Whatever is left out stands on the pages after it."""

    diagnoses: int
    goals: int
    letters: int


# From roomy to tight; the first that leaves the place to sign on the page is taken.
_TRIMS = (
    _Trim(8, 8, 1_200),
    _Trim(8, 6, 700),
    _Trim(6, 5, 420),
    _Trim(5, 4, 300),
    _Trim(4, 4, 200),
    _Trim(3, 3, 120),
    _Trim(2, 2, 120),
    _Trim(1, 1, 80),
)
_SHORT = 0.45
"""A first page that takes less than this share of its height is gone on with."""
_ALL = _Trim(1_000, 1_000, 1_000_000)


def render_evaluation(data: EvaluationData) -> bytes:
    """The evaluation as a PDF; the same data give the same bytes.

    Raises `MissingGlyphError` for a character that no font has, `InputError` for a logo that is no picture.
    """
    foot = f"{data.title} of {full_date(data.on)} · Confidential health information"
    return make_filled_pdf(lambda: _story(data), replace(imprint(data, data.title), foot=foot))


def _story(data: EvaluationData) -> list[Flowable]:
    with spacing(is_tight=False):
        story, trim = _first_page(data)
    height = text_height_pt(data.paper)
    is_short = stack_height(story, text_width_pt(data.paper), height) < height * _SHORT
    # What a therapist asks to be signed stands on a page of its own, unless there is next to nothing on it.
    return [*story, *([] if is_short else [PageBreak()]), *_later_pages(data, trim)]


def _first_page(data: EvaluationData) -> tuple[list[Flowable], _Trim]:
    """What the physician reads and signs, and how much of each part it took to let that fit on a page."""
    width, height = text_width_pt(data.paper), text_height_pt(data.paper)
    story: list[Flowable] = []
    trim = _TRIMS[-1]
    for trim in _TRIMS:
        story = [*_page(data, trim, width)]
        if stack_height(story, width, height) <= height:
            break
    return story, trim


def _page(data: EvaluationData, trim: _Trim, width: float) -> Iterator[Flowable]:
    number = f" · visit {data.number}" if data.number is not None else ""
    yield from letterhead(data.clinic, data.title, f"{full_date(data.on)}{number}", width, ours_share=0.5)
    yield space(10)
    yield _who_and_what(data, trim, width)
    yield Box(_conclusion(data))
    yield Section("Plan of care")
    yield space(3)
    yield from _plan(data, trim.letters)
    if data.goals:
        yield Section("Goals")
        yield from _goals(data, trim.goals, width)
    if data.judgement or data.why_skilled:
        yield Section("Clinical judgement")
        for label, text in (("Assessment: ", data.judgement), ("Why skilled treatment: ", data.why_skilled)):
            if text:
                yield space(3)
                yield paragraph([bold(label), Span(cut(text, trim.letters))], CELL)
    yield space(9)
    yield _sign(data)


def _who_and_what(data: EvaluationData, trim: _Trim, width: float) -> Flowable:
    left: list[tuple[str, Words]] = []
    whose = ""
    for kind, words in data.diagnoses[: trim.diagnoses]:
        left.append((kind if kind != whose else "", words))
        whose = kind
    more = len(data.diagnoses) - trim.diagnoses
    if more > 0:
        left.append(("", [quiet(f"{more} more on the next pages")]))
    right: list[tuple[str, Words]] = []
    if data.referrer:
        details = f", {data.referrer_details}" if data.referrer_details else ""
        right.append(("To", [bold(data.referrer), Span(details)] if details else [bold(data.referrer)]))
    if data.referred_on is not None:
        right.append(("Referred", full_date(data.referred_on)))
    right.append(("Start of care", full_date(data.care_began)))
    if data.precaution:
        right.append(("Precaution", [Span(cut(data.precaution, 160), None, "danger")]))
    return who_and_what(data.patient, data.age_years, left, right, width)


def _conclusion(data: EvaluationData) -> Flowable:
    conclusion = data.conclusion
    spans = [bold(f"{conclusion.headline.rstrip('.')}. ")]
    if conclusion.detail:
        spans.append(Span(f"{conclusion.detail} "))
    spans.append(bold("Asked\u00a0of\u00a0you: "))
    told = data.certification
    match told.standing:
        case Standing.NO_PLAN:
            spans.append(Span("nothing yet."))
        case Standing.ASKED:
            by = f" by {full_date(told.by)}" if told.by is not None and not told.is_late else ""
            spans.append(Span(f"your signature on the plan of care below{by}."))
            if told.is_late and told.by is not None:
                spans.append(Span(f" It was due by {full_date(told.by)}.", None, "danger"))
        case Standing.SIGNED:
            spans.append(Span("nothing; the plan is certified."))
        case Standing.ON_FILE:
            spans.append(Span("nothing; a signed referral is on file."))
    return paragraph(spans, LEAD)


def _plan(data: EvaluationData, letters: int) -> Iterator[Flowable]:
    plan = data.plan
    if plan is None:
        yield paragraph("No plan of care is written.", QUIET)
        return
    lines = (
        ("Amount, frequency and duration: ", plan.rate),
        ("Treatment: ", cut(plan.interventions, letters)),
        ("Prognosis: ", cut(plan.prognosis, letters)),
    )
    for label, words in lines:
        if words:
            yield paragraph([bold(label), Span(words)], CELL)
            yield space(2)
    version = f"Version {plan.number}, written" if data.is_again or plan.number > 1 else "Written"
    yield paragraph(f"{version} on {plan.written}.", QUIET_SMALL)


def _goals(data: EvaluationData, count: int, width: float) -> Iterator[Flowable]:
    shown = data.goals[:count]
    has_measure = any(goal.measure for goal in shown)
    has_standing = any(goal.standing for goal in shown)
    columns = [Column("Goal", 3.6)]
    columns += [Column("Measured by", 1.9), Column("Baseline", 0.8, CELL_RIGHT)] if has_measure else []
    columns += [Column("Target", 0.8, CELL_RIGHT_BOLD)] if has_measure else []
    columns.append(Column("Due", 1.1, CELL_RIGHT))
    columns += [Column("State", 1.2, CELL_QUIET)] if has_standing else []
    rows: list[list[Words]] = []
    for goal in shown:
        cells: list[Words] = [_goal_words(goal)]
        cells += [goal.measure, goal.baseline, goal.target] if has_measure else []
        cells.append(full_date(goal.due) if goal.due is not None else "")
        cells += [goal.standing] if has_standing else []
        rows.append(cells)
    yield table(columns, rows, width)
    if len(data.goals) > count:
        yield space(2)
        yield paragraph(f"{how_many(len(data.goals) - count, 'more goal')} on the next pages.", QUIET_SMALL)


def _goal_words(goal: GoalAim) -> Words:
    words = [bold(goal.words)]
    if goal.function:
        words.append(Span(f", to {goal.function}" if goal.function[:1].islower() else f". {goal.function}"))
    words.append(quiet("  long-term" if goal.long_term else "  short-term", 7.5))
    return words


def _sign(data: EvaluationData) -> Flowable:
    """Whoever evaluated at the left, the physician at the right; neither is parted from what is signed."""
    ours = [Section("Established by", 0), signature_line(data, "copy made")]
    # A re-evaluation draws from other visits too; theirs stand with all the signatures at the end.
    own = [line for line in data.signatures.signed if (line.on, line.number) == (data.on, data.number)]
    for line in own:
        words = f"Note of the visit: signed electronically by {line.who}, {line.at}."
        ours += [space(4), paragraph(words, QUIET_SMALL)]
    theirs = list(certification_block(data.certification, data.clinic, data.referrer))
    return Columns([ours, theirs], [1, 1.35])


def _later_pages(data: EvaluationData, trim: _Trim) -> Iterator[Flowable]:
    width = text_width_pt(data.paper)
    yield from _in_full(data, trim, width)
    yield from told_section("History", data.history)
    if data.problems:
        care = CarePlan(problems=data.problems)
        yield from plan_section(care, width)
    yield from told_section("At this visit", data.told)
    if data.done:
        yield space(3)
        yield paragraph([bold("Done: "), Span(data.done)], BODY)
    if data.course is not None and data.course.measures:
        yield from section("Change since the first visit")
        yield every_measure(data.course, width)
        yield from how_judged(data.course)
    yield from measure_section(data.measures, width, "Pain and motion")
    yield from _scores(data, width)
    yield from answers_section(data.answers, width)
    yield from found_section(data.examination, width)
    yield from body_section(data.body, width)
    yield from _screening(data, width)
    if data.versions:
        yield from plan_section(CarePlan(versions=data.versions), width)
    yield from added_section(data.signatures, width)
    yield from signatures_section(data.signatures, width)


def _in_full(data: EvaluationData, trim: _Trim, width: float) -> Iterator[Flowable]:
    """What the first page had no room for."""
    if len(data.diagnoses) > trim.diagnoses:
        yield from section("All diagnoses")
        yield table(
            [Column("", 1, CELL_QUIET), Column("Diagnosis", 5)], [list(row) for row in data.diagnoses], width
        )
    if len(data.goals) > trim.goals:
        yield from section("All goals")
        yield from _goals(data, _ALL.goals, width)
    plan = data.plan
    texts = [
        ("Precaution", data.precaution, 160),
        ("Treatment", plan.interventions if plan is not None else "", trim.letters),
        ("Prognosis", plan.prognosis if plan is not None else "", trim.letters),
        ("Assessment", data.judgement, trim.letters),
        ("Why skilled treatment", data.why_skilled, trim.letters),
    ]
    yield from told_section("In full", [(label, text) for label, text, limit in texts if len(text) > limit])


def _scores(data: EvaluationData, width: float) -> Iterator[Flowable]:
    if not data.scores:
        return
    yield from section("Outcome measures")
    columns = [
        Column("Measure", 2.2),
        Column("", 3, CELL_QUIET),
        Column("Score", 1, CELL_BOLD),
        Column("Reading", 1.6, CELL_QUIET),
        Column("Taken", 1.2),
    ]
    rows: list[list[Words]] = [
        [line.measure, line.name, line.score, line.better, full_date(line.on)] for line in data.scores
    ]
    yield table(columns, rows, width)


def _screening(data: EvaluationData, width: float) -> Iterator[Flowable]:
    yield from section("Screening")
    if data.screening:
        rows: list[list[Words]] = [[label, limit] for label, limit in data.screening]
        yield table([Column("Answered with yes", 4), Column("Effect", 1.4, CELL_BOLD)], rows, width)
    yield space(4)
    yield paragraph(data.screen_asked, QUIET)
