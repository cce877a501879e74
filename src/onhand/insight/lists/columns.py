"""What a list can show, and by what it may be narrowed and sorted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from psycopg import sql

from onhand.core.database import Connection

Kind = Literal["text", "code", "state", "number", "money", "date", "moment", "flag"]
Operator = Literal["is", "in", "not", "contains", "starts", "lt", "lte", "gt", "gte", "between", "empty"]

OPERATORS: Final[tuple[Operator, ...]] = (
    *("is", "in", "not", "contains", "starts", "lt", "lte", "gt", "gte", "between", "empty"),
)
_COMPARING: Final[tuple[Operator, ...]] = ("lt", "lte", "gt", "gte", "between")
_BY_KIND: Final[dict[Kind, tuple[Operator, ...]]] = {
    "text": ("is", "not"),
    "code": ("is", "in", "not"),
    "state": ("is", "in", "not"),
    "number": ("is", *_COMPARING),
    "money": ("is", *_COMPARING),
    "date": ("is", *_COMPARING),
    "moment": _COMPARING,
    "flag": ("is",),
}


class Stored(NamedTuple):
    """How a kind of value travels: as which type of Python's, and of PostgreSQL's."""

    python: Any
    postgres: str


STORED: Final[dict[str, Stored]] = {
    "text": Stored(str, "text"),
    "code": Stored(str, "text"),
    "state": Stored(str, "text"),
    "number": Stored(Decimal, "numeric"),
    "money": Stored(Decimal, "numeric"),
    "date": Stored(date, "date"),
    "moment": Stored(datetime, "timestamptz"),
    "flag": Stored(bool, "boolean"),
    "id": Stored(int, "bigint"),
    "uuid": Stored(UUID, "uuid"),
}


@dataclass(frozen=True)
class Order:
    """How a column is sorted by. A sort without an index is ``bounded``: done while no more rows than that match.

    ``expr`` where it is not what is shown; ``nullable``: there may be nothing in it, which comes last either way.
    """

    expr: str = ""
    needs: tuple[str, ...] | None = None
    kind: str = ""
    bounded: int | None = None
    nullable: bool = False


@dataclass(frozen=True)
class Match:
    """How a column is filtered by, where that is not simply a comparison with what is shown.

    With a ``lookup`` the values asked for are first turned into ids, so that the planner knows how many there are;
    ``expr`` then is the column of ids, or, with ``{ids}`` in it, a test of its own. ``narrow`` adds what else is
    true of rows with these ids, where that makes them easier to find.
    """

    expr: str
    needs: tuple[str, ...] = ()
    lookup: str = ""
    narrow: Callable[[Connection, list[Any]], sql.Composable] | None = None


@dataclass(frozen=True)
class Column:
    """Something a list can show.

    ``needs`` names the joins its expression reads from. ``words`` is the text vector by whose words it can be searched;
    ``anywhere`` says that the table is small enough to look for a part of a text. ``today``: only the present value is
    known, so a past moment shows nothing and cannot be narrowed by it. ``most``: what is more than this is counted no
    farther, and is only known to be more.
    """

    name: str
    kind: Kind
    expr: str
    needs: tuple[str, ...] = ()
    label: str = ""
    shown: bool = True
    sort: Order | None = None
    match: Match | None = None
    filtered: bool = True
    words: str = ""
    anywhere: bool = False
    empty: bool = False
    choices: tuple[str, ...] = ()
    currency: str = ""
    today: bool = False
    most: int = 0

    def more(self, value: Any) -> bool:
        """Whether a value says only that there is more than ``most``."""
        return bool(self.most) and value is not None and value > self.most

    @property
    def title(self) -> str:
        """What stands at its head, in English."""
        return self.label or self.name.replace("_", " ").capitalize()

    @property
    def operators(self) -> tuple[Operator, ...]:
        """How it may be filtered."""
        if not self.filtered:
            return ()
        contains: tuple[Operator, ...] = ("contains",) if self.words or self.anywhere else ()
        starts: tuple[Operator, ...] = ("starts",) if self.anywhere else ()
        empty: tuple[Operator, ...] = ("empty",) if self.empty else ()
        return (*_BY_KIND[self.kind], *contains, *starts, *empty)
