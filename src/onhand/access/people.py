"""People's accounts and their posts: made by whoever runs the system, or by another person who may."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from psycopg import Rollback

from onhand.access.changing import masterless, roles_known, take_turn
from onhand.access.posts import posts_of
from onhand.access.signin import first_passwords, sessions
from onhand.core import events
from onhand.core.clock import utc_now
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused, refused

LEAST_PASSWORD = 8
_NAME = re.compile(r"[\w.@+-]{1,150}")

_SAVE = """
INSERT INTO access_person (username, email, first_name, last_name, password, role, is_active, is_staff, is_superuser,
                           date_joined, language, time_zone, theme)
VALUES (%(name)s, %(email)s, %(full)s, '', %(password)s, %(role)s, true, false, false, now(), '', '', '')
ON CONFLICT (username) DO NOTHING
RETURNING id
"""
_GIVE = """
INSERT INTO access_post (person_id, role, sites, since, given_by) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (person_id, role) DO UPDATE SET sites = EXCLUDED.sites, since = EXCLUDED.since, given_by = EXCLUDED.given_by
"""
_FIRST_POST = """
UPDATE access_person SET role = coalesce(
    (SELECT post.role FROM access_post AS post WHERE post.person_id = access_person.id ORDER BY post.id LIMIT 1), '')
WHERE id = %(person)s
  AND NOT EXISTS (SELECT FROM access_post AS post WHERE post.person_id = %(person)s AND post.role = access_person.role)
"""


def admit(
    db: Connection,
    name: str,
    role: str,
    *,
    full_name: str = "",
    email: str = "",
    password: str = "",
    sites: Sequence[str] = (),
    actor: str = "system",
    now: datetime | None = None,
) -> str | Refused:
    """Make an account and return its password, which is made up when none is given and cannot be had again."""
    if not _NAME.fullmatch(name):
        return Refused("bad_name", f"{name!r} is no name: letters, digits and . _ - @ +, at most 150 of them.", "name")
    poor = _poor(password)
    if poor:
        return poor
    take_turn(db)
    wrong = _no_such_role(db, role)
    if wrong:
        return wrong
    made_up = not password
    password = password or secrets.token_urlsafe(9)
    facts = {"name": name, "email": email, "full": full_name, "password": make_password(password), "role": role}
    row = db.execute(_SAVE, facts).fetchone()
    if row is None:
        return Refused("name_taken", f"Somebody is called {name!r} here already; choose another name.", "name")
    at = now or utc_now()
    db.execute(_GIVE, [row[0], role, list(sites), at, actor])
    if made_up:
        first_passwords.lend(db, row[0], at)
    _tell(db, "person.admitted", name, actor, at, role=role, sites=list(sites))
    return password


def number_of(db: Connection, name: str) -> int | None:
    """The number of somebody's account; None where nobody is called so."""
    found = db.execute("SELECT id FROM access_person WHERE username = %s", [name]).fetchone()
    return None if found is None else int(found[0])


def set_password(db: Connection, name: str, password: str = "", *, actor: str = "system") -> str | Refused:
    """Give an account another password; returns it. Sessions made before it end; made up, it is for the first time."""
    poor = _poor(password)
    if poor:
        return poor
    made_up = not password
    password = password or secrets.token_urlsafe(9)
    found = db.execute(
        "UPDATE access_person SET password = %s WHERE username = %s RETURNING id", (make_password(password), name)
    ).fetchone()
    if not found:
        return _unknown(name)
    now = utc_now()
    if made_up:
        first_passwords.lend(db, found[0], now)
    else:
        first_passwords.own(db, found[0])
    _tell(db, "person.password_set", name, actor, now)
    sessions.end(db, found[0], actor=actor, reason="new password", now=now)
    return password


def give_post(
    db: Connection, name: str, role: str, sites: Sequence[str] = (), *, actor: str, now: datetime
) -> Refused | None:
    """Give somebody a role, at sites or (none named) everywhere; one they have is held there from now on."""
    take_turn(db)
    person = _person(db, name, actor)
    if refused(person):
        return person
    wrong = _no_such_role(db, role)
    if wrong:
        return wrong
    before = msgspec.to_builtins(posts_of(db, person))
    _keep_what_was(db, person)
    db.execute(_GIVE, [person, role, sorted(set(sites)), now, actor])
    db.execute(_FIRST_POST, {"person": person})
    _changed(db, person, name, before, actor, now)
    return None


def end_post(db: Connection, name: str, role: str, *, actor: str, now: datetime) -> Refused | None:
    """Take a role from somebody."""
    take_turn(db)
    person = _person(db, name, actor)
    if refused(person):
        return person
    before = msgspec.to_builtins(posts_of(db, person))
    _keep_what_was(db, person)
    with db.transaction() as attempt:
        ended = db.execute("DELETE FROM access_post WHERE person_id = %s AND role = %s", [person, role]).rowcount
        db.execute(_FIRST_POST, {"person": person})
        alone = masterless(db)
        if alone:
            raise Rollback(attempt)
    if alone or not ended:
        return alone or Refused("no_such_post", f"{name} does not have the role {role!r}.", "role")
    _changed(db, person, name, before, actor, now)
    return None


def let_in(db: Connection, name: str, *, allowed: bool, actor: str, now: datetime) -> Refused | None:
    """Let somebody sign in again, or no longer; who is signed in is out at once."""
    take_turn(db)
    person = _person(db, name, actor)
    if refused(person):
        return person
    with db.transaction() as attempt:
        changed = db.execute(
            "UPDATE access_person SET is_active = %(allowed)s WHERE id = %(person)s AND is_active <> %(allowed)s",
            {"allowed": allowed, "person": person},
        ).rowcount
        alone = masterless(db)
        if alone:
            raise Rollback(attempt)
    if changed and not alone:
        _tell(db, "person.enabled" if allowed else "person.disabled", name, actor, now)
        if not allowed:
            sessions.end(db, person, actor=actor, reason="disabled", now=now)
    return alone


def _poor(password: str) -> Refused | None:
    """What is wrong with a password that is given: it is held to what people are who choose one; none given is well."""
    if not password:
        return None
    if len(password) < LEAST_PASSWORD:
        return Refused(
            "bad_password", f"A password has at least {LEAST_PASSWORD} characters; choose another.", "password"
        )
    try:
        validate_password(password)
    except ValidationError as fault:
        return Refused("bad_password", f"{' '.join(map(str, fault.messages))} Choose another.", "password")
    return None


def _person(db: Connection, name: str, actor: str) -> int | Refused:
    """Whose account it is. Nobody changes their own standing: what they lack, somebody else must give them."""
    if actor == f"person/{name}":
        detail = "Nobody changes their own roles, or shuts themselves out; ask another administrator."
        return Refused("your_own", detail, "name")
    found = db.execute("SELECT id FROM access_person WHERE username = %s FOR UPDATE", [name]).fetchone()
    return _unknown(name) if found is None else int(found[0])


def _keep_what_was(db: Connection, person: int) -> None:
    """A role that stands in the account alone (of an earlier version) becomes a post before posts are changed."""
    db.execute(statement("access", "first_post"), {"person": person})


def _changed(db: Connection, person: int, name: str, before: Any, actor: str, now: datetime) -> None:
    after = msgspec.to_builtins(posts_of(db, person))
    if before != after:
        _tell(db, "person.posts_changed", name, actor, now, before=before, after=after)


def _tell(db: Connection, kind: str, name: str, actor: str, now: datetime, **data: Any) -> None:
    events.record(db, [events.fact(kind, f"person/{name}", actor, data)], now)


def _no_such_role(db: Connection, role: str) -> Refused | None:
    known = roles_known(db)
    if role in known:
        return None
    return Refused("unknown_role", f"There is no role {role!r}; there are {', '.join(known)}.", "role")


def _unknown(name: str) -> Refused:
    return Refused("unknown_person", f"Nobody is called {name!r} here.", "name")
