"""The evaluation with its plan of care as a reader of the PDF finds it, and what it asks of the physician."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pikepdf
from hypothesis import given, settings
from hypothesis import strategies as st

from ptnotes.domain.episode import Diagnosis, EpisodeOfCare, GoalStatus, OutcomeScore, Problem
from ptnotes.domain.goals import GoalEvent, steps_of
from ptnotes.domain.people import Clinic, Paper
from ptnotes.domain.signature import SignedNote
from ptnotes.domain.treatment import Note, NoteState, TreatmentSession, VisitKind
from ptnotes.reports.evaluation import render_evaluation
from ptnotes.reports.evaluation_data import Standing
from ptnotes.services.evaluation_content import evaluated
from tests.reports.any_text import holds_or_names, lines, notes
from tests.reports.cases import CLINIC, FIRST_DAY, THERAPIST, case, flat, pages, visit
from tests.reports.evaluations import (
    GOAL,
    PLAN,
    SIGNED,
    VERSION,
    WHOLE,
    content,
    first_visit,
    pdf,
    require_order,
    text_of,
    told,
)
from tests.reports.tagged import paint_outside_marks, tree_of


def test_the_first_page_is_read_and_signed_by_the_physician() -> None:
    require_order(
        flat(pages(pdf())[0]),
        [
            "Harbour Street Physical Therapy",
            "Evaluation and plan of care",
            "5 Jan 2026 · visit 1",
            "Moreau, Hélène",
            "Medical M48.061 Spinal stenosis, lumbar region",
            "Treatment M25.69 Stiff lumbar spine (code not checked)",
            "Dr. P. Anand",
            "29 Dec 2025",
            "no grade V",
            "Evaluated: M48.061 Spinal stenosis, lumbar region.",
            "Planned: 1 × a day, 2 × a week for 8 weeks from 5 Jan 2026.",
            "Found: pain at worst 9 of 10, lumbar flexion 41°",
            "ODI 44 %",
            "Goal: Bend to tie shoes by 30 Mar 2026.",
            "Asked of you: your signature on the plan of care below.",
            "It was due by 4 Feb 2026.",
            "PLAN OF CARE",
            "Treatment: Manual therapy; exercise",
            "Prognosis: Good for walking.",
            "Written on 5 Jan 2026 by J. Rivera, PT, DPT.",
            "GOALS",
            "Bend to tie shoes, to dress alone",
            "40° 60° 30 Mar 2026",
            "CLINICAL JUDGEMENT",
            "Assessment: Fits stenosis.",
            "Why skilled treatment: Grades are chosen at each visit.",
            "ESTABLISHED BY",
            "J. Rivera, PT, DPT Date",
            "PHYSICIAN’S CERTIFICATION",
            "which I certify from 5 Jan 2026 to 1 Mar 2026 (the plan’s 8 weeks or 90 days, the shorter)",
            "Changes, if any",
            "Signature",
            "Name in print",
            "NPI",
            "to fax 555-0143",
            "Page 1 of",
        ],
    )


def test_the_later_pages_tell_all_that_it_rests_on() -> None:
    later = " ".join(pages(pdf())[1:])
    require_order(
        flat(later),
        [
            "HISTORY",
            "Onset: 1 Nov 2025, gradual",
            "How it began: No injury.",
            "Level of function before: Walked 5 km.",
            "Level of function now: Walks 10 min.",
            "Complexities: Diabetes.",
            "PROBLEMS",
            "Cannot bend to the floor",
            "AT THIS VISIT",
            "Subjective: Aches when standing.",
            "Communication: Goals agreed with her.",
            "PAIN AND MOTION",
            ["At worst", " Found"][0],
            "Lumbar flexion",
            "40–60°",
            "active, dual inclinometer",
            "OUTCOME MEASURES",
            "Oswestry Disability Index",
            "44 %",
            "lower is better",
            "EXAMINATION",
            "128/82 mmHg",
            "Slump",
            "right negative",
            "SCREENING",
            "The screen is not recorded as asked.",
        ],
    )


def test_a_thin_evaluation_makes_a_document_that_claims_nothing() -> None:
    bare = EpisodeOfCare(id=1, patient_id=1, start=FIRST_DAY)
    session = TreatmentSession(
        id=1, episode_id=1, service_date=FIRST_DAY, kind=VisitKind.EVALUATION, author_id=1
    )
    data = content(session, episode=bare, plan_versions=(), outcomes=())
    data = replace(data, scores=(), conclusion=replace(data.conclusion))
    text = text_of(render_evaluation(data))
    assert "Evaluated. No treatment is planned yet." in text
    for words in ("None", "HISTORY", "GOALS", "PAIN AND MOTION", "EXAMINATION", "0 of 10", " 0°"):
        assert words not in text.replace("ODI 44 %", ""), words
    assert "DRAFT" in text


def test_a_re_evaluation_tells_the_plan_as_updated() -> None:
    later = FIRST_DAY + timedelta(days=28)
    again = replace(visit(29), id=2, service_date=later, kind=VisitKind.RE_EVALUATION, state=NoteState.SIGNED)
    changed = replace(VERSION, number=2, plan=replace(PLAN, visits_a_week=Decimal(1)), on=later,
                      changes=("2 → 1 visits a week",))  # fmt: skip
    certified = replace(VERSION, certification=SIGNED)
    made = case(
        first_visit(), again, episode=WHOLE, plan_versions=(certified, changed), names={1: "J. Rivera"}
    )
    data = told(made, again)
    assert data.title == "Re-evaluation and updated plan of care"
    assert data.plan is not None
    assert (data.plan.number, data.plan.rate) == (2, "1 × a day, 1 × a week for 8 weeks from 5 Jan 2026")
    # The certification before runs out on 1 March, sooner than thirty days from now.
    assert data.certification.by == date(2026, 3, 1)
    text = text_of(render_evaluation(data))
    assert "Re-evaluated: M48.061" in text
    assert "Version 2, written on 2 Feb 2026 by J. Rivera." in text
    assert "signed by Dr. P. Anand on 8 Jan 2026" in text
    assert data.conclusion.detail.startswith("Improving. Worst pain fell from 9 to 3 of 10")
    assert "CHANGE SINCE THE FIRST VISIT" in text
    assert "HOW CHANGE WAS JUDGED" in text
    assert "CHANGE SINCE THE FIRST VISIT" not in text_of(pdf())
    # The first evaluation tells the plan of then, with how far it has come since.
    first = told(made, first_visit())
    assert first.plan is not None
    assert (first.plan.number, first.certification.standing) == (1, Standing.SIGNED)
    assert first.versions == ()


def test_a_re_evaluation_is_a_draft_where_a_visit_that_it_compares_is_not_signed() -> None:
    again = replace(visit(3), kind=VisitKind.RE_EVALUATION, state=NoteState.SIGNED)
    later = replace(visit(4), state=NoteState.DRAFT)
    between = replace(visit(2), state=NoteState.SIGNED)
    for state, is_draft in ((NoteState.SIGNED, False), (NoteState.DRAFT, True)):
        made = case(first_visit(state=state), between, again, later, episode=WHOLE, plan_versions=(VERSION,))
        assert bool(told(made, again).signatures.open) is is_draft
        assert [one.id for one in evaluated(made, again).sessions] == [1, 2, 3]
        assert [one.id for one in evaluated(made, replace(again, kind=VisitKind.EVALUATION)).sessions] == [3]


def test_the_place_to_sign_stays_on_the_first_page_of_a_late_re_evaluation() -> None:
    visits = [replace(visit(number), state=NoteState.SIGNED) for number in range(1, 61)]
    visits[-1] = replace(visits[-1], kind=VisitKind.RE_EVALUATION)
    notes_of = [
        SignedNote(
            session_id=one.id or 0, state=NoteState.SIGNED, service_date=one.service_date, signer_id=1,
            signer=THERAPIST.signature, signed_at=datetime(2026, 3, 9, 15, tzinfo=UTC), zone="UTC", late=False,
            content_hash=bytes([one.id or 0]) * 32,
        )
        for one in visits
    ]  # fmt: skip
    made = case(*visits, episode=WHOLE, plan_versions=(VERSION,), notes=notes_of)
    found = pages(render_evaluation(told(made, visits[-1])))
    assert "Changes, if any" in found[0]
    assert flat(found[0]).count("Note of the visit: signed electronically") == 1
    assert flat(" ".join(found)).count("9 Mar 2026 15:00") == 61


def test_what_was_set_later_is_of_a_later_evaluation() -> None:
    late = FIRST_DAY + timedelta(days=20)
    second = replace(GOAL, uuid="later", words="Run a mile")
    events = [
        GoalEvent(
            goal_uuid="flexion", on=FIRST_DAY, person_id=1, status=GoalStatus.ACTIVE, target=Decimal(55)
        ),
        GoalEvent(goal_uuid="flexion", on=late, person_id=1, status=GoalStatus.MET, target=Decimal(60)),
        GoalEvent(goal_uuid="later", on=late, person_id=1, status=GoalStatus.ACTIVE),
    ]
    problems = (*WHOLE.problems, Problem(row=2, words="New trouble", since=late))
    episode = replace(WHOLE, goals=(replace(GOAL, status=GoalStatus.MET), second), problems=problems)
    data = content(episode=episode, goal_steps=steps_of(events))
    assert [(goal.words, goal.target, goal.standing) for goal in data.goals] == [
        ("Bend to tie shoes", "55°", "")
    ]
    assert [problem.words for problem in data.problems] == ["Cannot bend to the floor"]
    only_later = content(episode=replace(episode, goals=(second,)), goal_steps=steps_of(events))
    assert [goal.words for goal in only_later.goals] == ["Run a mile"]


def test_a_plan_that_was_written_late_does_not_bring_a_later_goal_along() -> None:
    def event(days: int, target: int, status: GoalStatus) -> GoalEvent:
        on = FIRST_DAY + timedelta(days=days)
        return GoalEvent(goal_uuid="flexion", on=on, person_id=1, status=status, target=Decimal(target))

    events = [event(0, 55, GoalStatus.ACTIVE), event(10, 70, GoalStatus.REVISED)]
    late = replace(VERSION, on=FIRST_DAY + timedelta(days=20))
    data = content(plan_versions=(late,), goal_steps=steps_of(events))
    assert [goal.target for goal in data.goals] == ["55°"]


def test_the_conclusion_names_what_was_measured_and_nothing_else() -> None:
    bare = first_visit(pain=(), rom=())
    data = content(
        bare, outcomes=(OutcomeScore(episode_id=1, measure="ndi", taken_on=FIRST_DAY, total=Decimal(0)),)
    )
    assert data.conclusion.detail.startswith("Found: NDI (0–50) 0.")
    none = told(case(bare, episode=WHOLE, plan_versions=(VERSION,)), bare)
    assert none.conclusion.detail == "Goal: Bend to tie shoes by 30 Mar 2026."
    word = first_visit(pain=(), rom=(replace(visit(1).rom[0], value=None, word="within_normal_limits"),))
    assert "lumbar flexion" not in content(word).conclusion.detail


def test_the_place_to_sign_stays_on_the_first_page_and_what_was_left_out_follows() -> None:
    goals = tuple(replace(GOAL, uuid=f"g{n}", words=f"Goal {n}. " + "Bend " * 25) for n in range(25))
    diagnoses = tuple(
        Diagnosis(row=n, code="M48.061", words=f"Diagnosis {n}. " + "long " * 20) for n in range(30)
    )
    long = "sentence " * 1_000
    episode = replace(WHOLE, goals=goals, diagnoses=diagnoses, precaution=long, why_skilled=long)
    version = replace(VERSION, plan=replace(PLAN, interventions=long, prognosis=long))
    session = first_visit(note=Note(subjective=long, assessment=long))
    for paper in Paper:
        found = pages(pdf(session, episode=episode, plan_versions=(version,), paper=paper))
        assert "Changes, if any" in found[0]
        assert "29 more on the next pages" in found[0]
        assert "24 more goals on the next pages" in found[0]
        text = flat(" ".join(found))
        assert all(f"Goal {n}." in text for n in range(25))
        assert all(f"Diagnosis {n}." in text for n in range(30))
        # The first words of each stand on the first page as well.
        assert text.count("sentence") >= 6_000
        assert f"Page {len(found)} of {len(found)}" in found[-1]


def test_a_long_name_of_everything_breaks_and_is_not_cut() -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff " * 5
    clinic = Clinic(name=name.strip(), address=name.strip(), fax="555-0143")
    text = text_of(
        pdf(clinic=clinic, episode=replace(WHOLE, referrer=name.strip(), referrer_practice=name.strip()))
    )
    assert text.count("Wolfeschlegelsteinhausenbergerdorff") >= 20


def test_no_heading_stands_alone_at_the_foot_of_a_page() -> None:
    for count in range(1, 45):
        problems = tuple(Problem(row=n, words=f"Problem {n}", since=FIRST_DAY) for n in range(count))
        for page in pages(pdf(episode=replace(WHOLE, problems=problems))):
            told_lines = [line for line in page.splitlines() if line.strip()]
            foot = next(at for at, line in enumerate(told_lines) if line.startswith("Moreau, Hélène · MRN"))
            last = told_lines[foot - 1]
            assert last != last.upper() or not last.replace(" ", "").isalpha(), (count, last)


def test_pages_are_of_the_paper_and_their_fonts_embedded() -> None:
    titles = []
    for paper, size in ((Paper.LETTER, [612, 792]), (Paper.A4, [595, 842])):
        with pikepdf.open(BytesIO(pdf(paper=paper))) as document:
            for page in document.pages:
                assert [round(float(side)) for side in page.mediabox[2:]] == size
                assert all("+" in str(font.BaseFont) for font in page.resources.Font.values())
            titles = [str(item.title) for item in document.open_outline().root]
    assert titles[:3] == ["Plan of care", "Goals", "Clinical judgement"]
    assert pdf() == pdf()


def test_the_evaluation_is_told_to_those_who_hear_it() -> None:
    made = pdf()
    assert paint_outside_marks(made) == []
    told_tree = tree_of(made)
    headings = [heading.text for heading in told_tree.all("H1", "H2", "H3")]
    assert headings[:6] == [
        "Evaluation and plan of care", "PLAN OF CARE", "GOALS", "CLINICAL JUDGEMENT", "ESTABLISHED BY",
        "PHYSICIAN’S CERTIFICATION",
    ]  # fmt: skip
    said = told_tree.text
    assert said.index("which I certify") < said.index("Changes, if any") < said.index("Name in print")


def test_an_unsigned_evaluation_is_a_draft_on_every_page() -> None:
    found = pages(pdf(first_visit(state=NoteState.DRAFT)))
    assert len(found) > 1
    assert all(page.startswith("DRAFT") for page in found)


@settings(max_examples=20, deadline=None)
@given(words=notes())
def test_any_text_that_may_be_stored_is_found_or_its_letter_is_named(words: str) -> None:
    holds_or_names(lambda: pdf(episode=replace(WHOLE, mechanism=words)), words)


@settings(max_examples=20, deadline=None)
@given(words=lines(), goals=st.integers(0, 30), problems=st.integers(0, 60))
def test_any_words_and_any_number_of_goals_make_an_evaluation(words: str, goals: int, problems: int) -> None:
    episode = replace(
        WHOLE,
        goals=tuple(replace(GOAL, uuid=f"g{n}", words=words, function=words) for n in range(goals)),
        problems=tuple(Problem(row=n, words=words) for n in range(problems)),
        referrer=words,
        title=words,
    )
    holds_or_names(lambda: pdf(episode=episode, clinic=replace(CLINIC, name=words)), words)
