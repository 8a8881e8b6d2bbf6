"""What every resource of FHIR R4 is made of: names, references, codes, quantities, instants and narratives.

A code is sent only where the reference data have looked it up, and never without words beside it (the reference data's
rule ``codes.fallback``). What has no public code has one of the program's own system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from ptnotes.clinical import Reference, Target
from ptnotes.clinical.exchange_codes import ExchangeCode
from ptnotes.domain.treatment import Side
from ptnotes.exchange.fhir_data import PatientData

Json = dict[str, Any]

LOCAL = "https://example.org/pt/codes"
"""The program's own code system, as the reference data name it: whoever publishes the program puts a URL of theirs."""
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
US_NPI = "http://hl7.org/fhir/sid/us-npi"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_XHTML = "http://www.w3.org/1999/xhtml"
_NAMES = uuid5(NAMESPACE_URL, LOCAL)
_LINE_ENDS = re.compile("[\v\f\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
_SPACES = re.compile("[^\\S \r\n\t\x1c-\x1f]|\N{ZERO WIDTH NO-BREAK SPACE}")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_NUMBERS = frozenset({int, float, bool})
"""What is kept although it may be 0 or false."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UCUM_OF: Mapping[str, str] = {
    "deg": "deg",
    "cm": "cm",
    "mm": "mm",
    "percent": "%",
    "points": "{score}",
    "raw points": "{score}",
    "s": "s",
    "min": "min",
    "Hz": "Hz",
}
"""The program's units as UCUM writes them, where the reference data have the unit."""


def compact(value: Any) -> Any:
    """The value as FHIR has it: without what is empty, and with no letters in a text that FHIR does not allow."""
    # Every value of every bundle comes past here, so it is written to be quick.
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else _allowed(value)
    if isinstance(value, dict):
        kept = {}
        for name, part in value.items():
            made = compact(part)
            if made or made.__class__ in _NUMBERS:
                kept[name] = made
        return kept
    if isinstance(value, (list, tuple)):
        return [made for made in map(compact, value) if made or made.__class__ in _NUMBERS]
    return value


def _allowed(text: str) -> str:
    """A text with plain spaces and line ends, which are all that R4's string has, and without control characters."""
    lines = _LINE_ENDS.sub("\n", text)
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", _SPACES.sub(" ", lines))


def named(*parts: object) -> str:
    """A uuid that is always the same for the same parts."""
    return str(uuid5(_NAMES, "/".join(map(str, parts))))


def ref(uuid: str, display: str = "") -> Json:
    """A reference to a resource of the bundle."""
    return {"reference": f"urn:uuid:{uuid}", "display": display}


def local(kind: str, code: str, words: str = "") -> Json:
    """A code of the program's own."""
    return {"system": f"{LOCAL}/{kind}", "code": code, "display": words}


def structural(system: str, code: str, words: str) -> Json:
    """A concept of one of FHIR's own code systems."""
    return {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code, "display": words}], "text": words}


def concept(words: str, *codings: Json | None) -> Json:
    """Words, and the codes that stand beside them."""
    return {"coding": [one for one in codings if one is not None], "text": words}


def extension(name: str, kind: str, value: Any) -> Json | None:
    """Something that FHIR has no place for; None where there is nothing."""
    if value is None or value == "":
        return None
    return {"url": f"{LOCAL}/extension/{name}", f"value{kind}": value}


def plain(value: Decimal) -> int | float:
    """A decimal as a number of JSON."""
    return int(value) if value == value.to_integral_value() else float(value)


def instant(at: datetime) -> str:
    """An instant in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day_time(on: date, at: time | None, zone: str) -> str:
    """A day, or the instant at which it was that time there."""
    if at is None:
        return on.isoformat()
    return datetime.combine(on, at, ZoneInfo(zone)).isoformat()


def narrative(text: str) -> Json:
    """A text as XHTML, its lines kept. What XML cannot hold is replaced."""
    lines = escape(_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)).splitlines()
    return {"status": "additional", "div": f'<div xmlns="{_XHTML}"><p>{"<br/>".join(lines)}</p></div>'}


def note(text: str) -> list[Json]:
    """A remark; none where there is no text."""
    return [{"text": text}] if text.strip() else []


def is_trusted(code: ExchangeCode | None) -> bool:
    """Whether the reference data have looked a code up, so that it may be sent as it stands."""
    return code is not None and code.source_status == "looked_up" and not code.check_before_use


@dataclass(frozen=True)
class Maker:
    """The patient's data, and the codes and references that resources are made with."""

    data: PatientData

    @property
    def reference(self) -> Reference:
        """The reference data."""
        return self.data.reference

    @cached_property
    def clinic_uuid(self) -> str:
        """The clinic's name for ever: made from that of whoever founded it, who is always the first."""
        first = min(self.data.people)
        return named("clinic", self.data.people[first].uuid)

    @property
    def subject(self) -> Json:
        """The patient."""
        return ref(self.data.patient.uuid, self.data.patient.name)

    @property
    def organization(self) -> Json:
        """The clinic."""
        return ref(self.clinic_uuid, self.data.clinic.name)

    def person(self, person_id: int | None) -> Json | None:
        """Somebody with an account; None where nobody is named."""
        person = self.data.people.get(person_id or 0)
        return None if person is None else ref(person.uuid, person.signature)

    def loinc(self, code: str | None) -> Json | None:
        """A code of LOINC, where it may be sent."""
        known = self.reference.loinc.get(code or "")
        if known is None or not is_trusted(known):
            return None
        return {"system": LOINC, "code": known.code, "display": known.display}

    def snomed(self, code: str | None) -> Json | None:
        """A code of SNOMED CT, where it may be sent."""
        known = self.reference.snomed.get(code or "")
        if not self.data.has_snomed or known is None or not is_trusted(known):
            return None
        return {"system": SNOMED, "code": known.code, "display": known.display}

    def region(self, region_id: str, side: Side | None = None) -> Json:
        """A region of the body."""
        known = self.reference.regions.get(region_id)
        if known is None:
            return concept(region_id)
        coded = None
        if self.data.has_snomed and known.snomed and known.source_status == "looked_up":
            coded = {"system": SNOMED, "code": known.snomed, "display": known.snomed_display}
        words = _with_side(known.label, side)
        return {**concept(words, coded, local("regions", known.id, known.label)), **self.laterality(side)}

    def entry(self, kind: str, key: str | None) -> Json | None:
        """An id of a list of the reference data as a concept; None where there is none, words where it is unknown."""
        if not key:
            return None
        known = getattr(self.reference, kind).get(key)
        if known is None:
            return concept(key)
        label = getattr(known, "full_label", known.label)
        return concept(label, local(kind, key, label))

    def label(self, kind: str, key: str | None) -> str:
        """What an id of a list of the reference data means, the id itself where it is unknown."""
        known = self.entry(kind, key)
        return str(known["text"]) if known else ""

    def place(self, target_id: str, side: Side | None = None) -> Json:
        """A target of treatment, with its side."""
        known: Target | None = self.reference.targets.get(target_id)
        if known is None:
            return concept(target_id)
        if known.kind == "region" and known.id in self.reference.regions:
            return self.region(known.id, side)
        words = _with_side(known.label, side)
        return {**concept(words, local("targets", known.id, known.label)), **self.laterality(side)}

    def laterality(self, side: Side | None) -> Json:
        """A side of the body as an extension of the place that it is of."""
        known = self.reference.sides.get(side.value) if side else None
        if known is None:
            return {}
        coded = concept(known.label, self.snomed(known.snomed), local("sides", known.id, known.label))
        return {"extension": [extension("side", "CodeableConcept", coded)]}

    def quantity(self, value: Decimal | int | None, unit: str) -> Json | None:
        """A number with its unit, coded where the reference data have the unit; None where nothing is recorded."""
        if value is None:
            return None
        made: Json = {"value": plain(Decimal(value)), "unit": "score" if "points" in unit else unit}
        known = self.reference.ucum.get(_UCUM_OF.get(unit, ""))
        # A unit is how it is written, which the text of UCUM is enough for.
        if known is not None and known.source_status in ("looked_up", "textbook"):
            made |= {"unit": known.display, "system": UCUM, "code": known.code}
        return made


def component(code: Json, kind: str, value: Any) -> Json | None:
    """A part of an observation; None where nothing is recorded."""
    return None if value is None else {"code": code, f"value{kind}": value}


def entries(resources: Iterable[Json]) -> list[Json]:
    """Resources as they stand in a bundle, each once."""
    return [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]


def _with_side(words: str, side: Side | None) -> str:
    return words if side is None else f"{words}, {side.value}"
