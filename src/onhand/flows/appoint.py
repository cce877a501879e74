"""People are given their posts, and machines their keys: a role of the house, at sites of the house."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from onhand.access import keys, people
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.orders.queries import channels_by_code
from onhand.places.queries import sites_by_code

MOST_SITES = 200
_KEY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


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
    """Make an account with its first post; returns the password, which cannot be had again."""
    return _no_such_sites(db, sites) or people.admit(
        db, name, role, full_name=full_name, email=email, password=password, sites=sites, actor=actor, now=now
    )


def give_post(
    db: Connection, name: str, role: str, sites: Sequence[str] = (), *, actor: str, now: datetime
) -> Refused | None:
    """Give somebody a role, at sites or (none named) everywhere."""
    return _no_such_sites(db, sites) or people.give_post(db, name, role, sites, actor=actor, now=now)


class NewKey(msgspec.Struct, frozen=True):
    """A key somebody wants made: what it may do, where, through which channels, how often, until when.

    None named of ``sites`` or ``channels`` means all; 0 for ``per_second`` as often as it likes.
    """

    name: str
    scopes: list[str]
    sites: list[str] = []
    channels: list[str] = []
    per_second: int = 0
    expires_at: datetime | None = None


def make_key(db: Connection, wanted: NewKey, *, actor: str, now: datetime) -> str | Refused:
    """Make a key; returns its text, which cannot be had again."""
    if not _KEY_NAME.fullmatch(wanted.name):
        detail = f"{wanted.name!r} is no name of a key: letters, digits and . _ -, at most 64 of them."
        return Refused("bad_name", detail, "name")
    unknown = keys.unknown_scopes(wanted.scopes)
    if unknown or not wanted.scopes:
        detail = f"No key can have {unknown[0]!r}." if unknown else "A key must be good for something; name a scope."
        return Refused("unknown_scope", detail, "scopes")
    if wanted.expires_at is not None and wanted.expires_at <= now:
        return Refused("bad_expiry", "A key ends in the future, or (left empty) never.", "expires_at")
    known = channels_by_code(db, wanted.channels)
    missing = [each for each in wanted.channels if each not in known]
    if missing:
        return Refused("unknown_channel", f"There is no channel {missing[0]!r}.", "channels")
    return _no_such_sites(db, wanted.sites) or keys.create(
        db,
        wanted.name,
        wanted.scopes,
        wanted.per_second,
        sites=wanted.sites,
        channels=wanted.channels,
        expires_at=wanted.expires_at,
        actor=actor,
    )


def _no_such_sites(db: Connection, sites: Sequence[str]) -> Refused | None:
    if len(sites) > MOST_SITES:
        detail = f"A post is held at up to {MOST_SITES} sites; name fewer, or none for all of them."
        return Refused("bad_size", detail, "sites")
    known = sites_by_code(db, sites)
    missing = [each for each in sites if each not in known]
    if not missing:
        return None
    return Refused("unknown_site", f"There is no site {missing[0]!r}; `onhand export sites` lists them.", "sites")
