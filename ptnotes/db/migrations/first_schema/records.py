"""The first schema: appointments, screening, documents and logs. Frozen: a change is a new migration."""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import INSTANT, choice


def create() -> None:
    """Make the tables and indexes."""
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("duration_min", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column(
            "status", choice("visitstatus", "scheduled", "attended", "cancelled", "missed"), nullable=False
        ),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("import_run_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("duration_min >= 0", name=op.f("ck_appointment_duration_min_not_negative")),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_appointment_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_appointment_import_run_id_import_run")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_appointment_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_appointment_session_id_treatment_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("uuid", name=op.f("uq_appointment_uuid")),
    )
    op.create_index(op.f("ix_appointment_day_starts_at"), "appointment", ["day", "starts_at"], unique=False)
    op.create_index(op.f("ix_appointment_patient_id"), "appointment", ["patient_id"], unique=False)
    op.create_table(
        "screen_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("asked_in", sa.Integer(), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("item_version", sa.Text(), nullable=False),
        sa.Column("answer", choice("answer", "yes", "no", "unknown"), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_in"], ["treatment_session.id"], name=op.f("fk_screen_answer_asked_in_treatment_session")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_screen_answer_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_screen_answer_person_id_person")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["screen_answer.id"], name=op.f("fk_screen_answer_replaces_id_screen_answer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_answer")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_screen_answer_replaces_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_screen_answer_uuid")),
        info={"guard": "append_only"},
    )
    op.create_index(op.f("ix_screen_answer_asked_in"), "screen_answer", ["asked_in"], unique=False)
    op.create_index(
        op.f("ix_screen_answer_episode_id_item"), "screen_answer", ["episode_id", "item"], unique=False
    )
    op.create_table(
        "screen_site",
        sa.Column("screen_answer_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("side", choice("side", "left", "right", "bilateral", "midline"), nullable=True),
        sa.ForeignKeyConstraint(
            ["screen_answer_id"],
            ["screen_answer.id"],
            name=op.f("fk_screen_site_screen_answer_id_screen_answer"),
        ),
        sa.PrimaryKeyConstraint("screen_answer_id", "position", name=op.f("pk_screen_site")),
        info={"guard": "append_only"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "screen_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("noted_in", sa.Integer(), nullable=True),
        sa.Column("screen_answer_id", sa.Integer(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_screen_override_has_reason")),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_screen_override_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(
            ["noted_in"], ["treatment_session.id"], name=op.f("fk_screen_override_noted_in_treatment_session")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_screen_override_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["screen_answer_id"],
            ["screen_answer.id"],
            name=op.f("fk_screen_override_screen_answer_id_screen_answer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_override")),
        sa.UniqueConstraint("uuid", name=op.f("uq_screen_override_uuid")),
        info={"guard": "append_only"},
    )
    op.create_index(op.f("ix_screen_override_episode_id"), "screen_override", ["episode_id"], unique=False)
    op.create_index(op.f("ix_screen_override_noted_in"), "screen_override", ["noted_in"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_to", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("withdrawn_on >= given_on", name=op.f("ck_consent_withdrawn_after_given")),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_consent_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(["given_to"], ["person.id"], name=op.f("fk_consent_given_to_person")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_consent_patient_id_patient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("uuid", name=op.f("uq_consent_uuid")),
    )
    op.create_index(op.f("ix_consent_patient_id"), "consent", ["patient_id"], unique=False)
    op.create_table(
        "adverse_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("after_session", sa.Integer(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), server_default="", nullable=False),
        sa.Column("follow_up", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.Column("reported_by", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("what <> ''", name=op.f("ck_adverse_event_says_what")),
        sa.ForeignKeyConstraint(
            ["after_session"],
            ["treatment_session.id"],
            name=op.f("fk_adverse_event_after_session_treatment_session"),
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_adverse_event_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"], ["person.id"], name=op.f("fk_adverse_event_reported_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adverse_event")),
        sa.UniqueConstraint("uuid", name=op.f("uq_adverse_event_uuid")),
    )
    op.create_index(op.f("ix_adverse_event_after_session"), "adverse_event", ["after_session"], unique=False)
    op.create_index(op.f("ix_adverse_event_episode_id"), "adverse_event", ["episode_id"], unique=False)
    op.create_table(
        "document",
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
        info={"guard": "append_only"},
    )
    op.create_index(op.f("ix_document_episode_id"), "document", ["episode_id"], unique=False)
    op.create_index(
        op.f("ix_document_patient_id_made_at"), "document", ["patient_id", "made_at"], unique=False
    )
    op.create_table(
        "document_session",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("session_revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_session_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["treatment_session.id"],
            name=op.f("fk_document_session_session_id_treatment_session"),
        ),
        sa.PrimaryKeyConstraint("document_id", "session_id", name=op.f("pk_document_session")),
        info={"guard": "append_only"},
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_document_session_session_id"), "document_session", ["session_id"], unique=False)
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("to_whom", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_disclosure_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_disclosure_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_disclosure_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint("uuid", name=op.f("uq_disclosure_uuid")),
        info={"guard": "append_only"},
    )
    op.create_index(op.f("ix_disclosure_patient_id_at"), "disclosure", ["patient_id", "at"], unique=False)
    op.create_table(
        "addendum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            choice("addendumkind", "addendum", "correction", "late_entry", "amendment_request"),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_addendum_says_something")),
        sa.CheckConstraint(
            "(session_id IS NULL) <> (document_id IS NULL)", name=op.f("ck_addendum_has_one_target")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_addendum_author_id_person")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_addendum_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_addendum_session_id_treatment_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addendum")),
        sa.UniqueConstraint("uuid", name=op.f("uq_addendum_uuid")),
        info={"guard": "append_only"},
    )
    op.create_index(op.f("ix_addendum_document_id"), "addendum", ["document_id"], unique=False)
    op.create_index(op.f("ix_addendum_session_id"), "addendum", ["session_id"], unique=False)
    op.create_table(
        "co_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_co_signature_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["treatment_session.id"],
            name=op.f("fk_co_signature_session_id_treatment_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_signature")),
        sa.UniqueConstraint("uuid", name=op.f("uq_co_signature_uuid")),
        info={"guard": "append_only"},
    )
    op.create_index(op.f("ix_co_signature_session_id"), "co_signature", ["session_id"], unique=False)
    op.create_table(
        "void",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_void_has_reason")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_void_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_void_session_id_treatment_session")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_void")),
        info={"guard": "append_only"},
    )
    op.create_table(
        "audit_event",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_audit_event_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_audit_event_person_id_person")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_event")),
        info={"guard": "append_only"},
    )
    op.create_index(
        op.f("ix_audit_event_patient_id_sequence"), "audit_event", ["patient_id", "sequence"], unique=False
    )
    # ### end Alembic commands ###
