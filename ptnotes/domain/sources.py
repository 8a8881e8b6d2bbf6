"""Where a value or a word of the reference data comes from, as a sentence beside it."""

from __future__ import annotations

from collections.abc import Mapping

from ptnotes.clinical import SourceStatus

TRUST: Mapping[str, str] = {
    "looked_up": "",
    "partial": " (seen in part, check before relying on it)",
    "textbook": " (recalled from the named text, check before relying on it)",
    "derived": " (computed from published numbers)",
}
"""What is said behind a source of each status that is not that of a word of ours."""
OURS = "No source: an entry of ours, for which none was looked up."


def source_words(source: str, status: SourceStatus) -> str:
    """``Source: Maitland 2014 (recalled from the named text, check before relying on it).``; or that there is none."""
    if status == "engineering":
        return OURS
    told = source.removeprefix("textbook, not looked up: ").rstrip(".")
    return f"Source: {told}{TRUST[status]}."
