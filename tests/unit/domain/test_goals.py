"""What becomes of a goal, when its target counts as reached, and how the steps are told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ptnotes.domain.episode import Goal, GoalStatus
from ptnotes.domain.errors import InputError
from ptnotes.domain.goals import (
    TAKEN_BACK,
    GoalEvent,
    change_faults,
    dropped,
    is_reached,
    is_revision,
    met,
    resumed,
    revised,
    step_words,
    steps_of,
    undone,
)

BEND = Goal(
    uuid="g-1",
    words="Tie shoes",
    measure="rom",
    motion="lumbar_flexion",
    unit="deg",
    baseline=Decimal(40),
    target=Decimal(60),
    due=date(2026, 5, 1),
)


def goal(baseline: int | None, target: int | None) -> Goal:
    return replace(
        BEND,
        baseline=None if baseline is None else Decimal(baseline),
        target=None if target is None else Decimal(target),
    )


@pytest.mark.parametrize(
    ("baseline", "target", "now", "better", "reached"),
    [
        (40, 60, "59.9", "higher", False),
        (40, 60, "60", "higher", True),
        (40, 60, "61", "higher", True),
        (8, 2, "2.5", "lower", False),
        (8, 2, "2", "lower", True),
        (8, 2, "0", "lower", True),
        # The goal's own way counts, whatever is usual for the measure: less of a motion that is too much.
        (70, 50, "50", "higher", True),
        (70, 50, "60", "higher", False),
        # To hold what there is: the numbers say no way, so the measure's own does.
        (60, 60, "60", "higher", True),
        (60, 60, "59", "higher", False),
        (3, 3, "3", "lower", True),
        (3, 3, "4", "lower", False),
        (0, 0, "0", "toward_zero", True),
        (0, 0, "-1", "toward_zero", False),
        (None, 60, "60", "higher", True),
        (None, 60, "60", "", False),
        (None, 5, "-5", "toward_zero", True),
        (None, 5, "-6", "toward_zero", False),
        # Short of full extension, toward it, and beyond it.
        (-20, -5, "-6", "toward_zero", False),
        (-20, -5, "-5", "toward_zero", True),
        (-20, -5, "2", "toward_zero", True),
        # A target of zero is a target.
        (8, 0, "0", "lower", True),
        (8, None, "0", "lower", False),
    ],
)
def test_a_target_is_reached_when_the_value_is_at_it_or_beyond(
    baseline: int | None, target: int | None, now: str, better: str, reached: bool
) -> None:
    assert is_reached(goal(baseline, target), Decimal(now), better) is reached


def test_what_was_not_measured_reaches_nothing() -> None:
    assert not is_reached(BEND, None, "higher")
    assert not is_reached(Goal(uuid="w", words="Walk the dog"), Decimal(0), "lower")


def test_met_asks_for_no_reason_and_dropped_and_revised_do() -> None:
    assert met(BEND) == replace(BEND, status=GoalStatus.MET)
    assert met(BEND, " at last ").status_reason == "at last"
    assert dropped(BEND, "moved away").status is GoalStatus.DROPPED
    with pytest.raises(InputError) as not_dropped:
        dropped(BEND, " ")
    with pytest.raises(InputError) as not_revised:
        revised(BEND, Decimal(70), BEND.due, "")
    for refused in (not_dropped, not_revised):
        assert [fault.code for fault in refused.value.faults] == ["goal.reason_needed"]


def test_a_revision_keeps_name_and_measure_and_stays_active() -> None:
    after = revised(BEND, Decimal(70), date(2026, 6, 1), "better than expected")
    assert after == replace(
        BEND, target=Decimal(70), due=date(2026, 6, 1), status_reason="better than expected"
    )
    assert is_revision(BEND, after)
    assert not is_revision(BEND, met(BEND))
    assert not is_revision(met(BEND), resumed(BEND))


def test_a_revision_that_changes_nothing_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        revised(BEND, BEND.target, BEND.due, "why")
    assert [fault.code for fault in refused.value.faults] == ["goal.not_revised"]


def test_a_target_or_a_date_can_be_taken_away_by_a_revision() -> None:
    assert revised(BEND, BEND.target, None, "no date any more").due is None
    assert revised(BEND, None, BEND.due, "not measurable").target is None


def test_what_is_undone_says_so_where_the_goal_is_active_again() -> None:
    assert undone(BEND).status_reason == TAKEN_BACK
    closed = met(BEND, "measured")
    assert undone(closed) == closed


@pytest.mark.parametrize(
    ("after", "codes"),
    [
        (replace(BEND, status=GoalStatus.DROPPED), ["goal.reason_needed"]),
        (replace(BEND, status=GoalStatus.DROPPED, status_reason="  "), ["goal.reason_needed"]),
        (replace(BEND, target=Decimal(61)), ["goal.reason_needed"]),
        (replace(BEND, due=None), ["goal.reason_needed"]),
        (replace(BEND, target=Decimal(61), status_reason="why"), []),
        (replace(BEND, status=GoalStatus.MET), []),
        (replace(BEND, words="Tie both shoes"), []),
        (replace(BEND, uuid="another", status=GoalStatus.DROPPED), []),
    ],
)
def test_dropping_and_revising_without_a_reason_is_a_fault(after: Goal, codes: list[str]) -> None:
    assert [fault.code for fault in change_faults([BEND], [after])] == codes


def test_a_goal_that_stood_dropped_without_a_reason_does_not_keep_its_episode_from_being_saved() -> None:
    old = replace(BEND, status=GoalStatus.DROPPED)
    assert list(change_faults([old], [replace(old, words="Other words")])) == []


def event(status: GoalStatus, target: int | None = 60, reason: str = "", day: int = 1) -> GoalEvent:
    return GoalEvent(
        goal_uuid="g-1",
        on=date(2026, 3, day),
        person_id=1,
        status=status,
        target=None if target is None else Decimal(target),
        due=date(2026, 5, 1),
        reason=reason,
    )


def told(*events: GoalEvent) -> list[str]:
    return [step_words(step, "deg", {1: "J. Rivera, PT"}) for step in steps_of(events)["g-1"]]


def test_the_steps_of_a_goal_are_told_in_order_with_old_and_new_who_and_when() -> None:
    later = replace(event(GoalStatus.REVISED, 70, "ahead of plan", 9), due=date(2026, 6, 1))
    assert told(
        event(GoalStatus.ACTIVE), later, replace(event(GoalStatus.MET, 70, "", 20), due=later.due)
    ) == [
        "1 Mar 2026 · Set: 60° by 1 May 2026 · J. Rivera, PT",
        "9 Mar 2026 · Revised: 60° → 70°, by 1 May 2026 → 1 Jun 2026 · ahead of plan · J. Rivera, PT",
        "20 Mar 2026 · Met · J. Rivera, PT",
    ]


def test_what_was_before_the_first_event_of_an_old_file_is_not_made_up() -> None:
    assert told(event(GoalStatus.REVISED, 70, "ahead")) == [
        "1 Mar 2026 · Revised: 70° by 1 May 2026 · ahead · J. Rivera, PT"
    ]
    assert told(event(GoalStatus.DROPPED, None, "moved away")) == [
        "1 Mar 2026 · Dropped · moved away · J. Rivera, PT"
    ]


def test_a_step_taken_back_is_told_as_one_more() -> None:
    words = told(event(GoalStatus.ACTIVE), event(GoalStatus.MET), event(GoalStatus.ACTIVE, reason=TAKEN_BACK))
    assert words[-1] == "1 Mar 2026 · Active again · taken back · J. Rivera, PT"


def test_a_target_that_was_blank_is_told_as_none_and_never_as_zero() -> None:
    words = told(event(GoalStatus.ACTIVE, None), event(GoalStatus.REVISED, 60, "now measured"))
    assert "no target → 60°" in words[-1]


def test_who_it_was_is_left_out_where_nobody_of_that_id_is_known() -> None:
    (step,) = steps_of([event(GoalStatus.MET)])["g-1"]
    assert step_words(step, "deg") == "1 Mar 2026 · Met"
