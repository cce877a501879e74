"""Identifiers made by us, not by the database: UUID version 7 (RFC 9562), so that new rows land side by side."""

from __future__ import annotations

import random
import time
from datetime import datetime
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_MILLISECOND = 1_000_000


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, 12 of their 4096th parts, then chance. Sorts by the time it was made.

    The parts are there for what is made in one batch: who came first waits in front. The chance is Python's own
    generator, seeded from the system and anew after a fork: unique, and not a secret.
    """
    milliseconds, rest = divmod(time.time_ns(), _MILLISECOND)
    parts = (rest << 12) // _MILLISECOND
    chance = random.getrandbits(62)
    return UUID(int=(milliseconds << 80) | _VERSION | (parts << 64) | _VARIANT | chance)


def first_id(moment: datetime) -> UUID:
    """The least id that can have been made at a moment: what was made since has a greater one."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
