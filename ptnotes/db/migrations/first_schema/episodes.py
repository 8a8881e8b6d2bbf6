"""The first schema: episodes of care and their plans, goals and scores. Frozen: a change is a new migration."""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import INSTANT, choice


def create() -> None:
    """Make the tables and indexes."""
    op.create_table(
        "episode_of_care",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("onset", sa.Date(), nullable=True),
        sa.Column(
            "onset_kind",
            choice("onsetkind", "gradual", "sudden", "injury", "surgery", "unknown"),
            nullable=False,
        ),
        sa.Column("mechanism", sa.Text(), server_default="", nullable=False),
        sa.Column("surgery", sa.Text(), server_default="", nullable=False),
        sa.Column("surgery_date", sa.Date(), nullable=True),
        sa.Column("prior_function", sa.Text(), server_default="", nullable=False),
        sa.Column("present_function", sa.Text(), server_default="", nullable=False),
        sa.Column("complexities", sa.Text(), server_default="", nullable=False),
        sa.Column("why_skilled", sa.Text(), server_default="", nullable=False),
        sa.Column("precaution", sa.Text(), server_default="", nullable=False),
        sa.Column("discharged_on", sa.Date(), nullable=True),
        sa.Column(
            "discharge_reason",
            choice(
                "dischargereason",
                "goals_met",
                "plateau",
                "patient_choice",
                "referred_on",
                "not_returned",
                "other",
            ),
            nullable=True,
        ),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(discharged_on IS NULL) = (discharge_reason IS NULL)",
            name=op.f("ck_episode_of_care_discharge_has_date_and_reason"),
        ),
        sa.CheckConstraint("discharged_on >= start", name=op.f("ck_episode_of_care_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_episode_of_care_patient_id_patient")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode_of_care")),
        sa.UniqueConstraint("uuid", name=op.f("uq_episode_of_care_uuid")),
    )
    op.create_index(
        op.f("ix_episode_of_care_patient_id_start"), "episode_of_care", ["patient_id", "start"], unique=False
    )
    op.create_table(
        "episode_region",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("side", choice("side", "left", "right", "bilateral", "midline"), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_episode_region_episode_id_episode_of_care")
        ),
        sa.PrimaryKeyConstraint("episode_id", "row", name=op.f("pk_episode_region")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "diagnosis",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", choice("diagnosiskind", "medical", "treatment"), nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("code_set_date", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_diagnosis_episode_id_episode_of_care")
        ),
        sa.PrimaryKeyConstraint("episode_id", "row", name=op.f("pk_diagnosis")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_diagnosis_code"), "diagnosis", ["code"], unique=False)
    op.create_table(
        "referral",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("referred_on", sa.Date(), nullable=True),
        sa.Column("signed_order_on_file", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_referral_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_referral_provider_id_provider")
        ),
        sa.PrimaryKeyConstraint("episode_id", "row", name=op.f("pk_referral")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "plan_of_care",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visits_a_week", sa.Integer(), nullable=True),
        sa.Column("duration_weeks", sa.Integer(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("certified_until", sa.Date(), nullable=True),
        sa.Column("interventions", sa.Text(), server_default="", nullable=False),
        sa.Column("prognosis", sa.Text(), server_default="", nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("duration_weeks >= 0", name=op.f("ck_plan_of_care_duration_weeks_not_negative")),
        sa.CheckConstraint("visits_a_week >= 0", name=op.f("ck_plan_of_care_visits_a_week_not_negative")),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_plan_of_care_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["person.id"], name=op.f("fk_plan_of_care_written_by_person")
        ),
        sa.PrimaryKeyConstraint("episode_id", "version", name=op.f("pk_plan_of_care")),
        info={"guard": "append_only"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "certification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("sent_to", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_how", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", INSTANT, nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(signed_on IS NULL) OR (received_at IS NOT NULL)",
            name=op.f("ck_certification_signed_was_received"),
        ),
        sa.ForeignKeyConstraint(
            ["episode_id", "plan_version"],
            ["plan_of_care.episode_id", "plan_of_care.version"],
            name=op.f("fk_certification_episode_id_plan_version_plan_of_care"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification")),
        sa.UniqueConstraint("uuid", name=op.f("uq_certification_uuid")),
    )
    op.create_index(
        op.f("ix_certification_episode_id_plan_version"),
        "certification",
        ["episode_id", "plan_version"],
        unique=False,
    )
    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), server_default="", nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("motion", sa.Text(), nullable=True),
        sa.Column("side", choice("side", "left", "right", "bilateral", "midline"), nullable=True),
        sa.Column("mode", choice("mode", "active", "passive"), nullable=True),
        sa.Column("pain_kind", choice("painkind", "now", "best", "worst", "movement"), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=True),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("status", choice("goalstatus", "active", "met", "dropped", "revised"), nullable=False),
        sa.Column("status_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("long_term", sa.Boolean(), nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_goal_episode_id_episode_of_care")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("uuid", name=op.f("uq_goal_uuid")),
    )
    op.create_index(op.f("ix_goal_episode_id_position"), "goal", ["episode_id", "position"], unique=False)
    op.create_table(
        "goal_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("status", choice("goalstatus", "active", "met", "dropped", "revised"), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_event_goal_id_goal")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_event_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_event")),
        info={"guard": "append_only"},
    )
    op.create_index(op.f("ix_goal_event_goal_id_at"), "goal_event", ["goal_id", "at"], unique=False)
    op.create_table(
        "outcome_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("measure_version", sa.Text(), server_default="", nullable=False),
        sa.Column("subscale", sa.Text(), server_default="", nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("missing_items", sa.Integer(), nullable=True),
        sa.Column("formula_version", sa.Text(), server_default="", nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("missing_items >= 0", name=op.f("ck_outcome_score_missing_items_not_negative")),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["person.id"], name=op.f("fk_outcome_score_entered_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_outcome_score_episode_id_episode_of_care")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_score")),
        sa.UniqueConstraint("uuid", name=op.f("uq_outcome_score_uuid")),
    )
    op.create_index(
        op.f("ix_outcome_score_episode_id_taken_on"),
        "outcome_score",
        ["episode_id", "taken_on"],
        unique=False,
    )
    op.create_table(
        "outcome_item",
        sa.Column("outcome_score_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["outcome_score_id"],
            ["outcome_score.id"],
            name=op.f("fk_outcome_item_outcome_score_id_outcome_score"),
        ),
        sa.PrimaryKeyConstraint("outcome_score_id", "item", name=op.f("pk_outcome_item")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "home_programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_home_programme_episode_id_episode_of_care")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_home_programme_given_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_programme")),
        sa.UniqueConstraint("uuid", name=op.f("uq_home_programme_uuid")),
    )
    op.create_index(
        op.f("ix_home_programme_episode_id_given_on"),
        "home_programme",
        ["episode_id", "given_on"],
        unique=False,
    )
    op.create_table(
        "home_exercise",
        sa.Column("home_programme_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("sets", sa.Integer(), nullable=True),
        sa.Column("reps", sa.Integer(), nullable=True),
        sa.Column("hold_s", sa.Integer(), nullable=True),
        sa.Column("load", sa.Integer(), nullable=True),
        sa.Column("load_unit", sa.Text(), server_default="", nullable=False),
        sa.Column("band", sa.Text(), server_default="", nullable=False),
        sa.Column("progression", sa.Text(), server_default="", nullable=False),
        sa.Column("cue", sa.Text(), server_default="", nullable=False),
        sa.Column("response", sa.Text(), server_default="", nullable=False),
        sa.Column("place", choice("place", "clinic", "home"), nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("hold_s >= 0", name=op.f("ck_home_exercise_hold_s_not_negative")),
        sa.CheckConstraint("load >= 0", name=op.f("ck_home_exercise_load_not_negative")),
        sa.CheckConstraint("reps >= 0", name=op.f("ck_home_exercise_reps_not_negative")),
        sa.CheckConstraint("sets >= 0", name=op.f("ck_home_exercise_sets_not_negative")),
        sa.ForeignKeyConstraint(
            ["home_programme_id"],
            ["home_programme.id"],
            name=op.f("fk_home_exercise_home_programme_id_home_programme"),
        ),
        sa.PrimaryKeyConstraint("home_programme_id", "row", name=op.f("pk_home_exercise")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "authorization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("coverage_id", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("units >= 0", name=op.f("ck_authorization_units_not_negative")),
        sa.CheckConstraint("visits >= 0", name=op.f("ck_authorization_visits_not_negative")),
        sa.ForeignKeyConstraint(
            ["coverage_id"], ["coverage.id"], name=op.f("fk_authorization_coverage_id_coverage")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode_of_care.id"], name=op.f("fk_authorization_episode_id_episode_of_care")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization")),
        sa.UniqueConstraint("uuid", name=op.f("uq_authorization_uuid")),
    )
    op.create_index(op.f("ix_authorization_coverage_id"), "authorization", ["coverage_id"], unique=False)
    op.create_index(op.f("ix_authorization_episode_id"), "authorization", ["episode_id"], unique=False)
    # ### end Alembic commands ###
