"""The engine Django's settings name; Django looks for it under this very name."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from onhand.core.database import CONNECT_TIMEOUT_SECONDS, Session


class DatabaseWrapper(base.DatabaseWrapper):
    """A page's thread must not wait for a commit for ever, nor take one for done that may be on no standby."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Session:
        """As Django's own without its pool, which we do not use."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return Session.connect(**{"connect_timeout": CONNECT_TIMEOUT_SECONDS, **conn_params})
