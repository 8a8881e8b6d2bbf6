"""Reading back from a PDF how far the audit had come when it was made."""

from __future__ import annotations

from pathlib import Path

import pikepdf

from ptnotes.domain.audit import AuditMark, read_mark
from ptnotes.domain.errors import EnvironmentFault


def mark_of(path: Path) -> AuditMark:
    """The mark that the signed document at `path` carries.

    Raises `EnvironmentFault`: "report.unreadable" where it is no readable PDF, "report.no_mark" where it carries none.
    """
    try:
        with pikepdf.open(path) as document:
            keywords = str(document.docinfo.get("/Keywords", ""))
    except (OSError, pikepdf.PdfError):
        raise EnvironmentFault("report.unreadable", path=str(path)) from None
    mark = read_mark(keywords)
    if mark is None:
        raise EnvironmentFault("report.no_mark", path=str(path))
    return mark
