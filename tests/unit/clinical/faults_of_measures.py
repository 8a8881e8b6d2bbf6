"""What may be wrong in the data of measurements and screening, and what is said of it."""

from tests.unit.clinical.reference_changes import Case, drop, set_first, set_in, set_mdc

OF_MEASURES: list[Case] = [
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
    (
        "an unknown status",
        set_in("rom", "motion", "hip_flexion", source="x", source_status="sure"),
        "no source status",
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
        "a word for two motions of a region",
        set_in("rom", "motion", "hip_abduction", aliases=["add"]),
        "'add' means both hip_abduction and hip_adduction",
    ),
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
        "a clinician's term that finds nothing",
        set_in("conditions", "condition", "dysfunction", clinician_terms=["crooked"]),
        "conditions: condition dysfunction: clinician's term 'crooked' is not known",
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
]
