"""Answers to items are stored with their score, and what was left out comes back blank."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from ptnotes.db.episodes import add_episodes, add_outcomes, outcomes_of, record_outcome
from ptnotes.db.patients import add_patients
from ptnotes.db.schema.episode import OutcomeScoreRecord
from ptnotes.db.store import Store
from ptnotes.domain.episode import EpisodeOfCare, OutcomeItem, OutcomeScore
from ptnotes.domain.outcomes import ITEM_WORDS
from tests.clinics import PATIENT
from tests.db.conftest import NOW

DAY = date(2026, 3, 2)
ACTIVITIES = (
    OutcomeItem(item="activity_1", words="Sitting 20 min", value=Decimal(3)),
    OutcomeItem(item="activity_2", words="Tying shoes"),
    OutcomeItem(item="activity_3", words="Stairs", value=Decimal(0)),
)
PSFS = OutcomeScore(episode_id=1, measure="psfs", taken_on=DAY, total=Decimal("1.5"), items=ACTIVITIES)
NPRS = OutcomeScore(
    episode_id=1,
    measure="nprs",
    taken_on=DAY,
    total=Decimal(4),
    items=tuple(OutcomeItem(item=name, words=words) for name, words in ITEM_WORDS["nprs"].items()),
)
ODI = OutcomeScore(episode_id=1, measure="odi", taken_on=DAY, total=Decimal(44))


@pytest.fixture
def charted(store: Store) -> Store:
    with store.write() as connection:
        add_patients(connection, [PATIENT], NOW)
        connection.commit()
    return store


def kept(store: Store, *scores: OutcomeScore, at_once: bool = False) -> tuple[OutcomeScore, ...]:
    """What comes back of these scores, without their ids."""
    with store.write() as connection:
        episode = EpisodeOfCare(patient_id=1, start=DAY)
        (stored,) = add_episodes(connection, [episode], NOW, 1)
        new = [replace(score, episode_id=stored.id or 0) for score in scores]
        if at_once:
            add_outcomes(connection, new, NOW)
        else:
            for score in new:
                assert record_outcome(connection, score, NOW).items == score.items
        connection.commit()
    with store.read() as connection:
        found = outcomes_of(connection, stored.id or 0)
    return tuple(replace(score, id=None, episode_id=1) for score in found)


def test_items_come_back_as_they_were_answered(charted: Store) -> None:
    assert kept(charted, PSFS, ODI, NPRS) == (PSFS, ODI, NPRS)


def test_many_scores_at_once_keep_their_own_items(charted: Store) -> None:
    other = replace(PSFS, items=(replace(ACTIVITIES[0], words="Running", value=Decimal(9)),))
    assert kept(charted, PSFS, ODI, other, at_once=True) == (PSFS, ODI, other)


def test_how_many_were_left_out_and_by_which_rule_stands_with_the_total(charted: Store) -> None:
    kept(charted, PSFS, ODI)
    query = select(
        OutcomeScoreRecord.measure, OutcomeScoreRecord.missing_items, OutcomeScoreRecord.formula_version
    ).order_by(OutcomeScoreRecord.id)
    with charted.read() as connection:
        found = [tuple(row) for row in connection.execute(query)]
    assert found[-2:] == [("psfs", 1, "mean-of-answered-1"), ("odi", None, "")]
