"""Codes sent by e-mail: six digits, good once, for ten minutes, in the browser that asked for them.

That a code holds only beside the cookie it was asked with leaves nobody else anything to guess at; the tries of each
are counted in the row, and those for an address in ``access/signin/guessing`` besides.

**Asking is bounded, and nobody is locked out by others' asking.** Three things pull apart: a mailbox must not be
filled by whoever types its address; a six-digit code must not be tried from everywhere at once; and its owner, perhaps
in a browser never seen before, must get in all the same. So, in turn (``may_ask``):

* A browser in which the address was signed in with before has an allowance of its own, which no stranger touches.
* Every source has its own: who asks too often from one place waits, and only they.
* All strangers together have one for each address. When it is used up nobody is refused: whoever asks then gets no
  code of their own, but shares one (``share``). It is mailed once in a while, however many ask, so the mailbox gets a
  handful of letters an hour at most; and it has twelve digits, so that even all the browsers that share it guess in
  vain.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from hmac import compare_digest
from typing import Literal, NamedTuple

from onhand.access.signin import guessing
from onhand.access.signin.guessing import Source
from onhand.core.database import Connection, statement
from onhand.customers.account.rules import (
    CODE_LIVES,
    DIGITS,
    LEAST_LEFT,
    MOST_TRIES,
    SHARED_DIGITS,
    Purpose,
    code_digest,
    digest,
)


class Made(NamedTuple):
    """A code that was made: what the browser's cookie holds, and what the letter says; nothing where none need go."""

    asking: str
    code: str


class Asker(NamedTuple):
    """From where a code is asked for: a network address; a browser, and which addresses it signed in with before.

    ``known`` names these as ``known_as`` does.
    """

    address: str
    browser: str = ""
    known: frozenset[str] = frozenset()


# What comes of asking: a code of one's own, one that is shared, or none for now.
Turn = Literal["own", "shared", "none"]


class Right(NamedTuple):
    """A code was right: whose it was."""

    customer: str
    mark: str


def may_ask(db: Connection, mark: str, asker: Asker, now: datetime) -> Turn:
    """Take a turn at having a code sent: of a browser that is known, else of a source, and then of all strangers."""
    account, here = _account(mark), [Source("address", asker.address)]
    if known_as(mark) in asker.known:
        of_its_own = guessing.take(db, "customer.ask", account, [Source("browser", asker.browser)], now)
        if of_its_own:
            return "own"
    if not guessing.take(db, "customer.asks", "customers", here, now):
        return "none"
    if not guessing.take(db, "customer.ask", account, here, now):
        return "none"
    return "own" if guessing.take(db, "customer.ask", account, [Source("")], now) else "shared"


def may_ask_again(db: Connection, mark: str, session: int, now: datetime) -> bool:
    """Take a turn at having a code sent to somebody who is signed in: their session's own."""
    return guessing.take(db, "customer.ask", _account(mark), [Source("browser", f"session {session}")], now)


def known_as(mark: str) -> str:
    """As what a browser remembers that it signed in with an address."""
    return digest(mark).hex()[:24]


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
    asking, code = secrets.token_urlsafe(24), _digits(DIGITS)
    known_by = digest(asking)
    row = (known_by, purpose, customer, mark, code_digest(key, known_by, code), now, now + CODE_LIVES, False)
    db.execute(statement("customers.account", "make_code"), row)
    return Made(asking, code)


def share(db: Connection, customer: str, mark: str, *, key: bytes, now: datetime) -> Made:
    """Let one more browser sign in by the code that was sent to an address last for all who share it; or make one.

    Only a new one has anything to be sent. What it says is kept nowhere: that it is the same is known by its digest.
    """
    asking = secrets.token_urlsafe(24)
    # Two who ask at once would have two letters sent.
    db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"customers.account.share/{mark}",))
    found = db.execute(statement("customers.account", "shared_code"), (mark, now + LEAST_LEFT)).fetchone()
    code = "" if found else _digits(SHARED_DIGITS)
    kept, until = found or (code_digest(key, _under(mark), code), now + CODE_LIVES)
    row = (digest(asking), "sign-in", customer, mark, kept, now, until, True)
    db.execute(statement("customers.account", "make_code"), row)
    return Made(asking, code)


def _digits(many: int) -> str:
    return f"{secrets.randbelow(10**many):0{many}}"


def _under(mark: str) -> bytes:
    """What the digest of a shared code is made under, in the place of one browser's cookie."""
    return digest(f"shared/{mark}")


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
    customer, mark, kept, shared = row
    under = _under(mark) if shared else known_by
    if not compare_digest(bytes(kept), code_digest(key, under, code)) or not customer:
        return None
    # Good once, in however many browsers it holds.
    db.execute("DELETE FROM customers_account_code WHERE mark = %s AND digest = %s", (mark, bytes(kept)))
    return Right(customer, mark)


def _account(mark: str) -> str:
    return f"customer:{mark}"


def forget_old(db: Connection, now: datetime) -> int:
    """Take away codes that are good for nothing any more."""
    return db.execute("DELETE FROM customers_account_code WHERE expires_at <= %s", (now,)).rowcount


def name_of(asking: str) -> str:
    """By which a code is known where the cookie must not be."""
    return digest(asking).hex()[:24]
