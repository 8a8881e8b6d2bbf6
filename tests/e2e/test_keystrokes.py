"""How many keys a visit takes, counted at the real window: no mouse, from the patient's name to the signed note.

Every key pressed is counted, with one exception that is said beside the number: what is new that day and has to be
typed by anybody on anything (the new line of the note, the digits of the day's measurements) and the passphrase.
"""

import subprocess
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from ptnotes.domain.treatment import (
    Exercise,
    Intervention,
    Mobilization,
    Note,
    NoteState,
    Phase,
    Side,
    TreatmentSession,
)
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import ReportChoices, prepare_report
from ptnotes.services.verification import verify_notes
from ptnotes.services.visits import load_session, save_draft, sessions_of, start_session
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.e2e.window import Driver
from tests.episodes import flexion, pain
from tests.signing import clinic_with_episode

LIKE_LAST_MOST, FROM_NOTHING_MOST = 40, 150
NEW_LINE = "Slept through; stairs easier."
pytestmark = pytest.mark.timeout(240)


class Counting(Driver):
    """A driver that counts keys: `press` and `type` do, `type_new` counts only what is not new that day."""

    keys = 0
    new = 0

    def press(self, keys: str) -> None:
        """Press a key, counted as one."""
        self.keys += 1
        super().press(keys)

    def type(self, text: str) -> None:
        """Press one counted key for each letter, wherever the focus is."""
        self.keys += len(text)
        QTest.keyClicks(self.focused(), text)

    def type_new(self, text: str) -> None:
        """Press the keys of what is new that day."""
        self.new += len(text)
        QTest.keyClicks(self.focused(), text)

    def goes_to(self, name: str) -> None:
        """Press F6 until the keyboard is in the part whose first field has this name."""
        for _ in range(10):
            self.press("F6")
            if self.focused().accessibleName().startswith(name):
                return
        raise AssertionError(f"F6 never leads to {name}")


@pytest.fixture
def counting(window: Driver) -> Counting:
    """Give the window with a counter."""
    return Counting(window.shell, window.qtbot)


def last_visit(session: TreatmentSession) -> TreatmentSession:
    """A visit with three techniques, four motions, pain, minutes and a note."""
    upa = Mobilization(
        row=8, targets=("L5",), side=Side.LEFT, technique="upa", grade_system="maitland", grade="III", sets=3,
        duration_s=45, responses=("better",),
    )  # fmt: skip
    motions = [
        replace(flexion(value, phase), row=20 + place, pair=30 + place // 2, motion=motion, side=side)
        for place, (motion, side, phase, value) in enumerate(
            (motion, side, phase, 20 + phases)
            for motion, side in (
                ("lumbar_flexion", None),
                ("lumbar_extension", None),
                ("lumbar_lateral_flexion", Side.LEFT),
                ("lumbar_lateral_flexion", Side.RIGHT),
            )
            for phases, phase in enumerate((Phase.BEFORE, Phase.AFTER))
        )
    ]
    return replace(
        session,
        mobilizations=(
            upa,
            replace(upa, row=9, targets=("L4",), grade="II"),
            replace(upa, row=10, targets=("L4",), side=Side.MIDLINE, technique="cpa"),
        ),
        interventions=(Intervention(row=11, intervention="cpt_97140", minutes=25),),
        exercises=(Exercise(row=12, name="Bridge", sets=3, reps=10),),
        rom=tuple(motions),
        pain=pain(6, 3),
        note=Note(
            subjective="Woke twice.", objective="Left L5 stiff.", assessment="Settling.", plan="Twice a week."
        ),
        next_row=50,
    )


def through_the_door(window: Driver, clinic: OpenClinic) -> None:
    window.shell.enter(clinic)
    window.until(
        lambda: window.shell.workspace is not None and window.focused().accessibleName() == "Find a patient"
    )


def find_and_begin(window: Counting) -> None:
    """Find the patient by name, and begin today's visit."""
    window.type("mor")
    workspace = window.shell.workspace
    assert workspace is not None
    window.until(lambda: [row.title for row in workspace.sidebar.patients.rows.rows] == ["Moreau, Hélène"])
    window.press("Return")
    window.until(lambda: workspace.chart.shown is not None)
    window.press("Ctrl+N")
    window.until(lambda: bool(window.shown(QPlainTextEdit, "Subjective")))


def sign(window: Counting) -> None:
    """Sign the visit, with nothing left that has to be there."""
    window.press("Ctrl+Return")
    window.until(lambda: bool(window.shown(QLineEdit, "Your passphrase")))
    window.until(lambda: window.find(QLineEdit, "Your passphrase").hasFocus())
    QTest.keyClicks(window.focused(), PASSPHRASE)
    window.press("Return")
    window.until(lambda: window.says("Signed electronically by J. Rivera, PT, DPT"))


def the_new_visit(clinic: OpenClinic, episode_id: int) -> TreatmentSession:
    """Today's visit as it is stored, signed and verified."""
    session = load_session(clinic, sessions_of(clinic, episode_id)[0].id)
    assert session.service_date == clinic.today()
    assert session.state is NoteState.SIGNED
    assert verify_notes(clinic).problems == ()
    return session


def words_of_the_report(clinic: OpenClinic, episode_id: int, folder: Path) -> str:
    """Give all words of the progress report that now can be made."""
    target = folder / "report.pdf"
    target.write_bytes(prepare_report(clinic, episode_id, ReportChoices()).pdf)
    read = subprocess.run(["pdftotext", "-layout", target, "-"], capture_output=True, text=True, check=True)
    return " ".join(read.stdout.split())


def test_a_visit_like_the_last_takes_at_most_forty_keys_beyond_what_is_new(
    counting: Counting, clinic_path: Path, tmp_path: Path
) -> None:
    window = counting
    clock = FixedClock()
    clinic_path.parent.mkdir(parents=True)
    clinic, episode = clinic_with_episode(clinic_path.parent, clock)
    episode_id = episode.id or 0
    day = clinic.today() - timedelta(days=3)
    save_draft(clinic, last_visit(start_session(clinic, episode_id, day)))

    through_the_door(window, clinic)
    find_and_begin(window)
    window.press("Ctrl+Semicolon")
    window.press("Ctrl+D")
    window.press("Ctrl+R")
    window.goes_to("Pain now, before treatment")
    window.type_new("6")
    window.press("Tab")
    window.type_new("3")
    window.goes_to("Subjective")
    window.type_new(NEW_LINE)
    window.goes_to("Lumbar flexion, before")
    for number in ("45", "55", "10", "18", "20", "25", "18", "22"):
        if number != "45":
            window.press("Tab")
        window.type_new(number)
    window.goes_to("Add a service")
    window.press("Tab")
    assert window.focused().accessibleName() == "Add Manual therapy, as last visit"
    window.press("Space")
    window.until(lambda: "inutes" in window.focused().accessibleName())
    window.type_new("25")
    clock.at += timedelta(minutes=45)
    window.press("Ctrl+Semicolon")
    sign(window)

    session = the_new_visit(clinic, episode_id)
    assert [
        (row.targets, row.technique, row.grade, row.sets, row.duration_s) for row in session.mobilizations
    ] == [
        (("L5",), "upa", "III", 3, 45),
        (("L4",), "upa", "II", 3, 45),
        (("L4",), "cpa", "III", 3, 45),
    ]
    assert [(row.name, row.sets, row.reps) for row in session.exercises] == [("Bridge", 3, 10)]
    assert [score.value for score in session.pain] == [6, 3]
    assert [reading.value for reading in session.rom] == [
        Decimal(n) for n in (45, 55, 10, 18, 20, 25, 18, 22)
    ]
    assert [(row.intervention, row.minutes) for row in session.interventions] == [("cpt_97140", 25)]
    assert session.note.subjective == NEW_LINE
    assert session.total_minutes == 45
    print(f"like the last visit: {window.keys} keys beyond {window.new} of what is new")  # noqa: T201 - the figure
    assert window.keys <= LIKE_LAST_MOST
    words = words_of_the_report(clinic, episode_id, tmp_path)
    assert "55" in words
    assert "J. Rivera, PT, DPT" in words


def test_a_visit_from_nothing_takes_at_most_a_hundred_and_fifty_keys_beyond_the_note(
    counting: Counting, clinic_path: Path, tmp_path: Path
) -> None:
    window = counting
    clock = FixedClock()
    clinic_path.parent.mkdir(parents=True)
    clinic, episode = clinic_with_episode(clinic_path.parent, clock)
    episode_id = episode.id or 0

    through_the_door(window, clinic)
    find_and_begin(window)
    window.press("Ctrl+Semicolon")
    window.press("Ctrl+T")
    line = window.focused()
    window.type("L5 upa l III 3x45s;L4 upa l II 3x45s;L4 cpa III 3x45s;")
    window.type("flex 45>55,ext 10>18,sb l 20>25,sb r 18>22;pain 6>3;mt 25")
    window.press("Return")
    window.until(lambda: _is_empty(line))
    window.press("Ctrl+R")
    window.goes_to("Subjective")
    window.type_new(NEW_LINE)
    clock.at += timedelta(minutes=45)
    window.press("Ctrl+Semicolon")
    sign(window)

    session = the_new_visit(clinic, episode_id)
    assert [(row.targets, row.side, row.technique, row.grade) for row in session.mobilizations] == [
        (("L5",), Side.LEFT, "upa", "III"),
        (("L4",), Side.LEFT, "upa", "II"),
        (("L4",), Side.MIDLINE, "cpa", "III"),
    ]
    assert sorted(reading.value for reading in session.rom if reading.value is not None) == [
        *(Decimal(n) for n in (10, 18, 18, 20, 22, 25, 45, 55))
    ]
    assert [score.value for score in session.pain] == [6, 3]
    assert [(row.intervention, row.minutes) for row in session.interventions] == [("cpt_97140", 25)]
    assert session.note.subjective == NEW_LINE
    print(f"from nothing: {window.keys} keys beyond {window.new} of the note")  # noqa: T201 - the figure
    assert window.keys <= FROM_NOTHING_MOST
    words = words_of_the_report(clinic, episode_id, tmp_path)
    assert "6" in words
    assert "J. Rivera, PT, DPT" in words


def _is_empty(line: QWidget) -> bool:
    text = line.property("plainText")
    return not (text if text is not None else line.property("text"))
