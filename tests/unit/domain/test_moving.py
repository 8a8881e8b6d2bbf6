"""What moves on what is one line for people and two parts for the record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.moving import moving_parts, moving_text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("C5 on C6", ("C5", "C6")),
        ("tibia ON femur", ("tibia", "femur")),
        ("talus", ("talus", "")),
        ("on C6", ("", "C6")),
        ("C5 on", ("C5", "")),
        ("navicular on talus on the left", ("navicular", "talus on the left")),
        ("ilium upon sacrum", ("ilium upon sacrum", "")),
        ("", ("", "")),
    ],
)
def test_the_part_before_on_moves_and_the_one_behind_it_is_fixed(text: str, parts: tuple[str, str]) -> None:
    assert moving_parts(text) == parts


@given(st.text("on C6a ", max_size=20))
def test_the_line_of_two_parts_is_read_as_the_same_two(text: str) -> None:
    parts = moving_parts(" ".join(text.split()))
    assert moving_parts(moving_text(*parts)) == parts
