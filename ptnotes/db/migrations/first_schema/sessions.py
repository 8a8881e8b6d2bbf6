"""The first schema: treatment sessions and their parts. Frozen: a change is a new migration."""

import sqlalchemy as sa
from alembic import op

from ptnotes.db.migrations.first_schema import INSTANT, choice


def create() -> None:
    """Make the tables and indexes."""
    op.create_table(
        "treatment_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("time_in", sa.Time(), nullable=True),
        sa.Column("time_out", sa.Time(), nullable=True),
        sa.Column(
            "kind",
            choice("visitkind", "evaluation", "treatment", "re_evaluation", "discharge"),
            nullable=False,
        ),
        sa.Column(
            "status", choice("visitstatus", "scheduled", "attended", "cancelled", "missed"), nullable=False
        ),
        sa.Column("status_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("others_present", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "state",
            choice("notestate", "draft", "discarded", "awaiting_cosignature", "signed", "voided"),
            nullable=False,
        ),
        sa.Column("next_row", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.Column("signer_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", INSTANT, nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("canonical_version", sa.Integer(), nullable=True),
        sa.Column("reference_version", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'discarded') OR (signer_id IS NOT NULL AND signed_at IS NOT NULL"
            " AND signature IS NOT NULL AND content_hash IS NOT NULL"
            " AND canonical_version IS NOT NULL AND reference_version IS NOT NULL)",
            name=op.f("ck_treatment_session_signed_is_whole"),
        ),
        sa.CheckConstraint("time_out >= time_in", name=op.f("ck_treatment_session_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_treatment_session_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["episode_of_care.id"],
            name=op.f("fk_treatment_session_episode_id_episode_of_care"),
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["person.id"], name=op.f("fk_treatment_session_signer_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment_session")),
        sa.UniqueConstraint("uuid", name=op.f("uq_treatment_session_uuid")),
    )
    op.create_index(
        op.f("ix_treatment_session_episode_id_service_date"),
        "treatment_session",
        ["episode_id", "service_date"],
        unique=False,
    )
    op.create_index(op.f("ix_treatment_session_saved_at"), "treatment_session", ["saved_at"], unique=False)
    op.create_index(
        op.f("ix_treatment_session_state_service_date"),
        "treatment_session",
        ["state", "service_date"],
        unique=False,
    )
    op.create_table(
        "mobilization",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("side", choice("side", "left", "right", "bilateral", "midline"), nullable=True),
        sa.Column("technique", sa.Text(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("grade_system", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("grade_to", sa.Text(), nullable=True),
        sa.Column("sets", sa.Integer(), nullable=True),
        sa.Column("reps", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("hold_s", sa.Integer(), nullable=True),
        sa.Column("rate_hz", sa.Integer(), nullable=True),
        sa.Column("position_id", sa.Text(), nullable=True),
        sa.Column("pre_position", sa.Text(), server_default="", nullable=False),
        sa.Column("moving_part", sa.Text(), server_default="", nullable=False),
        sa.Column("fixed_part", sa.Text(), server_default="", nullable=False),
        sa.Column("movement", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("cavitation", sa.Boolean(), nullable=True),
        sa.Column("responses", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("origin", choice("origin", "typed", "clicked", "confirmed"), nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_mobilization_attempts_not_negative")),
        sa.CheckConstraint("duration_s >= 0", name=op.f("ck_mobilization_duration_s_not_negative")),
        sa.CheckConstraint(
            "grade_to IS NULL OR grade IS NOT NULL", name=op.f("ck_mobilization_range_has_a_start")
        ),
        sa.CheckConstraint("hold_s >= 0", name=op.f("ck_mobilization_hold_s_not_negative")),
        sa.CheckConstraint("rate_hz >= 0", name=op.f("ck_mobilization_rate_hz_not_negative")),
        sa.CheckConstraint("reps >= 0", name=op.f("ck_mobilization_reps_not_negative")),
        sa.CheckConstraint("sets >= 0", name=op.f("ck_mobilization_sets_not_negative")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_mobilization_done_by_person")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["treatment_session.id"],
            name=op.f("fk_mobilization_session_id_treatment_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_mobilization")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mobilization_target",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id", "row"],
            ["mobilization.session_id", "mobilization.row"],
            name=op.f("fk_mobilization_target_session_id_row_mobilization"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["treatment_session.id"],
            name=op.f("fk_mobilization_target_session_id_treatment_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", "row", "position", name=op.f("pk_mobilization_target")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "intervention",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("intervention", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("timed", sa.Boolean(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("modifiers", sa.Text(), server_default="", nullable=False),
        sa.Column("area", sa.Text(), server_default="", nullable=False),
        sa.Column("area_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("parameters", sa.Text(), server_default="", nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_intervention_minutes_not_negative")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_intervention_done_by_person")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["treatment_session.id"],
            name=op.f("fk_intervention_session_id_treatment_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_intervention")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "exercise",
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
        sa.Column("band", sa.Text(), server_default="", nullable=False),
        sa.Column("progression", sa.Text(), server_default="", nullable=False),
        sa.Column("cue", sa.Text(), server_default="", nullable=False),
        sa.Column("response", sa.Text(), server_default="", nullable=False),
        sa.Column("place", choice("place", "clinic", "home"), nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("hold_s >= 0", name=op.f("ck_exercise_hold_s_not_negative")),
        sa.CheckConstraint("load >= 0", name=op.f("ck_exercise_load_not_negative")),
        sa.CheckConstraint("reps >= 0", name=op.f("ck_exercise_reps_not_negative")),
        sa.CheckConstraint("sets >= 0", name=op.f("ck_exercise_sets_not_negative")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_exercise_done_by_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_exercise_session_id_treatment_session")
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_exercise")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rom_reading",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pair", sa.Integer(), nullable=False),
        sa.Column("motion", sa.Text(), nullable=False),
        sa.Column("side", choice("side", "left", "right", "bilateral", "midline"), nullable=True),
        sa.Column("mode", choice("mode", "active", "passive"), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("test_position", sa.Text(), nullable=True),
        sa.Column("rater", sa.Integer(), nullable=True),
        sa.Column("phase", choice("phase", "before", "after", "single"), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("end_feel", sa.Text(), nullable=True),
        sa.Column("end_range_pain", sa.Boolean(), nullable=True),
        sa.Column("pain", sa.Integer(), nullable=True),
        sa.Column("why_not_tested", sa.Text(), server_default="", nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("value IS NULL OR unit <> ''", name=op.f("ck_rom_reading_number_has_unit")),
        sa.CheckConstraint("pain BETWEEN 0 AND 10", name=op.f("ck_rom_reading_pain_in_range")),
        sa.CheckConstraint("value IS NULL OR word IS NULL", name=op.f("ck_rom_reading_number_or_word")),
        sa.ForeignKeyConstraint(["rater"], ["person.id"], name=op.f("fk_rom_reading_rater_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_rom_reading_session_id_treatment_session")
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_rom_reading")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pain_score",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pair", sa.Integer(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("kind", choice("painkind", "now", "best", "worst", "movement"), nullable=False),
        sa.Column("motion", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("side", choice("side", "left", "right", "bilateral", "midline"), nullable=True),
        sa.Column("phase", choice("phase", "before", "after", "single"), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(kind = 'movement') OR (motion IS NULL)", name=op.f("ck_pain_score_motion_only_with_movement")
        ),
        sa.CheckConstraint(
            "NOT (scale = 'nprs') OR value BETWEEN 0 AND 10", name=op.f("ck_pain_score_value_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_pain_score_session_id_treatment_session")
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_pain_score")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comparable_sign",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pair", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("phase", choice("phase", "before", "after", "single"), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["treatment_session.id"],
            name=op.f("fk_comparable_sign_session_id_treatment_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_comparable_sign")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "exam_finding",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("test", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("side", choice("side", "left", "right", "bilateral", "midline"), nullable=True),
        sa.Column("phase", choice("phase", "before", "after", "single"), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_exam_finding_done_by_person")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["treatment_session.id"],
            name=op.f("fk_exam_finding_session_id_treatment_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_exam_finding")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vitals",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("phase", choice("phase", "before", "after", "single"), nullable=False),
        sa.Column("systolic_mmhg", sa.Integer(), nullable=True),
        sa.Column("diastolic_mmhg", sa.Integer(), nullable=True),
        sa.Column("heart_rate_bpm", sa.Integer(), nullable=True),
        sa.Column("saturation_percent", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("diastolic_mmhg >= 0", name=op.f("ck_vitals_diastolic_mmhg_not_negative")),
        sa.CheckConstraint("heart_rate_bpm >= 0", name=op.f("ck_vitals_heart_rate_bpm_not_negative")),
        sa.CheckConstraint(
            "saturation_percent BETWEEN 0 AND 100", name=op.f("ck_vitals_saturation_percent_in_range")
        ),
        sa.CheckConstraint("systolic_mmhg >= 0", name=op.f("ck_vitals_systolic_mmhg_not_negative")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_vitals_done_by_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_vitals_session_id_treatment_session")
        ),
        sa.PrimaryKeyConstraint("session_id", "row", name=op.f("pk_vitals")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "note_section",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["treatment_session.id"],
            name=op.f("fk_note_section_session_id_treatment_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", "section", name=op.f("pk_note_section")),
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "body_chart",
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
        info={"guard": "session_child"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "signed_content",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("canonical_form", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["treatment_session.id"],
            name=op.f("fk_signed_content_session_id_treatment_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_signed_content")),
        info={"guard": "session_child"},
    )
    # ### end Alembic commands ###
