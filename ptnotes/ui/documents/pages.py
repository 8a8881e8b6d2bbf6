"""Pages of a PDF as pictures. Runs in a reading thread; the window only paints what comes back."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtGui import QImage

ONE_AT_A_TIME = threading.Lock()
"""Held by whoever asks PDFium for anything: it keeps state of its own, and two threads at once end the process."""
PX_PER_PT = 96 / 72
"""Pixels of a point at 100 %."""
_LEAST_PX = 160
"""Width of a page in a window too narrow for any."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """Page `number` (from 1) of `count` as a picture, at `zoom` times the size of the paper, and its text."""

    image: QImage
    number: int
    count: int
    zoom: float
    text: str


def page_picture(
    pdf: bytes, number: int, zoom: float | None, room_px: int, pixel_ratio: float
) -> PagePicture:
    """Page `number`, or the last where the document has fewer, for a screen of `pixel_ratio`.

    `zoom` 1.0 is the size of the paper; None fits the page's width into `room_px`.
    """
    # Read here so that the window's start does not wait for the PDF library.
    import pypdfium2  # noqa: PLC0415 - see above

    with ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        count = len(document)
        number = min(max(number, 1), count)
        page = document[number - 1]
        taken = zoom or max(room_px, _LEAST_PX) / (page.get_width() * PX_PER_PT)
        bitmap = page.render(scale=taken * PX_PER_PT * pixel_ratio, rev_byteorder=False, prefer_bgrx=True)
        image = QImage(
            bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32
        ).copy()
        text_page = page.get_textpage()
        text = text_page.get_text_bounded()
        text_page.close()
        bitmap.close()
        page.close()
        image.setDevicePixelRatio(pixel_ratio)
    return PagePicture(image, number, count, taken, text)


def paper_of(pdf: bytes) -> tuple[int, float, float]:
    """How many pages a document has, and the width and height of the first in points."""
    import pypdfium2  # noqa: PLC0415 - as above

    with ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        width, height = document.get_page_size(0)
        return len(document), float(width), float(height)
