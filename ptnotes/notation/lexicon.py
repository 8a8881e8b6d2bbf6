"""The words of the typed line: every id, label, abbreviation and alias of the reference data, found in a text.

A phrase is looked up atom by atom (a run of letters or of digits), so that `side-flexion`, `Side flexion` and
`side flexion` are one phrase. The lexicon is made once for a reference and kept with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from ptnotes.clinical import Reference, Technique
from ptnotes.clinical.find import names_of

ATOM = re.compile(r"[a-z]+|\d+|[^\sa-z\d]")
_GAPS = frozenset("-/.")
_LOOSE = {ord(sign): " " for sign in "-/_.,()"}
_SIGNS = str.maketrans(
    {
        "’": "'", "‘": "'", "′": "'", "´": "'", "`": "'", "ʹ": "'", "”": '"', "“": '"', "″": '"', "„": '"',
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "×": "x", "✕": "x", "⨯": "x",
        "→": ">", "⇒": ">", "➔": ">", "➝": ">", "º": "°", "˚": "°", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
        "\t": " ", "ⅰ": "i", "（": "(", "）": ")",
    }
)  # fmt: skip
_SIDED_DIRECTION = re.compile(r"\b(?:l|r|left|right)\b")

KINDS = (
    "technique", "target", "direction", "movement", "position", "response", "side", "motion", "method",
    "test_position", "rom_word", "region", "intervention", "exercise", "area",
)  # fmt: skip


def folded(text: str) -> str:
    """The text in small letters without accents, typographic signs made plain. As long as `text`: places stay."""
    if text.isascii():
        return text.lower().replace("\t", " ")
    return "".join(_folded_letter(letter) for letter in text).translate(_SIGNS)


def _folded_letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return base if len(base) == 1 else letter


class Meaning(NamedTuple):
    """One thing that a phrase can mean: an entry of the reference data, and a direction that the phrase also says."""

    kind: str
    id: str
    direction: str | None = None


class Match(NamedTuple):
    """A phrase found in a text, with all that it can mean."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]


class _Phrase(NamedTuple):
    atoms: tuple[str, ...]
    meanings: dict[Meaning, None]


_Meant: TypeAlias = tuple[tuple[str, ...], tuple[Meaning, ...]]
"""The atoms of a phrase, and what it can mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The phrases of one reference by their first atom, the longest first."""

    reference: Reference
    phrases: dict[str, list[_Phrase]]
    names: dict[tuple[str, str], tuple[str, ...]]
    """Every name of an entry, by kind and id, in the order of the reference data."""
    places: dict[str, frozenset[str]]
    """The targets at which each technique may be charted."""
    cache: dict[frozenset[str], dict[str, dict[str, list[_Meant]]]] = field(default_factory=dict)

    def exact(self, kind: str, typed: str) -> str | None:
        """The id of a kind as typed; None where there is none."""
        return typed if (kind, typed) in self.names else None

    def of_kinds(self, kinds: frozenset[str]) -> dict[str, dict[str, list[_Meant]]]:
        """The phrases that can mean something of these kinds, by the first atom and the stem of the second.

        Those of one atom stand under the empty stem.
        """
        found = self.cache.get(kinds)
        if found is None:
            found = {}
            for first, phrases in self.phrases.items():
                for phrase in phrases:
                    meanings = tuple(m for m in phrase.meanings if m.kind in kinds)
                    if meanings:
                        second = "".join(phrase.atoms[1:2])
                        groups = found.setdefault(first, {})
                        groups.setdefault(_stem(second), []).append((phrase.atoms, meanings))
            self.cache[kinds] = found
        return found

    def match(self, text: str, place: int, kinds: frozenset[str]) -> Match | None:
        """The longest phrase of `kinds` that begins at `place` of a folded text and ends with a word."""
        first = ATOM.match(text, place)
        if first is None:
            return None
        best: Match | None = None
        for atoms, meanings in self._begun_by(first, kinds):
            end = _follow(text, first.end(), atoms)
            if end is not None and (best is None or end > best.end):
                best = Match(place, end, meanings)
            elif end is not None and best is not None and end == best.end:
                best = Match(place, end, (*best.meanings, *(m for m in meanings if m not in best.meanings)))
        return best

    def _begun_by(self, first: re.Match[str], kinds: frozenset[str]) -> list[_Meant]:
        """The phrases that an atom of a text may begin, by what stands behind it: of hundreds a few are left."""
        word, index = first.group(), self.of_kinds(kinds)
        found: list[_Meant] = []
        groups = index.get(word)
        if groups is not None:
            second = _stem(_atom_behind(first.string, first.end()))
            if second:
                found += groups.get(second, ())
            found += groups.get("", ())
        if word.endswith("s") and len(word) > 2:
            found += (one for one in index.get(word[:-1], {}).get("", ()) if len(one[0]) == 1)
        return found


def _stem(atom: str) -> str:
    """What an atom and its plural have in common."""
    return atom.rstrip("s")


def _atom_behind(text: str, place: int) -> str:
    """The next atom that is no sign between two words; empty where there is none."""
    found = ATOM.search(text, place)
    if found is not None and found.group() in _GAPS:
        found = ATOM.search(text, found.end())
    return "" if found is None else found.group()


def _follow(text: str, place: int, atoms: tuple[str, ...]) -> int | None:
    """Where the phrase ends whose first atom ends at `place`; None where the text does not go on like it."""
    before = atoms[0]
    last = len(atoms) - 1
    for number, atom in enumerate(atoms[1:], start=1):
        found = ATOM.search(text, place)
        gap_from = place
        if found is not None and found.group() in _GAPS and found.group() != atom:
            found = ATOM.search(text, found.end())
        if found is None:
            return None
        word = found.group()
        if word != atom and not (number == last and len(atom) > 2 and word == atom + "s"):
            return None
        if not _may_stand_between(before, text[gap_from : found.start()], atom):
            return None
        before, place = atom, found.end()
    # "l5" is no word of "l5a", "sup" none of "supra": letters and digits go on only from one to the other.
    following = text[place : place + 1]
    if following.isdigit() and last and len(before) == 1:
        # "to L4" is a level, not "to L".
        return None
    if following and (following.isalpha() or (following.isdigit() and before.isdigit())):
        return place if before.isdigit() and following == "x" else None
    return place


def _may_stand_between(before: str, gap: str, after: str) -> bool:
    if before.isalpha() and after.isdigit() and len(before) == 1:
        return gap == ""
    if len(before) == 1 and len(after) == 1 and before.isalpha() and after.isalpha():
        return gap in {"/", "-", "."}
    return not gap.strip(" -/.") and len(gap) <= 3


@lru_cache(maxsize=2)
def lexicon_of(reference: Reference) -> Lexicon:
    """The lexicon of a reference, made at its first use."""
    phrases: dict[tuple[str, ...], dict[Meaning, None]] = defaultdict(dict)
    names: dict[tuple[str, str], tuple[str, ...]] = {}

    def add(name: str, meaning: Meaning) -> None:
        atoms = tuple(ATOM.findall(folded(name).translate(_LOOSE)))
        if atoms:
            phrases[atoms].setdefault(meaning)

    for kind, entries in _entries(reference):
        for entry in entries:
            known = tuple(dict.fromkeys(names_of(entry)))
            names[kind, entry.id] = known
            for name in known:
                if kind == "direction" and _is_side_and_movement(entry.id, name):
                    continue
                add(name, Meaning(kind, entry.id))
    for technique in reference.techniques.values():
        if len(technique.directions) > 1:
            _add_directions(technique, names, phrases, add)
    for direction in reference.directions.values():
        for name in (direction.label, *direction.aliases):
            atoms = tuple(ATOM.findall(folded(name).translate(_LOOSE)))
            same = [meaning for meaning in phrases[atoms] if meaning.kind == "technique"]
            for noun in ("glide", "mob", "mobilization", "mobilisation"):
                add(f"{name} {noun}", Meaning("direction", direction.id))
                for meaning in same:
                    add(f"{name} {noun}", meaning)
    for side, words in (("left", ("left side", "l side")), ("right", ("right side", "r side"))):
        for name in words:
            add(name, Meaning("side", side))
    by_first: dict[str, list[_Phrase]] = defaultdict(list)
    for atoms, meanings in phrases.items():
        by_first[atoms[0]].append(_Phrase(atoms, meanings))
    for found in by_first.values():
        found.sort(key=lambda phrase: -len(phrase.atoms))
    places: dict[str, set[str]] = {technique: set() for technique in reference.techniques}
    for target in reference.targets:
        for technique in reference.techniques_at(target):
            places[technique.id].add(target)
    known_places = {technique: frozenset(ids) for technique, ids in places.items()}
    return Lexicon(reference, dict(by_first), names, known_places)


def _entries(reference: Reference) -> Iterable[tuple[str, Iterable[Any]]]:
    return (
        ("technique", reference.techniques.values()),
        ("target", reference.targets.values()),
        ("direction", reference.directions.values()),
        ("movement", reference.movements.values()),
        ("position", reference.patient_positions.values()),
        ("response", reference.responses.values()),
        ("side", reference.sides.values()),
        ("motion", reference.motions.values()),
        ("method", reference.methods.values()),
        ("test_position", reference.test_positions.values()),
        ("rom_word", reference.rom_words.values()),
        ("region", reference.regions.values()),
        ("intervention", reference.interventions.values()),
        ("exercise", reference.exercises.values()),
        ("area", reference.areas.values()),
    )


def _is_side_and_movement(direction: str, name: str) -> bool:
    """Whether a name such as "rot L" is a movement word and a side, which are read one by one."""
    if not direction.startswith(("rotation_", "side_bending_")):
        return False
    return " to the " not in f" {name} " and bool(_SIDED_DIRECTION.search(folded(name)))


SAME_WAY = {"posterior_to_anterior": "anterior", "anterior_to_posterior": "posterior", "caudal": "inferior"}
"""Two words for one way of moving a joint partner."""


def _add_directions(
    technique: Technique,
    names: dict[tuple[str, str], tuple[str, ...]],
    phrases: dict[tuple[str, ...], dict[Meaning, None]],
    add: Any,
) -> None:
    """Have names of a technique that say one of its directions ("dorsal glide") mean that direction too."""
    ways: dict[str, str] = {}
    for other, way in SAME_WAY.items():
        if way in technique.directions:
            ways |= {folded(name): way for name in names["direction", other]}
    for direction in technique.directions:
        ways |= {folded(name): direction for name in names["direction", direction]}
    for name in names["technique", technique.id]:
        plain = f" {folded(name).replace('-', ' ').replace('/', ' ')} "
        said = {direction for way, direction in ways.items() if f" {way} " in plain}
        if len(said) == 1:
            atoms = tuple(ATOM.findall(folded(name).translate(_LOOSE)))
            phrases[atoms].pop(Meaning("technique", technique.id), None)
            add(name, Meaning("technique", technique.id, said.pop()))
