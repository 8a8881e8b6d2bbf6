"""One measured figure beside its reference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Ours and the reference in milliseconds, and the largest ratio of the two that is good enough.

    Where the aim is a number of milliseconds, that number is the reference and the limit is 1.
    """

    name: str
    ours_ms: float
    reference_name: str
    reference_ms: float
    limit: float
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.reference_ms if self.reference_ms else math.inf

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.limit

    def as_json(self) -> Mapping[str, object]:
        return {**asdict(self), "ratio": round(self.ratio, 3), "met": self.is_met}


def against_limit(name: str, ours_ms: float, most_ms: float, note: str = "") -> Figure:
    """A figure whose aim is a number of milliseconds."""
    return Figure(
        name=name, ours_ms=ours_ms, reference_name="the aim", reference_ms=most_ms, limit=1.0, note=note
    )


def middle(values: Sequence[float]) -> float:
    return median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of text."""
    rows = [("figure", "ours", "reference", "", "ratio", "limit", "")]
    rows += [
        (
            figure.name,
            f"{figure.ours_ms:.1f} ms",
            figure.reference_name,
            f"{figure.reference_ms:.1f} ms",
            f"{figure.ratio:.2f}",
            f"{figure.limit:.2f}",
            "met" if figure.is_met else "MISSED",
        )
        for figure in figures
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if place in {0, 2, 6} else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
