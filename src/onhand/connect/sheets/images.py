"""How things are at present: what a batch begins from, what it leaves, and what an undo finds.

An image is everything an import could have changed of a thing, looked up by what the thing is found by, whatever else
the sheet says. Its digest is kept instead of the image itself where only "is it still so?" will be asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import sql

from onhand.connect.sheets.trades import Trade
from onhand.core.database import Connection, statement

_TYPES = {"number": "numeric", "whole": "numeric", "flag": "boolean", "moment": "timestamptz", "day": "date"}
_QUERIES = {"orders": "image_orders"}


@dataclass(frozen=True, slots=True)
class Image:
    """A thing as it is. ``known``: whether it is there at all."""

    known: bool
    facts: dict[str, Any]
    text: str
    digest: UUID


def of_rows(db: Connection, trade: Trade, clean: sql.Composable, rows: Sequence[int]) -> dict[int, Image]:
    """The things that staged rows name, by row."""
    source = sql.SQL("(SELECT {} FROM {} WHERE row = ANY (%(rows)s::integer[]))").format(
        _columns(trade, {name: sql.Identifier(name) for name in trade.found_by}), clean
    )
    return _look(db, trade, source, {"rows": list(rows)})


def of_things(db: Connection, trade: Trade, found_by: Mapping[int, Mapping[str, Any]]) -> dict[int, Image]:
    """The things found by these values, by the numbers they are handed in under."""
    names = {name: sql.SQL("said ->> {}").format(name) for name in trade.found_by}
    source = sql.SQL("(SELECT {} FROM unnest(%(rows)s::integer[], %(said)s::jsonb[]) AS things (row, said))").format(
        _columns(trade, names)
    )
    said = [json.dumps(dict(each)) for each in found_by.values()]
    return _look(db, trade, source, {"rows": list(found_by), "said": said})


def _columns(trade: Trade, given: Mapping[str, sql.Composable]) -> sql.Composed:
    """The columns the look-up asks for: those a thing is found by, and nothing else of what a sheet says."""
    columns: list[sql.Composable] = [sql.SQL("row")]
    for field in trade.fields:
        kind = sql.SQL(_TYPES.get(field.shape, "text"))
        value = given.get(field.name, sql.SQL("NULL"))
        columns.append(sql.SQL("({})::{} AS {}").format(value, kind, sql.Identifier(field.name)))
    return sql.SQL(", ").join(columns)


def _look(db: Connection, trade: Trade, source: sql.Composed, asked: Mapping[str, Any]) -> dict[int, Image]:
    query = statement("connect.sheets", _QUERIES.get(trade.name, f"now_{trade.name}"))
    text = query.format(rows=source.as_string(db))
    found = db.execute(
        "SELECT row, known, facts::text, md5(facts::text)::uuid FROM ("
        f"SELECT now.row, now.known, to_jsonb(now) - 'row' AS facts FROM ({text}) AS now) AS images",
        asked,
    )
    return {row: Image(known, facts(text), text, digest) for row, known, text, digest in found}


def facts(text: str) -> dict[str, Any]:
    """The facts of an image that was kept as text."""
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return found
