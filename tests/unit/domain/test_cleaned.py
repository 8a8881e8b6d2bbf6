"""Every text of a visit is cleaned, and a row whose texts are clean is left as it is."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from ptnotes.domain.cleaned import cleaned_session
from ptnotes.domain.errors import InputError
from ptnotes.domain.treatment import (
    SESSION_LISTS,
    BodyMark,
    BodyView,
    ComparableSign,
    ExamFinding,
    Exercise,
    FindingKind,
    Intervention,
    Mobilization,
    Note,
    PainScore,
    RomReading,
    TreatmentSession,
    Vitals,
)

VISIT = TreatmentSession(episode_id=1, service_date=date(2026, 11, 16), next_row=9)
ROWS: dict[str, Any] = {
    "mobilizations": Mobilization(row=7),
    "interventions": Intervention(row=7),
    "exercises": Exercise(row=7),
    "rom": RomReading(row=7, pair=1, motion="lumbar_flexion"),
    "pain": PainScore(row=7, pair=1),
    "comparable_signs": ComparableSign(row=7, pair=1, words="stairs"),
    "findings": ExamFinding(row=7, kind=FindingKind.SPECIAL_TEST),
    "vitals": Vitals(row=7),
    "body_chart": BodyMark(row=7, view=BodyView.BACK, symptom="pain"),
}
CODED = {
    ("exercises", "load_unit"),
    ("rom", "motion"),
    ("rom", "unit"),
    ("pain", "scale"),
    ("body_chart", "symptom"),
}
"""Texts that are ids or units, which the checks compare with the reference data."""
TEXTS = [
    (name, field.name)
    for name, row in ROWS.items()
    for field in fields(row)
    if field.type == "str" and (name, field.name) not in CODED
]


def with_changes(value: Any, changes: dict[str, Any]) -> Any:
    return replace(value, **changes)


def with_text(name: str, field: str, text: str) -> TreatmentSession:
    visit: TreatmentSession = with_changes(VISIT, {name: (replace(ROWS[name], **{field: text}),)})
    return visit


def test_there_is_a_row_of_every_list() -> None:
    assert tuple(ROWS) == SESSION_LISTS
    assert len(TEXTS) > 15


@pytest.mark.parametrize(("name", "field"), TEXTS)
def test_every_text_of_a_row_is_cleaned(name: str, field: str) -> None:
    (row,) = getattr(cleaned_session(with_text(name, field, "  e\u0301tage \t two ")), name)
    assert row == replace(ROWS[name], **{field: "étage two"})


@pytest.mark.parametrize(("name", "field"), TEXTS)
def test_a_text_that_cannot_be_stored_is_told_with_its_row(name: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        cleaned_session(with_text(name, field, "a\x00b"))
    ((code, where, row),) = [(fault.code, fault.field, fault.row) for fault in refused.value.faults]
    assert (code, row) == ("text.control", 7)
    assert where.partition(".")[2] == field


def test_rows_whose_texts_are_clean_are_not_made_anew() -> None:
    visit = with_changes(VISIT, {name: (row,) for name, row in ROWS.items()})
    cleaned = cleaned_session(visit)
    assert cleaned == visit
    assert all(getattr(cleaned, name)[0] is row for name, row in ROWS.items())


@pytest.mark.parametrize("section", [field.name for field in fields(Note)])
def test_every_section_of_the_note_is_cleaned(section: str) -> None:
    visit = replace(VISIT, note=Note(**{section: "one\r\ntwo  e\u0301"}))
    assert cleaned_session(visit).note == Note(**{section: "one\ntwo  é"})


@pytest.mark.parametrize("name", ["status_reason", "others_present"])
def test_the_lines_of_the_visit_itself_are_cleaned(name: str) -> None:
    cleaned = cleaned_session(with_changes(VISIT, {name: " a  b "}))
    assert getattr(cleaned, name) == "a b"
