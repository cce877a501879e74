"""API keys: made once, shown once, kept as a digest, checked in memory for a few seconds at a time."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import msgspec

from onhand.access.permissions import NOBODY, PERMISSIONS, Post, Standing, standing_of
from onhand.core import events
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import Refused

# What machines may do, in bundles; a key may also name single permissions.
SCOPES: Mapping[str, frozenset[str]] = {
    "read": frozenset({"see.overview", "see.orders", "see.customers", "see.stock", "see.moves", "see.products"})
    | {"see.sites", "see.imports", "see.desk"},
    "orders": frozenset({"do.orders", "do.shipments", "do.deliveries", "do.cancellations", "do.returns"}),
    "stock": frozenset({"do.receiving", "do.moves", "do.transfers", "do.counts", "do.thresholds"}),
    "catalog": frozenset({"do.catalog", "do.places", "do.policies", "do.customers", "do.reviews"}),
    "webhooks": frozenset({"see.webhooks", "do.webhooks"}),
    "desk": frozenset({"see.desk", "do.cases", "do.customers"}),
    "privacy": frozenset({"see.customers", "see.privacy", "do.privacy"}),
}
# No machine lets people in, changes what they may do, or decides in their place.
NOT_FOR_MACHINES = frozenset({"do.people", "do.roles", "do.keys", "do.approvals", "do.devices"})
SECONDS_TRUSTED = 5.0
MOST_REMEMBERED = 10_000

_FIND = """
SELECT id, name, digest, scopes, per_second, sites, channels FROM access_api_key
WHERE prefix = %s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""


@dataclass(slots=True)
class Key:
    """A machine that may come in: what it is called, what it may do, how often (0: as often as it likes)."""

    id: int
    name: str
    scopes: frozenset[str]
    per_second: int
    standing: Standing = NOBODY
    tokens: float = 0.0
    filled_at: float = field(default_factory=time.monotonic)
    # Of a token of OAuth: that it is one, and whose name it signs with.
    signed: str = ""
    token: bool = False

    @property
    def actor(self) -> str:
        """How the key signs what it does."""
        return self.signed or f"key/{self.name}"

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


class Found(NamedTuple):
    """A key as it is stored."""

    id: int
    name: str
    digest: bytes
    scopes: Sequence[str]
    per_second: int
    sites: Sequence[str]
    channels: Sequence[str]


def unknown_scopes(scopes: Iterable[str]) -> list[str]:
    """Which of these no key can have: neither a bundle nor a permission that machines may hold."""
    known = SCOPES.keys() | PERMISSIONS.keys() - NOT_FOR_MACHINES
    return sorted(set(scopes) - known)


def standing_of_key(scopes: Iterable[str], sites: Sequence[str] = (), channels: Sequence[str] = ()) -> Standing:
    """What a key with these scopes may do, at these sites and for these channels (none named: all)."""
    permissions = frozenset[str]().union(*(SCOPES.get(each, frozenset({each}) & PERMISSIONS.keys()) for each in scopes))
    standing = standing_of([Post("", sites, permissions - NOT_FOR_MACHINES)])
    return Standing(standing.grants, frozenset(channels) if channels else None)


def scopes_with(permissions: Collection[str]) -> list[str]:
    """The bundles that hold any of these permissions."""
    return [name for name, bundle in SCOPES.items() if not bundle.isdisjoint(permissions)]


def create(
    db: Connection,
    name: str,
    scopes: Iterable[str],
    per_second: int = 0,
    *,
    sites: Sequence[str] = (),
    channels: Sequence[str] = (),
    expires_at: datetime | None = None,
    actor: str = "system",
) -> str:
    """Make a key and return its text, which cannot be had again."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(24)
    text = f"oh_{prefix}_{secret}"
    db.execute(
        "INSERT INTO access_api_key (name, prefix, digest, scopes, per_second, sites, channels, expires_at)"
        " VALUES (%s, %s, %s, to_jsonb(%s::text[]), %s, %s, %s, %s)",
        (
            name,
            prefix,
            hashlib.sha256(text.encode()).digest(),
            list(scopes),
            per_second,
            list(sites),
            list(channels),
            expires_at,
        ),
    )
    data: dict[str, object] = {
        "prefix": prefix,
        "scopes": list(scopes),
        "sites": list(sites),
        "channels": list(channels),
    }
    data |= {"per_second": per_second, "expires_at": expires_at}
    events.record(db, [events.fact("key.made", f"key/{name}", actor, data)], utc_now())
    return text


class KeyView(msgspec.Struct, frozen=True):
    """A key as it is listed: all but its secret."""

    name: str
    prefix: str
    scopes: list[str]
    per_second: int
    created_at: datetime
    revoked_at: datetime | None
    sites: list[str] = []
    channels: list[str] = []
    expires_at: datetime | None = None


def listed(db: Connection) -> list[KeyView]:
    """Every key there has been, latest first; the first thousand."""
    rows = db.execute(
        "SELECT name, prefix, scopes, per_second, created_at, revoked_at, sites, channels, expires_at"
        " FROM access_api_key"
        " ORDER BY id DESC LIMIT 1000"
    )
    return [KeyView(*row) for row in rows]


def revoke(db: Connection, name: str, *, actor: str = "system") -> int | Refused:
    """Let the keys of this name, or with this prefix, open nothing any more; how many there were."""
    ended = db.execute(
        "UPDATE access_api_key SET revoked_at = now() WHERE (name = %s OR prefix = %s) AND revoked_at IS NULL"
        " RETURNING name, prefix",
        (name, name),
    ).fetchall()
    facts = [events.fact("key.revoked", f"key/{of}", actor, {"prefix": prefix}) for of, prefix in ended]
    events.record(db, facts, utc_now())
    return len(ended) or Refused("unknown_key", f"No key is called {name!r}, or none that is still valid.", "name")


def any_exists(db: Connection) -> bool:
    """Whether anybody has ever made a key."""
    return db.execute("SELECT FROM access_api_key LIMIT 1").fetchone() is not None


class KeyRing:
    """The keys and tokens seen lately. A revoked one opens nothing after ``SECONDS_TRUSTED``.

    ``find`` looks a key up by its prefix, ``find_token`` what is no key of ours by all of it.
    """

    def __init__(
        self, find: Callable[[str], Found | None], find_token: Callable[[str], Key | None] = lambda _: None
    ) -> None:
        self._find = find
        self._find_token = find_token
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
        if not text.startswith("oh_"):
            return self._find_token(text)
        parts = text.split("_", 2)
        if len(parts) != 3 or parts[0] != "oh" or len(text) > 200 or not parts[1].isalnum():
            return None
        row = self._find(parts[1])
        if row is None:
            return None
        if not secrets.compare_digest(bytes(row.digest), hashlib.sha256(text.encode()).digest()):
            return None
        standing = standing_of_key(row.scopes, row.sites, row.channels)
        return Key(row.id, row.name, frozenset(row.scopes), row.per_second, standing, tokens=row.per_second)


def find(db: Connection, prefix: str) -> Found | None:
    """The stored key with this prefix, while it is valid."""
    row = db.execute(_FIND, (prefix,)).fetchone()
    return None if row is None else Found(*row)
