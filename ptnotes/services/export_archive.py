"""The whole clinic as one archive: every CSV file, a FHIR bundle a patient, the documents, and a manifest.

The archive is a ZIP. By default each file in it is encrypted with AES-256 as WinZip has it (AE-2), which 7-Zip, WinZip
and others open, under a key of 160 random bits: see ``docs/adr/archives-are-aes-zip.md``.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

from typing_extensions import Buffer, override

from ptnotes import __version__
from ptnotes.db import export as stored
from ptnotes.db.audit import Writing
from ptnotes.db.settings import load_clinic
from ptnotes.domain.audit import Subject, Verb
from ptnotes.exchange.fhir_bundle import bundle_bytes
from ptnotes.services.audit import log
from ptnotes.services.export_csv import require_clinic_export, write_tables
from ptnotes.services.export_fhir import patient_data
from ptnotes.services.export_file import (
    Progress,
    Stop,
    check_target,
    earlier_kept,
    go_on,
    never,
    noted,
    private_file,
    put_in_place,
    untold,
)
from ptnotes.services.opening import OpenClinic

ARCHIVE_STARTS = b"PK"
"""How every archive begins."""
MANIFEST = "manifest.json"
_KEY_BYTES = 20
_GROUP = 4
_EARLIEST_YEAR = 1980
"""Before it a ZIP has no dates."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that was written. `key` opens it, and is kept nowhere; empty where the archive is not encrypted."""

    path: Path
    files: int
    patients: int
    key: str = field(repr=False)


def export_archive(
    clinic: OpenClinic,
    path: Path,
    passphrase: str,
    *,
    is_encrypted: bool = True,
    replace: bool = False,
    progress: Progress = untold,
    stop: Stop = never,
) -> Archive:
    """Write the whole clinic, of one moment, as an archive to `path`, encrypted under a new key.

    The `passphrase` is that of whoever opened the clinic; an earlier archive is replaced only with `replace`.
    `progress` is told how many patients of how many are done. Raises `AccessError` ("access.not_allowed",
    "export.denied"), and `EnvironmentFault`: "export.exists", "export.replaces", "export.stopped" where `stop` says so,
    "folder.missing", disk.*. Nothing is left behind then; what is written meanwhile is as encrypted as the archive.
    """
    require_clinic_export(clinic, passphrase)
    path = path.absolute()
    check_target(path, replace=replace, starts=ARCHIVE_STARTS)
    key = new_archive_key() if is_encrypted else ""
    with private_file(path) as (file, name):
        with _Zip(file, key, clinic.clock()) as archive:
            patients = _fill(clinic, archive, progress, stop)
        file.flush()
        os.fsync(file.fileno())
        file.close()
        go_on(clinic, stop)
        made = Archive(path, len(archive.written), patients, key)
        place = partial(put_in_place, name, path, replace=replace)
        with earlier_kept(path) as take_back:
            noted(clinic, partial(_log, clinic, made), place, take_back)
    return made


def new_archive_key() -> str:
    """Make a key for an archive: 160 random bits in base32, eight groups of four letters."""
    letters = b32encode(secrets.token_bytes(_KEY_BYTES)).decode()
    return "-".join(letters[place : place + _GROUP] for place in range(0, len(letters), _GROUP))


def _fill(clinic: OpenClinic, archive: _Zip, progress: Progress, stop: Stop) -> int:
    """Write everything, and last what everything is. Gives how many patients there are."""
    with clinic.store.read() as connection:
        name = load_clinic(connection).name
        tables = write_tables(clinic, connection, lambda file: archive.member(f"csv/{file}"), stop=stop)
        patients = stored.patient_ids(connection)
        for done, patient_id in enumerate(patients, 1):
            go_on(clinic, stop)
            data = patient_data(clinic, connection, patient_id)
            with archive.member(f"fhir/{data.patient.uuid}.json") as target:
                target.write(bundle_bytes(data))
            progress(done, len(patients))
        for uuid, content in stored.documents(connection):
            go_on(clinic, stop)
            with archive.member(f"documents/{uuid}.pdf") as target:
                target.write(content)
    manifest = {
        "format": "ptnotes archive",
        "version": 1,
        "program": f"PT Notes {__version__}",
        "clinic": name,
        "made_at": clinic.clock().isoformat(),
        "made_by": clinic.person.signature,
        "reference_version": clinic.reference.version,
        "patients": len(patients),
        "rows": tables.rows,
        "files": archive.written,
    }
    with archive.member(MANIFEST) as target:
        target.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return len(patients)


def _log(clinic: OpenClinic, made: Archive, connection: Writing) -> None:
    how = "archive, encrypted" if made.key else "archive, not encrypted"
    log(clinic, connection, Verb.EXPORTED, Subject.CLINIC, detail=how, count=made.patients)


class _Digesting(io.BufferedIOBase):
    """Passes what is written on to a member of an archive, and counts and digests it."""

    def __init__(self, target: Any) -> None:
        super().__init__()
        self._target = target
        self.size, self.digest = 0, hashlib.sha256()

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, content: Buffer, /) -> int:
        whole = bytes(content)
        self._target.write(whole)
        self.size += len(whole)
        self.digest.update(whole)
        return len(whole)


class _Zip:
    """A ZIP that is written member by member. `written` says path, size and digest of each so far."""

    def __init__(self, file: BinaryIO, key: str, at: datetime) -> None:
        # Read where it is used: only an archive needs it.
        import pyzipper  # noqa: PLC0415 - see above

        self.written: list[dict[str, object]] = []
        self._zip = pyzipper.AESZipFile(
            file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES if key else None
        )
        if key:
            self._zip.setpassword(key.encode())
            self._zip.setencryption(pyzipper.WZ_AES, nbits=256)
        self._at = (max(at.year, _EARLIEST_YEAR), at.month, at.day, at.hour, at.minute, at.second)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._zip.close()

    @contextmanager
    def member(self, name: str) -> Iterator[BinaryIO]:
        """Give a new file in the archive to write to."""
        info = self._zip.zipinfo_cls(filename=name, date_time=self._at)
        info.compress_type = self._zip.compression
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as target:
            digesting = _Digesting(target)
            yield cast("BinaryIO", digesting)
        self.written.append({"path": name, "bytes": digesting.size, "sha256": digesting.digest.hexdigest()})
