"""What was measured and what was done at a visit, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable

from ptnotes.reports.blocks import (
    CELL_BOLD,
    CELL_QUIET,
    CELL_RIGHT,
    CELL_RIGHT_BOLD,
    Column,
    Columns,
    Section,
    space,
    stack_height,
    table,
)
from ptnotes.reports.letterhead import section
from ptnotes.reports.paper import GAP_PT
from ptnotes.reports.typeset import BODY, QUIET_SMALL, Span, Words, bold, paragraph, quiet
from ptnotes.reports.visit_data import (
    BeforeAfter,
    FoundLine,
    MobilizationLine,
    MotionLine,
    VisitMeasures,
    VisitTreatment,
)

_SMALL_PT = 7.5
_SIDE_BY_SIDE = 6
"""Two tables of at most so many rows stand beside each other."""
_HEADING_PT = 30.0
_SERVICES, _EXERCISES = "Services and time", "Exercises"
_GRADES_ARE_LABELS = (
    "Strength and reflexes are grades, which are labels and no measure. What is not listed was not examined."
)
_NO_CHANGE = "A change stands only between two values that were taken in the same way; it is not judged here."


def mobilization_section(done: VisitTreatment, width: float) -> Iterator[Flowable]:
    """Each technique with where, how, at which grade and dose, and what it did; grade V is marked as thrust."""
    if not done.mobilizations:
        return
    yield from section("Manual therapy")
    columns = [
        Column("Level and side", 2.05, CELL_BOLD),
        Column("Technique", 2.3),
        Column("Direction, position,\nwhat moves on what", 2.6),
        Column("Grade", 0.7),
        Column("Dose", 1.25),
        Column("Response", 1.5),
    ]
    yield table(columns, [_mobilization_cells(line) for line in done.mobilizations], width)
    if done.grades:
        yield space(3)
        yield paragraph([quiet("Place in range. ", _SMALL_PT), *_joined(done.grades)], QUIET_SMALL)


def _mobilization_cells(line: MobilizationLine) -> list[Words]:
    grade = [bold(line.grade)] if line.grade else []
    if line.is_thrust:
        grade.append(bold("\nthrust" if line.grade else "thrust"))
    response = [Span(f"{line.alert}\n" if line.response else line.alert, CELL_BOLD.font, "danger")]
    response.append(Span(line.response))
    technique: Words = [Span(f"{line.technique}\n"), quiet(line.by, _SMALL_PT)] if line.by else line.technique
    return [
        line.place,
        technique,
        line.setting,
        grade or "",
        line.dose,
        response if line.alert else line.response,
    ]


def work_sections(done: VisitTreatment, width: float) -> Iterator[Flowable]:
    """Services and exercises, side by side where both are short, and what the minutes come to."""
    services = [line for line in done.services if line.by]
    exercises = [line for line in done.exercises if line.by or line.response]
    is_short = 0 < len(done.services) <= _SIDE_BY_SIDE and 0 < len(done.exercises) <= _SIDE_BY_SIDE
    if is_short and not services and not exercises:
        half = (width - GAP_PT) / 2
        stacks: list[list[Flowable]] = [
            [Section(_SERVICES, 0), _services(done, half)],
            [Section(_EXERCISES, 0), _exercises(done, half)],
        ]
        yield space(10)
        yield Columns(stacks, [1, 1])
        yield from _time(done)
        return
    if done.services or done.visit_min is not None:
        yield from section(_SERVICES)
        if done.services:
            yield _services(done, width)
        yield from _time(done)
    if done.exercises:
        yield from section(_EXERCISES)
        yield _exercises(done, width)


def _services(done: VisitTreatment, width: float) -> Flowable:
    has_others = any(line.by for line in done.services)
    columns = [Column("Service", 3.4), Column("Code", 0.9, CELL_QUIET), Column("Counts as", 1.2, CELL_QUIET)]
    columns += [Column("By", 1.6, CELL_QUIET)] if has_others else []
    columns.append(Column("Minutes", 0.8, CELL_RIGHT_BOLD))
    rows: list[list[Words]] = []
    for line in done.services:
        cells: list[Words] = [line.words, line.code, line.timing]
        cells += [line.by] if has_others else []
        cells.append(str(line.minutes) if line.minutes is not None else "–")
        rows.append(cells)
    return table(columns, rows, width)


def _time(done: VisitTreatment) -> Iterator[Flowable]:
    yield space(4)
    yield paragraph([*_minutes(done), *([quiet(f" · {done.units}")] if done.units else [])], BODY)
    if done.minutes_note:
        yield space(2)
        yield paragraph([Span(done.minutes_note, None, "danger")], BODY)


def _minutes(done: VisitTreatment) -> list[Span]:
    """``Total treatment time 45 min · timed services 30 min · untimed services 10 min``; what is blank says so."""
    told = []
    for label, minutes in (
        ("Total treatment time", done.visit_min),
        ("timed services", done.timed_min),
        ("untimed services", done.untimed_min),
    ):
        if minutes is None and label == "untimed services":
            continue
        words = f"{minutes} min" if minutes is not None else "not recorded"
        told += [Span(f"{label} "), bold(words), Span(" · ")]
    return told[:-1]


def _exercises(done: VisitTreatment, width: float) -> Flowable:
    has_response = any(line.response for line in done.exercises)
    has_others = any(line.by for line in done.exercises)
    columns = [Column("Exercise", 2.4), Column("Dose", 2.6), Column("Where", 0.8, CELL_QUIET)]
    columns += [Column("Response", 1.8)] if has_response else []
    columns += [Column("By", 1.4, CELL_QUIET)] if has_others else []
    rows: list[list[Words]] = []
    for line in done.exercises:
        cells: list[Words] = [line.words, line.dose, line.place]
        cells += [line.response] if has_response else []
        cells += [line.by] if has_others else []
        rows.append(cells)
    return table(columns, rows, width)


def measure_section(measured: VisitMeasures, width: float, title: str) -> Iterator[Flowable]:
    """Pain, motion and the patient's own signs; before and after where anything was looked at again."""
    if measured.is_empty:
        return
    is_paired = measured.is_paired
    told = [
        (heading, lines)
        for heading, lines in (("Pain, 0 to 10", measured.pain), ("The patient’s own sign", measured.signs))
        if lines
    ]
    if told and all(len(lines) <= _SIDE_BY_SIDE for _, lines in told):
        half = (width - GAP_PT) / 2
        stacks: list[list[Flowable]] = [
            [_paired(heading, lines, half, is_paired=is_paired)] for heading, lines in told
        ]
        beside = Columns([*stacks, *([[]] * (2 - len(stacks)))], [1, 1])
        # What stands side by side goes to the next page as a whole, and takes its heading along.
        yield from section(title, stack_height([beside], width, 0) + _HEADING_PT)
        yield beside
    else:
        yield from section(title)
        for place, (heading, lines) in enumerate(told):
            yield space(6 if place else 0)
            yield _paired(heading, lines, width, is_paired=is_paired)
    if measured.motions:
        yield space(6 if told else 0)
        yield _motions(measured.motions, width, is_paired=is_paired)
    notes = [f"All motions: {hows[0]}."] if len(hows := _ways(measured.motions)) == 1 else []
    notes += [*measured.notes, *([_NO_CHANGE] if is_paired else [])]
    if notes:
        yield space(3)
        yield paragraph(" ".join(notes), QUIET_SMALL)


def _paired(heading: str, lines: Sequence[BeforeAfter], width: float, *, is_paired: bool) -> Flowable:
    columns = [Column(heading, 4)]
    if not is_paired:
        columns.append(Column("Found", 4, CELL_BOLD))
        return table(columns, [[line.what, line.before or line.after] for line in lines], width)
    columns += [
        Column("Before", 1.4, CELL_RIGHT),
        Column("After", 1.5, CELL_RIGHT_BOLD),
        Column("Change", 1.3, CELL_RIGHT),
    ]
    return table(columns, [[line.what, line.before, line.after, line.change] for line in lines], width)


def _ways(lines: Sequence[MotionLine]) -> list[str]:
    """The ways in which motions were measured: said once under the table where they are all one."""
    return list(dict.fromkeys(line.how for line in lines))


def _motions(lines: Sequence[MotionLine], width: float, *, is_paired: bool) -> Flowable:
    has_normal = any(line.normal for line in lines)
    has_remarks = any(line.remarks for line in lines)
    has_how = len(_ways(lines)) > 1
    columns = [Column("Motion", 2.4)]
    columns += [Column("How", 3.3, CELL_QUIET)] if has_how else []
    columns.append(
        Column("Before" if is_paired else "Found", 1, CELL_RIGHT if is_paired else CELL_RIGHT_BOLD)
    )
    columns += [Column("After", 1, CELL_RIGHT_BOLD), Column("Change", 0.8, CELL_RIGHT)] if is_paired else []
    columns += [Column("Normal", 0.85, CELL_RIGHT)] if has_normal else []
    columns += [Column("Remarks", 2)] if has_remarks else []
    rows: list[list[Words]] = []
    for line in lines:
        cells: list[Words] = [line.motion, *([line.how] if has_how else [])]
        cells.append(line.before if is_paired else line.before or line.after)
        cells += [line.after, line.change] if is_paired else []
        cells += [line.normal] if has_normal else []
        cells += [line.remarks] if has_remarks else []
        rows.append(cells)
    return table(columns, rows, width)


def found_section(found: Sequence[FoundLine], width: float) -> Iterator[Flowable]:
    """What was examined at the visit, each test on a line under its kind; nothing where nothing was."""
    if not found:
        return
    yield from section("Examination")
    columns = [Column("", 1.5, CELL_QUIET), Column("Test", 2.4), Column("Found", 4, CELL_BOLD)]
    rows: list[list[Words]] = []
    heading = ""
    for line in found:
        rows.append([line.heading if line.heading != heading else "", line.what, line.found])
        heading = line.heading
    yield table(columns, rows, width)
    yield space(4)
    yield paragraph(_GRADES_ARE_LABELS, QUIET_SMALL)


def told_section(title: str, parts: Sequence[tuple[str, str]]) -> Iterator[Flowable]:
    """Words of somebody's own, each under its label, as long as they are; nothing where all are empty."""
    written = [(label, text.strip()) for label, text in parts if text.strip()]
    if not written:
        return
    yield from section(title)
    for label, text in written:
        yield space(3)
        yield paragraph([bold(f"{label}: "), Span(text)], BODY)


def _joined(parts: Sequence[str]) -> list[Span]:
    return [Span("; ".join(parts) + ".")]
