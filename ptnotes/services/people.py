"""Looking after the people of a clinic: who they are, what they may do, and how each opens the file.

The database is written first and the key file last. A crash in between leaves somebody who cannot open the file yet,
whom an administrator gives a new passphrase; it never leaves a way in for somebody who is not in the database.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from ptnotes.db import audit, keyfile
from ptnotes.db import people as stored
from ptnotes.db.faults import faults_named
from ptnotes.db.kdf import Kdf, new_kdf
from ptnotes.db.rotate import rotate
from ptnotes.domain.audit import OLD_KEYS, RECOVERY_KEY, Subject, Verb
from ptnotes.domain.errors import Fault, InputError, NotFoundError
from ptnotes.domain.people import EmergencyAccess, OldKeysFound, Person, checked_person
from ptnotes.domain.permissions import Act, may, may_supervise
from ptnotes.domain.recovery_key import new_recovery_key, plain_recovery_key
from ptnotes.domain.text import clean_line
from ptnotes.services.audit import log, put_slot
from ptnotes.services.opening import OpenClinic
from ptnotes.services.passphrase import require_strong
from ptnotes.services.permit import require


def people(clinic: OpenClinic) -> tuple[Person, ...]:
    """Everybody who ever had an account, in the order that they came; their names stand under what they wrote."""
    with clinic.store.read() as connection:
        return stored.people(connection)


def add_person(clinic: OpenClinic, person: Person, passphrase: str, *, kdf: Kdf | None = None) -> Person:
    """Store somebody new, who can open the file with `passphrase` from now on, and give them with their id.

    Raises `InputError` for unfit details, a name that is taken or a weak passphrase; `AccessError`;
    `EnvironmentFault`.
    """
    require(clinic, Act.ADMINISTER)
    require_strong(passphrase, (person.name,))
    new = replace(checked_person(person), uuid=str(uuid4()), active_from=clinic.today(), active_to=None)
    keys_at = keyfile.key_path(clinic.path)
    with faults_named(keys_at):
        unlocked = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)
        changed = keyfile.with_slot(unlocked, new.uuid, new.name, passphrase, kdf or new_kdf())
        new = replace(new, signing_public_key=keyfile.slot_of(changed.keys, new.uuid).signing_public)
        with clinic.store.write() as connection:
            everybody = stored.people(connection)
            _check_name(everybody, new)
            _check_supervisor(everybody, new)
            added = stored.add_person(connection, new, clinic.clock())
            log(clinic, connection, Verb.MADE, Subject.PERSON, added.id, detail=added.name)
            connection.commit()
        put_slot(clinic, changed.keys, new.uuid)
    return added


def change_person(clinic: OpenClinic, person: Person) -> Person:
    """Store changed details, role and permissions, and give them with their new revision.

    Raises `InputError` (unfit details, "person.name.taken", "person.last_administrator"), `StaleError`, `AccessError`.
    """
    require(clinic, Act.ADMINISTER)
    checked = checked_person(person)
    keys_at = keyfile.key_path(clinic.path)
    with clinic.store.write() as connection:
        everybody = stored.people(connection)
        before = _of_id(everybody, checked.id)
        _check_name(everybody, checked)
        _check_supervisor(everybody, checked)
        # What decides how somebody gets in is not a detail of theirs, and is changed elsewhere.
        kept = replace(
            checked,
            uuid=before.uuid,
            signing_public_key=before.signing_public_key,
            active_from=before.active_from,
            active_to=before.active_to,
        )
        _check_administered(everybody, kept)
        changed = stored.change_person(connection, kept, clinic.clock())
        log(clinic, connection, Verb.CHANGED, Subject.PERSON, changed.id, detail=changed.name)
        connection.commit()
    if changed.id == clinic.person.id:
        clinic.person = changed
    # Whatever the name was before: a change that was cut off is finished by the next.
    with clinic.store.write(), faults_named(keys_at):
        unlocked = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)
        if any(slot.person == changed.uuid and slot.name != changed.name for slot in unlocked.keys.slots):
            keyfile.write_keys(keys_at, keyfile.with_name(unlocked, changed.uuid, changed.name).keys)
    return changed


def give_new_passphrase(
    clinic: OpenClinic, person_id: int, passphrase: str, *, kdf: Kdf | None = None
) -> Person:
    """Give somebody who forgot theirs a new way in, with a new key to sign with.

    What they signed before stays verifiable. Raises `InputError` for a weak passphrase, `NotFoundError`, `AccessError`,
    `EnvironmentFault`.
    """
    require(clinic, Act.ADMINISTER)
    keys_at = keyfile.key_path(clinic.path)
    with faults_named(keys_at):
        unlocked = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)
        with clinic.store.write() as connection:
            person = _of_id(stored.people(connection), person_id)
            require_strong(passphrase, (person.name,))
            changed_keys = keyfile.with_slot(unlocked, person.uuid, person.name, passphrase, kdf or new_kdf())
            public = keyfile.slot_of(changed_keys.keys, person.uuid).signing_public
            changed = stored.change_person(
                connection, replace(person, signing_public_key=public, active_to=None), clinic.clock()
            )
            log(clinic, connection, Verb.RENEWED, Subject.PERSON, person_id, detail=changed.name)
            connection.commit()
        if changed.id == clinic.person.id:
            clinic.person = changed
        put_slot(clinic, changed_keys.keys, person.uuid)
    return changed


def remove_person(clinic: OpenClinic, person_id: int) -> Person:
    """Take away somebody's way in, and give the file a new key, which they do not know even if they kept the old one.

    Their name stays under what they wrote. Raises `InputError` ("person.self"), `NotFoundError`, `AccessError`,
    `EnvironmentFault` ("person.in_use" where another program has the file open, disk.*). A second try finishes a first
    one that was cut off.
    """
    require(clinic, Act.ADMINISTER)
    if person_id == clinic.person.id:
        raise InputError(Fault("person.self", "person"))
    keys_at = keyfile.key_path(clinic.path)
    with faults_named(clinic.path):
        unlocked = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)
        with clinic.store.write() as connection:
            person = _of_id(stored.people(connection), person_id)
            removed = stored.change_person(
                connection, replace(person, active_to=clinic.today()), clinic.clock()
            )
            log(clinic, connection, Verb.REMOVED, Subject.PERSON, person_id, detail=removed.name)
            connection.commit()
        fewer = keyfile.rotated(unlocked, without=person.uuid)
        # A backup has the file open as another program has; the next one is made with the new key.
        with clinic.backing_up:
            rotate(clinic.store, unlocked, fewer)
            clinic.data_key = fewer.data_key
    return removed


def make_recovery_key(clinic: OpenClinic, *, kdf: Kdf | None = None) -> str:
    """Make a recovery key, give it as it is to be written down, and forget it; one made before opens nothing any more.

    Raises `AccessError`, `EnvironmentFault`.
    """
    require(clinic, Act.ADMINISTER)
    key = new_recovery_key()
    keys_at = keyfile.key_path(clinic.path)
    with faults_named(keys_at):
        unlocked = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)
        changed = keyfile.with_slot(
            unlocked,
            keyfile.RECOVERY,
            "",
            plain_recovery_key(key),
            kdf or new_kdf(),
            keyfile.SlotKind.RECOVERY,
        )
        with clinic.store.write() as connection:
            log(clinic, connection, Verb.CHANGED, Subject.CLINIC, detail=RECOVERY_KEY)
            connection.commit()
        put_slot(clinic, changed.keys, keyfile.RECOVERY)
    return key


def has_recovery_key(clinic: OpenClinic) -> bool:
    """Whether a recovery key was ever made for this file. Raises `EnvironmentFault`."""
    return keyfile.read_keys(keyfile.key_path(clinic.path)).recovery is not None


def break_glass(clinic: OpenClinic, reason: str) -> None:
    """Let whoever opened the clinic read charts until it is locked, for a reason that administrators will see.

    Raises `InputError` ("emergency.reason") without one, and `AccessError` where the role may not do even that.
    """
    require(clinic, Act.BREAK_GLASS)
    said = clean_line(reason, "emergency.reason")
    if not said:
        raise InputError(Fault("emergency.reason", "emergency.reason"))
    with clinic.store.write() as connection:
        key = stored.note_emergency_access(connection, clinic.person_id, said, clinic.clock())
        log(clinic, connection, Verb.BROKE_GLASS, Subject.CLINIC, key)
        connection.commit()
    clinic.emergency = said


def unseen_emergencies(clinic: OpenClinic) -> tuple[EmergencyAccess, ...]:
    """The emergency accesses that an administrator has yet to see; nothing for anybody else."""
    if not may(clinic.person, Act.ADMINISTER):
        return ()
    with clinic.store.read() as connection:
        return stored.unseen_emergencies(connection)


def mark_emergencies_seen(clinic: OpenClinic, up_to: int) -> None:
    """Write down that the emergency accesses up to the id `up_to` were seen. Raises `AccessError`."""
    require(clinic, Act.ADMINISTER)
    with clinic.store.write() as connection:
        stored.mark_emergencies_seen(connection, up_to, clinic.person_id, clinic.clock())
        connection.commit()


def unseen_old_keys(clinic: OpenClinic) -> OldKeysFound | None:
    """The latest opening with an older key file that no administrator has seen yet; nothing for anybody else."""
    if not may(clinic.person, Act.ADMINISTER):
        return None
    with clinic.store.read() as connection:
        return audit.unseen_old_keys(connection)


def mark_old_keys_seen(clinic: OpenClinic, up_to: int) -> None:
    """Write down that openings with an older key file were seen, up to the event `up_to`. Raises `AccessError`."""
    require(clinic, Act.ADMINISTER)
    with clinic.store.write() as connection:
        log(clinic, connection, Verb.VIEWED, Subject.AUDIT, detail=OLD_KEYS, count=up_to)
        connection.commit()


def _of_id(everybody: tuple[Person, ...], person_id: int | None) -> Person:
    person = next((person for person in everybody if person.id == person_id), None)
    if person is None:
        raise NotFoundError("person.unknown")
    return person


def _check_name(everybody: tuple[Person, ...], person: Person) -> None:
    """Two people of one name could not be told apart at the door."""
    if any(other.name.casefold() == person.name.casefold() and other.id != person.id for other in everybody):
        raise InputError(Fault("person.name.taken", "person.name"))


def _check_supervisor(everybody: tuple[Person, ...], person: Person) -> None:
    """Who co-signs for somebody has to be here, and to be able to."""
    if person.supervisor_id is None:
        return
    supervisor = _of_id(everybody, person.supervisor_id)
    if supervisor.id == person.id or not may_supervise(supervisor):
        raise InputError(Fault("person.supervisor", "person.supervisor"))


def _check_administered(everybody: tuple[Person, ...], changed: Person) -> None:
    """Somebody who can open the file has to be able to look after it."""
    as_changed = [changed if other.id == changed.id else other for other in everybody]
    if not any(person.active_to is None and may(person, Act.ADMINISTER) for person in as_changed):
        raise InputError(Fault("person.last_administrator", "person.role"))
