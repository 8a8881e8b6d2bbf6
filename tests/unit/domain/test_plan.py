"""Which stored plans are versions, what changed between them, and which of them was certified."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ptnotes.domain.certification import Certification
from ptnotes.domain.episode import PlanOfCare
from ptnotes.domain.plan import (
    EDITING_SPAN,
    PlanVersion,
    PlanWriting,
    certified_words,
    is_changed_since_sent,
    plan_changes,
    plan_versions,
    plan_words,
)

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
TWICE = PlanOfCare(visits_a_week=Decimal(2), duration_weeks=6, start=date(2026, 3, 2))
ONCE = replace(TWICE, visits_a_week=Decimal(1))
DAY = timedelta(days=1)


def writing(version: int, plan: PlanOfCare, after: timedelta = timedelta(), by: int = 1) -> PlanWriting:
    return PlanWriting(version=version, plan=plan, written_at=NOW + after, written_by=by)


def versions(*writings: PlanWriting, sent: tuple[Certification, ...] = ()) -> tuple[PlanVersion, ...]:
    return plan_versions(writings, sent, {one.version: one.written_at.date() for one in writings})


def certified(version: int, *, signed: bool = True) -> Certification:
    day = date(2026, 3, 5)
    return Certification(
        id=version,
        plan_version=version,
        sent_on=day,
        received_on=day if signed else None,
        signed_on=day if signed else None,
        signed_by="Dr. A" if signed else "",
    )


def test_what_is_typed_in_one_go_is_one_version() -> None:
    typed = [replace(TWICE, prognosis="good"[:count]) for count in range(1, 5)]
    found = versions(
        *(writing(place, plan, place * timedelta(minutes=10)) for place, plan in enumerate(typed, 1))
    )
    assert [(one.number, one.plan.prognosis) for one in found] == [(1, "good")]


@pytest.mark.parametrize(("apart", "count"), [(EDITING_SPAN, 1), (EDITING_SPAN + timedelta(seconds=1), 2)])
def test_what_is_changed_later_than_the_span_is_a_version_of_its_own(apart: timedelta, count: int) -> None:
    assert len(versions(writing(1, TWICE), writing(2, ONCE, apart))) == count


def test_what_somebody_else_writes_is_a_version_of_its_own() -> None:
    found = versions(writing(1, TWICE), writing(2, ONCE, by=2))
    assert [(one.number, one.written_by) for one in found] == [(1, 1), (2, 2)]
    assert found[1].changes == ("2 → 1 visits a week",)


def test_what_was_sent_is_never_merged_with_what_is_typed_after_it() -> None:
    found = versions(writing(1, TWICE), writing(2, ONCE), sent=(certified(1),))
    assert [one.is_certified for one in found] == [True, False]
    assert certified_words(found) == "changed since version 1 was certified: not certified yet"
    assert is_changed_since_sent(found)


def test_the_day_of_the_certification_is_no_change_of_the_plan() -> None:
    dated = replace(TWICE, certified_until=date(2026, 5, 1))
    (only,) = versions(writing(1, TWICE), writing(2, dated, DAY), sent=(certified(1),))
    assert only.is_certified
    assert only.plan == dated
    assert only.on == NOW.date()


def test_a_change_that_is_typed_back_at_once_is_no_version() -> None:
    found = versions(
        writing(1, TWICE), writing(2, ONCE, DAY), writing(3, TWICE, DAY), sent=(certified(1, signed=False),)
    )
    assert len(found) == 1
    assert not is_changed_since_sent(found)
    assert "sent" in certified_words(found)
    assert "not back yet" in certified_words(found)


def test_a_plan_that_was_sent_twice_tells_the_later_one() -> None:
    (only,) = versions(writing(1, TWICE), sent=(certified(1, signed=False), replace(certified(1), id=2)))
    assert only.is_certified


def test_the_latest_version_that_was_sent_is_the_one_named() -> None:
    found = versions(
        writing(1, TWICE),
        writing(2, ONCE, DAY),
        writing(3, TWICE, 2 * DAY),
        sent=(certified(1), certified(2, signed=False)),
    )
    assert certified_words(found) == "changed since version 2 was sent: not certified yet"
    assert [one.changes for one in found] == [(), ("2 → 1 visits a week",), ("1 → 2 visits a week",)]


def test_no_plan_and_a_plan_that_went_nowhere() -> None:
    assert versions() == ()
    assert certified_words(()) == ""
    assert certified_words(versions(writing(1, TWICE))) == "not certified yet"
    assert not is_changed_since_sent(versions(writing(1, TWICE)))


def test_changes_are_told_with_blanks_as_none() -> None:
    assert plan_changes(PlanOfCare(), replace(TWICE, interventions="x")) == (
        "none → 2 visits a week",
        "none → 6 weeks",
        "start none → 2 Mar 2026",
        "interventions added",
    )
    assert plan_changes(replace(TWICE, prognosis="good"), replace(TWICE, prognosis="fair")) == (
        "prognosis changed",
    )
    assert plan_changes(replace(TWICE, prognosis="good"), TWICE) == ("prognosis taken out",)
    assert plan_changes(TWICE, TWICE) == ()


def test_the_amount_is_told_where_it_was_said_and_a_blank_is_not_once() -> None:
    daily = replace(TWICE, times_a_day=1)
    assert plan_words(daily) == "1 × a day, 2 × a week for 6 weeks from 2 Mar 2026"
    assert plan_words(PlanOfCare(times_a_day=2, start=date(2026, 3, 2))) == "2 × a day from 2 Mar 2026"
    assert plan_changes(TWICE, daily) == ("none → 1 times a day",)
    assert plan_changes(daily, TWICE) == ("1 → none times a day",)


def test_a_plan_in_words() -> None:
    assert plan_words(TWICE) == "2 × a week for 6 weeks from 2 Mar 2026"
    assert plan_words(PlanOfCare(duration_weeks=1)) == "for 1 week"
    assert plan_words(PlanOfCare(start=date(2026, 3, 2))) == ""
