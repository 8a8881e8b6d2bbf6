"""What the evaluations of a made-up course found: findings, vital signs, a body chart, problems. Repeatable."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from ptnotes.domain.episode import OutcomeItem
from ptnotes.domain.treatment import BodyMark, ExamFinding, FindingKind, Phase, Vitals
from ptnotes.figures.body_areas import area_named
from ptnotes.services.sample_run import Run

_HALF_WAY = 0.5
_BEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAt:
    """One test: its value at the evaluation, and once the course has come half way to its goal."""

    kind: str
    test: str = ""
    target: str | None = None
    side: str = ""
    first: str = ""
    last: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAt:
    """One area of the body chart, drawn until `until` (a share of the way to the goal)."""

    area: str
    symptom: str
    qualities: list[str] = field(default_factory=list)
    until: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What is found in one course. `vitals` are blood pressure (two), heart rate and saturation."""

    course: str
    vitals: list[int]
    problems: list[str]
    activities: list[str] = field(default_factory=list)
    finding: list[FoundAt]
    mark: list[MarkAt]


@cache
def sample_file() -> Mapping[str, Any]:
    """What ``examinations.toml`` of the sample holds."""
    text = (files("ptnotes.resources") / "sample" / "examinations.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def load_examinations() -> Mapping[str, Examination]:
    """The examinations by the id of their course. A key that none has raises `TypeError`."""
    found = {}
    for entry in sample_file()["examination"]:
        parts = {
            "finding": [FoundAt(**row) for row in entry["finding"]],
            "mark": [MarkAt(**row) for row in entry["mark"]],
        }
        found[entry["course"]] = Examination(**{**entry, **parts})
    return found


def examined(
    course_id: str, run: Run, share: float, next_row: Callable[[], int]
) -> tuple[tuple[ExamFinding, ...], tuple[Vitals, ...], tuple[BodyMark, ...]]:
    """What is charted of an examination at a visit by which `share` of the way to the goal is done."""
    known = load_examinations().get(course_id)
    if known is None or not run.full:
        return (), (), ()
    findings = tuple(
        ExamFinding(
            row=next_row(),
            kind=FindingKind(one.kind),
            test=one.test,
            target=one.target,
            side=run.side_of(one.side),
            value=one.first if share < _HALF_WAY else one.last,
            words=one.words,
            done_by=run.author_id,
        )
        for one in known.finding
    )
    systolic, diastolic, rate, saturation = known.vitals
    vitals = Vitals(
        row=next_row(),
        phase=Phase.BEFORE,
        systolic_mmhg=systolic,
        diastolic_mmhg=diastolic,
        heart_rate_bpm=rate,
        saturation_percent=saturation,
        done_by=run.author_id,
    )
    marks = []
    for mark in known.mark:
        if share < mark.until:
            area = area_named(run.sided(mark.area))
            marks.append(
                BodyMark(
                    row=next_row(),
                    view=area.view,
                    symptom=mark.symptom,
                    strokes=(area.outline,),
                    qualities=tuple(mark.qualities),
                )
            )
    return findings, (vitals,), tuple(marks)


def problems_of(course_id: str) -> tuple[str, ...]:
    """The problem list of a course, empty where its sample has none."""
    known = load_examinations().get(course_id)
    return () if known is None else tuple(known.problems)


def rated(course_id: str, total: Decimal) -> tuple[OutcomeItem, ...]:
    """The patient's own activities, rated so that their mean is a whole `total`; none where the course has none."""
    known = load_examinations().get(course_id)
    if known is None or not known.activities or total != int(total):
        return ()
    spread = 1 if 1 <= total <= _BEST - 1 else 0
    values = (total - spread, total, total + spread)
    return tuple(
        OutcomeItem(item=f"activity_{number}", words=words, value=value)
        for number, (words, value) in enumerate(zip(known.activities, values, strict=True), start=1)
    )
