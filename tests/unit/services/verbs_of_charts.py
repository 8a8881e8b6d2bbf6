"""Every verb of charts, tried, and all that one must be allowed for it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ptnotes.domain.certification import Certification
from ptnotes.domain.episode import DischargeReason, EpisodeOfCare, OutcomeScore, PlanOfCare, Problem
from ptnotes.domain.permissions import Act
from ptnotes.domain.screening import Answer
from ptnotes.domain.treatment import VisitKind, VisitStatus
from ptnotes.services import (
    care_course,
    certification,
    due,
    episodes,
    overview,
    patients,
    screening,
    signing,
    verification,
    visits,
)
from tests.clinics import PASSPHRASE, PATIENT
from tests.unit.services.scene import GOAL, NEEDLING, THRUST, Try, change, event, new_kind, sign

OF_CHARTS: dict[str, tuple[set[Act], Try]] = {
    "find_patients": ({Act.VIEW_DEMOGRAPHICS}, lambda s: patients.find_patients(s.me, "moreau")),
    "likely_duplicates": ({Act.VIEW_DEMOGRAPHICS}, lambda s: patients.likely_duplicates(s.me, PATIENT)),
    "next_mrn": ({Act.VIEW_DEMOGRAPHICS}, lambda s: patients.next_mrn(s.me)),
    "load_patient": ({Act.VIEW_DEMOGRAPHICS}, lambda s: patients.load_patient(s.me, s.patient_id)),
    "patient_by_mrn": ({Act.VIEW_DEMOGRAPHICS}, lambda s: patients.patient_by_mrn(s.me, PATIENT.mrn)),
    "add_patient": (
        {Act.EDIT_DEMOGRAPHICS},
        lambda s: patients.add_patient(s.me, replace(PATIENT, mrn="7", family_name="Other")),
    ),
    "change_patient": (
        {Act.EDIT_DEMOGRAPHICS},
        lambda s: patients.change_patient(s.me, patients.load_patient(s.boss, s.patient_id)),
    ),
    "archive_patient": ({Act.EDIT_DEMOGRAPHICS}, lambda s: patients.archive_patient(s.me, s.patient_id)),
    "unarchive_patient": ({Act.EDIT_DEMOGRAPHICS}, lambda s: patients.unarchive_patient(s.me, s.patient_id)),
    "home": ({Act.VIEW_DEMOGRAPHICS}, lambda s: overview.home(s.me)),
    "patient_header": ({Act.VIEW_DEMOGRAPHICS}, lambda s: overview.patient_header(s.me, s.patient_id)),
    "episode_overview": ({Act.VIEW_NOTES}, lambda s: overview.episode_overview(s.me, s.episode.id or 0)),
    "episodes_of": ({Act.VIEW_NOTES}, lambda s: episodes.episodes_of(s.me, s.patient_id)),
    "load_episode": ({Act.VIEW_NOTES}, lambda s: episodes.load_episode(s.me, s.episode.id or 0)),
    "outcomes_of": ({Act.VIEW_NOTES}, lambda s: episodes.outcomes_of(s.me, s.episode.id or 0)),
    "open_episode": (
        {Act.CHART_EVALUATION},
        lambda s: episodes.open_episode(
            s.me, EpisodeOfCare(patient_id=s.patient_id, start=date(2026, 2, 20))
        ),
    ),
    "open_episode with goals": (
        {Act.CHART_EVALUATION, Act.WRITE_PLAN},
        lambda s: episodes.open_episode(
            s.me, EpisodeOfCare(patient_id=s.patient_id, start=date(2026, 2, 20), goals=(GOAL,))
        ),
    ),
    "change_episode": ({Act.CHART_EVALUATION}, lambda s: change(s, prior_function="Walked an hour")),
    "change_episode: plan": (
        {Act.WRITE_PLAN},
        lambda s: change(s, plan=PlanOfCare(visits_a_week=Decimal(2), duration_weeks=6)),
    ),
    "change_episode: goals": (
        {Act.WRITE_PLAN},
        lambda s: change(s, goals=(replace(GOAL, uuid="6f0f8c1e-0000-4000-8000-000000000002"),)),
    ),
    "record_outcome": (
        {Act.CHART_TREATMENT},
        lambda s: episodes.record_outcome(
            s.me,
            OutcomeScore(
                episode_id=s.episode.id or 0, measure="odi", taken_on=date(2026, 3, 1), total=Decimal(30)
            ),
        ),
    ),
    "start_session": ({Act.CHART_TREATMENT}, lambda s: visits.start_session(s.me, s.episode.id or 0)),
    "start_session: evaluation": (
        {Act.CHART_EVALUATION},
        lambda s: visits.start_session(s.me, s.episode.id or 0, kind=VisitKind.EVALUATION),
    ),
    "start_session: re-evaluation": (
        {Act.CHART_EVALUATION},
        lambda s: visits.start_session(s.me, s.episode.id or 0, kind=VisitKind.RE_EVALUATION),
    ),
    "start_session: discharge": (
        {Act.DISCHARGE},
        lambda s: visits.start_session(s.me, s.episode.id or 0, kind=VisitKind.DISCHARGE),
    ),
    "record_absence": (
        {Act.CHART_TREATMENT},
        lambda s: visits.record_absence(
            s.me, s.episode.id or 0, date(2026, 3, 1), VisitStatus.MISSED, "Made-up reason"
        ),
    ),
    "load_session": ({Act.VIEW_NOTES}, lambda s: visits.load_session(s.me, s.draft().id or 0)),
    "sessions_of": ({Act.VIEW_NOTES}, lambda s: visits.sessions_of(s.me, s.episode.id or 0)),
    "last_sessions_before": ({Act.VIEW_NOTES}, lambda s: visits.last_sessions_before(s.me, s.draft())),
    "examined_before": ({Act.VIEW_NOTES}, lambda s: visits.examined_before(s.me, s.draft())),
    "save_draft": (
        {Act.CHART_TREATMENT},
        lambda s: visits.save_draft(s.me, replace(s.draft(), others_present="Made-up friend")),
    ),
    "save_draft: into an evaluation": (
        {Act.CHART_EVALUATION},
        lambda s: new_kind(s, VisitKind.EVALUATION),
    ),
    "save_draft: out of an evaluation": (
        {Act.CHART_EVALUATION},
        lambda s: visits.save_draft(s.me, replace(s.draft(VisitKind.EVALUATION), kind=VisitKind.TREATMENT)),
    ),
    "save_draft: into a discharge": ({Act.DISCHARGE}, lambda s: new_kind(s, VisitKind.DISCHARGE)),
    "save_draft: grade V": (
        {Act.GRADE_V},
        lambda s: visits.save_draft(s.me, replace(s.draft(), mobilizations=(THRUST,), next_row=3)),
    ),
    "save_draft: dry needling": (
        {Act.DRY_NEEDLING},
        lambda s: visits.save_draft(s.me, replace(s.draft(), interventions=(NEEDLING,), next_row=3)),
    ),
    "discard_draft": ({Act.CHART_TREATMENT}, lambda s: visits.discard_draft(s.me, s.draft().id or 0)),
    "discard_draft: evaluation": (
        {Act.CHART_EVALUATION},
        lambda s: visits.discard_draft(s.me, s.draft(VisitKind.EVALUATION).id or 0),
    ),
    "restore_draft": (
        {Act.CHART_TREATMENT},
        lambda s: visits.restore_draft(s.me, visits.discard_draft(s.boss, s.draft().id or 0).id or 0),
    ),
    "episode_screen": ({Act.VIEW_NOTES}, lambda s: screening.episode_screen(s.me, s.episode.id or 0)),
    "answer_screen": (
        {Act.CHART_TREATMENT},
        lambda s: screening.answer_screen(s.me, s.episode.id or 0, [("dvt", Answer.NO, ())]),
    ),
    "record_unchanged": (
        {Act.CHART_TREATMENT},
        lambda s: screening.record_unchanged(s.me, s.draft().id or 0),
    ),
    "give_reason": (
        {Act.CHART_TREATMENT},
        lambda s: screening.give_reason(s.me, s.draft().id or 0, None, "She asked for it."),
    ),
    "mark_against_seen": ({Act.CO_SIGN}, lambda s: screening.mark_against_seen(s.me, [])),
    "give_consent": (
        {Act.CHART_TREATMENT, Act.GRADE_V},
        lambda s: screening.give_consent(s.me, s.episode.id or 0),
    ),
    "withdraw_consent": (
        {Act.CHART_TREATMENT},
        lambda s: screening.withdraw_consent(s.me, s.episode.id or 0),
    ),
    "report_event": ({Act.CHART_TREATMENT}, lambda s: screening.report_event(s.me, event(s))),
    "follow_event": (
        {Act.CHART_TREATMENT},
        lambda s: screening.follow_event(s.me, screening.report_event(s.boss, event(s))),
    ),
    "check_note": ({Act.VIEW_NOTES}, lambda s: signing.check_note(s.me, s.draft().id or 0)),
    "signed_note": ({Act.VIEW_NOTES}, lambda s: signing.signed_note(s.me, s.draft().id or 0)),
    "sign_note": ({Act.SIGN, Act.CHART_TREATMENT}, lambda s: sign(s, VisitKind.TREATMENT)),
    "sign_note: evaluation": ({Act.SIGN, Act.CHART_EVALUATION}, lambda s: sign(s, VisitKind.EVALUATION)),
    "sign_note: discharge": ({Act.SIGN, Act.DISCHARGE}, lambda s: sign(s, VisitKind.DISCHARGE)),
    "sign_drafts_before": (
        {Act.SIGN},
        lambda s: signing.sign_drafts_before(s.me, date(2026, 1, 1), PASSPHRASE, lambda _one: s.me.clock()),
    ),
    "co_sign_note": ({Act.CO_SIGN}, lambda s: signing.co_sign_note(s.me, s.draft().id or 0, PASSPHRASE)),
    "add_addendum": ({Act.SIGN}, lambda s: signing.add_addendum(s.me, s.signed(), "More.", PASSPHRASE)),
    "request_amendment": (
        {Act.SIGN},
        lambda s: signing.request_amendment(s.me, s.signed(), "Take it out.", "It stays.", PASSPHRASE),
    ),
    "void_note": ({Act.SIGN}, lambda s: signing.void_note(s.me, s.signed(), "Charted twice.", PASSPHRASE)),
    "verify_documents": ({Act.VIEW_NOTES}, lambda s: verification.verify_documents(s.me)),
    "verify_notes": ({Act.VIEW_NOTES}, lambda s: verification.verify_notes(s.me)),
    "due_of_episode": ({Act.VIEW_NOTES}, lambda s: due.due_of_episode(s.me, s.episode.id or 0)),
    "most_pressing_due": ({Act.VIEW_NOTES}, lambda s: due.most_pressing_due(s.me, 5)),
    "counting_rules": ({Act.VIEW_NOTES}, lambda s: due.counting_rules(s.me, s.episode.id or 0)),
    "goal_course": ({Act.VIEW_NOTES}, lambda s: care_course.goal_course(s.me, s.episode.id or 0)),
    "plan_course": ({Act.VIEW_NOTES}, lambda s: care_course.plan_course(s.me, s.episode.id or 0)),
    "change_episode: problems": (
        {Act.CHART_EVALUATION},
        lambda s: change(s, problems=(Problem(row=1, words="Cannot kneel"),)),
    ),
    "plan_standing": ({Act.VIEW_NOTES}, lambda s: certification.plan_standing(s.me, s.episode.id or 0)),
    "save_certification": (
        {Act.WRITE_PLAN},
        lambda s: certification.save_certification(
            s.me, Certification(episode_id=s.episode.id or 0, sent_on=date(2026, 3, 1))
        ),
    ),
    "set_physician_visit": (
        {Act.CHART_TREATMENT},
        lambda s: certification.set_physician_visit(s.me, s.episode.id or 0, date(2026, 3, 9)),
    ),
    "discharge_episode": (
        {Act.DISCHARGE},
        lambda s: episodes.discharge_episode(
            s.me, s.episode.id or 0, date(2026, 3, 1), DischargeReason.GOALS_MET
        ),
    ),
}
