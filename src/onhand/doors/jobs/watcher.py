"""The duty to watch for misuse: what the rules ask of sites is looked up here, only where something happened."""

from __future__ import annotations

from datetime import datetime

from onhand.access.watching import actions
from onhand.access.watching.actions import Watched
from onhand.access.watching.rules import Policy, World, policy
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.settings import BadSetting, Settings
from onhand.places import queries as places
from onhand.places.rules import Calendar, Site, is_open


def figures(settings: Settings) -> Policy:
    """From which figures on something is unlike somebody; raises ``BadSetting``."""
    try:
        return policy(settings.watch)
    except ValueError as fault:
        raise BadSetting(f"ONHAND_WATCH {fault}.") from None


def watch(db: Connection, policy: Policy) -> Watched:
    """Look at what has happened since last time."""
    sites = _Sites(db)
    return actions.watch(db, policy, utc_now(), World(sites.is_open), sites.position_of)


class _Sites:
    """Sites as they are just now, looked up when the first is asked for."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._found: dict[str, tuple[Site, Calendar]] | None = None

    def is_open(self, code: str, at: datetime) -> bool | None:
        """Whether a site is open at a moment; None for one without hours, and for one that is not known."""
        site = self._all().get(code)
        return is_open(site[1], at) if site and site[1].hours else None

    def position_of(self, code: str) -> tuple[float, float] | None:
        """Where a site lies."""
        site = self._all().get(code)
        return site[0].coordinates if site else None

    def _all(self) -> dict[str, tuple[Site, Calendar]]:
        if self._found is None:
            sites = places.all_sites(self._db)
            calendars = places.calendars(self._db, [each.id for each in sites.values()])
            self._found = {code: (site, calendars[site.id]) for code, site in sites.items()}
        return self._found
