"""One patient's record as a FHIR R4 (4.0.1) bundle: a collection, the same bytes for the same record.

A collection and no document: a document is one note that was attested as a whole, and this holds many, drafts among
them, each with its own Composition.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ptnotes.domain.audit import AuditEvent, Verb, event_words
from ptnotes.exchange.fhir_care import episode
from ptnotes.exchange.fhir_data import PatientData
from ptnotes.exchange.fhir_parts import Json, Maker, compact, entries, instant, local, named
from ptnotes.exchange.fhir_people import organization, patient, practitioners

_ACTIONS: Mapping[Verb, str] = {
    Verb.MADE: "C",
    Verb.VIEWED: "R",
    Verb.SEARCHED: "R",
    Verb.EXPORTED: "R",
    Verb.PRINTED: "R",
    Verb.DISCLOSED: "R",
    Verb.BROKE_GLASS: "R",
    Verb.DISCARDED: "D",
}
"""What each act did to the record, as FHIR has it; any other changed it."""
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"


def bundle(data: PatientData) -> Json:
    """The bundle, as plain lists and dictionaries."""
    make = Maker(data)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant(data.made_at),
        "entry": entries(compact(resource) for resource in _resources(make)),
    }


def bundle_bytes(data: PatientData) -> bytes:
    """The bundle as JSON in UTF-8, without a mark."""
    return json.dumps(bundle(data), ensure_ascii=False, separators=(",", ":")).encode()


def _resources(make: Maker) -> Iterator[Json]:
    yield patient(make)
    yield organization(make)
    yield from practitioners(make)
    for data in sorted(make.data.episodes, key=lambda one: (one.episode.start, one.episode.id or 0)):
        yield from episode(make, data)
    for event in sorted(make.data.events, key=lambda one: one.sequence):
        yield _event(make, event)


def _event(make: Maker, event: AuditEvent) -> Json:
    who = make.person(event.person_id)
    return {
        "resourceType": "AuditEvent",
        "id": named(make.data.patient.uuid, "audit", event.sequence),
        "type": {"system": _DICOM, "code": "110110", "display": "Patient Record"},
        "subtype": [local("audit_verbs", str(event.verb), str(event.verb).replace("_", " "))],
        "action": _ACTIONS.get(event.verb, "U"),
        "recorded": instant(event.at),
        "outcome": "0",
        "outcomeDesc": event_words(event),
        "agent": [
            {
                "who": who,
                "name": None if who else "Nobody who had opened the file",
                "requestor": who is not None,
            }
        ],
        "source": {"observer": make.organization},
        "entity": [{"what": make.subject}],
    }
