"""What has a source says it and how far to trust it; what has none says so."""

import pytest

from ptnotes.clinical import SourceStatus, load_reference
from ptnotes.domain.sources import OURS, source_words


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("looked_up", "Source: Hing 2015."),
        ("partial", "Source: Hing 2015 (seen in part, check before relying on it)."),
        ("textbook", "Source: Hing 2015 (recalled from the named text, check before relying on it)."),
        ("derived", "Source: Hing 2015 (computed from published numbers)."),
        ("engineering", OURS),
    ],
)
def test_a_source_is_told_with_its_trust(status: SourceStatus, said: str) -> None:
    assert source_words("Hing 2015.", status) == said


def test_no_technique_or_service_is_silent_on_where_it_comes_from() -> None:
    reference = load_reference()
    told = [(entry.source, entry.source_status) for entry in reference.techniques.values()]
    told += [(entry.source, entry.source_status) for entry in reference.interventions.values()]
    for source, status in told:
        words = source_words(source, status)
        assert words == OURS or words.startswith("Source: ")
        assert not words.startswith("Source: textbook, not looked up")
