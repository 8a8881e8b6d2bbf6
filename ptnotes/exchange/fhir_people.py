"""Who is in a bundle: the patient, the clinic, the people who work there, and who referred."""

from __future__ import annotations

from collections.abc import Iterator

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.people import Person
from ptnotes.exchange.fhir_parts import LOCAL, TERMINOLOGY, US_NPI, Json, Maker, named, note, ref


def patient(make: Maker) -> Json:
    """The patient."""
    who = make.data.patient
    number = {
        "coding": [{"system": f"{TERMINOLOGY}/v2-0203", "code": "MR", "display": "Medical record number"}]
    }
    return {
        "resourceType": "Patient",
        "id": who.uuid,
        "identifier": [{"use": "usual", "type": number, "system": f"{LOCAL}/mrn", "value": who.mrn}],
        "active": who.archived_at is None,
        "name": [
            {
                "use": "official",
                "text": who.name,
                "family": who.family_name,
                "given": [who.given_name, who.middle_name],
                "suffix": [who.suffix],
            },
            {"use": "nickname", "given": [who.preferred_name]} if who.preferred_name else None,
        ],
        "telecom": _reached(who.telephone, email=who.email),
        "gender": who.sex.value,
        "birthDate": who.birth_date.isoformat(),
        "address": [{"text": who.address}],
        "contact": [
            {
                "relationship": [
                    {
                        "coding": [
                            {"system": f"{TERMINOLOGY}/v2-0131", "code": "C", "display": "Emergency Contact"}
                        ]
                    }
                ],
                "name": {"text": who.emergency_contact},
            }
            if who.emergency_contact
            else None
        ],
        "communication": [{"language": {"text": who.language}} if who.language else None],
        "managingOrganization": make.organization,
    }


def organization(make: Maker) -> Json:
    """The clinic."""
    clinic = make.data.clinic
    return {
        "resourceType": "Organization",
        "id": make.clinic_uuid,
        "identifier": [{"system": US_NPI, "value": clinic.npi} if clinic.npi else None],
        "active": True,
        "name": clinic.name,
        "telecom": _reached(clinic.telephone, fax=clinic.fax),
        "address": [{"text": clinic.address}],
    }


def practitioners(make: Maker) -> Iterator[Json]:
    """Everybody with an account, by their number."""
    return (_practitioner(person) for _id, person in sorted(make.data.people.items()))


def _practitioner(person: Person) -> Json:
    licence = {"type": {"text": "Licence"}, "value": person.licence_number} if person.licence_number else None
    if licence and person.licence_state:
        licence["assigner"] = {"display": person.licence_state}
    return {
        "resourceType": "Practitioner",
        "id": person.uuid,
        "identifier": [{"system": US_NPI, "value": person.npi} if person.npi else None, licence],
        "active": person.active_to is None,
        "name": [{"text": person.name, "suffix": [person.credentials]}],
        "qualification": [{"code": {"text": person.credentials}} if person.credentials else None],
    }


def referral_uuid(episode: EpisodeOfCare) -> str:
    """The name of the request to treat."""
    return named(episode.uuid, "referral")


def referral(make: Maker, episode: EpisodeOfCare) -> Iterator[Json]:
    """Who referred the patient for the episode, and the request to treat."""
    if not episode.referrer:
        return
    referrer = named(episode.uuid, "referrer")
    yield {
        "resourceType": "Practitioner",
        "id": referrer,
        "name": [{"text": episode.referrer}],
        "telecom": _reached(episode.referrer_telephone, fax=episode.referrer_fax),
    }
    yield {
        "resourceType": "ServiceRequest",
        "id": referral_uuid(episode),
        "status": "active" if episode.discharged_on is None else "completed",
        "intent": "order",
        "code": {"text": "Physical therapy"},
        "subject": make.subject,
        "authoredOn": episode.referred_on.isoformat() if episode.referred_on else None,
        "requester": ref(referrer, ", ".join(filter(None, (episode.referrer, episode.referrer_practice)))),
        "performer": [make.organization],
        "note": note(episode.title),
    }


def _reached(telephone: str, *, fax: str = "", email: str = "") -> list[Json]:
    return [
        {"system": system, "value": value}
        for system, value in (("phone", telephone), ("fax", fax), ("email", email))
        if value
    ]
