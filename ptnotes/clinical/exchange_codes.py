"""Codes for exchange with other systems, and what is said about the data itself: rules and errata."""

from dataclasses import dataclass

from ptnotes.clinical.rows import Row, SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeCode:
    """A code of LOINC, SNOMED CT or UCUM. With `check_before_use` it may not be sent as it stands."""

    code: str
    display: str
    use: str
    group: str | None
    check_before_use: bool
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class LoincAnswer:
    """An answer of a LOINC answer list."""

    code: str
    display: str
    question: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirMapping:
    """Which FHIR resource carries one of our objects."""

    id: str
    app_object: str
    resource: str
    key_elements: str
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PacioProfile:
    """A profile of the PACIO functioning guide."""

    id: str
    profile: str
    parent: str
    requires: str | None
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCode:
    """How something without a public code is coded."""

    system: str
    rule: str
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that goes with the data, in words."""

    id: str
    rule: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """A claim found in public sources that is wrong, and what is right."""

    id: str
    claim: str
    verdict: str
    correct: str
    likely_cause: str | None
    order: int
    source: str
    source_status: SourceStatus


def read_exchange_code(row: Row, order: int) -> ExchangeCode:
    """A code from its entry."""
    return ExchangeCode(
        code=row.text("code"),
        display=row.text("display"),
        use=row.text("use"),
        group=row.opt_text("group"),
        check_before_use=row.flag("do_not_use_without_check", default=False),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_loinc_answer(row: Row, order: int) -> LoincAnswer:
    """An answer from its entry."""
    return LoincAnswer(
        code=row.text("code"),
        display=row.text("display"),
        question=row.text("question"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_fhir_mapping(row: Row, order: int) -> FhirMapping:
    """A mapping from its entry."""
    return FhirMapping(
        id=row.text("id"),
        app_object=row.text("app_object"),
        resource=row.text("resource"),
        key_elements=row.text("key_elements"),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_pacio_profile(row: Row, order: int) -> PacioProfile:
    """A profile from its entry."""
    return PacioProfile(
        id=row.text("id"),
        profile=row.text("profile"),
        parent=row.text("parent"),
        requires=row.opt_text("requires"),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_local_code(row: Row) -> LocalCode:
    """The local coding rule from its table."""
    return LocalCode(
        system=row.text("system"),
        rule=row.text("rule"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_rule(row: Row, order: int) -> Rule:
    """A rule from its entry."""
    return Rule(
        id=row.text("id"),
        rule=row.text("rule"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_erratum(row: Row, order: int) -> Erratum:
    """An erratum from its entry."""
    return Erratum(
        id=row.text("id"),
        claim=row.text("claim"),
        verdict=row.text("verdict"),
        correct=row.text("correct"),
        likely_cause=row.opt_text("likely_cause"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )
