"""The first schema: patients, providers and payers. Frozen: a change is a new migration."""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import INSTANT, SEARCH_TEXT, choice


def create() -> None:
    """Make the tables and indexes."""
    op.create_table(
        "patient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("mrn", sa.Text(), nullable=False),
        sa.Column("mrn_key", SEARCH_TEXT, nullable=False),
        sa.Column("mrn_number", sa.Integer(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("middle_name", sa.Text(), server_default="", nullable=False),
        sa.Column("suffix", sa.Text(), server_default="", nullable=False),
        sa.Column("preferred_name", sa.Text(), server_default="", nullable=False),
        sa.Column("sort_name", SEARCH_TEXT, nullable=False),
        sa.Column("search_text", SEARCH_TEXT, nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", choice("sex", "female", "male", "other", "unknown"), nullable=False),
        sa.Column("telephone", sa.Text(), server_default="", nullable=False),
        sa.Column("telephone_digits", SEARCH_TEXT, nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("emergency_contact", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("import_run_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_patient_import_run_id_import_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("mrn", name=op.f("uq_patient_mrn")),
        sa.UniqueConstraint("uuid", name=op.f("uq_patient_uuid")),
    )
    op.create_index(op.f("ix_patient_birth_date"), "patient", ["birth_date"], unique=False)
    op.create_index(op.f("ix_patient_import_run_id"), "patient", ["import_run_id"], unique=False)
    op.create_index(op.f("ix_patient_mrn_key"), "patient", ["mrn_key"], unique=False)
    op.create_index(op.f("ix_patient_mrn_number"), "patient", ["mrn_number"], unique=False)
    op.create_index(op.f("ix_patient_sort_name"), "patient", ["sort_name"], unique=False)
    op.create_table(
        "patient_name_part",
        sa.Column("part", SEARCH_TEXT, nullable=False),
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_name_part_patient_id_patient")
        ),
        sa.PrimaryKeyConstraint("part", "patient_id", name=op.f("pk_patient_name_part")),
        info={"guard": "none"},
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_patient_name_part_patient_id"), "patient_name_part", ["patient_id"], unique=False
    )
    op.create_table(
        "patient_background",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", choice("backgroundkind", "history", "medication", "allergy", "implant"), nullable=False
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["person.id"], name=op.f("fk_patient_background_noted_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_background_patient_id_patient")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_background")),
        sa.UniqueConstraint("uuid", name=op.f("uq_patient_background_uuid")),
    )
    op.create_index(
        op.f("ix_patient_background_patient_id"), "patient_background", ["patient_id"], unique=False
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credentials", sa.Text(), server_default="", nullable=False),
        sa.Column("npi", sa.Text(), server_default="", nullable=False),
        sa.Column("practice", sa.Text(), server_default="", nullable=False),
        sa.Column("telephone", sa.Text(), server_default="", nullable=False),
        sa.Column("fax", sa.Text(), server_default="", nullable=False),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("uuid", name=op.f("uq_provider_uuid")),
    )
    op.create_index(op.f("ix_provider_name"), "provider", ["name"], unique=False)
    op.create_table(
        "payer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), server_default="", nullable=False),
        sa.Column("fax", sa.Text(), server_default="", nullable=False),
        sa.Column("counting_rule", choice("countingrule", "cms", "ama"), nullable=False),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer")),
        sa.UniqueConstraint("uuid", name=op.f("uq_payer_uuid")),
    )
    op.create_table(
        "coverage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("member_number", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("rank >= 0", name=op.f("ck_coverage_rank_not_negative")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_coverage_patient_id_patient")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_coverage_payer_id_payer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
        sa.UniqueConstraint(
            "patient_id",
            "payer_id",
            "member_number",
            name=op.f("uq_coverage_patient_id_payer_id_member_number"),
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_coverage_uuid")),
    )
    # ### end Alembic commands ###
