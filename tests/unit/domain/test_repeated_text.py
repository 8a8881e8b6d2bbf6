"""A note that says again what the last one said is found; an ordinary new note is not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.repeated_text import ALIKE, LEAST_WORDS, repeated, repeated_sections

LAST = (
    "Patient slept through the night and climbs stairs with less pain. Stiff on rising for fifteen minutes. "
    "Lumbar flexion limited by stretch rather than pain."
)
OTHER = (
    "Drove for three hours on Sunday and woke with a headache. Rotation to the left catches when reversing the car, "
    "and looking up at shelves is avoided at work."
)


def marked(text: str, last: str) -> list[str]:
    return [text[start:end] for start, end in repeated(text, last).marks]


def test_the_same_text_is_wholly_repeated() -> None:
    found = repeated(LAST, LAST)
    assert found.share == 1.0
    assert found.is_alike
    assert marked(LAST, LAST) == [LAST]


def test_case_accents_punctuation_and_line_breaks_do_not_hide_a_copy() -> None:
    disguised = LAST.upper().replace(". ", ";\n\n").replace("PATIENT", "Pátient")
    assert repeated(disguised, LAST).share == 1.0


def test_a_copy_with_one_number_changed_is_found_and_the_new_number_is_not_marked() -> None:
    text = LAST.replace("fifteen", "five")
    assert repeated(text, LAST).is_alike
    assert [part.split()[-1] for part in marked(text, LAST)] == ["for", "pain."]
    assert all("five" not in part for part in marked(text, LAST))


def test_half_of_the_last_note_copied_is_found_although_the_other_half_is_gone() -> None:
    half = LAST[: LAST.index("Lumbar")]
    assert repeated(half, LAST).is_alike


def test_a_new_note_about_the_same_patient_is_not_called_repeated() -> None:
    new = (
        "Slept six hours, woke once. Stairs are no trouble now; rising still takes ten minutes until the back moves. "
        "Lumbar flexion reaches the shins and is limited by stretch."
    )
    assert not repeated(new, LAST).is_alike
    assert not repeated(OTHER, LAST).is_alike


def test_a_copy_with_as_much_added_is_not_called_repeated_but_its_copied_part_is_marked() -> None:
    found = repeated(f"{OTHER} {LAST}", LAST)
    assert not found.is_alike
    assert marked(f"{OTHER} {LAST}", LAST) == [LAST]


def test_a_short_text_is_never_called_repeated() -> None:
    assert not repeated("Plan as before, twice a week.", "Plan as before, twice a week.").is_alike


def test_headings_count_in_neither_text() -> None:
    headings = "Observation:\nPALPATION\n# Gait\nNeurological screening of the legs:\nREFLEXES AND STRENGTH\n"
    assert repeated(headings, headings).words == 0
    assert repeated(headings + OTHER, headings + LAST).share == 0.0


def test_common_words_in_another_order_do_not_add_up() -> None:
    shuffled = LAST.replace(".", "").split()
    random.Random(4).shuffle(shuffled)  # noqa: S311 - a shuffle for a test, no secret
    assert repeated(" ".join(shuffled), LAST).share < 0.3


@pytest.mark.parametrize(("kept", "alike"), [(17, True), (16, False)])
def test_the_bound_is_the_documented_share(kept: int, alike: bool) -> None:
    words = [f"word{chr(97 + place)}" for place in range(20)]
    text = [*words[:kept], *(f"new{chr(97 + place)}" for place in range(20 - kept))]
    found = repeated(" ".join(text), " ".join(words))
    assert (found.share >= ALIKE) is alike
    assert found.is_alike is alike


def test_four_short_sections_copied_whole_are_a_copied_note_together() -> None:
    note = {
        "subjective": "Feels better on stairs.",
        "objective": "Flexion limited by stretch.",
        "assessment": "Responds to the mobilization.",
        "plan": "Continue twice a week.",
    }
    order = tuple(note)
    assert set(repeated_sections(note, note, order)) == set(note)
    one = {**note, "subjective": OTHER, "objective": LAST}
    assert repeated_sections(one, note, order) == {}


def test_one_section_copied_is_found_alone() -> None:
    note, last = {"subjective": OTHER, "plan": LAST}, {"subjective": "Nothing to tell.", "plan": LAST}
    found = repeated_sections(note, last, ("subjective", "objective", "plan"))
    assert list(found) == ["plan"]


def test_nothing_is_repeated_where_there_was_no_note() -> None:
    assert repeated(LAST, "").marks == ()
    assert repeated("", LAST).share == 0.0
    assert repeated_sections({"plan": LAST}, {}, ("plan",)) == {}


def test_a_very_long_text_is_compared_in_its_first_part_and_at_once() -> None:
    long = " ".join(f"{LAST} {number}" for number in range(2_000))
    assert repeated(long, long).share == 1.0


@given(text=st.text(max_size=300), last=st.text(max_size=300))
def test_marks_lie_in_the_text_in_order_and_the_share_is_a_share(text: str, last: str) -> None:
    found = repeated(text, last)
    assert 0.0 <= found.share <= 1.0
    places = [place for mark in found.marks for place in mark]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
    assert found.is_alike == (found.words >= LEAST_WORDS and found.share >= ALIKE)
