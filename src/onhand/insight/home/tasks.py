"""What waits for somebody, gathered from every room: each kind only for those who may do its act.

Of each kind the longest waiting are looked at, ``LOOKED_AT`` of them, and of those that somebody limited to sites may
not do the rest is left out: a page must be there at once, however much waits behind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from onhand.access.confirming import requests
from onhand.access.permissions import Sites, Standing
from onhand.access.watching import queries as watching
from onhand.core.database import Connection, statement
from onhand.core.health import queries as health
from onhand.core.money import Money
from onhand.core.quantity import text
from onhand.insight.home.rules import Ranked, Task, ranked

LOOKED_AT: Final = 300
MOST_SHOWN: Final = 30
# Goods of today are asked for in the morning, wherever on earth that is.
TODAY: Final = timedelta(hours=24)


class Reader(NamedTuple):
    """For whom tasks are gathered."""

    actor: str
    standing: Standing


class Home(msgspec.Struct, frozen=True):
    """What needs doing, dearest first; how many tasks of each kind there are, and of which kinds there may be more."""

    tasks: list[Ranked]
    counts: dict[str, int]
    more: frozenset[str]


class _Asked(NamedTuple):
    """What a gatherer is handed: the database, for whom, where they may, now."""

    db: Connection
    reader: Reader
    sites: Sites
    now: datetime


Gather = Callable[[_Asked], Iterator[Task]]


def has_tasks(standing: Standing) -> bool:
    """Whether somebody may do anything that is gathered here."""
    return any(standing.may(permission) for permission, _ in _GATHERERS)


def home(db: Connection, reader: Reader, now: datetime, kinds: Collection[str] | None = None) -> Home:
    """What needs doing by somebody, ranked by what letting it wait costs; ``kinds``: only those, all are counted."""
    gathered: list[Task] = []
    counts: dict[str, int] = {}
    more = set()
    for permission, gather in _GATHERERS:
        if not reader.standing.may(permission):
            continue
        found = list(gather(_Asked(db, reader, reader.standing.sites(permission), now)))
        for task in found:
            counts[task.kind] = counts.get(task.kind, 0) + 1
        if len(found) >= LOOKED_AT:
            more |= {task.kind for task in found}
        gathered += found
    wanted = [each for each in gathered if kinds is None or each.kind in kinds]
    return Home(ranked(wanted, _averages(db), now, MOST_SHOWN), counts, frozenset(more))


def _averages(db: Connection) -> Mapping[str, Decimal]:
    return dict(db.execute(statement("insight", "home_averages")).fetchall())


def _orders(kind: str, state: str, *, held: bool = False) -> Gather:
    """The step that orders of a state wait for; ``held``: only those for which goods lie somewhere."""

    def gather(asked: _Asked) -> Iterator[Task]:
        given = {"state": state, "most": LOOKED_AT}
        channels = asked.reader.standing.channels
        for channel, number, priority, since, currency, worth, pieces, sites in asked.db.execute(
            statement("insight", "home_orders"), given
        ):
            if channels is not None and channel not in channels:
                continue
            if held and not sites:
                continue
            if asked.sites is None or (sites and asked.sites.issuperset(sites)):
                stake = Money(worth, currency).rounded()
                yield Task(kind, (channel, number), number, since, stake, priority, tuple(sites), pieces)

    return gather


def _answers(asked: _Asked) -> Iterator[Task]:
    given = {"now": asked.now, "most": LOOKED_AT}
    for channel, number, priority, since, currency, worth, pieces, sku in asked.db.execute(
        statement("insight", "home_answers"), given
    ):
        yield Task("answer", (channel, number), sku, since, Money(worth, currency).rounded(), priority, (), pieces)


def _low(asked: _Asked) -> Iterator[Task]:
    given = {"sites": _codes(asked.sites), "now": asked.now, "most": LOOKED_AT}
    for sku, site, name, since, runs_out, available, lack, currency, price, due, donor, spare in asked.db.execute(
        statement("insight", "home_low"), given
    ):
        kind = "soon" if runs_out else "low" if available > 0 else "gone"
        worth = Money(lack * price, currency).rounded() if currency else None
        where = (sku, site) if donor is None else (sku, site, donor, text(spare))
        until = datetime.combine(runs_out, time(), UTC) if runs_out else due
        yield Task(kind, where, name or sku, since, worth, 0, (site,), available, until)


def _due(asked: _Asked) -> Iterator[Task]:
    given = {"sites": _codes(asked.sites), "now": asked.now, "until": asked.now + TODAY, "most": LOOKED_AT}
    for sku, site, name, reference, due, missing, currency, price in asked.db.execute(
        statement("insight", "home_due"), given
    ):
        worth = Money(missing * price, currency).rounded() if currency else None
        kind = "receive" if due >= asked.now else "late"
        yield Task(kind, (sku, site, reference), name or sku, due, worth, 0, (site,), missing, due)


def _approvals(asked: _Asked) -> Iterator[Task]:
    reader = asked.reader
    for each in requests.listed(asked.db, asked.now, waiting=True, most=LOOKED_AT).items:
        if requests.may_decide(each, reader.actor, reader.standing) is None:
            yield Task("approve", (str(each.id),), each.act, each.asked_at, sites=tuple(each.sites))


def _alerts(asked: _Asked) -> Iterator[Task]:
    for each in watching.alerts(asked.db, state="open", most=LOOKED_AT).items:
        yield Task(f"alert_{each.severity}", (str(each.id),), each.kind, each.raised_at)


def _incidents(asked: _Asked) -> Iterator[Task]:
    for each in health.incidents(asked.db, only_open=True, most=LOOKED_AT).items:
        yield Task(f"incident_{each.severity}", (str(each.id),), each.kind, each.opened_at)


def _codes(sites: Sites) -> list[str] | None:
    return None if sites is None else sorted(sites)


# Which permission a task's act takes, and who finds such tasks.
_GATHERERS: Final[tuple[tuple[str, Gather], ...]] = (
    ("do.orders", _orders("confirm", "placed")),
    ("do.orders", _orders("resume", "held")),
    ("do.shipments", _orders("pick", "confirmed", held=True)),
    ("do.shipments", _orders("pack", "picked", held=True)),
    ("do.shipments", _orders("ship", "packed", held=True)),
    ("do.shipments", _orders("ship", "part_shipped", held=True)),
    ("do.deliveries", _orders("deliver", "shipped")),
    ("do.orders", _answers),
    ("do.transfers", _low),
    ("do.receiving", _due),
    ("do.approvals", _approvals),
    ("do.watch", _alerts),
    ("do.health", _incidents),
)
