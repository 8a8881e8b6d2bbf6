"""Rows that are read together say what each of them says alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.errors import InputError
from ptnotes.domain.importing import DateOrder, FileKind, ImportMap, Target
from ptnotes.domain.patient import Sex
from ptnotes.domain.text import LINE_LIMIT
from ptnotes.exchange.row_in import Incoming, RowReader
from ptnotes.exchange.rows_in import RowsReader
from tests.unit.exchange.arriving import NOW, TODAY

USUAL = (Target.MRN, Target.FAMILY, Target.GIVEN, Target.BIRTH_DATE, Target.SEX, Target.TELEPHONE)
PLAIN = ["000123", "Meyer", "Élise", "03/12/1979", "F", "(555) 010-4477"]


def mapped(
    *targets: Target | None, guarded: bool = False, order: DateOrder = DateOrder.MONTH_FIRST
) -> ImportMap:
    return ImportMap(
        kind=FileKind.CSV,
        header=tuple(f"Column {place}" for place in range(len(targets))),
        targets=targets,
        date_order=order,
        is_guarded=guarded,
    )


def alone(columns: ImportMap, rows: Sequence[Sequence[str]]) -> list[object]:
    reader = RowReader(columns, TODAY, NOW)
    found: list[object] = []
    for cells in rows:
        try:
            found.append(reader.read(cells))
        except InputError as error:
            found.append(error.faults)
    return found


def together(columns: ImportMap, rows: Sequence[Sequence[str]]) -> list[object]:
    read = RowsReader(columns, TODAY, NOW).read(rows)
    return [one.faults if isinstance(one, InputError) else one for one in read]


def test_a_row_in_order_is_read_without_a_look_at_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = mapped(*USUAL)
    expected = alone(columns, [PLAIN, PLAIN[:5]])
    monkeypatch.delattr(RowReader, "read")
    found = together(columns, [PLAIN, PLAIN[:5]])
    assert found == expected
    (first, second) = found
    assert isinstance(first, Incoming)
    assert isinstance(second, Incoming)
    assert (first.patient.birth_date, first.patient.sex) == (date(1979, 3, 12), Sex.FEMALE)
    assert second.patient == replace(first.patient, telephone="")


@pytest.mark.parametrize(
    ("place", "cell"),
    [
        (0, ""),
        (0, "1.2E+05"),
        (1, ""),
        (1, " Meyer"),
        (1, "Meyer "),
        (1, "Mey\u200ber"),
        (1, "E\u0301lise"),
        (1, "A|'B"),
        (1, "A | B"),
        (1, "x" * LINE_LIMIT),
        (1, "x" * (LINE_LIMIT + 1)),
        (2, "\udfff"),
        (2, "Anna\nMaria"),
        (3, ""),
        (3, "31/12/1979"),
        (3, "02/30/1979"),
        (3, "12/31/1889"),
        (3, "03/03/2026"),
        (3, "1979"),
        (4, "9"),
        (4, "Männlich"),
        (5, "1,5E+11"),
        (5, "'+1 555"),
    ],
)
@pytest.mark.parametrize("guarded", [False, True])
def test_a_row_that_is_odd_says_the_same_in_a_block_and_harms_no_other(
    place: int, cell: str, guarded: bool
) -> None:
    columns = mapped(*USUAL, guarded=guarded)
    odd = [*PLAIN[:place], cell, *PLAIN[place + 1 :]]
    rows = [PLAIN, odd, [*PLAIN, ""], [*PLAIN, "x"], PLAIN]
    assert together(columns, rows) == alone(columns, rows)


@pytest.mark.parametrize(
    "last",
    [
        ["8C6D2F1E-0000-4000-8000-000000000001", "", ""],
        ["8c6d2f1e", "", ""],
        ["", "2020-01-02T03:04:05Z", ""],
        ["", "no", ""],
        ["", "perhaps", ""],
        ["", "", "2030-01-02"],
        ["", "", "for ever"],
    ],
)
def test_what_our_own_files_say_besides_is_the_same_in_a_block(last: list[str]) -> None:
    columns = mapped(*USUAL, Target.UUID, Target.ARCHIVED, Target.KEEP_UNTIL)
    rows = [PLAIN, [*PLAIN, *last], PLAIN]
    assert together(columns, rows) == alone(columns, rows)


_CELLS = st.one_of(
    st.sampled_from(
        [
            "", "", "Berg", "Anna", "O'Neil", "'Berg", "Berg, Anna", "Berg, Anna M., Jr", "Anna M. Berg", "A  B", " A",
            "A ", "é", "e\u0301", "\u0301x", "A|B", "|", "03/12/1979", "12/03/1979", "31.12.1979", "1979-03-12",
            "29/02/1980", "00/12/1979", "3/4/79", "1 Jan 1950", "02/30/1980", "01/01/0000", "01/01/2027", "f",
            "Weiblich", "9", "yes", "no", "2020-01-02", "8C6D2F1E-0000-4000-8000-000000000001", "555 010 4477",
            "1.2E+05", "x" * 70, "\udfff", "a\r\nb", "NY", "10001",
        ]
    ),
    st.text(max_size=12),
)  # fmt: skip


@st.composite
def lists(draw: st.DrawFn) -> tuple[ImportMap, list[list[str]]]:
    """A map in any order and rows of any cells, most of which are nearly right."""
    how = draw(
        st.sampled_from(((Target.FULL_NAME,), (Target.FULL_NAME_GIVEN_FIRST,), (Target.FAMILY, Target.GIVEN)))
    )
    names = {Target.FULL_NAME, Target.FULL_NAME_GIVEN_FIRST, Target.FAMILY, Target.GIVEN}
    others = st.sampled_from([None, *(target for target in Target if target not in names)])
    targets = draw(st.permutations([*how, Target.BIRTH_DATE, *draw(st.lists(others, max_size=9))]))
    single: set[Target | None] = set()
    kept: list[Target | None] = []
    for target in targets:
        if target in single and target not in {
            None,
            Target.TELEPHONE,
            Target.STREET,
            Target.EMAIL,
            Target.MIDDLE,
        }:
            continue
        single.add(target)
        kept.append(target)
    columns = mapped(*kept, guarded=draw(st.booleans()), order=draw(st.sampled_from([*DateOrder])))
    likely = {
        Target.BIRTH_DATE: st.dates(date(1880, 1, 1), date(2026, 12, 31)).map("{:%m/%d/%Y}".format),
        Target.FAMILY: st.sampled_from(["Berg", "Lund", "de la Cruz"]),
        Target.GIVEN: st.sampled_from(["Anna", "Élise"]),
        Target.FULL_NAME: st.sampled_from(["Berg, Anna", "Lund, Bo M., Jr", "Bo Lund"]),
        Target.FULL_NAME_GIVEN_FIRST: st.sampled_from(["Anna Berg", "Bo M. Lund Jr", "Ana de Cruz"]),
        Target.SEX: st.sampled_from(["F", "male", "", "x"]),
    }
    rows = [
        [
            draw(_CELLS if target is None or draw(st.integers(0, 9)) == 0 else likely.get(target, _CELLS))
            for target in kept
        ]
        for _ in range(draw(st.integers(1, 6)))
    ]
    for row in rows:
        if draw(st.integers(0, 9)) == 0:
            del row[draw(st.integers(0, len(row))) :]
    return columns, rows


@given(lists())
def test_any_rows_say_together_what_each_says_alone(made: tuple[ImportMap, list[list[str]]]) -> None:
    columns, rows = made
    assert together(columns, rows) == alone(columns, rows)
