"""Small duties done every so often, beside the work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Ticker:
    """Does something every so often, on a thread of its own, until stopped."""

    def __init__(self, seconds: float, what: Callable[[], object]) -> None:
        self._seconds = seconds
        self._what = what
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is being done is done to its end."""
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                self._what()
            except Exception:  # the next tick tries again
                log.exception("housekeeping failed")
