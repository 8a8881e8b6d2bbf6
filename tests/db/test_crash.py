"""A process that is killed while it saves loses nothing that it had said was saved."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ptnotes.db.sessions import load_session
from ptnotes.db.store import connect, open_store, raw_key
from tests.clinics import open_copy, template
from tests.db.test_concurrency import chart

KILLS = 6


@pytest.mark.timeout(120)
def test_nothing_saved_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    store = open_copy(tmp_path)
    session = chart(store)
    store.close()
    made = template()
    command = [
        sys.executable,
        "-m",
        "tests.db.writer",
        str(store.path),
        made.data_key.hex(),
        made.file_id.hex(),
    ]
    rng = random.Random(7)  # noqa: S311 - moments to kill at, no secrets
    last_said = session.revision
    for _ in range(KILLS):
        process = subprocess.Popen([*command, str(session.id)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(rng.random() * 0.05)
        process.kill()
        said = [int(line) for line in (first + process.stdout.read()).split("\n") if line.strip()]
        process.stdout.close()
        process.wait()
        assert said[0] > last_said
        last_said = said[-1]
        _check(store.path, session.id or 0, last_said)


def _check(path: Path, session_id: int, last_said: int) -> None:
    made = template()
    connection = connect(path, raw_key(made.data_key, made.file_id))
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
    connection.close()
    store = open_store(path, made.data_key, made.file_id)
    with store.read() as reading:
        found = load_session(reading, session_id)
    store.close()
    # One more may have been committed than was said.
    assert found.revision in {last_said, last_said + 1}
    # All of a save is there: the words and the eight scores are of the same revision.
    assert found.note.subjective.endswith(str(found.revision - 1))
    assert {score.value for score in found.pain} == {(found.revision - 1) % 11}
