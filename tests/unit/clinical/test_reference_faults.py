"""What is wrong in the reference data is told at the start: each fault of a changed copy, by file and entry."""

from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ptnotes.clinical import ReferenceDataError, load_reference, read_documents
from ptnotes.clinical.load import FILES

Documents = dict[str, Any]


@pytest.fixture(scope="module")
def shipped() -> Documents:
    return dict(read_documents())


def entry(documents: Documents, file: str, part: str, key: str | int, name: str = "id") -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in documents[file][part] if e[name] == key)
    return found


def faults_of(shipped: Documents, change: Callable[[Documents], None]) -> tuple[str, ...]:
    documents = deepcopy(shipped)
    change(documents)
    with pytest.raises(ReferenceDataError) as caught:
        load_reference(documents)
    return caught.value.faults


def set_in(
    file: str, part: str, key: str | int, name: str = "id", **values: Any
) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        entry(documents, file, part, key, name).update(values)

    return change


def drop(file: str, part: str, key: str, *names: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        for name in names:
            entry(documents, file, part, key).pop(name)

    return change


def add(file: str, part: str, like: str, **values: Any) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        documents[file][part].append({**entry(documents, file, part, like), **values})

    return change


def set_mdc(motion: str, number: int, **values: Any) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        entry(documents, "rom", "motion", motion)["mdc"][number].update(values)

    return change


def set_first(file: str, part: str, key: str, nested: str, **values: Any) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        entry(documents, file, part, key)[nested][0].update(values)

    return change


CASES: list[tuple[str, Callable[[Documents], None], str]] = [
    (
        "an important change of an unknown measure",
        set_in("outcome_measures", "important_change", "odi_low_back", measure="nowhere"),
        "outcome_measures: important_change odi_low_back: measure 'nowhere' is not known",
    ),
    (
        "an important change in an unknown region",
        set_in("outcome_measures", "important_change", "nprs_neck", regions=["elsewhere"]),
        "outcome_measures: important_change nprs_neck: region 'elsewhere' is not known",
    ),
    (
        "an important change for every region and one more",
        set_in("outcome_measures", "important_change", "nprs_general", regions=["all", "knee"]),
        "outcome_measures: important_change nprs_general: region 'all' is not known",
    ),
    (
        "two important changes of a measure in one region",
        set_in("outcome_measures", "important_change", "nprs_neck", regions=["cervical", "lumbar"]),
        "outcome_measures: important_change nprs_neck: nprs_low_back is for the same measure and region",
    ),
    (
        "an important change that the measure cannot show",
        set_in("outcome_measures", "important_change", "ndi_neck", value=51),
        "outcome_measures: important_change ndi_neck: 51 is no change that the measure can show",
    ),
    (
        "an important change of nothing",
        set_in("outcome_measures", "important_change", "ndi_neck", value=0),
        "outcome_measures: important_change ndi_neck: 0 is no change that the measure can show",
    ),
    (
        "an important change without its reason",
        drop("outcome_measures", "important_change", "ndi_neck", "reason"),
        "outcome_measures: important_change ndi_neck: reason is missing",
    ),
    (
        "an interval beyond what may be chosen",
        set_in("contraindications", "interval", "ask_again", days=91),
        "contraindications: interval ask_again: its days are not in order",
    ),
    (
        "an interval that the rules ask for under another name",
        set_in("contraindications", "interval", "ask_again", id="other"),
        "contraindications: interval ask_again is missing",
    ),
    (
        "a clinician's term that finds nothing",
        set_in("conditions", "condition", "dysfunction", clinician_terms=["crooked"]),
        "conditions: condition dysfunction: clinician's term 'crooked' is not known",
    ),
    (
        "an unknown key",
        set_in("levels", "vertebra", "L4", colour="red"),
        "levels: vertebra L4: unknown key 'colour'",
    ),
    ("a missing key", drop("rom", "motion", "hip_flexion", "full_label"), "full_label is missing"),
    ("an empty text", set_in("rom", "motion", "hip_flexion", full_label=""), "full_label is empty"),
    ("a wrong type", set_in("rom", "motion", "hip_flexion", input_min="0"), "input_min has the wrong type"),
    (
        "a truth for a number",
        set_in("rom", "motion", "hip_flexion", input_min=True),
        "input_min has the wrong type",
    ),
    (
        "a repeated item",
        set_in("rom", "motion", "hip_flexion", aliases=["a", "a"]),
        "aliases repeats an item",
    ),
    (
        "an empty item",
        set_in("rom", "motion", "hip_flexion", aliases=[""]),
        "aliases must be a list of texts",
    ),
    ("an unknown word", set_in("rom", "motion", "hip_flexion", better="more"), "better is 'more'"),
    ("an unknown word in a list", set_in("techniques", "technique", "cpa", sides=["top"]), "sides has 'top'"),
    (
        "an unknown status",
        set_in("rom", "motion", "hip_flexion", source="x", source_status="sure"),
        "no source status",
    ),
    (
        "a source without status",
        set_in("levels", "vertebra", "L4", source="a book"),
        "source_status is missing",
    ),
    ("a duplicate id", add("levels", "vertebra", "L4"), "'L4' is there twice"),
    ("a duplicate across kinds", add("levels", "joint", "SIJ", id="L4"), "'L4' is there twice"),
    (
        "a region that is a target",
        add("levels", "joint", "SIJ", id="lumbar"),
        "also the id of another target",
    ),
    (
        "a strange id",
        add("exercises", "exercise", "bridge", id="a b", aliases=["ab"], label="AB"),
        "an id is letters",
    ),
    ("an unknown region", set_in("levels", "vertebra", "L4", region="tail"), "region 'tail' is not known"),
    ("an unknown parent", set_in("levels", "region", "hip", parent="body"), "parent 'body' is not known"),
    (
        "a region without motions",
        set_in("levels", "region", "hip", motions_from=[]),
        "no motion is measured there",
    ),
    (
        "unknown motions of a region",
        set_in("levels", "region", "hip", motions_also=["x"]),
        "motions_also 'x'",
    ),
    ("a target without side", set_in("levels", "vertebra", "L4", sides=[]), "vertebra L4: has no side"),
    ("an unknown side", set_in("levels", "vertebra", "L4", sides=["top"]), "side 'top' is not known"),
    ("a segment of no vertebrae", set_in("levels", "segment", "L4-L5", upper="L9"), "are not both vertebrae"),
    ("a segment of no neighbours", set_in("levels", "segment", "L4-L5", upper="L3"), "are no neighbours"),
    (
        "a misnamed segment",
        set_in("levels", "segment", "L4-L5", id="L4_5", aliases=["x"]),
        "the id is not L4-L5",
    ),
    (
        "a thrust that is not grade V",
        set_in("grades", "grade", "kaltenborn_3", thrust=True),
        "the thrust is grade V",
    ),
    (
        "a grade IV that is a thrust",
        set_in("grades", "grade", "maitland_4", thrust=True),
        "no modifier makes a thrust",
    ),
    (
        "a grade V that is no thrust",
        set_in("grades", "grade", "maitland_5", thrust=False),
        "the thrust is grade V",
    ),
    (
        "a thrust that can be stopped",
        set_in("grades", "grade", "maitland_5", patient_can_stop=True),
        "can stop",
    ),
    (
        "a fraction above one",
        set_in("grades", "modifier", "maitland_iii_p", r1_r2_fraction=Decimal(2)),
        "between 0 and 1",
    ),
    (
        "a modifier of a thrust",
        set_in("grades", "modifier", "maitland_iii_p", base="V", code="V+"),
        "takes no modifier",
    ),
    (
        "a modifier that makes a thrust",
        set_in("grades", "modifier", "maitland_iii_p", thrust=True),
        "no modifier makes",
    ),
    (
        "a modifier of no grade",
        set_in("grades", "modifier", "maitland_iii_p", base="VI"),
        "base is no known grade",
    ),
    ("a misnamed modifier", set_in("grades", "modifier", "maitland_iii_p", code="III*"), "is not III+"),
    (
        "a base restated wrongly",
        set_in("grades", "modifier", "maitland_iii", code="IV"),
        "must agree with its grade",
    ),
    (
        "a technique of grade V without thrust",
        set_in("techniques", "technique", "cpa", grades_allowed=["IV", "V"]),
        "grade V and thrust go together",
    ),
    (
        "a thrust with another grade",
        set_in("techniques", "technique", "hvlat_spine", grades_allowed=["IV", "V"]),
        "a thrust is grade V and no other grade",
    ),
    (
        "a thrust dosed in seconds",
        set_in("techniques", "technique", "hvlat_spine", dosage_mode="oscillatory"),
        "dosed as a single thrust",
    ),
    (
        "a grade required and none allowed",
        set_in("techniques", "technique", "snag", grade_required=True),
        "requires a grade and allows none",
    ),
    (
        "an unknown grade",
        set_in("techniques", "technique", "cpa", grades_allowed=["VI"]),
        "grade 'VI' is not known",
    ),
    (
        "an unknown joint",
        set_in("techniques", "technique", "tc_ap", joints=["TX"]),
        "joint 'TX' is not known",
    ),
    (
        "an unknown position",
        set_in("techniques", "technique", "cpa", patient_positions=["afloat"]),
        "position 'afloat'",
    ),
    (
        "an unknown direction",
        set_in("techniques", "technique", "cpa", directions=["away"]),
        "direction 'away'",
    ),
    (
        "an unknown inclination",
        set_in("techniques", "technique", "cpa", inclinations=["away"]),
        "inclination 'away'",
    ),
    (
        "an unknown pick-list",
        set_in("techniques", "technique", "paivm", result_picklist="x"),
        "pick-list 'x'",
    ),
    (
        "a technique without target",
        set_in("techniques", "technique", "cpa", target_kinds=["rib"]),
        "no target and side",
    ),
    (
        "a technique without side",
        set_in("techniques", "technique", "rib_pa", sides=["midline"]),
        "no target and side",
    ),
    (
        "a movement of an unknown region",
        set_in("technique_words", "movement", "squat", regions=["x"]),
        "region 'x'",
    ),
    (
        "dose bounds out of order",
        set_in("technique_words", "dosage_field", "sets", input_min=11),
        "bounds are not in order",
    ),
    (
        "a studied range out of order",
        set_in("technique_words", "dosage_field", "duration_s", studied_min=500),
        "studied range is not in order",
    ),
    (
        "a typical dose out of bounds",
        set_in("technique_words", "dosage_field", "sets", typical=[99]),
        "typical value",
    ),
    (
        "a motion of an unknown region",
        set_in("rom", "motion", "hip_flexion", region="x"),
        "region 'x' is not known",
    ),
    (
        "an unknown method",
        set_in("rom", "motion", "hip_flexion", methods=["ruler9"]),
        "method 'ruler9' is not known",
    ),
    (
        "a motion without method",
        set_in("rom", "motion", "ankle_eversion", methods=[]),
        "no method measures it",
    ),
    ("a tape for degrees", set_in("rom", "motion", "ankle_eversion", methods=["tape"]), "tape gives cm"),
    ("bounds out of order", set_in("rom", "motion", "hip_flexion", input_min=200), "input_min is not below"),
    (
        "a question beyond the bounds",
        set_in("rom", "motion", "hip_flexion", warn_above=500),
        "warn_above lies outside",
    ),
    (
        "a normal value that is refused",
        set_in("rom", "motion", "hip_flexion", normal_aaos=400),
        "would be refused",
    ),
    (
        "normal values out of order",
        set_in("rom", "motion", "lumbar_flexion", normal_low=70),
        "normal_low is above",
    ),
    (
        "an error and none published",
        set_in("rom", "motion", "hip_flexion", no_published_mdc=True),
        "no_published_mdc must",
    ),
    (
        "no error and none said to be missing",
        set_in("rom", "motion", "ankle_eversion", no_published_mdc=False),
        "no_published_mdc must",
    ),
    ("an error of 0", set_mdc("hip_flexion", 0, value=0), "an error is above 0"),
    ("an error below its range", set_mdc("lumbar_flexion", 0, value_low=20), "value_low is above value"),
    ("an error above its range", set_mdc("shoulder_abduction", 1, value_high=1), "value_high is below value"),
    ("an error of no method", set_mdc("hip_flexion", 0, methods=[]), "applies to no method"),
    (
        "an error of a foreign method",
        set_mdc("hip_flexion", 0, methods=["crom"]),
        "method of the motion 'crom'",
    ),
    ("an unusable error without reason", set_mdc("hip_flexion", 0, usable=False), "an unusable row says why"),
    (
        "a landmark without motion",
        set_in("rom_words", "rom_word", "reach_toes", motions=[]),
        "a landmark, and only",
    ),
    (
        "a word of an unknown motion",
        set_in("rom_words", "rom_word", "reach_toes", motions=["x"]),
        "motion 'x'",
    ),
    (
        "a position of an unknown motion",
        set_in("rom_words", "test_position", "lumbar_locked", motions=["x"]),
        "motion 'x'",
    ),
    (
        "a method of an unknown kind",
        set_in("rom_words", "method", "inclinometer_dual", kind_of="x"),
        "kind_of 'x'",
    ),
    (
        "a measure of an unknown region",
        set_in("outcome_measures", "measure", "odi", regions=["x"]),
        "region 'x'",
    ),
    (
        "a measure with an unknown code",
        set_in("outcome_measures", "measure", "odi", loinc="1-1"),
        "LOINC code '1-1'",
    ),
    ("a score out of order", set_in("outcome_measures", "measure", "odi", score_min=200), "not in order"),
    (
        "items that are not ours",
        set_in("outcome_measures", "measure", "odi", ship_items=True, entry_mode="items"),
        "licence does not allow",
    ),
    (
        "items neither shipped nor totalled",
        set_in("outcome_measures", "measure", "nprs", ship_items=False),
        "the items are shipped, or only a total",
    ),
    (
        "a band outside the score",
        set_first("outcome_measures", "measure", "odi", "bands", min=-5),
        "within the score",
    ),
    ("bands with a gap", set_first("outcome_measures", "measure", "odi", "bands", max=10), "do not meet"),
    (
        "an unknown action",
        set_in("contraindications", "item", "dvt", action="wait"),
        "action 'wait' is not known",
    ),
    (
        "a screen of an unknown region",
        set_in("contraindications", "item", "dvt", regions=["x"]),
        "region 'x'",
    ),
    (
        "a thrust freer than a mobilization",
        set_in("contraindications", "item", "dvt", class_thrust="precaution"),
        "never less restricted",
    ),
    (
        "a code that is not billable",
        set_first("conditions", "condition", "ddd", "code", code="M51.36"),
        "not billable",
    ),
    (
        "a malformed code",
        set_first("conditions", "condition", "ddd", "code", code="M5136"),
        "not formed like",
    ),
    (
        "a code of an unknown region",
        set_first("conditions", "condition", "ddd", "code", region="x"),
        "region 'x'",
    ),
    ("a code of an unknown side", set_first("conditions", "condition", "knee", "code", side="x"), "side 'x'"),
    (
        "a code twice",
        set_first("conditions", "condition", "ddd", "code", code="M51.34"),
        "the same one twice",
    ),
    (
        "a foreign default code",
        set_in("conditions", "condition", "neck_pain", default_code="M54.5"),
        "default_code",
    ),
    (
        "an unknown screening item",
        set_in("conditions", "condition", "ddd", contraindication_ids=["x"]),
        "screening item 'x'",
    ),
    (
        "a flag that asks nothing",
        set_in("conditions", "condition", "kyphosis", screening_flag="precaution", contraindication_ids=[]),
        "opens no screening item",
    ),
    (
        "a code of two interventions",
        add("interventions", "intervention", "cpt_97022", id="x", label="X", short="X", aliases=["x1"]),
        "two interventions have one code",
    ),
    (
        "a timed code without units",
        set_in("interventions", "intervention", "cpt_97140", unit_minutes=0),
        "timed code",
    ),
    (
        "an unknown replacement",
        set_in("interventions", "intervention", "cpt_97014", medicare_replacement="x"),
        "replacement 'x'",
    ),
    (
        "an unknown companion",
        set_in("interventions", "intervention", "cpt_20560", not_with=["x"]),
        "code 'x'",
    ),
    (
        "a gap in the unit table",
        set_in("interventions", "cms_table", 3, "units", min_minutes=40),
        "does not follow the line before",
    ),
    (
        "a unit table that begins late",
        set_in("interventions", "cms_table", 1, "units", min_minutes=9),
        "begins at 8",
    ),
    (
        "a unit line out of order",
        set_in("interventions", "cms_table", 8, "units", max_minutes=1),
        "minutes are not in order",
    ),
    (
        "an example that does not add up",
        set_in("interventions", "example", "eight_only", total=9),
        "add up to the total",
    ),
    (
        "CMS units that do not add up",
        set_in("interventions", "example", "eight_only", cms_units=2),
        "CMS units do not",
    ),
    (
        "AMA units that do not add up",
        set_in("interventions", "example", "eight_only", ama_units=2),
        "AMA units do not",
    ),
    (
        "an example with an unknown code",
        set_in("interventions", "example", "eight_only", minutes={"1": 8}),
        "code '1'",
    ),
    (
        "an example without minutes",
        set_in("interventions", "example", "eight_only", minutes={}),
        "minutes is missing",
    ),
    (
        "an exercise of an unknown region",
        set_in("exercises", "exercise", "bridge", regions=["x"]),
        "region 'x'",
    ),
    (
        "a word for two techniques at one target",
        set_in("techniques", "technique", "rotation", aliases=["SB"]),
        "'sb' means both rotation and lateral_flexion at one target",
    ),
    (
        "a word for two motions of a region",
        set_in("rom", "motion", "hip_abduction", aliases=["add"]),
        "'add' means both hip_abduction and hip_adduction",
    ),
    (
        "a word for two levels",
        set_in("levels", "vertebra", "L4", aliases=["L5"]),
        "'l5' means both L4 and L5",
    ),
    (
        "a word for two responses",
        set_in("technique_words", "response", "same", aliases=["Worse"]),
        "'worse' means both same and worse",
    ),
    (
        "an ambiguity that is none",
        set_in("technique_words", "ambiguous_alias", "PA", "alias", alias="QQ"),
        "is not ambiguous",
    ),
]


@pytest.mark.parametrize(("change", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_fault_is_told(shipped: Documents, change: Callable[[Documents], None], said: str) -> None:
    faults = faults_of(shipped, change)
    assert any(said in fault for fault in faults), faults


def test_every_fault_is_told_at_once_with_its_file_and_entry(shipped: Documents) -> None:
    def change(documents: Documents) -> None:
        set_in("rom", "motion", "hip_flexion", region="x")(documents)
        set_in("contraindications", "item", "dvt", action="wait")(documents)

    assert faults_of(shipped, change) == (
        "rom: motion hip_flexion: region 'x' is not known",
        "contraindications: item dvt: action 'wait' is not known",
    )


def test_a_part_that_nobody_reads_is_a_fault(shipped: Documents) -> None:
    faults = faults_of(shipped, lambda documents: documents["levels"].update(planets=[]))
    assert faults == ("levels: unknown part 'planets'",)


def test_defaults_for_a_part_that_is_not_there_are_a_fault(shipped: Documents) -> None:
    faults = faults_of(shipped, lambda documents: documents["levels"]["defaults"].update(planets={}))
    assert faults == ("levels: defaults for 'planets', which is not there",)


def test_a_part_that_is_empty_is_a_fault(shipped: Documents) -> None:
    faults = faults_of(shipped, lambda documents: documents["exercises"].update(exercise=[]))
    assert faults == ("exercises: no exercise at all",)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("colour", "red", "unknown key 'colour'"),
        ("schema_version", "9", "schema_version differs"),
        ("source_status_values", ["sure"], "source_status_values are not"),
    ],
)
def test_the_head_of_a_file_is_checked(shipped: Documents, key: str, value: Any, said: str) -> None:
    faults = faults_of(shipped, lambda documents: documents["grades"]["meta"].update({key: value}))
    assert any(said in fault for fault in faults)


def test_classes_of_screening_that_the_program_does_not_know_are_a_fault(shipped: Documents) -> None:
    faults = faults_of(
        shipped, lambda documents: documents["contraindications"].update(class_values=["maybe"])
    )
    assert any("class_values" in fault for fault in faults)


def test_a_missing_and_a_foreign_file_are_faults(shipped: Documents) -> None:
    def change(documents: Documents) -> None:
        documents["planets"] = documents.pop("rom")

    assert faults_of(shipped, change) == ("rom: the file is missing", "planets: an unknown file")


def test_a_folder_without_the_files_or_with_broken_ones_is_told(tmp_path: Path) -> None:
    (tmp_path / "rom.toml").write_text("= nothing", encoding="utf-8")
    (tmp_path / "grades.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ReferenceDataError) as caught:
        read_documents(tmp_path)
    assert len(caught.value.faults) == len(FILES)
    assert any(fault.startswith("rom: ") and "missing" not in fault for fault in caught.value.faults)
    assert "levels: the file is missing" in str(caught.value)


def test_a_copy_in_a_folder_reads_like_the_shipped_one(shipped: Documents) -> None:
    assert load_reference(shipped).version == load_reference().version


def test_a_changed_value_changes_the_version(shipped: Documents) -> None:
    documents = deepcopy(shipped)
    entry(documents, "rom", "motion", "hip_flexion")["warn_above"] = 150
    changed = load_reference(documents)
    assert changed.motions["hip_flexion"].warn_above == Decimal(150)
    assert changed.version != load_reference().version
