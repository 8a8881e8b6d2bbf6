"""The database itself keeps the promises that the record makes, on the encrypted file and on PostgreSQL."""

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import permutations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from ptnotes.db.schema import metadata
from ptnotes.db.schema.documents import AuditEventRecord
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.schema.session import (
    MobilizationRecord,
    PainScoreRecord,
    RomReadingRecord,
    SessionRecord,
    VitalsRecord,
)
from ptnotes.db.schema.vocabulary import DERIVED, SESSION_CHILD, Record
from ptnotes.db.store import Store
from ptnotes.db.triggers import REFUSED, trigger_statements
from ptnotes.domain.treatment import NoteState, PainKind, Phase, Side
from tests.db.rows import fill_every_table, plain_row, rows_of

SIGNED = {
    "signer_id": 1,
    "signed_at": datetime(2026, 3, 2, 15, tzinfo=UTC),
    "signature": b"s",
    "content_hash": b"h" * 32,
    "canonical_version": 1,
    "reference_version": "1",
}
CHILDREN = [table for table in metadata.sorted_tables if table.info == SESSION_CHILD]
KEPT = [table for table in metadata.sorted_tables if table.info != DERIVED]
# Every entity of the record, by the table that holds it.
ENTITIES = {
    *(
        "clinic",
        "person",
        "person_permission",
        "signing_key",
        "emergency_access",
        "grade_wording",
        "reference_override",
        "phrase",
        "letter_template",
        "appointment",
    ),
    *("patient", "patient_background", "provider", "payer", "coverage", "authorization", "referral"),
    *(
        "episode_of_care",
        "episode_region",
        "diagnosis",
        "plan_of_care",
        "certification",
        "goal",
        "goal_event",
    ),
    *(
        "outcome_score",
        "outcome_item",
        "home_programme",
        "home_exercise",
        "treatment_session",
        "mobilization",
    ),
    *("mobilization_target", "intervention", "exercise", "rom_reading", "pain_score", "comparable_sign"),
    *(
        "exam_finding",
        "vitals",
        "note_section",
        "body_chart",
        "signed_content",
        "screen_answer",
        "screen_site",
    ),
    *(
        "due_rule",
        "physician_visit",
        "problem",
        "progress_report",
        "screen_override",
        "override_seen",
        "consent",
        "adverse_event",
        "addendum",
        "co_signature",
        "void",
        "document",
    ),
    "document_signature",
    *("document_session", "disclosure", "audit_event", "import_run", "import_item"),
    *("record_rule", "disposal"),
}


@pytest.fixture
def filled(store: Store) -> Store:
    with store.write() as connection:
        fill_every_table(connection)
        connection.commit()
    return store


def sign(connection: Connection, state: NoteState = NoteState.SIGNED) -> None:
    connection.execute(update(SessionRecord).values(state=state, **SIGNED))


def test_every_entity_of_the_record_has_a_table() -> None:
    assert set(metadata.tables) - {"patient_name_part"} == ENTITIES


def test_every_table_takes_a_row_and_gives_it_back(filled: Store) -> None:
    with filled.read() as connection:
        for table in metadata.sorted_tables:
            found = rows_of(connection, table)
            assert found if table.name == "audit_event" else len(found) == 1, table.name


def test_the_schema_in_the_file_is_the_schema_in_the_code(store: Store) -> None:
    with store.read() as connection:
        ours = set(metadata.tables)
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _parents: kind != "table" or name in ours,
                "include_object": lambda _thing, name, *_rest: not str(name).endswith("_trigram"),
            },
        )
        assert compare_metadata(context, metadata) == []


def test_no_foreign_key_deletes_in_cascade() -> None:
    keys = [key for table in metadata.sorted_tables for key in table.foreign_key_constraints]
    assert len(keys) > 50
    assert [key.name for key in keys if key.ondelete or key.onupdate] == []


def test_no_row_can_be_deleted_from_any_table_but_the_derived_one(filled: Store) -> None:
    with filled.write() as connection:
        for table in KEPT:
            with pytest.raises(DBAPIError, match=f"{REFUSED} {table.name}"), connection.begin_nested():
                connection.execute(delete(table))
        for table in metadata.sorted_tables:
            found = rows_of(connection, table)
            assert found if table.name == "audit_event" else len(found) == 1, table.name


def test_nothing_of_a_signed_session_can_be_added_or_changed(filled: Store) -> None:
    with filled.write() as connection:
        sign(connection)
        for table in CHILDREN:
            written = next(column for column in table.columns if column.name not in {"session_id", "row"})
            (row,) = rows_of(connection, table)
            value = dict(zip(table.columns.keys(), row, strict=True))[written.name]
            with pytest.raises(DBAPIError, match=REFUSED), connection.begin_nested():
                connection.execute(update(table).values({written.name: value}))
            another = plain_row(table) | ({"row": 2} if "row" in table.columns else {})
            with pytest.raises(DBAPIError, match=REFUSED), connection.begin_nested():
                connection.execute(insert(table).values(another))
        with pytest.raises(DBAPIError, match=REFUSED), connection.begin_nested():
            connection.execute(update(SessionRecord).values(others_present="nobody"))
    assert len(CHILDREN) == 12


def test_no_row_moves_from_a_draft_to_another_session(filled: Store) -> None:
    with filled.write() as connection:
        other = plain_row(metadata.tables["treatment_session"]) | {"id": 2}
        connection.execute(insert(SessionRecord).values(other))
        with pytest.raises(DBAPIError, match=REFUSED):
            connection.execute(update(PainScoreRecord).values(session_id=2))


def test_a_note_changes_its_state_forward_only(filled: Store) -> None:
    draft, discarded, waiting = NoteState.DRAFT, NoteState.DISCARDED, NoteState.AWAITING_COSIGNATURE
    signed, voided = NoteState.SIGNED, NoteState.VOIDED
    allowed = {
        *((draft, discarded), (draft, waiting), (draft, signed), (discarded, draft)),
        *((waiting, signed), (waiting, voided), (signed, voided)),
    }
    tried = 0
    with filled.write() as connection:
        for before, after in permutations(NoteState, 2):
            # Each pair is tried from the draft on, and taken back.
            trial = connection.begin_nested()
            if before in {signed, voided}:
                sign(connection)
            elif before is waiting:
                sign(connection, waiting)
            if before in {discarded, voided}:
                connection.execute(update(SessionRecord).values(state=before))
            signature = SIGNED if before in {draft, discarded} and after not in {draft, discarded} else {}
            change = update(SessionRecord).values(state=after, **signature)
            if (before, after) in allowed:
                connection.execute(change)
                assert connection.scalar(select(SessionRecord.state)) is after
            else:
                with pytest.raises(DBAPIError, match=REFUSED), connection.begin_nested():
                    connection.execute(change)
            trial.rollback()
            tried += 1
    assert tried == 20


def test_a_session_cannot_be_signed_without_a_signature_nor_be_born_signed(filled: Store) -> None:
    with filled.write() as connection:
        for missing in SIGNED:
            with pytest.raises(IntegrityError, match="signed_is_whole"), connection.begin_nested():
                connection.execute(update(SessionRecord).values(state="signed", **SIGNED | {missing: None}))
        born = plain_row(metadata.tables["treatment_session"]) | SIGNED | {"id": 2, "state": NoteState.SIGNED}
        with pytest.raises(DBAPIError, match=REFUSED):
            connection.execute(insert(SessionRecord).values(born))


@pytest.mark.parametrize("name", [table.name for table in KEPT if table.info.get("guard") == "append_only"])
def test_what_is_written_once_cannot_be_changed(file_store: Store, name: str) -> None:
    table = metadata.tables[name]
    with file_store.write() as connection:
        fill_every_table(connection)
        column = list(table.columns)[-1]
        with pytest.raises(DBAPIError, match=f"{REFUSED} {name} append_only"):
            connection.execute(update(table).values({column.name: column}))


def test_the_audit_is_append_only(filled: Store) -> None:
    with filled.write() as connection:
        connection.execute(
            insert(AuditEventRecord).values(
                plain_row(metadata.tables["audit_event"]) | {"sequence": 20, "verb": "opened"}
            )
        )
        with pytest.raises(DBAPIError, match=REFUSED), connection.begin_nested():
            connection.execute(update(AuditEventRecord).values(verb="printed"))
        with pytest.raises(DBAPIError, match=REFUSED):
            connection.execute(delete(AuditEventRecord).where(AuditEventRecord.sequence == 20))


def test_impossible_values_are_refused_by_the_database(filled: Store) -> None:
    impossible: list[tuple[type[Record], dict[str, object]]] = [
        (PainScoreRecord, {"value": 11}),
        (PainScoreRecord, {"value": -1}),
        (PainScoreRecord, {"kind": PainKind.NOW, "motion": "lumbar_flexion"}),
        (RomReadingRecord, {"pain": 11}),
        (RomReadingRecord, {"value": Decimal(45), "word": "wnl"}),
        (RomReadingRecord, {"value": Decimal(45), "unit": ""}),
        (MobilizationRecord, {"sets": -1}),
        (MobilizationRecord, {"grade": None, "grade_to": "IV"}),
        (VitalsRecord, {"saturation_percent": 101}),
        (SessionRecord, {"episode_id": 99}),
        (PatientRecord, {"mrn": None}),
    ]
    with filled.write() as connection:
        for record, values in impossible:
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(update(record).values(values))
        for column in ("side", "phase", "mode"):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(text(f"UPDATE rom_reading SET {column} = 'upwards'"))  # noqa: S608 - named above


def test_a_pain_of_another_scale_may_be_above_ten(filled: Store) -> None:
    with filled.write() as connection:
        connection.execute(update(PainScoreRecord).values(scale="vas_100", value=73))
        assert connection.scalar(select(PainScoreRecord.value)) == 73


def test_an_instant_keeps_its_moment_and_comes_back_in_utc(filled: Store) -> None:
    moment = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-5)))
    with filled.write() as connection:
        connection.execute(update(PatientRecord).values(archived_at=moment))
        stored = connection.scalar(select(PatientRecord.archived_at))
        assert stored == moment
        assert stored.utcoffset() == timedelta(0)
        with pytest.raises(StatementError, match="zone"):
            connection.execute(update(PatientRecord).values(archived_at=datetime(2026, 3, 2)))  # noqa: DTZ001 - meant


def test_a_decimal_comes_back_as_it_was(filled: Store) -> None:
    with filled.write() as connection:
        for value in ("45", "-5", "0", "45.5", "0.125", "-12.345", "500"):
            connection.execute(update(RomReadingRecord).values(value=Decimal(value), unit="deg"))
            stored = connection.scalar(select(RomReadingRecord.value))
            assert str(stored) == value
            kept = connection.scalar(text("SELECT value FROM rom_reading"))
            assert kept == int(Decimal(value) * 1000)


def test_a_decimal_too_fine_is_refused_rather_than_rounded(filled: Store) -> None:
    with filled.write() as connection, pytest.raises(StatementError, match="decimal places"):
        connection.execute(update(RomReadingRecord).values(value=Decimal("1.0005")))


def test_a_list_of_ids_keeps_its_order_and_takes_no_spaces(filled: Store) -> None:
    with filled.write() as connection:
        connection.execute(update(MobilizationRecord).values(responses=("pain_free", "sore")))
        assert connection.scalar(select(MobilizationRecord.responses)) == ("pain_free", "sore")
        with pytest.raises(StatementError, match="space"):
            connection.execute(update(MobilizationRecord).values(responses=("pain free",)))


def test_blank_is_not_zero(filled: Store) -> None:
    with filled.write() as connection:
        connection.execute(update(RomReadingRecord).values(value=None, pain=None, side=None))
        row = connection.execute(
            select(RomReadingRecord.value, RomReadingRecord.pain, RomReadingRecord.side)
        ).one()
        assert tuple(row) == (None, None, None)
        connection.execute(update(RomReadingRecord).values(value=Decimal(0), pain=0, side=Side.LEFT))
        zero = connection.execute(select(RomReadingRecord.value, RomReadingRecord.pain)).one()
        assert tuple(zero) == (Decimal(0), 0)
        assert connection.scalar(select(RomReadingRecord.phase)) in set(Phase)


def test_both_dialects_have_the_same_triggers() -> None:
    made = {
        dialect: {
            name
            for statement in trigger_statements(dialect)
            for name in re.findall(r'CREATE TRIGGER "(\w+)"', statement)
        }
        for dialect in ("sqlite", "postgresql")
    }
    assert made["sqlite"] == made["postgresql"]
    assert len(made["sqlite"]) > 80


@pytest.mark.parametrize("asked", ["ON", "OFF"])
def test_nothing_that_must_stay_is_replaced_whatever_the_connection_asks_for(
    file_store: Store, asked: str
) -> None:
    with file_store.write() as connection:
        fill_every_table(connection)
        sign(connection)
        connection.commit()
    with file_store.write() as connection:
        # A pragma takes effect for the connection at once, so it stands for another program's.
        connection.connection.cursor().execute(f"PRAGMA recursive_triggers = {asked}")
        kept = [table for table in KEPT if table.info.get("guard") == "append_only"]
        for table in [*kept, metadata.tables["treatment_session"]]:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            again = f'INSERT OR REPLACE INTO "{table.name}" ({columns}) SELECT {columns} FROM "{table.name}"'  # noqa: S608 - names of our own tables
            with pytest.raises(DBAPIError, match=REFUSED):
                connection.execute(text(again))
        connection.connection.cursor().execute("PRAGMA recursive_triggers = ON")


def test_our_own_connections_let_no_row_be_replaced(file_store: Store) -> None:
    with file_store.write() as connection:
        assert connection.execute(text("PRAGMA recursive_triggers")).scalar_one() == 1
        with pytest.raises(DBAPIError, match=REFUSED):
            connection.execute(text("INSERT OR REPLACE INTO person SELECT * FROM person"))
