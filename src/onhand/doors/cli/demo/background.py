"""A few weeks of sales played beside a running server."""

from __future__ import annotations

import logging
import threading

from onhand.connect.online_retail.replay import sample
from onhand.connect.online_retail.supplies import opening_receipts
from onhand.core.database import connect
from onhand.core.writer import Overloaded, Writer
from onhand.doors.cli.demo.player import Player, Tally
from onhand.doors.cli.demo.shopfitting import fit_out

log = logging.getLogger(__name__)

DAYS = 60
SPEED = 3600.0


class Demo:
    """Sets the shop up and plays its sales on a thread of its own; started again, it goes on where it was."""

    def __init__(self, url: str, writer: Writer, *, days: int = DAYS, speed: float = SPEED) -> None:
        self._url = url
        self._writer = writer
        self._days = days
        self._speed = speed
        self._stopped = threading.Event()
        self._fitted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)

    def start(self) -> None:
        """Begin playing."""
        self._thread.start()

    def wait_until_fitted_out(self, timeout: float) -> bool:
        """Wait until the shop has its sites, for so many seconds at most: who works at one can be placed there then."""
        return self._fitted.wait(timeout)

    def join(self, timeout: float) -> None:
        """Wait until all is played, for so many seconds at most."""
        self._thread.join(timeout)

    def stop(self) -> None:
        """Play no further."""
        self._stopped.set()
        self.join(10)

    def _run(self) -> None:
        try:
            shop, happenings = sample(days=self._days)
            with connect(self._url) as db:
                fit_out(db, shop)
            self._fitted.set()
            Player(self._writer, Tally(), stopped=self._stopped).play(opening_receipts(shop))
            Player(self._writer, Tally(), speed=self._speed, stopped=self._stopped).play(happenings)
        except Overloaded:
            log.info("the demo ends with the server")
        except Exception:  # the server serves on without it
            log.exception("the demo stopped")
