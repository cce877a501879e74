"""Sessions of customers: begun, found by their cookie, listed, ended."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import NamedTuple

from onhand.core.database import Connection, statement
from onhand.core.events import fact, record
from onhand.customers.account.rules import BETWEEN_TOUCHES, Lifetimes, Way, digest

MOST_LISTED = 50
LONGEST_BROWSER = 300


class Signed(NamedTuple):
    """Who is signed in: by which session, and the codes of all customers with their address, the first one first."""

    session: int
    mark: str
    customers: tuple[str, ...]


class Session(NamedTuple):
    """A browser a customer is signed in with."""

    id: int
    way: str
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str


def begin(db: Connection, customer: str, mark: str, way: Way, *, address: str, browser: str, now: datetime) -> str:
    """Begin a session; what its cookie holds."""
    token = secrets.token_urlsafe(32)
    facts = (digest(token), customer, mark, way, now, now, address, browser[:LONGEST_BROWSER])
    (number,) = db.execute(statement("customers.account", "begin_session"), facts).fetchone() or (0,)
    told = {"way": way, "session": number}
    record(db, [fact("visit.begun", f"customer/{customer}", f"customer/{customer}", told)], now)
    return token


def find(db: Connection, token: str, lifetimes: Lifetimes, now: datetime, *, touch: bool) -> Signed | None:
    """Whose session a cookie stands for; None when it has ended, or nobody has that address any more.

    ``touch``: somebody is there, and the session lives on from now; a page that looks for news by itself is nobody.
    """
    row = db.execute(statement("customers.account", "find_session"), (digest(token),)).fetchone()
    if row is None:
        return None
    number, mark, began, seen, customers = row
    if not customers or lifetimes.ended(began, seen, now):
        return None
    if touch and now - seen > BETWEEN_TOUCHES:
        db.execute("UPDATE customers_account_session SET seen_at = %s WHERE id = %s", (now, number))
    return Signed(number, mark, tuple(customers))


def of(db: Connection, mark: str, lifetimes: Lifetimes, now: datetime) -> list[Session]:
    """The sessions under an address that have not ended, latest first."""
    facts = (mark, now - lifetimes.idle, now - lifetimes.longest, MOST_LISTED)
    return [Session(*row) for row in db.execute(statement("customers.account", "sessions_of"), facts)]


def end(
    db: Connection, mark: str, *, actor: str, now: datetime, only: int | None = None, spare: int | None = None
) -> int:
    """End the sessions under an address: all, or ``only`` one, or all but the one to ``spare``; how many."""
    facts = {"mark": mark, "only": only, "spare": spare}
    ended = db.execute(statement("customers.account", "end_sessions"), facts).fetchall()
    told = [fact("visit.ended", f"customer/{each}", actor, {"session": number}) for number, each in ended]
    record(db, told, now)
    return len(ended)


def forget_left(db: Connection, now: datetime) -> int:
    """Take away sessions under addresses that no customer has any more; that they ended is told. How many.

    They found nobody already. But should a customer get that address back, whoever had it meanwhile must prove it anew.
    """
    rows = db.execute(statement("customers.account", "forget_left_sessions")).fetchall()
    told = [fact("visit.ended", f"customer/{each}", "system", {"session": number}) for number, each in rows]
    record(db, told, now)
    return len(rows)


def forget_old(db: Connection, lifetimes: Lifetimes, now: datetime) -> int:
    """Take away sessions that have ended by themselves."""
    return db.execute(
        "DELETE FROM customers_account_session WHERE seen_at <= %s OR began_at <= %s",
        (now - lifetimes.idle, now - lifetimes.longest),
    ).rowcount
