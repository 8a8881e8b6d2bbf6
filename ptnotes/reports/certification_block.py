"""The place in which a physician certifies a plan of care, or the record of what took that place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable

from ptnotes.domain.people import Clinic
from ptnotes.domain.wording import full_date
from ptnotes.reports.blocks import CELL, Section, space
from ptnotes.reports.evaluation_data import CertificationTold, Standing
from ptnotes.reports.paper import INKS
from ptnotes.reports.tags import Element, marked
from ptnotes.reports.typeset import BODY, QUIET_SMALL, Span, bold, draw_line, paragraph, shortened

_LINE_PT = 30.0
_GAP_PT = 14.0
TITLE = "Physician’s certification"


class WriteIn(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """Lines to write on by hand, in rows: each place is (what goes there, its share of the row, what stands there)."""

    def __init__(self, rows: Sequence[Sequence[tuple[str, float, str]]]) -> None:
        super().__init__()
        self._rows = rows

    def wrap(self, avail_width: float, _avail_height: float) -> tuple[float, float]:
        """Width and height that this takes, as ReportLab asks for them before it draws."""
        self.width, self.height = avail_width, _LINE_PT * len(self._rows)
        return self.width, self.height

    def draw(self) -> None:
        """Draw with the lower left corner at the origin."""
        canvas = self.canv
        canvas.setStrokeColor(INKS["text"])
        canvas.setLineWidth(0.75)
        for number, row in enumerate(self._rows):
            line_y = self.height - number * _LINE_PT - 20
            room = self.width - _GAP_PT * (len(row) - 1)
            x, shares = 0.0, sum(share for _, share, _ in row)
            for label, share, value in row:
                wide = room * share / shares
                canvas.line(x, line_y, x + wide, line_y)
                for y, words, style in ((line_y + 3, value, BODY), (line_y - 8.5, label, QUIET_SMALL)):
                    if words:
                        with marked(canvas, Element("P")):
                            draw_line(canvas, x, y, shortened(words, style, wide), style)
                x += wide + _GAP_PT


def certification_block(told: CertificationTold, clinic: Clinic, physician: str) -> Iterator[Flowable]:
    """What the physician certifies, in our own words, and where to sign; else what is on record. Nothing without a
    plan.
    """
    if told.standing is Standing.NO_PLAN:
        return
    yield Section(TITLE, 0)
    yield space(3)
    if told.standing is Standing.SIGNED:
        yield paragraph([bold("On record: "), Span(f"{told.record}{_certified(told)}.")], CELL)
        return
    if told.standing is Standing.ON_FILE:
        why = "A signed referral is on file, and the plan was sent in time: no signature is asked for."
        words = f"{told.record}. {why}"
        yield paragraph([bold("On record: "), Span(words)], CELL)
        return
    yield paragraph(
        "I have read this plan of care. The patient is under my care and needs the treatment that it describes, which "
        f"I certify{_certified(told)}.",
        CELL,
    )
    if told.record:
        yield space(2)
        yield paragraph(f"So far: {told.record}.", QUIET_SMALL)
    yield WriteIn(
        [
            [("Changes, if any", 1, "")],
            [("Signature", 2.4, ""), ("Date", 1, "")],
            [("Name in print", 2.4, physician), ("NPI", 1, "")],
        ]
    )
    back = _back(told, clinic)
    if back:
        yield space(2)
        yield paragraph(back, QUIET_SMALL)


def _certified(told: CertificationTold) -> str:
    """``from 5 Jan 2026 to 1 Mar 2026 (the plan’s 8 weeks or 90 days, the shorter)``."""
    if told.since is None:
        return ""
    until = f" to {full_date(told.until)}" if told.until is not None else ""
    why = f" ({told.why_until})" if told.why_until and told.until is not None else ""
    return f" from {full_date(told.since)}{until}{why}"


def _back(told: CertificationTold, clinic: Clinic) -> str:
    by = f" by {full_date(told.by)}" if told.by is not None and not told.is_late else ""
    to = f" to fax {clinic.fax}" if clinic.fax else ""
    return f"Please return it signed{by}{to}." if by or to else ""
