"""Plain shapes. Lengths are points (1/72 inch; one pixel at 100 %), the origin is the upper left corner, y grows down.

A shape names the meaning of its ink, never a colour: the screen's theme and the paper's palette give the colours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Ink: TypeAlias = Literal[
    "text",  # words that are read
    "muted",  # axis labels and other quiet words
    "grid",  # lines that help the eye
    "surface",  # the ground, also the inside of a hollow marker and the numeral on a dark grade
    "accent",  # the main series, what is chosen
    "after",  # what was measured after treatment
    "band",  # measurement error round the first value
    "goal",
    "normal",
    "series_2",  # readings taken in another way, or another pain
    "series_3",
    "series_4",
    "symptom",  # where something is felt, on the body chart
    "symptom_soft",  # the ground of such an area
    "bone",
    "bone_edge",
    "neutral",  # a grade of another system than the five, or none
    "grade_1",
    "grade_2",
    "grade_3",
    "grade_4",
    "grade_5",
    "on_grade_1",
    "on_grade_2",
    "on_grade_3",
    "on_grade_4",
    "on_grade_5",
]
INKS: tuple[Ink, ...] = get_args(Ink)
"""Every ink that a palette must give a colour for."""

Weight: TypeAlias = Literal["regular", "medium", "semibold", "bold"]
Anchor: TypeAlias = Literal["start", "middle", "end"]
Point: TypeAlias = tuple[float, float]
TextMeasure: TypeAlias = Callable[[str, float, Weight], float]
"""Width in points of a text at a size in points and a weight, given by the painter."""


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; `dash` is lengths of stroke and gap in points."""

    x1: float
    y1: float
    x2: float
    y2: float
    ink: Ink
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Polyline:
    """An open line through `points`, with round joins."""

    points: tuple[Point, ...]
    ink: Ink
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed shape through `points`."""

    points: tuple[Point, ...]
    fill: Ink | None = None
    stroke: Ink | None = None
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle with corners of `radius`."""

    x: float
    y: float
    width: float
    height: float
    fill: Ink | None = None
    stroke: Ink | None = None
    line_width: float = 1.0
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle round (x, y)."""

    x: float
    y: float
    radius: float
    fill: Ink | None = None
    stroke: Ink | None = None
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Curve:
    """One piece of a `Path`: a cubic Bézier curve to `end` by way of two control points."""

    control_1: Point
    control_2: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Path:
    """A shape from `start` through straight (`Point`) and curved pieces, closed unless `is_open`."""

    start: Point
    pieces: tuple[Point | Curve, ...]
    fill: Ink | None = None
    stroke: Ink | None = None
    width: float = 1.0
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text with its baseline at y, standing at x by `anchor`."""

    x: float
    y: float
    text: str
    ink: Ink
    size: float
    weight: Weight = "regular"
    anchor: Anchor = "start"


Shape: TypeAlias = Line | Polyline | Polygon | Rect | Circle | Path | Text


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing of `width` by `height` points. `label` says in words what it shows, for those who cannot see it."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    label: str
