"""What is wrong in the reference data as a whole is told at the start, by file and entry: parts, heads, whole files."""

from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ptnotes.clinical import ReferenceDataError, load_reference, read_documents
from ptnotes.clinical.load import FILES
from tests.unit.clinical.faults_of_measures import OF_MEASURES
from tests.unit.clinical.faults_of_treatment import OF_TREATMENT
from tests.unit.clinical.reference_changes import Case, Documents, entry, faults_of, set_in


@pytest.mark.parametrize("case", [*OF_MEASURES, *OF_TREATMENT], ids=lambda case: case[0])
def test_a_fault_is_told(shipped: Documents, case: Case) -> None:
    _what, change, said = case
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
