"""Changes of the examination in a treatment session as pure functions; see `ptnotes.ui.charting.edits`.

A function gives back the very same object where nothing would change. Nothing here knows Qt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ptnotes.domain.exam_entry import Typed
from ptnotes.domain.examination import (
    NORMAL_VALUES,
    ExamLine,
    LineKey,
    exam_lines,
    key_of,
    sides_of,
    vitals_at,
)
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import ExamFinding, FindingKind, Phase, Side, TreatmentSession, Vitals


def line_of(session: TreatmentSession, key: LineKey) -> ExamLine | None:
    """The line of that name, None where it is not charted."""
    return next((line for line in exam_lines(session) if line.key == key), None)


def add_lines(session: TreatmentSession, keys: Iterable[LineKey]) -> TreatmentSession:
    """The session with these tests listed, each blank; one that is listed already stays as it is."""
    listed = {key_of(row) for row in session.findings}
    for key in keys:
        if key not in listed:
            kind, test, target = key
            session = _added(session, ExamFinding(row=0, kind=kind, test=test, target=target))
    return session


def take_typed(session: TreatmentSession, typed: Typed) -> TreatmentSession:
    """The session with what was typed: its line listed, its values set, its words added to what was said before.

    Raises `InputError` where the words of the line become longer than may be stored.
    """
    session = add_lines(session, [typed.key])
    for found in typed.findings:
        if found.value:
            session = set_value(session, typed.key, found.side, found.value)
        elif found.side is not None:
            session = _started(session, typed.key, found.side)
    words = typed.findings[0].words
    line = line_of(session, typed.key)
    if words and line is not None and words not in line.words:
        session = set_words(session, typed.key, clean_line(_joined(line.words, words), "finding.words"))
    return session


def _joined(before: str, words: str) -> str:
    return f"{before}; {words}" if before else words


def set_value(session: TreatmentSession, key: LineKey, side: Side | None, value: str) -> TreatmentSession:
    """The session with a value of one line and side set; blank takes it back and leaves the line listed."""
    line = line_of(session, key)
    if line is None:
        return session
    old = next((row for row in line.findings if _same_side(row.side, side)), None)
    if old is not None and old.value == value:
        return session
    if old is None:
        # The blank that a line is listed with becomes its first value, at whatever side.
        old = next((row for row in line.findings if not row.value), None)
    if old is None:
        new = replace(line.findings[0], side=side, value=value, words=line.words)
        return _added(session, new) if value else session
    if not value and len(line.findings) > 1:
        return _without(session, old.row)
    return _changed(session, old.row, side=side if value else old.side, value=value)


def _same_side(one: Side | None, other: Side | None) -> bool:
    sided = (Side.LEFT, Side.RIGHT)
    return one == other if one in sided or other in sided else True


def _started(session: TreatmentSession, key: LineKey, side: Side) -> TreatmentSession:
    """The session with a side named for a line that has no value there yet."""
    line = line_of(session, key)
    if line is None or any(row.side is side for row in line.findings):
        return session
    blank = next((row for row in line.findings if not row.value and row.side is None), None)
    return session if blank is None else _changed(session, blank.row, side=side)


def set_words(session: TreatmentSession, key: LineKey, words: str) -> TreatmentSession:
    """The session with the words of a line set: they stand with each of its findings."""
    rows = tuple(replace(row, words=words) if key_of(row) == key else row for row in session.findings)
    return session if rows == session.findings else replace(session, findings=rows)


def mark_normal(session: TreatmentSession, key: LineKey) -> TreatmentSession:
    """The session with the blank places of one line said to be normal; what is said already stays.

    Left and right where the test has sides, unless the line was found without a side. Palpation has no such value.
    """
    line = line_of(session, key)
    normal = NORMAL_VALUES.get(key[0])
    if line is None or normal is None:
        return session
    middle = line.middle is not None and bool(line.middle.value)
    sides = (None,) if middle else tuple(side for side in sides_of(key[0]) if side is not None) or (None,)
    said = {row.side for row in line.findings if row.value}
    for side in sides:
        if side not in said and not (side is None and middle):
            session = set_value(session, key, side, normal)
    return session


def remove_line(session: TreatmentSession, key: LineKey) -> TreatmentSession:
    """The session without a test, at whatever side. Row numbers are not given again."""
    rows = tuple(row for row in session.findings if key_of(row) != key)
    return session if rows == session.findings else replace(session, findings=rows)


def set_irritability(session: TreatmentSession, value: str, words: str) -> TreatmentSession:
    """The session with how irritable the symptoms are, and by what that shows; both blank take it back."""
    return _set_told(session, FindingKind.IRRITABILITY, "", value, words)


def set_behaviour(session: TreatmentSession, test: str, words: str) -> TreatmentSession:
    """The session with one answer on how the symptoms behave; a blank one takes it back."""
    return _set_told(session, FindingKind.BEHAVIOUR, test, "", words)


def _set_told(
    session: TreatmentSession, kind: FindingKind, test: str, value: str, words: str
) -> TreatmentSession:
    old = next((row for row in session.findings if (row.kind, row.test) == (kind, test)), None)
    if not value and not words:
        return session if old is None else _without(session, old.row)
    if old is None:
        return _added(session, ExamFinding(row=0, kind=kind, test=test, value=value, words=words))
    return _changed(session, old.row, value=value, words=words)


def set_vitals(session: TreatmentSession, phase: Phase, **changes: Any) -> TreatmentSession:
    """The session with vital signs before or after the treatment changed; a row in which nothing is left goes."""
    old = vitals_at(session, phase)
    new = replace(old or Vitals(row=session.next_row, phase=phase), **changes)
    if old == new:
        return session
    blank = (
        replace(new, words="") == Vitals(row=new.row, phase=new.phase, done_by=new.done_by) and not new.words
    )
    others = tuple(row for row in session.vitals if old is None or row.row != old.row)
    if blank:
        return session if old is None else replace(session, vitals=others)
    if old is None:
        return replace(session, vitals=(*session.vitals, new), next_row=session.next_row + 1)
    return replace(session, vitals=tuple(new if row.row == old.row else row for row in session.vitals))


def _added(session: TreatmentSession, row: ExamFinding) -> TreatmentSession:
    numbered = replace(row, row=session.next_row)
    return replace(session, findings=(*session.findings, numbered), next_row=session.next_row + 1)


def _changed(session: TreatmentSession, row: int, **changes: Any) -> TreatmentSession:
    rows = tuple(replace(old, **changes) if old.row == row else old for old in session.findings)
    return session if rows == session.findings else replace(session, findings=rows)


def _without(session: TreatmentSession, row: int) -> TreatmentSession:
    return replace(session, findings=tuple(old for old in session.findings if old.row != row))
