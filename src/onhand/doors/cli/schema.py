"""Bring the database's tables up to date."""

from __future__ import annotations

import os

from onhand.core.database import connect

# Any number that nothing else locks: two processes that start together take turns.
_TURN = 7_234_811


def migrate(url: str) -> None:
    """Apply every migration not yet applied; safe to call from several processes at once."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onhand.doors.web.settings")
    import django
    from django.core.management import call_command

    django.setup()
    with connect(url, autocommit=True) as turn:
        turn.execute("SET lock_timeout = '120s'")
        turn.execute("SET statement_timeout = '120s'")
        turn.execute("SELECT pg_advisory_lock(%s)", (_TURN,))
        call_command("migrate", verbosity=0, interactive=False)
