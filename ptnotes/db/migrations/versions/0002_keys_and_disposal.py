"""Public keys to verify signatures by, emergency access, how long records are kept, what was disposed of, what is due.

Frozen: a change is a new migration.
"""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import INSTANT, choice

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _keys()
    _emergencies()
    _retention()
    _overrides_seen()
    _audit_that_outlives_the_patient()
    _due()


def _keys() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signing_key_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("public_key", name=op.f("uq_signing_key_public_key")),
    )
    op.create_index(op.f("ix_signing_key_person_id"), "signing_key", ["person_id"], unique=False)


def _emergencies() -> None:
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_emergency_access_has_reason")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_emergency_access_person_id_person")
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["person.id"], name=op.f("fk_emergency_access_seen_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
    )


def _retention() -> None:
    op.create_table(
        "record_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("late_entry_h", sa.Integer(), nullable=False),
        sa.Column("retain_years", sa.Integer(), nullable=False),
        sa.Column("majority_age_years", sa.Integer(), nullable=False),
        sa.Column("retain_minor_years", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_record_rule_only_one")),
        *(
            sa.CheckConstraint(f"{name} >= 0", name=op.f(f"ck_record_rule_{name}_not_negative"))
            for name in ("late_entry_h", "retain_years", "majority_age_years", "retain_minor_years")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_rule")),
    )
    op.create_table(
        "disposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("patient_uuid", sa.Text(), nullable=False),
        sa.Column("mrn", sa.Text(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_disposal_has_reason")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_disposal_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
        sa.UniqueConstraint("uuid", name=op.f("uq_disposal_uuid")),
    )


def _overrides_seen() -> None:
    op.create_table(
        "override_seen",
        sa.Column("override_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["override_id"],
            ["screen_override.id"],
            name=op.f("fk_override_seen_override_id_screen_override"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_override_seen_person_id_person")),
        sa.PrimaryKeyConstraint("override_id", name=op.f("pk_override_seen")),
    )


def _audit_that_outlives_the_patient() -> None:
    """Let events name a patient whose record was disposed of: the audit stays as it was written."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_audit_event_patient_id_patient", "audit_event", type_="foreignkey")
        return
    person = "fk_audit_event_person_id_person"
    table = sa.Table(
        "audit_event",
        sa.MetaData(),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
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
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(person)),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", copy_from=table, recreate="always"):
        pass
    op.create_index(
        op.f("ix_audit_event_patient_id_sequence"), "audit_event", ["patient_id", "sequence"], unique=False
    )


def _due() -> None:
    optional = (
        "report_treatment_days",
        "plan_sent_days",
        "certified_days",
        "re_evaluation_days",
        "sign_within_h",
    )
    needed = ("warn_treatment_days", "warn_days", "warn_visits")
    op.create_table(
        "due_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("counting_rule", choice("countingrule", "cms", "ama"), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in optional),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in needed),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(payer_id IS NULL) = (id = 1)", name=op.f("ck_due_rule_one_without_payer")),
        sa.CheckConstraint(
            "(payer_id IS NULL) = (counting_rule IS NOT NULL)",
            name=op.f("ck_due_rule_counting_is_the_clinics"),
        ),
        *(
            sa.CheckConstraint(f"{name} >= 0", name=op.f(f"ck_due_rule_{name}_not_negative"))
            for name in (*optional, *needed)
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_due_rule_payer_id_payer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_rule")),
        sa.UniqueConstraint("payer_id", name=op.f("uq_due_rule_payer_id")),
    )
    op.create_table(
        "progress_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("covers_to", sa.Date(), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_progress_report_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_progress_report_given_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_report")),
        sa.UniqueConstraint("uuid", name=op.f("uq_progress_report_uuid")),
    )
    op.create_index(
        op.f("ix_progress_report_episode_id_covers_to"), "progress_report", ["episode_id", "covers_to"]
    )
    op.create_table(
        "physician_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_physician_visit_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(["noted_by"], ["person.id"], name=op.f("fk_physician_visit_noted_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_physician_visit")),
        sa.UniqueConstraint("uuid", name=op.f("uq_physician_visit_uuid")),
    )
    op.create_index(op.f("ix_physician_visit_episode_id_day"), "physician_visit", ["episode_id", "day"])
    op.create_index(
        op.f("ix_episode_of_care_discharged_on_patient_id_start"),
        "episode_of_care",
        ["discharged_on", "patient_id", "start"],
    )
    op.create_index(op.f("ix_patient_archived_at"), "patient", ["archived_at"])
    op.create_index(
        op.f("ix_treatment_session_episode_id_status_state_service_date_kind"),
        "treatment_session",
        ["episode_id", "status", "state", "service_date", "kind"],
    )
