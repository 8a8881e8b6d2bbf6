"""What somebody charted after the note was signed elsewhere, in words that can be added to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ptnotes.clinical import Reference
from ptnotes.domain.body_chart import mark_details
from ptnotes.domain.examination import KIND_WORDS, told_at
from ptnotes.domain.signature import unsaved_words
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.domain.wording import full_date
from ptnotes.figures.body_areas import areas_of
from ptnotes.notation import entries_of, explain

_DETAILS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "interventions": (
        "intervention",
        {"modifiers": "modifiers", "area_kind": "kind of place", "parameters": "parameters"},
    ),
    "exercises": ("exercise", {"progression": "progression", "response": "response"}),
    "rom": ("motion", {"end_feel": "end-feel", "why_not_tested": "not tested"}),
}
"""What the typed line has no words for, by the list: the field that names the row, and the fields with their words."""
_KINDS = {
    "intervention": "interventions",
    "exercise": "exercises",
    "motion": "motions",
    "end_feel": "end_feels",
}
"""Where in the reference data the ids of a field stand."""


def late_words(reference: Reference, mine: TreatmentSession, stored: TreatmentSession) -> str:
    """Say all that `mine` holds and the signed note, `stored`, does not: the narrative, rows, signs, the examination,
    vital signs, the body chart, date and times.

    What was taken out or changed is said as it was. Who did a row's treatment is not said. Empty where nothing differs.
    """
    before, after = _charted(reference, stored), _charted(reference, mine)
    added = [words for charted, words in after if (charted, words) not in before]
    gone = [words for charted, words in before if (charted, words) not in after]
    parts = [unsaved_words(mine, stored)]
    if added:
        parts.append(f"Charted: {'; '.join(added)}.")
    if gone:
        parts.append(f"Taken out or changed: {'; '.join(gone)}.")
    parts += _visit(mine, stored)
    return "\n".join(part for part in parts if part)


def _charted(reference: Reference, session: TreatmentSession) -> Sequence[tuple[object, str]]:
    """Everything that is charted: what tells whether it is the same, and how it is said."""
    entries = [entry.entry for entry in entries_of(reference, session)]
    signs = [sign for sign in session.comparable_signs if sign.value]
    examined = (
        f"{', '.join(dict.fromkeys((KIND_WORDS[kind] if kind else 'Vital signs', label)))}: {text}"
        for kind, label, text in told_at(reference, session)
    )
    details = partial(mark_details, reference, areas_of)
    return [
        *((entry, explain(reference, entry)) for entry in entries),
        *((words, words) for words in _details(reference, session)),
        *((sign, f"{sign.words}, {sign.phase.value}: {sign.value}") for sign in signs),
        *((words, words) for words in examined),
        # A mark that was drawn anew within the same area has the same words.
        *(((mark.view, mark.strokes), f"body chart: {details(mark)}") for mark in session.body_chart),
    ]


def _details(reference: Reference, session: TreatmentSession) -> Iterator[str]:
    for name, (names, words) in _DETAILS.items():
        for row in getattr(session, name):
            for field, said in words.items():
                value = getattr(row, field)
                if value:
                    subject = _label(reference, names, getattr(row, names)) or getattr(row, "name", "")
                    yield ", ".join(
                        part for part in (subject, f"{said}: {_value(reference, field, value)}") if part
                    )


def _value(reference: Reference, field: str, value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else _label(reference, field, str(value))


def _label(reference: Reference, field: str, name: str | None) -> str:
    """The label of an id, the words themselves where they are none."""
    entry = getattr(reference, _KINDS[field]).get(name) if field in _KINDS else None
    return (name or "") if entry is None else str(getattr(entry, "full_label", entry.label))


def _visit(mine: TreatmentSession, stored: TreatmentSession) -> Iterator[str]:
    if mine.service_date != stored.service_date:
        yield f"Date of the visit: {full_date(mine.service_date)}."
    for name, said in (("time_in", "Time in"), ("time_out", "Time out")):
        at = getattr(mine, name)
        if at != getattr(stored, name) and at is not None:
            yield f"{said}: {at:%H:%M}."
    if mine.kind is not stored.kind:
        yield f"Kind of visit: {mine.kind.value.replace('_', '-')}."
    if (mine.status, mine.status_reason) != (stored.status, stored.status_reason):
        yield f"The patient: {mine.status.value}{f' ({mine.status_reason})' if mine.status_reason else ''}."
    if mine.others_present != stored.others_present and mine.others_present:
        yield f"Also present: {mine.others_present}."
