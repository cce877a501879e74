"""Reading a list: page by page, counted as far as it matters, streamed whole, or only the keys.

A statement has two floors. The inner finds the rows, joining only what filters and order need; the outer looks up what
is shown, for those rows alone. No answer takes longer than ``PATIENCE``: a list that would is refused with a sentence
that says how to narrow it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from onhand.core.database import Connection
from onhand.core.ids import new_id
from onhand.core.money import Money
from onhand.core.pages import PAGE, BadCursor
from onhand.core.refusals import Refused
from onhand.insight.lists import keyset
from onhand.insight.lists import view as views
from onhand.insight.lists.columns import STORED, Column
from onhand.insight.lists.filtering import conditions
from onhand.insight.lists.keyset import Mark, Term
from onhand.insight.lists.listing import Condition, Key, Listing, Row
from onhand.insight.lists.view import View

PATIENCE: Final = "3s"
MOST_COUNTED: Final = 10_000
AT_A_TIME: Final = 1000

T = TypeVar("T")


class ListPage(msgspec.Struct, frozen=True):
    """Some rows of a list, and the cursors to those after and before; None where there are none."""

    rows: list[Row]
    next: str | None = None
    previous: str | None = None


class Count(msgspec.Struct, frozen=True):
    """How many rows match; with ``more`` at least so many."""

    rows: int
    more: bool = False


class Keys(msgspec.Struct, frozen=True):
    """What the matching rows are known by; with ``more`` there are others beyond them."""

    keys: list[str]
    more: bool = False


class _Plan(NamedTuple):
    """A view, taken apart once."""

    listing: Listing
    view: View
    order: list[Term]
    conditions: list[Condition]

    @classmethod
    def of(cls, db: Connection, listing: Listing, view: View) -> _Plan:
        return cls(listing, view, keyset.terms(listing, view), conditions(db, listing, view))

    @property
    def columns(self) -> list[Column]:
        """What is read: what is shown, and what links and acts are made of."""
        shown = views.columns(self.listing, self.view)
        also = [self.listing.by_name[name] for name in self.listing.always]
        return [*shown, *(column for column in also if column not in shown)]

    def found(self, *, sorting: bool) -> sql.Composable:
        """``FROM … WHERE …``: the rows that match, with the joins that takes."""
        needs = [name for each in self.conditions for name in each.needs]
        needs += [name for term in self.order for name in term.needs] if sorting else []
        tests = sql.SQL(" AND ").join(each.test for each in self.conditions) if self.conditions else sql.SQL("true")
        table = sql.SQL(f"{self.listing.table} AS {self.listing.alias}")
        return sql.SQL("FROM {} {} WHERE {}").format(table, self.listing.joined(needs), tests)


def page(
    db: Connection, listing: Listing, view: View, *, cursor: str | None = None, size: int = PAGE
) -> ListPage | Refused:
    """The first rows of a view, or those after (or before) the place a cursor means."""
    return _patiently(db, listing, lambda: _page(db, _Plan.of(db, listing, view), cursor, size))


def count(db: Connection, listing: Listing, view: View, *, most: int = MOST_COUNTED) -> Count | Refused:
    """How many rows match, counted no farther than ``most``."""

    def counting() -> Count:
        counted = _count(db, _Plan.of(db, listing, view), most)
        return Count(min(counted, most), counted > most)

    return _patiently(db, listing, counting)


def keys(db: Connection, listing: Listing, view: View, *, most: int = MOST_COUNTED) -> Keys | Refused:
    """What the matching rows are known by, in no particular order, for acts upon all of them."""

    def finding() -> Keys:
        plan = _Plan.of(db, listing, view)
        query = sql.SQL("SELECT {} {} LIMIT {}").format(
            _expressions(part.expr for part in listing.key), plan.found(sorting=False), sql.Literal(most + 1)
        )
        found = [key_text(row) for row in db.execute(query, prepare=False)]
        return Keys(found[:most], len(found) > most)

    return _patiently(db, listing, finding)


def these(db: Connection, listing: Listing, view: View, wanted: Sequence[str]) -> list[Row] | Refused:
    """Those of these rows, by their keys, that match a view, in its order: what a page shows anew when they change."""
    chosen = [key for key in (_key(listing, text) for text in wanted) if key is not None]
    if not chosen:
        return []
    parts = [_typed_array(part, [key[at] for key in chosen]) for at, part in enumerate(listing.key)]
    test = sql.SQL("({}) IN (SELECT * FROM unnest({}))").format(
        _expressions(part.expr for part in listing.key), sql.SQL(", ").join(parts)
    )

    def finding() -> list[Row]:
        plan = _Plan.of(db, listing, view)
        narrowed = plan._replace(conditions=[*plan.conditions, Condition(test)])
        return _rows(db, narrowed, db.execute(_statement(narrowed, None, len(chosen)), prepare=False).fetchall())

    return _patiently(db, listing, finding)


def stream(db: Connection, listing: Listing, view: View) -> Iterator[Row]:
    """Every row of a view in its order, in constant memory: for exports. It takes its time and holds a transaction."""
    with db.transaction():
        plan = _Plan.of(db, listing, view)
        with db.cursor(name=f"list_{new_id().hex}") as rows:
            rows.execute(_statement(plan, None, None))
            while some := rows.fetchmany(AT_A_TIME):
                yield from _rows(db, plan, some)


def key_text(key: Sequence[Any]) -> str:
    """A key as it stands in a form or an address."""
    return ".".join(map(str, key))


def _key(listing: Listing, text: str) -> list[Any] | None:
    """The key a text stands for; None when it is none of this list's."""
    parts = text.split(".", len(listing.key) - 1)
    if len(parts) != len(listing.key):
        return None
    try:
        return [
            msgspec.convert(given, STORED[part.kind].python, strict=False)
            for part, given in zip(listing.key, parts, strict=True)
        ]
    except msgspec.ValidationError:
        return None


def _typed_array(part: Key, values: list[Any]) -> sql.Composable:
    return sql.SQL("{}::" + STORED[part.kind].postgres + "[]").format(sql.Literal(values))


def _page(db: Connection, plan: _Plan, cursor: str | None, size: int) -> ListPage | Refused:
    try:
        mark = keyset.place(plan.order, cursor) if cursor else None
    except BadCursor:
        return Refused("bad_cursor", "The cursor is of another list or order; begin at the first page.", "cursor")
    refusal = _too_many_to_sort(db, plan)
    if refusal:
        return refusal
    found = db.execute(_statement(plan, mark, size + 1), prepare=False).fetchall()
    back = mark is not None and mark.back
    more, shown = len(found) > size, found[:size]
    if back:
        shown.reverse()
    return _cut(plan, mark, more=more, back=back, found=shown, rows=_rows(db, plan, shown))


def _cut(
    plan: _Plan, mark: Mark | None, *, more: bool, back: bool, found: Sequence[tuple[Any, ...]], rows: list[Row]
) -> ListPage:
    if not found:
        return ListPage(rows)
    width = len(plan.order)
    after = keyset.cursor(plan.order, found[-1][:width])
    before = keyset.cursor(plan.order, found[0][:width], back=True)
    has_next, has_previous = (True, more) if back else (more, mark is not None)
    return ListPage(rows, after if has_next else None, before if has_previous else None)


def _statement(plan: _Plan, mark: Mark | None, most: int | None) -> sql.Composed:
    """Both floors: where rows are found, and where they are dressed."""
    listing, back = plan.listing, mark is not None and mark.back
    inner, places = _inner(plan, mark, most)
    shown = [part.expr for part in listing.key] + [expr for column in plan.columns for expr in _read_as(column)]
    needs = [name for column in plan.columns for name in column.needs]
    return sql.SQL("SELECT {}, {} FROM ({}) AS {} {}{}").format(
        sql.SQL(", ").join(map(sql.SQL, places)),
        _expressions(shown),
        inner,
        sql.SQL(listing.alias),
        listing.joined(needs),
        keyset.ordering(plan.order, places, back=back),
    )


def _inner(plan: _Plan, mark: Mark | None, most: int | None) -> tuple[sql.Composable, list[str]]:
    listing, back = plan.listing, mark is not None and mark.back
    places = [f"{listing.alias}.place_{at}" for at in range(len(plan.order))]
    named = [f"{term.expr} AS place_{at}" for at, term in enumerate(plan.order)]
    query = sql.SQL("SELECT {}.*, {} {}").format(sql.SQL(listing.alias), _expressions(named), plan.found(sorting=True))
    if mark:
        query += sql.SQL(" AND ") + keyset.beyond(plan.order, mark)
    query += keyset.ordering(plan.order, [term.expr for term in plan.order], back=back)
    return (query if most is None else query + sql.SQL(" LIMIT {}").format(sql.Literal(most))), places


def _expressions(parts: Any) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.SQL, parts))


def _read_as(column: Column) -> tuple[str, ...]:
    return (column.expr, column.currency) if column.currency else (column.expr,)


def _rows(db: Connection, plan: _Plan, found: Sequence[tuple[Any, ...]]) -> list[Row]:
    rows = [_row(plan, found_row) for found_row in found]
    if plan.listing.opened:
        rows = plan.listing.opened(db, rows)
    if plan.view.as_of and plan.listing.past:
        return plan.listing.past(db, rows, plan.view.as_of)
    return rows


def _row(plan: _Plan, found: tuple[Any, ...]) -> Row:
    width = len(plan.order)
    key, values = found[width : width + len(plan.listing.key)], iter(found[width + len(plan.listing.key) :])
    cells = {column.name: _cell(column, values) for column in plan.columns}
    return Row(key_text(key), cells)


def _cell(column: Column, values: Iterator[Any]) -> Any:
    value = next(values)
    if column.currency:
        currency = next(values)
        return None if value is None else Money(value, currency).rounded()
    return value


def _count(db: Connection, plan: _Plan, most: int) -> int:
    query = sql.SQL("SELECT count(*) FROM (SELECT {} LIMIT {}) AS matching").format(
        plan.found(sorting=False), sql.Literal(most + 1)
    )
    row = db.execute(query, prepare=False).fetchone()
    return int(row[0]) if row else 0


def _too_many_to_sort(db: Connection, plan: _Plan) -> Refused | None:
    """Whether a sort without an index is too much, by the planner's reckoning: counting would cost as much."""
    for each in views.order(plan.listing, plan.view):
        sort = plan.listing.by_name[each.column].sort
        if sort is None or sort.bounded is None:
            continue
        reckoned = _reckoned(db, plan)
        if reckoned > sort.bounded:
            detail = (
                f"About {reckoned:,} rows match, and no more than {sort.bounded:,} are sorted by {each.column!r};"
                " narrow the list by another column or a search first."
            )
            return Refused("too_many_to_sort", detail, "sort")
    return None


def _reckoned(db: Connection, plan: _Plan) -> int:
    """How many rows the planner believes to match."""
    query = sql.SQL("EXPLAIN (FORMAT JSON) SELECT {}").format(plan.found(sorting=False))
    row = db.execute(query, prepare=False).fetchone()
    return int(row[0][0]["Plan"]["Plan Rows"]) if row else 0


def _patiently(db: Connection, listing: Listing, reading: Callable[[], T]) -> T | Refused:
    try:
        with _patience(db):
            return reading()
    except psycopg.errors.QueryCanceled:
        detail = f"This would take longer than {PATIENCE} to find; narrow the list by another column or a search."
        return Refused("takes_too_long", detail)
    except psycopg.errors.DataError:
        return Refused("bad_value", "A value lies beyond what the database can hold; ask for a plainer one.")


@contextmanager
def _patience(db: Connection) -> Iterator[None]:
    """A transaction given up in time; within one that is open, a part of it that keeps the time of the whole."""
    alone = db.info.transaction_status == TransactionStatus.IDLE
    with db.transaction():
        if alone:
            db.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
        yield
