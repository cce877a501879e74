"""Passkeys of customers: kept, found by what they call their holder, used, removed. What is signed is checked above."""

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
    """A passkey as it is checked: whose it is, its public key, how often it had signed."""

    id: int
    customer: str
    credential: bytes
    public: bytes
    signs: int


def handle_of(db: Connection, customer: str) -> bytes:
    """What a customer's passkeys call them by; a new one says nothing of them."""
    row = db.execute("SELECT handle FROM customers_account_passkey WHERE customer = %s LIMIT 1", (customer,)).fetchone()
    return bytes(row[0]) if row else secrets.token_bytes(_HANDLE_BYTES)


def of(db: Connection, customers: list[str]) -> list[Passkey]:
    """The passkeys of a customer, oldest first; of all customers with one address."""
    rows = db.execute(
        "SELECT id, name, made_at, used_at FROM customers_account_passkey"
        " WHERE customer = ANY(%s) ORDER BY id LIMIT %s",
        (customers, MOST * max(1, len(customers))),
    )
    return [Passkey(*row) for row in rows]


def held_under(db: Connection, handle: bytes) -> list[Held]:
    """The passkeys that call their holder so."""
    rows = db.execute(
        "SELECT id, customer, credential, public, signs FROM customers_account_passkey WHERE handle = %s", (handle,)
    )
    return [Held(number, whose, bytes(name), bytes(public), signs) for number, whose, name, public, signs in rows]


class NewPasskey(NamedTuple):
    """A passkey that was just made in a browser."""

    handle: bytes
    credential: bytes
    public: bytes
    signs: int
    name: str


def keep(db: Connection, customer: str, made: NewPasskey, *, actor: str, now: datetime) -> Refused | None:
    """Keep a new passkey."""
    (count,) = db.execute(
        "SELECT count(*) FROM customers_account_passkey WHERE customer = %s", (customer,)
    ).fetchone() or (0,)
    if count >= MOST:
        return Refused("too_many_passkeys", f"You have {MOST} passkeys already; remove one first.", "name")
    facts = (customer, made.handle, made.credential, made.public, made.signs, made.name[:LONGEST_NAME], now)
    row = db.execute(statement("customers.account", "keep_passkey"), facts).fetchone()
    if row is None:
        return Refused("passkey_known", "This passkey is known already.", "name")
    record(db, [fact("visit.passkey_added", f"customer/{customer}", actor, {"passkey": row[0]})], now)
    return None


def used(db: Connection, passkey: int, signs: int, now: datetime) -> None:
    """A passkey has signed somebody in."""
    db.execute("UPDATE customers_account_passkey SET signs = %s, used_at = %s WHERE id = %s", (signs, now, passkey))


def remove(db: Connection, customers: list[str], passkey: int, *, actor: str, now: datetime) -> bool:
    """Remove a passkey of one of these customers; whether there was one."""
    row = db.execute(
        "DELETE FROM customers_account_passkey WHERE id = %s AND customer = ANY(%s) RETURNING customer",
        (passkey, customers),
    ).fetchone()
    if row:
        record(db, [fact("visit.passkey_removed", f"customer/{row[0]}", actor, {"passkey": passkey})], now)
    return row is not None
