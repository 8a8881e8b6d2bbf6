"""Pain scores on the NPRS: `pain 6>3`, `worst 8`, `NPRS C4 B2 W7`, `p 6/10 pre 3/10 post`, `pain flex 5>2`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ptnotes.notation.context import NOT_UNDERSTOOD, Context, Parts
from ptnotes.notation.entries import PainEntry, ReadEntry
from ptnotes.notation.lexicon import Match, Meaning

_KINDS = frozenset({"motion", "region", "target", "side"})
_NO_PAIN = re.compile(
    r"\s*(?:(?:pt|patient)\s+)?(?:no|denies(?:\s+any)?|without)\s+pain(?!\s*-?\s*free)(?![a-z])"
)
_LATER = re.compile(r"\s*(?:post|after)(?![a-z])(?:\s*(?:tx|rx|treatment))?")
_NONE = re.compile(r"(?:none|nil)(?![a-z])")
_HEAD = re.compile(
    r"(?:(?P<place>lbp)|pain|nprs|nrs|npr|npis|px|p)(?![a-z])(?:\s*(?:score|level|rating|scale))?[:=]?"
)
_OTHER_SCALE = re.compile(r"(?:vas|vnrs)(?![a-z])")
_KIND = (
    (re.compile(r"(?:now|current(?:ly)?|curr?|present|today|rest)(?![a-z])[:=]?|c\s?[:=]?(?=\s?\d)"), "now"),
    (re.compile(r"(?:best|least|lowest|min)(?![a-z])[:=]?|b\s?[:=]?(?=\s?\d)"), "best"),
    (re.compile(r"(?:worst|most|highest|max)(?![a-z])[:=]?|w\s?[:=]?(?=\s?\d)"), "worst"),
)
_SCORE = re.compile(r"(?P<n>\d{1,4}(?:[.,]\d+)?)(?:\s*/\s*(?P<of>\d{1,3}))?(?![a-z%°])")
_RANGE = re.compile(r"\d{1,2}\s*-\s*\d{1,2}(?:\s*/\s*10)?")
_ARROW = re.compile(r"-+>|=+>|>+|to(?![a-z])")
_PHASE = re.compile(
    r"(?P<pre>pre|before|initial(?:ly)?)(?![a-z])[:]?|(?P<post>post|after)(?![a-z])[:]?(?:\s*(?:tx|rx|treatment))?"
)
_FILLER = re.compile(
    r"(?:with|w/|on|in|during|at|of|is|was|pt|patient|reports?|rated?|tx|score|level)(?![a-z])|[():.,/&=]|and(?![a-z])|pain(?![a-z])"
)
_PLACE = re.compile(r'in\s+"(?P<place>(?:[^"]|"")*)"')
_EXACT = re.compile(r"#motion\.(?P<id>\w+)")
_BODY = re.compile(
    r"(?:legs?|arms?|thighs?|calf|calves|buttocks?|glute|groin|headaches?|ha|head|face|chest|hands?|feet|heel|shin|scapula)"
    r"(?![a-z])"
)
_OPEN = re.compile(r"side\?")
_WORD = re.compile(r"[^\s,;>]+")


@dataclass(slots=True)
class _Pain:
    """One kind of pain as written, not yet settled."""

    start: int
    end: int
    what: str = ""
    match: Match | None = None
    side: str | None = None
    before: int | None = None
    after: int | None = None
    phase: str = ""
    place: str = ""

    @property
    def has_score(self) -> bool:
        return self.before is not None or self.after is not None


def read_pain(context: Context, start: int, end: int) -> Parts:
    """The pain scores of a stretch of the line."""
    parts = Parts()
    text = context.folded[:end]
    now = _Pain(start, start)
    found: list[_Pain] = []
    region: str | None = None
    faults: list[str] = []
    place = start
    while place < end:
        if text[place].isspace():
            place += 1
            continue
        reached, fault, now, region = _step(context, text, place, now, found, region, parts)
        if fault:
            faults.append(fault)
        now.end = reached
        place = reached
    found.append(now)
    found = [one for one in found if one.has_score]
    span = (start, end)
    if faults or not found:
        parts.problems = [context.problem(*span, faults[0] if faults else "No score: pain from 0 to 10.")]
        return parts
    found[0].start = start
    for one in found:
        _add(context, one, region, parts)
    return parts


def _step(
    context: Context, text: str, place: int, now: _Pain, found: list[_Pain], region: str | None, parts: Parts
) -> tuple[int, str, _Pain, str | None]:
    """Take one word: (where it ends, what is wrong with it, the pain it belongs to, the region said so far)."""

    def following() -> _Pain:
        if not now.has_score:
            return now
        found.append(now)
        return _Pain(place, place)

    if _OTHER_SCALE.match(text, place):
        return place + 3, "VAS is another scale: chart pain as NPRS, whole numbers from 0 to 10.", now, region
    own = _PLACE.match(text, place)
    if own is not None:
        now.place = context.text[own.start("place") : own.end("place")].replace('""', '"')
        return own.end(), "", now, region
    absent = _NO_PAIN.match(text, place) or _NONE.match(text, place)
    if absent is not None:
        # The scale's 0 is "no pain": whoever says so has said 0.
        later = _LATER.match(text, absent.end())
        if later is not None and now.after is None:
            now.after = 0
            return later.end(), "", now, region
        now = following() if _full(now) else now
        _put(now, 0)
        return absent.end(), "", now, region
    several = _RANGE.match(text, place)
    if several is not None:
        return several.end(), "Say one score, not a range.", now, region
    for pattern, what in _KIND:
        kind = pattern.match(text, place)
        if kind is not None:
            # "best 2", but also "2 best": the word stands before its score or behind it.
            leads = re.match(r"[\s:=]*\d", text[kind.end() :]) is not None
            now = following() if leads or now.what or not now.has_score else now
            now.what = what
            return kind.end(), "", now, region
    score = _SCORE.match(text, place)
    if score is not None:
        fault = _score_fault(score)
        if not fault:
            now = following() if _full(now) else now
            _put(now, int(score["n"]))
        return score.end(), fault, now, region
    for pattern in (_ARROW, _PHASE):
        sign = pattern.match(text, place)
        if sign is not None:
            pre = pattern is _PHASE and bool(sign["pre"])
            now = _phase(now, pre=pre, arrow=pattern is _ARROW)
            return sign.end(), "", now, region
    return _word(context, text, place, now, found, region, parts)


def _full(now: _Pain) -> bool:
    return (
        now.after is not None
        if now.phase == "after"
        else now.before is not None and now.phase != "before said"
    )


def _score_fault(score: re.Match[str]) -> str:
    if not score["n"].isdigit():
        return f"Pain {score['n']}: say a whole number."
    if score["of"] not in {None, "10"}:
        return f"Pain {score['n']}/{score['of']}: the scale goes from 0 to 10."
    if int(score["n"]) > 10:
        return f"Pain {score['n']}: the scale goes from 0 to 10."
    return ""


def _put(now: _Pain, score: int) -> None:
    if now.phase == "after":
        now.after = score
    elif now.phase == "before said":
        # "6/10 pre 3/10 post": this is the one that is called post next.
        now.after = score
    else:
        now.before = score


def _phase(now: _Pain, *, pre: bool, arrow: bool) -> _Pain:
    if pre:
        now.phase = "before said" if now.has_score else ""
    elif arrow or not now.has_score:
        now.phase = "after"
    elif now.phase == "before said":
        now.phase = "" if now.after is not None else "after"
    else:
        now.phase = "after"
    return now


def _word(
    context: Context, text: str, place: int, now: _Pain, found: list[_Pain], region: str | None, parts: Parts
) -> tuple[int, str, _Pain, str | None]:
    match = context.lexicon.match(text, place, _KINDS)
    exact = _EXACT.match(text, place)
    if exact is not None and exact["id"] in context.reference.motions:
        match = Match(place, exact.end(), (Meaning("motion", exact["id"]),))
    head = _HEAD.match(text, place)
    if head is not None and (match is None or head.end() >= match.end):
        if head["place"]:
            now.place = context.text[head.start("place") : head.end("place")]
        return head.end(), "", now, region
    if match is not None:
        kinds = {meaning.kind: meaning.id for meaning in reversed(match.meanings)}
        if "side" in kinds and kinds["side"] != "midline":
            now.side = kinds["side"]
            return match.end, "", now, region
        if "motion" in kinds:
            if now.has_score and now.match is not None:
                found.append(now)
                now = _Pain(place, place)
            now.match = match
            return match.end, "", now, region
        if "region" in kinds or "target" in kinds:
            said = kinds.get("region") or context.reference.targets[kinds["target"]].region
            now = _elsewhere(text, match.start, match.end, now, found)
            now.place = context.text[match.start : match.end]
            return match.end, "", now, said
    body = _BODY.match(text, place)
    if body is not None:
        now = _elsewhere(text, body.start(), body.end(), now, found)
        now.place = context.text[body.start() : body.end()]
        return body.end(), "", now, region
    opened = _OPEN.match(text, place)
    if opened is not None:
        return opened.end(), "", now, region
    filler = _FILLER.match(text, place)
    if filler is not None:
        return filler.end(), "", now, region
    word = _WORD.match(text, place)
    reached = word.end() if word is not None else place + 1
    parts.problems.append(context.problem(place, reached, NOT_UNDERSTOOD))
    return reached, "", now, region


def _elsewhere(text: str, start: int, end: int, now: _Pain, found: list[_Pain]) -> _Pain:
    """The pain that a place belongs to: one of its own where a score stands behind it ("neck 5, HA 3")."""
    if not now.has_score or re.match(r"\s*(?:pain)?\s*:?\s*\d", text[end:]) is None:
        return now
    found.append(now)
    return _Pain(start, start)


def _add(context: Context, one: _Pain, region: str | None, parts: Parts) -> None:
    what = one.what or "now"
    place = one.place
    if one.match is not None:
        if one.what:
            parts.problems.append(
                context.problem(one.start, one.end, "Now, best or worst, or with a movement?")
            )
            return
        motion = _motion(context, one.match, region)
        if motion is None:
            parts.problems.append(
                context.problem(one.start, one.end, "Pain with which movement? Name the region.")
            )
            return
        what, place = motion, ""
    entry = PainEntry(what=what, side=one.side, before=one.before, after=one.after, place=place)
    parts.entries.append(ReadEntry(entry, one.start, one.end))


def _motion(context: Context, match: Match, region: str | None) -> str | None:
    reference = context.reference
    ids = [meaning.id for meaning in match.meanings if meaning.kind == "motion"]
    regions = (
        (region,) if region is not None else (*filter(None, (context.carried.region,)), *context.regions)
    )
    for near in regions:
        own = [found for found in ids if reference.motions[found].region == near]
        fitting = own or [m.id for m in reference.motions_in(near) if m.id in ids]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return None
    return ids[0] if len(ids) == 1 else None


def says_no_pain(text: str, start: int, end: int) -> bool:
    """Whether a stretch of a folded line begins with the words that there is no pain."""
    return _NO_PAIN.match(text[:end], start) is not None


def about_pain(context: Context, start: int, end: int) -> bool:
    """Whether a stretch of the line charts pain and nothing else."""
    text = context.folded[:end]
    place = start + len(text[start:]) - len(text[start:].lstrip())
    if _OTHER_SCALE.match(text, place):
        return True
    head = _HEAD.match(text, place)
    if head is not None:
        rest = text[head.end() : end].strip()
        return not rest.startswith(("free", "down", "centr", "periph")) and head.end() != end
    for pattern, _ in _KIND:
        kind = pattern.match(text, place)
        if kind is not None and re.match(r"\s*\d{1,2}(?![\d.]*\s*(?:x|min|s\b|°))", text[kind.end() : end]):
            return kind.end() - place > 1
    if re.match(r"(?:pre|post|before|after)\s*:?\s*\d{1,2}\s*/\s*10", text[place:end]):
        return True
    if re.match(r"(?:current|present|best|worst|least|average)\s+pain\b", text[place:end]):
        return True
    if re.match(r"\d{1,2}(?:\s*/\s*10)?\s+(?:now|best|worst|current)\b", text[place:end]):
        return True
    body = _BODY.match(text, place)
    if body is not None and re.match(r"\s*:?\s*\d{1,2}\s*(?:/\s*10|-*>)", text[body.end() : end]):
        return True
    if re.match(r"c\s?[:=]?\s?\d{1,2}.*\bw\s?[:=]?\s?\d", text[place:end]):
        return True
    if re.match(r"\d{1,2}\s*/\s*10\s*(?:$|pain|>|-|now|at|best|worst)", text[place:end]):
        return True
    return bool(re.search(r"\bpain\b", text[place:end])) and _named_before_pain(context, text, place, end)


def _named_before_pain(context: Context, text: str, start: int, end: int) -> bool:
    """`knee pain 6>3`, `flex pain 5>2`: a place or movement, then pain, then the score."""
    found = re.search(r"\bpain\b(?!\s*-?\s*free)", text[start:end])
    if found is None or re.search(r"\d", text[start : start + found.start()]):
        return False
    place = start
    while place < start + found.start():
        if text[place].isspace():
            place += 1
            continue
        match = context.lexicon.match(text, place, _KINDS)
        body = _BODY.match(text, place)
        if match is None and body is None:
            return False
        place = match.end if match is not None else body.end() if body is not None else end
    return bool(re.search(r"\d", text[start + found.end() : end]))
