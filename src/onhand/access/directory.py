"""Who there is: people as they are listed, looked for and narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from onhand.access.permissions import Post, Standing, standing_of
from onhand.access.roles import in_force
from onhand.core.database import Connection, statement
from onhand.core.pages import Listing, Page


class Held(msgspec.Struct, frozen=True):
    """A role somebody holds, at sites or (none named) everywhere."""

    role: str
    sites: list[str]


class PersonView(msgspec.Struct, frozen=True):
    """Somebody with an account, as they are listed."""

    id: int
    name: str
    full_name: str
    active: bool
    last_sign_in: datetime | None
    since: datetime
    second_factor: bool
    posts: list[Held]


def _view(*row: Any) -> PersonView:
    facts = [*row[:-1], msgspec.convert(row[-1], list[Held])]
    return PersonView(*facts)


PEOPLE = Listing(
    "access",
    "people",
    tuple[str],
    "person.username > %(k0)s",
    _view,
    {
        "name": "person.username = %(name)s",
        "words": "(strpos(lower(person.username), lower(%(words)s)) > 0"
        " OR strpos(lower(person.first_name || ' ' || person.last_name), lower(%(words)s)) > 0)",
        "role": "(EXISTS (SELECT FROM access_post AS post WHERE post.person_id = person.id AND post.role = %(role)s)"
        " OR (person.role = %(role)s AND NOT EXISTS"
        " (SELECT FROM access_post AS post WHERE post.person_id = person.id)))",
        "active": "person.is_active = %(active)s",
    },
)


def people(
    db: Connection, *, words: str = "", role: str = "", after: str | None = None, most: int = 50
) -> Page[PersonView]:
    """People by their names: those whose name holds these words, who have this role."""
    page: Page[PersonView] = PEOPLE.page(db, {"words": words or None, "role": role or None}, after=after, most=most)
    return page


def person(db: Connection, name: str) -> PersonView | None:
    """Somebody, by the name they sign in with; None where nobody is called so."""
    return next(iter(PEOPLE.page(db, {"name": name}).items), None)


class Somebody(NamedTuple):
    """Somebody with an account in use: their language (empty: none said), their posts, and what these allow."""

    name: str
    language: str
    posts: tuple[Post, ...]
    standing: Standing


def everybody(db: Connection) -> list[Somebody]:
    """All who may sign in, by their names."""
    found: dict[str, tuple[str, list[Post]]] = {}
    for name, language, role, sites, granted, withdrawn in db.execute(statement("access", "everybody")):
        post = Post(role, tuple(sites), in_force(role, granted, withdrawn).permissions)
        found.setdefault(name, (language, []))[1].append(post)
    return [Somebody(name, language, tuple(posts), standing_of(posts)) for name, (language, posts) in found.items()]


def in_use(db: Connection, names: Iterable[str]) -> set[str]:
    """Those of these people who may sign in."""
    rows = db.execute(
        "SELECT username FROM access_person WHERE username = ANY(%s) AND is_active", (sorted(set(names)),)
    ).fetchall()
    return {name for (name,) in rows}


def mailboxes(db: Connection, names: Iterable[str]) -> dict[str, str]:
    """The e-mail addresses of these people, by the names they sign in with; of who may not sign in, none."""
    rows = db.execute(
        "SELECT username, email FROM access_person WHERE username = ANY(%s) AND is_active AND email <> ''",
        (sorted(set(names)),),
    )
    return dict(rows.fetchall())
