"""Documents whose last page is none with hardly anything on it, such as a signature alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reportlab.platypus import Flowable

from ptnotes.reports.document import Imprint, LaidOut, lay_out, text_height_pt
from ptnotes.reports.paper import spacing
from ptnotes.reports.typeset import BODY

LEAST_FILL = 0.15
"""The share of a last page below which it is better saved, or given more."""


def make_filled_pdf(make_story: Callable[[], Sequence[Flowable]], imprint: Imprint) -> bytes:
    """What `make_story` gives as a PDF. Raises `MissingGlyphError` for a character that no font has.

    Where little is left for the last page, everything stands tight if that saves the page; else the end of the page
    before it goes along. The story is made anew for each trial, since what was laid out is spent.
    """
    roomy = lay_out(make_story(), imprint)
    if not _is_nearly_empty(roomy):
        return roomy.pdf
    with spacing(is_tight=True):
        tight = lay_out(make_story(), imprint)
    if len(tight.fills) < len(roomy.fills):
        return tight.pdf
    before, last = roomy.fills[-2:]
    # What is free there already, what goes along, and a line that it may have to take with it.
    free_pt = (1 - before + LEAST_FILL - last) * text_height_pt(imprint.paper) + BODY.leading
    along = lay_out(make_story(), imprint, {len(roomy.fills) - 1: free_pt})
    return roomy.pdf if len(along.fills) > len(roomy.fills) or _is_nearly_empty(along) else along.pdf


def _is_nearly_empty(laid_out: LaidOut) -> bool:
    return len(laid_out.fills) > 1 and laid_out.fills[-1] < LEAST_FILL
