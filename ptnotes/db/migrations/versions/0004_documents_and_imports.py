"""Templates of letters, whose an import was, how often a day treatment is planned, titles of documents.

Frozen: a change is a new migration.
"""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import INSTANT, choice

revision = "0004"
down_revision = "0003"


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    op.create_table(
        "letter_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _words("subject"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_template")),
        sa.UniqueConstraint("uuid", name=op.f("uq_letter_template_uuid")),
    )
    _document()
    _import_run()
    _plan_of_care()


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _document() -> None:
    added = [_words("title"), _words("zone")]
    if _is_postgresql():
        for column in added:
            op.add_column("document", column)
        return
    table = sa.Table(
        "document",
        sa.MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"}),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            choice(
                "documentkind",
                "progress_report",
                "evaluation",
                "session_note",
                "discharge_summary",
                "home_programme",
                "letter",
                "face_sheet",
            ),
            nullable=False,
        ),
        sa.Column("covers_from", sa.Date(), nullable=True),
        sa.Column("covers_to", sa.Date(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("holds_drafts", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("renderer_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_document_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_document_made_by_person")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_document_patient_id_patient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("uuid", name=op.f("uq_document_uuid")),
    )
    with op.batch_alter_table("document", copy_from=table, recreate="always") as batch:
        for column in added:
            batch.add_column(column)
    op.create_index(op.f("ix_document_episode_id"), "document", ["episode_id"], unique=False)
    op.create_index(
        op.f("ix_document_patient_id_made_at"), "document", ["patient_id", "made_at"], unique=False
    )


def _import_run() -> None:
    undone_by = sa.Column("undone_by", sa.Integer(), nullable=True)
    key = op.f("fk_import_run_undone_by_person")
    if _is_postgresql():
        op.add_column("import_run", _words("zone"))
        op.add_column("import_run", undone_by)
        op.create_foreign_key(key, "import_run", "person", ["undone_by"], ["id"])
        return
    table = sa.Table(
        "import_run",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=True),
        sa.Column("rows_made", sa.Integer(), nullable=True),
        sa.Column("rows_refused", sa.Integer(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        _words("mapping"),
        sa.Column("undone_at", INSTANT, nullable=True),
        *(
            sa.CheckConstraint(f"{name} >= 0", name=op.f(f"ck_import_run_{name}_not_negative"))
            for name in ("rows_read", "rows_made", "rows_refused")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_import_run_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("uuid", name=op.f("uq_import_run_uuid")),
    )
    with op.batch_alter_table("import_run", copy_from=table, recreate="always") as batch:
        batch.add_column(_words("zone"))
        batch.add_column(undone_by)
        batch.create_foreign_key(key, "person", ["undone_by"], ["id"])


def _plan_of_care() -> None:
    times_a_day = sa.Column("times_a_day", sa.Integer(), nullable=True)
    name, condition = op.f("ck_plan_of_care_times_a_day_not_negative"), "times_a_day >= 0"
    if _is_postgresql():
        op.add_column("plan_of_care", times_a_day)
        op.create_check_constraint(name, "plan_of_care", condition)
        return
    table = sa.Table(
        "plan_of_care",
        sa.MetaData(),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visits_a_week", sa.Integer(), nullable=True),
        sa.Column("duration_weeks", sa.Integer(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("certified_until", sa.Date(), nullable=True),
        _words("interventions"),
        _words("prognosis"),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(f"{column} >= 0", name=op.f(f"ck_plan_of_care_{column}_not_negative"))
            for column in ("duration_weeks", "visits_a_week")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_plan_of_care_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["person.id"], name=op.f("fk_plan_of_care_written_by_person")
        ),
        sa.PrimaryKeyConstraint("episode_id", "version", name=op.f("pk_plan_of_care")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("plan_of_care", copy_from=table, recreate="always") as batch:
        batch.add_column(times_a_day)
        batch.create_check_constraint(name, condition)
