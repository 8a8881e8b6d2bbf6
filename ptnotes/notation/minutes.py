"""Minutes of services: `mt 23`, `97110 15`, `MT 23' TE 15' NMR 8', TTT 46 / TT 55`."""

from __future__ import annotations

import re

from ptnotes.clinical import Intervention
from ptnotes.domain.checks import LONGEST_VISIT_MIN
from ptnotes.notation.context import Context, Parts
from ptnotes.notation.entries import TOTAL, MinutesEntry, ReadEntry

_KINDS = frozenset({"intervention"})
_UNIT = r"(?:\s*(?:minutes?|mins?|m|')(?![a-z0-9]))"
_MINUTES = re.compile(
    rf"\s*[:=(-]?\s*(?:for\s+)?(?P<x>x\s*)?(?P<n>\d{{1,5}})(?P<unit>{_UNIT})?(?![a-z\d.%°\"x])\s*\)?"
)
_MINUTES_FIRST = re.compile(rf"(?P<n>\d{{1,5}}){_UNIT}\s*(?:of\s+)?")
_CODE = re.compile(r"(?P<code>[a-z]?\d{4,5})(?!\d)")
_TIMED = re.compile(
    r"(?:ttt|tct|total\s+timed(?:[\s-]*(?:code|min\w*|time|tx|treatment))*|timed(?:[\s-]*(?:total|code|min\w*|time))*)(?![a-z])"
)
_TOTAL = re.compile(r"(?:tt|ttl|total(?:\s+(?:treatment|tx|session|time|min\w*))*)(?![a-z])")
_BETWEEN = re.compile(r"\s*(?:[,/+&|]|and(?![a-z]))?\s*")


def read_minutes(context: Context, start: int, end: int) -> Parts | None:
    """The minutes charted in a stretch of the line; None where it charts anything else."""
    text = context.folded[:end]
    parts = Parts()
    place = _skip(text, start)
    timed = 0
    checked: tuple[int, int, int] | None = None
    while place < end:
        step = _service(context, text, place, parts)
        if step is not None:
            reached, minutes, service = step
            timed += minutes if service is not None and service.timed else 0
        else:
            total = _total(context, text, place, parts)
            if total is None:
                return None
            reached, stated = total
            if stated is not None:
                checked = (place, reached, stated)
        following = _BETWEEN.match(text, reached)
        place = following.end() if following is not None else reached
    if checked is not None:
        _check(context, parts, checked, timed)
    return parts if parts.entries or parts.problems else None


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _service(
    context: Context, text: str, place: int, parts: Parts
) -> tuple[int, int, Intervention | None] | None:
    first = _MINUTES_FIRST.match(text, place)
    begin = first.end() if first is not None else place
    coded = _CODE.match(text, begin)
    services = context.reference.interventions
    service: Intervention | None = None
    if coded is not None:
        code = coded["code"].upper()
        service = next((one for one in services.values() if one.code == code), None)
        reached = coded.end()
    else:
        match = context.lexicon.match(text, begin, _KINDS)
        if match is None:
            return None
        service, reached = services[match.meanings[0].id], match.end
        repeated = re.compile(rf"\s*\(?{re.escape((service.code or '-').lower())}\)?").match(text, reached)
        if repeated is not None:
            reached = repeated.end()
    found = first if first is not None else _MINUTES.match(text, reached)
    if found is None:
        return None
    reached = reached if first is not None else found.end()
    minutes = int(found["n"])
    if coded is not None and service is None:
        parts.problems.append(
            context.problem(place, reached, f"{coded['code'].upper()}: no such code is known.")
        )
    elif first is None and found["x"] and not found["unit"]:
        reason = f"{minutes} minutes or {minutes} units? Minutes are charted: write {minutes}'."
        parts.problems.append(context.problem(place, reached, reason))
    elif not 1 <= minutes <= LONGEST_VISIT_MIN:
        parts.problems.append(
            context.problem(place, reached, f"{minutes} minutes: from 1 to {LONGEST_VISIT_MIN}.")
        )
    elif service is not None:
        entry = MinutesEntry(code=service.code or service.id, minutes=minutes)
        parts.entries.append(ReadEntry(entry, place, reached))
        return reached, minutes, service
    return reached, 0, service


def _total(context: Context, text: str, place: int, parts: Parts) -> tuple[int, int | None] | None:
    """(end, the timed total stated) of a total; the total of the whole treatment is an entry of its own."""
    for pattern in (_TIMED, _TOTAL):
        name = pattern.match(text, place)
        found = _MINUTES.match(text, name.end()) if name is not None else None
        if found is None or found["x"]:
            continue
        if pattern is _TIMED:
            return found.end(), int(found["n"])
        minutes = int(found["n"])
        if 1 <= minutes <= LONGEST_VISIT_MIN:
            parts.entries.append(ReadEntry(MinutesEntry(code=TOTAL, minutes=minutes), place, found.end()))
        else:
            reason = f"{minutes} minutes: from 1 to {LONGEST_VISIT_MIN}."
            parts.problems.append(context.problem(place, found.end(), reason))
        return found.end(), None
    return None


def _check(context: Context, parts: Parts, stated: tuple[int, int, int], timed: int) -> None:
    """A timed total that agrees with the minutes says nothing new and goes with the last of them; else it is shown."""
    start, end, minutes = stated
    services = [number for number, read in enumerate(parts.entries) if read.end <= start]
    if minutes == timed and services:
        last = parts.entries[services[-1]]
        parts.entries[services[-1]] = ReadEntry(last.entry, last.start, end, last.assumed)
    elif minutes == timed and parts.entries:
        first = parts.entries[0]
        parts.entries[0] = ReadEntry(first.entry, start, first.end, first.assumed)
    elif timed:
        reason = f"Timed total {minutes}: the timed minutes of this line add up to {timed}."
        parts.problems.append(context.problem(start, end, reason))
    else:
        parts.problems.append(
            context.problem(start, end, "The timed total is added up from the timed minutes.")
        )
