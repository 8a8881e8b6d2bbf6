"""Problems, goals and the plan in the progress report: what became of them, with reason and day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from ptnotes.domain.certification import Certification
from ptnotes.domain.episode import Goal, GoalStatus, PlanOfCare, Problem
from ptnotes.domain.goals import GoalEvent, steps_of
from ptnotes.domain.plan import PlanVersion, plan_changes
from ptnotes.reports.progress import render_progress_report
from tests.reports.cases import EPISODE, FIRST_DAY, case, content, flat, pages, pdf, visit

(FLEXION,) = EPISODE.goals
WALK = Goal(uuid="walk", words="Walk the dog")
TENNIS = Goal(uuid="tennis", words="Play tennis")
NAMES = {1: "J. Rivera, PT, DPT"}


def event(goal: Goal, status: GoalStatus, day: int, reason: str = "") -> GoalEvent:
    return GoalEvent(
        goal_uuid=goal.uuid,
        on=FIRST_DAY + timedelta(days=day),
        person_id=1,
        status=status,
        target=goal.target,
        due=goal.due,
        reason=reason,
    )


AIMED = replace(FLEXION, target=Decimal(70), status_reason="ahead of plan")
MET = replace(WALK, status=GoalStatus.MET, status_reason="daily since Monday")
DROPPED = replace(TENNIS, status=GoalStatus.DROPPED, status_reason="gave it up")
STEPS = steps_of(
    [
        *(event(goal, GoalStatus.ACTIVE, 0) for goal in (FLEXION, WALK, TENNIS)),
        event(AIMED, GoalStatus.REVISED, 2, "ahead of plan"),
        event(MET, GoalStatus.MET, 3, "daily since Monday"),
        event(DROPPED, GoalStatus.DROPPED, 4, "gave it up"),
    ]
)
LATER = replace(EPISODE.plan, visits_a_week=Decimal(1), interventions="Manual therapy; exercise for strength")
SIGNED = Certification(
    id=1, plan_version=1, sent_on=FIRST_DAY, received_on=FIRST_DAY, signed_on=FIRST_DAY, signed_by="Dr. A"
)
VERSIONS = (
    PlanVersion(number=1, plan=EPISODE.plan, on=FIRST_DAY, written_by=1, certification=SIGNED),
    PlanVersion(
        number=2,
        plan=LATER,
        on=FIRST_DAY + timedelta(days=5),
        written_by=1,
        changes=plan_changes(EPISODE.plan, LATER),
    ),
)
COURSE = replace(
    EPISODE,
    goals=(AIMED, MET, DROPPED),
    plan=LATER,
    problems=(
        Problem(row=1, words="Cannot bend to the floor", since=FIRST_DAY),
        Problem(row=2, words="Wakes at night", resolved_on=FIRST_DAY + timedelta(days=6)),
    ),
)
VISITS = tuple(visit(number) for number in range(1, 9))


def whole(**changes: object) -> dict[str, object]:
    return {
        "episode": COURSE,
        "goal_steps": STEPS,
        "plan_versions": VERSIONS,
        "names": NAMES,
        **changes,
    }


def test_a_goal_says_since_when_and_why_it_stands_as_it_does() -> None:
    data = content(case(*VISITS, **whole()))
    assert [goal.standing for goal in data.goals] == [
        "27 %, now 48° (from 40° to 70°), revised on 7 Jan 2026",
        "met on 8 Jan 2026: daily since Monday",
        "dropped on 9 Jan 2026: gave it up",
    ]


def test_a_target_that_is_reached_is_said_and_the_goal_stays_active() -> None:
    reached = replace(COURSE, goals=(replace(FLEXION, target=Decimal(48)),))
    (goal,) = content(case(*VISITS, episode=reached)).goals
    assert goal.standing == "100 %, now 48° (from 40° to 48°), target reached"
    assert goal.share == 1


def test_what_is_still_pursued_comes_before_what_is_closed() -> None:
    mixed = replace(COURSE, goals=(MET, AIMED, DROPPED))
    goals = content(case(*VISITS, **whole(episode=mixed))).goals
    assert [goal.words for goal in goals] == ["Bend to tie shoes", "Walk the dog", "Play tennis"]


def test_the_steps_since_the_last_report_are_told_with_old_and_new() -> None:
    told = [
        (line.goal, line.done, line.reason, line.who) for line in content(case(*VISITS, **whole())).care.steps
    ]
    assert told == [
        ("Bend to tie shoes", "Revised: 60° → 70°", "ahead of plan", "J. Rivera, PT, DPT"),
        ("Walk the dog", "Met", "daily since Monday", "J. Rivera, PT, DPT"),
        ("Play tennis", "Dropped", "gave it up", "J. Rivera, PT, DPT"),
    ]
    later = content(case(*VISITS, **whole(since=FIRST_DAY + timedelta(days=3)))).care.steps
    assert [line.goal for line in later] == ["Play tennis"]
    # What was decided after the period belongs to the next report.
    before = content(case(*VISITS[:3], **whole(as_of=FIRST_DAY + timedelta(days=3)))).care.steps
    assert [line.goal for line in before] == ["Bend to tie shoes", "Walk the dog"]


def test_a_goal_that_was_set_since_the_last_report_is_told_as_set() -> None:
    new = {**STEPS, **steps_of([event(WALK, GoalStatus.ACTIVE, 6)])}
    lines = content(case(*VISITS, **whole(goal_steps=new, since=FIRST_DAY + timedelta(days=5)))).care.steps
    assert [(line.goal, line.done) for line in lines] == [("Walk the dog", "Set")]


def test_a_changed_plan_does_not_carry_the_certification_of_the_one_before() -> None:
    dated = replace(COURSE, plan=replace(LATER, certified_until=date(2026, 4, 1)))
    changed = content(case(*VISITS, **whole(episode=dated)))
    assert changed.plan_of_care == (
        "1 × a week for 8 weeks from 5 Jan 2026; changed since version 1 was certified: not certified yet"
    )
    same = content(case(*VISITS, **whole(episode=dated, plan_versions=VERSIONS[:1])))
    assert same.plan_of_care.endswith("; certified to 1 Apr 2026")


def test_a_plan_is_called_certified_only_where_a_signature_is_on_record() -> None:
    def told(certification: Certification | None, entered: date | None = date(2026, 4, 1)) -> str:
        plan = replace(EPISODE.plan, certified_until=entered)
        version = replace(VERSIONS[0], plan=plan, certification=certification)
        episode = replace(COURSE, plan=plan)
        made = content(case(*VISITS, **whole(episode=episode, plan_versions=(version,))))
        return made.plan_of_care.partition("; ")[2]

    sent = replace(SIGNED, received_on=None, signed_on=None, signed_by="")
    assert told(None) == "entered as certified to 1 Apr 2026, no signature on record"
    assert told(None, None) == ""
    assert told(sent) == "sent on 5 Jan 2026, not back yet"
    assert told(SIGNED) == "certified to 1 Apr 2026"
    assert told(replace(SIGNED, valid_until=date(2026, 3, 1))) == "certified to 1 Mar 2026"
    assert told(SIGNED, None) == "signed by Dr. A on 5 Jan 2026"


def test_a_certification_that_the_physician_ended_earlier_has_run_out_then() -> None:
    signed = replace(VERSIONS[0], certification=replace(SIGNED, valid_until=FIRST_DAY))
    data = content(case(*VISITS, **whole(plan_versions=(signed,))))
    assert data.certification_ended == "The plan of care was certified to 5 Jan 2026."
    assert "nothing. The plan of care was certified to 5 Jan 2026." in flat(
        pages(render_progress_report(data))[0]
    )


def test_the_later_pages_tell_problems_steps_and_versions() -> None:
    text = pages(pdf(case(*VISITS, **whole())))
    assert "PROBLEMS" not in text[0]
    later = flat(" ".join(text[1:])).replace("\xa0", " ")
    for words in (
        "PROBLEMS",
        "Cannot bend to the floor",
        "stands",
        "resolved on 11 Jan 2026",
        "WHAT BECAME OF THE GOALS",
        "Revised: 60° → 70°",
        "ahead of plan",
        "PLAN OF CARE",
        "2 → 1 visits a week",
        "signed by Dr. A on 5 Jan 2026",
        "not certified yet",
        "Interventions planned: Manual therapy; exercise for strength",
    ):
        assert words in later, words


def test_without_problems_steps_and_plan_nothing_is_told_of_them() -> None:
    bare = replace(EPISODE, goals=(), plan=PlanOfCare())
    text = " ".join(pages(pdf(case(*VISITS, episode=bare))))
    for words in ("PROBLEMS", "WHAT BECAME OF", "PLAN OF CARE", "Interventions planned"):
        assert words not in text


def test_many_goals_and_long_reasons_keep_the_first_page_one_page() -> None:
    goals = tuple(
        replace(
            FLEXION, uuid=f"g{number}", words="Bend " * 30, function="work " * 30, status_reason="why " * 40
        )
        for number in range(12)
    )
    dropped = tuple(replace(goal, status=GoalStatus.DROPPED) for goal in goals[6:])
    text = pages(pdf(case(*VISITS, **whole(episode=replace(COURSE, goals=(*goals[:6], *dropped))))))
    assert "ASSESSMENT AND PLAN" in text[0]
    assert "EVERY MEASURE" in text[1]


def test_the_first_page_and_the_versions_say_the_same_of_a_day_that_was_entered() -> None:
    plan = replace(EPISODE.plan, certified_until=date(2026, 4, 1))
    version = replace(VERSIONS[0], plan=plan, certification=None)
    data = content(case(*VISITS, **whole(episode=replace(COURSE, plan=plan), plan_versions=(version,))))
    words = "entered as certified to 1 Apr 2026, no signature on record"
    assert data.plan_of_care.endswith(words)
    assert [line.certification for line in data.care.versions] == [words]
    # The day that stands in a changed plan was entered for the one before.
    changed = content(
        case(*VISITS, **whole(episode=replace(COURSE, plan=replace(LATER, certified_until=date(2026, 4, 1)))))
    )
    assert changed.plan_of_care.partition("; ")[2] == changed.care.versions[-1].certification
