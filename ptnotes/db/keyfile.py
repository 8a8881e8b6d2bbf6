"""The key file: ``NAME.ptnotes.keys`` beside the encrypted database. Knows nothing of SQL.

The database is encrypted with one random data key. Each person has a slot that holds that key, wrapped with AES-256-GCM
under a key that Argon2id makes from their passphrase. All of a slot's header and the file id are authenticated with it,
and an HMAC under a key derived from the data key covers the whole file.

The file id is the 16-byte salt that SQLCipher writes, in the clear, as the first bytes of the database: so the key file
and the database can be matched before anything is opened, and a copy of the database keeps its id.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ptnotes.domain.errors import AccessError, AmbiguousError, EnvironmentFault

FORMAT = 1
KEY_BYTES = 32
FILE_ID_BYTES = 16
SALT_BYTES = 16
NONCE_BYTES = 12
LEAST_MEMORY_KIB, LEAST_ITERATIONS = 65_536, 3
"""Argon2id below 64 MiB or three passes is refused, in a file as in a call."""
MOST_MEMORY_KIB, MOST_ITERATIONS, MOST_LANES = 1024 * 1024, 100, 64
"""Beyond these a key file is damaged, or made to hang whoever opens it."""
WANTED_KDF_S = 0.25
LARGEST_FILE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kdf:
    """How a passphrase becomes a key: Argon2id with `memory_kib`, `iterations` and `lanes`."""

    memory_kib: int = LEAST_MEMORY_KIB
    iterations: int = LEAST_ITERATIONS
    lanes: int = 4

    def key(self, passphrase: str, salt: bytes) -> bytes:
        """Derive the 32-byte key that wraps the data key. Takes a quarter of a second or more by intent."""
        derivation = Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=self.iterations,
            lanes=self.lanes,
            memory_cost=self.memory_kib,
        )
        # Composed and decomposed accents are the same passphrase, whichever keyboard typed them.
        return derivation.derive(unicodedata.normalize("NFC", passphrase).encode())

    @property
    def is_too_weak(self) -> bool:
        """Whether this asks for less than the least that is allowed."""
        return self.memory_kib < LEAST_MEMORY_KIB or self.iterations < LEAST_ITERATIONS


@dataclass(frozen=True, slots=True)
class Slot:
    """One person's way in. `wrapped` is the data key, encrypted and authenticated."""

    person: str
    name: str
    kdf: Kdf
    salt: bytes
    nonce: bytes
    wrapped: bytes

    def header(self, file_id: bytes) -> bytes:
        """Give what is authenticated with the wrapped key: all else of the slot, and the file id."""
        return _canonical({"file_id": file_id.hex(), "format": FORMAT, **self._header_fields()})

    def _header_fields(self) -> dict[str, Any]:
        kdf = {
            "name": "argon2id",
            "memory_kib": self.kdf.memory_kib,
            "iterations": self.kdf.iterations,
            "lanes": self.kdf.lanes,
            "salt": self.salt.hex(),
        }
        return {"person": self.person, "name": self.name, "kdf": kdf}

    def as_json(self) -> dict[str, Any]:
        """Give the slot as it stands in the file."""
        return {**self._header_fields(), "nonce": self.nonce.hex(), "wrapped_key": self.wrapped.hex()}


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file as read. Its names are not proven until `unlock` has authenticated the whole."""

    file_id: bytes
    slots: tuple[Slot, ...]
    mac: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An authenticated key file, the person who opened it, and the data key."""

    keys: KeyFile
    person: str
    data_key: bytes = field(repr=False)


def key_path(database: Path) -> Path:
    """Give the key file's path for a database's."""
    return database.with_name(database.name + ".keys")


def new_kdf() -> Kdf:
    """Choose parameters that take at least a quarter of a second on this machine, never below the least allowed."""
    least = Kdf()
    begun = perf_counter()
    least.key("calibration", bytes(SALT_BYTES))
    took_s = perf_counter() - begun
    wanted = ceil(LEAST_ITERATIONS * WANTED_KDF_S / took_s)
    return replace(least, iterations=min(max(LEAST_ITERATIONS, wanted), MOST_ITERATIONS))


def new_keys(person: str, name: str, passphrase: str, kdf: Kdf) -> Unlocked:
    """Make a random data key and file id, with one slot."""
    keys = KeyFile(file_id=secrets.token_bytes(FILE_ID_BYTES), slots=())
    unlocked = Unlocked(keys, person, secrets.token_bytes(KEY_BYTES))
    return with_slot(unlocked, person, name, passphrase, kdf)


def with_slot(unlocked: Unlocked, person: str, name: str, passphrase: str, kdf: Kdf) -> Unlocked:
    """Add the person's slot, or replace it with one for a new passphrase."""
    if kdf.is_too_weak:
        raise ValueError("these parameters are below the least allowed")
    slot = Slot(person, name, kdf, secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES), b"")
    wrapping = AESGCM(kdf.key(passphrase, slot.salt))
    file_id = unlocked.keys.file_id
    slot = replace(slot, wrapped=wrapping.encrypt(slot.nonce, unlocked.data_key, slot.header(file_id)))
    others = tuple(other for other in unlocked.keys.slots if other.person != person)
    return replace(unlocked, keys=_authenticated(KeyFile(file_id, (*others, slot)), unlocked.data_key))


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
            file.write(json.dumps(document, indent=1).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
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
    finally:
        os.close(descriptor)


def unlock(keys: KeyFile, passphrase: str, name: str | None, path: Path) -> Unlocked:
    """Open the slot of the person called `name`; without a name, the only slot.

    An unknown name costs as much time as a wrong passphrase and raises the same `AccessError` ("access.denied").
    Raises `AmbiguousError` ("person.which") where there are several slots and no name, and `EnvironmentFault`
    ("keys.damaged") where the slot opens but the rest of the file is not what was written.
    """
    if name is None and len(keys.slots) > 1:
        raise AmbiguousError("person.which", tuple(slot.name for slot in keys.slots))
    slot = next((slot for slot in keys.slots if name is None or slot.name == name), None)
    if slot is None:
        Kdf().key(passphrase, bytes(SALT_BYTES))
        raise AccessError("access.denied")
    try:
        data_key = AESGCM(slot.kdf.key(passphrase, slot.salt)).decrypt(
            slot.nonce, slot.wrapped, slot.header(keys.file_id)
        )
    except InvalidTag:
        raise AccessError("access.denied") from None
    if not hmac.compare_digest(_authenticated(keys, data_key).mac, keys.mac):
        raise EnvironmentFault("keys.damaged", path=str(path))
    return Unlocked(keys, slot.person, data_key)


def _authenticated(keys: KeyFile, data_key: bytes) -> KeyFile:
    key = HKDF(SHA256(), KEY_BYTES, salt=keys.file_id, info=b"ptnotes key file 1").derive(data_key)
    return replace(keys, mac=hmac.digest(key, _canonical(_unsigned(keys)), "sha256"))


def _unsigned(keys: KeyFile) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "file_id": keys.file_id.hex(),
        "slots": [slot.as_json() for slot in keys.slots],
    }


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _parsed(document: Mapping[str, Any]) -> KeyFile:
    if document["format"] != FORMAT or not document["slots"]:
        raise ValueError("not a key file of this format")
    slots = tuple(_parsed_slot(slot) for slot in document["slots"])
    return KeyFile(_bytes(document["file_id"], FILE_ID_BYTES), slots, _bytes(document["mac"], KEY_BYTES))


def _parsed_slot(slot: Mapping[str, Any]) -> Slot:
    kdf = slot["kdf"]
    numbers = (kdf["memory_kib"], kdf["iterations"], kdf["lanes"])
    limits = (MOST_MEMORY_KIB, MOST_ITERATIONS, MOST_LANES)
    in_bounds = all(
        type(number) is int and 0 < number <= most for number, most in zip(numbers, limits, strict=True)
    )
    if kdf["name"] != "argon2id" or not in_bounds or not isinstance(slot["name"], str):
        raise ValueError("not a slot")
    return Slot(
        person=str(slot["person"]),
        name=slot["name"],
        kdf=Kdf(*numbers),
        salt=_bytes(kdf["salt"], SALT_BYTES),
        nonce=_bytes(slot["nonce"], NONCE_BYTES),
        wrapped=bytes.fromhex(slot["wrapped_key"]),
    )


def _bytes(text: str, length: int) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != length:
        raise ValueError("a wrong length")
    return value
