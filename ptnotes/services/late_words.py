"""What somebody charted after the note was signed elsewhere, in words that can be added to it."""

from __future__ import annotations

from collections.abc import Iterator

from ptnotes.clinical import Reference
from ptnotes.domain.signature import unsaved_words
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.domain.wording import full_date
from ptnotes.notation import entries_of, explain


def late_words(reference: Reference, mine: TreatmentSession, stored: TreatmentSession) -> str:
    """Say all that `mine` holds and the signed note, `stored`, does not: the narrative, rows, signs, date and times.

    What was taken out or changed is said as it was. Empty where nothing differs.
    """
    before = [entry.entry for entry in entries_of(reference, stored)]
    after = [entry.entry for entry in entries_of(reference, mine)]
    added = [explain(reference, entry) for entry in after if entry not in before]
    added += [
        f"{sign.words}, {sign.phase.value}: {sign.value}"
        for sign in mine.comparable_signs
        if sign.value and sign not in stored.comparable_signs
    ]
    gone = [explain(reference, entry) for entry in before if entry not in after]
    parts = [unsaved_words(mine, stored)]
    if added:
        parts.append(f"Charted: {'; '.join(added)}.")
    if gone:
        parts.append(f"Taken out or changed: {'; '.join(gone)}.")
    parts += _visit(mine, stored)
    return "\n".join(part for part in parts if part)


def _visit(mine: TreatmentSession, stored: TreatmentSession) -> Iterator[str]:
    if mine.service_date != stored.service_date:
        yield f"Date of the visit: {full_date(mine.service_date)}."
    for name, said in (("time_in", "Time in"), ("time_out", "Time out")):
        at = getattr(mine, name)
        if at != getattr(stored, name) and at is not None:
            yield f"{said}: {at:%H:%M}."
    if mine.others_present != stored.others_present and mine.others_present:
        yield f"Also present: {mine.others_present}."
