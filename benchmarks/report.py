"""The progress report of 20 visits with four charts, beside the same content by fpdf2, typst and WeasyPrint."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from io import BytesIO
from random import Random
from time import perf_counter
from zoneinfo import ZoneInfo

import pypdfium2

from benchmarks.figure import Figure, middle, table
from benchmarks.report_peers import (
    Heading,
    Page,
    Part,
    Rows,
    Shapes,
    Words,
    by_fpdf2,
    by_typst,
    by_weasyprint,
)
from ptnotes.clinical import load_reference
from ptnotes.domain.patient import Patient
from ptnotes.domain.wording import full_date, signed, threshold_words, verdict_words
from ptnotes.figures.trend_chart import time_axis, trend_figure
from ptnotes.reports.figure_flowable import text_width
from ptnotes.reports.fonts import load_fonts
from ptnotes.reports.progress import ProgressReportData, render_progress_report
from ptnotes.services.case import Case
from ptnotes.services.progress_content import progress_content
from ptnotes.services.sample_courses import load_courses
from ptnotes.services.sample_episodes import play
from ptnotes.services.sample_people import load_cast
from ptnotes.services.sample_run import Run

_VISITS = 20
_CHARTS = 4
_ROUNDS = 9
_ZONE = "America/New_York"
_TODAY = date(2026, 3, 2)


def report_figures() -> list[Figure]:
    """Ours against the fastest peer, and each peer by name; every document has the same words, rows and shapes.

    Each round is another patient's report, since a renderer that remembers what it set last time would only be asked
    to remember. What a program keeps between two patients (fonts, a compiler) is kept.
    """
    contents = [report_data(seed) for seed in range(_ROUNDS + 1)]
    pages = [page_of(data) for data in contents]
    makers: dict[str, Callable[[int], bytes]] = {
        "ours": lambda number: render_progress_report(contents[number]),
        "fpdf2": lambda number: by_fpdf2(pages[number]),
        "typst": lambda number: by_typst(pages[number]),
        "WeasyPrint": lambda number: by_weasyprint(pages[number]),
    }
    times: dict[str, list[float]] = {name: [] for name in makers}
    for name, make in makers.items():
        _check_alike(name, make(_ROUNDS), contents[_ROUNDS])
    # In turns, so that whatever else the machine does hits all alike.
    for number in range(_ROUNDS):
        for name, make in makers.items():
            times[name].append(_milliseconds(partial(make, number)))
    taken = {name: middle(values) for name, values in times.items()}
    ours = taken.pop("ours")
    fastest = min(taken, key=lambda name: taken[name])
    return [
        Figure(
            name=f"progress report, {_VISITS} visits, {_CHARTS} charts",
            ours_ms=ours,
            reference_name=name,
            reference_ms=reference,
            limit=1.5,
        )
        for name, reference in sorted(taken.items(), key=lambda item: item[0] != fastest)
    ]


def report_data(seed: int) -> ProgressReportData:
    """A made-up lumbar course of twenty visits, with all that a thorough therapist charts."""
    cast, reference = load_cast(_ZONE), load_reference()
    run = Run(
        visits=_VISITS,
        last_on=_TODAY,
        way="improving",
        side="left",
        zone=_ZONE,
        author_id=1,
        referrer=cast.referrers[0],
        full=True,
    )
    rng = Random(seed)
    played = play(reference, load_courses()["lumbar_stenosis"], run, rng)
    case = Case(
        clinic=cast.clinic,
        author=replace(cast.therapist, id=1),
        patient=Patient(
            mrn=f"{seed:06}", family_name="Moreau", given_name="Hélène", birth_date=date(1979, 3, 12)
        ),
        episode=played.episode,
        sessions=[replace(session, id=number) for number, session in enumerate(played.sessions, start=1)],
        outcomes=played.scores,
        written_at=datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo(_ZONE)),
        as_of=_TODAY,
    )
    data = progress_content(reference, case)
    pain = [chart for chart in data.charts if chart.key == "pain"]
    motions = [chart for chart in data.charts if chart.key != "pain"]
    return replace(data, charts=(*motions[: _CHARTS - len(pain)], *pain))


def page_of(data: ProgressReportData) -> Page:
    """What our report says, as parts that any renderer can set."""
    load_fonts()
    axis = time_axis(data.charts, text_width, 7.5)
    figures = [trend_figure(chart, 250, 100, axis, text_width, 7.5).figure for chart in data.charts]
    titles = [chart.title for chart in data.charts]
    parts: list[Part] = [
        Words(f"{data.clinic.name}\n{data.clinic.address}"),
        Words(
            f"{data.patient.name}, {data.age_years} y · MRN {data.patient.mrn} · {'; '.join(data.diagnoses)}"
        ),
        Words(f"To {data.referrer}, {data.referrer_details} · {data.plan_of_care}"),
        Words(f"{data.conclusion.headline}. {data.conclusion.detail} Asked of you: nothing."),
        Heading("Objective change"),
        Rows(
            ("Measure", "First", "Previous", "Now", "Change", "Goal", "Normal", "Meaning of the change"),
            (2.3, 1, 1.15, 1, 0.8, 0.8, 0.85, 3),
            [
                (
                    row.label,
                    row.first.text if row.first else "",
                    row.earlier.text if row.earlier else "",
                    row.now.text if row.now else "",
                    signed(row.verdict.change, row.unit)
                    if row.verdict and row.verdict.change is not None
                    else "",
                    row.goal,
                    row.normal,
                    verdict_words(row.verdict) if row.verdict else "",
                )
                for row in data.measures[:6]
            ],
        ),
        Shapes(titles[-2:], figures[-2:]),
        Heading("Treatment"),
        Rows(
            ("Level and technique", "Grade", "Dose", "Visits", "Response"),
            (2.9, 0.9, 1, 0.5, 2.2),
            [
                (line.words, line.grades, line.dose, str(line.visits), line.response)
                for line in data.treatments
            ],
        ),
        Words("Also: " + "; ".join(data.other_services)),
        Heading("Goals"),
        *(Words(f"{goal.words}: {goal.standing}") for goal in data.goals),
        Heading("Assessment and plan"),
        *(
            Words(reading.text)
            for reading in (data.narrative.statement, data.narrative.assessment, data.narrative.plan)
            if reading is not None
        ),
        Words(data.prognosis),
        Words(f"{data.author.signature} · Licence {data.author.licence_number}"),
        Heading("Every measure"),
        Rows(
            ("Measure", "How", "First", "Now", "Meaning of the change"),
            (2.3, 2.4, 1.5, 1.5, 2.2),
            [
                (
                    row.label,
                    row.how,
                    f"{row.first.text} {full_date(row.first.on)}" if row.first else "",
                    f"{row.now.text} {full_date(row.now.on)}" if row.now else "",
                    verdict_words(row.verdict) if row.verdict else "",
                )
                for row in data.measures
            ],
        ),
        Heading("How change was judged"),
        *(
            Words(f"{row.label}: {threshold_words(row.verdict, row.unit)}")
            for row in data.measures
            if row.verdict
        ),
        *(Words(note) for note in data.method_notes),
        Shapes(titles[:2], figures[:2]),
        Heading("Every visit"),
        Rows(
            ("Visit", "Date", "Kind", "Done", "Pain", "Motion", "Minutes"),
            (0.45, 1.2, 1.2, 3.7, 0.8, 1.2, 0.65),
            [
                (
                    str(visit.number or "–"),
                    full_date(visit.on),
                    visit.kind,
                    visit.done,
                    visit.pain,
                    visit.motion,
                    str(visit.minutes or ""),
                )
                for visit in data.visits
            ],
        ),
    ]
    return Page(f"{data.patient.name} · MRN {data.patient.mrn}", parts)


def _check_alike(name: str, pdf: bytes, data: ProgressReportData) -> None:
    """Every renderer is held to the same words: the first and the last of them are in its text."""
    with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
        text = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)
    for words in (data.patient.mrn, data.measures[0].label, full_date(data.visits[-1].on)):
        if words not in text:
            raise AssertionError(f"{name} lacks {words!r}")


def _milliseconds(make: Callable[[], bytes]) -> float:
    gc.collect()
    began = perf_counter()
    make()
    return (perf_counter() - began) * 1000


if __name__ == "__main__":
    print(table(report_figures()))
