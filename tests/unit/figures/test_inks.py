import pytest

from ptnotes.figures.shapes import INKS
from ptnotes.reports import paper
from ptnotes.ui.palette import DARK, LIGHT, contrast

# Words that stand on the ground of a card or of paper, and lines that carry data.
_WORDS = ("text", "muted", "accent", "after", "goal", "normal", "series_2", "series_3", "series_4", "symptom")


@pytest.mark.parametrize("ink", INKS)
def test_each_ink_has_a_colour_on_the_screen_and_on_paper(ink: str) -> None:
    assert ink in LIGHT
    assert ink in DARK
    assert ink in paper.INKS


@pytest.mark.parametrize("ink", _WORDS)
def test_words_and_series_stand_out_from_the_ground_and_from_the_band(ink: str) -> None:
    for palette in (LIGHT, DARK):
        assert contrast(palette[ink], palette["surface"]) >= 4.5
        assert contrast(palette[ink], palette["band"]) >= 3
    printed = f"#{paper.INKS[ink].hexval()[2:]}"
    assert contrast(printed, "#ffffff") >= 4.5


@pytest.mark.parametrize("grade", range(1, 6))
def test_the_numeral_on_a_grade_reads(grade: int) -> None:
    for palette in (LIGHT, DARK):
        assert contrast(palette[f"on_grade_{grade}"], palette[f"grade_{grade}"]) >= 4.5
