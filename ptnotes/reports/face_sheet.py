"""The face sheet: who a patient is, how they are reached, who pays, and what they are treated for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import CondPageBreak, Flowable

from ptnotes.domain.documents import KIND_TITLES, DocumentKind
from ptnotes.domain.payers import Authorization, Coverage
from ptnotes.domain.wording import full_date, how_many
from ptnotes.reports.blocks import CELL_BOLD, CELL_QUIET, CELL_RIGHT, Column, facts, space, table
from ptnotes.reports.document import text_width_pt
from ptnotes.reports.face_sheet_data import EpisodeFacts, FaceSheetData
from ptnotes.reports.last_page import make_filled_pdf
from ptnotes.reports.letterhead import letterhead, section
from ptnotes.reports.signed_section import imprint
from ptnotes.reports.typeset import CAPTION, QUIET, Span, Words, bold, paragraph

_TITLE = KIND_TITLES[DocumentKind.FACE_SHEET]
_LABEL_PT = 110.0
_LEAST_EPISODE_PT = 80.0
_NOTHING = "–"


def render_face_sheet(data: FaceSheetData) -> bytes:
    """The sheet as a PDF; the same data give the same bytes.

    Raises `MissingGlyphError` for a character that no font has, `InputError` for a logo that is no picture.
    """
    return make_filled_pdf(lambda: list(_story(data)), imprint(data, _TITLE))


def _story(data: FaceSheetData) -> Iterator[Flowable]:
    width = text_width_pt(data.paper)
    patient = data.patient
    yield from letterhead(data.clinic, _TITLE, full_date(data.written_at.date()), width)
    yield space(8)
    yield from section("Patient")
    yield space(3)
    yield facts(
        [
            ("Name", [bold(patient.name)]),
            ("Record number", patient.mrn),
            ("Born", f"{full_date(patient.birth_date)}, {data.age_years} y"),
            ("Sex, administrative", patient.sex.value),
            ("Language", patient.language or _NOTHING),
        ],
        width,
        _LABEL_PT,
    )
    yield from section("Contact")
    yield space(3)
    yield facts(
        [
            ("Telephone", patient.telephone or _NOTHING),
            ("Email", patient.email or _NOTHING),
            ("Address", patient.address or _NOTHING),
            ("Emergency contact", patient.emergency_contact or _NOTHING),
        ],
        width,
        _LABEL_PT,
    )
    yield from _payers(data, width)
    yield from _episodes(data.episodes, width)
    yield space(12)
    yield paragraph(f"Made by {data.author.signature}, {full_date(data.written_at.date())}.", QUIET)


def _payers(data: FaceSheetData, width: float) -> Iterator[Flowable]:
    yield from section("Payers")
    if not data.cover.coverages:
        yield space(3)
        yield paragraph("No payer is entered.", QUIET)
        return
    columns = [
        Column("Billed", 0.6, CELL_QUIET),
        Column("Payer", 2.4, CELL_BOLD),
        Column("Member number", 1.8),
        Column("From", 1.1),
        Column("To", 1.1),
    ]
    yield table(columns, [_coverage(one) for one in data.cover.coverages], width)
    if not data.cover.authorizations:
        return
    names = {one.id: one.payer for one in data.cover.coverages}
    yield from section("Authorizations")
    columns = [
        Column("Payer", 2.2),
        Column("Number", 1.8, CELL_BOLD),
        Column("Visits", 0.7, CELL_RIGHT),
        Column("Units", 0.7, CELL_RIGHT),
        Column("From", 1.1),
        Column("To", 1.1),
    ]
    rows = [_authorization(one, names.get(one.coverage_id, "")) for one in data.cover.authorizations]
    yield table(columns, rows, width)


def _coverage(one: Coverage) -> list[Words]:
    rank = {1: "first", 2: "second", 3: "third"}.get(one.rank, f"{one.rank}th")
    since = full_date(one.since) if one.since is not None else ""
    until = full_date(one.until) if one.until is not None else ""
    return [rank, one.payer, one.member_number, since, until]


def _authorization(one: Authorization, payer: str) -> list[Words]:
    return [
        payer,
        one.number,
        str(one.visits) if one.visits is not None else "",
        str(one.units) if one.units is not None else "",
        full_date(one.since) if one.since is not None else "",
        full_date(one.until) if one.until is not None else "",
    ]


def _episodes(episodes: Sequence[EpisodeFacts] | None, width: float) -> Iterator[Flowable]:
    yield from section("Episodes of care")
    yield space(3)
    if episodes is None:
        words = "Left out: whoever made this sheet may not read charts."
        yield paragraph(words, QUIET)
        return
    if not episodes:
        yield paragraph("None was opened yet.", QUIET)
    for place, episode in enumerate(episodes):
        if place:
            yield space(6)
        yield CondPageBreak(_LEAST_EPISODE_PT)
        if episode.title:
            yield paragraph(episode.title, CAPTION)
        yield facts(list(_episode(episode)), width, _LABEL_PT)


def _episode(episode: EpisodeFacts) -> Iterator[tuple[str, Words]]:
    state = f"ended {episode.ended}" if episode.ended else "open"
    visits = f"{how_many(episode.visits, 'visit')} attended"
    yield "Since", [Span(full_date(episode.start)), Span(f" · {state} · {visits}")]
    if episode.regions:
        yield "Treated", episode.regions
    for place, words in enumerate(episode.diagnoses or (_NOTHING,)):
        yield "" if place else "Diagnoses", words
    if episode.precaution:
        yield "Precaution", [Span(episode.precaution, CELL_BOLD.font, "danger")]
    if episode.referrer:
        contact = f" · {episode.referrer_contact}" if episode.referrer_contact else ""
        yield "Referred by", [Span(episode.referrer), Span(contact)]
