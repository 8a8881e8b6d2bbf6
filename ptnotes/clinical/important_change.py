"""The table of important changes: for each measure and region the one threshold that was chosen, and why that one."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from ptnotes.clinical.clinic_value import ClinicValue
from ptnotes.clinical.rows import Row, SourceStatus
from ptnotes.clinical.screening import ALL_REGIONS

if TYPE_CHECKING:
    from ptnotes.clinical.reference import Reference

ImportantKind = Literal["MCID", "MIC", "MID"]
IMPORTANT_KINDS: tuple[ImportantKind, ...] = ("MCID", "MIC", "MID")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportantChange:
    """The smallest change of a measure that counts as important in `regions` (`all`: where no other row names it).

    `value` is in the measure's unit, `kind` what the source calls it, `population` whom it was found in, `reason` why
    this value was chosen among the published ones. `own` is the clinic's value where it has replaced the shipped one.
    """

    id: str
    measure: str
    regions: tuple[str, ...]
    value: Decimal
    kind: ImportantKind
    population: str
    reason: str
    order: int
    source: str
    source_status: SourceStatus
    own: ClinicValue | None = None


def read_important_change(row: Row, order: int) -> ImportantChange:
    """An important change from its entry."""
    return ImportantChange(
        id=row.text("id"),
        measure=row.text("measure"),
        regions=row.texts("regions"),
        value=row.number("value"),
        kind=row.word("kind", IMPORTANT_KINDS),
        population=row.text("population"),
        reason=row.text("reason"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def important_change_faults(reference: "Reference") -> Iterator[str]:
    """What is wrong with the table: an unknown measure or region, two rows for one place, a value out of the scale."""
    for row in reference.important_changes.values():
        where = f"outcome_measures: important_change {row.id}"
        measure = reference.measures.get(row.measure)
        if measure is None:
            yield f"{where}: measure {row.measure!r} is not known"
        elif not 0 < row.value <= measure.score_max - measure.score_min:
            yield f"{where}: {row.value} is no change that the measure can show"
        if not row.regions:
            yield f"{where}: has no region"
        for region in row.regions:
            if region not in reference.regions and row.regions != (ALL_REGIONS,):
                yield f"{where}: region {region!r} is not known"
    for one, other in combinations(reference.important_changes.values(), 2):
        if one.measure == other.measure and set(one.regions) & set(other.regions):
            yield f"outcome_measures: important_change {other.id}: {one.id} is for the same measure and region"
