"""Identifiers made by us, not by the database: UUID version 7 (RFC 9562), so that new rows land side by side."""

from __future__ import annotations

import random
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_LOW_62 = (1 << 62) - 1


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, then chance. Sorts by the time it was made.

    The chance is Python's own generator, seeded from the system and anew after a fork: unique, and not a secret.
    """
    chance = random.getrandbits(74)
    milliseconds = time.time_ns() // 1_000_000
    return UUID(int=(milliseconds << 80) | _VERSION | ((chance >> 62 & 0xFFF) << 64) | _VARIANT | (chance & _LOW_62))
