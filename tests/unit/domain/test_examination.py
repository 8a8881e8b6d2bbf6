"""The wording and rules of examination findings: what is typed, what a line shows, what was first and is now."""

from dataclasses import replace
from datetime import date

import pytest

from ptnotes.clinical import Reference, load_reference
from ptnotes.domain.checks import checked_session
from ptnotes.domain.errors import InputError
from ptnotes.domain.exam_entry import SPECIAL_TESTS, catalogue, read_findings, used_tests
from ptnotes.domain.examination import (
    GRADE_LISTS,
    KIND_WORDS,
    NORMAL_VALUES,
    TEST_KINDS,
    behaviour,
    exam_lines,
    examined_over,
    finding_note,
    has_blood_pressure,
    irritability,
    key_of,
    label_of,
    last_found,
    limb_of,
    line_text,
    neuro_screen,
    read_value,
    value_text,
    values_of,
    vitals_text,
)
from ptnotes.domain.live_values import live_values
from ptnotes.domain.treatment import ExamFinding, FindingKind, Side, TreatmentSession, Vitals

DAY = date(2026, 3, 2)
KNEE_JERK = (FindingKind.REFLEX, "patellar", None)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


def visit(*findings: ExamFinding, day: date = DAY, vitals: tuple[Vitals, ...] = ()) -> TreatmentSession:
    rows = tuple(replace(row, row=place) for place, row in enumerate(findings, start=1))
    return TreatmentSession(
        episode_id=1, service_date=day, findings=rows, vitals=vitals, next_row=len(rows) + len(vitals) + 1
    )


def finding(
    kind: FindingKind, test: str, side: Side | None = None, value: str = "", **more: str
) -> ExamFinding:
    return ExamFinding(row=0, kind=kind, test=test, side=side, value=value, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "kind", "label"),
    [
        ("knee jerk l 2+", FindingKind.REFLEX, "Knee (patellar) · left 2+"),
        ("kj r 1", FindingKind.REFLEX, "Knee (patellar) · right 1+"),
        ("biceps r 2", FindingKind.REFLEX, "Biceps · right 2+"),
        ("biceps r 4", FindingKind.STRENGTH, "Biceps brachii · right 4"),
        ("triceps l 3/5", FindingKind.STRENGTH, "Triceps brachii · left 3"),
        ("biceps r 4+/5", FindingKind.STRENGTH, "Biceps brachii · right 4+"),
        ("biceps r 3/4", FindingKind.REFLEX, "Biceps · right 3+"),
        ("quads l 4", FindingKind.STRENGTH, "Quadriceps · left 4"),
        ("c5 r 4", FindingKind.MYOTOME, "C5 shoulder abduction, elbow flexion · right 4"),
        ("biceps reflex r 4", FindingKind.REFLEX, "Biceps · right 4+"),
        ("kj r 3", FindingKind.REFLEX, "Knee (patellar) · right 3+"),
        ("knee extension l 4", FindingKind.STRENGTH, "Knee extension · left 4"),
        ("l3 knee extension l 4", FindingKind.MYOTOME, "L3 knee extension · left 4"),
        ("s1 reflex left absent", FindingKind.REFLEX, "Ankle (Achilles) · left 0"),
        ("biceps reflex brisk r", FindingKind.REFLEX, "Biceps · right 3+"),
        ("spurling r pos", FindingKind.SPECIAL_TEST, "Spurling · right positive"),
        ("slr l -ve", FindingKind.SPECIAL_TEST, "Straight leg raise · left negative"),
        ("FABER b neg", FindingKind.SPECIAL_TEST, "FABER · both sides negative"),
        ("obrien r ?", FindingKind.SPECIAL_TEST, "O'Brien · right unclear"),
        ("L4 joint play hypo", FindingKind.JOINT_PLAY, "L4 · hypomobile"),
        ("C5-6 joint play l 2", FindingKind.JOINT_PLAY, "C5-C6 · left 2"),
        ("hip flexion strength l 4-", FindingKind.STRENGTH, "Hip flexion · left 4-"),
        ("gastrocnemius 4+/5 r", FindingKind.STRENGTH, "Gastrocnemius · right 4+"),
        ("l5 myotome r 3+", FindingKind.MYOTOME, "L5 great toe extension · right 3+"),
        ("c6 sensation l reduced", FindingKind.DERMATOME, "C6 thumb · left reduced"),
        ("light touch s1 r intact", FindingKind.DERMATOME, "S1 outer heel · right normal"),
        ("babinski test neg", FindingKind.UPPER_MOTOR_NEURON, "Babinski sign (toe up) · absent"),
        ("hoffmann l present", FindingKind.UPPER_MOTOR_NEURON, "Hoffmann sign · left present"),
        ("palpation L4 spinous: tender, stiff", FindingKind.PALPATION, "L4 spinous · tender, stiff"),
        ("tender piriformis r", FindingKind.PALPATION, "Tender piriformis right"),
        ("wall slide pos", FindingKind.SPECIAL_TEST, "Wall slide · positive"),
        ("strength of serratus 4", FindingKind.STRENGTH, "Serratus anterior · 4"),
        ("strength of pinch 4", FindingKind.STRENGTH, "Of pinch · 4"),
    ],
)
def test_a_finding_is_read_from_a_few_words(
    reference: Reference, typed: str, kind: FindingKind, label: str
) -> None:
    best = read_findings(reference, catalogue(reference), typed)[0]
    assert (best.key[0], best.label) == (kind, label)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("spurling r: arm pain at 20 degrees", "right (arm pain at 20 degrees)"),
        ("spurling r pos: arm pain", "right positive (arm pain)"),
        ("slr b: hamstrings only", "left, right; both: hamstrings only"),
        ("spurling: arm pain", "arm pain"),
    ],
)
def test_words_without_a_value_keep_their_side(reference: Reference, typed: str, told: str) -> None:
    best = read_findings(reference, catalogue(reference), typed)[0]
    rows = tuple(replace(row, row=place) for place, row in enumerate(best.findings, 1))
    (line,) = exam_lines(visit(*rows))
    assert line_text(reference, line) == told


@pytest.mark.parametrize("typed", ["", "  ", "l", "2+", "qqq", "knee jerk l maybe", "qqq 9", "l r 2+"])
def test_what_names_no_test_is_not_guessed(reference: Reference, typed: str) -> None:
    assert read_findings(reference, catalogue(reference), typed) == ()


def test_a_name_used_before_is_found_first_under_its_kind(reference: Reference) -> None:
    before = visit(finding(FindingKind.STRENGTH, "Serratus anterior, my way", Side.LEFT, "mmt_4"))
    tests = catalogue(reference, used_tests([before]))
    assert read_findings(reference, tests, "my way r 5")[0].label == "Serratus anterior, my way · right 5"


def test_every_test_is_found_by_its_label_and_kind(reference: Reference) -> None:
    tests = catalogue(reference)
    for test in tests:
        found = read_findings(reference, tests, test.label.replace("(", "").replace(")", ""))
        keys = {typed.key for typed in found}
        assert test.key in keys, test.label
    assert {test.kind for test in tests} == set(TEST_KINDS) - {FindingKind.PALPATION}
    assert len(set(SPECIAL_TESTS)) == len(SPECIAL_TESTS)


def test_every_value_is_read_as_it_is_shown(reference: Reference) -> None:
    for kind in KIND_WORDS:
        for value, shown in values_of(reference, kind).items():
            assert read_value(reference, kind, shown) == value, (kind, shown)
            assert value_text(reference, kind, value) == shown
        assert read_value(reference, kind, "") is None
        assert read_value(reference, kind, "no such value") is None


def test_a_word_that_could_be_two_values_is_none(reference: Reference) -> None:
    assert read_value(reference, FindingKind.JOINT_PLAY, "hyp") is None
    assert read_value(reference, FindingKind.JOINT_PLAY, "hypo") == "hypomobile"
    assert read_value(reference, FindingKind.STRENGTH, "good") is None
    assert read_value(reference, FindingKind.STRENGTH, "6") is None
    assert read_value(reference, FindingKind.REFLEX, "5+") is None


def test_normal_is_what_the_data_label_so(reference: Reference) -> None:
    for kind, value in NORMAL_VALUES.items():
        assert value in values_of(reference, kind)
        if kind in GRADE_LISTS and kind is not FindingKind.JOINT_PLAY:
            assert getattr(reference, GRADE_LISTS[kind])[value].label == "Normal"


def test_left_and_right_stand_in_one_line_by_kind(reference: Reference) -> None:
    session = visit(
        finding(FindingKind.SPECIAL_TEST, "Slump", Side.RIGHT, "positive", words="tingling in the foot"),
        finding(FindingKind.REFLEX, "patellar", Side.RIGHT, "reflex_2+"),
        finding(FindingKind.REFLEX, "patellar", Side.LEFT, "reflex_1+"),
        finding(FindingKind.JOINT_PLAY, "", None, "hypomobile", target="L4"),
    )
    lines = exam_lines(session)
    assert [line.key for line in lines] == [
        KNEE_JERK,
        (FindingKind.SPECIAL_TEST, "Slump", None),
        (FindingKind.JOINT_PLAY, "", "L4"),
    ]
    assert line_text(reference, lines[0]) == "left 1+, right 2+"
    assert line_text(reference, lines[1]) == "right positive (tingling in the foot)"
    assert (label_of(reference, lines[2]), line_text(reference, lines[2])) == ("L4", "hypomobile")


def test_a_blank_line_is_listed_and_says_nothing(reference: Reference) -> None:
    session = visit(finding(FindingKind.REFLEX, "patellar"))
    (line,) = exam_lines(session)
    assert line.is_blank
    assert line_text(reference, line) == ""
    assert examined_over(reference, [session]) == ()
    assert last_found(reference, [session], KNEE_JERK) is None


@pytest.mark.parametrize(
    ("limb", "counts"),
    [
        ("upper", {FindingKind.MYOTOME: 8, FindingKind.REFLEX: 3, FindingKind.DERMATOME: 8}),
        ("lower", {FindingKind.MYOTOME: 6, FindingKind.REFLEX: 3, FindingKind.DERMATOME: 9}),
    ],
)
def test_a_neuro_screen_has_the_roots_of_the_limb(
    reference: Reference, limb: str, counts: dict[FindingKind, int]
) -> None:
    keys = neuro_screen(reference, limb)
    assert {kind: sum(key[0] is kind for key in keys) for kind in counts} == counts
    assert len(set(keys)) == len(keys) == sum(counts.values())
    other = neuro_screen(reference, "lower" if limb == "upper" else "upper")
    assert not set(keys) & set(other)


def test_the_neck_and_the_arm_have_the_upper_screen() -> None:
    assert [limb_of([region]) for region in ("cervical", "elbow", "lumbar", "knee")] == [
        "upper", "upper", "lower", "lower",
    ]  # fmt: skip
    assert limb_of(["cervical", "lumbar"]) == "upper"
    assert limb_of([]) == "lower"


def test_vital_signs_are_written_with_their_units() -> None:
    row = Vitals(row=1, systolic_mmhg=128, diastolic_mmhg=82, heart_rate_bpm=72, saturation_percent=98)
    assert vitals_text(row) == "128/82 mmHg, 72/min, SpO₂ 98 %"
    assert vitals_text(Vitals(row=1, heart_rate_bpm=64, words="resting")) == "64/min (resting)"
    assert vitals_text(Vitals(row=1)) == ""
    assert has_blood_pressure(visit(vitals=(row,)))
    assert not has_blood_pressure(visit(vitals=(Vitals(row=1, systolic_mmhg=128),)))


def test_first_and_now_of_each_test_over_the_visits(reference: Reference) -> None:
    first = visit(
        finding(FindingKind.REFLEX, "achilles", Side.LEFT, "reflex_0"),
        finding(FindingKind.DERMATOME, "derm_s1", Side.LEFT, "reduced"),
        finding(FindingKind.IRRITABILITY, "", None, "high", words="settles in 2 hours"),
        finding(FindingKind.BEHAVIOUR, "aggravating", words="sitting over 20 min"),
        vitals=(Vitals(row=5, systolic_mmhg=140, diastolic_mmhg=90),),
        day=date(2026, 2, 2),
    )
    blank = visit(finding(FindingKind.REFLEX, "achilles"), day=date(2026, 2, 9))
    now = visit(
        finding(FindingKind.REFLEX, "achilles", Side.LEFT, "reflex_1+"),
        finding(FindingKind.BEHAVIOUR, "aggravating", words="sitting over 1 h"),
    )
    told = {
        row.label: (row.first and row.first[1], row.now[1])
        for row in examined_over(reference, [first, blank, now])
    }
    assert list(told.items()) == [
        ("Irritability", (None, "high (settles in 2 hours)")),
        ("Worse with", ("sitting over 20 min", "sitting over 1 h")),
        ("Before treatment", (None, "140/90 mmHg")),
        ("Ankle (Achilles)", ("left 0", "left 1+")),
        ("S1 outer heel", (None, "left reduced")),
    ]
    assert last_found(reference, [now, blank, first], (FindingKind.DERMATOME, "derm_s1", None)) == (
        date(2026, 2, 2),
        "left reduced",
    )
    assert irritability(first) is not None
    assert behaviour(now) == {"aggravating": "sitting over 1 h"}


def test_an_examination_is_told_in_a_line(reference: Reference) -> None:
    session = visit(
        finding(FindingKind.REFLEX, "patellar", Side.LEFT, "reflex_1+"),
        finding(FindingKind.REFLEX, "patellar", Side.RIGHT, "reflex_2+"),
        finding(FindingKind.DERMATOME, "derm_s1"),
        finding(FindingKind.JOINT_PLAY, "", None, "hypomobile", target="L4"),
        finding(FindingKind.IRRITABILITY, "", None, "moderate", words="settles in an hour"),
        finding(FindingKind.BEHAVIOUR, "aggravating", words="sitting"),
        vitals=(Vitals(row=7, heart_rate_bpm=64),),
    )
    look_up = live_values(reference, session)
    assert look_up("exam") == "Knee (patellar) reflex left 1+, right 2+; L4 joint play hypomobile"
    assert look_up("behaviour") == "irritability moderate (settles in an hour); worse with sitting"
    assert look_up("vitals") == "64/min"
    blank = live_values(reference, visit(finding(FindingKind.DERMATOME, "derm_s1")))
    assert [blank(name) for name in ("exam", "behaviour", "vitals")] == [None, None, None]


def test_what_no_test_has_is_refused(reference: Reference) -> None:
    for wrong in (
        finding(FindingKind.DERMATOME, "derm_s1", Side.LEFT, "positive"),
        finding(FindingKind.SPECIAL_TEST, "Slump", Side.LEFT, "mmt_4"),
        finding(FindingKind.REFLEX, "patellar", Side.LEFT, "mmt_4"),
        finding(FindingKind.BEHAVIOUR, "weather", words="worse"),
        finding(FindingKind.PALPATION, "L4", None, "positive"),
    ):
        with pytest.raises(InputError):
            checked_session(reference, visit(wrong), DAY)
    stored = visit(finding(FindingKind.JOINT_PLAY, "", None, "hypomobile", target="L4"))
    assert checked_session(reference, stored, DAY) == stored


def test_a_note_of_the_data_stands_with_its_source(reference: Reference) -> None:
    assert "never average grades" in finding_note(reference, FindingKind.STRENGTH)
    assert "Source: " in finding_note(reference, FindingKind.JOINT_PLAY)
    assert finding_note(reference, FindingKind.SPECIAL_TEST) == ""
    assert key_of(finding(FindingKind.REFLEX, "patellar")) == KNEE_JERK


def test_words_of_one_side_stand_beside_that_side(reference: Reference) -> None:
    def told(left: ExamFinding, right: ExamFinding) -> str:
        visit = TreatmentSession(episode_id=1, service_date=DAY, findings=(left, right), next_row=9)
        (line,) = exam_lines(visit)
        return line_text(reference, line)

    left = ExamFinding(
        row=1, kind=FindingKind.SPECIAL_TEST, test="Spurling", side=Side.LEFT, value="negative"
    )
    right = replace(left, row=2, side=Side.RIGHT, value="positive", words="to the thumb")
    assert told(left, right) == "left negative, right positive (to the thumb)"
    assert told(replace(left, words="neck only"), right) == (
        "left negative (neck only), right positive (to the thumb)"
    )
    assert told(replace(left, words="to the thumb"), right) == (
        "left negative, right positive; both: to the thumb"
    )
    assert told(left, replace(right, value="")) == "left negative, right (to the thumb)"
