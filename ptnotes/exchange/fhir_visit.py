"""A visit: the encounter, what was done, the note, and who signed it.

How far the note has come is said by every resource of the visit: a draft is in progress and preliminary, as is a note
that waits for its co-signature; one that was declared void is entered in error. What did not take place is not
done, and has no note unless somebody wrote one.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from ptnotes.domain.signature import KIND_WORDS, Addendum, SignedNote
from ptnotes.domain.treatment import (
    Exercise,
    Intervention,
    Mobilization,
    Note,
    NoteState,
    TreatmentSession,
    VisitKind,
    VisitStatus,
)
from ptnotes.domain.wording import how_often
from ptnotes.exchange.fhir_measured import Measured
from ptnotes.exchange.fhir_parts import (
    CPT,
    TERMINOLOGY,
    UCUM,
    Json,
    Maker,
    concept,
    day_time,
    extension,
    instant,
    local,
    named,
    narrative,
    note,
    plain,
    ref,
    structural,
)

_NOTE_OF: Mapping[VisitKind, str] = {
    VisitKind.EVALUATION: "76453-0",
    VisitKind.TREATMENT: "76454-8",
    VisitKind.RE_EVALUATION: "76455-5",
    VisitKind.DISCHARGE: "76456-3",
}
"""The panels of LOINC for the notes of physical therapy."""
_MOBILIZATION = "74251004"
_PHYSICAL_THERAPY = "91251008"
_GRADES_OF_IT = frozenset({"I", "II", "III", "IV"})
_OBSERVED: Mapping[NoteState, str] = {
    NoteState.DRAFT: "preliminary",
    NoteState.AWAITING_COSIGNATURE: "preliminary",
    NoteState.SIGNED: "final",
    NoteState.VOIDED: "entered-in-error",
}
_SIGNATURES = "urn:iso-astm:E1762-95:2013"
_AUTHOR = {"system": _SIGNATURES, "code": "1.2.840.10065.1.12.1.1", "display": "Author's Signature"}


def visit(make: Maker, session: TreatmentSession, episode_uuid: str) -> Iterator[Json]:
    """Every resource of a visit."""
    signed = make.data.notes.get(session.id or 0)
    yield _encounter(make, session, episode_uuid)
    procedures = list(_procedures(make, session))
    observations = list(Measured(make, session, _OBSERVED[session.state]).all())
    yield from procedures
    yield from observations
    if session.status is VisitStatus.ATTENDED or signed is not None or session.note != Note():
        yield _composition(make, session, signed, procedures, observations)
    if signed is not None:
        yield from _after_signing(make, session, signed)


def _encounter(make: Maker, session: TreatmentSession, episode_uuid: str) -> Json:
    minutes = session.total_minutes
    kind = session.kind.value.replace("_", " ")
    missed = session.status is VisitStatus.MISSED
    why = ": ".join(filter(None, ("Did not come" if missed else "", session.status_reason)))
    return {
        "resourceType": "Encounter",
        "id": session.uuid,
        "extension": [extension("others-present", "String", session.others_present)],
        "status": _encounter_status(session),
        "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": "AMB", "display": "ambulatory"},
        "type": [concept(kind.capitalize(), local("visit_kinds", session.kind.value, kind))],
        "subject": make.subject,
        "episodeOfCare": [ref(episode_uuid)],
        "participant": [{"individual": make.person(session.author_id)}],
        "period": {
            "start": day_time(session.service_date, session.time_in, session.zone),
            "end": day_time(session.service_date, session.time_out, session.zone),
        },
        "length": {"value": minutes, "unit": "minute", "system": UCUM, "code": "min"} if minutes else None,
        "reasonCode": [{"text": why}] if why else [],
        "serviceProvider": make.organization,
    }


def _encounter_status(session: TreatmentSession) -> str:
    if session.state is NoteState.VOIDED:
        return "entered-in-error"
    if session.status is VisitStatus.SCHEDULED:
        return "planned"
    if session.status is not VisitStatus.ATTENDED:
        return "cancelled"
    return "in-progress" if session.state is NoteState.DRAFT else "finished"


def _procedures(make: Maker, session: TreatmentSession) -> Iterator[Json]:
    for mobilization in session.mobilizations:
        yield _procedure(
            make, session, ("mobilizations", mobilization.row), _mobilization(make, mobilization)
        )
    for service in session.interventions:
        yield _procedure(make, session, ("services", service.row), _service(make, service))
    for exercise in session.exercises:
        yield _procedure(make, session, ("exercises", exercise.row), _exercise(make, exercise))


def _procedure(make: Maker, session: TreatmentSession, of: tuple[str, int], own: Json) -> Json:
    if session.state is NoteState.VOIDED:
        status = "entered-in-error"
    elif session.status is not VisitStatus.ATTENDED:
        status = "not-done"
    else:
        status = "in-progress" if session.state is NoteState.DRAFT else "completed"
    done_by = make.person(own.pop("done_by")) or make.person(session.author_id)
    return {
        "resourceType": "Procedure",
        "id": named(session.uuid, *of),
        "status": status,
        "category": concept("Physical therapy", make.snomed(_PHYSICAL_THERAPY)),
        "subject": make.subject,
        "encounter": ref(session.uuid),
        "performedDateTime": day_time(session.service_date, session.time_in, session.zone),
        "performer": [{"actor": done_by}] if done_by else [],
        **own,
    }


def _mobilization(make: Maker, row: Mobilization) -> Json:
    technique = make.reference.techniques.get(row.technique or "")
    words = technique.label if technique else row.technique or "Mobilization"
    mobilizes = row.grade_system == "maitland" and row.grade in _GRADES_OF_IT
    responses = [make.label("responses", one) for one in row.responses]
    grade = " to ".join(filter(None, (row.grade, row.grade_to)))
    graded = " ".join(filter(None, (row.grade_system, grade)))
    return {
        "done_by": row.done_by,
        "code": concept(
            words,
            make.snomed(_MOBILIZATION) if mobilizes else None,
            local("techniques", technique.id, technique.label) if technique else None,
        ),
        "bodySite": [make.place(target, row.side) for target in row.targets],
        "outcome": {
            "coding": [local("responses", one) for one in row.responses if one in make.reference.responses],
            "text": ", ".join(responses),
        },
        "note": note(row.note),
        "extension": [
            extension("grade", "String", graded if grade else ""),
            *_dose(make, row),
            extension("rate", "Quantity", make.quantity(row.rate_hz, "Hz")),
            extension("attempts", "Integer", row.attempts),
            extension("cavitation", "Boolean", row.cavitation),
            extension("direction", "CodeableConcept", make.entry("directions", row.direction)),
            extension("patient-position", "CodeableConcept", make.entry("patient_positions", row.position)),
            extension("movement", "CodeableConcept", make.entry("movements", row.movement)),
            extension("joint-position", "String", row.pre_position),
            extension("moving-part", "String", row.moving_part),
            extension("fixed-part", "String", row.fixed_part),
            extension("set-duration", "Quantity", make.quantity(row.duration_s, "s")),
        ],
    }


def _dose(make: Maker, row: Mobilization | Exercise) -> list[Json | None]:
    return [
        extension("sets", "Integer", row.sets),
        extension("repetitions", "Integer", row.reps),
        extension("hold", "Quantity", make.quantity(row.hold_s, "s")),
    ]


def _service(make: Maker, row: Intervention) -> Json:
    known = make.reference.interventions.get(row.intervention or "")
    code = None
    if known is not None and known.code and known.system == "CPT":
        # The number alone: the descriptions of CPT are not ours to send.
        code = {"system": CPT, "code": known.code}
    words = known.label if known else row.intervention or "Service"
    return {
        "done_by": row.done_by,
        "code": concept(words, code, local("interventions", known.id, known.label) if known else None),
        "bodySite": [{"text": row.area}] if row.area else [],
        "note": note(row.parameters),
        "extension": [
            extension("minutes", "Quantity", make.quantity(row.minutes, "min")),
            extension("modifiers", "String", " ".join(row.modifiers)),
            extension("area-kind", "String", row.area_kind.value if row.area_kind else ""),
        ],
    }


def _exercise(make: Maker, row: Exercise) -> Json:
    known = make.entry("exercises", row.exercise)
    load: Json | None = None
    if row.load is not None:
        load = {"value": plain(row.load), "unit": row.load_unit}
    said = "\n".join(filter(None, (row.progression, row.cue)))
    return {
        "done_by": row.done_by,
        "code": known or concept(row.name or "Exercise"),
        "outcome": {"text": row.response},
        "note": note(said),
        "extension": [
            *_dose(make, row),
            extension("load", "Quantity", load),
            extension("band", "String", row.band),
            extension("place", "String", row.place.value),
            extension("times-a-day", "Integer", row.times_a_day),
            extension("days-a-week", "Integer", row.days_a_week),
            extension("how-often", "Timing", _how_often(row)),
        ],
    }


def _how_often(row: Exercise) -> Json | None:
    """How often an exercise is done at home: the text says all of it, `repeat` as much as one of FHIR's counts can.

    Twice a day on 5 days a week is ten times a week there, since no week days are named.
    """
    times, days = row.times_a_day, row.days_a_week
    if not (times or days):
        return None
    is_weekly = days is not None and days < 7
    count = (times or 1) * (days or 1) if is_weekly else times or 1
    return {
        "repeat": {"frequency": count, "period": 1, "periodUnit": "wk" if is_weekly else "d"},
        "code": {"text": how_often(times, days)},
    }


def _composition(
    make: Maker,
    session: TreatmentSession,
    signed: SignedNote | None,
    procedures: list[Json],
    observations: list[Json],
) -> Json:
    kind = session.kind.value.replace("_", " ")
    at = signed.signed_at if signed else session.saved_at
    status = _OBSERVED[session.state]
    if status == "final" and signed is not None and signed.addenda:
        status = "amended"
    attesters = []
    if signed is not None:
        attesters.append((signed.signed_at, signed.signer_id))
        attesters += [(one.at, one.person_id) for one in signed.co_signatures]
    return {
        "resourceType": "Composition",
        "id": note_uuid(session),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{session.uuid}"},
        "status": status,
        "type": concept(
            f"Physical therapy note: {kind}",
            make.loinc(_NOTE_OF[session.kind]),
            local("visit_kinds", session.kind.value, kind),
        ),
        "subject": make.subject,
        "encounter": ref(session.uuid),
        "date": instant(at) if at else session.service_date.isoformat(),
        "author": [make.person(session.author_id) or make.organization],
        "title": f"Physical therapy {kind}, {session.service_date.isoformat()}",
        "attester": [
            {"mode": "legal", "time": instant(when), "party": make.person(person)}
            for when, person in attesters
        ],
        "custodian": make.organization,
        "section": [
            *(
                _section(name, name.capitalize(), text=getattr(session.note, name))
                for name in ("subjective", "objective", "assessment", "plan", "communication")
            ),
            _section("treatment", "Treatment", entry=procedures),
            _section("measurements", "Measurements", entry=observations),
        ],
    }


def note_uuid(session: TreatmentSession) -> str:
    """The name of a visit's note."""
    return named(session.uuid, "note")


def _section(name: str, title: str, text: str = "", entry: list[Json] | None = None) -> Json | None:
    if not text.strip() and not entry:
        return None
    return {
        "title": title,
        "code": concept(title, local("note_sections", name, title)),
        "text": narrative(text) if text.strip() else None,
        "entry": [ref(one["id"]) for one in entry or ()],
    }


def _after_signing(make: Maker, session: TreatmentSession, signed: SignedNote) -> Iterator[Json]:
    own = note_uuid(session)
    signature = make.data.signatures.get(session.id or 0)
    yield _provenance(
        make,
        named(own, "signed"),
        own,
        recorded=instant(signed.signed_at),
        who=signed.signer_id,
        role=("author", "Author"),
        what="Signed as a late entry" if signed.late else "Signed",
        occurredDateTime=session.service_date.isoformat(),
        signature=[
            {
                "type": [_AUTHOR],
                "when": instant(signed.signed_at),
                "who": make.person(signed.signer_id),
                "sigFormat": "application/octet-stream",
                "data": b64encode(signature).decode(),
            }
        ]
        if signature
        else [],
        extension=[extension("content-sha256", "String", signed.content_hash.hex())],
    )
    for one in signed.co_signatures:
        yield _provenance(
            make, one.uuid, own, recorded=instant(one.at), who=one.person_id, role=("verifier", "Verifier"),
            what=": ".join(filter(None, ("Co-signed", one.words))),
        )  # fmt: skip
    for added in signed.addenda:
        yield _addendum(make, session, added)
        yield _provenance(
            make, named(added.uuid, "signed"), added.uuid, recorded=instant(added.written_at), who=added.author_id,
            role=("author", "Author"), what=KIND_WORDS[added.kind],
        )  # fmt: skip
    if signed.voided is not None:
        yield _provenance(
            make, named(own, "voided"), own, recorded=instant(signed.voided.at), who=signed.voided.person_id,
            role=("author", "Author"), what=f"Declared void: {signed.voided.reason}",
        )  # fmt: skip


def _addendum(make: Maker, session: TreatmentSession, added: Addendum) -> Json:
    words = KIND_WORDS[added.kind]
    is_void = session.state is NoteState.VOIDED
    return {
        "resourceType": "Composition",
        "id": added.uuid,
        "status": "entered-in-error" if is_void else "final",
        "type": concept(words, local("addenda", added.kind.value, words)),
        "subject": make.subject,
        "encounter": ref(session.uuid),
        "date": instant(added.written_at),
        "author": [make.person(added.author_id) or make.organization],
        "title": f"{words}, {session.service_date.isoformat()}",
        "custodian": make.organization,
        "relatesTo": [{"code": "appends", "targetReference": ref(note_uuid(session))}],
        "section": [_section("text", words, added.text), _section("reason", "Why", added.reason)],
    }


def _provenance(
    make: Maker,
    uuid: str,
    target: str,
    *,
    recorded: str,
    who: int,
    role: tuple[str, str],
    what: str,
    **more: Any,
) -> Json:
    return {
        "resourceType": "Provenance",
        "id": uuid,
        "extension": more.pop("extension", None),
        "target": [ref(target)],
        "occurredDateTime": more.pop("occurredDateTime", None),
        "recorded": recorded,
        "activity": {"text": what},
        "agent": [{"type": structural("provenance-participant-type", *role), "who": make.person(who)}],
        **more,
    }
