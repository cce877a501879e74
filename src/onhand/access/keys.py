"""API keys: made once, shown once, kept as a digest, checked in memory for a few seconds at a time."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from onhand.core.database import Connection

SCOPES = ("read", "orders", "stock", "catalog")
SECONDS_TRUSTED = 5.0
MOST_REMEMBERED = 10_000

_FIND = """
SELECT id, name, digest, scopes, per_second FROM access_api_key
WHERE prefix = %s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""


@dataclass(slots=True)
class Key:
    """A machine that may come in: what it is called, what it may do, how often (0: as often as it likes)."""

    id: int
    name: str
    scopes: frozenset[str]
    per_second: int
    tokens: float = 0.0
    filled_at: float = field(default_factory=time.monotonic)

    @property
    def actor(self) -> str:
        """How the key signs what it does."""
        return f"key/{self.name}"

    def spend(self, now: float) -> bool:
        """Take one request from the key's allowance (a token bucket that holds one second); False when it is empty."""
        if not self.per_second:
            return True
        self.tokens = min(self.per_second, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def create(db: Connection, name: str, scopes: Sequence[str], per_second: int = 0) -> str:
    """Make a key and return its text, which cannot be had again."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(24)
    text = f"oh_{prefix}_{secret}"
    db.execute(
        "INSERT INTO access_api_key (name, prefix, digest, scopes, per_second)"
        " VALUES (%s, %s, %s, to_jsonb(%s::text[]), %s)",
        (name, prefix, hashlib.sha256(text.encode()).digest(), list(scopes), per_second),
    )
    return text


def any_exists(db: Connection) -> bool:
    """Whether anybody has ever made a key."""
    return db.execute("SELECT FROM access_api_key LIMIT 1").fetchone() is not None


class KeyRing:
    """The keys seen lately. A revoked key opens nothing after ``SECONDS_TRUSTED``."""

    def __init__(self, find: Callable[[str], tuple[int, str, bytes, list[str], int] | None]) -> None:
        self._find = find
        self._seen: dict[str, tuple[float, Key | None]] = {}

    def remembered(self, text: str) -> tuple[bool, Key | None]:
        """Whether this key was checked a moment ago, and what came of it."""
        found = self._seen.get(text)
        if found and found[0] > time.monotonic():
            return True, found[1]
        return False, None

    def check(self, text: str) -> Key | None:
        """Look a key up; None when nobody may come in with it. Asks the database."""
        if len(self._seen) >= MOST_REMEMBERED:
            self._seen.clear()
        had = self._seen.get(text)
        key = self._look_up(text)
        if key and had and had[1]:
            key.tokens, key.filled_at = had[1].tokens, had[1].filled_at
        self._seen[text] = (time.monotonic() + SECONDS_TRUSTED, key)
        return key

    def _look_up(self, text: str) -> Key | None:
        parts = text.split("_", 2)
        if len(parts) != 3 or parts[0] != "oh" or len(text) > 200 or not parts[1].isalnum():
            return None
        row = self._find(parts[1])
        if row is None:
            return None
        number, name, digest, scopes, per_second = row
        if not secrets.compare_digest(bytes(digest), hashlib.sha256(text.encode()).digest()):
            return None
        return Key(number, name, frozenset(scopes), per_second, tokens=per_second)


def find(db: Connection, prefix: str) -> tuple[int, str, bytes, list[str], int] | None:
    """The stored key with this prefix, while it is valid."""
    row = db.execute(_FIND, (prefix,)).fetchone()
    return None if row is None else (row[0], row[1], row[2], row[3], row[4])
