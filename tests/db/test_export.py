"""Every table is given as rows for other programs, on either database, a few rows in memory at a time."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, update

from ptnotes.db.episodes import add_episodes, add_outcomes
from ptnotes.db.export import (
    FILES_OF_TABLES,
    Sort,
    documents,
    files,
    outcome_answers,
    patient_ids,
    rows_of,
)
from ptnotes.db.patients import add_patients
from ptnotes.db.schema.clinic import PhraseRecord
from ptnotes.db.schema.episode import OutcomeItemRecord, OutcomeScoreRecord
from ptnotes.db.schema.session import MobilizationTargetRecord
from ptnotes.db.sessions import add_sessions
from ptnotes.db.store import Store
from ptnotes.domain.episode import EpisodeOfCare, OutcomeScore
from ptnotes.domain.treatment import Mobilization, Note, NoteState, TreatmentSession
from ptnotes.exchange.csv_text import cell
from tests.clinics import PATIENT
from tests.db.rows import fill_every_table

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def named(store: Store, file: str) -> list[dict[str, object]]:
    names = [column.name for column in files()[file]]
    with store.read() as connection:
        return [dict(zip(names, row, strict=True)) for row in rows_of(connection, file)]


def store_visits(store: Store) -> None:
    with store.write() as connection:
        (patient,) = add_patients(connection, [PATIENT], NOW)
        (episode,) = add_episodes(
            connection, [EpisodeOfCare(patient_id=patient.id or 0, start=date(2026, 2, 16))], NOW, 1
        )
        rows = (
            Mobilization(row=1, targets=("L5", "C2", "T4")),
            Mobilization(row=2),
            Mobilization(row=3, targets=("L1",)),
        )
        sessions = [
            TreatmentSession(
                episode_id=episode.id or 0, service_date=date(2026, 3, 1), author_id=1, state=state,
                mobilizations=rows, note=Note(plan="Go on"), pending_line="L5",
            )
            for state in (NoteState.DRAFT, NoteState.DISCARDED)
        ]  # fmt: skip
        add_sessions(connection, sessions, NOW)
        connection.commit()


def test_every_table_gives_its_rows_in_values_that_csv_has_a_form_for(store: Store) -> None:
    with store.write() as connection:
        fill_every_table(connection)
        connection.commit()
    for file, columns in files().items():
        rows = named(store, file)
        # What belongs to a row that was taken out is not given, nor is the audit of a server without one.
        assert rows or file == "audit", file
        for row in rows:
            for column in columns:
                value = row[column.name]
                assert isinstance(cell(value), str)
                # The plain row of a disposal names no patient that there was.
                if column.sort is Sort.UUID and value and column.name != "patient_uuid":
                    assert str(UUID(str(value))) == value
    assert len(FILES_OF_TABLES) == len(files())


def test_targets_stand_in_their_order_and_those_taken_out_do_not(store: Store) -> None:
    store_visits(store)
    assert [row["targets"] for row in named(store, "mobilizations")] == ["L5 C2 T4", "", "L1"]
    with store.write() as connection:
        connection.execute(
            update(MobilizationTargetRecord)
            .where(MobilizationTargetRecord.target == "C2")
            .values(removed_at=NOW)
        )
        connection.commit()
    assert named(store, "mobilizations")[0]["targets"] == "L5 T4"


def test_rows_of_a_discarded_draft_are_left_out_and_the_visit_says_so(store: Store) -> None:
    store_visits(store)
    assert {row["visit_state"] for row in named(store, "mobilizations")} == {NoteState.DRAFT}
    assert [row["section"] for row in named(store, "notes")] == ["plan"]
    assert sorted(str(row["state"]) for row in named(store, "visits")) == ["discarded", "draft"]


def test_answers_are_found_by_their_score(store: Store) -> None:
    store_visits(store)
    with store.write() as connection:
        scores = [
            OutcomeScore(episode_id=1, measure="odi", taken_on=date(2026, 3, day), total=Decimal(40)) for day in (1, 2)
        ]  # fmt: skip
        add_outcomes(connection, scores, NOW)
        connection.execute(
            insert(OutcomeItemRecord),
            [
                {"outcome_score_id": 1, "item": "1", "value": Decimal(0)},
                {"outcome_score_id": 1, "item": "2", "value": None},
                {"outcome_score_id": 2, "item": "1", "value": Decimal(3)},
            ],
        )
        connection.execute(
            update(OutcomeScoreRecord).where(OutcomeScoreRecord.id == 2).values(removed_at=NOW)
        )
        connection.commit()
    with store.read() as connection:
        found = outcome_answers(connection, 1)
    assert {key: answers for key, (_uuid, answers) in found.items()} == {1: (("1", Decimal(0)), ("2", None))}
    assert [row["value"] for row in named(store, "outcome_items")] == [Decimal(0), None]


def test_patients_and_documents_are_given_one_by_one(store: Store) -> None:
    with store.write() as connection:
        fill_every_table(connection)
        connection.commit()
    with store.read() as connection:
        assert patient_ids(connection) == (1,)
        ((uuid, content),) = documents(connection)
    assert UUID(uuid)
    assert isinstance(content, bytes)


def test_memory_does_not_grow_with_the_rows(file_store: Store) -> None:
    def peak(file: str) -> int:
        with file_store.read() as connection:
            tracemalloc.start()
            for _row in rows_of(connection, file):
                pass
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    def phrases(count: int) -> Iterator[dict[str, object]]:
        return ({"short_form": f"p{number}", "text": "x" * 2_000} for number in range(count))

    with file_store.write() as connection:
        connection.execute(insert(PhraseRecord), list(phrases(2_000)))
        connection.commit()
    few = peak("phrases")
    with file_store.write() as connection:
        connection.execute(insert(PhraseRecord), list(phrases(18_000)))
        connection.commit()
    assert peak("phrases") < 1.5 * few
