"""What the services of a visit come to: minutes and units by both rules, ties, and minutes that cannot be."""

from datetime import date

import pytest

from ptnotes.domain.charges import charges, minutes_problem, tie_words, units_words
from ptnotes.domain.treatment import Intervention, TreatmentSession
from ptnotes.domain.units import UnitRuleName
from tests.clinics import reference

CMS, AMA = UnitRuleName.CMS, UnitRuleName.AMA


def visit(*services: tuple[str, int | None]) -> TreatmentSession:
    rows = tuple(
        Intervention(row=number, intervention=name, minutes=minutes)
        for number, (name, minutes) in enumerate(services, start=1)
    )
    return TreatmentSession(
        episode_id=1, service_date=date(2026, 3, 2), interventions=rows, next_row=len(rows) + 1
    )


def test_timed_and_untimed_minutes_are_apart_and_both_rules_are_told() -> None:
    found = charges(reference(), visit(("cpt_97110", 20), ("cpt_97140", 18), ("g0283", 15)))
    assert (found.timed_min, found.untimed_min) == (38, 15)
    assert units_words(found, CMS) == "4 units by the CMS 8-minute rule: 97110 2, 97140 1, G0283 1"
    assert units_words(found, AMA) == "3 units by the AMA rule: 97110 1, 97140 1, G0283 1"
    assert tie_words(found, CMS) == ""


def test_minutes_of_one_code_in_two_rows_add_up() -> None:
    found = charges(reference(), visit(("cpt_97110", 4), ("cpt_97110", 4)))
    assert units_words(found, CMS) == "1 unit by the CMS 8-minute rule: 97110 1"


def test_an_untimed_code_counts_once_whatever_its_minutes_and_rows() -> None:
    found = charges(reference(), visit(("g0283", None), ("g0283", 40)))
    assert (found.total(CMS), found.untimed_min) == (1, 40)


def test_a_timed_service_without_minutes_and_one_without_a_code_count_no_unit() -> None:
    found = charges(reference(), visit(("cpt_97110", None), ("cupping", 10)))
    assert (found.total(CMS), found.has_units, found.untimed_min) == (0, False, 10)


def test_ties_are_said_to_be_ties() -> None:
    two = charges(reference(), visit(("cpt_97110", 10), ("cpt_97140", 10)))
    assert tie_words(two, CMS) == "97110 and 97140 tie for 1 unit: you choose which."
    assert tie_words(two, AMA) == ""
    assert units_words(two, CMS) == "1 unit by the CMS 8-minute rule: 97110 0, 97140 0, 1 for 97110 or 97140"
    three = charges(reference(), visit(("cpt_97110", 8), ("cpt_97140", 8), ("cpt_97112", 8)))
    assert tie_words(three, CMS) == "97110, 97140 and 97112 tie for 2 units: you choose which."
    assert units_words(three, CMS).endswith("97110 0, 97140 0, 97112 0, 2 for 97110, 97140 or 97112")


def test_codes_that_tie_keep_the_units_that_are_theirs_alone() -> None:
    found = charges(reference(), visit(("cpt_97110", 20), ("cpt_97140", 5), ("cpt_97112", 15)))
    assert units_words(found, CMS) == (
        "3 units by the CMS 8-minute rule: 97110 1, 97140 0, 97112 1, 1 for 97110 or 97140"
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, ""),
        (45, ""),
        (44, "The minutes charted are more than the visit took (44 min)."),
        (30, "The minutes charted are more than the visit took (30 min)."),
        (29, "30 timed minutes are charted, and the visit took 29 min."),
    ],
)
def test_minutes_are_held_against_the_time_of_the_visit(minutes: int | None, words: str) -> None:
    found = charges(reference(), visit(("cpt_97110", 30), ("g0283", 15)))
    assert minutes_problem(found, minutes) == words
