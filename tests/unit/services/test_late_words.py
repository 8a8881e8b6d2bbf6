"""What was charted after a note was signed elsewhere is said in words, whatever it was."""

from dataclasses import replace
from datetime import date, time

from ptnotes.domain.treatment import ComparableSign, Exercise, Note, Phase, TreatmentSession
from ptnotes.services.late_words import late_words
from tests.clinics import reference
from tests.episodes import pain
from tests.signing import UPA, whole

SIGNED = whole(TreatmentSession(episode_id=1, service_date=date(2026, 3, 2), author_id=1))


def test_nothing_is_said_where_nothing_differs() -> None:
    assert late_words(reference(), SIGNED, SIGNED) == ""


def test_everything_that_differs_is_said() -> None:
    mine = replace(
        SIGNED,
        note=Note(
            subjective="Slept through.", assessment="Left lumbar facet irritation settles.", plan="Twice."
        ),
        mobilizations=(UPA, replace(UPA, row=20, targets=("L4",), grade="IV")),
        pain=pain(6, 2),
        exercises=(Exercise(row=21, name="Bridge", sets=3, reps=10),),
        comparable_signs=(
            ComparableSign(row=22, pair=1, words="Tie left shoe", phase=Phase.AFTER, value="easy"),
        ),
        time_out=time(10),
    )
    told = late_words(reference(), mine, SIGNED).splitlines()
    assert told[0] == "Plan: Twice."
    assert told[1].startswith("Charted: L4 · ")
    for words in ("IV", "6 → 2", "Bridge", "Tie left shoe, after: easy"):
        assert words in told[1]
    assert "L5" not in told[1]
    assert told[2].startswith("Taken out or changed: ")
    assert "6 → 3" in told[2]
    assert told[3:] == ["Time out: 10:00."]
