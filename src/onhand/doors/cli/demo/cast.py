"""An account for each persona, so that one can look at the shop with anybody's eyes."""

from __future__ import annotations

import secrets

from onhand.access.people import number_of
from onhand.access.roles import OUTSIDE, ROLES
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.flows.appoint import admit

OWNER = "demo"
# Whose work is at a site has their role there, where the shop has one of the kind.
AT_A_STORE = ("store_associate", "store_manager")
AT_A_WAREHOUSE = ("warehouse_operator", "warehouse_manager")


def cast(db: Connection) -> str | None:
    """Make the accounts that are missing, under one password, and return it; None when nothing was missing."""
    names = {OWNER: "owner", **{role: role for role in ROLES if role not in OUTSIDE | {"owner"}}}
    missing = {name: role for name, role in names.items() if number_of(db, name) is None}
    if not missing:
        return None
    password = secrets.token_urlsafe(9)
    for name, role in missing.items():
        full_name = role.replace("_", " ").capitalize()
        made: str | Refused = admit(
            db, name, role, full_name=full_name, password=password, sites=_sites(db, role), actor="system"
        )
        if refused(made):
            raise AssertionError(made.detail)
    return password


def _sites(db: Connection, role: str) -> list[str]:
    kind = "store" if role in AT_A_STORE else "warehouse" if role in AT_A_WAREHOUSE else ""
    row = db.execute("SELECT code FROM places_site WHERE kind = %s AND active ORDER BY code LIMIT 1", [kind]).fetchone()
    return [row[0]] if row else []
