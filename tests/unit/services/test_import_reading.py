"""How a list of patients is read before anything is stored."""

import codecs
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from ptnotes.db import imports
from ptnotes.domain.errors import EnvironmentFault, InputError
from ptnotes.domain.importing import DateOrder, FileKind, ImportMap, RowKind, Target
from ptnotes.services import import_run, importing
from ptnotes.services.import_source import opened_list, until_stopped
from ptnotes.services.importing import dry_run, dry_run_rows, import_patients, look_at
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from tests.clinics import PATIENT
from tests.unit.services.lists_in import HEAD, brought_in, clinic, everybody, patient_of_fhir, people, written

__all__ = ["clinic"]


def test_the_mapping_is_remembered_for_the_same_names_of_columns(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, "A,B,C\r\nBerg,Anna,3/4/1979\r\n")
    columns = replace(
        look_at(clinic, path).map,
        has_header=True,
        header=("A", "B", "C"),
        targets=(Target.FAMILY, Target.GIVEN, Target.BIRTH_DATE),
        date_order=DateOrder.DAY_FIRST,
        order_is_said=True,
    )
    assert import_patients(clinic, path, columns).made == 1
    looked = look_at(clinic, path)
    assert (looked.is_remembered, looked.is_order_remembered) == (True, True)
    assert looked.map == columns
    assert looked.dates.is_ambiguous
    other = tmp_path / "other.csv"
    other.write_text("A,B,D\r\nBerg,Anna,3/4/1979\r\n")
    assert not look_at(clinic, other).is_remembered


def test_an_order_on_which_no_date_depended_is_not_gone_by_the_next_time(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, HEAD + "1;Berg;Anna;1979-03-14;\r\n2;Berg;Bea;3 Apr 1980;\r\n")
    assert not look_at(clinic, path).map.order_is_said
    assert brought_in(clinic, path).made == 2
    path = written(tmp_path, HEAD + "3;Berg;Cid;03/04/1979;\r\n")
    looked = look_at(clinic, path)
    assert (looked.is_remembered, looked.is_order_remembered) == (True, False)
    assert looked.dates.is_ambiguous


def test_letters_that_no_file_tells_are_read_as_the_last_time(clinic: OpenClinic, tmp_path: Path) -> None:
    head = "Nom;Prénom;DOB;Płeć\r\n"
    path = written(tmp_path, head + "Żółć;Paweł;1979-03-14;\r\n", "cp1250")
    first = look_at(clinic, path)
    assert (first.map.encoding, first.letters.is_guess, first.letters.is_odd) == ("cp1252", True, True)
    assert dict(first.letters.likely)["cp1250"] == ("Żółć Paweł",)
    tried = dry_run(clinic, path, first.map)
    assert (tried.letters.is_odd, tried.letters.samples) == (True, ("¯ó³æ Pawe³",))
    told = look_at(clinic, path, told=replace(first.map, encoding="cp1250"))
    assert not told.letters.is_odd
    assert not dry_run(clinic, path, told.map).letters.is_odd
    assert import_patients(clinic, path, told.map).made == 1
    assert everybody(clinic)[-1] == "000001 Żółć, Paweł"
    path = written(tmp_path, head + "Śliwa;Łucja;1980-04-15;\r\n", "cp1250")
    assert (look_at(clinic, path).map.encoding, look_at(clinic, path).is_remembered) == ("cp1250", True)
    path = written(tmp_path, head + "Śliwa;Łucja;1981-04-15;\r\n")
    assert look_at(clinic, path).map.encoding == "utf-8", "what the file tells goes before"


def test_a_map_finds_its_header_under_more_titles_or_fewer(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, "One\r\nTwo\r\n" + people(2))
    columns = look_at(clinic, path).map
    assert columns.header_row == 3
    path.write_text("One\r\nTwo\r\nThree\r\nFour\r\nFive\r\n" + people(2), "utf-8")
    tried = dry_run(clinic, path, columns)
    assert (tried.rows, tried.made, tried.map.header_row) == (2, 2, 6)
    assert [row.number for row in dry_run_rows(clinic, tried, RowKind.MADE)] == [7, 8]
    done = import_patients(clinic, path, columns)
    assert (done.rows, done.made) == (2, 2)
    path.write_text(people(4), "utf-8")
    assert dry_run(clinic, path, columns).rows == 4


def test_numbers_that_a_spreadsheet_rounded_are_refused_in_whatever_row(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    rounded = ["1.00E+05;Quux;Ada;1979-03-28;", "7;Quux;Ben;1968-11-02;5.55E+09"]
    path = written(tmp_path, people(3) + "\r\n".join(rounded))
    tried = dry_run(clinic, path, look_at(clinic, path).map)
    assert (tried.made, tried.refused) == (3, 2)
    told = [row.reasons[0].partition(":")[0] for row in dry_run_rows(clinic, tried, RowKind.REFUSED)]
    assert told == ["Record number", "Telephone"]


def test_a_file_without_a_header_keeps_none_of_its_cells_in_the_clinic(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, "Zebulon,Quist,1979-03-12\r\nBerg,Anna,1980-03-12\r\n")
    looked = look_at(clinic, path)
    assert (looked.map.has_header, looked.map.header) == (False, ("Column 1", "Column 2", "Column 3"))
    columns = replace(looked.map, targets=(Target.GIVEN, Target.FAMILY, Target.BIRTH_DATE))
    assert import_patients(clinic, path, columns).made == 2
    with clinic.store.read() as connection:
        kept = imports.mappings(connection)
        assert not any("Quist" in text for text in kept)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b"\r\n\r\n,,\r\n", "import.empty"),
        (b"a," * 2_000 + b"\r\n", "import.too_many_columns"),
    ],
)
def test_what_is_no_list_of_patients_is_refused(
    clinic: OpenClinic, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        look_at(clinic, path)
    assert raised.value.code == code


def test_a_folder_a_missing_file_and_one_of_a_gigabyte_are_refused_at_once(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentFault, match=r"import\.not_a_file"):
        look_at(clinic, tmp_path)
    with pytest.raises(EnvironmentFault, match=r"import\.not_a_file"):
        look_at(clinic, Path("/dev/zero"))
    with pytest.raises(EnvironmentFault, match=r"import\.missing"):
        look_at(clinic, tmp_path / "none.csv")
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(InputError, match=r"import\.too_large"):
        look_at(clinic, huge)


def test_a_map_of_other_columns_is_refused(clinic: OpenClinic, tmp_path: Path) -> None:
    columns = look_at(clinic, written(tmp_path, people(1))).map
    other = tmp_path / "other.csv"
    other.write_text("Chart #;First Name;Last Name;DOB;Cell\r\n1;Anna;Berg;1979-03-12;\r\n")
    with pytest.raises(InputError, match=r"import\.other_header"):
        import_patients(clinic, other, columns)
    with pytest.raises(InputError, match=r"import\.other_header"):
        dry_run(clinic, other, ImportMap(kind=FileKind.FHIR, targets=columns.targets))


def test_pages_of_rows_are_read_again_from_anywhere_in_the_file(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_MARK_EVERY", 20)
    rows = people(150).splitlines()
    rows[60:60] = ["x;y", '"z']
    path = tmp_path / "list.csv"
    path.write_bytes(codecs.BOM_UTF8 + "\n".join([*rows, *rows[1:4]]).encode())
    tried = dry_run(clinic, path, look_at(clinic, path).map)
    assert (tried.made, tried.duplicates, tried.refused) == (150, 3, 2)
    made = dry_run_rows(clinic, tried, RowKind.MADE, offset=140, limit=50)
    assert [row.patient.mrn for row in made if row.patient] == [f"{number:06}" for number in range(141, 151)]
    assert [row.number for row in dry_run_rows(clinic, tried, RowKind.REFUSED)] == [61, 62]
    known = dry_run_rows(clinic, tried, RowKind.DUPLICATE, offset=1, limit=1)
    assert [(row.number, row.other and row.other.row) for row in known] == [(155, 3)]
    assert dry_run_rows(clinic, tried, RowKind.DUPLICATE, offset=9) == ()


class Asked:
    """Counts how often it is asked whether to stop, and says so from one time on."""

    def __init__(self, stops_at: int | None = None) -> None:
        self.count, self.stops_at = 0, stops_at

    def __call__(self) -> bool:
        self.count += 1
        return self.stops_at is not None and self.count >= self.stops_at


def test_a_file_is_looked_at_and_tried_no_further_once_it_is_stopped_and_stays_as_it_is(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, people(3_000), "cp1252")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    columns = look_at(clinic, path).map
    for verb in (partial(look_at, clinic, path), partial(dry_run, clinic, path, columns)):
        whole = Asked()
        verb(stop=whole)
        # A part of a file is read between two of these questions, and never a whole one.
        assert whole.count > path.stat().st_size // 10_000
        for at in range(1, whole.count + 1):
            asked = Asked(at)
            with pytest.raises(EnvironmentFault, match=r"import\.stopped"):
                verb(stop=asked)
            assert asked.count == at
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert everybody(clinic) == []


def test_each_part_that_is_read_of_a_file_is_asked_for(clinic: OpenClinic, tmp_path: Path) -> None:
    asked = Asked()
    with opened_list(written(tmp_path, people(3)), until_stopped(clinic, asked)) as file:
        assert file.read(4) + file.read1(4) == HEAD[:8].encode()
        assert asked.count == 2
        asked.stops_at = 3
        for read in (file.read, file.read1):
            with pytest.raises(EnvironmentFault, match=r"import\.stopped"):
                read()


def test_a_try_is_stopped_while_the_patients_of_the_clinic_are_read(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "LOOK_EVERY", 2)
    path = written(tmp_path, people(1))
    columns = look_at(clinic, path).map
    before, after = Asked(), Asked()
    dry_run(clinic, path, columns, stop=before)
    for number in range(5):
        add_patient(clinic, replace(PATIENT, mrn=f"K{number}", family_name=f"Quux{number}"))
    dry_run(clinic, path, columns, stop=after)
    assert after.count == before.count + 3


@pytest.mark.parametrize("name", ["list.csv", "list.json"])
def test_a_look_at_a_file_tells_how_far_it_is(clinic: OpenClinic, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    one = patient_of_fhir(b"Okafor")
    path.write_bytes(people(3_000).encode() if name == "list.csv" else b"[" + b",".join([one] * 3_000) + b"]")
    told: list[tuple[int, int]] = []
    look_at(clinic, path, progress=lambda *far: told.append(far))
    size = path.stat().st_size
    assert len(told) == 7
    assert told == sorted(told)
    assert told[-1] == (size, size)
    assert len(set(told)) > 3
    assert all(done <= total == size for done, total in told)


def test_closing_the_clinic_stops_reading(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, people(3))
    columns = look_at(clinic, path).map
    with pytest.raises(EnvironmentFault, match=r"import\.stopped"):
        dry_run(clinic, path, columns, stop=lambda: True)
    tried = dry_run(clinic, path, columns)
    clinic.ending.set()
    for verb in (
        partial(look_at, clinic, path),
        partial(dry_run, clinic, path, columns),
        partial(dry_run_rows, clinic, tried, RowKind.MADE),
    ):
        with pytest.raises(EnvironmentFault, match=r"import\.stopped"):
            verb()
    clinic.ending.clear()
