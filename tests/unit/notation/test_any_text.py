"""Whatever is typed: nothing raises, and every word of it is in an entry or in a problem."""

from hypothesis import example, given
from hypothesis import strategies as st

from ptnotes.clinical import load_reference
from ptnotes.notation import Reading, completion, explain, read, reading_data

REFERENCE = load_reference()
WORDS = (
    "L5", "C5/6", "T4-T6", "L4,5", "C9", "ribs 4-6", "SIJ", "GHJ", "GH", "TCJ", "PFJ", "OA", "Cx", "L/S",
    "Knee", "QL", "upa", "PA", "cpa", "HVLAT", "SNAG", "MWM", "post/inf", "glide", "rot", "SB", "flex", "ext",
    "DF", "IR", "HBB", "FTF", "SLR", "l", "L", "R", "(R)", "B/L", "midline", "III", "IV-", "III-IV", "gr 3+",
    "K2", "V", "VI", "i", "3x45s", "x6", "2 x 1'", '3x30"', "30 sec x 3", "2Hz", "x", "3", "prone", "R SL",
    "sup", "w/ belt", "w/", "@ 90 abd", "@", "pain free", "+ cav", "no cav", "better", "45>55", "45", ">",
    "->", "-5", "8-112", "5-0-130", "50%", "WNL", "mod loss", "(4/10)", "4/10", "ERP", "pre", "post", "AROM",
    "incl", "12>6cm", "pain", "nprs", "worst", "W7", "p", "6/10", "mt", "97110", "23", "23'", "TTT 46", "TT",
    "bridge", "plank", "ex:", "green band", "@ 40 lb", "s:", "plan:", "comm:", "home", "hep:", "2x/day",
    "5d/wk", "daily", "bid", "2-3x/day", "(C5 on C6)", "C6 on C5", "on", "moves", "tibia on femur",
    'moves "a; b"', '"', '""', "note", 'note "own; words"',
    "#", "#technique.upa", "#motion.x", "level?", "side?", ";", ",", "/", "&", "+", "-", "(", ")", "\n", "foo",
    "°", "½", "→",
)  # fmt: skip
SEPARATORS = " ,;/&|\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def _assert_whole(text: str, reading: Reading) -> None:
    spans = [(one.start, one.end) for one in reading.entries]
    spans += [(problem.start, problem.end) for problem in reading.problems]
    for place, letter in enumerate(text):
        if not letter.isspace() and letter not in SEPARATORS:
            assert any(start <= place < end for start, end in spans), (text, place, letter)
    for problem in reading.problems:
        assert problem.text == text[problem.start : problem.end]
        assert problem.text.strip()
        assert problem.reason


@given(st.text(max_size=80), st.sampled_from([None, "lumbar", "knee"]))
@example("\x1f", None)
@example("L5 upa l III ½x45s", "lumbar")
@example("İ ſ ß K1 ﬁ flex 45>55", "lumbar")
@example("²³ x²", None)
@example("\x85s: a\x85b", None)
def test_no_text_raises_or_loses_a_letter(text: str, region: str | None) -> None:
    _assert_whole(text, read(REFERENCE, text, region))


@given(
    st.lists(st.sampled_from(WORDS), max_size=12),
    st.sampled_from([" ", " ", ""]),
    st.sampled_from([None, "cervical", "lumbar", "shoulder", "knee", "jaw"]),
)
def test_no_heap_of_words_raises_or_loses_one(words: list[str], between: str, region: str | None) -> None:
    text = between.join(words)
    reading = read(REFERENCE, text, region)
    _assert_whole(text, reading)
    reading_data(reading)
    for one in reading.entries:
        assert explain(REFERENCE, one.entry)
    for candidate in completion(REFERENCE, text, len(text), region):
        assert candidate.end == len(text)


@given(st.lists(st.sampled_from(WORDS), max_size=8))
def test_an_entry_that_a_problem_touches_is_not_ready(words: list[str]) -> None:
    reading = read(REFERENCE, " ".join(words), "lumbar")
    for one in reading.ready:
        assert not any(one.start < problem.end and problem.start < one.end for problem in reading.problems)
