"""What is due, from the day before it is to the day after, and how each count is told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ptnotes.domain.due import (
    MEDICARE,
    Due,
    DueKind,
    DueRules,
    EpisodeFacts,
    Urgency,
    certification_ends,
    due_list,
)
from ptnotes.domain.wording import ordinal

START = date(2026, 3, 2)


def days(count: int, first: date = START) -> tuple[date, ...]:
    return tuple(first + timedelta(days=3 * place) for place in range(count))


def one(facts: EpisodeFacts, kind: DueKind, today: date, rules: DueRules = MEDICARE) -> Due | None:
    found = [due for due in due_list(facts, today, rules) if due.kind is kind]
    assert len(found) <= 1
    return found[0] if found else None


def sent(**facts: object) -> EpisodeFacts:
    """Facts of an episode whose plan was sent."""
    return replace(EpisodeFacts(start=START, plan_sent_on=START), **facts)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("count", "urgency"),
    [(1, None), (7, None), (8, Urgency.SOON), (9, Urgency.SOON), (10, Urgency.NOW), (11, Urgency.OVERDUE)],
)
def test_a_progress_report_is_due_on_the_tenth_treatment_day(count: int, urgency: Urgency | None) -> None:
    treated = days(count)
    due = one(sent(treatment_days=treated), DueKind.PROGRESS_REPORT, treated[-1])
    assert (due.urgency if due else None) is urgency


def test_after_the_tenth_day_without_a_report_it_is_overdue_before_the_next_visit() -> None:
    treated = days(10)
    due = one(sent(treatment_days=treated), DueKind.PROGRESS_REPORT, treated[-1] + timedelta(days=1))
    assert due == Due(
        DueKind.PROGRESS_REPORT,
        Urgency.OVERDUE,
        "treatment days 1–10 of this episode; the last visit was the 10th",
        treated[9],
    )


def test_days_are_counted_from_the_day_after_the_last_report_covers() -> None:
    treated = days(19)
    due = one(sent(treatment_days=treated, reported_to=treated[9]), DueKind.PROGRESS_REPORT, treated[-1])
    assert due == Due(
        DueKind.PROGRESS_REPORT, Urgency.SOON, "treatment days 11–20 of this episode; today is the 9th"
    )
    overdue = one(
        sent(treatment_days=days(22), reported_to=treated[9]), DueKind.PROGRESS_REPORT, days(22)[-1]
    )
    assert overdue is not None
    assert (overdue.urgency, overdue.on) == (Urgency.OVERDUE, days(22)[19])


def test_visits_after_today_do_not_count() -> None:
    treated = days(11)
    due = one(sent(treatment_days=treated), DueKind.PROGRESS_REPORT, treated[9])
    assert due is not None
    assert due.urgency is Urgency.NOW


@pytest.mark.parametrize(
    ("after", "urgency"),
    [(19, None), (20, Urgency.SOON), (29, Urgency.SOON), (30, Urgency.NOW), (31, Urgency.OVERDUE)],
)
def test_the_plan_is_sent_within_thirty_days_of_the_evaluation(after: int, urgency: Urgency | None) -> None:
    due = one(EpisodeFacts(start=START), DueKind.PLAN_SENT, START + timedelta(days=after))
    assert (due.urgency if due else None) is urgency


def test_a_plan_that_was_sent_is_not_asked_for() -> None:
    assert one(sent(), DueKind.PLAN_SENT, START + timedelta(days=100)) is None


@pytest.mark.parametrize(
    ("weeks", "written", "ends"),
    [
        (None, None, START + timedelta(days=89)),
        (6, None, START + timedelta(days=41)),
        (12, None, START + timedelta(days=83)),
        (13, None, START + timedelta(days=89)),
        (6, START + timedelta(days=50), START + timedelta(days=50)),
    ],
)
def test_a_certification_holds_for_the_plans_length_or_ninety_days(
    weeks: int | None, written: date | None, ends: date
) -> None:
    assert certification_ends(sent(plan_start=START, plan_weeks=weeks, certified_until=written)) == ends


def test_ninety_days_from_new_year_end_with_march() -> None:
    assert certification_ends(sent(plan_start=date(2026, 1, 1))) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("left", "urgency"), [(11, None), (10, Urgency.SOON), (0, Urgency.NOW), (-1, Urgency.OVERDUE)]
)
def test_a_certification_that_ends_is_told_of(left: int, urgency: Urgency | None) -> None:
    last = START + timedelta(days=41)
    facts = sent(plan_start=START, plan_weeks=6)
    due = one(facts, DueKind.CERTIFICATION, last - timedelta(days=left))
    assert (due.urgency if due else None) is urgency
    if due is not None:
        assert due.why == "6 weeks or 90 days, the shorter, from 2 Mar 2026 end on 12 Apr 2026"


def test_an_episode_without_a_plan_has_no_certification_to_end() -> None:
    assert one(sent(), DueKind.CERTIFICATION, START + timedelta(days=400)) is None


@pytest.mark.parametrize(("after", "urgency"), [(1, Urgency.NOW), (2, Urgency.OVERDUE)])
def test_unsigned_notes_are_told_and_late_after_a_day(after: int, urgency: Urgency) -> None:
    due = one(sent(unsigned_days=(START,)), DueKind.UNSIGNED_NOTES, START + timedelta(days=after))
    assert due == Due(
        DueKind.UNSIGNED_NOTES, urgency, "1 note is not signed, the earliest of 2 Mar 2026", START
    )


@pytest.mark.parametrize(
    ("used", "urgency"),
    [(8, None), (9, Urgency.SOON), (11, Urgency.SOON), (12, Urgency.NOW), (13, Urgency.OVERDUE)],
)
def test_authorized_visits_are_counted_from_their_first_day(used: int, urgency: Urgency | None) -> None:
    before, counted = days(5), days(used, START + timedelta(days=100))
    facts = sent(treatment_days=(*before, *counted), authorized_visits=12, authorized_from=counted[0])
    due = one(facts, DueKind.AUTHORIZED_VISITS, counted[-1])
    assert (due.urgency if due else None) is urgency
    if due is not None:
        assert due.why == f"{used} of 12 authorized visits are used"


def test_visits_after_today_use_up_nothing_that_is_authorized() -> None:
    facts = sent(treatment_days=days(6), authorized_visits=5)
    due = one(facts, DueKind.AUTHORIZED_VISITS, days(6)[2])
    assert due is not None
    assert (due.urgency, due.why) == (Urgency.SOON, "3 of 5 authorized visits are used")


def test_everything_is_told_in_its_own_words() -> None:
    today = START + timedelta(days=40)
    facts = EpisodeFacts(
        start=START,
        treatment_days=days(10),
        plan_start=START,
        plan_weeks=6,
        evaluated_on=START,
        unsigned_days=(today,),
        authorized_visits=10,
        authorized_until=today,
        physician_visit_on=today,
    )
    told = {due.kind: due.why for due in due_list(facts, today, replace(MEDICARE, re_evaluation_days=30))}
    assert told == {
        DueKind.PROGRESS_REPORT: "treatment days 1–10 of this episode; the last visit was the 10th",
        DueKind.PLAN_SENT: (
            "30 days from the evaluation on 2 Mar 2026 end on 1 Apr 2026; nothing says that the plan was sent"
        ),
        DueKind.CERTIFICATION: "6 weeks or 90 days, the shorter, from 2 Mar 2026 end on 12 Apr 2026",
        DueKind.RE_EVALUATION: "30 days from the evaluation on 2 Mar 2026 end on 1 Apr 2026",
        DueKind.UNSIGNED_NOTES: "1 note is not signed, the earliest of 11 Apr 2026",
        DueKind.AUTHORIZED_VISITS: "10 of 10 authorized visits are used",
        DueKind.AUTHORIZATION: "visits are authorized to 11 Apr 2026",
        DueKind.PHYSICIAN_VISIT: "the next visit to the physician is on 11 Apr 2026",
    }


def test_an_authorization_that_ends_and_a_visit_to_the_physician_are_told_ahead() -> None:
    facts = sent(authorized_until=START + timedelta(days=10), physician_visit_on=START + timedelta(days=5))
    assert [(due.kind, due.urgency) for due in due_list(facts, START)] == [
        (DueKind.AUTHORIZATION, Urgency.SOON),
        (DueKind.PHYSICIAN_VISIT, Urgency.SOON),
    ]
    assert one(facts, DueKind.PHYSICIAN_VISIT, START + timedelta(days=6)) is None
    assert one(facts, DueKind.AUTHORIZATION, START + timedelta(days=11)) is not None


def test_a_re_evaluation_is_due_only_where_a_rule_asks_for_it() -> None:
    facts = sent(evaluated_on=START)
    assert one(facts, DueKind.RE_EVALUATION, START + timedelta(days=400)) is None
    rules = replace(MEDICARE, re_evaluation_days=30)
    assert one(facts, DueKind.RE_EVALUATION, START + timedelta(days=19), rules) is None
    due = one(facts, DueKind.RE_EVALUATION, START + timedelta(days=31), rules)
    assert due is not None
    assert due.urgency is Urgency.OVERDUE


def test_a_payer_that_asks_for_nothing_makes_nothing_due() -> None:
    nothing = DueRules(
        report_treatment_days=None, plan_sent_days=None, certified_days=None, re_evaluation_days=None
    )
    facts = EpisodeFacts(start=START, treatment_days=days(40), plan_start=START, evaluated_on=START)
    assert due_list(facts, START + timedelta(days=200), nothing) == ()


def test_the_most_pressing_comes_first() -> None:
    facts = EpisodeFacts(start=START, treatment_days=days(10), unsigned_days=(START,))
    urgencies = [due.urgency for due in due_list(facts, days(10)[-1])]
    assert urgencies == [Urgency.OVERDUE, Urgency.NOW, Urgency.SOON]


def test_ordinals() -> None:
    assert [ordinal(count) for count in (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th")
    ]
