"""The program is killed at fifty moments while a script types.

At most the last second of typing may be missing, and the next start comes back to the visit. A second is that of a
machine which does what it is asked at once: how long it kept everybody waiting meanwhile is measured and allowed for.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

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

GROUPS, KILLS_A_GROUP = 10, 5
LONGEST_TYPING_S = 2.5
MAY_BE_LOST_S = 1.0
WAITS_A_SAVE = 4
"""A save waits for its timer, for the thread that writes, for its turn in the file, and for the disk."""
PATIENCE_S = 90

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the typist's children are forks"),
    pytest.mark.timeout(240),
]


@dataclass(frozen=True)
class Killed:
    """What was typed before the program was killed at the instant `at`.

    Meanwhile the machine kept the test or the typist waiting for up to `waited_s` at a time.
    """

    path: Path
    at: float
    keys: tuple[tuple[float, str, str], ...]
    waited_s: float

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


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """Give one for all groups: what takes long is done once."""
    made = Zygote(tmp_path_factory.mktemp("home"))
    yield made
    made.close()


@contextmanager
def killed_at_the_end(process: int) -> Iterator[None]:
    """Kill the process when the block ends, however it does."""
    try:
        yield
    finally:
        os.kill(process, signal.SIGKILL)


def longest_wait_s(folder: Path, seconds: float) -> float:
    """Let so many seconds pass, and tell how long at most a short sleep and one write to the disk of `folder` took."""
    longest, now = 0.0, time.monotonic()
    end = now + seconds
    with (folder / "probe").open("wb", buffering=0) as probe:
        while now < end:
            began = now
            pause = min(0.02, end - began)
            time.sleep(pause)
            probe.write(b"waits")
            os.fsync(probe.fileno())
            now = time.monotonic()
            longest = max(longest, now - began - pause)
    return longest


def longest_gap_s(keys: Sequence[tuple[float, str, str]], at: float) -> float:
    """How long at most the typist, who is to press a key every few milliseconds, was kept from it until the kill."""
    moments = [when for when, _name, _letter in keys]
    return max((later - earlier for earlier, later in pairwise([*moments, at])), default=0.0)


def until_begun(report: Path) -> None:
    """Wait until the visit is on the screen of the program that writes this report."""
    give_up = time.monotonic() + PATIENCE_S
    while not (report.exists() and report.read_bytes().startswith(b"begun\n")):
        assert time.monotonic() < give_up, "the visit never came on the screen"
        time.sleep(0.01)


def killed_after(
    zygote: Zygote, clinic: Path, folder: Path, ids: tuple[int, int], typing_s: float, *, comes_back: bool
) -> Killed:
    """Copy the clinic, let it be typed into for so long, kill the program, and look whether it comes back there."""
    folder.mkdir()
    path, report = folder / clinic.name, folder / "report"
    for source, target in ((clinic, path), (key_path(clinic), key_path(path))):
        shutil.copy2(source, target)
    with killed_at_the_end(zygote.start(path, report, ids)):
        until_begun(report)
        waited_s = longest_wait_s(folder, typing_s)
        at = time.monotonic()
    # The last line may have been cut off.
    lines = report.read_text().split("\n")[1:-1]
    keys = tuple((float(when), name, letter) for when, name, letter in (line.split("\t") for line in lines))
    waited_s = max(waited_s, longest_gap_s(keys, at))
    # Where a save had no time to reach the disk, there is nothing yet to come back to.
    if comes_back and typing_s >= waited_s * WAITS_A_SAVE:
        # With the passphrase alone, the visit is on the screen again.
        again = folder / "again"
        with killed_at_the_end(zygote.start(path, again, None)):
            until_begun(again)
    return Killed(path, at, keys, waited_s)


@pytest.mark.parametrize("group", range(GROUPS))
def test_at_most_the_last_second_of_typing_is_lost_at_any_of_fifty_kills(
    tmp_path: Path, zygote: Zygote, group: int
) -> None:
    (tmp_path / "made").mkdir()
    made = clinic_in(tmp_path / "made", FixedClock())
    patient_id = add_patient(made, PATIENT).id or 0
    episode = EpisodeOfCare(patient_id=patient_id, title="Low back pain", start=made.today())
    session_id = start_session(made, open_episode(made, episode).id or 0).id or 0
    made.close()
    rng = random.Random(group)  # noqa: S311 - moments to kill at, no secrets
    # Each kill of a group is at a moment of its own stretch of the time, so that early and late ones are tried.
    stretch_s = LONGEST_TYPING_S / KILLS_A_GROUP
    for number in range(KILLS_A_GROUP):
        kill = killed_after(
            zygote, made.path, tmp_path / str(number), (patient_id, session_id),
            (number + rng.random()) * stretch_s, comes_back=number == group % KILLS_A_GROUP,
        )  # fmt: skip
        check(kill, session_id)


def check(kill: Killed, session_id: int) -> None:
    """Compare what is stored with what was typed up to a second before the kill."""
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
        everything = kill.typed(field, kill.at)
        # The store takes spaces at the end of a text away.
        kept = kill.typed(field, kill.at - MAY_BE_LOST_S - WAITS_A_SAVE * kill.waited_s).rstrip()
        # One key may have been taken after the last one that was reported.
        assert everything.startswith(stored) or stored.startswith(everything), (stored, everything)
        assert len(stored) >= len(kept), (stored, kept)
