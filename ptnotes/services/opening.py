"""Making a clinic's files, opening them, and closing them again.

A clinic is two files that belong together: ``NAME.ptnotes``, encrypted, and ``NAME.ptnotes.keys``. While they are
made, the database is called ``NAME.ptnotes.new``; it gets its name last. A crash leaves either nothing that anybody
could have used, or both files whole, and the next opening finishes the naming.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from ptnotes.clinical import Reference, load_reference
from ptnotes.db import keyfile
from ptnotes.db.faults import faults_named
from ptnotes.db.kdf import Kdf, new_kdf
from ptnotes.db.pair import finish_switch
from ptnotes.db.people import change_person, person_by_uuid, signing_keys
from ptnotes.db.points import passing
from ptnotes.db.settings import found_clinic, load_clinic
from ptnotes.db.store import Store, create_database, look_at, open_store
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.errors import AccessError, EnvironmentFault, Fault, InputError
from ptnotes.domain.people import Clinic, Permission, Person, checked_clinic, checked_person
from ptnotes.domain.recovery_key import plain_recovery_key
from ptnotes.services.audit import anchor, log, note_opening, note_refusal, put_slot
from ptnotes.services.own_reference import own_reference
from ptnotes.services.passphrase import require_strong
from ptnotes.services.place import require_own_disk


@cache
def shipped_reference() -> Reference:
    """The reference data that the program ships, read and checked once in a process; it never changes."""
    return load_reference()


def utc_now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True, eq=False)
class OpenClinic:
    """An open clinic and who opened it.

    `reference` are the shipped data with the clinic's own values laid over, and follow a change of those.
    `zone` follows the clinic's settings, `person` and `data_key` a change of people; `emergency` is the reason why
    whoever opened it reads charts in spite of their role, empty where they do not. `unlogged` counts what was read and
    could not be written down; `audit_is_doubted` says that the audit lacks what the key file knows of it.
    `ending` is set when the clinic is closed, or should be soon: long work in the background gives up then.
    `backing_up` is held by the one backup that is being made.
    """

    path: Path
    store: Store
    reference: Reference
    person: Person
    clock: Callable[[], datetime]
    zone: str
    data_key: bytes = field(repr=False)
    emergency: str = ""
    unlogged: int = 0
    audit_is_doubted: bool = False
    ending: threading.Event = field(default_factory=threading.Event, repr=False)
    backing_up: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def person_id(self) -> int:
        """The id of whoever opened the clinic."""
        if self.person.id is None:
            raise ValueError("this person was never stored")
        return self.person.id

    def today(self) -> date:
        """The calendar date in the clinic's time zone."""
        return self.clock().astimezone(ZoneInfo(self.zone)).date()

    def close(self) -> None:
        """Write down how far the audit came, close the files and let the key go.

        A backup that is being made is given up first. Whatever is asked of the clinic afterwards is refused:
        `AccessError` ("file.shut"), until `resume`.
        """
        self.ending.set()
        with self.backing_up:
            if self.data_key:
                anchor(self)
            self.store.shut()
            self.data_key = b""

    def resume(self, again: OpenClinic) -> None:
        """Go on with what the same person has opened anew; `again` is of no use afterwards.

        Raises `ValueError` where it is another person or another file.
        """
        if (again.path, again.person.uuid) != (self.path, self.person.uuid):
            raise ValueError("only whoever closed a clinic goes on with it")
        self.store.take_over(again.store)
        self.person, self.zone, self.data_key = again.person, again.zone, again.data_key
        self.reference = again.reference
        self.emergency, self.audit_is_doubted = again.emergency, again.audit_is_doubted
        self.unlogged += again.unlogged
        self.ending.clear()
        again.data_key = b""


def create_clinic(
    path: Path,
    clinic: Clinic,
    person: Person,
    passphrase: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    kdf: Kdf | None = None,
) -> OpenClinic:
    """Make a new clinic at `path`, with one person, who also administers it, and open it. Missing folders are made.

    `kdf` is chosen for this machine where it is None. Raises `InputError` for unfit details or a weak passphrase, and
    `EnvironmentFault`: file.exists, disk.full, disk.read_only, disk.permission. No file is then left behind.
    """
    clinic, person = checked_clinic(clinic), checked_person(person)
    check_zone(clinic.zone)
    require_strong(passphrase, (clinic.name, person.name))
    path = path.absolute()
    require_own_disk(path)
    person = replace(person, uuid=str(uuid4()), granted=person.granted | {Permission.ADMINISTER})
    keys_at, pending = keyfile.key_path(path), _pending(path)
    with faults_named(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _finish_naming(path)
        for taken in (path, keys_at):
            if taken.exists():
                raise EnvironmentFault("file.exists", path=str(taken))
        # Without keys nobody can ever have read this: the remains of a first start that was cut off.
        pending.unlink(missing_ok=True)
        unlocked = keyfile.new_keys(person.uuid, person.name, passphrase, kdf or new_kdf())
        person = replace(person, signing_public_key=unlocked.keys.slots[0].signing_public)
        founded = partial(found_clinic, clinic=clinic, person=person, now=clock())
        create_database(pending, unlocked.data_key, unlocked.keys.file_id, founded)
        passing("create.database_made")
        try:
            keyfile.write_keys(keys_at, unlocked.keys)
        except OSError:
            pending.unlink()
            raise
        passing("create.keys_made")
        _finish_naming(path)
        # What was written has to open; and whoever opens it signs the audit.
        unlocked = keyfile.unlock(keyfile.read_keys(keys_at), passphrase, None, keys_at)
    return _opened(path, unlocked, clock)


def open_clinic(
    path: Path, passphrase: str, user: str | None = None, *, clock: Callable[[], datetime] = utc_now
) -> OpenClinic:
    """Open the clinic at `path` for the person called `user`; without a name, for the only one.

    Raises `AccessError` ("access.denied") for a wrong person or passphrase, `AmbiguousError` ("person.which"), and
    `EnvironmentFault`: file.missing, file.not_ours, file.not_encrypted, file.truncated, file.damaged, file.newer,
    file.locked, keys.missing, keys.damaged, keys.newer, keys.weak, keys.other_clinic, keys.replaced, disk.*.
    """
    path = path.absolute()
    require_own_disk(path)
    with faults_named(path):
        _finish_naming(path)
        keys_at = keyfile.key_path(path)
        look_at(path, has_keys=keys_at.exists())
        keys = keyfile.read_keys(keys_at)
        try:
            unlocked = keyfile.unlock(keys, passphrase, user, keys_at)
        except AccessError:
            note_refusal(path, clock())
            raise
    return _opened(path, unlocked, clock, is_first_format=keys.first is not None)


def recover_clinic(
    path: Path,
    recovery_key: str,
    user: str,
    passphrase: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    kdf: Kdf | None = None,
) -> OpenClinic:
    """Give the person called `user` a new passphrase by the printed recovery key, and open the clinic for them.

    They get a new key to sign with; what they signed before stays verifiable. Raises `InputError`
    ("recovery.mistyped", a weak passphrase), `AccessError` ("access.denied", "recovery.none", "person.unknown"), and
    `EnvironmentFault` as `open_clinic` does.
    """
    plain = plain_recovery_key(recovery_key)
    require_strong(passphrase, (user,))
    path = path.absolute()
    require_own_disk(path)
    with faults_named(path):
        _finish_naming(path)
        keys_at = keyfile.key_path(path)
        look_at(path, has_keys=keys_at.exists())
        try:
            unlocked = keyfile.unlock_recovery(keyfile.read_keys(keys_at), plain, keys_at)
        except AccessError:
            note_refusal(path, clock())
            raise
        slot = next((slot for slot in unlocked.keys.people if slot.name == user), None)
        if slot is None:
            raise AccessError("person.unknown")
        clinic = _opened(path, replace(unlocked, person=slot.person), clock)
        try:
            changed = keyfile.with_slot(unlocked, slot.person, slot.name, passphrase, kdf or new_kdf())
            public = keyfile.slot_of(changed.keys, slot.person).signing_public
            with clinic.store.write() as connection:
                renewed = replace(clinic.person, signing_public_key=public)
                clinic.person = change_person(connection, renewed, clock())
                log(clinic, connection, Verb.RENEWED, Subject.PERSON, clinic.person_id, detail=slot.name)
                connection.commit()
            put_slot(clinic, changed.keys, slot.person)
        except BaseException:
            clinic.close()
            raise
    return clinic


def change_passphrase(clinic: OpenClinic, old: str, new: str, *, kdf: Kdf | None = None) -> None:
    """Give whoever opened the clinic a new passphrase, and with it a new key to sign with.

    What they signed before stays verifiable. Raises `AccessError` ("access.denied") where `old` is wrong, `InputError`
    for a weak one, `EnvironmentFault`.
    """
    require_strong(new, (clinic.person.name,))
    keys_at = keyfile.key_path(clinic.path)
    with faults_named(keys_at):
        unlocked = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)
        changed = keyfile.with_passphrase(unlocked, old, new, kdf or new_kdf())
        public = keyfile.slot_of(changed.keys, clinic.person.uuid).signing_public
        with clinic.store.write() as connection:
            renewed = replace(clinic.person, signing_public_key=public)
            person = change_person(connection, renewed, clinic.clock())
            log(clinic, connection, Verb.RENEWED, Subject.PERSON, clinic.person_id, detail=person.name)
            connection.commit()
        clinic.person = person
        put_slot(clinic, changed.keys, person.uuid)


def check_zone(zone: str) -> None:
    """Raise `InputError` where `zone` is not the name of a time zone."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        raise InputError(Fault("value.not_understood", "clinic.zone", values={"value": zone[:40]})) from None


def _opened(
    path: Path, unlocked: keyfile.Unlocked, clock: Callable[[], datetime], *, is_first_format: bool = False
) -> OpenClinic:
    store = open_store(path, unlocked.data_key, unlocked.keys.file_id)
    try:
        with store.read() as connection:
            person = person_by_uuid(connection, unlocked.person)
            clinic = load_clinic(connection)
            reference = own_reference(shipped_reference(), connection, clinic.zone)
        if person is None:
            raise AccessError("person.unknown")
        if person.active_to is not None:
            # Removed, and the slot stands only because that was cut off before the file got its new key.
            raise AccessError("access.denied")
        _require_known_key(store, person, unlocked.keys)
        if is_first_format:
            with faults_named(path):
                keyfile.write_keys(keyfile.key_path(path), unlocked.keys)
        person = _with_present_key(store, person, unlocked.keys, clock())
        opened = OpenClinic(path, store, reference, person, clock, clinic.zone, unlocked.data_key)
        note_opening(opened, None if unlocked.signing is None else unlocked.signing.sign)
        return opened
    except BaseException:
        store.close()
        raise


def _require_known_key(store: Store, person: Person, keys: keyfile.KeyFile) -> None:
    """Raise `EnvironmentFault` ("keys.replaced") where the person never had the key to sign with that is in the file.

    The database is told of a new key before the key file has it. So this is a key file that was made up, or one of the
    first format, whose passphrase and people may be long out of date, put back after the clinic had got another.
    """
    if person.signing_public_key is None or person.id is None:
        return
    with store.read() as connection:
        known = signing_keys(connection, person.id)
    public = keyfile.slot_of(keys, person.uuid).signing_public
    if public not in (*known, person.signing_public_key):
        raise EnvironmentFault("keys.replaced", path=str(keyfile.key_path(store.path)))


def _with_present_key(store: Store, person: Person, keys: keyfile.KeyFile, now: datetime) -> Person:
    """Write down the person's key to sign with where the key file has another: it was renewed, and then cut off."""
    public = keyfile.slot_of(keys, person.uuid).signing_public
    if public == person.signing_public_key:
        return person
    if person.signing_public_key is None:
        # Only the founder of a clinic of the first release never had one; nobody else could administer it.
        person = replace(person, granted=person.granted | {Permission.ADMINISTER})
    with store.write() as connection:
        changed = change_person(connection, replace(person, signing_public_key=public), now)
        connection.commit()
    return changed


def _pending(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _finish_naming(path: Path) -> None:
    """Finish what a process that ended had decided: a switch to another pair of files, or the making of a clinic.

    A database that was made whole gets its name, if its keys are there.
    """
    finish_switch(path)
    pending = _pending(path)
    if path.exists() or not pending.exists() or not keyfile.key_path(path).exists():
        return
    pending.rename(path)
    passing("create.named")
    keyfile.sync_folder(path.parent)
