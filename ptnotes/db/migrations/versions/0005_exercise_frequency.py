"""How often an exercise is done at home.

Frozen: a change is a new migration.
"""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import INSTANT, choice

revision = "0005"
down_revision = "0004"

_CHECKS = {
    "times_a_day_not_negative": "times_a_day >= 0",
    "days_a_week_in_range": "days_a_week BETWEEN 0 AND 7",
}


def upgrade() -> None:
    added = [sa.Column(name, sa.Integer(), nullable=True) for name in ("times_a_day", "days_a_week")]
    if op.get_bind().dialect.name == "postgresql":
        for column in added:
            op.add_column("exercise", column)
        for name, condition in _CHECKS.items():
            op.create_check_constraint(op.f(f"ck_exercise_{name}"), "exercise", condition)
        return
    table = sa.Table(
        "exercise",
        sa.MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"}),
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("sets", sa.Integer(), nullable=True),
        sa.Column("reps", sa.Integer(), nullable=True),
        sa.Column("hold_s", sa.Integer(), nullable=True),
        sa.Column("load", sa.Integer(), nullable=True),
        sa.Column("load_unit", sa.Text(), server_default="", nullable=False),
        *(
            sa.Column(name, sa.Text(), server_default="", nullable=False)
            for name in ("band", "progression", "cue", "response")
        ),
        sa.Column("place", choice("place", "clinic", "home"), nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        *(
            sa.CheckConstraint(f"{name} >= 0", name=op.f(f"ck_exercise_{name}_not_negative"))
            for name in ("hold_s", "load", "reps", "sets")
        ),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_exercise_done_by_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_exercise_session_id_treatment_session")
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_exercise")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("exercise", copy_from=table, recreate="always") as batch:
        for column in added:
            batch.add_column(column)
        for name, condition in _CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_exercise_{name}"), condition)
