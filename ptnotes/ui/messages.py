"""What the window says: an error as a sentence. Screens show what comes from here and word no error themselves."""

from __future__ import annotations

from collections.abc import Iterable

from ptnotes.domain.errors import Fault, InputError, PtNotesError
from ptnotes.domain.sentences import sentence

UNFORESEEN = "Something went wrong inside PT Notes. What you typed is still on the screen; try once more."


def sentence_for(error: Exception) -> str:
    """The sentence for any error: one of ours in its own words, a bug of ours as one that claims nothing."""
    return sentence(error) if isinstance(error, PtNotesError) else UNFORESEEN


def faults_by_field(error: Exception) -> dict[str, str]:
    """Field name to sentence for an `InputError`, the first fault of each field; empty for any other error."""
    found: dict[str, str] = {}
    for fault in error.faults if isinstance(error, InputError) else ():
        found.setdefault(fault.field, sentence(fault))
    return found


def sentences_for(faults: Iterable[Fault]) -> str:
    """Several faults as one text, each sentence once."""
    return " ".join(dict.fromkeys(sentence(fault) for fault in faults))
