"""The encrypted file: what is in it, who can read it, and what each kind of bad file is called."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import event, func, insert, select, text

from ptnotes.db import store as store_module
from ptnotes.db.patients import add_patients
from ptnotes.db.schema import APPLICATION_ID, SCHEMA_VERSION
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.store import Store, connect, create_database, open_store, raw_key
from ptnotes.domain.errors import AccessError, EnvironmentFault
from tests.clinics import PATIENT, open_copy, template
from tests.db.conftest import NOW

NAME = "Zyxwvutonavich"


def fault_of(action: Callable[[], object]) -> str:
    with pytest.raises(EnvironmentFault) as raised:
        action()
    return raised.value.code


def opening(path: Path) -> Callable[[], object]:
    return lambda: open_store(path, template().data_key, template().file_id).close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed clinic file with a few hundred patients."""
    store = open_copy(tmp_path)
    with store.write() as connection:
        many = [replace(PATIENT, mrn=f"{n:06}", family_name=f"{NAME}{n}") for n in range(300)]
        add_patients(connection, many, NOW)
        connection.commit()
    store.close()
    return store.path


def test_no_name_stands_in_the_file_nor_in_its_log(tmp_path: Path) -> None:
    store = open_copy(tmp_path)
    with store.write() as connection:
        add_patients(connection, [replace(PATIENT, family_name=NAME)], NOW)
        connection.commit()
    assert Path(f"{store.path}-wal").stat().st_size > 0
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert NAME.encode() not in content, file.name
        assert b"CREATE TABLE" not in content, file.name
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_every_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_database(tmp_path / "new.ptnotes", b"k" * 32, b"i" * 16, lambda _connection: None)
        store = open_copy(tmp_path)
        with store.write() as connection:
            add_patients(connection, [PATIENT], NOW)
            connection.commit()
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert {name.rpartition("-")[2] for name in modes} >= {"wal", "shm"}
    assert set(modes.values()) == {0o600}


def test_the_stock_library_cannot_read_it(path: Path) -> None:
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        connection.execute("SELECT * FROM patient")
    connection.close()


def test_a_library_that_does_not_encrypt_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = path.with_name("plain.ptnotes")
    sqlite3.connect(plain).close()
    plain.touch()
    monkeypatch.setattr(store_module, "sqlcipher", sqlite3)
    assert fault_of(lambda: connect(plain, raw_key(b"k" * 32, b"i" * 16))) == "file.not_encrypted"


def test_the_file_begins_with_its_own_id(path: Path) -> None:
    assert path.read_bytes()[:16] == template().file_id


def test_a_connection_is_set_up_as_promised(path: Path) -> None:
    connection = connect(path, raw_key(template().data_key, template().file_id))
    pragmas = {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "temp_store": 2,
        "application_id": APPLICATION_ID,
        "user_version": SCHEMA_VERSION,
    }
    assert {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas} == pragmas
    connection.close()


def test_reading_connections_cannot_write(file_store: Store) -> None:
    with file_store.read() as connection:
        assert connection.scalar(text("PRAGMA cache_size")) == -65_536
    with pytest.raises(EnvironmentFault, match=r"disk\.read_only"), file_store.read() as connection:
        connection.execute(insert(PatientRecord).values(mrn="1"))


def test_a_block_that_does_not_commit_changes_nothing(file_store: Store) -> None:
    with file_store.write() as connection:
        add_patients(connection, [PATIENT], NOW)
    with file_store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(PatientRecord)) == 0


def test_an_existing_file_is_never_written_over(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(EnvironmentFault):
        create_database(path, b"k" * 32, b"i" * 16, lambda _connection: None)
    assert path.read_bytes() == before


def test_a_creation_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(_connection: object) -> None:
        raise RuntimeError("cut off")

    with pytest.raises(RuntimeError):
        create_database(tmp_path / "new.ptnotes", b"k" * 32, b"i" * 16, fail)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_file_is_called_what_it_is_and_left_alone(path: Path) -> None:
    whole = path.read_bytes()
    other = path.with_name("other.ptnotes")
    create_database(other, b"k" * 32, b"other-clinic-id!", lambda _connection: None)
    plain = path.with_name("plain.db")
    connection = sqlite3.connect(plain)
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    flipped_id = bytes([whole[0] ^ 1]) + whole[1:]
    bad = {
        "file.truncated": [b"", whole[:2000], whole[:4096], whole[: len(whole) // 2], whole[:-4096]],
        "file.not_ours": [plain.read_bytes(), b"%PDF-1.7\n" + b"x" * 9000, b"hello"],
        "keys.other_clinic": [other.read_bytes()],
        "file.damaged": [flipped_id, whole[:500] + bytes([whole[500] ^ 1]) + whole[501:]],
    }
    for code, contents in bad.items():
        for content in contents:
            path.write_bytes(content)
            assert fault_of(opening(path)) == code, (code, len(content))
            assert path.read_bytes() == content
    path.unlink()
    assert fault_of(opening(path)) == "file.missing"
    assert not path.exists()


def test_an_unencrypted_copy_of_ours_is_refused(path: Path) -> None:
    connection = connect(path, raw_key(template().data_key, template().file_id))
    plain = path.with_name("plain.ptnotes")
    connection.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
    connection.execute("SELECT sqlcipher_export('plain')")
    connection.execute(f"PRAGMA plain.application_id = {APPLICATION_ID}")
    connection.close()
    assert fault_of(opening(plain)) == "file.not_encrypted"


def test_a_byte_flipped_in_any_page_is_found_when_the_page_is_read(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for page in range(1, len(whole) // 4096, 7):
        whole[page * 4096 + 1234] ^= 4
    path.write_bytes(whole)

    def read_all() -> None:
        store = open_store(path, template().data_key, template().file_id)
        try:
            with store.read() as connection:
                connection.execute(select(PatientRecord)).all()
        finally:
            store.close()

    assert fault_of(read_all) == "file.damaged"


def test_a_file_with_the_wrong_key_is_damaged_not_a_crash(path: Path) -> None:
    assert fault_of(lambda: open_store(path, b"x" * 32, template().file_id)) == "file.damaged"


@pytest.mark.parametrize(
    ("pragma", "code"), [("user_version = 99", "file.newer"), ("application_id = 7", "file.not_ours")]
)
def test_a_newer_file_and_one_of_another_program_are_refused(path: Path, pragma: str, code: str) -> None:
    connection = connect(path, raw_key(template().data_key, template().file_id))
    connection.execute(f"PRAGMA {pragma}")
    connection.close()
    before = path.read_bytes()
    assert fault_of(opening(path)) == code
    assert path.read_bytes() == before


def test_a_full_disk_is_named_and_nothing_is_half_saved(file_store: Store) -> None:
    with file_store.write() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    many = [replace(PATIENT, mrn=f"{n:06}", address="x" * 150) for n in range(2000)]
    with pytest.raises(EnvironmentFault, match=r"disk\.full"), file_store.write() as connection:
        add_patients(connection, many, NOW)
    with file_store.write() as connection:
        connection.execute(text("PRAGMA max_page_count = 1000000"))
        assert connection.scalar(select(func.count()).select_from(PatientRecord)) == 0
        add_patients(connection, many, NOW)
        connection.commit()


def test_a_file_that_another_program_keeps_locked_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "BUSY_S", 0.05)
    store = open_copy(tmp_path)
    other = connect(store.path, raw_key(template().data_key, template().file_id))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(EnvironmentFault, match=r"file\.locked"), store.write() as connection:
        connection.execute(text("SELECT 1"))
    other.rollback()
    other.close()
    with store.write() as connection:
        add_patients(connection, [PATIENT], NOW)
        connection.commit()
    store.close()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(path: Path) -> None:
    path.chmod(0)
    assert fault_of(opening(path)) == "disk.permission"


def test_an_error_of_the_database_carries_no_patient_data(file_store: Store) -> None:
    with file_store.write() as connection:
        add_patients(connection, [replace(PATIENT, family_name=NAME)], NOW)
        with pytest.raises(Exception, match="UNIQUE") as raised:
            connection.execute(
                insert(PatientRecord).from_select(
                    [column.name for column in PatientRecord.__table__.columns], select(PatientRecord)
                )
            )
        assert NAME not in str(raised.value)
        values = {"mrn": "9", "family_name": NAME, "given_name": None}
        with pytest.raises(Exception, match="NOT NULL") as raised:
            connection.execute(insert(PatientRecord).values(values))
        assert NAME not in str(raised.value)


def test_a_wrong_key_makes_no_noise(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ptnotes.db.store import open_store\n"
        "try: open_store(Path(sys.argv[1]), b'x' * 32, bytes.fromhex(sys.argv[2]))\n"
        "except Exception as error: print(error.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), template().file_id.hex()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("file.damaged", "")


def test_the_raw_key_and_salt_open_the_file_with_plain_sqlcipher(path: Path) -> None:
    connection = sqlcipher.connect(str(path))
    connection.execute(f"PRAGMA key = \"x'{template().data_key.hex()}'\"")
    assert connection.execute("SELECT count(*) FROM patient").fetchone() == (300,)
    connection.close()


def test_a_copy_of_both_files_opens_elsewhere(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "élsewhere 100 % ?#"
    folder.mkdir()
    copy = Path(shutil.copy2(path, folder / "our clinic.ptnotes"))
    store = open_store(copy, template().data_key, template().file_id)
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(PatientRecord)) == 300
    store.close()


def test_statements_run_in_one_snapshot(file_store: Store) -> None:
    begun: list[str] = []
    event.listen(file_store._readers, "begin", lambda _connection: begun.append("begin"))
    count = select(func.count()).select_from(PatientRecord)
    with file_store.read() as reading:
        assert reading.scalar(count) == 0
        with file_store.write() as writing:
            add_patients(writing, [PATIENT], NOW)
            writing.commit()
        assert reading.scalar(count) == 0
    with file_store.read() as reading:
        assert reading.scalar(count) == 1
    assert begun == ["begin", "begin"]


def test_a_store_that_is_shut_refuses_and_goes_on_through_another(file_store: Store) -> None:
    counting = text("SELECT count(*) FROM person")
    with file_store.read() as connection:
        before = connection.execute(counting).scalar_one()
    file_store.shut()
    assert not Path(f"{file_store.path}-wal").exists()  # the last connection is closed
    for use in (file_store.read, file_store.write):
        with pytest.raises(AccessError, match=r"file\.shut"), use():
            pass
    again = open_store(file_store.path, template().data_key, template().file_id)
    file_store.take_over(again)
    with file_store.read() as connection:
        assert connection.execute(counting).scalar_one() == before
    with pytest.raises(AccessError, match=r"file\.shut"), again.read():
        pass


def test_a_store_is_shut_only_once_nobody_reads_any_more(file_store: Store) -> None:
    ended = threading.Event()

    def shut() -> None:
        file_store.shut()
        ended.set()

    with file_store.read() as connection:
        thread = threading.Thread(target=shut)
        thread.start()
        assert not ended.wait(0.1)
        assert connection.execute(text("SELECT count(*) FROM person")).scalar_one() == 1
    thread.join(60)
    assert ended.is_set()
