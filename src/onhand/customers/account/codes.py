"""Codes sent by e-mail: six digits, good once, for ten minutes, in the browser that asked for them.

That a code holds only beside the cookie it was asked with leaves nobody else anything to guess at; the tries of each
are counted in the row, and those for an address in ``access/signin/guessing`` besides.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple

from onhand.access.signin import guessing
from onhand.access.signin.guessing import Source
from onhand.core.database import Connection, statement
from onhand.customers.account.rules import CODE_LIVES, DIGITS, MOST_TRIES, Purpose, code_digest, digest


class Made(NamedTuple):
    """A code that was made: what the browser's cookie holds, and what the letter says."""

    asking: str
    code: str


class Right(NamedTuple):
    """A code was right: whose it was."""

    customer: str
    mark: str


def may_ask(db: Connection, mark: str, address: str, now: datetime) -> bool:
    """Take a turn at having a code sent: of one network address, and for one e-mail address."""
    one = guessing.take(db, "customer.asks", "customers", [Source("address", address)], now)
    return one and guessing.take(db, "customer.ask", _account(mark), guessing.sources(address), now)


def may_try(db: Connection, mark: str, address: str, now: datetime) -> bool:
    """Take a turn at saying a code."""
    one = guessing.take(db, "customer.codes", "customers", [Source("address", address)], now)
    return one and guessing.take(db, "customer.code", _account(mark), [Source("address", address)], now)


def was_right(db: Connection, mark: str, address: str) -> None:
    """The last try was right, and does not count."""
    guessing.give_back(db, "customer.codes", "customers", [Source("address", address)])
    guessing.give_back(db, "customer.code", _account(mark), [Source("address", address)])


def make(db: Connection, purpose: Purpose, customer: str, mark: str, *, key: bytes, now: datetime) -> Made:
    """Make a code; an empty customer stands for an address nobody has."""
    asking, code = secrets.token_urlsafe(24), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    known_by = digest(asking)
    row = (known_by, purpose, customer, mark, code_digest(key, known_by, code), now, now + CODE_LIVES)
    db.execute(statement("customers.account", "make_code"), row)
    return Made(asking, code)


def mark_of(db: Connection, asking: str, now: datetime) -> str | None:
    """The mark of the address a code was asked for in this browser; None when there is no such code (any more)."""
    row = db.execute(
        "SELECT mark FROM customers_account_code WHERE asking = %s AND expires_at > %s", (digest(asking), now)
    ).fetchone()
    return row[0] if row else None


def use(db: Connection, purpose: Purpose, asking: str, code: str, *, key: bytes, now: datetime) -> Right | None:
    """Use a code up; None when it is wrong, too old, used, or was tried too often. The try counts all the same.

    Whoever has been told "wrong" commits, lest the count be lost.
    """
    known_by = digest(asking)
    row = db.execute(statement("customers.account", "try_code"), (known_by, purpose, now, MOST_TRIES)).fetchone()
    if row is None:
        return None
    customer, mark, kept = row
    if not compare_digest(bytes(kept), code_digest(key, known_by, code)) or not customer:
        return None
    db.execute("DELETE FROM customers_account_code WHERE asking = %s", (known_by,))
    return Right(customer, mark)


def _account(mark: str) -> str:
    return f"customer:{mark}"


def forget_old(db: Connection, now: datetime) -> int:
    """Take away codes that are good for nothing any more."""
    return db.execute("DELETE FROM customers_account_code WHERE expires_at <= %s", (now,)).rowcount


def name_of(asking: str) -> str:
    """By which a code is known where the cookie must not be."""
    return digest(asking).hex()[:24]
