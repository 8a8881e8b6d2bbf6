"""The edits behind the keys of the map: no impossible row is charted whatever is pressed, and undo takes it back."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptnotes.domain.checks import checked_session
from ptnotes.domain.treatment import Mobilization, Side, TreatmentSession
from ptnotes.figures.target_map import PART_WORDS, Targets
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.spine import treated
from ptnotes.ui.spine.charting import PlaceCharting
from tests.clinics import reference

EMPTY = TreatmentSession(episode_id=1, service_date=date(2026, 3, 2))
TARGETS = Targets(reference())
PLACES = [place for part in PART_WORDS for place in TARGETS.places[part]]
VERBS = [*treated.GRADES, "+", "-", "toggle", "remove"]


def row(
    target: str, technique: str | None, side: Side | None = None, grade: str | None = None
) -> Mobilization:
    system = reference().grades[grade].system if grade is not None else None
    return Mobilization(
        row=1, targets=(target,), side=side, technique=technique, grade=grade, grade_system=system
    )


def visit(*rows: Mobilization) -> TreatmentSession:
    return TreatmentSession(episode_id=1, service_date=date(2026, 2, 26), mobilizations=rows, next_row=9)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(VERBS)), max_size=12))
def test_any_keys_anywhere_chart_only_what_may_be_stored_and_undo_takes_all_of_it_back(
    pressed: list[tuple[treated.Place, str]],
) -> None:
    state = DraftState(EMPTY)
    charting = PlaceCharting(state, (visit(row("L4", "cpa", Side.MIDLINE, "III")),), reference(), TARGETS)
    values = [state.session]
    for place, verb in pressed:
        before = state.session
        refusal = charting.act(verb, place)
        assert checked_session(reference(), state.session, EMPTY.service_date)
        if state.session is before:
            assert refusal or verb in treated.GRADES
        else:
            assert refusal == ""
            values.append(state.session)
    for value in reversed(values[:-1]):
        state.undo()
        assert state.session.mobilizations == value.mobilizations
    assert not state.can_undo


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_place_takes_a_grade_with_the_side_that_was_chosen(place: treated.Place) -> None:
    edit = treated.set_grade(reference(), EMPTY, (), place, "II")
    (charted,) = edit.session.mobilizations
    assert (charted.targets, charted.side, charted.grade) == ((place[0],), place[1], "II")
    assert charted.technique is None
    assert treated.rows_at(reference(), edit.session, place) == (charted,)


def test_a_thrust_where_none_is_done_is_refused_in_words() -> None:
    edit = treated.set_grade(reference(), EMPTY, (), ("PS", Side.MIDLINE), "V")
    assert edit.session is EMPTY
    assert edit.refusal == "No thrust technique is charted at Pubic symphysis midline."


def test_a_technique_without_grades_is_not_given_one() -> None:
    session = visit(row("C4", "snag", Side.LEFT))
    edit = treated.set_grade(reference(), session, (), ("C4", Side.LEFT), "III")
    assert edit.session is session
    assert edit.refusal == "SNAG takes no grade."


def test_a_technique_done_on_both_sides_stays_so_when_its_grade_changes_at_one() -> None:
    session = visit(row("T5", "bpa", Side.BILATERAL, "II"))
    assert treated.rows_at(reference(), session, ("T5", Side.MIDLINE)) == ()
    (changed,) = treated.set_grade(reference(), session, (), ("T5", Side.LEFT), "III").session.mobilizations
    assert (changed.technique, changed.side, changed.grade) == ("bpa", Side.BILATERAL, "III")


def test_after_a_central_technique_its_counterpart_is_taken_at_a_side_and_at_a_rib() -> None:
    session = visit(row("L4", "cpa", Side.MIDLINE, "III"))
    for place, technique in ((("L5", Side.LEFT), "upa"), (("RIB4", Side.RIGHT), "rib_pa")):
        charted = treated.set_grade(reference(), session, (), place, "III").session.mobilizations[-1]
        assert (charted.technique, charted.side) == (technique, place[1])


def test_a_thrust_is_no_model_for_the_next_row() -> None:
    session = visit(row("L4", "cpa", Side.MIDLINE, "III"), row("T5", "hvlat_spine", Side.MIDLINE, "V"))
    assert treated.set_grade(reference(), session, (), ("L5", Side.MIDLINE), "IV").session.mobilizations[
        -1
    ].technique == ("cpa")


def test_a_range_of_grades_becomes_the_one_that_was_pressed() -> None:
    session = visit(Mobilization(
        row=1, targets=("L4",), side=Side.MIDLINE, technique="cpa", grade="III", grade_to="IV", grade_system="maitland",
    ))  # fmt: skip
    assert treated.state_words(reference(), session, (), ("L4", Side.MIDLINE)).startswith("grade III to IV,")
    (changed,) = treated.set_grade(reference(), session, (), ("L4", Side.MIDLINE), "II").session.mobilizations
    assert (changed.grade, changed.grade_to) == ("II", None)


def test_a_modifier_goes_no_further_than_the_grade_and_only_where_there_is_one() -> None:
    place = ("L4", Side.MIDLINE)
    session = visit(row("L4", "cpa", Side.MIDLINE, "III++"))
    assert treated.step_modifier(reference(), session, place, 1).refusal == "III++ is the most of grade III."
    session = visit(row("L4", "cpa", Side.MIDLINE, "II"))
    assert treated.step_modifier(reference(), session, place, 1).refusal == "Grade II takes no + or −."
