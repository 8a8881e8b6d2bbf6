"""Interventions and their codes, areas of the body they are given at, how minutes become units, and exercises."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ptnotes.clinical.anatomy import regions_in
from ptnotes.clinical.rows import Row, SourceStatus

CodeSystem = Literal["CPT", "HCPCS"]
CODE_SYSTEMS: tuple[CodeSystem, ...] = ("CPT", "HCPCS")

InterventionGroup = Literal["evaluation", "manual", "exercise", "test", "modality", "needling"]
INTERVENTION_GROUPS: tuple[InterventionGroup, ...] = (
    "evaluation",
    "manual",
    "exercise",
    "test",
    "modality",
    "needling",
)

ExerciseDose = Literal["reps", "hold", "time"]
EXERCISE_DOSES: tuple[ExerciseDose, ...] = ("reps", "hold", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """Something that takes minutes of a visit. Labels are our own: CPT descriptors are not ours to ship.

    `code` is None where none is shipped. A timed code needs minutes and counts in units of `unit_minutes`; an untimed
    one counts once a visit, and its minutes belong to the total treatment time only.
    """

    id: str
    code: str | None
    system: CodeSystem | None
    label: str
    short: str
    aliases: tuple[str, ...]
    timed: bool
    unit_minutes: int
    minutes_required: bool
    once_per_visit: bool
    group: InterventionGroup
    not_with: tuple[str, ...]
    medicare_valid: bool
    medicare_replacement: str | None
    medicare_note: str | None
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area of the body in everyday words ("heel"), as the place of a service.

    What is a joint, a muscle, a nerve or a whole region is a target (`anatomy.Target`) and not listed here. `regions`
    are where it lies, so that those of the episode can be offered first.
    """

    id: str
    label: str
    aliases: tuple[str, ...]
    regions: tuple[str, ...]
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier:
    """A billing modifier and where it belongs."""

    id: str
    code: str
    label: str
    payers: str
    applies_to: str
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsUnits:
    """The total timed minutes, both ends included, that make a number of units."""

    units: int
    min_minutes: int
    max_minutes: int
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRule:
    """A way of counting units, in words; the reckoning itself is the domain's."""

    name: str
    units: str
    allocation: str
    applies_to: tuple[str, ...]
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitExample:
    """A worked example: minutes by code, and the units that each rule gives.

    Where codes tie, `cms_allocation` is one of the possible ones: the clinician chooses.
    """

    id: str
    minutes: Mapping[str, int]
    total: int
    cms_units: int
    cms_allocation: Mapping[str, int]
    ama_units: int
    ama_allocation: Mapping[str, int]
    order: int
    note: str
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """An exercise by a plain name of our own. `usual_dose` is what is counted; no dose is suggested."""

    id: str
    label: str
    aliases: tuple[str, ...]
    regions: tuple[str, ...]
    usual_dose: ExerciseDose
    order: int
    source: str
    source_status: SourceStatus


def read_intervention(row: Row, order: int) -> Intervention:
    """An intervention from its entry."""
    code = row.opt_text("code")
    return Intervention(
        id=row.text("id"),
        code=code,
        system=None if code is None else row.word("system", CODE_SYSTEMS),
        label=row.text("label"),
        short=row.text("short"),
        aliases=row.texts("aliases"),
        timed=row.flag("timed"),
        unit_minutes=row.whole("unit_minutes"),
        minutes_required=row.flag("minutes_required"),
        once_per_visit=row.flag("once_per_visit", default=False),
        group=row.word("group", INTERVENTION_GROUPS),
        not_with=row.texts("not_with", ()),
        medicare_valid=row.flag("medicare_valid", default=True),
        medicare_replacement=row.opt_text("medicare_replacement"),
        medicare_note=row.opt_text("medicare_note"),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_area(row: Row, order: int, groups: Mapping[str, tuple[str, ...]]) -> Area:
    """An area of the body from its entry; `groups` says what `all` stands for in its regions."""
    return Area(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        regions=regions_in(row.texts("regions"), groups),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_billing_modifier(row: Row, order: int) -> Modifier:
    """A billing modifier from its entry."""
    return Modifier(
        id=row.text("id"),
        code=row.text("code"),
        label=row.text("label"),
        payers=row.text("payers"),
        applies_to=row.text("applies_to"),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_cms_units(row: Row, order: int) -> CmsUnits:
    """A line of the CMS table from its entry."""
    return CmsUnits(
        units=row.whole("units"),
        min_minutes=row.whole("min_minutes"),
        max_minutes=row.whole("max_minutes"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_unit_rule(row: Row) -> UnitRule:
    """A counting rule from its table."""
    return UnitRule(
        name=row.text("name"),
        units=row.text("units"),
        allocation=row.text("allocation"),
        applies_to=row.texts("applies_to"),
        source=row.text("source"),
        source_status=row.status(),
    )


def _counts(row: Row, key: str) -> Mapping[str, int]:
    values = row.table(key)
    if not values:
        row.fault(f"{key} is missing")
        return {}
    if not all(isinstance(count, int) and count >= 0 for count in values.values()):
        row.fault(f"{key} must give whole numbers by code")
    return MappingProxyType(dict(values))


def read_unit_example(row: Row, order: int) -> UnitExample:
    """A worked example from its entry."""
    return UnitExample(
        id=row.text("id"),
        minutes=_counts(row, "minutes"),
        total=row.whole("total"),
        cms_units=row.whole("cms_units"),
        cms_allocation=_counts(row, "cms_allocation"),
        ama_units=row.whole("ama_units"),
        ama_allocation=_counts(row, "ama_allocation"),
        order=order,
        note=row.text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_exercise(row: Row, order: int) -> Exercise:
    """An exercise from its entry."""
    return Exercise(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        regions=row.texts("regions"),
        usual_dose=row.word("usual_dose", EXERCISE_DOSES),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )
