"""The FHIR bundle: by the published schema, by another library, by its references, and by what it says."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from ptnotes.domain.treatment import Exercise, Note, NoteState, Place
from ptnotes.exchange.fhir_bundle import bundle, bundle_bytes
from ptnotes.exchange.fhir_data import EpisodeData, PatientData
from ptnotes.exchange.fhir_parts import LOCAL, Json, is_trusted, named
from tests.clinics import reference
from tests.unit.exchange.records import PATIENT, episode, record, visit

ASKED_FOR = {
    "Patient", "Practitioner", "Organization", "EpisodeOfCare", "Encounter", "Condition", "Procedure", "Observation",
    "Goal", "CarePlan", "QuestionnaireResponse", "Composition", "Provenance", "AuditEvent",
}  # fmt: skip
# What R4 lets each reference be of, as far as we send it.
REFERENCES = {
    "Patient.managingOrganization": {"Organization"},
    "EpisodeOfCare.patient": {"Patient"},
    "EpisodeOfCare.managingOrganization": {"Organization"},
    "EpisodeOfCare.diagnosis.condition": {"Condition"},
    "EpisodeOfCare.referralRequest": {"ServiceRequest"},
    "ServiceRequest.subject": {"Patient"},
    "ServiceRequest.requester": {"Practitioner"},
    "ServiceRequest.performer": {"Organization"},
    "Condition.subject": {"Patient"},
    "Goal.subject": {"Patient"},
    "CarePlan.subject": {"Patient"},
    "CarePlan.goal": {"Goal"},
    "CarePlan.extension.valueReference": {"EpisodeOfCare"},
    "Encounter.subject": {"Patient"},
    "Encounter.episodeOfCare": {"EpisodeOfCare"},
    "Encounter.participant.individual": {"Practitioner"},
    "Encounter.serviceProvider": {"Organization"},
    "Procedure.subject": {"Patient"},
    "Procedure.encounter": {"Encounter"},
    "Procedure.performer.actor": {"Practitioner"},
    "Observation.subject": {"Patient"},
    "Observation.encounter": {"Encounter"},
    "Observation.performer": {"Practitioner"},
    "Observation.hasMember": {"Observation"},
    "Observation.derivedFrom": {"QuestionnaireResponse"},
    "Observation.extension.valueReference": {"EpisodeOfCare"},
    "QuestionnaireResponse.subject": {"Patient"},
    "QuestionnaireResponse.encounter": {"Encounter"},
    "QuestionnaireResponse.author": {"Practitioner"},
    "QuestionnaireResponse.extension.valueReference": {"EpisodeOfCare"},
    "Composition.subject": {"Patient"},
    "Composition.encounter": {"Encounter"},
    "Composition.author": {"Practitioner", "Organization"},
    "Composition.attester.party": {"Practitioner"},
    "Composition.custodian": {"Organization"},
    "Composition.relatesTo.targetReference": {"Composition"},
    "Composition.section.entry": {"Procedure", "Observation"},
    "Provenance.target": {"Composition"},
    "Provenance.agent.who": {"Practitioner"},
    "Provenance.signature.who": {"Practitioner"},
    "AuditEvent.agent.who": {"Practitioner"},
    "AuditEvent.source.observer": {"Organization"},
    "AuditEvent.entity.what": {"Patient"},
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@cache
def schema() -> Any:
    """HL7's JSON schema of R4, as it is published (CC0); `docs/data-out.md` tells where it is from."""
    return json.loads(gzip.decompress((Path(__file__).parent / "fhir_r4.schema.json.gz").read_bytes()))


def require_valid(made: Json) -> None:
    """Hold each resource to its own definition: through the union of all of them an error says nothing."""
    whole = schema()
    validators: dict[str, Any] = {}
    for entry in made["entry"]:
        kind = entry["resource"]["resourceType"]
        if kind not in validators:
            wanted = {
                "$schema": whole["$schema"],
                "$ref": f"#/definitions/{kind}",
                "definitions": whole["definitions"],
            }
            validators[kind] = jsonschema.Draft6Validator(wanted)
        problems = [
            f"{kind} {list(one.path)}: {one.message}"
            for one in validators[kind].iter_errors(entry["resource"])
        ]
        assert problems == []


def resources(made: Json, kind: str) -> list[Json]:
    return [entry["resource"] for entry in made["entry"] if entry["resource"]["resourceType"] == kind]


def by_id(made: Json, uuid: str) -> Json:
    return next(entry["resource"] for entry in made["entry"] if entry["resource"]["id"] == uuid)


def references(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "reference":
                yield path, part
            else:
                yield from references(part, f"{path}.{name}")
    elif isinstance(value, list):
        for part in value:
            yield from references(part, path)


def require_resolved(made: Json) -> None:
    there = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in made["entry"]}
    assert len(there) == len(made["entry"])
    for entry in made["entry"]:
        assert entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}"
        for path, url in references(entry["resource"], entry["resource"]["resourceType"]):
            assert there.get(url) in REFERENCES[path], (path, url)


def codings(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if "system" in value and "code" in value:
            yield value
        for part in value.values():
            yield from codings(part)
    elif isinstance(value, list):
        for part in value:
            yield from codings(part)


def concepts(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if "coding" in value:
            yield value
        for part in value.values():
            yield from concepts(part)
    elif isinstance(value, list):
        for part in value:
            yield from concepts(part)


@pytest.fixture(scope="module")
def made() -> Json:
    found: Json = json.loads(bundle_bytes(record()))
    return found


def test_every_kind_of_resource_is_there(made: Json) -> None:
    kinds = Counter(entry["resource"]["resourceType"] for entry in made["entry"])
    assert set(kinds) == ASKED_FOR | {"ServiceRequest"}
    assert (kinds["Encounter"], kinds["EpisodeOfCare"], kinds["Goal"]) == (6, 2, 4)
    assert made["type"] == "collection"


def test_the_bundle_holds_by_the_published_schema(made: Json) -> None:
    require_valid(made)


def test_the_schema_would_see_a_slip(made: Json) -> None:
    broken = json.loads(json.dumps(made))
    resources(broken, "Encounter")[0]["status"] = "done"
    with pytest.raises(AssertionError):
        require_valid(broken)


def test_another_library_reads_the_bundle(made: Json) -> None:
    read = Bundle.model_validate(made)
    assert len(read.entry or ()) == len(made["entry"])


def test_every_reference_is_of_the_right_kind(made: Json) -> None:
    require_resolved(made)
    used = {
        path
        for entry in made["entry"]
        for path, _url in references(entry["resource"], entry["resource"]["resourceType"])
    }
    assert used == set(REFERENCES)


def test_the_same_record_gives_the_same_bytes() -> None:
    assert bundle_bytes(record()) == bundle_bytes(record())


def test_nothing_is_empty(made: Json) -> None:
    def empties(value: Any, path: str) -> Iterator[str]:
        if value is None or value in ("", [], {}):
            yield path
        elif isinstance(value, dict):
            for name, part in value.items():
                yield from empties(part, f"{path}.{name}")
        elif isinstance(value, list):
            for part in value:
                yield from empties(part, path)

    assert list(empties(made, "")) == []


def test_no_number_of_a_row_of_the_store_goes_out(made: Json) -> None:
    for entry in made["entry"]:
        assert len(entry["resource"]["id"]) == 36


@pytest.mark.parametrize(
    ("number", "encounter", "note", "procedures", "observations"),
    [
        (1, "finished", "amended", "completed", "final"),
        (2, "in-progress", "preliminary", "in-progress", "preliminary"),
        (3, "finished", "preliminary", "completed", "preliminary"),
        (4, "entered-in-error", "entered-in-error", "entered-in-error", "entered-in-error"),
        (5, "cancelled", None, None, None),
        (6, "planned", None, None, None),
    ],
)
def test_how_far_a_note_has_come_is_said_by_all_that_belongs_to_it(
    made: Json,
    number: int,
    encounter: str,
    note: str | None,
    procedures: str | None,
    observations: str | None,
) -> None:
    own = named("visit", number)
    of_visit = [
        entry["resource"]
        for entry in made["entry"]
        if entry["resource"].get("encounter", {}).get("reference") == f"urn:uuid:{own}"
    ]
    assert by_id(made, own)["status"] == encounter
    notes = {entry["resource"]["id"]: entry["resource"] for entry in made["entry"]}
    assert notes.get(named(own, "note"), {}).get("status") == note
    for kind, wanted in (("Procedure", procedures), ("Observation", observations)):
        states = {one["status"] for one in of_visit if one["resourceType"] == kind}
        assert states == ({wanted} if wanted else set())


def test_a_blank_is_absent_and_zero_is_zero(made: Json) -> None:
    own = named("visit", 1)
    assert by_id(made, named(own, "pain", 14))["valueQuantity"]["value"] == 0
    assert by_id(made, named(own, "rom", 10))["valueQuantity"]["value"] == 0
    for of in (("pain", 15), ("rom", 13), ("signs", 18), ("findings", 22)):
        blank = by_id(made, named(own, *of))
        assert blank["dataAbsentReason"]["coding"][0]["code"] == "unknown"
        assert not [name for name in blank if name.startswith("value")]
    why = by_id(made, named(own, "rom", 12))["dataAbsentReason"]
    assert (why["coding"][0]["code"], why["text"]) == ("not-performed", "Not tested: too sore")


def test_a_word_stays_a_word(made: Json) -> None:
    reading = by_id(made, named(named("visit", 1), "rom", 11))
    assert "valueQuantity" not in reading
    assert reading["valueCodeableConcept"]["text"] == reference().rom_words["within_normal_limits"].label


def test_only_codes_that_were_looked_up_go_out(made: Json) -> None:
    known = reference()
    motions = {
        code
        for motion in known.motions.values()
        if motion.loinc and motion.loinc.confirmed and motion.loinc.source_status == "looked_up"
        for code in (
            motion.loinc.active_left, motion.loinc.active_right, motion.loinc.passive_left, motion.loinc.passive_right,
        )
    }  # fmt: skip
    regions = {one.snomed for one in known.regions.values() if one.source_status == "looked_up"}
    allowed: dict[str, set[str]] = {
        "http://loinc.org": {code for code, one in known.loinc.items() if is_trusted(one)}
        | {code for code in motions if code},
        "http://snomed.info/sct": {code for code, one in known.snomed.items() if is_trusted(one)}
        | {code for code in regions if code},
        "http://unitsofmeasure.org": set(known.ucum),
    }
    sent: dict[str, set[str]] = {system: set() for system in allowed}
    for one in codings(made):
        if one["system"] in allowed:
            sent[one["system"]].add(one["code"])
    for system, codes in sent.items():
        assert codes
        assert codes <= allowed[system], system
    # The side of the hip's codes was inferred, and a cervical thrust's code was not looked up.
    assert "41319-5" not in sent["http://loinc.org"]
    assert "41295-7" in sent["http://loinc.org"]


def test_words_stand_beside_every_code(made: Json) -> None:
    for one in concepts([entry["resource"] for entry in made["entry"]]):
        assert one.get("text") or all(coding.get("display") for coding in one["coding"]), one


def test_no_descriptor_of_a_billing_code_goes_out(made: Json) -> None:
    billed = [one for one in codings(made) if one["system"] == "http://www.ama-assn.org/go/cpt"]
    assert {one["code"] for one in billed} == {"97140"}
    assert not [one for one in billed if "display" in one]


def test_codes_of_snomed_can_be_left_out() -> None:
    without = bundle(record(has_snomed=False))
    assert not [one for one in codings(without) if one["system"] == "http://snomed.info/sct"]
    require_resolved(without)


def test_the_programs_own_system_is_the_one_of_the_reference_data() -> None:
    assert LOCAL in reference().local_code.system


def test_who_signed_stands_with_the_signature_and_the_hash(made: Json) -> None:
    note = named(named("visit", 1), "note")
    signed = by_id(made, named(note, "signed"))
    assert signed["signature"][0]["data"] == "AQEB" * 21 + "AQ=="
    assert signed["extension"][0]["valueString"] == bytes(range(32)).hex()
    assert signed["activity"]["text"] == "Signed as a late entry"
    targets = Counter(one["target"][0]["reference"] for one in resources(made, "Provenance"))
    assert targets[f"urn:uuid:{note}"] == 2  # signed and co-signed
    voided = by_id(made, named(named(named("visit", 4), "note"), "voided"))
    assert voided["activity"]["text"] == "Declared void: Charted twice"


def test_an_addendum_appends_to_its_note(made: Json) -> None:
    added = by_id(made, named("addendum"))
    note = named(named("visit", 1), "note")
    assert added["relatesTo"] == [{"code": "appends", "targetReference": {"reference": f"urn:uuid:{note}"}}]


def test_a_narrative_is_xhtml_with_its_lines(made: Json) -> None:
    note = by_id(made, named(named("visit", 1), "note"))
    assert note["section"][0]["text"]["div"] == (
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>Slept &lt; 4 h &amp; woke.<br/><br/>Twice.</p></div>'
    )


def test_a_step_of_treatment_says_where_and_how(made: Json) -> None:
    done = by_id(made, named(named("visit", 1), "mobilizations", 1))
    assert [place["text"] for place in done["bodySite"]] == ["L4, left", "L5, left"]
    parts = {one["url"].rpartition("/")[2]: one for one in done["extension"]}
    assert parts["grade"]["valueString"] == "maitland III to IV"
    assert parts["set-duration"]["valueQuantity"] == {
        "value": 45, "unit": "second", "system": "http://unitsofmeasure.org", "code": "s",
    }  # fmt: skip
    thrust = by_id(made, named(named("visit", 1), "mobilizations", 2))
    assert {one["url"].rpartition("/")[2]: one for one in thrust["extension"]}["cavitation"][
        "valueBoolean"
    ] is False
    assert "http://snomed.info/sct" not in {one["system"] for one in thrust["code"]["coding"]}


def test_a_service_says_at_what_kind_of_place_and_a_visit_who_else_was_there(made: Json) -> None:
    service = by_id(made, named(named("visit", 1), "services", 4))
    told = {one["url"].rpartition("/")[2]: one.get("valueString") for one in service["extension"]}
    assert told["area-kind"] == "area"
    (present,) = by_id(made, named("visit", 1))["extension"]
    assert present["valueString"] == "A made-up daughter"


def test_what_was_told_to_others_is_a_section_of_the_note(made: Json) -> None:
    sections = by_id(made, named(named("visit", 1), "note"))["section"]
    (told,) = [one for one in sections if one["title"] == "Communication"]
    assert told["code"]["coding"][0]["code"] == "communication"
    assert "<p>Told her.</p>" in told["text"]["div"]


@pytest.mark.parametrize(
    ("times", "days", "count", "unit", "words"),
    [
        (3, 7, 3, "d", "3 times a day, every day"),
        (2, 5, 10, "wk", "twice a day, 5 days a week"),
        (2, None, 2, "d", "twice a day"),
        (None, 5, 5, "wk", "5 days a week"),
        (None, 7, 1, "d", "every day"),
    ],
)
def test_how_often_is_told_whole_in_words_and_counted_as_far_as_it_goes(
    times: int | None, days: int | None, count: int, unit: str, words: str
) -> None:
    row = Exercise(row=6, name="Bridge", place=Place.HOME, times_a_day=times, days_a_week=days)
    one = replace(visit(1, NoteState.DRAFT), exercises=(row,))
    made = bundle(
        record(episodes=(EpisodeData(episode=episode(), sessions=(one,)),), notes={}, signatures={})
    )
    require_valid(made)
    told = by_id(made, named(named("visit", 1), "exercises", 6))["extension"]
    parts = {part["url"].rpartition("/")[2]: part for part in told}
    assert parts["how-often"]["valueTiming"] == {
        "repeat": {"frequency": count, "period": 1, "periodUnit": unit},
        "code": {"text": words},
    }
    charted = {"times-a-day": times, "days-a-week": days}
    for name, value in charted.items():
        assert parts.get(name, {}).get("valueInteger") == value


def test_how_often_is_left_out_where_nobody_said(made: Json) -> None:
    told = by_id(made, named(named("visit", 1), "exercises", 7))["extension"]
    assert not {"how-often", "times-a-day", "days-a-week"} & {one["url"].rpartition("/")[2] for one in told}


def test_a_goal_says_what_became_of_it(made: Json) -> None:
    goals = {one["id"]: one for one in resources(made, "Goal")}
    assert goals[named("g1")]["target"][0]["detailQuantity"]["value"] == 60
    assert goals[named("g2")]["lifecycleStatus"] == "completed"
    assert goals[named("g3")]["lifecycleStatus"] == "cancelled"
    assert goals[named("g4")]["target"][0]["detailQuantity"]["value"] == 0


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (None, "1.5 visits a week for 6 weeks"),
        (1, "once a day, 1.5 visits a week for 6 weeks"),
        (2, "2 times a day, 1.5 visits a week for 6 weeks"),
    ],
)
def test_a_plan_tells_its_amount_where_it_was_said(times: int | None, told: str) -> None:
    own = episode()
    planned = EpisodeData(episode=replace(own, plan=replace(own.plan, times_a_day=times)))
    (plan,) = resources(bundle(record(episodes=(planned,), notes={}, signatures={})), "CarePlan")
    assert plan["activity"][0]["detail"]["description"] == told


def test_answers_that_were_left_out_are_items_without_one(made: Json) -> None:
    answered = by_id(made, named(named("o1"), "answers"))
    assert answered["item"] == [{"linkId": "1", "answer": [{"valueDecimal": 3}]}, {"linkId": "2"}]


def test_who_did_what_is_there_only_where_it_was_given(made: Json) -> None:
    assert len(resources(made, "AuditEvent")) == 3
    assert resources(bundle(record(events=())), "AuditEvent") == []


def _any_record(words: list[str], count: int) -> PatientData:
    first, second, third, fourth = words
    visits = tuple(
        visit(number, NoteState.DRAFT, note=Note(subjective=third, plan=fourth), others_present=second)
        for number in range(1, count + 1)
    )
    return record(
        patient=replace(PATIENT, family_name=first or "X", given_name=second or "Y", address=third),
        episodes=(EpisodeData(episode=episode(title=second, prior_function=fourth), sessions=visits),),
        notes={},
        signatures={},
    )


@settings(max_examples=10, deadline=None)
@given(st.lists(TEXT, min_size=4, max_size=4), st.integers(0, 3))
def test_any_text_and_any_number_of_visits_make_a_bundle_that_holds(words: list[str], count: int) -> None:
    made = json.loads(bundle_bytes(_any_record(words, count)))
    require_resolved(made)
    require_valid(made)
    Bundle.model_validate(made)
    if words[0].isprintable():
        assert resources(made, "Patient")[0]["name"][0]["family"] == (words[0] or "X")
    assert len(resources(made, "Encounter")) == count


def test_three_hundred_visits_make_one_bundle() -> None:
    visits = tuple(visit(number, NoteState.DRAFT) for number in range(1, 301))
    data = record(episodes=(EpisodeData(episode=episode(), sessions=visits),), notes={}, signatures={})
    made = json.loads(bundle_bytes(data))
    require_resolved(made)
    assert len(resources(made, "Encounter")) == 300


def test_a_summer_visit_and_a_winter_visit_have_their_own_offset() -> None:
    visits = (visit(1, service_date=date(2026, 1, 5)), visit(2, service_date=date(2026, 7, 5)))
    made = bundle(
        record(episodes=(EpisodeData(episode=episode(), sessions=visits),), notes={}, signatures={})
    )
    starts = [one["period"]["start"] for one in resources(made, "Encounter")]
    assert starts == ["2026-01-05T09:00:00-05:00", "2026-07-05T09:00:00-04:00"]


def test_letters_that_fhir_does_not_have_become_plain_ones() -> None:
    made = bundle(record(patient=replace(PATIENT, address="1\u00a0Road\u2028Town\x07")))
    assert resources(made, "Patient")[0]["address"] == [{"text": "1 Road\nTown\N{REPLACEMENT CHARACTER}"}]
