"""Every row that the tables of a visit can hold becomes a line, and that line says the same row again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ptnotes.clinical import load_reference
from ptnotes.domain.treatment import (
    Exercise,
    Intervention,
    Mobilization,
    Mode,
    PainKind,
    PainScore,
    Phase,
    Place,
    RomReading,
    Side,
    TreatmentSession,
)
from ptnotes.notation import Place as Where
from ptnotes.notation import charted_in, taking, write
from ptnotes.notation.exercise import BANDS
from ptnotes.ui.charting import edits
from tests.unit.notation.test_written_back import REGIONS, WORDS

REFERENCE = load_reference()
WORDS_OR_NONE = st.just("") | WORDS
SMALL = st.none() | st.integers(1, 10)


def optional(values: Any) -> st.SearchStrategy[Any]:
    known = sorted(values)
    return st.none() | st.sampled_from(known) if known else st.none()


@st.composite
def mobilizations(draw: st.DrawFn) -> Mobilization:
    technique = draw(optional(REFERENCE.techniques))
    kinds = REFERENCE.targets_of(technique) if technique is not None else tuple(REFERENCE.targets.values())
    targets = draw(st.lists(st.sampled_from([target.id for target in kinds]), max_size=2, unique=True))
    grades = [grade.code for grade in REFERENCE.grades_of(technique)] if technique is not None else []
    grade = draw(optional(grades))
    known = REFERENCE.techniques[technique] if technique is not None else None
    counted = draw(st.booleans())
    row = Mobilization(
        row=1,
        targets=tuple(targets),
        side=draw(st.none() | st.sampled_from(Side)),
        technique=technique,
        direction=draw(optional(known.directions)) if known is not None else None,
        grade_system=REFERENCE.grades[grade].system if grade is not None else None,
        grade=grade,
        grade_to=draw(optional(code for code in grades if code > grade)) if grade is not None else None,
        sets=draw(SMALL),
        reps=draw(SMALL) if counted else None,
        hold_s=draw(SMALL) if counted else None,
        duration_s=None if counted else draw(st.none() | st.integers(1, 300)),
        rate_hz=draw(st.none() | st.decimals("0.1", "5", places=1)),
        position=draw(optional(REFERENCE.patient_positions)),
        pre_position=draw(WORDS_OR_NONE),
        movement=draw(optional(REFERENCE.movements))
        if known is not None and known.family == "mulligan"
        else None,
        attempts=draw(st.none() | st.integers(1, 2)),
        cavitation=draw(st.none() | st.booleans()),
        responses=tuple(draw(st.lists(st.sampled_from([*REFERENCE.responses]), max_size=2, unique=True))),
        note=draw(WORDS_OR_NONE),
        done_by=draw(st.none() | st.just(7)),
    )
    row = edits.possible(REFERENCE, row)
    systems = {REFERENCE.grades[code].system for code in (row.grade, row.grade_to) if code is not None}
    return row if len(systems) < 2 else replace(row, grade_to=None)


@st.composite
def readings(draw: st.DrawFn) -> list[RomReading]:
    motion = REFERENCE.motions[draw(st.sampled_from([*REFERENCE.motions]))]
    side = draw(st.sampled_from([Side.LEFT, Side.RIGHT])) if motion.sided else None
    way: dict[str, Any] = {
        "mode": draw(st.sampled_from(Mode)),
        "method": draw(optional(motion.methods)),
        "test_position": draw(optional(row.id for row in REFERENCE.test_positions_for(motion.id))),
        "rater": 7,
    }
    unit = draw(st.sampled_from([motion.unit, "percent"]))
    lowest, highest = (0, 200) if unit == "percent" else (int(motion.input_min), int(motion.input_max))
    found = []
    phases = draw(st.sampled_from([(Phase.BEFORE,), (Phase.AFTER,), (Phase.BEFORE, Phase.AFTER)]))
    for place, phase in enumerate(phases):
        word = draw(optional(row.id for row in REFERENCE.words_for(motion.id)))
        found.append(
            RomReading(
                row=1 + place,
                pair=1,
                motion=motion.id,
                side=side,
                phase=phase,
                value=Decimal(draw(st.integers(lowest, highest))) if word is None else None,
                unit=unit,
                word=word,
                end_feel=draw(optional(REFERENCE.end_feels)),
                end_range_pain=draw(st.none() | st.booleans()),
                pain=draw(st.none() | st.integers(0, 10)),
                **way,
            )
        )
    if all(row.value is None for row in found):
        found = [replace(row, unit=motion.unit) for row in found]
    return found


@st.composite
def scores(draw: st.DrawFn) -> list[PainScore]:
    kind = draw(st.sampled_from(PainKind))
    motion = REFERENCE.motions[draw(st.sampled_from([*REFERENCE.motions]))]
    moves = kind is PainKind.MOVEMENT
    side = draw(st.none() | st.sampled_from([Side.LEFT, Side.RIGHT])) if moves else None
    alone = kind in {PainKind.BEST, PainKind.WORST}
    phases = [Phase.SINGLE] if alone else draw(st.sampled_from([[Phase.BEFORE], [Phase.AFTER], [*Phase][:2]]))
    return [
        PainScore(
            row=1 + place, pair=1, kind=kind, motion=motion.id if moves else None, side=side, phase=phase,
            value=draw(st.integers(0, 10)),
        )
        for place, phase in enumerate(phases)
    ]  # fmt: skip


@st.composite
def exercises(draw: st.DrawFn) -> Exercise:
    known = draw(optional(REFERENCE.exercises))
    name = REFERENCE.exercises[known].label if known is not None else draw(WORDS)
    weighed = draw(st.booleans())
    return Exercise(
        row=1,
        exercise=known or next((row.id for row in REFERENCE.exercises.values() if row.label == name), None),
        name=name,
        sets=draw(SMALL),
        reps=draw(SMALL),
        hold_s=draw(SMALL),
        load=Decimal(draw(st.integers(1, 100))) if weighed else None,
        load_unit=draw(st.sampled_from(["kg", "lb"])),
        band="" if weighed else draw(st.just("") | st.sampled_from(BANDS)),
        progression=draw(WORDS_OR_NONE),
        cue=draw(WORDS_OR_NONE),
        response=draw(WORDS_OR_NONE),
        place=draw(st.sampled_from(Place)),
    )


SERVICES = st.builds(
    Intervention,
    row=st.just(1),
    intervention=st.sampled_from([*REFERENCE.interventions]),
    minutes=st.integers(1, 480),
    modifiers=st.just(()) | st.just(("GP",)),
    area=WORDS_OR_NONE,
)


def said_again(region: str | None, **lists: Any) -> None:
    visit = TreatmentSession(episode_id=1, service_date=date(2026, 10, 5), author_id=7, next_row=9, **lists)
    charted = charted_in(REFERENCE, visit, 1)
    assert charted is not None
    line = write(REFERENCE, charted.entry, region)
    where = Where((region,) if region is not None else ())
    taken = taking(REFERENCE, replace(visit, pending_row=1), where, line)
    assert taken.problems == ()
    assert taken.session == visit


@given(mobilizations(), REGIONS)
def test_a_mobilization_is_said_again_by_its_line(row: Mobilization, region: str | None) -> None:
    said_again(region, mobilizations=(row,))


@given(readings(), REGIONS)
def test_readings_are_said_again_by_their_line(rows: list[RomReading], region: str | None) -> None:
    said_again(region, rom=tuple(rows))


@given(scores(), REGIONS)
def test_pain_is_said_again_by_its_line(rows: list[PainScore], region: str | None) -> None:
    said_again(region, pain=tuple(rows))


@given(exercises(), REGIONS)
def test_an_exercise_is_said_again_by_its_line(row: Exercise, region: str | None) -> None:
    said_again(region, exercises=(row,))


@given(SERVICES, REGIONS)
def test_minutes_are_said_again_by_their_line(row: Intervention, region: str | None) -> None:
    said_again(region, interventions=(row,))
