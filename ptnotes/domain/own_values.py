"""The clinic's own values in place of shipped ones: which may be replaced, within what, and how they are laid over.

The shipped reference data stay as they are. A value of the clinic's own is laid over a copy, goes with its reason and
its day wherever the value goes, and makes the version of the data say that it is not the shipped one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ptnotes.clinical import (
    ChangeRow,
    ClinicValue,
    ImportantChange,
    MdcRow,
    Motion,
    OutcomeMeasure,
    Reference,
    ScreeningInterval,
    SourceStatus,
)
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.people import NormalValues
from ptnotes.domain.text import clean_line, typed_number
from ptnotes.domain.wording import number, with_unit

VALUE_FIELD = "own_value.value"
REASON_FIELD = "own_value.reason"
_LEAST = Decimal("0.1")
"""A measurement error and an important change are above nothing, in tenths as they are published."""
_MOST_PLACES = 2
_NORMALS: Mapping[str, str] = {
    "normal_aaos": "normal value, AAOS",
    "normal_ama": "normal value, AMA",
    "normal_low": "normal range, from",
    "normal_high": "normal range, to",
}
_RATERS: Mapping[str, str] = {
    "intrarater": "one rater",
    "interrater": "between raters",
    "unknown": "rater not told",
}

Lay = Callable[[Reference, ClinicValue], Reference]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaceable:
    """A value that a clinic may replace. `subject` and `what` name it in words, `unit` is the value's.

    It may lie from `lowest` to `highest`, the bounds that the rest of the data leave it; `is_whole` lets whole numbers
    alone. `source` and `source_status` are those of the shipped value.
    """

    key: str
    subject: str
    what: str
    unit: str
    shipped: Decimal
    lowest: Decimal
    highest: Decimal
    source: str
    source_status: SourceStatus
    is_whole: bool = False

    @property
    def label(self) -> str:
        """Subject and what: ``Lumbar flexion: normal value, AAOS``."""
        return f"{self.subject}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnValueRow:
    """One entry of the clinic's file: from `since` on the value of `key` is `value`; None is the shipped one again."""

    key: str
    value: Decimal | None
    reason: str
    since: datetime
    person_id: int
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """A value as the settings show it. `own` is the clinic's value, None where the shipped one stands.

    `fits` is false for a value of the clinic's own that no longer goes with the data the program ships: it is kept and
    shown, and not used. `value` is None where even what it was for is gone; then `own` alone tells of it.
    """

    value: Replaceable | None
    own: ClinicValue | None = None
    fits: bool = True


def replaceable(reference: Reference) -> tuple[Replaceable, ...]:
    """Everything that a clinic may replace in these data, in their order."""
    return tuple(value for value, _ in _places(reference))


def own_number(text: str, value: Replaceable) -> Decimal:
    """The number that is typed as the clinic's own. Raises `InputError` on ``own_value.value``."""
    typed = text.strip().removesuffix("°")
    found = typed_number(typed)
    places = None if found is None else found.as_tuple().exponent
    if found is None or not isinstance(places, int) or places < -_MOST_PLACES:
        raise InputError(Fault("value.not_a_number", VALUE_FIELD, values={"value": typed.strip()[:40]}))
    fault = _out_of_bounds(value, found)
    if fault is not None:
        raise InputError(fault)
    return found


def checked_own_value(reference: Reference, row: OwnValueRow) -> OwnValueRow:
    """The entry as stored, held against the data as they are in force. Raises `InputError` beside value or reason."""
    known = next((value for value in replaceable(reference) if value.key == row.key), None)
    if known is None:
        raise InputError(Fault("own_value.unknown", VALUE_FIELD))
    faults = []
    if row.value is not None and (fault := _out_of_bounds(known, row.value)):
        faults.append(fault)
    reason = row.reason
    try:
        reason = clean_line(row.reason, REASON_FIELD, required=row.value is not None)
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(*faults)
    return replace(row, reason=reason)


def clinic_values(
    shipped: Reference, rows: Iterable[OwnValueRow], day_of: Callable[[datetime], date]
) -> tuple[ClinicValue, ...]:
    """The clinic's own values from its newest entries, one a key; `day_of` gives an instant's day in the clinic.

    A value for something that the data no longer hold has itself as the shipped one.
    """
    known = {value.key: value.shipped for value in replaceable(shipped)}
    return tuple(
        ClinicValue(
            key=row.key,
            value=row.value,
            shipped=known.get(row.key, row.value),
            reason=row.reason,
            since=day_of(row.since),
            by=row.by,
        )
        for row in rows
        if row.value is not None
    )


def with_own_values(reference: Reference, own: Sequence[ClinicValue]) -> Reference:
    """The reference data with the clinic's own values laid over; `reference` itself stays as it is.

    What does not fit (see `fitting`) is left out. Without any the same data are given back; with any, `version` names
    the shipped version and a digest of what was laid over.
    """
    used = fitting(reference, own)
    return _laid_over(reference, used)


def fitting(reference: Reference, own: Sequence[ClinicValue]) -> tuple[ClinicValue, ...]:
    """Those of the clinic's values that can be laid over these data: known, and within what the others leave them."""
    used: list[ClinicValue] = []
    waiting = list(own)
    # A wider bound may make room for another value, in whatever order they were entered.
    while True:
        bounds = {value.key: value for value in replaceable(_laid_over(reference, used))} if waiting else {}
        fit = [
            each
            for each in waiting
            if each.key in bounds and _out_of_bounds(bounds[each.key], each.value) is None
        ]
        if not fit:
            return tuple(used)
        used.append(fit[0])
        waiting.remove(fit[0])


def value_rows(reference: Reference, own: Sequence[ClinicValue]) -> tuple[ValueRow, ...]:
    """Every value with the clinic's own beside it; what no longer fits stands first."""
    used = fitting(reference, own)
    by_key = {each.key: each for each in own}
    shipped = {value.key: value for value in replaceable(reference)}
    lost = [ValueRow(value=shipped.get(each.key), own=each, fits=False) for each in own if each not in used]
    lost_keys = {row.own.key for row in lost if row.own is not None}
    return (
        *lost,
        *(
            ValueRow(value=value, own=by_key.get(key))
            for key, value in shipped.items()
            if key not in lost_keys
        ),
    )


def own_normals(motion: Motion, normal_values: NormalValues) -> tuple[ClinicValue, ...]:
    """The clinic's own values among those that stand for a motion's normal; empty where it is the published one."""
    one = "normal_ama" if normal_values is NormalValues.AMA else "normal_aaos"
    fields = (one,) if getattr(motion, one) is not None else ("normal_low", "normal_high")
    return tuple(value for field in fields if (value := motion.own_value(field)) is not None)


# How each value is found and replaced -------------------------------------------------------------------------------


def _places(reference: Reference) -> Iterator[tuple[Replaceable, Lay]]:
    for motion in reference.motions.values():
        yield from _motion_places(motion)
    for measure in reference.measures.values():
        yield from _measure_places(measure)
    for row in reference.important_changes.values():
        scale = reference.measures[row.measure]
        alone = sum(other.measure == row.measure for other in reference.important_changes.values()) == 1
        where = ", ".join(
            reference.regions[region].label for region in row.regions if region in reference.regions
        )
        yield (
            _threshold(
                row,
                key=f"important_changes.{row.id}.value",
                subject=_scale_name(scale),
                what=f"important change ({row.kind}), {where or ('every region' if alone else 'every other region')}",
                unit=_of_change(scale),
                highest=scale.score_max - scale.score_min,
            ),
            _lay_important(row.id),
        )
    for interval in reference.screening_intervals.values():
        yield _interval_place(interval)


def _threshold(
    row: MdcRow | ChangeRow | ImportantChange,
    *,
    key: str,
    subject: str,
    what: str,
    unit: str,
    highest: Decimal,
) -> Replaceable:
    """A published threshold of a change, more than nothing and at most `highest`."""
    return Replaceable(
        key=key,
        subject=subject,
        what=what,
        unit=unit,
        shipped=row.value if row.own is None else row.own.shipped,
        lowest=_LEAST,
        highest=highest,
        source=row.source,
        source_status=row.source_status,
    )


def _interval_place(interval: ScreeningInterval) -> tuple[Replaceable, Lay]:
    return (
        Replaceable(
            key=f"screening_intervals.{interval.id}.days",
            subject="Screening",
            what=interval.label[:1].lower() + interval.label[1:],
            unit="days",
            shipped=Decimal(interval.days) if interval.own is None else interval.own.shipped,
            lowest=Decimal(interval.days_min),
            highest=Decimal(interval.days_max),
            source=interval.source,
            source_status=interval.source_status,
            is_whole=True,
        ),
        _lay_interval(interval.id),
    )


def _motion_places(motion: Motion) -> Iterator[tuple[Replaceable, Lay]]:
    def place(field: str, what: str, lowest: Decimal, highest: Decimal) -> tuple[Replaceable, Lay]:
        own = motion.own_value(field)
        is_bound = field == "warn_above"
        return (
            Replaceable(
                key=f"motions.{motion.id}.{field}",
                subject=motion.full_label,
                what=what,
                unit=motion.unit,
                shipped=getattr(motion, field) if own is None else own.shipped,
                lowest=lowest,
                highest=highest,
                source="a bound of the program, not a clinical value" if is_bound else motion.source,
                source_status=motion.bounds_source_status if is_bound else motion.source_status,
            ),
            _lay_motion(motion.id, field),
        )

    normals = [value for field in _NORMALS if (value := getattr(motion, field)) is not None]
    for field, what in _NORMALS.items():
        if getattr(motion, field) is not None:
            lowest, highest = motion.input_min, motion.warn_above
            if field == "normal_low" and motion.normal_high is not None:
                highest = motion.normal_high
            elif field == "normal_high" and motion.normal_low is not None:
                lowest = motion.normal_low
            yield place(field, what, lowest, highest)
    yield (
        place("warn_above", "unusual, asked about, above", max(motion.input_min, *normals), motion.input_max)
        if normals
        else place("warn_above", "unusual, asked about, above", motion.input_min, motion.input_max)
    )
    for row in motion.mdc:
        if row.usable:
            yield (
                _threshold(
                    row,
                    key=f"motions.{motion.id}.mdc.{row_name(row)}.value",
                    subject=motion.full_label,
                    what=f"measurement error ({row.kind}), {row.method_text}, {_RATERS[row.rater]}",
                    unit=row.unit,
                    highest=motion.input_max - motion.input_min,
                ),
                _lay_mdc(motion.id, row_name(row)),
            )


def _measure_places(measure: OutcomeMeasure) -> Iterator[tuple[Replaceable, Lay]]:
    for row in measure.change:
        if row.kind.startswith(("MDC", "SDC")) and not row.single_item:
            yield (
                _threshold(
                    row,
                    key=f"measures.{measure.id}.change.{row_name(row)}.value",
                    subject=_scale_name(measure),
                    what=f"measurement error ({row.kind}), {row.population}",
                    unit=_of_change(measure),
                    highest=measure.score_max - measure.score_min,
                ),
                _lay_change(measure.id, row_name(row)),
            )


def row_name(row: MdcRow | ChangeRow) -> str:
    """A name for a published row that holds while the row tells of the same study, wherever it stands in its list.

    With a place in the list a release that adds a row would put a clinic's value in another study's place.
    """
    told = [row.kind, row.population, row.source]
    if isinstance(row, MdcRow):
        told += [row.method_text, row.mode or "", row.rater_text]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:8]


def _scale_name(measure: OutcomeMeasure) -> str:
    short = measure.abbreviation
    return measure.label if short == measure.label else f"{measure.label} ({short})"


def _of_change(measure: OutcomeMeasure) -> str:
    """The unit of a change: of values in per cent it is points, as the sources say."""
    return "points" if measure.unit == "percent" else measure.unit


def _lay_motion(motion_id: str, field: str) -> Lay:
    def lay(reference: Reference, own: ClinicValue) -> Reference:
        motion = reference.motions[motion_id]
        changes: dict[str, Any] = {field: own.value, "own": (*motion.own, own)}
        return _with_entry(reference, "motions", motion_id, replace(motion, **changes))

    return lay


def _lay_mdc(motion_id: str, name: str) -> Lay:
    def lay(reference: Reference, own: ClinicValue) -> Reference:
        motion = reference.motions[motion_id]
        rows = tuple(
            replace(row, value=own.value, own=own) if row.usable and row_name(row) == name else row
            for row in motion.mdc
        )
        return _with_entry(reference, "motions", motion_id, replace(motion, mdc=rows))

    return lay


def _lay_change(measure_id: str, name: str) -> Lay:
    def lay(reference: Reference, own: ClinicValue) -> Reference:
        measure = reference.measures[measure_id]
        rows = tuple(
            replace(row, value=own.value, own=own) if row_name(row) == name else row for row in measure.change
        )
        return _with_entry(reference, "measures", measure_id, replace(measure, change=rows))

    return lay


def _lay_important(row_id: str) -> Lay:
    def lay(reference: Reference, own: ClinicValue) -> Reference:
        row = replace(reference.important_changes[row_id], value=own.value, own=own)
        return _with_entry(reference, "important_changes", row_id, row)

    return lay


def _lay_interval(interval_id: str) -> Lay:
    def lay(reference: Reference, own: ClinicValue) -> Reference:
        interval = replace(reference.screening_intervals[interval_id], days=int(own.value), own=own)
        return _with_entry(reference, "screening_intervals", interval_id, interval)

    return lay


def _with_entry(reference: Reference, mapping: str, key: str, entry: object) -> Reference:
    changes: dict[str, Any] = {mapping: MappingProxyType({**getattr(reference, mapping), key: entry})}
    # What a search has gathered is of the entries as they were.
    return replace(reference, **changes, _searchable={})


def _laid_over(reference: Reference, own: Sequence[ClinicValue]) -> Reference:
    if not own:
        return reference
    lay = {value.key: laying for value, laying in _places(reference)}
    found = reference
    for each in own:
        found = lay[each.key](found, each)
    told = "\n".join(sorted(f"{each.key}={number(each.value)}" for each in own))
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    return replace(found, version=f"{reference.version}+clinic.{digest}", _searchable={})


def _out_of_bounds(value: Replaceable, found: Decimal) -> Fault | None:
    if value.is_whole and found != found.to_integral_value():
        return Fault("value.not_whole", VALUE_FIELD, values={"value": number(found)})
    if value.lowest <= found <= value.highest:
        return None
    told = {
        "value": number(found),
        "lowest": number(value.lowest),
        "highest": number(value.highest),
        "unit": with_unit(Decimal(0), value.unit).removeprefix("0"),
    }
    return Fault("value.range", VALUE_FIELD, values=told)
