"""Sizes and colours of everything printed: one page size a paper, one type scale, one ink a meaning."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, LETTER

from ptnotes.domain.people import Paper

PAGE_SIZES_PT: Mapping[Paper, tuple[float, float]] = MappingProxyType({Paper.LETTER: LETTER, Paper.A4: A4})
MARGIN_SIDE_PT = 42.0
MARGIN_TOP_PT = 38.0
MARGIN_BOTTOM_PT = 50.0
"""Room for the footer: its line stands 34 points above the edge."""
GAP_PT = 24.0
"""Between two things that stand side by side."""

INKS: Mapping[str, Color] = MappingProxyType(
    {
        name: HexColor(colour)
        for name, colour in {
            "text": "#16202a", "muted": "#55626f", "surface": "#ffffff", "grid": "#e1e7eb", "rule": "#cfd7dd",
            "accent": "#0b6e69", "accent_soft": "#9fcfca", "band": "#e0f1ef", "wash": "#eff5f5",
            "goal": "#8c5a00", "normal": "#5d6b78", "danger": "#b02318",
            "series_2": "#7a4fa3", "series_3": "#b03a6b", "series_4": "#5d6b78",
            "bone": "#eef1f4", "bone_edge": "#97a3ae", "neutral": "#4c5965", "neutral_soft": "#e9edf1",
            "grade_1": "#d5e9e7", "grade_2": "#9fcfca", "grade_3": "#5bada7", "grade_4": "#0b6e69",
            "grade_5": "#073f3c",
            "on_grade_1": "#0a2b29", "on_grade_2": "#0a2b29", "on_grade_3": "#05211f", "on_grade_4": "#ffffff",
            "on_grade_5": "#ffffff",
        }.items()
    }
)  # fmt: skip
"""Colour of each ink on white paper; words among them read at 4.5:1 or better."""
