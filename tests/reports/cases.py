"""Made-up episodes for the tests of documents, built without a store."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pypdfium2
from reportlab.platypus import Flowable

from ptnotes.domain.episode import (
    Diagnosis,
    EpisodeOfCare,
    EpisodeRegion,
    Goal,
    OutcomeScore,
    PlanOfCare,
)
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Clinic, Person
from ptnotes.domain.treatment import (
    Intervention,
    Mobilization,
    Note,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
    VisitKind,
    VisitStatus,
)
from ptnotes.reports.document import Imprint, lay_out
from ptnotes.reports.progress import ProgressReportData, render_progress_report
from ptnotes.services.case import Case
from ptnotes.services.progress_content import progress_content
from tests.clinics import reference

FIRST_DAY = date(2026, 1, 5)
CLINIC = Clinic(
    name="Harbour Street Physical Therapy (made up)",
    address="214 Quay Street",
    telephone="555-0142",
    fax="555-0143",
    zone="America/New_York",
)
THERAPIST = Person(id=1, name="J. Rivera", credentials="PT, DPT", licence_number="40112", licence_state="NY")
PATIENT = Patient(id=1, mrn="00231", family_name="Moreau", given_name="Hélène", birth_date=date(1979, 3, 12))
EPISODE = EpisodeOfCare(
    id=1,
    patient_id=1,
    start=FIRST_DAY,
    precaution="no grade V",
    regions=(EpisodeRegion(region="lumbar"),),
    diagnoses=(Diagnosis(row=1, code="M48.061", words="Spinal stenosis, lumbar region", checked=True),),
    goals=(
        Goal(
            uuid="flexion",
            words="Bend to tie shoes",
            measure="rom",
            motion="lumbar_flexion",
            unit="deg",
            baseline=Decimal(40),
            target=Decimal(60),
            due=date(2026, 3, 30),
        ),
    ),
    plan=PlanOfCare(
        visits_a_week=Decimal(2),
        duration_weeks=8,
        start=FIRST_DAY,
        prognosis="Good.",
    ),
    referrer="Dr. P. Anand",
    referrer_practice="Harbour Family Medicine",
)


def pain(row: int, kind: PainKind, phase: Phase, value: int) -> PainScore:
    return PainScore(row=row, pair=row, kind=kind, phase=phase, value=value)


def flexion(row: int, phase: Phase, degrees: int, *, method: str = "inclinometer_dual") -> RomReading:
    return RomReading(
        row=row, pair=1, motion="lumbar_flexion", method=method, rater=1, phase=phase, value=Decimal(degrees)
    )


def visit(number: int, *, degrees: int | None = None, worst: int | None = None) -> TreatmentSession:
    """Visit `number` (from 1), a day after the one before; a little better each time unless told otherwise."""
    bent = 40 + min(number, 20) if degrees is None else degrees
    worst_pain = max(9 - number // 2, 3) if worst is None else worst
    return TreatmentSession(
        id=number,
        episode_id=1,
        service_date=FIRST_DAY + timedelta(days=number - 1),
        kind=VisitKind.EVALUATION if number == 1 else VisitKind.TREATMENT,
        author_id=1,
        mobilizations=(
            Mobilization(
                row=1,
                targets=("L4",),
                side=Side.MIDLINE,
                technique="cpa",
                grade_system="maitland",
                grade="III",
                sets=3,
                duration_s=60,
                responses=("better",),
            ),
        ),
        interventions=(Intervention(row=2, intervention="cpt_97110", minutes=15),),
        rom=(flexion(3, Phase.BEFORE, bent), flexion(4, Phase.AFTER, bent + 3)),
        pain=(
            pain(5, PainKind.WORST, Phase.BEFORE, worst_pain),
            pain(6, PainKind.NOW, Phase.BEFORE, 6),
            pain(7, PainKind.NOW, Phase.AFTER, 4),
        ),
        note=Note(subjective=f"Said at visit {number}.", assessment="Responds as hoped.", plan="Go on."),
        next_row=8,
    )


def missed(number: int) -> TreatmentSession:
    return TreatmentSession(
        id=number,
        episode_id=1,
        service_date=FIRST_DAY + timedelta(days=number - 1),
        status=VisitStatus.MISSED,
        status_reason="snow",
    )


def case(*sessions: TreatmentSession, **changes: object) -> Case:
    last = sessions[-1].service_date if sessions else FIRST_DAY
    made = Case(
        clinic=CLINIC,
        author=THERAPIST,
        patient=PATIENT,
        episode=EPISODE,
        sessions=sessions,
        outcomes=(
            OutcomeScore(episode_id=1, measure="odi", taken_on=FIRST_DAY, total=Decimal(44)),
            OutcomeScore(episode_id=1, measure="odi", taken_on=last, total=Decimal(30)),
        )
        if len(sessions) > 1
        else (),
        written_at=datetime(2026, 12, 16, 11, 2, tzinfo=ZoneInfo("America/New_York")),
        as_of=last,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields, as the test gives them


def content(made: Case) -> ProgressReportData:
    return progress_content(reference(), made)


def pdf(made: Case) -> bytes:
    return render_progress_report(content(made))


def make_pdf(story: Sequence[Flowable], imprint: Imprint) -> bytes:
    """`story` as a PDF, its last page as it comes."""
    return lay_out(story, imprint).pdf


def pages(document: bytes) -> list[str]:
    """The text of each page, as a reader of the PDF finds it; line ends as new lines, unseen spaces left out."""
    with pypdfium2.PdfDocument(document) as opened:
        found = [page.get_textpage().get_text_bounded() for page in opened]
    return [re.sub(" *\r\n", "\n", text) for text in found]


def flat(text: str) -> str:
    """`text` on one line, so that a test does not depend on where lines break."""
    return " ".join(text.split())
