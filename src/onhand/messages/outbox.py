"""The outbox as the postman sees it: letters taken up when they are due, settled when they were tried, forgotten.

A letter is taken up for a while (the lease) in a transaction of its own, tried with no lock held, and settled. Where a
postman dies in between, the letter is tried once more when the lease has ended, under the same name: at least once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from onhand.access.privacy.vault import destroy, unlock
from onhand.core import events
from onhand.core.cards import masked
from onhand.core.database import Connection, statement
from onhand.messages import rules, templates
from onhand.messages.actions import TABLE, Body
from onhand.messages.rules import Outcome, Verdict

LEASE: Final = timedelta(minutes=5)
MOST_SAID: Final = 500
FORGET_PAGE: Final = 2000


class Due(NamedTuple):
    """A letter taken up. ``address`` is there when the recipient is nobody we know; no ``texts``: they were erased."""

    id: int
    channel: str
    template: str
    language: str
    to_kind: str
    to_name: str
    address: str
    texts: Body | None
    tries: int
    made_at: datetime
    useful_until: datetime | None
    device: int
    topic: str


def take_up(db: Connection, now: datetime, *, most: int) -> list[Due]:
    """What is due, taken up until its lease ends; ``db`` must be in autocommit."""
    values = {"now": now, "lease": now + LEASE, "most": most}
    rows = db.execute(statement("messages", "take_up"), values).fetchall()
    vault = unlock(db, (row[7] for row in rows))
    return [_due(row, opened(vault.open(row[7], f"{TABLE}.body", row[8])), vault) for row in rows]


def _due(row: Sequence[Any], texts: Body | None, vault: Any) -> Due:
    number, channel, template, language, kind, name, address, whose, _, *rest = row
    return Due(
        number, channel, template, language, kind, name, vault.open(whose, f"{TABLE}.address", address), texts, *rest
    )


def opened(body: str) -> Body | None:
    """A letter's texts, of what was kept of them; None when nothing is left."""
    return msgspec.json.decode(body, type=Body) if body else None


def next_due(db: Connection) -> datetime | None:
    """When the next letter is due; None when none waits."""
    row = db.execute(statement("messages", "next_due")).fetchone()
    return row[0] if row else None


def settle(
    db: Connection, tried: Sequence[tuple[Due, Outcome]], now: datetime, *, chance: float = 0.0
) -> Mapping[int, Verdict]:
    """Write down what came of a batch of tries; answers what became of each. Commits."""
    # A server says what it likes, and what it said is kept.
    said = {due.id: masked(outcome.said)[:MOST_SAID].replace("\x00", "") for due, outcome in tried}
    verdicts = {due.id: _judged(due, outcome, now, chance) for due, outcome in tried}
    secret = {name for name, each in templates.built_in().items() if each.secret}
    ids = [due.id for due, _ in tried]
    values = {
        "ids": ids,
        "states": [verdicts[each].state for each in ids],
        "next_ats": [verdicts[each].next_at for each in ids],
        "saids": [said[each] for each in ids],
        "references": [outcome.reference for _, outcome in tried],
        "forgets": [due.template in secret for due, _ in tried],
        "wells": [outcome.well for _, outcome in tried],
        "now": now,
    }
    with db.transaction():
        db.execute(statement("messages", "settle"), values)
        db.execute(statement("messages", "note_attempts"), values)
        lost = [
            events.fact("letter.given_up", f"letter/{each}", "system", {"template": due.template})
            for each, (due, _) in zip(ids, tried, strict=True)
            if verdicts[each].state == "given_up"
        ]
        events.record(db, lost, now)
    return verdicts


def _judged(due: Due, outcome: Outcome, now: datetime, chance: float) -> Verdict:
    return rules.judge(outcome, tries=due.tries, now=now, useful_until=due.useful_until, chance=chance)


def forget(db: Connection, before: datetime, *, page: int = FORGET_PAGE) -> int:
    """Forget letters that ended before a moment; of addresses to which no other is on record, the keys, too.

    ``db`` must be in autocommit. Returns how many letters.
    """
    forgotten, last = 0, page
    while last == page:
        with db.transaction():
            rows = db.execute(statement("messages", "forget_letters"), {"before": before, "page": page}).fetchall()
            last = len(rows)
            _forget_keys(db, sorted({whose for (whose,) in rows if whose.startswith("address/")}))
        forgotten += last
    return forgotten


def _forget_keys(db: Connection, whoses: list[str]) -> None:
    if whoses:
        rows = db.execute(statement("messages", "still_written_to"), {"whoses": whoses}).fetchall()
        destroy(db, set(whoses) - {whose for (whose,) in rows})
