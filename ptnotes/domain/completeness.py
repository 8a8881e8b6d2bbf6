"""The look at a note before it is signed: what is missing, and what is odd.

What a note needs before it can be signed follows what payers ask of a treatment note (Medicare Benefit Policy Manual,
Pub. 100-02, ch. 15, sec. 220.3.E: each intervention, timed and total minutes) and of describing a manual technique
(Mintken 2008), with one line of assessment. Everything else is pointed out and may stay as it is: the judgement is the
clinician's. The bounds used here are for pointing out, not clinical values.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from ptnotes.clinical import Reference
from ptnotes.domain.checks import unusual_readings
from ptnotes.domain.contraindication import Screen, charted_against
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.examination import lacks_blood_pressure
from ptnotes.domain.phrases import blanks_in, unknown_names_in
from ptnotes.domain.repeated_text import repeated_sections
from ptnotes.domain.retention import DEFAULT_LATE_ENTRY_H, is_late
from ptnotes.domain.screening import regions_covered, unanswered, was_asked_at
from ptnotes.domain.sentences import SENTENCES
from ptnotes.domain.treatment import (
    Exercise,
    Intervention,
    Mobilization,
    Note,
    PainKind,
    Phase,
    TreatmentSession,
    VisitKind,
    VisitStatus,
    minutes_by_timing,
)


class FindingKind(StrEnum):
    """What the look before signing finds."""

    MISSING = "missing"
    ODD = "odd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found. `field` and `row` say where, as in a `Fault`; `blocks` that it is needed before signing.

    `marks` are the stretches (start, end) of `passage`, a section's text, that are the same as at the last visit.
    """

    kind: FindingKind
    code: str
    field: str
    row: int | None = None
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    blocks: bool = False
    marks: tuple[tuple[int, int], ...] = ()
    passage: str = ""

    @property
    def text(self) -> str:
        """The finding in words."""
        return SENTENCES[self.code].format_map(self.values)


def findings(
    reference: Reference,
    session: TreatmentSession,
    at: datetime,
    *,
    last: TreatmentSession | None = None,
    episode: EpisodeOfCare | None = None,
    late_entry_h: int = DEFAULT_LATE_ENTRY_H,
    screen: Screen | None = None,
) -> tuple[Finding, ...]:
    """All that is found in `session`: first what is needed before signing, then what is missing, then what is odd.

    `at` is now by the clock of the visit's place, `last` the visit before (for text that was carried over), `episode`
    the episode it belongs to, `late_entry_h` the clinic's rule of late entries, `screen` the episode's screen.
    """
    if session.status is not VisitStatus.ATTENDED:
        return tuple(_absent(session))
    found = [*_missing(reference, session, episode), *_odd(reference, session, last, episode)]
    if screen is not None:
        found += screen_findings(reference, session, screen, episode)
    if is_late(session.service_date, at, late_entry_h):
        found.append(_strange("late", "visit.service_date", hours=str(late_entry_h)))
    return tuple(sorted(found, key=lambda one: (not one.blocks, one.kind is FindingKind.ODD)))


def _needed(code: str, place: str, row: int | None = None, **values: str) -> Finding:
    return Finding(
        kind=FindingKind.MISSING, code=f"missing.{code}", field=place, row=row, values=values, blocks=True
    )


def _wanted(code: str, place: str, row: int | None = None, **values: str) -> Finding:
    return Finding(kind=FindingKind.MISSING, code=f"missing.{code}", field=place, row=row, values=values)


def _strange(code: str, place: str, row: int | None = None, **values: str) -> Finding:
    return Finding(kind=FindingKind.ODD, code=f"odd.{code}", field=place, row=row, values=values)


def _absent(session: TreatmentSession) -> Iterator[Finding]:
    if session.status is VisitStatus.SCHEDULED:
        yield _needed("not_yet", "visit.service_date")
    else:
        yield _needed("attendance", "visit.service_date")


def _missing(
    reference: Reference, session: TreatmentSession, episode: EpisodeOfCare | None
) -> Iterator[Finding]:
    regions = [row.region for row in episode.regions] if episode is not None else []
    if not (session.mobilizations or session.interventions or session.exercises):
        # A visit to examine or to say goodbye may have no treatment; one to treat has.
        make = _needed if session.kind is VisitKind.TREATMENT else _wanted
        yield make("treatment", "mobilization.targets")
    if session.pending_line.strip():
        yield _needed("pending_line", "visit.pending_line")
    if session.total_minutes is None:
        yield _needed("times", "visit.time_in" if session.time_in is None else "visit.time_out")
    for mobilization in session.mobilizations:
        yield from _mobilization(reference, mobilization)
    for intervention in session.interventions:
        yield from _intervention(reference, intervention)
    for exercise in session.exercises:
        yield from _exercise(exercise)
    if not any(score.value is not None for score in session.pain):
        yield _wanted("pain", "pain.value")
    for reading in session.rom:
        if reading.value is None and reading.word is None and not reading.why_not_tested:
            motion = reference.motions.get(reading.motion)
            name = motion.full_label if motion is not None else reading.motion
            yield _wanted("reading", "rom.value", reading.row, motion=name)
    if lacks_blood_pressure(reference, session, regions):
        yield _wanted("blood_pressure", "vitals.systolic_mmhg")
    if not session.note.assessment.strip():
        yield _needed("assessment", "note.assessment")
    yield from _unfilled(session.note)


def _mobilization(reference: Reference, row: Mobilization) -> Iterator[Finding]:
    technique = reference.techniques.get(row.technique or "")
    if not row.targets:
        yield _needed("level", "mobilization.targets", row.row)
    if technique is None:
        yield _needed("technique", "mobilization.technique", row.row)
        return
    where = {"what": _named(reference, row)}
    sides = {side for target in row.targets for side in reference.sides_at(technique.id, target)}
    if row.side is None and sides and "midline" not in sides:
        yield _needed("side", "mobilization.side", row.row, **where)
    if technique.grade_required and row.grade is None:
        yield _needed("grade", "mobilization.grade", row.row, **where)
    if technique.dosage_mode not in ("assessment", "single_thrust") and not any(
        dose is not None for dose in (row.sets, row.reps, row.duration_s, row.hold_s)
    ):
        yield _needed("dose", "mobilization.dose", row.row, **where)
    if not row.responses:
        yield _wanted("response", "mobilization.responses", row.row, **where)


def screen_findings(
    reference: Reference, session: TreatmentSession, screen: Screen, episode: EpisodeOfCare | None = None
) -> Iterator[Finding]:
    """What the screen asks of a note: a reason for what was done against it, and that what is treated was screened.

    What was in fact done can always be signed by its author, so that questions without an answer do not hold a note up.
    """
    rows = {row.row: row for row in session.mobilizations}
    for against in charted_against(reference, screen, session):
        if against.reason:
            continue
        stops = ", ".join(flag.item.label for flag in against.flags)
        if against.row is None:
            yield _needed("against_visit", "visit.against", stops=stops)
            continue
        what = _named(reference, rows[against.row])
        if stops:
            yield _needed("against_reason", "mobilization.against", against.row, what=what, stops=stops)
        else:
            yield _needed("consent", "mobilization.against", against.row, what=what)
    targets = [target for row in session.mobilizations for target in row.targets]
    named = [row.region for row in episode.regions] if episode is not None else []
    regions = regions_covered(reference, named, targets)
    open_items = unanswered(reference, screen.answers, regions) if targets or named else ()
    if open_items:
        labels = ", ".join(reference.regions[region].label for region in regions)
        count = "1 question" if len(open_items) == 1 else f"{len(open_items)} questions"
        yield _wanted("screen", "screen.item", count=count, regions=labels)
    elif targets and not was_asked_at(screen.answers, session):
        yield _wanted("screen_today", "screen.item")


def _intervention(reference: Reference, row: Intervention) -> Iterator[Finding]:
    service = reference.interventions.get(row.intervention or "")
    if service is None:
        yield _needed("service", "intervention.intervention", row.row)
    elif row.minutes is None:
        # A service without a clock counts once; how long it took belongs to the total alone.
        make = _needed if service.timed or service.minutes_required else _wanted
        yield make("minutes", "intervention.minutes", row.row, what=service.short)


def _exercise(row: Exercise) -> Iterator[Finding]:
    if row.exercise is None and not row.name:
        yield _needed("exercise", "exercise.exercise", row.row)
    elif row.sets is None and row.reps is None and row.hold_s is None:
        yield _wanted("exercise_dose", "exercise.sets", row.row)


def _odd(
    reference: Reference,
    session: TreatmentSession,
    last: TreatmentSession | None,
    episode: EpisodeOfCare | None,
) -> Iterator[Finding]:
    for fault in unusual_readings(reference, session):
        yield Finding(
            kind=FindingKind.ODD, code=fault.code, field=fault.field, row=fault.row, values=fault.values
        )
    yield from _odd_pain(session)
    yield from _odd_responses(reference, session)
    yield from _odd_minutes(reference, session)
    yield from _odd_rows(reference, session)
    if episode is not None and session.service_date < episode.start:
        yield _strange("before_episode", "visit.service_date")
    if episode is not None and episode.discharged_on and session.service_date > episode.discharged_on:
        yield _strange("after_discharge", "visit.service_date")
    if last is not None and last.status is VisitStatus.ATTENDED:
        yield from carried_over(session.note, last.note)


def _pain(session: TreatmentSession, kind: PainKind, *phases: Phase) -> int | None:
    found = (score.value for score in session.pain if score.kind is kind and score.phase in phases)
    return next((value for value in found if value is not None), None)


def _odd_pain(session: TreatmentSession) -> Iterator[Finding]:
    before = _pain(session, PainKind.NOW, Phase.BEFORE, Phase.SINGLE)
    after = _pain(session, PainKind.NOW, Phase.AFTER)
    best = _pain(session, PainKind.BEST, *Phase)
    worst = _pain(session, PainKind.WORST, *Phase)
    said = {response for row in session.mobilizations for response in row.responses}
    if before is not None and after is not None:
        values = {"before": str(before), "after": str(after)}
        if after > before and said & {"better", "pain_free"}:
            yield _strange("pain_rose", "pain.value", None, **values)
        if after < before and "worse" in said:
            yield _strange("pain_fell", "pain.value", None, **values)
        if after > 0 and "pain_free" in said and after <= before:
            yield _strange("not_pain_free", "pain.value", None, **values)
    if best is not None and worst is not None and best > worst:
        yield _strange("best_above_worst", "pain.value", None, best=str(best), worst=str(worst))
    elif worst is not None and before is not None and before > worst:
        yield _strange("now_above_worst", "pain.value", None, now=str(before), worst=str(worst))


def _odd_responses(reference: Reference, session: TreatmentSession) -> Iterator[Finding]:
    for row in session.mobilizations:
        for response in row.responses:
            known = reference.responses.get(response)
            if known is not None and known.alert:
                what = _named(reference, row)
                yield _strange("alert", "note.plan", None, what=what, response=known.label)


def _odd_minutes(reference: Reference, session: TreatmentSession) -> Iterator[Finding]:
    total = session.total_minutes
    charted = sum(minutes_by_timing(reference, session))
    if total is not None and charted > total:
        first = next(row.row for row in session.interventions if row.minutes is not None)
        yield _strange("minutes", "intervention.minutes", first, charted=str(charted), total=str(total))
    if total == 0:
        yield _strange("no_time", "visit.time_out")


def _odd_rows(reference: Reference, session: TreatmentSession) -> Iterator[Finding]:
    seen = set()
    for row in session.mobilizations:
        key = (row.targets, row.side, row.technique, row.direction, row.grade, row.position, row.movement)
        if row.technique and key in seen:
            yield _strange("twice", "mobilization.technique", row.row, what=_named(reference, row))
        seen.add(key)


def _unfilled(note: Note) -> Iterator[Finding]:
    """Blanks of a phrase that nobody filled in, and values that a phrase names and nobody knows."""
    for section, text in asdict(note).items():
        for start, end in blanks_in(text):
            yield _needed("blank", f"note.{section}", None, section=section, blank=text[start:end])
        for start, end in unknown_names_in(text):
            yield _strange("unknown_name", f"note.{section}", None, section=section, name=text[start:end])


def carried_over(note: Note, last: Note) -> Iterator[Finding]:
    """The sections of `note` that repeat the last visit's nearly word for word, with the stretches that do."""
    mine, theirs = asdict(note), asdict(last)
    for section, found in repeated_sections(mine, theirs, tuple(mine)).items():
        yield Finding(
            kind=FindingKind.ODD,
            code="odd.carried_over",
            field=f"note.{section}",
            values={"section": section, "share": f"{round(found.share * 100)}"},
            marks=found.marks,
            passage=mine[section],
        )


def _named(reference: Reference, row: Mobilization) -> str:
    technique = reference.techniques.get(row.technique or "")
    targets = ", ".join(
        reference.targets[target].label if target in reference.targets else target for target in row.targets
    )
    name = (technique.abbreviation or technique.label) if technique is not None else ""
    return " ".join(part for part in (targets, name) if part)
