"""The bones of the spine from behind as outlines, laid out for a given size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import atan2, cos, sin

from ptnotes.domain.treatment import Side
from ptnotes.figures.shapes import Circle, Curve, Path, Point, Rect

LEVELS = (
    "C0", *(f"C{number}" for number in range(1, 8)), *(f"T{number}" for number in range(1, 13)),
    *(f"L{number}" for number in range(1, 6)), "S1", "COC",
)  # fmt: skip
_ROOM = {"C": 1.0, "T": 1.12, "L": 1.5}  # height of a level, in units
_OWN_ROOM = {"C0": 1.25, "S1": 3.6, "COC": 1.3}
_TALL = {"C0": 1.0, "S1": 3.3, "COC": 1.15}  # height of a bone without the joint below it
_WIDEST = 8.4  # the widest level, in units: the pelvis
_ARC = 0.5523  # control length of a quarter circle as one cubic curve
_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """One place on the spine: its outline, and the box (x, y, width, height) in which it is pointed at and written on.

    `is_small` where the box is too small for a numeral.
    """

    target: str
    side: Side
    outline: Path | Rect | Circle
    box: _Box
    is_small: bool = False


def lay_out(
    width: float, height: float, left: float, top: float, levels: tuple[str, str]
) -> tuple[list[Part], dict[str, float]]:
    """Every part of the levels from the first to the last, top down and left to right, and the middle of each level.

    Drawn within `width` by `height`, right of `left` and below `top`, as large as fits.
    """
    shown = LEVELS[LEVELS.index(levels[0]) : LEVELS.index(levels[1]) + 1]
    unit = min((height - top - 2) / sum(_room(level) for level in shown), (width - left) / _WIDEST)
    middle = left + (width - left) / 2
    parts: list[Part] = []
    rows: dict[str, float] = {}
    y = top + (height - top - 2 - unit * sum(_room(level) for level in shown)) / 2
    for place, level in enumerate(shown):
        room = _room(level) * unit
        parts += _level(level, middle, y, unit)
        rows[level] = y + (room * 0.25 if level == "S1" else room * 0.38)
        below = shown[place + 1] if place + 1 < len(shown) else None
        if below is not None:
            parts += _joint(level, below, middle, y + room, unit)
        y += room
    return parts, rows


@cache
def level_parts(level: str) -> tuple[Part, ...]:
    """The parts of one level in units: its middle is at x 0, its top at y 0; it is `level_height` tall."""
    return tuple(_level(level, 0.0, 0.0, 1.0))


@cache
def joint_parts(upper: str, lower: str) -> tuple[Part, ...]:
    """The parts of the motion segment between two levels in units: its middle is at (0, 0), `joint_height` tall."""
    return tuple(_joint(upper, lower, 0.0, 0.1 if lower == "COC" else joint_height(upper) / 2, 1.0))


def level_height(level: str) -> float:
    """Height of a level's bone in units."""
    return _TALL[level] if level in _TALL else _ROOM[level[0]] * 0.76


def joint_height(upper: str) -> float:
    """Height of the room for the motion segment below a level, in units."""
    return 0.2 if upper == "C0" else 0.24 * _room(upper)


def moved(part: Part, x: float, y: float, across: float, down: float) -> Part:
    """A part in units, drawn at (x, y) with `across` and `down` points to the unit. A circle stays one."""

    def at(point: Point) -> Point:
        return x + point[0] * across, y + point[1] * down

    left, top, width, height = part.box
    box = (*at((left, top)), width * across, height * down)
    outline = part.outline
    if isinstance(outline, Circle):
        middle = at((outline.x, outline.y))
        return replace(part, outline=Circle(*middle, outline.radius * min(across, down)), box=box)
    if isinstance(outline, Rect):
        corner, thick = at((outline.x, outline.y)), outline.height * down
        radius = min(thick / 2, outline.radius * max(across, down))
        return replace(part, outline=Rect(*corner, outline.width * across, thick, radius=radius), box=box)
    pieces = tuple(
        Curve(at(piece.control_1), at(piece.control_2), at(piece.end))
        if isinstance(piece, Curve)
        else at(piece)
        for piece in outline.pieces
    )
    return replace(part, outline=Path(at(outline.start), pieces), box=box)


def _room(level: str) -> float:
    return _OWN_ROOM[level] if level in _OWN_ROOM else _ROOM[level[0]]


def _level(level: str, x: float, y: float, unit: float) -> Iterator[Part]:
    if level == "C0":
        yield from _occiput(x, y, unit)
    elif level == "S1":
        yield from _sacrum(x, y, unit)
    elif level == "COC":
        yield from _coccyx(x, y, unit)
    else:
        yield from _vertebra(level, x, y, unit)


def _vertebra(level: str, x: float, y: float, unit: float) -> Iterator[Part]:
    """Lamina with the spinous process in the middle, a transverse process at each side, ribs on the thoracic ones."""
    kind, number = level[0], int(level[1:])
    half, reach, rise, thick = {
        "C": (0.92 + 0.02 * number, 0.95, -0.06, 0.27),
        "T": (0.95 + 0.02 * number, 1.05, 0.16, 0.25),
        "L": (1.18 + 0.05 * number, 1.35, 0.10, 0.24),
    }[kind]
    if level == "C1":
        half, reach = 1.0, 1.15
    tall = _ROOM[kind] * unit * 0.76
    half *= unit
    middle = y + tall / 2
    for side in (Side.LEFT, Side.RIGHT):
        sign = -1 if side is Side.LEFT else 1
        inner = x + sign * (half + 0.22 * unit)
        outer = x + sign * (half + reach * unit)
        process = _lobe((inner, middle), 0.30 * unit, (outer, middle - rise * unit), thick * unit)
        box = _box_round((inner, middle), (outer, middle - rise * unit), 0.32 * unit)
        if side is Side.RIGHT:
            yield Part(
                level,
                Side.MIDLINE,
                _lamina(x, y, half, tall, 0 if level == "C1" else unit * 0.2),
                (x - half, y, half * 2, tall),
            )
        yield Part(level, side, process, box)
        if kind == "T":
            start = (outer + sign * 0.42 * unit, middle - (rise - 0.04) * unit)
            end = (outer + sign * (1.25 - 0.05 * max(number - 9, 0) * 3) * unit, middle + 0.34 * unit)
            yield Part(
                f"RIB{number}",
                side,
                _lobe(start, 0.13 * unit, end, 0.11 * unit),
                _box_round(start, end, 0.14 * unit),
                is_small=True,
            )


def _lamina(x: float, y: float, half: float, tall: float, process: float) -> Path:
    """A waisted block with round corners; the spinous process hangs from its lower edge."""
    r = min(tall * 0.3, half * 0.4)
    waist = half * 0.93
    nub = half * 0.34
    bottom = y + tall
    return Path(
        (x - half + r, y),
        (
            Curve((x - half * 0.3, y + tall * 0.07), (x + half * 0.3, y + tall * 0.07), (x + half - r, y)),
            _corner((x + half - r, y), (x + half, y + r), upright_last=True),
            Curve((x + waist, y + tall * 0.4), (x + waist, y + tall * 0.6), (x + half, bottom - r)),
            _corner((x + half, bottom - r), (x + half - r, bottom), upright_last=False),
            (x + nub, bottom),
            Curve(
                (x + nub * 0.75, bottom + process), (x + nub * 0.4, bottom + process), (x, bottom + process)
            ),
            Curve((x - nub * 0.4, bottom + process), (x - nub * 0.75, bottom + process), (x - nub, bottom)),
            (x - half + r, bottom),
            _corner((x - half + r, bottom), (x - half, bottom - r), upright_last=True),
            Curve((x - waist, y + tall * 0.6), (x - waist, y + tall * 0.4), (x - half, y + r)),
            _corner((x - half, y + r), (x - half + r, y), upright_last=False),
        ),
    )


def _joint(upper: str, lower: str, x: float, y: float, unit: float) -> Iterator[Part]:
    """The motion segment between two levels: a facet joint at each side and the disc space in the middle.

    Sacrum and coccyx meet in one joint.
    """
    if lower == "COC":
        yield Part(
            "SCJ_COCCYX",
            Side.MIDLINE,
            _disc(x, y - 0.1 * unit, 0.5 * unit, 0.16 * unit),
            (x - 0.5 * unit, y - 0.3 * unit, unit, 0.4 * unit),
            is_small=True,
        )
        return
    target = f"{upper}-{lower}"
    gap = 0.24 * _room(upper) * unit if upper != "C0" else 0.2 * unit
    centre = y - gap / 2
    aside = {"C": 0.98, "T": 1.06, "L": 1.34}[upper[0]] * unit
    radius = 0.2 * unit
    left, right = (
        Part(
            target,
            side,
            Circle(at, centre, radius),
            (at - radius, centre - radius, radius * 2, radius * 2),
            is_small=True,
        )
        for side, at in ((Side.LEFT, x - aside), (Side.RIGHT, x + aside))
    )
    half = aside * 0.62
    yield left
    yield Part(
        target,
        Side.MIDLINE,
        _disc(x, centre, half, gap * 0.32),
        (x - half, centre - gap * 0.5, half * 2, gap),
        is_small=True,
    )
    yield right


def _disc(x: float, y: float, half: float, thick: float) -> Rect:
    return Rect(x - half, y - thick, half * 2, thick * 2, radius=thick)


def _occiput(x: float, y: float, unit: float) -> Iterator[Part]:
    """The lower edge of the skull, in three places side by side."""
    tall, half, cut = unit * 1.0, unit * 2.3, unit * 0.95
    bottom, shoulder = y + tall, y + tall * 0.45
    left = Path(
        (x - cut, y + tall * 0.04),
        (
            (x - cut, bottom),
            Curve((x - half * 0.7, bottom), (x - half, shoulder + tall * 0.3), (x - half, shoulder)),
            Curve((x - half, y + tall * 0.2), (x - half * 0.75, y + tall * 0.08), (x - cut, y + tall * 0.04)),
        ),
    )
    yield Part("C0", Side.LEFT, left, (x - half, y, half - cut, tall))
    middle = Path(
        (x - cut, y + tall * 0.04),
        (
            Curve(
                (x - cut * 0.4, y - tall * 0.04), (x + cut * 0.4, y - tall * 0.04), (x + cut, y + tall * 0.04)
            ),
            (x + cut, bottom),
            Curve(
                (x + cut * 0.5, bottom + tall * 0.06),
                (x - cut * 0.5, bottom + tall * 0.06),
                (x - cut, bottom),
            ),
        ),
    )
    yield Part("C0", Side.MIDLINE, middle, (x - cut, y, cut * 2, tall))
    yield Part("C0", Side.RIGHT, _mirrored(left, x), (x + cut, y, half - cut, tall))


def _sacrum(x: float, y: float, unit: float) -> Iterator[Part]:
    """The sacrum's middle, its two wings, and the sacroiliac joints beside them."""
    tall = 3.3 * unit
    base, waist = 0.95 * unit, 0.5 * unit
    wing = 2.35 * unit
    left_wing = Path(
        (x - base, y + 0.06 * unit),
        (
            Curve(
                (x - base - 0.4 * unit, y - 0.02 * unit),
                (x - wing + 0.3 * unit, y - 0.05 * unit),
                (x - wing, y + 0.35 * unit),
            ),
            Curve(
                (x - wing + 0.05 * unit, y + tall * 0.4),
                (x - wing + 0.55 * unit, y + tall * 0.62),
                (x - waist - 0.35 * unit, y + tall),
            ),
            (x - waist, y + tall),
        ),
    )
    joint = Path(
        (x - wing - 0.12 * unit, y + 0.22 * unit),
        (
            Curve(
                (x - wing - 0.1 * unit, y + tall * 0.36),
                (x - wing + 0.25 * unit, y + tall * 0.52),
                (x - wing + 0.62 * unit, y + tall * 0.66),
            ),
            Curve(
                (x - wing + 0.3 * unit, y + tall * 0.66),
                (x - wing - 0.5 * unit, y + tall * 0.5),
                (x - wing - 0.62 * unit, y + tall * 0.3),
            ),
            Curve(
                (x - wing - 0.72 * unit, y + 0.3 * unit),
                (x - wing - 0.5 * unit, y + 0.12 * unit),
                (x - wing - 0.12 * unit, y + 0.22 * unit),
            ),
        ),
    )
    joint_box = (x - wing - 0.68 * unit, y + 0.2 * unit, 0.78 * unit, tall * 0.42)
    wing_box = (x - wing + 0.12 * unit, y + 0.2 * unit, wing - base - 0.2 * unit, tall * 0.34)
    yield Part("SIJ", Side.LEFT, joint, joint_box)
    yield Part("S1", Side.LEFT, left_wing, wing_box)
    middle = Path(
        (x - base, y + 0.06 * unit),
        (
            Curve(
                (x - base * 0.4, y + 0.16 * unit),
                (x + base * 0.4, y + 0.16 * unit),
                (x + base, y + 0.06 * unit),
            ),
            (x + waist, y + tall),
            (x - waist, y + tall),
        ),
    )
    yield Part("S1", Side.MIDLINE, middle, (x - base, y + 0.2 * unit, base * 2, tall * 0.34))
    yield Part("S1", Side.RIGHT, _mirrored(left_wing, x), _mirrored_box(wing_box, x))
    yield Part("SIJ", Side.RIGHT, _mirrored(joint, x), _mirrored_box(joint_box, x))


def _coccyx(x: float, y: float, unit: float) -> Iterator[Part]:
    half, tall = 0.48 * unit, 1.15 * unit
    outline = Path(
        (x - half, y),
        (
            (x + half, y),
            Curve((x + half * 0.8, y + tall * 0.55), (x + half * 0.35, y + tall), (x, y + tall)),
            Curve((x - half * 0.35, y + tall), (x - half * 0.8, y + tall * 0.55), (x - half, y)),
        ),
    )
    radius = 0.2 * unit
    for side, at in (
        (Side.LEFT, x - half - 0.42 * unit),
        (Side.MIDLINE, x),
        (Side.RIGHT, x + half + 0.42 * unit),
    ):
        if side is Side.MIDLINE:
            yield Part("COC", side, outline, (x - half, y, half * 2, tall * 0.75))
        else:
            box = (at - radius, y + 0.3 * unit - radius, radius * 2, radius * 2)
            yield Part("COC", side, Circle(at, y + 0.3 * unit, radius), box, is_small=True)


def _lobe(start: Point, start_radius: float, end: Point, end_radius: float) -> Path:
    """A tapered bar with round ends."""
    along = atan2(end[1] - start[1], end[0] - start[0])
    dx, dy = cos(along), sin(along)

    def at(centre: Point, forward: float, aside: float) -> Point:
        return centre[0] + dx * forward - dy * aside, centre[1] + dy * forward + dx * aside

    def half_round(centre: Point, radius: float, forward: int) -> tuple[Curve, Curve]:
        k = radius * _ARC
        tip = at(centre, forward * radius, 0)
        turn = -forward
        return (
            Curve(at(centre, forward * k, turn * radius), at(centre, forward * radius, turn * k), tip),
            Curve(
                at(centre, forward * radius, -turn * k),
                at(centre, forward * k, -turn * radius),
                at(centre, 0, -turn * radius),
            ),
        )

    return Path(
        at(start, 0, -start_radius),
        (
            at(end, 0, -end_radius),
            *half_round(end, end_radius, 1),
            at(start, 0, start_radius),
            *half_round(start, start_radius, -1),
        ),
    )


def _corner(start: Point, end: Point, *, upright_last: bool) -> Curve:
    """A quarter round from `start` to `end`; `upright_last` where it ends going up or down."""
    (x1, y1), (x2, y2) = start, end
    if upright_last:
        return Curve((x1 + (x2 - x1) * _ARC, y1), (x2, y2 + (y1 - y2) * _ARC), end)
    return Curve((x1, y1 + (y2 - y1) * _ARC), (x2 + (x1 - x2) * _ARC, y2), end)


def _mirrored(path: Path, x: float) -> Path:
    def flip(point: Point) -> Point:
        return 2 * x - point[0], point[1]

    pieces = tuple(
        Curve(flip(piece.control_1), flip(piece.control_2), flip(piece.end))
        if isinstance(piece, Curve)
        else flip(piece)
        for piece in path.pieces
    )
    return Path(flip(path.start), pieces)


def _mirrored_box(box: _Box, x: float) -> _Box:
    return 2 * x - box[0] - box[2], box[1], box[2], box[3]


def _box_round(one: Point, other: Point, radius: float) -> _Box:
    left, right = min(one[0], other[0]) - radius, max(one[0], other[0]) + radius
    top, bottom = min(one[1], other[1]) - radius, max(one[1], other[1]) + radius
    return left, top, right - left, bottom - top
