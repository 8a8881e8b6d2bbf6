"""An episode's values in the words of a report: lines of treatment, goals, visits, diagnoses and plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from ptnotes.clinical import Reference
from ptnotes.domain.episode import DiagnosisKind, EpisodeOfCare
from ptnotes.domain.episode_progress import grade_words
from ptnotes.domain.treatment import (
    NoteState,
    PainKind,
    Phase,
    Place,
    TreatmentSession,
    VisitKind,
    VisitStatus,
    minutes_by_timing,
)
from ptnotes.domain.trend import TrendChart
from ptnotes.domain.views import TreatedRow
from ptnotes.domain.wording import side_words, with_unit
from ptnotes.reports.progress_data import Narrative, Reading, TreatmentLine, VisitLine

VISIT_KINDS = {
    VisitKind.EVALUATION: "Evaluation",
    VisitKind.TREATMENT: "Treatment",
    VisitKind.RE_EVALUATION: "Re-evaluation",
    VisitKind.DISCHARGE: "Discharge",
}
"""What each kind of visit is called on paper."""
_RESPONSES_SHOWN = 3


def diagnosis_words(episode: EpisodeOfCare, on: date) -> tuple[str, ...]:
    """The diagnoses that hold on the day `on`, medical ones first; a code that is in no list here says so."""
    current = [row for row in episode.diagnoses if row.until is None or row.until >= on]
    ordered = sorted(current, key=lambda row: row.kind is not DiagnosisKind.MEDICAL)
    told = ((f"{row.code} {row.words}".strip(), bool(row.code) and not row.checked) for row in ordered)
    return tuple(f"{text} (code not checked)" if is_open else text for text, is_open in told if text)


def treatment_line(reference: Reference, row: TreatedRow) -> TreatmentLine:
    """One row of what was done, in words."""
    targets = ", ".join(reference.targets[target].label for target in row.targets)
    side = (
        side_words(row.side)
        if row.side is not None and row.side.value in ("left", "right", "bilateral")
        else ""
    )
    label = reference.techniques[row.technique].label
    return TreatmentLine(
        words=f"{' '.join(part for part in (targets, side) if part)}: {_small(label)}",
        grades=" → ".join(row.grades),
        dose=row.dose,
        visits=row.sessions,
        response=_responses(reference, row),
    )


def _responses(reference: Reference, row: TreatedRow) -> str:
    """How it was answered, with counts: ``better 3, same 6 of 10 visits``; what asks for a second look first."""
    told = sorted(row.responses.items(), key=lambda one: (not reference.responses[one[0]].alert, -one[1]))
    if row.sessions == 1:
        return ", ".join(reference.responses[response].label for response, _ in told)
    named = [f"{reference.responses[response].label} {count}" for response, count in told[:_RESPONSES_SHOWN]]
    more = len(told) - len(named)
    return (
        ", ".join(named)
        + (f" of {row.sessions} visits" if named else "")
        + (f"; {more} more" if more else "")
    )


def other_services(reference: Reference, sessions: Sequence[TreatmentSession]) -> tuple[str, ...]:
    """Every other service with its minutes over the period, and how many exercises the home programme has now.

    Evaluations are left out: they are visits of their own kind.
    """
    minutes: dict[str, int] = {}
    days: dict[str, set[date]] = {}
    places: dict[str, dict[str, None]] = {}
    for session in sessions:
        for row in session.interventions:
            if row.intervention is None or reference.interventions[row.intervention].group == "evaluation":
                continue
            minutes[row.intervention] = minutes.get(row.intervention, 0) + (row.minutes or 0)
            days.setdefault(row.intervention, set()).add(session.service_date)
            if row.area:
                places.setdefault(row.intervention, {})[row.area] = None
    told: list[str] = []
    for key, on in days.items():
        label = _small(reference.interventions[key].label.partition(" (")[0])
        spent = f" {minutes[key]} min" if minutes[key] else ""
        at = f" ({'; '.join(_small(place) for place in places[key])})" if key in places else ""
        told.append(f"{label}{at},{spent} in {len(on)} {'visit' if len(on) == 1 else 'visits'}")
    at_home = (sum(row.place is Place.HOME for row in session.exercises) for session in reversed(sessions))
    home = next((count for count in at_home if count), 0)
    if home:
        told.append(f"home programme of {home} {'exercise' if home == 1 else 'exercises'}")
    return tuple(told)


def latest_narrative(sessions: Sequence[TreatmentSession]) -> Narrative:
    """The latest words under each heading, with the day that they were written for."""

    def latest(section: str) -> Reading | None:
        told = ((session, getattr(session.note, section).strip()) for session in reversed(sessions))
        return next((Reading(session.service_date, text) for session, text in told if text), None)

    return Narrative(
        statement=latest("subjective"),
        assessment=latest("assessment"),
        plan=latest("plan"),
        communication=latest("communication"),
    )


def is_shown(session: TreatmentSession) -> bool:
    """Whether a visit is part of the record that is shown."""
    return session.state not in (NoteState.DISCARDED, NoteState.VOIDED)


def visit_line(
    reference: Reference, session: TreatmentSession, numbers: dict[int, int], key_motion: TrendChart | None
) -> VisitLine:
    """One visit as the list of all shows it; `key_motion` is the motion whose readings stand in it."""
    if session.status is not VisitStatus.ATTENDED:
        return VisitLine(
            on=session.service_date,
            number=None,
            kind=session.status.value.capitalize(),
            done=session.status_reason,
        )
    minutes = session.total_minutes or sum(minutes_by_timing(reference, session)) or None
    return VisitLine(
        on=session.service_date,
        number=numbers.get(session.id) if session.id is not None else None,
        kind=VISIT_KINDS[session.kind],
        done=_done(reference, session),
        pain=_before_and_after(
            {
                score.phase: with_unit(Decimal(score.value), "nprs")
                for score in reversed(session.pain)
                if score.kind is PainKind.NOW and score.value is not None and score.scale == "nprs"
            }
        ),
        motion=_motion_seen(reference, session, key_motion),
        minutes=minutes,
    )


def _done(reference: Reference, session: TreatmentSession) -> str:
    parts: list[str] = []
    for row in session.mobilizations:
        if row.technique is None or not row.targets:
            continue
        side = f" {side_words(row.side)}" if row.side is not None and row.side.value != "midline" else ""
        targets = ", ".join(_target(reference, target) for target in row.targets)
        told = f"{targets}{side} {reference.techniques[row.technique].abbreviation} {grade_words(row)}"
        parts.append(told.rstrip())
    for service in session.interventions:
        if service.intervention is not None:
            minutes = f" {service.minutes} min" if service.minutes is not None else ""
            area = f" ({_small(service.area)})" if service.area else ""
            parts.append(f"{reference.interventions[service.intervention].short}{area}{minutes}")
    if session.exercises:
        count = len(session.exercises)
        parts.append(f"{count} {'exercise' if count == 1 else 'exercises'}")
    return "; ".join(parts)


def _target(reference: Reference, target: str) -> str:
    """A target as a list of visits names it: a vertebra or segment by its number, anything else by its label."""
    found = reference.targets[target]
    return target if found.kind in ("vertebra", "segment") else _small(found.label)


def _motion_seen(reference: Reference, session: TreatmentSession, key_motion: TrendChart | None) -> str:
    """The key motion before and after, read in the way that its chart compares; else as it was read."""
    if key_motion is None:
        return ""
    main = next((line for line in key_motion.lines if line.is_main), None)
    seen: dict[Phase, str] = {}
    for row in reversed(session.rom):
        if row.motion != key_motion.motion or row.side != key_motion.side:
            continue
        if row.word is not None:
            seen.setdefault(row.phase, reference.rom_words[row.word].abbreviation)
        elif (
            row.value is not None
            and main is not None
            and (row.mode, row.method, row.test_position)
            == (
                main.mode,
                main.method,
                main.test_position,
            )
        ):
            seen[row.phase] = with_unit(row.value, row.unit)
    return _before_and_after(seen)


def _before_and_after(seen: dict[Phase, str]) -> str:
    before = seen.get(Phase.BEFORE) or seen.get(Phase.SINGLE)
    after = seen.get(Phase.AFTER)
    if before is not None and after is not None:
        return f"{before} → {after}"
    return before or (f"→ {after}" if after is not None else "")


def abbreviation_note(reference: Reference, sessions: Iterable[TreatmentSession]) -> Iterable[str]:
    """What the techniques' abbreviations in the list of visits stand for."""
    used = dict.fromkeys(
        row.technique for session in sessions for row in session.mobilizations if row.technique is not None
    )
    told = [reference.techniques[key] for key in used]
    if told:
        yield "Techniques: " + "; ".join(f"{each.abbreviation}, {_small(each.label)}" for each in told) + "."


def grade_note(reference: Reference, sessions: Iterable[TreatmentSession]) -> Iterable[str]:
    """Whose grades they are, where any was used, and what Kaltenborn's are, which fewer readers know."""
    used = {
        grade
        for session in sessions
        for row in session.mobilizations
        for grade in (row.grade, row.grade_to)
        if grade in reference.grades
    }
    grades = sorted((reference.grades[key] for key in used if key is not None), key=lambda one: one.order)
    told = []
    if any(grade.system == "maitland" for grade in grades):
        told.append("I to V are Maitland’s, of which V is a thrust and IV is none")
    others = [f"{grade.code}, {grade.meaning}" for grade in grades if grade.system == "kaltenborn"]
    if others:
        told.append(f"those with a K are Kaltenborn’s ({'; '.join(others)})")
    if told:
        yield f"Grades: {'; '.join(told)}."


def joined(*parts: str) -> str:
    """The parts that say something, with commas."""
    return ", ".join(part for part in parts if part)


def _small(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it begins with an abbreviation or a name's initials."""
    return label if len(label) < 2 or not label[1].islower() else label[0].lower() + label[1:]
