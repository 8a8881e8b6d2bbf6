"""The program is killed at fifty moments while a script types.

At most the last second of typing may be missing, and the next start comes back to the visit.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import pytest

from ptnotes.db.keyfile import key_path
from ptnotes.db.sessions import load_session
from ptnotes.db.store import connect, open_store, raw_key
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.services.episodes import open_episode
from ptnotes.services.patients import add_patient
from ptnotes.services.visits import start_session
from tests.clinics import PATIENT, clinic_in, template
from tests.clock import FixedClock
from tests.e2e.typist import FIELDS

KILLS = 50
AT_ONCE = 2
LONGEST_TYPING_S = 2.5
COME_BACK_EVERY = 10
MAY_BE_LOST_S = 1.0
PATIENCE_S = 60

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the typist's children are forks"),
    pytest.mark.timeout(400),
]


@dataclass(frozen=True)
class Killed:
    """What was typed before the program was killed at the instant `at`."""

    path: Path
    at: float
    keys: tuple[tuple[float, str, str], ...]

    def typed(self, field: str, until: float) -> str:
        """What stood in the field at that instant."""
        return "".join(letter for when, name, letter in self.keys if name == field and when <= until)


class Zygote:
    """A process that has everything imported, and is the program anew whenever it is asked."""

    def __init__(self, home: Path) -> None:
        environment = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.typist"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def start(self, path: Path, report: Path, ids: tuple[int, int] | None) -> int:
        """Start the program and give its process number. Without ids nobody leads it to the visit."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        patient_id, session_id = ids or ("", "")
        self.process.stdin.write(f"{path}\t{report}\t{patient_id}\t{session_id}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(PATIENCE_S)


@pytest.fixture
def zygotes(tmp_path: Path) -> Iterator[Queue[Zygote]]:
    """Give as many as work at once, each with a home of its own."""
    queue: Queue[Zygote] = Queue()
    made = [Zygote(tmp_path / f"home{number}") for number in range(AT_ONCE)]
    for zygote in made:
        queue.put(zygote)
    yield queue
    for zygote in made:
        zygote.close()


def until_begun(report: Path) -> None:
    """Wait until the visit is on the screen of the program that writes this report."""
    give_up = time.monotonic() + PATIENCE_S
    while not (report.exists() and report.read_bytes().startswith(b"begun\n")):
        assert time.monotonic() < give_up, "the visit never came on the screen"
        time.sleep(0.01)


def killed_after(
    zygotes: Queue[Zygote],
    clinic: Path,
    folder: Path,
    ids: tuple[int, int],
    typing_s: float,
    *,
    comes_back: bool,
) -> Killed:
    """Copy the clinic, let it be typed into for so long, kill the program, and look whether it comes back there."""
    folder.mkdir()
    path, report = folder / clinic.name, folder / "report"
    for source, target in ((clinic, path), (key_path(clinic), key_path(path))):
        shutil.copy2(source, target)
    zygote = zygotes.get()
    try:
        process = zygote.start(path, report, ids)
        until_begun(report)
        time.sleep(typing_s)
        at = time.monotonic()
        os.kill(process, signal.SIGKILL)
        if comes_back:
            # With the passphrase alone, the visit is on the screen again.
            again = folder / "again"
            process = zygote.start(path, again, None)
            until_begun(again)
            os.kill(process, signal.SIGKILL)
    finally:
        zygotes.put(zygote)
    # The last line may have been cut off.
    lines = report.read_text().split("\n")[1:-1]
    keys = tuple((float(when), name, letter) for when, name, letter in (line.split("\t") for line in lines))
    return Killed(path, at, keys)


def test_at_most_the_last_second_of_typing_is_lost_at_any_of_fifty_kills(
    tmp_path: Path, zygotes: Queue[Zygote]
) -> None:
    (tmp_path / "made").mkdir()
    made = clinic_in(tmp_path / "made", FixedClock())
    patient_id = add_patient(made, PATIENT).id or 0
    episode = EpisodeOfCare(patient_id=patient_id, title="Low back pain", start=made.today())
    session_id = start_session(made, open_episode(made, episode).id or 0).id or 0
    made.close()
    rng = random.Random(11)  # noqa: S311 - moments to kill at, no secrets
    moments = [rng.random() * LONGEST_TYPING_S for _ in range(KILLS)]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        killed = list(
            pool.map(
                lambda number: killed_after(
                    zygotes, made.path, tmp_path / str(number), (patient_id, session_id), moments[number],
                    comes_back=number % COME_BACK_EVERY == 0,
                ),
                range(KILLS),
            )
        )  # fmt: skip

    with_text = 0
    for kill in killed:
        secrets = template()
        connection = connect(kill.path, raw_key(secrets.data_key, secrets.file_id))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
        store = open_store(kill.path, secrets.data_key, secrets.file_id)
        with store.read() as reading:
            note = load_session(reading, session_id).note
        store.close()
        for field in FIELDS:
            stored = getattr(note, field.lower())
            with_text += bool(stored)
            everything = kill.typed(field, kill.at)
            # The store takes spaces at the end of a text away.
            kept = kill.typed(field, kill.at - MAY_BE_LOST_S).rstrip()
            # One key may have been taken after the last one that was reported.
            assert everything.startswith(stored) or stored.startswith(everything), (stored, everything)
            assert len(stored) >= len(kept), (stored, kept)
    assert len(killed) == KILLS
    assert with_text >= KILLS // 2
