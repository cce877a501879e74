"""Guessing: how often a password, a code or a PIN may be tried before whoever tries has to wait.

Every try takes its turn before anything is compared, in a transaction of its own, so that no number of processes or
connections lets more tries through than are allowed. Tries are counted by account and source together: a wrong guess
in a shop locks nobody else out who shares its address. Besides, all sources nobody knows are counted together, so that
a thousand addresses get no more tries than one; a browser in which the person has signed in before is counted for
itself, so that strangers cannot lock a colleague out. Names nobody has are counted just the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import NamedTuple

from onhand.core.database import Connection, statement
from onhand.core.events import fact, record
from onhand.core.refusals import Refused

ALL_STRANGERS = ""


class Allowed(NamedTuple):
    """So many tries within so long, counted from the first."""

    most: int
    window: timedelta


class Source(NamedTuple):
    """Where tries come from: an address, a browser known from before, or (empty) all strangers together."""

    kind: str
    name: str = ""

    @property
    def text(self) -> str:
        """As it is kept."""
        if self.kind == "address":
            return f"address:{_network(self.name)}"
        return f"{self.kind}:{self.name}" if self.kind else ALL_STRANGERS


def _network(address: str) -> str:
    """What one household has: an IPv4 address, or of IPv6 the network of which it may use any address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    return found.ipv4_mapped.compressed if found.ipv4_mapped else str(ip_network((found, 64), strict=False))


# What each kind of try is allowed from each kind of source.
ALLOWED: dict[tuple[str, str], Allowed] = {
    ("password", "address"): Allowed(5, timedelta(minutes=15)),
    ("password", ""): Allowed(10, timedelta(minutes=15)),
    ("password", "browser"): Allowed(10, timedelta(minutes=15)),
    ("code", ""): Allowed(10, timedelta(hours=12)),
    ("pin", ""): Allowed(5, timedelta(hours=12)),
    ("pin", "device"): Allowed(40, timedelta(minutes=15)),
    # Customers: letters with a code, for one address and of one source for all addresses; and codes typed in.
    ("customer.ask", "address"): Allowed(5, timedelta(minutes=15)),
    # Beyond that nobody is refused: who asks then shares a code (``customers/account/codes``).
    ("customer.ask", ""): Allowed(10, timedelta(hours=1)),
    ("customer.ask", "browser"): Allowed(5, timedelta(hours=1)),
    ("customer.asks", "address"): Allowed(60, timedelta(minutes=15)),
    ("customer.code", "address"): Allowed(10, timedelta(minutes=15)),
    # A code holds in the browser that asked for it, for five tries: strangers have nothing of somebody's to use up.
    # But who tries many addresses in turn is stopped.
    ("customer.codes", "address"): Allowed(30, timedelta(minutes=15)),
    ("customer.passkey", "address"): Allowed(60, timedelta(minutes=15)),
}


def account_of(db: Connection, typed: str) -> str:
    """The account that is meant by what was typed, so that a name and an address of one person count together."""
    ids = [number for (number,) in db.execute(statement("access.signin", "ids_of"), {"typed": typed})]
    return f"person:{','.join(map(str, ids))}" if ids else f"nobody:{digest(typed.casefold())}"


def digest(text: str) -> str:
    """What is kept of a text that is not to be read again."""
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


def sources(address: str, browser: str = "") -> list[Source]:
    """What a try of a password counts against: the browser, if it is known, else its address and then all strangers."""
    return [Source("browser", browser)] if browser else [Source("address", address), Source("")]


def take(db: Connection, kind: str, account: str, tried_from: Sequence[Source], now: datetime) -> bool:
    """Take a turn; False when there is none left, and nothing may be compared.

    A try that is turned away at one source does not count against the next: somebody at one address who never stops
    does not use up the tries of all others. The first try too many is on record.
    """
    for source in tried_from:
        allowed = ALLOWED[kind, source.kind]
        facts = {"kind": kind, "account": account, "source": source.text, "now": now, "expired": now - allowed.window}
        (taken,) = db.execute(statement("access.signin", "take_turn"), facts).fetchone() or (0,)
        if taken > allowed.most:
            if taken == allowed.most + 1:
                told = {"what": kind, "from": source.kind or "anywhere", "tries": allowed.most}
                record(db, [fact("signin.locked", subject_of(db, account), "system", told)], now)
            return False
    return True


def count(db: Connection, kind: str, source: Source, allowed: Allowed, now: datetime) -> bool:
    """Take a turn at something anybody may do, only not without end; False when a source has had its turns.

    ``kind`` is none of those that open an account; the window is no longer than theirs.
    """
    facts = {"kind": kind, "account": "", "source": source.text, "now": now, "expired": now - allowed.window}
    (taken,) = db.execute(statement("access.signin", "take_turn"), facts).fetchone() or (0,)
    return bool(taken <= allowed.most)


def give_back(db: Connection, kind: str, account: str, tried_from: Sequence[Source]) -> None:
    """The try was right: it does not count. What strangers tried before it still does."""
    db.execute(
        "UPDATE access_signin_guess SET taken = taken - 1"
        " WHERE kind = %s AND account = %s AND source = ANY(%s::text[]) AND taken > 0",
        (kind, account, [source.text for source in tried_from]),
    )


def forget(db: Connection, kind: str, account: str, source: Source) -> None:
    """Begin to count anew: whoever gave the right answer has shown that the wrong ones were theirs."""
    db.execute(
        "DELETE FROM access_signin_guess WHERE kind = %s AND account = %s AND source = %s",
        (kind, account, source.text),
    )


class Lock(NamedTuple):
    """Somebody has to wait: who, with what, where from, after how many tries, until when."""

    name: str
    kind: str
    source: str
    tries: int
    until: datetime


def locks(db: Connection, now: datetime) -> list[Lock]:
    """Who is locked out now, latest first; the first two hundred."""
    rows = [(kind, f"{source}:%" if source else "", each) for (kind, source), each in ALLOWED.items()]
    facts = {
        "kinds": [kind for kind, _, _ in rows],
        "sources": [source for _, source, _ in rows],
        "most": [each.most for _, _, each in rows],
        "expired": [now - each.window for _, _, each in rows],
    }
    found = db.execute(statement("access.signin", "locks"), facts).fetchall()
    return [
        Lock(name, kind, source, taken, since + _window(kind, source)) for name, kind, source, taken, since in found
    ]


def _window(kind: str, source: str) -> timedelta:
    return ALLOWED[kind, source.partition(":")[0]].window


def lift(db: Connection, name: str, actor: str, now: datetime) -> int | Refused:
    """Let somebody try again at once, whatever was counted; how many counts there were."""
    row = db.execute("SELECT id FROM access_person WHERE username = %s", (name,)).fetchone()
    if row is None:
        return Refused("unknown_person", f"Nobody is called {name!r} here.", "name")
    gone = db.execute("DELETE FROM access_signin_guess WHERE account = %s", (f"person:{row[0]}",)).rowcount
    record(db, [fact("signin.unlocked", f"person/{name}", actor, {"counts": gone})], now)
    return gone


def subject_of(db: Connection, account: str) -> str:
    """Whom an event about an account is about; nobody is named whom there is not."""
    ids = account.removeprefix("person:")
    if account.startswith("person:") and ids.isdigit():
        row = db.execute("SELECT username FROM access_person WHERE id = %s", (int(ids),)).fetchone()
        if row:
            return f"person/{row[0]}"
    return "account/unknown"


def forget_old(db: Connection, now: datetime) -> int:
    """Take away counts that hold nobody back any more, and what processes kept for each other for a while."""
    longest = max(each.window for each in ALLOWED.values())
    gone = db.execute("DELETE FROM access_signin_guess WHERE since <= %s", (now - longest,)).rowcount
    return gone + db.execute("DELETE FROM access_signin_kept WHERE expires_at <= %s", (now,)).rowcount
