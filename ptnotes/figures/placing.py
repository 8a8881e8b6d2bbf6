"""Placing labels so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as can be to the `wanted` ones, in their order, at least `gap` apart and within `low` to `high`.

    Labels that would overlap are gathered and centred on the mean of what they wanted. Where all do not fit, they are
    `gap` apart from `low` on and run past `high`.
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    # Each group is [sum of the starts its members want, members]; a group's labels are `gap` apart from its start.
    groups: list[list[float]] = []
    for place in order:
        groups.append([wanted[place], 1])
        while len(groups) > 1 and _end(groups[-2], gap, low, high) > _start(groups[-1], gap, low, high):
            total, members = groups.pop()
            groups[-1][0] += total - members * groups[-1][1] * gap
            groups[-1][1] += members
    placed = [0.0] * len(wanted)
    rank = 0
    for group in groups:
        start = _start(group, gap, low, high)
        for step in range(int(group[1])):
            placed[order[rank]] = start + step * gap
            rank += 1
    return placed


def _start(group: list[float], gap: float, low: float, high: float) -> float:
    total, members = group
    return max(low, min(total / members, high - (members - 1) * gap))


def _end(group: list[float], gap: float, low: float, high: float) -> float:
    return _start(group, gap, low, high) + group[1] * gap
