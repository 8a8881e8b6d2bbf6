"""What a word under the cursor may become."""

import pytest

from ptnotes.clinical import Reference
from ptnotes.notation import completion, read


@pytest.mark.parametrize(
    ("text", "region", "label"),
    [
        ("L5 up", "lumbar", "Unilateral posteroanterior (PA) glide"),
        ("L5 upa l III pr", "lumbar", "prone"),
        ("fle", "lumbar", "Lumbar flexion"),
        ("fle", "cervical", "Cervical flexion"),
        ("pain 6>3 ; brid", "lumbar", "Bridge"),
        ("talo", "ankle", "Talocrural"),
        ("L", "lumbar", "L1"),
    ],
)
def test_the_likeliest_word_comes_first(reference: Reference, text: str, region: str, label: str) -> None:
    first = completion(reference, text, len(text), region)[0]
    assert first.label == label
    assert text[first.start : first.end] == text.rsplit(maxsplit=1)[-1]


def test_after_a_level_only_techniques_done_there_are_offered(reference: Reference) -> None:
    text = "C5 s"
    techniques = [c.label for c in completion(reference, text, len(text)) if c.kind == "technique"]
    done_there = {technique.label for technique in reference.techniques_at("C5")}
    assert techniques
    assert set(techniques) <= done_there


def test_what_is_taken_is_understood(reference: Reference) -> None:
    text = "L5 up"
    first = completion(reference, text, len(text), "lumbar")[0]
    line = text[: first.start] + first.text + " l III"
    assert read(reference, line, "lumbar").problems == ()


def test_the_word_is_the_one_before_the_cursor(reference: Reference) -> None:
    text = "L5 up l III"
    first = completion(reference, text, 5, "lumbar")[0]
    assert (first.start, first.end) == (3, 5)


@pytest.mark.parametrize("text", ["", "L5 ", "45", "flex 45>"])
def test_nothing_is_offered_where_no_word_was_begun(reference: Reference, text: str) -> None:
    assert completion(reference, text, len(text), "lumbar") == ()


def test_after_a_technique_its_grades_are_offered(reference: Reference) -> None:
    for text in ("L5 upa l g", "L5 upa l gr"):
        offered = [candidate.text for candidate in completion(reference, text, len(text), "lumbar")]
        assert offered == [grade.code for grade in reference.grades_of("upa")]
    text = "L5 upa l iii"
    offered = [candidate.text for candidate in completion(reference, text, len(text), "lumbar")]
    assert offered[0] == "III"
    assert "III+" in offered
    assert "IV" not in offered


def test_a_grade_is_offered_once(reference: Reference) -> None:
    text = "L5 upa l III i"
    assert all(candidate.kind != "grade" for candidate in completion(reference, text, len(text), "lumbar"))


def test_a_number_that_begins_an_entry_may_become_a_code(reference: Reference) -> None:
    text = "pain 6>3 ; 971"
    offered = completion(reference, text, len(text), "lumbar")
    assert {"97110", "97112"} <= {candidate.text for candidate in offered}
    assert all(candidate.start == text.index("971") for candidate in offered)


def test_a_number_within_an_entry_is_no_code(reference: Reference) -> None:
    text = "flex 97"
    assert completion(reference, text, len(text), "lumbar") == ()
