"""Kill PT Notes at every point at which it changes its files, and see whether anything is lost.

``python -m tests.torture.run [--rounds N] [--named] [--most M] [ACT ...]``. Each act is first run once to learn which
points it comes past: the named ones (`ptnotes.db.points`), each SQL statement, and each write, sync, renaming and
removal of a file (`tests.torture.disk`), each of them before and after, and a write half way. Then it is killed at each
of them, N times (10), on files that go on living from round to round; and after each change the power fails as well,
which also takes back what was not synced: all of it, a half, a quarter. POSIX only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

from sqlalchemy import Engine, event

from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import read_keys
from ptnotes.db.points import passing as original
from tests.migrations.stored import HERE as STORED
from tests.torture.acts import ACTS, Act, Round
from tests.torture.disk import Disk

SHARES = (1.0, 0.5, 0.25)
"""How much of what was not synced a power failure takes back, in turn."""
CUT_AT = ("after ", "amid ")
"""The points at which the power fails too: those before a change are those after the one before it."""
MOST_TRIES = 3
"""So many times the kills that are wanted: a point that an act comes past less often than before is tried again."""


@dataclass
class Tally:
    """How often an act was tried, and killed, at a point; and what was lost."""

    tried: int = 0
    killed: int = 0
    cut: int = 0
    lost: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.tried + other.tried, self.killed + other.killed, self.cut + other.cut, self.lost + other.lost
        )


@dataclass(frozen=True)
class Found:
    """What came of an act, by the points at which it was killed, and what was lost, as sentences."""

    tallies: dict[str, Tally]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Death:
    """Where a process dies: when it comes past `point` for the `nth` time. With a `share`, because the power fails."""

    point: str = ""
    nth: int = 1
    share: float | None = None


def main(argv: list[str]) -> int:
    """Torture; 0 where every point was hit as often as asked for, and nothing was lost."""
    parser = argparse.ArgumentParser(
        prog="torture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("acts", nargs="*", metavar="ACT", help=", ".join(ACTS))
    parser.add_argument("--rounds", type=int, default=10, metavar="N", help="kills at each point (10)")
    parser.add_argument("--most", type=int, default=0, metavar="M", help="at most so many points of each act")
    parser.add_argument("--named", action="store_true", help="kills at the named points alone")
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.acts) - set(ACTS):
        parser.error(f"no such act: {', '.join(unknown)}")
    begun = time.monotonic()
    total = Tally()
    too_few = []
    names = arguments.acts or list(ACTS)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        # Each act in a process of its own, which forks: the one that tells has threads.
        under_way = [
            pool.submit(tortured, name, arguments.rounds, named=arguments.named, most=arguments.most)
            for name in names
        ]
        for name, running in zip(names, under_way, strict=True):
            found = running.result()
            for problem in found.problems:
                print(f"  LOST, {problem}")  # noqa: T201 - this is what it is for
            for point, tally in found.tallies.items():
                _tell(f"{name:<15}{point:<46}", tally)
                total += tally
                if tally.killed < arguments.rounds:
                    too_few.append(f"{name} at {point}")
    for missed in too_few:
        print(f"killed too rarely: {missed}")  # noqa: T201 - this is what it is for
    _tell(f"{len(names)} acts, {time.monotonic() - begun:.0f} s:", total)
    print(f"survived {total.killed + total.cut - total.lost}, lost {total.lost}")  # noqa: T201 - as above
    return 1 if total.lost or too_few else 0


def tortured(name: str, rounds: int, *, named: bool, most: int) -> Found:
    """Torture one act."""
    with tempfile.TemporaryDirectory(prefix="ptnotes-torture-") as folder, derived_at_once():
        torturer = Torturer(ACTS[name], Path(folder), rounds, named=named, most=most)
        return Found(dict(torturer.all_points()), tuple(torturer.problems))


def _tell(what: str, tally: Tally) -> None:
    counts = f"{tally.tried:>6} tried {tally.killed:>6} killed {tally.cut:>5} power cut {tally.lost:>4} lost"
    print(what + counts, flush=True)  # noqa: T201 - this is what it is for


@contextmanager
def derived_at_once() -> Iterator[None]:
    """Derive keys without the quarter of a second that Argon2 takes, since it is files that are tortured.

    What Argon2 made before, it also opens.
    """
    by_argon2 = Kdf.key
    known: dict[tuple[str, bytes], bytes] = {}
    made_with_argon2 = {slot.salt for slot in read_keys(STORED / "first.keys").slots}

    def key(kdf: Kdf, passphrase: str, salt: bytes) -> bytes:
        if salt not in made_with_argon2:
            return hashlib.sha256(salt + passphrase.encode()).digest()
        if (passphrase, salt) not in known:
            known[passphrase, salt] = by_argon2(kdf, passphrase, salt)
        return known[passphrase, salt]

    with patch.object(Kdf, "key", key):
        yield


class Torturer:
    """Kills one act at each point that it comes past."""

    def __init__(self, act: Act, folder: Path, rounds: int, *, named: bool, most: int) -> None:
        self._act = act
        self._folder = folder
        self._rounds = rounds
        self._named = named
        self._most = most
        self._hidden = folder / "hidden"
        self.problems: list[str] = []

    def all_points(self) -> Iterator[tuple[str, Tally]]:
        """Find the points, kill at each, and tell what came of it."""
        learned = self._folder / "learn"
        learned.mkdir()
        points = list(self._learn(Round(learned, 0)).items())
        if 0 < self._most < len(points):
            points = [
                points[(2 * place + 1) * len(points) // (2 * self._most)] for place in range(self._most)
            ]
        for at, (point, times) in enumerate(points):
            where = self._folder / str(at)
            where.mkdir()
            yield point, self._at_point(point, times, where)
            shutil.rmtree(where)

    def _at_point(self, point: str, times: int, where: Path) -> Tally:
        tally = Tally()
        deaths: list[float | None] = [None] * self._rounds
        if point.startswith(CUT_AT):
            deaths += SHARES
        number = 0
        for place, share in enumerate(deaths):
            # Spread over all the times that the act comes past the point.
            nth = 1 + place % self._rounds * times // self._rounds
            for _ in range(MOST_TRIES):
                number += 1
                one = Round(where, number)
                one = replace(one, before=self._act.prepare(one))
                killed, said = self._in_child(partial(self._act.run, one), Death(point, nth, share))
                tally.tried += 1
                problems = self._checked(replace(one, said=said))
                tally.lost += bool(problems)
                for problem in problems:
                    how = "killed" if share is None else f"power cut {share}"
                    self.problems.append(f"{how} at {point}:{nth}: {problem}")
                if problems:
                    # The next round must not fail for what this one did.
                    shutil.rmtree(where)
                    where.mkdir()
                if killed:
                    tally.killed += share is None
                    tally.cut += share is not None
                    break
                nth = 1 + nth // 2
        return tally

    def _checked(self, one: Round) -> list[str]:
        """What was lost; an error while looking is a loss."""
        try:
            return self._act.check(one)
        except Exception as error:  # noqa: BLE001 - whatever keeps the next start from working is a loss
            return [f"{type(error).__name__}: {error}"]

    def _learn(self, one: Round) -> Counter[str]:
        """Run the act unharmed, and count the points that it comes past."""
        one = replace(one, before=self._act.prepare(one))
        heard: Counter[str] = Counter()

        def run(say: Callable[[str], None]) -> None:
            self._hear(lambda point: heard.update([point]))
            self._act.run(one, say)
            say(json.dumps(heard))

        killed, said = self._in_child(run, None)
        if killed or not said:
            raise RuntimeError("the act does not even work unharmed")
        if problems := self._checked(replace(one, said=said[:-1])):
            raise RuntimeError(f"the act does not hold unharmed: {problems}")
        return Counter(json.loads(said[-1]))

    def _in_child(
        self, run: Callable[[Callable[[str], None]], None], death: Death | None
    ) -> tuple[bool, tuple[str, ...]]:
        """Run in a process of its own that dies as told; whether it did, and what it had said by then."""
        self._hidden.mkdir()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._be_child(run, death, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            said = tuple(pipe.read().splitlines())
        status = os.waitpid(child, 0)[1]
        shutil.rmtree(self._hidden)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not killed and os.waitstatus_to_exitcode(status) != 0:
            raise RuntimeError(f"the act failed by itself: {said}")
        return killed, said

    def _be_child(
        self, run: Callable[[Callable[[str], None]], None], death: Death | None, writing: int
    ) -> NoReturn:
        code = 1
        try:
            if death is not None:
                self._die_at(death)

            def say(said: str) -> None:
                os.write(writing, f"{said}\n".encode())

            run(say)
            code = 0
        except BaseException as error:
            with suppress(OSError):
                os.write(writing, f"{type(error).__name__}: {error}\n".encode())
            raise
        finally:
            os._exit(code)

    def _die_at(self, death: Death) -> None:
        left = death.nth
        disk: list[Disk] = []

        def die(passed: str) -> None:
            nonlocal left
            if passed != death.point:
                return
            left -= 1
            if left == 0:
                if death.share is not None:
                    disk[0].lose(death.share)
                os.kill(os.getpid(), signal.SIGKILL)

        disk += self._hear(die)

    def _hear(self, passing: Callable[[str], None]) -> list[Disk]:
        """From now on tell `passing` of every point that this process comes past."""
        for module in list(sys.modules.values()):
            if getattr(module, "passing", None) is original:
                vars(module)["passing"] = passing  # in whichever module imported it
        if self._named:
            return []

        def statement(when: str) -> Callable[..., None]:
            return lambda *_arguments: passing(f"{when} statement")

        event.listen(Engine, "before_cursor_execute", statement("before"))
        event.listen(Engine, "after_cursor_execute", statement("after"))
        return [Disk(passing, self._hidden)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
