"""The private halves of the two key pairs of a slot in the key file."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

_BYTES = 32


@dataclass(frozen=True, slots=True)
class PrivateKeys:
    """`exchange` opens what is sealed to its public half; `signing` signs, and is None where nobody signs."""

    exchange: X25519PrivateKey
    signing: Ed25519PrivateKey | None

    @classmethod
    def new(cls, *, signs: bool) -> PrivateKeys:
        """Make random ones."""
        return cls(X25519PrivateKey.generate(), Ed25519PrivateKey.generate() if signs else None)

    @classmethod
    def from_bytes(cls, private: bytes) -> PrivateKeys:
        """Read what `as_bytes` gave."""
        exchange, signing = private[:_BYTES], private[_BYTES:]
        return cls(
            X25519PrivateKey.from_private_bytes(exchange),
            Ed25519PrivateKey.from_private_bytes(signing) if signing else None,
        )

    def as_bytes(self) -> bytes:
        """Give both as bytes, to be wrapped and nothing else."""
        return self.exchange.private_bytes_raw() + (self.signing.private_bytes_raw() if self.signing else b"")

    @property
    def public(self) -> bytes:
        """The public half of `exchange`: 32 bytes."""
        return self.exchange.public_key().public_bytes_raw()

    @property
    def signing_public(self) -> bytes:
        """The public half of `signing`: 32 bytes, or none."""
        return self.signing.public_key().public_bytes_raw() if self.signing else b""
