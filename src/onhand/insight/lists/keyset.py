"""Which rows come after a row, in an order of several columns, up or down, some of them empty.

Where every part of the order goes the same way and none can be empty, rows are compared whole, ``(a, b) > (x, y)``,
since an index over (a, b) finds its place by that. Otherwise the comparison is spelled out part by part. Either way the
first part is compared by itself, too: where the parts are of several tables no index knows the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from psycopg import sql

from onhand.core.pages import BadCursor, seal, unseal
from onhand.insight.lists import view as views
from onhand.insight.lists.columns import STORED
from onhand.insight.lists.listing import Listing
from onhand.insight.lists.view import View


class Term(NamedTuple):
    """A part of an order."""

    expr: str
    kind: str
    down: bool = False
    nullable: bool = False
    needs: tuple[str, ...] = ()

    @property
    def alias(self) -> str:
        """The table it is of, as far as one can tell."""
        return self.expr.rpartition("(")[2].partition(".")[0]


def terms(listing: Listing, view: View) -> list[Term]:
    """The order of a view, ending in what tells any two rows apart."""
    found: list[Term] = []
    for each in views.order(listing, view):
        column = listing.by_name[each.column]
        sort = column.sort
        if sort is None:
            raise ValueError(f"{listing.name} is not sorted by {column.name}")
        needs = column.needs if sort.needs is None else sort.needs
        found.append(Term(sort.expr or column.expr, sort.kind or column.kind, each.down, sort.nullable, needs))
    down = found[-1].down if found else False
    known = {term.expr for term in found}
    return found + [Term(part.expr, part.kind, down) for part in listing.key if part.expr not in known]


def ordering(order: Sequence[Term], names: Sequence[str], *, back: bool) -> sql.Composable:
    """``ORDER BY``; what is empty comes last, and so first on the way back."""
    parts = [_direction(term, name, back=back) for term, name in zip(order, names, strict=True)]
    return sql.SQL(" ORDER BY ") + sql.SQL(", ").join(parts)


def _direction(term: Term, name: str, *, back: bool) -> sql.Composable:
    words = " DESC" if term.down != back else ""
    if term.nullable:
        words += " NULLS FIRST" if back else " NULLS LAST"
    return sql.SQL(name + words)


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """A row's place in an order, and which way to go on from there."""

    back: bool
    order: str
    key: list[Any]


def sign(order: Sequence[Term]) -> str:
    """Tells one order from another: a place in one is none in the other."""
    return ",".join(f"{'-' if term.down else ''}{term.expr}" for term in order)


def cursor(order: Sequence[Term], key: Sequence[Any], *, back: bool = False) -> str:
    """A place, sealed."""
    return seal(msgspec.to_builtins(Mark(back, sign(order), list(key))))


def place(order: Sequence[Term], text: str) -> Mark:
    """The place a cursor means; raises ``BadCursor`` when it is none in this order."""
    mark = unseal(text, Mark)
    if mark.order != sign(order) or len(mark.key) != len(order):
        raise BadCursor
    try:
        key = [_value(term, part) for term, part in zip(order, mark.key, strict=True)]
    except msgspec.ValidationError as fault:
        raise BadCursor from fault
    return Mark(mark.back, mark.order, key)


def _value(term: Term, part: Any) -> Any:
    if part is None and not term.nullable:
        raise BadCursor
    if isinstance(part, str) and "\x00" in part:
        raise BadCursor
    return None if part is None else msgspec.convert(part, STORED[term.kind].python, strict=False)


def beyond(order: Sequence[Term], mark: Mark) -> sql.Composable:
    """The condition for the rows beyond a place."""
    steps = list(zip(order, mark.key, strict=True))
    if any(term.nullable or term.down != order[0].down for term in order):
        return _spelled_out(steps, back=mark.back)
    sign_ = "<" if order[0].down != mark.back else ">"
    whole = sql.SQL(f"({{}}) {sign_} ({{}})").format(_list(order), sql.SQL(", ").join(_given(*step) for step in steps))
    if len({term.alias for term in order}) == 1:
        return whole
    return sql.SQL(f"{{}} {sign_}= {{}} AND {{}}").format(sql.SQL(order[0].expr), _given(*steps[0]), whole)


def _list(order: Sequence[Term]) -> sql.Composable:
    return sql.SQL(", ").join(sql.SQL(term.expr) for term in order)


def _given(term: Term, value: Any) -> sql.Composable:
    return sql.SQL("{}::" + STORED[term.kind].postgres).format(sql.Literal(value))


def _spelled_out(steps: Sequence[tuple[Term, Any]], *, back: bool) -> sql.Composable:
    """Beyond in the first part, or as far there and beyond in the second, or …"""
    ways, alike = list[sql.Composable](), list[sql.Composable]()
    for term, value in steps:
        farther = _farther(term, value, back=back)
        if farther is not None:
            ways.append(sql.SQL(" AND ").join([*alike, farther]))
        alike.append(_same(term, value))
    first = _not_before(*steps[0], back=back)
    return sql.SQL("{} AND ({})").format(first, sql.SQL(" OR ").join(ways) if ways else sql.SQL("false"))


def _same(term: Term, value: Any) -> sql.Composable:
    if value is None:
        return sql.SQL(f"{term.expr} IS NULL")
    return sql.SQL(f"{term.expr} = ") + _given(term, value)


def _farther(term: Term, value: Any, *, back: bool) -> sql.Composable | None:
    """Beyond a value; nothing comes after what is empty, and all that is not comes before it."""
    if value is None:
        return sql.SQL(f"{term.expr} IS NOT NULL") if back else None
    test = sql.SQL(f"{term.expr} {'<' if term.down != back else '>'} ") + _given(term, value)
    return sql.SQL(f"({{}} OR {term.expr} IS NULL)").format(test) if term.nullable and not back else test


def _not_before(term: Term, value: Any, *, back: bool) -> sql.Composable:
    if value is None:
        return sql.SQL("true") if back else sql.SQL(f"{term.expr} IS NULL")
    test = sql.SQL(f"{term.expr} {'<' if term.down != back else '>'}= ") + _given(term, value)
    return sql.SQL(f"({{}} OR {term.expr} IS NULL)").format(test) if term.nullable and not back else test
