"""Values of a visit by name, as a phrase writes them: ``pain.after``, ``rom.lumbar_flexion.change``, ``minutes.total``.

A name is a path in a fixed list; nothing of it is ever run. A motion's change is that of one pair of readings taken in
the same way, as everywhere in the program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptnotes.clinical import Reference
from ptnotes.domain.change import judge_motion
from ptnotes.domain.examination import behaviour_words, exam_words, vitals_at, vitals_text
from ptnotes.domain.phrases import LookUp
from ptnotes.domain.treatment import (
    ComparableSign,
    Mobilization,
    Mode,
    PainKind,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
    minutes_by_timing,
)
from ptnotes.domain.wording import full_date, side_words, signed, with_unit

_SIDES = ("left", "right")
_PARTS = ("before", "after", "change")

FIXED_NAMES: Mapping[str, str] = {
    "pain.before": "pain now, before treatment",
    "pain.after": "pain now, after treatment",
    "pain.change": "change of pain within the visit",
    "pain.best": "pain at its best",
    "pain.worst": "pain at its worst",
    "sign": "the first comparable sign in words",
    "sign.before": "its value before",
    "sign.after": "its value after",
    "minutes.total": "minutes from time in to time out",
    "minutes.timed": "minutes of timed services",
    "treated": "what was mobilized: level, side, technique, grade",
    "exercises": "names of the exercises",
    "exam": "what the examination found, each test with its sides",
    "vitals": "vital signs before treatment",
    "behaviour": "irritability, and what the patient tells of the symptoms",
    "visit.date": "date of the visit",
}
"""Every name but those of motions, with what it stands for.

A motion's are ``rom.MOTION.before``, ``.after`` and ``.change``, with ``.left`` or ``.right`` after a motion that has
sides: ``rom.cervical_rotation.left.after``.
"""


def live_values(reference: Reference, session: TreatmentSession) -> LookUp:
    """A way to look up the values of `session` by name: in words, None where nothing is charted."""

    def look_up(name: str) -> str | None:
        if name.startswith("rom."):
            return _rom(reference, session, name)
        return _FIXED[name](reference, session)

    return look_up


def _rom(reference: Reference, session: TreatmentSession, name: str) -> str | None:
    _rom_word, motion_id, *rest = name.split(".")
    side = Side(rest.pop(0)) if rest and rest[0] in _SIDES else None
    motion = reference.motions[motion_id]
    if rest not in [[part] for part in _PARTS] or motion.sided != (side is not None):
        raise KeyError(name)
    pairs: dict[int, dict[Phase, RomReading]] = {}
    for reading in session.rom:
        if (reading.motion, reading.side) == (motion_id, side):
            phase = Phase.AFTER if reading.phase is Phase.AFTER else Phase.BEFORE
            pairs.setdefault(reading.pair, {})[phase] = reading
    if not pairs:
        return None
    # The pair with most readings speaks, the active one first.
    pair = max(pairs.values(), key=lambda pair: (len(pair), next(iter(pair.values())).mode is Mode.ACTIVE))
    before, after = pair.get(Phase.BEFORE), pair.get(Phase.AFTER)
    if rest[0] != "change":
        return _reading(reference, before if rest[0] == "before" else after)
    if before is None or after is None:
        return None
    change = judge_motion(reference, before, after).change
    return None if change is None else signed(change, after.unit)


def _reading(reference: Reference, reading: RomReading | None) -> str | None:
    if reading is None:
        return None
    if reading.word is not None:
        word = reference.rom_words.get(reading.word)
        return word.label if word is not None else reading.word
    return None if reading.value is None else with_unit(reading.value, reading.unit)


def _score(session: TreatmentSession, kind: PainKind, *, after: bool = False) -> int | None:
    scores = (
        score.value
        for score in session.pain
        if score.kind is kind and (score.phase is Phase.AFTER) == after and score.value is not None
    )
    return next(scores, None)


def _words(value: int | None) -> str | None:
    return None if value is None else str(value)


def _pain_change(_reference: Reference, session: TreatmentSession) -> str | None:
    before, after = _score(session, PainKind.NOW), _score(session, PainKind.NOW, after=True)
    if before is None or after is None:
        return None
    return f"{after - before:+d}".replace("-", "−") if after != before else "0"


def _sign(session: TreatmentSession, *, after: bool) -> ComparableSign | None:
    if not session.comparable_signs:
        return None
    pair = session.comparable_signs[0].pair
    signs = (one for one in session.comparable_signs if one.pair == pair)
    return next((one for one in signs if (one.phase is Phase.AFTER) == after), None)


def _sign_words(_reference: Reference, session: TreatmentSession) -> str | None:
    return session.comparable_signs[0].words if session.comparable_signs else None


def _sign_before(_reference: Reference, session: TreatmentSession) -> str | None:
    sign = _sign(session, after=False)
    return (sign.value or None) if sign is not None else None


def _sign_after(_reference: Reference, session: TreatmentSession) -> str | None:
    sign = _sign(session, after=True)
    return (sign.value or None) if sign is not None else None


def _timed(reference: Reference, session: TreatmentSession) -> str | None:
    known = reference.interventions
    has_minutes = any(
        row.minutes is not None and known[row.intervention].timed
        for row in session.interventions
        if row.intervention is not None and row.intervention in known
    )
    return str(minutes_by_timing(reference, session)[0]) if has_minutes else None


def _treated(reference: Reference, session: TreatmentSession) -> str | None:
    done = [_mobilization(reference, row) for row in session.mobilizations if row.targets]
    return ", ".join(done) or None


def _mobilization(reference: Reference, row: Mobilization) -> str:
    technique = reference.techniques.get(row.technique or "")
    targets = "/".join(
        reference.targets[target].label if target in reference.targets else target for target in row.targets
    )
    grade = f"{row.grade}–{row.grade_to}" if row.grade_to else row.grade or ""
    name = (technique.abbreviation or technique.label) if technique is not None else ""
    return " ".join(part for part in (targets, side_words(row.side), name, grade) if part)


def _vitals(_reference: Reference, session: TreatmentSession) -> str | None:
    row = vitals_at(session, Phase.BEFORE)
    return (vitals_text(row) or None) if row is not None else None


_FIXED: Mapping[str, Callable[[Reference, TreatmentSession], str | None]] = {
    "pain.before": lambda _reference, session: _words(_score(session, PainKind.NOW)),
    "pain.after": lambda _reference, session: _words(_score(session, PainKind.NOW, after=True)),
    "pain.change": _pain_change,
    "pain.best": lambda _reference, session: _words(_score(session, PainKind.BEST)),
    "pain.worst": lambda _reference, session: _words(_score(session, PainKind.WORST)),
    "sign": _sign_words,
    "sign.before": _sign_before,
    "sign.after": _sign_after,
    "minutes.total": lambda _reference, session: _words(session.total_minutes),
    "minutes.timed": _timed,
    "treated": _treated,
    "exercises": lambda _reference, session: (
        ", ".join(row.name for row in session.exercises if row.name) or None
    ),
    "exam": lambda reference, session: exam_words(reference, session) or None,
    "vitals": _vitals,
    "behaviour": lambda _reference, session: behaviour_words(session) or None,
    "visit.date": lambda _reference, session: full_date(session.service_date),
}
