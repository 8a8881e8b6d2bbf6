"""The body of the body chart: an adult standing in the anatomical position, seen from four sides, as smooth outlines.

Lengths are thousandths of the height of a view; its width is `WIDTHS`. The proportions are those of an adult of about
seven and a half heads: our own drawing, after no other. The view from the left shows the patient facing to the
viewer's left, the one from the right is its mirror image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import hypot
from types import MappingProxyType

from ptnotes.domain.treatment import BodyView
from ptnotes.figures.shapes import Curve, Point

TALL = 1000.0
"""Height of a view in the units of the drawing."""
WIDTHS = MappingProxyType(
    {BodyView.FRONT: 490.0, BodyView.BACK: 490.0, BodyView.LEFT: 290.0, BodyView.RIGHT: 290.0}
)
"""Width of each view in the same units."""
_SIDE_MIDDLE = 160.0
"""Where the line through ear, shoulder and ankle stands in the view from the left."""
_FLAT_STEPS = 4


@dataclass(frozen=True, slots=True)
class Contour:
    """A smooth line: from `start` along `pieces`; it ends where it began where `is_closed`."""

    start: Point
    pieces: tuple[Curve, ...]
    is_closed: bool = True

    def flat(self) -> tuple[Point, ...]:
        """The contour as a polygon, fine enough that no eye sees its corners at the size of a page."""
        points = [self.start]
        for piece in self.pieces:
            points += [_at(points[-1], piece, step / _FLAT_STEPS) for step in range(1, _FLAT_STEPS)]
            points.append(piece.end)
        return tuple(points)


@dataclass(frozen=True, slots=True)
class BodyDrawing:
    """One view. `under` lies behind the `body` (ears), `over` before it (the arm seen from the side).

    `lines` are what the eye finds its way by, as collar bones, knees and shoulder blades; `over_lines` are on the arm.
    """

    body: Contour
    under: tuple[Contour, ...] = ()
    lines: tuple[Contour, ...] = ()
    over: tuple[Contour, ...] = ()
    over_lines: tuple[Contour, ...] = ()


@dataclass(frozen=True, slots=True)
class _Corner:
    """A point where the line turns sharply, as in the armpit."""

    x: float
    y: float


_Mark = tuple[float, float] | _Corner

# One half of the body from the front, from crown to crotch; the other half is its mirror image. x is from the middle.
_HALF: tuple[_Mark, ...] = (
    (0, 20), (24, 25), (39, 44), (43, 76), (40, 106), (33, 128), _Corner(27, 139),
    (26, 156), (33, 172), (58, 184), (92, 192), (117, 203), (132, 226), (139, 258), (147, 292), (160, 334),
    (171, 370), (179, 398), (185, 436), (190, 476), (194, 508),
    # thumb
    (204, 527), (214, 545), (221, 565), (220, 576), (213, 574), _Corner(205, 560),
    # fingers
    (206, 590), (204, 612), (198, 620), (189, 622), (179, 615), (173, 598), (169, 572), (165, 542),
    (166, 514), (155, 474), (142, 432), (131, 392), (124, 362), (110, 316), _Corner(93, 264),
    # trunk
    (90, 300), (83, 342), (76, 380), (77, 408), (86, 442), (96, 482), (99, 524), (96, 580), (88, 640), (79, 690),
    (77, 716), (82, 752), (83, 790), (77, 838), (68, 890), (63, 928), (66, 944),
    # foot
    (78, 962), (84, 974), (74, 981), (58, 981), (46, 976), (41, 960), (41, 944), (43, 926),
    (42, 886), (35, 836), (29, 790), (28, 752), (30, 722), (27, 694), (18, 646), (9, 590), (3, 548), _Corner(0, 530),
)  # fmt: skip
_EAR: tuple[_Mark, ...] = ((40, 74), (47, 72), (50, 82), (47, 98), (42, 104), (38, 96))
_FRONT_LINES: tuple[tuple[_Mark, ...], ...] = (
    # brow, eye, mouth, chin, nose
    ((10, 76), (18, 73), (27, 76)), ((13, 85), (19, 83), (25, 85)),
    ((0, 124), (7, 123), (14, 121)), ((30, 134), (20, 144), (0, 150)),
    ((0, 107), (5, 106), (7, 102)),
    # collar bone, breast, armpit fold
    ((7, 190), (30, 186), (62, 189), (92, 194)), ((8, 284), (38, 299), (68, 292), (84, 270)),
    ((93, 264), (98, 246), (107, 234)),
    # ribs, loin, groin
    ((7, 322), (30, 342), (50, 376)), ((82, 446), (58, 486), (30, 514), (8, 530)),
    # elbow, wrist, fingers
    ((133, 386), (148, 392), (168, 384)), ((167, 517), (180, 521), (194, 512)),
    ((198, 618), (196, 588)), ((189, 620), (186, 588)), ((180, 614), (176, 586)),
    # knee, ankle
    ((40, 690), (36, 706), (42, 724), (54, 730), (66, 724), (71, 706), (67, 690)),
    ((46, 934), (54, 942), (62, 932)),
    ((54, 980), (55, 970)), ((61, 981), (62, 971)), ((67, 981), (69, 972)), ((73, 981), (75, 973)),
)  # fmt: skip
_FRONT_MIDDLE: tuple[tuple[_Mark, ...], ...] = (
    ((0, 204), (0, 250), (0, 300)), ((-3, 426), (0, 430), (3, 426), (0, 422), (-3, 426)),
)  # fmt: skip
_BACK_LINES: tuple[tuple[_Mark, ...], ...] = (
    # hair line, neck, shoulder blade
    ((0, 132), (14, 130), (31, 118)), ((10, 150), (11, 166), (16, 182)),
    ((30, 214), (26, 238), (34, 268), (50, 296), (64, 286), (78, 258), (84, 232)),
    ((30, 214), (58, 212), (94, 206)),
    ((93, 264), (100, 248), (106, 236)),
    # loin, buttock
    ((48, 392), (54, 412), (70, 430)), ((4, 536), (24, 550), (52, 552), (76, 540)),
    ((26, 452), (14, 466), (3, 486)),
    # elbow, wrist, fingers
    ((136, 380), (148, 374), (158, 378)), ((167, 517), (180, 513), (194, 511)),
    ((198, 618), (195, 586)), ((189, 620), (186, 584)), ((180, 614), (176, 582)),
    # hollow of the knee, calf, heel
    ((32, 706), (52, 712), (75, 704)), ((54, 744), (56, 782), (55, 812)),
    ((48, 906), (48, 938), (45, 958)), ((60, 906), (60, 938), (64, 952)), ((46, 968), (58, 972), (70, 966)),
)  # fmt: skip
_BACK_MIDDLE: tuple[tuple[_Mark, ...], ...] = (((0, 166), (0, 300), (0, 452)), ((0, 482), (0, 506), (0, 530)))

# From the left, facing left; x is from the line through ear, shoulder and ankle.
_PROFILE: tuple[_Mark, ...] = (
    (4, 20), (-26, 27), (-46, 50), (-50, 72), (-49, 84), (-57, 98), (-62, 106), (-53, 112), (-54, 120), (-51, 126),
    (-52, 138), (-44, 147), (-26, 150), _Corner(-16, 158), (-17, 172), (-26, 190), (-46, 216), (-62, 250), (-69, 284),
    (-65, 318), (-60, 356), (-59, 392), (-61, 426), (-57, 466), (-50, 504), (-54, 548), (-56, 596), (-49, 650),
    (-41, 684), (-42, 706), (-35, 728), (-31, 764), (-25, 820), (-16, 880), (-14, 920), (-28, 940), (-62, 956),
    (-88, 966), (-94, 976), (-84, 981), (-30, 981), (20, 981), (34, 978), (38, 964), (29, 938), (20, 910), (22, 876),
    (36, 824), (45, 784), (43, 748), (28, 712), (30, 684), (42, 632), (48, 584), _Corner(50, 546),
    (62, 522), (66, 490), (57, 453), (43, 418), (37, 386), (42, 346), (56, 300), (65, 258), (62, 222), (46, 190),
    (33, 170), (31, 150), (38, 134), (52, 106), (56, 76), (46, 44), (28, 26),
)  # fmt: skip
_PROFILE_ARM: tuple[_Mark, ...] = (
    (6, 188), (28, 196), (39, 222), (39, 262), (34, 310), (31, 352), (33, 380), (30, 420), (20, 468), (14, 504),
    (17, 530), (18, 560), (12, 592), (4, 614), (-7, 620), (-13, 606), (-12, 580), _Corner(-14, 568),
    (-19, 576), (-25, 566), (-22, 544), (-14, 520), (-11, 502), (-15, 466), (-21, 420), (-21, 380), (-17, 344),
    (-19, 304), (-25, 262), (-28, 222), (-15, 196),
)  # fmt: skip
_PROFILE_LINES: tuple[tuple[_Mark, ...], ...] = (
    # eye, brow, mouth, ear, jaw, hair line
    ((-45, 84), (-40, 80), (-36, 84), (-41, 86), (-45, 84)), ((-49, 75), (-41, 71), (-34, 75)),
    ((-51, 123), (-46, 124), (-41, 122)), ((-55, 110), (-50, 110), (-49, 104)),
    ((2, 94), (-4, 82), (3, 74), (12, 79), (11, 92), (4, 103), (1, 98)),
    ((-44, 147), (-20, 138), (-3, 122), (0, 106)), ((24, 100), (30, 122), (36, 138)),
    # neck, breast
    ((6, 120), (-6, 150), (-24, 184)), ((-66, 300), (-48, 304), (-30, 292)),
    # ribs, iliac crest, groin
    ((-54, 366), (-30, 372), (-10, 356)), ((-40, 440), (-14, 416), (26, 412)), ((-50, 506), (-38, 494), (-30, 476)),
    ((50, 546), (36, 554), (20, 552)),
    # knee, calf, ankle, foot
    ((-32, 686), (-26, 704), (-32, 726)), ((16, 690), (20, 710), (16, 734)), ((12, 760), (16, 800), (10, 850)),
    ((4, 934), (10, 928), (16, 936), (10, 944), (4, 934)), ((-84, 981), (-82, 973)),
)  # fmt: skip
_ARM_LINES: tuple[tuple[_Mark, ...], ...] = (
    ((-20, 372), (-6, 382), (8, 384)), ((-11, 506), (2, 510), (14, 506)), ((8, 566), (4, 596)),
    ((-2, 566), (-5, 600)),
)  # fmt: skip


@cache
def drawing(view: BodyView) -> BodyDrawing:
    """The body as seen from one side."""
    if view in (BodyView.FRONT, BodyView.BACK):
        middle = WIDTHS[view] / 2
        lines, alone = (
            (_FRONT_LINES, _FRONT_MIDDLE) if view is BodyView.FRONT else (_BACK_LINES, _BACK_MIDDLE)
        )
        both = [smooth(_moved(line, middle, by), closed=False) for line in lines for by in (1, -1)]
        return BodyDrawing(
            body=smooth((*_moved(_HALF, middle), *reversed(_moved(_HALF[1:-1], middle, -1)))),
            under=tuple(smooth(_moved(_EAR, middle, by)) for by in (1, -1)),
            lines=(*both, *(smooth(_moved(line, middle), closed=False) for line in alone)),
        )
    middle, by = side_middle(view), 1 if view is BodyView.LEFT else -1
    return BodyDrawing(
        body=smooth(_moved(_PROFILE, middle, by)),
        lines=tuple(smooth(_moved(line, middle, by), closed=False) for line in _PROFILE_LINES),
        over=(smooth(_moved(_PROFILE_ARM, middle, by)),),
        over_lines=tuple(smooth(_moved(line, middle, by), closed=False) for line in _ARM_LINES),
    )


def side_middle(view: BodyView) -> float:
    """Where the line through ear, shoulder and ankle stands in a view from the side."""
    return _SIDE_MIDDLE if view is BodyView.LEFT else WIDTHS[view] - _SIDE_MIDDLE


def smooth(marks: Sequence[_Mark], *, closed: bool = True) -> Contour:
    """A line through all `marks` that turns smoothly in each but the corners."""
    points = [(mark.x, mark.y) if isinstance(mark, _Corner) else mark for mark in marks]
    count = len(points)
    pieces = []
    for place in range(count if closed else count - 1):
        start, end = points[place], points[(place + 1) % count]
        third = hypot(end[0] - start[0], end[1] - start[1]) / 3
        out = _heading(marks, points, place, closed=closed) or _towards(start, end)
        into = _heading(marks, points, (place + 1) % count, closed=closed) or _towards(start, end)
        pieces.append(
            Curve(
                (start[0] + out[0] * third, start[1] + out[1] * third),
                (end[0] - into[0] * third, end[1] - into[1] * third),
                end,
            )
        )
    return Contour(points[0], tuple(pieces), closed)


def _heading(marks: Sequence[_Mark], points: Sequence[Point], place: int, *, closed: bool) -> Point | None:
    """Which way the line goes through a point: as from its neighbour to the other one. None where it turns sharply."""
    if isinstance(marks[place], _Corner) or (not closed and place in (0, len(points) - 1)):
        return None
    return _towards(points[place - 1], points[(place + 1) % len(points)])


def _towards(start: Point, end: Point) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def _moved(marks: Sequence[_Mark], middle: float, by: int = 1) -> tuple[_Mark, ...]:
    """The marks with x counted from the left edge; `by` -1 mirrors them."""
    return tuple(
        _Corner(middle + by * mark.x, mark.y)
        if isinstance(mark, _Corner)
        else (middle + by * mark[0], mark[1])
        for mark in marks
    )


def _at(start: Point, curve: Curve, share: float) -> Point:
    """The point of a curve after `share` of its way."""
    rest = 1 - share
    weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    corners = (start, curve.control_1, curve.control_2, curve.end)
    return (
        sum(weight * corner[0] for weight, corner in zip(weights, corners, strict=True)),
        sum(weight * corner[1] for weight, corner in zip(weights, corners, strict=True)),
    )
