"""Templates of letters: places, blanks, and what of a letter draws from the notes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.errors import InputError
from ptnotes.domain.letters import (
    FROM_NOTES,
    PLACES,
    LetterChoices,
    LetterTemplate,
    called,
    checked_letter,
    checked_template,
    filled_in,
    left_to_fill,
    quotes_of,
    unknown_places,
)
from ptnotes.services.letters import shipped_templates
from tests.clinics import PATIENT

TEMPLATE = LetterTemplate(
    name=" Thanks ", subject="About {patient.name}", text="Dear {referrer},\n[what to say]\n"
)
LETTER = LetterChoices(to="Dr. P. Anand", subject="A question", text="Dear Dr. Anand")


def test_a_template_is_stored_cleaned() -> None:
    cleaned = checked_template(TEMPLATE)
    assert (cleaned.name, cleaned.text) == ("Thanks", "Dear {referrer},\n[what to say]")


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"name": " "}, [("text.empty", "letter.name")]),
        ({"text": " \n "}, [("text.empty", "letter.text")]),
        ({"text": "x" * 10_001}, [("text.too_long", "letter.text")]),
        ({"subject": "a\x00b"}, [("text.control", "letter.subject")]),
        ({"text": "Dear {refererr}"}, [("letter.unknown_place", "letter.text")]),
        ({"text": f"[{'x' * 61}]"}, [("letter.long_blank", "letter.text")]),
        (
            {"name": "", "subject": "{who}", "text": "{x.y} {referrer}"},
            [
                ("text.empty", "letter.name"),
                ("letter.unknown_place", "letter.subject"),
                ("letter.unknown_place", "letter.text"),
            ],
        ),
    ],
)
def test_each_fault_of_a_template_is_named(changed: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    with pytest.raises(InputError) as caught:
        checked_template(replace(TEMPLATE, **changed))
    assert [(fault.code, fault.field) for fault in caught.value.faults] == faults


def test_an_unknown_place_is_named() -> None:
    assert unknown_places("{referrer} {refererr} {x.y} {refererr}") == ("refererr", "x.y")
    with pytest.raises(InputError) as caught:
        checked_template(replace(TEMPLATE, text="{refererr}"))
    assert caught.value.faults[0].values == {"place": "refererr"}


def test_what_is_known_is_filled_in_and_the_rest_is_a_blank() -> None:
    text = filled_in(
        "Dear {referrer}, {visits.attended}, {plan}. [by when]", {"referrer": "Dr. A", "plan": ""}
    )
    assert text == "Dear Dr. A, ‹visits attended›, ‹plan›. ‹by when›"
    assert left_to_fill(replace(LETTER, subject="‹day›", text=text)) == (
        "‹day›",
        "‹visits attended›",
        "‹plan›",
        "‹by when›",
    )


def test_a_value_that_looks_like_a_place_is_not_filled_again() -> None:
    assert filled_in("{plan}", {"plan": "{referrer} [x]", "referrer": "Dr. A"}) == "{referrer} [x]"


def test_a_name_in_braces_that_was_typed_into_a_letter_is_still_to_be_filled() -> None:
    assert left_to_fill(replace(LETTER, text="Dear {referrer}")) == ("{referrer}",)
    assert left_to_fill(LETTER) == ()


def test_a_letter_needs_a_text_and_keeps_its_lines() -> None:
    with pytest.raises(InputError, match=r"text\.empty"):
        checked_letter(replace(LETTER, text=" \n"))
    kept = checked_letter(replace(LETTER, to="Dr. A\r\n1 Quay St\n", subject=" A   question "))
    assert (kept.to, kept.subject) == ("Dr. A\n1 Quay St", "A question")


@pytest.mark.parametrize("name", FROM_NOTES)
def test_a_letter_that_repeats_what_notes_say_draws_from_them(name: str) -> None:
    letter = replace(LETTER, text="Dear Dr. Anand\n\nSlept through.\n")
    assert quotes_of(letter, {name: "Slept through."}) == (name,)
    assert quotes_of(letter, {name: "Slept badly."}) == ()
    assert quotes_of(letter, {name: ""}) == ()


def test_a_quotation_is_one_however_its_lines_are_broken() -> None:
    letter = replace(LETTER, text="What comes next: Twice\nmore,  then\u00a0stop.")
    assert quotes_of(letter, {"plan": "Twice more,\u00a0then\n\nstop."}) == ("plan",)


def test_a_short_note_inside_another_word_is_no_quotation() -> None:
    letter = replace(LETTER, text="Dear Dr. Anand, better late than never.")
    assert quotes_of(letter, {"plan": "and"}) == ()
    assert quotes_of(letter, {"plan": "never."}) == ("plan",)


def test_what_is_no_note_is_not_drawn_from_notes() -> None:
    assert quotes_of(LETTER, {"referrer": "Dr. Anand", "patient.name": "Dear"}) == ()


def test_every_place_of_the_notes_is_a_place() -> None:
    assert set(FROM_NOTES) <= set(PLACES)


def test_a_name_is_said_as_people_say_it() -> None:
    assert called(PATIENT) == "Hélène Moreau"
    assert called(replace(PATIENT, middle_name="Anne", suffix="Jr.")) == "Hélène Anne Moreau Jr."


def test_the_shipped_letters_are_whole_and_apart() -> None:
    shipped = shipped_templates()
    assert len({template.uuid for template in shipped}) == len(shipped) == 5
    assert len({template.name for template in shipped}) == 5
    assert all(template.shipped and template.id is None and template.subject for template in shipped)


@pytest.mark.parametrize("template", shipped_templates(), ids=lambda template: template.name)
def test_nothing_in_brackets_of_a_shipped_letter_is_printed_as_it_is(template: LetterTemplate) -> None:
    text = filled_in(template.subject + template.text, {})
    assert not set(text) & set("[]{}")


def test_a_blank_of_sixty_letters_is_one() -> None:
    text = checked_template(replace(TEMPLATE, text=f"[{'x' * 60}]")).text
    assert filled_in(text, {}) == f"‹{'x' * 60}›"


def test_the_note_for_work_or_school_tells_nothing_of_health() -> None:
    (note,) = [template for template in shipped_templates() if "work" in template.name]
    named = {name for name in PLACES if f"{{{name}}}" in note.text + note.subject}
    assert named == {"patient.name", "visit.first", "visit.last", "clinic.telephone"}


@given(st.text(max_size=200), st.dictionaries(st.sampled_from(sorted(PLACES)), st.text(max_size=30)))
def test_any_text_is_filled_in_without_losing_what_stands_round_the_places(
    text: str, values: dict[str, str]
) -> None:
    held = f"start {{referrer}} {text} end"
    became = filled_in(held, values)
    assert became.startswith("start ")
    assert became.endswith(" end")
    assert (values.get("referrer") or "‹referrer›") in became
