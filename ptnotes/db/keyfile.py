"""The key file: ``NAME.ptnotes.keys`` beside the encrypted database. Knows nothing of SQL.

The database is encrypted with one random data key. Each person has a slot with two key pairs of theirs: an Ed25519 pair
to sign with, and an X25519 pair to which the data key is sealed (HPKE, RFC 9180). The private halves are wrapped with
AES-256-GCM under a key that Argon2id makes from their passphrase; all else that the slot says of them is authenticated
with it. Since the data key is sealed to a public key, everybody can be given a new one without their passphrases.
One more slot, without a pair to sign with, is opened by the printed recovery key.

An HMAC under a key derived from the data key covers the whole file, and with it the anchor of the audit: how many
events there were and the digest of the last.

The file id is the 16-byte salt that SQLCipher writes, in the clear, as the first bytes of the database: so the key file
and the database can be matched before anything is opened, and a copy of the database keeps its id.
"""

from __future__ import annotations

import errno
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ptnotes.db.first_keys import FirstKeys, opened_first, parsed_first
from ptnotes.db.kdf import KEY_BYTES, SALT_BYTES, Kdf, parsed_kdf
from ptnotes.db.points import passing
from ptnotes.db.private_keys import PrivateKeys
from ptnotes.domain.errors import AccessError, AmbiguousError, EnvironmentFault

FORMAT = 2
FILE_ID_BYTES = 16
NONCE_BYTES = 12
DIGEST_BYTES = 32
RECOVERY = "recovery"
"""What stands for a person in the slot that the recovery key opens."""
LARGEST_FILE = 4 * 1024 * 1024
_NO_SUCH_SYNC = {errno.EINVAL, errno.ENOTSUP}
"""What some network shares and sticks answer when a folder is to be synced."""
_SEAL = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class SlotKind(StrEnum):
    """Who a slot is for."""

    PERSON = "person"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Slot:
    """One way in. `wrapped` holds the private halves of `public` (X25519) and `signing_public` (Ed25519, empty in the
    recovery slot); `sealed` is the data key, sealed to `public`.
    """

    person: str
    name: str
    kind: SlotKind
    kdf: Kdf
    salt: bytes
    nonce: bytes
    public: bytes
    signing_public: bytes
    wrapped: bytes = b""
    sealed: bytes = b""

    def header(self) -> bytes:
        """Give what is authenticated with the private keys: all that does not change while the passphrase stays."""
        return _canonical({"format": FORMAT, **self._header_fields()})

    def _header_fields(self) -> dict[str, Any]:
        return {
            "person": self.person,
            "kind": self.kind.value,
            "kdf": self.kdf.as_json(self.salt),
            "public_key": self.public.hex(),
            "signing_public_key": self.signing_public.hex(),
        }

    def as_json(self) -> dict[str, Any]:
        """Give the slot as it stands in the file."""
        return {
            **self._header_fields(),
            "name": self.name,
            "nonce": self.nonce.hex(),
            "wrapped_private_keys": self.wrapped.hex(),
            "sealed_data_key": self.sealed.hex(),
        }


@dataclass(frozen=True, slots=True)
class Anchor:
    """How many events the audit had, and the digest of the last of them (zeros where there was none)."""

    count: int = 0
    head: bytes = bytes(DIGEST_BYTES)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file as read. Its names are not proven until `unlock` has authenticated the whole."""

    file_id: bytes
    slots: tuple[Slot, ...]
    anchor: Anchor = Anchor()
    mac: bytes = field(default=b"", repr=False)
    first: FirstKeys | None = None
    """What stands in a file of the first format, which has no such slots: opening it makes them."""

    @property
    def people(self) -> tuple[Slot, ...]:
        """The slots of people, without the recovery slot."""
        return tuple(slot for slot in self.slots if slot.kind is SlotKind.PERSON)

    @property
    def recovery(self) -> Slot | None:
        """The slot that the recovery key opens, None where no recovery key was made."""
        return next((slot for slot in self.slots if slot.kind is SlotKind.RECOVERY), None)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An authenticated key file, the person who opened it, and the data key.

    `signing` is that person's private key where a passphrase was just given, to sign with at once and be forgotten.
    """

    keys: KeyFile
    person: str
    data_key: bytes = field(repr=False)
    signing: Ed25519PrivateKey | None = field(default=None, repr=False, compare=False)


def key_path(database: Path) -> Path:
    """Give the key file's path for a database's."""
    return database.with_name(database.name + ".keys")


def new_keys(person: str, name: str, passphrase: str, kdf: Kdf) -> Unlocked:
    """Make a random data key and file id, with one slot."""
    keys = KeyFile(file_id=secrets.token_bytes(FILE_ID_BYTES), slots=())
    unlocked = Unlocked(keys, person, secrets.token_bytes(KEY_BYTES))
    return with_slot(unlocked, person, name, passphrase, kdf)


def with_slot(
    unlocked: Unlocked,
    person: str,
    name: str,
    passphrase: str,
    kdf: Kdf,
    kind: SlotKind = SlotKind.PERSON,
) -> Unlocked:
    """Add a slot with new key pairs, or put it in the place of the one that the person had.

    What was signed with the pair before stays verifiable by its public key, which the database keeps.
    """
    private = PrivateKeys.new(signs=kind is SlotKind.PERSON)
    return _with_slot(unlocked, _wrapped_slot(person, name, kind, private, passphrase, kdf))


def with_passphrase(unlocked: Unlocked, old: str, new: str, kdf: Kdf) -> Unlocked:
    """Give whoever opened the file a new passphrase in place of `old`, and new key pairs. Raises `AccessError`.

    The old pairs stand in every key file of before, for whoever knows the old passphrase: a data key that is made from
    now on must not be sealed to them.
    """
    slot = slot_of(unlocked.keys, unlocked.person)
    _unwrapped(slot, old)
    return with_slot(unlocked, slot.person, slot.name, new, kdf, slot.kind)


def with_name(unlocked: Unlocked, person: str, name: str) -> Unlocked:
    """Write down a person's changed name, by which they choose their slot."""
    slots = tuple(replace(slot, name=name) if slot.person == person else slot for slot in unlocked.keys.slots)
    return replace(unlocked, keys=_authenticated(replace(unlocked.keys, slots=slots), unlocked.data_key))


def with_slot_of(unlocked: Unlocked, changed: KeyFile, person: str) -> Unlocked:
    """Take over the slot of `person` as it stands in `changed`; all else stays as it is in `unlocked`."""
    return _with_slot(unlocked, slot_of(changed, person))


def with_anchor(unlocked: Unlocked, anchor: Anchor) -> Unlocked:
    """Write down how far the audit has come."""
    return replace(unlocked, keys=_authenticated(replace(unlocked.keys, anchor=anchor), unlocked.data_key))


def rotated(unlocked: Unlocked, without: str) -> Unlocked:
    """Make a new data key and file id, and seal it to every slot but that of the person `without`.

    Nobody's passphrase and no key pair changes. Raises `ValueError` where nobody would be left.
    """
    keys = unlocked.keys
    file_id, data_key = secrets.token_bytes(FILE_ID_BYTES), secrets.token_bytes(KEY_BYTES)
    slots = tuple(_sealed(slot, data_key, file_id) for slot in keys.slots if slot.person != without)
    if all(slot.kind is not SlotKind.PERSON for slot in slots):
        raise ValueError("nobody could open the file any more")
    changed = _authenticated(replace(keys, file_id=file_id, slots=slots), data_key)
    return replace(unlocked, keys=changed, data_key=data_key)


def slot_of(keys: KeyFile, person: str) -> Slot:
    """The slot of the person of that uuid. Raises `AccessError` ("person.unknown")."""
    slot = next((slot for slot in keys.slots if slot.person == person), None)
    if slot is None:
        raise AccessError("person.unknown")
    return slot


def signing_key(keys: KeyFile, person: str, passphrase: str) -> Ed25519PrivateKey:
    """Unwrap the person's private key, to sign with it and forget it. Raises `AccessError` ("access.denied")."""
    signing = _unwrapped(slot_of(keys, person), passphrase).signing
    if signing is None:
        raise AccessError("access.denied")
    return signing


def authentic_keys(path: Path, person: str, data_key: bytes) -> Unlocked:
    """Read the key file of a clinic that is open, and prove it by the data key.

    Raises `EnvironmentFault` as `read_keys` does, and "keys.damaged" where it is not what was written.
    """
    keys = read_keys(path)
    if not hmac.compare_digest(_authenticated(keys, data_key).mac, keys.mac):
        raise EnvironmentFault("keys.damaged", path=str(path))
    return Unlocked(keys, person, data_key)


def read_keys(path: Path) -> KeyFile:
    """Read the key file at `path`, without proof of anything yet.

    Raises `EnvironmentFault`: keys.missing, keys.damaged, keys.newer, keys.weak, disk.permission, disk.io.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise EnvironmentFault("keys.missing", path=str(path)) from None
    except PermissionError:
        raise EnvironmentFault("disk.permission", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFault("disk.io", path=str(path)) from error
    try:
        if len(content) > LARGEST_FILE:
            raise ValueError("too large")
        document = json.loads(content)
        if isinstance(document["format"], int) and document["format"] > FORMAT:
            raise EnvironmentFault("keys.newer", path=str(path))
        keys = _parsed(document)
        # Half of a pair of surrogates is no text, and could not be authenticated.
        _canonical(_unsigned(keys))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EnvironmentFault("keys.damaged", path=str(path)) from None
    if any(slot.kdf.is_too_weak for slot in keys.slots):
        raise EnvironmentFault("keys.weak", path=str(path))
    return keys


def write_keys(path: Path, keys: KeyFile) -> None:
    """Write the key file so that at every moment the old or the new one is whole on the disk. Mode 0600.

    Raises `OSError`; the old file is then as it was.
    """
    document = {**_unsigned(keys), "mac": keys.mac.hex()}
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            passing("keys.before_write")
            file.write(json.dumps(document, indent=1).encode() + b"\n")
            file.flush()
            passing("keys.before_sync")
            os.fsync(file.fileno())
        passing("keys.before_rename")
        temporary.replace(path)
        passing("keys.after_rename")
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the renames in `folder` last through a power failure, where the system can (Windows does by itself)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SUCH_SYNC:
            raise
    finally:
        os.close(descriptor)


def unlock(keys: KeyFile, passphrase: str, name: str | None, path: Path) -> Unlocked:
    """Open the slot of the person called `name`; without a name, the only slot.

    An unknown name costs as much time as a wrong passphrase and raises the same `AccessError` ("access.denied").
    A file of the first format comes out in the present one, with new key pairs; whoever opens it writes it.
    Raises `AmbiguousError` ("person.which") where there are several slots and no name, and `EnvironmentFault`
    ("keys.damaged") where the slot opens but the rest of the file is not what was written.
    """
    if keys.first is not None:
        return _renewed(keys.first, passphrase, name, path)
    people = keys.people
    if name is None and len(people) > 1:
        raise AmbiguousError("person.which", tuple(slot.name for slot in people))
    slot = next((slot for slot in people if name is None or slot.name == name), None)
    if slot is None:
        people[0].kdf.key(passphrase, bytes(SALT_BYTES))
        raise AccessError("access.denied")
    return _opened(keys, slot, passphrase, path)


def unlock_recovery(keys: KeyFile, code: str, path: Path) -> Unlocked:
    """Open the recovery slot with the recovery key in its plain form. Raises as `unlock` does."""
    slot = keys.recovery
    if slot is None:
        raise AccessError("recovery.none")
    return _opened(keys, slot, code, path)


def _renewed(first: FirstKeys, passphrase: str, name: str | None, path: Path) -> Unlocked:
    data_key = opened_first(first, passphrase, name, path)
    unlocked = Unlocked(KeyFile(first.file_id, slots=()), first.person, data_key)
    renewed = with_slot(unlocked, first.person, first.name, passphrase, first.kdf)
    return unlock(renewed.keys, passphrase, name, path)


def _opened(keys: KeyFile, slot: Slot, passphrase: str, path: Path) -> Unlocked:
    private = _unwrapped(slot, passphrase)
    try:
        data_key = _SEAL.decrypt(slot.sealed, private.exchange, _seal_info(keys.file_id, slot))
    except InvalidTag:
        raise EnvironmentFault("keys.damaged", path=str(path)) from None
    if (slot.public, slot.signing_public) != (
        private.public,
        private.signing_public,
    ) or not hmac.compare_digest(_authenticated(keys, data_key).mac, keys.mac):
        raise EnvironmentFault("keys.damaged", path=str(path))
    return Unlocked(keys, slot.person, data_key, private.signing)


def _wrapped_slot(
    person: str, name: str, kind: SlotKind, private: PrivateKeys, passphrase: str, kdf: Kdf
) -> Slot:
    if kdf.is_too_weak:
        raise ValueError("these parameters are below the least allowed")
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    slot = Slot(person, name, kind, kdf, salt, nonce, private.public, private.signing_public)
    wrapping = AESGCM(kdf.key(passphrase, salt))
    return replace(slot, wrapped=wrapping.encrypt(nonce, private.as_bytes(), slot.header()))


def _unwrapped(slot: Slot, passphrase: str) -> PrivateKeys:
    try:
        private = AESGCM(slot.kdf.key(passphrase, slot.salt)).decrypt(slot.nonce, slot.wrapped, slot.header())
    except InvalidTag:
        raise AccessError("access.denied") from None
    return PrivateKeys.from_bytes(private)


def _with_slot(unlocked: Unlocked, slot: Slot) -> Unlocked:
    keys = unlocked.keys
    sealed = _sealed(slot, unlocked.data_key, keys.file_id)
    if any(other.person == slot.person for other in keys.slots):
        slots = tuple(sealed if other.person == slot.person else other for other in keys.slots)
    else:
        slots = (*keys.slots, sealed)
    return replace(unlocked, keys=_authenticated(replace(keys, slots=slots), unlocked.data_key))


def _sealed(slot: Slot, data_key: bytes, file_id: bytes) -> Slot:
    public = X25519PublicKey.from_public_bytes(slot.public)
    return replace(slot, sealed=_SEAL.encrypt(data_key, public, _seal_info(file_id, slot)))


def _seal_info(file_id: bytes, slot: Slot) -> bytes:
    return b"ptnotes data key 1" + file_id + slot.header()


def _authenticated(keys: KeyFile, data_key: bytes) -> KeyFile:
    key = HKDF(SHA256(), KEY_BYTES, salt=keys.file_id, info=b"ptnotes key file 2").derive(data_key)
    return replace(keys, mac=hmac.digest(key, _canonical(_unsigned(keys)), "sha256"))


def _unsigned(keys: KeyFile) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "file_id": keys.file_id.hex(),
        "audit": {"count": keys.anchor.count, "head": keys.anchor.head.hex()},
        "slots": [slot.as_json() for slot in keys.slots],
    }


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _parsed(document: Mapping[str, Any]) -> KeyFile:
    if document["format"] == 1:
        return _parsed_of_first_format(document)
    if document["format"] != FORMAT:
        raise ValueError("not a key file of this format")
    slots = tuple(_parsed_slot(slot) for slot in document["slots"])
    count = document["audit"]["count"]
    if type(count) is not int or count < 0:
        raise ValueError("not a count")
    anchor = Anchor(count, _bytes(document["audit"]["head"], DIGEST_BYTES))
    keys = KeyFile(
        _bytes(document["file_id"], FILE_ID_BYTES), slots, anchor, _bytes(document["mac"], DIGEST_BYTES)
    )
    if not keys.people:
        raise ValueError("nobody can open this")
    return keys


def _parsed_of_first_format(document: Mapping[str, Any]) -> KeyFile:
    first = parsed_first(document)
    person = Slot(first.person, first.name, SlotKind.PERSON, first.kdf, first.salt, first.nonce, b"", b"")
    return KeyFile(first.file_id, (person,), first=first)


def _parsed_slot(slot: Mapping[str, Any]) -> Slot:
    if not isinstance(slot["name"], str):
        raise TypeError("not a slot")
    kind = SlotKind(slot["kind"])
    return Slot(
        person=str(slot["person"]),
        name=slot["name"],
        kind=kind,
        kdf=parsed_kdf(slot["kdf"]),
        salt=_bytes(slot["kdf"]["salt"], SALT_BYTES),
        nonce=_bytes(slot["nonce"], NONCE_BYTES),
        public=_bytes(slot["public_key"], KEY_BYTES),
        signing_public=_bytes(slot["signing_public_key"], KEY_BYTES if kind is SlotKind.PERSON else 0),
        wrapped=bytes.fromhex(slot["wrapped_private_keys"]),
        sealed=bytes.fromhex(slot["sealed_data_key"]),
    )


def _bytes(text: str, length: int) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != length:
        raise ValueError("a wrong length")
    return value
