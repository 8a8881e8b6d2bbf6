"""The spine from behind, patient's left at the left: where it was treated and how strongly, and what can be chosen."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ptnotes.domain.treatment import Side
from ptnotes.domain.views import SpineMark
from ptnotes.domain.wording import MINUS, side_words
from ptnotes.figures.shapes import Circle, Figure, Ink, Line, Path, Polyline, Rect, Shape, Text, TextMeasure
from ptnotes.figures.vertebrae import LEVELS, Part, lay_out

TEXT_SIZE = 10.0
_GRADES = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
_FILLS: tuple[Ink, ...] = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5")
_NUMERALS: tuple[Ink, ...] = ("on_grade_1", "on_grade_2", "on_grade_3", "on_grade_4", "on_grade_5")
_ASTRAY = 60.0  # how much farther a place in line may be than one beside it, in points
_FAR = 24.0  # how far sideways a place must be, to be gone to although it is not beside, in points
_LABELS = {"C0": "Occ", "COC": "Coc"}
_LANDMARKS = ("C0", "T1", "L1", "S1", "COC")
# The levels that a mark on a whole region spans.
_REGIONS = {
    "cervical_upper": ("C0", "C2"),
    "cervical": ("C2", "C7"),
    "cervicothoracic": ("C7", "T1"),
    "thoracic": ("T1", "T12"),
    "thoracolumbar": ("T12", "L1"),
    "lumbar": ("L1", "L5"),
    "lumbosacral": ("L5", "S1"),
    "sacroiliac": ("S1", "S1"),
    "sacrococcygeal": ("S1", "COC"),
}


@dataclass(frozen=True, slots=True)
class Area:
    """Where one target at one side is pointed at: a box in the figure."""

    target: str
    side: Side
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the box."""
        return self.x + self.width / 2, self.y + self.height / 2

    def distance(self, x: float, y: float) -> float:
        """How far (x, y) lies outside the box, 0 within it."""
        dx = max(self.x - x, 0.0, x - self.x - self.width)
        dy = max(self.y - y, 0.0, y - self.y - self.height)
        return float((dx * dx + dy * dy) ** 0.5)


@dataclass(frozen=True, slots=True)
class SpineFigure:
    """The spine drawn, with every place on it from the top down and left to right.

    `elsewhere` are marks that have no place on the spine (a shoulder, a knee).
    """

    figure: Figure
    areas: tuple[Area, ...]
    elsewhere: tuple[SpineMark, ...]


def spine_figure(
    width: float,
    height: float,
    marks: Sequence[SpineMark],
    measure: TextMeasure,
    text_size: float = TEXT_SIZE,
    levels: tuple[str, str] = ("C0", "COC"),
) -> SpineFigure:
    """Draw the levels from the first to the last of `levels` as large as `width` by `height` points allow.

    A level treated at the latest visit is filled with its grade's ink, one treated before is outlined; both carry the
    grade's numeral, for colour is never the only sign.
    """
    gutter = max(measure(label, text_size, "regular") for label in ("Occ", "Coc", "T12")) + 6
    parts, rows = lay_out(width, height, gutter, text_size * 1.6, levels)
    known = {(part.target, part.side) for part in parts}
    placed, regional, elsewhere = place_marks(marks, known, rows)
    shapes: list[Shape] = []
    shapes += _sides_named(parts, text_size)
    label_x = min(part.box[0] for part in parts) - 6
    shapes += [
        Text(label_x, y + text_size * 0.36, _LABELS.get(level, level), "muted", text_size, anchor="end")
        for level, y in named_levels(rows, marks, text_size).items()
    ]
    shapes += [
        part_shape(part, "bone", "bone_edge", 0.8) for part in parts if (part.target, part.side) not in placed
    ]
    for part in parts:
        if (part.target, part.side) in placed:
            shapes += _marked(part, placed[part.target, part.side], text_size)
    for number, mark in enumerate(regional):
        shapes += bracket(mark, rows, width - 12 - number * text_size * 2.2, text_size)
    areas = tuple(Area(part.target, part.side, *part.box) for part in parts)
    return SpineFigure(Figure(width, height, tuple(shapes), spine_label(marks)), areas, elsewhere)


def place_marks(
    marks: Sequence[SpineMark], known: AbstractSet[tuple[str, Side]], levels: Container[str]
) -> tuple[dict[tuple[str, Side], SpineMark], list[SpineMark], tuple[SpineMark, ...]]:
    """The marks by their place among the `known` ones, those of whole regions within `levels`, and all the others."""
    placed: dict[tuple[str, Side], SpineMark] = {}
    regional: list[SpineMark] = []
    elsewhere: list[SpineMark] = []
    for mark in marks:
        places = [(mark.target, side) for side in _sides(mark.side)]
        found = [place for place in places if place in known]
        for place in found:
            # What the latest visit did is told before what earlier ones did at the same place.
            if place not in placed or mark.at_latest_visit:
                placed[place] = mark
        if not found and mark.target in _REGIONS and all(level in levels for level in _REGIONS[mark.target]):
            regional.append(mark)
        elif not found:
            elsewhere.append(mark)
    return placed, regional, tuple(elsewhere)


def levels_round(marks: Sequence[SpineMark]) -> tuple[str, str] | None:
    """The levels to show so that every mark on the spine is seen with its neighbours; None where no mark is on it."""
    places: list[int] = []
    for mark in marks:
        if mark.target in _REGIONS:
            places += [LEVELS.index(level) for level in _REGIONS[mark.target]]
        elif mark.target in ("SIJ", "SCJ_COCCYX"):
            places.append(LEVELS.index("S1"))
        else:
            named = mark.target.replace("RIB", "T").split("-")
            places += [LEVELS.index(level) for level in named if level in LEVELS]
    if not places:
        return None
    first, last = max(min(places) - 3, 0), min(max(places) + 3, len(LEVELS) - 1)
    if last - first < 7:
        first, last = max(min(first, len(LEVELS) - 8), 0), max(last, min(first + 7, len(LEVELS) - 1))
    return LEVELS[first], LEVELS[last]


def area_at(areas: Sequence[Area], x: float, y: float, reach: float = 4.0) -> Area | None:
    """The place pointed at: the nearest within `reach` points, joints before the levels they lie between."""
    near = [area for area in areas if area.distance(x, y) <= reach]
    return min(near, key=lambda area: (area.distance(x, y), area.width * area.height), default=None)


def next_area(areas: Sequence[Area], here: Area, across: int, down: int) -> Area:
    """The nearest place right (`across` 1), left (-1), below (`down` 1) or above (-1); `here` where there is none.

    Up and down keep to the side and to the ribs or the levels, unless another place is much nearer. Left and right keep
    to what stands beside, and only where nothing does go on to what is farther up or down.
    """
    found: list[tuple[bool, float, int, Area]] = []
    for number, area in enumerate(areas):
        dx, dy = area.middle[0] - here.middle[0], area.middle[1] - here.middle[1]
        ahead, aside = (dx * across, dy) if across else (dy * down, dx)
        is_beside = not across or abs(aside) < min(area.height, here.height) / 2
        if ahead > (0.5 if is_beside else _FAR):
            is_astray = bool(down) and _column(area) != _column(here)
            found.append((not is_beside, ahead + 3 * abs(aside) + _ASTRAY * is_astray, number, area))
    return min(found)[3] if found else here


def _column(area: Area) -> tuple[Side, bool]:
    return area.side, area.target.startswith("RIB")


def ring(area: Area, *, strong: bool = True) -> Shape:
    """A frame round a place: what is chosen; fainter where it is only pointed at, or the keys are elsewhere."""
    width = 2.0 if strong else 1.0
    return Rect(area.x - 2, area.y - 2, area.width + 4, area.height + 4, None, "accent", width, 5.0)


def mark_words(mark: SpineMark) -> str:
    """A mark in words: ``L5 left grade III``."""
    side = mark.side if mark.side is not Side.MIDLINE else None
    place = " ".join(word for word in (mark.target, side_words(side)) if word)
    return f"{place} grade {numeral_of(mark.grade)}" if mark.grade else place


def spine_label(marks: Sequence[SpineMark]) -> str:
    """What the spine shows, for those who hear it read."""
    if not marks:
        return "Spine from behind. Nothing treated yet."
    latest = "; ".join(mark_words(mark) for mark in marks if mark.at_latest_visit)
    earlier = "; ".join(mark_words(mark) for mark in marks if not mark.at_latest_visit)
    parts = ["Spine from behind."]
    if latest:
        parts.append(f"Treated at the latest visit: {latest}.")
    if earlier:
        parts.append(f"Treated before: {earlier}.")
    return " ".join(parts)


def grade_inks(grade: str) -> tuple[Ink, Ink]:
    """Fill and numeral of a grade; a grade of another system, or none, has quiet inks of its own."""
    place = _GRADES.get(grade.rstrip("+-−"))
    if place is None:
        return "neutral", "surface"
    return _FILLS[place - 1], _NUMERALS[place - 1]


def numeral_of(grade: str) -> str:
    """A grade as written on the spine: a real minus; a dot for what was treated without a grade."""
    if not grade:
        return "•"
    return grade.replace("-", MINUS) if not grade.startswith("K") else grade


def named_levels(rows: Mapping[str, float], marks: Sequence[SpineMark], text_size: float) -> dict[str, float]:
    """The levels whose names can be read, with their heights: none overlaps another. Treated ones are named first."""
    treated = {level for mark in marks for level in mark.target.replace("RIB", "T").split("-")}
    kept: dict[str, float] = {}
    for level in sorted(rows, key=lambda level: (level not in treated, level not in _LANDMARKS)):
        if all(abs(rows[level] - y) >= text_size * 1.1 for y in kept.values()):
            kept[level] = rows[level]
    return kept


def _sides(side: Side | None) -> tuple[Side, ...]:
    if side is Side.BILATERAL:
        return (Side.LEFT, Side.RIGHT)
    return (side or Side.MIDLINE,)


def _sides_named(parts: Sequence[Part], text_size: float) -> list[Shape]:
    centre = next(part for part in parts if part.side is Side.MIDLINE)
    middle, reach = centre.box[0] + centre.box[2] / 2, max(part.box[2] for part in parts)
    size = text_size * 1.1
    return [
        Text(middle - reach * 0.9, size, "L", "muted", size, "semibold", "middle"),
        Text(middle + reach * 0.9, size, "R", "muted", size, "semibold", "middle"),
    ]


def part_shape(part: Part, fill: Ink, stroke: Ink, width: float) -> Shape:
    """The outline of a part in these inks."""
    if isinstance(part.outline, Path):
        return Path(part.outline.start, part.outline.pieces, fill, stroke, width)
    if isinstance(part.outline, Circle):
        return Circle(part.outline.x, part.outline.y, part.outline.radius, fill, stroke, width)
    box = part.outline
    return Rect(box.x, box.y, box.width, box.height, fill, stroke, width, box.radius)


def _marked(part: Part, mark: SpineMark, text_size: float) -> list[Shape]:
    fill, numeral = grade_inks(mark.grade)
    x, y, width, height = part.box
    middle_x, middle_y = x + width / 2, y + height / 2
    size = min(text_size, max(height * 0.95, text_size * 0.75))
    if not mark.at_latest_visit:
        fill, numeral = "surface", "accent"
    numeral_text = Text(
        middle_x, middle_y + size * 0.36, numeral_of(mark.grade), numeral, size, "semibold", "middle"
    )
    if not part.is_small:
        return [part_shape(part, fill, "accent", 1.4), numeral_text]
    # A joint is too small to write on: its mark is a tablet as large as the numeral needs.
    return tablet(mark, middle_x, middle_y, size)


def tablet(mark: SpineMark, x: float, y: float, size: float) -> list[Shape]:
    """A mark round (x, y) as large as its numeral needs, for places that are too small to be written on."""
    fill, numeral = grade_inks(mark.grade) if mark.at_latest_visit else ("surface", "accent")
    words = numeral_of(mark.grade)
    wide = tablet_width(mark.grade, size)
    return [
        Rect(x - wide / 2, y - size * 0.62, wide, size * 1.24, fill, "accent", 1.2, size * 0.6),
        Text(x, y + size * 0.36, words, numeral, size, "semibold", "middle"),
    ]


def tablet_width(grade: str, size: float) -> float:
    """How wide a tablet with that grade is."""
    return max(size * 0.62 * max(len(grade), 1) + 6, size * 1.4)


def bracket(mark: SpineMark, rows: Mapping[str, float], x: float, text_size: float) -> list[Shape]:
    """A mark on a whole region: a bracket beside its levels with the grade."""
    first, last = _REGIONS[mark.target]
    top, bottom = rows[first] - 5, rows[last] + 5
    middle = (top + bottom) / 2
    ink: Ink = "accent" if mark.at_latest_visit else "muted"
    shapes: list[Shape] = [Polyline(((x - 5, top), (x, top), (x, bottom), (x - 5, bottom)), ink, 1.6)]
    shapes.append(Line(x, middle, x + 3, middle, ink, 1.6))
    shapes.append(Text(x + 4, middle + text_size * 0.36, numeral_of(mark.grade), ink, text_size, "semibold"))
    return shapes
