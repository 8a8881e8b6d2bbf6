"""What is done to a document once it is set: data put inside for machines, and a password for the way.

A file with something attached keeps to PDF/A-3b instead of PDF/A-2b, which allows no attachment but another PDF/A. A
file with a password keeps to neither, since an archive must be able to open it, and says so by saying nothing.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pikepdf

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import fold

SHORTEST_PASSWORD = 8
_LEAST_SCORE = 3
# What lies behind the 72nd character takes zxcvbn long and makes a password no worse; what lies behind the 127th byte
# is not looked at by a reader (ISO 32000-2, 7.6.4.3.3).
_LOOKED_AT, _MOST_BYTES = 72, 127
_WORD = re.compile(r"[^\W_]+")
_CLAIM = (b"<pdfaid:part>2</pdfaid:part>\n", b"<pdfaid:conformance>B</pdfaid:conformance>\n")
_CLAIM_WITH_FILES = b"<pdfaid:part>3</pdfaid:part>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside a document: the data that the document was made from. `made_at` is aware, `mime` its media type."""

    name: str
    content: bytes
    description: str
    mime: str
    made_at: datetime


def with_attachment(pdf: bytes, attachment: Attachment) -> bytes:
    """`pdf` as PDF/A-3b, the data inside that it was made from (ISO 19005-3, 6.8); the same input, the same bytes."""
    made_at = attachment.made_at.strftime("D:%Y%m%d%H%M%S%z")
    made_at = f"{made_at[:-2]}'{made_at[-2:]}'"

    def attach(document: pikepdf.Pdf) -> None:
        stream = document.make_stream(attachment.content)
        stream.Type = pikepdf.Name.EmbeddedFile
        stream.Subtype = pikepdf.Name(f"/{attachment.mime}")
        stream.Params = pikepdf.Dictionary(
            Size=len(attachment.content), CreationDate=made_at, ModDate=made_at
        )
        told = pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec,
            F=attachment.name,
            UF=attachment.name,
            Desc=attachment.description,
            AFRelationship=pikepdf.Name.Data,
            EF=pikepdf.Dictionary(F=stream, UF=stream),
        )
        file = document.make_indirect(told)
        listed = pikepdf.Array([attachment.name, file])
        document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=listed))
        document.Root.AF = pikepdf.Array([file])
        _claim(document, _CLAIM[0], _CLAIM_WITH_FILES)

    return _changed(pdf, attach)


def protected(pdf: bytes, password: str, known: Sequence[str] = ()) -> bytes:
    """`pdf` encrypted by AES-256 (ISO 32000-2, revision 6), opened by `password` alone.

    Whoever opens it may read, hear, copy, print and comment it. No one holds the other password, under which the pages
    may be changed: it is drawn by lot and forgotten. Raises `InputError` "report.password_weak".
    """
    check_password(password, known)

    def unclaim(document: pikepdf.Pdf) -> None:
        for part in (*_CLAIM, _CLAIM_WITH_FILES):
            _claim(document, part, b"")

    return _changed(
        pdf,
        unclaim,
        pikepdf.Encryption(
            user=unicodedata.normalize("NFKC", password),
            owner=secrets.token_urlsafe(32),
            R=6,
            allow=pikepdf.Permissions(modify_other=False, modify_assembly=False),
        ),
    )


def check_password(password: str, known: Sequence[str] = ()) -> None:
    """Raise `InputError` "report.password_weak" unless `password` has eight characters and is not soon guessed.

    A birth date is; so is whatever leans on the `known` words.
    """
    fault = Fault("report.password_weak", "report.password", values={"length": str(SHORTEST_PASSWORD)})
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < SHORTEST_PASSWORD or len(plain.encode("utf-8")) > _MOST_BYTES:
        raise InputError(fault)
    # Imported where it is used: its word lists take time, and few documents get a password.
    from zxcvbn import zxcvbn  # noqa: PLC0415 - see above

    words = [word for text in known for word in (fold(text), *_WORD.findall(fold(text)))]
    score = zxcvbn(plain[:_LOOKED_AT], user_inputs=words)["score"]
    # What stands between one's own names counts as guesswork there; whoever knows the names does not guess.
    if score < _LEAST_SCORE or set(_WORD.findall(fold(plain))) <= set(words):
        raise InputError(fault)


def _changed(
    pdf: bytes, change: Callable[[pikepdf.Pdf], None], encryption: pikepdf.Encryption | None = None
) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        buffer = BytesIO()
        document.save(
            buffer,
            encryption=encryption or False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,
            # An identifier out of the content: the same input gives the same bytes. It needs the bytes unencrypted.
            deterministic_id=encryption is None,
        )
        return buffer.getvalue()


def _claim(document: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    """Change what the metadata say of the standard that the file keeps to."""
    metadata = document.Root.Metadata
    metadata.write(metadata.read_bytes().replace(old, new))
