"""Where the data of a chart lie: an axis of time shared by several charts, and the upright scale of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ptnotes.figures.scale import NumberScale


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The days `first` to `last`, and the room beside the plot, alike for every chart that is to be read together."""

    first: date
    last: date
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the data lie: the plot's edges in the figure, the axis of time and the upright scale."""

    left: float
    right: float
    top: float
    bottom: float
    axis: TimeAxis
    scale: NumberScale

    def x_of(self, on: date) -> float:
        """Where the day `on` lies; a single day lies at the left edge."""
        days = (self.axis.last - self.axis.first).days
        return (
            self.left + (self.right - self.left) * (on - self.axis.first).days / days if days else self.left
        )

    def y_of(self, value: Decimal) -> float:
        """Where `value` lies."""
        share = float((value - self.scale.low) / (self.scale.high - self.scale.low))
        return self.bottom - (self.bottom - self.top) * share
