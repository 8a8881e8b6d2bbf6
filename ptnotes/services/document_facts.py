"""What there is to choose from before a document is made: the visits, the last report, who it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ptnotes.db.certification import reported_days
from ptnotes.db.episodes import load_episode
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.letters import LetterTemplate
from ptnotes.domain.permissions import Act
from ptnotes.domain.treatment import EVALUATIONS, SessionRow, VisitStatus
from ptnotes.services.letters import letter_templates
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.visits import sessions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What documents of an episode can be made of.

    `episode_id` is None where there is no episode yet. `visits` are all of them, newest first. `reports` are the last
    days that progress reports cover. `referrer` is empty where nobody is named. `templates` are those of letters.
    """

    episode_id: int | None = None
    visits: tuple[SessionRow, ...] = ()
    reports: tuple[date, ...] = ()
    referrer: str = ""
    templates: tuple[LetterTemplate, ...] = ()

    def reported_to(self, until: date | None = None) -> date | None:
        """The day after which a report up to the day `until` (today) begins: the last one that a report covers, of
        those that do not cover the latest visit of that time. None where there is none.
        """
        days = (row.service_date for row in self._attended if until is None or row.service_date <= until)
        latest = max(days, default=None)
        return max((day for day in self.reports if latest is not None and day < latest), default=None)

    @property
    def evaluations(self) -> tuple[SessionRow, ...]:
        """The evaluations and re-evaluations that took place, newest first."""
        return tuple(row for row in self._attended if row.kind in EVALUATIONS)

    @property
    def fitting(self) -> DocumentKind:
        """What somebody who asks for a document of the episode most likely means.

        The evaluation where nothing else took place yet, otherwise the progress report.
        """
        attended = self._attended
        if attended and len(attended) == len(self.evaluations):
            return DocumentKind.EVALUATION
        return DocumentKind.PROGRESS_REPORT

    @property
    def _attended(self) -> tuple[SessionRow, ...]:
        return tuple(row for row in self.visits if row.status is VisitStatus.ATTENDED)


def document_facts(clinic: OpenClinic, episode_id: int) -> DocumentFacts:
    """What documents of the episode can be made of. Raises `NotFoundError`, `AccessError`."""
    require(clinic, Act.VIEW_NOTES)
    visits = sessions_of(clinic, episode_id)
    with clinic.store.read() as connection:
        episode = load_episode(connection, episode_id)
        reports = reported_days(connection, episode_id)
    return DocumentFacts(
        episode_id=episode_id,
        visits=visits,
        reports=reports,
        referrer=episode.referrer,
        templates=letter_templates(clinic),
    )
