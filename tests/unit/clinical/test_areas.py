"""Areas of the body, as the place of a service: words of our own, none of which is also a joint, muscle or nerve."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from ptnotes.clinical import Reference, ReferenceDataError, load_reference, read_documents


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


def test_every_area_says_that_its_word_is_ours_and_lies_in_a_region(reference: Reference) -> None:
    assert len(reference.areas) > 50
    for area in reference.areas.values():
        assert area.source_status == "engineering"
        assert "no source was looked up" in area.source
        assert area.regions
        assert set(area.regions) <= set(reference.regions)


def test_an_area_is_found_by_any_of_its_words(reference: Reference) -> None:
    assert [area.id for area in reference.find("areas", "heel")] == ["heel"]
    assert reference.find("areas", "lateral epicondyle")[0].id == "elbow_outer"
    assert "between_shoulder_blades" in {area.id for area in reference.find("areas", "blades")}


def test_a_scar_may_be_anywhere(reference: Reference) -> None:
    assert set(reference.areas["scar"].regions) == set(reference.regions)


def _change(values: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    def change(documents: dict[str, Any]) -> None:
        documents["areas"]["area"][0].update(values)

    return change


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"regions": ["nowhere"]}, "region 'nowhere' is not known"),
        ({"aliases": ["piriformis"]}, "'piriformis' is also muscle m_piriformis"),
        ({"aliases": ["heel"]}, "'heel' means both"),
        ({"colour": "red"}, "unknown key"),
    ],
)
def test_what_is_wrong_with_an_area_is_told(values: dict[str, Any], said: str) -> None:
    documents = deepcopy(dict(read_documents()))
    _change(values)(documents)
    with pytest.raises(ReferenceDataError) as caught:
        load_reference(documents)
    assert any(said in fault for fault in caught.value.faults)
