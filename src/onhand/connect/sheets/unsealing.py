"""What is known of people, opened for sheets: for what is exported, and for what a sheet is compared with.

A sheet names people in plain text, so while its rows are checked what is known of the same people lies beside them in
plain text, too: in unlogged tables, which no base backup holds, for three days at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from psycopg import sql

from onhand.access.privacy.vault import unlock
from onhand.core.database import Connection, statement
from onhand.customers import secrets as customers
from onhand.orders import secrets as orders

# The sealed fields of each trade (and export), and where they stand.
SEALED: Final[Mapping[str, Mapping[str, str]]] = {
    "customers": {name: f"{customers.TABLE}.{name}" for name in customers.SEALED},
    "orders": {"postcode": orders.POSTCODE, "address": orders.ADDRESS},
}
_WHOSE: Final = {
    "customers": "'customer/' || code",
    "orders": "coalesce('customer/' || customer, 'order/' || placed_id)",
}
PAGE = 5_000


def look_through(db: Connection, trade: str, now: sql.Identifier) -> None:
    """Open what is sealed in the table of how things are at present, page by page."""
    places = SEALED.get(trade)
    if places is None:
        return
    names = {
        "now": now,
        "whose": sql.SQL(_WHOSE[trade]),
        "fields": sql.SQL(", ").join(map(sql.Identifier, places)),
        "sealed": sql.SQL(" OR ").join(sql.SQL("{} LIKE 'oh1:%%'").format(sql.Identifier(name)) for name in places),
    }
    page = sql.SQL(statement("connect.sheets", "sealed_now")).format(**names)
    write = _writing(now, list(places))
    last = 0
    while rows := db.execute(page, {"after": last, "most": PAGE}).fetchall():
        vault = unlock(db, (whose for _, whose, *_ in rows))
        opened = [
            [vault.open(whose, place, text) or None for place, text in zip(places.values(), texts, strict=True)]
            for _, whose, *texts in rows
        ]
        db.execute(write, [[row for row, *_ in rows], *map(list, zip(*opened, strict=True))])
        last = rows[-1][0]


def _writing(now: sql.Identifier, fields: Sequence[str]) -> sql.Composed:
    names = [sql.Identifier(name) for name in fields]
    return sql.SQL(statement("connect.sheets", "open_now")).format(
        now=now,
        sets=sql.SQL(", ").join(sql.SQL("{0} = opened.{0}").format(name) for name in names),
        arrays=sql.SQL(", ").join([sql.SQL("%s::text[]")] * len(names)),
        fields=sql.SQL(", ").join(names),
    )


def opened(
    db: Connection, what: str, headers: Sequence[str], rows: Iterator[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """The rows of an export with what is sealed opened; their last column says whose it is, and is left out."""
    at = {headers.index(name): place for name, place in SEALED[what].items()}
    while page := list(islice(rows, PAGE)):
        vault = unlock(db, (row[-1] for row in page))
        for *cells, whose in page:
            for index, place in at.items():
                cells[index] = vault.open(whose, place, cells[index])
            yield tuple(cells)
