"""What an import did, taken back: latest first, batch by batch, each a transaction.

What it created is removed where nothing depends on it; what it changed is put back where nobody has changed it since.
Everything else is left, and its line says why. To undo again is harmless, and tries what was left once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from onhand.connect.sheets import images
from onhand.connect.sheets.carrying import MOST_TRIES, OVERTAKEN
from onhand.connect.sheets.errors import overtaken
from onhand.connect.sheets.hands import HANDS, Bearer, Hand, Logged
from onhand.connect.sheets.hands.hand import Left
from onhand.connect.sheets.staging import Watch, batch
from onhand.connect.sheets.trades import Trade
from onhand.core.batch import take_turns
from onhand.core.database import Connection, statement

_SQL = "connect.sheets"
BATCH = 500

REMOVED = "removed"
PUT_BACK = "put back"
CHANGED_SINCE = "it was changed since; it was left as it is"


@dataclass(slots=True)
class Taken:
    """What an undo has done so far."""

    removed: int = 0
    put_back: int = 0
    left: int = 0

    @property
    def things(self) -> int:
        """How many things were looked at."""
        return self.removed + self.put_back + self.left


def take_back(db: Connection, trade: Trade, bearer: Bearer, watch: Watch) -> Taken:
    """Take back everything an import did and has not yet been taken back."""
    taken, before = Taken(), 2**62
    while True:
        before, outcomes = _next_batch(db, trade, bearer, before)
        if not outcomes:
            return taken
        taken.removed += outcomes.count(REMOVED)
        taken.put_back += outcomes.count(PUT_BACK)
        taken.left += sum(outcome not in {REMOVED, PUT_BACK} for outcome in outcomes)
        watch(taken.things)


def _next_batch(db: Connection, trade: Trade, bearer: Bearer, before: int) -> tuple[int, list[str]]:
    """Take one batch back, again when somebody was faster."""
    for _ in range(MOST_TRIES):
        with suppress(*OVERTAKEN, psycopg.errors.LockNotAvailable), batch(db):
            return _batch(db, trade, bearer, before)
    raise overtaken()


def _batch(db: Connection, trade: Trade, bearer: Bearer, before: int) -> tuple[int, list[str]]:
    """Take one batch back; where the next begins, and what became of each thing."""
    take_turns(db, trade.turns)
    asked = {"import": bearer.number, "before": before, "most": BATCH}
    rows = db.execute(statement(_SQL, "changes_to_undo"), asked).fetchall()
    if not rows:
        return before, []
    found = images.of_things(db, trade, {at: found_by for at, (_, found_by, _, _) in enumerate(rows)})
    things, outcomes = [], dict[int, str]()
    for at, (number, found_by, was, after) in enumerate(rows):
        image = found[at]
        things.append(Logged(number, found_by, was and images.facts(was), image))
        if image.digest != after:
            outcomes[number] = CHANGED_SINCE if image.known or was else REMOVED
    outcomes |= _outcomes(db, HANDS[trade.name], [each for each in things if each.number not in outcomes], bearer)
    db.execute(statement(_SQL, "note_outcomes"), {"numbers": list(outcomes), "outcomes": list(outcomes.values())})
    return rows[-1][0], list(outcomes.values())


def _outcomes(db: Connection, hand: Hand, things: Sequence[Logged], bearer: Bearer) -> dict[int, str]:
    made = [thing for thing in things if thing.before is None]
    changed = [thing for thing in things if thing.before is not None]
    left: Left = {}
    if made:
        left |= hand.remove(db, made, bearer)
    if changed:
        left |= hand.put_back(db, changed, bearer)
    return {thing.number: REMOVED if thing.before is None else PUT_BACK for thing in things} | left
