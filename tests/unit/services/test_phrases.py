"""Whose phrases are whose, who may change which, and how the program's own give way to the clinic's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ptnotes.domain.errors import AccessError, InputError, StaleError
from ptnotes.domain.live_values import live_values
from ptnotes.domain.people import Permission, Person, Role
from ptnotes.domain.phrases import Phrase, blanks_in, expand, find, unknown_names_in
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.services.opening import OpenClinic
from ptnotes.services.phrases import bring_back, may_change, phrases, save_phrase, shipped_phrases, take_away
from tests.clinics import clinic_in
from tests.clock import FixedClock


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, FixedClock())
    yield opened
    opened.close()


def as_therapist(clinic: OpenClinic, *granted: Permission, role: Role = Role.THERAPIST) -> OpenClinic:
    clinic.person = replace(clinic.person, role=role, granted=frozenset(granted))
    return clinic


def own(clinic: OpenClinic, short_form: str, text: str) -> Phrase:
    return Phrase(short_form=short_form, text=text, person_id=clinic.person_id)


def used(clinic: OpenClinic, short_form: str) -> str:
    phrase = find(phrases(clinic), short_form)
    return "" if phrase is None else phrase.text


def test_the_starting_set_has_each_short_form_once_and_knows_every_name(clinic: OpenClinic) -> None:
    shipped = shipped_phrases()
    assert len({phrase.short_form for phrase in shipped}) == len(shipped) >= 20
    empty = TreatmentSession(episode_id=1, service_date=clinic.today())
    for phrase in shipped:
        text = expand(phrase.text, live_values(clinic.reference, empty)).text
        assert unknown_names_in(text) == (), phrase.short_form
        # Without blanks and values there would be a finding that nobody made, but for the one that says what it says.
        assert blanks_in(text) or phrase.short_form == "tol"


def test_everybody_has_the_starting_set_without_a_row_in_the_file(clinic: OpenClinic) -> None:
    assert [phrase.short_form for phrase in phrases(clinic)] == sorted(
        phrase.short_form for phrase in shipped_phrases()
    )


def test_a_changed_phrase_of_the_programs_becomes_the_clinics(clinic: OpenClinic) -> None:
    shipped = find(phrases(clinic), "tol")
    assert shipped is not None
    saved = save_phrase(clinic, replace(shipped, text="No complaint during or after treatment."))
    assert (saved.shipped, saved.person_id) == (False, None)
    assert used(clinic, "tol") == "No complaint during or after treatment."
    assert [phrase.short_form for phrase in phrases(clinic)].count("tol") == 1


def test_a_phrase_of_the_programs_that_is_taken_away_stays_away_and_comes_back(clinic: OpenClinic) -> None:
    shipped = find(phrases(clinic), "tol")
    assert shipped is not None
    gone = take_away(clinic, shipped)
    assert used(clinic, "tol") == ""
    bring_back(clinic, gone)
    assert used(clinic, "tol") == shipped.text


def test_ones_own_phrase_goes_before_the_clinics_and_leaves_it_when_taken_away(clinic: OpenClinic) -> None:
    save_phrase(clinic, Phrase(short_form=".Gait", text="Walks [distance]."))
    mine = save_phrase(clinic, own(clinic, "gait", "Gait: [finding]."))
    assert used(clinic, "gait") == "Gait: [finding]."
    take_away(clinic, mine)
    assert used(clinic, "gait") == "Walks [distance]."


def test_nobody_sees_the_phrases_of_somebody_else(clinic: OpenClinic) -> None:
    mine = save_phrase(clinic, own(clinic, "gait", "Gait: [finding]."))
    clinic.person = Person(id=99, name="Somebody else", role=Role.THERAPIST)
    assert used(clinic, "gait") == ""
    assert not may_change(clinic, mine)
    for change in (save_phrase, take_away, bring_back):
        with pytest.raises(AccessError) as refused:
            change(clinic, mine)
        assert refused.value.code == "phrase.not_yours"


def test_a_therapist_keeps_phrases_of_their_own_and_leaves_the_clinics_alone(clinic: OpenClinic) -> None:
    clinics = save_phrase(clinic, Phrase(short_form="gait", text="Walks [distance]."))
    as_therapist(clinic)
    assert not may_change(clinic, clinics)
    for change in (save_phrase, take_away, bring_back):
        with pytest.raises(AccessError):
            change(clinic, clinics)
    assert used(clinic, "gait") == "Walks [distance]."
    assert save_phrase(clinic, own(clinic, "gait", "mine")).id is not None
    as_therapist(clinic, Permission.ADMINISTER)
    assert may_change(clinic, clinics)


def test_whoever_charts_nothing_has_no_phrases_of_their_own(clinic: OpenClinic) -> None:
    as_therapist(clinic, role=Role.FRONT_DESK)
    with pytest.raises(AccessError):
        save_phrase(clinic, own(clinic, "gait", "mine"))


def test_a_short_form_stands_for_one_phrase_among_those_of_one_owner(clinic: OpenClinic) -> None:
    first = save_phrase(clinic, Phrase(short_form="gait", text="one"))
    with pytest.raises(InputError) as refused:
        save_phrase(clinic, Phrase(short_form="GAIT", text="two"))
    assert refused.value.code == "phrase.taken"
    gone = take_away(clinic, first)
    save_phrase(clinic, Phrase(short_form="gait", text="two"))
    with pytest.raises(InputError):
        bring_back(clinic, gone)
    assert used(clinic, "gait") == "two"


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(clinic: OpenClinic) -> None:
    first = save_phrase(clinic, Phrase(short_form="gait", text="one"))
    second = save_phrase(clinic, replace(first, text="two"))
    with pytest.raises(StaleError):
        save_phrase(clinic, replace(first, text="three"))
    assert second.revision == first.revision + 1
    assert used(clinic, "gait") == "two"
