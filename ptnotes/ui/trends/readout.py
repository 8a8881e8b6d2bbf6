"""One visit's values in a line of words. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import PainKind, Phase, SessionRow, Side
from ptnotes.domain.trend import TrendChart, TrendLine
from ptnotes.domain.views import EpisodeOverview
from ptnotes.domain.wording import full_date, side_words, with_unit
from ptnotes.figures.spine import mark_words


def visit_title(visit: SessionRow) -> str:
    """``Visit 7 · 26 Oct 2026``."""
    return f"Visit {visit.visit_number} · {full_date(visit.service_date)}"


def visit_reading(overview: EpisodeOverview, titles: dict[str, str], session_id: int) -> str:
    """Everything that was measured and mobilized at a visit, as read in a line."""
    charts = [*([overview.pain] if overview.pain is not None else []), *overview.charts]
    parts = [part for chart in charts if (part := _values(chart, titles[chart.key], session_id))]
    done = ", ".join(mark_words(mark) for mark in overview.visit_marks.get(session_id, ()))
    if done:
        parts.append(f"treated {done}")
    return "; ".join(parts) if parts else "nothing measured"


def chart_titles(reference: Reference, charts: Sequence[TrendChart]) -> dict[str, str]:
    """Chart key to title. Where charts of several regions stand together, each names its region."""
    regions = {reference.motions[chart.motion].region for chart in charts if chart.motion is not None}
    titles = {}
    for chart in charts:
        titles[chart.key] = chart.title
        if chart.motion is not None and len(regions) > 1:
            titles[chart.key] = (
                f"{reference.motions[chart.motion].full_label} {side_words(chart.side)}".strip()
            )
    return titles


def place_words(reference: Reference, target: str, side: Side | None) -> str:
    """A place in full words: ``Hip joint, left``."""
    label = reference.targets[target].label if target in reference.targets else target
    return ", ".join(word for word in (label, side_words(side) if side is not Side.MIDLINE else "") if word)


def _values(chart: TrendChart, title: str, session_id: int) -> str:
    several = sum(1 for line in chart.lines if line.phase is not Phase.AFTER) > 1 and chart.motion is not None
    found = []
    for line in chart.lines:
        for point in line.points:
            if point.session_id == session_id:
                words = [with_unit(point.value, chart.unit), _phase(line)]
                if several and not line.is_main:
                    words.append(f"({line.label})")
                found.append(" ".join(word for word in words if word))
    found += [
        f"{word.label}{' after' if word.phase is Phase.AFTER else ''}"
        for word in chart.words
        if word.session_id == session_id
    ]
    return f"{title[:1].lower()}{title[1:]} {', '.join(found)}" if found else ""


def _phase(line: TrendLine) -> str:
    if line.pain_kind in (PainKind.WORST, PainKind.BEST):
        return line.pain_kind.value
    return "after" if line.phase is Phase.AFTER else "before"
