"""Writing an entry and reading it back gives the same entry, for every entry that the forms can make."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.clinical import load_reference
from ptnotes.domain.moving import moving_parts
from ptnotes.domain.treatment import AreaKind, Place
from ptnotes.notation import (
    Entry,
    ExerciseEntry,
    MinutesEntry,
    MobilizationEntry,
    PainEntry,
    RomEntry,
    TextEntry,
    read,
    write,
)
from ptnotes.notation.entries import TOTAL

REFERENCE = load_reference()
REGIONS = st.sampled_from([None, *REFERENCE.regions])
# What the fields of the screen let through: one line without control characters.
WORDS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip

PARTS = st.sampled_from(
    ["C5", "C6", "L5", "S1", "Rib 4", "tibia", "femur", "talus", "first metatarsal", "on", "4/10"]
)
MOVING = st.builds("{} on {}".format, PARTS, PARTS) | PARTS | st.builds("on {}".format, PARTS)
PLACES = st.builds(
    "{}{}".format,
    st.sampled_from([target.label for target in REFERENCE.targets.values()])
    | st.sampled_from([area.label for area in REFERENCE.areas.values()]),
    st.sampled_from(["", ", left", ", right", ", both sides"]),
)


@st.composite
def mobilizations(draw: st.DrawFn) -> MobilizationEntry:
    technique = REFERENCE.techniques[draw(st.sampled_from([*REFERENCE.techniques]))]
    first = draw(st.sampled_from(REFERENCE.targets_of(technique.id)))
    levels = [first.id]
    if draw(st.booleans()):
        levels += [
            target.id
            for target in draw(
                st.lists(st.sampled_from(REFERENCE.targets_of(technique.id)), max_size=2, unique=True)
            )
            if target.kind == first.kind and target.id not in levels and first.kind != "region"
        ]
    sides = [
        side for side in technique.sides if all(side in REFERENCE.sides_at(technique.id, at) for at in levels)
    ]
    if not sides:
        levels, sides = [first.id], list(REFERENCE.sides_at(technique.id, first.id))
    grades = REFERENCE.grades_of(technique.id)
    grade = draw(st.sampled_from(grades)) if grades and (technique.thrust or draw(st.booleans())) else None
    alike = [
        g.code for g in grades if grade is not None and g.system == grade.system and g.code != grade.code
    ]
    thrust = technique.thrust
    dose = draw(st.sampled_from(["none", "time", "reps", "held", "sets"]))
    small = st.none() | st.integers(1, 10)
    moving = moving_parts(draw(st.just("") | MOVING | WORDS))
    return MobilizationEntry(
        levels=tuple(levels),
        side=draw(st.sampled_from([*sides, None])),
        technique=technique.id,
        grade_system=grade.system if grade is not None else None,
        grade=grade.code if grade is not None else None,
        grade_to=draw(st.none() | st.sampled_from(alike)) if alike else None,
        sets=None
        if thrust
        else draw(st.integers(1, 10))
        if dose == "sets"
        else draw(small)
        if dose != "none"
        else None,
        reps=draw(st.integers(1, 50)) if not thrust and dose in {"reps", "held"} else None,
        seconds=draw(st.integers(1, 300)) if not thrust and dose in {"time", "held"} else None,
        rate_hz=draw(st.none() | st.decimals("0.1", "5", places=1)) if not thrust else None,
        position=draw(st.none() | st.sampled_from([*REFERENCE.patient_positions])),
        direction=draw(st.none() | st.sampled_from(technique.directions)) if technique.directions else None,
        movement=draw(st.none() | st.sampled_from([*REFERENCE.movements]))
        if technique.family == "mulligan"
        else None,
        attempts=draw(st.none() | st.integers(1, 2)) if thrust else None,
        cavitation=draw(st.none() | st.booleans()) if technique.cavitation_field else None,
        response=tuple(draw(st.lists(st.sampled_from([*REFERENCE.responses]), max_size=3, unique=True))),
        pre_position=draw(st.just("") | WORDS),
        moving_part=moving[0],
        fixed_part=moving[1],
        note=draw(st.just("") | WORDS),
    )


@st.composite
def motions(draw: st.DrawFn) -> RomEntry:
    motion = REFERENCE.motions[draw(st.sampled_from([*REFERENCE.motions]))]
    unit = draw(st.sampled_from([motion.unit, motion.unit, "percent"]))
    lowest, highest = (0, 200) if unit == "percent" else (int(motion.input_min), int(motion.input_max))
    phases = draw(st.sampled_from(["before", "after", "both", "both"]))
    values: dict[str, Decimal | None] = {}
    words: dict[str, str | None] = {}
    for phase in ("before", "after"):
        said = phases in {phase, "both"}
        in_words = said and draw(st.integers(0, 3)) == 0
        allowed = [word.id for word in REFERENCE.words_for(motion.id)]
        words[phase] = draw(st.sampled_from(allowed)) if in_words else None
        number = Decimal(draw(st.integers(lowest, highest)))
        if unit in {"cm", "mm"} and lowest < number < highest and draw(st.booleans()):
            number += Decimal("0.5")
        values[phase] = number if said and not in_words else None
    has_number = any(value is not None for value in values.values())
    given_before = values["before"] is not None or words["before"] is not None
    given_after = values["after"] is not None or words["after"] is not None
    positions = [position.id for position in REFERENCE.test_positions_for(motion.id)]
    return RomEntry(
        motion=motion.id,
        side=draw(st.sampled_from(["left", "right"])) if motion.sided else None,
        before=values["before"],
        after=values["after"],
        unit=unit if has_number else None,
        method=draw(st.none() | st.sampled_from(motion.methods)),
        mode=draw(st.sampled_from([None, "active", "passive"])),
        word=words["before"],
        word_after=words["after"],
        pain_before=draw(st.none() | st.integers(0, 10)) if given_before else None,
        pain_after=draw(st.none() | st.integers(0, 10)) if given_after else None,
        end_range_pain=draw(st.none() | st.booleans()) if given_before else None,
        end_range_pain_after=draw(st.none() | st.booleans()) if given_after else None,
        test_position=draw(st.none() | st.sampled_from(positions)),
    )


@st.composite
def pains(draw: st.DrawFn) -> PainEntry:
    what = draw(st.sampled_from(["now", "best", "worst", *REFERENCE.motions]))
    before, after = draw(
        st.tuples(st.none() | st.integers(0, 10), st.none() | st.integers(0, 10)).filter(
            lambda pair: pair != (None, None)
        )
    )
    return PainEntry(
        what=what,
        side=draw(st.sampled_from([None, "left", "right", "bilateral"])),
        before=before,
        after=after,
        place=draw(st.just("") | WORDS) if what in {"now", "best", "worst"} else "",
    )


@st.composite
def minutes(draw: st.DrawFn) -> MinutesEntry:
    service = draw(st.sampled_from([*REFERENCE.interventions.values()]))
    code = draw(st.sampled_from([service.code or service.id, TOTAL]))
    area = draw(st.just("") | PLACES | WORDS) if code != TOTAL else ""
    kind = draw(st.none() | st.sampled_from([kind.value for kind in AreaKind])) if area else None
    return MinutesEntry(code=code, minutes=draw(st.integers(1, 480)), area=area, area_kind=kind)


@st.composite
def exercises(draw: st.DrawFn) -> ExerciseEntry:
    known = st.sampled_from([exercise.label for exercise in REFERENCE.exercises.values()])
    weight = st.builds("{} {}".format, st.integers(0, 500), st.sampled_from(["kg", "lb"]))
    band = st.sampled_from(["green band", "red band"])
    reps = draw(st.none() | st.integers(1, 999))
    place = draw(st.sampled_from([None, Place.HOME.value]))
    return ExerciseEntry(
        name=draw(known | WORDS),
        sets=draw(st.none() | st.integers(1, 99)),
        reps=reps,
        seconds=draw(st.none() | st.integers(1, 3600)),
        load=draw(st.none() | weight | band | WORDS),
        cue=draw(st.just("") | WORDS),
        place=place,
        times_a_day=draw(st.none() | st.integers(1, 24)) if place is not None else None,
        days_a_week=draw(st.none() | st.integers(1, 7)) if place is not None else None,
    )


TEXTS = st.builds(
    TextEntry,
    section=st.sampled_from(["subjective", "objective", "assessment", "plan", "communication"]),
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
        lambda text: bool(text.strip())
    ),
)


@given(mobilizations() | motions() | pains() | minutes() | exercises() | TEXTS, REGIONS)
def test_an_entry_reads_back_as_it_was(entry: Entry, region: str | None) -> None:
    text = write(REFERENCE, entry, region)
    reading = read(REFERENCE, text, region)
    assert [one.entry for one in reading.entries] == [entry]
    assert reading.problems == ()
    assert reading.entries[0].assumed == ()


def test_every_technique_at_every_target_reads_back() -> None:
    for technique in REFERENCE.techniques.values():
        for target in REFERENCE.targets_of(technique.id):
            side = REFERENCE.sides_at(technique.id, target.id)[0]
            grade = next(iter(REFERENCE.grades_of(technique.id)), None)
            entry = MobilizationEntry(
                levels=(target.id,),
                side=side,
                technique=technique.id,
                grade_system=grade.system if grade is not None else None,
                grade=grade.code if grade is not None else None,
            )
            assert write(REFERENCE, entry)


def test_common_entries_are_written_in_the_shortest_words() -> None:
    region = "lumbar"
    for text in (
        "L5 UPA L III 3x45s",
        "flex 45>55",
        "rot R 20",
        "pain 6>3",
        "pain worst 8",
        "97140 23",
        "97035 8 Upper trapezius R",
        "s: slept well",
        "comm: told the surgeon",
        "L5 UPA L III 3x45s (L4 on L5)",
        "Bridge 3 x 10 reps home 2x/day 5d/wk",
    ):
        entry = read(REFERENCE, text, region).entries[0].entry
        assert write(REFERENCE, entry, region) == text


def test_what_no_line_can_say_is_refused() -> None:
    with pytest.raises(ValueError, match="no line says"):
        write(REFERENCE, PainEntry(what="now", before=11))
