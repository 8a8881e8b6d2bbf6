"""A body from behind, patient's left at the left, and where its joints are."""

from __future__ import annotations

from types import MappingProxyType

from ptnotes.figures.shapes import Circle, Curve, Path, Point

ASPECT = 0.50
"""Width of the body with its arms beside it, as a share of its height."""

PLACES = MappingProxyType(
    {
        "jaw": (0.052, 0.092),
        "shoulder": (0.128, 0.205),
        "elbow": (0.172, 0.355),
        "wrist_hand": (0.210, 0.515),
        "hip": (0.082, 0.495),
        "knee": (0.078, 0.705),
        "ankle_foot": (0.076, 0.925),
    }
)
"""Limb to (how far from the middle, how far from the top), as shares of the body's height."""


def silhouette(x: float, y: float, height: float) -> tuple[Path | Circle, ...]:
    """The outline with its middle at `x` and its crown at `y`: head, arms, and trunk with legs."""

    def at(across: float, down: float, side: int = 1) -> Point:
        return x + side * across * height, y + down * height

    head = Circle(x, y + 0.066 * height, 0.060 * height)
    arms = tuple(
        Path(
            at(0.098, 0.172, side),
            (
                Curve(at(0.138, 0.170, side), at(0.158, 0.200, side), at(0.164, 0.250, side)),
                Curve(at(0.180, 0.310, side), at(0.200, 0.380, side), at(0.222, 0.470, side)),
                Curve(at(0.250, 0.520, side), at(0.236, 0.570, side), at(0.214, 0.572, side)),
                Curve(at(0.194, 0.566, side), at(0.192, 0.530, side), at(0.190, 0.490, side)),
                Curve(at(0.168, 0.420, side), at(0.140, 0.350, side), at(0.126, 0.260, side)),
            ),
        )
        for side in (-1, 1)
    )
    right = (
        Curve(at(0.034, 0.160), at(0.080, 0.166), at(0.108, 0.176)),
        Curve(at(0.134, 0.230), at(0.108, 0.310), at(0.096, 0.380)),
        Curve(at(0.112, 0.430), at(0.132, 0.480), at(0.130, 0.540)),
        Curve(at(0.132, 0.620), at(0.112, 0.680), at(0.106, 0.740)),
        Curve(at(0.116, 0.810), at(0.092, 0.880), at(0.092, 0.930)),
        Curve(at(0.124, 0.985), at(0.062, 1.000), at(0.058, 0.950)),
        Curve(at(0.050, 0.880), at(0.040, 0.800), at(0.046, 0.740)),
        Curve(at(0.040, 0.680), at(0.024, 0.620), at(0.0, 0.555)),
    )
    left = tuple(_back(at(0.030, 0.150), right, x))
    trunk = Path(at(0.030, 0.150), (*right, *left))
    return head, *arms, trunk


def _back(start: Point, pieces: tuple[Curve, ...], x: float) -> list[Curve]:
    """The mirror image of a run of curves from `start`, drawn from its end back."""

    def flip(point: Point) -> Point:
        return 2 * x - point[0], point[1]

    starts = (start, *(piece.end for piece in pieces[:-1]))
    return [
        Curve(flip(piece.control_2), flip(piece.control_1), flip(begun))
        for begun, piece in reversed(list(zip(starts, pieces, strict=True)))
    ]
