"""JSON value by value: how much is read for one value, and values that the end of a block parts."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from ptnotes.exchange.json_in import Broken, Scanner, resources

BLOCK = 65_536
Decode = Callable[[str, int], tuple[Any, int]]


def test_what_is_harmed_is_told_without_reading_what_is_behind_it() -> None:
    for harmed in ("{x}", '{"a":[1,,2]}', '{"a":tru}'):
        text = io.StringIO(f"[{','.join([harmed] * 50_000)}]")
        found = resources(Scanner(text))
        assert next(found).code == "import.entry_not_json"
        assert text.tell() == BLOCK, (
            "each would be looked for to the end of the file, which takes the square of it"
        )
        assert [one.code for one in found] == ["import.entry_not_json"] * 49_999


def test_what_is_harmed_behind_a_large_value_is_told_with_its_place() -> None:
    large = json.dumps({"data": "A" * 2_000_000})
    text = f"[{large}," + ",\n".join(["{}", "{x}"] * 20_000) + "]"
    found = [one for one in resources(Scanner(io.StringIO(text))) if isinstance(one, Broken)]
    assert [one.line for one in found] == list(range(2, 40_001, 2))
    assert {(one.code, one.letter) for one in found} == {("import.entry_not_json", 2)}


def counting(decode: Decode, letters: list[int]) -> Decode:
    """Decode, and note how many letters were gone over."""

    def counted(buffer: str, at: int) -> tuple[Any, int]:
        try:
            value, end = decode(buffer, at)
        except json.JSONDecodeError as error:
            letters.append(error.pos - at)
            raise
        letters.append(end - at)
        return value, end

    return counted


def test_what_is_harmed_is_gone_over_a_few_times_at_most_however_it_is_harmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count = 4_000
    inner = '{"resource":{"resourceType":"Patient","contained":[{"resourceType":"Patient"}]}}'
    for text in (
        "[" + ",".join(inner[:-1] for _ in range(count)),
        "[" + ",".join(inner.replace("]", "") for _ in range(count)) + "]",
        "[" + ",".join(inner.replace('t"', "t", 1) for _ in range(count)) + "]",
        '{"entry":[{"resource":{"x":[' + ",".join([inner] * count) + '],"y"}},' + inner + "]}",
        "[" + '{"resource":' * count,
        "[" + '{"resource":{"a":[' * count + inner,
        "[" + '{"resource":{"a":[' * 200 + "1," * 10_000 + "}" + inner,
        "[" + ('{"fullUrl":"' + "x" * 70_000 + "}") * 40 + "]",
    ):
        scanner = Scanner(io.StringIO(text))
        letters: list[int] = []
        monkeypatch.setattr(scanner, "_decode", counting(scanner._decode, letters))
        found = list(resources(scanner))
        assert any(isinstance(one, Broken) for one in found)
        assert sum(letters) < 4 * len(text)


def test_entries_are_found_again_over_the_ends_of_blocks() -> None:
    entry = '{"fullUrl":"urn:x:1","resource":{"resourceType":"Patient","id":"a"}}'
    for place in range(90):
        before = json.dumps({"resource": {"resourceType": "Patient", "data": "A" * (BLOCK - place - 80)}})
        text = f"[{before[:-1]},{entry},{entry}]"
        assert len(before) < BLOCK < len(text)
        found = list(resources(Scanner(io.StringIO(text))))
        assert found[0] == Broken("import.gap", 1, len(before) + 2, until=(1, len(before) + 2))
        assert [one["id"] for one in found[1:]] == ["a", "a"]


def test_a_value_that_the_end_of_a_block_parts_is_read_whole() -> None:
    value = {"a": True, "b": None, "c": -1.5e-10, "d": "\n\x07é\N{GRINNING FACE}", "e": [False, 17, [], {}]}
    said = json.dumps(value)
    for place in range(len(said) + 2):
        before = "A" * (BLOCK - place)
        assert list(resources(Scanner(io.StringIO(f'["{before}",{said},{said}]')))) == [before, value, value]
