"""Columns of a batch, written as PostgreSQL's array text (``{1,2,NULL}``) in one go.

A flow sends each table one statement with a list for each column. psycopg's own dumper asks every element how it
wants to be written and escapes it by regular expressions: half of the writer's time. Here a column is of one type, as
columns are, and is joined at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.adapt import Dumper


def _plain(column: list[Any]) -> Iterable[str]:
    return map(str, column)


def _quoted(column: list[Any]) -> Iterable[str]:
    return ['"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in column]


def _hexadecimal(column: list[Any]) -> Iterable[str]:
    return [f"{each.int:032x}" for each in column]


def _moments(column: list[Any]) -> Iterable[str]:
    # Most columns of moments hold one moment many times over.
    written = {each: f'"{each.isoformat()}"' for each in set(column)}
    return [written[each] for each in column]


def _bytes(column: list[Any]) -> Iterable[str]:
    return [f'"\\\\x{each.hex()}"' for each in column]


_WRITERS: dict[type, Callable[[list[Any]], Iterable[str]]] = {
    int: _plain,
    bool: _plain,
    float: _plain,
    Decimal: _plain,
    str: _quoted,
    UUID: _hexadecimal,
    datetime: _moments,
    date: _moments,
    time: _moments,
    bytes: _bytes,
}


def text(column: list[Any]) -> str:
    """A column as array text; its elements are None or all of one type.

    Raises ``TypeError`` for a type the house does not keep in columns.

    >>> text([1, None, 3])
    '{1,NULL,3}'
    """
    known = [each for each in column if each is not None]
    if not known:
        return "{" + ",".join(["NULL"] * len(column)) + "}"
    write = _WRITERS.get(type(known[0])) or (_quoted if isinstance(known[0], str) else None)
    if write is None:
        raise TypeError(f"a column of {type(known[0]).__name__} cannot be written")
    written = write(known)
    if len(known) == len(column):
        return "{" + ",".join(written) + "}"
    each = iter(written)
    return "{" + ",".join("NULL" if value is None else next(each) for value in column) + "}"


class ArrayDumper(Dumper):
    """Writes a list as array text of unknown type; the statement says which (``%s::bigint[]``)."""

    def dump(self, obj: list[Any]) -> bytes:
        """The text, as it goes over the wire."""
        return text(obj).encode()
