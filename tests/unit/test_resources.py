"""The fonts write the names we meet, and every icon can be drawn."""

import importlib.resources
import tomllib
from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase, QImage, QRawFont
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

RESOURCES = Path(str(importlib.resources.files("ptnotes.resources")))
FONTS = sorted((RESOURCES / "fonts").glob("*.ttf"))
ICONS = sorted((RESOURCES / "icons").glob("*.svg"))
LATIN_GREEK_CYRILLIC = (
    "AZazÀÿĀſŁłŞşȘșĐđƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹẞß"
    "ΑΒΓΔΩαβγδωάέήίόύώϊΐ"
    "АБВГДЯабвгдяіїєґЁёўђљњџ"
)
SIGNS = "0123456789°±×→←↑↓≤≥−–—…·•½✓▲▼●○□■′″⚠%/"
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئةىپچژگ"
HEBREW = "אבגדהוזחטיכךלמםנןסעפףצץקרשת"


def _missing(font: Path, text: str) -> str:
    raw = QRawFont(str(font), 12)
    assert raw.isValid()
    return "".join(character for character in text if not raw.supportsCharacter(ord(character)))


@pytest.mark.parametrize("style", ["Regular", "Medium", "SemiBold", "Bold", "Italic"])
def test_inter_writes_latin_vietnamese_greek_and_cyrillic_names(qapp: QApplication, style: str) -> None:
    assert _missing(RESOURCES / "fonts" / f"Inter-{style}.ttf", LATIN_GREEK_CYRILLIC + SIGNS) == ""


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_arabic_and_hebrew_names_have_a_font(qapp: QApplication, style: str) -> None:
    assert _missing(RESOURCES / "fonts" / f"NotoSansArabic-{style}.ttf", ARABIC) == ""
    assert _missing(RESOURCES / "fonts" / f"NotoSansHebrew-{style}.ttf", HEBREW) == ""


def test_a_font_without_the_letter_is_told_from_one_with_it(qapp: QApplication) -> None:
    assert _missing(RESOURCES / "fonts" / "Inter-Regular.ttf", "ا") == "ا"


def test_every_font_loads_and_has_its_licence_beside_it(qapp: QApplication) -> None:
    assert FONTS
    for font in FONTS:
        assert QFontDatabase.addApplicationFont(str(font)) >= 0, font.name
        licence = font.with_name(f"{font.stem.split('-')[0]}-OFL.txt")
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text(encoding="utf-8"), font.name


def test_every_icon_can_be_drawn(qapp: QApplication) -> None:
    assert ICONS
    for icon in ICONS:
        assert QSvgRenderer(str(icon)).isValid(), icon.name


def test_the_application_icon_has_its_bitmaps() -> None:
    assert QImage(str(RESOURCES / "icons" / "ptnotes.png")).width() == 256
    assert (RESOURCES / "icons" / "ptnotes.ico").read_bytes()[:4] == b"\0\0\1\0"


def test_every_shipped_font_family_is_named_among_the_licences() -> None:
    listed = tomllib.loads((RESOURCES / "licences.toml").read_text(encoding="utf-8"))
    families = {font["files"] for font in listed["font"]}
    assert families == {f"{font.stem.split('-')[0]}-*.ttf" for font in FONTS}
