"""Sizes and colours of everything printed: one page size a paper, one type scale, one ink a meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, LETTER

from ptnotes.domain.people import Paper

PAGE_SIZES_PT: Mapping[Paper, tuple[float, float]] = MappingProxyType({Paper.LETTER: LETTER, Paper.A4: A4})
MARGIN_SIDE_PT = 42.0
MARGIN_TOP_PT = 34.0
MARGIN_BOTTOM_PT = 48.0
"""Room for the footer: its line stands 34 points above the edge."""
GAP_PT = 24.0
"""Between two things that stand side by side."""

_TIGHT = 0.6
_is_tight = ContextVar("is_tight", default=False)


@contextmanager
def spacing(*, is_tight: bool) -> Iterator[None]:
    """Let what is made within stand roomy, as it does otherwise, or tight."""
    before = _is_tight.set(is_tight)
    try:
        yield
    finally:
        _is_tight.reset(before)


def spaced(roomy_pt: float) -> float:
    """What is left free for looks, in points: all of it, or less where things stand tight."""
    return roomy_pt * _TIGHT if _is_tight.get() else roomy_pt


INKS: Mapping[str, Color] = MappingProxyType(
    {
        "text": HexColor("#16202a"),
        "muted": HexColor("#55626f"),
        "grid": HexColor("#e1e7eb"),
        "surface": HexColor("#ffffff"),
        "accent": HexColor("#0b6e69"),
        "accent_soft": HexColor("#9fcfca"),
        "after": HexColor("#0b6e69"),
        "band": HexColor("#e0f1ef"),
        "goal": HexColor("#8c5a00"),
        "normal": HexColor("#5d6b78"),
        "danger": HexColor("#b02318"),
        "series_2": HexColor("#5b4b9a"),
        "series_3": HexColor("#9a4b1e"),
        "series_4": HexColor("#55626f"),
        "symptom": HexColor("#b02318"),
        "symptom_soft": HexColor("#f6cfca"),
        "rule": HexColor("#cfd7dd"),
        "wash": HexColor("#eff5f5"),
        "bone": HexColor("#eef1f4"),
        "bone_edge": HexColor("#97a3ae"),
        "neutral": HexColor("#4c5965"),
        "neutral_soft": HexColor("#e9edf1"),
        "grade_1": HexColor("#d5e9e7"),
        "grade_2": HexColor("#9fcfca"),
        "grade_3": HexColor("#5bada7"),
        "grade_4": HexColor("#0b6e69"),
        "grade_5": HexColor("#073f3c"),
        "on_grade_1": HexColor("#0a2b29"),
        "on_grade_2": HexColor("#0a2b29"),
        "on_grade_3": HexColor("#05211f"),
        "on_grade_4": HexColor("#ffffff"),
        "on_grade_5": HexColor("#ffffff"),
    }
)
"""Every ink of a document, the figures' among them; words in them read at 4.5:1 or better on white paper."""
