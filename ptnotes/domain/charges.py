"""What the services of a visit come to in minutes and units, by both rules. For documentation: nothing is billed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import TreatmentSession, minutes_by_timing
from ptnotes.domain.units import UnitRuleName, Units, timed_units

RULE_WORDS = {UnitRuleName.CMS: "CMS 8-minute rule", UnitRuleName.AMA: "AMA rule"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """Minutes of a visit's services, and their units: of timed codes by each rule, of untimed codes by either.

    `untimed` are codes that count once a visit whatever their minutes (Medicare Claims Processing Manual, chapter 5,
    section 20.2). A service without a shipped code has minutes and no units.
    """

    timed_min: int
    untimed_min: int
    timed: dict[UnitRuleName, Units]
    untimed: tuple[str, ...] = ()

    def total(self, rule: UnitRuleName) -> int:
        """All units by a rule."""
        return self.timed[rule].total + len(self.untimed)

    @property
    def has_units(self) -> bool:
        """Whether there is anything that counts in units."""
        return bool(self.untimed) or any(units.by_code for units in self.timed.values())


def charges(reference: Reference, session: TreatmentSession) -> Charges:
    """What the services of a visit come to. Minutes of one code add up; a timed row without minutes adds nothing."""
    by_code: dict[str, int] = {}
    untimed: list[str] = []
    for row in session.interventions:
        service = reference.interventions.get(row.intervention or "")
        if service is None or service.code is None:
            continue
        if not service.timed:
            untimed.append(service.code)
        elif row.minutes is not None:
            by_code[service.code] = by_code.get(service.code, 0) + row.minutes
    timed_min, untimed_min = minutes_by_timing(reference, session)
    return Charges(
        timed_min=timed_min,
        untimed_min=untimed_min,
        timed={rule: timed_units(by_code, rule) for rule in UnitRuleName},
        untimed=tuple(dict.fromkeys(untimed)),
    )


def units_words(found: Charges, rule: UnitRuleName) -> str:
    """The units by a rule, in all and of each code: ``3 units by the CMS 8-minute rule: 97110 2, 97140 1``.

    What codes tie for is given to none of them: ``97110 0, 97140 0, 1 for 97110 or 97140``.
    """
    total, units = found.total(rule), found.timed[rule]
    sure = dict(units.by_code)
    more = []
    if units.tie is not None:
        for code in units.tie.codes[: units.tie.units]:
            sure[code] -= 1
        more = [f"{units.tie.units} for {_listed(units.tie.codes, 'or')}"]
    codes = [*sure.items(), *((code, 1) for code in found.untimed)]
    count = "1 unit" if total == 1 else f"{total} units"
    listed = ", ".join([*(f"{code} {each}" for code, each in codes), *more])
    return f"{count} by the {RULE_WORDS[rule]}: {listed}"


def tie_words(found: Charges, rule: UnitRuleName) -> str:
    """That codes tie, and for how many units; empty where none do."""
    tie = found.timed[rule].tie
    if tie is None:
        return ""
    units = "1 unit" if tie.units == 1 else f"{tie.units} units"
    return f"{_listed(tie.codes, 'and')} tie for {units}: you choose which."


def _listed(codes: Sequence[str], word: str) -> str:
    *most, last = codes
    return f"{', '.join(most)} {word} {last}"


def minutes_problem(found: Charges, visit_min: int | None) -> str:
    """A sentence where the minutes cannot be: more than the visit took. Empty where they can, or no times are known."""
    if visit_min is None or visit_min < 0:
        return ""
    if found.timed_min > visit_min:
        return f"{found.timed_min} timed minutes are charted, and the visit took {visit_min} min."
    if found.timed_min + found.untimed_min > visit_min:
        return f"The minutes charted are more than the visit took ({visit_min} min)."
    return ""


def told(found: Charges) -> Iterator[str]:
    """The minutes as a line's parts."""
    yield f"Timed {found.timed_min} min"
    yield f"untimed {found.untimed_min} min"
    yield f"in all {found.timed_min + found.untimed_min} min"
