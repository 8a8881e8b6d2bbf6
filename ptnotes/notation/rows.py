"""Entries and the rows of a visit: what is typed becomes rows, and a row becomes the entry that would type it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from ptnotes.clinical import Reference
from ptnotes.domain.checks import exercise_faults, intervention_faults, mobilization_faults
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.treatment import (
    AreaKind,
    Exercise,
    Intervention,
    Mobilization,
    Origin,
    PainKind,
    PainScore,
    Place,
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
from ptnotes.notation.exercise import BANDS
from ptnotes.notation.pairs import (
    added,
    alike_readings,
    alike_scores,
    by_phase,
    changed,
    pairs_of,
    refuse,
    say_readings,
    say_scores,
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

    A reading joins, or says anew, the pair of the same motion, side and way of measuring, so that no motion stands
    there twice; a pain score likewise, and minutes of a service that has none yet. Raises `InputError` where the entry
    cannot be stored (a side is missing, or the total time has no start to count from).
    """
    if isinstance(entry, MobilizationEntry):
        row = _mobilization(entry, Mobilization(row=0, done_by=person_id, origin=Origin.TYPED))
        refuse(mobilization_faults(reference, row))
        return added(session, "mobilizations", row)
    if isinstance(entry, RomEntry):
        return say_readings(reference, session, entry, alike_readings(session, entry), person_id)
    if isinstance(entry, PainEntry):
        return say_scores(reference, session, entry, alike_scores(session, entry))
    if isinstance(entry, MinutesEntry):
        if entry.code == TOTAL:
            return _apply_total(session, entry.minutes)
        minutes = _minutes(reference, entry, Intervention(row=0, done_by=person_id))
        refuse(intervention_faults(reference, minutes))
        open_row = next((row for row in session.interventions if _waits_for(row, minutes)), None)
        if open_row is not None:
            where = entry if entry.area else replace(entry, area=open_row.area, area_kind=open_row.area_kind)
            return changed(session, "interventions", {open_row.row: _minutes(reference, where, open_row)})
        return added(session, "interventions", minutes)
    if isinstance(entry, ExerciseEntry):
        exercise = _exercise(reference, entry, Exercise(row=0, done_by=person_id))
        refuse(exercise_faults(reference, exercise))
        return added(session, "exercises", exercise)
    return _apply_text(session, entry)


def replace_entry(
    reference: Reference, session: TreatmentSession, charted: Charted, entry: Entry
) -> TreatmentSession:
    """The visit with a charted row said anew: what a line cannot say of it (who did it, its number) stays.

    Said as another kind, the old rows go and new ones come. Raises `InputError` as `apply_entry` does.
    """
    rows = tuple(row for row in getattr(session, charted.kind) if row.row in charted.rows)
    if isinstance(entry, MobilizationEntry) and charted.kind == "mobilizations":
        anew = {row.row: _mobilization(entry, row) for row in rows}
        for row in anew.values():
            refuse(mobilization_faults(reference, row))
        return changed(session, charted.kind, anew)
    if isinstance(entry, ExerciseEntry) and charted.kind == "exercises":
        said = {row.row: _exercise(reference, entry, row) for row in rows}
        for exercise in said.values():
            refuse(exercise_faults(reference, exercise))
        return changed(session, charted.kind, said)
    if isinstance(entry, MinutesEntry) and charted.kind == "interventions" and entry.code != TOTAL:
        return changed(session, charted.kind, {row.row: _minutes(reference, entry, row) for row in rows})
    if isinstance(entry, RomEntry) and charted.kind == "rom" and rows:
        return say_readings(reference, session, entry, by_phase(rows), None, whole=True)
    if isinstance(entry, PainEntry) and charted.kind == "pain" and rows:
        return say_scores(reference, session, entry, by_phase(rows), whole=True)
    person = next((getattr(row, "done_by", None) or getattr(row, "rater", None) for row in rows), None)
    kept = tuple(row for row in getattr(session, charted.kind) if row.row not in charted.rows)
    without: dict[str, Any] = {charted.kind: kept}
    return apply_entry(reference, replace(session, **without), entry, person)


def entries_of(reference: Reference, session: TreatmentSession) -> tuple[Charted, ...]:
    """What a visit charts, as entries in the order of its lists. The note is not among them: it is text already."""
    found = [Charted(entry_of(reference, row), "mobilizations", (row.row,)) for row in session.mobilizations]
    for before, after in pairs_of(session.rom):
        rows = tuple(row.row for row in (before, after) if row is not None)
        entry = rom_entry_of(before, after)
        if entry is not None:
            found.append(Charted(entry, "rom", rows))
    for score, later in pairs_of(session.pain):
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
            moving_part=row.moving_part,
            fixed_part=row.fixed_part,
            note=row.note,
        )
    if isinstance(row, Intervention):
        if row.intervention is None or row.minutes is None:
            message = "a service without a name or minutes is no entry yet"
            raise ValueError(message)
        service = reference.interventions[row.intervention]
        return MinutesEntry(
            code=service.code or service.id,
            minutes=row.minutes,
            area=row.area,
            area_kind=row.area_kind.value if row.area_kind is not None and row.area else None,
        )
    load = (f"{row.band} band" if row.band in BANDS else row.band) or None
    if row.load is not None:
        load = f"{row.load:f} {row.load_unit}"
    name = reference.exercises[row.exercise].label if row.exercise is not None else row.name
    at_home = row.place is Place.HOME
    return ExerciseEntry(
        name=name,
        sets=row.sets,
        reps=row.reps,
        seconds=row.hold_s,
        load=load,
        cue=row.cue,
        place=row.place.value if at_home else None,
        times_a_day=row.times_a_day if at_home else None,
        days_a_week=row.days_a_week if at_home else None,
    )


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


def _mobilization(entry: MobilizationEntry, row: Mobilization) -> Mobilization:
    # Seconds beside repetitions are how long each is held; alone they are the time of a set, or the row's own hold.
    held = entry.reps is not None or (row.hold_s is not None and row.duration_s is None)
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
        moving_part=entry.moving_part,
        fixed_part=entry.fixed_part,
        movement=entry.movement,
        attempts=entry.attempts,
        cavitation=entry.cavitation,
        responses=entry.response,
        note=entry.note,
    )


def _minutes(reference: Reference, entry: MinutesEntry, row: Intervention) -> Intervention:
    kind = AreaKind(entry.area_kind) if entry.area_kind is not None and entry.area else None
    return replace(
        row,
        intervention=_service(reference, entry.code),
        minutes=entry.minutes,
        area=entry.area,
        area_kind=kind,
    )


def _waits_for(row: Intervention, minutes: Intervention) -> bool:
    """Whether a charted service has no minutes yet and is the one that minutes are said of."""
    same_place = not row.area or not minutes.area or row.area == minutes.area
    return row.intervention == minutes.intervention and row.minutes is None and same_place


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
        name=entry.name,
        sets=entry.sets,
        reps=entry.reps,
        hold_s=entry.seconds,
        load=load,
        load_unit=unit,
        band=band,
        cue=entry.cue,
        place=Place(entry.place) if entry.place is not None else Place.CLINIC,
        times_a_day=entry.times_a_day,
        days_a_week=entry.days_a_week,
    )


def _load(said: str | None, unit: str) -> tuple[Decimal | None, str, str]:
    """(weight, its unit, colour of a band or own words) of a load as an entry says it."""
    if said is None:
        return None, unit, ""
    if said.removesuffix(" band") in BANDS:
        return None, unit, said.removesuffix(" band")
    number, _, written = said.rpartition(" ")
    try:
        return (Decimal(number), written, "") if written in {"kg", "lb"} else (None, unit, said)
    except InvalidOperation:
        return None, unit, said
