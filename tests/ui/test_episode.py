"""The Episode tab: opening an episode, changing it, and what is refused."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from threading import Event

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QBoxLayout, QComboBox
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import (
    DischargeReason,
    EpisodeOfCare,
    EpisodeRegion,
)
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.treatment import Mode, Side
from ptnotes.services.episodes import change_episode, load_episode, open_episode, outcomes_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.episode.discharge_card import DischargeCard
from ptnotes.ui.episode.draft_fields import DraftText
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.episode.goal_row import measure_words
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT, reference

TODAY = date(2026, 3, 2)


@pytest.fixture
def screen(open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[EpisodeScreen]:
    add_patient(open_clinic, PATIENT)
    open_episode(
        open_clinic,
        EpisodeOfCare(
            patient_id=1,
            title="Low back pain",
            start=date(2026, 2, 2),
            regions=(EpisodeRegion(region="lumbar"),),
        ),
    )
    made = EpisodeScreen(open_clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    made.show_episode(1, 1)
    qtbot.waitUntil(lambda: made.draft.episode is not None)
    yield made
    made.flush()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    tasks.close()


def stored(screen: EpisodeScreen, qtbot: QtBot) -> EpisodeOfCare:
    screen.flush()
    qtbot.waitUntil(lambda: screen._tasks.unsaved == 0)
    return load_episode(screen._clinic, 1)


def test_what_is_typed_saves_itself(screen: EpisodeScreen, qtbot: QtBot) -> None:
    line = screen.basics.title_field.line
    line.end(False)
    with qtbot.waitSignal(screen.episode_changed):
        QTest.keyClicks(line, ", left")
    assert load_episode(screen._clinic, 1).title == "Low back pain, left"
    assert screen.state.text() == "Saved"


def test_typing_goes_on_while_a_save_is_under_way(screen: EpisodeScreen, qtbot: QtBot) -> None:
    screen.draft.set_value("title", "first")
    screen.flush()
    screen.draft.set_value("title", "second")
    qtbot.waitUntil(lambda: load_episode(screen._clinic, 1).title == "second")


class SlowFile:
    """Stands before the store and holds each save back until `gate` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gate = Event()
        self.titles = list[str]()
        monkeypatch.setattr("ptnotes.ui.episode.episode_save.change_episode", self.save)

    def save(self, clinic: OpenClinic, episode: EpisodeOfCare) -> EpisodeOfCare:
        assert self.gate.wait(60)
        self.titles.append(episode.title)
        return change_episode(clinic, episode)


@pytest.mark.parametrize("typed", ["second", "Low back pain"])
def test_what_was_typed_during_a_save_is_given_to_the_writer_before_that_save_is_told(
    screen: EpisodeScreen, typed: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = SlowFile(monkeypatch)
    counts = list[int]()
    screen._tasks.unsaved_changed.connect(counts.append)
    screen.draft.set_value("title", "first")
    screen.flush()
    screen.draft.set_value("title", typed)
    screen.flush()
    file.gate.set()
    # Nothing is unsaved only once, after the last of them: a window that closes then has lost nothing.
    qtbot.waitUntil(lambda: 0 in counts)
    assert file.titles == ["first", typed]
    assert load_episode(screen._clinic, 1).title == typed


def test_another_episode_shown_during_a_save_drops_nothing_of_the_one_before(
    screen: EpisodeScreen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_episode(
        screen._clinic, EpisodeOfCare(patient_id=1, title="Shoulder pain", start=date(2026, 2, 9))
    )
    file = SlowFile(monkeypatch)
    screen.draft.set_value("title", "first")
    screen.flush()
    screen.draft.set_value("title", "second")
    screen.draft.show(other, PATIENT.birth_date)
    file.gate.set()
    qtbot.waitUntil(lambda: screen._tasks.unsaved == 0)
    assert load_episode(screen._clinic, 1).title == "second"
    assert screen.basics.title_field.line.text() == "Shoulder pain"
    assert screen.draft._kept == {}


def test_an_episode_left_unstored_is_asked_about_and_comes_back_as_it_was_typed(
    screen: EpisodeScreen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise EnvironmentFault("disk.full")

    other = open_episode(
        screen._clinic, EpisodeOfCare(patient_id=1, title="Shoulder pain", start=date(2026, 2, 9))
    )
    before = load_episode(screen._clinic, 1)
    with monkeypatch.context() as patch:
        patch.setattr("ptnotes.ui.episode.episode_save.change_episode", full_disk)
        screen.draft.set_value("title", "typed")
        screen.draft.show(other, PATIENT.birth_date)
        qtbot.waitUntil(lambda: "disk is full" in screen.unsaved_problem())
    screen.draft.show(before, PATIENT.birth_date)
    assert screen.basics.title_field.line.text() == "typed"
    assert stored(screen, qtbot).title == "typed"
    assert screen.unsaved_problem() == ""


def test_typing_without_a_pause_is_saved_all_the_same(screen: EpisodeScreen, qtbot: QtBot) -> None:
    lengths = itertools.cycle(range(1, 100))

    def type_on() -> bool:
        screen.draft.set_value("title", "a" * next(lengths))
        return load_episode(screen._clinic, 1).title.startswith("a")

    # Asked every 10 ms, which never leaves the pause that a save waits for otherwise.
    qtbot.waitUntil(type_on)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("onset", date(2026, 3, 3), "future"),
        ("start", date(1979, 3, 11), "before the patient was born"),
        ("discharged_on", date(2026, 2, 1), "end is before the start"),
        ("plan.visits_a_week", Decimal(40), "not possible"),
        ("plan.times_a_day", 5, "not possible"),
        ("plan.times_a_day", 0, "not possible"),
        ("title", "x" * 201, "201 characters"),
        ("prior_function", "a\x00b", "control characters"),
    ],
)
def test_what_may_not_be_stored_is_refused_with_a_sentence_and_changes_nothing(
    screen: EpisodeScreen, path: str, value: object, words: str, qtbot: QtBot
) -> None:
    before = stored(screen, qtbot)
    with qtbot.waitSignal(screen.draft.refused) as refused:
        assert not screen.draft.set_value(path, value)
    assert words in refused.args[1]
    assert stored(screen, qtbot) == before


def test_the_sentence_stands_beside_the_field_until_it_is_mended(screen: EpisodeScreen) -> None:
    field = screen.basics.title_field
    field.line.setText("x" * 201)
    field.line.textEdited.emit(field.line.text())
    assert "201 characters" in field.fault
    field.line.setText("Low back")
    field.line.textEdited.emit("Low back")
    assert field.fault == ""


def test_a_megabyte_in_a_text_is_refused_at_once(screen: EpisodeScreen, qtbot: QtBot) -> None:
    field = next(field for field in screen.findChildren(DraftText) if field._path == "prior_function")
    paste = QMimeData()
    paste.setText("b" * 1_000_000)
    field.text.insertFromMimeData(paste)
    assert "1,000,000 characters" in field.fault
    assert stored(screen, qtbot).prior_function == ""


def test_a_stale_change_is_not_written_over_a_newer_one(screen: EpisodeScreen, qtbot: QtBot) -> None:
    newer = load_episode(screen._clinic, 1)
    change_episode(screen._clinic, replace(newer, title="from the other window"))
    screen.draft.set_value("title", "from this window")
    screen.flush()
    qtbot.waitUntil(screen.reload.isVisible)
    assert "newer version" in screen.unsaved_problem()
    assert load_episode(screen._clinic, 1).title == "from the other window"
    QTest.mouseClick(screen.reload, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: screen.basics.title_field.line.text() == "from the other window")
    assert screen.unsaved_problem() == ""


def test_a_region_is_added_with_its_side_and_removed(screen: EpisodeScreen, qtbot: QtBot) -> None:
    screen.basics._add("shoulder")
    side = next(box for box in screen.findChildren(QComboBox) if box.accessibleName() == "Side of Shoulder")
    side.setCurrentText("left")
    side.activated.emit(side.currentIndex())
    assert stored(screen, qtbot).regions[1] == EpisodeRegion(region="shoulder", side=Side.LEFT)
    screen.basics._remove(0)
    assert [row.region for row in stored(screen, qtbot).regions] == ["shoulder"]


def test_a_goal_takes_its_measure_its_numbers_and_its_date(screen: EpisodeScreen, qtbot: QtBot) -> None:
    form = screen.goals.form
    form.words.setText("Put on socks standing")
    item = next(item for item in form._find_measure("flexion") if item.id == "rom:lumbar_flexion")
    form.measure._take(item)
    form.baseline.setText("42")
    form.target.setText("60,5")
    form.due.setText("1 May 2026")
    QTest.mouseClick(form.add, Qt.MouseButton.LeftButton)
    (goal,) = stored(screen, qtbot).goals
    assert (goal.motion, goal.mode, goal.unit) == ("lumbar_flexion", Mode.ACTIVE, "deg")
    assert (goal.baseline, goal.target, goal.due) == (Decimal(42), Decimal("60.5"), date(2026, 5, 1))
    assert measure_words(reference(), goal) == "Lumbar flexion (active) 42° to 60.5° · by 1 May 2026"
    assert form.words.text() == ""


@pytest.mark.parametrize(("target", "words"), [("450", "not possible"), ("far", "not a number")])
def test_a_goal_out_of_bounds_is_refused(
    screen: EpisodeScreen, target: str, words: str, qtbot: QtBot
) -> None:
    form = screen.goals.form
    form.words.setText("Bend")
    form.measure._take(
        next(item for item in form._find_measure("flexion") if item.id == "rom:lumbar_flexion")
    )
    form.target.setText(target)
    form._make()
    assert words in form.target_field.fault
    assert stored(screen, qtbot).goals == ()


def test_an_outcome_total_is_recorded_within_its_bounds(screen: EpisodeScreen, qtbot: QtBot) -> None:
    card = screen.outcomes
    card.measure._take(next(item for item in card._find("odi") if item.id == "odi"))
    assert "0 to 100" in card.total_field.message.text()
    card.total.setText("144")
    card._record()
    qtbot.waitUntil(lambda: bool(card.total_field.fault))
    assert outcomes_of(screen._clinic, 1) == ()
    card.total.setText("44")
    with qtbot.waitSignal(card.recorded):
        card._record()
    assert [score.total for score in outcomes_of(screen._clinic, 1)] == [Decimal(44)]


def test_an_outcome_without_measure_or_total_is_asked_for(screen: EpisodeScreen) -> None:
    screen.outcomes._record()
    assert screen.outcomes.measure_field.fault
    assert screen.outcomes.total_field.fault


def test_discharge_ends_the_episode_and_can_be_taken_back(screen: EpisodeScreen, qtbot: QtBot) -> None:
    card = screen.findChild(DischargeCard)
    assert card is not None
    QTest.mouseClick(card.button, Qt.MouseButton.LeftButton)
    ended = stored(screen, qtbot)
    assert (ended.discharged_on, ended.discharge_reason) == (TODAY, DischargeReason.GOALS_MET)
    assert card.state.text() == "Discharged on 2 Mar 2026. Goals met."
    QTest.mouseClick(card.reopen, Qt.MouseButton.LeftButton)
    assert stored(screen, qtbot).discharged_on is None


def test_a_patient_without_an_episode_is_asked_to_open_one(screen: EpisodeScreen, qtbot: QtBot) -> None:
    screen.show_episode(1, None)
    form = screen.open_form
    assert screen.currentWidget() is form
    form.title.setText("Neck pain")
    form.start.setText("1 Mar 2026")
    form.region.setText("neck")
    with qtbot.waitSignal(screen.episode_opened) as opened:
        form._open()
    episode = opened.args[0]
    assert (episode.title, episode.start, episode.regions[0].region) == (
        "Neck pain", date(2026, 3, 1), "cervical",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text"), [("start", "1 Mar 2030"), ("start", "soon"), ("region", "elbowish")]
)
def test_an_episode_is_not_opened_with_what_cannot_be(
    screen: EpisodeScreen, field: str, text: str, qtbot: QtBot
) -> None:
    screen.show_episode(1, None)
    form = screen.open_form
    getattr(form, field).setText(text)
    form._open()
    assert getattr(form, f"{field}_field").fault
    assert form.open.isEnabled()


def test_cards_stand_in_one_column_where_it_is_narrow(screen: EpisodeScreen) -> None:
    assert screen.columns.direction() is QBoxLayout.Direction.LeftToRight
    screen.resize(700, 800)
    assert screen.columns.direction() is QBoxLayout.Direction.TopToBottom
