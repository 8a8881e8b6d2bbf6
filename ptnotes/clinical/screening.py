"""What stops or limits treatment, and the conditions that open such a question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ptnotes.clinical.anatomy import regions_in
from ptnotes.clinical.clinic_value import ClinicValue
from ptnotes.clinical.rows import Row, SourceStatus

ScreeningClass = Literal["contraindicated", "precaution", "usual_care"]
SCREENING_CLASSES: tuple[ScreeningClass, ...] = ("contraindicated", "precaution", "usual_care")

ScreeningFlag = Literal["contraindicated", "precaution", "none"]
SCREENING_FLAGS: tuple[ScreeningFlag, ...] = ("contraindicated", "precaution", "none")

ALL_REGIONS = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What the program tells the therapist to do. `emergency` and `refer_urgent` stop the whole visit."""

    id: str
    text: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningInterval:
    """After how many `days` something of the screen is done again. A clinic may choose from `days_min` to `days_max`.

    `own` is the clinic's value where it has replaced the shipped one.
    """

    id: str
    label: str
    days: int
    days_min: int
    days_max: int
    order: int
    source: str
    source_status: SourceStatus
    own: ClinicValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningItem:
    """A question of the screen, with its class for mobilization (grades I-IV) and for thrust (grade V).

    `regions` is `("all",)` or region ids. With `needs_site` the class applies only at the site that is given.
    """

    id: str
    label: str
    question: str
    group: str
    class_mobilization: ScreeningClass
    class_thrust: ScreeningClass
    regions: tuple[str, ...]
    action: str
    why: str
    needs_site: bool
    record: tuple[str, ...]
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class NoContraindication:
    """A condition that a source lists as no contraindication."""

    id: str
    label: str
    note: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A framework or expert panel behind the screen."""

    id: str
    label: str
    detail: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class VascularSymptom:
    """One of the five Ds, the three Ns and ataxia."""

    id: str
    group: str
    label: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionCode:
    """A billable ICD-10-CM code. `description` is the classification's own (public domain)."""

    code: str
    description: str
    region: str | None
    side: str | None
    seventh_character: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingRule:
    """What a code excludes or needs."""

    rule: str
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition, the codes to choose from, and the screening items that it opens.

    `default_code` exists only where neither a side nor a region has to be chosen. `clinician_terms` are those of the
    aliases that are recorded as the clinician's own term: they find the codes, and no code is claimed to mean them.
    """

    id: str
    label: str
    aliases: tuple[str, ...]
    clinician_terms: tuple[str, ...]
    order: int
    codes: tuple[ConditionCode, ...]
    default_code: str | None
    needs_region: bool
    needs_side: bool
    needs_seventh_character: bool
    screening_flag: ScreeningFlag
    flag_reason: str
    contraindication_ids: tuple[str, ...]
    excludes: tuple[CodingRule, ...]
    note: str | None
    note_source: str | None
    note_source_status: SourceStatus | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBillable:
    """A code that is refused: more characters are needed."""

    code: str
    reason: str
    order: int
    source: str
    source_status: SourceStatus


def read_action(row: Row, order: int) -> Action:
    """An action from its entry."""
    return Action(
        id=row.text("id"),
        text=row.text("text"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_screening_interval(row: Row, order: int) -> ScreeningInterval:
    """An interval from its entry."""
    return ScreeningInterval(
        id=row.text("id"),
        label=row.text("label"),
        days=row.whole("days"),
        days_min=row.whole("days_min"),
        days_max=row.whole("days_max"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_screening_item(row: Row, order: int, groups: Mapping[str, tuple[str, ...]]) -> ScreeningItem:
    """A screening item from its entry; `groups` says what `spine` and `peripheral` stand for. `all` stays `all`."""
    regions = row.texts("regions")
    return ScreeningItem(
        id=row.text("id"),
        label=row.text("label"),
        question=row.text("question"),
        group=row.text("group"),
        class_mobilization=row.word("class_mobilization", SCREENING_CLASSES),
        class_thrust=row.word("class_thrust", SCREENING_CLASSES),
        regions=regions if regions == (ALL_REGIONS,) else regions_in(regions, groups),
        action=row.text("action"),
        why=row.text("why"),
        needs_site=row.flag("needs_site"),
        record=row.texts("record", ()),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_no_contraindication(row: Row, order: int) -> NoContraindication:
    """An entry of what is no contraindication."""
    return NoContraindication(
        id=row.text("id"),
        label=row.text("label"),
        note=row.text("note"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_framework(row: Row, order: int) -> Framework:
    """A framework from its entry."""
    return Framework(
        id=row.text("id"),
        label=row.text("label"),
        detail=row.text("detail"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_vascular_symptom(row: Row, order: int) -> VascularSymptom:
    """A vascular symptom from its entry."""
    return VascularSymptom(
        id=row.text("id"),
        group=row.text("group"),
        label=row.text("label"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def _read_code(row: Row) -> ConditionCode:
    found = ConditionCode(
        code=row.text("code"),
        description=row.text("description"),
        region=row.opt_text("region"),
        side=row.opt_text("side"),
        seventh_character=row.opt_text("seventh_character"),
    )
    row.done()
    return found


def _read_coding_rule(row: Row) -> CodingRule:
    found = CodingRule(rule=row.text("rule"), source=row.text("source"), source_status=row.status())
    row.done()
    return found


def read_condition(row: Row, order: int) -> Condition:
    """A condition from its entry."""
    return Condition(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        clinician_terms=row.texts("clinician_terms", ()),
        order=order,
        codes=tuple(_read_code(each) for each in row.rows("code")),
        default_code=row.opt_text("default_code"),
        needs_region=row.flag("needs_region"),
        needs_side=row.flag("needs_side"),
        needs_seventh_character=row.flag("needs_seventh_character"),
        screening_flag=row.word("screening_flag", SCREENING_FLAGS),
        flag_reason=row.text("flag_reason"),
        contraindication_ids=row.texts("contraindication_ids"),
        excludes=tuple(_read_coding_rule(each) for each in row.rows("excludes")),
        note=row.opt_text("note"),
        note_source=row.opt_text("note_source"),
        note_source_status=row.status("note_source_status") if row.peek("note_source_status") else None,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_not_billable(row: Row, order: int) -> NotBillable:
    """A refused code from its entry."""
    return NotBillable(
        code=row.text("code"),
        reason=row.text("reason"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )
