"""A document as it comes from whoever makes it, for trying what becomes of it afterwards."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.services.documents import MadeDocument


def a_document(episode: EpisodeOfCare, **changed: Any) -> MadeDocument:
    """Give a progress report of an episode whose bytes mean nothing."""
    made = MadeDocument(
        kind=DocumentKind.PROGRESS_REPORT,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        pdf=b"%PDF",
        file_name="report.pdf",
        made_at=datetime(2026, 3, 2, 14, tzinfo=UTC),
        title="Progress report to 2 Mar 2026",
    )
    return replace(made, **changed)
