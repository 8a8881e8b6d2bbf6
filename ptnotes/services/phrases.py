"""The phrases that expand while somebody types: the program's, the clinic's, and their own.

The clinic's are changed by whoever looks after the clinic, since they put words into everybody's notes. One's own are
one's own business: whoever charts may have some, and sees nobody else's.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from ptnotes.db import phrases as stored
from ptnotes.domain.errors import AccessError, Fault, InputError
from ptnotes.domain.permissions import Act
from ptnotes.domain.phrases import Phrase, checked_phrase
from ptnotes.services.audit import changing_clinic
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows, require


@cache
def shipped_phrases() -> tuple[Phrase, ...]:
    """The starting set, from ``resources/phrases.toml``."""
    text = (files("ptnotes.resources") / "phrases.toml").read_text(encoding="utf-8")
    return tuple(
        checked_phrase(Phrase(short_form=row["short_form"], text=row["text"], shipped=True))
        for row in tomllib.loads(text)["phrase"]
    )


def phrases(clinic: OpenClinic) -> tuple[Phrase, ...]:
    """Every phrase that whoever opened the clinic can use, by short form: their own, the clinic's, the program's.

    A phrase of the program's goes where the clinic has, or had, one of the same short form.
    """
    with clinic.store.read() as connection:
        own = stored.phrases_of(connection, clinic.person_id)
        replaced = stored.short_forms_of_clinic(connection)
    shipped = tuple(phrase for phrase in shipped_phrases() if phrase.short_form not in replaced)
    return tuple(sorted((*own, *shipped), key=lambda phrase: (phrase.short_form, phrase.person_id is None)))


def may_change(clinic: OpenClinic, phrase: Phrase) -> bool:
    """Whether whoever opened the clinic may change that phrase."""
    if phrase.person_id is None:
        return allows(clinic, Act.ADMINISTER)
    return phrase.person_id == clinic.person_id and allows(clinic, Act.CHART_TREATMENT)


def save_phrase(clinic: OpenClinic, phrase: Phrase) -> Phrase:
    """Store a new or changed phrase, and give it as stored. One of the program's becomes the clinic's.

    Raises `InputError` ("phrase.short_form", "phrase.taken", "text.empty"), `AccessError` and `StaleError`.
    """
    _require(clinic, phrase)
    checked = checked_phrase(phrase)
    with changing_clinic(clinic, "phrases") as connection:
        there = stored.phrases_of(connection, clinic.person_id)
        if any(
            (other.short_form, other.person_id) == (checked.short_form, checked.person_id)
            and other.id != checked.id
            for other in there
        ):
            raise InputError(Fault("phrase.taken", "phrase.short_form"))
        if checked.id is None:
            saved = stored.add_phrase(connection, checked)
        else:
            saved = stored.change_phrase(connection, checked)
    return saved


def take_away(clinic: OpenClinic, phrase: Phrase) -> Phrase:
    """Take a phrase out of use; `bring_back` with what this gives undoes it. Raises `AccessError`, `StaleError`."""
    _require(clinic, phrase)
    with changing_clinic(clinic, "phrases") as connection:
        if phrase.id is None:
            gone = stored.add_phrase(connection, phrase, clinic.clock())
        else:
            gone = stored.set_archived(connection, phrase, clinic.clock())
    return gone


def bring_back(clinic: OpenClinic, phrase: Phrase) -> Phrase:
    """Put a phrase into use again that was taken away. Raises `InputError` ("phrase.taken") and as `take_away`."""
    _require(clinic, phrase)
    with changing_clinic(clinic, "phrases") as connection:
        there = stored.phrases_of(connection, clinic.person_id)
        if any(
            (other.short_form, other.person_id) == (phrase.short_form, phrase.person_id) for other in there
        ):
            raise InputError(Fault("phrase.taken", "phrase.short_form"))
        return stored.set_archived(connection, phrase, None)


def _require(clinic: OpenClinic, phrase: Phrase) -> None:
    if phrase.person_id is None:
        require(clinic, Act.ADMINISTER)
        return
    require(clinic, Act.CHART_TREATMENT)
    if phrase.person_id != clinic.person_id:
        raise AccessError("phrase.not_yours")
