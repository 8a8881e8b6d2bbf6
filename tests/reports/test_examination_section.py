"""The examination in a progress report: first and now of each finding, and nothing of what was not examined."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ptnotes.domain.episode import OutcomeItem, OutcomeScore
from ptnotes.domain.outcomes import total_of
from ptnotes.domain.treatment import ExamFinding, FindingKind, Side, TreatmentSession, Vitals
from tests.reports.cases import case, content, flat, pages, pdf, visit


def examined(number: int, *findings: ExamFinding, vitals: tuple[Vitals, ...] = ()) -> TreatmentSession:
    rows = tuple(replace(row, row=100 + place) for place, row in enumerate(findings))
    return replace(visit(number), findings=rows, vitals=vitals)


def reflex(value: str) -> ExamFinding:
    return ExamFinding(row=0, kind=FindingKind.REFLEX, test="achilles", side=Side.LEFT, value=value)


BLANK = ExamFinding(row=0, kind=FindingKind.DERMATOME, test="derm_s1")
SLUMP = ExamFinding(
    row=0, kind=FindingKind.SPECIAL_TEST, test="Slump", side=Side.RIGHT, value="positive", words="tingling"
)
WORSE = ExamFinding(row=0, kind=FindingKind.BEHAVIOUR, test="aggravating", words="sitting over 20 min")
PRESSURE = Vitals(row=120, systolic_mmhg=138, diastolic_mmhg=86)


def test_each_finding_stands_as_it_was_first_and_as_it_is_now() -> None:
    data = content(
        case(
            examined(1, reflex("reflex_0"), BLANK, SLUMP),
            examined(5, reflex("reflex_1+"), vitals=(PRESSURE,)),
        )
    )
    told = {(row.heading, row.label): (row.first and row.first[1], row.now[1]) for row in data.examination}
    assert told == {
        ("Vital signs", "Before treatment"): (None, "138/86 mmHg"),
        ("Reflexes", "Ankle (Achilles)"): ("left 0", "left 1+"),
        ("Special tests", "Slump"): (None, "right positive (tingling)"),
    }


def test_it_is_printed_on_the_pages_after_the_first() -> None:
    made = case(examined(1, reflex("reflex_0"), BLANK, SLUMP, WORSE), examined(5, reflex("reflex_1+")))
    printed = pages(pdf(made))
    later = flat(" ".join(printed[1:]))
    for words in (
        "EXAMINATION",
        "Ankle (Achilles)",
        "left 0",
        "left 1+",
        "Slump",
        "right positive (tingling)",
    ):
        assert words.casefold() in later.casefold(), words
    assert "Worse with" in later
    assert "sitting over 20 min" in later
    assert "S1 outer heel" not in later


def test_without_an_examination_there_is_no_section() -> None:
    printed = flat(" ".join(pages(pdf(case(examined(1, BLANK), visit(5))))))
    assert "was not examined" not in printed
    assert content(case(examined(1, BLANK), visit(5))).examination == ()


def rated(day: int, *values: tuple[str, int | None]) -> OutcomeScore:
    items = tuple(
        OutcomeItem(item=f"activity_{place}", words=words, value=None if value is None else Decimal(value))
        for place, (words, value) in enumerate(values, start=1)
    )
    total = total_of("psfs", items) or Decimal(0)
    return OutcomeScore(episode_id=1, measure="psfs", taken_on=date(2026, 1, day), total=total, items=items)


def test_each_activity_stands_as_it_was_rated_first_and_last() -> None:
    scores = (rated(5, ("Sitting", 3), ("Stairs", 4)), rated(9, ("sitting", 6), ("Stairs", None)))
    data = content(case(visit(1), visit(5), outcomes=scores))
    assert [(row.words, row.first and row.first[1], row.now[1]) for row in data.answers] == [
        ("sitting", "3", "6"),
        ("Stairs", "4", "not rated"),
    ]
    row = next(row for row in data.measures if row.label.startswith("PSFS"))
    # Of the activities that were rated both times, which is one: the totals are of two and of one.
    assert row.verdict is not None
    assert row.verdict.change == 3
    printed = flat(" ".join(pages(pdf(case(visit(1), visit(5), outcomes=scores)))))
    assert "ANSWERS ITEM BY ITEM" in printed.upper()
    assert "not rated" in printed


def test_the_global_rating_is_printed_with_its_words() -> None:
    item = OutcomeItem(item="change", words="Compared with the start of care", value=Decimal(3))
    score = OutcomeScore(
        episode_id=1, measure="groc", taken_on=date(2026, 1, 9), total=Decimal(3), items=(item,)
    )
    printed = flat(" ".join(pages(pdf(case(visit(1), visit(5), outcomes=(score,))))))
    assert "+3, somewhat better" in printed
