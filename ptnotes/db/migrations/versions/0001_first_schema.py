"""The first schema."""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import episodes, patients, people, records, sessions

revision = "0001"
down_revision = None


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for group in (people, patients, episodes, sessions, records):
        group.create()
    if postgresql:
        for column in ("search_text", "telephone_digits"):
            op.create_index(
                f"ix_patient_{column}_trigram",
                "patient",
                [sa.text(f"{column} gin_trgm_ops")],
                postgresql_using="gin",
            )
    else:
        op.execute(
            "CREATE VIRTUAL TABLE patient_search USING fts5("
            "name, digits, content = '', contentless_delete = 1, tokenize = 'trigram')"
        )
