"""How roles are changed: what is granted and withdrawn, roles of one's own; and that a master is left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Rollback

from onhand.access.permissions import PERMISSIONS
from onhand.access.roles import NAME, OUTSIDE, ROLES, Role, in_force
from onhand.core import events
from onhand.core.batch import take_turns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused

MOST_ROLES = 100
LONGEST_TITLE = 60


class RoleView(msgspec.Struct, frozen=True):
    """A role as it is listed: what is in force, and how many people hold it."""

    role: Role
    people: int


def take_turn(db: Connection) -> None:
    """Wait until other changes of people and roles are committed: two at once could each take away the last master."""
    take_turns(db, "access")


def roles(db: Connection) -> list[RoleView]:
    """Every role: those that came with the house, then those that were made; with how many hold each."""
    changed = {row[0]: row for row in db.execute(statement("access", "roles"))}
    held: dict[str, int] = dict(db.execute(statement("access", "holders")).fetchall())
    names = [*ROLES, *sorted(changed.keys() - ROLES.keys())]
    return [RoleView(_role(name, changed.get(name)), held.get(name, 0)) for name in names]


def roles_known(db: Connection) -> list[str]:
    """The names of all roles."""
    return [each.role.name for each in roles(db)]


def role(db: Connection, name: str) -> Role | None:
    """One role as it is in force; None where there is none of this name."""
    return next((each.role for each in roles(db) if each.role.name == name), None)


def change_role(
    db: Connection,
    name: str,
    permissions: Collection[str],
    *,
    actor: str,
    now: datetime,
    title: str = "",
    second_factor: bool | None = None,
) -> Role | Refused:
    """Let a role allow exactly these permissions. A name that is not known makes a role, which needs a title."""
    take_turn(db)
    was = role(db, name)
    wrong = _wrong(db, name, permissions, title, was, actor)
    if wrong:
        return wrong
    nature = ROLES.get(name, frozenset())
    facts: dict[str, Any] = {
        "name": name,
        "title": "" if name in ROLES else title.strip(),
        "granted": sorted(set(permissions) - nature),
        "withdrawn": sorted(nature - set(permissions)),
        "second_factor": second_factor,
        "at": now,
        "by": actor,
    }
    with db.transaction() as attempt:
        db.execute(statement("access", "save_role"), facts)
        alone = masterless(db)
        if alone:
            raise Rollback(attempt)
    if alone:
        return alone
    became = role(db, name)
    assert became is not None  # noqa: S101 - it was saved just now
    _tell(db, name, was, became, actor, now)
    return became


def end_role(db: Connection, name: str, *, actor: str, now: datetime) -> Refused | None:
    """Give up a role somebody made; one that came with the house is put back to what it was by nature."""
    take_turn(db)
    was = role(db, name)
    if was is None:
        return Refused("unknown_role", f"There is no role {name!r}.", "name")
    if _holds(db, actor, name):
        return _your_own(name)
    held = db.execute("SELECT count(*) FROM access_post WHERE role = %s", [name]).fetchone()
    if name not in ROLES and held and held[0]:
        return Refused("role_held", f"{held[0]} people have this role; give them another one first.", "name")
    db.execute("DELETE FROM access_role WHERE name = %s", [name])
    _tell(db, name, was, role(db, name), actor, now)
    return None


def _role(name: str, row: Any) -> Role:
    if row is None:
        return in_force(name)
    _name, title, granted, withdrawn, second_factor, by = row
    return in_force(name, granted, withdrawn, title=title, second_factor=second_factor, changed_by=by)


def _wrong(
    db: Connection, name: str, permissions: Collection[str], title: str, was: Role | None, actor: str
) -> Refused | None:
    unknown = sorted(set(permissions) - PERMISSIONS.keys())
    if unknown:
        return Refused("unknown_permission", f"There is no permission {unknown[0]!r}.", "permissions")
    if name in OUTSIDE:
        detail = "Suppliers and customers see what is theirs; more than that is for people of the house."
        return Refused("outside", detail, "name")
    if was is not None:
        return _your_own(name) if _holds(db, actor, name) else None
    if not NAME.fullmatch(name):
        detail = f"{name!r} is no name of a role: small letters, digits and _, 2 to 40 of them, a letter first."
        return Refused("bad_name", detail, "name")
    if not 0 < len(title.strip()) <= LONGEST_TITLE:
        return Refused("bad_title", f"A role needs a title of 1 to {LONGEST_TITLE} characters.", "title")
    if len(roles(db)) >= MOST_ROLES:
        return Refused("too_many_roles", f"There may be {MOST_ROLES} roles; give up one first.", "name")
    return None


def _holds(db: Connection, actor: str, name: str) -> bool:
    """Whether somebody has the role they are about to change."""
    found = db.execute(
        "SELECT FROM access_person AS person LEFT JOIN access_post AS post ON post.person_id = person.id"
        " WHERE 'person/' || person.username = %s AND coalesce(post.role, person.role) = %s",
        [actor, name],
    )
    return found.fetchone() is not None


def _your_own(name: str) -> Refused:
    return Refused("your_own", f"You have the role {name!r} yourself; somebody who has not must change it.", "name")


def masterless(db: Connection, apart: str = "") -> Refused | None:
    """Why things cannot be left as they are now, when nobody (apart from one) may change roles. Undo them then."""
    masters = [each.role.name for each in roles(db) if "do.roles" in each.role.permissions]
    people, left = db.execute(statement("access", "masters"), {"roles": masters, "apart": apart}).fetchone() or (0, 0)
    if people and not left:
        return Refused("last_master", "Nobody would be left who may change roles; give that to somebody else first.")
    return None


def _tell(db: Connection, name: str, was: Role | None, became: Role | None, actor: str, now: datetime) -> None:
    before, after = ((sorted(each.permissions) if each else None) for each in (was, became))
    data = {
        "before": before,
        "after": after,
        "granted": sorted(set(after or ()) - set(before or ())),
        "withdrawn": sorted(set(before or ()) - set(after or ())),
        "second_factor": became.second_factor if became else None,
    }
    events.record(db, [events.fact("role.changed", f"role/{name}", actor, data)], now)
