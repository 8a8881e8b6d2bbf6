"""Where something is charted: regions, and the targets within them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ptnotes.clinical.rows import Row, SourceStatus

TargetKind = Literal["vertebra", "segment", "joint", "rib", "region", "muscle", "nerve"]
TARGET_KINDS: tuple[TargetKind, ...] = ("vertebra", "segment", "joint", "rib", "region", "muscle", "nerve")

SIDE_IDS = ("left", "right", "bilateral", "midline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A side of the body. `midline` carries no laterality code."""

    id: str
    label: str
    abbreviation: str
    aliases: tuple[str, ...]
    snomed: str | None
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region of the body, as an episode of care names it.

    `parent` is another region's id, or `spine` or `peripheral`. `motions_from` are the regions whose motions are
    measured when this one is treated; `motions_also` single motions shown besides.
    """

    id: str
    label: str
    aliases: tuple[str, ...]
    parent: str
    motions_from: tuple[str, ...]
    motions_also: tuple[str, ...]
    sides: tuple[str, ...]
    snomed: str | None
    snomed_display: str | None
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A level, joint, rib, muscle, nerve or whole region that a technique is charted at.

    `region` is where it belongs; `also_in` further regions (C7 is also of the cervicothoracic junction). `upper` and
    `lower` are the vertebrae of a segment. The charted level is the intended one: palpation does not verify it.
    """

    id: str
    label: str
    aliases: tuple[str, ...]
    kind: TargetKind
    region: str
    also_in: tuple[str, ...] = ()
    sides: tuple[str, ...]
    order: int
    upper: str | None = None
    lower: str | None = None
    has_disc: bool | None = None
    spinous_process: bool | None = None
    costotransverse_joint: bool | None = None
    resting_position: str | None = None
    note: str | None = None
    source: str
    source_status: SourceStatus

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region it belongs to, its own first."""
        return (self.region, *self.also_in)


def regions_in(named: tuple[str, ...], groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Region ids, with the names of groups (`all`, `spine`, `peripheral`) replaced by their regions."""
    return tuple(dict.fromkeys(region for name in named for region in groups.get(name, (name,))))


def read_side(row: Row, order: int) -> Side:
    """A side from its entry."""
    return Side(
        id=row.text("id"),
        label=row.text("label"),
        abbreviation=row.text("abbreviation"),
        aliases=row.texts("aliases"),
        snomed=row.opt_text("snomed"),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_region(row: Row, order: int) -> Region:
    """A region from its entry."""
    return Region(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        parent=row.text("parent"),
        motions_from=row.texts("motions_from"),
        motions_also=row.texts("motions_also", ()),
        sides=row.texts("sides"),
        snomed=row.opt_text("snomed"),
        snomed_display=row.opt_text("snomed_display"),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def region_as_target(region: Region, order: int) -> Target:
    """A whole region as something that can be treated (traction, a regional thrust)."""
    return Target(
        id=region.id,
        label=region.label,
        aliases=region.aliases,
        kind="region",
        region=region.id,
        sides=region.sides,
        order=order,
        note=region.note,
        source=region.source,
        source_status=region.source_status,
    )


def read_vertebra(row: Row, order: int) -> Target:
    """A vertebra from its entry."""
    target_id = row.text("id")
    return Target(
        id=target_id,
        label=row.text("label", target_id),
        aliases=row.texts("aliases"),
        kind="vertebra",
        region=row.text("region"),
        also_in=row.texts("also_in", ()),
        sides=row.texts("sides"),
        order=order,
        spinous_process=row.flag("spinous_process", default=True),
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_segment(row: Row, order: int) -> Target:
    """A motion segment from its entry."""
    target_id = row.text("id")
    return Target(
        id=target_id,
        label=row.text("label", target_id),
        aliases=row.texts("aliases"),
        kind="segment",
        region=row.text("region"),
        also_in=row.texts("also_in", ()),
        sides=row.texts("sides"),
        order=order,
        upper=row.text("upper"),
        lower=row.text("lower"),
        has_disc=row.flag("has_disc"),
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_joint(row: Row, order: int) -> Target:
    """A joint, rib, muscle or nerve from its entry."""
    kinds: tuple[TargetKind, ...] = ("joint", "rib", "muscle", "nerve")
    kind = row.word("kind", kinds)
    rib_joint = row.flag("costotransverse_joint") if kind == "rib" else None
    return Target(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        kind=kind,
        region=row.text("region"),
        also_in=row.texts("also_in", ()),
        sides=row.texts("sides"),
        order=order,
        costotransverse_joint=rib_joint,
        resting_position=row.opt_text("resting_position"),
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )
