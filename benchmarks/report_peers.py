"""The same content set by three other renderers, each used as its documentation shows, with the same typeface."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

from ptnotes.figures.shapes import Circle, Figure, Line, Polygon, Polyline, Rect, Text
from ptnotes.reports.paper import INKS

_FONTS = Path(str(files("ptnotes.resources"))) / "fonts"
_MARGIN_PT = 42
_WIDTH_PT = 612 - 2 * _MARGIN_PT


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    head: tuple[str, ...]
    shares: tuple[float, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Shapes:
    titles: Sequence[str]
    figures: Sequence[Figure]


Part: TypeAlias = Heading | Words | Rows | Shapes


@dataclass(frozen=True, slots=True)
class Page:
    foot: str
    parts: Sequence[Part]


def svg(figure: Figure) -> str:
    """A figure as SVG, which two of the peers take."""
    drawn = []
    for shape in figure.shapes:
        match shape:
            case Line():
                dash = f' stroke-dasharray="{" ".join(map(str, shape.dash))}"' if shape.dash else ""
                drawn.append(
                    f'<line x1="{shape.x1:.2f}" y1="{shape.y1:.2f}" x2="{shape.x2:.2f}" y2="{shape.y2:.2f}" '
                    f'stroke="{_colour(shape.ink)}" stroke-width="{shape.width}"{dash}/>'
                )
            case Polyline():
                drawn.append(
                    f'<polyline points="{_points(shape.points)}" fill="none" stroke="{_colour(shape.ink)}" '
                    f'stroke-width="{shape.width}"/>'
                )
            case Polygon():
                drawn.append(
                    f'<polygon points="{_points(shape.points)}" {_filled(shape.fill, shape.stroke)}/>'
                )
            case Circle():
                drawn.append(
                    f'<circle cx="{shape.x:.2f}" cy="{shape.y:.2f}" r="{shape.radius}" '
                    f"{_filled(shape.fill, shape.stroke)}/>"
                )
            case Rect():
                drawn.append(
                    f'<rect x="{shape.x:.2f}" y="{shape.y:.2f}" width="{shape.width:.2f}" '
                    f'height="{shape.height:.2f}" {_filled(shape.fill, shape.stroke)}/>'
                )
            case Text():
                drawn.append(
                    f'<text x="{shape.x:.2f}" y="{shape.y:.2f}" font-family="Inter" font-size="{shape.size}" '
                    f'text-anchor="{shape.anchor}" fill="{_colour(shape.ink)}">{escape(shape.text)}</text>'
                )
            case _:
                raise AssertionError(f"a chart has no {type(shape).__name__}")
    size = f'width="{figure.width}" height="{figure.height}" viewBox="0 0 {figure.width} {figure.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(drawn)}</svg>'


def by_fpdf2(page: Page) -> bytes:
    """Its own calls for text, tables and vectors."""
    from fpdf import FPDF

    class Document(FPDF):
        def footer(self) -> None:
            self.set_y(-34)
            self.set_font("Inter", size=7.5)
            self.cell(0, 10, page.foot)
            self.cell(0, 10, f"Page {self.page_no()} of {{nb}}", align="R")

    document = Document(unit="pt", format="letter")
    document.set_margins(_MARGIN_PT, 34, _MARGIN_PT)
    document.set_auto_page_break(auto=True, margin=48)
    document.add_font("Inter", "", _FONTS / "Inter-Regular.ttf")
    document.add_font("Inter", "B", _FONTS / "Inter-Bold.ttf")
    document.add_page()
    for part in page.parts:
        match part:
            case Heading():
                document.set_font("Inter", "B", 8)
                document.ln(6)
                document.cell(0, 12, part.text.upper(), new_x="LMARGIN", new_y="NEXT")
            case Words():
                document.set_font("Inter", size=8.75)
                document.multi_cell(0, 12, part.text, new_x="LMARGIN", new_y="NEXT", align="L")
            case Rows():
                document.set_font("Inter", size=8.5)
                with document.table(
                    col_widths=part.shares,
                    line_height=10.5,
                    padding=2.5,
                    borders_layout="HORIZONTAL_LINES",
                    text_align="LEFT",
                    first_row_as_headings=bool(part.head),
                ) as table:
                    for line in (part.head, *part.rows) if part.head else part.rows:
                        cells = table.row()
                        for cell in line:
                            cells.cell(cell)
            case Shapes():
                _fpdf2_shapes(document, part)
    return bytes(document.output())


def _fpdf2_shapes(document: Any, part: Shapes) -> None:
    above = document.get_y()
    top = above + 24
    for place, (title, figure) in enumerate(zip(part.titles, part.figures, strict=True)):
        left = _MARGIN_PT + place * _WIDTH_PT / 2
        document.set_font("Inter", "B", 8.75)
        document.set_xy(left, above)
        document.multi_cell(_WIDTH_PT / 2 - 8, 10, title, align="L")
        for shape in figure.shapes:
            match shape:
                case Line():
                    document.set_draw_color(_colour(shape.ink))
                    document.set_line_width(shape.width)
                    document.set_dash_pattern(*(shape.dash[:2] if shape.dash else (0, 0)))
                    document.line(left + shape.x1, top + shape.y1, left + shape.x2, top + shape.y2)
                    document.set_dash_pattern()
                case Polyline():
                    document.set_draw_color(_colour(shape.ink))
                    document.set_line_width(shape.width)
                    document.polyline([(left + x, top + y) for x, y in shape.points])
                case Polygon():
                    document.polygon([(left + x, top + y) for x, y in shape.points], style="DF")
                case Circle():
                    document.set_fill_color(_colour(shape.fill or "surface"))
                    document.circle(left + shape.x, top + shape.y, shape.radius, style="DF")
                case Rect():
                    document.set_fill_color(_colour(shape.fill or "surface"))
                    document.rect(left + shape.x, top + shape.y, shape.width, shape.height, style="F")
                case Text():
                    document.set_font("Inter", size=shape.size)
                    wide = document.get_string_width(shape.text)
                    shift = {"start": 0.0, "middle": wide / 2, "end": wide}[shape.anchor]
                    document.text(left + shape.x - shift, top + shape.y, shape.text)
    document.set_fill_color(255)
    document.set_draw_color(180)
    document.set_y(top + max(figure.height for figure in part.figures))


def by_typst(page: Page) -> bytes:
    """One source text with the data in it; the compiler and its fonts are kept between documents.

    It is asked for the same kind of file as ours: for archives (PDF/A-2b), and tagged, which it does of itself.
    """
    parts = []
    for part in page.parts:
        match part:
            case Heading():
                parts.append(f"heading({json.dumps(part.text, ensure_ascii=False)})")
            case Words():
                parts.append(f"par(text({_typst(part.text)}))")
            case Rows():
                cells = ", ".join(f"text({_typst(cell)})" for row in part.rows for cell in row)
                heads = ", ".join(f"text({_typst(cell)})" for cell in part.head)
                head = f"table.header({heads}), " if part.head else ""
                shares = ", ".join(f"{share}fr" for share in part.shares)
                parts.append(
                    f"table(columns: ({shares}), stroke: (bottom: 0.5pt + gray), inset: 2.5pt, {head}{cells})"
                )
            case Shapes():
                drawn = ", ".join(
                    f'image(bytes({_typst(svg(figure))}), format: "svg")' for figure in part.figures
                )
                titles = ", ".join(f"strong({_typst(title)})" for title in part.titles)
                parts.append(f"grid(columns: (1fr, 1fr), {titles}, {drawn})")
    source = (
        f'#set page(paper: "us-letter", margin: {_MARGIN_PT}pt, footer: context [#text({_typst(page.foot)}) #h(1fr) '
        f"Page #counter(page).display() of #counter(page).final().first()])\n"
        '#set text(font: "Inter", size: 8.5pt)\n'
        "#set document(date: datetime(year: 2026, month: 3, day: 2))\n"
        + "\n".join(f"#{part}" for part in parts)
    )
    return bytes(_typst_compiler().compile(source.encode(), format="pdf", pdf_standards=["a-2b"]))


@cache
def _typst_compiler() -> Any:
    import typst

    return typst.Compiler(font_paths=[str(_FONTS)], ignore_system_fonts=True)


def _typst(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def by_weasyprint(page: Page) -> bytes:
    """One HTML text with inline SVG; the font configuration is kept between documents."""
    from weasyprint import HTML

    parts = []
    for part in page.parts:
        match part:
            case Heading():
                parts.append(f"<h2>{escape(part.text)}</h2>")
            case Words():
                parts.append(f"<p>{escape(part.text).replace(chr(10), '<br>')}</p>")
            case Rows():
                total = sum(part.shares)
                columns = "".join(f'<col style="width:{share / total:.2%}">' for share in part.shares)
                heads = "".join(f"<th>{escape(cell)}</th>" for cell in part.head)
                head = f"<thead><tr>{heads}</tr></thead>" if part.head else ""
                rows = "".join(
                    "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
                    for row in part.rows
                )
                parts.append(f"<table><colgroup>{columns}</colgroup>{head}<tbody>{rows}</tbody></table>")
            case Shapes():
                drawn = "".join(
                    f'<td style="border:none"><b>{escape(title)}</b><br>{svg(figure)}</td>'
                    for title, figure in zip(part.titles, part.figures, strict=True)
                )
                parts.append(f"<table><tr>{drawn}</tr></table>")
    stylesheet, configuration = _weasyprint_style(page.foot)
    made = HTML(string=f'<html lang="en"><body>{"".join(parts)}</body></html>').write_pdf(
        stylesheets=[stylesheet], font_config=configuration
    )
    return bytes(made)


@cache
def _weasyprint_style(foot: str) -> tuple[Any, Any]:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    configuration = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: Inter; font-weight: {weight}; src: url({(_FONTS / name).as_uri()}) }}"
        for name, weight in (("Inter-Regular.ttf", 400), ("Inter-Bold.ttf", 700))
    )
    style = f"""{faces}
    @page {{ size: letter; margin: 34pt {_MARGIN_PT}pt 48pt;
      @bottom-left {{ content: {json.dumps(foot, ensure_ascii=False)}; font: 7.5pt Inter }}
      @bottom-right {{ content: "Page " counter(page) " of " counter(pages); font: 7.5pt Inter }} }}
    body {{ font: 8.5pt Inter; margin: 0 }} h2 {{ font-size: 8pt; text-transform: uppercase; margin: 8pt 0 2pt }}
    p {{ margin: 2pt 0 }} table {{ width: 100%; border-collapse: collapse; table-layout: fixed }}
    td, th {{ border-bottom: 0.5pt solid #ccc; padding: 2.5pt; text-align: left; vertical-align: top }}"""
    return CSS(string=style, font_config=configuration), configuration


def _colour(ink: str) -> str:
    return f"#{INKS[ink].hexval()[2:]}"


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def _filled(fill: str | None, stroke: str | None) -> str:
    return f'fill="{_colour(fill) if fill else "none"}" stroke="{_colour(stroke) if stroke else "none"}"'
