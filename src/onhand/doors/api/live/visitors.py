"""Who listens: a machine by its key, a person by the session of the pages.

``who`` is the one question; all that is known of sessions stands in ``person_of``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module

from litestar.types import Scope

from onhand.access import factors
from onhand.access.keys import Key, KeyRing
from onhand.access.permissions import NOBODY, Standing
from onhand.access.signin import sessions, tokens
from onhand.core.database import Connection
from onhand.doors.api.gate import key_of
from onhand.doors.api.questions import Questions
from onhand.doors.cookies import cookie

# One thread looks sessions up, so that one of Django's connections is enough.
_sessions = ThreadPoolExecutor(1, thread_name_prefix="sessions")


@dataclass(frozen=True, slots=True, eq=False)
class Visitor:
    """Somebody at the door: a machine's key or (``person``, by id) somebody who has signed in."""

    actor: str
    standing: Standing
    person: str | None = None
    key: Key | None = None
    session: str | None = None

    def spend(self) -> bool:
        """Take one request from a key's allowance; False when it is spent."""
        return self.key is None or self.key.spend(time.monotonic())


# Anybody who looks at the shop window.
CUSTOMER = Visitor("customer", NOBODY)


async def who(scope: Scope, ring: KeyRing) -> Visitor | None:
    """Who asks; None for a stranger."""
    headers = dict(scope["headers"])
    if b"authorization" in headers:
        key = await key_of(headers[b"authorization"], ring)
        return Visitor(key.actor, key.standing, key=key) if key else None
    session = cookie(scope, _cookie_name())
    return await asyncio.get_running_loop().run_in_executor(_sessions, person_of, session) if session else None


def _cookie_name() -> str:
    from django.conf import settings

    return str(settings.SESSION_COOKIE_NAME)


def person_of(session_key: str) -> Visitor | None:
    """Who has signed in under a session of the pages; None for nobody, or where the pages keep no sessions.

    Django's own look-up, which also refuses a session made before the password was last changed.
    """
    from django.apps import apps
    from django.conf import settings

    if not apps.ready or not apps.is_installed("django.contrib.sessions"):
        return None
    from django.contrib.auth import get_user
    from django.db import close_old_connections
    from django.http import HttpRequest

    close_old_connections()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active or sessions.over(request.session, _longest()):
        return None
    shared = factors.SHIFT in request.session
    if settings.SECOND_FACTOR == "required" and not shared and factors.lacking(user, request.session):
        return None
    standing = factors.on_shared(user.standing) if shared else user.standing
    return Visitor(user.actor, standing, person=str(user.pk), session=session_key)


async def gone(visitors: Iterable[Visitor], questions: Questions) -> set[Visitor]:
    """Whose session has ended, or whose key or token opens nothing any more; asked of the database for all at once."""
    present = set(visitors)
    held = {each.session for each in present if each.session}
    keys = {each.key.id for each in present if each.key and not each.key.token}
    given = {each.key.id for each in present if each.key and each.key.token}

    def look(db: Connection) -> tuple[set[str], set[int], set[int]]:
        alive = sessions.alive(db, [*held], _longest()) if held else set()
        return alive, *(tokens.alive(db, keys, given) if keys or given else (set(), set()))

    alive, keys_left, given_left = await questions.ask(look)
    return {each for each in present if not _left(each, alive, keys_left, given_left)}


def _left(visitor: Visitor, alive: set[str], keys: set[int], given: set[int]) -> bool:
    if visitor.key:
        return visitor.key.id in (given if visitor.key.token else keys)
    return visitor.session in alive


def _longest() -> float:
    from django.conf import settings

    return float(settings.SESSION_LONGEST_SECONDS)
