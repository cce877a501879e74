"""The herald: alerts raised and closed as things happen, and people told; see ``flows/alerting.py``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from onhand.core.clock import Clock, utc_now
from onhand.core.database import Connection
from onhand.core.events import CHANNEL
from onhand.doors.jobs.on_call import LOOK_SECONDS, OnCall
from onhand.flows import alerting, foreseeing
from onhand.flows.foreseeing import START
from onhand.planning.queries import Place

# Orders come by the thousand, each batch notifies. Looked at so often, a crossing is still told at once; each look is
# a commit that the orders' own wait behind.
PACE_SECONDS: Final = 0.4


# So often all that is watched is gone through for what will happen to it.
SECONDS_TO_FORESEE: Final = 600.0


class Herald(OnCall):
    """Raises alerts and has people told of them, from ``start`` to ``stop``."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        address: str,
        *,
        keeps: bool,
        pushes: bool = True,
        clock: Clock = utc_now,
    ) -> None:
        """``address``: where people find the pages; ``pushes``: something carries what devices show."""
        super().__init__("raise alerts", connect, CHANNEL, self._follow, keeps=keeps, pace=PACE_SECONDS)
        self._address, self._pushes, self._clock = address, pushes, clock
        self._place: Place | None = START
        self._foreseen_at = 0.0

    def _follow(self, db: Connection) -> float:
        """Seconds to rest: none while there is more to look at."""
        behind = self._follow_log(db) >= alerting.PAGE
        return 0.0 if behind or self._foresee(db) else LOOK_SECONDS

    def _follow_log(self, db: Connection) -> int:
        return alerting.follow(db, self._clock(), address=self._address, pushes=self._pushes)

    def _foresee(self, db: Connection) -> bool:
        """Look ahead for a page of what is watched, if it is time to; whether there is more."""
        if self._place is None and time.monotonic() - self._foreseen_at >= SECONDS_TO_FORESEE:
            self._place = START
        if self._place is None:
            return False
        self._place = foreseeing.foresee(db, self._clock(), after=self._place, pushes=self._pushes)
        self._foreseen_at = time.monotonic()
        return True
