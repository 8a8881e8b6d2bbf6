"""Loading the reference data: every file read, every entry typed, everything checked, before anything is used."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, get_args

from ptnotes.clinical import (
    anatomy,
    examination,
    exchange_codes,
    important_change,
    intervention,
    measure,
    motion,
    retention,
    screening,
    technique,
)
from ptnotes.clinical.check import faults_in
from ptnotes.clinical.reference import Reference, shared_sides
from ptnotes.clinical.rows import Document, ReferenceDataError, Row, SourceStatus, entries

Reader = Callable[[Row, int], Any]

# File, list in the file, attribute of Reference, reader. One line for each list that becomes a mapping as it stands.
_LISTS: tuple[tuple[str, str, str, Reader], ...] = (
    ("levels", "region", "regions", anatomy.read_region),
    ("levels", "side", "sides", anatomy.read_side),
    ("technique_words", "direction", "directions", technique.read_direction),
    ("technique_words", "movement", "movements", technique.read_movement),
    ("technique_words", "patient_position", "patient_positions", technique.read_position),
    ("technique_words", "response", "responses", technique.read_response),
    ("technique_words", "dosage_field", "dosage_fields", technique.read_dosage_field),
    ("technique_words", "documentation_field", "documentation_fields", technique.read_documentation_field),
    (
        "technique_words",
        "documentation_sentence",
        "documentation_sentences",
        technique.read_documentation_sentence,
    ),
    ("technique_words", "billing_note_minimum", "note_minimums", technique.read_note_minimum),
    ("technique_words", "ambiguous_alias", "ambiguous_aliases", technique.read_ambiguous_alias),
    ("rom", "motion", "motions", motion.read_motion),
    ("rom_words", "method", "methods", motion.read_method),
    ("rom_words", "test_position", "test_positions", motion.read_test_position),
    ("rom_words", "rom_word", "rom_words", motion.read_rom_word),
    ("examination", "strength", "strength_grades", examination.read_strength_grade),
    ("examination", "end_feel", "end_feels", examination.read_end_feel),
    ("examination", "segment_mobility", "segment_mobility", examination.read_segment_mobility),
    ("examination", "reflex_grade", "reflex_grades", examination.read_reflex_grade),
    ("examination", "reflex_site", "reflex_sites", examination.read_reflex_site),
    ("examination", "myotome", "myotomes", examination.read_myotome),
    ("examination", "dermatome", "dermatomes", examination.read_dermatome),
    (
        "examination",
        "upper_motor_neuron_sign",
        "upper_motor_neuron_signs",
        examination.read_upper_motor_neuron_sign,
    ),
    ("examination", "finding_note", "finding_notes", examination.read_finding_note),
    ("outcome_measures", "measure", "measures", measure.read_measure),
    (
        "outcome_measures",
        "important_change",
        "important_changes",
        important_change.read_important_change,
    ),
    ("outcome_measures", "body_chart", "body_chart", measure.read_body_chart_symbol),
    ("contraindications", "action", "actions", screening.read_action),
    ("contraindications", "interval", "screening_intervals", screening.read_screening_interval),
    ("contraindications", "no_contraindication", "no_contraindications", screening.read_no_contraindication),
    ("contraindications", "framework", "frameworks", screening.read_framework),
    ("contraindications", "five_d_three_n", "vascular_symptoms", screening.read_vascular_symptom),
    ("conditions", "condition", "conditions", screening.read_condition),
    ("conditions", "not_billable", "not_billable", screening.read_not_billable),
    ("interventions", "intervention", "interventions", intervention.read_intervention),
    ("interventions", "modifier", "modifiers", intervention.read_billing_modifier),
    ("interventions", "cms_table", "cms_units", intervention.read_cms_units),
    ("interventions", "example", "unit_examples", intervention.read_unit_example),
    ("exercises", "exercise", "exercises", intervention.read_exercise),
    ("codes", "loinc", "loinc", exchange_codes.read_exchange_code),
    ("codes", "loinc_answer", "loinc_answers", exchange_codes.read_loinc_answer),
    ("codes", "snomed", "snomed", exchange_codes.read_exchange_code),
    ("codes", "ucum", "ucum", exchange_codes.read_exchange_code),
    ("codes", "fhir_map", "fhir_mappings", exchange_codes.read_fhir_mapping),
    ("codes", "pacio_pfe", "pacio_profiles", exchange_codes.read_pacio_profile),
    ("records", "retention_rule", "retention_rules", retention.read_retention_rule),
)

# What `_read_all` reads besides the lists above.
_OTHER_PARTS = {
    "levels": {"vertebra", "segment", "joint", "rule"},
    "soft_tissue": {"muscle", "nerve"},
    "techniques": {"technique"},
    "areas": {"area"},
    "grades": {"grade", "modifier", "rule", "erratum"},
    "rom": {"rule"},
    "outcome_measures": {"rule"},
    "contraindications": {"class_values", "item", "rule"},
    "conditions": {"rule"},
    "interventions": {"rule_cms", "rule_ama", "rule", "erratum"},
    "codes": {"local_code", "rule"},
}

FILES = tuple(dict.fromkeys([name for name, *_ in _LISTS] + list(_OTHER_PARTS)))
"""The files of the reference data, without their ending."""

_META_KEYS = {"schema_version", "compiled", "language", "source_status_values"}
_NOTICES = {"cpt_notice", "loinc_notice", "icd10cm_release"}


def load_reference(documents: Mapping[str, Document] | None = None) -> Reference:
    """Load and check the whole reference data; the caller keeps the result.

    `documents` are parsed files by name without ending, with numbers as int or Decimal, as `read_documents` gives
    them; left out, the shipped ones are read. Raises ReferenceDataError with every fault found.
    """
    given = read_documents() if documents is None else documents
    faults: list[str] = []
    parts = _read_all(given, faults)
    if faults:
        # Checks between entries would only repeat what is wrong with the entries.
        raise ReferenceDataError(tuple(faults))
    reference = Reference(version=_version(given), **parts)
    faults.extend(faults_in(reference))
    if faults:
        raise ReferenceDataError(tuple(faults))
    return reference


def read_documents(folder: Traversable | None = None) -> dict[str, Document]:
    """Parse the files of the reference data, the shipped ones unless a folder is given.

    Raises ReferenceDataError when a file is missing or is not TOML.
    """
    source = files("ptnotes.resources") / "clinical" if folder is None else folder
    found: dict[str, Document] = {}
    faults = []
    for name in FILES:
        try:
            text = (source / f"{name}.toml").read_text(encoding="utf-8")
            found[name] = tomllib.loads(text, parse_float=Decimal)
        except FileNotFoundError:
            faults.append(f"{name}: the file is missing")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise ReferenceDataError(tuple(faults))
    return found


def _version(documents: Mapping[str, Document]) -> str:
    # repr keeps order, types and the digits of a Decimal, and is several times as fast as JSON.
    digest = hashlib.sha256(repr([(name, documents[name]) for name in FILES]).encode()).hexdigest()
    return f"{documents['levels']['meta']['schema_version']}+{digest[:12]}"


def _read_all(documents: Mapping[str, Document], faults: list[str]) -> dict[str, Any]:
    faults.extend(f"{name}: the file is missing" for name in FILES if name not in documents)
    faults.extend(f"{name}: an unknown file" for name in documents if name not in FILES)
    if faults:
        return {}
    parts: dict[str, Any] = {
        attribute: _mapping(documents[file], list_name, file, reader, faults)
        for file, list_name, attribute, reader in _LISTS
    }
    parts["targets"] = _targets(documents, parts["regions"], faults)
    parts["grades"] = _grades(documents["grades"], faults)
    groups = _region_groups(parts["regions"])
    parts["techniques"] = _mapping(
        documents["techniques"],
        "technique",
        "techniques",
        lambda row, order: technique.read_technique(row, order, groups),
        faults,
    )
    parts["areas"] = _mapping(
        documents["areas"],
        "area",
        "areas",
        lambda row, order: intervention.read_area(row, order, groups),
        faults,
    )
    parts["screening_items"] = _mapping(
        documents["contraindications"],
        "item",
        "contraindications",
        lambda row, order: screening.read_screening_item(row, order, groups),
        faults,
    )
    parts["unit_rules"] = MappingProxyType(
        {
            rule: _single(documents["interventions"], f"rule_{rule}", intervention.read_unit_rule, faults)
            for rule in ("cms", "ama")
        }
    )
    parts["local_code"] = _single(documents["codes"], "local_code", exchange_codes.read_local_code, faults)
    parts["rules"] = _gathered(documents, "rule", exchange_codes.read_rule, faults, prefixed=True)
    parts["errata"] = _gathered(documents, "erratum", exchange_codes.read_erratum, faults, prefixed=False)
    parts["notices"] = _notices(documents, faults)
    _check_parts(documents, faults)
    if not faults:
        parts["_techniques_at"] = _techniques_at(parts["techniques"], parts["targets"])
    return parts


def _techniques_at(
    techniques: Mapping[str, technique.Technique], targets: Mapping[str, anatomy.Target]
) -> Mapping[str, tuple[technique.Technique, ...]]:
    by_kind: dict[str, list[technique.Technique]] = {kind: [] for kind in anatomy.TARGET_KINDS}
    for each in techniques.values():
        for kind in each.target_kinds:
            by_kind[kind].append(each)
    return MappingProxyType(
        {
            target.id: tuple(each for each in by_kind[target.kind] if shared_sides(each, target))
            for target in targets.values()
        }
    )


def _region_groups(regions: Mapping[str, anatomy.Region]) -> Mapping[str, tuple[str, ...]]:
    """What `all`, `spine` and `peripheral` stand for in a list of regions; a region's parent's parent counts too."""
    groups: dict[str, list[str]] = {"spine": [], "peripheral": []}
    for region in regions.values():
        parent = regions.get(region.parent)
        group = region.parent if parent is None else parent.parent
        groups.setdefault(group, []).append(region.id)
    return {
        "all": tuple(regions),
        "spine": tuple(groups["spine"]),
        "peripheral": tuple(groups["peripheral"]),
    }


def _key(entry: Any) -> Any:
    for attribute in ("id", "units", "alias", "code"):
        if hasattr(entry, attribute):
            return getattr(entry, attribute)
    raise TypeError(entry)


def _add(found: dict[Any, Any], key: Any, entry: Any, row: Row) -> None:
    row.done()
    if key in found:
        row.fault(f"{key!r} is there twice")
    found[key] = entry


def _mapping(
    document: Document, list_name: str, file: str, reader: Reader, faults: list[str]
) -> Mapping[Any, Any]:
    found: dict[Any, Any] = {}
    for order, row in enumerate(entries(document, list_name, file, faults), start=1):
        entry = reader(row, order)
        _add(found, _key(entry), entry, row)
    return MappingProxyType(found)


def _targets(
    documents: Mapping[str, Document], regions: Mapping[str, anatomy.Region], faults: list[str]
) -> Mapping[str, anatomy.Target]:
    found: dict[Any, Any] = {}
    order = 0
    for file, list_name, reader in (
        ("levels", "vertebra", anatomy.read_vertebra),
        ("levels", "segment", anatomy.read_segment),
        ("levels", "joint", anatomy.read_joint),
        ("soft_tissue", "muscle", anatomy.read_joint),
        ("soft_tissue", "nerve", anatomy.read_joint),
    ):
        for row in entries(documents[file], list_name, file, faults):
            order += 1
            target = reader(row, order)
            _add(found, target.id, target, row)
    for region in regions.values():
        order += 1
        if region.id in found:
            faults.append(f"levels: region {region.id}: also the id of another target")
        found[region.id] = anatomy.region_as_target(region, order)
    return MappingProxyType(found)


def _grades(document: Document, faults: list[str]) -> Mapping[str, technique.Grade]:
    """Grades and modifiers as one list by code, from the gentlest to the strongest of each system."""
    bases: dict[str, technique.Grade] = {}
    for order, row in enumerate(entries(document, "grade", "grades", faults), start=1):
        grade = technique.read_grade(row, order)
        _add(bases, grade.code, grade, row)
    with_modifier: dict[str, technique.Grade] = {}
    for row in entries(document, "modifier", "grades", faults):
        modified = technique.read_modifier(row, bases)
        row.done()
        if modified is not None:
            _add(with_modifier, modified.code, modified, row)
    strength = ["--", "-", "", "+", "++"]
    ordered = sorted(
        [*bases.values(), *with_modifier.values()],
        key=lambda g: (bases[g.base].order, strength.index(g.modifier) if g.modifier in strength else 9),
    )
    return MappingProxyType({g.code: technique.placed(g, i) for i, g in enumerate(ordered, start=1)})


def _single(document: Document, name: str, reader: Callable[[Row], Any], faults: list[str]) -> Any:
    row = Row(document.get(name, {}), name, faults)
    found = reader(row)
    row.done()
    return found


def _gathered(
    documents: Mapping[str, Document], list_name: str, reader: Reader, faults: list[str], *, prefixed: bool
) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for file in FILES:
        if list_name in documents[file]:
            for row in entries(documents[file], list_name, file, faults):
                entry = reader(row, len(found) + 1)
                _add(found, f"{file}.{entry.id}" if prefixed else entry.id, entry, row)
    return MappingProxyType(found)


def _notices(documents: Mapping[str, Document], faults: list[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for file in FILES:
        meta = documents[file].get("meta", {})
        for key, value in meta.items():
            if key in _NOTICES:
                found[key] = value
            elif key not in _META_KEYS:
                faults.append(f"{file}: meta: unknown key {key!r}")
        if tuple(meta.get("source_status_values", ())) != get_args(SourceStatus):
            faults.append(f"{file}: meta: source_status_values are not the ones that the program knows")
        if meta.get("schema_version") != documents["levels"].get("meta", {}).get("schema_version"):
            faults.append(f"{file}: meta: schema_version differs from the other files")
    return MappingProxyType(found)


def _check_parts(documents: Mapping[str, Document], faults: list[str]) -> None:
    """No part of a file is left unread, and no defaults are for a list that is not there."""
    for file in FILES:
        known = {list_name for name, list_name, *_ in _LISTS if name == file} | _OTHER_PARTS.get(file, set())
        unknown = set(documents[file]) - known - {"meta", "defaults"}
        faults.extend(f"{file}: unknown part {part!r}" for part in sorted(unknown))
        unused = set(documents[file].get("defaults", {})) - known
        faults.extend(f"{file}: defaults for {name!r}, which is not there" for name in sorted(unused))
    classes = tuple(documents["contraindications"].get("class_values", ()))
    if classes != screening.SCREENING_CLASSES:
        faults.append("contraindications: class_values are not the ones that the program knows")
