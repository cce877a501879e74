"""Identifiers made by us, not by the database: UUID version 7 (RFC 9562), so that new rows land side by side."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_LOW_62 = (1 << 62) - 1


class _Chance(threading.local):
    """Random bytes, fetched from the system some hundred ids' worth at a time: a system call an id is dear."""

    def __init__(self) -> None:
        self.bytes = b""
        self.at = 0
        self.process = 0

    def take(self) -> int:
        """Ten bytes, as a number. A forked child draws its own."""
        if self.at >= len(self.bytes) or self.process != os.getpid():
            self.bytes, self.at, self.process = os.urandom(4000), 0, os.getpid()
        self.at += 10
        return int.from_bytes(self.bytes[self.at - 10 : self.at], "big")


_chance = _Chance()


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, then chance. Sorts by the time it was made."""
    chance = _chance.take()
    milliseconds = time.time_ns() // 1_000_000
    return UUID(int=(milliseconds << 80) | _VERSION | ((chance >> 62 & 0xFFF) << 64) | _VARIANT | (chance & _LOW_62))
