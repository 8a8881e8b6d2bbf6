"""Rules of the body chart: what a drawn area is called, how it is numbered, and what differs between two charts.

Points are thousandths of a view's width and height from its upper left corner, as they are stored. The areas that have
a name are given by whoever knows the picture (`ptnotes.figures.body_areas`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import hypot
from typing import TypeAlias

from typing_extensions import override

from ptnotes.clinical import Reference
from ptnotes.domain.checks import VIEW_SIZE
from ptnotes.domain.treatment import BodyMark, BodyView, Side, Stroke, TreatmentSession
from ptnotes.domain.wording import full_date

PAIN, PINS_AND_NEEDLES, NUMBNESS, CLEARED = "pain_area", "pins_needles", "numbness", "cleared"
KINDS = (PAIN, PINS_AND_NEEDLES, NUMBNESS, CLEARED)
"""Ids of the reference data that say what is felt in an area; ``cleared`` was asked about, and nothing is felt."""
CONTRARY = (("constant", "intermittent"), ("deep", "superficial"))
"""Ids that say how it is felt, each beside the one that it rules out."""
QUALITIES = tuple(quality for pair in CONTRARY for quality in pair)

_SHORT = {PAIN: "pain", PINS_AND_NEEDLES: "pins and needles", NUMBNESS: "numbness", CLEARED: "no symptoms"}
_LETTERS = {PAIN: "P", PINS_AND_NEEDLES: "P&N", NUMBNESS: "N"}
_NOWHERE = "beside the figure"
_MOST_POINTS = 48
_TOLERANCE = 3.0
"""How far, in thousandths, a simplified stroke may lie beside the drawn one: less than a pen's width."""
_SMALLEST = 12
"""A stroke that stays within so many thousandths is a dot, not an area."""
_ROWS = 13
"""Of so many rows of so many points is an area tried, to learn what it covers."""
_ENOUGH, _COUNTS = 0.8, 0.2
"""Areas are named until so much of a mark is covered; an area that adds less than the second share is not named."""

_Spot: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedArea:
    """A part of one view that has a name: ``left buttock``. `outline` is closed, in thousandths of the view."""

    id: str
    view: BodyView
    words: str
    side: Side | None
    outline: Stroke

    @override
    def __hash__(self) -> int:
        # What is known of an area is looked up for every mark, and an outline has many points.
        return hash(self.id)


AreasOf: TypeAlias = Callable[[BodyView], Sequence[NamedArea]]
"""The named areas of a view; what lies on top comes first."""


@dataclass(frozen=True, slots=True)
class DatedChart:
    """The body chart of one visit."""

    on: date
    marks: tuple[BodyMark, ...]


@dataclass(frozen=True, slots=True)
class BodyCourse:
    """The first and the latest body chart of an episode; `latest` is None while there is only one."""

    first: DatedChart
    latest: DatedChart | None = None


@dataclass(frozen=True, slots=True)
class ToldCourse:
    """Two charts with their words: every mark of each in a line, and what differs between them in sentences."""

    course: BodyCourse
    first_lines: tuple[str, ...]
    latest_lines: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


# Strokes -------------------------------------------------------------------------------------------------------------


def stroke_of(drawn: Sequence[_Spot]) -> Stroke | None:
    """What is stored of a stroke of the pen: within the view, in few points. None where it is a dot and no area."""
    points: list[_Spot] = []
    for x, y in drawn:
        point = min(max(x, 0.0), float(VIEW_SIZE)), min(max(y, 0.0), float(VIEW_SIZE))
        if not points or point != points[-1]:
            points.append(point)
    if not points:
        return None
    wide, tall = (max(part) - min(part) for part in zip(*points, strict=True))
    if max(wide, tall) < _SMALLEST:
        return None
    tolerance = _TOLERANCE
    kept = simplified(points, tolerance)
    while len(kept) > _MOST_POINTS:
        tolerance *= 1.5
        kept = simplified(points, tolerance)
    stroke = [(round(x), round(y)) for x, y in kept]
    if len(stroke) > 2 and stroke[0] == stroke[-1]:
        # The area is closed whether or not the pen came back to where it began.
        stroke.pop()
    return tuple(stroke)


def simplified(points: Sequence[_Spot], tolerance: float) -> list[_Spot]:
    """The points without those that lie within `tolerance` of the line between their neighbours (Douglas-Peucker)."""
    keep = {0, len(points) - 1}
    open_runs = [(0, len(points) - 1)]
    while open_runs:
        begin, end = open_runs.pop()
        far, place = max(
            ((_distance(points[at], points[begin], points[end]), at) for at in range(begin + 1, end)),
            default=(0.0, 0),
        )
        if far > tolerance:
            keep.add(place)
            open_runs += [(begin, place), (place, end)]
    return [points[place] for place in sorted(keep)]


def _distance(point: _Spot, start: _Spot, end: _Spot) -> float:
    """How far a point is from the line between two others, from the nearer one where it lies beyond them."""
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    if length == 0:
        return hypot(point[0] - start[0], point[1] - start[1])
    share = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / length
    share = min(max(share, 0.0), 1.0)
    return hypot(point[0] - start[0] - share * along[0], point[1] - start[1] - share * along[1])


def is_inside(outline: Sequence[_Spot], x: float, y: float) -> bool:
    """Whether a point lies within a closed outline."""
    inside = False
    last_x, last_y = outline[-1]
    for next_x, next_y in outline:
        if (next_y > y) != (last_y > y) and x < (last_x - next_x) * (y - next_y) / (last_y - next_y) + next_x:
            inside = not inside
        last_x, last_y = next_x, next_y
    return inside


# Names ---------------------------------------------------------------------------------------------------------------


def covered(areas: Iterable[NamedArea], strokes: Sequence[Stroke]) -> tuple[NamedArea, ...]:
    """The named areas that a mark lies on, the one with most of it first; none where it lies beside the figure.

    An area that holds no more than the others did already, or very little, is not named: a pen runs over.
    """
    spots = _spots(strokes)
    near = _bounds(spots)
    held = [(area, _within(area, spots)) for area in areas if _overlap(near, _bounds_of(area))]
    on_body: set[_Spot] = set().union(*(within for _, within in held)) if held else set()
    left, found = set(on_body), list[NamedArea]()
    while on_body and len(left) > (1 - _ENOUGH) * len(on_body):
        # Of two that hold as much, as the arm and the flank behind it seen from the side, the earlier lies on top.
        area, within = max(held, key=lambda pair: len(pair[1] & left))
        if found and len(within & left) < _COUNTS * len(on_body):
            break
        found.append(area)
        left -= within
    return tuple(found)


def _spots(strokes: Sequence[Stroke]) -> set[_Spot]:
    """Points all over a mark. A mark as thin as a line has few within, so that the line itself counts too."""
    spots: set[_Spot] = set()
    for stroke in strokes:
        xs, ys = zip(*stroke, strict=True)
        low_x, low_y = min(xs), min(ys)
        step_x, step_y = (max(xs) - low_x) / _ROWS, (max(ys) - low_y) / _ROWS
        grid = [
            (low_x + (column + 0.5) * step_x, low_y + (row + 0.5) * step_y)
            for column in range(_ROWS)
            for row in range(_ROWS)
        ]
        within = {(x, y) for x, y in grid if is_inside(stroke, x, y)}
        spots |= within if len(within) > _ROWS else within | _along(stroke)
    return spots


def _along(stroke: Stroke) -> set[_Spot]:
    return {
        (start[0] + (end[0] - start[0]) * part / 8, start[1] + (end[1] - start[1]) * part / 8)
        for start, end in pairwise(stroke)
        for part in range(9)
    } or {(float(x), float(y)) for x, y in stroke}


def _within(area: NamedArea, spots: Iterable[_Spot]) -> set[_Spot]:
    (left, right), (top, bottom) = _bounds_of(area)
    # To follow an outline takes far longer than to see that a point is nowhere near it.
    near = (spot for spot in spots if left <= spot[0] <= right and top <= spot[1] <= bottom)
    return {(x, y) for x, y in near if is_inside(area.outline, x, y)}


@lru_cache
def _bounds_of(area: NamedArea) -> tuple[_Spot, _Spot]:
    return _bounds(area.outline)


def _bounds(points: Iterable[_Spot]) -> tuple[_Spot, _Spot]:
    """(lowest, highest) of the points across, and the same down."""
    xs, ys = zip(*points, strict=True)
    return (min(xs), max(xs)), (min(ys), max(ys))


def _overlap(these: tuple[_Spot, _Spot], those: tuple[_Spot, _Spot]) -> bool:
    return all(
        low <= other_high and other_low <= high
        for (low, high), (other_low, other_high) in zip(these, those, strict=True)
    )


def area_at(areas: Iterable[NamedArea], x: float, y: float) -> NamedArea | None:
    """The named area on top at a point, None beside the figure."""
    return next((area for area in areas if is_inside(area.outline, x, y)), None)


def place_words(areas_of: AreasOf, mark: BodyMark) -> str:
    """Where a mark is: ``left buttock and left thigh, back``. Beside the figure it says so, with the view."""
    found = covered(areas_of(mark.view), mark.strokes)
    return _and([area.words for area in found]) if found else f"{_NOWHERE}, {mark.view.value} view"


def mark_labels(marks: Iterable[BodyMark]) -> tuple[str, ...]:
    """The marks' signs in their order: P1 and P2 for pain, P&N1, N1; none for what was cleared."""
    counts: dict[str, int] = {}
    labels = []
    for mark in marks:
        counts[mark.symptom] = counts.get(mark.symptom, 0) + 1
        letters = _LETTERS.get(mark.symptom)
        labels.append(f"{letters}{counts[mark.symptom]}" if letters else "")
    return tuple(labels)


def symptom_words(reference: Reference, symptom: str) -> str:
    """A kind of symptom or a quality as it stands in a line: ``pain``, ``constant``."""
    return _SHORT.get(symptom) or reference.body_chart[symptom].label.lower()


def mark_details(reference: Reference, areas_of: AreasOf, mark: BodyMark, *, with_words: bool = True) -> str:
    """What a mark says without its sign: ``pain, left buttock, constant, deep: worse when P2 is``."""
    parts = [symptom_words(reference, mark.symptom), place_words(areas_of, mark)]
    parts += [symptom_words(reference, quality) for quality in mark.qualities]
    return ", ".join(parts) + (f": {mark.words}" if mark.words and with_words else "")


def chart_lines(
    reference: Reference, areas_of: AreasOf, marks: Sequence[BodyMark], *, with_words: bool = True
) -> tuple[str, ...]:
    """Every mark in words, in order: ``P1: pain, left buttock, constant, deep``; ``No symptoms, right calf``."""
    lines = []
    for label, mark in zip(mark_labels(marks), marks, strict=True):
        details = mark_details(reference, areas_of, mark, with_words=with_words)
        lines.append(f"{label}: {details}" if label else details[:1].upper() + details[1:])
    return tuple(lines)


# Between visits ------------------------------------------------------------------------------------------------------


def body_course(sessions: Iterable[TreatmentSession]) -> BodyCourse | None:
    """The first and the latest chart of `sessions` (attended, oldest first); None where none was drawn.

    A visit without marks has no chart: it does not say that nothing is felt.
    """
    charts = [
        DatedChart(session.service_date, session.body_chart) for session in sessions if session.body_chart
    ]
    if not charts:
        return None
    return BodyCourse(charts[0], charts[-1] if len(charts) > 1 else None)


def change_sentences(reference: Reference, areas_of: AreasOf, course: BodyCourse) -> tuple[str, ...]:
    """What differs between the two charts, as facts of the drawings alone; what it means is the clinician's to say."""
    if course.latest is None:
        return ()
    first, latest = _symptoms(areas_of, course.first), _symptoms(areas_of, course.latest)
    cleared = _symptoms(areas_of, course.latest, cleared=True)
    told = (
        (
            f"Marked on {full_date(course.first.on)} and not on {full_date(course.latest.on)}",
            _without(first, latest),
        ),
        (f"New on {full_date(course.latest.on)}", _without(latest, first)),
        ("Marked both times", {key: words for key, words in first.items() if key in latest}),
        (f"Asked about on {full_date(course.latest.on)}, no symptoms there", cleared),
    )
    return tuple(f"{said}: {_in_words(reference, areas)}." for said, areas in told if areas)


def told_course(
    reference: Reference, areas_of: AreasOf, sessions: Iterable[TreatmentSession]
) -> ToldCourse | None:
    """The first and the latest chart of `sessions` (attended, oldest first) in words; None where none was drawn."""
    course = body_course(sessions)
    if course is None:
        return None
    return ToldCourse(
        course,
        chart_lines(reference, areas_of, course.first.marks),
        chart_lines(reference, areas_of, course.latest.marks) if course.latest is not None else (),
        change_sentences(reference, areas_of, course),
    )


_Areas: TypeAlias = Mapping[tuple[str, str], str]


def _symptoms(areas_of: AreasOf, chart: DatedChart, *, cleared: bool = False) -> _Areas:
    """(kind, area) to the area's words, for everything that is marked."""
    found: dict[tuple[str, str], str] = {}
    for mark in chart.marks:
        if (mark.symptom == CLEARED) is cleared:
            areas = covered(areas_of(mark.view), mark.strokes)
            found.update({(mark.symptom, area.id): area.words for area in areas})
            if not areas:
                found[mark.symptom, mark.view.value] = f"{_NOWHERE}, {mark.view.value} view"
    return found


def _without(these: _Areas, those: _Areas) -> _Areas:
    return {key: words for key, words in these.items() if key not in those}


def _in_words(reference: Reference, areas: _Areas) -> str:
    by_kind: dict[str, list[str]] = {}
    for (symptom, _), words in areas.items():
        by_kind.setdefault(symptom, []).append(words)
    return "; ".join(
        _and(places) if symptom == CLEARED else f"{symptom_words(reference, symptom)}, {_and(places)}"
        for symptom, places in by_kind.items()
    )


def _and(words: Sequence[str]) -> str:
    """``left buttock``, ``left buttock and left calf``; a comma within a name keeps its place by semicolons."""
    *most, last = words
    return f"{'; '.join(most)} and {last}" if most else last
