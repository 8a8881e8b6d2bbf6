"""Text as it is stored: without stray spaces, its letters composed, each fault beside its field and row."""

from __future__ import annotations

from dataclasses import replace

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import InputError
from ptnotes.domain.text import clean_line, clean_note
from ptnotes.domain.treatment import Note, TreatmentSession


def cleaned_session(session: TreatmentSession) -> TreatmentSession:
    """The visit with every text cleaned. Raises `InputError` with the row of the first text that cannot be stored."""
    note = session.note
    return replace(
        session,
        status_reason=clean_line(session.status_reason, "visit.status_reason"),
        others_present=clean_line(session.others_present, "visit.others_present"),
        pending_line=clean_note(session.pending_line, "visit.pending_line"),
        mobilizations=tuple(
            replace(
                row,
                pre_position=_line(row.pre_position, "mobilization.pre_position", row.row),
                moving_part=_line(row.moving_part, "mobilization.moving_part", row.row),
                fixed_part=_line(row.fixed_part, "mobilization.fixed_part", row.row),
                note=_line(row.note, "mobilization.note", row.row),
            )
            for row in session.mobilizations
        ),
        interventions=tuple(
            replace(
                row,
                area=_line(row.area, "intervention.area", row.row),
                parameters=_line(row.parameters, "intervention.parameters", row.row),
            )
            for row in session.interventions
        ),
        exercises=tuple(
            replace(
                row,
                name=_line(row.name, "exercise.name", row.row),
                band=_line(row.band, "exercise.band", row.row),
                progression=_line(row.progression, "exercise.progression", row.row),
                cue=_line(row.cue, "exercise.cue", row.row),
                response=_line(row.response, "exercise.response", row.row),
            )
            for row in session.exercises
        ),
        rom=tuple(
            replace(row, why_not_tested=_line(row.why_not_tested, "rom.why_not_tested", row.row))
            for row in session.rom
        ),
        pain=tuple(replace(row, place=_line(row.place, "pain.place", row.row)) for row in session.pain),
        comparable_signs=tuple(
            replace(
                row,
                words=_line(row.words, "comparable_sign.words", row.row),
                unit=_line(row.unit, "comparable_sign.unit", row.row),
                value=_line(row.value, "comparable_sign.value", row.row),
            )
            for row in session.comparable_signs
        ),
        findings=tuple(
            replace(
                row,
                test=_line(row.test, "finding.test", row.row),
                value=_line(row.value, "finding.value", row.row),
                words=_line(row.words, "finding.words", row.row),
            )
            for row in session.findings
        ),
        vitals=tuple(replace(row, words=_line(row.words, "vitals.words", row.row)) for row in session.vitals),
        body_chart=tuple(
            replace(row, words=_line(row.words, "body_chart.words", row.row)) for row in session.body_chart
        ),
        note=Note(
            subjective=clean_note(note.subjective, "note.subjective"),
            objective=clean_note(note.objective, "note.objective"),
            assessment=clean_note(note.assessment, "note.assessment"),
            plan=clean_note(note.plan, "note.plan"),
            communication=clean_note(note.communication, "note.communication"),
        ),
    )


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
