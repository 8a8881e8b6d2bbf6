"""The theme: every text can be read on its ground, and sizes follow the text size."""

import pytest
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from ptnotes.ui.palette import DARK, LIGHT, contrast
from ptnotes.ui.theme import Look, Theme

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
GROUNDS = ("window", "surface", "sunken", "hover", "selection")
PILLS = ("danger", "warning", "success", "accent", "neutral")
DRAWN_WORDS = ("goal", "normal", "before", "after", "pain_before", "pain_after")


def test_contrast_is_as_wcag_gives_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@PALETTES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("role", ["text", "muted", "accent"])
def test_text_reads_on_every_ground(palette: dict[str, str], ground: str, role: str) -> None:
    assert contrast(palette[role], palette[ground]) >= 4.5


@PALETTES
@pytest.mark.parametrize("tone", PILLS)
def test_a_pill_reads_on_its_soft_ground_and_a_fault_on_the_page(palette: dict[str, str], tone: str) -> None:
    assert contrast(palette[tone], palette[f"{tone}_soft"]) >= 4.5
    assert contrast(palette[tone], palette["surface"]) >= 4.5
    assert contrast(palette[tone], palette["window"]) >= 4.5


@PALETTES
@pytest.mark.parametrize("role", DRAWN_WORDS)
def test_words_in_figures_read_on_a_card(palette: dict[str, str], role: str) -> None:
    assert contrast(palette[role], palette["surface"]) >= 4.5
    assert contrast(palette[role], palette["band"]) >= 4.5


@PALETTES
@pytest.mark.parametrize("grade", range(1, 6))
def test_the_numeral_of_a_grade_reads_on_its_colour(palette: dict[str, str], grade: int) -> None:
    assert contrast(palette[f"on_grade_{grade}"], palette[f"grade_{grade}"]) >= 4.5


@PALETTES
@pytest.mark.parametrize("edge", ["control", "focus"])
def test_the_edge_of_a_control_can_be_seen(palette: dict[str, str], edge: str) -> None:
    for ground in ("surface", "window"):
        assert contrast(palette[edge], palette[ground]) >= 3.0


@PALETTES
def test_words_on_a_filled_button_read(palette: dict[str, str]) -> None:
    assert contrast(palette["on_accent"], palette["accent"]) >= 4.5
    assert contrast(palette["on_accent"], palette["accent_hover"]) >= 4.5


def test_both_palettes_name_the_same_roles() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_the_look_changes_every_ink_and_says_so(theme: Theme) -> None:
    said: list[bool] = []
    theme.changed.connect(lambda: said.append(theme.is_dark))
    theme.set_look(Look.DARK)
    assert theme.ink("surface").name() == DARK["surface"]
    theme.set_look(Look.LIGHT)
    assert theme.ink("surface").name() == LIGHT["surface"]
    assert said == [True, False]


def test_sizes_grow_with_the_text(theme: Theme, qapp: QApplication) -> None:
    theme.set_text_scale(1.5)
    assert theme.font().pixelSize() == 20
    assert theme.px(8) == 12
    assert theme.space(4) == 18
    assert qapp.font().pixelSize() == 20


def test_text_follows_the_systems_size_and_is_never_too_small(theme: Theme) -> None:
    theme.set_text_scale(None)
    assert theme.scale >= 1.0
    theme.set_text_scale(1.0)


def test_an_unknown_ink_is_an_error(theme: Theme) -> None:
    with pytest.raises(KeyError):
        theme.ink("mauve")


def test_the_fonts_come_with_the_program(theme: Theme) -> None:
    families = QFontDatabase.families()
    assert {"Inter", "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew"} <= set(families)


def test_an_icon_takes_the_colour_of_its_role(theme: Theme) -> None:
    picture = theme.pixmap("lock", "danger", 20).toImage()
    inks = {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).alpha() == 255
    }
    assert inks == {LIGHT["danger"]}
