"""The lines of the range-of-motion grid, worked out from the visit and the one before it. Nothing here knows Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ptnotes.clinical import Motion, Reference
from ptnotes.domain.treatment import Mode, Phase, RomReading, Side, TreatmentSession

SIDES = (Side.LEFT, Side.RIGHT)
LineKey = tuple[str, Side | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a motion is measured: only readings taken in the same way are compared."""

    mode: Mode = Mode.ACTIVE
    method: str | None = None
    test_position: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RomLine:
    """One line of the grid: a motion, a side and a way of measuring. `pair` is None while nothing is charted in it.

    `number` tells several lines of one motion and side apart (active and passive). `last_before` and `last_after` are
    the last visit's readings, taken in any way; `last_alike` says whether they were taken in this line's way.
    """

    motion: str
    side: Side | None = None
    number: int = 0
    pair: int | None = None
    way: Way = Way()
    before: RomReading | None = None
    after: RomReading | None = None
    last_before: RomReading | None = None
    last_after: RomReading | None = None
    last_alike: bool = True

    @property
    def key(self) -> LineKey:
        """What names the line on the screen for as long as the visit is open."""
        return (self.motion, self.side, self.number)


def rom_lines(
    reference: Reference,
    session: TreatmentSession,
    last: TreatmentSession | None,
    *,
    regions: Iterable[str],
    chosen: Mapping[LineKey, Way],
    added: Iterable[str] = (),
) -> tuple[RomLine, ...]:
    """The lines to show: motions of the episode's regions, those measured last time, those in `added`, those charted.

    `chosen` holds the ways picked for lines in which nothing is charted yet; a key with a number that no charted pair
    has adds a line. Otherwise a line is measured as last time, so that the two compare, else by the usual method.
    """
    pairs = _pairs(session)
    last_pairs = _pairs(last) if last is not None else {}
    # Measures by tape stand for the same motions as degrees do: they are shown where they are used.
    own = (motion for region in regions for motion in reference.motions_in(region))
    wanted = dict.fromkeys(motion.id for motion in own if motion.default_method != "tape")
    wanted |= dict.fromkeys(motion for motion, _ in last_pairs)
    wanted |= dict.fromkeys([*added, *(motion for motion, _ in pairs)])
    lines: list[RomLine] = []
    for motion_id in wanted:
        motion = reference.motions[motion_id]
        for side in SIDES if motion.sided else (None,):
            charted = pairs.get((motion_id, side), [])
            before = last_pairs.get((motion_id, side), [])
            numbers = {key[2] for key in chosen if key[:2] == (motion_id, side)}
            count = max([len(charted), 1, *(number + 1 for number in numbers)])
            lines.extend(
                _line(motion, side, number, charted, before, chosen.get((motion_id, side, number)))
                for number in range(count)
            )
    return tuple(lines)


def _line(
    motion: Motion,
    side: Side | None,
    number: int,
    charted: list[tuple[RomReading | None, RomReading | None]],
    last: list[tuple[RomReading | None, RomReading | None]],
    chosen: Way | None,
) -> RomLine:
    now = charted[number] if number < len(charted) else (None, None)
    reading = now[0] or now[1]
    usual = Way(method=motion.default_method)
    if reading is not None:
        way = way_of(reading)
    elif chosen is not None:
        way = chosen
    else:
        way = _way_of_pair(last[number]) if number < len(last) else usual
    alike = next((pair for pair in last if _way_of_pair(pair) == way), None)
    shown = alike or (last[number] if number < len(last) else (None, None))
    return RomLine(
        motion=motion.id,
        side=side,
        number=number,
        pair=reading.pair if reading is not None else None,
        way=way,
        before=now[0],
        after=now[1],
        last_before=shown[0],
        last_after=shown[1],
        last_alike=alike is not None or shown == (None, None),
    )


def way_of(reading: RomReading) -> Way:
    """How a reading was taken."""
    return Way(mode=reading.mode, method=reading.method, test_position=reading.test_position)


def _way_of_pair(pair: tuple[RomReading | None, RomReading | None]) -> Way:
    reading = pair[0] or pair[1]
    return Way() if reading is None else way_of(reading)


def _pairs(
    session: TreatmentSession,
) -> dict[tuple[str, Side | None], list[tuple[RomReading | None, RomReading | None]]]:
    """Motion and side to its pairs (before, after), in the order charted; a single reading stands as before."""
    found: dict[tuple[str, Side | None], dict[int, list[RomReading | None]]] = {}
    for reading in session.rom:
        pair = found.setdefault((reading.motion, reading.side), {}).setdefault(reading.pair, [None, None])
        pair[reading.phase is Phase.AFTER] = reading
    return {key: [(pair[0], pair[1]) for pair in pairs.values()] for key, pairs in found.items()}
