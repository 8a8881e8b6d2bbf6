"""What an examination found, as lines: one test at its sides. What may be said of a test, and how it is worded.

Strength and reflex grades, segmental mobility and the lists of tests are those of the reference data, with their
sources. A line without a value was not examined: a blank is never "normal", and grades are never averaged
(`finding_notes`). Nothing here says what a finding means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ptnotes.clinical import Reference
from ptnotes.domain.screening import is_thrust
from ptnotes.domain.text import fold
from ptnotes.domain.treatment import (
    FINDING_LISTS,
    ExamFinding,
    FindingKind,
    Phase,
    Side,
    TreatmentSession,
    VisitKind,
    Vitals,
)
from ptnotes.domain.wording import side_words

LineKey = tuple[FindingKind, str, str | None]

TEST_KINDS = (
    FindingKind.STRENGTH,
    FindingKind.MYOTOME,
    FindingKind.REFLEX,
    FindingKind.DERMATOME,
    FindingKind.UPPER_MOTOR_NEURON,
    FindingKind.SPECIAL_TEST,
    FindingKind.JOINT_PLAY,
    FindingKind.PALPATION,
)
"""The kinds of tests in the order in which they are shown; what the patient tells of the symptoms stands apart."""

KIND_WORDS: Mapping[FindingKind, str] = {
    FindingKind.STRENGTH: "Strength",
    FindingKind.MYOTOME: "Myotomes",
    FindingKind.REFLEX: "Reflexes",
    FindingKind.DERMATOME: "Dermatomes",
    FindingKind.UPPER_MOTOR_NEURON: "Upper motor neuron signs",
    FindingKind.SPECIAL_TEST: "Special tests",
    FindingKind.JOINT_PLAY: "Joint play",
    FindingKind.PALPATION: "Palpation",
    FindingKind.IRRITABILITY: "Irritability",
    FindingKind.BEHAVIOUR: "Behaviour of symptoms",
}

WORD_VALUES: Mapping[FindingKind, tuple[str, ...]] = {
    FindingKind.DERMATOME: ("normal", "reduced", "absent", "increased"),
    FindingKind.UPPER_MOTOR_NEURON: ("present", "absent"),
    FindingKind.SPECIAL_TEST: ("positive", "negative", "unclear"),
    FindingKind.JOINT_PLAY: ("normal", "hypomobile", "hypermobile"),
    FindingKind.IRRITABILITY: ("low", "moderate", "high"),
}
"""Values that are words and no grades of the reference data. Joint play may be said in words or as a grade."""

GRADE_LISTS: Mapping[FindingKind, str] = {
    kind: grades for kind, (_tests, grades) in FINDING_LISTS.items() if grades
}
"""Where in the reference data a kind's grades stand."""

NORMAL_VALUES: Mapping[FindingKind, str] = {
    FindingKind.STRENGTH: "mmt_5",
    FindingKind.MYOTOME: "mmt_5",
    FindingKind.REFLEX: "reflex_2+",
    FindingKind.DERMATOME: "normal",
    FindingKind.UPPER_MOTOR_NEURON: "absent",
    FindingKind.SPECIAL_TEST: "negative",
    FindingKind.JOINT_PLAY: "normal",
}
"""What the key that marks a line as normal charts; grades are those that the data themselves label "Normal"."""

BEHAVIOURS: Mapping[str, str] = {
    "aggravating": "Worse with",
    "easing": "Better with",
    "morning": "Morning",
    "day": "During the day",
    "evening": "Evening",
    "night": "Night",
}
"""What is asked of how symptoms behave: the test's id and its label. The last four are the pattern over 24 hours."""

_NOTES = {
    FindingKind.STRENGTH: "strength",
    FindingKind.MYOTOME: "strength",
    FindingKind.REFLEX: "side_difference",
    FindingKind.JOINT_PLAY: "segment_mobility",
}
_SIDELESS = frozenset({FindingKind.PALPATION, FindingKind.IRRITABILITY, FindingKind.BEHAVIOUR})
_SIDED_ONLY = frozenset({FindingKind.REFLEX, FindingKind.DERMATOME, FindingKind.MYOTOME})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamLine:
    """One test with what was found left, right, and without a side (in the middle, or where sides make no sense).

    `words` are those of the line's findings, each once.
    """

    kind: FindingKind
    test: str
    target: str | None
    left: ExamFinding | None = None
    middle: ExamFinding | None = None
    right: ExamFinding | None = None

    @property
    def key(self) -> LineKey:
        """What names the line: the same test at the same place is one line."""
        return (self.kind, self.test, self.target)

    @property
    def findings(self) -> tuple[ExamFinding, ...]:
        """The line's findings, left first."""
        return tuple(found for found in (self.left, self.middle, self.right) if found is not None)

    @property
    def words(self) -> str:
        """What was said of the test besides its values."""
        return "; ".join(dict.fromkeys(found.words for found in self.findings if found.words))

    @property
    def is_blank(self) -> bool:
        """Whether nothing was found yet: the test is listed and was not examined."""
        return not any(found.value or found.words for found in self.findings)


def key_of(finding: ExamFinding) -> LineKey:
    """The line that a finding belongs to."""
    return (finding.kind, finding.test, finding.target)


def exam_lines(session: TreatmentSession) -> tuple[ExamLine, ...]:
    """The visit's tests as lines: by kind in the order of `TEST_KINDS`, within a kind as they were charted."""
    found: dict[LineKey, dict[str, ExamFinding]] = {}
    for finding in session.findings:
        if finding.kind in TEST_KINDS:
            found.setdefault(key_of(finding), {})[_place(finding.side)] = finding
    lines = [
        ExamLine(kind=kind, test=test, target=target, **places)
        for (kind, test, target), places in found.items()
    ]
    return tuple(sorted(lines, key=lambda line: TEST_KINDS.index(line.kind)))


def _place(side: Side | None) -> str:
    return side.value if side in (Side.LEFT, Side.RIGHT) else "middle"


def sides_of(kind: FindingKind) -> tuple[Side | None, ...]:
    """The sides under which a kind of test can be charted; None is a finding without a side."""
    if kind in _SIDELESS:
        return (None,)
    if kind in _SIDED_ONLY:
        return (Side.LEFT, Side.RIGHT)
    return (Side.LEFT, None, Side.RIGHT)


def values_of(reference: Reference, kind: FindingKind) -> Mapping[str, str]:
    """Every value that a kind of test can have, as it is shown: grades by their code, words as they are."""
    grades = getattr(reference, GRADE_LISTS[kind]) if kind in GRADE_LISTS else {}
    return {
        **{grade.id: grade.code for grade in grades.values()},
        **{word: word for word in WORD_VALUES.get(kind, ())},
    }


def value_names(reference: Reference, kind: FindingKind) -> Mapping[str, str]:
    """Every value with its meaning beside it, for a list to read: ``4- Good minus``, ``2+ Normal``."""
    grades = getattr(reference, GRADE_LISTS[kind]) if kind in GRADE_LISTS else {}
    return {
        **{grade.id: f"{grade.code} {grade.label}" for grade in grades.values()},
        **{word: word for word in WORD_VALUES.get(kind, ())},
    }


def read_value(reference: Reference, kind: FindingKind, text: str) -> str | None:
    """The id of the value that is typed: ``4-``, ``4-/5``, ``2+``, ``pos``, ``hypo``; None where it names none.

    A word, or a grade's label (``brisk``), may be typed as far as it is the only one that begins so. A reflex may be
    typed without its plus sign.
    """
    wanted = _plain(text)
    if not wanted:
        return None
    shown = values_of(reference, kind)
    graded = wanted.removesuffix("/5") if GRADE_LISTS.get(kind) == "strength_grades" else wanted
    graded = graded.removesuffix("/4") if kind is FindingKind.REFLEX else graded
    for identity, code in shown.items():
        if graded == code.casefold() or (kind is FindingKind.REFLEX and f"{graded}+" == code):
            return identity
    named = [word for word in WORD_VALUES.get(kind, ()) if word.startswith(wanted)]
    if len(named) == 1:
        return named[0]
    grades = getattr(reference, GRADE_LISTS[kind]).values() if kind in GRADE_LISTS else ()
    labelled = [grade.id for grade in grades if len(wanted) > 2 and _plain(grade.label).startswith(wanted)]
    return labelled[0] if len(labelled) == 1 else _SIGNS.get(kind, {}).get(wanted)


_SIGNS: Mapping[FindingKind, Mapping[str, str]] = {
    FindingKind.SPECIAL_TEST: {"+": "positive", "-": "negative", "+ve": "positive", "-ve": "negative", "?": "unclear"},
    FindingKind.UPPER_MOTOR_NEURON: {
        "+": "present", "-": "absent", "pos": "present", "positive": "present", "neg": "absent", "negative": "absent",
    },
    FindingKind.DERMATOME: {"intact": "normal", "decreased": "reduced", "dec": "reduced", "hyper": "increased"},
    FindingKind.JOINT_PLAY: {"stiff": "hypomobile", "wnl": "normal"},
    FindingKind.IRRITABILITY: {},
}  # fmt: skip


def _plain(text: str) -> str:
    return text.strip().casefold().replace("−", "-").replace("–", "-").replace(" ", "")


def label_of(reference: Reference, finding: ExamFinding | ExamLine) -> str:
    """What was tested, in words: ``Knee (patellar)``, ``L4 ankle dorsiflexion``, ``L4``, or its name as typed."""
    if finding.target is not None:
        place = (
            reference.targets[finding.target].label if finding.target in reference.targets else finding.target
        )
        return f"{place} {finding.test}".strip()
    listed = _TEST_LISTS.get(finding.kind)
    entry = getattr(reference, listed).get(finding.test) if listed is not None else None
    if entry is not None:
        return str(entry.label)
    return (
        BEHAVIOURS.get(finding.test, finding.test) if finding.kind is FindingKind.BEHAVIOUR else finding.test
    )


_TEST_LISTS: Mapping[FindingKind, str] = {
    kind: tests for kind, (tests, _grades) in FINDING_LISTS.items() if tests
}


def value_text(reference: Reference, kind: FindingKind, value: str) -> str:
    """A value as it is shown, empty for one that was not recorded."""
    return values_of(reference, kind).get(value, value)


def line_text(reference: Reference, line: ExamLine, *, brief: bool = False) -> str:
    """What a line found, on one line: ``left 1+, right 2+ (painful)``; empty where nothing was examined.

    Words that were said of one side alone stand beside that side. A brief one has letters for the sides, for a narrow
    column.
    """
    told = [found for found in line.findings if found.value or found.words]
    shared = line.words if len({found.words for found in told}) == 1 else ""
    parts = []
    for found in told:
        # In the middle is where a level is: only what is left or right of it, or both, is said.
        side = side_words(found.side) if found.side is not Side.MIDLINE else ""
        side = side[:1].upper() if brief else side
        said = f"{side} {value_text(reference, line.kind, found.value)}".strip()
        if found.words and not shared:
            said = f"{said} ({found.words})" if said else found.words
        if said:
            parts.append(said)
    values = ", ".join(parts)
    if not shared or not values:
        return values or shared
    return f"{values} ({shared})" if len(told) == 1 else f"{values}; both: {shared}"


def finding_note(reference: Reference, kind: FindingKind) -> str:
    """How a kind of finding is to be read, with its source; empty where the reference data say nothing."""
    note = reference.finding_notes.get(_NOTES.get(kind, ""))
    return f"{note.rule} Source: {note.source.rstrip('.')}." if note is not None else ""


def neuro_screen(reference: Reference, limb: str) -> tuple[LineKey, ...]:
    """The tests of a neurological screen of the ``upper`` or ``lower`` limb, as blank lines.

    Myotomes, reflexes and dermatomes are those that the data name for the limb; a dermatome belongs to the limb of its
    root: C2 to T1 to the upper, L1 to S5 to the lower.
    """
    lines: list[LineKey] = [
        (FindingKind.MYOTOME, each.id, None) for each in reference.myotomes.values() if each.limb == limb
    ]
    lines += [
        (FindingKind.REFLEX, each.id, None) for each in reference.reflex_sites.values() if each.limb == limb
    ]
    lines += [
        (FindingKind.DERMATOME, each.id, None)
        for each in reference.dermatomes.values()
        if _limb_of_root(each.level) == limb
    ]
    return tuple(lines)


def _limb_of_root(level: str) -> str:
    if level.startswith("C") or level == "T1":
        return "upper"
    return "lower" if level[:1] in ("L", "S") else ""


UPPER_REGIONS = frozenset(
    {"cervical_upper", "cervical", "cervicothoracic", "shoulder", "elbow", "forearm", "wrist_hand"}
)


def limb_of(regions: Iterable[str]) -> str:
    """The limb whose neurological screen belongs to the main of these regions: the upper for neck and arm."""
    main = next(iter(regions), "")
    return "upper" if main in UPPER_REGIONS else "lower"


# Vital signs and behaviour -------------------------------------------------------------------------------------------


def vitals_at(session: TreatmentSession, phase: Phase) -> Vitals | None:
    """The vital signs before or after the treatment; a single measurement counts as before."""
    return next((row for row in session.vitals if (row.phase is Phase.AFTER) == (phase is Phase.AFTER)), None)


def vitals_text(row: Vitals) -> str:
    """Vital signs with their units: ``128/82 mmHg, 72/min, SpO₂ 98 %``; empty where none was taken."""
    parts = []
    if row.systolic_mmhg is not None or row.diastolic_mmhg is not None:
        both = (row.systolic_mmhg, row.diastolic_mmhg)
        parts.append("/".join("–" if value is None else str(value) for value in both) + " mmHg")
    if row.heart_rate_bpm is not None:
        parts.append(f"{row.heart_rate_bpm}/min")
    if row.saturation_percent is not None:
        parts.append(f"SpO₂ {row.saturation_percent} %")
    told = ", ".join(parts)
    if row.words:
        return f"{told} ({row.words})" if told else row.words
    return told


def has_blood_pressure(session: TreatmentSession) -> bool:
    """Whether both pressures were taken at the visit."""
    return any(row.systolic_mmhg is not None and row.diastolic_mmhg is not None for row in session.vitals)


def pressure_regions(reference: Reference) -> frozenset[str]:
    """The regions whose screen records blood pressure: those of the screening items that say so."""
    items = (item for item in reference.screening_items.values() if "blood pressure" in item.record)
    return frozenset(region for item in items for region in item.regions)


def lacks_blood_pressure(reference: Reference, session: TreatmentSession, regions: Iterable[str]) -> bool:
    """Whether blood pressure is asked for at this visit and was not taken.

    It is asked for at the evaluation of an episode whose `regions` are screened with it (the neck), and at any visit
    with a thrust at such a region. Source: the screening item that records it, after the IFOMPT cervical framework.
    """
    if has_blood_pressure(session):
        return False
    asking = pressure_regions(reference)
    if session.kind is VisitKind.EVALUATION and asking & set(regions):
        return True
    targets = (
        reference.targets[target]
        for row in session.mobilizations
        if is_thrust(reference, row)
        for target in row.targets
        if target in reference.targets
    )
    return any(asking & set(target.regions) for target in targets)


def irritability(session: TreatmentSession) -> ExamFinding | None:
    """How irritable the symptoms are, where that was said."""
    return next((row for row in session.findings if row.kind is FindingKind.IRRITABILITY), None)


def behaviour(session: TreatmentSession) -> dict[str, str]:
    """What the patient told of how the symptoms behave, by the ids of `BEHAVIOURS`; what was not told is left out."""
    told = {
        row.test: row.words for row in session.findings if row.kind is FindingKind.BEHAVIOUR and row.words
    }
    return {name: told[name] for name in BEHAVIOURS if name in told}


def exam_words(reference: Reference, session: TreatmentSession) -> str:
    """Every test that found something, in a line: ``Knee (patellar) reflex left 1+; Slump right positive``."""
    told = []
    for line in exam_lines(session):
        if not line.is_blank:
            label = label_of(reference, line)
            kind = _SINGULAR.get(line.kind, "")
            told.append(" ".join(part for part in (label, kind, line_text(reference, line)) if part))
    return "; ".join(told)


_SINGULAR = {
    FindingKind.STRENGTH: "strength",
    FindingKind.REFLEX: "reflex",
    FindingKind.DERMATOME: "sensation",
    FindingKind.JOINT_PLAY: "joint play",
}


def behaviour_words(session: TreatmentSession) -> str:
    """Irritability and what the patient told of the symptoms: ``irritability moderate; worse with sitting``."""
    found = irritability(session)
    told = []
    if found is not None and (found.value or found.words):
        words = f" ({found.words})" if found.words and found.value else found.words
        told.append(f"irritability {found.value}{words}".strip())
    told += [f"{BEHAVIOURS[name].lower()} {words}" for name, words in behaviour(session).items()]
    return "; ".join(told)


def is_examined(session: TreatmentSession) -> bool:
    """Whether anything of an examination is charted, be it a line without a value."""
    return bool(session.findings or session.vitals)


# Over the visits -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One test over the visits: what it is, and what was found first and last, each with its day.

    `first` is None where it was examined once only. `kind` is None for vital signs, which are no finding.
    """

    kind: FindingKind | None
    label: str
    first: tuple[date, str] | None
    now: tuple[date, str]

    @property
    def heading(self) -> str:
        """Under which words it stands."""
        if self.kind is None:
            return "Vital signs"
        told = self.kind in (FindingKind.IRRITABILITY, FindingKind.BEHAVIOUR)
        return KIND_WORDS[FindingKind.BEHAVIOUR if told else self.kind]


def last_found(
    reference: Reference, earlier: Sequence[TreatmentSession], key: LineKey, *, brief: bool = False
) -> tuple[date, str] | None:
    """The day and the words of the newest of the `earlier` visits (newest first) at which a test found something."""
    for session in earlier:
        own = tuple(row for row in session.findings if key_of(row) == key)
        # Most visits have not examined this, and need no lines.
        line = exam_lines(replace(session, findings=own))[0] if own else None
        if line is not None and not line.is_blank:
            return session.service_date, line_text(reference, line, brief=brief)
    return None


def examined_over(reference: Reference, sessions: Iterable[TreatmentSession]) -> tuple[Examined, ...]:
    """Each test of these visits (oldest first), vital signs and behaviour too, as it was first and as it is now.

    A test that was listed and not examined is left out.
    """
    told: dict[tuple[FindingKind | None, str], list[tuple[date, str]]] = {}
    for session in sessions:
        for kind, label, text in told_at(reference, session):
            told.setdefault((kind, label), []).append((session.service_date, text))
    kinds = [FindingKind.IRRITABILITY, FindingKind.BEHAVIOUR, None, *TEST_KINDS]
    ordered = sorted(told.items(), key=lambda entry: kinds.index(entry[0][0]))
    return tuple(
        Examined(kind=kind, label=label, first=found[0] if len(found) > 1 else None, now=found[-1])
        for (kind, label), found in ordered
    )


def told_at(reference: Reference, session: TreatmentSession) -> Iterable[tuple[FindingKind | None, str, str]]:
    """(kind, what, words) of everything that was examined at a visit; vital signs have no kind."""
    found = irritability(session)
    if found is not None and (found.value or found.words):
        text = f"{found.value} ({found.words})" if found.value and found.words else found.value or found.words
        yield FindingKind.IRRITABILITY, KIND_WORDS[FindingKind.IRRITABILITY], text
    for name, words in behaviour(session).items():
        yield FindingKind.BEHAVIOUR, BEHAVIOURS[name], words
    for phase, label in ((Phase.BEFORE, "Before treatment"), (Phase.AFTER, "After treatment")):
        row = vitals_at(session, phase)
        if row is not None and (text := vitals_text(row)):
            yield None, label, text
    for line in exam_lines(session):
        if not line.is_blank:
            yield line.kind, label_of(reference, line) or KIND_WORDS[line.kind], line_text(reference, line)


def same_name(first: str, second: str) -> bool:
    """Whether two names of a test are the same to a reader, whatever their case, accents and dashes."""
    return fold(first) == fold(second)
