"""What may be wrong in the data of treatment, and what is said of it."""

from decimal import Decimal

from tests.unit.clinical.reference_changes import Case, add, set_in

OF_TREATMENT: list[Case] = [
    (
        "an unknown key",
        set_in("levels", "vertebra", "L4", colour="red"),
        "levels: vertebra L4: unknown key 'colour'",
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
        "a word for two levels",
        set_in("levels", "vertebra", "L4", aliases=["L5"]),
        "'l5' means both L4 and L5",
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
    ("an unknown word in a list", set_in("techniques", "technique", "cpa", sides=["top"]), "sides has 'top'"),
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
        "a word for two techniques at one target",
        set_in("techniques", "technique", "rotation", aliases=["SB"]),
        "'sb' means both rotation and lateral_flexion at one target",
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
        "a word for two responses",
        set_in("technique_words", "response", "same", aliases=["Worse"]),
        "'worse' means both same and worse",
    ),
    (
        "an ambiguity that is none",
        set_in("technique_words", "ambiguous_alias", "PA", "alias", alias="QQ"),
        "is not ambiguous",
    ),
    (
        "a strange id",
        add("exercises", "exercise", "bridge", id="a b", aliases=["ab"], label="AB"),
        "an id is letters",
    ),
    (
        "an exercise of an unknown region",
        set_in("exercises", "exercise", "bridge", regions=["x"]),
        "region 'x'",
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
]
