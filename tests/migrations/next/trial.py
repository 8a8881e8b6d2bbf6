"""A trial of what a later migration may do: make tables with children, rows and triggers again in batch mode."""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.schema import SCHEMA_VERSION, metadata

revision = f"{SCHEMA_VERSION + 1:04}"
down_revision = f"{SCHEMA_VERSION:04}"

REMADE = ("treatment_session", "mobilization", "patient")


def upgrade() -> None:
    # Constraints are not read back from SQLite, so a batch names the table as it was.
    for name in REMADE:
        table = metadata.tables[name].to_metadata(sa.MetaData(naming_convention=metadata.naming_convention))
        with op.batch_alter_table(name, copy_from=table, recreate="always") as batch:
            batch.add_column(sa.Column("trial", sa.Text(), server_default="", nullable=False))
        # An index that stands at its column (`index=True`) is not made again by a batch.
        for column in table.columns:
            if column.index:
                op.create_index(f"ix_{name}_{column.name}", name, [column.name])
    op.create_index("ix_patient_trial", "patient", ["trial"])
