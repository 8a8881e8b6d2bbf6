"""Entries become rows of a visit, and rows become the entries that would type them."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest

from ptnotes.clinical import Reference
from ptnotes.domain.checks import checked_session
from ptnotes.domain.errors import InputError
from ptnotes.domain.treatment import Mode, Origin, PainKind, Phase, Place, Side, TreatmentSession
from ptnotes.notation import (
    ExerciseEntry,
    MobilizationEntry,
    apply_entry,
    entries_of,
    read,
    replace_entry,
    write,
)

DAY = date(2026, 10, 5)
PERSON = 7


def _visit() -> TreatmentSession:
    return TreatmentSession(episode_id=1, service_date=DAY)


def _typed(
    reference: Reference, line: str, visit: TreatmentSession | None = None, region: str = "lumbar"
) -> TreatmentSession:
    visit = visit or _visit()
    reading = read(reference, line, region)
    assert reading.ready == reading.entries
    assert reading.entries
    for one in reading.entries:
        visit = apply_entry(reference, visit, one.entry, PERSON)
    return visit


def test_a_mobilization_becomes_a_row_that_was_typed(reference: Reference) -> None:
    (row,) = _typed(reference, 'L5 upa l III-IV 3x45s prone @ 90 abd note "gently"').mobilizations
    assert row.targets == ("L5",)
    assert (row.side, row.technique, row.grade, row.grade_to) == (Side.LEFT, "upa", "III", "IV")
    assert (row.sets, row.duration_s, row.hold_s, row.reps) == (3, 45, None, None)
    assert (row.position, row.pre_position, row.note) == ("prone", "90 abd", "gently")
    assert (row.origin, row.done_by) == (Origin.TYPED, PERSON)


def test_seconds_beside_repetitions_are_a_hold(reference: Reference) -> None:
    (row,) = _typed(reference, "MET R SIJ 3x5x6s").mobilizations
    assert (row.sets, row.reps, row.hold_s, row.duration_s) == (3, 5, 6, None)


def test_before_and_after_are_two_readings_of_one_pair(reference: Reference) -> None:
    before, after = _typed(reference, "flex 45 ERP>55 incl").rom
    assert before.pair == after.pair
    assert (before.phase, before.value, before.end_range_pain) == (Phase.BEFORE, Decimal(45), True)
    assert (after.phase, after.value, after.end_range_pain) == (Phase.AFTER, Decimal(55), None)
    assert {before.method, after.method} == {"inclinometer"}
    assert before.rater == PERSON


def test_a_reading_typed_after_treatment_joins_the_one_before(reference: Reference) -> None:
    visit = _typed(reference, "PROM ext 10 incl; flex 40")
    visit = _typed(reference, "ext >18", visit)
    ext = [row for row in visit.rom if row.motion == "lumbar_extension"]
    assert len({row.pair for row in ext}) == 1
    assert {(row.mode, row.method) for row in ext} == {(Mode.PASSIVE, "inclinometer")}
    assert [row.phase for row in ext] == [Phase.BEFORE, Phase.AFTER]


def test_a_reading_taken_otherwise_opens_a_pair_of_its_own(reference: Reference) -> None:
    visit = _typed(reference, "ext >18 incl", _typed(reference, "ext 10 gonio"))
    assert len({row.pair for row in visit.rom}) == 2


def test_a_side_that_is_still_missing_is_not_stored(reference: Reference) -> None:
    (one,) = read(reference, "flex 112>118", "knee").entries
    with pytest.raises(InputError):
        apply_entry(reference, _visit(), one.entry, PERSON)


def test_pain_after_joins_pain_before_of_its_kind(reference: Reference) -> None:
    visit = _typed(reference, "pain >3", _typed(reference, "pain 6; worst 8; pain flex 5"))
    now = [score for score in visit.pain if score.kind is PainKind.NOW]
    assert [(score.phase, score.value) for score in now] == [(Phase.BEFORE, 6), (Phase.AFTER, 3)]
    assert len({score.pair for score in now}) == 1
    movement = next(score for score in visit.pain if score.kind is PainKind.MOVEMENT)
    assert movement.motion == "lumbar_flexion"


def test_minutes_exercise_and_text_find_their_places(reference: Reference) -> None:
    visit = _typed(
        reference, "mt 23; laser 8; clams R 2x15 green; ex: sled push 3x12 @ 60 lb; s: one; s: two"
    )
    assert [(row.intervention, row.minutes) for row in visit.interventions] == [
        ("cpt_97140", 23),
        ("laser", 8),
    ]
    clams, press = visit.exercises
    assert (clams.exercise, clams.name, clams.band, clams.cue) == ("clamshell", "Clamshell", "green", "right")
    assert (press.exercise, press.name, press.load, press.load_unit) == (None, "sled push", Decimal(60), "lb")
    assert visit.note.subjective == "one\ntwo"


def test_what_moves_on_what_goes_into_the_row_and_comes_out_of_it(reference: Reference) -> None:
    visit = _typed(reference, "L5 upa l III (L4 on L5)")
    assert (visit.mobilizations[0].moving_part, visit.mobilizations[0].fixed_part) == ("L4", "L5")
    first = entries_of(reference, visit)[0]
    assert write(reference, first.entry, "lumbar") == "L5 UPA L III (L4 on L5)"
    changed = replace_entry(reference, visit, first, read(reference, "L5 upa l III").entries[0].entry)
    assert (changed.mobilizations[0].moving_part, changed.mobilizations[0].fixed_part) == ("", "")


def test_how_often_at_home_goes_into_the_row_and_comes_out_of_it(reference: Reference) -> None:
    visit = _typed(reference, "bridge 3x10 home 2x/day 5d/wk; clams 2x15; hep: plank 3x30s")
    assert [(row.place, row.times_a_day, row.days_a_week) for row in visit.exercises] == [
        (Place.HOME, 2, 5),
        (Place.CLINIC, None, None),
        (Place.HOME, None, None),
    ]
    first = entries_of(reference, visit)[0]
    assert write(reference, first.entry, "lumbar") == "Bridge 3 x 10 reps home 2x/day 5d/wk"
    changed = replace_entry(reference, visit, first, read(reference, "bridge 3x10").entries[0].entry)
    row = changed.exercises[0]
    assert (row.place, row.times_a_day, row.days_a_week) == (Place.CLINIC, None, None)


def test_an_impossible_exercise_said_anew_is_refused(reference: Reference) -> None:
    visit = _typed(reference, "bridge 3x10 home 2x/day")
    entry = ExerciseEntry(name="Bridge", place="home", times_a_day=25)
    with pytest.raises(InputError):
        replace_entry(reference, visit, entries_of(reference, visit)[0], entry)


def test_the_total_counts_from_the_time_in(reference: Reference) -> None:
    visit = _typed(reference, "TT 55", replace(_visit(), time_in=time(9, 30)))
    assert visit.time_out == time(10, 25)
    with pytest.raises(InputError):
        _typed(reference, "TT 55")


def test_every_row_number_is_its_own_and_the_visit_can_be_stored(reference: Reference) -> None:
    visit = _typed(
        reference, "L5 upa l III 3x45s; flex 45>55; rot r 10>12; pain 6>3; mt 23; bridge 3x10; p: go on"
    )
    assert checked_session(reference, visit, DAY) == visit


def test_a_visit_reads_back_as_the_lines_that_type_it(reference: Reference) -> None:
    visit = _typed(
        reference,
        "L5 UPA L III 3x45s; T4 HVLAT x1 + cav; flex 45 ERP>55; AROM ext 10; pain 6>3; worst 8; mt 23; plank 3x30s",
    )
    lines = [write(reference, charted.entry, "lumbar") for charted in entries_of(reference, visit)]
    again = _typed(reference, " ; ".join(lines))
    assert replace(again, next_row=visit.next_row) == visit


def test_a_row_said_anew_keeps_its_number_and_who_did_it(reference: Reference) -> None:
    visit = _typed(reference, "L5 UPA L III 3x45s; L4 CPA II 2x30s")
    first = entries_of(reference, visit)[0]
    entry = read(reference, "L5 UPA L IV 3x60s").entries[0].entry
    changed = replace_entry(reference, visit, first, entry)
    assert changed.mobilizations[0] == replace(visit.mobilizations[0], grade="IV", duration_s=60)
    assert changed.mobilizations[1:] == visit.mobilizations[1:]


def test_a_pair_said_anew_replaces_both_readings(reference: Reference) -> None:
    visit = _typed(reference, "flex 45>55; ext 10")
    first = entries_of(reference, visit)[0]
    changed = replace_entry(reference, visit, first, read(reference, "flex 40>50", "lumbar").entries[0].entry)
    values = [row.value for row in changed.rom if row.motion == "lumbar_flexion"]
    assert values == [Decimal(40), Decimal(50)]
    assert [row.row for row in changed.rom] == [row.row for row in visit.rom]
    assert {row.rater for row in changed.rom} == {PERSON}


def test_an_impossible_row_is_refused_whoever_made_the_entry(reference: Reference) -> None:
    entry = MobilizationEntry(levels=("L5",), technique="upa", side="midline")
    with pytest.raises(InputError):
        apply_entry(reference, _visit(), entry, PERSON)
