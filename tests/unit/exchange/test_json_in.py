"""JSON value by value: how much is read for one value, and values that the end of a block parts."""

import io
import json

from ptnotes.exchange.json_in import Broken, Scanner, resources

BLOCK = 65_536


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


def test_a_value_that_the_end_of_a_block_parts_is_read_whole() -> None:
    value = {"a": True, "b": None, "c": -1.5e-10, "d": "\n\x07é\N{GRINNING FACE}", "e": [False, 17, [], {}]}
    said = json.dumps(value)
    for place in range(len(said) + 2):
        before = "A" * (BLOCK - place)
        assert list(resources(Scanner(io.StringIO(f'["{before}",{said},{said}]')))) == [before, value, value]
