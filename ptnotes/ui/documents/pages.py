"""Pages of a PDF as pictures. Runs in a reading thread; the window only paints what comes back."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtGui import QImage

# PDFium keeps state of its own and is not made for two threads at once.
_one_at_a_time = threading.Lock()
PX_PER_PT = 96 / 72
"""Pixels of a point at 100 %."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """Page `number` (from 1) of `count`, as a picture; `width_pt` and `height_pt` are the size of the paper."""

    image: QImage
    number: int
    count: int
    width_pt: float
    height_pt: float
    text: str


def page_picture(pdf: bytes, number: int, scale: float) -> PagePicture:
    """Page `number` at `scale` pixels a point; the last page where the document has fewer."""
    # Read here so that the window's start does not wait for the PDF library.
    import pypdfium2  # noqa: PLC0415 - see above

    with _one_at_a_time, pypdfium2.PdfDocument(pdf) as document:
        count = len(document)
        number = min(max(number, 1), count)
        page = document[number - 1]
        width, height = page.get_size()
        bitmap = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=True)
        image = QImage(
            bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32
        ).copy()
        text_page = page.get_textpage()
        text = text_page.get_text_bounded()
        text_page.close()
        bitmap.close()
        page.close()
    return PagePicture(image, number, count, width, height, text)
