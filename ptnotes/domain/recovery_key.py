"""The printed recovery key: 160 random bits as groups of letters that are hard to confuse, with a check at the end.

Written in base32 (RFC 4648), which has neither 0 nor 1 nor 8; the last three letters are the start of a SHA-256 of the
others, so that a slip of the pen is told from a key of another file.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode

from ptnotes.domain.errors import Fault, InputError

_RANDOM_BYTES = 20
_LETTERS = 32
_CHECK_LETTERS = 3
_GROUP = 5
_MISTAKEN = str.maketrans("018", "OIB")


def new_recovery_key() -> str:
    """Make a key, as it is printed: seven groups of five letters."""
    letters = b32encode(secrets.token_bytes(_RANDOM_BYTES)).decode()
    whole = letters + _check(letters)
    return "-".join(whole[place : place + _GROUP] for place in range(0, len(whole), _GROUP))


def plain_recovery_key(typed: str) -> str:
    """The key without groups and check, as it opens the file.

    Small letters, other groups, and digits taken for letters do not matter. Raises `InputError` ("recovery.mistyped").
    """
    whole = "".join(letter for letter in typed if letter.isalnum()).upper().translate(_MISTAKEN)
    letters, check = whole[:_LETTERS], whole[_LETTERS:]
    if len(letters) != _LETTERS or check != _check(letters):
        raise InputError(Fault("recovery.mistyped", "recovery.key"))
    return letters


def _check(letters: str) -> str:
    return b32encode(hashlib.sha256(letters.encode()).digest()).decode()[:_CHECK_LETTERS]
