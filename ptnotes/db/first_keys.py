"""Key files of the first format: in one slot, the passphrase wraps the data key itself. They are read, never made.

Nobody could be added to such a file, nobody signed with it, and it has no recovery key and no anchor of the audit.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ptnotes.db.kdf import KEY_BYTES, SALT_BYTES, Kdf, parsed_kdf
from ptnotes.domain.errors import AccessError, EnvironmentFault


@dataclass(frozen=True, slots=True)
class FirstKeys:
    """The file as read: its one slot, and what is authenticated. Nothing is proven until `opened_first`."""

    file_id: bytes
    person: str
    name: str
    kdf: Kdf
    salt: bytes
    nonce: bytes
    wrapped: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    def _slot(self) -> dict[str, Any]:
        return {"person": self.person, "name": self.name, "kdf": self.kdf.as_json(self.salt)}

    def header(self) -> bytes:
        """Give what is authenticated with the wrapped data key."""
        return _canonical({"file_id": self.file_id.hex(), "format": 1, **self._slot()})

    def unsigned(self) -> bytes:
        """Give what the file's own MAC covers: all of it."""
        slot = {**self._slot(), "nonce": self.nonce.hex(), "wrapped_key": self.wrapped.hex()}
        return _canonical({"format": 1, "file_id": self.file_id.hex(), "slots": [slot]})


def parsed_first(document: Mapping[str, Any]) -> FirstKeys:
    """Read a document of the first format. Raises `ValueError`, `KeyError` or `TypeError` for anything else."""
    (slot,) = document["slots"]
    if not isinstance(slot["name"], str):
        raise TypeError("not a slot")
    keys = FirstKeys(
        file_id=bytes.fromhex(document["file_id"]),
        person=str(slot["person"]),
        name=slot["name"],
        kdf=parsed_kdf(slot["kdf"]),
        salt=bytes.fromhex(slot["kdf"]["salt"]),
        nonce=bytes.fromhex(slot["nonce"]),
        wrapped=bytes.fromhex(slot["wrapped_key"]),
        mac=bytes.fromhex(document["mac"]),
    )
    lengths = [len(part) for part in (keys.file_id, keys.salt, keys.nonce, keys.mac)]
    if lengths != [16, SALT_BYTES, 12, KEY_BYTES]:
        raise ValueError("a wrong length")
    return keys


def opened_first(keys: FirstKeys, passphrase: str, name: str | None, path: Path) -> bytes:
    """Give the data key. Raises `AccessError` ("access.denied") and `EnvironmentFault` ("keys.damaged")."""
    # Derived whatever the name is: an unknown one costs as much time as a wrong passphrase.
    wrapping = AESGCM(keys.kdf.key(passphrase, keys.salt))
    if name is not None and name != keys.name:
        raise AccessError("access.denied")
    try:
        data_key = wrapping.decrypt(keys.nonce, keys.wrapped, keys.header())
    except InvalidTag:
        raise AccessError("access.denied") from None
    mac_key = HKDF(SHA256(), KEY_BYTES, salt=keys.file_id, info=b"ptnotes key file 1").derive(data_key)
    if not hmac.compare_digest(hmac.digest(mac_key, keys.unsigned(), "sha256"), keys.mac):
        raise EnvironmentFault("keys.damaged", path=str(path))
    return data_key


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
