"""Puts the words of measured motions together: which value, side and word belong to which motion."""

from __future__ import annotations

from dataclasses import dataclass, field

from ptnotes.notation.context import Context
from ptnotes.notation.lexicon import Meaning
from ptnotes.notation.rom_words import Number, Refused, RomItem, Score, Sign, Span, Word, rom_items

SIDES = ("left", "right")


@dataclass(slots=True)
class Value:
    """One reading: a number, a range, or a coded word's meanings, with what was said of pain at it."""

    number: Number | None = None
    span: Span | None = None
    words: tuple[Meaning, ...] = ()
    score: int | None = None
    hurts: bool | None = None


@dataclass(slots=True)
class Measured:
    """One motion (or several measured alike) as written, not yet settled."""

    start: int
    end: int
    motions: list[tuple[Meaning, ...]] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    before: list[Value] = field(default_factory=list)
    after: list[Value] = field(default_factory=list)
    phase: str = ""
    mode: str | None = None
    method: str | None = None
    positions: tuple[str, ...] = ()
    region: str | None = None
    region_said: bool = False
    side_open: bool = False
    inherited: bool = False
    """Whether the motion is that of the reading before, until another is named."""
    fault: str = ""
    unknown: list[RomItem] = field(default_factory=list)

    @property
    def has_value(self) -> bool:
        """Whether a value was written yet."""
        return bool(self.before or self.after)

    @property
    def last(self) -> Value | None:
        """The value written last."""
        values = self.after if self.phase == "after" and self.after else self.before or self.after
        return values[-1] if values else None


class _Gatherer:
    """Puts the words of a stretch together to motions measured, one after the other."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.done: list[Measured] = []
        self.now: Measured | None = None
        self.mode: str | None = None
        self.method: str | None = None
        self.region: str | None = None
        self.glued = ""
        self.pending: bool | None = None

    def current(self, item: RomItem) -> Measured:
        if self.now is None:
            self.now = Measured(item.start, item.end, region=self.region, mode=self.mode, method=self.method)
            self.now.region_said = self.region is not None
        self.now.end = max(self.now.end, item.end)
        return self.now

    def finish(self) -> None:
        if self.now is not None:
            self.done.append(self.now)
        self.now = None

    def begin(self, item: RomItem) -> Measured:
        """The next motion: it takes over region, and the motion of the one before until it names its own."""
        self.finish()
        return self.current(item)

    def take(self, item: RomItem) -> None:
        value = item.value
        if isinstance(value, Sign):
            self._sign(item, value.name)
        elif isinstance(value, Score):
            self._score(item, value)
        elif isinstance(value, Refused):
            self.current(item).fault = value.reason
        elif isinstance(value, Word):
            self._word(item, value)
        elif isinstance(value, Number):
            self._value(item, Value(number=value))
        else:
            self._value(item, Value(span=value))
        if not (isinstance(value, Sign) and value.name in {"slash", "separator"}):
            self.glued = ""

    def _sign(self, item: RomItem, name: str) -> None:
        if name in {"slash", "separator"}:
            self.glued = name
            if self.now is not None and name == "slash":
                self.now.end = item.end
            return
        now = self.current(item)
        if name == "to":
            # "45 to 55" goes from one to the other, "flex to knee" only as far as the knee.
            name = "arrow" if now.has_value else "filler"
        if name == "arrow":
            if now.phase == "after" and now.after and not self.glued:
                now.fault = "Two arrows: before and after are two readings."
            now.phase = "after"
        elif name in {"pre", "post"}:
            self._phase(now, name)
        elif name in {"erp", "no_erp"}:
            self._hurts(now, hurts=name == "erp")
        elif name in {"active", "passive"}:
            if now.has_value and self.mode is None and now.mode is None:
                now.mode = name
            elif now.has_value and now.mode != name:
                self.mode = name
                self._same_again(item).mode = name
            else:
                now.mode = self.mode = name
        elif name == "side?":
            now.side_open = True
        elif name == "unknown":
            now.unknown.append(item)

    def _phase(self, now: Measured, name: str) -> None:
        """`pre 45 post 55` and `45 pre 55 post`: the word stands before or behind its value."""
        after = name == "post"
        if now.has_value and not now.phase and not after:
            now.phase = "said before"
        elif after and len(now.before) == 2 and now.phase == "said before":
            now.after = [now.before.pop()]
            now.phase = "after"
        elif (after and now.before and now.phase == "said before") or (
            after and now.before and not now.phase
        ):
            now.phase = "after"
        else:
            now.phase = "after" if after else ""

    def _hurts(self, now: Measured, *, hurts: bool) -> None:
        last = now.last
        if last is None or (now.phase == "after" and not now.after):
            self.pending = hurts
        elif now.phase == "after" and now.before and now.before[-1].hurts is None and self.pending is None:
            # Said once behind both readings, it is said of both.
            for value in (*now.before, *now.after):
                value.hurts = hurts
        else:
            last.hurts = hurts

    def _score(self, item: RomItem, score: Score) -> None:
        now = self.current(item)
        if now.last is None:
            now.unknown.append(item)
        elif not 0 <= score.value <= 10:
            now.fault = f"Pain {score.value}: the scale goes from 0 to 10."
        else:
            now.last.score = score.value

    def _value(self, item: RomItem, value: Value) -> None:
        now = self.current(item)
        if now.fault:
            return
        if self.pending is not None:
            value.hurts, self.pending = self.pending, None
        taken = now.after if now.phase == "after" else now.before
        pair = self.glued == "slash" and 0 < len(taken) < len(now.motions) * max(len(now.sides), 1)
        if value.number is not None and value.number.beyond and not now.motions:
            self._beyond(now)
        begun = now.before[0].number if now.phase == "after" and now.before else None
        if begun is not None and begun.lacks and value.number is not None and not value.number.signed:
            # "lacks 8 > 4" lacks 4 in the end.
            value.number = value.number._replace(value=-value.number.value, signed=True, lacks=True)
        if self.glued == "slash" and now.has_value and not pair:
            now.fault = "Which value is of which motion or side?"
            return
        if now.phase == "after":
            if now.after and not pair:
                now = self._next_value(item)
                now.before.append(value)
            else:
                now.after.append(value)
        elif now.before and not pair and now.phase != "said before":
            now = self._next_value(item)
            now.before.append(value)
        else:
            now.before.append(value)

    def _beyond(self, now: Measured) -> None:
        """`hyperext 5` names the motion with the number."""
        found = self.context.lexicon.match("extension", 0, frozenset({"motion"}))
        if found is not None:
            now.motions.append(found.meanings)

    def _same_again(self, item: RomItem) -> Measured:
        """The same motion and side measured in another way."""
        sides = list(self.now.sides) if self.now is not None else []
        now = self._next_value(item)
        now.sides = sides
        return now

    def _next_value(self, item: RomItem) -> Measured:
        """A further value without an arrow: the same motion, of the side that is still to come."""
        before = self.now
        now = self.begin(item)
        if before is not None:
            now.motions = list(before.motions)
            now.inherited = True
            now.region, now.region_said = before.region, before.region_said
        return now

    def _word(self, item: RomItem, word: Word) -> None:
        kinds: dict[str, list[Meaning]] = {}
        for meaning in word.match.meanings:
            kinds.setdefault(meaning.kind, []).append(meaning)
        now = self.now
        waits = now is not None and bool(now.motions) and (not now.has_value or now.phase == "after")
        if "rom_word" in kinds and (waits or not (kinds.keys() - {"rom_word", "side"})):
            fits = [m for m in kinds["rom_word"] if self._fits(m)]
            if fits and not ("side" in kinds and not waits):
                self._value(item, Value(words=tuple(fits)))
                return
        if "motion" in kinds and self._motion(item, kinds):
            return
        if "side" in kinds and kinds["side"][0].id != "midline":
            self._side(item, kinds["side"][0].id)
        elif "method" in kinds:
            self._method(item, kinds["method"][0].id)
        elif "test_position" in kinds:
            self.current(item).positions = tuple(meaning.id for meaning in kinds["test_position"])
        elif "region" in kinds or "target" in kinds:
            self._region(item, kinds)
        elif "rom_word" in kinds:
            self._value(item, Value(words=tuple(kinds["rom_word"])))
        else:
            self.current(item).unknown.append(item)

    def _fits(self, meaning: Meaning) -> bool:
        word = self.context.reference.rom_words[meaning.id]
        if not word.motions:
            return True
        motions = self.now.motions if self.now is not None else []
        return any(motion.id in word.motions for group in motions for motion in group)

    def _motion(self, item: RomItem, kinds: dict[str, list[Meaning]]) -> bool:
        motions = tuple(kinds["motion"])
        now = self.now
        if now is not None and now.inherited and not now.has_value:
            now.motions, now.inherited = [], False
        if now is not None and now.motions and now.has_value:
            measured = {motion.id for group in now.motions for motion in group}
            positions = [self.context.reference.test_positions[m.id] for m in kinds.get("test_position", ())]
            if any(measured & set(position.motions) for position in positions):
                now.positions, now.end = tuple(position.id for position in positions), item.end
                return True
            self.finish()
        elif now is not None and now.motions and not self.glued:
            narrowed = tuple(m for m in now.motions[-1] if m in motions)
            if narrowed:
                now.motions[-1] = narrowed
                now.end = item.end
                return True
            if "test_position" in kinds:
                return False
            self.finish()
        self.current(item).motions.append(motions)
        return True

    def _side(self, item: RomItem, side: str) -> None:
        now = self.current(item)
        if now.has_value and now.sides:
            before = now
            before.end = min(before.end, item.start)
            now = self.begin(item)
            now.motions, now.mode, now.method = list(before.motions), before.mode, before.method
            now.region, now.region_said, now.inherited = before.region, before.region_said, True
        if side == "bilateral":
            now.sides = list(SIDES)
        elif side not in now.sides:
            now.sides.append(side)

    def _method(self, item: RomItem, method: str) -> None:
        now = self.current(item)
        now.method = method
        if not now.motions and not now.has_value:
            self.method = method

    def _region(self, item: RomItem, kinds: dict[str, list[Meaning]]) -> None:
        if "region" in kinds:
            region = kinds["region"][0].id
        else:
            region = self.context.reference.targets[kinds["target"][0].id].region
        now = self.now
        if now is not None and now.has_value and now.motions:
            now = self.begin(item)
        now = self.current(item)
        self.region = now.region = region
        now.region_said = True


def gathered(context: Context, start: int, end: int) -> list[Measured]:
    """The motions measured in a stretch of the line, as written; commas part them, and so does a new motion or side."""
    items = rom_items(context, start, end)
    gatherer = _Gatherer(context)
    after_comma = False
    for item in items:
        comma = isinstance(item.value, Sign) and item.value.name == "separator"
        if after_comma and gatherer.now is not None and gatherer.now.has_value and _opens(item):
            before = gatherer.now
            gatherer.finish()
            if isinstance(item.value, Word) and {m.kind for m in item.value.match.meanings} & {"side"}:
                now = gatherer.current(item)
                now.motions, now.region, now.inherited = list(before.motions), before.region, True
                now.region_said, now.mode, now.method = before.region_said, before.mode, before.method
        gatherer.take(item)
        after_comma = comma
    gatherer.finish()
    return gatherer.done


def _opens(item: RomItem) -> bool:
    """Whether a word behind a comma begins a new motion: a side, a motion or a region does, a method does not."""
    if not isinstance(item.value, Word):
        return False
    kinds = {meaning.kind for meaning in item.value.match.meanings}
    return bool(kinds & {"side", "motion", "region"})
