"""The short form of the torture: every act, killed at a few of its named points; ``make torture`` is the whole."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from tests.torture.acts import ACTS

POINTS = 2


@pytest.mark.skipif(os.name != "posix", reason="forks")
@pytest.mark.timeout(300)
def test_nothing_is_lost_when_the_process_is_killed_at_a_named_point() -> None:
    command = [sys.executable, "-m", "tests.torture.run", "--rounds", "1", "--named", "--most", str(POINTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.search(r"(\d+) tried +(\d+) killed .*\nsurvived (\d+), lost 0", done.stdout)
    assert told is not None, done.stdout
    tried, killed, survived = (int(number) for number in told.groups())
    assert tried >= killed == survived == POINTS * len(ACTS)


@pytest.mark.skipif(os.name != "posix", reason="forks")
@pytest.mark.timeout(300)
def test_a_power_failure_takes_no_passphrase_away_that_was_told_as_changed() -> None:
    command = [sys.executable, "-m", "tests.torture.run", "--rounds", "1", "--most", "4", "passphrase"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.search(r"(\d+) power cut +0 lost\nsurvived", done.stdout)
    assert told is not None, done.stdout
    assert int(told[1]) > 0


LOSING = """
import os, sys
from pathlib import Path
import sqlcipher3.dbapi2 as sqlcipher
from tests.torture.disk import Disk

folder, (data, name, mode) = Path(sys.argv[1]), sys.argv[2:]
(folder / "hidden").mkdir()
target = folder / "clinic.ptnotes.keys"
target.write_text("old")
database = folder / "clinic.ptnotes"
connection = sqlcipher.connect(str(database), isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE t (a)")
connection.close()
passed = []
disk = Disk(passed.append, folder / "hidden")
new = folder / "clinic.ptnotes.keys.new"
with new.open("w") as file:
    file.write("new")
    file.flush()
    if data == "synced":
        os.fsync(file.fileno())
new.replace(target)
if name == "synced":
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
connection = sqlcipher.connect(str(database), isolation_level=None)
if mode:
    connection.execute(f"PRAGMA synchronous = {mode}")
    connection.execute("INSERT INTO t VALUES (1)")
    assert "amid write to -wal" in passed
disk.lose(1.0)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name != "posix", reason="forks")
@pytest.mark.parametrize(
    ("data", "name", "mode", "found"),
    [
        ("synced", "synced", "FULL", ("new", [(1,)])),
        ("not synced", "synced", "FULL", ("", [(1,)])),
        ("synced", "synced", "OFF", ("new", [])),
        # SQLite syncs the folder itself when it makes a log, and here it makes none.
        ("synced", "not synced", "", ("old", [])),
    ],
)
def test_a_power_failure_takes_back_what_was_not_synced_and_nothing_else(
    tmp_path: Path, data: str, name: str, mode: str, found: tuple[str, list[tuple[int]]]
) -> None:
    command = [sys.executable, "-c", LOSING, str(tmp_path), data, name, mode]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    with closing(sqlcipher.connect(str(tmp_path / "clinic.ptnotes"))) as connection:
        rows = connection.execute("SELECT a FROM t").fetchall()
    assert ((tmp_path / "clinic.ptnotes.keys").read_text(), rows) == found
