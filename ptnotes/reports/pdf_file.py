"""The bytes of a file from ReportLab's objects: small ones packed together, and every keyword on a line as PDF/A asks.

ReportLab writes each object by itself and unpacked. A tagged document has an object for each cell of its tables, so
that it would take two to four times the room; here they go into object streams (ISO 32000-1, 7.5.7) with a table of
places to match (7.5.8).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from reportlab.pdfbase.pdfdoc import format as formatted

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_STREAM_ENDS = b"endstream\n"
_PACKED_TOGETHER = 200
"""Objects in one stream: a reader unpacks it whole to get at any of them."""


def written_out(document: Any) -> bytes:
    """ReportLab's `document` as a file; the same objects give the same bytes and the same identifier."""
    # Where each object is: as a place in the file, or as the number of a stream and a place in it.
    places: dict[int, tuple[int, int, int]] = {}
    body = bytearray(_HEADER)
    root = document.Reference(document.Catalog)
    info = document.Reference(document.info)

    def put(number: int, content: bytes) -> None:
        places[number] = (1, len(body), 0)
        body.extend(b"%d 0 obj\n%b\nendobj\n" % (number, content.rstrip(b"\n")))

    packed: list[tuple[int, bytes]] = []
    number = 0
    # Writing an object may make new ones, which are numbered on.
    while (number := number + 1) in document.numberToId:
        written = formatted(document.idToObject[document.numberToId[number]], document, toplevel=1)
        if written.endswith(_STREAM_ENDS):
            put(number, written[: -len(_STREAM_ENDS)] + b"\nendstream")
        else:
            packed.append((number, written))
    for start in range(0, len(packed), _PACKED_TOGETHER):
        together = packed[start : start + _PACKED_TOGETHER]
        for place, (inside, _) in enumerate(together):
            places[inside] = (2, number, place)
        put(number, _packed(together))
        number += 1
    places[number] = (1, len(body), 0)
    at = len(body)
    identifier = sha256(body).hexdigest()[:32].encode("ascii")
    table = zlib.compress(b"".join(_entry(places.get(each)) for each in range(number + 1)))
    body += b"%d 0 obj\n<</Type /XRef /Size %d /W [1 4 2] /Root %b /Info %b /ID [<%b> <%b>] " % (
        number,
        number + 1,
        root.format(document),
        info.format(document),
        identifier,
        identifier,
    )
    body += b"/Filter /FlateDecode /Length %d>>\nstream\n%b\nendstream\nendobj\n" % (len(table), table)
    body += b"startxref\n%d\n%%%%EOF\n" % at
    return bytes(body)


def _packed(objects: Sequence[tuple[int, bytes]]) -> bytes:
    """A stream that holds `objects`, each given with its number."""
    numbers: list[bytes] = []
    at = 0
    for number, written in objects:
        numbers.append(b"%d %d" % (number, at))
        at += len(written) + 1
    head = b" ".join(numbers) + b"\n"
    content = zlib.compress(head + b"\n".join(written for _, written in objects))
    return b"<</Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d>>\nstream\n%b\nendstream" % (
        len(objects),
        len(head),
        len(content),
        content,
    )


def _entry(place: tuple[int, int, int] | None) -> bytes:
    """A line of the table of places; object 0 is the head of the list of free ones."""
    kind, where, within = place or (0, 0, 65535)
    return bytes((kind,)) + where.to_bytes(4, "big") + within.to_bytes(2, "big")
