"""How long records have to be kept, by state: what was read in statutes and rules, each with its source."""

from dataclasses import dataclass

from ptnotes.clinical.rows import Row, SourceStatus

MOST_YEARS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """A state's rule. `retain_minor_years` counts from `majority_age_years`; None where the source says nothing."""

    id: str
    state: str
    retain_years: int
    majority_age_years: int
    retain_minor_years: int | None
    order: int
    source: str
    source_status: SourceStatus


def read_retention_rule(row: Row, order: int) -> RetentionRule:
    """A state's rule from its entry; years outside 0 to 100 are faults."""
    rule = RetentionRule(
        id=row.text("id"),
        state=row.text("state"),
        retain_years=row.whole("retain_years"),
        majority_age_years=row.whole("majority_age_years"),
        retain_minor_years=row.opt_whole("retain_minor_years"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )
    for name in ("retain_years", "majority_age_years", "retain_minor_years"):
        years = getattr(rule, name)
        if years is not None and not 0 <= years <= MOST_YEARS:
            row.fault(f"{name} is {years}, not from 0 to {MOST_YEARS}")
    return rule
