"""What codes and sessions of customers hold to."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

Purpose = Literal["sign-in", "erase"]
Way = Literal["code", "passkey"]

DIGITS: Final = 6
# Of a code that holds in any number of browsers, which may all try it: so many that trying gets nobody anywhere.
SHARED_DIGITS: Final = 12
# A code is sent rather than an older one shared that ends sooner than this.
LEAST_LEFT: Final = timedelta(minutes=5)
CODE_LIVES: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
# So often, at most, it is written down that a session is in use.
BETWEEN_TOUCHES: Final = timedelta(minutes=1)
_CODE: Final = re.compile(rf"\d{{{DIGITS}}}|\d{{{SHARED_DIGITS}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lives: unless it is used, and at the longest."""

    idle: timedelta
    longest: timedelta

    def ended(self, began: datetime, seen: datetime, now: datetime) -> bool:
        """Whether a session is over."""
        return now - seen > self.idle or now - began > self.longest


def typed(text: str) -> str:
    """A code as somebody typed it, however they grouped it; empty where it can be none."""
    digits = re.sub(r"[\s-]", "", text)
    return digits if _CODE.fullmatch(digits) else ""


def grouped(code: str) -> str:
    """A code as it is read: in groups that are kept in mind.

    >>> grouped("428913"), grouped("428913550217")
    ('428 913', '4289 1355 0217')
    """
    size = 3 if len(code) <= DIGITS else 4
    return " ".join(code[at : at + size] for at in range(0, len(code), size))


def digest(token: str) -> bytes:
    """What is kept of a cookie: long chance needs no key."""
    return sha256(token.encode()).digest()


def code_digest(key: bytes, asking: bytes, code: str) -> bytes:
    """What is kept of a code. A million codes are tried in no time, so it takes the key of the house to try one."""
    return hmac.digest(key, asking + code.encode(), "sha256")
