"""A view's filters and its search, as conditions. Values are quoted by psycopg, never written into a statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from psycopg import sql

from onhand.core.database import Connection
from onhand.insight.lists.columns import STORED, Column
from onhand.insight.lists.listing import NOTHING, Condition, Listing
from onhand.insight.lists.view import Filter, View

FEW: Final = 200


def conditions(db: Connection, listing: Listing, view: View) -> list[Condition]:
    """What every row of a view fulfils."""
    found = [Condition(sql.SQL(listing.within))] if listing.within else []
    found += [_condition(db, listing.by_name[each.column], each) for each in view.filters]
    if view.search and listing.search:
        found.append(listing.search(db, view.search))
    return found


def _condition(db: Connection, column: Column, given: Filter) -> Condition:
    match = column.match
    if match and match.lookup:
        return _looked_up(db, column, given)
    if given.operator == "contains":
        test = _has_words(db, column, given.values[0]) if column.words else _has(column, given.values[0])
        return Condition(test, column.needs)
    expr = match.expr if match else column.expr
    return Condition(
        _TESTS[given.operator](sql.SQL(expr), column, given.values), match.needs if match else column.needs
    )


def _looked_up(db: Connection, column: Column, given: Filter) -> Condition:
    """The test for ids, once the values asked for have become ids."""
    match = column.match
    if match is None:
        raise ValueError(f"{column.name} is not looked up")
    if given.operator == "empty":
        return Condition(_empty(sql.SQL(match.expr), column, given.values), match.needs)
    ids = [row[0] for row in db.execute(match.lookup, {"given": list(given.values)}, prepare=False)]
    if not ids:
        return NOTHING if given.operator != "not" else Condition(sql.SQL("true"))
    found = sql.SQL(match.expr).format(ids=array(ids)) if "{ids}" in match.expr else one_of(match.expr, ids)
    if given.operator == "not":
        return Condition(sql.SQL("({}) IS NOT TRUE").format(found), match.needs)
    return Condition(sql.SQL("{} AND {}").format(found, match.narrow(db, ids)) if match.narrow else found, match.needs)


def one_of(expr: str, ids: list[Any]) -> sql.Composable:
    """The test whether something is one of these ids: by way of its index, or held against a hash of them.

    The planner may do either, and knows how many there are. So ``expr`` must be of the table by which the list is
    ordered: as the index condition of an inner table, ids would be sorted anew for every row of the outer one.
    """
    return sql.SQL(f"{expr} = ANY ({{}})").format(array(ids))


def array(ids: list[Any]) -> sql.Composable:
    """Ids as an array; all are numbers, or all are UUIDs."""
    return sql.SQL("{}::" + ("bigint[]" if isinstance(ids[0], int) else "uuid[]")).format(sql.Literal(ids))


def like(beginning: str) -> str:
    """A LIKE pattern for what begins so, its wildcards meaning themselves."""
    return beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def words(db: Connection, text: str) -> str | None:
    """A text search for all these words, each perhaps only begun; None when there is no word in it."""
    row = db.execute("SELECT tsvector_to_array(to_tsvector('simple', %s))", [text]).fetchone()
    found = [word.replace("\\", "\\\\").replace("'", "''") for word in row[0]] if row else []
    return " & ".join(f"'{word}':*" for word in found) or None


def _has_words(db: Connection, column: Column, text: str) -> sql.Composable:
    query = words(db, text)
    if query is None:
        return NOTHING.test
    return sql.SQL(column.words + " @@ {}::tsquery").format(sql.Literal(query))


def _has(column: Column, text: str) -> sql.Composable:
    return sql.SQL(f"strpos(lower({column.expr}), lower({{}})) > 0").format(sql.Literal(text))


def _value(column: Column, value: Any) -> sql.Composable:
    if isinstance(value, timedelta):
        return sql.SQL("(now() + {}::interval)").format(sql.Literal(value))
    return sql.SQL("{}::" + STORED[column.kind].postgres).format(sql.Literal(value))


Values = tuple[Any, ...]
Test = Callable[[sql.Composable, Column, Values], sql.Composable]


def _is(expr: sql.Composable, column: Column, given: Values) -> sql.Composable:
    if column.kind == "flag":
        # Bare, so that an index kept of just these rows is seen to serve.
        return sql.SQL("({})" if given[0] else "({}) IS NOT TRUE").format(expr)
    return sql.SQL("{} = {}").format(expr, _value(column, given[0]))


def _in(expr: sql.Composable, column: Column, given: Values) -> sql.Composable:
    return sql.SQL("{} IN ({})").format(expr, sql.SQL(", ").join(_value(column, each) for each in given))


def _not(expr: sql.Composable, column: Column, given: Values) -> sql.Composable:
    return sql.SQL("({}) IS NOT TRUE").format(_in(expr, column, given))


def _starts(expr: sql.Composable, column: Column, given: Values) -> sql.Composable:
    return sql.SQL("lower({}) LIKE lower({})").format(expr, sql.Literal(like(given[0])))


def _between(expr: sql.Composable, column: Column, given: Values) -> sql.Composable:
    low, high = (_value(column, each) for each in given)
    return sql.SQL("{expr} >= {low} AND {expr} <= {high}").format(expr=expr, low=low, high=high)


def _empty(expr: sql.Composable, column: Column, given: Values) -> sql.Composable:
    blank = sql.SQL("({} IS NULL)" if given[0] else "({} IS NOT NULL)")
    return blank.format(sql.SQL("nullif({}, '')").format(expr) if column.kind == "text" else expr)


def _compared(sign: str) -> Test:
    def test(expr: sql.Composable, column: Column, given: Values) -> sql.Composable:
        return sql.SQL("{} " + sign + " {}").format(expr, _value(column, given[0]))

    return test


_TESTS: Final[dict[str, Test]] = {
    "is": _is,
    "in": _in,
    "not": _not,
    "starts": _starts,
    "between": _between,
    "empty": _empty,
    "lt": _compared("<"),
    "lte": _compared("<="),
    "gt": _compared(">"),
    "gte": _compared(">="),
}
