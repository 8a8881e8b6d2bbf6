"""What the screen stops, where, and when it has to be asked again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ptnotes.clinical import load_reference
from ptnotes.domain.screening import (
    BEGUN,
    HEADINGS,
    UNCHANGED,
    Answer,
    AskAgain,
    Limit,
    Scope,
    ScreenAnswer,
    Site,
    answers_at,
    ask_again,
    asked_in_full_on,
    asked_last_on,
    begins_anew,
    by_heading,
    implied_items,
    is_thrust,
    items_for,
    latest_answers,
    regions_covered,
    row_flags,
    unanswered,
    visit_flags,
    was_asked_at,
)
from ptnotes.domain.treatment import Mobilization, Side, TreatmentSession

REFERENCE = load_reference()
ASKED = date(2026, 3, 2)
PA = "cpa"
THRUST = "hvlat_spine"


def said(item: str, answer: Answer = Answer.YES, *sites: Site, day: date = ASKED) -> ScreenAnswer:
    at = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    return ScreenAnswer(item=item, answer=answer, sites=sites, at=at, on=day)


def row(*targets: str, side: Side | None = None, grade: str | None = "III") -> Mobilization:
    return Mobilization(row=1, targets=targets, side=side, technique=PA, grade_system="maitland", grade=grade)


def limits(answer: ScreenAnswer, treated: Mobilization) -> list[tuple[str, Limit, bool]]:
    return [(flag.item.id, flag.limit, flag.whole_visit) for flag in row_flags(REFERENCE, [answer], treated)]


def full_screen(*regions: str, day: date = ASKED, diagnoses: str = "") -> list[ScreenAnswer]:
    return [
        begun(*regions, day=day, diagnoses=diagnoses),
        *(said(item.id, Answer.NO, day=day) for item in items_for(REFERENCE, regions)),
    ]


def begun(*regions: str, day: date = ASKED, diagnoses: str = "") -> ScreenAnswer:
    """The record that the screen was begun for these regions."""
    return replace(said(BEGUN, Answer.NO, *map(Site, regions), day=day), words=diagnoses)


def test_a_stop_for_thrust_alone_leaves_mobilization_a_precaution_and_grade_four_is_no_thrust() -> None:
    yes = said("ankylosing_spondylitis")
    assert limits(yes, row("L4", grade="IV")) == [("ankylosing_spondylitis", Limit.PRECAUTION, False)]
    assert limits(yes, row("L4", grade="IV++")) == [("ankylosing_spondylitis", Limit.PRECAUTION, False)]
    assert limits(yes, row("L4", grade="V")) == [("ankylosing_spondylitis", Limit.CONTRAINDICATED, False)]


def test_what_is_a_thrust() -> None:
    assert not is_thrust(REFERENCE, row("L4", grade="IV"))
    assert not is_thrust(REFERENCE, row("L4", grade=None))
    assert is_thrust(REFERENCE, row("L4", grade="V"))
    assert is_thrust(REFERENCE, replace(row("L4", grade="IV"), grade_to="V"))
    assert is_thrust(REFERENCE, replace(row("L4", grade=None), technique=THRUST))


def test_an_item_of_usual_care_says_nothing() -> None:
    assert limits(said("age_over_55"), row("C5", grade="III")) == []
    assert limits(said("age_over_55"), row("C5", grade="V")) == [("age_over_55", Limit.PRECAUTION, False)]


@pytest.mark.parametrize("answer", [Answer.NO, Answer.UNKNOWN])
def test_only_a_yes_stops(answer: Answer) -> None:
    assert limits(said("cauda_equina", answer), row("L4")) == []


def test_an_item_stops_only_its_own_regions() -> None:
    assert limits(said("recent_trauma"), row("C5")) == [("recent_trauma", Limit.CONTRAINDICATED, False)]
    assert limits(said("recent_trauma"), row("L4")) == []
    assert limits(said("recent_trauma"), row("L4", "C5")) == [("recent_trauma", Limit.CONTRAINDICATED, False)]


@pytest.mark.parametrize(
    "item", ["cauda_equina", "myelopathy", "dvt", "aortic_aneurysm", "major_neuro_findings"]
)
def test_emergencies_and_same_day_referrals_stop_the_whole_visit(item: str) -> None:
    assert limits(said(item), row("knee")) == [(item, Limit.CONTRAINDICATED, True)]
    assert [flag.item.id for flag in visit_flags(REFERENCE, [said(item)])] == [item]


def test_emergencies_come_first_and_have_no_override() -> None:
    flags = visit_flags(REFERENCE, [said("myelopathy"), said("cad_suspected"), said("pregnancy")])
    assert [(flag.item.id, flag.has_override) for flag in flags] == [
        ("cad_suspected", False),
        ("myelopathy", True),
    ]


def test_a_radiographic_contraindication_stops_both_classes() -> None:
    for grade in ("I", "V"):
        assert limits(said("radiographic_contraindication"), row("L4", grade=grade)) == [
            ("radiographic_contraindication", Limit.CONTRAINDICATED, False)
        ]


@pytest.mark.parametrize(
    ("site", "treated", "stops"),
    [
        (Site("L1"), row("L1"), True),
        (Site("L1"), row("L2"), False),
        (Site("L1"), row("L1-L2"), True),
        (Site("L1"), row("T12-L1"), True),
        (Site("L1"), row("L2-L3"), False),
        (Site("L1-L2"), row("L1"), True),
        (Site("L1-L2"), row("L3"), False),
        (Site("lumbar"), row("L3"), True),
        (Site("L1"), row("lumbar"), True),
        (Site("L1"), row("thoracic"), False),
        (Site("L1"), row("L2", "L1"), True),
        (Site("knee", Side.LEFT), row("knee", side=Side.LEFT), True),
        (Site("knee", Side.LEFT), row("knee", side=Side.RIGHT), False),
        (Site("knee", Side.LEFT), row("knee", side=Side.BILATERAL), True),
        (Site("knee", Side.LEFT), row("knee"), True),
        (Site("knee"), row("knee", side=Side.RIGHT), True),
        (Site("knee", Side.LEFT), row("hip", side=Side.LEFT), False),
        (Site("L1", Side.LEFT), row("L1", side=Side.MIDLINE), True),
    ],
)
def test_an_item_with_a_site_stops_only_there(site: Site, treated: Mobilization, stops: bool) -> None:
    assert bool(limits(said("fracture_acute", Answer.YES, site), treated)) is stops


def test_an_item_that_needs_a_site_and_has_none_stops_everywhere() -> None:
    assert limits(said("fracture_acute"), row("knee")) == [("fracture_acute", Limit.CONTRAINDICATED, False)]


def test_several_sites_each_stop() -> None:
    yes = said("fracture_acute", Answer.YES, Site("L1"), Site("knee", Side.LEFT))
    assert limits(yes, row("knee", side=Side.LEFT))
    assert limits(yes, row("L1"))
    assert not limits(yes, row("L4"))


def test_a_row_without_a_target_may_be_anywhere() -> None:
    assert limits(said("fracture_acute", Answer.YES, Site("L1")), row()) == [
        ("fracture_acute", Limit.CONTRAINDICATED, False)
    ]


def test_stops_come_before_precautions() -> None:
    flags = row_flags(
        REFERENCE, [said("pregnancy"), said("osteoporosis_severe"), said("cauda_equina")], row("L4")
    )
    assert [flag.item.id for flag in flags] == ["cauda_equina", "osteoporosis_severe", "pregnancy"]


def test_a_later_answer_takes_the_place_of_an_earlier_one() -> None:
    later = said("fracture_acute", Answer.NO, day=ASKED + timedelta(days=40))
    assert row_flags(REFERENCE, [later, said("fracture_acute")], row("L4")) == ()
    assert latest_answers([said("fracture_acute"), later]) == {"fracture_acute": later}


def test_of_two_answers_of_one_instant_the_one_stored_last_counts() -> None:
    first, second = replace(said("dvt"), id=1), replace(said("dvt", Answer.NO), id=2)
    assert latest_answers([second, first]) == {"dvt": second}


def test_there_are_at_most_eight_headings_and_every_item_stands_under_one() -> None:
    assert len(HEADINGS) <= 8
    listed = [item.id for items in by_heading(REFERENCE.screening_items.values()).values() for item in items]
    assert sorted(listed) == sorted(REFERENCE.screening_items)


def test_a_knee_is_not_asked_about_the_neck() -> None:
    ids = {item.id for item in items_for(REFERENCE, ["knee"])}
    assert {"cauda_equina", "dvt", "joint_effusion"} <= ids
    assert not {"cad_suspected", "myelopathy"} & ids


def test_a_compression_fracture_opens_its_items() -> None:
    (code,) = {each.code for each in REFERENCE.conditions["compression_fracture"].codes[:1]}
    implied = implied_items(REFERENCE, [code.lower(), ""])
    assert implied["compression_fracture"] == REFERENCE.conditions["compression_fracture"].label
    assert REFERENCE.screening_items["compression_fracture"].needs_site
    assert implied_items(REFERENCE, ["Z99.9"]) == {}


def test_a_screen_never_asked_is_asked() -> None:
    assert ask_again(REFERENCE, [], Scope(regions=("lumbar",)), ASKED) == (AskAgain.NEVER_ASKED,)


@pytest.mark.parametrize(("days", "again"), [(0, ()), (29, ()), (30, (AskAgain.TOO_LONG_AGO,))])
def test_a_full_screen_holds_for_thirty_days(days: int, again: tuple[AskAgain, ...]) -> None:
    today = ASKED + timedelta(days=days)
    assert ask_again(REFERENCE, full_screen("lumbar"), Scope(regions=("lumbar",)), today) == again


def test_no_change_since_does_not_make_the_screen_younger() -> None:
    later = ASKED + timedelta(days=20)
    answers = [*full_screen("lumbar"), said(UNCHANGED, Answer.NO, day=later)]
    assert asked_in_full_on(REFERENCE, answers, ["lumbar"]) == ASKED
    assert asked_last_on(answers) == later
    today = ASKED + timedelta(days=30)
    assert ask_again(REFERENCE, answers, Scope(regions=("lumbar",)), today) == (AskAgain.TOO_LONG_AGO,)
    assert ask_again(REFERENCE, answers[-1:], Scope(regions=("lumbar",)), today) == (AskAgain.NEVER_ASKED,)


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        (Scope(regions=("lumbar", "hip")), AskAgain.NEW_REGION),
        (Scope(regions=("lumbar",), diagnoses=("M54.16", "M48.061")), AskAgain.NEW_DIAGNOSIS),
        (Scope(regions=("lumbar",), alerted=ASKED + timedelta(days=1)), AskAgain.ALERTING_RESPONSE),
    ],
)
def test_what_is_new_since_reopens_the_screen(scope: Scope, reason: AskAgain) -> None:
    answers = full_screen("lumbar", diagnoses="M54.16")
    assert ask_again(REFERENCE, answers, scope, ASKED + timedelta(days=2)) == (reason,)
    known = Scope(regions=("lumbar",), diagnoses=("M54.16",), alerted=ASKED)
    assert ask_again(REFERENCE, answers, known, ASKED + timedelta(days=2)) == ()


def test_a_screen_that_is_begun_again_is_open_until_each_item_was_asked_again() -> None:
    later = ASKED + timedelta(days=31)
    answers = [*full_screen("lumbar"), begun("lumbar", day=later)]
    scope = Scope(regions=("lumbar",))
    assert len(unanswered(REFERENCE, answers, ["lumbar"])) == len(items_for(REFERENCE, ["lumbar"]))
    reasons = ask_again(REFERENCE, answers, scope, later)
    assert (reasons, begins_anew(reasons)) == ((AskAgain.UNANSWERED,), False)
    answers += full_screen("lumbar", day=later)[1:]
    assert ask_again(REFERENCE, answers, scope, later) == ()
    assert asked_in_full_on(REFERENCE, answers, ["lumbar"]) == later


def test_a_region_whose_items_were_never_asked_is_open() -> None:
    answers = full_screen("lumbar")
    assert unanswered(REFERENCE, answers, ["lumbar"]) == ()
    missing = {item.id for item in unanswered(REFERENCE, answers, ["lumbar", "cervical"])}
    assert "cad_suspected" in missing
    reasons = ask_again(REFERENCE, answers, Scope(regions=("lumbar", "cervical")), ASKED)
    assert (reasons, begins_anew(reasons)) == ((AskAgain.NEW_REGION,), True)


def test_what_was_learnt_after_a_visit_says_nothing_of_it_unless_it_was_asked_for_it() -> None:
    visit = TreatmentSession(id=7, episode_id=1, service_date=ASKED)
    before, later = said("dvt"), said("dvt", day=ASKED + timedelta(days=1))
    assert answers_at([before, later], visit) == (before,)
    for_it = replace(later, asked_in=7)
    assert answers_at([for_it], visit) == (for_it,)
    assert was_asked_at([for_it], visit)
    assert not was_asked_at([later], visit)
    assert not was_asked_at([later], replace(visit, id=None))


def test_an_answer_of_not_known_is_no_answer() -> None:
    answers = [*full_screen("lumbar"), said("night_pain", Answer.UNKNOWN, day=ASKED + timedelta(days=1))]
    assert [item.id for item in unanswered(REFERENCE, answers, ["lumbar"])] == ["night_pain"]


def test_an_answer_to_an_item_that_is_no_longer_shipped_stops_nothing() -> None:
    assert row_flags(REFERENCE, [said("no_such_item")], row("L4")) == ()


def test_what_is_treated_outside_the_episodes_regions_is_covered_too() -> None:
    assert regions_covered(REFERENCE, ["lumbar"], ["L4", "L5-S1", "no_such_level"]) == ("lumbar",)
    assert regions_covered(REFERENCE, ["lumbar"], ["C5", "C6"]) == ("lumbar", "cervical")
    assert regions_covered(REFERENCE, ["thoracic"], ["C7-T1"]) == ("thoracic", "cervicothoracic")
    assert regions_covered(REFERENCE, ["lumbar"], ["T6"]) == ("lumbar", "thoracic")
