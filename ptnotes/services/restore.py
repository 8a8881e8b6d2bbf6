"""Taking a backup back, and reading a clinic's file or a backup through to prove it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ptnotes.db import backup as stored
from ptnotes.db import keyfile
from ptnotes.db.audit import verify
from ptnotes.db.faults import faults_named
from ptnotes.db.pair import finish_switch
from ptnotes.db.people import people, person_by_uuid, signing_keys
from ptnotes.db.schema import SCHEMA_VERSION
from ptnotes.db.settings import load_clinic
from ptnotes.db.snapshot import examine
from ptnotes.db.store import (
    IN_USE,
    UNTOUCHED,
    Store,
    check_encrypted,
    file_engines,
    look_at,
    open_store,
    raw_key,
)
from ptnotes.domain.audit import AuditCheck, Subject, Verb, problem_words
from ptnotes.domain.backup import Contents
from ptnotes.domain.errors import AccessError, AmbiguousError, EnvironmentFault
from ptnotes.domain.permissions import Act
from ptnotes.domain.signature import Verified, VerifiedDocuments, Wrong
from ptnotes.domain.wording import how_many
from ptnotes.services.audit import log
from ptnotes.services.opening import OpenClinic, open_clinic, shipped_reference, utc_now
from ptnotes.services.owner import owned
from ptnotes.services.permit import allows, require
from ptnotes.services.place import require_own_disk
from ptnotes.services.verification import verify_documents, verify_notes

_MOST_NAMED = 20
_WRONG: Mapping[Wrong, str] = {
    Wrong.CHANGED: "visit {}: the {} is not what was signed",
    Wrong.SIGNATURE: "visit {}: the signature of the {} is not its signer's",
    Wrong.KEY: "visit {}: the key that the {} was signed with is not its signer's",
    Wrong.CHAIN: "visit {}: a signed note before or after it in the episode is missing",
    Wrong.STATE: "visit {}: the state of the {} is not what its signatures make it",
    Wrong.MISSING: "visit {}: the audit tells of more signatures of the {} than are in the file",
}
"""What is wrong with a signed note: the visit's number in the file, and which part."""
_WRONG_DOCUMENT: Mapping[Wrong, str] = {
    Wrong.CHANGED: "document {}: it is not what was kept, signed or given out",
    Wrong.SIGNATURE: "document {}: the signature is not its signer's",
    Wrong.STATE: "document {}: it is a draft, and signed all the same",
    Wrong.MISSING: "document {}: the audit tells of it, or of a signature under it, and that is not in the file",
}
"""What is wrong with a kept document, by its number in the file."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where the files that were there before are kept (None where there were none)."""

    contents: Contents
    kept: Path | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a look through a whole file found; None where one's role may not read it."""

    contents: Contents
    notes: Verified | None
    documents: VerifiedDocuments | None
    audit: AuditCheck | None

    @property
    def problems(self) -> int:
        """In how many places a note, a document or the audit is not as it was written."""
        return sum(
            len(found.problems) for found in (self.notes, self.documents, self.audit) if found is not None
        )


def restore_clinic(
    source: Path,
    path: Path,
    passphrase: str,
    user: str | None = None,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Restored:
    """Put the backup `source` (its folder, or a clinic's file) in the place of the clinic at `path`.

    New files are made, proven, brought up to date and opened first, then switched; those that were there before are
    kept beside them. Only the passphrase of somebody who could open the clinic at that time is needed; whoever replaces
    a clinic has to be one who looks after it. The new clinic's audit tells of it.

    Raises what `open_clinic` raises, and `EnvironmentFault`: backup.none, backup.damaged, restore.other_clinic,
    restore.onto_itself, restore.onto_folder, restore.full, restore.refused, source.gone, folder.network,
    folder.synced; and `AmbiguousError` ("backup.which"). Nothing is changed then.
    """
    path = path.absolute()
    require_own_disk(path)
    if path.is_dir():
        raise EnvironmentFault("restore.onto_folder", path=str(path))
    database, is_backup = _database_of(source)
    if database.absolute() == path or (path.exists() and database.exists() and database.samefile(path)):
        raise EnvironmentFault("restore.onto_itself", path=str(path))
    with _unused(database, is_backup=is_backup):
        if not is_backup:
            with faults_named(database):
                finish_switch(database)
        unlocked = _unlocked(database, passphrase, user)
        made_at = ""
        if is_backup:
            made_at = f", made at {stored.read_backup(database.parent, unlocked).made_at:%Y-%m-%d %H:%M} UTC"
        with faults_named(path):
            finish_switch(path)
        replaces = path.exists() or keyfile.key_path(path).exists()
        if replaces and not _is_same_clinic(unlocked.keys, path):
            raise EnvironmentFault("restore.other_clinic", path=str(source), target=str(path))

        def bring_up_to_date(new: Path) -> None:
            with closing(open_clinic(new, passphrase, user, clock=clock)) as clinic:
                if replaces:
                    require(clinic, Act.ADMINISTER)
                with clinic.store.write() as connection:
                    log(clinic, connection, Verb.RESTORED, Subject.CLINIC, detail=f"from {source}{made_at}")
                    connection.commit()

        try:
            contents, kept_at = stored.place_copy(database, unlocked, path, bring_up_to_date)
        except EnvironmentFault as fault:
            raise _of_restoring(fault, path) from None
    return Restored(contents, kept_at)


def verify_clinic(path: Path, passphrase: str, user: str | None = None) -> Proof:
    """Read all of the clinic's file, or of a backup (its folder), and prove it.

    Nothing is changed; a restore or a removal that was cut off after it was decided is finished first. Proven are every
    page, index and reference, the manifest of a backup, every signed note, every kept document, and the audit against
    what the key file and people's signatures say of it. To look at the notes of an older schema, a copy in a private
    folder is upgraded.
    Raises what `open_clinic` raises, `EnvironmentFault` ("backup.none", "backup.damaged", "source.gone"), and
    `AmbiguousError` ("backup.which").
    """
    database, is_backup = _database_of(path)
    if not is_backup:
        with faults_named(database):
            finish_switch(database)
    unlocked = _unlocked(database, passphrase, user)
    key = raw_key(unlocked.data_key, unlocked.keys.file_id)
    told = stored.read_backup(database.parent, unlocked) if is_backup else None
    how = UNTOUCHED if is_backup or _is_out_of_reach(database) else IN_USE
    contents = examine(database, key, how=how)
    if told is not None and told.contents != contents:
        raise EnvironmentFault("backup.damaged", path=str(database.parent))
    if contents.audit_count < unlocked.keys.anchor.count:
        raise EnvironmentFault("file.cut_back", path=str(database))
    if contents.schema > SCHEMA_VERSION:
        raise EnvironmentFault("file.newer", path=str(database))
    with _opened(database, contents, unlocked, how=how) as clinic:
        notes = verify_notes(clinic) if allows(clinic, Act.VIEW_NOTES) else None
        documents = verify_documents(clinic) if allows(clinic, Act.VIEW_NOTES) else None
        audit = None
        if allows(clinic, Act.VIEW_AUDIT):
            anchor = unlocked.keys.anchor
            with clinic.store.read() as connection:
                keys = {one.id or 0: signing_keys(connection, one.id or 0) for one in people(connection)}
                audit = verify(connection, [(anchor.count, anchor.head)], keys)
    return Proof(contents, notes, documents, audit)


def proof_words(proof: Proof) -> list[str]:
    """What a look through a file found, beyond its pages: a line for notes, documents and audit, or one a problem."""
    notes, documents, audit = proof.notes, proof.documents, proof.audit
    if notes is None:
        lines = ["The notes and documents were not looked at: your role does not let you read charts"]
    elif notes.problems:
        lines = _first(
            [_WRONG[problem.wrong].format(problem.session_id, problem.part) for problem in notes.problems]
        )
    else:
        lines = [
            f"{notes.notes:,} signed notes, each as it was signed" if notes.notes else "No note is signed yet"
        ]
    if documents is not None and documents.problems:
        lines += _first(
            [_WRONG_DOCUMENT[problem.wrong].format(problem.document_id) for problem in documents.problems]
        )
    elif documents is not None:
        kept = f"{how_many(documents.documents, 'document')}, each as it was kept; {documents.signed:,} of them signed"
        lines.append(kept if documents.documents else "No document is kept yet")
    if audit is None:
        lines.append("The audit was not looked at: your role does not let you see who did what")
    elif audit.problems:
        lines += _first([problem_words(problem) for problem in audit.problems])
    else:
        lines.append(
            f"{how_many(audit.count, 'event')} in the audit, each as it was written; "
            f"signed up to {audit.signed_up_to:,}"
        )
    return lines


def _first(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_NAMED
    return [*lines[:_MOST_NAMED], f"… and {more:,} more"] if more > 0 else lines


def audit_in_backup(clinic: OpenClinic, folder: Path, passphrase: str) -> tuple[int, bytes]:
    """How many events the audit had, and the digest of the last, by the manifest of a backup of this clinic.

    `passphrase` is that of whoever opened the clinic: a backup of before the file got another key is proven by the key
    of its day. Raises `EnvironmentFault`: backup.none, backup.damaged, backup.other_clinic, and `AccessError`
    ("access.denied") where the passphrase was another one then.
    """
    require(clinic, Act.VIEW_AUDIT)
    database, _ = _database_of(folder)
    keys_at = keyfile.key_path(database)
    keys = keyfile.read_keys(keys_at)
    if not _shares_people(keys, keyfile.read_keys(keyfile.key_path(clinic.path))):
        raise EnvironmentFault("backup.other_clinic", path=str(folder), target=str(clinic.path))
    if _head(clinic.path) == keys.file_id:
        unlocked = keyfile.authentic_keys(keyfile.key_path(clinic.path), clinic.person.uuid, clinic.data_key)
    else:
        unlocked = keyfile.unlock(keys, passphrase, clinic.person.name, keys_at)
    contents = stored.read_backup(folder, unlocked).contents
    return contents.audit_count, contents.audit_head


def _database_of(source: Path) -> tuple[Path, bool]:
    """The database that is meant by a backup's folder or by a file, and whether it is a backup's."""
    try:
        if not source.is_dir():
            return source, False
        if not (source / stored.MANIFEST).exists() and (found := stored.backups_in(source)):
            choices = tuple(str(backup.folder) for backup in found[:_MOST_NAMED])
            raise AmbiguousError("backup.which", choices, path=str(source))
    except PermissionError:
        raise EnvironmentFault("disk.permission", path=str(source)) from None
    except OSError:
        raise EnvironmentFault("source.gone", path=str(source)) from None
    return stored.read_backup(source).database, True


def _is_out_of_reach(database: Path) -> bool:
    """Whether nobody here can write beside the database, and its log is folded in: on a read-only disk."""
    log = Path(f"{database}-wal")
    return not os.access(database.parent, os.W_OK) and not (log.exists() and log.stat().st_size)


def _unlocked(database: Path, passphrase: str, user: str | None) -> keyfile.Unlocked:
    keys_at = keyfile.key_path(database)
    with faults_named(database):
        look_at(database, has_keys=keys_at.exists())
        unlocked = keyfile.unlock(keyfile.read_keys(keys_at), passphrase, user, keys_at)
        check_encrypted(database, unlocked.keys.file_id)
    return unlocked


@contextmanager
def _unused(database: Path, *, is_backup: bool) -> Iterator[None]:
    """A clinic's file is copied only while no window has it open; a backup is open nowhere."""
    if is_backup or not database.exists():
        yield
        return
    with owned(database):
        yield


@contextmanager
def _opened(
    database: Path, contents: Contents, unlocked: keyfile.Unlocked, *, how: str
) -> Iterator[OpenClinic]:
    """Open it only to read, and without a word in its audit; an older schema on a copy that is brought up to date."""
    with tempfile.TemporaryDirectory(prefix="ptnotes-verify-") as folder:
        if contents.schema < SCHEMA_VERSION:
            copy = Path(folder) / "copy.ptnotes"
            with faults_named(copy):
                stored.copy_files(database, copy)
            store = open_store(copy, unlocked.data_key, unlocked.keys.file_id)
        else:
            key = raw_key(unlocked.data_key, unlocked.keys.file_id)
            store = Store(database, *file_engines(database, key, how))
        try:
            with store.read() as connection:
                person, settings = person_by_uuid(connection, unlocked.person), load_clinic(connection)
            if person is None:
                raise AccessError("person.unknown")
            if person.active_to is not None:
                # Removed, although the file did not get its new key yet.
                raise AccessError("access.denied")
            yield OpenClinic(
                database, store, shipped_reference(), person, utc_now, settings.zone, unlocked.data_key
            )
        finally:
            store.close()


def _is_same_clinic(keys: keyfile.KeyFile, path: Path) -> bool:
    """Whether what stands at `path` is of the clinic with these keys, as far as it can still be told."""
    if _head(path) == keys.file_id:
        return True
    try:
        return _shares_people(keys, keyfile.read_keys(keyfile.key_path(path)))
    except EnvironmentFault:
        # Its keys are gone or damaged, which may be why somebody restores; what is there is kept.
        return True


def _shares_people(one: keyfile.KeyFile, other: keyfile.KeyFile) -> bool:
    """Whether two key files are of one clinic: somebody is in both, whatever key the file got meanwhile."""
    return not {slot.person for slot in one.people}.isdisjoint(slot.person for slot in other.people)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(keyfile.FILE_ID_BYTES)
    except OSError:
        return b""


def _of_restoring(fault: EnvironmentFault, path: Path) -> EnvironmentFault:
    """What the disk says of the new files, told of the restoring: those of the clinic are as they were."""
    codes = {
        "disk.full": "restore.full",
        "disk.permission": "restore.refused",
        "disk.read_only": "restore.refused",
        "folder.missing": "restore.refused",
        "disk.io": "restore.refused",
    }
    named = fault.values.get("path", "")
    if fault.code not in codes or not named.startswith(str(path)):
        return fault
    return EnvironmentFault(codes[fault.code], path=str(path))
