"""How strong a passphrase must be: at least twelve characters, and not guessed within ten billion tries.

The second rule is zxcvbn's score of 3 of 4, with the clinic's and the person's own names counted as known. A passphrase
of nothing but those names is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import fold

SHORTEST = 12
LEAST_SCORE = 3
MOST_SCORE = 4
# The time that zxcvbn takes grows steeply with the length; what lies behind adds to a passphrase and is not looked at.
_LOOKED_AT = 72


@dataclass(frozen=True, slots=True)
class Strength:
    """`score` is 0 (guessed at once) to 4; `fault` says why the passphrase is refused, None where it is accepted."""

    score: int
    fault: Fault | None


def passphrase_strength(passphrase: str, own_words: Sequence[str] = ()) -> Strength:
    """Estimate how long `passphrase` withstands guessing by somebody who knows `own_words` (names, clinic)."""
    if not passphrase:
        return Strength(0, Fault("passphrase.empty", "passphrase"))
    # Imported where it is used: its word lists take time, and only choosing a passphrase needs them.
    from zxcvbn import zxcvbn  # noqa: PLC0415 - see above

    words = [word for text in own_words for word in [text, *fold(text).split()] if word]
    score = int(zxcvbn(passphrase[:_LOOKED_AT], user_inputs=words)["score"])
    if len(passphrase) < SHORTEST:
        return Strength(score, Fault("passphrase.short", "passphrase", values={"length": str(SHORTEST)}))
    # zxcvbn counts the spaces between one's own names as guesswork; whoever knows the names does not.
    if score < LEAST_SCORE or set(fold(passphrase).split()) <= set(words):
        return Strength(score, Fault("passphrase.weak", "passphrase"))
    return Strength(score, None)


def require_strong(passphrase: str, own_words: Sequence[str] = ()) -> None:
    """Raise `InputError` unless `passphrase` is long and strong enough."""
    fault = passphrase_strength(passphrase, own_words).fault
    if fault is not None:
        raise InputError(fault)
