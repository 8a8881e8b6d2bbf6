"""The colours of the window, each under the name of what it means. Screens and figures name
the meaning, never the colour.

Every text role reads at 4.5:1 or better on each ground it stands on, and every edge of a control
at 3:1; a test holds both.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        # grounds
        "window": "#f4f6f8", "surface": "#ffffff", "sunken": "#f3f5f7", "hover": "#eef2f4", "selection": "#dff0ee",
        # text
        "text": "#16202a", "muted": "#55626f", "accent": "#0b6e69", "on_accent": "#ffffff",
        # edges
        "border": "#dbe1e6", "control": "#83909c", "focus": "#0b6e69", "accent_hover": "#08544f",
        # tones of pills and messages: text on its soft ground
        "danger": "#b02318", "danger_soft": "#fdecea", "warning": "#855600", "warning_soft": "#fdf3d6",
        "success": "#1b6831", "success_soft": "#e3f4e7", "accent_soft": "#e0f1ef", "neutral": "#4c5965",
        "neutral_soft": "#e9edf1",
        # figures
        "grid": "#e5eaee", "band": "#dff0ee", "goal": "#8c5a00", "normal": "#5d6b78", "before": "#0b6e69",
        "after": "#2668ac", "pain_before": "#b02318", "pain_after": "#0b6e69", "bone": "#eef1f4",
        "bone_edge": "#97a3ae", "shadow": "#c9d1d8", "series_2": "#7a4fa3", "series_3": "#b03a6b",
        "series_4": "#5d6b78", "symptom": "#b02318", "symptom_soft": "#f6cfca",
        # grades of mobilization, weak to strong; on_… is the numeral on it
        "grade_1": "#d5e9e7", "grade_2": "#9fcfca", "grade_3": "#5bada7", "grade_4": "#0b6e69", "grade_5": "#073f3c",
        "on_grade_1": "#0a2b29", "on_grade_2": "#0a2b29", "on_grade_3": "#05211f", "on_grade_4": "#ffffff",
        "on_grade_5": "#ffffff",
    }
)  # fmt: skip

DARK: Mapping[str, str] = MappingProxyType(
    {
        "window": "#11171c", "surface": "#19212a", "sunken": "#131a20", "hover": "#222c36", "selection": "#1b4241",
        "text": "#e7ecf0", "muted": "#a5b2bd", "accent": "#62c8c0", "on_accent": "#05211f",
        "border": "#2d3944", "control": "#74828f", "focus": "#62c8c0", "accent_hover": "#86d9d3",
        "danger": "#ffa199", "danger_soft": "#45201e", "warning": "#f1c468", "warning_soft": "#3c3115",
        "success": "#8ad79f", "success_soft": "#1b3b26", "accent_soft": "#173b3a", "neutral": "#b7c2cc",
        "neutral_soft": "#2a3540",
        "grid": "#2a343e", "band": "#1b3d3c", "goal": "#e6b450", "normal": "#9aa8b4", "before": "#62c8c0",
        "after": "#86b9f2", "pain_before": "#ff9187", "pain_after": "#62c8c0", "bone": "#232d37",
        "bone_edge": "#6d7b88", "shadow": "#05080a", "series_2": "#c3a1e6", "series_3": "#f09ab9",
        "series_4": "#9aa8b4", "symptom": "#ff9187", "symptom_soft": "#5c2d2b",
        "grade_1": "#21403f", "grade_2": "#2b615e", "grade_3": "#3f958f", "grade_4": "#76d4cc", "grade_5": "#c9f4ef",
        "on_grade_1": "#e7ecf0", "on_grade_2": "#ffffff", "on_grade_3": "#041a18", "on_grade_4": "#05211f",
        "on_grade_5": "#05211f",
    }
)  # fmt: skip


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
