"""Prints each figure beside its reference: ``python -m benchmarks [--json]``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.clinics import LARGE, ROOT, SMALL, clinic_file
from benchmarks.due import due
from benchmarks.figure import Figure, against_limit, middle, percentile, table
from benchmarks.first_paint import first_paint
from benchmarks.importing import importing
from benchmarks.notation import notation
from benchmarks.saving import saving

_ROUNDS = 3


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON array")
    arguments = parser.parse_args(argv)
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # The peers of the report come with `make bench`, not with the program.
    from benchmarks.report import report_figures

    small, large = clinic_file(SMALL), clinic_file(LARGE)
    if sys.platform != "win32":
        # What was just made would be written out for minutes to come, and every save that is measured wait for that.
        os.sync()
    _say("measuring; leave the machine alone meanwhile")
    figures = [
        first_paint(large),
        *_window_figures(small, large),
        *_saving_figures(small, large),
        *notation(),
        *due(),
        *importing(),
        *report_figures(),
    ]
    if arguments.json:
        print(json.dumps([figure.as_json() for figure in figures], indent=1))
    else:
        print(table(figures))
    return 0


def _window_figures(small: Path, large: Path) -> list[Figure]:
    times: dict[Path, dict[str, list[float]]] = {small: {}, large: {}}
    for _ in range(_ROUNDS):
        for path, gathered in times.items():
            for name, values in _window(path).items():
                gathered.setdefault(name, []).extend(values)
    at_small, at_large = times[small], times[large]
    beyond = middle(at_large["unlock"]) - middle(at_large["derivation"])
    letters = at_large["search"]
    return [
        against_limit("unlock to usable home screen, beyond key derivation", beyond, 500),
        against_limit("letter typed to painted list, median, 100,000 patients", middle(letters), 10),
        against_limit("letter typed to painted list, 95th percentile", percentile(letters, 0.95), 16),
        against_limit("patient with 200 sessions to painted overview", middle(at_large["open"]), 100),
        against_limit("key in a field of a visit to its paint, median", middle(at_large["keys"]), 16),
        against_limit("key in a field of a visit, 95th percentile", percentile(at_large["keys"], 0.95), 16),
        _grown("letter typed", at_small["search"], letters),
        _grown("patient opened", at_small["open"], at_large["open"]),
    ]


def _grown(name: str, at_small: Sequence[float], at_large: Sequence[float]) -> Figure:
    return Figure(
        name=f"{name}: 100,000 patients",
        ours_ms=middle(at_large),
        reference_name="1,000 patients",
        reference_ms=middle(at_small),
        limit=1.3,
    )


def _window(path: Path) -> dict[str, list[float]]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.window", str(path)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=600,
    )
    measured: dict[str, list[float]] = json.loads(done.stdout)
    return measured


def _saving_figures(small: Path, large: Path) -> list[Figure]:
    at_small, at_large = saving(small), saving(large)
    return [
        Figure(
            name=f"a visit of {at_large.rows} rows saved",
            ours_ms=at_large.ours_ms,
            reference_name="same rows, bare sqlcipher3",
            reference_ms=at_large.bare_ms,
            limit=2.0,
        ),
        _grown("a visit saved", [at_small.ours_ms], [at_large.ours_ms]),
    ]


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
