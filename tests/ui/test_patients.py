"""Finding, adding and changing patients."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ptnotes.domain.patient import Patient, PatientRow, Sex
from ptnotes.domain.views import MOST_COUNTED, DraftRow, Home
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, find_patients, load_patient
from ptnotes.ui.home.home_page import HomePage
from ptnotes.ui.patients.patient_form import PatientForm
from ptnotes.ui.patients.patient_list import ListRow, PatientList, found_rows, home_rows
from ptnotes.ui.sidebar import MOST_DRAFTS, MOST_FOUND, Sidebar
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT

TODAY = date(2026, 3, 2)
ROW = PatientRow(
    id=1, mrn="000123", name="Moreau, Hélène", birth_date=date(1979, 3, 12), telephone="", archived=False
)


@pytest.fixture
def people(open_clinic: OpenClinic) -> OpenClinic:
    for number, (family, given) in enumerate(
        (("Moreau", "Hélène"), ("Moretti", "Ada"), ("Okafor", "Daniel"))
    ):
        add_patient(open_clinic, replace(PATIENT, mrn=f"00020{number}", family_name=family, given_name=given))
    return open_clinic


@pytest.fixture
def sidebar(people: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[Sidebar]:
    made = Sidebar(people, tasks, theme)
    qtbot.addWidget(made)
    made.resize(260, 600)
    made.show()
    yield made
    tasks.close()


def names(sidebar: Sidebar) -> list[str]:
    return [row.title for row in sidebar.patients.rows.rows]


def test_each_letter_narrows_the_list_and_the_focus_stays(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.start_finding()
    QTest.keyClicks(sidebar.find_line, "more")
    qtbot.waitUntil(lambda: names(sidebar) == ["Moreau, Hélène", "Moretti, Ada"])
    QTest.keyClicks(sidebar.find_line, "t")
    qtbot.waitUntil(lambda: names(sidebar) == ["Moretti, Ada"])
    assert sidebar.window().focusWidget() is sidebar.find_line


def test_down_and_enter_open_the_second_one(sidebar: Sidebar, qtbot: QtBot) -> None:
    QTest.keyClicks(sidebar.find_line, "more")
    qtbot.waitUntil(lambda: len(names(sidebar)) == 2)
    QTest.keyClick(sidebar.find_line, Qt.Key.Key_Down)
    with qtbot.waitSignal(sidebar.patient_chosen) as chosen:
        QTest.keyClick(sidebar.find_line, Qt.Key.Key_Return)
    assert load_patient(sidebar._clinic, chosen.args[0]).family_name == "Moretti"
    assert sidebar.find_line.text() == ""


def test_enter_waits_for_what_was_typed_and_never_opens_an_older_find(sidebar: Sidebar, qtbot: QtBot) -> None:
    QTest.keyClicks(sidebar.find_line, "moreau")
    qtbot.waitUntil(lambda: names(sidebar) == ["Moreau, Hélène"])
    gate = threading.Event()
    for _ in range(2):
        sidebar._tasks.read(lambda: gate.wait(60))
    sidebar.find_line.selectAll()
    QTest.keyClicks(sidebar.find_line, "okafor")
    with qtbot.waitSignal(sidebar.patient_chosen) as chosen:
        QTest.keyClick(sidebar.find_line, Qt.Key.Key_Return)
        gate.set()
    assert load_patient(sidebar._clinic, chosen.args[0]).family_name == "Okafor"


def test_esc_gives_the_list_back(sidebar: Sidebar, qtbot: QtBot) -> None:
    QTest.keyClicks(sidebar.find_line, "zzz")
    qtbot.waitUntil(lambda: names(sidebar) == ["No patient matches."])
    QTest.keyClick(sidebar.find_line, Qt.Key.Key_Escape)
    assert sidebar.find_line.text() == ""
    assert "No patient matches." not in names(sidebar)


def test_hints_and_headings_are_passed_over(theme: Theme, qtbot: QtBot) -> None:
    shown = PatientList(theme, "Patients")
    qtbot.addWidget(shown)
    draft = DraftRow(session_id=7, patient=ROW, service_date=TODAY, saved_at=None)
    shown.show_rows(home_rows(Home(recent=(ROW,), drafts=(draft,)), TODAY))
    shown.move_selection(1)
    assert shown.currentIndex().row() == 1
    with qtbot.waitSignal(shown.draft_chosen) as chosen:
        shown.choose_selected()
    assert chosen.args == [1, 7]
    shown.move_selection(1)
    assert shown.currentIndex().row() == 3
    with qtbot.waitSignal(shown.patient_chosen):
        shown.choose_selected()


def test_a_row_says_what_tells_people_apart() -> None:
    (row,) = found_rows((ROW,), TODAY, MOST_FOUND)
    assert (row.title, row.detail) == ("Moreau, Hélène", "46 y · 12 Mar 1979 · MRN 000123")


def test_more_than_the_list_holds_is_said() -> None:
    rows = found_rows([ROW] * 5, TODAY, 5)
    assert "first 5" in rows[-1].title
    assert rows[-1].patient_id is None


def test_the_sidebar_shows_some_drafts_and_says_how_many_more() -> None:
    drafts = tuple(
        DraftRow(session_id=number, patient=ROW, service_date=TODAY, saved_at=None) for number in range(9)
    )
    rows = home_rows(Home(drafts=drafts, draft_count=9), TODAY, MOST_DRAFTS)
    assert [row.title for row in rows[-1:]] == ["4 more drafts"]


def test_where_counting_ended_more_are_spoken_of(theme: Theme, qtbot: QtBot) -> None:
    drafts = (DraftRow(session_id=1, patient=ROW, service_date=TODAY, saved_at=None),)
    rows = home_rows(Home(drafts=drafts, draft_count=MOST_COUNTED), TODAY)
    assert rows[-1].title == "Many more drafts"
    page = HomePage(lambda: TODAY, theme)
    qtbot.addWidget(page)
    page.show_home(Home(recent=(ROW,), patient_count=MOST_COUNTED))
    assert page.count_line.text().startswith("More than 2,000 patients ")


def test_the_home_page_shows_what_waits_for_a_co_signature_and_asks_for_a_recovery_key(
    theme: Theme, qtbot: QtBot
) -> None:
    page = HomePage(lambda: TODAY, theme)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    waiting = DraftRow(session_id=7, patient=ROW, service_date=TODAY, saved_at=None)
    page.show_home(Home(recent=(ROW,), to_co_sign=(waiting,), patient_count=1, lacks_recovery_key=True))
    shown = page.to_co_sign[0]
    assert shown.isVisible()
    assert [(row.session_id, row.pill) for row in shown.rows.rows] == [(7, "co-sign")]
    assert page.recovery.isVisible()
    with qtbot.waitSignal(page.recovery_asked):
        page.recovery.findChildren(QPushButton)[0].click()
    page.show_home(Home(recent=(ROW,), patient_count=1))
    assert not shown.isVisible()
    assert not page.recovery.isVisible()
    page.asks_for_recovery_key = False
    page.show_home(Home(recent=(ROW,), patient_count=1, lacks_recovery_key=True))
    assert not page.recovery.isVisible()


def test_an_empty_clinic_is_told_its_first_step(theme: Theme, qtbot: QtBot) -> None:
    page = HomePage(lambda: TODAY, theme)
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    page.show_home(Home())
    with qtbot.waitSignal(page.add_asked):
        QTest.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    page.show_home(Home(recent=(ROW,), patient_count=1))
    assert page.currentWidget() is page.work
    assert page.count_line.text().startswith("1 patient ")


@pytest.fixture
def form(people: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[PatientForm]:
    made = PatientForm(people, tasks)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    made.start_adding()
    yield made
    tasks.close()


def type_patient(form: PatientForm, **lines: str) -> None:
    for name, text in lines.items():
        form._line(name).setText(text)


def test_a_patient_is_added_with_the_next_record_number(form: PatientForm, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: form._line("mrn").text() == "000203")
    type_patient(form, family_name="Nguyễn", given_name="Thị Hoa", birth_date="14.02.1955")
    form.sex.setCurrentIndex(form.sex.findData(Sex.FEMALE))
    with qtbot.waitSignal(form.patient_stored) as stored:
        QTest.keyClick(form._line("given_name"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    patient, is_new = stored.args
    assert is_new
    assert (patient.name, patient.birth_date, patient.sex) == (
        "Nguyễn, Thị Hoa",
        date(1955, 2, 14),
        Sex.FEMALE,
    )
    assert [row.id for row in find_patients(form._clinic, "nguyen")] == [patient.id]


def test_a_record_number_left_empty_is_given(form: PatientForm, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(form._line("mrn").text()))
    type_patient(form, family_name="Silva", given_name="Ana", birth_date="3 Jun 1992", mrn="")
    with qtbot.waitSignal(form.patient_stored) as stored:
        form._store()
    assert stored.args[0].mrn == "000203"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("family_name", "   ", "cannot be empty"),
        ("given_name", "x" * 1_000_000, "characters; at most 200"),
        ("given_name", "A\x00da", "control characters"),
        ("birth_date", "3/3/2030", "future"),
        ("birth_date", "yesterday", "not a date"),
        ("birth_date", "", "birth date is needed"),
        ("mrn", "000200", "Another patient"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_stores_nothing(
    form: PatientForm, field: str, text: str, words: str, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: bool(form._line("mrn").text()))
    type_patient(form, family_name="Silva", given_name="Ana", birth_date="3 Jun 1992")
    form._line(field).setText(text)
    form._store()
    qtbot.waitUntil(lambda: bool(form.fields[field].fault))
    assert words in form.fields[field].fault
    assert form.store.isEnabled()
    assert find_patients(form._clinic, "silva") == ()


@pytest.mark.parametrize("name", ["محمد", "שקד", "e\u0301clair", "👩‍⚕️", "<b>Ada</b>", "O'Neil"])
def test_names_of_every_script_are_kept(form: PatientForm, name: str, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(form._line("mrn").text()))
    type_patient(form, family_name=name, given_name="Ana", birth_date="3 Jun 1992")
    with qtbot.waitSignal(form.patient_stored) as stored:
        form._store()
    assert stored.args[0].family_name in (name, "éclair")


def test_a_likely_duplicate_is_shown_before_a_second_chart_is_begun(form: PatientForm, qtbot: QtBot) -> None:
    type_patient(form, family_name="moreau", given_name="Helene", birth_date="12 Mar 1979")
    form.birth_date.read_text()
    qtbot.waitUntil(form.duplicates.isVisible)
    assert form.store.text() == "Add as a new patient"
    button = form.duplicates.findChild(QPushButton)
    assert button is not None
    with qtbot.waitSignal(form.open_asked) as asked:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert load_patient(form._clinic, asked.args[0]).family_name == "Moreau"


def test_a_change_is_stored_and_a_stale_one_refused(
    form: PatientForm, people: OpenClinic, qtbot: QtBot
) -> None:
    patient: Patient = load_patient(people, 1)
    form.start_changing(patient)
    type_patient(form, telephone="(555) 010-4478")
    with qtbot.waitSignal(form.patient_stored) as stored:
        form._store()
    assert stored.args[0].telephone == "(555) 010-4478"
    form.start_changing(patient)
    type_patient(form, telephone="(555) 010-9999")
    form._store()
    qtbot.waitUntil(form.problem.isVisible)
    assert "newer version" in form.problem.text()
    assert form._line("telephone").text() == "(555) 010-9999"
    assert load_patient(people, 1).telephone == "(555) 010-4478"


def test_leaving_the_form_says_whether_something_was_typed(form: PatientForm, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.cancelled) as left:
        QTest.keyClick(form, Qt.Key.Key_Escape)
    assert left.args == [False]
    type_patient(form, family_name="Silva")
    with qtbot.waitSignal(form.cancelled) as left:
        form._cancel()
    assert left.args == [True]
    assert form._line("family_name").text() == "Silva"


def test_a_heading_stays_lower_than_a_row_whatever_was_listed_before(theme: Theme, qtbot: QtBot) -> None:
    shown = listed(theme, qtbot, [ListRow("Moreau", "45 y", 1), ListRow("No more", "Type more")], wraps=False)

    def heights() -> list[int]:
        return [shown.visualRect(shown.rows.index(place)).height() for place in range(2)]

    assert heights() == [theme.px(44)] * 2
    shown.show_rows([ListRow("RECENT", is_heading=True), ListRow("Moreau", "45 y", 1)])
    assert heights() == [theme.px(30), theme.px(44)]


def listed(theme: Theme, qtbot: QtBot, rows: list[ListRow], *, wraps: bool) -> PatientList:
    made = PatientList(theme, "Patients", wraps=wraps)
    qtbot.addWidget(made)
    made.resize(300, 400)
    made.show_rows(rows)
    made.show()
    return made


def test_the_draft_on_the_screen_is_marked_and_never_another_one_of_the_same_patient(
    theme: Theme, qtbot: QtBot
) -> None:
    rows = [
        ListRow("Moreau", "visit of 26 Feb", 1, 11),
        ListRow("Moreau", "visit of 23 Feb", 1, 12),
        ListRow("Okafor", "visit of 23 Feb", 2, 21),
        ListRow("Moreau", "46 y", 1),
    ]
    made = listed(theme, qtbot, rows, wraps=False)
    wanted = (((1, 12), 1), ((1, 11), 0), ((1, None), 3), ((1, 99), 3), ((2, 99), -1), ((None, None), -1))
    for (patient_id, session_id), place in wanted:
        made.mark_patient(patient_id, session_id)
        assert made.currentIndex().row() == place


def test_a_line_that_may_not_be_cut_takes_as_many_lines_as_its_words_need(theme: Theme, qtbot: QtBot) -> None:
    why = "Progress report · treatment days 11–20 of this episode; today is the 9th since the last report of 2 Feb"
    rows = [ListRow("Moreau, Hélène", why, 1, 11, "by 12 Mar"), ListRow("Okafor, Daniel", "soon", 2, 21)]
    cut = listed(theme, qtbot, rows, wraps=False)
    whole = listed(theme, qtbot, rows, wraps=True)
    places = [whole.rows.index(place) for place in (0, 1)]
    first, second = (whole.visualRect(place).height() for place in places)
    assert second == cut.visualRect(cut.rows.index(1)).height()
    assert first > second
    whole.resize(160, 400)
    qtbot.waitUntil(lambda: whole.visualRect(places[0]).height() > first)
    whole.resize(1600, 400)
    qtbot.waitUntil(lambda: whole.visualRect(places[0]).height() == second)


def test_what_is_at_hand_is_read_again_after_a_change_and_not_after_a_search(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    read: list[str] = []
    sidebar._settled.timeout.disconnect()
    sidebar._settled.timeout.connect(partial(read.append, "home"))
    tasks = sidebar._tasks
    tasks.unsaved_changed.connect(sidebar.show_unsaved)
    QTest.keyClicks(sidebar.find_line, "mor")
    qtbot.waitUntil(lambda: sidebar._found is not None)
    sidebar._clear()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    assert not sidebar._settled.isActive()
    tasks.write(lambda: None)
    qtbot.waitUntil(lambda: read == ["home"])
    # A change beside the note of a search counts as one.
    QTest.keyClicks(sidebar.find_line, "mor")
    qtbot.waitUntil(lambda: sidebar._found is not None)
    tasks.write(lambda: None)
    sidebar._clear()
    qtbot.waitUntil(lambda: read == ["home", "home"])
