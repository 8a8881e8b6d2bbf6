"""The recovery key: random, readable, and proof against a slip of the pen."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.errors import InputError
from ptnotes.domain.recovery_key import new_recovery_key, plain_recovery_key


def test_a_key_is_seven_groups_of_five_letters_and_never_the_same_twice() -> None:
    keys = {new_recovery_key() for _ in range(50)}
    assert len(keys) == 50
    assert all(re.fullmatch(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){6}", key) for key in keys)


def test_groups_small_letters_and_digits_taken_for_letters_do_not_matter() -> None:
    key = new_recovery_key()
    plain = plain_recovery_key(key)
    assert len(plain) == 32  # 160 bits
    assert plain_recovery_key(key.replace("-", " ").lower()) == plain
    assert plain_recovery_key(key.replace("O", "0").replace("I", "1").replace("B", "8")) == plain


@given(st.integers(0, 34), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_wrong_letter_is_noticed(place: int, letter: str) -> None:
    letters = new_recovery_key().replace("-", "")
    wrong = letters[:place] + letter + letters[place + 1 :]
    if wrong == letters:
        return
    with pytest.raises(InputError, match=r"recovery\.mistyped"):
        plain_recovery_key(wrong)


@pytest.mark.parametrize("typed", ["", "A", "AAAAA-AAAAA", "not a key at all"])
def test_what_is_no_key_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match=r"recovery\.mistyped"):
        plain_recovery_key(typed)
