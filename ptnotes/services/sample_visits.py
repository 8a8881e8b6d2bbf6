"""The visits of a made-up course: readings before and after, techniques, exercises, a note. Repeatable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from itertools import pairwise
from random import Random

from ptnotes.clinical import Reference
from ptnotes.domain.episode import DischargeReason
from ptnotes.domain.treatment import (
    ComparableSign,
    Exercise,
    Intervention,
    Mobilization,
    Mode,
    Note,
    Origin,
    PainKind,
    PainScore,
    Phase,
    Place,
    RomReading,
    Side,
    TreatmentSession,
    VisitKind,
    VisitStatus,
)
from ptnotes.domain.wording import with_unit
from ptnotes.services.sample_courses import Course, CourseExercise, CourseMotion, CourseTechnique
from ptnotes.services.sample_exam import examined
from ptnotes.services.sample_run import Run, random_uuid

_AT_THE_END = {
    DischargeReason.GOALS_MET: "Does alone what care was sought for; ready to go on without visits.",
    DischargeReason.PATIENT_CHOICE: "Part of the way to the goals; more visits were offered.",
}
"""What the assessment of a visit of discharge ends with, by the reason."""


@dataclass(slots=True)
class _Rows:
    """Gives the rows of one session their numbers."""

    last: int = 0

    def next(self) -> int:
        self.last += 1
        return self.last


class VisitMaker:
    """Makes the visits of one course, one after the other."""

    def __init__(self, reference: Reference, course: Course, run: Run, rng: Random) -> None:
        self._reference = reference
        self._course = course
        self._run = run
        self._rng = rng
        self._drift = rng.uniform(0.85, 1.1)
        self._exercise_ids = {
            exercise.label.casefold(): exercise.id for exercise in reference.exercises.values()
        }

    def reached(self, number: int) -> tuple[float, float]:
        """How far motion and pain have come by visit `number`."""
        return self._run.reached(number, self._drift)

    def visit(self, number: int, day: date, *, renews_plan: bool = False) -> TreatmentSession:
        """The attended visit `number` (from 0) on `day`, a re-evaluation where the plan of care is written anew."""
        run, rng, rows = self._run, self._rng, _Rows()
        motion_share, pain_share = self.reached(number)
        first, last = number == 0, number == run.visits - 1
        kind = VisitKind.TREATMENT
        if first:
            kind = VisitKind.EVALUATION
        elif last and run.has_last_visit:
            kind = VisitKind.DISCHARGE
        elif renews_plan or number % 10 == 9:
            kind = VisitKind.RE_EVALUATION
        pain = self._pain(number, pain_share, rows)
        rom = self._rom(number, motion_share, pain, rows, last=last)
        interventions = self._interventions(number, kind, rows)
        share = motion_share if kind is not VisitKind.TREATMENT else None
        minutes = sum(row.minutes or 0 for row in interventions)
        # The latest visit is the first of its day, so that one of today is not still to come.
        start = time(8 if last else 8 + rng.randrange(9), rng.choice((0, 15, 30, 45)))
        end = start.hour * 60 + start.minute + minutes + rng.randrange(4, 9)
        findings, vitals, marks = (
            ((), (), ()) if share is None else examined(self._course.id, run, share, rows.next)
        )
        return TreatmentSession(
            uuid=random_uuid(self._rng),
            episode_id=0,
            service_date=day,
            zone=run.zone,
            time_in=start,
            time_out=time(end // 60, end % 60),
            kind=kind,
            author_id=run.author_id,
            mobilizations=self._mobilizations(number, motion_share, pain, rom, rows),
            interventions=interventions,
            exercises=self._exercises(number, rows),
            rom=rom,
            pain=pain,
            comparable_signs=self._sign(motion_share, rows),
            findings=findings,
            vitals=vitals,
            body_chart=marks,
            note=replace(
                self._note(number, kind, pain_share, pain, rom),
                communication=self._communication(kind) if run.full else "",
            ),
            next_row=rows.last + 1,
        )

    def _pain(self, number: int, share: float, rows: _Rows) -> tuple[PainScore, ...]:
        course = self._course
        first, goal = course.pain
        before = _score(first + (goal - first) * share + self._rng.uniform(-0.5, 0.5))
        after = max(0, before - self._rng.choice((0, 1, 1, 2)))
        worst_first, worst_goal = course.worst or [min(10, first + 1), min(10, goal + 2)]
        worst = _score(
            max(before, worst_first + (worst_goal - worst_first) * share + self._rng.uniform(-0.5, 0.5))
        )
        before = self._run.given("pain_before", number, before)
        after = self._run.given("pain_after", number, after)
        worst = self._run.given("worst", number, worst)
        side = Side(self._run.side) if course.sided else None
        pair = rows.next()
        place = course.place
        scores = [
            PainScore(row=pair, pair=pair, place=place, side=side, phase=Phase.BEFORE, value=before),
            PainScore(row=rows.next(), pair=pair, place=place, side=side, phase=Phase.AFTER, value=after),
        ]
        if self._run.full:
            row = rows.next()
            scores.append(
                PainScore(row=row, pair=row, kind=PainKind.WORST, place=place, side=side, value=worst)
            )
            if number % 3 == 0:
                row = rows.next()
                best = max(0, min(before, after) - self._rng.randrange(1, 4))
                scores.append(
                    PainScore(row=row, pair=row, kind=PainKind.BEST, place=place, side=side, value=best)
                )
        return tuple(scores)

    def _rom(
        self, number: int, share: float, pain: tuple[PainScore, ...], rows: _Rows, *, last: bool
    ) -> tuple[RomReading, ...]:
        readings: list[RomReading] = []
        motions = self._course.motion if self._run.full else self._course.motion[:2]
        for place, motion in enumerate(motions):
            key = f"{motion.id}:{motion.side}" if motion.side in {"left", "right"} else motion.id
            if place >= 2 and number % 2 and not last and key not in self._run.series:
                continue
            readings += self._readings(motion, place, number, share, pain, rows, key)
        for word in self._course.word if self._run.full else ():
            if number % 3 and not last:
                continue
            reached = min(len(word.words) - 1, int(max(share, 0) * len(word.words)))
            row = rows.next()
            side = self._run.side_of(word.side)
            readings.append(
                RomReading(
                    row=row,
                    pair=row,
                    motion=word.id,
                    side=side,
                    method=word.method,
                    phase=Phase.SINGLE,
                    unit=self._reference.motions[word.id].unit,
                    word=word.words[reached],
                )
            )
        return tuple(readings)

    def _readings(
        self,
        motion: CourseMotion,
        place: int,
        number: int,
        share: float,
        pain: tuple[PainScore, ...],
        rows: _Rows,
        key: str,
    ) -> list[RomReading]:
        known = self._reference.motions[motion.id]
        step = Decimal("0.5") if known.unit == "cm" else Decimal(1)
        first, goal = Decimal(motion.first), Decimal(motion.to)
        way = goal - first
        noise = Decimal(str(self._rng.uniform(-0.04, 0.04)))
        before = _rounded(first if number == 0 else first + way * (Decimal(str(share)) + noise), step)
        before = Decimal(self._run.given(key, number, before))
        within = _rounded(way * Decimal(str(self._rng.uniform(0.08, 0.26))), step)
        after = before + within
        if known.better == "toward_zero":
            before, after = min(before, Decimal(0)), min(after, Decimal(0))
        # Less than no distance takes a step to stand on, and nobody here stands on one.
        least = Decimal(0) if known.unit == "cm" else Decimal(known.input_min)
        before, after = (min(max(value, least), Decimal(known.input_max)) for value in (before, after))
        changed = self._course.method_change
        method = motion.method
        if changed is not None and place == 0 and number + 1 >= changed["visit"]:
            method = changed["method"]
        sore = place == 0 and share < 0.6
        pair = rows.next()
        values = [(Phase.BEFORE, before, pair, pain[0].value), (Phase.AFTER, after, 0, pain[1].value)]
        if place >= 2 and number % 2 == 0 and key not in self._run.series:
            values = values[:1]
        return [
            RomReading(
                row=row or rows.next(),
                pair=pair,
                motion=motion.id,
                side=self._run.side_of(motion.side),
                mode=Mode.PASSIVE if motion.passive else Mode.ACTIVE,
                method=method,
                test_position=motion.position,
                rater=self._run.author_id,
                phase=phase,
                value=value,
                unit=known.unit,
                end_range_pain=sore if place < 2 else None,
                pain=score if sore else None,
            )
            for phase, value, row, score in values
        ]

    def _mobilizations(
        self,
        number: int,
        share: float,
        pain: tuple[PainScore, ...],
        rom: tuple[RomReading, ...],
        rows: _Rows,
    ) -> tuple[Mobilization, ...]:
        techniques = self._course.technique if self._run.full else self._course.technique[:2]
        used = [technique for technique in techniques if number % technique.every == 0]
        eased = (pain[0].value or 0) - (pain[1].value or 0)
        gained = [
            abs(after.value - before.value)
            for before, after in pairwise(rom)
            if before.pair == after.pair and before.value is not None and after.value is not None
        ]
        responses = ["better" if eased >= 2 else "same"]
        if gained and gained[0] >= 4:
            responses.append("range_increased")
        further = ("same", "better", "range_increased") if self._gains else ("same",)
        return tuple(
            self._mobilization(
                technique,
                share,
                rows.next(),
                tuple(responses) if place == 0 else (self._rng.choice(further),),
            )
            for place, technique in enumerate(used)
        )

    @property
    def _gains(self) -> bool:
        return self._run.way not in {"worse", "plateau"}

    def _mobilization(
        self, technique: CourseTechnique, share: float, row: int, responses: tuple[str, ...]
    ) -> Mobilization:
        grade = grade_to = None
        if technique.grades:
            reached = technique.grades[
                min(len(technique.grades) - 1, int(max(share, 0) * len(technique.grades)))
            ]
            grade, _, upper = reached.partition("..")
            grade_to = upper or None
        sets, reps, duration_s, hold_s, attempts = _dose(
            technique.dose, sustained=bool(grade and grade[0] == "K")
        )
        side = None if technique.side == "" else self._run.side_of(technique.side)
        return Mobilization(
            row=row,
            targets=tuple(technique.targets),
            side=side,
            technique=technique.id,
            grade_system=None if grade is None else self._reference.grades[grade].system,
            grade=grade,
            grade_to=grade_to,
            sets=sets,
            reps=reps,
            duration_s=duration_s,
            hold_s=hold_s,
            position=self._run.sided(technique.position),
            direction=self._run.sided(technique.direction) or None,
            attempts=attempts,
            cavitation=None if attempts is None else self._rng.random() < 0.7,
            responses=responses,
            done_by=self._run.author_id,
            origin=Origin.CLICKED,
        )

    def _interventions(self, number: int, kind: VisitKind, rows: _Rows) -> tuple[Intervention, ...]:
        rng, by = self._rng, self._run.author_id
        done: list[tuple[str, int]] = []
        if kind is VisitKind.EVALUATION:
            done.append(("cpt_97162" if self._course.precaution else "cpt_97161", rng.randrange(28, 36)))
        elif kind is VisitKind.RE_EVALUATION:
            done.append(("cpt_97164", rng.randrange(12, 18)))
        if self._course.technique:
            done.append(("cpt_97140", rng.randrange(10, 17) if number == 0 else rng.randrange(15, 26)))
        if self._run.full:
            done.append(("cpt_97110", rng.randrange(8, 12) if number == 0 else rng.randrange(10, 19)))
            if number == 1:
                # What is to be done at home is taught once the patient has tried it.
                done.append(("cpt_97535", rng.randrange(8, 12)))
            elif number % 4 == 3:
                done.append((rng.choice(("cpt_97112", "cpt_97530")), rng.randrange(8, 12)))
        return tuple(
            Intervention(row=rows.next(), intervention=intervention, minutes=minutes, done_by=by)
            for intervention, minutes in done
        )

    def _exercises(self, number: int, rows: _Rows) -> tuple[Exercise, ...]:
        # A programme is built up: one exercise from the first visit on, one more every second visit.
        known = min(len(self._course.exercise), 1 + number // 2) if self._run.full else 1
        return tuple(
            self._exercise(exercise, number, rows.next()) for exercise in self._course.exercise[:known]
        )

    def _exercise(self, exercise: CourseExercise, number: int, row: int) -> Exercise:
        step = min(number // 2, 5) if self._run.way != "worse" else min(number // 4, 1)
        load = None if exercise.load is None else Decimal(exercise.load) + Decimal(exercise.step_load) * step
        bands = exercise.bands
        grew = (
            step > 0
            and number % 2 == 0
            and (exercise.step_reps or exercise.step_hold_s or exercise.step_load or bands)
        )
        return Exercise(
            row=row,
            exercise=self._exercise_ids.get(exercise.name.casefold()),
            name=exercise.name,
            sets=exercise.sets,
            reps=None if exercise.reps is None else exercise.reps + exercise.step_reps * step,
            hold_s=None if exercise.hold_s is None else exercise.hold_s + exercise.step_hold_s * step,
            load=load,
            load_unit=exercise.load_unit,
            band=bands[min(step, len(bands) - 1)] if bands else "",
            progression="harder than last time" if grew else "",
            # In the clinic nobody needs the cue for long; at home it stands on the sheet.
            cue=exercise.cue if number < 4 or exercise.place == Place.HOME.value else "",
            place=Place(exercise.place),
            times_a_day=exercise.times_a_day if self._run.full else None,
            days_a_week=exercise.days_a_week if self._run.full else None,
            done_by=self._run.author_id,
        )

    def _sign(self, share: float, rows: _Rows) -> tuple[ComparableSign, ...]:
        sign = self._course.sign
        if sign is None or not self._run.full:
            return ()
        before = sign["first"] if share < 0.3 else "easier" if share < 0.75 else sign["to"]
        after = "easier" if share < 0.45 else sign["to"] if share > 0.75 else "much easier"
        pair = rows.next()
        return (
            ComparableSign(row=pair, pair=pair, words=sign["words"], phase=Phase.BEFORE, value=before),
            ComparableSign(row=rows.next(), pair=pair, words=sign["words"], phase=Phase.AFTER, value=after),
        )

    def _note(
        self,
        number: int,
        kind: VisitKind,
        share: float,
        pain: tuple[PainScore, ...],
        rom: tuple[RomReading, ...],
    ) -> Note:
        notes = self._course.notes
        stage = "early" if share < 0.3 else "middle" if share < 0.7 else "late"
        if number == 0:
            stage = "early"
        said = notes[stage][number % len(notes[stage])]
        found = notes["objective"][number % len(notes["objective"])]
        return Note(
            subjective=said,
            objective=found,
            assessment=self._assessment(number, kind, pain, rom),
            plan=self._afterwards()
            if kind is VisitKind.DISCHARGE
            else notes["plan"][(number // 2) % len(notes["plan"])],
        )

    def _afterwards(self) -> str:
        wished = self._run.discharged == DischargeReason.PATIENT_CHOICE.value
        return f"Treatment ends at the patient’s wish. {self._course.later}" if wished else self._course.later

    def _communication(self, kind: VisitKind) -> str:
        """What was told to others: at the visits where something is agreed, not at each."""
        who = self._run.referrer.name
        told = {
            VisitKind.EVALUATION: f"Findings, goals and plan gone over with the patient; agreed. {who} gets the plan.",
            VisitKind.RE_EVALUATION: f"Gone over with the patient what has changed; {who}’s office told by telephone.",
            VisitKind.DISCHARGE: f"Gone over with the patient what goes on at home. {who} gets the summary.",
        }
        return told.get(kind, "")

    def _assessment(
        self, number: int, kind: VisitKind, pain: tuple[PainScore, ...], rom: tuple[RomReading, ...]
    ) -> str:
        parts = [self._course.judgement] if kind is VisitKind.EVALUATION else []
        before, after = pain[0].value, pain[1].value
        if before is not None and after is not None and after < before:
            parts.append(f"Pain {before} → {after} within the visit.")
        pairs = [(one, two) for one, two in pairwise(rom) if one.pair == two.pair and one.value != two.value]
        if pairs:
            one, two = pairs[0]
            motion = self._reference.motions[one.motion]
            was, now = (with_unit(row.value, row.unit) for row in (one, two) if row.value is not None)
            parts.append(f"{motion.full_label} {was} → {now}.")
        if kind is VisitKind.EVALUATION:
            parts.append("First treatment taken well.")
        elif kind is VisitKind.DISCHARGE:
            parts.append(_AT_THE_END[DischargeReason(self._run.discharged)])
        elif self._run.way == "worse" and number > 4:
            parts.append("No lasting gain; to be talked over with the referring physician.")
        elif self._run.way == "plateau" and number > 5:
            parts.append("Gains within the visit do not last to the next.")
        else:
            parts.append(
                self._rng.choice(("Responds as hoped.", "Tolerated well.", "Less guarded than last time."))
            )
        return " ".join(parts)

    def absence(self, place: int, day: date) -> TreatmentSession:
        """A visit that was missed or cancelled."""
        status = (VisitStatus.MISSED, VisitStatus.CANCELLED)[place % 2]
        reason = "did not come" if status is VisitStatus.MISSED else self._rng.choice(("unwell", "at work"))
        return TreatmentSession(
            uuid=random_uuid(self._rng),
            episode_id=0,
            service_date=day,
            zone=self._run.zone,
            status=status,
            status_reason=reason,
            author_id=self._run.author_id,
        )


def _dose(
    words: str, *, sustained: bool
) -> tuple[int | None, int | None, int | None, int | None, int | None]:
    """(sets, repetitions, seconds a set, hold in seconds, thrust attempts) of ``3x45s``, ``2x10`` or ``1 thrust``."""
    if words.endswith("thrust"):
        return None, None, None, None, int(words.split(maxsplit=1)[0])
    sets, _, amount = words.partition("x")
    if not amount.endswith("s"):
        return int(sets), int(amount), None, None, None
    seconds = int(amount.removesuffix("s"))
    return (int(sets), None, None, seconds, None) if sustained else (int(sets), None, seconds, None, None)


def _score(value: float) -> int:
    return min(10, max(0, round(value)))


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value() * step
