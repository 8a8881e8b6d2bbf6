"""Minutes of services: `mt 23`, `97110 15`, `us lumbar 8 min`, `MT 23' TE 15' NMR 8', TTT 46 / TT 55`."""

from __future__ import annotations

import re

from ptnotes.clinical import Intervention
from ptnotes.domain.checks import LONGEST_VISIT_MIN
from ptnotes.notation.context import Context, Parts
from ptnotes.notation.entries import TOTAL, MinutesEntry, ReadEntry
from ptnotes.notation.lexicon import KINDS
from ptnotes.notation.places import PlaceWords, read_place

_KINDS = frozenset({"intervention"})
_TECHNIQUE = frozenset({"technique"})
_NAMED = frozenset(KINDS)
_UNIT = r"(?:\s*(?:minutes?|mins?|m|')(?![a-z0-9]))"
_MINUTES = re.compile(
    rf"\s*[:=(-]?\s*(?:for\s+)?(?P<x>x\s*)?(?P<n>\d{{1,5}})(?P<unit>{_UNIT})?(?![a-z\d.%°\"x])\s*\)?"
)
_UNITS = re.compile(r"\s*[:=(-]?\s*(?:x\s*)?(?P<n>\d{1,3})\s*(?:u|units?)(?![a-z])\)?")
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
    """(end, minutes, service) of one service with its place and minutes; no minutes where a problem was found."""
    first = _MINUTES_FIRST.match(text, place)
    begin = first.end() if first is not None else place
    named = _named(context, text, begin)
    if named is None:
        return None
    reached, service, coded = named
    where: PlaceWords | None = None
    found = first if first is not None else _MINUTES.match(text, reached)
    units = _UNITS.match(text, reached) if first is None else None
    if units is not None:
        parts.problems.append(context.problem(place, units.end(), _not_units(service, coded)))
        return units.end(), 0, service
    if found is None:
        where = _place(context, text, reached, service)
        found = _MINUTES.match(text, where.end) if where is not None else None
    if found is None:
        reached = where.end if where is not None else reached
        in_an_area = where is not None and not where.targets
        if text[reached:].strip() or not (in_an_area or _means_only_a_service(context, text, begin)):
            return None
        said = context.text[begin:reached].strip()
        parts.problems.append(context.problem(place, reached, f"How many minutes? As in {said} 15."))
        return reached, 0, service
    reached = found.end() if first is None else reached
    if where is None:
        where = _place(context, text, reached, service)
        reached = where.end if where is not None else reached
    minutes = int(found["n"])
    if (
        where is not None
        and minutes <= _longest_set_min(context)
        and _is_technique(context, text, begin, where)
    ):
        return None
    if service is None:
        parts.problems.append(context.problem(place, reached, f"{coded}: no such code is known."))
    elif first is None and found["x"] and not found["unit"]:
        asked = f"{minutes} minutes or {minutes} units? " if service.timed and minutes > 1 else ""
        parts.problems.append(context.problem(place, reached, asked + _not_units(service, coded)))
    elif not 1 <= minutes <= LONGEST_VISIT_MIN:
        parts.problems.append(
            context.problem(place, reached, f"{minutes} minutes: from 1 to {LONGEST_VISIT_MIN}.")
        )
    else:
        entry = MinutesEntry(
            code=service.code or service.id,
            minutes=minutes,
            area=where.words if where is not None else "",
            area_kind=where.kind.value if where is not None and where.kind is not None else None,
        )
        parts.entries.append(ReadEntry(entry, place, reached))
        return reached, minutes, service
    return reached, 0, service


def _named(context: Context, text: str, begin: int) -> tuple[int, Intervention | None, str] | None:
    """(end, service, its code as written) of the name or code at `begin`; the service is None for an unknown code."""
    services = context.reference.interventions
    coded = _CODE.match(text, begin)
    if coded is not None:
        code = coded["code"].upper()
        return coded.end(), next((one for one in services.values() if one.code == code), None), code
    match = context.lexicon.match(text, begin, _KINDS)
    if match is None:
        return None
    service, reached = services[match.meanings[0].id], match.end
    repeated = re.compile(rf"\s*\(?{re.escape((service.code or '-').lower())}\)?").match(text, reached)
    return (repeated.end() if repeated is not None else reached), service, service.code or service.short


def _place(context: Context, text: str, reached: int, service: Intervention | None) -> PlaceWords | None:
    """Where the service was given, behind its name or minutes; None where what stands there begins the next service."""
    following = reached + len(text[reached:]) - len(text[reached:].lstrip())
    if service is None or _named(context, text, following) is not None:
        return None
    where = read_place(context, text, following)
    return where if where is not None and where.words.strip() else None


def _is_technique(context: Context, text: str, begin: int, where: PlaceWords) -> bool:
    """Whether the word at `begin` also names a technique that is done at the place: then it is that technique."""
    name = context.lexicon.match(text, begin, _TECHNIQUE)
    done = {meaning.id for meaning in name.meanings} if name is not None else set()
    return any(target in context.lexicon.places[technique] for technique in done for target in where.targets)


def _longest_set_min(context: Context) -> int:
    """The most minutes that a technique is charted with; what takes longer is the time of a service."""
    return int(context.reference.dosage_fields["duration_s"].input_max) // 60


def _means_only_a_service(context: Context, text: str, begin: int) -> bool:
    """Whether the word at `begin` names a service and nothing else that could be charted."""
    if _CODE.match(text, begin) is not None:
        return True
    match = context.lexicon.match(text, begin, _NAMED)
    return match is not None and {meaning.kind for meaning in match.meanings} == _KINDS


def _not_units(service: Intervention | None, code: str) -> str:
    """Why a count is not charted, and what is written instead."""
    if service is not None and not service.timed:
        return f"{code} counts once a visit, whatever its minutes: write them, as in {code} 15."
    return f"Units are worked out from minutes: write the minutes, as in {code} 23."


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
