"""What a progress report says of the screen: what has to be known, and what was done against it and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ptnotes.clinical import Reference
from ptnotes.domain.contraindication import (
    Override,
    Screen,
    overrides_that_stand,
    positive_answers,
    stop_words,
)
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.treatment import Mobilization, TreatmentSession
from ptnotes.reports.document_data import AgainstLine


def precaution_words(reference: Reference, episode: EpisodeOfCare, screen: Screen) -> str:
    """The precaution of the episode in its own words, then each item of the screen answered with yes."""
    own = [episode.precaution.strip()] if episode.precaution.strip() else []
    found = [f"{label} ({limit})" for label, limit in positive_answers(reference, screen)]
    return "; ".join([*own, *found])


def against_lines(
    reference: Reference,
    sessions: Sequence[TreatmentSession],
    numbers: Mapping[int, int],
    screen: Screen,
    names: Mapping[int, str],
) -> tuple[AgainstLine, ...]:
    """What was done against a contraindication in these visits: one line a row, whatever number of items it is."""
    lines = []
    for session in sessions:
        by_row: dict[int | None, list[Override]] = {}
        for override in overrides_that_stand(screen.overrides, session):
            by_row.setdefault(override.row, []).append(override)
        rows = {row.row: row for row in session.mobilizations}
        for number, overrides in by_row.items():
            last = max(overrides, key=lambda one: one.at)
            lines.append(
                AgainstLine(
                    on=session.service_date,
                    number=numbers.get(session.id or 0),
                    done="The visit as a whole" if number is None else _done(reference, rows[number]),
                    stops=", ".join(stop_words(reference, one.item) for one in overrides),
                    reason=last.reason,
                    who=names.get(last.person_id, ""),
                )
            )
    return tuple(lines)


def _done(reference: Reference, row: Mobilization) -> str:
    technique = reference.techniques.get(row.technique or "")
    targets = (reference.targets[name].label for name in row.targets if name in reference.targets)
    parts = [
        ", ".join(targets),
        row.side.value if row.side is not None else "",
        (technique.abbreviation or technique.label) if technique is not None else "",
        f"grade {row.grade}" if row.grade else "",
    ]
    return " ".join(part for part in parts if part)
