"""What the note of a visit should say and cannot.

What is required follows the Medicare Benefit Policy Manual, Pub. 100-02, ch. 15, sec. 220.3.E: each intervention, the
timed and the total minutes, signature and credentials of everybody who had part; and the elements that describe a
manual technique (Mintken 2008). One line of assessment is asked for by our own rule. The rest stands as wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from ptnotes.clinical import Reference
from ptnotes.domain.documents import Lack, blanks_left
from ptnotes.domain.treatment import Mobilization, TreatmentSession, VisitKind
from ptnotes.reports.session_note_data import SessionNoteData
from ptnotes.services.visit_words import direction_words, place_of


def session_note_lacks(
    reference: Reference, session: TreatmentSession, data: SessionNoteData
) -> tuple[Lack, ...]:
    """What is missing of a visit that took place, what payers require first."""
    return tuple(sorted(_lacks(reference, session, data), key=lambda lack: not lack.is_required))


def _lacks(reference: Reference, session: TreatmentSession, data: SessionNoteData) -> Iterator[Lack]:
    note = session.note
    for one in data.contributors:
        if not one.has_credentials:
            yield Lack(code="lack.credentials", values={"name": one.who})
    if data.treatment.is_empty:
        yield Lack(code="lack.visit_treatment", is_required=session.kind is VisitKind.TREATMENT)
    if session.total_minutes is None:
        yield Lack(code="lack.visit_minutes")
    for service in data.treatment.services:
        if service.minutes is None and service.timing == "timed":
            yield Lack(code="lack.visit_timed", values={"what": service.words})
    for row in session.mobilizations:
        yield from _of_mobilization(reference, row)
    if not note.assessment.strip():
        yield Lack(code="lack.visit_assessment")
    yield from blanks_left(
        "The note", note.subjective, note.objective, note.assessment, note.plan, note.communication
    )
    if not note.subjective.strip():
        yield Lack(code="lack.visit_statement", is_required=False)
    if not data.measures.pain:
        yield Lack(code="lack.visit_pain", is_required=False)
    if session.mobilizations and not data.measures.is_paired:
        yield Lack(code="lack.visit_after", is_required=False)
    if not note.plan.strip():
        yield Lack(code="lack.visit_plan", is_required=False)
    if not note.communication.strip():
        yield Lack(code="lack.visit_communication", is_required=False)
    if data.consent.startswith("No "):
        yield Lack(code="lack.visit_consent", is_required=False)


def _of_mobilization(reference: Reference, row: Mobilization) -> Iterator[Lack]:
    """What describes a technique and is not charted, in one line for what is needed and one for what is wanted."""
    technique = reference.techniques.get(row.technique or "")
    what = {"what": f"{place_of(reference, row)} {technique.abbreviation if technique else ''}".strip()}
    needed = ["level"] if not row.targets else []
    if technique is None:
        needed.append("technique")
    else:
        sides = {side for target in row.targets for side in reference.sides_at(technique.id, target)}
        needed += ["side"] if row.side is None and sides and "midline" not in sides else []
        needed += ["grade"] if technique.grade_required and row.grade is None else []
        is_dosed = technique.dosage_mode not in ("assessment", "single_thrust")
        dose = (row.sets, row.reps, row.duration_s, row.hold_s)
        needed += ["dose"] if is_dosed and not any(part is not None for part in dose) else []
    if needed:
        yield Lack(code="lack.mobilization", values={**what, "parts": ", ".join(needed)})
    wanted = [] if direction_words(reference, row) else ["direction"]
    wanted += ["position"] if row.position is None else []
    wanted += [] if row.responses else ["response"]
    if wanted:
        yield Lack(code="lack.mobilization", values={**what, "parts": ", ".join(wanted)}, is_required=False)
