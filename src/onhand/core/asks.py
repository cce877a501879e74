"""What a door hands to a flow: a command, who asks, and the key that makes asking twice harmless."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Self, TypeVar

import msgspec


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something a person or a machine wants done. Commands are plain facts: parsed, compared, never changed."""

    def natural_key(self) -> str | None:
        """A key the command carries in itself, such as a channel's own order number; None when it has none."""
        return None


class Actor(str):
    """Who asks, by the name they sign with, such as ``person/ana``; ``origin`` tells from where.

    It is a plain name wherever a name is wanted; the event log and the audit trail keep its origin beside it.
    """

    __slots__ = ("origin",)
    origin: str

    def __new__(cls, name: str, origin: str = "") -> Self:
        """Somebody, coming from somewhere: the door, and the address or session, such as ``web 203.0.113.9``."""
        actor = super().__new__(cls, name)
        actor.origin = origin
        return actor


def origin_of(actor: str) -> str:
    """From where somebody asks; empty where nobody said."""
    return actor.origin if isinstance(actor, Actor) else ""


C = TypeVar("C", bound=Command, covariant=True)

_encoder = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Ask(Generic[C]):
    """One command from one asker. ``key`` names the asking: the same key again gets the first answer.

    ``was``: the figure the asker saw where the command changes it; a flow that knows figures refuses
    (``changed_meanwhile``) when it is another by now.
    """

    command: C
    actor: str = "system"
    key: str | None = None
    was: Decimal | None = None

    def fingerprint(self) -> bytes:
        """A digest of the command, so that one key cannot be used for two different commands."""
        return hashlib.blake2b(_encoder.encode(self.command), digest_size=16).digest()
