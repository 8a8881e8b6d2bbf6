"""A made-up patient's record as values, with something in every place."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from ptnotes.domain.audit import AuditEvent, Subject, Verb
from ptnotes.domain.episode import (
    Diagnosis,
    DiagnosisKind,
    DischargeReason,
    EpisodeOfCare,
    EpisodeRegion,
    Goal,
    GoalStatus,
    OutcomeScore,
    PlanOfCare,
    Problem,
)
from ptnotes.domain.patient import Patient, Sex
from ptnotes.domain.people import Clinic, Person, Role
from ptnotes.domain.screening import Answer, ScreenAnswer, Site
from ptnotes.domain.signature import Addendum, AddendumKind, CoSignature, SignedNote, Voided
from ptnotes.domain.treatment import (
    AreaKind,
    BodyMark,
    BodyView,
    ComparableSign,
    ExamFinding,
    Exercise,
    FindingKind,
    Intervention,
    Mobilization,
    Mode,
    Note,
    NoteState,
    PainKind,
    PainScore,
    Phase,
    Place,
    RomReading,
    Side,
    TreatmentSession,
    VisitKind,
    VisitStatus,
    Vitals,
)
from ptnotes.exchange.fhir_data import EpisodeData, ItemAnswer, OutcomeResult, PatientData
from ptnotes.exchange.fhir_parts import named
from tests.clinics import reference

AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ZONE = "America/New_York"
PEOPLE = {
    1: Person(
        id=1, uuid=named("p1"), name="J. Rivera", credentials="PT, DPT", npi="0000000000", licence_number="PT-0",
        licence_state="NY",
    ),
    2: Person(id=2, uuid=named("p2"), name="S. Okafor", role=Role.STUDENT, active_to=date(2026, 3, 1)),
}  # fmt: skip
PATIENT = Patient(
    id=1, uuid=named("patient"), mrn="000123", family_name="Moreau", given_name="Hélène", middle_name="A.",
    suffix="Jr.", preferred_name="Lene", birth_date=date(1979, 3, 12), sex=Sex.FEMALE, telephone="(555) 010-4477",
    email="lene@example.org", address="1 Made-up Road", emergency_contact="P. Moreau", language="French",
)  # fmt: skip


def visit(number: int, state: NoteState = NoteState.SIGNED, **changes: object) -> TreatmentSession:
    """A visit with something in every list, and with blanks."""
    whole: dict[str, object] = {
        "id": number,
        "uuid": named("visit", number),
        "episode_id": 1,
        "service_date": date(2026, 3, 1 + number % 28),
        "zone": ZONE,
        "time_in": time(9),
        "time_out": time(9, 45),
        "author_id": 1,
        "others_present": "A made-up daughter",
        "state": state,
        "saved_at": AT,
        "mobilizations": (
            Mobilization(
                row=1, targets=("L4", "L5"), side=Side.LEFT, technique="upa", grade_system="maitland", grade="III",
                grade_to="IV", sets=3, duration_s=45, rate_hz=Decimal("1.5"), position="prone", responses=("better",),
                note="Easier after", done_by=2,
            ),
            Mobilization(
                row=2, targets=("L5",), technique="hvlat_spine", grade_system="maitland", grade="V", attempts=1,
                cavitation=False,
            ),
            Mobilization(row=3),
        ),
        "interventions": (
            Intervention(
                row=4, intervention="cpt_97140", minutes=25, modifiers=("GP",), area="low back",
                area_kind=AreaKind.AREA,
            ),
            Intervention(row=5),
        ),
        "exercises": (
            Exercise(row=6, exercise="knee_to_chest", sets=2, reps=10, hold_s=5, load=Decimal("2.5"), place=Place.HOME,
                     times_a_day=3, days_a_week=7),
            Exercise(row=7, name="Own words", band="red", cue="Slowly", response="tired"),
        ),
        "rom": (
            RomReading(row=8, pair=8, motion="lumbar_flexion", value=Decimal(45), method="inclinometer_dual", rater=1),
            RomReading(
                row=9, pair=8, motion="lumbar_flexion", value=Decimal("52.5"), phase=Phase.AFTER, end_range_pain=True,
                pain=0,
            ),
            RomReading(row=10, pair=10, motion="shoulder_flexion", side=Side.LEFT, value=Decimal(0)),
            RomReading(
                row=11, pair=11, motion="knee_flexion", side=Side.RIGHT, mode=Mode.PASSIVE,
                word="within_normal_limits",
            ),
            RomReading(row=12, pair=12, motion="hip_flexion", side=Side.LEFT, why_not_tested="too sore"),
            RomReading(row=13, pair=13, motion="lumbar_extension"),
        ),
        "pain": (
            PainScore(row=14, pair=14, value=0),
            PainScore(row=15, pair=15, kind=PainKind.MOVEMENT, motion="lumbar_flexion", side=Side.LEFT),
            PainScore(row=16, pair=16, scale="vas", kind=PainKind.WORST, place="Left leg", value=63),
        ),
        "comparable_signs": (
            ComparableSign(row=17, pair=17, words="Stairs", value="one at a time"),
            ComparableSign(row=18, pair=18, words="Reach", unit="cm"),
        ),
        "findings": (
            ExamFinding(row=19, kind=FindingKind.REFLEX, test="patellar", side=Side.LEFT, value="reflex_2+"),
            ExamFinding(row=20, kind=FindingKind.UPPER_MOTOR_NEURON, test="babinski", value="negative"),
            ExamFinding(row=21, kind=FindingKind.JOINT_PLAY, target="L5", value="mob_2", words="Stiff"),
            ExamFinding(row=22, kind=FindingKind.SPECIAL_TEST, test="Straight leg raise"),
        ),
        "vitals": (
            Vitals(row=23, systolic_mmhg=124, diastolic_mmhg=78, heart_rate_bpm=66, saturation_percent=98),
            Vitals(row=24, words="Cuff too small"),
        ),
        "body_chart": (
            BodyMark(
                row=25, view=BodyView.BACK, symptom="pain_area", strokes=(((1, 2), (3, 4)),), words="Deep",
                qualities=("numbness",),
            ),
        ),
        "note": Note(subjective="Slept < 4 h & woke.\n\nTwice.", assessment="Settles.", communication="Told her."),
    }  # fmt: skip
    return TreatmentSession(**(whole | changes))  # type: ignore[arg-type]  # fields of it


def signed(session: TreatmentSession, **changes: object) -> SignedNote:
    """The signature under a visit."""
    whole: dict[str, object] = {
        "session_id": session.id,
        "state": session.state,
        "service_date": session.service_date,
        "signer_id": 1,
        "signer": "J. Rivera, PT, DPT",
        "signed_at": AT,
        "zone": ZONE,
        "late": False,
        "content_hash": bytes(range(32)),
    }
    return SignedNote(**(whole | changes))  # type: ignore[arg-type]  # fields of it


def episode(**changes: object) -> EpisodeOfCare:
    """An episode with something in every place."""
    whole: dict[str, object] = {
        "id": 1,
        "uuid": named("episode"),
        "patient_id": 1,
        "title": "Low back pain",
        "start": date(2026, 2, 16),
        "onset": date(2026, 1, 10),
        "prior_function": "Walked an hour",
        "regions": (EpisodeRegion(region="lumbar", side=Side.LEFT), EpisodeRegion(region="hip", side=Side.RIGHT)),
        "diagnoses": (
            Diagnosis(row=1, code="M54.50", code_set_date="2026", words="Low back pain", checked=True),
            Diagnosis(row=2, kind=DiagnosisKind.TREATMENT, words="Segmental dysfunction", until=date(2026, 3, 1)),
            Diagnosis(row=3),
        ),
        "problems": (Problem(row=1, words="Sits 20 min"), Problem(row=2)),
        "goals": (
            Goal(
                uuid=named("g1"), words="Bend to 60°", measure="rom", motion="lumbar_flexion", unit="deg",
                baseline=Decimal(45), target=Decimal(60), due=date(2026, 4, 1),
            ),
            Goal(uuid=named("g2"), words="Sit for an hour", long_term=True, status=GoalStatus.MET),
            Goal(
                uuid=named("g3"), words="ODI below 20", measure="outcome", outcome="odi", unit="percent",
                target=Decimal(20), status=GoalStatus.DROPPED, status_reason="Moved away",
            ),
            Goal(uuid=named("g4"), words="Pain at worst 3", measure="pain", pain_kind="worst", target=Decimal(0)),
        ),
        "plan": PlanOfCare(
            visits_a_week=Decimal("1.5"), duration_weeks=6, start=date(2026, 2, 16), interventions="Manual therapy",
            prognosis="Good",
        ),
        "referrer": "P. Anand, MD",
        "referrer_practice": "Made-up Practice",
        "referrer_fax": "(555) 010-0000",
        "referred_on": date(2026, 2, 1),
    }  # fmt: skip
    return EpisodeOfCare(**(whole | changes))  # type: ignore[arg-type]  # fields of it


def record(**changes: object) -> PatientData:
    """The whole record: a visit in each state, one that was missed, and two episodes."""
    visits = (
        visit(1, kind=VisitKind.EVALUATION),
        visit(2, NoteState.DRAFT, time_in=None, time_out=None),
        visit(3, NoteState.AWAITING_COSIGNATURE, author_id=2),
        visit(4, NoteState.VOIDED),
        TreatmentSession(
            id=5, uuid=named("visit", 5), episode_id=1, service_date=date(2026, 3, 9), status=VisitStatus.MISSED,
            status_reason="Snow", author_id=1,
        ),
        TreatmentSession(
            id=6, uuid=named("visit", 6), episode_id=1, service_date=date(2026, 3, 20), status=VisitStatus.SCHEDULED,
        ),
    )  # fmt: skip
    addendum = Addendum(
        uuid=named("addendum"), kind=AddendumKind.CORRECTION, text="Left, not right.", reason="Slip", author_id=1,
        author="J. Rivera", written_at=AT, zone=ZONE, late=False,
    )  # fmt: skip
    co_signature = CoSignature(uuid=named("co"), person_id=1, person="J. Rivera", at=AT, words="Agreed")
    voided = Voided(person_id=1, person="J. Rivera", at=AT, reason="Charted twice")
    notes = {
        1: signed(visits[0], addenda=(addendum,), co_signatures=(co_signature,), late=True),
        3: signed(visits[2], signer_id=2),
        4: signed(visits[3], voided=voided),
    }
    outcomes = (
        OutcomeResult(
            named("o1"),
            OutcomeScore(id=1, episode_id=1, measure="odi", taken_on=date(2026, 2, 16), total=Decimal("44.4")),
            (ItemAnswer("1", Decimal(3)), ItemAnswer("2", None)),
        ),
        OutcomeResult(
            named("o2"),
            OutcomeScore(
                id=2, episode_id=1, measure="koos", subscale="pain", taken_on=date(2026, 2, 16), total=Decimal(0),
                entered_by=1,
            ),
        ),
    )  # fmt: skip
    answers = (
        ScreenAnswer(id=1, item="begun", answer=Answer.YES, at=AT, on=AT.date(), person_id=1, asked_in=1),
        ScreenAnswer(
            id=2, item="dvt", answer=Answer.YES, sites=(Site("L5", Side.LEFT),), words="Years ago", at=AT,
            on=AT.date(), person_id=1, asked_in=1,
        ),
    )  # fmt: skip
    ended = episode(
        id=2, uuid=named("episode", 2), start=date(2025, 1, 1), goals=(), plan=PlanOfCare(), referrer="",
        discharged_on=date(2025, 3, 1), discharge_reason=DischargeReason.GOALS_MET,
    )  # fmt: skip
    events = tuple(
        AuditEvent(sequence=number, at=AT, zone=ZONE, person_id=person, verb=verb, subject=Subject.PATIENT)
        for number, person, verb in ((1, 1, Verb.MADE), (2, None, Verb.CHANGED), (3, 1, Verb.VIEWED))
    )
    whole: dict[str, object] = {
        "reference": reference(),
        "clinic": Clinic(name="Harbour Street (made up)", address="2 Road", npi="0000000001", zone=ZONE),
        "people": PEOPLE,
        "patient": PATIENT,
        "made_at": AT,
        "episodes": (
            EpisodeData(episode=episode(), sessions=visits, outcomes=outcomes, answers=answers),
            EpisodeData(episode=ended),
        ),
        "notes": notes,
        "signatures": {1: b"\x01" * 64, 3: b"\x02" * 64},
        "events": events,
    }
    return PatientData(**(whole | changes))  # type: ignore[arg-type]  # fields of it
