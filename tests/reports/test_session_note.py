"""The note of one visit as a reader of the PDF finds it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptnotes.domain.audit import AuditMark
from ptnotes.domain.contraindication import AdverseEvent, Consent, Override, Screen
from ptnotes.domain.episode import Diagnosis
from ptnotes.domain.payers import PayerRules
from ptnotes.domain.people import Paper, Person
from ptnotes.domain.screening import Answer, ScreenAnswer
from ptnotes.domain.signature import Addendum, AddendumKind, CoSignature, SignedNote, Voided
from ptnotes.domain.treatment import (
    ComparableSign,
    Exercise,
    Intervention,
    Mobilization,
    Note,
    NoteState,
    PainKind,
    Phase,
    Place,
    Side,
    TreatmentSession,
    VisitStatus,
)
from ptnotes.reports.document import text_height_pt
from ptnotes.reports.last_page import LEAST_FILL
from ptnotes.reports.paper import MARGIN_BOTTOM_PT
from ptnotes.reports.session_note import render_session_note
from ptnotes.reports.session_note_data import SessionNoteData
from ptnotes.reports.typeset import BODY
from ptnotes.services.session_note import NoteCase, session_note_content
from tests.clinics import reference
from tests.reports.any_text import holds_or_names, lines, notes
from tests.reports.cases import EPISODE, THERAPIST, case, flat, flexion, missed, pages, pain, visit
from tests.reports.tagged import paint_outside_marks, tree_of

ZONE = "America/New_York"
AT = datetime(2026, 1, 5, 15, 22, tzinfo=UTC)
ASSISTANT = Person(id=2, name="A. Kim", credentials="PTA")
PEOPLE = {1: THERAPIST, 2: ASSISTANT}
NAMES = {key: person.signature for key, person in PEOPLE.items()}
SIGNED = SignedNote(
    session_id=1,
    state=NoteState.SIGNED,
    service_date=date(2026, 1, 5),
    signer_id=1,
    signer=THERAPIST.signature,
    signed_at=AT,
    zone=ZONE,
    late=False,
    content_hash=bytes(range(32)),
)
THRUST = Mobilization(
    row=30,
    targets=("L4-L5",),
    side=Side.LEFT,
    technique="hvlat_spine",
    grade_system="maitland",
    grade="V",
    attempts=1,
    cavitation=False,
    responses=("worse",),
    position="side_lying_right",
    done_by=1,
)


def whole(**changes: object) -> TreatmentSession:
    """A signed visit with all that a note can hold."""
    made = replace(
        visit(1),
        state=NoteState.SIGNED,
        time_in=time(9),
        time_out=time(9, 45),
        interventions=(
            Intervention(row=2, intervention="cpt_97110", minutes=15),
            Intervention(row=9, intervention="cpt_97140", minutes=12, area="low back"),
            Intervention(row=10, intervention="cpt_97162", minutes=10),
        ),
        exercises=(
            Exercise(row=11, name="Bridge", sets=2, reps=10, response="easy"),
            Exercise(row=12, name="Walking", hold_s=60, place=Place.HOME, times_a_day=2, days_a_week=5),
        ),
        comparable_signs=(
            ComparableSign(row=13, pair=13, words="Stairs", value="10 cm"),
            ComparableSign(row=14, pair=13, words="Stairs", phase=Phase.AFTER, value="4 cm"),
        ),
        note=Note(
            subjective="Slept through.",
            objective="Less guarded.",
            assessment="Settles.",
            plan="Go on.",
            communication="Told Dr. Anand by telephone; agreed to go on.",
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields, as the test gives them


def note_case(session: TreatmentSession, *, signed: SignedNote | None = None, **changes: object) -> NoteCase:
    made = case(
        *([] if session.status is not VisitStatus.ATTENDED else [session]), **{"names": NAMES, **changes}
    )
    return NoteCase(case=made, session=session, signed=signed, people=PEOPLE, rules=PayerRules())


def content(found: NoteCase, paper: Paper | None = None) -> SessionNoteData:
    return session_note_content(reference(), found, paper)


def pdf(session: TreatmentSession, *, signed: SignedNote | None = None, **changes: object) -> bytes:
    return render_session_note(content(note_case(session, signed=signed, **changes)))


def text_of(document: bytes) -> str:
    return flat(" ".join(pages(document))).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("exercise", "dose"),
    [
        (Exercise(row=11, exercise="stationary_bike", sets=1, hold_s=300), "1 × 5 min"),
        (Exercise(row=11, exercise="treadmill", hold_s=90), "90 s"),
        (Exercise(row=11, exercise="plank", sets=3, hold_s=60), "3 × 60 s hold"),
    ],
)
def test_what_goes_on_for_a_time_is_not_held(exercise: Exercise, dose: str) -> None:
    (line,) = content(note_case(whole(exercises=(exercise,)))).treatment.exercises
    assert line.dose == dose


def test_the_note_tells_the_visit_in_order() -> None:
    text = text_of(pdf(whole(), signed=SIGNED))
    wanted = [
        "Harbour Street Physical Therapy",
        "Session note",
        "5 Jan 2026 · Evaluation · visit 1",
        "Moreau, Hélène",
        "5 Jan 2026, 09:00 to 09:45",
        "J. Rivera, PT, DPT",
        "MANUAL THERAPY",
        "L4 midline",
        "posterior to anterior",
        "3 × 60 s",
        "Place in range. III: large amplitude",
        "SERVICES AND TIME",
        "low back",
        "Total treatment time 45 min · timed services 27 min · untimed services 10 min",
        "by the CMS 8-minute rule",
        "EXERCISES",
        "Bridge",
        "2 × 10",
        "60 s hold, twice a day, 5 days a week",
        "PAIN AND MOTION",
        "Stairs",
        "−6 cm",
        "Lumbar flexion",
        "NOTE",
        "Subjective: Slept through.",
        "Assessment: Settles.",
        "Plan: Go on.",
        "Communication: Told Dr. Anand by telephone; agreed to go on.",
        "Safety: No adverse event is recorded for this visit.",
        "SIGNATURE",
        "Signed electronically",
        "5 Jan 2026 10:22",
        "000102030405",
        "Page 1 of",
    ]
    places = [text.find(words) for words in wanted[:-1]]
    assert -1 not in places, dict(zip(wanted, places, strict=False))
    assert places == sorted(places)
    assert wanted[-1] in text


def test_grade_five_is_marked_as_thrust_and_grade_four_is_not() -> None:
    four = replace(THRUST, technique="cpa", grade="IV", cavitation=None, responses=(), attempts=None)
    (line,) = content(note_case(whole(mobilizations=(four,)))).treatment.mobilizations
    assert (line.grade, line.is_thrust) == ("IV", False)
    data = content(note_case(whole(mobilizations=(THRUST,))))
    (line,) = data.treatment.mobilizations
    assert (line.grade, line.is_thrust, line.alert) == ("V", True, "worse")
    assert "no cavitation" in line.response
    assert data.treatment.grades[0].endswith("(thrust)")
    assert "thrust" not in text_of(pdf(whole(mobilizations=(four,)))).casefold().replace("no thrust", "")
    assert "V thrust 1 attempt" in text_of(pdf(whole(mobilizations=(THRUST,))))


def test_a_segment_says_what_moves_on_what_and_charted_words_come_first() -> None:
    said = replace(THRUST, moving_part="L4 facet", fixed_part="L5")
    lines = content(note_case(whole(mobilizations=(THRUST, replace(said, row=31))))).treatment.mobilizations
    assert "moves: L4 on L5" in lines[0].setting
    assert "moves: L4 facet on L5" in lines[1].setting
    assert lines[0].setting.split("; ")[0] == "side-lying right"


def test_what_was_not_charted_is_never_nought() -> None:
    bare = whole(
        time_in=None,
        time_out=None,
        mobilizations=(Mobilization(row=1),),
        interventions=(Intervention(row=2, intervention="cpt_97110"), Intervention(row=3)),
        exercises=(Exercise(row=4),),
        pain=(pain(5, PainKind.NOW, Phase.BEFORE, 0),),
        rom=(replace(flexion(6, Phase.BEFORE, 0), value=None),),
        comparable_signs=(),
    )
    text = text_of(pdf(bare))
    for words in (
        "Level not recorded Technique not recorded",
        "Service not recorded",
        "Total treatment time not recorded · timed services not recorded",
        "Exercise not named",
        "Lumbar flexion not recorded",
        "Now 0",
    ):
        assert words in text, words
    assert "0 min" not in text
    assert "0°" not in text.replace("40–60°", "")


def test_a_change_stands_only_between_readings_taken_alike() -> None:
    other = flexion(4, Phase.AFTER, 60, method="goniometer")
    lines = content(note_case(whole(rom=(flexion(3, Phase.BEFORE, 40), other)))).measures.motions
    assert [(line.before, line.after, line.change) for line in lines] == [("40°", "", ""), ("", "60°", "")]
    alike = content(note_case(whole())).measures.motions
    assert [(line.before, line.after, line.change) for line in alike] == [("41°", "44°", "+3°")]


def test_pain_is_paired_by_what_was_asked() -> None:
    rows = content(note_case(whole())).measures.pain
    assert [(row.what, row.before, row.after, row.change) for row in rows] == [
        ("At worst", "9", "", ""),
        ("Now", "6", "", ""),
        ("Now", "", "4", ""),
    ]
    paired = (
        replace(pain(5, PainKind.NOW, Phase.BEFORE, 6), pair=5),
        replace(pain(6, PainKind.NOW, Phase.AFTER, 4), pair=5),
    )
    (row,) = content(note_case(whole(pain=paired))).measures.pain
    assert (row.before, row.after, row.change) == ("6", "4", "−2")


def test_minutes_stay_minutes_and_a_contradiction_is_told() -> None:
    short = whole(time_out=time(9, 20))
    text = text_of(pdf(short))
    assert "Total treatment time 20 min · timed services 27 min" in text
    assert "27 timed minutes are charted, and the visit took 20 min." in text


def test_everybody_who_had_part_is_named_with_credentials() -> None:
    session = whole(
        mobilizations=(replace(THRUST, done_by=2),),
        rom=tuple(replace(row, rater=2) for row in visit(1).rom),
        others_present="Daughter",
    )
    data = content(note_case(session))
    assert [(one.who, one.part) for one in data.contributors] == [
        ("J. Rivera, PT, DPT", "author of the note"),
        ("A. Kim, PTA", "mobilization, range of motion"),
    ]
    text = text_of(pdf(session))
    assert "A. Kim, PTA · mobilization, range of motion" in text
    assert "Present Daughter" in text


def test_a_draft_says_so_on_every_page_and_is_not_signed() -> None:
    draft = replace(whole(), state=NoteState.DRAFT, note=Note(subjective="word " * 2_000))
    found = pages(pdf(draft))
    assert len(found) > 1
    assert all(page.startswith("DRAFT") for page in found)
    assert "1 note not signed yet." in found[0]
    assert "igned electronically" not in "".join(found)


def test_a_signature_that_does_not_hold_is_not_claimed() -> None:
    found = pages(pdf(whole(), signed=SIGNED, broken={1}))
    assert all(page.startswith("DRAFT") for page in found)
    assert "igned electronically" not in "".join(found)
    assert SIGNED.short_hash not in "".join(found)


def test_co_signatures_late_entries_and_addenda_are_told() -> None:
    co_signed = replace(
        SIGNED,
        late=True,
        co_signatures=(CoSignature(uuid="c", person_id=2, person="A. Kim, PTA", at=AT, words="Seen with him."),),
        addenda=(
            Addendum(
                uuid="a", kind=AddendumKind.CORRECTION, text="Left, not right.", reason="Slip", author_id=1,
                author="J. Rivera, PT, DPT", written_at=AT, zone=ZONE, late=True,
            ),
        ),
    )  # fmt: skip
    text = text_of(pdf(whole(), signed=co_signed, mark=AuditMark(12, b"\x01" * 32)))
    for words in (
        "late entry",
        "Co-signed electronically",
        "Seen with him.",
        "ADDED TO SIGNED NOTES",
        "Correction, late entry",
        "Left, not right.",
        "Audit of the clinic’s records: 12 events",
    ):
        assert words in text, words
    assert "DRAFT" not in text


def test_a_signature_turns_the_page_only_where_it_has_no_room() -> None:
    with_words = (whole(note=replace(whole().note, objective="Moves.\n" * many)) for many in range(1, 40))
    note = next(made for one in with_words if len(pages(made := pdf(one, signed=SIGNED))) == 2)
    assert "Signed electronically by J. Rivera, PT, DPT on 5 Jan 2026 10:22 · record 000102030405" in flat(
        pages(note)[1]
    )
    with pypdfium2.PdfDocument(note) as document:
        text = document[0].get_textpage()
        feet = [text.get_rect(place)[1] for place in range(text.count_rects())]
    # A heading with its gap and its line, the signature's line, and what hangs below a letter; and what goes along so
    # that the last page has more on it than that, with a line at most for want of room.
    free = 10 + 16 + 3 + 14 + 5 + LEAST_FILL * text_height_pt(Paper.LETTER) + 2 * BODY.leading
    assert min(foot for foot in feet if foot > MARGIN_BOTTOM_PT) - MARGIN_BOTTOM_PT < free


def test_a_void_note_says_so_with_its_reason_on_every_page() -> None:
    voided = replace(
        SIGNED,
        state=NoteState.VOIDED,
        voided=Voided(person_id=1, person="J. Rivera, PT, DPT", at=AT, reason="Charted twice."),
    )
    session = whole(state=NoteState.VOIDED, note=Note(assessment="Settles. " * 1_500))
    data = content(note_case(session, signed=voided))
    assert data.number is None
    assert data.signatures.open == ()
    found = pages(render_session_note(data))
    assert len(found) > 2
    assert all(page.startswith("VOID") for page in found)
    assert all("Charted twice." in page for page in found)
    assert "DRAFT" not in "".join(found)
    assert "Declared void by J. Rivera, PT, DPT on 5 Jan 2026 10:22: Charted twice." in flat(found[0])


@pytest.mark.parametrize("status", [VisitStatus.CANCELLED, VisitStatus.MISSED])
def test_a_visit_that_did_not_take_place_has_a_short_note(status: VisitStatus) -> None:
    absent = replace(missed(3), status=status, author_id=1)
    (page,) = pages(pdf(absent))
    assert f"The visit was {status.value}: snow." in page
    for words in ("DRAFT", "MANUAL THERAPY", "Safety", "SIGNATURE", "not recorded", "0 min"):
        assert words not in page
    assert "no reason is recorded" in flat(pages(pdf(replace(absent, status_reason="")))[0])


def test_what_was_done_against_the_screen_and_what_went_wrong_is_told() -> None:
    screen = Screen(
        overrides=(
            Override(
                id=1, session_id=1, answer_id=None, item="", row=30, reason="Asked for by the patient.", at=AT,
                person_id=1,
            ),
        ),
        events=(
            AdverseEvent(episode_id=1, after_session=1, happened_on=date(2026, 1, 6), what="Sore", action="Ice",
                         follow_up="Rang up.", closed_on=date(2026, 1, 8)),
            AdverseEvent(episode_id=1, after_session=2, happened_on=date(2026, 1, 9), what="Of another visit"),
        ),
    )  # fmt: skip
    session = whole(mobilizations=(THRUST,))
    text = text_of(pdf(session, screen=screen))
    for words in (
        "DONE AGAINST A CONTRAINDICATION",
        "Asked for by the patient.",
        "No consent to a thrust is recorded.",
        "Sore Ice Rang up. closed on 8 Jan 2026",
    ):
        assert words in text, words
    assert "Of another visit" not in text
    assert "No adverse event" not in text
    agreed = replace(
        screen, consents=(Consent(patient_id=1, episode_id=1, given_on=date(2026, 1, 5), given_to=1),)
    )
    assert "The patient consented to thrust on 5 Jan 2026." in text_of(pdf(session, screen=agreed))
    assert "consent" not in text_of(pdf(whole()))


@pytest.mark.parametrize(("days", "is_told"), [(0, True), (1, False)])
def test_a_precaution_that_became_known_later_is_none_of_this_visit(days: int, is_told: bool) -> None:
    on = date(2026, 1, 5) + timedelta(days=days)
    found = ScreenAnswer(item="stenosis", answer=Answer.YES, at=AT, on=on)
    assert found.item in reference().screening_items
    data = content(note_case(whole(), screen=Screen(answers=(found,))))
    assert (data.precaution != "no grade V") is is_told


def test_pages_take_the_paper_that_is_chosen_and_every_font_is_embedded() -> None:
    for paper, size in ((Paper.LETTER, [612, 792]), (Paper.A4, [595, 842])):
        made = render_session_note(content(note_case(whole()), paper))
        with pikepdf.open(BytesIO(made)) as document:
            assert [round(float(side)) for side in document.pages[0].mediabox[2:]] == size
            fonts = document.pages[0].resources.Font.values()
            assert all("+" in str(font.BaseFont) for font in fonts)


def test_the_note_is_told_to_those_who_hear_it() -> None:
    made = pdf(whole(mobilizations=(THRUST,)), signed=SIGNED)
    assert paint_outside_marks(made) == []
    headings = tree_of(made).all("H1", "H2", "H3")
    assert [heading.kind for heading in headings] == ["H1", *["H2"] * (len(headings) - 1)]
    assert [heading.text for heading in headings] == [
        "Session note", "MANUAL THERAPY", "SERVICES AND TIME", "EXERCISES", "PAIN AND MOTION", "NOTE", "SIGNATURE",
    ]  # fmt: skip
    voided = replace(
        SIGNED, state=NoteState.VOIDED, voided=Voided(person_id=1, person="J", at=AT, reason="Twice.")
    )
    void = pdf(whole(state=NoteState.VOIDED, note=Note(subjective="word " * 2_000)), signed=voided)
    assert paint_outside_marks(void) == []
    assert tree_of(void).text.startswith("VOID Declared void by J")


def test_the_same_visit_gives_the_same_bytes() -> None:
    assert pdf(whole(), signed=SIGNED) == pdf(whole(), signed=SIGNED)


def test_three_hundred_rows_and_ten_thousand_letters_flow_over_pages_and_none_is_lost() -> None:
    rows = tuple(
        Exercise(row=100 + number, name=f"Made-up exercise {number}.", sets=2) for number in range(300)
    )
    moved = tuple(
        replace(visit(1).mobilizations[0], row=500 + number, note=f"<{number}>") for number in range(60)
    )
    words = " ".join(f"word{number}" for number in range(1_200))[:10_000].rsplit(" ", 1)[0]
    session = whole(exercises=rows, mobilizations=moved, note=Note(subjective=words, assessment="Settles."))
    found = pages(pdf(session, signed=SIGNED))
    text = flat(" ".join(found))
    assert all(f"Made-up exercise {number}." in text for number in range(300))
    assert all(f"<{number}>" in text for number in range(60))
    assert all(word in text for word in words.split())
    assert f"Page {len(found)} of {len(found)}" in found[-1]
    assert all("Moreau, Hélène · MRN 00231" in page for page in found)


def test_no_heading_stands_alone_at_the_foot_of_a_page() -> None:
    headings = (
        "MANUAL THERAPY",
        "SERVICES AND TIME",
        "EXERCISES",
        "PAIN AND MOTION",
        "NOTE",
        "ADVERSE EVENTS",
        "SIGNATURE",
    )
    for count in range(1, 40):
        # One row more each time, so that every heading comes to the foot of the page once.
        rows = tuple(Exercise(row=100 + number, name="Walk", sets=2) for number in range(count))
        for page in pages(pdf(whole(exercises=rows), signed=SIGNED)):
            told = [line for line in page.splitlines() if line.strip()]
            foot = next(place for place, line in enumerate(told) if line.startswith("Moreau, Hélène · MRN"))
            assert told[foot - 1] not in headings, (count, told[foot - 1])


def test_the_headings_of_a_table_stand_once_on_a_page() -> None:
    for count in range(20, 50):
        rows = tuple(
            Exercise(row=100 + number, name="Walk " * (number % 40), sets=2) for number in range(count)
        )
        for page in pages(pdf(whole(exercises=rows), signed=SIGNED)):
            assert flat(page).count("Exercise Dose Where") <= 1, count


def test_the_head_holds_whatever_is_charted() -> None:
    diagnoses = tuple(
        Diagnosis(row=number, code="M48.061", words=f"Diagnosis {number} " + "long " * 30)
        for number in range(40)
    )
    episode = replace(EPISODE, diagnoses=diagnoses, precaution="careful " * 900)
    text = text_of(pdf(whole(others_present="x" * 200), episode=episode))
    assert "35 more below" in text
    assert all(f"Diagnosis {number} " in text for number in range(40))
    assert text.count("careful") > 900


def test_a_long_reason_of_a_void_note_flows() -> None:
    voided = Voided(person_id=1, person="J. Rivera, PT, DPT", at=AT, reason="because " * 1_200)
    signed = replace(SIGNED, state=NoteState.VOIDED, voided=voided)
    text = text_of(pdf(whole(state=NoteState.VOIDED), signed=signed))
    assert text.count("because") > 1_200


@settings(max_examples=25, deadline=None)
@given(words=notes())
def test_any_text_that_may_be_stored_is_found_in_the_note_or_its_letter_is_named(words: str) -> None:
    holds_or_names(lambda: pdf(whole(note=Note(subjective=words, assessment="Settles."))), words)


@settings(max_examples=25, deadline=None)
@given(words=lines(), rows=st.integers(1, 40), value=st.decimals(0, 180, places=1))
def test_any_words_and_any_number_of_rows_make_a_note(words: str, rows: int, value: Decimal) -> None:
    readings = tuple(
        replace(flexion(100 + number, Phase.BEFORE, 0), pair=number, value=value, why_not_tested=words)
        for number in range(rows)
    )
    session = whole(rom=readings, others_present=words, exercises=(Exercise(row=90, name=words, cue=words),))
    holds_or_names(lambda: pdf(session), words)


@pytest.mark.parametrize("count", range(40, 1500, 61))
def test_the_signature_never_stands_on_a_page_with_nothing_that_it_signs(count: int) -> None:
    note = Note(subjective=" ".join(["Said"] * count), assessment="Better.", plan=" ".join(["again"] * 60))
    last = pages(pdf(replace(visit(1), note=note), signed=SIGNED))[-1]
    above = flat(last).partition("SIGNATURE")[0]
    assert "SIGNATURE" in last
    assert "Said" in above or "again" in above or "No adverse event" in above
