"""What is charted at a place of the map, and the changes that its keys make, as pure functions. Nothing here knows Qt.

A place is a target at one side (left, right, or the middle). Every change is an edit of the visit's mobilizations: the
map keeps no list of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from ptnotes.clinical import Reference, Technique
from ptnotes.domain.treatment import Mobilization, Side, TreatmentSession
from ptnotes.domain.views import SpineMark
from ptnotes.domain.wording import side_words
from ptnotes.figures.spine import numeral_of
from ptnotes.ui.charting import edits

Place: TypeAlias = tuple[str, Side]
GRADES = ("I", "II", "III", "IV", "V")


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed visit, or the same one with the reason why nothing could be changed."""

    session: TreatmentSession
    refusal: str = ""


def rows_at(reference: Reference, session: TreatmentSession | None, place: Place) -> tuple[Mobilization, ...]:
    """The mobilizations done at a place, in their order. One done on both sides is at the left and at the right."""
    if session is None:
        return ()
    target, side = place
    return tuple(
        row
        for row in session.mobilizations
        if target in row.targets and side in _sides(reference, row, target)
    )


def marks_of(
    reference: Reference, session: TreatmentSession, earlier: tuple[TreatmentSession, ...]
) -> tuple[SpineMark, ...]:
    """Where this visit treated, and where only `earlier` ones (newest first) did; a side not said is not shown."""
    marks: dict[tuple[str, Side], SpineMark] = {}
    for visit in (*reversed(earlier), session):
        for row in visit.mobilizations:
            for target in row.targets:
                for side in _sides(reference, row, target):
                    marks[target, side] = SpineMark(
                        target=target,
                        side=side,
                        grade=row.grade or "",
                        at_latest_visit=visit is session,
                        sessions=1,
                    )
    return tuple(marks.values())


def set_grade(
    reference: Reference,
    session: TreatmentSession,
    earlier: tuple[TreatmentSession, ...],
    place: Place,
    code: str,
) -> Edit:
    """The visit with the grade `code` (``I`` to ``V``) at a place, in the row that is there or in a new one.

    A grade V is a thrust and a thrust is a grade V: the technique follows. A row on several levels is parted, so that
    the other levels keep their grade.
    """
    rows = rows_at(reference, session, place)
    if not rows:
        technique = technique_for(reference, session, earlier, place, code)
        if code == "V" and technique is None:
            return Edit(session, f"No thrust technique is charted at {place_words(reference, place)}.")
        return Edit(_added(reference, session, place, technique, code))
    row = rows[-1]
    technique = reference.techniques[row.technique] if row.technique is not None else None
    if technique is not None and not technique.grades_allowed:
        return Edit(session, f"{technique.abbreviation or technique.label} takes no grade.")
    if technique is None or code not in technique.grades_allowed:
        technique = technique_for(reference, session, earlier, place, code)
    if code == "V" and technique is None:
        return Edit(session, f"No thrust technique is charted at {place_words(reference, place)}.")
    session, number = _parted(session, row, place)
    known = reference.grades[code]
    changed = edits.change_mobilization(
        reference,
        session,
        number,
        technique=technique.id if technique is not None else None,
        side=_kept_side(reference, row, place, technique),
        grade=code,
        grade_system=known.system,
        grade_to=None,
    )
    return Edit(changed)


def step_modifier(reference: Reference, session: TreatmentSession, place: Place, by: int) -> Edit:
    """The visit with the grade at a place one modifier up (`by` 1) or down (-1): III to III+, III- to III."""
    rows = rows_at(reference, session, place)
    grade = reference.grades.get(rows[-1].grade or "") if rows else None
    if grade is None:
        return Edit(session, "Give a grade first: 1 to 5.")
    ladder = [
        other.code
        for other in reference.grades.values()
        if (other.system, other.base) == (grade.system, grade.base) and other.enabled_by_default
    ]
    if len(ladder) == 1:
        return Edit(session, f"Grade {numeral_of(grade.code)} takes no + or −.")
    at = ladder.index(grade.code) + by if grade.code in ladder else -1
    if not 0 <= at < len(ladder):
        return Edit(
            session, f"{numeral_of(grade.code)} is the {'most' if by > 0 else 'least'} of grade {grade.base}."
        )
    session, number = _parted(session, rows[-1], place)
    return Edit(edits.change_mobilization(reference, session, number, grade=ladder[at], grade_to=None))


def take_away(reference: Reference, session: TreatmentSession, place: Place) -> Edit:
    """The visit without the last row at a place; a row on several levels keeps the others."""
    rows = rows_at(reference, session, place)
    if not rows:
        return Edit(session, f"Nothing is charted at {place_words(reference, place)}.")
    row = rows[-1]
    others = tuple(target for target in row.targets if target != place[0])
    if others:
        return Edit(edits.change_mobilization(reference, session, row.row, targets=others))
    return Edit(edits.remove_row(session, Mobilization, row.row))


def toggle(
    reference: Reference, session: TreatmentSession, earlier: tuple[TreatmentSession, ...], place: Place
) -> Edit:
    """The visit with a row at a place, without a grade yet; or without the one that was there."""
    if rows_at(reference, session, place):
        return take_away(reference, session, place)
    technique = technique_for(reference, session, earlier, place, None)
    return Edit(_added(reference, session, place, technique, None))


def technique_for(
    reference: Reference,
    session: TreatmentSession,
    earlier: tuple[TreatmentSession, ...],
    place: Place,
    code: str | None,
) -> Technique | None:
    """The technique that a new row at a place begins with; None where nothing says which.

    A thrust for grade V. Else what an earlier visit did at this very place, else the technique of the visit's last row
    (of the last visit's first where this one has none), else its counterpart at this side: after a central PA in the
    middle, a unilateral PA at the left.
    """
    possible = [
        technique
        for technique in reference.techniques_at(place[0])
        if place[1].value in reference.sides_at(technique.id, place[0])
        and (code is None or code in technique.grades_allowed)
    ]
    if code == "V":
        return next((technique for technique in possible if technique.thrust), None)
    ids = {technique.id: technique for technique in possible if not technique.thrust}
    for visit in earlier:
        for row in reversed(rows_at(reference, visit, place)):
            if row.technique in ids:
                return ids[row.technique]
    for row in (*reversed(session.mobilizations), *(earlier[0].mobilizations if earlier else ())):
        model = reference.techniques.get(row.technique or "")
        if model is None or model.thrust:
            continue
        if model.id in ids:
            return ids[model.id]
        alike = (model.family, model.force_direction)
        return next((other for other in ids.values() if (other.family, other.force_direction) == alike), None)
    return None


def place_words(reference: Reference, place: Place) -> str:
    """A place as it is said: ``L4 left``, ``Glenohumeral right``."""
    target, side = place
    return f"{reference.targets[target].label} {side_words(side)}"


def row_words(reference: Reference, row: Mobilization, *, short: bool = False) -> str:
    """What was done, as it is said: ``grade III, Transverse glide``; `short` with the technique's abbreviation."""
    grade = f"grade {numeral_of(row.grade)}" if row.grade else "no grade"
    if row.grade is not None and row.grade_to is not None:
        grade += f" to {numeral_of(row.grade_to)}"
    if row.technique is None:
        return f"{grade}, technique not said"
    technique = reference.techniques[row.technique]
    return f"{grade}, {(technique.abbreviation if short else '') or technique.label}"


def state_words(
    reference: Reference,
    session: TreatmentSession,
    earlier: tuple[TreatmentSession, ...],
    place: Place,
    *,
    short: bool = False,
) -> str:
    """What is charted at a place in this visit, else what the last visit that treated it did there."""
    rows = rows_at(reference, session, place)
    if rows:
        return "; ".join(row_words(reference, row, short=short) for row in rows)
    before = next((found for visit in earlier if (found := rows_at(reference, visit, place))), ())
    if before:
        return f"not treated today; before: {row_words(reference, before[-1], short=short)}"
    return "not treated"


def _sides(reference: Reference, row: Mobilization, target: str) -> tuple[Side, ...]:
    """At which sides of the map a row stands; none where its side was not said and the middle is not its place."""
    if row.side is Side.BILATERAL:
        return (Side.LEFT, Side.RIGHT)
    if row.side is not None:
        return (row.side,)
    if Side.MIDLINE.value not in reference.targets[target].sides or edits.side_is_missing(reference, row):
        return ()
    return (Side.MIDLINE,)


def _added(
    reference: Reference,
    session: TreatmentSession,
    place: Place,
    technique: Technique | None,
    code: str | None,
) -> TreatmentSession:
    row = Mobilization(
        row=0,
        targets=(place[0],),
        side=place[1],
        technique=technique.id if technique is not None else None,
        grade=code,
        grade_system=reference.grades[code].system if code is not None else None,
    )
    return edits.add_row(session, edits.possible(reference, row))


def _parted(session: TreatmentSession, row: Mobilization, place: Place) -> tuple[TreatmentSession, int]:
    """The visit with a row for this level alone, and that row's number."""
    if len(row.targets) == 1:
        return session, row.row
    others = tuple(target for target in row.targets if target != place[0])
    session = edits.change_row(session, Mobilization, row.row, targets=others)
    number = session.next_row
    return edits.add_row(session, replace(row, targets=(place[0],))), number


def _kept_side(reference: Reference, row: Mobilization, place: Place, technique: Technique | None) -> Side:
    """Both sides stay both where the technique is done so; else it is the side that was chosen."""
    if row.side is Side.BILATERAL and (
        technique is None or Side.BILATERAL.value in reference.sides_at(technique.id, place[0])
    ):
        return Side.BILATERAL
    return place[1]
