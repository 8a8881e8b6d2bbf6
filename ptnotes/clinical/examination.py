"""What an examination is charted with: strength, end feel, joint play, reflexes, myotomes, dermatomes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ptnotes.clinical.rows import Row, SourceStatus

EndFeelKind = Literal["normal", "abnormal"]
END_FEEL_KINDS: tuple[EndFeelKind, ...] = ("normal", "abnormal")

Limb = Literal["upper", "lower"]
LIMBS: tuple[Limb, ...] = ("upper", "lower")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrengthGrade:
    """A grade of manual muscle testing. `value` places it on a chart; grades are never averaged."""

    id: str
    code: str
    value: Decimal
    label: str
    meaning: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class EndFeel:
    """What stops a passive movement. Normal or not depends on the joint too."""

    id: str
    label: str
    aliases: tuple[str, ...]
    kind: EndFeelKind
    meaning: str
    example: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMobility:
    """A grade of segmental mobility, 0 (no movement) to 6 (unstable). Its reliability is poor: a charting aid."""

    id: str
    code: str
    value: int
    label: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflexGrade:
    """A grade of a tendon reflex."""

    id: str
    code: str
    label: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflexSite:
    """Where a tendon reflex is tested, and its root."""

    id: str
    label: str
    root: str
    limb: Limb
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Myotome:
    """The movement that tests a nerve root."""

    id: str
    level: str
    movement: str
    limb: Limb
    order: int
    source: str
    source_status: SourceStatus

    @property
    def label(self) -> str:
        """The root and its movement."""
        return f"{self.level} {self.movement}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dermatome:
    """The area of skin of a nerve root, and how it is tested."""

    id: str
    level: str
    area: str
    test: str
    order: int
    source: str
    source_status: SourceStatus

    @property
    def label(self) -> str:
        """The root and its area of skin."""
        return f"{self.level} {self.area}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpperMotorNeuronSign:
    """A sign of the upper motor neuron."""

    id: str
    label: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingNote:
    """How a kind of finding is to be read. `about` names the pick-list; `field_id` the one a technique refers to."""

    id: str
    about: str
    rule: str
    applies_to: tuple[str, ...]
    field_id: str | None
    order: int
    source: str
    source_status: SourceStatus


def read_strength_grade(row: Row, order: int) -> StrengthGrade:
    """A strength grade from its entry."""
    return StrengthGrade(
        id=row.text("id"),
        code=row.text("code"),
        value=row.number("value"),
        label=row.text("label"),
        meaning=row.text("meaning"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_end_feel(row: Row, order: int) -> EndFeel:
    """An end feel from its entry."""
    return EndFeel(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        kind=row.word("kind", END_FEEL_KINDS),
        meaning=row.text("meaning"),
        example=row.text("example"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_segment_mobility(row: Row, order: int) -> SegmentMobility:
    """A grade of segmental mobility from its entry."""
    return SegmentMobility(
        id=row.text("id"),
        code=row.text("code"),
        value=row.whole("value"),
        label=row.text("label"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_reflex_grade(row: Row, order: int) -> ReflexGrade:
    """A reflex grade from its entry."""
    return ReflexGrade(
        id=row.text("id"),
        code=row.text("code"),
        label=row.text("label"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_reflex_site(row: Row, order: int) -> ReflexSite:
    """A reflex site from its entry."""
    return ReflexSite(
        id=row.text("id"),
        label=row.text("label"),
        root=row.text("root"),
        limb=row.word("region", LIMBS),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_myotome(row: Row, order: int) -> Myotome:
    """A myotome from its entry."""
    return Myotome(
        id=row.text("id"),
        level=row.text("level"),
        movement=row.text("movement"),
        limb=row.word("region", LIMBS),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_dermatome(row: Row, order: int) -> Dermatome:
    """A dermatome from its entry."""
    return Dermatome(
        id=row.text("id"),
        level=row.text("level"),
        area=row.text("area"),
        test=row.text("test"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_upper_motor_neuron_sign(row: Row, order: int) -> UpperMotorNeuronSign:
    """A sign of the upper motor neuron from its entry."""
    return UpperMotorNeuronSign(
        id=row.text("id"),
        label=row.text("label"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_finding_note(row: Row, order: int) -> FindingNote:
    """A note on a kind of finding from its entry."""
    return FindingNote(
        id=row.text("id"),
        about=row.text("about"),
        rule=row.text("rule"),
        applies_to=row.texts("applies_to", ()),
        field_id=row.opt_text("field_id"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )
