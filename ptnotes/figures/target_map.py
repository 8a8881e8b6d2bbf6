"""What a technique is charted at, to choose from: the spine from behind, and the joints beside a small body.

One part is open at a time and drawn large enough to be hit; the rest of the spine is folded above and below it, with
its marks, and the rest of the limbs are places on the body. Choosing a place opens its part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import Side
from ptnotes.domain.views import SpineMark
from ptnotes.figures import body
from ptnotes.figures.placing import spread
from ptnotes.figures.shapes import Circle, Figure, Ink, Path, Rect, Shape, Text, TextMeasure
from ptnotes.figures.spine import (
    Area,
    bracket,
    grade_inks,
    named_levels,
    numeral_of,
    part_shape,
    place_marks,
    spine_label,
    tablet,
    tablet_width,
)
from ptnotes.figures.vertebrae import (
    LEVELS,
    Part,
    joint_height,
    joint_parts,
    level_height,
    level_parts,
    moved,
)

HIT = 20.0
"""The least width and height of a target that is comfortably hit, in pixels at the smallest text."""

_SPINE_PARTS = {"neck": ("C0", "C7"), "thorax": ("T1", "T12"), "low_back": ("L1", "COC")}
_LIMB_OF = {
    "jaw": "jaw", "shoulder": "shoulder", "elbow": "elbow", "forearm": "wrist_hand", "wrist_hand": "wrist_hand",
    "hip": "hip", "sacroiliac": "hip", "knee": "knee", "ankle": "ankle_foot", "foot": "ankle_foot",
}  # fmt: skip
_PART_OF = {
    "cervical_upper": "neck", "cervical": "neck", "cervicothoracic": "neck", "thoracic": "thorax", "rib": "thorax",
    "thoracolumbar": "low_back", "lumbar": "low_back", "lumbosacral": "low_back", "sacrococcygeal": "low_back",
}  # fmt: skip
PART_WORDS = {
    "neck": "Neck", "thorax": "Thorax and ribs", "low_back": "Low back and pelvis", "jaw": "Jaw",
    "shoulder": "Shoulder", "elbow": "Elbow", "wrist_hand": "Wrist and hand", "hip": "Hip", "knee": "Knee",
    "ankle_foot": "Ankle and foot",
}  # fmt: skip
"""Every part that can be opened, in the order of the keys, with its name."""

_DOORS = {"wrist_hand": "RC", "hip": "HIP", "ankle_foot": "TC"}
"""The joint that a limb's place on the body stands for, where it is not the first of them."""

_WIDEST = {"neck": 4.9, "thorax": 8.2, "low_back": 6.6}  # width of a part of the spine, in units
_ROW = 26.0  # height of a joint's row, in pixels at the smallest text
_FOLDED = (4.5, 9.0)  # the least and the most points to the unit of a folded part


@dataclass(frozen=True, slots=True)
class TargetMap:
    """The map drawn. `areas` are the places in sight; `doors` the limbs on the body, each at its chief joint.

    `elsewhere` are marks that have no place on it (a muscle, a region of a limb).
    """

    figure: Figure
    areas: tuple[Area, ...]
    doors: tuple[Area, ...]
    elsewhere: tuple[SpineMark, ...]


class Targets:
    """The targets of the reference data by the part that they are in, each at the sides it has."""

    def __init__(self, reference: Reference) -> None:
        places: dict[str, list[tuple[str, Side]]] = {part: [] for part in PART_WORDS}
        for part, (first, last) in _SPINE_PARTS.items():
            for level, below in _pairs(first, last):
                places[part] += [(each.target, each.side) for each in level_parts(level)]
                if below is not None:
                    places[part] += [(each.target, each.side) for each in joint_parts(level, below)]
        on_spine = {target for part in _SPINE_PARTS for target, _side in places[part]}
        # A joint of both halves (the pubic symphysis) comes after those of one side.
        for target in sorted(reference.targets.values(), key=lambda target: len(target.sides) == 1):
            limb = _LIMB_OF.get(target.region)
            if target.kind == "joint" and limb is not None and target.id not in on_spine:
                places[limb] += [(target.id, side) for side in Side if side.value in target.sides]
        # Both sides at once is a side of a technique, not a place.
        self.places: Mapping[str, tuple[tuple[str, Side], ...]] = {
            part: tuple(place for place in found if place[1] is not Side.BILATERAL)
            for part, found in places.items()
        }
        self._part_of = {target: part for part, found in self.places.items() for target, _side in found}

    def part_of(self, target: str) -> str | None:
        """The part that a target is in, None where it has no place on the map."""
        return self._part_of.get(target)

    def joints(self, limb: str) -> tuple[str, ...]:
        """The joints of a limb in the order of the reference data."""
        return tuple(dict.fromkeys(target for target, _side in self.places[limb]))

    def chief(self, part: str) -> str | None:
        """The joint that a limb's place on the body stands for; None for a part of the spine."""
        joints = self.joints(part) if part not in _SPINE_PARTS else ()
        return _DOORS[part] if _DOORS.get(part) in joints else next(iter(joints), None)


def part_of_region(region: str) -> str:
    """The part to open for an episode of that region; the low back for one that has no part of its own."""
    return "low_back" if region == "sacroiliac" else _PART_OF.get(region) or _LIMB_OF.get(region, "low_back")


class TargetLayout:
    """The map with one part open, within `width` by `height` points; `scale` is how much larger text is.

    `areas` and `doors` are where its places are, whatever is marked on them.
    """

    def __init__(
        self,
        width: float,
        height: float,
        targets: Targets,
        open_part: str,
        measure: TextMeasure,
        *,
        text_size: float,
        scale: float = 1.0,
    ) -> None:
        self._size = text_size
        self._open = open_part
        self._width, self._height = width, height
        is_limb = open_part not in _SPINE_PARTS
        tall = min(136.0 * scale, height * 0.42)
        beside = tall * body.ASPECT
        if is_limb:
            # The body grows into the height that its joints below it leave.
            beside = max(beside, 112.0 * scale)
            below = len(targets.joints(open_part)) * _ROW * scale + text_size * 6
            tall = max(min(beside / body.ASPECT, height - below), min(tall, height - below), 60.0)
        self._spine_width = max(width - beside - 8 * scale, width * 0.4)
        self._column = _Column(self._spine_width, height, open_part, measure, text_size, scale)
        panel_x = self._spine_width + 8 * scale
        middle = width - beside / 2
        self._body = _Body(targets, middle, text_size * 1.6, tall, text_size)
        self._panel: list[Part] = []
        self._names: list[Shape] = []
        if is_limb:
            top = text_size * 1.6 + tall + text_size * 4.0
            frame = (panel_x, top, width - panel_x - 1, height - top)
            self._panel, self._names = _panel(targets, open_part, frame, text_size, scale)
        parts = [*self._column.parts, *self._panel]
        self._known = {(part.target, part.side) for part in parts}
        for limb in body.PLACES:
            self._known.update(targets.places[limb])
        self.areas = tuple(Area(part.target, part.side, *part.box) for part in parts)
        self.doors = self._body.doors

    def drawn(self, marks: Sequence[SpineMark]) -> TargetMap:
        """The map with these marks: today's in the ink of their grade, earlier ones as outlines."""
        placed, regional, elsewhere = place_marks(marks, self._known, self._column.rows)
        shapes = [
            *self._names,
            *self._column.drawn(placed, [mark for mark in marks if mark not in elsewhere]),
        ]
        shapes += _panel_drawn(self._panel, placed, self._size)
        shapes += self._body.drawn(placed, self._open)
        for number, mark in enumerate(regional):
            x = self._spine_width + 2 + number * self._size * 1.6
            shapes += bracket(mark, self._column.rows, x, self._size)
        whole = Figure(self._width, self._height, tuple(shapes), spine_label(marks))
        return TargetMap(whole, self.areas, self.doors, elsewhere)


class _Column:
    """The spine with one part open and the others folded, or all folded."""

    def __init__(
        self,
        width: float,
        height: float,
        open_part: str,
        measure: TextMeasure,
        text_size: float,
        scale: float,
    ) -> None:
        self._size = text_size
        self._hit = HIT * scale
        gutter = max(measure(label, text_size, "regular") for label in ("Occ", "Coc", "T12")) + 6
        self._open = _SPINE_PARTS.get(open_part)
        top = text_size * 1.6
        self._middle = gutter + (width - gutter) / 2
        self._edges = gutter, width
        room = width - gutter
        wanted = {level: self._wanted(level, scale) for level in LEVELS}
        units = sum(level_height(level) + joint_height(level) for level in LEVELS if not wanted[level][0])
        large = sum(sum(each) for each in wanted.values())
        if self._open is not None and self._open[0] != "C0":
            # The joint above the open part is as large as those in it.
            large += wanted[self._open[0]][1]
        folded = min(max((height - top - large - 4) / units, _FOLDED[0]), _FOLDED[1] * scale)
        narrow = room / 8.4
        if self._open is None:
            # A little taller than true, so that the levels of the whole spine are told apart in a narrow column.
            folded = min((height - top - 4) / units, narrow * 1.6)
        grown = min((height - top - 4 - folded * units) / large, 1.5) if large else 1.0
        narrow = min(folded, narrow)
        across = min(room / _WIDEST[open_part], 17.0 * scale) if self._open else narrow
        self.parts: list[Part] = []
        self.rows: dict[str, float] = {}
        self.folded: set[str] = set()
        y = top
        for level, below in _pairs("C0", "COC"):
            bone, gap = wanted[level]
            is_open = bone > 0
            if is_open:
                bone, gap = bone * grown, gap * grown
            else:
                bone, gap = level_height(level) * folded, joint_height(level) * folded
                if below is not None and wanted[below][0]:
                    gap = wanted[below][1] * grown
            self._add_level(level, y, bone, gap, across if is_open else narrow, is_open=is_open)
            y += bone
            if below is not None:
                self._add_joint(level, below, y, gap, across if is_open or gap > HIT / 2 else narrow)
            y += gap

    def _wanted(self, level: str, scale: float) -> tuple[float, float]:
        """Height of an open level and of the joint below it, 0 where the level is folded."""
        if self._open is None or not LEVELS.index(self._open[0]) <= LEVELS.index(level) <= LEVELS.index(
            self._open[1]
        ):
            return 0.0, 0.0
        hit = HIT * scale
        bone = {"S1": 2.9 * hit, "COC": 1.1 * hit}.get(level, hit)
        return bone, {"S1": 0.8 * hit, "COC": 2.0}.get(level, hit)

    def _add_level(
        self, level: str, y: float, bone: float, gap: float, across: float, *, is_open: bool
    ) -> None:
        down = bone / level_height(level)
        # A bone far taller than wide would not be read as one: the sacrum and the coccyx keep their shape.
        own = across if level not in ("S1", "COC", "C0") or not is_open else min(across, down * 1.25)
        self.rows[level] = y + bone * (0.3 if level == "S1" else 0.5)
        for part in level_parts(level):
            made = moved(part, self._middle, y, own, down)
            if is_open:
                made = replace(made, box=_roomy(made, bone, gap, self._hit))
            else:
                self.folded.add(made.target)
            self.parts.append(made)

    def _add_joint(self, level: str, below: str, y: float, gap: float, across: float) -> None:
        down = gap / joint_height(level)
        for part in joint_parts(level, below):
            made = moved(part, self._middle, y + gap / 2, across, down)
            if isinstance(made.outline, Rect) and made.outline.height > gap * 0.5:
                box = made.outline
                made = replace(
                    made, outline=replace(box, y=y + gap * 0.3, height=gap * 0.4, radius=gap * 0.2)
                )
            if gap > HIT / 2:
                if isinstance(made.outline, Circle):
                    made = replace(made, outline=replace(made.outline, radius=min(gap * 0.28, across * 0.4)))
                made = replace(made, box=_roomy_joint(made, self._middle, y, gap, across))
            else:
                self.folded.add(made.target)
            self.parts.append(made)

    def drawn(self, placed: Mapping[tuple[str, Side], SpineMark], marks: Sequence[SpineMark]) -> list[Shape]:
        """The bones, the names of levels, and the marks on them."""
        size, shapes = self._size, list[Shape]()
        reach = 30.0 * size / 11
        for letter, sign in (("L", -1), ("R", 1)):
            x = self._middle + sign * reach
            shapes.append(Text(x, size * 1.1, letter, "muted", size * 1.1, "semibold", "middle"))
        label_x = min(part.box[0] for part in self.parts) - 5
        for level, y in named_levels(self.rows, marks, size).items():
            name = {"C0": "Occ", "COC": "Coc"}.get(level, level)
            shapes.append(Text(max(label_x, size * 2), y + size * 0.36, name, "muted", size, anchor="end"))
        marked = [part for part in self.parts if (part.target, part.side) in placed]
        for part in self.parts:
            mark = placed.get((part.target, part.side))
            if mark is None or part.is_small:
                shapes.append(part_shape(part, "bone", "bone_edge", 0.8))
            else:
                shapes.append(_filled(part, mark))
        for part in marked:
            if part.target not in self.folded:
                shapes += _numeral(part, placed[part.target, part.side], size, self._edges)
        return shapes + self._folded_marks([part for part in marked if part.target in self.folded], placed)

    def _folded_marks(
        self, marked: Sequence[Part], placed: Mapping[tuple[str, Side], SpineMark]
    ) -> list[Shape]:
        """Marks in a folded part as tablets, moved apart so that none covers another of the same side."""
        shapes: list[Shape] = []
        size = self._size * 0.85
        for side in (Side.LEFT, Side.MIDLINE, Side.RIGHT):
            parts = [part for part in marked if part.side is side]
            wanted = [part.box[1] + part.box[3] / 2 for part in parts]
            heights = spread(wanted, size * 1.35, self._size * 2, max(self.rows.values()) + size)
            for part, y in zip(parts, heights, strict=True):
                mark = placed[part.target, side]
                half = tablet_width(mark.grade, size) / 2
                x = part.box[0] + part.box[2] / 2
                clear = half + tablet_width("III", size) / 2
                if side is Side.LEFT:
                    x = max(min(x, self._middle - clear), self._edges[0] + half)
                elif side is Side.RIGHT:
                    x = min(max(x, self._middle + clear), self._edges[1] - half)
                shapes += tablet(mark, x, y, size)
        return shapes


class _Body:
    """The body with a place for every limb at each side."""

    def __init__(self, targets: Targets, x: float, y: float, height: float, text_size: float) -> None:
        self._targets = targets
        self._outline = body.silhouette(x, y, height)
        self._size = text_size
        self._x, self._y, self._height = x, y, height
        doors: list[Area] = []
        self._radius = max(height * 0.036, 5.0)
        for limb, (across, down) in body.PLACES.items():
            joint = targets.chief(limb)
            for side, sign in ((Side.LEFT, -1), (Side.RIGHT, 1)):
                if joint is not None:
                    half = self._radius
                    middle = x + sign * across * height
                    doors.append(
                        Area(joint, side, middle - half, y + down * height - half, half * 2, half * 2)
                    )
        self.doors = tuple(doors)

    def drawn(self, placed: Mapping[tuple[str, Side], SpineMark], open_part: str) -> list[Shape]:
        """The body, its places, and on them what was treated there: one grade, or how many joints."""
        shapes: list[Shape] = []
        for outline in self._outline:
            if isinstance(outline, Path):
                shapes.append(Path(outline.start, outline.pieces, "bone", "bone_edge", 0.8))
            else:
                shapes.append(replace(outline, fill="bone", stroke="bone_edge", width=0.8))
        for door in self.doors:
            limb = self._targets.part_of(door.target)
            marks = [
                placed[place]
                for place in self._targets.places[limb or ""]
                if place in placed and place[1] in (door.side, Side.MIDLINE)
            ]
            x, y = door.middle
            today = [mark for mark in marks if mark.at_latest_visit]
            is_open = limb == open_part
            # The joints of the open limb tell their own marks.
            told = [] if is_open else today or marks
            size = self._size * 0.85
            if len(told) == 1:
                shapes += tablet(told[0], x, y, size)
            elif told:
                # Several joints of one limb: how many, without a grade that would be that of one of them alone.
                shapes += _count(len(told), x, y, size, is_today=bool(today))
            else:
                box = (door.x, door.y, door.width, door.height)
                ink: Ink = "accent" if is_open else "bone_edge"
                shapes.append(Rect(*box, "surface", ink, 1.6 if is_open else 1.0, self._radius))
        return shapes


def _count(number: int, x: float, y: float, size: float, *, is_today: bool) -> list[Shape]:
    """How many joints were treated, on a tablet that has no grade's ink."""
    wide = size * 2.1
    ground: Ink = "neutral" if is_today else "surface"
    ink: Ink = "surface" if is_today else "accent"
    return [
        Rect(x - wide / 2, y - size * 0.62, wide, size * 1.24, ground, "accent", 1.2, size * 0.6),
        Text(x, y + size * 0.36, f"{number}×", ink, size, "semibold", "middle"),
    ]


def _panel(
    targets: Targets, limb: str, frame: tuple[float, float, float, float], text_size: float, scale: float
) -> tuple[list[Part], list[Shape]]:
    """The joints of a limb below the body: a target at each side, with the joint's short name between them."""
    x, y, width, height = frame
    joints = targets.joints(limb)
    pitch = min(_ROW * scale, max(height / max(len(joints), 1), 12.0))
    tall = pitch * 0.84
    box = min(34.0 * scale, width * 0.34)
    middle = x + width / 2
    parts: list[Part] = []
    shapes: list[Shape] = [
        Text(middle, y - text_size * 1.9, PART_WORDS[limb], "text", text_size, "semibold", "middle"),
        Text(x + box / 2, y - text_size * 0.6, "L", "muted", text_size, "semibold", "middle"),
        Text(x + width - box / 2, y - text_size * 0.6, "R", "muted", text_size, "semibold", "middle"),
    ]
    for number, joint in enumerate(joints):
        top = y + number * pitch
        sides = [side for target, side in targets.places[limb] if target == joint]
        for side in sides:
            left = {Side.LEFT: x, Side.RIGHT: x + width - box}.get(side, middle - box / 2)
            outline = Rect(left, top, box, tall, radius=tall * 0.3)
            parts.append(Part(joint, side, outline, (left, top, box, tall)))
        at = middle if Side.MIDLINE not in sides else x + box * 0.5
        baseline = top + tall / 2 + text_size * 0.36
        shapes.append(Text(at, baseline, joint, "muted", text_size, "regular", "middle"))
    return parts, shapes


def _panel_drawn(
    panel: Sequence[Part], placed: Mapping[tuple[str, Side], SpineMark], size: float
) -> list[Shape]:
    shapes: list[Shape] = []
    for part in panel:
        mark = placed.get((part.target, part.side))
        if mark is None:
            shapes.append(part_shape(part, "bone", "bone_edge", 0.8))
            continue
        shapes.append(_filled(part, mark))
        x, _y, width, _height = part.box
        shapes += _numeral(part, mark, size, (x, x + width))
    return shapes


def _filled(part: Part, mark: SpineMark) -> Shape:
    """The bone in the ink of today's grade, or as an outline where only an earlier visit treated it."""
    fill = grade_inks(mark.grade)[0] if mark.at_latest_visit else "surface"
    return part_shape(part, fill, "accent", 1.4)


def _numeral(part: Part, mark: SpineMark, size: float, edges: tuple[float, float]) -> list[Shape]:
    """The mark's numeral on its bone, or where that is too small for it on a tablet between the `edges`."""
    x, y, width, height = part.box
    wide = tablet_width(mark.grade, size)
    if part.is_small or part.target == "SIJ" or wide > width + 4 or size * 1.3 > height:
        small = size if size * 1.24 <= max(height, HIT * 0.6) else size * 0.85
        half = tablet_width(mark.grade, small) / 2
        middle = min(max(x + width / 2, edges[0] + half), edges[1] - half)
        return tablet(mark, middle, y + height / 2, small)
    ink = grade_inks(mark.grade)[1] if mark.at_latest_visit else "accent"
    words = numeral_of(mark.grade)
    return [Text(x + width / 2, y + height / 2 + size * 0.36, words, ink, size, "semibold", "middle")]


def _roomy(part: Part, bone: float, gap: float, hit: float) -> tuple[float, float, float, float]:
    """Where a part of an open level is pointed at: half the height that it shares with the joint below, at least."""
    x, y, width, height = part.box
    if part.side is Side.MIDLINE:
        return part.box
    if part.target.startswith("RIB"):
        tall = max(bone + gap, height)
        return x, y + height / 2 - tall / 2, width, tall
    if part.target in ("SIJ", "COC"):
        wide, tall = max(width, hit), max(height, hit)
        return (x + width - wide if part.side is Side.LEFT else x), y + (height - tall) / 2, wide, tall
    if part.target in ("S1", "C0"):
        return part.box
    tall = max(height, (bone + gap) / 2)
    return x, y + height / 2 - tall / 2, width, tall


def _roomy_joint(
    part: Part, middle: float, y: float, gap: float, across: float
) -> tuple[float, float, float, float]:
    """Where a joint between open levels is pointed at: beside the disc, as far out as the processes above and below."""
    x, _y, width, _height = part.box
    if part.side is Side.MIDLINE:
        return x, y, width, gap
    wide = max(1.5 * across, width)
    inner = max(abs(x + width / 2 - middle) - 0.4 * across, width / 2)
    return (middle - inner - wide if part.side is Side.LEFT else middle + inner), y, wide, gap


def _pairs(first: str, last: str) -> list[tuple[str, str | None]]:
    """Every level from first to last with the one below it, None below the coccyx."""
    shown = range(LEVELS.index(first), LEVELS.index(last) + 1)
    return [(LEVELS[n], LEVELS[n + 1] if n + 1 < len(LEVELS) else None) for n in shown]
