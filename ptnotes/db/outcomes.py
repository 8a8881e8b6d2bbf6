"""The answers to a questionnaire's items, in and out of the store with their score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, insert, select, update

from ptnotes.db.schema.episode import OutcomeItemRecord, OutcomeScoreRecord
from ptnotes.domain.episode import OutcomeItem, OutcomeScore
from ptnotes.domain.outcomes import FORMULAS, ITEM_WORDS, WITH_ITEMS, left_out


def add_items(connection: Connection, scores: Iterable[OutcomeScore]) -> None:
    """Store the items of scores that have their ids, with how many were left out and how the total was reached."""
    for score in scores:
        if not score.items:
            continue
        connection.execute(
            insert(OutcomeItemRecord),
            [
                {"outcome_score_id": score.id, "item": item.item, "words": item.words, "value": item.value}
                for item in score.items
            ],
        )
        how = {"missing_items": left_out(score.items), "formula_version": FORMULAS[score.measure]}
        connection.execute(update(OutcomeScoreRecord).where(OutcomeScoreRecord.id == score.id).values(**how))


def items_of(connection: Connection, scores: Sequence[OutcomeScore]) -> dict[int, tuple[OutcomeItem, ...]]:
    """The items of these scores by the score's id, in one statement; none where no such measure has any."""
    ids = [score.id for score in scores if score.measure in WITH_ITEMS and score.id is not None]
    if not ids:
        return {}
    query = (
        select(
            OutcomeItemRecord.outcome_score_id,
            OutcomeItemRecord.item,
            OutcomeItemRecord.words,
            OutcomeItemRecord.value,
        )
        .where(OutcomeItemRecord.outcome_score_id.in_(ids))
        .order_by(OutcomeItemRecord.outcome_score_id, OutcomeItemRecord.item)
    )
    found: dict[int, list[OutcomeItem]] = {}
    for score_id, item, words, value in connection.execute(query):
        found.setdefault(score_id, []).append(OutcomeItem(item=item, words=words, value=value))
    return {score_id: tuple(sorted(items, key=_asked)) for score_id, items in found.items()}


def _asked(item: OutcomeItem) -> int:
    """The place of an item among those of its measure as they are asked; activities keep the order of their ids."""
    return next((list(names).index(item.item) for names in ITEM_WORDS.values() if item.item in names), 0)
