"""The herald: alerts raised and closed as things happen, and people told; see ``flows/alerting.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from onhand.core.clock import Clock, utc_now
from onhand.core.database import Connection
from onhand.core.events import CHANNEL
from onhand.doors.jobs.on_call import LOOK_SECONDS, OnCall
from onhand.flows import alerting

# Orders come by the thousand, each batch notifies: looked at so often, a crossing is still told at once.
PACE_SECONDS: Final = 0.1


class Herald(OnCall):
    """Raises alerts and has people told of them, from ``start`` to ``stop``."""

    def __init__(self, connect: Callable[[], Connection], address: str, *, keeps: bool, clock: Clock = utc_now) -> None:
        """``address``: where people find the pages."""
        super().__init__("raise alerts", connect, CHANNEL, self._follow, keeps=keeps, pace=PACE_SECONDS)
        self._address, self._clock = address, clock

    def _follow(self, db: Connection) -> float:
        """Seconds to rest: none while the log has more."""
        return 0.0 if alerting.follow(db, self._clock(), address=self._address) >= alerting.PAGE else LOOK_SECONDS
