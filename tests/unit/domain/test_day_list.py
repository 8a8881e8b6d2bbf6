"""The day's list from a CSV file: columns told by their heads, bad lines told, times and dates as people write them."""

from datetime import date, time

import pytest

from ptnotes.domain.dates import read_clock
from ptnotes.domain.day_list import MOST_LINES, CsvLine, Standing, names_match, read_day_csv, standing_of
from ptnotes.domain.errors import InputError
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.treatment import NoteState, VisitStatus

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    "text",
    [
        "Time,Patient,DOB\n9:30,Moreau Hélène,3/12/1979\n",
        "Patient Name;Date of Birth;Start Time\nMoreau Hélène;12 Mar 1979;0930\n",
        "Last Name\tFirst Name\tdob\tAppt_Time\tDate\nHélène\tMoreau\t1979-03-12\t9:30 AM\t3/2/2026\n",
        '\ufeff"Date/Time","Client","Birth Date"\n"2026-03-02T09:30:00","Moreau Hélène","1979-03-12"\n'.lstrip(
            "\ufeff"
        ),
        "Date/Time,Client,Born\n3/2/2026 9:30 am,Moreau Hélène,1979-03-12\n",
    ],
)
def test_columns_are_told_by_their_heads(text: str) -> None:
    assert read_day_csv(text, DAY) == (
        CsvLine(number=2, starts_at=time(9, 30), name="Moreau Hélène", birth_date=date(1979, 3, 12)),
    )


def test_bad_lines_are_kept_with_what_is_wrong_with_them() -> None:
    text = (
        "MRN,Name,Time,Date,DOB,Notes\n"
        "123,Moreau,9:30,3/2/2026,,first visit\n"
        ",,10:00,,,\n"
        "124,Okafor,half ten,,,\n"
        "125,Lind,11:00,3/3/2026,,\n"
        "126,Sato,11:00,,soon,\n"
        "\n"
        "127\n"
    )
    lines = read_day_csv(text, DAY)
    assert [(line.number, line.problem) for line in lines] == [
        (2, ""),
        (3, "names no patient"),
        (4, "has a time that is not understood: half ten"),
        (5, "is of another day: 3/3/2026"),
        (6, "has a birth date that is not understood: soon"),
        (8, ""),
    ]
    assert lines[0] == CsvLine(number=2, mrn="123", name="Moreau", starts_at=time(9, 30), words="first visit")
    assert lines[-1].as_written == "record number 127"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "csv.empty"),
        ("Name,Time\n", "csv.empty"),
        ("Colour,Size\nred,4\n", "csv.no_columns"),
        ("Name\n" + "Moreau\n" * (MOST_LINES + 5), "csv.too_long"),
        ('Name\n"' + "x" * 200_000 + "\n", "csv.unreadable"),
    ],
)
def test_what_is_no_list_of_patients_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_day_csv(text, DAY)
    assert refused.value.faults[0].code == code


def test_a_name_matches_in_any_order_and_never_half() -> None:
    patient = PatientRow(
        id=1,
        mrn="1",
        name="Moreau, Hélène Marie “Nell”",
        birth_date=date(1979, 3, 12),
        telephone="",
        archived=False,
    )
    for written in ("Moreau, Helene", "HÉLÈNE MOREAU", "Nell Moreau", "Moreau, Hélène Marie"):
        assert names_match(written, patient), written
    for written in ("Moreau", "Hélène", "Moreau, Anna", "Hélène Marie", "Moreau-Lind, Hélène"):
        assert not names_match(written, patient), written


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("9:30", time(9, 30)), ("0930", time(9, 30)), ("2:15 pm", time(14, 15)), ("12 am", time(0)),
        ("09:30:00", time(9, 30)), ("25:00", None), ("13 pm", None), ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str, at: time | None) -> None:
    assert read_clock(text) == at


@pytest.mark.parametrize(
    ("status", "note", "ready", "standing"),
    [
        (VisitStatus.SCHEDULED, None, False, Standing.PLANNED),
        (VisitStatus.ATTENDED, None, False, Standing.TO_CHART),
        (VisitStatus.SCHEDULED, NoteState.DRAFT, False, Standing.DRAFT),
        (VisitStatus.ATTENDED, NoteState.DRAFT, True, Standing.TO_SIGN),
        (VisitStatus.ATTENDED, NoteState.AWAITING_COSIGNATURE, False, Standing.TO_CO_SIGN),
        (VisitStatus.ATTENDED, NoteState.SIGNED, False, Standing.DONE),
        (VisitStatus.CANCELLED, None, False, Standing.CANCELLED),
        (VisitStatus.MISSED, None, False, Standing.MISSED),
    ],
)
def test_how_far_the_work_is(
    status: VisitStatus, note: NoteState | None, ready: bool, standing: Standing
) -> None:
    assert standing_of(status, note, can_be_signed=ready) is standing
