"""Entries and the rows of a visit: what is typed becomes rows, and a row becomes the entry that would type it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from ptnotes.clinical import Reference
from ptnotes.domain.checks import (
    exercise_faults,
    intervention_faults,
    mobilization_faults,
    pain_faults,
    rom_faults,
)
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.treatment import (
    Exercise,
    Intervention,
    Mobilization,
    Mode,
    Origin,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
)
from ptnotes.notation.entries import (
    TOTAL,
    Entry,
    ExerciseEntry,
    MinutesEntry,
    MobilizationEntry,
    PainEntry,
    RomEntry,
    TextEntry,
)

_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Charted:
    """An entry as it stands in a visit, with the list it is in and the numbers of its rows there."""

    entry: Entry
    kind: str
    rows: tuple[int, ...]


def apply_entry(
    reference: Reference, session: TreatmentSession, entry: Entry, person_id: int | None
) -> TreatmentSession:
    """The visit with an entry added: new rows done by `person_id`, or text at the end of a section of the note.

    A reading after treatment joins the one before it of the same motion, side and way of measuring. Raises
    `InputError` where the entry cannot be stored (a side is missing, or the total time has no start to count from).
    """
    if isinstance(entry, MobilizationEntry):
        row = _mobilization(entry, Mobilization(row=0, done_by=person_id, origin=Origin.TYPED))
        _refuse(mobilization_faults(reference, row))
        return _added(session, "mobilizations", row)
    if isinstance(entry, RomEntry):
        return _apply_rom(reference, session, entry, person_id)
    if isinstance(entry, PainEntry):
        return _apply_pain(reference, session, entry)
    if isinstance(entry, MinutesEntry):
        if entry.code == TOTAL:
            return _apply_total(session, entry.minutes)
        service = _service(reference, entry.code)
        minutes = Intervention(row=0, intervention=service, minutes=entry.minutes, done_by=person_id)
        _refuse(intervention_faults(reference, minutes))
        return _added(session, "interventions", minutes)
    if isinstance(entry, ExerciseEntry):
        exercise = _exercise(reference, entry, Exercise(row=0, done_by=person_id))
        _refuse(exercise_faults(reference, exercise))
        return _added(session, "exercises", exercise)
    return _apply_text(session, entry)


def replace_entry(
    reference: Reference, session: TreatmentSession, charted: Charted, entry: Entry
) -> TreatmentSession:
    """The visit with a charted row said anew: what a line cannot say of it (who did it, its number) stays.

    Only a mobilization or an exercise is said anew in place; of any other kind the old rows go and the new ones come.
    """
    person = None
    if isinstance(entry, MobilizationEntry) and charted.kind == "mobilizations":
        changed = tuple(
            _mobilization(entry, row) if row.row in charted.rows else row for row in session.mobilizations
        )
        for row in changed:
            _refuse(mobilization_faults(reference, row))
        return replace(session, mobilizations=changed)
    if isinstance(entry, ExerciseEntry) and charted.kind == "exercises":
        exercises = tuple(
            _exercise(reference, entry, row) if row.row in charted.rows else row for row in session.exercises
        )
        return replace(session, exercises=exercises)
    kept: list[Any] = []
    for old in getattr(session, charted.kind):
        if old.row in charted.rows:
            person = getattr(old, "done_by", None) or getattr(old, "rater", None)
        else:
            kept.append(old)
    without: dict[str, Any] = {charted.kind: tuple(kept)}
    return apply_entry(reference, replace(session, **without), entry, person)


def entries_of(reference: Reference, session: TreatmentSession) -> tuple[Charted, ...]:
    """What a visit charts, as entries in the order of its lists. The note is not among them: it is text already."""
    found = [Charted(entry_of(reference, row), "mobilizations", (row.row,)) for row in session.mobilizations]
    for before, after in _pairs(session.rom):
        rows = tuple(row.row for row in (before, after) if row is not None)
        entry = rom_entry_of(before, after)
        if entry is not None:
            found.append(Charted(entry, "rom", rows))
    for score, later in _pairs(session.pain):
        rows = tuple(row.row for row in (score, later) if row is not None)
        found.append(Charted(pain_entry_of(score, later), "pain", rows))
    found.extend(
        Charted(entry_of(reference, service), "interventions", (service.row,))
        for service in session.interventions
        if service.intervention is not None and service.minutes is not None
    )
    found.extend(Charted(entry_of(reference, row), "exercises", (row.row,)) for row in session.exercises)
    return tuple(found)


def entry_of(reference: Reference, row: Mobilization | Intervention | Exercise) -> Entry:
    """The entry that would type a row. Raises ValueError for a service without a name or minutes."""
    if isinstance(row, Mobilization):
        return MobilizationEntry(
            levels=row.targets,
            side=row.side.value if row.side is not None else None,
            technique=row.technique,
            grade_system=row.grade_system,
            grade=row.grade,
            grade_to=row.grade_to,
            sets=row.sets,
            reps=row.reps,
            seconds=row.duration_s if row.duration_s is not None else row.hold_s,
            rate_hz=row.rate_hz,
            position=row.position,
            direction=row.direction,
            movement=row.movement,
            attempts=row.attempts,
            cavitation=row.cavitation,
            response=row.responses,
            pre_position=row.pre_position,
            note=row.note,
        )
    if isinstance(row, Intervention):
        if row.intervention is None or row.minutes is None:
            message = "a service without a name or minutes is no entry yet"
            raise ValueError(message)
        service = reference.interventions[row.intervention]
        return MinutesEntry(code=service.code or service.id, minutes=row.minutes)
    load = f"{row.band} band" if row.band else None
    if row.load is not None:
        load = f"{row.load:f} {row.load_unit}"
    name = reference.exercises[row.exercise].label if row.exercise is not None else row.name
    return ExerciseEntry(name=name, sets=row.sets, reps=row.reps, seconds=row.hold_s, load=load, cue=row.cue)


def rom_entry_of(before: RomReading | None, after: RomReading | None) -> RomEntry | None:
    """The entry of a pair of readings of one motion; None where neither holds a number or word."""
    one = before or after
    if one is None or all(row is None or (row.value is None and row.word is None) for row in (before, after)):
        return None
    numbers = any(row is not None and row.value is not None for row in (before, after))
    return RomEntry(
        motion=one.motion,
        side=one.side.value if one.side is not None else None,
        before=before.value if before is not None else None,
        after=after.value if after is not None else None,
        unit=one.unit if numbers else None,
        method=one.method,
        mode=one.mode.value,
        word=before.word if before is not None else None,
        word_after=after.word if after is not None else None,
        pain_before=before.pain if before is not None else None,
        pain_after=after.pain if after is not None else None,
        end_range_pain=before.end_range_pain if before is not None else None,
        end_range_pain_after=after.end_range_pain if after is not None else None,
        test_position=one.test_position,
    )


def pain_entry_of(before: PainScore | None, after: PainScore | None) -> PainEntry:
    """The entry of a pair of pain scores of one kind. Raises ValueError without either."""
    one = before or after
    if one is None:
        message = "neither score of the pair"
        raise ValueError(message)
    what = one.motion if one.kind is PainKind.MOVEMENT and one.motion is not None else one.kind.value
    return PainEntry(
        what=what,
        side=one.side.value if one.side is not None else None,
        before=before.value if before is not None else None,
        after=after.value if after is not None else None,
        place=one.place,
    )


def _pairs(rows: tuple[Any, ...]) -> Iterator[tuple[Any | None, Any | None]]:
    """(before, after) of each pair, in the order charted; a single reading stands as before."""
    pairs: dict[int, list[Any | None]] = {}
    for row in rows:
        pairs.setdefault(row.pair, [None, None])[row.phase is Phase.AFTER] = row
    yield from ((pair[0], pair[1]) for pair in pairs.values())


def _refuse(faults: Iterator[Fault]) -> None:
    found = tuple(faults)
    if found:
        raise InputError(*found)


def _added(session: TreatmentSession, kind: str, *rows: Any) -> TreatmentSession:
    numbered = [replace(row, row=session.next_row + place) for place, row in enumerate(rows)]
    changes: dict[str, Any] = {
        kind: (*getattr(session, kind), *numbered),
        "next_row": session.next_row + len(rows),
    }
    return replace(session, **changes)


def _mobilization(entry: MobilizationEntry, row: Mobilization) -> Mobilization:
    # Seconds beside repetitions are how long each is held; alone they are the time of a set.
    held = entry.reps is not None
    return replace(
        row,
        targets=entry.levels,
        side=Side(entry.side) if entry.side is not None else None,
        technique=entry.technique,
        direction=entry.direction,
        grade_system=entry.grade_system,
        grade=entry.grade,
        grade_to=entry.grade_to,
        sets=entry.sets,
        reps=entry.reps,
        duration_s=None if held else entry.seconds,
        hold_s=entry.seconds if held else None,
        rate_hz=entry.rate_hz,
        position=entry.position,
        pre_position=entry.pre_position,
        movement=entry.movement,
        attempts=entry.attempts,
        cavitation=entry.cavitation,
        responses=entry.response,
        note=entry.note,
    )


def _apply_rom(
    reference: Reference, session: TreatmentSession, entry: RomEntry, person_id: int | None
) -> TreatmentSession:
    motion = reference.motions[entry.motion]
    side = Side(entry.side) if entry.side is not None else None
    readings = (
        (Phase.BEFORE, entry.before, entry.word, entry.pain_before, entry.end_range_pain),
        (Phase.AFTER, entry.after, entry.word_after, entry.pain_after, entry.end_range_pain_after),
    )
    given = [reading for reading in readings if reading[1] is not None or reading[2] is not None]
    partner = _open_pair(session, entry, side, {reading[0] for reading in given})
    pair = partner.pair if partner is not None else session.next_row
    mode = (
        Mode(entry.mode) if entry.mode is not None else partner.mode if partner is not None else Mode.ACTIVE
    )
    method = entry.method or (partner.method if partner is not None else motion.default_method)
    position = entry.test_position or (partner.test_position if partner is not None else None)
    rows = [
        RomReading(
            row=0,
            pair=pair,
            motion=entry.motion,
            side=side,
            mode=mode,
            method=method,
            test_position=position,
            rater=person_id,
            phase=phase,
            value=value,
            unit=entry.unit or motion.unit,
            word=word,
            pain=pain,
            end_range_pain=hurts,
        )
        for phase, value, word, pain, hurts in given
    ]
    for row in rows:
        _refuse(rom_faults(reference, row))
    return _added(session, "rom", *rows)


def _open_pair(
    session: TreatmentSession, entry: RomEntry, side: Side | None, phases: set[Phase]
) -> RomReading | None:
    """The reading that an entry with one phase only completes: same motion, side and way, the other phase."""
    if len(phases) != 1:
        return None
    for before, after in _pairs(session.rom):
        one: RomReading | None = before if Phase.AFTER in phases else after
        if one is None or (before is not None and after is not None):
            continue
        alike = one.motion == entry.motion and one.side == side
        same_way = (
            entry.method in {None, one.method}
            and entry.mode in {None, one.mode.value}
            and entry.test_position in {None, one.test_position}
        )
        if alike and same_way:
            return one
    return None


def _apply_pain(reference: Reference, session: TreatmentSession, entry: PainEntry) -> TreatmentSession:
    kinds = {kind.value for kind in PainKind} - {PainKind.MOVEMENT.value}
    kind = PainKind(entry.what) if entry.what in kinds else PainKind.MOVEMENT
    motion = entry.what if kind is PainKind.MOVEMENT else None
    side = Side(entry.side) if entry.side is not None else None
    pair = session.next_row
    scores = [(Phase.BEFORE, entry.before), (Phase.AFTER, entry.after)]
    given = [(phase, score) for phase, score in scores if score is not None]
    if len(given) == 1:
        for before, after in _pairs(session.pain):
            one = before if given[0][0] is Phase.AFTER else after
            if one is None or (before is not None and after is not None):
                continue
            if (one.kind, one.motion, one.side, one.place) == (kind, motion, side, entry.place):
                pair = one.pair
                break
    rows = [
        PainScore(
            row=0, pair=pair, kind=kind, motion=motion, side=side, place=entry.place, phase=phase, value=score
        )
        for phase, score in given
    ]
    for row in rows:
        _refuse(pain_faults(reference, row))
    return _added(session, "pain", *rows)


def _apply_total(session: TreatmentSession, minutes: int) -> TreatmentSession:
    if session.time_in is None:
        raise InputError(Fault("visit.total_without_start", "visit.time_in"))
    end = session.time_in.hour * 60 + session.time_in.minute + minutes
    if end >= _MINUTES_A_DAY:
        raise InputError(Fault("visit.end_before_start", "visit.time_out"))
    return replace(session, time_out=time(end // 60, end % 60))


def _apply_text(session: TreatmentSession, entry: TextEntry) -> TreatmentSession:
    old: str = getattr(session.note, entry.section)
    text = f"{old.rstrip()}\n{entry.text}" if old.strip() else entry.text
    return replace(session, note=replace(session.note, **{entry.section: text}))


def _service(reference: Reference, code: str) -> str:
    return next(one.id for one in reference.interventions.values() if code in {one.code, one.id})


def _exercise(reference: Reference, entry: ExerciseEntry, row: Exercise) -> Exercise:
    known = next((one.id for one in reference.exercises.values() if one.label == entry.name), None)
    load, unit, band = _load(entry.load, row.load_unit)
    return replace(
        row,
        exercise=known,
        name="" if known is not None else entry.name,
        sets=entry.sets,
        reps=entry.reps,
        hold_s=entry.seconds,
        load=load,
        load_unit=unit,
        band=band,
        cue=entry.cue,
    )


def _load(said: str | None, unit: str) -> tuple[Decimal | None, str, str]:
    """(weight, its unit, colour of a band) of a load as an entry says it."""
    if said is None:
        return None, unit, ""
    if said.endswith(" band"):
        return None, unit, said.removesuffix(" band")
    number, _, written = said.rpartition(" ")
    try:
        return Decimal(number), written, ""
    except InvalidOperation:
        return None, unit, said
