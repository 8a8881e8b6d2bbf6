"""Words and forms that tests of the commands share."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2

PASSPHRASE = "made-up words for a test"
Run = Callable[..., tuple[int, str, str]]


def pdf_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
