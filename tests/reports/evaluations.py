"""Evaluations with plans of care, whole and harmed, for tests of their document."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ptnotes.domain.certification import Certification, SentHow
from ptnotes.domain.due import MEDICARE, DueRules
from ptnotes.domain.episode import Diagnosis, DiagnosisKind, OnsetKind, OutcomeScore, PlanOfCare, Problem
from ptnotes.domain.plan import PlanVersion
from ptnotes.domain.treatment import (
    ExamFinding,
    FindingKind,
    Note,
    NoteState,
    PainKind,
    Phase,
    Side,
    TreatmentSession,
    Vitals,
)
from ptnotes.reports.evaluation import render_evaluation
from ptnotes.reports.evaluation_data import EvaluationData
from ptnotes.services.case import Case
from ptnotes.services.evaluation_content import evaluated, evaluation_content
from tests.clinics import reference
from tests.reports.cases import EPISODE, FIRST_DAY, THERAPIST, case, flat, pages, pain, visit

PLAN = PlanOfCare(
    times_a_day=1,
    visits_a_week=Decimal(2),
    duration_weeks=8,
    start=FIRST_DAY,
    interventions="Manual therapy; exercise",
    prognosis="Good for walking.",
)
VERSION = PlanVersion(number=1, plan=PLAN, on=FIRST_DAY, written_by=1)
SENT = Certification(
    id=1, episode_id=1, plan_version=1, sent_on=date(2026, 1, 6), sent_to="Dr. P. Anand", sent_how=SentHow.FAX
)
SIGNED = replace(SENT, received_on=date(2026, 1, 9), signed_on=date(2026, 1, 8), signed_by="Dr. P. Anand")
GOAL = replace(EPISODE.goals[0], function="dress alone", long_term=True, mode=None)
WHOLE = replace(
    EPISODE,
    title="Lumbar stenosis",
    onset=date(2025, 11, 1),
    onset_kind=OnsetKind.GRADUAL,
    mechanism="No injury.",
    surgery="None.",
    prior_function="Walked 5 km.",
    present_function="Walks 10 min.",
    complexities="Diabetes.",
    why_skilled="Grades are chosen at each visit.",
    diagnoses=(
        Diagnosis(row=1, code="M48.061", words="Spinal stenosis, lumbar region", checked=True),
        Diagnosis(row=2, kind=DiagnosisKind.TREATMENT, code="M25.69", words="Stiff lumbar spine"),
    ),
    problems=(Problem(row=1, words="Cannot bend to the floor", since=FIRST_DAY),),
    goals=(GOAL,),
    plan=PLAN,
    referred_on=date(2025, 12, 29),
)


def first_visit(**changes: object) -> TreatmentSession:
    made = replace(
        visit(1),
        state=NoteState.SIGNED,
        rom=visit(1).rom[:1],
        pain=(pain(5, PainKind.WORST, Phase.SINGLE, 9),),
        findings=(
            ExamFinding(row=20, kind=FindingKind.REFLEX, test="patellar", side=Side.LEFT, value="reflex_1"),
            ExamFinding(
                row=21, kind=FindingKind.SPECIAL_TEST, test="Slump", side=Side.RIGHT, value="negative"
            ),
        ),
        vitals=(Vitals(row=22, systolic_mmhg=128, diastolic_mmhg=82),),
        note=Note(
            subjective="Aches when standing.",
            objective="Stands bent.",
            assessment="Fits stenosis.",
            plan="Begin.",
            communication="Goals agreed with her.",
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields, as the test gives them


def told(
    made: Case, session: TreatmentSession, rules: DueRules = MEDICARE, **chosen: object
) -> EvaluationData:
    found = evaluated(made, session)
    return evaluation_content(reference(), made, found, rules, **chosen)  # type: ignore[arg-type]  # as the test gives


def content(session: TreatmentSession | None = None, **changes: object) -> EvaluationData:
    one = session or first_visit()
    made = case(
        one, **{"episode": WHOLE, "plan_versions": (VERSION,), "names": {1: THERAPIST.signature}, **changes}
    )
    scored = OutcomeScore(episode_id=1, measure="odi", taken_on=FIRST_DAY, total=Decimal(44))
    return told(replace(made, outcomes=made.outcomes or (scored,)), one)


def pdf(session: TreatmentSession | None = None, **changes: object) -> bytes:
    return render_evaluation(content(session, **changes))


def text_of(document: bytes) -> str:
    return flat(" ".join(pages(document))).replace("\xa0", " ")


def require_order(text: str, wanted: list[str]) -> None:
    places = [text.replace("\xa0", " ").find(words) for words in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places), dict(zip(wanted, places, strict=True))
