"""What all the verbs of this room share: taking turns, rounds of a batch, arrays for ``unnest``."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from onhand.core.database import Connection
from onhand.core.refusals import Refused

T = TypeVar("T")
# What became of the records of a batch, by their position in it.
Answers = dict[int, T | Refused]


def take_turns(db: Connection) -> None:
    """Wait until other changes to the catalogue are committed; they are few, and so none can race another.

    Readers do not wait. Not a table lock: that would chase autovacuum away for the length of an import.
    """
    db.execute("SELECT pg_advisory_xact_lock(hashtext('onhand.catalog'))")


def moment(db: Connection, now: datetime | None) -> datetime:
    """The present as the caller has it, else the moment the transaction began."""
    if now is not None:
        return now
    row = db.execute("SELECT now()").fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    began: datetime = row[0]
    return began


def ids_of_skus(db: Connection, codes: list[str]) -> dict[str, int]:
    """The ids of the named SKUs by code; an unknown code is not in the answer."""
    return dict(db.execute("SELECT code, id FROM catalog_sku WHERE code = ANY (%s)", [codes]).fetchall())


def rounds(positions: Iterable[int], keys: Sequence[Hashable]) -> list[list[int]]:
    """Deal positions of a batch into rounds in which no key comes twice, keeping each key's order.

    So a batch that names one thing twice ends as if the records had come one after the other.
    """
    dealt: list[list[int]] = []
    turns: dict[Hashable, int] = {}
    for at in positions:
        turn = turns.get(keys[at], 0)
        turns[keys[at]] = turn + 1
        if turn == len(dealt):
            dealt.append([])
        dealt[turn].append(at)
    return dealt


def in_order(answers: Answers[T]) -> list[T | Refused]:
    """Answers in the order of the batch's records."""
    return [answers[at] for at in range(len(answers))]


def columns(rows: Sequence[tuple[object, ...]], *names: str) -> dict[str, list[object]]:
    """Rows turned into one array a column, as ``unnest`` takes them."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}
