"""Problems, what became of the goals, and the plan of care with its versions, on the later pages of a report."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import CondPageBreak, Flowable

from ptnotes.domain.wording import full_date
from ptnotes.reports.blocks import CELL_QUIET, CELL_RIGHT, Column, Section, space, table
from ptnotes.reports.progress_data import CarePlan
from ptnotes.reports.typeset import BODY, Span, Words, paragraph, quiet

_LEAST_PT = 72


def plan_section(care: CarePlan, width: float, problems: str = "Problems") -> Iterator[Flowable]:
    """The sections, `width` points wide; each only where there is something to tell. `problems` heads the problems."""
    if care.problems:
        yield from _headed(problems)
        yield table([Column("Problem", 4), Column("Since", 1.5), Column("State", 2)], _problems(care), width)
    if care.steps:
        yield from _headed("What became of the goals")
        columns = [
            Column("Date", 1.1),
            Column("Goal", 2.2),
            Column("What", 2.6),
            Column("Reason", 2.4),
            Column("Who", 1.5, CELL_QUIET),
        ]
        yield table(columns, _steps(care), width)
    if care.versions:
        yield from _headed("Plan of care")
        columns = [
            Column("Version", 0.6, CELL_RIGHT),
            Column("Written", 1.7),
            Column("Plan", 2.6),
            Column("Changed", 2.2),
            Column("Certification", 2.2),
        ]
        yield table(columns, _versions(care), width)
    if care.interventions:
        yield space(4)
        yield paragraph([quiet("Interventions planned: "), Span(care.interventions)], BODY)


def _headed(title: str) -> Iterator[Flowable]:
    yield CondPageBreak(_LEAST_PT)
    yield Section(title)


def _problems(care: CarePlan) -> list[list[Words]]:
    return [
        [
            problem.words,
            full_date(problem.since) if problem.since is not None else "",
            f"resolved on {full_date(problem.resolved_on)}" if problem.resolved_on is not None else "stands",
        ]
        for problem in care.problems
    ]


def _steps(care: CarePlan) -> list[list[Words]]:
    return [[full_date(step.on), step.goal, step.done, step.reason, step.who] for step in care.steps]


def _versions(care: CarePlan) -> list[list[Words]]:
    return [
        [
            str(version.number),
            [Span(f"{full_date(version.on)}\n"), quiet(version.who, 7.5)]
            if version.who
            else full_date(version.on),
            version.plan,
            version.changes,
            version.certification,
        ]
        for version in care.versions
    ]
