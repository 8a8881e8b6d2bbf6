"""What every document begins and ends with: whose it is, what it is, who it is about, and who signs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO

from reportlab.lib.utils import ImageReader
from reportlab.platypus import CondPageBreak, Flowable, Image

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Clinic
from ptnotes.domain.wording import day_and_month, full_date
from ptnotes.reports.blocks import Columns, Section, SignatureLine, facts, space
from ptnotes.reports.document_data import DocumentData
from ptnotes.reports.paper import GAP_PT
from ptnotes.reports.typeset import NAME, QUIET, QUIET_SMALL, TITLE, Span, TextStyle, Words, bold, paragraph

_LOGO_PT = (110.0, 34.0)
_QUIET_RIGHT = TextStyle(ink="muted", align="right")
_LABEL_PT = 66.0
_LEAST_SECTION_PT = 72.0


def letterhead(
    clinic: Clinic, title: str, under: str, width: float, ours_share: float = 0.58
) -> list[Flowable]:
    """The clinic at the left behind its logo, the document's title and a line `under` it at the right.

    `ours_share` of the width is the clinic's; a long title wants it smaller.

    Without a title nothing stands there, as over a letter.

    Raises `InputError` "picture.unreadable" for a logo that is no picture.
    """
    numbers = [("Tel", clinic.telephone), ("Fax", clinic.fax)]
    # A number is not parted from what it is, nor broken in itself.
    contact = [
        clinic.address,
        *(f"{kind} {number}".replace(" ", "\u00a0") for kind, number in numbers if number),
    ]
    ours: list[Flowable] = [paragraph(clinic.name, NAME)]
    if any(contact):
        ours.append(paragraph(" · ".join(part for part in contact if part), QUIET))
    what: list[Flowable] = [paragraph(title, TITLE)] if title else []
    if under:
        what.append(paragraph(under, _QUIET_RIGHT))
    if clinic.logo is None:
        return [Columns([ours, what], [ours_share, 1 - ours_share])]
    logo = _logo(clinic.logo)
    rest = width - logo.drawWidth - 2 * GAP_PT
    return [Columns([[logo], ours, what], [logo.drawWidth, rest * ours_share, rest * (1 - ours_share)])]


def who_and_what(
    patient: Patient,
    age_years: int,
    left: Sequence[tuple[str, Words]],
    right: Sequence[tuple[str, Words]],
    width: float,
) -> Flowable:
    """The patient with age, birth date and record number; `left` goes on under that, `right` stands beside it."""
    half = (width - GAP_PT) / 2
    born = f", {age_years} y (born {full_date(patient.birth_date)})"
    rows: list[tuple[str, Words]] = [("Patient", [bold(patient.name), Span(born)]), ("MRN", patient.mrn)]
    return Columns([[facts([*rows, *left], half, _LABEL_PT)], [facts(right, half, _LABEL_PT)]], [1, 1])


def section(title: str, least_pt: float = _LEAST_SECTION_PT) -> Iterator[Flowable]:
    """A section's heading that does not begin at the foot of a page: at least `least_pt` points are free under it."""
    yield CondPageBreak(least_pt)
    yield Section(title)


def period(first_on: date, last_on: date) -> str:
    """``26 Oct – 16 Nov 2026``, with both years where they differ."""
    if first_on == last_on:
        return full_date(last_on)
    first = day_and_month(first_on) if first_on.year == last_on.year else full_date(first_on)
    return f"{first} – {full_date(last_on)}"


def signature_line(data: DocumentData, deed: str = "written") -> Flowable:
    """The author's electronic signature, or a line to sign by hand where there is none; with licence and NPI.

    Under a line `deed` says what was done at `written_at`: a document may tell what its author wrote at another time.
    """
    author, at = data.author, data.signed_at
    details = [f"Licence {author.licence_number}" if author.licence_number else "", author.licence_state]
    details.append(f"NPI {author.npi}" if author.npi else "")
    if at is None:
        details.append(f"{deed} {full_date(data.written_at.date())} {data.written_at:%H:%M}")
        return SignatureLine(author.signature, _joined(details))
    return Columns(
        [
            [
                space(8),
                paragraph([Span("Signed electronically by "), bold(author.signature)]),
                paragraph(_joined([_with_zone(at), *details]), QUIET_SMALL),
            ]
        ],
        [1],
    )


def _joined(parts: Sequence[str]) -> str:
    return " · ".join(part for part in parts if part)


def _with_zone(at: datetime) -> str:
    """An instant as it stands in a signature: ``2 Mar 2026 09:22 EST (UTC-05:00)``."""
    zone, offset = f"{at:%Z}", "UTC" + at.isoformat(timespec="minutes")[-6:]
    # Some zones have no letters of their own, and are called by their digits.
    named = f"{zone} ({offset})" if zone.isalpha() and zone != "UTC" else offset.removesuffix("+00:00")
    return f"{full_date(at.date())} {at:%H:%M} {named}"


def _logo(picture: bytes) -> Image:
    try:
        reader = ImageReader(BytesIO(picture))
        wide, high = reader.getSize()
        shown = BytesIO(picture)
        if reader._image.mode == "CMYK":
            # Printers' colours would need a profile of their own beside the one that a document has.
            shown = BytesIO()
            reader._image.convert("RGB").save(shown, "PNG")
            shown.seek(0)
    except OSError as error:
        raise InputError(Fault("picture.unreadable", "clinic.logo", values={"limit": "1 MB"})) from error
    scale = min(_LOGO_PT[0] / wide, _LOGO_PT[1] / high)
    return Image(shown, wide * scale, high * scale, mask="auto", hAlign="LEFT")
