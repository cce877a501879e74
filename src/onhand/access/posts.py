"""Who has which role where: the posts of people, what they allow, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from onhand.access.permissions import PERMISSIONS, Permission, Post
from onhand.access.roles import Role, in_force
from onhand.core.database import Connection, statement

POSTS = statement("access", "posts")


class Held(NamedTuple):
    """A row of ``POSTS``: where a role is held, and what was changed about the role."""

    role: str
    sites: list[str]
    granted: list[str]
    withdrawn: list[str]
    since: datetime
    given_by: str
    changed_by: str
    second_factor: bool | None

    @property
    def in_force(self) -> Role:
        """The role with its changes."""
        return in_force(self.role, self.granted, self.withdrawn, second_factor=self.second_factor)

    @property
    def post(self) -> Post:
        """What it allows, and where."""
        return Post(self.role, self.sites, self.in_force.permissions)


class PostView(msgspec.Struct, frozen=True):
    """A post as it is shown: the role, where it is held, since when, and who gave it."""

    role: str
    sites: list[str]
    since: datetime
    given_by: str


class Reason(NamedTuple):
    """Why somebody may do something: by which role, at which sites (none: everywhere), and how the role came to it.

    ``how``: ``nature`` for a role as it comes, ``granted`` where somebody added the permission (``by``).
    """

    role: str
    sites: tuple[str, ...]
    since: datetime
    given_by: str
    how: str
    by: str = ""


class Answer(NamedTuple):
    """What somebody may do with one permission, and why; why not, when no role allows it.

    ``withdrawn``: the roles of theirs that would allow it by nature, had nobody taken it away.
    """

    name: str
    permission: Permission
    reasons: tuple[Reason, ...]
    withdrawn: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        """Whether they may, somewhere at least."""
        return bool(self.reasons)

    @property
    def everywhere(self) -> bool:
        """Whether they may at every site."""
        return any(not each.sites for each in self.reasons)

    @property
    def sites(self) -> tuple[str, ...]:
        """Where they may, when it is not everywhere."""
        return () if self.everywhere else tuple(sorted({site for each in self.reasons for site in each.sites}))


def why(db: Connection, person: int) -> list[Answer]:
    """What a person may do and why, and what not: every permission there is, in the table's order."""
    rows = [Held(*row) for row in db.execute(POSTS, [person, person])]
    return [_answer(name, permission, rows) for name, permission in PERMISSIONS.items()]


def posts_of(db: Connection, person: int) -> list[PostView]:
    """The posts somebody holds, the first one first."""
    rows = [Held(*row) for row in db.execute(POSTS, [person, person])]
    return [PostView(row.role, row.sites, row.since, row.given_by) for row in rows]


def _answer(name: str, permission: Permission, rows: Sequence[Held]) -> Answer:
    reasons, withdrawn = [], []
    for row in rows:
        if name in row.in_force.permissions:
            sites = tuple(row.sites) if permission.sited else ()
            added = name in row.granted and name not in in_force(row.role).permissions
            how, by = ("granted", row.changed_by) if added else ("nature", "")
            reasons.append(Reason(row.role, sites, row.since, row.given_by, how, by))
        elif name in row.withdrawn:
            withdrawn.append(row.role)
    return Answer(name, permission, tuple(reasons), tuple(withdrawn))
