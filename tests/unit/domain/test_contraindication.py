"""What a visit is charted against, what covers it, and which consent holds when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ptnotes.clinical import load_reference
from ptnotes.domain.contraindication import (
    AdverseEvent,
    Consent,
    Override,
    Screen,
    charted_against,
    consent_in_force,
    open_events,
    overrides_that_stand,
    positive_answers,
    row_precautions,
    row_stops,
)
from ptnotes.domain.screening import Answer, ScreenAnswer, Site
from ptnotes.domain.treatment import (
    Exercise,
    Mobilization,
    NoteState,
    Side,
    TreatmentSession,
    VisitStatus,
)

REFERENCE = load_reference()
DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)


def yes(item: str, *sites: Site, day: date = DAY) -> ScreenAnswer:
    return ScreenAnswer(item=item, answer=Answer.YES, sites=sites, at=AT, on=day)


def visit(*rows: Mobilization) -> TreatmentSession:
    return TreatmentSession(id=7, episode_id=1, service_date=DAY, mobilizations=rows, next_row=9)


def row(number: int = 1, grade: str = "III", target: str = "L4") -> Mobilization:
    return Mobilization(row=number, targets=(target,), technique="cpa", grade_system="maitland", grade=grade)


def reason(item: str, number: int | None = 1, words: str = "She asked for it.", **parts: object) -> Override:
    made = Override(session_id=7, answer_id=None, item=item, row=number, reason=words, at=AT, person_id=1)
    return replace(made, **parts)  # type: ignore[arg-type]  # the fields of the tests below


CONSENT = Consent(id=1, patient_id=1, episode_id=1, given_on=DAY, given_to=1)


def found(screen: Screen, session: TreatmentSession) -> list[tuple[int | None, tuple[str, ...], str]]:
    return [(one.row, one.items, one.reason) for one in charted_against(REFERENCE, screen, session)]


def test_a_row_at_the_site_is_charted_against_it_and_one_elsewhere_is_not() -> None:
    screen = Screen(answers=(yes("compression_fracture", Site("L1")),))
    session = visit(row(1, target="L1"), row(2, target="L4"))
    assert found(screen, session) == [(1, ("compression_fracture",), "")]


def test_a_reason_covers_its_row_and_its_items_only() -> None:
    screen = Screen(answers=(yes("night_pain"), yes("fever_systemic")))
    session = visit(row(1), row(2))
    one = replace(screen, overrides=(reason("night_pain"),))
    assert [each[2] for each in found(one, session)] == ["", ""]
    later = reason("fever_systemic", words="Cleared by Dr. Made-up.", id=2)
    both = replace(screen, overrides=(reason("night_pain", id=1), later))
    assert [each[2] for each in found(both, session)] == ["Cleared by Dr. Made-up.", ""]
    assert all(one.has_override for each in charted_against(REFERENCE, both, session) for one in each.flags)


def test_a_stop_of_the_whole_visit_is_asked_about_once_and_covers_every_service() -> None:
    screen = Screen(answers=(yes("cad_suspected"), yes("night_pain")))
    session = visit(row())
    assert [(each[0], each[1]) for each in found(screen, session)] == [
        (None, ("cad_suspected",)),
        (1, ("night_pain",)),
    ]
    (whole, _row) = charted_against(REFERENCE, screen, session)
    assert whole.is_emergency
    exercises = replace(visit(), exercises=(Exercise(row=1, name="Bridge"),))
    assert [each[0] for each in found(screen, exercises)] == [None]
    assert found(screen, visit()) == []


def test_nothing_is_charted_against_anything_at_a_visit_that_did_not_take_place() -> None:
    screen = Screen(answers=(yes("cad_suspected"),))
    assert found(screen, replace(visit(row()), status=VisitStatus.MISSED)) == []


def test_what_was_learnt_later_does_not_mark_an_earlier_visit() -> None:
    screen = Screen(answers=(yes("night_pain", day=DAY + timedelta(days=1)),))
    assert found(screen, visit(row())) == []


def test_a_thrust_without_consent_is_marked_and_grade_four_is_not() -> None:
    assert found(Screen(), visit(row(1, "V"), row(2, "IV"))) == [(1, ("",), "")]
    assert found(Screen(consents=(CONSENT,)), visit(row(1, "V"))) == []
    assert found(Screen(overrides=(reason(""),)), visit(row(1, "V"))) == [(1, ("",), "She asked for it.")]
    flags, lacks = row_stops(REFERENCE, Screen(), visit(), row(1, "V"))
    assert (flags, lacks) == ((), True)


@pytest.mark.parametrize(
    ("withdrawn", "on", "holds"),
    [
        (None, DAY - timedelta(days=1), False),
        (None, DAY, True),
        (DAY + timedelta(days=5), DAY + timedelta(days=4), True),
        (DAY + timedelta(days=5), DAY + timedelta(days=5), False),
    ],
)
def test_a_consent_holds_from_its_day_to_the_day_before_it_was_taken_back(
    withdrawn: date | None, on: date, holds: bool
) -> None:
    assert (consent_in_force([replace(CONSENT, withdrawn_on=withdrawn)], on) is not None) is holds
    assert consent_in_force([replace(CONSENT, kind="photograph")], on) is None


def test_a_precaution_stands_beside_the_row_and_asks_for_no_reason() -> None:
    screen = Screen(answers=(yes("pregnancy"), yes("ankylosing_spondylitis")))
    assert found(screen, visit(row())) == []
    assert [flag.item.id for flag in row_precautions(REFERENCE, screen, visit(), row())] == [
        "ankylosing_spondylitis",
        "pregnancy",
    ]
    with_consent = replace(screen, consents=(CONSENT,))
    assert found(with_consent, visit(row(1, "V"))) == [(1, ("ankylosing_spondylitis",), "")]


def test_the_newest_reason_stands_and_one_for_a_row_taken_out_does_not() -> None:
    first, second = reason("night_pain"), reason("night_pain", words="Second thought.", id=2)
    gone, elsewhere = reason("night_pain", 5), reason("night_pain", session_id=8)
    whole = reason("dvt", None)
    session = replace(visit(row()), state=NoteState.SIGNED)
    standing = overrides_that_stand([first, second, gone, elsewhere, whole], session)
    assert standing == (second, whole)


def test_the_answers_that_have_to_be_known_are_named_with_their_sites_the_sternest_first() -> None:
    screen = Screen(
        answers=(
            yes("pregnancy"),
            yes("ankylosing_spondylitis"),
            yes("compression_fracture", Site("L1"), Site("knee", Side.LEFT)),
            replace(yes("dvt"), answer=Answer.NO),
        )
    )
    label = REFERENCE.screening_items["compression_fracture"].label
    knee = REFERENCE.targets["knee"].label if "knee" in REFERENCE.targets else REFERENCE.regions["knee"].label
    assert positive_answers(REFERENCE, screen) == (
        (f"{label} (L1, {knee} left)", "stop"),
        ("Ankylosing spondylitis", "no thrust"),
        ("Pregnancy", "precaution"),
    )


def test_an_event_is_open_until_it_is_closed() -> None:
    event = AdverseEvent(episode_id=1, happened_on=DAY, what="Dizzy")
    assert open_events([event, replace(event, closed_on=DAY)]) == (event,)
