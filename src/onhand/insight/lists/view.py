"""A view: which columns, narrowed by what, in which order, as of when. Its address is the view, and nothing else is.

``?site=london&available=lt:5&sort=-available&columns=sku,name,available&q=mug`` reads as it is meant: a parameter a
column, its value with or without an operator in front (``is`` where none stands there), several values with commas
between them. A comma or a backslash that belongs to a value has a backslash before it. The same view is always written
the same way, so views can be compared, kept and passed on as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote_plus

import msgspec

from onhand.core.refusals import Refused
from onhand.insight.lists import values
from onhand.insight.lists.columns import OPERATORS, Column, Operator
from onhand.insight.lists.listing import Listing
from onhand.insight.lists.values import BadValue

LONGEST: Final = 8000
MOST_VALUES: Final = 100
MOST_FILTERS: Final = 20
MOST_SORTS: Final = 3
RESERVED: Final = ("q", "columns", "sort", "as_of")


class Filter(msgspec.Struct, frozen=True):
    """Only rows in which a column is so."""

    column: str
    operator: Operator
    values: tuple[Any, ...]


class Sort(msgspec.Struct, frozen=True):
    """In the order of a column, the greatest first with ``down``."""

    column: str
    down: bool = False

    def __str__(self) -> str:
        return f"-{self.column}" if self.down else self.column


class View(msgspec.Struct, frozen=True):
    """What of a list is looked at, and how. No columns, no order: the list's own."""

    columns: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    search: str = ""
    sort: tuple[Sort, ...] = ()
    as_of: datetime | None = None


class _Fault(Exception):
    def __init__(self, refused: Refused) -> None:
        self.refused = refused


def parse(listing: Listing, query: str, *, ignoring: Iterable[str] = ("cursor",)) -> View | Refused:
    """The view an address means; parameters of the page's own are ignored by name, others refused."""
    try:
        return _parsed(listing, _pairs(query), frozenset(ignoring))
    except _Fault as fault:
        return fault.refused


def write(listing: Listing, view: View) -> str:
    """A view as the query of an address, without its question mark; empty for the list as it is."""
    pairs = [(each.column, _filter_text(listing, each)) for each in view.filters]
    pairs += [("q", view.search)] if view.search else []
    pairs += [("sort", ",".join(map(str, view.sort)))] if view.sort else []
    pairs += [("columns", ",".join(view.columns))] if view.columns else []
    pairs += [("as_of", values.write(view.as_of))] if view.as_of else []
    return "&".join(f"{name}={quote_plus(text, safe=',:')}" for name, text in pairs)


def columns(listing: Listing, view: View) -> list[Column]:
    """The columns to show, in their order."""
    return [listing.by_name[name] for name in view.columns or listing.shown]


def order(listing: Listing, view: View) -> tuple[Sort, ...]:
    """The order that holds."""
    return view.sort or tuple(_sort(name) for name in listing.order)


def sorted_by(view: View, column: str, *, down: bool = False) -> View:
    """The same view in the order of another column."""
    return msgspec.structs.replace(view, sort=(Sort(column, down),))


def without(view: View, column: str) -> View:
    """The same view, not narrowed by a column."""
    return msgspec.structs.replace(view, filters=tuple(each for each in view.filters if each.column != column))


def _pairs(query: str) -> list[tuple[str, str]]:
    if len(query) > LONGEST:
        raise _Fault(Refused("bad_address", f"The address is longer than {LONGEST} characters; ask for less.", ""))
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise _Fault(
            Refused("bad_address", "The address is no list of parameters in UTF-8; start from the list.", "")
        ) from None


def _parsed(listing: Listing, pairs: list[tuple[str, str]], ignored: frozenset[str]) -> View:
    given = [(name, text) for name, text in pairs if name not in ignored]
    plain = _once([(name, text) for name, text in given if name in RESERVED])
    filters = {_filter(listing, name, text): None for name, text in given if name not in RESERVED}
    if len(filters) > MOST_FILTERS:
        raise _Fault(Refused("too_much_asked", f"At most {MOST_FILTERS} filters can be combined; leave some out.", ""))
    view = View(
        _columns(listing, plain.get("columns", "")),
        tuple(sorted(filters, key=lambda each: _place(listing, each))),
        _search(listing, plain.get("q", "")),
        _sorts(listing, plain.get("sort", "")),
        _as_of(listing, plain.get("as_of", "")),
    )
    _fits_the_past(listing, view)
    return view


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in pairs:
        if name in found:
            raise _Fault(Refused("given_twice", f"`{name}` stands there twice; leave one out.", name))
        found[name] = text
    return found


def _place(listing: Listing, given: Filter) -> tuple[int, int, str]:
    at = [column.name for column in listing.columns].index(given.column)
    return at, OPERATORS.index(given.operator), _filter_text(listing, given)


def _columns(listing: Listing, text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, text.split(","))))
    for name in names:
        _column(listing, name, "columns")
    return () if names == listing.shown else names


def _sorts(listing: Listing, text: str) -> tuple[Sort, ...]:
    sorts = tuple({each.column: each for each in map(_sort, filter(None, text.split(",")))}.values())
    if len(sorts) > MOST_SORTS:
        raise _Fault(
            Refused("too_much_asked", f"At most {MOST_SORTS} columns can be sorted by; leave some out.", "sort")
        )
    for each in sorts:
        if _column(listing, each.column, "sort").sort is None:
            able = ", ".join(column.name for column in listing.columns if column.sort)
            raise _Fault(
                Refused("not_sortable", f"A list is not sorted by {each.column!r}; it can be by {able}.", "sort")
            )
    return () if tuple(map(str, sorts)) == listing.order else sorts


def _sort(text: str) -> Sort:
    return Sort(text.removeprefix("-"), text.startswith("-"))


def _search(listing: Listing, text: str) -> str:
    found = " ".join(text.split())
    if found and listing.search is None:
        raise _Fault(Refused("no_search", "This list is not searched; narrow it by its columns.", "q"))
    if len(found) > values.LONGEST or "\x00" in found:
        raise _Fault(Refused("bad_search", f"A search has at most {values.LONGEST} characters; shorten it.", "q"))
    return found


def _as_of(listing: Listing, text: str) -> datetime | None:
    if not text:
        return None
    if listing.past is None:
        raise _Fault(Refused("no_past", "This list knows only the present; leave `as_of` out.", "as_of"))
    found: datetime = _read(values.moment, text, "as_of")
    return found


def _fits_the_past(listing: Listing, view: View) -> None:
    if view.as_of is None:
        return
    named = [each.column for each in view.filters] + [each.column for each in view.sort]
    for name in named:
        if listing.by_name[name].today:
            detail = f"Of {name!r} only the present is known beforehand; leave it out, or leave out `as_of`."
            raise _Fault(Refused("only_today", detail, name))


def _column(listing: Listing, name: str, where: str) -> Column:
    found = listing.by_name.get(name)
    if found is None:
        known = ", ".join(listing.by_name)
        raise _Fault(Refused("no_such_column", f"There is no column {name[:64]!r}; there are {known}.", where))
    return found


def _filter(listing: Listing, name: str, text: str) -> Filter:
    column = _column(listing, name, name[:64])
    operator, rest = _operator(column, text)
    if operator not in column.operators:
        able = ", ".join(column.operators) or "none at all"
        raise _Fault(Refused("bad_operator", f"{name!r} cannot be filtered by {operator!r}; it can by {able}.", name))
    return Filter(name, operator, _read(lambda given: _values(column, operator, given), rest, name))


def _operator(column: Column, text: str) -> tuple[Operator, str]:
    """What stands before the first colon, where it is an operator's name; a plain value has none."""
    for operator in OPERATORS:
        if text.startswith(f"{operator}:"):
            return operator, text[len(operator) + 1 :]
    return "is", text


class _Takes(NamedTuple):
    least: int
    most: int


_TAKES: Final = {"in": _Takes(1, MOST_VALUES), "not": _Takes(1, MOST_VALUES), "between": _Takes(2, 2)}
_SEVERAL: Final = frozenset(_TAKES)


def _values(column: Column, operator: Operator, text: str) -> tuple[Any, ...]:
    if operator == "empty":
        return (values.yes_or_no(text),)
    parts = _split(text) if operator in _SEVERAL else [text]
    takes = _TAKES.get(operator, _Takes(1, 1))
    if not takes.least <= len(parts) <= takes.most:
        raise BadValue(f"takes {takes.least} to {takes.most} values" if takes.most > 2 else "takes two values")
    found = tuple(values.read(column, part) for part in parts)
    return found if operator == "between" else tuple(dict.fromkeys(found))


def _read(reader: Callable[[str], Any], text: str, field: str) -> Any:
    try:
        return reader(text)
    except BadValue as fault:
        raise _Fault(Refused("bad_value", f"`{field}` {fault}.", field)) from None


_PARTS: Final = re.compile(r"((?:[^\\,]|\\.|\\\Z)*)(,|\Z)", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


def _split(text: str) -> list[str]:
    """What stands between commas that have no backslash before them."""
    parts, at = list[str](), 0
    while True:
        found = _PARTS.match(text, at)
        if found is None:
            raise BadValue("is not a list of values with commas between them")
        parts.append(_ESCAPED.sub(r"\1", found[1]))
        if not found[2]:
            return parts
        at = found.end()


def _filter_text(listing: Listing, given: Filter) -> str:
    written = [values.write(value) for value in given.values]
    if given.operator in _SEVERAL:
        escaped = (each.replace("\\", "\\\\").replace(",", "\\,") for each in written)
        return f"{given.operator}:{','.join(escaped)}"
    if given.operator != "is":
        return f"{given.operator}:{written[0]}"
    # A value that looks as if it began with an operator says that it does not.
    looks = any(written[0].startswith(f"{operator}:") for operator in OPERATORS)
    return f"is:{written[0]}" if looks else written[0]
