"""Devices that a shift shares, and the badges people sign in with on them.

A device shows a token that was given to it when somebody who may registered it; of the token only a digest is kept.
Whoever knows a badge, a short code and a PIN, but holds no such device, comes in nowhere with them.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.hashers import check_password, make_password
from psycopg.errors import UniqueViolation

from onhand.access.factors import FLOOR
from onhand.access.signin import guessing, rules, sessions
from onhand.access.signin.guessing import Source
from onhand.core.database import Connection, statement
from onhand.core.events import fact, record
from onhand.core.refusals import Refused

LONGEST_NAME = 60
MOST_DEVICES = 2000


class Device(NamedTuple):
    """A shared device as it is listed."""

    id: int
    name: str
    site: str
    registered_by: str
    registered_at: datetime
    last_used_at: datetime | None


class Holder(NamedTuple):
    """Somebody of the floor: their name, short code, whether they have a badge and a PIN, and where they work."""

    id: int
    name: str
    full_name: str
    code: str | None
    has_badge: bool
    has_pin: bool
    sites: list[str]


class SetBadge(NamedTuple):
    """A badge for somebody: the short code, what the badge says (empty: as before), and their PIN (the same)."""

    name: str
    code: str
    badge: str = ""
    pin: str = ""


def register(db: Connection, name: str, site: str, *, actor: str, now: datetime) -> str | Refused:
    """Register the device at hand; returns the token it is to show, which cannot be had again."""
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        return Refused("bad_device", f"A device needs a name of 1 to {LONGEST_NAME} characters.", "name")
    (many,) = db.execute("SELECT count(*) FROM access_signin_device WHERE ended_at IS NULL").fetchone() or (0,)
    if many >= MOST_DEVICES:
        return Refused("too_many_devices", f"There are {MOST_DEVICES} shared devices; take one off first.")
    token = secrets.token_urlsafe(32)
    row = db.execute(
        "INSERT INTO access_signin_device (name, site, digest, registered_by, registered_at)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING id",
        (name.strip(), site, _digest(token), actor, now),
    ).fetchone()
    assert row is not None  # noqa: S101 - an INSERT without a condition has one row
    record(db, [fact("device.registered", f"device/{row[0]}", actor, {"name": name.strip(), "site": site})], now)
    return token


def find(db: Connection, token: str, now: datetime) -> Device | None:
    """The device that shows this token, unless it was taken off."""
    row = db.execute(
        "UPDATE access_signin_device SET last_used_at = %s WHERE digest = %s AND ended_at IS NULL"
        " RETURNING id, name, site, registered_by, registered_at, last_used_at",
        (now, _digest(token)),
    ).fetchone()
    return Device(*row) if row else None


def listed(db: Connection, sites: Collection[str] | None) -> list[Device]:
    """The shared devices at these sites (None: at all), the latest first."""
    rows = db.execute(
        "SELECT id, name, site, registered_by, registered_at, last_used_at FROM access_signin_device"
        " WHERE ended_at IS NULL AND (%(all)s OR site = ANY(%(sites)s::text[])) ORDER BY id DESC LIMIT 500",
        {"all": sites is None, "sites": list(sites or ())},
    )
    return [Device(*row) for row in rows]


def end(db: Connection, device: int, *, actor: str, now: datetime) -> Refused | None:
    """Take a device off: it opens nothing more, and whoever is signed in on it is out."""
    row = db.execute(
        "UPDATE access_signin_device SET ended_at = %s WHERE id = %s AND ended_at IS NULL RETURNING name, site",
        (now, device),
    ).fetchone()
    if row is None:
        return Refused("unknown_device", "This device is not registered, or was taken off already.")
    open_there = db.execute(
        "SELECT user_id, id FROM usersessions_usersession WHERE data->>'device' = %s ORDER BY id", (str(device),)
    ).fetchall()
    for person, session in open_there:
        sessions.end(db, person, actor=actor, reason="its device was taken off", now=now, only=session)
    record(db, [fact("device.ended", f"device/{device}", actor, {"name": row[0], "site": row[1]})], now)
    return None


def holders(db: Connection, sites: Collection[str] | None, words: str = "") -> list[Holder]:
    """Who works on the floor of these sites (None: of all), the first two hundred of these words."""
    facts = {"floor": sorted(FLOOR), "all": sites is None, "sites": list(sites or ()), "words": words}
    return [Holder(*row) for row in db.execute(statement("access.signin", "holders"), facts)]


def holder(db: Connection, name: str, sites: Collection[str] | None) -> Holder | None:
    """One of them."""
    return next((each for each in holders(db, sites, name) if each.name == name), None)


def set_badge(db: Connection, wanted: SetBadge, *, actor: str, now: datetime) -> Refused | None:
    """Give somebody of the floor a short code, a badge, a PIN. With a PIN of theirs, they may try again at once."""
    found = holder(db, wanted.name, None)
    if found is None:
        return Refused(
            "not_of_the_floor", f"{wanted.name} does not work on the floor: badges are for who does.", "name"
        )
    wrong = rules.wrong_code(wanted.code)
    if wrong is None and wanted.badge:
        wrong = rules.wrong_badge(wanted.badge)
    if wrong is None and (wanted.pin or not found.has_pin):
        wrong = rules.wrong_pin(wanted.pin, wanted.code)
    if wrong is not None:
        return wrong
    facts = {
        "person": found.id,
        "code": wanted.code,
        "badge": _digest(f"badge:{wanted.badge}") if wanted.badge else None,
        "pin": make_password(wanted.pin) if wanted.pin else None,
        "now": now,
    }
    try:
        with db.transaction():
            db.execute(statement("access.signin", "set_badge"), facts)
    except UniqueViolation as fault:
        field = "badge" if "digest" in str(fault.diag.constraint_name) else "code"
        return Refused("code_taken", "Somebody else has this already; choose another.", field)
    if wanted.pin:
        guessing.forget(db, "pin", f"person:{found.id}", Source(""))
    told = {"badge": bool(wanted.badge), "pin": bool(wanted.pin)}
    record(db, [fact("badge.set", f"person/{wanted.name}", actor, told)], now)
    return None


def remove_badge(db: Connection, name: str, *, actor: str, now: datetime) -> Refused | None:
    """Take badge, short code and PIN from somebody."""
    gone = db.execute(
        "DELETE FROM access_signin_badge USING access_person AS person"
        " WHERE person.id = person_id AND person.username = %s",
        (name,),
    ).rowcount
    if not gone:
        return Refused("no_badge", f"{name} has no badge.", "name")
    record(db, [fact("badge.removed", f"person/{name}", actor, {})], now)
    return None


def free_code(db: Connection) -> str:
    """A short code that nobody has."""
    while True:
        code = str(secrets.randbelow(90_000) + 10_000)
        if db.execute("SELECT FROM access_signin_badge WHERE code = %s", (code,)).fetchone() is None:
            return code


class Shown(NamedTuple):
    """Whose badge or short code was shown, and the PIN it takes; of one that nobody has, neither."""

    account: str
    person: int | None
    pin: str


def shown(db: Connection, typed: str) -> Shown:
    """Look up what was scanned or typed."""
    row = db.execute(
        "SELECT badge.person_id, badge.pin FROM access_signin_badge AS badge"
        " JOIN access_person AS person ON person.id = badge.person_id AND person.is_active"
        " WHERE badge.code = %s OR badge.digest = %s",
        (typed, _digest(f"badge:{typed}")),
    ).fetchone()
    return Shown(f"person:{row[0]}", *row) if row else Shown(f"nobody:{guessing.digest(typed)}", None, "")


def is_pin(found: Shown, pin: str) -> bool:
    """Whether the PIN is right; for a badge that nobody has it takes just as long to say no."""
    if not found.pin:
        make_password(pin)
        return False
    return check_password(pin, found.pin)


def _digest(text: str) -> bytes:
    from hashlib import sha256

    return sha256(text.encode()).digest()
