"""The body of the body chart divided into areas that have a name, so that a place can be chosen and said in words.

Each area is a piece of the drawn body, cut out of its outline by straight lines; the names are everyday words. Areas on
the left and the right are mirror images. Seen from the front the patient's left is at the viewer's right, seen from
behind at the viewer's left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from math import hypot

from ptnotes.domain.body_chart import NamedArea, simplified
from ptnotes.domain.checks import VIEW_SIZE
from ptnotes.domain.treatment import BodyView, Side, Stroke
from ptnotes.figures.body_outline import TALL, WIDTHS, drawing, side_middle
from ptnotes.figures.shapes import Point

_FINE = 2.5
"""How far, in the units of the drawing, the outline of an area may lie beside the body's."""

_Cut = tuple[tuple[float, float], ...]
# Each cut is a convex piece of the page, in the units of the drawing with x from the middle of the body; what of the
# body lies within is the area. A name with {} stands for the two sides, one without for an area across the middle, of
# which the right half is given.
_ARM: tuple[tuple[str, str, _Cut], ...] = (
    ("shoulder", "{} shoulder, %s", ((80, 140), (245, 140), (245, 227), (93, 270))),
    ("upper_arm", "{} upper arm, %s", ((93, 270), (245, 227), (245, 323), (100, 363))),
    ("elbow", "{} elbow, %s", ((100, 363), (245, 323), (245, 377), (104, 416))),
    ("forearm", "{} forearm, %s", ((104, 416), (245, 377), (245, 473), (130, 505))),
    ("wrist", "{} wrist, %s", ((130, 505), (245, 473), (245, 507), (130, 531))),
)
_FRONT: tuple[tuple[str, str, _Cut], ...] = (
    ("forehead", "{} forehead", ((0, 0), (60, 0), (60, 66), (0, 66))),
    ("face", "{} side of the face", ((0, 66), (60, 66), (60, 137), (0, 152))),
    ("throat", "{} front of the neck", ((0, 152), (60, 137), (60, 168), (0, 186))),
    ("breastbone", "breastbone", ((0, 183), (21, 183), (21, 300), (0, 304))),
    ("chest", "{} chest", ((21, 180), (81, 162), (93, 270), (92, 285), (21, 300))),
    *((key, words % "front", cut) for key, words, cut in _ARM),
    ("palm", "{} hand, palm", ((130, 531), (245, 507), (245, 572), (130, 590))),
    ("fingers_front", "{} fingers, palm side", ((130, 590), (245, 572), (245, 640), (130, 640))),
    ("upper_abdomen", "{} upper abdomen", ((0, 304), (92, 285), (104, 372), (0, 372))),
    ("lower_abdomen", "{} lower abdomen", ((0, 372), (104, 372), (110, 440), (0, 505))),
    ("groin", "{} groin", ((0, 505), (110, 440), (115, 500), (0, 548))),
    ("thigh_front", "{} thigh, front", ((0, 548), (115, 500), (115, 668), (0, 668))),
    ("knee_front", "{} knee, front", ((0, 668), (115, 668), (115, 738), (0, 738))),
    ("shin", "{} shin", ((0, 738), (115, 738), (115, 912), (0, 912))),
    ("ankle_front", "{} ankle, front", ((0, 912), (115, 912), (115, 954), (0, 954))),
    ("foot_top", "{} foot, top", ((0, 954), (115, 954), (115, 1000), (0, 1000))),
)
_BACK: tuple[tuple[str, str, _Cut], ...] = (
    ("head_back", "{} back of the head", ((0, 0), (60, 0), (60, 120), (0, 132))),
    ("neck_back", "{} neck, back", ((0, 132), (60, 120), (60, 168), (0, 186))),
    ("shoulder_top", "top of the {} shoulder", ((0, 186), (80, 162), (87, 208), (28, 212), (0, 214))),
    ("between_blades", "between the shoulder blades", ((0, 212), (28, 212), (28, 300), (0, 300))),
    ("shoulder_blade", "{} shoulder blade", ((28, 212), (87, 208), (93, 270), (96, 300), (28, 300))),
    *((key, words % "back", cut) for key, words, cut in _ARM),
    ("hand_back", "back of the {} hand", ((130, 531), (245, 507), (245, 572), (130, 590))),
    ("fingers_back", "{} fingers, back", ((130, 590), (245, 572), (245, 640), (130, 640))),
    ("mid_back_middle", "middle of the mid back", ((0, 300), (20, 300), (20, 372), (0, 372))),
    ("mid_back", "{} mid back", ((20, 300), (96, 300), (104, 372), (20, 372))),
    ("low_back_middle", "middle of the low back", ((0, 372), (20, 372), (20, 448), (0, 448))),
    ("low_back", "{} low back", ((20, 372), (104, 372), (112, 448), (20, 448))),
    ("sacrum", "sacrum", ((0, 448), (34, 448), (0, 498))),
    ("buttock", "{} buttock", ((34, 448), (112, 448), (118, 548), (0, 548), (0, 498))),
    ("thigh_back", "{} thigh, back", ((0, 548), (118, 548), (118, 668), (0, 668))),
    ("knee_back", "{} knee, back", ((0, 668), (118, 668), (118, 738), (0, 738))),
    ("calf", "{} calf", ((0, 738), (118, 738), (118, 880), (0, 880))),
    ("ankle_back", "{} ankle, back", ((0, 880), (118, 880), (118, 950), (0, 950))),
    ("heel", "{} heel", ((0, 950), (118, 950), (118, 1000), (0, 1000))),
)
# Seen from the patient's left; the arm lies before the trunk and is cut out of its own outline.
_SIDE_ARM: tuple[tuple[str, str, _Cut], ...] = tuple(
    (key, words, ((-60, top), (60, top), (60, foot), (-60, foot)))
    for key, words, top, foot in (
        ("shoulder", "{} shoulder, side", 170, 265),
        ("upper_arm", "{} upper arm, side", 265, 350),
        ("elbow", "{} elbow, side", 350, 405),
        ("forearm", "{} forearm, side", 405, 490),
        ("wrist", "{} wrist, side", 490, 525),
        ("hand", "{} hand, side", 525, 640),
    )
)
_SIDE_BODY: tuple[tuple[str, str, _Cut], ...] = (
    ("head", "{} side of the head", ((-100, 0), (100, 0), (100, 118), (-2, 108), (-100, 42))),
    ("jaw", "{} cheek and jaw", ((-100, 42), (-2, 108), (-40, 152), (-100, 152))),
    ("neck", "{} side of the neck", ((-2, 108), (100, 118), (100, 150), (-60, 200), (-40, 152))),
    ("ribs", "{} ribs, side", ((-100, 212), (-60, 200), (100, 150), (100, 372), (-100, 372))),
    *(
        (key, words, ((-130, top), (130, top), (130, foot), (-130, foot)))
        for key, words, top, foot in (
            ("flank", "{} flank", 372, 442),
            ("hip", "{} hip, side", 442, 556),
            ("thigh", "{} thigh, side", 556, 668),
            ("knee", "{} knee, side", 668, 738),
            ("lower_leg", "{} lower leg, side", 738, 905),
            ("ankle", "{} ankle, side", 905, 952),
            ("foot", "{} foot, side", 952, 1000),
        )
    ),
)


@cache
def areas_of(view: BodyView) -> tuple[NamedArea, ...]:
    """The named areas of a view, from head to foot; what lies on top comes before what it covers."""
    return tuple(_front_or_back(view) if view in (BodyView.FRONT, BodyView.BACK) else _from_a_side(view))


@cache
def area_named(area_id: str) -> NamedArea:
    """The area of an id (``back.buttock.left``). KeyError for an unknown one."""
    return {area.id: area for view in BodyView for area in areas_of(view)}[area_id]


def _front_or_back(view: BodyView) -> Iterator[NamedArea]:
    body, middle = drawing(view).body.flat(), WIDTHS[view] / 2
    sides = (Side.LEFT, Side.RIGHT) if view is BodyView.FRONT else (Side.RIGHT, Side.LEFT)
    for key, words, cut in _FRONT if view is BodyView.FRONT else _BACK:
        if "{}" not in words:
            whole = (*cut, *((-x, y) for x, y in reversed(cut) if x))
            yield _area(view, key, words, None, _pieces(body, whole, middle))
            continue
        for side, by in zip(sides, (1, -1), strict=True):
            half = tuple((by * x, y) for x, y in cut)
            yield _area(view, key, words, side, _pieces(body, half, middle))


def _from_a_side(view: BodyView) -> Iterator[NamedArea]:
    seen = drawing(view)
    side, by = (Side.LEFT, 1) if view is BodyView.LEFT else (Side.RIGHT, -1)
    for body, cuts in ((seen.over[0].flat(), _SIDE_ARM), (seen.body.flat(), _SIDE_BODY)):
        for key, words, cut in cuts:
            turned = tuple((by * x, y) for x, y in cut)
            yield _area(view, key, words, side, _pieces(body, turned, side_middle(view)))


def _area(view: BodyView, key: str, words: str, side: Side | None, outline: Sequence[Point]) -> NamedArea:
    wide = WIDTHS[view]
    few = simplified(outline, _FINE)
    stroke: Stroke = tuple(
        dict.fromkeys((round(x / wide * VIEW_SIZE), round(y / TALL * VIEW_SIZE)) for x, y in few)
    )
    name = words.format(side.value) if side is not None else words
    parts = (view.value, key, side.value) if side is not None else (view.value, key)
    return NamedArea(id=".".join(parts), view=view, words=name, side=side, outline=stroke)


def _pieces(body: Sequence[Point], cut: Sequence[Point], middle: float) -> list[Point]:
    """What of the body's polygon lies within a convex cut (Sutherland-Hodgman)."""
    corners = [(middle + x, y) for x, y in cut]
    turn = sum(
        start[0] * end[1] - end[0] * start[1]
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True)
    )
    if turn < 0:
        corners.reverse()
    kept = list(body)
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        kept = _cut_off(kept, start, end)
    return _without_spikes(kept)


def _cut_off(points: Sequence[Point], start: Point, end: Point) -> list[Point]:
    """The polygon without what lies to the outer side of the line from `start` to `end`."""

    def depth(point: Point) -> float:
        return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])

    kept: list[Point] = []
    for before, after in zip((*points[-1:], *points[:-1]), points, strict=True):
        was, now = depth(before), depth(after)
        if (was < 0) != (now < 0):
            share = was / (was - now)
            kept.append(
                (before[0] + (after[0] - before[0]) * share, before[1] + (after[1] - before[1]) * share)
            )
        if now >= 0:
            kept.append(after)
    return kept


def _without_spikes(points: Sequence[Point]) -> list[Point]:
    """The polygon without the seams on which it goes out and back, where a cut came past a part that it left out."""
    kept = list(points)
    place = 0
    while place < len(kept) and len(kept) > 3:
        before, here, after = kept[place - 1], kept[place], kept[(place + 1) % len(kept)]
        if here == before or _turns_back(before, here, after):
            del kept[place]
            # What is left may turn back where the point before it ends.
            place = max(place - 2, 0)
        else:
            place += 1
    return kept


def _turns_back(start: Point, here: Point, end: Point) -> bool:
    came, goes = (here[0] - start[0], here[1] - start[1]), (end[0] - here[0], end[1] - here[1])
    sharp = abs(came[0] * goes[1] - came[1] * goes[0]) < 1e-6 * (1 + hypot(*came) * hypot(*goes))
    return sharp and came[0] * goes[0] + came[1] * goes[1] < 0
