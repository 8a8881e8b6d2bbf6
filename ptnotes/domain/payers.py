"""Who pays, what they were told to pay for, and the rules that each of them counts by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from ptnotes.domain.due import MEDICARE, DueRules
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import clean_line
from ptnotes.domain.units import UnitRuleName

MOST_DAYS = 3_660
"""Ten years: an input bound, no rule of a payer's."""
MOST_VISITS = 1_000
_LIMITS = {
    "report_treatment_days": (1, MOST_VISITS),
    "plan_sent_days": (1, MOST_DAYS),
    "certified_days": (1, MOST_DAYS),
    "re_evaluation_days": (1, MOST_DAYS),
    "sign_within_h": (0, 24 * MOST_DAYS),
    "warn_treatment_days": (0, MOST_VISITS),
    "warn_days": (0, MOST_DAYS),
    "warn_visits": (0, MOST_VISITS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who pays, and by which rule they turn minutes into units."""

    id: int | None = None
    name: str = ""
    units: UnitRuleName = UnitRuleName.CMS
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerRules:
    """By when a payer asks for what, and how they count units. Without a payer they are the clinic's own rules."""

    payer: Payer | None = None
    due: DueRules = MEDICARE
    units: UnitRuleName = UnitRuleName.CMS
    revision: int = 0
    """0 where nobody changed what ships."""

    @property
    def name(self) -> str:
        """Whose rules they are, for a sentence."""
        return self.payer.name if self.payer is not None else "the clinic’s own rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A patient's cover by a payer; `rank` 1 is billed first."""

    id: int | None = None
    patient_id: int = 0
    payer_id: int = 0
    payer: str = ""
    member_number: str = ""
    rank: int = 1
    since: date | None = None
    until: date | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A payer's leave for so many visits or units between two days, both included; None is not said."""

    id: int | None = None
    coverage_id: int = 0
    number: str = ""
    visits: int | None = None
    units: int | None = None
    since: date | None = None
    until: date | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Cover:
    """How a patient's treatment is paid: the covers in the order that they are billed, and their authorizations."""

    coverages: tuple[Coverage, ...] = ()
    authorizations: tuple[Authorization, ...] = field(default=())


def checked_payer(payer: Payer) -> Payer:
    """The payer as stored. Raises `InputError` for one without a name."""
    return replace(payer, name=clean_line(payer.name, "payer.name", required=True))


def checked_rules(rules: PayerRules) -> PayerRules:
    """The rules as stored. Raises `InputError` for a number out of bounds."""
    faults = list(_rule_faults(rules.due))
    if faults:
        raise InputError(*faults)
    return rules


def checked_coverage(coverage: Coverage) -> Coverage:
    """The cover as stored. Raises `InputError` where it ends before it begins, or nobody is named as its payer."""
    if not coverage.payer_id:
        raise InputError(Fault("text.empty", "coverage.payer"))
    _check_span(coverage.since, coverage.until, "coverage.until")
    return replace(coverage, member_number=clean_line(coverage.member_number, "coverage.member_number"))


def checked_authorization(authorization: Authorization) -> Authorization:
    """The authorization as stored. Raises `InputError` for one that ends before it begins or counts less than one."""
    number = clean_line(authorization.number, "authorization.number", required=True)
    for name in ("visits", "units"):
        value = getattr(authorization, name)
        if value is not None and not 1 <= value <= MOST_VISITS:
            raise InputError(_out_of_range(f"authorization.{name}", value, 1, MOST_VISITS))
    _check_span(authorization.since, authorization.until, "authorization.until")
    return replace(authorization, number=number)


def _check_span(since: date | None, until: date | None, name: str) -> None:
    if since is not None and until is not None and until < since:
        raise InputError(Fault("payer.end_before_start", name))


def _rule_faults(rules: DueRules) -> Iterator[Fault]:
    for name, (low, high) in _LIMITS.items():
        value = getattr(rules, name)
        if value is not None and not low <= value <= high:
            yield _out_of_range(f"rules.{name}", value, low, high)


def _out_of_range(name: str, value: int, low: int, high: int) -> Fault:
    values = {"value": f"{value:,}", "lowest": f"{low:,}", "highest": f"{high:,}", "unit": ""}
    return Fault("value.range", name, values=values)
