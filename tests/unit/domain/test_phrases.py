"""Short forms expand to text with blanks and values; a missing value is a blank, an unknown name stays to be seen."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.errors import InputError
from ptnotes.domain.live_values import FIXED_NAMES, live_values
from ptnotes.domain.phrases import (
    TEXT_LIMIT,
    Phrase,
    blanks_in,
    checked_phrase,
    expand,
    find,
    next_blank,
    short_form_before,
    starting_with,
    unknown_names_in,
)
from ptnotes.domain.treatment import (
    ComparableSign,
    Exercise,
    Intervention,
    Mobilization,
    Mode,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
)
from tests.clinics import reference

EMPTY = TreatmentSession(episode_id=1, service_date=date(2026, 3, 2))
VISIT = replace(
    EMPTY,
    time_in=time(9, 0),
    time_out=time(9, 44),
    pain=(
        PainScore(row=1, pair=1, value=6),
        PainScore(row=2, pair=1, phase=Phase.AFTER, value=3),
        PainScore(row=3, pair=3, kind=PainKind.WORST, value=8),
        PainScore(row=4, pair=4, kind=PainKind.BEST, value=0),
    ),
    rom=(
        RomReading(row=5, pair=5, motion="lumbar_flexion", method="inclinometer_dual", value=Decimal(45)),
        RomReading(
            row=6, pair=5, motion="lumbar_flexion", method="inclinometer_dual", value=Decimal(55),
            phase=Phase.AFTER,
        ),
        RomReading(
            row=7, pair=7, motion="cervical_rotation", side=Side.LEFT, method="crom", value=Decimal("62.5")
        ),
    ),
    comparable_signs=(
        ComparableSign(row=8, pair=8, words="stairs down", value="one at a time"),
        ComparableSign(row=9, pair=8, words="stairs down", value="two at a time", phase=Phase.AFTER),
    ),
    mobilizations=(Mobilization(row=10, targets=("L5",), side=Side.LEFT, technique="upa", grade="III"),),
    exercises=(Exercise(row=11, name="Bridge"), Exercise(row=12, name="Cat-cow")),
    interventions=(Intervention(row=13, intervention="cpt_97140", minutes=23),),
)  # fmt: skip


def expanded(text: str, visit: TreatmentSession = VISIT) -> str:
    return expand(text, live_values(reference(), visit)).text


def test_values_of_the_visit_stand_where_their_names_do() -> None:
    assert expanded("Pain {pain.before} to {pain.after} ({pain.change}).") == "Pain 6 to 3 (−3)."
    assert expanded("{rom.lumbar_flexion.before} → {rom.lumbar_flexion.after}") == "45° → 55°"
    assert expanded("{rom.lumbar_flexion.change}") == "+10°"
    assert expanded("{rom.cervical_rotation.left.before}") == "62.5°"
    assert expanded("{sign}: {sign.before}, {sign.after}") == "stairs down: one at a time, two at a time"
    assert expanded("{treated}; {exercises}") == "L5 left UPA III; Bridge, Cat-cow"
    assert expanded("{minutes.total} min on {visit.date}") == "44 min on 2 Mar 2026"
    assert expanded("{minutes.timed}") == "23"


def test_pain_that_is_zero_is_a_zero_and_pain_that_is_not_charted_is_a_blank() -> None:
    assert expanded("{pain.best}") == "0"
    assert expanded("{pain.best}", EMPTY) == "‹pain best›"
    same = replace(EMPTY, pain=(VISIT.pain[0], replace(VISIT.pain[1], value=6)))
    assert expanded("{pain.change}", same) == "0"


@pytest.mark.parametrize(
    "name", [*FIXED_NAMES, "rom.lumbar_flexion.change", "rom.cervical_rotation.right.after"]
)
def test_nothing_that_is_not_charted_becomes_a_number(name: str) -> None:
    text = expanded(f"{{{name}}}", EMPTY)
    if name == "visit.date":
        assert text == "2 Mar 2026"
    else:
        assert text == f"‹{name.replace('.', ' ').replace('_', ' ')}›"


@pytest.mark.parametrize(
    "name",
    [
        "pain.afer", "pain", "pain.__class__", "rom", "rom.lumbar_flexion", "rom.lumbar_flexion.left.after",
        "rom.cervical_rotation.after", "rom.nothing.after", "rom.lumbar_flexion.after.upper", "rom..after",
        "session.note", "sign.__init__.__globals__",
    ],
)  # fmt: skip
def test_a_name_that_is_unknown_stays_as_it_is_written(name: str) -> None:
    text = expanded(f"Pain {{{name}}} today")
    assert text == f"Pain {{{name}}} today"
    if ".." not in name:
        assert [text[start:end] for start, end in unknown_names_in(text)] == [f"{{{name}}}"]


@pytest.mark.parametrize(
    "text", ["{0}", "{pain.after!r}", "{pain.after:>9}", "{}", "{{pain}}x", "{__import__('os')}"]
)
def test_nothing_of_a_format_string_or_of_code_is_understood(text: str) -> None:
    assert expanded(text) == text


def test_readings_that_were_not_taken_alike_have_no_change() -> None:
    other = replace(VISIT.rom[1], method="goniometer_long")
    assert expanded("{rom.lumbar_flexion.change}", replace(VISIT, rom=(VISIT.rom[0], other))).startswith("‹")


def test_the_pair_measured_before_and_after_speaks_and_active_comes_before_passive() -> None:
    passive = replace(VISIT.rom[0], row=20, pair=20, mode=Mode.PASSIVE, value=Decimal(70))
    assert expanded("{rom.lumbar_flexion.before}", replace(VISIT, rom=(passive, *VISIT.rom))) == "45°"
    single = replace(EMPTY, rom=(passive, replace(VISIT.rom[0])))
    assert expanded("{rom.lumbar_flexion.before}", single) == "45°"


def test_a_reading_in_words_is_given_in_words_and_has_no_change() -> None:
    worded = replace(VISIT.rom[0], value=None, word="within_normal_limits")
    visit = replace(VISIT, rom=(worded, VISIT.rom[1]))
    assert (
        expanded("{rom.lumbar_flexion.before}", visit) == reference().rom_words["within_normal_limits"].label
    )
    assert expanded("{rom.lumbar_flexion.change}", visit).startswith("‹")


def test_blanks_are_marked_where_they_stand_in_the_expanded_text() -> None:
    found = expand("At {pain.after}/10: [side], then [] and {pain.best}", live_values(reference(), EMPTY))
    assert found.text == "At ‹pain after›/10: ‹side›, then ‹…› and ‹pain best›"
    assert [found.text[start:end] for start, end in found.blanks] == [
        "‹pain after›", "‹side›", "‹…›", "‹pain best›",
    ]  # fmt: skip
    assert found.blanks == blanks_in(found.text)


def test_the_next_blank_is_found_from_any_place_and_back() -> None:
    text = "a ‹one› b ‹two› c"
    first, second = blanks_in(text)
    assert next_blank(text, 0) == first
    assert next_blank(text, first[0]) == first
    assert next_blank(text, first[1]) == second
    assert next_blank(text, second[1]) is None
    assert next_blank(text, len(text), back=True) == second
    assert next_blank(text, second[1], back=True) == first
    assert next_blank(text, first[1], back=True) is None


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (".home", "home"), ("Seen. .Home", "home"), ("line\n.tol", "tol"), ("(.tol", "tol"), ("x.home", ""),
        ("3.5", ""), (".5", ""), ("end.", ""), (".", ""), (".home ", ""), ("..home", ""), (".ho_me-2", "ho_me-2"),
        ("." + "a" * 24, "a" * 24), ("." + "a" * 25, ""),
    ],
)  # fmt: skip
def test_a_short_form_is_a_dot_and_a_word_of_its_own(text: str, short: str) -> None:
    assert short_form_before(text, len(text)) == short


def test_a_short_form_ends_at_the_cursor_and_not_within_a_word() -> None:
    assert short_form_before(".home and more", 5) == "home"
    assert short_form_before(".homely", 5) == ""


def test_ones_own_phrase_comes_before_the_clinics_and_that_before_the_programs() -> None:
    shipped = Phrase(short_form="home", text="shipped", shipped=True)
    clinics = Phrase(id=1, short_form="home", text="clinic")
    own = Phrase(id=2, short_form="home", text="own", person_id=7)
    assert find((shipped, clinics, own), "home") == own
    assert find((shipped, clinics), "home") == clinics
    assert find((shipped,), "hom") is None
    other = Phrase(id=3, short_form="holiday", text="away")
    assert starting_with((shipped, other, own), "ho") == (other, own)


def test_a_phrase_is_stored_in_lower_case_without_its_dot() -> None:
    stored = checked_phrase(Phrase(short_form=" .Home ", text="  Two lines\r\nof text \n"))
    assert (stored.short_form, stored.text) == ("home", "Two lines\nof text")


@pytest.mark.parametrize(
    ("short", "text", "fields"),
    [
        ("", "x", {"phrase.short_form"}), ("2x", "x", {"phrase.short_form"}), ("a b", "x", {"phrase.short_form"}),
        ("a" * 25, "x", {"phrase.short_form"}), ("home", " \n", {"phrase.text"}),
        ("home", "x" * (TEXT_LIMIT + 1), {"phrase.text"}), ("é", "\x07", {"phrase.short_form", "phrase.text"}),
    ],
)  # fmt: skip
def test_a_phrase_that_cannot_be_stored_says_which_field(short: str, text: str, fields: set[str]) -> None:
    with pytest.raises(InputError) as refused:
        checked_phrase(Phrase(short_form=short, text=text))
    assert {fault.field for fault in refused.value.faults} == fields


@given(text=st.text(max_size=200))
def test_any_text_expands_without_an_error_and_its_blanks_are_found_again(text: str) -> None:
    found = expand(text, live_values(reference(), VISIT))
    for start, end in found.blanks:
        assert found.text[start] == "‹"
        assert found.text[end - 1] == "›"
