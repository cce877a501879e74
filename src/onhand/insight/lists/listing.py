"""A list, declared: from which tables, one row of what, which columns, how it is searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from psycopg import sql

from onhand.core.database import Connection
from onhand.insight.lists.columns import Column


class Row(msgspec.Struct, frozen=True):
    """A row: what it is known by, and what stands in its columns."""

    key: str
    cells: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]


class Condition(NamedTuple):
    """Something rows must fulfil, and the joins it reads from."""

    test: sql.Composable
    needs: tuple[str, ...] = ()


NOTHING = Condition(sql.SQL("false"))


@dataclass(frozen=True)
class Join:
    """A table beside the list's own; ``after`` names the joins it stands on."""

    text: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Key:
    """A part of what a row is known by; ``kind`` is ``id``, ``uuid`` or one of the columns' kinds."""

    expr: str
    kind: str = "id"


Search = Callable[[Connection, str], Condition]
Opened = Callable[[Connection, Sequence[Row]], list[Row]]
Past = Callable[[Connection, Sequence[Row], datetime], list[Row]]


@dataclass(frozen=True)
class Listing:
    """A list. ``alias`` is its own table's, which every expression names; ``within`` what every row fulfils.

    ``always`` names columns that are read even where they are not shown, since links and acts are made of them.
    ``past`` puts into rows what they held at a past moment; a list without it knows only the present. ``opened`` puts
    into rows what is sealed in the table.
    """

    name: str
    table: str
    alias: str
    key: tuple[Key, ...]
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    joins: Mapping[str, Join] = field(default_factory=dict)
    within: str = ""
    always: tuple[str, ...] = ()
    search: Search | None = None
    past: Past | None = None
    opened: Opened | None = None

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns, by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The columns shown unless others are chosen."""
        return tuple(column.name for column in self.columns if column.shown)

    def joined(self, needs: Iterable[str]) -> sql.Composable:
        """The joins needed, each after those it stands on."""
        wanted: dict[str, None] = {}
        for name in needs:
            self._want(name, wanted)
        return sql.SQL(" ").join(sql.SQL(self.joins[name].text) for name in self.joins if name in wanted)

    def _want(self, name: str, wanted: dict[str, None]) -> None:
        for other in self.joins[name].after:
            self._want(other, wanted)
        wanted[name] = None
