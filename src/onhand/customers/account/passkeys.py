"""Passkeys of customers: kept, found by what they call their holder, used, removed. What is signed is checked above.

A passkey belongs to the address (by its mark) that its holder had proven when they made it, as a session does. When a
customer gets another address, whoever does it and whichever way, it opens nothing of theirs any more; the owner of the
new address makes passkeys of their own.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import NamedTuple

from onhand.core.database import Connection, statement
from onhand.core.events import fact, record
from onhand.core.refusals import Refused

MOST = 10
LONGEST_NAME = 60
_HANDLE_BYTES = 32


class Passkey(NamedTuple):
    """A passkey: what it is called, when it was made and last used."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


class Held(NamedTuple):
    """A passkey as it is checked: the address it belongs to, its public key, how often it had signed."""

    id: int
    mark: str
    credential: bytes
    public: bytes
    signs: int


def handle_of(db: Connection, mark: str) -> bytes:
    """What the passkeys of an address call their holder by; a new one says nothing of them."""
    row = db.execute("SELECT handle FROM customers_account_passkey WHERE mark = %s LIMIT 1", (mark,)).fetchone()
    return bytes(row[0]) if row else secrets.token_bytes(_HANDLE_BYTES)


def of(db: Connection, mark: str) -> list[Passkey]:
    """The passkeys of an address, oldest first."""
    rows = db.execute(
        "SELECT id, name, made_at, used_at FROM customers_account_passkey WHERE mark = %s ORDER BY id LIMIT %s",
        (mark, MOST),
    )
    return [Passkey(*row) for row in rows]


def held_under(db: Connection, handle: bytes) -> list[Held]:
    """The passkeys that call their holder so; one of which it is not known under which address it was made is none."""
    rows = db.execute(
        "SELECT id, mark, credential, public, signs FROM customers_account_passkey WHERE handle = %s AND mark <> ''",
        (handle,),
    )
    return [Held(number, mark, bytes(name), bytes(public), signs) for number, mark, name, public, signs in rows]


class NewPasskey(NamedTuple):
    """A passkey that was just made in a browser."""

    handle: bytes
    credential: bytes
    public: bytes
    signs: int
    name: str


def keep(db: Connection, customer: str, mark: str, made: NewPasskey, *, actor: str, now: datetime) -> Refused | None:
    """Keep a new passkey of an address, for the customer who is its first; refuses one too many, and one known."""
    (count,) = db.execute("SELECT count(*) FROM customers_account_passkey WHERE mark = %s", (mark,)).fetchone() or (0,)
    if count >= MOST:
        return Refused("too_many_passkeys", f"You have {MOST} passkeys already; remove one first.", "name")
    facts = (customer, mark, made.handle, made.credential, made.public, made.signs, made.name[:LONGEST_NAME], now)
    row = db.execute(statement("customers.account", "keep_passkey"), facts).fetchone()
    if row is None:
        return Refused("passkey_known", "This passkey is known already.", "name")
    record(db, [fact("visit.passkey_added", f"customer/{customer}", actor, {"passkey": row[0]})], now)
    return None


def used(db: Connection, passkey: int, signs: int, now: datetime) -> None:
    """A passkey has signed somebody in."""
    db.execute("UPDATE customers_account_passkey SET signs = %s, used_at = %s WHERE id = %s", (signs, now, passkey))


def remove(db: Connection, mark: str, passkey: int, *, actor: str, now: datetime) -> bool:
    """Remove a passkey of an address; whether there was one."""
    row = db.execute(
        "DELETE FROM customers_account_passkey WHERE id = %s AND mark = %s RETURNING customer", (passkey, mark)
    ).fetchone()
    if row:
        record(db, [fact("visit.passkey_removed", f"customer/{row[0]}", actor, {"passkey": passkey})], now)
    return row is not None


def forget_left(db: Connection, now: datetime) -> int:
    """Take away passkeys of addresses that no customer has any more; that they ended is told. How many."""
    rows = db.execute(statement("customers.account", "forget_left_passkeys")).fetchall()
    told = [fact("visit.passkey_removed", f"customer/{each}", "system", {"passkey": number}) for number, each in rows]
    record(db, told, now)
    return len(rows)
