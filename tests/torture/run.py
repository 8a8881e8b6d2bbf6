"""Kill PT Notes at every point at which it changes its files, and see whether anything is lost.

``python -m tests.torture.run [--rounds N] [--named] [ACT ...]``. Each act is first run once to learn which points it
comes past: the named ones (`ptnotes.db.points`), and before and after each SQL statement, sync, rename, link and
removal. Then it is killed at each of them, N times (10), on files that go on living from round to round. POSIX only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Engine, event

from ptnotes.db import points
from tests.signing import passphrases_remembered
from tests.torture.acts import ACTS, Act, Round

SYSTEM_CALLS = ("fsync", "replace", "rename", "link", "unlink")


@dataclass
class Tally:
    """How often an act was tried, and killed, at a point; and what was lost."""

    tried: int = 0
    killed: int = 0
    lost: int = 0


def main(argv: list[str]) -> int:
    """Torture; 0 where every point was hit and nothing was lost."""
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("acts", nargs="*", metavar="ACT", help=", ".join(ACTS))
    parser.add_argument("--rounds", type=int, default=10, metavar="N", help="kills at each point (10)")
    parser.add_argument("--named", action="store_true", help="the named points alone")
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.acts) - set(ACTS):
        parser.error(f"no such act: {', '.join(unknown)}")
    total = Tally()
    unhit = 0
    for name in arguments.acts or ACTS:
        # A key that was derived once is not derived again: it is the files that are tortured.
        with tempfile.TemporaryDirectory(prefix="ptnotes-torture-") as folder, passphrases_remembered():
            for point, tally in torture(ACTS[name], Path(folder), arguments.rounds, named=arguments.named):
                told = f"{name:<14}{point:<28}{tally.tried:>5} tried {tally.killed:>5} killed {tally.lost:>4} lost"
                print(told, flush=True)  # noqa: T201 - this is what it is for
                total.tried += tally.tried
                total.killed += tally.killed
                total.lost += tally.lost
                unhit += tally.killed == 0
    print(  # noqa: T201 - this is what it is for
        f"tried {total.tried}, killed {total.killed}, survived {total.killed - total.lost}, lost {total.lost}"
    )
    return 1 if total.lost or unhit else 0


def torture(act: Act, folder: Path, rounds: int, *, named: bool) -> list[tuple[str, Tally]]:
    """Kill the act at each point that it comes past."""
    learned = folder / "learn"
    learned.mkdir()
    passed = learn(act, Round(learned, 0), named=named)
    found = []
    for at, (point, times) in enumerate(passed.items()):
        where = folder / str(at)
        where.mkdir()
        tally = Tally()
        for number in range(1, rounds + 1):
            # Spread over all the times that the act comes past the point.
            nth = 1 + (number - 1) * times // rounds if times > 1 else 1
            one = Round(where, number)
            one = replace(one, before=act.prepare(one))
            killed, said = in_child(partial(act.run, one), point, nth, named=named)
            tally.tried += 1
            tally.killed += killed
            problems = checked(act, replace(one, said=said))
            tally.lost += bool(problems)
            for problem in problems:
                print(f"  LOST at {point}:{nth}: {problem}", file=sys.stderr)  # noqa: T201 - this is what it is for
        shutil.rmtree(where)
        found.append((point, tally))
    return found


def checked(act: Act, one: Round) -> list[str]:
    """What was lost; an error while looking is a loss."""
    try:
        return act.check(one)
    except Exception as error:  # noqa: BLE001 - whatever keeps the next start from working is a loss
        return [f"{type(error).__name__}: {error}"]


def learn(act: Act, one: Round, *, named: bool) -> Counter[str]:
    """Run the act unharmed, and count the points that it comes past."""
    one = replace(one, before=act.prepare(one))
    passed: Counter[str] = Counter()

    def run(say: Callable[[str], None]) -> None:
        heard: Counter[str] = Counter()
        hear(lambda point: heard.update([point]), named=named)
        act.run(one, say)
        say(json.dumps(heard))

    killed, said = in_child(run, "", 0, named=True)
    if killed or not said:
        raise RuntimeError("the act does not even work unharmed")
    passed.update(json.loads(said[-1]))
    if problems := checked(act, replace(one, said=said[:-1])):
        raise RuntimeError(f"the act does not hold unharmed: {problems}")
    return passed


def in_child(
    run: Callable[[Callable[[str], None]], None], point: str, nth: int, *, named: bool
) -> tuple[bool, tuple[str, ...]]:
    """Run in a process of its own that dies at the point; whether it was killed, and what it had said by then."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_child(run, point, nth, writing, named=named)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = tuple(pipe.read().splitlines())
    status = os.waitpid(child, 0)[1]
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not killed and os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"the act failed by itself: {said}")
    return killed, said


def _be_child(
    run: Callable[[Callable[[str], None]], None], point: str, nth: int, writing: int, *, named: bool
) -> NoReturn:
    code = 1
    try:
        left = nth

        def die(passed: str) -> None:
            nonlocal left
            if passed == point:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        hear(die, named=named)

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


def hear(passing: Callable[[str], None], *, named: bool) -> None:
    """From now on tell `passing` of every point that this process comes past."""
    original = points.passing
    for module in list(sys.modules.values()):
        if getattr(module, "passing", None) is original:
            vars(module)["passing"] = passing  # in whichever module imported it
    if named:
        return

    def statement(when: str) -> Callable[..., None]:
        return lambda *_arguments: passing(f"{when} statement")

    event.listen(Engine, "before_cursor_execute", statement("before"))
    event.listen(Engine, "after_cursor_execute", statement("after"))
    for name in SYSTEM_CALLS:
        setattr(os, name, _wrapped(getattr(os, name), name, passing))


def _wrapped(call: Callable[..., Any], name: str, passing: Callable[[str], None]) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **named: Any) -> Any:
        passing(f"before {name}")
        result = call(*arguments, **named)
        passing(f"after {name}")
        return result

    return wrapped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
