"""The problem list of an episode, and how a symptom on the body chart is felt.

Frozen: a change is a new migration.
"""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import INSTANT

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "problem",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_problem_episode_id_episode_of_care")
        ),
        sa.PrimaryKeyConstraint("episode_id", "row", name=op.f("pk_problem")),
        sqlite_with_rowid=False,
    )
    qualities = sa.Column("qualities", sa.Text(), server_default="", nullable=False)
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("body_chart", qualities)
        return
    table = sa.Table(
        "body_chart",
        sa.MetaData(),
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("symptom", sa.Text(), nullable=False),
        sa.Column("strokes", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_body_chart_session_id_treatment_session")
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_body_chart")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("body_chart", copy_from=table, recreate="always") as batch:
        batch.add_column(qualities)
