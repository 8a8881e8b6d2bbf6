"""Text as it is stored: without stray spaces, its letters composed, each fault beside its field and row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import InputError
from ptnotes.domain.text import clean_line, clean_note
from ptnotes.domain.treatment import Note, TreatmentSession

_LINES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mobilizations": ("mobilization", ("pre_position", "moving_part", "fixed_part", "note")),
    "interventions": ("intervention", ("area", "parameters")),
    "exercises": ("exercise", ("name", "band", "progression", "cue", "response")),
    "rom": ("rom", ("why_not_tested",)),
    "pain": ("pain", ("place",)),
    "comparable_signs": ("comparable_sign", ("words", "unit", "value")),
    "findings": ("finding", ("test", "value", "words")),
    "vitals": ("vitals", ("words",)),
    "body_chart": ("body_chart", ("words",)),
}
"""Of each list of a visit what its rows are called in a fault, and which of their fields are lines of text."""
_SECTIONS = tuple(field.name for field in fields(Note))


def cleaned_session(session: TreatmentSession) -> TreatmentSession:
    """The visit with every text cleaned. Raises `InputError` with the row of the first text that cannot be stored."""
    changes: dict[str, Any] = {
        "status_reason": clean_line(session.status_reason, "visit.status_reason"),
        "others_present": clean_line(session.others_present, "visit.others_present"),
        "pending_line": clean_note(session.pending_line, "visit.pending_line"),
    }
    for name, (kind, lines) in _LINES.items():
        changes[name] = tuple(_cleaned(row, kind, lines) for row in getattr(session, name))
    sections = {name: clean_note(getattr(session.note, name), f"note.{name}") for name in _SECTIONS}
    return replace(session, **changes, note=Note(**sections))


def _cleaned(row: Any, kind: str, lines: Sequence[str]) -> Any:
    """The row with those of its texts cleaned; itself where they are clean, as nearly all are at each save."""
    changes = {}
    for name in lines:
        text = getattr(row, name)
        if text:
            cleaned = _line(text, f"{kind}.{name}", row.row)
            if cleaned != text:
                changes[name] = cleaned
    return replace(row, **changes) if changes else row


def _line(text: str, field: str, row: int, *, required: bool = False) -> str:
    try:
        return clean_line(text, field, required=required)
    except InputError as error:
        raise InputError(*(replace(fault, row=row) for fault in error.faults)) from None


def cleaned_episode(episode: EpisodeOfCare) -> EpisodeOfCare:
    """The episode with every text cleaned. Raises `InputError`."""
    return replace(
        episode,
        title=clean_line(episode.title, "episode.title"),
        precaution=clean_line(episode.precaution, "episode.precaution"),
        referrer=clean_line(episode.referrer, "episode.referrer"),
        referrer_practice=clean_line(episode.referrer_practice, "episode.referrer_practice"),
        referrer_telephone=clean_line(episode.referrer_telephone, "episode.referrer_telephone"),
        referrer_fax=clean_line(episode.referrer_fax, "episode.referrer_fax"),
        mechanism=clean_note(episode.mechanism, "episode.mechanism"),
        surgery=clean_note(episode.surgery, "episode.surgery"),
        prior_function=clean_note(episode.prior_function, "episode.prior_function"),
        present_function=clean_note(episode.present_function, "episode.present_function"),
        complexities=clean_note(episode.complexities, "episode.complexities"),
        why_skilled=clean_note(episode.why_skilled, "episode.why_skilled"),
        diagnoses=tuple(
            replace(
                row,
                code=_line(row.code, "diagnosis.code", row.row).upper(),
                words=_line(row.words, "diagnosis.words", row.row),
            )
            for row in episode.diagnoses
        ),
        problems=tuple(
            replace(row, words=_line(row.words, "problem.words", row.row, required=True))
            for row in episode.problems
        ),
        goals=tuple(
            replace(
                goal,
                words=_line(goal.words, "goal.words", place),
                function=_line(goal.function, "goal.function", place),
                status_reason=_line(goal.status_reason, "goal.status_reason", place),
            )
            for place, goal in enumerate(episode.goals)
        ),
        plan=replace(
            episode.plan,
            interventions=clean_note(episode.plan.interventions, "plan.interventions"),
            prognosis=clean_note(episode.plan.prognosis, "plan.prognosis"),
        ),
    )
