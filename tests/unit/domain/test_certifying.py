"""By when the physician's signature on a plan of care is needed, and until when one holds."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from ptnotes.domain.certification import Certification, SentHow
from ptnotes.domain.certifying import signature_asked
from ptnotes.domain.conclusion import NOTHING_ASKED, Asked, Request
from ptnotes.domain.due import MEDICARE
from ptnotes.domain.episode import EpisodeOfCare, PlanOfCare
from ptnotes.domain.plan import PlanVersion

DAY = date(2026, 1, 5)
PLAN = PlanOfCare(visits_a_week=Decimal(2), duration_weeks=8, start=DAY)
EPISODE = EpisodeOfCare(id=1, patient_id=1, start=DAY, plan=PLAN)
FIRST = PlanVersion(number=1, plan=PLAN, on=DAY, written_by=1)
SENT = Certification(plan_version=1, sent_on=DAY, sent_how=SentHow.FAX)
SIGNED = replace(SENT, received_on=DAY, signed_on=DAY, signed_by="Dr. A")
ENDS = date(2026, 3, 1)
"""Eight weeks from the start, the first day counted."""


def asked(*versions: PlanVersion, days: int, again: tuple[date, ...] = ()) -> Asked:
    return signature_asked(EPISODE, versions, (DAY, *again), DAY + timedelta(days=days))


def signature(by: date) -> Asked:
    return Asked(request=Request.SIGNATURE, by=by)


def renewal(by: date) -> Asked:
    """A signature that lets a certification go on."""
    return replace(signature(by), renews=True)


def test_a_plan_that_is_not_signed_asks_for_it_within_thirty_days_of_its_evaluation() -> None:
    wanted = signature(DAY + timedelta(days=30))
    assert asked(FIRST, days=1) == wanted
    assert asked(replace(FIRST, certification=SENT), days=300) == wanted
    entered = replace(FIRST, plan=replace(PLAN, certified_until=ENDS))
    assert asked(entered, days=1) == wanted


def test_a_signed_plan_asks_for_nothing_until_its_end_is_near() -> None:
    signed = replace(FIRST, certification=SIGNED)
    ahead = (ENDS - DAY).days - MEDICARE.warn_days
    assert asked(signed, days=ahead - 1) == NOTHING_ASKED
    assert asked(signed, days=ahead) == renewal(ENDS)
    assert asked(signed, days=400) == renewal(ENDS)


def test_the_day_that_the_physician_wrote_counts_before_the_plans_length() -> None:
    until = DAY + timedelta(days=20)
    shorter = replace(FIRST, certification=replace(SIGNED, valid_until=until))
    assert asked(shorter, days=19) == renewal(until)


def test_a_plan_of_a_year_is_certified_for_ninety_days() -> None:
    signed = replace(FIRST, plan=replace(PLAN, duration_weeks=52), certification=SIGNED)
    assert asked(signed, days=85) == renewal(DAY + timedelta(days=89))


def test_an_order_on_file_takes_the_place_of_the_signature_where_the_plan_was_sent_in_time() -> None:
    order = replace(SENT, sent_how=SentHow.ORDER_ON_FILE, sent_on=DAY + timedelta(days=30))
    assert asked(replace(FIRST, certification=order), days=35) == NOTHING_ASKED
    late = replace(order, sent_on=DAY + timedelta(days=31))
    assert asked(replace(FIRST, certification=late), days=35) == signature(DAY + timedelta(days=30))


def test_a_plan_that_goes_on_is_signed_by_the_end_of_the_one_before() -> None:
    again = ENDS - timedelta(days=5)
    later = PlanVersion(number=2, plan=replace(PLAN, start=again), on=again, written_by=1)
    assert asked(replace(FIRST, certification=SIGNED), later, days=52, again=(again,)) == signature(ENDS)
    # One that was changed without an evaluation is counted from the day of the change.
    changed = replace(later, on=DAY + timedelta(days=10))
    assert asked(FIRST, changed, days=12) == signature(DAY + timedelta(days=40))


def test_nothing_is_asked_without_a_plan_nor_after_the_discharge() -> None:
    assert asked(days=1) == NOTHING_ASKED
    assert asked(replace(FIRST, plan=replace(PLAN, visits_a_week=None)), days=1) == NOTHING_ASKED
    over = replace(EPISODE, discharged_on=DAY)
    assert signature_asked(over, (FIRST,), (DAY,), DAY) == NOTHING_ASKED
