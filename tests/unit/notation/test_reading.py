"""What the typed line must and must never do."""

import pytest

from ptnotes.clinical import Reference
from ptnotes.notation import Reading, explain, read, reading_data

ISSUE = "L5 upa l III 3x45s ; flex 45>55 ; pain 6>3"
FIELDS = {
    "mobilization": {
        "kind", "levels", "side", "technique", "grade_system", "grade", "grade_to", "sets", "reps", "seconds",
        "rate_hz", "position", "direction", "movement", "attempts", "cavitation", "response",
    },
    "rom": {
        "kind", "motion", "side", "before", "after", "unit", "method", "mode", "word", "pain_before", "pain_after",
        "end_range_pain",
    },
    "pain": {"kind", "what", "side", "before", "after"},
    "minutes": {"kind", "code", "minutes"},
    "exercise": {"kind", "name", "sets", "reps", "seconds", "load"},
    "text": {"kind", "section", "text"},
}  # fmt: skip


def test_an_entry_has_the_fields_of_its_kind_and_unknown_ones_are_null(reference: Reference) -> None:
    data = reading_data(read(reference, f"{ISSUE} ; mt 23 ; bridge 3x10 ; s: slept well", "lumbar"))
    assert {entry["kind"]: set(entry) for entry in data["entries"]} == FIELDS
    mobilization = data["entries"][0]
    assert mobilization["levels"] == ["L5"]
    assert mobilization["grade_to"] is None
    assert data["entries"][1]["before"] == 45
    assert data["problems"] == []


def test_own_words_add_a_field_rather_than_being_lost(reference: Reference) -> None:
    (entry,) = reading_data(read(reference, "R GHJ inf glide III 3x30s @ 90 abd w/ belt"))["entries"]
    assert entry["pre_position"] == "90 abd"
    assert entry["note"] == "belt"


def test_entries_know_their_place_in_the_line(reference: Reference) -> None:
    reading = read(reference, ISSUE, "lumbar")
    assert [ISSUE[one.start : one.end].strip() for one in reading.entries] == [
        "L5 upa l III 3x45s",
        "flex 45>55",
        "pain 6>3",
    ]


def test_the_order_of_words_is_free_and_case_does_not_matter(reference: Reference) -> None:
    words = ["L5", "UPA", "L", "gr III", "3x45s", "prone"]
    first = read(reference, " ".join(words)).entries[0].entry
    for turn in range(1, len(words)):
        text = " ".join(words[turn:] + words[:turn])
        assert [one.entry for one in read(reference, text).entries] == [first]
    assert read(reference, "l5 upa L GRADE iii 3X45S PRONE").entries[0].entry == first


@pytest.mark.parametrize(
    ("line", "side", "grade"),
    [
        ("L5 upa l III 3x45s", "left", "III"),
        ("L5 upa r l 3x45s", "right", "I"),
        ("L4 cpa l 3x60s", "midline", "I"),
        ("L5 upa l l 3x30", "left", "I"),
    ],
)
def test_a_lone_small_l_is_left_or_grade_one_as_the_rest_says(
    reference: Reference, line: str, side: str, grade: str
) -> None:
    (one,) = reading_data(read(reference, line))["entries"]
    assert (one["side"], one["grade"]) == (side, grade)


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("rot 60", ("L rot 60", "R rot 60")),
        ("L5 upa III 3x45s", ("left", "right")),
        ("knee ext 5 R", ()),
        ("flex 45-55", ()),
        ("L5 upa bilat III", ("both sides as two entries: L, and R", "bilateral PA: BPA")),
        ("97140 x 2", ()),
        ("L4 cpa III x 30", ()),
        ("pain 4-5", ()),
    ],
)
def test_where_two_readings_are_possible_neither_is_taken(
    reference: Reference, line: str, choices: tuple[str, ...]
) -> None:
    reading = read(reference, line, "lumbar")
    assert reading.entries == ()
    assert [problem.choices for problem in reading.problems] == [choices]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("pain 11", "0 to 10"),
        ("pain 6.5", "whole number"),
        ("flex 450", "not possible"),
        ("flex 45>450", "not possible"),
        ("flex 201%", "not possible"),
        ("FTF 12 deg", "cm"),
        ("C9 cpa III", "C0 to C7"),
        ("C8 cpa III", "C0 to C7"),
        ("L6 upa l III", "L1 to L5"),
        ("T13 cpa II", "T1 to T12"),
        ("S3 cpa II", "S1"),
        ("rib 13 PA l II", "1 to 12"),
        ("L5 upa l VI", "I to V"),
        ("L5 upa l gr 6", "I to V"),
        ("L5 upa l IV+++", "I to V"),
        ("L5 V+", "no + or −"),
        ("lumbar distr K4", "K-I to K-III"),
        ("L5 cpa V", "the thrust"),
        ("L5 hvlat IV", "never a thrust"),
        ("L5 cpa II+ 3x30", "III and IV"),
        ("SNAG L5 III x6", "no grade"),
        ("L5 cpa III 99x30s", "1 to 10"),
        ("L5 cpa III 3x900s", "1 to 600"),
        ("L5 cpa III 9Hz", "0.1 to 5"),
        ("L5 hvlat x7", "1 to 2"),
        ("GHJ upa l III", "not done at"),
        ("C5 talar AP III", "not done at"),
        ("L5 cpa l III 3x30s + cav II", "grades"),
        ("mt 0", "1 to 480"),
        ("99999 15", "no such code"),
        ("VAS 5", "another scale"),
        ("flex 50% loss", "what is not lost"),
        ("L5 upa l III declined", "Was it done"),
    ],
)
def test_an_impossible_value_is_never_taken(reference: Reference, line: str, reason: str) -> None:
    reading = read(reference, line, "lumbar")
    assert reading.entries == ()
    if reason != "what is not lost":
        assert reason in " ".join(problem.reason for problem in reading.problems)


def test_grade_four_is_never_a_thrust_and_five_always_is(reference: Reference) -> None:
    assert read(reference, "T6 gr V").entries[0].entry == read(reference, "T6 hvlat").entries[0].entry
    four = read(reference, "T6 cpa IV").entries[0].entry
    assert getattr(four, "technique", None) == "cpa"


def test_what_is_not_understood_stays_and_the_rest_is_taken(reference: Reference) -> None:
    text = "L5 upa l III 3x45s ; xyzzy ; pain 6>3"
    reading = read(reference, text, "lumbar")
    assert [one.entry.kind for one in reading.ready] == ["mobilization", "pain"]
    (problem,) = reading.problems
    assert (problem.text, text[problem.start : problem.end]) == ("xyzzy", "xyzzy")


def test_an_entry_with_a_strange_word_is_shown_but_not_ready(reference: Reference) -> None:
    reading = read(reference, "L5 upa l III 3x45s xyzzy")
    assert len(reading.entries) == 1
    assert reading.ready == ()
    assert [problem.text for problem in reading.problems] == ["xyzzy"]


def test_the_side_of_a_limb_is_taken_over_and_marked_as_assumed(reference: Reference) -> None:
    reading = read(reference, "L TCJ AP gr IV 3x30s; MWM DF 2x10 w/ belt")
    assert reading_data(reading)["entries"][1]["side"] == "left"
    assert reading.entries[1].assumed == ("levels", "side")
    assert reading.ready == reading.entries


def test_the_episode_gives_a_limb_its_side_and_the_spine_none(reference: Reference) -> None:
    knee = read(reference, "flex 112>118", "knee", side="right")
    assert reading_data(knee)["entries"][0]["side"] == "right"
    assert knee.entries[0].assumed == ("side",)
    assert read(reference, "rot 60", "cervical", side="right").entries == ()


def test_a_limb_without_a_side_is_shown_and_asked_for(reference: Reference) -> None:
    reading = read(reference, "flex 112>118", "knee")
    assert reading_data(reading)["entries"][0]["side"] is None
    assert reading.ready == ()
    assert reading.problems[0].choices == ("left", "right")


def test_a_motion_without_a_region_takes_the_episodes(reference: Reference) -> None:
    def motion(region: str | None, *regions: str) -> list[str]:
        data = reading_data(read(reference, "flex 45", region, regions))
        return [entry["motion"] for entry in data["entries"]]

    assert motion("cervical") == ["cervical_flexion"]
    assert motion("lumbar", "cervical") == ["lumbar_flexion"]
    assert motion(None) == []
    assert motion("cervicothoracic") == []


def test_the_timed_total_is_checked(reference: Reference) -> None:
    assert read(reference, "mt 23, te 15, ttt 38").problems == ()
    (problem,) = read(reference, "mt 23, te 15, ttt 40").problems
    assert "38" in problem.reason


def test_text_may_hold_what_parts_entries_when_it_is_quoted(reference: Reference) -> None:
    (one,) = read(reference, 's: "first; second, ""third"""').entries
    assert getattr(one.entry, "text", None) == 'first; second, "third"'


def test_an_unknown_region_is_a_fault_of_the_caller(reference: Reference) -> None:
    with pytest.raises(KeyError):
        read(reference, "flex 45", "elsewhere")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "L5 upa l III 3x45s",
            "L5 · Unilateral posteroanterior (PA) glide, left · grade III · 3 × 45 s",
        ),
        ("T5-8 HVLAT x1 + cav", "T5, T6, T7, T8 · Spinal thrust manipulation (grade V), midline · grade V · 1 attempt"),
        ("knee ext R -5>0", "Knee extension, right · −5° (lacks 5°) → 0°"),
        ("ext >18", "Lumbar extension · after: 18°"),
        ("flex WNL", "Lumbar flexion · Within normal limits"),
        ("pain flex 5>2", "pain with lumbar flexion · 5 → 2 of 10"),
        ("mt 23", "Manual therapy (97140) · 23 min"),
        ("TT 55", "whole treatment · 55 min"),
        ("bridge 3x10 green", "Bridge · 3 × 10 · green band"),
        ("a: improving", "assessment · improving"),
    ],
)  # fmt: skip
def test_the_preview_says_what_was_understood(reference: Reference, line: str, words: str) -> None:
    (one,) = read(reference, line, "lumbar").entries
    assert explain(reference, one.entry).startswith(words)


def test_nothing_typed_is_nothing_read(reference: Reference) -> None:
    assert read(reference, "  ;\n ") == Reading()
