"""Tokens of OAuth: given to machines for their client's secret, and to handhelds for somebody's yes; and the clients.

allauth gives them out and keeps digests. The API takes them as it takes keys: looked up by digest, remembered for a few
seconds. A token somebody said yes to may do what its scopes and its person allow together, and nothing that asks a
person for proof.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.contrib.auth.hashers import make_password

from onhand.access.factors import on_shared
from onhand.access.keys import Key, standing_of_key, unknown_scopes
from onhand.access.permissions import Standing, standing_of
from onhand.access.posts import POSTS, Held
from onhand.access.signin.guessing import digest
from onhand.core.database import Connection, statement
from onhand.core.events import fact, record
from onhand.core.refusals import Refused

DEVICE_GRANTS = ("urn:ietf:params:oauth:grant-type:device_code", "refresh_token")
MACHINE_GRANTS = ("client_credentials",)
# Shorter, and it is none of ours; longer, and nobody would have to look it up to know.
LEAST, MOST = 32, 200


class ClientView(msgspec.Struct, frozen=True):
    """A client as it is listed: all but its secret. ``by``: whether a machine's or for people at handhelds."""

    id: str
    name: str
    by: str
    scopes: list[str]
    made_at: datetime
    tokens: int


class NewClient(msgspec.Struct, frozen=True):
    """A client just made; its secret (a machine's) is shown now and never again."""

    id: str
    secret: str | None


def make_client(
    db: Connection, name: str, scopes: Sequence[str], *, handhelds: bool, actor: str, now: datetime
) -> NewClient | Refused:
    """Make a client: of a machine, which has a secret; or of handhelds, where each person says yes by a code."""
    if not 0 < len(name.strip()) <= 60:
        return Refused("bad_client", "A client needs a name of 1 to 60 characters, such as webshop.", "name")
    unknown = unknown_scopes(scopes)
    if unknown or not scopes:
        return Refused("unknown_scope", f"There is no scope {', '.join(unknown) or 'named'}.", "scope")
    if db.execute("SELECT FROM allauth_idp_oidc_client WHERE name = %s", (name,)).fetchone() is not None:
        return Refused("client_taken", f"A client is called {name!r} already; choose another name.", "name")
    made = NewClient(secrets.token_hex(12), None if handhelds else secrets.token_urlsafe(32))
    facts = {
        "id": made.id,
        "name": name.strip(),
        "secret": make_password(made.secret),
        "scopes": "\n".join(scopes),
        "type": "public" if handhelds else "confidential",
        "grants": "\n".join(DEVICE_GRANTS if handhelds else MACHINE_GRANTS),
        "now": now,
    }
    db.execute(statement("access.signin", "make_client"), facts)
    told = {"name": name, "scopes": list(scopes), "by": "people" if handhelds else "machine"}
    record(db, [fact("client.made", f"client/{made.id}", actor, told)], now)
    return made


def clients(db: Connection) -> list[ClientView]:
    """Every client, the latest first; the first five hundred."""
    rows = db.execute(statement("access.signin", "clients"))
    return [ClientView(number, name, by, scopes.split(), made, many) for number, name, by, scopes, made, many in rows]


def revoke_client(db: Connection, name: str, *, actor: str, now: datetime) -> Refused | None:
    """End a client, by name or id, and every token it was given; servers know it within five seconds."""
    row = db.execute(
        "SELECT id FROM allauth_idp_oidc_client WHERE name = %s OR id = %s ORDER BY id", (name, name)
    ).fetchone()
    if row is None:
        return Refused("unknown_client", f"No client is called {name!r}.", "name")
    db.execute("DELETE FROM allauth_idp_oidc_token WHERE client_id = %s", row)
    db.execute("DELETE FROM allauth_idp_oidc_client WHERE id = %s", row)
    record(db, [fact("client.revoked", f"client/{row[0]}", actor, {"name": name})], now)
    return None


def looks_like_one(text: str) -> bool:
    """Whether it is worth a look."""
    return LEAST <= len(text) <= MOST and text.isascii()


def find(db: Connection, text: str) -> Key | None:
    """Who comes with this token: its client, or the person who said yes; None when it opens nothing (any more)."""
    row = db.execute(statement("access.signin", "find_token"), (digest(text),)).fetchone()
    if row is None:
        return None
    number, scopes, client, person, name = row
    standing = standing_of_key(scopes.split())
    if person is None:
        return Key(number, client, frozenset(scopes.split()), 0, standing, signed=f"client/{client}", token=True)
    theirs = standing_of(Held(*each).post for each in db.execute(POSTS, [person, person]))
    return Key(
        number, client, frozenset(scopes.split()), 0, _both(standing, theirs), signed=f"person/{name}", token=True
    )


class Grant(NamedTuple):
    """What somebody said yes to once: for which client, and until when it goes on however often it is renewed."""

    client: str
    person: int
    ends: datetime


def grant_of(db: Connection, refresh: str) -> Grant | None:
    """The grant that a refresh token goes on with; None when it is none, or none any more."""
    row = db.execute(
        "SELECT client_id, user_id, expires_at FROM allauth_idp_oidc_token"
        " WHERE type = 'rt' AND hash = %s AND expires_at > clock_timestamp() AND user_id IS NOT NULL",
        (digest(refresh),),
    ).fetchone()
    return None if row is None else Grant(*row)


def go_on(db: Connection, grant: Grant, refresh: str) -> None:
    """A grant goes on with another refresh token, and ends when it would have ended."""
    db.execute(
        "UPDATE allauth_idp_oidc_token SET expires_at = least(expires_at, %s) WHERE type = 'rt' AND hash = %s",
        (grant.ends, digest(refresh)),
    )


def end_grant(db: Connection, client: str, person: int, now: datetime) -> None:
    """A refresh token came a second time, so one of the two who have it stole it: neither opens anything any more."""
    gone = db.execute("DELETE FROM allauth_idp_oidc_token WHERE client_id = %s AND user_id = %s", (client, person))
    (name,) = db.execute("SELECT username FROM access_person WHERE id = %s", (person,)).fetchone() or ("",)
    if gone.rowcount:
        record(db, [fact("client.cut_off", f"client/{client}", "system", {"person": name})], now)


def alive(db: Connection, keys: Iterable[int], tokens: Iterable[int]) -> tuple[set[int], set[int]]:
    """Which of these keys and tokens still open anything."""
    rows: list[Any] = db.execute(statement("access.signin", "alive_keys"), (list(keys), list(tokens))).fetchall()
    return {number for token, number in rows if not token}, {number for token, number in rows if token}


def _both(scoped: Standing, theirs: Standing) -> Standing:
    kept = on_shared(theirs).grants
    return Standing({name: sites for name, sites in kept.items() if name in scoped.grants}, theirs.channels)
