"""The postman: one thread, one connection; takes letters up when they are due, has them carried, settles them.

Several processes could do it, so it is done by who holds an advisory lock, as webhooks are: a process that only helps
out gives the lock up to one whose business it is (``onhand work``). Letters leave at once: whoever posts some notifies.
Nothing is locked while the network is spoken to; what was under way when a postman died is tried once more.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import prometheus_client
import psycopg

from onhand.connect.mail.carrying import Mail, NoServer
from onhand.connect.mail.server import LOOPBACK, server
from onhand.core.clock import Clock, utc_now
from onhand.core.database import Connection
from onhand.core.settings import Settings
from onhand.core.turns import Turn
from onhand.doors.jobs.addresses import addresses
from onhand.messages import outbox
from onhand.messages.actions import CHANNEL
from onhand.messages.outbox import Due
from onhand.messages.ports import Carrier, Parcel
from onhand.messages.rules import Outcome

log = logging.getLogger(__name__)

TRIED = prometheus_client.Counter("onhand_letters_total", "Tries to deliver letters", ["channel", "outcome"])

LOOK_SECONDS: Final = 1.0
SECONDS_TO_RECONNECT: Final = 1.0
# So many are taken up at a time, and handed to so many threads.
PAGE: Final = 80
MOST_AT_ONCE: Final = 4
_LATE = Outcome(False, "it came too late to be of use", hopeless=True)
_ERASED = Outcome(False, "what it said was erased", hopeless=True)
_NOWHERE = Outcome(False, "the recipient has no address for it", hopeless=True)
_NO_CARRIER = Outcome(False, "nothing is set to carry it", hopeless=True)


def carriers(settings: Settings) -> dict[str, Carrier]:
    """What carries letters out of the house, by channel, as the settings say."""
    alone = urlsplit(settings.public_address or f"http://{settings.host}").hostname in LOOPBACK
    mail: Carrier = Mail(server(settings.smtp_url), settings.mail_from) if settings.smtp_url else NoServer(shown=alone)
    return {"email": mail}


class Postman:
    """Delivers letters, from ``start`` to ``stop``. ``keeps``: it is this process's business."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        carriers: Mapping[str, Carrier],
        *,
        keeps: bool,
        clock: Clock = utc_now,
    ) -> None:
        """``connect`` opens connections in autocommit."""
        self._connect = connect
        self._carriers = carriers
        self._clock = clock
        self._turn = Turn("deliver letters", keeps=keeps)
        self._told = threading.Event()
        self._hands = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="postman-hand")
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 15.0) -> None:
        """End: what is under way has a moment to be answered."""
        self._told.set()
        if self._thread.is_alive():
            self._thread.join(timeout)
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _work(self) -> None:
        while not self._told.is_set():
            try:
                with self._connect() as db:
                    db.execute(f"LISTEN {CHANNEL}")
                    self._turn.sign_on(db)
                    while not self._told.is_set():
                        self._round(db)
            except psycopg.Error as fault:
                log.warning("letters wait for the database: %s", str(fault).strip())
                self._told.wait(SECONDS_TO_RECONNECT)
            except Exception:  # whatever it is, other letters may still be delivered
                log.exception("the postman stumbled")
                self._told.wait(SECONDS_TO_RECONNECT)

    def _round(self, db: Connection) -> None:
        if not self._turn.mine(db) or not self.deliver(db):
            self._rest(db)

    def deliver(self, db: Connection) -> int:
        """Try all that is due, up to a page; how many letters that was."""
        now = self._clock()
        due = outbox.take_up(db, now, most=PAGE)
        if not due:
            return 0
        where = addresses(db, due)
        outcomes: dict[int, Outcome] = {}
        parcels: dict[str, list[Parcel]] = {}
        for each in due:
            outcome = self._unfit(each, where)
            if outcome:
                outcomes[each.id] = outcome
            else:
                parcels.setdefault(each.channel, []).append(_parcel(each, where[each.id]))
        outcomes |= self._carried(parcels)
        for each in due:
            TRIED.labels(each.channel, "well" if outcomes[each.id].well else "failed").inc()
        chance = random.random()  # noqa: S311 - not a secret
        outbox.settle(db, [(each, outcomes[each.id]) for each in due], self._clock(), chance=chance)
        return len(due)

    def _unfit(self, due: Due, where: Mapping[int, str]) -> Outcome | None:
        """Why a letter is not even tried."""
        if due.texts is None:
            return _ERASED
        if due.useful_until and self._clock() >= due.useful_until:
            return _LATE
        if due.channel not in self._carriers:
            return _NO_CARRIER
        return None if due.id in where else _NOWHERE

    def _carried(self, parcels: Mapping[str, Sequence[Parcel]]) -> dict[int, Outcome]:
        shares = [
            (self._carriers[channel], those[at::MOST_AT_ONCE])
            for channel, those in parcels.items()
            for at in range(min(MOST_AT_ONCE, len(those)))
        ]
        outcomes: dict[int, Outcome] = {}
        for (_, those), came in zip(shares, self._hands.map(_carry, shares), strict=True):
            outcomes |= {each.id: outcome for each, outcome in zip(those, came, strict=True)}
        return outcomes

    def _rest(self, db: Connection) -> None:
        """Until some letter is posted, one is due, or somebody wants to know something."""
        due = outbox.next_due(db)
        seconds = LOOK_SECONDS
        if due:
            seconds = min(seconds, max(0.05, (due - self._clock()) / timedelta(seconds=1)))
        if self._told.is_set():
            return
        with suppress(StopIteration):
            next(db.notifies(timeout=seconds, stop_after=1))


def _carry(share: tuple[Carrier, Sequence[Parcel]]) -> list[Outcome]:
    carrier, parcels = share
    try:
        return carrier.carry(parcels)
    except Exception:  # what nobody foresaw is one carrier's failure, not everybody's
        log.exception("letters could not be carried")
        return [Outcome(False, "a fault of ours; the log says more")] * len(parcels)


def _parcel(due: Due, address: str) -> Parcel:
    assert due.texts is not None  # noqa: S101 - what has none is not sent
    name = f"onhand-{due.id}-{int(due.made_at.timestamp())}"
    return Parcel(due.id, name, address, due.texts.subject, due.texts.text, due.texts.short, due.language)
