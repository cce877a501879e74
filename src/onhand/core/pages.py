"""Long answers are read page by page, and each page says where the next begins.

The next page is found by the key of the last row seen, never by counting rows off: page one thousand costs what page
one costs, and what is added meanwhile neither repeats a row nor hides one. The key travels as a cursor, a text that
means nothing to whoever carries it.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
import psycopg

from onhand.core.database import Connection, statement

T = TypeVar("T")
K = TypeVar("K")

PAGE = 100


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A page of a list. ``next`` is the cursor with which to ask for the following one; null at the end."""

    items: list[T]
    next: str | None = None


class BadCursor(ValueError):
    """This cursor was not given out by this list."""


def seal(key: Sequence[Any]) -> str:
    """A row's key as a cursor."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def unseal(cursor: str, kind: type[K]) -> K:
    """The key in a cursor; raises ``BadCursor`` when it holds no key of this kind."""
    try:
        text = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        return msgspec.json.decode(text, type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as fault:
        raise BadCursor from fault


def cut(found: Sequence[T], most: int, key: Callable[[T], Sequence[Any]]) -> Page[T]:
    """A page of what was found, of which one more than ``most`` was asked for to see whether there is a next."""
    return Page(list(found[:most]), seal(key(found[most - 1])) if len(found) > most else None)


@dataclass(frozen=True)
class Listing(Generic[T]):
    """A list that can be filtered and read page by page.

    ``<room>/sql/<name>.sql`` selects the columns of the key first and then those of a row; its ``{filters}`` stands
    for the conditions asked for. Only these are sent, each combination as a statement of its own, so that the
    planner picks the index that suits it.
    """

    room: str
    name: str
    key: Any  # the key's type, such as tuple[datetime, int]
    goes_on: str  # the condition for rows after the key %(k0)s, %(k1)s …
    row: Callable[..., T]
    filters: Mapping[str, str]

    def page(self, db: Connection, given: Mapping[str, Any], *, after: str | None = None, most: int = PAGE) -> Page[T]:
        """A page of what matches every filter given; a filter that is None is not asked for."""
        values = {name: value for name, value in given.items() if value is not None}
        conditions = [self.filters[name] for name in values]
        if after:
            values |= {f"k{at}": part for at, part in enumerate(unseal(after, self.key))}
            conditions.append(self.goes_on)
        text = statement(self.room, self.name).replace("{filters}", " AND ".join(conditions) or "true")
        try:
            rows = db.execute(text, values | {"most": most + 1}, prepare=False).fetchall()
        except psycopg.errors.DataError as fault:
            if after:
                raise BadCursor from fault
            raise
        width = len(self.key.__args__)
        cursor = seal(rows[most - 1][:width]) if len(rows) > most else None
        return Page([self.row(*row[width:]) for row in rows[:most]], cursor)
