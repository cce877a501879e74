"""Alerts opened and closed by what happens; acknowledged, put off, handed up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from onhand.core import events
from onhand.core.batch import columns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused
from onhand.messages.alerts.rules import Kind

# One event for whoever watches, however many alerts there were.
CHANGED: Final = "stock.alerts_changed"
KEPT: Final = timedelta(days=400)
FORGET_PAGE: Final = 2000


class Name(NamedTuple):
    """What an alert is about; there is one at a time."""

    kind: Kind
    sku: str
    site: str


class Situation(NamedTuple):
    """Something to act upon, with the figures it follows from, as texts."""

    name: Name
    at: datetime
    urgency: int
    facts: dict[str, str]


class Stirred(NamedTuple):
    """An alert that is worth telling of, again or for the first time: where, and to whom it was handed up."""

    id: int
    site: str
    escalated_to: str


class Acted(msgspec.Struct, frozen=True):
    """How many alerts somebody acted upon."""

    alerts: int


def open_all(db: Connection, situations: Sequence[Situation]) -> list[Stirred]:
    """Open alerts; of those that are open already only the figures change. Answers those that are new.

    Each may come once in a batch.
    """
    if not situations:
        return []
    rows = [(*each.name, each.at, each.urgency, msgspec.json.encode(each.facts).decode()) for each in situations]
    values = columns(sorted(rows), "kinds", "skus", "sites", "ats", "urgencies", "facts")
    found = db.execute(statement("messages", "open_alerts"), values)
    return [Stirred(number, site, "") for number, site, opened in found if opened]


def close_all(db: Connection, names: Sequence[Name], now: datetime) -> int:
    """Close the alerts of situations that are over; how many were open."""
    if not names:
        return 0
    values = columns(sorted(names), "kinds", "skus", "sites")
    return db.execute(statement("messages", "close_alerts"), values | {"now": now}).rowcount


def wake(db: Connection, now: datetime) -> list[Stirred]:
    """Alerts that were put off until now, and are still open."""
    return [Stirred(*row) for row in db.execute(statement("messages", "wake_alerts"), {"now": now})]


def escalate(db: Connection, now: datetime) -> list[Stirred]:
    """Hand alerts up upon which nobody has acted for as long as their site allows."""
    return [Stirred(*row) for row in db.execute(statement("messages", "escalate_alerts"), {"now": now})]


def announce(db: Connection, opened: int, closed: int, now: datetime, *, changed: int = 0) -> None:
    """Tell whoever watches that alerts changed, if any did."""
    if opened or closed or changed:
        data = {"opened": opened, "closed": closed, "changed": changed}
        events.record(db, [events.fact(CHANGED, "alerts", "system", data)], now)


def acknowledge(db: Connection, alerts: Sequence[int], *, actor: str, now: datetime) -> Acted | Refused:
    """Say that one acts upon alerts: nobody else is told of them, and none is handed up."""
    values = {"ids": list(alerts), "now": now, "actor": str(actor)}
    rows = db.execute(statement("messages", "acknowledge_alerts"), values).fetchall()
    return _acted(db, "stock.alert_acknowledged", rows, actor, now)


def snooze(db: Connection, alerts: Sequence[int], until: datetime, *, actor: str, now: datetime) -> Acted | Refused:
    """Put alerts off: nobody is told of them until then, and whoever hears of them is told then if they are open."""
    values = {"ids": list(alerts), "until": until, "actor": str(actor)}
    rows = db.execute(statement("messages", "snooze_alerts"), values).fetchall()
    return _acted(db, "stock.alert_snoozed", rows, actor, now, until=until)


def _acted(
    db: Connection, kind: str, rows: Sequence[tuple[Any, ...]], actor: str, now: datetime, **data: Any
) -> Acted | Refused:
    if not rows:
        return Refused("alert_closed", "This alert is over, or somebody has acted upon it already; look again.", "")
    facts = [
        events.fact(kind, f"position/{sku}/{site}", actor, {"alert": what, "sku": sku, "site": site, **data})
        for what, sku, site in rows
    ]
    events.record(db, facts, now)
    announce(db, 0, 0, now, changed=len(rows))
    return Acted(len(rows))


def set_escalation(
    db: Connection, site: str, *, after_minutes: int | None, to: str = "", actor: str, now: datetime
) -> None:
    """Say who is told when nobody acts upon a site's alerts for so long; None: nobody any more."""
    was = db.execute('SELECT after_minutes, "to" FROM messages_escalation WHERE site = %s', (site,)).fetchone()
    if after_minutes is None:
        db.execute("DELETE FROM messages_escalation WHERE site = %s", (site,))
    else:
        values = {"site": site, "after": after_minutes, "to": to, "actor": str(actor), "now": now}
        db.execute(statement("messages", "set_escalation"), values)
    data = {
        "site": site,
        "before": {"after_minutes": was[0], "to": was[1]} if was else None,
        "after": None if after_minutes is None else {"after_minutes": after_minutes, "to": to},
    }
    events.record(db, [events.fact("stock.escalation_set", f"site/{site}" if site else "alerts", actor, data)], now)


def forget(db: Connection, before: datetime, *, page: int = FORGET_PAGE) -> int:
    """Forget alerts that were over before a moment; ``db`` must be in autocommit. Returns how many."""
    forgotten, last = 0, page
    while last == page:
        last = db.execute(statement("messages", "forget_alerts"), {"before": before, "page": page}).rowcount
        forgotten += last
    return forgotten
