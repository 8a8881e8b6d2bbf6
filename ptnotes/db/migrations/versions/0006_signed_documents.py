"""Who signed a document electronically.

Frozen: a change is a new migration.
"""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import INSTANT

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "document_signature",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_signature_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_document_signature_person_id_person")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_signature")),
    )
