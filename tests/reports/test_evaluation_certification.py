"""What an evaluation says of the plan’s certification: for how long, by when, and who has signed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ptnotes.domain.certification import SentHow
from ptnotes.domain.due import MEDICARE, DueRules
from ptnotes.domain.episode import PlanOfCare
from ptnotes.domain.plan import PlanVersion
from ptnotes.reports.evaluation import render_evaluation
from ptnotes.reports.evaluation_data import Standing
from ptnotes.services.evaluation_content import certification_told, evaluated
from tests.reports.cases import FIRST_DAY, case, flat, pages
from tests.reports.evaluations import PLAN, SENT, SIGNED, VERSION, WHOLE, content, first_visit, text_of


@pytest.mark.parametrize(
    ("weeks", "until", "why"),
    [
        (12, date(2026, 3, 29), "the plan’s 12 weeks or 90 days, the shorter"),
        (13, date(2026, 4, 4), "the plan’s 13 weeks or 90 days, the shorter"),
        (1, date(2026, 1, 11), "the plan’s 1 week or 90 days, the shorter"),
        (None, date(2026, 4, 4), "90 days"),
    ],
)
def test_a_certification_holds_for_the_plan_or_ninety_days_the_shorter(
    weeks: int | None, until: date, why: str
) -> None:
    version = replace(VERSION, plan=replace(PLAN, duration_weeks=weeks))
    found = content(plan_versions=(version,)).certification
    assert (found.standing, found.since, found.until, found.why_until) == (
        Standing.ASKED,
        FIRST_DAY,
        until,
        why,
    )


def test_a_shorter_day_that_was_entered_holds_and_a_longer_one_does_not() -> None:
    for entered, until in ((date(2026, 2, 1), date(2026, 2, 1)), (date(2027, 2, 1), date(2026, 3, 1))):
        version = replace(VERSION, plan=replace(PLAN, certified_until=entered))
        assert content(plan_versions=(version,)).certification.until == until


@pytest.mark.parametrize(
    ("today", "is_late"), [(date(2026, 1, 6), False), (date(2026, 2, 4), False), (date(2026, 2, 5), True)]
)
def test_a_signature_is_asked_for_within_thirty_days(today: date, is_late: bool) -> None:
    made = case(first_visit(), episode=WHOLE, plan_versions=(VERSION,))
    found = certification_told(evaluated(made, first_visit()), MEDICARE, today)
    assert (found.by, found.is_late) == (date(2026, 2, 4), is_late)
    chosen = certification_told(evaluated(made, first_visit()), MEDICARE, today, date(2026, 1, 20))
    assert chosen.by == date(2026, 1, 20)


def test_without_a_rule_no_day_is_told() -> None:
    made = case(first_visit(), episode=WHOLE, plan_versions=(VERSION,))
    rules = DueRules(plan_sent_days=None, certified_days=None)
    found = certification_told(evaluated(made, first_visit()), rules, FIRST_DAY)
    assert (found.by, found.is_late, found.why_until) == (None, False, "the plan’s 8 weeks")
    plain = replace(VERSION, plan=replace(PLAN, duration_weeks=None))
    without = certification_told(
        evaluated(replace(made, plan_versions=(plain,)), first_visit()), rules, FIRST_DAY
    )
    assert without.until is None
    text = text_of(render_evaluation(replace(content(), certification=without)))
    assert "which I certify from 5 Jan 2026." in text


def test_a_plan_that_was_signed_asks_for_nothing() -> None:
    data = content(plan_versions=(replace(VERSION, certification=SIGNED),))
    assert data.certification.standing is Standing.SIGNED
    text = flat(pages(render_evaluation(data))[0]).replace("\xa0", " ")
    assert "Asked of you: nothing; the plan is certified." in text
    assert (
        "On record: sent to Dr. P. Anand on 6 Jan 2026 (fax), back on 9 Jan 2026, signed by Dr. P. Anand on 8 Jan 2026"
        " from 5 Jan 2026 to 1 Mar 2026"
    ) in text
    assert "Changes, if any" not in text
    until = replace(SIGNED, valid_until=date(2026, 2, 20))
    assert content(plan_versions=(replace(VERSION, certification=until),)).certification.until == date(
        2026, 2, 20
    )


@pytest.mark.parametrize(
    ("days", "standing"), [(0, Standing.ON_FILE), (30, Standing.ON_FILE), (31, Standing.ASKED)]
)
def test_a_signed_referral_on_file_takes_the_place_of_a_signature_when_sent_in_thirty_days(
    days: int, standing: Standing
) -> None:
    own = replace(SENT, sent_on=FIRST_DAY + timedelta(days=days), sent_how=SentHow.ORDER_ON_FILE)
    data = content(plan_versions=(replace(VERSION, certification=own),))
    assert data.certification.standing is standing
    text = flat(pages(render_evaluation(data))[0]).replace("\xa0", " ")
    assert ("A signed referral is on file" in text) is (standing is Standing.ON_FILE)
    assert ("Changes, if any" in text) is (standing is Standing.ASKED)


def test_a_plan_that_was_only_entered_as_certified_still_asks_for_the_signature_and_says_so() -> None:
    entered = replace(VERSION, plan=replace(PLAN, certified_until=date(2026, 3, 1)))
    found = content(plan_versions=(entered,)).certification
    assert found.standing is Standing.ASKED
    assert found.record == "entered as certified to 1 Mar 2026, no signature on record"


def test_a_plan_that_was_only_sent_still_asks_for_the_signature() -> None:
    data = content(plan_versions=(replace(VERSION, certification=SENT),))
    assert data.certification.standing is Standing.ASKED
    assert "So far: sent to Dr. P. Anand on 6 Jan 2026 (fax)." in text_of(render_evaluation(data))


@pytest.mark.parametrize("versions", [(), (replace(VERSION, plan=PlanOfCare(prognosis="Good.")),)])
def test_without_a_plan_there_is_nothing_to_sign(versions: tuple[PlanVersion, ...]) -> None:
    data = content(plan_versions=versions, episode=replace(WHOLE, plan=PlanOfCare()))
    assert data.certification.standing is Standing.NO_PLAN
    text = flat(pages(render_evaluation(data))[0]).replace("\xa0", " ")
    assert "Asked of you: nothing yet." in text
    assert "No treatment is planned yet." in text
    assert "PHYSICIAN’S CERTIFICATION" not in text
