"""What a door hands to a flow: a command, who asks, and the key that makes asking twice harmless."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something a person or a machine wants done. Commands are plain facts: parsed, compared, never changed."""

    def natural_key(self) -> str | None:
        """A key the command carries in itself, such as a channel's own order number; None when it has none."""
        return None


C = TypeVar("C", bound=Command, covariant=True)

_encoder = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Ask(Generic[C]):
    """One command from one asker. ``key`` names the asking: the same key again gets the first answer."""

    command: C
    actor: str = "system"
    key: str | None = None

    def fingerprint(self) -> bytes:
        """A digest of the command, so that one key cannot be used for two different commands."""
        return hashlib.blake2b(_encoder.encode(self.command), digest_size=16).digest()
