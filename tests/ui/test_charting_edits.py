"""Changes to a visit as pure functions, and how small fields are read."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.checks import checked_session, mobilization_faults, rom_faults
from ptnotes.domain.errors import InputError
from ptnotes.domain.text import NOTE_LIMIT
from ptnotes.domain.treatment import (
    AreaKind,
    Exercise,
    Intervention,
    Mobilization,
    Mode,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
)
from ptnotes.domain.wording import how_often
from ptnotes.ui.charting import choices, edits
from ptnotes.ui.charting.entry import (
    Dose,
    RomEntry,
    dose_text,
    read_days_a_week,
    read_dose,
    read_load,
    read_rom,
    read_time,
    read_times_a_day,
    read_whole,
    rom_text,
    time_text,
)
from ptnotes.ui.charting.rom_lines import RomLine, Way, rom_lines
from tests.clinics import reference

TODAY = date(2026, 3, 2)
EMPTY = TreatmentSession(id=1, episode_id=1, service_date=TODAY, author_id=7)
ANY_ID = st.sampled_from(sorted(reference().techniques))


def line(
    motion: str = "lumbar_flexion", side: Side | None = None, session: TreatmentSession = EMPTY
) -> RomLine:
    found = rom_lines(reference(), session, None, regions=(), chosen={}, added=(motion,))
    return next(each for each in found if each.side is side)


def entry(value: str) -> RomEntry:
    read = read_rom(reference(), "lumbar_flexion", value)
    assert read is not None
    return read


def test_a_row_gets_the_next_number_and_a_removed_number_is_not_given_again() -> None:
    session = edits.add_row(EMPTY, Mobilization(row=0))
    session = edits.add_row(session, Exercise(row=0, name="Bridge"))
    assert (session.mobilizations[0].row, session.exercises[0].row) == (1, 2)
    session = edits.add_row(edits.remove_row(session, Exercise, 2), Exercise(row=0, name="Bridge"))
    assert session.exercises[0].row == 3
    checked_session(reference(), session, TODAY)


def test_an_edit_that_changes_nothing_gives_the_same_value() -> None:
    session = edits.add_row(EMPTY, Mobilization(row=0, note="x"))
    assert edits.change_row(session, Mobilization, 1, note="x") is session
    assert edits.remove_row(session, Mobilization, 99) is session
    assert edits.set_pain(session, PainKind.NOW, Phase.AFTER, None) is session
    assert edits.set_note(session, "plan", "") is session


def begun_at(target: str, side: Side) -> TreatmentSession:
    new = Mobilization(row=0, targets=(target,), side=side)
    return edits.add_row(EMPTY, edits.possible(reference(), new))


def test_a_technique_that_is_not_done_at_the_new_target_is_cleared() -> None:
    session = begun_at("L5", Side.LEFT)
    session = edits.change_mobilization(reference(), session, 1, technique="upa", grade="III")
    assert session.mobilizations[0].side is Side.LEFT
    changed = edits.change_mobilization(reference(), session, 1, targets=("GH",))
    assert changed.mobilizations[0].technique is None


def test_what_moves_on_what_goes_with_the_level_that_it_was_said_of() -> None:
    session = edits.add_row(EMPTY, Mobilization(row=0, targets=("C5-C6",)))
    said = edits.change_mobilization(reference(), session, 1, moving_part="C6", fixed_part="C5")
    graded = edits.change_mobilization(reference(), said, 1, technique="upa", grade="III")
    assert (graded.mobilizations[0].moving_part, graded.mobilizations[0].fixed_part) == ("C6", "C5")
    elsewhere = edits.change_mobilization(reference(), graded, 1, targets=("L4-L5",))
    assert (elsewhere.mobilizations[0].moving_part, elsewhere.mobilizations[0].fixed_part) == ("", "")


def test_what_moves_on_what_stays_where_the_level_comes_after_it() -> None:
    session = edits.add_row(EMPTY, Mobilization(row=0, moving_part="tibia", fixed_part="femur"))
    at_last = edits.change_mobilization(reference(), session, 1, targets=("TF",))
    assert at_last.mobilizations[0].moving_part == "tibia"


@pytest.mark.parametrize(
    ("typed", "times", "days"),
    [
        ("", None, None),
        ("2", 2, 2),
        ("2x", 2, 2),
        ("2x/day", 2, "exercise.days_a_week"),
        ("twice a day", 2, "exercise.days_a_week"),
        ("bid", 2, "exercise.days_a_week"),
        ("5 days a week", "exercise.times_a_day", 5),
        ("5d/wk", "exercise.times_a_day", 5),
        ("daily", "exercise.times_a_day", 7),
        ("every day", "exercise.times_a_day", 7),
        ("0", "exercise.times_a_day", "exercise.days_a_week"),
        ("8", 8, "exercise.days_a_week"),
        ("24", 24, "exercise.days_a_week"),
        ("25", "exercise.times_a_day", "exercise.days_a_week"),
        ("2-3", "exercise.times_a_day", "exercise.days_a_week"),
        ("home", "exercise.times_a_day", "exercise.days_a_week"),
        ("often", "exercise.times_a_day", "exercise.days_a_week"),
    ],
)
def test_how_often_reads_as_people_write_it(
    typed: str, times: int | str | None, days: int | str | None
) -> None:
    for read, expected in ((read_times_a_day, times), (read_days_a_week, days)):
        if isinstance(expected, str):
            with pytest.raises(InputError) as refused:
                read(typed)
            assert [fault.field for fault in refused.value.faults] == [expected]
        else:
            assert read(typed) == expected


@given(st.integers(1, 24), st.integers(1, 7))
def test_how_often_reads_back_as_it_is_shown(times: int, days: int) -> None:
    assert read_times_a_day(how_often(times, None)) == times
    assert read_days_a_week(how_often(None, days)) == days


def test_a_technique_done_on_one_side_alone_sets_it() -> None:
    session = begun_at("L4", Side.LEFT)
    session = edits.change_mobilization(reference(), session, 1, technique="cpa")
    assert session.mobilizations[0].side is Side.MIDLINE


def test_a_thrust_is_grade_five_and_takes_attempts_in_place_of_a_dose() -> None:
    session = begun_at("T6", Side.MIDLINE)
    session = edits.change_mobilization(
        reference(), session, 1, technique="cpa", grade="IV", sets=3, duration_s=45
    )
    thrust = edits.change_mobilization(reference(), session, 1, technique="hvlat_spine").mobilizations[0]
    assert (thrust.grade, thrust.grade_system, thrust.sets, thrust.duration_s) == (
        "V",
        "maitland",
        None,
        None,
    )
    back = edits.change_mobilization(
        reference(), replace(session, mobilizations=(thrust,)), 1, technique="cpa", attempts=1
    ).mobilizations[0]
    assert (back.grade, back.attempts, back.cavitation) == (None, None, None)


@given(technique=ANY_ID, data=st.data())
def test_whatever_is_put_into_a_row_it_stays_possible(technique: str, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from([found.id for found in reference().targets_of(technique)]))
    other = data.draw(st.sampled_from(sorted(reference().targets)))
    row = Mobilization(
        row=1,
        targets=(target,),
        technique=technique,
        side=data.draw(st.sampled_from([None, *Side])),
        grade=data.draw(st.sampled_from([None, *sorted(reference().grades)])),
        grade_to=data.draw(st.sampled_from([None, *sorted(reference().grades)])),
        sets=3,
        attempts=1,
        cavitation=True,
    )
    for changed in (row, replace(row, targets=(other,))):
        assert list(mobilization_faults(reference(), edits.possible(reference(), changed))) == []


def test_before_and_after_are_two_readings_of_one_pair() -> None:
    session = edits.set_rom(EMPTY, line(), Phase.BEFORE, entry("45"))
    session = edits.set_rom(session, line(session=session), Phase.AFTER, entry("55"))
    before, after = session.rom
    assert (before.pair, before.value, after.value) == (after.pair, Decimal(45), Decimal(55))
    assert (before.method, before.mode, before.rater) == (after.method, Mode.ACTIVE, 7)
    checked_session(reference(), session, TODAY)


def test_a_blank_cell_takes_the_reading_out_and_is_never_zero() -> None:
    session = edits.set_rom(EMPTY, line(), Phase.BEFORE, entry("45"))
    assert edits.set_rom(session, line(session=session), Phase.BEFORE, None).rom == ()
    zero = edits.set_rom(EMPTY, line(), Phase.BEFORE, entry("0"))
    assert zero.rom[0].value == 0


def test_how_a_pair_is_measured_changes_for_both_readings() -> None:
    session = edits.set_rom(EMPTY, line(), Phase.BEFORE, entry("45"))
    session = edits.set_rom(session, line(session=session), Phase.AFTER, entry("55"))
    changed = edits.change_pair(session, session.rom[0].pair, mode=Mode.PASSIVE)
    assert {reading.mode for reading in changed.rom} == {Mode.PASSIVE}


def test_a_new_visit_measures_as_the_last_one_did_so_that_the_two_compare() -> None:
    last = edits.set_rom(EMPTY, line(), Phase.BEFORE, entry("45"))
    last = edits.change_pair(last, last.rom[0].pair, method="inclinometer_dual", test_position="standing")
    (shown,) = [
        each
        for each in rom_lines(reference(), EMPTY, last, regions=("lumbar",), chosen={})
        if each.motion == "lumbar_flexion"
    ]
    assert shown.way == Way(method="inclinometer_dual", test_position="standing")
    assert shown.last_alike
    assert rom_text(reference(), shown.last_before) == "45°"
    assert shown.before is None
    other = {shown.key: replace(shown.way, method="goniometer")}
    (changed,) = [
        each
        for each in rom_lines(reference(), EMPTY, last, regions=("lumbar",), chosen=other)
        if each.motion == "lumbar_flexion"
    ]
    assert not changed.last_alike


def test_a_sided_motion_has_a_line_for_each_side_and_tape_measures_come_where_used() -> None:
    lines = rom_lines(reference(), EMPTY, None, regions=("lumbar",), chosen={})
    keys = [(each.motion, each.side) for each in lines]
    assert ("lumbar_rotation", Side.LEFT) in keys
    assert ("lumbar_rotation", Side.RIGHT) in keys
    assert ("lumbar_flexion", None) in keys
    assert all(motion != "fingertip_to_floor" for motion, _ in keys)
    lines = rom_lines(reference(), EMPTY, None, regions=("lumbar",), chosen={}, added=("fingertip_to_floor",))
    assert lines[-1].motion == "fingertip_to_floor"


def test_pain_before_and_after_share_a_pair_and_ten_is_the_highest() -> None:
    session = edits.set_pain(EMPTY, PainKind.NOW, Phase.BEFORE, 6)
    session = edits.set_pain(session, PainKind.NOW, Phase.AFTER, 0)
    assert [score.value for score in session.pain] == [6, 0]
    assert len({score.pair for score in session.pain}) == 1
    with pytest.raises(ValueError, match="11"):
        edits.set_pain(session, PainKind.NOW, Phase.AFTER, 11)
    cleared = edits.set_pain(session, PainKind.NOW, Phase.AFTER, None)
    assert [score.value for score in cleared.pain] == [6]


def test_a_second_place_s_pain_is_left_alone() -> None:
    knee = PainScore(row=0, pair=5, kind=PainKind.WORST, place="knee", value=9)
    session = edits.add_row(EMPTY, knee)
    session = edits.set_pain(session, PainKind.NOW, Phase.BEFORE, 4)
    assert [score.value for score in session.pain] == [9, 4]


def test_a_sign_keeps_its_words_and_its_two_values() -> None:
    session = edits.add_sign(EMPTY, "  tie   left shoe ")
    pair = session.comparable_signs[0].pair
    session = edits.set_sign(session, pair, Phase.BEFORE, "10 cm")
    session = edits.set_sign(session, pair, Phase.AFTER, "4 cm")
    session = edits.change_sign(session, pair, "tie shoe")
    ((before, after),) = edits.sign_pairs(session)
    assert before is not None
    assert after is not None
    assert (before.words, before.value, after.words, after.value) == ("tie shoe", "10 cm", "tie shoe", "4 cm")
    session = edits.set_sign(session, pair, Phase.AFTER, "")
    session = edits.set_sign(session, pair, Phase.BEFORE, "")
    assert [sign.words for sign in session.comparable_signs] == ["tie shoe"]
    assert edits.remove_sign(session, pair).comparable_signs == ()
    assert edits.add_sign(EMPTY, "  ") is EMPTY


@pytest.mark.parametrize("text", ["x" * (NOTE_LIMIT + 1), "a\0b"])
def test_a_note_that_cannot_be_stored_is_refused_and_changes_nothing(text: str) -> None:
    with pytest.raises(InputError):
        edits.set_note(EMPTY, "plan", text)


@pytest.mark.parametrize("text", ["שלום עולם", "e\u0301", "👍🏽", "a\tb\nc", "x" * NOTE_LIMIT])
def test_any_script_is_kept_in_the_note(text: str) -> None:
    session = edits.set_note(EMPTY, "subjective", text)
    assert session.note.subjective
    assert edits.set_note(session, "subjective", text) is session


@pytest.mark.parametrize(
    ("before", "now", "later", "same"),
    [
        ("", "a", "ab", True),
        ("a", "ab", "ab ", True),
        ("ab", "ab ", "ab c", False),
        ("abc", "ab", "a", True),
        ("ab", "abc", "ab", False),
        ("ab", "abc", "xabc", False),
        ("", "a", "a pasted", False),
    ],
)
def test_letters_of_one_word_are_one_step(before: str, now: str, later: str, same: bool) -> None:
    assert edits.continues_word(before, now, later) is same


@pytest.mark.parametrize(
    ("typed", "value", "unit", "word", "hurts"),
    [
        ("45", "45", "deg", None, None),
        (" 45° ", "45", "deg", None, None),
        ("12.5", "12.5", "deg", None, None),
        ("12,5 deg", "12.5", "deg", None, None),
        ("−5", "-5", "deg", None, None),
        ("50%", "50", "percent", None, None),
        ("45p", "45", "deg", None, True),
        ("45 erp", "45", "deg", None, True),
        ("45 pain-free", "45", "deg", None, False),
        ("WNL", None, "deg", "within_normal_limits", None),
        ("mod loss", None, "deg", "moderate_loss", None),
        ("Mod loss p", None, "deg", "moderate_loss", True),
    ],
)
def test_a_cell_of_motion_reads_numbers_per_cent_and_words(
    typed: str, value: str | None, unit: str, word: str | None, hurts: bool | None
) -> None:
    wanted = RomEntry(value=Decimal(value) if value else None, unit=unit, word=word, hurts=hurts)
    assert read_rom(reference(), "lumbar_flexion", typed) == wanted


def test_landmarks_belong_to_the_motions_that_reach_them() -> None:
    landmark = next(word for word in reference().rom_words.values() if "hand_behind_back" in word.motions)
    found = read_rom(reference(), "hand_behind_back", landmark.label)
    assert found is not None
    assert (found.word, found.value) == (landmark.id, None)
    with pytest.raises(InputError):
        read_rom(reference(), "knee_flexion", landmark.label)


@pytest.mark.parametrize("typed", ["450", "-200", "45 cm", "201%", "x", "4 5", "१२", "1" * 40, "p"])
def test_an_impossible_motion_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        read_rom(reference(), "lumbar_flexion", typed)


@given(motion=st.sampled_from(sorted(reference().motions)), data=st.data())
def test_what_a_cell_shows_reads_back_the_same(motion: str, data: st.DataObject) -> None:
    found = reference().motions[motion]
    tenths = data.draw(st.integers(int(found.input_min * 10), int(found.input_max * 10)))
    words = [word.id for word in reference().words_for(motion)]
    word = data.draw(st.sampled_from([None, *words]))
    reading = RomReading(
        row=1,
        pair=1,
        motion=motion,
        side=Side.LEFT if found.sided else None,
        value=None if word else Decimal(tenths) / 10,
        unit=found.unit,
        word=word,
    )
    assert list(rom_faults(reference(), reading)) == []
    read = read_rom(reference(), motion, rom_text(reference(), reading))
    assert read == RomEntry(value=reading.value, unit=reading.unit, word=reading.word)


@given(text=st.text(max_size=30), motion=st.sampled_from(sorted(reference().motions)))
def test_no_text_makes_a_reader_fail_in_another_way_than_a_fault(text: str, motion: str) -> None:
    for read in (
        lambda: read_rom(reference(), motion, text),
        lambda: read_dose(reference(), "oscillatory", text),
        lambda: read_time(text, "visit.time_in"),
        lambda: read_whole(text, "exercise.sets", 1, 99, " s"),
        lambda: read_load(text, "kg", Decimal(500)),
    ):
        with suppress(InputError):
            read()


@pytest.mark.parametrize(
    ("mode", "typed", "dose"),
    [
        ("oscillatory", "3x45s", Dose(sets=3, duration_s=45)),
        ("oscillatory", "3 × 45", Dose(sets=3, duration_s=45)),
        ("oscillatory", "60 s", Dose(duration_s=60)),
        ("oscillatory", "8 min", Dose(duration_s=480)),
        ("oscillatory", "2x1'", Dose(sets=2, duration_s=60)),
        ("oscillatory", "3x30 osc", Dose(sets=3, reps=30)),
        ("repetitions", "3x10", Dose(sets=3, reps=10)),
        ("repetitions", "2 x 10 x 6 s", Dose(sets=2, reps=10, hold_s=6)),
        ("single_thrust", "1", Dose(attempts=1)),
        ("single_thrust", "2 attempts", Dose(attempts=2)),
        ("oscillatory", "", Dose()),
    ],
)
def test_a_dose_reads_as_the_technique_counts(mode: str, typed: str, dose: Dose) -> None:
    assert read_dose(reference(), mode, typed) == dose
    row = Mobilization(
        row=1,
        sets=dose.sets,
        reps=dose.reps,
        duration_s=dose.duration_s,
        hold_s=dose.hold_s,
        attempts=dose.attempts,
    )
    assert read_dose(reference(), mode, dose_text(row)) == dose


@pytest.mark.parametrize(
    ("mode", "typed"),
    [
        ("oscillatory", "3x9999 s"),
        ("oscillatory", "often"),
        ("single_thrust", "3x30s"),
        ("oscillatory", "2 attempts"),
    ],
)
def test_an_impossible_dose_is_refused(mode: str, typed: str) -> None:
    with pytest.raises(InputError):
        read_dose(reference(), mode, typed)


@pytest.mark.parametrize(
    ("typed", "at"),
    [("9:30", time(9, 30)), ("0930", time(9, 30)), ("930", time(9, 30)), ("2:15 pm", time(14, 15)),
     ("12 am", time(0, 0)), ("14.05", time(14, 5)), ("", None)],
)  # fmt: skip
def test_a_time_reads_as_people_write_it(typed: str, at: time | None) -> None:
    assert read_time(typed, "visit.time_in") == at
    assert read_time(time_text(at), "visit.time_in") == at


@pytest.mark.parametrize("typed", ["25:00", "9:75", "13 pm", "noonish", "12345"])
def test_a_time_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        read_time(typed, "visit.time_in")


@pytest.mark.parametrize(
    ("typed", "targets"),
    [
        ("L5", ("L5",)),
        ("l4, l5", ("L4", "L5")),
        ("L4 L5", ("L4", "L5")),
        ("L4-5", ("L4-L5",)),
        ("T4-T6", ("T4", "T5", "T6")),
        ("GHJ", ("GH",)),
        ("C9", ()),
        ("L4, somewhere", ()),
    ],
)
def test_levels_are_read_one_or_several(typed: str, targets: tuple[str, ...]) -> None:
    assert choices.read_targets(reference(), typed) == targets


@pytest.mark.parametrize(
    ("typed", "grade"),
    [("3", "III"), ("gr 3+", "III+"), ("grade iii plus", "III+"), ("k2", "K-II"), ("4-", "IV-")],
)
def test_a_grade_reads_in_roman_or_arabic(typed: str, grade: str) -> None:
    assert choices.read_grade(typed) == grade
    grades = tuple(reference().grades.values())
    assert choices.find_grades(grades)(typed)[0].id == grade


def test_a_place_keeps_its_kind_only_while_there_are_words_for_it() -> None:
    session = edits.add_row(EMPTY, Intervention(row=0, intervention="cpt_97035"))
    row = session.interventions[0].row
    session = edits.set_place(session, row, "  Heel,   left ", AreaKind.AREA)
    assert (session.interventions[0].area, session.interventions[0].area_kind) == (
        "Heel, left",
        AreaKind.AREA,
    )
    session = edits.set_place(session, row, " ", AreaKind.AREA)
    assert (session.interventions[0].area, session.interventions[0].area_kind) == ("", None)


def test_a_place_is_found_by_any_word_with_its_side_and_those_of_the_episode_come_first() -> None:
    find = choices.find_places(reference(), ("knee",))
    assert find("")[0].label in {
        target.label for target in reference().targets.values() if "knee" in target.regions
    }
    for typed, label, kind in (
        ("upper trap", "Upper trapezius", AreaKind.MUSCLE),
        ("median nerve r", "Median nerve, right", AreaKind.NERVE),
        ("heel l", "Heel, left", AreaKind.AREA),
        ("patella both", "Patellofemoral, both sides", AreaKind.JOINT),
        ("lateral epicondyle", "Outer elbow", AreaKind.AREA),
    ):
        assert choices.place_of(find(typed)[0].id) == (label, kind)
