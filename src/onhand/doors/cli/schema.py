"""Whether the database's tables are those of this version, and bringing them there."""

from __future__ import annotations

import os
from functools import cache

from onhand.core.database import Connection, connect
from onhand.core.privileges import grant

# Any number that nothing else locks: two processes that start together take turns.
_TURN = 7_234_811


class MayNotMigrate(Exception):
    """The account may not change tables; the text says what to do."""


def introduce(url: str) -> None:
    """Tell Django which database is meant, before any page is drawn; what it was told before is forgotten."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onhand.doors.web.settings")
    import django

    django.setup()
    from django.db import connections

    from onhand.doors.web import settings

    connections["default"].close()
    connections["default"].settings_dict.update(settings.database(url))


def migrate(url: str) -> None:
    """Apply every migration not yet applied; safe to call from several processes at once.

    Where nothing is missing nothing is touched, so an account that may not create tables can start a process.
    """
    introduce(url)
    from django.core.management import call_command
    from django.db.migrations.exceptions import MigrationSchemaMissing
    from django.db.utils import ProgrammingError

    with connect(url, autocommit=True) as turn:
        turn.execute("SET lock_timeout = '120s'")
        turn.execute("SET statement_timeout = '120s'")
        turn.execute("SELECT pg_advisory_lock(%s)", (_TURN,))
        if lack := missing(turn):
            try:
                call_command("migrate", verbosity=0, interactive=False)
                grant(turn)
            except (MigrationSchemaMissing, ProgrammingError) as fault:
                raise MayNotMigrate(
                    f"The database lacks the migration {lack[0]}, and this account could not apply it"
                    f" ({str(fault).splitlines()[0]}): run `onhand migrate` as the owner of the tables."
                ) from fault


def missing(db: Connection) -> list[str]:
    """Migrations of this version which the database has not seen, such as ``stock.0002_append_only``."""
    (known,) = db.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone() or (False,)
    applied = {(app, name) for app, name in db.execute("SELECT app, name FROM django_migrations")} if known else set()
    return [f"{app}.{name}" for app, name in _ours() if (app, name) not in applied]


@cache
def _ours() -> list[tuple[str, str]]:
    from django.db.migrations.loader import MigrationLoader

    return sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or {})
