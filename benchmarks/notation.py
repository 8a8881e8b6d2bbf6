"""How long a typed line takes to read, over all the lines of the tests and over a line of a whole visit."""

from __future__ import annotations

import tomllib
from time import perf_counter

from benchmarks.clinics import ROOT
from benchmarks.figure import Figure, against_limit, middle, percentile
from ptnotes.clinical import Reference, load_reference
from ptnotes.notation import completion, read

_ROUNDS = 15
_LIMIT_MS = 1.0
_VISIT = (
    "L5 upa l III 3x45s ; L4 cpa IV 3x60s ; R SIJ ant rot III 2x30s ; flex 45>55 ; ext 10>18 ; SB l 15>20, r 18>24 ; "
    "pain 6>3 ; mt 23 ; s: slept through, stairs easier"
)


def notation() -> list[Figure]:
    """The time of one line as read at each key press: the middle one, the slowest, and what completion adds."""
    reference = load_reference()
    lines = tomllib.loads((ROOT / "tests/unit/notation/lines.toml").read_text(encoding="utf-8"))["line"]
    read(reference, "", None)
    each = [
        middle([_read(reference, line["text"], line["region"]) for _ in range(_ROUNDS)]) for line in lines
    ]
    visit = [_read(reference, _VISIT, "lumbar") for _ in range(_ROUNDS)]
    offered = [_complete(reference, "L5 upa l III 3x45s pr") for _ in range(_ROUNDS)]
    return [
        against_limit("typed line read, median of the test lines", middle(each), _LIMIT_MS),
        against_limit("typed line read, 95th percentile", percentile(each, 0.95), _LIMIT_MS),
        against_limit("typed line read, the slowest", max(each), _LIMIT_MS),
        against_limit("a whole visit on one line, for each entry", middle(visit) / 10, _LIMIT_MS),
        against_limit("words offered to go on with", middle(offered), 8.0),
    ]


def _read(reference: Reference, text: str, region: str) -> float:
    start = perf_counter()
    read(reference, text, region)
    return (perf_counter() - start) * 1000


def _complete(reference: Reference, text: str) -> float:
    start = perf_counter()
    completion(reference, text, len(text), "lumbar")
    return (perf_counter() - start) * 1000
