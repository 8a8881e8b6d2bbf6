"""What Enter makes of a line: what was understood is charted, what was not stays, and no word is lost on the way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.clinical import Reference, load_reference
from ptnotes.domain.treatment import AreaKind, PainKind, PainScore, Phase, RomReading, TreatmentSession
from ptnotes.notation import Place, charted_in, read, taking, write
from tests.unit.notation.test_lines import LINES

REFERENCE = load_reference()
LUMBAR = Place(("lumbar",))


def visit() -> TreatmentSession:
    return TreatmentSession(episode_id=1, service_date=date(2026, 10, 5), author_id=7)


def after(line: str, session: TreatmentSession | None = None, place: Place = LUMBAR) -> TreatmentSession:
    return taking(REFERENCE, session or visit(), place, line).session


def test_what_is_understood_is_charted_and_the_line_is_empty() -> None:
    session = after("L5 upa l III 3x45s ; flex 45>55 ; pain 6>3")
    assert (len(session.mobilizations), len(session.rom), len(session.pain)) == (1, 2, 2)
    assert session.pending_line == ""
    assert {row.rater for row in session.rom} == {7}


def test_what_is_not_understood_stays_with_its_reason_and_what_is_around_it_is_taken() -> None:
    line = "flex 45>55 ; wibble ; rot 60 ; pain 6>3"
    found = taking(REFERENCE, visit(), LUMBAR, line)
    assert found.session.pending_line == "wibble ; rot 60"
    assert [problem.text for problem in found.problems] == ["wibble", "rot 60"]
    assert (len(found.session.rom), len(found.session.pain)) == (2, 2)


def test_what_cannot_be_stored_stays_with_the_reason() -> None:
    found = taking(REFERENCE, visit(), LUMBAR, "TT 55 ; flex 45")
    assert found.session.pending_line == "TT 55"
    assert [one.taken for one in found.understood] == [False, True]
    assert "time in" in found.problems[0].reason


def test_an_entry_waits_for_one_that_took_its_side_over() -> None:
    line = "L TCJ AP gr IV 3x30s; MWM DF 2x10 wibble ; pain 6"
    found = taking(REFERENCE, visit(), Place(("ankle",), "right"), line)
    assert found.session.mobilizations == ()
    assert found.session.pain[0].value == 6
    assert found.session.pending_line == "L TCJ AP gr IV 3x30s; MWM DF 2x10 wibble"


def test_words_that_say_two_entries_say_both_or_none() -> None:
    one = after("SB bil 20")
    assert len(one.rom) == 2
    assert one.pending_line == ""


def test_a_motion_said_again_says_its_pair_anew() -> None:
    session = after("flex 45", after("ext 10>18"))
    found = taking(REFERENCE, session, LUMBAR, "flex 40>55")
    assert found.understood[0].before == read(REFERENCE, "AROM flex 45 dual incl", "lumbar").entries[0].entry
    flexion = [row for row in found.session.rom if row.motion == "lumbar_flexion"]
    assert [(row.phase, row.value) for row in flexion] == [
        (Phase.BEFORE, Decimal(40)), (Phase.AFTER, Decimal(55)),
    ]  # fmt: skip
    assert flexion[0].row == next(row.row for row in session.rom if row.motion == "lumbar_flexion")


def test_pain_said_again_says_its_pair_anew_and_keeps_the_other_value() -> None:
    session = after("pain >2", after("pain 6>3 ; worst 8"))
    assert [(row.kind, row.phase, row.value) for row in session.pain] == [
        (PainKind.NOW, Phase.BEFORE, 6),
        (PainKind.NOW, Phase.AFTER, 2),
        (PainKind.WORST, Phase.SINGLE, 8),
    ]


def test_minutes_fill_a_service_that_has_none_yet() -> None:
    session = after("mt 23 ; te 10")
    without = replace(
        session, interventions=tuple(replace(row, minutes=None) for row in session.interventions)
    )
    assert after("mt 20", without).interventions[0] == replace(session.interventions[0], minutes=20)
    assert len(after("mt 20", without).interventions) == 2


def test_the_first_entry_says_the_pending_row_anew() -> None:
    session = after("L5 upa l III 3x45s ; L4 cpa II 2x30s")
    first = session.mobilizations[0]
    changed = after("L5 upa l IV 3x60s ; pain 6", replace(session, pending_row=first.row))
    assert changed.mobilizations == (replace(first, grade="IV", duration_s=60), session.mobilizations[1])
    assert (changed.pending_row, changed.pain[0].value) == (None, 6)


@pytest.mark.parametrize("line", ["L5 upa IV 3x60s ; pain 6", "wibble ; L4 cpa I", "; wibble"])
def test_a_row_waits_while_what_says_it_anew_is_not_understood(line: str) -> None:
    session = after("L5 upa l III 3x45s")
    changed = after(line, replace(session, pending_row=session.mobilizations[0].row))
    assert changed.mobilizations[0] == session.mobilizations[0]
    assert changed.pending_row == session.mobilizations[0].row


def test_a_pending_row_that_is_gone_is_not_waited_for() -> None:
    changed = after("L5 upa l III 3x45s", replace(visit(), pending_row=44))
    assert len(changed.mobilizations) == 1
    assert changed.pending_row is None


def test_what_a_line_cannot_say_of_a_row_stays() -> None:
    session = after("flex 45>55 ; clams 2x15 green ; mt 23")
    session = replace(
        session,
        rom=tuple(replace(row, end_feel="soft") for row in session.rom),
        exercises=tuple(replace(row, progression="slower") for row in session.exercises),
        interventions=tuple(replace(row, modifiers=("GP",)) for row in session.interventions),
    )
    for list_of, line in (("rom", "flex 40>50"), ("exercises", "clams 3x15 red"), ("interventions", "mt 30")):
        row = getattr(session, list_of)[0]
        changed = after(line, replace(session, pending_row=row.row))
        kept = getattr(changed, list_of)
        assert [one.row for one in kept] == [one.row for one in getattr(session, list_of)]
        assert kept != getattr(session, list_of)
        for field in ("end_feel", "progression", "modifiers"):
            assert getattr(kept[0], field, None) == getattr(row, field, None)


def _letters(text: str) -> list[str]:
    return sorted(letter for letter in text if letter.isalnum())


@given(st.lists(st.sampled_from([line["text"] for line in LINES]), min_size=1, max_size=3), st.data())
def test_every_letter_is_charted_or_stays_in_the_line(lines: list[str], data: st.DataObject) -> None:
    junk = data.draw(st.lists(st.sampled_from(["wibble", "rot 60", "C9", "pain 11"]), max_size=2))
    text = " ; ".join(data.draw(st.permutations([*lines, *junk])))
    found = taking(REFERENCE, visit(), LUMBAR, text)
    taken = [range(one.read.start, one.read.end) for one in found.understood if one.taken]
    said = "".join(letter for place, letter in enumerate(text) if any(place in span for span in taken))
    assert _letters(said + found.session.pending_line) == _letters(text)


@given(st.text(max_size=60), st.none() | st.integers(1, 3))
def test_no_text_raises_and_taking_twice_takes_nothing_more(text: str, row: int | None) -> None:
    session = replace(after("L5 upa l III 3x45s ; flex 45>55"), pending_row=row)
    once = taking(REFERENCE, session, LUMBAR, text).session
    if once.pending_line:
        twice = taking(REFERENCE, once, LUMBAR, once.pending_line).session
        assert twice.pending_line == once.pending_line


def test_a_row_that_charts_nothing_yet_is_no_entry() -> None:
    session = replace(visit(), pain=(PainScore(row=1, pair=1),), rom=(RomReading(row=2, pair=2, motion="x"),))
    assert charted_in(REFERENCE, session, 2) is None
    assert charted_in(REFERENCE, session, 9) is None


def test_a_charted_row_is_found_by_any_of_its_rows(reference: Reference) -> None:
    session = after("flex 45>55")
    for row in session.rom:
        found = charted_in(reference, session, row.row)
        assert found is not None
        assert write(reference, found.entry, "lumbar").startswith("flex 45>55")


def test_where_a_service_was_given_is_charted_with_its_kind_and_fills_a_service_without_minutes() -> None:
    session = after("us upper trap r 8 min")
    row = session.interventions[0]
    assert (row.area, row.area_kind, row.minutes) == ("Upper trapezius, right", AreaKind.MUSCLE, 8)
    waiting = replace(session, interventions=(replace(row, minutes=None),))
    assert after("us 8", waiting).interventions == (row,)
    assert after("us upper trap r 8", waiting).interventions == (row,)
    elsewhere = after("us heel l 8", waiting).interventions
    assert [(one.area, one.minutes) for one in elsewhere] == [(row.area, None), ("Heel, left", 8)]


def test_a_service_said_anew_is_said_anew_with_its_place() -> None:
    session = replace(after("us upper trap r 8 min"), pending_row=1)
    row = after("us heel l 5", session).interventions[0]
    assert (row.row, row.area, row.area_kind, row.minutes) == (1, "Heel, left", AreaKind.AREA, 5)


def test_no_pain_alone_is_a_score_of_zero_and_behind_a_technique_its_response() -> None:
    session = after("no pain")
    assert [(row.kind, row.value) for row in session.pain] == [(PainKind.NOW, 0)]
    session = after("L5 upa l III 3x45s, no pain")
    assert session.pain == ()
    assert session.mobilizations[0].responses == ("pain_free",)


@pytest.mark.parametrize(
    "line", ["pain 11", "worst 12", "97140 x2", "97140", "97140 2 units", "lumbar rotation mob L"]
)
def test_what_cannot_be_charted_stays_whole_with_its_reason(line: str) -> None:
    found = taking(REFERENCE, visit(), LUMBAR, line)
    assert found.session.pending_line == line
    assert (found.session.pain, found.session.interventions, found.session.mobilizations) == ((), (), ())
    assert found.problems[0].text == line
    assert found.problems[0].reason != "Not understood."


def test_words_behind_a_semicolon_go_on_with_the_text_and_nothing_that_could_be_charted_does() -> None:
    session = after("s: sore ; worse AM ; pain 6>3 ; p: go on ; review in a week")
    assert (session.note.subjective, session.note.plan) == ("sore ; worse AM", "go on ; review in a week")
    assert [row.value for row in session.pain] == [6, 3]
    session = after("s: sore ; flex")
    assert (session.note.subjective, session.pending_line) == ("sore", "flex")
