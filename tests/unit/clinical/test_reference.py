"""The shipped reference data, and what screens and rules ask of it."""

import json
from dataclasses import FrozenInstanceError
from decimal import Decimal
from importlib.resources import files
from itertools import product

import pytest

from ptnotes.clinical import Reference, load_reference


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


def test_every_technique_can_be_charted_at_every_target_where_it_is_offered(reference: Reference) -> None:
    charted = 0
    for target_id in reference.targets:
        for technique in reference.techniques_at(target_id):
            sides = reference.sides_at(technique.id, target_id)
            assert sides, (technique.id, target_id)
            assert set(sides) <= set(technique.sides) & set(reference.targets[target_id].sides)
            assert reference.targets[target_id] in reference.targets_of(technique.id)
            charted += len(sides)
    assert charted > 1000


def test_every_technique_is_offered_somewhere(reference: Reference) -> None:
    assert [t for t in reference.techniques if not reference.targets_of(t)] == []


def test_a_technique_is_nowhere_charted_on_a_side_that_it_does_not_have(reference: Reference) -> None:
    for technique, target in product(reference.techniques.values(), reference.targets.values()):
        if technique not in reference.techniques_at(target.id):
            assert reference.sides_at(technique.id, target.id) == ()


def test_a_technique_that_needs_a_grade_has_grades_to_choose_from(reference: Reference) -> None:
    for technique in reference.techniques.values():
        grades = reference.grades_of(technique.id)
        assert bool(grades) == bool(technique.grades_allowed)
        assert grades or not technique.grade_required
        assert all(grade.thrust == technique.thrust for grade in grades)


def test_only_grade_v_is_a_thrust(reference: Reference) -> None:
    assert [code for code, grade in reference.grades.items() if grade.thrust] == ["V"]
    assert reference.grades["IV"].patient_can_stop
    assert not reference.grades["IV++"].thrust
    assert {t.id for t in reference.techniques.values() if t.thrust} == {"hvlat_spine", "hvlat_peripheral"}


def test_modifiers_stand_between_their_grades_and_those_of_one_and_two_are_off(reference: Reference) -> None:
    assert [g.code for g in reference.grades_of("cpa")] == [
        "I", "II", "III--", "III-", "III", "III+", "III++", "IV--", "IV-", "IV", "IV+", "IV++",
    ]  # fmt: skip
    assert not reference.grades["II+"].enabled_by_default
    assert reference.grades["III+"].r1_r2_fraction == Decimal("0.75")
    assert "grade 3+" in reference.grades["III+"].aliases
    assert reference.grades["III+"].label == "Grade III+"


def test_kaltenborn_grades_are_a_system_of_their_own(reference: Reference) -> None:
    assert {g.code for g in reference.grades.values() if g.system == "kaltenborn"} == {"K-I", "K-II", "K-III"}
    assert [g.code for g in reference.grades_of("gh_inferior")][-3:] == ["K-I", "K-II", "K-III"]


def test_nothing_of_the_collected_data_is_lost(reference: Reference) -> None:
    kinds = [t.kind for t in reference.targets.values()]
    assert kinds.count("vertebra") == 27
    assert kinds.count("segment") == 25
    assert kinds.count("rib") == 12
    assert len(reference.techniques) >= 43
    assert len(reference.motions) >= 41
    assert len(reference.screening_items) == 54
    assert len(reference.conditions) == 39
    assert sum(len(c.codes) for c in reference.conditions.values()) == 312
    assert sum(i.code is not None for i in reference.interventions.values()) == 27
    assert len(reference.measures) == 10
    assert len(reference.loinc) == 53
    assert len(reference.snomed) == 22
    assert sum(len(m.mdc) for m in reference.motions.values()) == 54
    assert len(reference.errata) == 7


def test_every_entry_says_where_it_is_from_and_how_sure_it_is(reference: Reference) -> None:
    for name in ("targets", "techniques", "grades", "motions", "methods", "rom_words", "measures", "conditions",
                 "screening_items", "interventions", "exercises", "responses", "patient_positions"):  # fmt: skip
        for entry in getattr(reference, name).values():
            assert entry.source
            assert entry.source_status in {"looked_up", "partial", "textbook", "derived", "engineering"}


def test_every_level_technique_motion_method_position_and_response_has_aliases(reference: Reference) -> None:
    for name in ("regions", "targets", "techniques", "motions", "methods", "patient_positions", "responses"):
        assert [e.id for e in getattr(reference, name).values() if not e.aliases] == []


def test_the_reference_cannot_be_changed(reference: Reference) -> None:
    with pytest.raises(FrozenInstanceError):
        reference.motions["lumbar_flexion"].normal_ama = Decimal(1)  # type: ignore[misc]  # it must not be possible
    with pytest.raises(TypeError):
        reference.motions["lumbar_flexion"] = reference.motions["hip_flexion"]  # type: ignore[index]  # likewise


def test_the_version_is_the_same_for_the_same_data(reference: Reference) -> None:
    assert reference.version == load_reference().version
    assert reference.version.startswith("1.0+")


def test_a_segment_lies_between_two_neighbours_in_either_order(reference: Reference) -> None:
    for one, other in (("L5", "S1"), ("S1", "L5")):
        found = reference.segment_between(one, other)
        assert found is not None
        assert found.id == "L5-S1"
    assert reference.segment_between("L3", "L5") is None


def test_a_span_of_vertebrae_is_told_from_head_to_tail(reference: Reference) -> None:
    assert [t.id for t in reference.vertebrae_between("T1", "C6")] == ["C6", "C7", "T1"]
    assert [t.id for t in reference.vertebrae_between("L4", "L4")] == ["L4"]
    with pytest.raises(KeyError):
        reference.vertebrae_between("C9", "L4")


@pytest.mark.parametrize(
    ("region", "first", "also"),
    [
        ("cervical_upper", "cervical", "cervical_rotation"),
        ("lumbosacral", "lumbar", "lumbar_flexion"),
        ("sacroiliac", "lumbar", "hip_internal_rotation"),
        ("rib", "thoracic", "thoracic_rotation"),
    ],
)
def test_a_region_shows_the_motions_that_are_measured_when_it_is_treated(
    reference: Reference, region: str, first: str, also: str
) -> None:
    motions = reference.motions_in(region)
    assert first in {m.region for m in motions}
    assert also in {m.id for m in motions}
    assert len({m.id for m in motions}) == len(motions)


def test_every_region_has_motions(reference: Reference) -> None:
    assert [r for r in reference.regions if not reference.motions_in(r)] == []


def test_a_junction_vertebra_is_treated_with_the_techniques_of_both_regions(reference: Reference) -> None:
    assert "reverse_nag" in {t.id for t in reference.techniques_at("C7")}
    assert "cpa" in {t.id for t in reference.techniques_at("S1")}
    assert "ap_cervical" in {t.id for t in reference.techniques_at("C2")}
    assert "ap_cervical" not in {t.id for t in reference.techniques_at("T6")}


def test_a_joint_technique_is_offered_at_its_joint_only(reference: Reference) -> None:
    assert [t.id for t in reference.targets_of("tc_ap")] == ["TC"]
    assert "gh_inferior" not in {t.id for t in reference.techniques_at("HIP")}


@pytest.mark.parametrize(
    ("kind", "text", "first"),
    [
        ("techniques", "upa", "upa"),
        ("techniques", "PACVP", "cpa"),
        ("targets", "C5/6", "C5-C6"),
        ("targets", "c5-6", "C5-C6"),
        ("targets", "atlas", "C1"),
        ("targets", "SI joint", "SIJ"),
        ("regions", "lower back", "lumbar"),
        ("regions", "pelvis", "sacroiliac"),
        ("regions", "MID-BACK", "thoracic"),
        ("motions", "lumbar fl", "lumbar_flexion"),
        ("motions", "FTF", "fingertip_to_floor"),
        ("motions", "Lasegue", "straight_leg_raise"),
        ("methods", "gonio", "goniometer"),
        ("patient_positions", "sup", "supine"),
        ("responses", "tolerated well", "no_adverse_response"),
        ("interventions", "97140", "cpt_97140"),
        ("interventions", "TE", "cpt_97110"),
        ("interventions", "dry needling", "cpt_20560"),
        ("conditions", "M54.50", "low_back_pain"),
        ("conditions", "pinched nerve", "radiculopathy"),
        ("conditions", "vertebral subluxation", "dysfunction"),
        ("exercises", "bridg", "bridge"),
        ("rom_words", "wnl", "within_normal_limits"),
        ("rom_words", "mod loss", "moderate_loss"),
        ("measures", "oswestry", "odi"),
        ("screening_items", "aneurysm", "aortic_aneurysm"),
    ],
)
def test_what_a_therapist_types_finds_the_entry(
    reference: Reference, kind: str, text: str, first: str
) -> None:
    assert reference.find(kind, text)[0].id == first


def test_an_empty_text_finds_everything_in_display_order(reference: Reference) -> None:
    assert [r.id for r in reference.find("responses", " ")] == list(reference.responses)


def test_what_is_not_there_is_not_found_and_an_unknown_kind_is_an_error(reference: Reference) -> None:
    assert reference.find("techniques", "zzz") == ()
    for kind in ("nonsense", "version", "_searchable"):
        with pytest.raises(KeyError):
            reference.find(kind, "x")


def test_a_published_error_is_used_only_for_what_was_measured(reference: Reference) -> None:
    knee = {row.method_text: row for row in reference.motions["knee_flexion"].mdc}
    assert knee["long-arm goniometer"].methods == ("goniometer_long_arm",)
    assert knee["goniometer"].methods == ("goniometer",)
    shoulder = reference.motions["shoulder_abduction"].mdc
    assert [row.usable for row in shoulder] == [True, False, False]
    assert shoulder[0].mode == "active"
    hip = reference.motions["hip_flexion"].mdc
    assert {row.mode for row in hip} == {"passive"}
    lumbar = reference.motions["lumbar_flexion"].mdc[0]
    assert lumbar.value == Decimal(9)
    assert lumbar.rater == "interrater"
    assert "smartphone" not in lumbar.methods


def test_no_placeholder_stands_in_for_a_published_error(reference: Reference) -> None:
    for motion in reference.motions.values():
        assert motion.no_published_mdc == (not motion.mdc)


def test_a_tape_is_not_offered_for_a_motion_in_degrees(reference: Reference) -> None:
    for motion in reference.motions.values():
        units = {reference.methods[method].unit for method in motion.methods}
        assert units <= {motion.unit, "word"}
        assert motion.default_method == motion.methods[0]


def test_landmarks_are_offered_only_where_they_make_sense(reference: Reference) -> None:
    flexion = {w.id for w in reference.words_for("lumbar_flexion")}
    assert {"within_normal_limits", "reach_toes"} <= flexion
    assert "reach_toes" not in {w.id for w in reference.words_for("cervical_flexion")}


def test_a_motions_own_test_positions_come_first(reference: Reference) -> None:
    found = [p.id for p in reference.test_positions_for("hip_internal_rotation")]
    assert found[:2] == ["hip_90_seated", "hip_neutral_prone"]
    assert "arm_at_side" not in found


def test_the_worked_examples_of_unit_counting_follow_their_rules(reference: Reference) -> None:
    for example in reference.unit_examples.values():
        assert example.cms_units == (0 if example.total < 8 else (example.total + 7) // 15)
        assert example.ama_units == sum((m + 7) // 15 for m in example.minutes.values())
    for line in reference.cms_units.values():
        for minutes in (line.min_minutes, line.max_minutes):
            assert (minutes + 7) // 15 == line.units


def test_totals_only_where_the_text_is_not_ours(reference: Reference) -> None:
    assert {m.id for m in reference.measures.values() if m.total_only} == {
        "odi", "ndi", "quickdash", "lefs", "koos",
    }  # fmt: skip


def test_the_spine_of_the_screen_is_every_spinal_region(reference: Reference) -> None:
    regions = reference.screening_items["myelopathy"].regions
    assert "cervical_upper" in regions
    assert "rib" in regions
    assert "hip" not in regions


def test_refused_codes_are_not_offered(reference: Reference) -> None:
    offered = {code.code for condition in reference.conditions.values() for code in condition.codes}
    assert offered.isdisjoint(reference.not_billable)
    assert "M54.5" in reference.not_billable


def test_the_notices_of_the_owners_of_codes_are_kept(reference: Reference) -> None:
    assert set(reference.notices) == {"cpt_notice", "loinc_notice", "icd10cm_release"}
    assert "American Medical Association" in reference.notices["cpt_notice"]


def test_no_number_of_the_data_is_a_float() -> None:
    def floats(value: object) -> bool:
        if isinstance(value, dict):
            return any(floats(v) for v in value.values())
        if isinstance(value, list):
            return any(floats(v) for v in value)
        return isinstance(value, float)

    from ptnotes.clinical import read_documents

    assert not any(floats(document) for document in read_documents().values())


def test_the_files_are_found_as_package_data() -> None:
    folder = files("ptnotes.resources") / "clinical"
    assert (folder / "levels.toml").is_file()
    assert json.dumps(sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml")))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("regions", ("neck", "upper back", "mid-back", "lower back", "pelvis", "shoulder", "hip", "knee",
                     "wrist and hand", "forearm", "foot", "jaw")),
        ("techniques", ("tool-assisted spinal mobilization", "soft-tissue mobilization", "thrust", "stretching",
                        "dry needling", "laser therapy", "aquatic therapy", "negative-pressure massage",
                        "vacuum massage", "shockwave therapy", "exercise for strength", "cupping", "muscle energy",
                        "neural mobilization", "first rib caudal glide", "up-glide", "down-glide", "sacral mob",
                        "coccyx", "subtalar glide", "nerve flossing", "IASTM")),
        ("conditions", ("arthritis", "osteoarthritis", "auto injury", "compression fracture",
                        "degenerative disc disease", "herniated disc", "kyphosis", "myelopathy", "pinched nerve",
                        "sciatica", "scoliosis", "spinal stenosis", "spondylolisthesis", "spondylolysis",
                        "sports-related injury", "strained muscle", "strained tendon", "trauma", "whiplash",
                        "spinal misalignment", "vertebral subluxation", "poor posture", "acute back pain",
                        "chronic back pain", "after surgery", "tennis elbow", "wrist stiffness", "ankle pain",
                        "TMJ pain", "trouble walking")),
        ("screening_items", ("abdominal aortic aneurysm", "radiographic contraindication",
                             "major neurological findings")),
        ("interventions", ("laser", "shockwave", "aquatic", "negative-pressure", "dry needling", "stretching")),
        ("motions", ("knee to wall", "hand behind back", "mouth opening", "flexion-rotation test", "HBB", "FRT")),
        ("targets", ("piriformis", "median nerve", "first rib", "subtalar", "TMJ", "Achilles", "QL")),
    ],
)  # fmt: skip
def test_the_words_that_the_product_must_know_are_found(
    reference: Reference, kind: str, words: tuple[str, ...]
) -> None:
    assert [word for word in words if not reference.find(kind, word)] == []


def test_more_than_joints_is_charted_with_or_without_a_grade(reference: Reference) -> None:
    assert "neural_slider" in {t.id for t in reference.techniques_at("n_sciatic")}
    assert "dry_needling" in {t.id for t in reference.techniques_at("m_piriformis")}
    assert "dry_needling" not in {t.id for t in reference.techniques_at("L4")}
    assert "muscle_energy" in {t.id for t in reference.techniques_at("PS")}
    assert not reference.techniques["soft_tissue"].grade_required
    assert reference.grades_of("soft_tissue")
    assert reference.grades_of("dry_needling") == ()


def test_the_regions_that_were_added_are_screened_like_their_neighbours(reference: Reference) -> None:
    peripheral = {r.id for r in reference.regions.values() if r.parent == "peripheral"}
    assert {"forearm", "wrist_hand", "foot", "jaw"} <= peripheral
    for item in ("joint_effusion", "joint_replacement", "unhealed_fracture_per"):
        assert set(reference.screening_items[item].regions) == peripheral
    assert "foot" in reference.screening_items["dvt"].regions


def test_a_hand_behind_the_back_is_charted_as_a_level(reference: Reference) -> None:
    words = reference.words_for("hand_behind_back")
    levels = [w.label for w in words if w.kind == "landmark"]
    assert levels[0] == "Lateral thigh"
    assert levels[-1] == "T1"
    assert len(levels) == 21
    assert reference.motions["hand_behind_back"].default_method == "palpation"


def test_no_normal_value_is_given_where_none_was_looked_up(reference: Reference) -> None:
    for motion_id in ("knee_to_wall", "mouth_opening", "flexion_rotation_test", "hand_behind_back"):
        motion = reference.motions[motion_id]
        assert (motion.normal_aaos, motion.normal_ama, motion.normal_low, motion.normal_high) == (None,) * 4
        assert motion.no_published_mdc
