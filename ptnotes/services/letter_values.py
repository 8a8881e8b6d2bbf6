"""What stands in the places of a letter, by the names of `ptnotes.domain.letters.PLACES`, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ptnotes.clinical import Reference
from ptnotes.domain.episode import DISCHARGE_REASONS, EpisodeOfCare
from ptnotes.domain.letters import called
from ptnotes.domain.treatment import NoteState, VisitStatus
from ptnotes.domain.trend import counted
from ptnotes.domain.wording import full_date, side_words, verdict_phrase
from ptnotes.reports.progress_data import MeasureRow, ProgressReportData, Reading
from ptnotes.services.case import Case
from ptnotes.services.home_sheet import home_exercise_lines
from ptnotes.services.progress_content import progress_content
from ptnotes.services.progress_plan import plan_words
from ptnotes.services.progress_words import diagnosis_words

_GONE = (NoteState.DISCARDED, NoteState.VOIDED)


def letter_values(reference: Reference, case: Case) -> Mapping[str, str]:
    """Every place that is known of `case`; what is not is left out or empty, never a zero."""
    episode, patient, clinic = case.episode, case.patient, case.clinic
    attended = counted(case.sessions)
    there = [one for one in case.sessions if one.state not in _GONE]
    missed = [one for one in there if one.status is VisitStatus.MISSED]
    cancelled = [one for one in there if one.status is VisitStatus.CANCELLED]
    reason = episode.discharge_reason
    values = {
        "patient.name": called(patient),
        "patient.born": full_date(patient.birth_date),
        "patient.mrn": patient.mrn,
        "today": full_date(case.written_at.date()),
        "referrer": episode.referrer,
        "referrer.practice": episode.referrer_practice,
        "therapist": case.author.signature,
        "clinic.name": clinic.name,
        "clinic.telephone": clinic.telephone,
        "diagnoses": "; ".join(diagnosis_words(episode, case.as_of)),
        "regions": ", ".join(_regions(reference, episode)),
        "care.start": full_date(episode.start),
        "visits.attended": _visits(len({one.service_date for one in attended})),
        "visits.cancelled": _visits(len(cancelled)),
        "visits.missed": _visits(len(missed)),
        "visits.missed_on": ", ".join(full_date(one.service_date) for one in missed),
        "plan_of_care": plan_words(episode, case.plan_versions),
        "prognosis": episode.plan.prognosis.strip(),
        "precaution": episode.precaution.strip(),
        "home": "\n".join(home_exercise_lines(reference, case.sessions)),
        "discharge.date": full_date(episode.discharged_on) if episode.discharged_on is not None else "",
        "discharge.reason": DISCHARGE_REASONS[reason].lower() if reason is not None else "",
    }
    if attended:
        values["visit.first"] = full_date(attended[0].service_date)
        values["visit.last"] = full_date(attended[-1].service_date)
        values |= _from_notes(progress_content(reference, case))
    return values


def _from_notes(data: ProgressReportData) -> dict[str, str]:
    conclusion = data.conclusion
    treated = [line.words + (f", grade {line.grades}" if line.grades else "") for line in data.treatments]
    narrative = data.narrative
    return {
        "conclusion": f"{conclusion.headline.rstrip('.')}. {conclusion.detail}".strip(),
        "measures": "\n".join(_measure(row) for row in data.measures if row.now is not None),
        "statement": _text(narrative.statement),
        "assessment": _text(narrative.assessment),
        "plan": _text(narrative.plan),
        "communication": _text(narrative.communication),
        "treatment": "; ".join((*treated, *data.other_services)),
        "goals": "\n".join(f"– {goal.words}: {goal.standing}" for goal in data.goals),
    }


def _measure(row: MeasureRow) -> str:
    """One measure in a line: ``Lumbar flexion: 42° (5 Jan 2026), now 55° (16 Feb 2026): +13°, important``."""
    told = [f"{reading.text} ({full_date(reading.on)})" for reading in (row.first, row.now) if reading]
    line = f"{row.label}: {', now '.join(told)}"
    return f"{line}: {verdict_phrase(row.verdict, row.unit)}" if row.verdict is not None else line


def _regions(reference: Reference, episode: EpisodeOfCare) -> Iterator[str]:
    for row in episode.regions:
        label = reference.regions[row.region].label
        yield " ".join(part for part in (label, side_words(row.side)) if part)


def _visits(count: int) -> str:
    return "1 visit" if count == 1 else f"{count} visits"


def _text(reading: Reading | None) -> str:
    return reading.text if reading is not None else ""
