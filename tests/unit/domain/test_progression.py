"""One step further than last time: one thing at a time, never to a thrust, and nothing beyond the bounds."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.progression import carried, lines, next_grade, not_charted, steps
from ptnotes.domain.treatment import Exercise, Mobilization, Origin, Place, Side
from tests.clinics import reference

ROW = Mobilization(
    row=4, targets=("L5",), side=Side.LEFT, technique="upa", grade_system="maitland", grade="III", sets=3,
    duration_s=45, position="prone", moving_part="L4", fixed_part="L5", responses=("better",), note="eased at once",
    done_by=7,
)  # fmt: skip
THRUST = replace(
    ROW,
    technique="hvlat_spine",
    grade="V",
    sets=None,
    duration_s=None,
    attempts=1,
    cavitation=True,
)
BRIDGE = Exercise(
    row=2, name="Bridge", sets=3, reps=10, hold_s=5, load=Decimal("7.5"), response="tired", progression="slower",
    cue="ribs down", place=Place.HOME, times_a_day=2, days_a_week=5, done_by=7,
)  # fmt: skip


def graded(grade: str | None, technique: str = "upa") -> str | None:
    system = "kaltenborn" if grade is not None and grade.startswith("K") else "maitland"
    return next_grade(reference(), replace(ROW, technique=technique, grade=grade, grade_system=system))


def words(row: Mobilization | Exercise) -> list[str]:
    if isinstance(row, Mobilization):
        return [step.words for step in steps(reference(), row)]
    return [step.words for step in steps(reference(), row)]


def test_what_was_found_said_and_by_whom_is_not_carried_over() -> None:
    row = carried(ROW)
    assert (row.targets, row.grade, row.sets, row.duration_s, row.position) == (
        ("L5",),
        "III",
        3,
        45,
        "prone",
    )
    assert (row.moving_part, row.fixed_part) == ("L4", "L5")
    assert (row.responses, row.note, row.done_by, row.origin) == ((), "", None, Origin.CONFIRMED)
    exercise = carried(BRIDGE)
    assert (exercise.sets, exercise.load, exercise.cue) == (3, Decimal("7.5"), "ribs down")
    assert (exercise.place, exercise.times_a_day, exercise.days_a_week) == (Place.HOME, 2, 5)
    assert (exercise.response, exercise.progression, exercise.done_by) == ("", "", None)


def test_attempts_and_cavitation_of_a_thrust_are_findings_of_their_day() -> None:
    row = carried(THRUST)
    assert (row.grade, row.attempts, row.cavitation) == ("V", None, None)


@pytest.mark.parametrize(
    ("grade", "after"),
    [
        ("I", "II"), ("III--", "III-"), ("III", "III+"), ("III+", "III++"), ("III++", None),
        ("IV--", "IV-"), ("IV", "IV+"), ("IV++", None), ("V", None), (None, None), ("nonsense", None),
    ],
)  # fmt: skip
def test_a_grade_goes_up_by_one_within_its_scale(grade: str | None, after: str | None) -> None:
    assert graded(grade) == after


def test_grade_two_leads_to_the_first_plain_grade_three() -> None:
    assert graded("II") == "III"


def test_a_range_of_grades_and_a_row_without_technique_have_no_next_grade() -> None:
    assert next_grade(reference(), replace(ROW, grade_to="IV")) is None
    assert next_grade(reference(), replace(ROW, technique=None)) is None


def test_no_step_of_any_technique_ever_leads_to_a_thrust() -> None:
    checked = 0
    for technique in reference().techniques.values():
        for grade in reference().grades_of(technique.id):
            row = replace(ROW, technique=technique.id, grade=grade.code, grade_system=grade.system)
            for step in steps(reference(), row):
                reached = reference().grades[step.row.grade or ""]
                assert not reached.thrust, (technique.id, grade.code)
                assert reached.system == grade.system
                checked += 1
    assert checked > 100


def test_a_thrust_has_no_step_at_all() -> None:
    assert steps(reference(), THRUST) == ()
    assert steps(reference(), replace(ROW, grade="V")) == ()


def test_kaltenborn_grades_stay_in_their_scale_and_end_at_three() -> None:
    techniques = [
        technique.id
        for technique in reference().techniques.values()
        if any(grade.code == "K-III" for grade in reference().grades_of(technique.id))
    ]
    assert techniques
    for technique in techniques:
        assert graded("K-II", technique) == "K-III"
        assert graded("K-III", technique) is None


def test_the_steps_of_a_mobilization_are_its_grade_first_and_then_its_dose() -> None:
    assert words(ROW) == ["III → III+", "45 s → 60 s", "3 → 4 sets"]
    first, second, third = steps(reference(), ROW)
    assert (first.row.grade, first.row.duration_s, first.row.sets, first.row.responses) == ("III+", 45, 3, ())
    assert (second.row.grade, second.row.duration_s) == ("III", 60)
    assert (third.row.grade, third.row.sets) == ("III", 4)


def test_seconds_and_sets_end_at_their_bounds_and_a_blank_stays_blank() -> None:
    at_most = replace(ROW, grade="IV++", duration_s=120, sets=5)
    assert words(at_most) == []
    assert words(replace(ROW, grade="IV++", duration_s=106, sets=None)) == []
    assert words(replace(ROW, grade="IV++", duration_s=105, sets=None)) == ["105 s → 120 s"]
    assert words(replace(ROW, grade=None, duration_s=None, sets=None)) == []


def test_an_exercise_goes_up_in_load_then_in_repetitions_hold_and_sets() -> None:
    assert words(BRIDGE) == ["7.5 → 8 kg", "10 → 12 reps", "hold 5 → 10 s", "3 → 4 sets"]
    assert steps(reference(), BRIDGE)[0].row.load == Decimal(8)


@pytest.mark.parametrize(
    ("load", "unit", "after"),
    [
        ("9.5", "kg", "10"), ("10", "kg", "11"), ("25", "kg", "27.5"), ("99", "kg", "101.5"), ("100", "kg", None),
        ("19", "lb", "20"), ("20", "lb", "22.5"), ("50", "lb", "55"), ("200", "lb", None), ("0", "kg", None),
        ("1", "band", None),
    ],
)  # fmt: skip
def test_a_load_goes_up_by_what_suits_its_size_and_a_band_by_nothing(
    load: str, unit: str, after: str | None
) -> None:
    found = steps(reference(), replace(BRIDGE, load=Decimal(load), load_unit=unit))
    loads = [step.row.load for step in found if step.kind == "load"]
    assert loads == ([] if after is None else [Decimal(after)])


@given(
    sets=st.none() | st.integers(1, 99),
    reps=st.none() | st.integers(1, 999),
    hold=st.none() | st.integers(1, 3600),
    load=st.none() | st.decimals(0, 500, places=1),
)
def test_each_step_raises_one_thing_and_nothing_else(
    sets: int | None, reps: int | None, hold: int | None, load: Decimal | None
) -> None:
    row = replace(BRIDGE, sets=sets, reps=reps, hold_s=hold, load=load)
    base = carried(row)
    for step in steps(reference(), row):
        changed = [
            name
            for name in ("sets", "reps", "hold_s", "load")
            if getattr(step.row, name) != getattr(base, name)
        ]
        assert len(changed) == 1
        assert getattr(step.row, changed[0]) > getattr(base, changed[0])
        assert replace(step.row, **{changed[0]: getattr(base, changed[0])}) == base


def test_what_is_charted_already_is_not_asked_for_again_whatever_its_grade() -> None:
    other = replace(ROW, row=5, targets=("L4",), side=Side.RIGHT)
    assert not_charted((ROW, other), (replace(ROW, row=1, grade="IV", duration_s=30),)) == (other,)
    assert not_charted((ROW, replace(ROW, row=6)), (ROW,)) == (replace(ROW, row=6),)
    home = replace(BRIDGE, place=Place.HOME)
    assert not_charted((BRIDGE, home), (BRIDGE,)) == (home,)


def test_the_lines_put_each_treatment_of_the_last_visits_beside_todays() -> None:
    older = replace(ROW, grade="II")
    gone = replace(ROW, row=9, targets=("T12",))
    today = replace(ROW, grade="III+")
    first, second = lines([(ROW,), (gone, older)], (today,))
    assert first.past == (ROW, older)
    assert first.today == today
    assert first.latest == ROW
    assert second.past == (None, gone)
    assert second.today is None
    assert second.latest == gone
    assert lines([], (today,)) == ()
