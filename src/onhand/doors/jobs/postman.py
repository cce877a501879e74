"""The postman: one thread, one connection; takes letters up when they are due, has them carried, settles them.

Several processes could do it, so it is done by who holds an advisory lock, as webhooks are: a process that only helps
out gives the lock up to one whose business it is (``onhand work``). Letters leave at once: whoever posts some notifies.
Nothing is locked while the network is spoken to; what was under way when a postman died is tried once more.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import prometheus_client

from onhand.connect.mail.carrying import Mail, NoServer
from onhand.connect.mail.server import LOOPBACK, server
from onhand.connect.push.carrying import Push
from onhand.connect.push.vapid import contact
from onhand.connect.sms.twilio import Twilio, account
from onhand.core.clock import Clock, utc_now
from onhand.core.database import Connection
from onhand.core.settings import Settings
from onhand.doors.jobs.addresses import addresses
from onhand.doors.jobs.on_call import LOOK_SECONDS, OnCall
from onhand.messages import outbox, templates
from onhand.messages.actions import CHANNEL
from onhand.messages.alerts import devices
from onhand.messages.outbox import Due
from onhand.messages.ports import Carrier, Parcel
from onhand.messages.rules import Outcome

log = logging.getLogger(__name__)

TRIED = prometheus_client.Counter("onhand_letters_total", "Tries to deliver letters", ["channel", "outcome"])

SOON_SECONDS: Final = 0.05
# So many are taken up at a time, and handed to so many threads.
PAGE: Final = 80
MOST_AT_ONCE: Final = 4
_LATE = Outcome(False, "it came too late to be of use", hopeless=True)
_ERASED = Outcome(False, "what it said was erased", hopeless=True)
_NOWHERE = Outcome(False, "the recipient has no address for it", hopeless=True)
_NO_CARRIER = Outcome(False, "nothing is set to carry it", hopeless=True)


def carriers(settings: Settings, connect: Callable[[], Connection]) -> dict[str, Carrier]:
    """What carries letters out of the house, by channel, as the settings say."""
    alone = urlsplit(settings.public_address or f"http://{settings.host}").hostname in LOOPBACK
    mail: Carrier = Mail(server(settings.smtp_url), settings.mail_from) if settings.smtp_url else NoServer(shown=alone)
    found = {"email": mail}
    if settings.sms_url:
        found["sms"] = Twilio(account(settings.sms_url, settings.sms_from))
    if settings.push:
        found["push"] = Push(connect, contact(settings), loopback=settings.webhooks_to == "loopback")
    return found


class Postman(OnCall):
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
        super().__init__("deliver letters", connect, CHANNEL, self._deliver_all, keeps=keeps)
        self._carriers = carriers
        self._clock = clock
        self._hands = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="postman-hand")

    def stop(self, timeout: float = 15.0) -> None:
        """End: what is under way has a moment to be answered."""
        super().stop(timeout)
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _deliver_all(self, db: Connection) -> float:
        """Seconds until there may be more to do."""
        if self.deliver(db):
            return 0.0
        due = outbox.next_due(db)
        return max(SOON_SECONDS, (due - self._clock()) / timedelta(seconds=1)) if due else LOOK_SECONDS

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
        outcomes |= {each: discreet(outcome, where[each]) for each, outcome in self._carried(parcels).items()}
        for each in due:
            TRIED.labels(each.channel, "well" if outcomes[each.id].well else "failed").inc()
        self._forget(db, [each.device for each in due if outcomes[each.id].gone and each.device])
        chance = secrets.randbelow(1000) / 1000
        outbox.settle(db, [(each, outcomes[each.id]) for each in due], self._clock(), chance=chance)
        return len(due)

    def _forget(self, db: Connection, gone: Sequence[int]) -> None:
        """Forget devices that are no more; there are seldom any."""
        if gone:
            with db.transaction():
                devices.forget(db, gone, self._clock())

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


def discreet(outcome: Outcome, address: str) -> Outcome:
    """What came of a try, without the address it went to, which servers like to name and which is kept sealed."""
    return outcome._replace(said=re.sub(re.escape(address.lstrip("+")), "…", outcome.said, flags=re.IGNORECASE))


def _carry(share: tuple[Carrier, Sequence[Parcel]]) -> list[Outcome]:
    carrier, parcels = share
    try:
        return carrier.carry(parcels)
    except Exception:  # what nobody foresaw is one carrier's failure, not everybody's
        log.exception("letters could not be carried")
        return [Outcome(False, "a fault of ours; the log says more")] * len(parcels)


def _parcel(due: Due, address: str) -> Parcel:
    assert due.texts is not None  # noqa: S101 - what has none is not sent
    return Parcel(
        due.id,
        f"onhand-{due.id}-{int(due.made_at.timestamp())}",
        address,
        due.texts.subject,
        due.texts.text,
        due.texts.short,
        due.language,
        link=due.texts.link,
        topic=due.topic,
        urgency=templates.built_in()[due.template].urgency,
        useful_until=due.useful_until,
    )
