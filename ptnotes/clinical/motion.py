"""What is measured: motions, instruments, test positions, coded words, and the error of measurement."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ptnotes.clinical.clinic_value import ClinicValue
from ptnotes.clinical.rows import Row, SourceStatus

MotionUnit = Literal["deg", "cm", "mm"]
MOTION_UNITS: tuple[MotionUnit, ...] = ("deg", "cm", "mm")

MethodUnit = Literal["deg", "cm", "mm", "word"]
METHOD_UNITS: tuple[MethodUnit, ...] = ("deg", "cm", "mm", "word")

Better = Literal["higher", "lower", "toward_zero"]
BETTER: tuple[Better, ...] = ("higher", "lower", "toward_zero")

Rater = Literal["intrarater", "interrater", "unknown"]
RATERS: tuple[Rater, ...] = ("intrarater", "interrater", "unknown")

RomWordKind = Literal["limit", "loss", "landmark"]
ROM_WORD_KINDS: tuple[RomWordKind, ...] = ("limit", "loss", "landmark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """An instrument or way of measuring. `unit` is what it gives (`word`: a coded word, no number).

    `kind_of` names the more general method that it is a kind of. Readings by different methods are never compared, a
    method and its more general one included.
    """

    id: str
    label: str
    abbreviation: str
    aliases: tuple[str, ...]
    unit: MethodUnit
    kind_of: str | None
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPosition:
    """The position in which a motion is measured. `motions` empty: any motion."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    id: str
    label: str
    aliases: tuple[str, ...]
    motions: tuple[str, ...]
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RomWord:
    """A reading in words: shown as a word, never turned into degrees. `motions` empty: any motion."""

    id: str
    label: str
    abbreviation: str
    aliases: tuple[str, ...]
    kind: RomWordKind
    motions: tuple[str, ...]
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class MdcRow:
    """A published error of measurement of one motion.

    `value` is the upper end where the source gives a range (`value_low`, `value_high`). `method_text` and `rater_text`
    are the source's words; `methods`, `mode` and `rater` our reading of them, reasoned in `applies_note`. `mode` is
    None when the source does not say active or passive. Only a `usable` row may decide whether a change is real.
    `own` is the clinic's value in place of `value`.
    """

    value: Decimal
    value_low: Decimal | None
    value_high: Decimal | None
    sem: Decimal | None
    unit: MotionUnit
    kind: str
    method_text: str
    methods: tuple[str, ...]
    mode: Literal["active", "passive"] | None
    rater: Rater
    rater_text: str
    applies_note: str | None
    usable: bool
    reason: str | None
    population: str
    source: str
    source_status: SourceStatus
    own: ClinicValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationMean:
    """Mean range of a healthy population, in the motion's unit."""

    female: Decimal
    male: Decimal
    kind: str
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionLoinc:
    """LOINC codes of a motion; `confirmed` is false where a side was inferred."""

    active_left: str | None
    active_right: str | None
    passive_left: str | None
    passive_right: str | None
    confirmed: bool
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """A motion that is measured, in `unit`, by the neutral-zero method: negative means short of neutral.

    `input_min` and `input_max` are absolute (a reading outside is refused), `warn_above` asks; all three are bounds
    of the program (`bounds_source_status`). Normal values are references for adults, not targets. Where
    `no_published_mdc` is true there is no verdict on change; `app_change_threshold` is a flag for the eye and never a
    substitute. `methods` are in order of preference; the first is the default. `own` are the clinic's values in place
    of shipped ones; their keys end in the name of the field (``….normal_aaos``).
    """

    id: str
    label: str
    full_label: str
    short: str
    abbreviation: str
    aliases: tuple[str, ...]
    region: str
    order: int
    unit: MotionUnit
    ucum: str
    sided: bool
    better: Better
    methods: tuple[str, ...]
    methods_note: str | None
    sign_note: str | None
    landmarks_note: str | None
    input_min: Decimal
    input_max: Decimal
    warn_above: Decimal
    normal_aaos: Decimal | None
    normal_ama: Decimal | None
    normal_low: Decimal | None
    normal_high: Decimal | None
    normal_note: str | None
    record: str | None
    app_change_threshold: Decimal | None
    app_change_basis: str | None
    no_published_mdc: bool
    mdc: tuple[MdcRow, ...]
    cdc_mean_20_44: PopulationMean | None
    loinc: MotionLoinc | None
    note: str | None
    bounds_source_status: SourceStatus
    source: str
    source_status: SourceStatus
    own: tuple[ClinicValue, ...] = ()

    def own_value(self, field: str) -> ClinicValue | None:
        """The clinic's value of a field (``normal_aaos``), None where the shipped one stands."""
        return next((value for value in self.own if value.key.endswith(f".{field}")), None)

    @property
    def default_method(self) -> str:
        """The id of the method that is offered first."""
        return self.methods[0]


def read_method(row: Row, order: int) -> Method:
    """A method from its entry."""
    return Method(
        id=row.text("id"),
        label=row.text("label"),
        abbreviation=row.text("abbreviation"),
        aliases=row.texts("aliases"),
        unit=row.word("unit", METHOD_UNITS),
        kind_of=row.opt_text("kind_of"),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_test_position(row: Row, order: int) -> TestPosition:
    """A test position from its entry."""
    return TestPosition(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        motions=row.texts("motions", ()),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_rom_word(row: Row, order: int) -> RomWord:
    """A coded word from its entry."""
    return RomWord(
        id=row.text("id"),
        label=row.text("label"),
        abbreviation=row.text("abbreviation"),
        aliases=row.texts("aliases"),
        kind=row.word("kind", ROM_WORD_KINDS),
        motions=row.texts("motions", ()),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def _read_mdc(row: Row, unit: MotionUnit) -> MdcRow:
    modes: tuple[Literal["active", "passive"], ...] = ("active", "passive")
    usable = row.flag("usable", default=True)
    reason = row.opt_text("unusable_reason")
    if usable == (reason is not None):
        row.fault("an unusable row says why, a usable one has nothing to say")
    rater = row.word("rater", RATERS)
    found = MdcRow(
        value=row.number("value"),
        value_low=row.opt_number("value_low"),
        value_high=row.opt_number("value_high"),
        sem=row.opt_number("sem"),
        unit=unit,
        kind=row.text("kind"),
        method_text=row.text("method"),
        methods=row.texts("methods"),
        mode=row.word("mode", modes) if row.peek("mode") else None,
        rater=rater,
        rater_text=row.text("rater_text", rater),
        applies_note=row.opt_text("applies_note"),
        usable=usable,
        reason=reason,
        population=row.text("population"),
        source=row.text("source"),
        source_status=row.status(),
    )
    row.done()
    return found


def _read_mean(row: Row | None) -> PopulationMean | None:
    if row is None:
        return None
    found = PopulationMean(
        female=row.number("female"),
        male=row.number("male"),
        kind=row.text("kind"),
        source=row.text("source"),
        source_status=row.status(),
    )
    row.done()
    return found


def _read_loinc(row: Row | None) -> MotionLoinc | None:
    if row is None:
        return None
    found = MotionLoinc(
        active_left=row.opt_text("active_left"),
        active_right=row.opt_text("active_right"),
        passive_left=row.opt_text("passive_left"),
        passive_right=row.opt_text("passive_right"),
        confirmed=row.flag("confirmed", default=False),
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )
    row.done()
    return found


def read_motion(row: Row, order: int) -> Motion:
    """A motion from its entry."""
    unit = row.word("unit", MOTION_UNITS)
    return Motion(
        id=row.text("id"),
        label=row.text("label"),
        full_label=row.text("full_label"),
        short=row.text("short"),
        abbreviation=row.text("abbreviation"),
        aliases=row.texts("aliases"),
        region=row.text("region"),
        order=order,
        unit=unit,
        ucum=row.text("ucum", unit),
        sided=row.flag("sided"),
        better=row.word("better", BETTER),
        methods=row.texts("methods"),
        methods_note=row.opt_text("methods_note"),
        sign_note=row.opt_text("sign_note"),
        landmarks_note=row.opt_text("landmarks_note"),
        input_min=row.number("input_min"),
        input_max=row.number("input_max"),
        warn_above=row.number("warn_above"),
        normal_aaos=row.opt_number("normal_aaos"),
        normal_ama=row.opt_number("normal_ama"),
        normal_low=row.opt_number("normal_low"),
        normal_high=row.opt_number("normal_high"),
        normal_note=row.opt_text("normal_note"),
        record=row.opt_text("record"),
        app_change_threshold=row.opt_number("app_change_threshold"),
        app_change_basis=row.opt_text("app_change_basis"),
        no_published_mdc=row.flag("no_published_mdc"),
        mdc=tuple(_read_mdc(each, unit) for each in row.rows("mdc")),
        cdc_mean_20_44=_read_mean(row.nested("cdc_mean_20_44")),
        loinc=_read_loinc(row.nested("loinc")),
        note=row.opt_text("note"),
        bounds_source_status=row.status("bounds_source_status"),
        source=row.text("source"),
        source_status=row.status(),
    )
