"""Outcome measures: how a score is reached, what change means, whose text it is; and the body chart's symbols."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ptnotes.clinical.clinic_value import ClinicValue
from ptnotes.clinical.rows import Row, SourceStatus

EntryMode = Literal["items", "total_only"]
ENTRY_MODES: tuple[EntryMode, ...] = ("items", "total_only")

ScoreDirection = Literal["higher_better", "lower_better"]
SCORE_DIRECTIONS: tuple[ScoreDirection, ...] = ("higher_better", "lower_better")

Licence = Literal["free", "free_unmodified", "own_wording", "restricted", "unclear"]
LICENCES: tuple[Licence, ...] = ("free", "free_unmodified", "own_wording", "restricted", "unclear")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A published threshold of change. `unit` may differ from the score's: then `raw_points` is the score's.

    `single_item` is for one answer alone, and never for the score. `own` is the clinic's value in place of `value`.

    A `kind` with "cut-off score" names a score that is reached, not a change.
    """

    kind: str
    value: Decimal
    value_low: Decimal | None
    value_mid: Decimal | None
    value_high: Decimal | None
    ci_low: Decimal | None
    ci_high: Decimal | None
    unit: str
    raw_points: Decimal | None
    percent: Decimal | None
    population: str
    single_item: bool
    note: str | None
    source: str
    source_status: SourceStatus
    own: ClinicValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreBand:
    """A descriptive band of a score, both ends included. It describes; it never becomes a diagnosis."""

    low: int
    high: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscale:
    """A part of a measure with a score of its own."""

    id: str
    label: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeMeasure:
    """An outcome measure. A blank is "not recorded", never 0. `ship_items` false: only totals are entered."""

    id: str
    label: str
    abbreviation: str
    aliases: tuple[str, ...]
    regions: tuple[str, ...]
    order: int
    entry_mode: EntryMode
    items: int
    items_min: int | None
    items_max: int | None
    item_min: Decimal
    item_max: Decimal
    item_step: Decimal
    score_min: Decimal
    score_max: Decimal
    unit: str
    direction: ScoreDirection
    percent: bool
    percent_formula: str | None
    scoring: str
    missing_rule: str
    record: tuple[str, ...]
    derived: str | None
    derived_source: str | None
    derived_source_status: SourceStatus | None
    app_change_percent: Decimal | None
    app_change_threshold_single: Decimal | None
    app_change_threshold_strict: Decimal | None
    app_change_threshold_strict_basis: str | None
    bands: tuple[ScoreBand, ...]
    bands_rounding: str | None
    bands_source: str | None
    bands_source_status: SourceStatus | None
    subscales: tuple[Subscale, ...]
    change: tuple[ChangeRow, ...]
    loinc: str | None
    loinc_display: str | None
    loinc_panel: str | None
    loinc_related: tuple[str, ...]
    loinc_note: str | None
    licence: Licence
    licence_note: str
    ship_items: bool
    erratum: str | None
    note: str | None
    source: str
    source_status: SourceStatus

    @property
    def total_only(self) -> bool:
        """Only the total is entered: the items' text is not ours to ship."""
        return self.entry_mode == "total_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyChartSymbol:
    """A symbol that is drawn on the body chart."""

    id: str
    symbol: str
    label: str
    meaning: str
    order: int
    source: str
    source_status: SourceStatus


def _read_change(row: Row) -> ChangeRow:
    found = ChangeRow(
        kind=row.text("kind"),
        value=row.number("value"),
        value_low=row.opt_number("value_low"),
        value_mid=row.opt_number("value_mid"),
        value_high=row.opt_number("value_high"),
        ci_low=row.opt_number("ci_low"),
        ci_high=row.opt_number("ci_high"),
        unit=row.text("unit"),
        raw_points=row.opt_number("raw_points"),
        percent=row.opt_number("percent"),
        population=row.text("population"),
        single_item=row.flag("single_item", default=False),
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )
    row.done()
    return found


def _read_band(row: Row) -> ScoreBand:
    found = ScoreBand(low=row.whole("min"), high=row.whole("max"), label=row.text("label"))
    row.done()
    return found


def _read_subscale(row: Row) -> Subscale:
    found = Subscale(id=row.text("id"), label=row.text("label"), items=row.whole("items"))
    row.done()
    return found


def read_measure(row: Row, order: int) -> OutcomeMeasure:
    """An outcome measure from its entry."""
    return OutcomeMeasure(
        id=row.text("id"),
        label=row.text("label"),
        abbreviation=row.text("abbreviation"),
        aliases=row.texts("aliases"),
        regions=row.texts("regions"),
        order=order,
        entry_mode=row.word("entry_mode", ENTRY_MODES),
        items=row.whole("items"),
        items_min=row.opt_whole("items_min"),
        items_max=row.opt_whole("items_max"),
        item_min=row.number("item_min"),
        item_max=row.number("item_max"),
        item_step=row.number("item_step"),
        score_min=row.number("score_min"),
        score_max=row.number("score_max"),
        unit=row.text("unit"),
        direction=row.word("direction", SCORE_DIRECTIONS),
        percent=row.flag("percent"),
        percent_formula=row.opt_text("percent_formula"),
        scoring=row.text("scoring"),
        missing_rule=row.text("missing_rule"),
        record=row.texts("record", ()),
        derived=row.opt_text("derived"),
        derived_source=row.opt_text("derived_source"),
        derived_source_status=row.status("derived_source_status")
        if row.peek("derived_source_status")
        else None,
        app_change_percent=row.opt_number("app_change_percent"),
        app_change_threshold_single=row.opt_number("app_change_threshold_single"),
        app_change_threshold_strict=row.opt_number("app_change_threshold_strict"),
        app_change_threshold_strict_basis=row.opt_text("app_change_threshold_strict_basis"),
        bands=tuple(_read_band(each) for each in row.rows("bands")),
        bands_rounding=row.opt_text("bands_rounding"),
        bands_source=row.opt_text("bands_source"),
        bands_source_status=row.status("bands_source_status") if row.peek("bands_source_status") else None,
        subscales=tuple(_read_subscale(each) for each in row.rows("subscales")),
        change=tuple(_read_change(each) for each in row.rows("change")),
        loinc=row.opt_text("loinc"),
        loinc_display=row.opt_text("loinc_display"),
        loinc_panel=row.opt_text("loinc_panel"),
        loinc_related=row.texts("loinc_related", ()),
        loinc_note=row.opt_text("loinc_note"),
        licence=row.word("licence", LICENCES),
        licence_note=row.text("licence_note"),
        ship_items=row.flag("ship_items"),
        erratum=row.opt_text("erratum"),
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_body_chart_symbol(row: Row, order: int) -> BodyChartSymbol:
    """A body chart symbol from its entry."""
    return BodyChartSymbol(
        id=row.text("id"),
        symbol=row.text("symbol"),
        label=row.text("label", row.peek("id")),
        meaning=row.text("meaning"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )
