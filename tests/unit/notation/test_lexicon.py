"""The lexicon: a phrase is found however its words are set apart, and in the plural."""

import pytest

from ptnotes.clinical import Reference
from ptnotes.notation.lexicon import ATOM, KINDS, Lexicon, Match, folded, lexicon_of

_ALL = frozenset(KINDS)


@pytest.fixture(scope="module")
def lexicon(reference: Reference) -> Lexicon:
    return lexicon_of(reference)


@pytest.fixture(scope="module")
def phrases(lexicon: Lexicon) -> list[tuple[str, str, list[str]]]:
    """(kind, id, words) of every name that is words of several letters and nothing else.

    Directions are left out: "left rotation" is a movement and a side, found one by one.
    """
    found = []
    for (kind, key), names in lexicon.names.items():
        for name in names:
            words = ATOM.findall(folded(name))
            if (
                kind != "direction"
                and len(words) > 1
                and all(word.isalpha() and len(word) > 2 for word in words)
            ):
                found.append((kind, key, words))
    assert len(found) > 500
    return found


def _missed(lexicon: Lexicon, texts: list[tuple[str, str, str]]) -> list[str]:
    """The texts that are not found whole, with their meaning among those found."""
    return [text for kind, key, text in texts if not _means(lexicon.match(text, 0, _ALL), text, kind, key)]


def _means(match: Match | None, text: str, kind: str, key: str) -> bool:
    return match is not None and match.end == len(text) and (kind, key) in {one[:2] for one in match.meanings}


@pytest.mark.parametrize("between", [" ", "-", "/", " - "])
def test_a_phrase_is_found_however_its_words_are_set_apart(
    lexicon: Lexicon, phrases: list[tuple[str, str, list[str]]], between: str
) -> None:
    assert _missed(lexicon, [(kind, key, between.join(words)) for kind, key, words in phrases]) == []


def test_a_phrase_is_found_in_the_plural(lexicon: Lexicon, phrases: list[tuple[str, str, list[str]]]) -> None:
    assert _missed(lexicon, [(kind, key, " ".join(words) + "s") for kind, key, words in phrases]) == []


def test_words_that_only_begin_a_phrase_are_not_taken_for_it(
    lexicon: Lexicon, phrases: list[tuple[str, str, list[str]]]
) -> None:
    begun = [(kind, key, words[:-1]) for kind, key, words in phrases if len(words) > 2]
    own = {
        (*entry, " ".join(filter(str.isalnum, ATOM.findall(folded(name)))))
        for entry, names in lexicon.names.items()
        for name in names
    }
    texts = [(kind, key, " ".join(words)) for kind, key, words in begun]
    wrong = [
        text
        for kind, key, text in texts
        if (kind, key, text) not in own and _means(lexicon.match(text, 0, frozenset({kind})), text, kind, key)
    ]
    assert len(texts) > 100
    assert wrong == []
