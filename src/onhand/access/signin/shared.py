"""Django's cache in PostgreSQL: what one process writes down every other knows, such as a code that was used.

Django has one of its own, which keeps pickles (whoever can write to the table could run code here) and whose ``add``
two can win at once. This one keeps JSON, and lets one win.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

_PUT = """
INSERT INTO access_signin_kept AS kept (key, value, expires_at)
VALUES (%(key)s, %(value)s::jsonb, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
"""
_FRESH = "SELECT value::text FROM access_signin_kept WHERE key = %s AND expires_at > clock_timestamp()"
_TEN_YEARS = 315_360_000.0


class Shared(BaseCache):
    """What is kept for a while and known to all; values are what JSON can write."""

    def __init__(self, _location: str, params: Mapping[str, Any]) -> None:
        super().__init__(dict(params))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep it unless it is there; of several who ask at once one is told that it was he."""
        return self._put(f"{_PUT} WHERE kept.expires_at <= clock_timestamp()", key, value, timeout, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep it."""
        self._put(_PUT, key, value, timeout, version)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What is kept, or the default."""
        with connection.cursor() as cursor:
            cursor.execute(_FRESH, [self.make_and_validate_key(key, version=version)])
            row = cursor.fetchone()
        return default if row is None else json.loads(row[0])

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep what is there for longer; whether it was there."""
        found = self.get(key, self, version)
        if found is not self:
            self.set(key, found, timeout, version)
        return found is not self

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget it; whether it was there."""
        with connection.cursor() as cursor:
            name = self.make_and_validate_key(key, version=version)
            cursor.execute("DELETE FROM access_signin_kept WHERE key = %s", [name])
            return bool(cursor.rowcount)

    def clear(self) -> None:
        """Forget everything."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM access_signin_kept")

    def _put(self, statement: str, key: Any, value: Any, timeout: Any, version: int | None) -> bool:
        wanted = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        seconds = _TEN_YEARS if wanted is None else float(wanted)
        facts = {"key": self.make_and_validate_key(key, version=version), "value": json.dumps(value)}
        with connection.cursor() as cursor:
            cursor.execute(statement, {**facts, "seconds": seconds})
            return bool(cursor.rowcount)
