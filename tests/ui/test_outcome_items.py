"""A questionnaire answered item by item: the same activities again, blanks as blanks, and the total as it is made."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare, OutcomeItem, OutcomeScore
from ptnotes.services.episodes import open_episode, outcomes_of, record_outcome
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.episode.outcome_card import OutcomeCard
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT


@pytest.fixture
def episode(open_clinic: OpenClinic) -> EpisodeOfCare:
    patient = add_patient(open_clinic, PATIENT)
    return open_episode(open_clinic, EpisodeOfCare(patient_id=patient.id or 0, start=date(2026, 2, 2)))


@pytest.fixture
def card(
    open_clinic: OpenClinic, episode: EpisodeOfCare, theme: Theme, tasks: Tasks, qtbot: QtBot
) -> OutcomeCard:
    made = OutcomeCard(open_clinic, tasks)
    qtbot.addWidget(made)
    made.resize(560, 700)
    made.show()
    made.show_scores(episode, ())
    return made


def choose(card: OutcomeCard, measure: str) -> None:
    card.measure._take(next(item for item in card._find(measure) if item.id == measure))


def answer(card: OutcomeCard, place: int, value: str, words: str | None = None) -> None:
    field = card.items.answers[place]
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, value)
    if words is not None:
        named = card.items.words[place]
        assert isinstance(named, QLineEdit)
        named.clear()
        QTest.keyClicks(named, words)


def record(card: OutcomeCard, qtbot: QtBot) -> OutcomeScore:
    with qtbot.waitSignal(card.recorded) as stored:
        card.add.click()
    score = stored.args[0]
    assert isinstance(score, OutcomeScore)
    return score


def test_activities_are_the_patients_words_and_a_blank_stays_blank(
    card: OutcomeCard, open_clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    choose(card, "psfs")
    assert card.total_field.isHidden()
    assert len(card.items.answers) == 3
    answer(card, 0, "3", "Sitting 20 min")
    answer(card, 1, "6", "Stairs")
    answer(card, 2, "", "Running")
    assert card.items.total.text() == "Average of 2 activities: 4.5"
    record(card, qtbot)
    (score,) = outcomes_of(open_clinic, episode.id or 0)
    assert score.total == Decimal("4.5")
    assert [(item.words, item.value) for item in score.items] == [
        ("Sitting 20 min", 3),
        ("Stairs", 6),
        ("Running", None),
    ]


def test_the_next_time_the_same_activities_are_asked_with_their_rating_beside(
    card: OutcomeCard, open_clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    items = (
        OutcomeItem(item="activity_1", words="Sitting", value=Decimal(3)),
        OutcomeItem(item="activity_2", words="Run"),
    )
    first = OutcomeScore(
        episode_id=episode.id or 0, measure="psfs", taken_on=date(2026, 2, 10), total=Decimal(0), items=items
    )
    card.show_scores(episode, (record_outcome(open_clinic, first),))
    choose(card, "psfs")
    assert [words.text() for words in card.items.words] == ["Sitting", "Run"]
    assert [field.text() for field in card.items.answers if isinstance(field, QLineEdit)] == ["", ""]
    shown = {label.text() for label in card.items.findChildren(QLabel)}
    assert {"10 Feb: 3", "10 Feb: –"} <= shown
    answer(card, 0, "7")
    card.items.more.click()
    assert len(card.items.answers) == 3
    answer(card, 2, "2", "Gardening")
    assert record(card, qtbot).total == Decimal("4.5")


def test_at_most_five_activities_are_rated(card: OutcomeCard) -> None:
    choose(card, "psfs")
    card.items.more.click()
    card.items.more.click()
    assert len(card.items.answers) == 5
    assert card.items.more.isHidden()


def test_what_is_off_the_scale_is_said_beside_its_item(card: OutcomeCard, qtbot: QtBot) -> None:
    choose(card, "psfs")
    answer(card, 0, "11", "Sitting")
    card.add.click()
    qtbot.waitUntil(lambda: "from 0 to 10" in card.items._faults[0].text())
    answer(card, 0, "much")
    card.add.click()
    assert card.items._faults[0].text()
    assert card.items.total.text().startswith("0 unable")


def test_pain_has_three_items_and_its_average_only_when_all_are_answered(
    card: OutcomeCard, qtbot: QtBot
) -> None:
    choose(card, "nprs")
    answer(card, 0, "4")
    assert card.items.total.text() == "Score: 4"
    answer(card, 1, "2")
    answer(card, 2, "7")
    assert "average of the three: 4.33" in card.items.total.text()
    assert record(card, qtbot).total == 4


def test_the_global_rating_is_chosen_in_our_words(card: OutcomeCard, qtbot: QtBot) -> None:
    choose(card, "groc")
    (field,) = card.items.answers
    assert isinstance(field, QComboBox)
    assert field.count() == 16
    field.setCurrentIndex(field.findData(-3))
    assert "somewhat worse" in field.currentText()
    assert record(card, qtbot).total == -3


def test_nothing_answered_is_no_score(
    card: OutcomeCard, open_clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    choose(card, "groc")
    card.add.click()
    qtbot.waitUntil(lambda: bool(card.items._faults[0].text()))
    assert outcomes_of(open_clinic, episode.id or 0) == ()


def test_enter_goes_through_the_answers_and_records(card: OutcomeCard, qtbot: QtBot) -> None:
    choose(card, "psfs")
    for place, words in enumerate(("a", "b", "c")):
        answer(card, place, str(place + 1), words)
    first, last = card.items.answers[0], card.items.answers[2]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Return)
    assert card.items.answers[1].hasFocus()
    with qtbot.waitSignal(card.recorded):
        QTest.keyClick(last, Qt.Key.Key_Return)


def test_other_measures_are_entered_as_their_total(card: OutcomeCard) -> None:
    choose(card, "psfs")
    choose(card, "odi")
    assert card.items.isHidden()
    assert not card.total_field.isHidden()
    choose(card, "koos")
    assert card.subscale.count() == 5


def test_another_patients_activities_are_not_left_standing(
    card: OutcomeCard, open_clinic: OpenClinic, episode: EpisodeOfCare
) -> None:
    choose(card, "psfs")
    answer(card, 0, "3", "Sitting")
    other = open_episode(open_clinic, EpisodeOfCare(patient_id=episode.patient_id, start=date(2026, 2, 20)))
    card.show_scores(other, ())
    assert [words.text() for words in card.items.words] == ["", "", ""]
