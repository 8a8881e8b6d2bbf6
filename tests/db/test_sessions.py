"""A treatment session is stored and given back whole; a save writes what is different, and nothing is lost."""

from dataclasses import fields, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from ptnotes.db.episodes import add_episodes
from ptnotes.db.patients import add_patients
from ptnotes.db.schema.session import (
    MobilizationTargetRecord,
    NoteSectionRecord,
    RomReadingRecord,
    SessionRecord,
)
from ptnotes.db.sessions import (
    MEASURED,
    add_sessions,
    load_session,
    load_sessions,
    save_session,
    session_before,
    sessions_of,
    set_state,
)
from ptnotes.db.store import Store
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.treatment import (
    SESSION_LISTS,
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
    Origin,
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
from tests.clinics import PATIENT
from tests.db.conftest import NOW, counted
from tests.db.test_schema import SIGNED

LATER = NOW + timedelta(minutes=5)
EMPTY = TreatmentSession(episode_id=1, service_date=date(2026, 3, 2), author_id=1, zone="America/New_York")
WHOLE = replace(
    EMPTY,
    time_in=time(9, 5),
    time_out=time(9, 58),
    kind=VisitKind.EVALUATION,
    others_present="daughter",
    pending_line="flex 45> ; “ext",
    pending_row=4,
    mobilizations=(
        Mobilization(
            row=4,
            targets=("L4", "L5", "L4-L5"),
            side=Side.LEFT,
            technique="upa",
            direction="pa",
            grade_system="maitland",
            grade="III",
            grade_to="IV",
            sets=3,
            reps=10,
            duration_s=45,
            hold_s=5,
            rate_hz=Decimal("1.5"),
            position="prone",
            pre_position="pillow",
            moving_part="L5",
            fixed_part="S1",
            movement="flexion",
            attempts=1,
            cavitation=False,
            responses=("sore", "pain_free"),
            note="eased",
            done_by=1,
            origin=Origin.TYPED,
        ),
        Mobilization(row=2, technique="cpa"),
    ),
    interventions=(
        Intervention(
            row=5,
            intervention="manual",
            minutes=23,
            modifiers=("GP", "59"),
            area="glutei",
            area_kind=AreaKind.MUSCLE,
            parameters="hands",
            done_by=1,
        ),
    ),
    exercises=(
        Exercise(
            row=6,
            exercise="bridge",
            name="Bridge",
            sets=3,
            reps=12,
            hold_s=2,
            load=Decimal("2.5"),
            load_unit="lb",
            band="red",
            progression="single leg",
            cue="ribs down",
            response="fair",
            place=Place.HOME,
            times_a_day=2,
            days_a_week=5,
            done_by=1,
        ),
    ),
    rom=(
        RomReading(
            row=7,
            pair=1,
            motion="lumbar_flexion",
            side=Side.RIGHT,
            mode=Mode.PASSIVE,
            method="dual_inclinometer",
            test_position="standing",
            rater=1,
            phase=Phase.BEFORE,
            value=Decimal("45.5"),
            end_feel="firm",
            end_range_pain=True,
            pain=4,
        ),
        RomReading(row=8, pair=1, motion="lumbar_flexion", phase=Phase.AFTER, word="moderate_loss", unit=""),
        RomReading(row=9, pair=2, motion="lumbar_extension", why_not_tested="too sore"),
    ),
    pain=(
        PainScore(row=10, pair=1, value=0, place="back", side=Side.BILATERAL),
        PainScore(row=11, pair=1, kind=PainKind.MOVEMENT, motion="lumbar_flexion", phase=Phase.AFTER),
    ),
    comparable_signs=(ComparableSign(row=12, pair=1, words="stairs", unit="steps", value="one at a time"),),
    findings=(
        ExamFinding(
            row=13,
            kind=FindingKind.REFLEX,
            test="biceps",
            target="C5-C6",
            side=Side.LEFT,
            phase=Phase.SINGLE,
            value="reflex_1+",
            words="brisk, then tired",
            done_by=1,
        ),
        ExamFinding(row=14, kind=FindingKind.BEHAVIOUR, test="24 hours", words="stiff until ten"),
    ),
    vitals=(
        Vitals(
            row=15,
            phase=Phase.AFTER,
            systolic_mmhg=128,
            diastolic_mmhg=82,
            heart_rate_bpm=71,
            saturation_percent=98,
            words="seated, left arm",
            done_by=1,
        ),
    ),
    body_chart=(
        BodyMark(
            row=16,
            view=BodyView.BACK,
            symptom="pins_needles",
            strokes=(((0, 0), (1000, 1000)), ((5, 7),)),
            words="down to the heel",
            qualities=("constant", "deep"),
        ),
    ),
    note=Note(
        subjective="“Better”",
        objective="é",
        assessment="—",
        plan="again\nin 3 days",
        communication="Dr F",
    ),
    next_row=17,
)


@pytest.fixture
def charted(store: Store) -> Store:
    """A store with a patient and their episode (id 1)."""
    with store.write() as connection:
        add_patients(connection, [PATIENT], NOW)
        add_episodes(connection, [EpisodeOfCare(patient_id=1, start=date(2026, 3, 2))] * 2, NOW, 1)
        connection.commit()
    return store


def stored(store: Store, session: TreatmentSession) -> TreatmentSession:
    with store.write() as connection:
        (added,) = add_sessions(connection, [session], NOW)
        connection.commit()
    return added


def saved(store: Store, session: TreatmentSession) -> TreatmentSession:
    with store.write() as connection:
        done = save_session(connection, session, LATER)
        connection.commit()
    return done


def read(store: Store, session: TreatmentSession) -> TreatmentSession:
    with store.read() as connection:
        return load_session(connection, session.id or 0)


def test_the_whole_example_fills_every_field() -> None:
    rows = {
        name: value[:1] if name != "rom" else value
        for name, value in ((name, getattr(WHOLE, name)) for name in SESSION_LISTS)
    }
    for name, items in rows.items():
        for field in fields(items[0]):
            said = [getattr(item, field.name) not in {None, "", ()} for item in items]
            assert any(said) or (name, field.name) == ("pain", "motion"), (name, field.name)


def test_a_new_session_comes_back_whole(charted: Store) -> None:
    added = stored(charted, WHOLE)
    assert (added.revision, added.saved_at) == (1, NOW)
    assert added.id is not None
    assert len(added.uuid) == 36
    assert read(charted, added) == added
    assert added.mobilizations == WHOLE.mobilizations


@pytest.mark.parametrize(
    "words",
    [
        'a "word" \\ and / ,]}',
        "null",
        "[1]",
        "e\u0301\u2028\x7f\t\U0001f9b4",
        "".join(map(chr, range(1, 0x3000))),
    ],
)
def test_words_come_back_letter_for_letter(charted: Store, words: str) -> None:
    service = replace(WHOLE.interventions[0], parameters=words)
    mark = replace(WHOLE.body_chart[0], words=words)
    added = stored(
        charted, replace(WHOLE, interventions=(service,), body_chart=(mark,), note=Note(plan=words))
    )
    assert read(charted, added) == added


def test_a_draft_grows_and_shrinks_and_comes_back_each_time(charted: Store) -> None:
    session = stored(charted, EMPTY)
    first = saved(charted, replace(WHOLE, id=session.id, uuid=session.uuid, revision=1))
    assert (first.revision, first.saved_at) == (2, LATER)
    assert read(charted, first) == first
    shorter = saved(
        charted,
        replace(
            first,
            mobilizations=(replace(first.mobilizations[0], targets=("L5",), side=None, cavitation=None),),
            rom=first.rom[::-1],
            pain=(),
            note=Note(plan="done"),
            time_out=None,
        ),
    )
    assert read(charted, shorter) == shorter
    back = saved(charted, replace(first, revision=shorter.revision))
    assert read(charted, back) == replace(first, revision=4)


def test_a_row_taken_out_of_a_draft_stays_in_the_file_and_can_come_back(charted: Store) -> None:
    session = stored(charted, WHOLE)
    without = saved(charted, replace(session, rom=(), mobilizations=(), note=Note()))
    assert read(charted, without).rom == ()
    with charted.read() as connection:
        kept = connection.execute(select(RomReadingRecord.value, RomReadingRecord.removed_at)).all()
        assert [tuple(row) for row in kept] == [(Decimal("45.5"), LATER), (None, LATER), (None, LATER)]
        assert len(connection.execute(select(MobilizationTargetRecord)).all()) == 3
        texts = connection.scalars(select(NoteSectionRecord.text)).all()
        assert set(texts) == {"“Better”", "é", "—", "again\nin 3 days", "Dr F", "flex 45> ; “ext", "4"}
    again = saved(charted, replace(session, revision=without.revision))
    assert read(charted, again) == again


def test_a_save_from_an_old_revision_is_refused_and_changes_nothing(charted: Store) -> None:
    session = stored(charted, WHOLE)
    newer = saved(charted, replace(session, note=Note(subjective="newer")))
    with charted.write() as connection, pytest.raises(StaleError) as refused:
        save_session(connection, replace(session, pain=()), LATER)
    assert (refused.value.code, refused.value.current_revision) == ("record.stale", 2)
    assert read(charted, session) == newer


@pytest.mark.parametrize("state", [NoteState.DISCARDED, NoteState.SIGNED])
def test_a_late_save_of_a_note_that_is_no_draft_is_refused(charted: Store, state: NoteState) -> None:
    session = stored(charted, WHOLE)
    with charted.write() as connection:
        signature = SIGNED if state is NoteState.SIGNED else {}
        connection.execute(update(SessionRecord).values(state=state, **signature))
        connection.commit()
    with charted.write() as connection, pytest.raises(StaleError, match=r"visit\.not_draft"):
        save_session(connection, replace(session, pain=()), LATER)
    assert read(charted, session) == replace(session, state=state)


def test_a_discarded_draft_is_in_no_list_and_comes_back_as_it_was(charted: Store) -> None:
    session = stored(charted, WHOLE)
    with charted.write() as connection:
        set_state(connection, session.id or 0, NoteState.DRAFT, NoteState.DISCARDED, LATER)
        assert sessions_of(connection, 1) == ()
        with pytest.raises(StaleError, match=r"visit\.not_draft"):
            set_state(connection, session.id or 0, NoteState.DRAFT, NoteState.DISCARDED, LATER)
        set_state(connection, session.id or 0, NoteState.DISCARDED, NoteState.DRAFT, LATER)
        assert load_session(connection, session.id or 0) == replace(session, revision=3, saved_at=LATER)
        with pytest.raises(NotFoundError):
            set_state(connection, 99, NoteState.DRAFT, NoteState.DISCARDED, LATER)


def test_an_unknown_session_is_not_found(charted: Store) -> None:
    with charted.write() as connection:
        with pytest.raises(NotFoundError):
            load_session(connection, 1)
        with pytest.raises(NotFoundError):
            save_session(connection, replace(EMPTY, id=7, revision=1), LATER)


def test_the_visit_before_is_the_last_attended_one_of_the_episode(charted: Store) -> None:
    day = EMPTY.service_date
    missed = replace(EMPTY, status=VisitStatus.MISSED, service_date=day + timedelta(days=7))
    visits = [
        stored(charted, replace(WHOLE, service_date=day)),
        stored(charted, replace(WHOLE, service_date=day)),
        stored(charted, missed),
        stored(charted, replace(EMPTY, service_date=day + timedelta(days=9))),
        stored(charted, replace(WHOLE, episode_id=2, service_date=day + timedelta(days=8))),
    ]
    with charted.read() as connection:
        before = [session_before(connection, visit) for visit in visits]
        assert before == [None, visits[0], visits[1], visits[1], None]
        unsaved = replace(EMPTY, service_date=day + timedelta(days=9))
        assert session_before(connection, unsaved) == visits[3]


def test_what_was_measured_is_read_in_eight_statements(charted: Store) -> None:
    day = EMPTY.service_date
    with charted.write() as connection:
        add_sessions(
            connection, [replace(WHOLE, service_date=day + timedelta(days=n)) for n in range(60)], NOW
        )
        connection.commit()
    with charted.read() as connection, counted(charted) as statements:
        found = sessions_of(connection, 1, lists=MEASURED)
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 8
    assert len(found) == 60
    assert [visit.service_date for visit in found] == sorted(visit.service_date for visit in found)
    assert found[0].rom == WHOLE.rom
    assert found[0].mobilizations == WHOLE.mobilizations
    assert found[0].note == Note()
    with charted.read() as connection:
        until = sessions_of(connection, 1, until=day + timedelta(days=9), lists=MEASURED)
        assert len(until) == 10
        whole = load_sessions(connection, [visit.id or 0 for visit in until])
        assert [visit.exercises for visit in whole] == [WHOLE.exercises] * 10
        assert load_sessions(connection, []) == ()


def test_saving_and_loading_take_a_fixed_number_of_statements(charted: Store) -> None:
    session = stored(charted, WHOLE)
    with counted(charted) as statements:
        read(charted, session)
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 12
    with counted(charted) as statements:
        session = saved(charted, replace(session, note=replace(session.note, plan="typed one letter more")))
    kinds = [statement.split()[0] for statement in statements]
    assert kinds.count("SELECT") == 11
    assert kinds.count("UPDATE") == 2
    assert kinds.count("INSERT") == 0
    empty = stored(charted, EMPTY)
    with counted(charted) as statements:
        saved(charted, replace(empty, note=Note(plan="first words")))
    kinds = [statement.split()[0] for statement in statements]
    assert (kinds.count("SELECT"), kinds.count("UPDATE"), kinds.count("INSERT")) == (0, 1, 1)


def test_the_states_rows_and_lists_of_a_bulk_keep_apart(charted: Store) -> None:
    many = [replace(WHOLE, next_row=13 + n, others_present=str(n)) for n in range(25)]
    with charted.write() as connection:
        added = add_sessions(connection, many, NOW)
        connection.commit()
        assert load_sessions(connection, [visit.id or 0 for visit in added]) == added


def test_a_bare_insert_with_an_unknown_episode_is_refused(charted: Store) -> None:
    with charted.write() as connection, pytest.raises(Exception, match=r"(?i)foreign key"):
        connection.execute(insert(SessionRecord), [vars_of(replace(EMPTY, episode_id=77))])


def vars_of(session: TreatmentSession) -> dict[str, object]:
    names = ("episode_id", "service_date", "zone", "kind", "status", "author_id", "state", "next_row")
    values: dict[str, object] = {name: getattr(session, name) for name in names}
    return values | {"uuid": "u", "created_at": NOW, "saved_at": NOW}


_numbers = st.none() | st.decimals(min_value=-100, max_value=400, places=1).map(Decimal.normalize)
_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
_readings = st.builds(
    RomReading,
    row=st.integers(1, 8),
    pair=st.integers(1, 3),
    motion=st.sampled_from(["lumbar_flexion", "knee_flexion"]),
    side=st.none() | st.sampled_from(Side),
    phase=st.sampled_from(Phase),
    value=_numbers,
    pain=st.none() | st.integers(0, 10),
    end_range_pain=st.none() | st.booleans(),
    why_not_tested=_texts,
)
_treated = st.builds(
    Mobilization,
    row=st.integers(1, 8),
    targets=st.lists(st.sampled_from(["L3", "L4", "L5", "T12-L1"]), unique=True).map(tuple),
    side=st.none() | st.sampled_from(Side),
    grade=st.sampled_from([None, "III", "IV-"]),
    sets=st.none() | st.integers(0, 9),
    cavitation=st.none() | st.booleans(),
    note=_texts,
)


def _unique(rows: list[Any]) -> tuple[Any, ...]:
    return tuple({row.row: row for row in rows}.values())


_drafts = st.builds(
    lambda rom, treated, note: replace(
        EMPTY, rom=_unique(rom), mobilizations=_unique(treated), note=note, next_row=9
    ),
    st.lists(_readings, max_size=6),
    st.lists(_treated, max_size=4),
    st.builds(Note, subjective=_texts, plan=_texts),
)


@given(steps=st.lists(_drafts, min_size=2, max_size=6))
def test_any_series_of_saves_reads_back_as_the_last_one(
    charted: Store, steps: list[TreatmentSession]
) -> None:
    session = stored(charted, steps[0])
    for step in steps[1:]:
        session = saved(charted, replace(step, id=session.id, uuid=session.uuid, revision=session.revision))
    assert read(charted, session) == session
