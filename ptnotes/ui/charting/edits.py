"""Changes to a treatment session as pure functions: a session goes in, the changed session comes out.

Every view of the charting screen changes the visit through these, so that one undo stack of values covers them all.
A function gives back the very same object where nothing would change. Nothing here knows Qt.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

from ptnotes.clinical import Reference
from ptnotes.domain.text import clean_line, clean_note
from ptnotes.domain.treatment import (
    AreaKind,
    ComparableSign,
    Exercise,
    Intervention,
    Mobilization,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
)
from ptnotes.ui.charting.entry import RomEntry
from ptnotes.ui.charting.rom_lines import RomLine

Row: TypeAlias = Mobilization | Intervention | Exercise | RomReading | PainScore | ComparableSign

_LIST_OF: dict[type[Row], str] = {
    Mobilization: "mobilizations",
    Intervention: "interventions",
    Exercise: "exercises",
    RomReading: "rom",
    PainScore: "pain",
    ComparableSign: "comparable_signs",
}

NOTE_SECTIONS = ("subjective", "objective", "assessment", "plan", "communication")


def add_row(session: TreatmentSession, row: Row) -> TreatmentSession:
    """The session with `row` at the end of its list, under the next free row number (whatever number it came with)."""
    rows = getattr(session, _LIST_OF[type(row)])
    numbered = replace(row, row=session.next_row)
    return _with_rows(session, type(row), (*rows, numbered), next_row=session.next_row + 1)


def change_row(session: TreatmentSession, kind: type[Row], row: int, **changes: Any) -> TreatmentSession:
    """The session with some fields of one row changed. A row that is not there changes nothing."""
    rows: tuple[Row, ...] = getattr(session, _LIST_OF[kind])
    return _with_rows(
        session, kind, tuple(replace(old, **changes) if old.row == row else old for old in rows)
    )


def remove_row(session: TreatmentSession, kind: type[Row], row: int) -> TreatmentSession:
    """The session without one row. The row's number is not given again."""
    rows: tuple[Row, ...] = getattr(session, _LIST_OF[kind])
    return _with_rows(session, kind, tuple(old for old in rows if old.row != row))


def change_mobilization(
    reference: Reference, session: TreatmentSession, row: int, **changes: Any
) -> TreatmentSession:
    """As `change_row`; what the new target or technique rules out is cleared: no impossible row is charted.

    At another place another part moves: what moves on what goes with the targets that it was said of.
    """
    rows = tuple(
        possible(reference, _moved(old, replace(old, **changes))) if old.row == row else old
        for old in session.mobilizations
    )
    return _with_rows(session, Mobilization, rows)


def _moved(old: Mobilization, new: Mobilization) -> Mobilization:
    is_elsewhere = bool(old.targets) and new.targets != old.targets
    return replace(new, moving_part="", fixed_part="") if is_elsewhere else new


def set_place(session: TreatmentSession, row: int, words: str, kind: AreaKind | None) -> TreatmentSession:
    """The session with where a service was given; a place without words has no kind either."""
    area = clean_line(words, "intervention.area")
    return change_row(session, Intervention, row, area=area, area_kind=kind if area else None)


def possible(reference: Reference, mobilization: Mobilization) -> Mobilization:
    """The mobilization without what its targets and technique rule out; what only one choice is left for is filled in.

    A technique not allowed at one of the targets goes, then a side where it is not done, then a grade that it does not
    have, then a dose that it does not count. A thrust has grade V alone, so naming it sets the grade.
    """
    technique_id = mobilization.technique
    if technique_id is not None:
        for target in mobilization.targets:
            if all(found.id != technique_id for found in reference.techniques_at(target)):
                technique_id = None
                break
    sides = possible_sides(reference, mobilization.targets, technique_id)
    side = mobilization.side if mobilization.side in sides else None
    if side is None and technique_id is not None and len(sides) == 1:
        side = sides[0]
    changed = replace(mobilization, technique=technique_id, side=side)
    if technique_id is None:
        # Attempts and cavitation are of a thrust, a direction and a movement of the technique that went.
        return replace(changed, attempts=None, cavitation=None, direction=None, movement=None)
    technique = reference.techniques[technique_id]
    grades = {grade.code: grade for grade in reference.grades_of(technique_id)}
    code = changed.grade if changed.grade in grades else None
    if code is None and len(grades) == 1:
        code = next(iter(grades))
    thrust = technique.dosage_mode == "single_thrust"
    return replace(
        changed,
        direction=changed.direction if changed.direction in technique.directions else None,
        grade=code,
        grade_system=grades[code].system if code is not None else None,
        grade_to=changed.grade_to if code is not None and changed.grade_to in grades else None,
        sets=None if thrust else changed.sets,
        reps=None if thrust else changed.reps,
        duration_s=None if thrust else changed.duration_s,
        hold_s=None if thrust else changed.hold_s,
        rate_hz=None if thrust else changed.rate_hz,
        attempts=changed.attempts if thrust else None,
        cavitation=changed.cavitation if technique.cavitation_field else None,
    )


def possible_sides(reference: Reference, targets: tuple[str, ...], technique: str | None) -> tuple[Side, ...]:
    """The sides open to a row with these targets and this technique; without targets those of the technique."""
    if technique is None:
        offered = [reference.targets[target].sides for target in targets]
    elif targets:
        offered = [reference.sides_at(technique, target) for target in targets]
    else:
        offered = [reference.techniques[technique].sides]
    return tuple(side for side in Side if all(side.value in sides for sides in offered))


def side_is_missing(reference: Reference, row: Mobilization) -> bool:
    """Whether the row's technique is done on the left or the right alone there, and the row does not say on which."""
    if row.side is not None or row.technique is None:
        return False
    sides = possible_sides(reference, row.targets, row.technique)
    return bool(sides) and Side.MIDLINE not in sides


def possible_techniques(reference: Reference, targets: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of the techniques allowed at every one of `targets`; all techniques where there is no target yet."""
    if not targets:
        return tuple(reference.techniques)
    allowed = [{technique.id for technique in reference.techniques_at(target)} for target in targets]
    return tuple(technique for technique in reference.techniques if all(technique in ids for ids in allowed))


def set_rom(
    session: TreatmentSession, line: RomLine, phase: Phase, entry: RomEntry | None
) -> TreatmentSession:
    """The session with one reading of `line` set to `entry`, or taken out where `entry` is None (blank is not zero).

    The first reading of a line opens its pair; the second joins it, so that before and after stay one measurement.
    """
    old = line.before if phase is not Phase.AFTER else line.after
    if entry is None:
        return session if old is None else remove_row(session, RomReading, old.row)
    hurts = entry.hurts if entry.hurts is not None or old is None else old.end_range_pain
    if old is not None:
        changes = {"value": entry.value, "unit": entry.unit, "word": entry.word, "end_range_pain": hurts}
        return change_row(session, RomReading, old.row, **changes)
    pair = line.pair if line.pair is not None else session.next_row
    reading = RomReading(
        row=0,
        pair=pair,
        motion=line.motion,
        side=line.side,
        mode=line.way.mode,
        method=line.way.method,
        test_position=line.way.test_position,
        rater=session.author_id,
        phase=phase,
        value=entry.value,
        unit=entry.unit,
        word=entry.word,
        end_range_pain=hurts,
    )
    return add_row(session, reading)


def set_end_range_pain(
    session: TreatmentSession, line: RomLine, phase: Phase, hurts: bool | None
) -> TreatmentSession:
    """The session with pain at the end of the range said for one reading; None takes the statement back."""
    return set_reading(session, line, phase, "end_range_pain", hurts)


def set_reading(
    session: TreatmentSession, line: RomLine, phase: Phase, field: str, value: object
) -> TreatmentSession:
    """The session with a further field of one reading of `line` set (end feel, pain), if it was taken at all."""
    reading = line.before if phase is not Phase.AFTER else line.after
    return session if reading is None else change_row(session, RomReading, reading.row, **{field: value})


def change_pair(session: TreatmentSession, pair: int, **changes: Any) -> TreatmentSession:
    """The session with the same change in every motion reading of `pair`, so that the two stay comparable."""
    rows = tuple(replace(old, **changes) if old.pair == pair else old for old in session.rom)
    return _with_rows(session, RomReading, rows)


PainPair: TypeAlias = tuple[PainScore | None, PainScore | None]


def pain_pairs(session: TreatmentSession) -> tuple[PainPair, ...]:
    """The pain scores as (before, after), in the order charted; SINGLE counts as before."""
    pairs: dict[int, list[PainScore | None]] = {}
    for score in session.pain:
        pairs.setdefault(score.pair, [None, None])[score.phase is Phase.AFTER] = score
    return tuple((both[0], both[1]) for both in pairs.values())


def main_pain(session: TreatmentSession, kind: PainKind) -> PainPair:
    """The scores of a kind that are the main complaint's: those without a place or side, else the first."""
    found = [pair for pair in pain_pairs(session) if _one_of(pair).kind is kind]
    plain = (pair for pair in found if not _one_of(pair).place and _one_of(pair).side is None)
    return next(plain, found[0] if found else (None, None))


def further_pain(session: TreatmentSession) -> tuple[PainPair, ...]:
    """The scores that are not the main complaint's now, best and worst: with a movement, or at another place."""
    main = [main_pain(session, kind) for kind in (PainKind.NOW, PainKind.BEST, PainKind.WORST)]
    return tuple(pair for pair in pain_pairs(session) if pair not in main)


def _one_of(pair: PainPair) -> PainScore:
    one = pair[0] or pair[1]
    if one is None:
        raise ValueError(pair)
    return one


def pain_of(session: TreatmentSession, kind: PainKind, phase: Phase) -> PainScore | None:
    """The main complaint's score of a kind and phase; SINGLE counts as before."""
    return main_pain(session, kind)[phase is Phase.AFTER]


def add_movement_pain(session: TreatmentSession, motion: str, side: Side | None) -> TreatmentSession:
    """The session with pain with a movement to be scored, unless it is there already."""
    if any((score.motion, score.side) == (motion, side) for score in session.pain):
        return session
    score = PainScore(row=0, pair=session.next_row, kind=PainKind.MOVEMENT, motion=motion, side=side)
    return add_row(session, score)


def set_score(session: TreatmentSession, pair: int, phase: Phase, value: int | None) -> TreatmentSession:
    """The session with one score of a pair set; where blank, an after score goes and what is scored stays."""
    same = [score for score in session.pain if score.pair == pair]
    old = next((score for score in same if (score.phase is Phase.AFTER) == (phase is Phase.AFTER)), None)
    if old is not None:
        if value is None and len(same) > 1:
            return remove_row(session, PainScore, old.row)
        return change_row(session, PainScore, old.row, value=value)
    if value is None or not same:
        return session
    return add_row(session, replace(same[0], phase=phase, value=value))


def remove_pain(session: TreatmentSession, pair: int) -> TreatmentSession:
    """The session without a pair of scores."""
    return _with_rows(session, PainScore, tuple(old for old in session.pain if old.pair != pair))


def set_pain(session: TreatmentSession, kind: PainKind, phase: Phase, value: int | None) -> TreatmentSession:
    """The session with one pain score (0 to 10) set, or taken out where None. Raises ValueError outside the scale."""
    if value is not None and not 0 <= value <= 10:
        raise ValueError(f"{value} is not on the scale from 0 to 10")
    old = pain_of(session, kind, phase)
    if value is None:
        return session if old is None else remove_row(session, PainScore, old.row)
    if old is not None:
        return change_row(session, PainScore, old.row, value=value)
    other = pain_of(session, kind, Phase.BEFORE if phase is Phase.AFTER else Phase.AFTER)
    pair = other.pair if other is not None else session.next_row
    return add_row(session, PainScore(row=0, pair=pair, kind=kind, phase=phase, value=value))


def sign_pairs(session: TreatmentSession) -> tuple[tuple[ComparableSign | None, ComparableSign | None], ...]:
    """The comparable signs as (before, after), in the order first written."""
    pairs: dict[int, list[ComparableSign | None]] = {}
    for sign in session.comparable_signs:
        pairs.setdefault(sign.pair, [None, None])[sign.phase is Phase.AFTER] = sign
    return tuple((both[0], both[1]) for both in pairs.values())


def add_sign(session: TreatmentSession, words: str) -> TreatmentSession:
    """The session with one more comparable sign in the patient's or the clinician's `words`, not yet measured."""
    words = clean_line(words, "comparable_sign.words")
    return add_row(session, ComparableSign(row=0, pair=session.next_row, words=words)) if words else session


def change_sign(session: TreatmentSession, pair: int, words: str) -> TreatmentSession:
    """The session with a sign's words changed, before and after alike."""
    words = clean_line(words, "comparable_sign.words", required=True)
    rows = tuple(replace(old, words=words) if old.pair == pair else old for old in session.comparable_signs)
    return _with_rows(session, ComparableSign, rows)


def set_sign(session: TreatmentSession, pair: int, phase: Phase, value: str) -> TreatmentSession:
    """The session with a sign's value before or after, as written; blank takes an after value out, keeps the words."""
    value = clean_line(value, "comparable_sign.value")
    same = [sign for sign in session.comparable_signs if sign.pair == pair]
    old = next((sign for sign in same if (sign.phase is Phase.AFTER) == (phase is Phase.AFTER)), None)
    if old is not None:
        if not value and len(same) > 1:
            return remove_row(session, ComparableSign, old.row)
        return change_row(session, ComparableSign, old.row, value=value)
    if not value or not same:
        return session
    return add_row(session, replace(same[0], phase=phase, value=value))


def remove_sign(session: TreatmentSession, pair: int) -> TreatmentSession:
    """The session without a comparable sign, before and after."""
    rows = tuple(old for old in session.comparable_signs if old.pair != pair)
    return _with_rows(session, ComparableSign, rows)


def set_note(session: TreatmentSession, section: str, text: str) -> TreatmentSession:
    """The session with one section of the note replaced. Raises `InputError` for text that cannot be stored."""
    if section not in NOTE_SECTIONS:
        raise ValueError(section)
    cleaned = clean_note(text, f"note.{section}")
    if getattr(session.note, section) == cleaned:
        return session
    return replace(session, note=replace(session.note, **{section: cleaned}))


def continues_word(before: str, now: str, later: str) -> bool:
    """Whether the step from `now` to `later` goes on with the word that the step from `before` to `now` was typing.

    Such steps are undone together. A new word, a paste, and a turn from typing to deleting each begin a new step.
    """
    first, second = _typed(before, now), _typed(now, later)
    if first is None or second is None or first[2] != second[2]:
        return False
    place, letter, deletes = second
    if deletes:
        return place in (first[0] - 1, first[0])
    return place == first[0] + 1 and not (now[place - 1 : place].isspace() and not letter.isspace())


def _typed(old: str, new: str) -> tuple[int, str, bool] | None:
    """(place, letter, deleted) of a step of one letter, None for any other step."""
    longer, shorter = (new, old) if len(new) > len(old) else (old, new)
    if len(longer) != len(shorter) + 1:
        return None
    place = next((place for place, letter in enumerate(shorter) if longer[place] != letter), len(shorter))
    if longer[:place] + longer[place + 1 :] != shorter:
        return None
    return place, longer[place], longer is old


def _with_rows(
    session: TreatmentSession, kind: type[Row], rows: tuple[Row, ...], *, next_row: int | None = None
) -> TreatmentSession:
    name = _LIST_OF[kind]
    if rows == getattr(session, name):
        return session
    changes: dict[str, Any] = {name: rows}
    if next_row is not None:
        changes["next_row"] = next_row
    return replace(session, **changes)
