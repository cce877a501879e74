"""What the application's account may do in the database, as far as there is one.

Tables belong to the account that makes them (``onhand migrate``). What serves may come in by another one, called
``onhand_app``: it writes what the house writes, makes tables only where sheets are read in, and of what is on record
for good it may not change a row. Who runs with one account for everything has one lock less; ``onhand serve
--production`` says so.
"""

from __future__ import annotations

from typing import Final

from psycopg import sql

from onhand.core.database import Connection, statement

APPLICATION: Final = "onhand_app"
# Where the application makes tables of its own, and throws them away.
STAGING: Final = "staging"
# What it may only add to, and what it may only read. (The trail's entries are written by a trigger.)
ONLY_ADD: Final = ("access_audit_seal", "access_audit_archive", "stock_move")
ONLY_READ: Final = ("access_audit_entry", "access_audit_link", "access_audit_lane", "django_migrations")


def grant(db: Connection) -> bool:
    """Give the application's account its rights, once more or for the first time; False where there is no such account.

    To be called by the owner of the tables, after each change of them.
    """
    if db.execute("SELECT FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
        return False
    facts = {name: sql.Identifier(name) for name in (APPLICATION, STAGING)}
    only = {"only_add": _tables(db, ONLY_ADD), "only_read": _tables(db, ONLY_READ)}
    for part in statement("core", "grant_application").split(";\n\n"):
        db.execute(sql.SQL(part).format(**facts, **only))
    for (table,) in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [STAGING]).fetchall():
        db.execute(sql.SQL("ALTER TABLE {}.{} OWNER TO {}").format(*map(sql.Identifier, (STAGING, table, APPLICATION))))
    return True


def changes_the_record(db: Connection) -> bool:
    """Whether whoever is connected could change what is on record for good."""
    row = db.execute(
        "SELECT bool_or(has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE')"
        " OR pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE relname = ANY(%s) AND relkind IN ('r', 'p')",
        [list(ONLY_READ + ONLY_ADD)],
    ).fetchone()
    return bool(row and row[0])


def _tables(db: Connection, names: tuple[str, ...]) -> sql.Composable:
    """Those of these tables that are there, with the parts they are kept in."""
    rows = db.execute(statement("core", "tables_and_parts"), [list(names), list(names)]).fetchall()
    return sql.SQL(", ").join(sql.Identifier("public", name) for (name,) in rows)
