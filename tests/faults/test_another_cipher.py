"""The file is what SQLCipher 4 says: another implementation of the format reads it, the stock library does not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from ptnotes.db.keyfile import key_path, read_keys, unlock_recovery
from ptnotes.domain.recovery_key import plain_recovery_key
from ptnotes.services.patients import add_patient
from ptnotes.services.people import make_recovery_key
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, str]:
    """A closed clinic with one patient, and its recovery key as it was printed."""
    with closing(clinic_in(tmp_path, FixedClock())) as clinic:
        add_patient(clinic, PATIENT)
        return clinic.path, make_recovery_key(clinic)


def by_another_implementation(path: Path, data_key: bytes) -> list[tuple[object, ...]]:
    """Read the patients with SQLite3 Multiple Ciphers, set to what SQLCipher 4 does by itself."""
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        connection.pragma("cipher", "sqlcipher")
        connection.pragma("legacy", 4)
        connection.execute(f"PRAGMA key = \"x'{data_key.hex()}'\"")
        return list(connection.execute("SELECT mrn, family_name, given_name FROM patient"))


def test_an_independent_implementation_reads_a_file_with_the_recovered_key(written: tuple[Path, str]) -> None:
    path, printed = written
    keys_at = key_path(path)
    recovered = unlock_recovery(read_keys(keys_at), plain_recovery_key(printed), keys_at).data_key
    assert by_another_implementation(path, recovered) == [
        (PATIENT.mrn, PATIENT.family_name, PATIENT.given_name)
    ]
    wrong = bytes([recovered[0] ^ 1]) + recovered[1:]
    with pytest.raises(apsw.NotADBError):
        by_another_implementation(path, wrong)


def test_the_stock_library_does_not_read_it(written: tuple[Path, str]) -> None:
    path, _ = written
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.DatabaseError, match="not a database"),
    ):
        connection.execute("SELECT mrn FROM patient")
