"""Every motion of the data can be charted in each of its ways: out of bounds is refused, above the usual flagged."""

from datetime import date
from decimal import Decimal

import pytest

from ptnotes.clinical import Motion, Reference, load_reference
from ptnotes.domain.checks import checked_session, unusual_readings
from ptnotes.domain.errors import InputError
from ptnotes.domain.treatment import Mode, Phase, RomReading, Side, TreatmentSession
from ptnotes.ui.charting.choices import motion_items
from ptnotes.ui.charting.entry import read_rom
from ptnotes.ui.charting.rom_lines import rom_lines

DAY = date(2026, 3, 2)
REFERENCE = load_reference()
MOTIONS = list(REFERENCE.motions.values())
every_motion = pytest.mark.parametrize("motion", MOTIONS, ids=[motion.id for motion in MOTIONS])


@pytest.fixture
def reference() -> Reference:
    return REFERENCE


def reading(motion: Motion, value: Decimal | None, **ways: object) -> RomReading:
    side = Side.LEFT if motion.sided else None
    known = {
        "row": 1,
        "pair": 1,
        "motion": motion.id,
        "side": side,
        "value": value,
        "unit": motion.unit,
        **ways,
    }
    return RomReading(**known)  # type: ignore[arg-type]  # fields by name


def visit(*readings: RomReading) -> TreatmentSession:
    return TreatmentSession(episode_id=1, service_date=DAY, rom=readings, next_row=len(readings) + 2)


@every_motion
def test_each_way_of_measuring_it_can_be_charted(reference: Reference, motion: Motion) -> None:
    sides = (Side.LEFT, Side.RIGHT) if motion.sided else (None,)
    positions = [None, *(position.id for position in reference.test_positions_for(motion.id))]
    ways = [
        {
            "mode": mode,
            "method": method,
            "test_position": position,
            "side": side,
            "end_feel": feel,
            "phase": phase,
        }
        for mode in Mode
        for method in (None, *motion.methods)
        for position in positions
        for side in sides
        for feel, phase in ((None, Phase.BEFORE), ("empty", Phase.AFTER))
    ]
    assert motion.methods
    for way in ways:
        session = visit(reading(motion, motion.input_min, **way))
        assert checked_session(reference, session, DAY) == session


@every_motion
def test_its_bounds_are_possible_and_beyond_them_is_refused(reference: Reference, motion: Motion) -> None:
    for value in (motion.input_min, motion.input_max):
        checked_session(reference, visit(reading(motion, value)), DAY)
        assert read_rom(reference, motion.id, f"{value}") is not None
    for value in (motion.input_min - 1, motion.input_max + 1):
        with pytest.raises(InputError) as refused:
            checked_session(reference, visit(reading(motion, value)), DAY)
        assert [fault.field for fault in refused.value.faults] == ["rom.value"]
        with pytest.raises(InputError):
            read_rom(reference, motion.id, f"{value}")


@every_motion
def test_above_the_usual_is_flagged_and_kept(reference: Reference, motion: Motion) -> None:
    assert motion.input_min <= motion.warn_above <= motion.input_max
    assert unusual_readings(reference, visit(reading(motion, motion.warn_above))) == ()
    if motion.warn_above == motion.input_max:
        return
    above = min(motion.warn_above + 1, motion.input_max)
    session = visit(reading(motion, above))
    assert [fault.code for fault in unusual_readings(reference, session)] == ["rom.unusual"]
    assert checked_session(reference, session, DAY) == session


@every_motion
def test_a_blank_is_no_reading_and_never_zero(reference: Reference, motion: Motion) -> None:
    assert read_rom(reference, motion.id, "  ") is None
    session = visit(reading(motion, None, why_not_tested="too painful"))
    assert checked_session(reference, session, DAY).rom[0].value is None


@every_motion
def test_it_is_offered_and_gets_a_line_for_each_side(reference: Reference, motion: Motion) -> None:
    assert motion.id in {item.id for item in motion_items(reference)}
    lines = rom_lines(reference, visit(), None, regions=(), chosen={}, added=[motion.id])
    assert [line.side for line in lines] == ([Side.LEFT, Side.RIGHT] if motion.sided else [None])
    assert all(line.way.method is None or line.way.method in motion.methods for line in lines)


def test_an_end_feel_that_nobody_knows_is_refused(reference: Reference) -> None:
    with pytest.raises(InputError) as refused:
        checked_session(reference, visit(reading(MOTIONS[0], Decimal(10), end_feel="rubbery")), DAY)
    assert [fault.field for fault in refused.value.faults] == ["rom.end_feel"]
