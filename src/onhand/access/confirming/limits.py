"""Limits: what is set for each kind of act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from onhand.access.confirming.rules import Limit
from onhand.core import events
from onhand.core.batch import take_turns
from onhand.core.database import Connection
from onhand.core.refusals import Refused

MOST = Decimal(10) ** 12
_SAVE = """
INSERT INTO access_limit (act, measure, high_from, second_above) VALUES (%s, %s, %s, %s)
ON CONFLICT (act, measure) DO UPDATE SET high_from = EXCLUDED.high_from, second_above = EXCLUDED.second_above
"""


def limits(db: Connection, acts: Iterable[str]) -> dict[str, dict[str, Limit]]:
    """What was set for these kinds of acts, by measure."""
    found: dict[str, dict[str, Limit]] = defaultdict(dict)
    rows = db.execute(
        "SELECT act, measure, high_from, second_above FROM access_limit WHERE act = ANY(%s)", [list(acts)]
    )
    for act, measure, *limit in rows:
        found[act][measure] = Limit(*limit)
    return found


def set_limits(db: Connection, act: str, given: Mapping[str, Limit], *, actor: str, now: datetime) -> Refused | None:
    """Say from how much on acts of a kind are high, and above how much a second person approves them."""
    for limit in given.values():
        for figure in (limit.high_from, limit.second_above):
            if figure is not None and not (figure.is_finite() and 0 <= figure <= MOST):
                return Refused("bad_limit", "A limit is a number from 0 to 1,000,000,000,000, or empty for none.")
    take_turns(db, "access.limits")
    before = limits(db, [act])[act]
    for measure, limit in given.items():
        db.execute(_SAVE, [act, measure, limit.high_from, limit.second_above])
    if before != {**before, **given}:
        told = {"before": before, "after": {**before, **given}}
        events.record(db, [events.fact("limit.changed", f"limit/{act}", actor, told)], now)
    return None
