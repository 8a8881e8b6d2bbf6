"""Changes to the body chart of a visit as pure functions, like those of `edits`. Nothing here knows Qt.

A function gives back the very same object where nothing would change.
"""

from __future__ import annotations

from dataclasses import replace

from ptnotes.domain.body_chart import CLEARED, CONTRARY
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import BodyMark, BodyView, Stroke, TreatmentSession


def add_mark(session: TreatmentSession, view: BodyView, stroke: Stroke, symptom: str) -> TreatmentSession:
    """The session with one more mark at the end: the least important one until it is moved."""
    mark = BodyMark(row=session.next_row, view=view, symptom=symptom, strokes=(stroke,))
    return _with(session, (*session.body_chart, mark), session.next_row + 1)


def take_over(session: TreatmentSession, earlier: BodyMark) -> TreatmentSession:
    """The session with a mark of an earlier visit marked today too, because the therapist says so of this very mark."""
    if is_charted(session, earlier):
        return session
    mark = replace(earlier, row=session.next_row)
    return _with(session, (*session.body_chart, mark), session.next_row + 1)


def is_charted(session: TreatmentSession, earlier: BodyMark) -> bool:
    """Whether the visit has the same drawing of the same kind already."""
    drawn = (earlier.view, earlier.symptom, earlier.strokes)
    return any((mark.view, mark.symptom, mark.strokes) == drawn for mark in session.body_chart)


def remove_mark(session: TreatmentSession, row: int) -> TreatmentSession:
    """The session without one mark; those after it move up."""
    return _with(session, tuple(mark for mark in session.body_chart if mark.row != row))


def set_kind(session: TreatmentSession, row: int, symptom: str) -> TreatmentSession:
    """The session with another kind of symptom at a mark. How it feels is no question where nothing is felt."""

    def changed(mark: BodyMark) -> BodyMark:
        if mark.row != row:
            return mark
        return replace(mark, symptom=symptom, qualities=() if symptom == CLEARED else mark.qualities)

    return _with(session, tuple(changed(mark) for mark in session.body_chart))


def toggle_quality(session: TreatmentSession, row: int, quality: str) -> TreatmentSession:
    """The session with a mark said to feel so, or no more said to; what that rules out is taken back."""
    against = {a: b for pair in CONTRARY for a, b in (pair, pair[::-1])}

    def changed(mark: BodyMark) -> BodyMark:
        if mark.row != row or mark.symptom == CLEARED:
            return mark
        kept = tuple(one for one in mark.qualities if one not in (quality, against.get(quality)))
        return replace(mark, qualities=kept if quality in mark.qualities else (*kept, quality))

    return _with(session, tuple(changed(mark) for mark in session.body_chart))


def set_words(session: TreatmentSession, row: int, words: str) -> TreatmentSession:
    """The session with what is said of a mark in words. Raises `InputError` where they cannot be stored."""
    words = clean_line(words, "body_chart.words")
    return _with(
        session,
        tuple(replace(mark, words=words) if mark.row == row else mark for mark in session.body_chart),
    )


def move_mark(session: TreatmentSession, row: int, by: int) -> TreatmentSession:
    """The session with a mark `by` places later (earlier where negative), so that it gets another number."""
    marks = list(session.body_chart)
    place = next((place for place, mark in enumerate(marks) if mark.row == row), None)
    if place is None:
        return session
    moved = marks.pop(place)
    marks.insert(min(max(place + by, 0), len(marks)), moved)
    return _with(session, tuple(marks))


def _with(
    session: TreatmentSession, marks: tuple[BodyMark, ...], next_row: int | None = None
) -> TreatmentSession:
    if marks == session.body_chart:
        return session
    return replace(session, body_chart=marks, next_row=session.next_row if next_row is None else next_row)
