"""The data dictionary says something of every file and column, and the export leaves nothing out without a reason."""

import pytest

from ptnotes.db.export import (
    COLUMNS_LEFT_OUT,
    FILES_OF_TABLES,
    TABLES_LEFT_OUT,
    ExportColumn,
    Sort,
    files,
    is_left_out,
)
from ptnotes.db.schema import metadata
from ptnotes.domain.treatment import Side
from ptnotes.exchange.dictionary import CODE_HEADS, HEADS, code_rows, dictionary
from ptnotes.exchange.meanings import EVERYWHERE, FILES, NO_UNIT, UNITS
from ptnotes.exchange.meanings_of_files import OF_FILES
from tests.clinics import reference


def test_every_table_has_a_file_or_a_reason_why_not() -> None:
    assert {*FILES_OF_TABLES, *TABLES_LEFT_OUT} == set(metadata.tables)
    assert not set(FILES_OF_TABLES) & set(TABLES_LEFT_OUT)
    assert len(set(FILES_OF_TABLES.values())) == len(FILES_OF_TABLES)


def test_every_column_is_given_or_has_a_reason_why_not() -> None:
    for table, file in FILES_OF_TABLES.items():
        given = [column for column in metadata.tables[table].columns if not is_left_out(column)]
        made = {"mobilizations": 1}.get(file, 0) + sum(
            column.name == "visit_state" for column in files()[file]
        )
        assert len(files()[file]) == len(given) + made, file


def test_each_reason_is_of_something_that_is_there() -> None:
    columns = {column.name for table in metadata.tables.values() for column in table.columns}
    columns |= {
        f"{table}.{column.name}" for table in metadata.tables for column in metadata.tables[table].columns
    }
    assert set(COLUMNS_LEFT_OUT) <= columns
    assert all(COLUMNS_LEFT_OUT.values())
    assert all(TABLES_LEFT_OUT.values())


def test_no_number_of_a_row_of_the_store_goes_out() -> None:
    names = {(file, column.name) for file, columns in files().items() for column in columns}
    assert not [pair for pair in names if pair[1] == "id" or pair[1].endswith("_id")]


def test_the_dictionary_has_a_row_for_every_column_of_every_file() -> None:
    rows = list(dictionary(files()))
    wanted = [(file, column.name) for file, columns in files().items() for column in columns]
    wanted += [("codes", head) for head in CODE_HEADS] + [("dictionary", head) for head in HEADS]
    assert [row[:2] for row in rows if row[1]] == wanted
    assert {row[0] for row in rows if not row[1]} == {*files(), "codes", "dictionary"} == set(FILES)
    assert all(meaning for _file, _column, meaning, _unit, _values in rows)


def test_no_meaning_is_of_a_column_that_is_gone() -> None:
    of_files = {file: {column.name for column in columns} for file, columns in files().items()}
    of_files |= {"codes": set(CODE_HEADS), "dictionary": set(HEADS)}
    for file, meanings in OF_FILES.items():
        assert set(meanings) <= of_files[file], file
    everywhere = set().union(*of_files.values())
    assert {*EVERYWHERE, *NO_UNIT, *(name.rpartition(".")[2] for name in UNITS)} <= everywhere


def test_units_and_values_are_told() -> None:
    rows = {row[:2]: row[3:] for row in dictionary(files())}
    assert rows["mobilizations", "duration_s"] == ("s", "a number")
    assert rows["mobilizations", "side"] == ("", ", ".join(Side))
    assert rows["visits", "episode"] == ("", "a uuid of episodes.csv")
    assert rows["visits", "time_in"] == ("", "HH:MM:SS, in the zone of its row")
    assert rows["rom", "row"] == ("", "a number")


def test_a_number_without_a_unit_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        list(dictionary({"visits": [ExportColumn("kind", Sort.NUMBER)]}))


def test_ids_are_told_by_their_labels() -> None:
    rows = list(code_rows(reference()))
    assert ("motions", "lumbar_flexion", "Lumbar flexion") in rows
    assert len({row[:2] for row in rows}) == len(rows)
