"""Identifiers made by us, not by the database: UUID version 7 (RFC 9562), so that new rows land side by side."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_LOW_62 = (1 << 62) - 1
_MILLISECOND = 1_000_000


class _Chance(threading.local):
    """Random bytes, fetched from the system some hundred ids' worth at a time: a system call an id is dear."""

    def __init__(self) -> None:
        self.bytes = b""
        self.at = 0
        self.process = 0

    def take(self) -> int:
        """Eight bytes, as a number. A forked child draws its own."""
        if self.at >= len(self.bytes) or self.process != os.getpid():
            self.bytes, self.at, self.process = os.urandom(4000), 0, os.getpid()
        self.at += 8
        return int.from_bytes(self.bytes[self.at - 8 : self.at], "big")


_chance = _Chance()


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, 12 of their 4096th parts, then chance. Sorts by the time it was made.

    The parts are there for what is made in one batch: who came first waits in front.
    """
    milliseconds, rest = divmod(time.time_ns(), _MILLISECOND)
    parts = (rest << 12) // _MILLISECOND
    return UUID(int=(milliseconds << 80) | _VERSION | (parts << 64) | _VARIANT | (_chance.take() & _LOW_62))
