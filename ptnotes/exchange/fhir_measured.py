"""What was measured and examined, as Observations: a blank has a reason for its absence, and is never zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ptnotes.clinical import Motion
from ptnotes.domain.treatment import (
    FINDING_LISTS,
    BodyMark,
    ComparableSign,
    ExamFinding,
    Mode,
    PainScore,
    RomReading,
    Side,
    TreatmentSession,
    Vitals,
)
from ptnotes.exchange.fhir_data import OutcomeResult
from ptnotes.exchange.fhir_parts import (
    LOINC,
    Json,
    Maker,
    component,
    concept,
    day_time,
    extension,
    local,
    named,
    note,
    plain,
    ref,
    structural,
)

PANELS: Mapping[Mode, str] = {Mode.ACTIVE: "41359-1", Mode.PASSIVE: "41360-9"}
_NPRS = "72514-3"
_WORDS: Mapping[str, str] = {
    "now": "Pain now",
    "best": "Pain at best",
    "worst": "Pain at worst",
    "movement": "Pain with a movement",
}
_EXAM = structural("observation-category", "exam", "Exam")
_SURVEY = structural("observation-category", "survey", "Survey")


def _part(name: str, words: str) -> Json:
    return concept(words, local("parts", name, words))


class Measured:
    """Makes the Observations of one visit. `status` is FHIR's: how far the visit's note has come."""

    def __init__(self, make: Maker, session: TreatmentSession, status: str) -> None:
        self._make, self._session, self._status = make, session, status

    def all(self) -> Iterator[Json]:
        """Every observation of the visit; panels after what they hold."""
        visit = self._session
        readings = [(reading, self._rom(reading)) for reading in visit.rom]
        yield from (made for _reading, made in readings)
        for mode in PANELS:
            members = [made for reading, made in readings if reading.mode is mode]
            if members:
                yield self._panel(mode, members)
        yield from map(self._pain, visit.pain)
        yield from map(self._sign, visit.comparable_signs)
        yield from map(self._finding, visit.findings)
        yield from map(self._vitals, visit.vitals)
        yield from map(self._mark, visit.body_chart)

    def _observation(
        self, of: tuple[str, int], code: Json, value: Json | None, person_id: int | None, **more: Any
    ) -> Json:
        visit = self._session
        performer = self._make.person(person_id if person_id is not None else visit.author_id)
        if value is None:
            value = {}  # what it holds stands in its parts
        elif not any(name.startswith("value") and part is not None for name, part in value.items()):
            value = {**value, "dataAbsentReason": value.get("dataAbsentReason") or _unknown()}
        return {
            "resourceType": "Observation",
            "id": named(visit.uuid, *of),
            "extension": more.pop("extension", None),
            "status": self._status,
            "category": [more.pop("category", _EXAM)],
            "code": code,
            "subject": self._make.subject,
            "encounter": ref(visit.uuid),
            "effectiveDateTime": day_time(visit.service_date, visit.time_in, visit.zone),
            "performer": [performer],
            **value,
            **more,
        }

    def _phase(self, phase: str) -> Json | None:
        return component(
            _part("phase", "When"), "CodeableConcept", concept(phase, local("phases", phase, phase))
        )

    def _rom(self, reading: RomReading) -> Json:
        make = self._make
        if reading.value is not None:
            value: Json = {"valueQuantity": make.quantity(reading.value, reading.unit)}
        elif reading.word:
            value = {"valueCodeableConcept": make.entry("rom_words", reading.word)}
        else:
            value = {"dataAbsentReason": _not_tested(reading.why_not_tested)}
        hurt = reading.end_range_pain
        return self._observation(
            ("rom", reading.row),
            self._motion_code(reading.motion, reading.side, reading.mode),
            value,
            reading.rater,
            bodySite=self._side(reading.side),
            method=make.entry("methods", reading.method),
            component=[
                self._phase(reading.phase.value),
                component(
                    _part("test_position", "Position"),
                    "CodeableConcept",
                    make.entry("test_positions", reading.test_position),
                ),
                component(
                    _part("end_feel", "End feel"),
                    "CodeableConcept",
                    make.entry("end_feels", reading.end_feel),
                ),
                component(_part("end_range_pain", "Pain at the end of the range"), "Boolean", hurt),
                component(_part("pain", "Pain, 0 to 10"), "Quantity", make.quantity(reading.pain, "points")),
            ],
        )

    def _side(self, side: Side | None) -> Json | None:
        return None if side is None else {**concept(side.value), **self._make.laterality(side)}

    def _motion_code(self, motion_id: str, side: Side | None, mode: Mode) -> Json:
        motion = self._make.reference.motions.get(motion_id)
        if motion is None:
            return concept(motion_id)
        words = ", ".join(filter(None, (motion.full_label, side.value if side else "", mode.value)))
        return concept(
            words, _motion_loinc(motion, side, mode), local("motions", motion.id, motion.full_label)
        )

    def _panel(self, mode: Mode, members: list[Json]) -> Json:
        words = f"Range of motion, {mode.value}"
        return self._observation(
            (f"rom_panel_{mode.value}", 0),
            concept(words, self._make.loinc(PANELS[mode])),
            None,
            None,
            hasMember=[ref(member["id"]) for member in members],
        )

    def _pain(self, score: PainScore) -> Json:
        make = self._make
        words = _WORDS[score.kind.value]
        scale = make.reference.measures.get(score.scale)
        loinc = _NPRS if score.scale == "nprs" else scale.loinc if scale else None
        label = f"{words}, {scale.label}" if scale else f"{words}, {score.scale}"
        unit = "mm" if scale is not None and scale.unit == "mm" else "points"
        return self._observation(
            ("pain", score.row),
            concept(label, make.loinc(loinc), local("pain", score.kind.value, words)),
            {"valueQuantity": make.quantity(score.value, unit)},
            None,
            category=_SURVEY,
            bodySite=concept(score.place) if score.place else self._side(score.side),
            component=[
                self._phase(score.phase.value),
                component(
                    _part("motion", "Movement"), "CodeableConcept", make.entry("motions", score.motion)
                ),
            ],
        )

    def _sign(self, sign: ComparableSign) -> Json:
        code = concept(sign.words or "The patient's own sign", local("signs", "comparable_sign"))
        said = " ".join(filter(None, (sign.value, sign.unit if sign.value else "")))
        return self._observation(
            ("signs", sign.row),
            code,
            {"valueString": said or None},
            None,
            component=[self._phase(sign.phase.value)],
        )

    def _finding(self, finding: ExamFinding) -> Json:
        make = self._make
        tests, values = FINDING_LISTS.get(finding.kind, ("", ""))
        what = make.label(tests, finding.test) if tests else finding.test
        kind = finding.kind.value
        known = getattr(make.reference, tests).get(finding.test) if tests else None
        words = ": ".join(filter(None, (kind.replace("_", " ").capitalize(), what)))
        code = concept(
            words,
            make.loinc("32385-7") if finding.test == "babinski" else None,
            local(tests, known.id, known.label) if known is not None else None,
            local("findings", kind),
        )
        value = make.entry(values, finding.value) if values else concept(finding.value)
        return self._observation(
            ("findings", finding.row),
            code,
            {"valueCodeableConcept": value if finding.value else None},
            finding.done_by,
            bodySite=make.place(finding.target, finding.side) if finding.target else self._side(finding.side),
            note=note(finding.words),
            component=[self._phase(finding.phase.value)],
        )

    def _vitals(self, vitals: Vitals) -> Json:
        make = self._make
        named_values = (
            ("systolic", "Systolic blood pressure", vitals.systolic_mmhg, "mmHg"),
            ("diastolic", "Diastolic blood pressure", vitals.diastolic_mmhg, "mmHg"),
            ("heart_rate", "Heart rate", vitals.heart_rate_bpm, "beats a minute"),
            ("saturation", "Oxygen saturation", vitals.saturation_percent, "percent"),
        )
        return self._observation(
            ("vitals", vitals.row),
            concept("Vital signs", local("vitals", "vitals", "Vital signs")),
            None,
            vitals.done_by,
            note=note(vitals.words),
            component=[
                self._phase(vitals.phase.value),
                *(
                    component(
                        concept(words, local("vitals", name, words)), "Quantity", make.quantity(value, unit)
                    )
                    for name, words, value, unit in named_values
                ),
            ],
        )

    def _mark(self, mark: BodyMark) -> Json:
        make = self._make
        strokes = ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in mark.strokes)
        return self._observation(
            ("body_chart", mark.row),
            concept("Body chart", local("body_chart", "body_chart", "Body chart")),
            {"valueCodeableConcept": make.entry("body_chart", mark.symptom)},
            None,
            extension=[extension("strokes", "String", strokes)],
            bodySite=concept(f"Seen from: {mark.view.value}"),
            note=note(mark.words),
            component=[
                component(
                    _part("quality", "How it is felt"), "CodeableConcept", make.entry("body_chart", quality)
                )
                for quality in mark.qualities
            ],
        )


def outcome(make: Maker, result: OutcomeResult, episode_uuid: str) -> Iterator[Json]:
    """A result of an outcome measure, and before it the answers where they were kept."""
    score = result.score
    measure = make.reference.measures.get(score.measure)
    label = measure.label if measure else score.measure
    part = next((one.label for one in measure.subscales if one.id == score.subscale), "") if measure else ""
    words = ", ".join(filter(None, (label, part or score.subscale)))
    response = named(result.uuid, "answers")
    if result.items:
        yield {
            "resourceType": "QuestionnaireResponse",
            "id": response,
            "status": "completed",
            "subject": make.subject,
            "authored": score.taken_on.isoformat(),
            "author": make.person(score.entered_by),
            "item": [
                # An answer that was left out is an item without one.
                {"linkId": one.item, "answer": [] if one.value is None else [_decimal(one.value)]}
                for one in result.items
            ],
        }
    yield {
        "resourceType": "Observation",
        "id": result.uuid,
        "extension": [extension("episode-of-care", "Reference", ref(episode_uuid))],
        "status": "final",
        "category": [_SURVEY],
        "code": concept(
            words,
            make.loinc(measure.loinc) if measure and not score.subscale else None,
            local("measures", measure.id, label) if measure else None,
        ),
        "subject": make.subject,
        "effectiveDateTime": score.taken_on.isoformat(),
        "performer": [make.person(score.entered_by)],
        "valueQuantity": make.quantity(score.total, measure.unit if measure else "points"),
        "derivedFrom": [ref(response)] if result.items else [],
    }


def _decimal(value: Decimal) -> Json:
    return {"valueDecimal": plain(value)}


def _motion_loinc(motion: Motion, side: Side | None, mode: Mode) -> Json | None:
    """The motion's code of LOINC, where the reference data have looked it up for this side."""
    known = motion.loinc
    if known is None or side is None or not known.confirmed or known.source_status != "looked_up":
        return None
    code = {
        (Mode.ACTIVE, Side.LEFT): known.active_left,
        (Mode.ACTIVE, Side.RIGHT): known.active_right,
        (Mode.PASSIVE, Side.LEFT): known.passive_left,
        (Mode.PASSIVE, Side.RIGHT): known.passive_right,
    }.get((mode, side))
    return {"system": LOINC, "code": code} if code else None


def _unknown() -> Json:
    return structural("data-absent-reason", "unknown", "Not recorded")


def _not_tested(why: str) -> Json:
    if not why:
        return _unknown()
    return {**structural("data-absent-reason", "not-performed", "Not tested"), "text": f"Not tested: {why}"}
