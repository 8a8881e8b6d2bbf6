"""How long a record is kept, on the days that are easily counted wrong."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.errors import InputError
from ptnotes.domain.retention import (
    RecordRules,
    Retention,
    checked_reason,
    checked_rules,
    is_due,
    is_late,
    names_somebody,
    retain_until,
    with_state,
    years_after,
)
from tests.clinics import reference

ADULT = date(1979, 3, 12)
RULES = RecordRules(retain_years=7, majority_age_years=18, retain_minor_years=3)
DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("last", "born", "until"),
    [
        (date(2026, 3, 2), ADULT, date(2033, 3, 2)),
        (date(2024, 2, 29), ADULT, date(2031, 3, 1)),
        (date(2021, 2, 28), ADULT, date(2028, 2, 28)),
        (date(2026, 3, 2), date(2020, 5, 6), date(2041, 5, 6)),
        (date(2026, 3, 2), date(2012, 5, 6), date(2033, 5, 6)),
        (date(2026, 3, 2), date(2012, 2, 29), date(2033, 3, 2)),
        (date(2026, 3, 2), date(2016, 2, 29), date(2037, 3, 1)),
    ],
)
def test_a_record_is_kept_until_the_later_of_the_two_days(last: date, born: date, until: date) -> None:
    assert retain_until(last, born, RULES) == until


def test_without_a_birth_date_no_date_can_be_told_and_nothing_is_due() -> None:
    assert retain_until(date(1990, 1, 1), None, RULES) is None
    assert not is_due(None, date(2200, 1, 1))


def test_the_last_day_still_belongs_to_the_time_that_a_record_is_kept() -> None:
    until = date(2033, 3, 2)
    assert [is_due(until, day) for day in (date(2033, 3, 1), until, date(2033, 3, 3))] == [False, False, True]


@given(last=DATES, born=DATES, years=st.integers(1, 100), minor=st.integers(0, 100))
def test_no_record_is_kept_shorter_than_either_rule_says(
    last: date, born: date, years: int, minor: int
) -> None:
    rules = RecordRules(retain_years=years, retain_minor_years=minor)
    until = retain_until(last, born, rules)
    assert until is not None
    assert (until.year, until.month, until.day) >= (last.year + years, last.month, last.day)
    assert until.year >= born.year + 18 + minor
    assert until <= max(date(last.year + years, 12, 31), date(born.year + 18 + minor, 12, 31))


@given(day=DATES, years=st.integers(0, 100))
def test_years_later_is_the_same_day_or_the_first_of_march(day: date, years: int) -> None:
    later = years_after(day, years)
    same = (later.year, later.month, later.day) == (day.year + years, day.month, day.day)
    assert same or ((day.month, day.day) == (2, 29) and (later.month, later.day) == (3, 1))


def test_the_date_of_a_patient_counts_only_where_it_is_later_than_the_rule() -> None:
    kept = Retention(
        patient_id=1, mrn="1", name="N", last_activity=ADULT, rule_date=date(2030, 1, 1), own_date=None
    )
    assert kept.keep_until == date(2030, 1, 1)
    assert replace(kept, own_date=date(2029, 1, 1)).keep_until == date(2030, 1, 1)
    assert replace(kept, own_date=date(2040, 1, 1)).keep_until == date(2040, 1, 1)
    assert replace(kept, rule_date=None, own_date=date(2029, 1, 1)).keep_until is None


def test_choosing_a_state_fills_the_rule_and_leaves_what_its_source_does_not_say() -> None:
    states = reference().retention_rules
    california = with_state(RecordRules(), states["CA"])
    assert (california.retain_years, california.majority_age_years, california.retain_minor_years) == (
        7, 18, 1,
    )  # fmt: skip
    assert (california.state, california.source) == ("CA", states["CA"].source)
    assert with_state(RecordRules(retain_minor_years=12), states["MO"]).retain_minor_years == 12


def test_every_state_names_its_source_and_reads_as_a_rule_that_can_be_stored() -> None:
    states = reference().retention_rules
    assert len(states) >= 5
    for rule in states.values():
        assert rule.source
        assert rule.source_status in ("looked_up", "partial")
        stored = checked_rules(with_state(RecordRules(), rule))
        assert stored.retain_years == rule.retain_years


def test_rules_out_of_range_are_refused_one_by_one() -> None:
    wrong = RecordRules(late_entry_h=-1, retain_years=0, majority_age_years=3, retain_minor_years=101)
    with pytest.raises(InputError) as raised:
        checked_rules(wrong)
    assert [fault.field for fault in raised.value.faults] == [
        "rules.late_entry_h",
        "rules.retain_years",
        "rules.majority_age_years",
        "rules.retain_minor_years",
    ]


@pytest.mark.parametrize("reason", ["MOREAU's time is over", "time of Mme Moreau is over", "helene, over"])
def test_a_reason_that_names_the_patient_is_refused(reason: str) -> None:
    with pytest.raises(InputError, match=r"disposal\.reason\.names"):
        checked_reason(reason, ("Moreau", "Hélène", ""))


def test_a_reason_is_needed_and_may_have_words_that_only_begin_like_the_name() -> None:
    with pytest.raises(InputError, match=r"disposal\.reason"):
        checked_reason("  ", ("Moreau",))
    assert checked_reason(" Time  is over, moreover ", ("Moreau", "Li")) == "Time is over, moreover"
    assert not names_somebody("li is a word too", ("Li",))


@pytest.mark.parametrize(
    ("written", "hours", "late"),
    [
        ("2026-03-02T23:59:00", 24, False),
        ("2026-03-03T23:59:59", 24, False),
        ("2026-03-04T00:00:00", 24, True),
        ("2026-03-02T23:59:00", 0, False),
        ("2026-03-03T00:00:00", 0, True),
        ("2026-03-04T23:59:00", 48, False),
        ("2026-03-05T00:00:00", 48, True),
        ("2026-03-03T12:00:00", 12, True),
        ("2026-03-03T11:59:00", 12, False),
    ],
)
def test_an_entry_is_late_so_many_hours_after_the_end_of_the_service_date(
    written: str, hours: int, late: bool
) -> None:
    here = datetime.fromisoformat(written).replace(tzinfo=ZoneInfo("America/New_York"))
    assert is_late(date(2026, 3, 2), here, hours) is late
