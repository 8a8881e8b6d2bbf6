"""From a passphrase to a key: Argon2id and its parameters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from math import ceil
from time import perf_counter
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

KEY_BYTES = 32
SALT_BYTES = 16
LEAST_MEMORY_KIB, LEAST_ITERATIONS = 65_536, 3
"""Argon2id below 64 MiB or three passes is refused, in a file as in a call."""
MOST_MEMORY_KIB, MOST_ITERATIONS, MOST_LANES = 1024 * 1024, 100, 64
"""Beyond these a key file is damaged, or made to hang whoever opens it."""
WANTED_KDF_S = 0.25


@dataclass(frozen=True, slots=True)
class Kdf:
    """How a passphrase becomes a key: Argon2id with `memory_kib`, `iterations` and `lanes`."""

    memory_kib: int = LEAST_MEMORY_KIB
    iterations: int = LEAST_ITERATIONS
    lanes: int = 4

    def key(self, passphrase: str, salt: bytes) -> bytes:
        """Derive the 32-byte key that wraps the data key. Takes a quarter of a second or more by intent."""
        derivation = Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=self.iterations,
            lanes=self.lanes,
            memory_cost=self.memory_kib,
        )
        # Composed and decomposed accents are the same passphrase, whichever keyboard typed them.
        return derivation.derive(unicodedata.normalize("NFC", passphrase).encode())

    @property
    def is_too_weak(self) -> bool:
        """Whether this asks for less than the least that is allowed."""
        return self.memory_kib < LEAST_MEMORY_KIB or self.iterations < LEAST_ITERATIONS

    def as_json(self, salt: bytes) -> dict[str, Any]:
        """Give the parameters as they stand in a key file, with the salt."""
        return {
            "name": "argon2id",
            "memory_kib": self.memory_kib,
            "iterations": self.iterations,
            "lanes": self.lanes,
            "salt": salt.hex(),
        }


def new_kdf() -> Kdf:
    """Choose parameters that take at least a quarter of a second on this machine, never below the least allowed."""
    least = Kdf()
    begun = perf_counter()
    least.key("calibration", bytes(SALT_BYTES))
    took_s = perf_counter() - begun
    wanted = ceil(LEAST_ITERATIONS * WANTED_KDF_S / took_s)
    return replace(least, iterations=min(max(LEAST_ITERATIONS, wanted), MOST_ITERATIONS))


def parsed_kdf(document: Any) -> Kdf:
    """Read what `Kdf.as_json` gave. Raises `ValueError`, `KeyError` or `TypeError` for anything else."""
    numbers = (document["memory_kib"], document["iterations"], document["lanes"])
    limits = (MOST_MEMORY_KIB, MOST_ITERATIONS, MOST_LANES)
    in_bounds = all(
        type(number) is int and 0 < number <= most for number, most in zip(numbers, limits, strict=True)
    )
    if document["name"] != "argon2id" or not in_bounds:
        raise ValueError("not the parameters of a derivation")
    return Kdf(*numbers)
