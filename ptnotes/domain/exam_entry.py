"""Reads an examination finding from a few typed words: ``knee jerk l 2+``, ``spurling r pos``, ``L4 joint play hypo``.

Words name a test when each of them begins a word of the test; a side, a value and the kind of test are taken out first.
Names of special tests are offered to be typed less: they claim nothing of what a test is worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ptnotes.clinical import Reference
from ptnotes.domain.errors import InputError
from ptnotes.domain.examination import (
    KIND_WORDS,
    LineKey,
    label_of,
    read_value,
    same_name,
    value_text,
    values_of,
)
from ptnotes.domain.text import clean_line, fold
from ptnotes.domain.treatment import ExamFinding, FindingKind, Side, TreatmentSession
from ptnotes.domain.wording import side_words

SPECIAL_TESTS = (
    "Spurling", "Neck distraction", "Upper limb tension, median", "Upper limb tension, radial",
    "Upper limb tension, ulnar", "Sharp-Purser", "Alar ligament", "Flexion-rotation", "Shoulder abduction relief",
    "Straight leg raise", "Crossed straight leg raise", "Slump", "Prone knee bend", "Prone instability",
    "FABER", "FADIR", "Thigh thrust", "Sacral thrust", "Sacroiliac distraction", "Sacroiliac compression", "Gaenslen",
    "Active straight leg raise", "Thomas", "Ober", "Trendelenburg", "Scour", "Neer", "Hawkins-Kennedy", "Empty can",
    "External rotation lag", "Drop arm", "Lift-off", "Apprehension", "Relocation", "Sulcus", "Speed", "Yergason",
    "O'Brien", "Cross-body adduction", "Cozen", "Mill", "Elbow valgus stress", "Elbow varus stress", "Tinel", "Phalen",
    "Carpal compression", "Finkelstein", "Lachman", "Knee anterior drawer", "Knee posterior drawer",
    "Knee valgus stress", "Knee varus stress", "McMurray", "Thessaly", "Patellar apprehension",
    "Ankle anterior drawer", "Talar tilt", "Squeeze", "Thompson", "Windlass",
)  # fmt: skip
"""Names to choose from; any other name may be typed."""

_REFLEX_WORDS = {
    "biceps": "arm",
    "triceps": "arm elbow",
    "brachioradialis": "supinator radial",
    "patellar": "knee quadriceps quads kj",
    "achilles": "ankle calf aj",
}
_KIND_NAMES: dict[FindingKind, tuple[str, ...]] = {
    FindingKind.STRENGTH: ("strength", "mmt", "power"),
    FindingKind.MYOTOME: ("myotome", "myotomes"),
    FindingKind.REFLEX: ("reflex", "reflexes", "jerk", "dtr", "dtrs"),
    FindingKind.DERMATOME: ("dermatome", "dermatomes", "sensation", "light touch", "sensory"),
    FindingKind.UPPER_MOTOR_NEURON: ("umn", "upper motor neuron"),
    FindingKind.SPECIAL_TEST: ("test", "special test", "sign"),
    FindingKind.JOINT_PLAY: ("joint play", "mobility", "paivm", "ppivm", "glide", "spring"),
    FindingKind.PALPATION: ("palpation", "palp", "tender", "tenderness"),
}
_SIDES = {
    "l": (Side.LEFT,), "lt": (Side.LEFT,), "left": (Side.LEFT,),
    "r": (Side.RIGHT,), "rt": (Side.RIGHT,), "right": (Side.RIGHT,),
    "b": (Side.LEFT, Side.RIGHT), "bil": (Side.LEFT, Side.RIGHT), "bilat": (Side.LEFT, Side.RIGHT),
    "bilateral": (Side.LEFT, Side.RIGHT), "both": (Side.LEFT, Side.RIGHT), "b/l": (Side.LEFT, Side.RIGHT),
}  # fmt: skip
_FILLERS = frozenset({"test", "sign", "of", "the"})
"""Words that part no test from another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamTest:
    """A test that can be charted: its line, its name, and the folded words that find it."""

    key: LineKey
    label: str
    names: tuple[str, ...]

    @property
    def kind(self) -> FindingKind:
        """The kind of test."""
        return self.key[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What typed words chart: findings of one line, and how they read."""

    key: LineKey
    label: str
    findings: tuple[ExamFinding, ...]

    @property
    def has_value(self) -> bool:
        """Whether a value was typed, so that nothing more has to be asked."""
        return any(found.value or found.words for found in self.findings)


def catalogue(reference: Reference, used: Iterable[LineKey] = ()) -> tuple[ExamTest, ...]:
    """Every test that can be found by its words; `used` are lines of earlier visits, whose own names come first."""
    found: dict[LineKey, ExamTest] = {}

    def add(kind: FindingKind, test: str, words: str = "", target: str | None = None) -> None:
        key = (kind, test, target)
        label = label_of(reference, ExamFinding(row=0, kind=kind, test=test, target=target))
        names = f"{label} {words} {' '.join(_KIND_NAMES[kind])}"
        found.setdefault(key, ExamTest(key=key, label=label, names=_folded(names)))

    for kind, test, target in used:
        if kind in _KIND_NAMES and (test or target):
            add(kind, test, "", target)
    for reflex in reference.reflex_sites.values():
        add(FindingKind.REFLEX, reflex.id, f"{reflex.root} {_REFLEX_WORDS.get(reflex.id, '')}")
    # A movement's name alone is its strength; the root is tested where it, or the word myotome, was said.
    for movement in _movements(reference):
        add(FindingKind.STRENGTH, movement)
    for myotome in reference.myotomes.values():
        add(FindingKind.MYOTOME, myotome.id)
    for dermatome in reference.dermatomes.values():
        add(FindingKind.DERMATOME, dermatome.id)
    for sign in reference.upper_motor_neuron_signs.values():
        add(FindingKind.UPPER_MOTOR_NEURON, sign.id, sign.id)
    for name in SPECIAL_TESTS:
        add(FindingKind.SPECIAL_TEST, name, _initials(name))
    for place in reference.targets.values():
        if place.kind == "muscle":
            add(FindingKind.STRENGTH, place.label, " ".join(place.aliases))
        elif place.kind in ("vertebra", "segment", "joint", "rib"):
            add(FindingKind.JOINT_PLAY, "", f"{place.id} {' '.join(place.aliases)}", place.id)
    return tuple(found.values())


def _folded(text: str) -> tuple[str, ...]:
    """The words of a name as they are compared: folded, without brackets."""
    return tuple(re.sub(r"[()]", " ", fold(text)).split())


def _movements(reference: Reference) -> tuple[str, ...]:
    """The movements that the myotomes name, each one alone: ``ankle dorsiflexion``."""
    named = (part for each in reference.myotomes.values() for part in each.movement.split(", "))
    return tuple(dict.fromkeys(part[:1].upper() + part[1:] for part in named))


def _initials(name: str) -> str:
    words = re.findall(r"[A-Za-z]+", name)
    return "".join(word[0] for word in words) if len(words) > 1 else ""


def used_tests(sessions: Iterable[TreatmentSession]) -> tuple[LineKey, ...]:
    """The tests of these visits, each once, in the order of the visits given."""
    return tuple(
        dict.fromkeys((row.kind, row.test, row.target) for session in sessions for row in session.findings)
    )


def read_findings(reference: Reference, tests: Sequence[ExamTest], text: str) -> tuple[Typed, ...]:
    """What `text` can mean, best first: tests of the catalogue whose words it begins, then a name of its own.

    A name of its own needs its kind told: by a value that only one kind has (positive), or by a word (strength).
    Empty where nothing is understood.
    """
    said = _split(text)
    if said is None:
        return ()
    found: list[tuple[bool, int, int, Typed]] = []
    for place, test in enumerate(tests):
        rank = _rank(test, said)
        if rank is None:
            continue
        value = read_value(reference, test.kind, said.value) if said.value else ""
        if value is None:
            continue
        is_doubtful = test.kind is FindingKind.REFLEX and _may_be_strength(said)
        found.append((is_doubtful, rank, place, _typed(reference, test.key, said, value)))
    named = [typed for *_, typed in sorted(found, key=lambda entry: entry[:3])]
    own = _own_name(reference, said)
    if own is not None and not any(same_name(own.label, typed.label) for typed in named):
        named.append(own)
    return tuple(named)


@dataclass(frozen=True, slots=True)
class _Said:
    """A typed text, parted: words of the name, sides, the value as typed, the kinds that were named, words behind."""

    words: tuple[str, ...]
    named: str
    sides: tuple[Side, ...]
    value: str
    kinds: frozenset[FindingKind]
    behind: str


_VALUE = re.compile(r"[0-6][+-]?(?:/[45])?|[+-](?:ve)?|\?")
_VALUE_WORDS = (
    "positive", "negative", "unclear", "present", "absent", "normal", "reduced", "increased", "hypomobile",
    "hypermobile", "brisk", "intact", "decreased", "diminished", "stiff", "wnl",
)  # fmt: skip
_SHORT_VALUES = frozenset({"pos", "neg", "hypo", "hyper", "norm", "abs", "dec"})


def _split(text: str) -> _Said | None:
    try:
        line = clean_line(text, "finding.test")
    except InputError:
        return None
    head, _, behind = line.partition(":")
    sides: tuple[Side, ...] = ()
    value = ""
    kept: list[str] = []
    for part in head.replace(",", " ").split():
        plain = part.casefold().replace("−", "-").replace("–", "-")
        if plain in _SIDES and not sides:
            sides = _SIDES[plain]
        elif not value and _is_value(plain):
            value = plain
        else:
            kept.append(part)
    told = " ".join(_folded(" ".join(kept)))
    words = tuple(word for word in told.split() if word not in _FILLERS)
    if all(word in _SIDES for word in words):
        return None
    kinds = frozenset(
        kind for kind, names in _KIND_NAMES.items() if any(f" {name} " in f" {told} " for name in names)
    )
    return _Said(words, " ".join(kept), sides, value, kinds, behind.strip())


def _is_value(plain: str) -> bool:
    if _VALUE.fullmatch(plain) or plain in _SHORT_VALUES:
        return True
    return len(plain) > 3 and any(word.startswith(plain) for word in _VALUE_WORDS)


def _may_be_strength(said: _Said) -> bool:
    """Whether a 3 or 4 was typed without its plus sign and nobody said reflex: more often a grade of strength, and as a
    reflex it would be brisk or clonus.
    """
    return said.value in ("3", "4") and FindingKind.REFLEX not in said.kinds


def _rank(test: ExamTest, said: _Said) -> int | None:
    """How well the words name the test: whole words before beginnings of words; None where one fits nowhere."""
    # Any test may be called one: only the other words say which kind is meant.
    kinds = said.kinds - {FindingKind.SPECIAL_TEST}
    if kinds and test.kind not in kinds:
        return None
    whole = 0
    for word in said.words:
        if word in test.names:
            whole += 1
        elif not any(name.startswith(word) for name in test.names):
            return None
    return len(said.words) - whole


def _typed(reference: Reference, key: LineKey, said: _Said, value: str) -> Typed:
    kind, test, target = key
    sides: tuple[Side | None, ...] = said.sides or (None,)
    findings = tuple(
        ExamFinding(row=0, kind=kind, test=test, target=target, side=side, value=value, words=said.behind)
        for side in sides
    )
    label = label_of(reference, findings[0]) or KIND_WORDS[kind]
    side = "both sides" if len(said.sides) > 1 else side_words(said.sides[0]) if said.sides else ""
    shown = " ".join(part for part in (side, value_text(reference, kind, value)) if part)
    parts = (label, shown, said.behind)
    return Typed(key=key, label=" · ".join(part for part in parts if part), findings=findings)


def _own_name(reference: Reference, said: _Said) -> Typed | None:
    """A test under a name of its own, where its kind is told."""
    kind = _kind_told(reference, said)
    if kind is None:
        return None
    value = read_value(reference, kind, said.value) if said.value else ""
    name = _without_kind(said.named, kind)
    if value is None or not name:
        return None
    if kind is FindingKind.PALPATION and said.sides:
        # What is felt has no value to stand at a side: the side belongs to the place.
        side = "both sides" if len(said.sides) > 1 else side_words(said.sides[0])
        name, said = f"{name} {side}", replace(said, sides=())
    return _typed(reference, (kind, name[:1].upper() + name[1:], None), said, value)


def _kind_told(reference: Reference, said: _Said) -> FindingKind | None:
    for kind in (FindingKind.PALPATION, FindingKind.STRENGTH, FindingKind.SPECIAL_TEST):
        if kind in said.kinds:
            return kind
    if said.kinds or not said.value:
        return None
    if read_value(reference, FindingKind.SPECIAL_TEST, said.value) in ("positive", "negative", "unclear"):
        return FindingKind.SPECIAL_TEST
    return FindingKind.STRENGTH if read_value(reference, FindingKind.STRENGTH, said.value) else None


def _without_kind(named: str, kind: FindingKind) -> str:
    """The name without the word that says its kind; a tender place keeps its word, which is the finding."""
    left = [
        word
        for word in named.split()
        if fold(word) not in _KIND_NAMES[kind]
        or (kind is FindingKind.PALPATION and fold(word).startswith("tender"))
    ]
    return " ".join(left)


def values_hint(reference: Reference, kind: FindingKind) -> str:
    """The values that a kind can have, as they are typed: ``0, 1+, 2+, 3+, 4+``."""
    return ", ".join(values_of(reference, kind).values())
