"""Lists as other systems write them, brought in by keys alone: from the file to what would become of every row."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.services.opening import OpenClinic
from ptnotes.ui.data.in_page import CHECK, COLUMNS, InPage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.ui.data_in import shown


@dataclass(frozen=True, slots=True)
class Case:
    """A file, how many patients it makes, and the reason of the first row that is refused, if any is."""

    text: str
    made: int
    why: str = ""
    encoding: str = "utf-8"
    refused: int = 0


WIDE = ",".join(f"Field {place}" for place in range(297))
CASES: Mapping[str, Case] = {
    "tabs": Case(
        "Acct No\tPatient Last Name\tPatient First Name\tDate of Birth\tGender\tHome Phone\r\n"
        "1001\tQuizzlebrook\tAda\t03/28/1979\tF\t555-0100\r\n1002\tStaythorpe\tBen\t11/22/1968\tM\t555-0101\r\n",
        2,
    ),
    "semicolons and umlauts of Windows": Case(
        "Nachname;Vorname;Geburtsdatum;Geschlecht;Telefon\r\nMüller;Zoë;28.03.1979;w;0301 1234\r\n"
        'Stößel;Jörg;01.02.1968;m;"0301; 4567"\r\n',
        2,
        encoding="cp1252",
    ),
    "quotes inside": Case(
        'Last Name,First Name,DOB,Nickname\r\nQuizzlebrook,"Ada ""Addie""",1979-03-28,"the ""one"""\r\n'
        "O'Mara,Cy,1970-01-01,5'4\" tall\r\n\"Never closed,Di,1971-01-01,\r\nMoe,Ed,1972-01-01,\r\n",
        3,
        "A quotation mark is not closed",
        refused=1,
    ),
    "empty columns at the end": Case(
        "Last Name,First Name,DOB,,,\r\nQuizzlebrook,Ada,1979-03-28,,,\r\nStaythorpe,Ben,1968-11-02,,,,,,\r\n",
        2,
    ),
    "numbers of a sheet": Case(
        "MRN,Last Name,First Name,DOB,Phone\r\n1,Quizzlebrook,Ada,1979-03-28,5.55E+09\r\n"
        "1.00E+05,Staythorpe,Ben,1968-11-02,\r\n3,Lastbury,Cy,28942,\r\n4,Moe,Di,########,\r\n5,Moe,Ed,1972-01-01,555\r\n",
        1,
        "Telephone: a spreadsheet rounded this number",
        refused=4,
    ),
    "short dates": Case(
        "Last Name,First Name,DOB\r\nQuizzlebrook,Ada,3/4/26\r\nStaythorpe,Ben,3/14/79\r\nLastbury,Cy,12/31/45\r\n",
        2,
        "both centuries are possible",
        refused=1,
    ),
    "last, first": Case(
        'Patient,DOB,Sex\r\n"Quizzlebrook, Ada M.",3/28/1979,F\r\n"Staythorpe, Ben, Jr",11/22/1968,male\r\n'
        '"Lastbury,Cy",1/31/1980,unknown\r\n',
        3,
    ),
    "sex": Case(
        "Last,First,DOB,Sex\r\nAb,Aa,1979-03-28,M\r\nBc,Bb,1978-03-28,F\r\nCd,Cc,1977-03-28,male\r\n"
        "De,Dd,1976-03-28,unknown\r\nEf,Ee,1975-03-28,\r\nFg,Ff,1974-03-28,2\r\n",
        5,
        "The sex is not understood",
        refused=1,
    ),
    "UTF-16": Case(
        "Last Name\tFirst Name\tDOB\r\nMüller\tZoë\t28/03/1979\r\nŁódź\tJosé\t01/02/1968\r\n",
        2,
        encoding="utf-16",
    ),
    "names twice, blank rows and a total": Case(
        "Last Name,First Name,DOB\r\nQuizzlebrook,Ada,3/28/1979\r\n\r\nLast Name,First Name,DOB\r\n"
        "Staythorpe,Ben,11/22/1968\r\n,,\r\nTotal: 2 patients,,\r\n",
        2,
        "The row has the names of the columns once more",
        refused=2,
    ),
    "300 columns": Case(
        f"Last Name,First Name,{WIDE},DOB\r\nQuizzlebrook,Ada,{WIDE},1979-03-28\r\n",
        1,
    ),
    "titles": Case(
        'Harbour Physical Therapy\r\n"Patient list, printed 12.3.2026",,,,\r\n\r\n'
        "MRN,Last Name,First Name,DOB,Phone\r\n"
        "1,Quizzlebrook,Ada,3/28/1979,555\r\n2,Staythorpe,Ben,11/22/1968,\r\n",
        2,
    ),
    "titles above semicolons": Case(
        "Patientenliste, gedruckt 12.3.2026\r\n\r\nNachname;Vorname;Geburtsdatum\r\nMüller;Zoë;28.03.1979\r\n",
        1,
    ),
    "everything in quotes": Case(
        '"Patient ID","Patient Name (Last, First)","Birth Date","Sex","Phone #1","Phone #2"\r\n'
        '"1","Quizzlebrook, Ada","28-Mar-1979","F","555","556"\r\n"2","Staythorpe, Ben","22-Nov-68","M","555",""\r\n',
        2,
    ),
    "a time of day": Case(
        "LastName,FirstName,DateOfBirth\r\nQuizzlebrook,Ada,3/28/1979 12:00:00 AM\r\nMoe,Di,1968-11-02 05:00\r\n",
        1,
        "The birth date has a time of day",
        refused=1,
    ),
}


@pytest.fixture
def page(qtbot: QtBot, open_clinic: OpenClinic, tasks: Tasks, theme: Theme) -> InPage:
    return shown(open_clinic, tasks, theme, qtbot)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_list_of_another_system_needs_no_more_than_two_keys(
    page: InPage, tmp_path: Path, qtbot: QtBot, case: Case
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(case.text.encode(case.encoding))
    page.file._ask_path = lambda _parent, _wanted: path
    page.file.button.setFocus()
    QTest.keyClick(page.file.button, Qt.Key.Key_Space)
    qtbot.waitUntil(page.columns.go_on.hasFocus)
    assert page.stage.currentIndex() == COLUMNS
    QTest.keyClick(page.columns.go_on, Qt.Key.Key_Space)
    check = page.check
    qtbot.waitUntil(lambda: page.stage.currentIndex() == CHECK and check.go_on.isVisible())
    assert check.go_on.text() == ("Import 1 patient" if case.made == 1 else f"Import {case.made} patients")
    assert check.kinds.tabText(2) == f"Cannot be read ({case.refused})"
    assert check.table.hasFocus()
    if case.refused:
        qtbot.waitUntil(lambda: case.why in check.detail.why.text())
