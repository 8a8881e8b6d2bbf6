"""How long a record is kept, and when it may be disposed of.

No federal rule says how long a private practice keeps its charts: states do, and payers. What ships as the default is
therefore a cautious choice, to be checked with counsel: ten years, which is what Medicare Advantage asks of those who
treat its members (42 CFR 422.504(d)(2)(iii)), after the last treatment, and ten years after majority.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from ptnotes.clinical.retention import MOST_YEARS, RetentionRule
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import clean_line, fold

ACCOUNTED_YEARS = 6
"""45 CFR 164.528(a)(1): a patient may ask what was disclosed in the six years before."""
DEFAULT_LATE_ENTRY_H = 24
MOST_LATE_ENTRY_H = 24 * 31
_LEAST_COMPARED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRules:
    """The clinic's rules: hours after the service date from which an entry is late, and years that records are kept.

    `retain_years` count from the last treatment or discharge, `retain_minor_years` from the birthday on which
    somebody is of age. `state` is the id of the state whose rule was chosen, empty for none; `source` is where the
    numbers come from, in words.
    """

    late_entry_h: int = DEFAULT_LATE_ENTRY_H
    retain_years: int = 10
    majority_age_years: int = 18
    retain_minor_years: int = 10
    state: str = ""
    source: str = ""
    revision: int = 0


class Obstacle(StrEnum):
    """Why a record is not to be disposed of, whatever its date says."""

    OPEN_EPISODE = "open_episode"
    PLANNED_VISIT = "planned_visit"
    UNANSWERED_REQUEST = "unanswered_request"
    UNSEEN_EMERGENCY = "unseen_emergency"
    RECENT_DISCLOSURE = "recent_disclosure"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long a patient's record is kept.

    `rule_date` follows from the clinic's rules, `own_date` was set for this patient; the later of the two counts.
    None as `rule_date` means that no date can be told yet: an episode is open.
    """

    patient_id: int
    mrn: str
    name: str
    last_activity: date
    rule_date: date | None
    own_date: date | None
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def keep_until(self) -> date | None:
        """The last day on which the record must be there; None while that cannot be told."""
        if self.rule_date is None or self.own_date is None:
            return self.rule_date
        return max(self.rule_date, self.own_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """What remains of a record that was disposed of."""

    uuid: str
    patient_uuid: str
    mrn: str
    retain_until: date | None
    reason: str
    at: datetime
    zone: str
    who: str


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March, so that nothing ends a day early."""
    year = min(day.year + years, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def retain_until(last_activity: date, birth_date: date | None, rules: RecordRules) -> date | None:
    """The last day on which a record must be kept: the later of the two that the rules give.

    The rule for minors counts whatever the age at the last visit, since the record may hold what was written earlier.
    None where the birth date is not known: then no date can be told, and the record is kept.
    """
    if birth_date is None:
        return None
    of_age = years_after(birth_date, rules.majority_age_years)
    return max(years_after(last_activity, rules.retain_years), years_after(of_age, rules.retain_minor_years))


def is_due(keep_until: date | None, today: date) -> bool:
    """Whether the record may be disposed of `today`: the day after its last one."""
    return keep_until is not None and today > keep_until


def with_state(rules: RecordRules, rule: RetentionRule) -> RecordRules:
    """The rules as a state's. What its source does not say stays as the clinic has it."""
    minor = rules.retain_minor_years if rule.retain_minor_years is None else rule.retain_minor_years
    return replace(
        rules,
        retain_years=rule.retain_years,
        majority_age_years=rule.majority_age_years,
        retain_minor_years=minor,
        state=rule.id,
        source=rule.source,
    )


def checked_rules(rules: RecordRules) -> RecordRules:
    """The rules as stored. Raises `InputError` with a fault for every number that is out of range."""
    faults = []
    for name, lowest, highest, unit in (
        ("late_entry_h", 0, MOST_LATE_ENTRY_H, " h"),
        ("retain_years", 1, MOST_YEARS, " years"),
        ("majority_age_years", 14, 25, " years"),
        ("retain_minor_years", 0, MOST_YEARS, " years"),
    ):
        value = getattr(rules, name)
        if not lowest <= value <= highest:
            values = {"value": str(value), "unit": unit, "lowest": str(lowest), "highest": str(highest)}
            faults.append(Fault("value.range", f"rules.{name}", values=values))
    source = clean_line(rules.source, "rules.source", limit=400)
    if faults:
        raise InputError(*faults)
    return replace(rules, source=source)


def checked_reason(reason: str, names: tuple[str, ...]) -> str:
    """The reason for a disposal as it is kept for good, so without the patient's `names`.

    Raises `InputError` ("disposal.reason", "disposal.reason.names").
    """
    said = clean_line(reason, "disposal.reason")
    if not said:
        raise InputError(Fault("disposal.reason", "disposal.reason"))
    if names_somebody(said, names):
        raise InputError(Fault("disposal.reason.names", "disposal.reason"))
    return said


def names_somebody(text: str, names: tuple[str, ...]) -> bool:
    """Whether a word of `text` is one of `names`, however either is written. Names of one or two letters are passed."""
    # Of “Moreau's” the name, and of “O'Brien” the whole.
    words = {word for way in (text, text.replace("'", " ").replace("’", " ")) for word in fold(way).split()}
    parts = {part for name in names for part in fold(name).split() if len(part) >= _LEAST_COMPARED}
    return bool(words & parts)


def accounted_since(today: date) -> date:
    """The first day whose disclosures a patient may still ask for."""
    return years_after(today, -ACCOUNTED_YEARS)


def is_late(service_date: date, written_at: datetime, late_entry_h: int = DEFAULT_LATE_ENTRY_H) -> bool:
    """Whether what is written then about a visit of that day is a late entry.

    `written_at` is by the clock of the visit's place. The hours count from the end of the service date, so that with
    24 everything from the second day on is late.
    """
    ends = datetime.combine(service_date, datetime.min.time()) + timedelta(days=1, hours=late_entry_h)
    return written_at.replace(tzinfo=None) >= ends
