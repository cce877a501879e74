"""The live schema, compared with the registry: columns about people that nobody has declared."""

from __future__ import annotations

import re
from typing import Final

from onhand.access.privacy import registry
from onhand.core.database import Connection, statement

# What a column is called, or is said to be, when it holds something about a person.
_SMELL: Final = re.compile(
    r"(^|_)(e?mail|phone|mobile|fax|name|surname|first|last|address|street|city|town|post_?code|zip|birth\w*|gender"
    r"|latitude|longitude|ip|ip_address|user_?agent|contact|recipient|person|customer|actor|iban|tax_id|passport)($|_|s$)"
)
_TEXTS: Final = {"text", "character varying", "json", "jsonb", "inet", "ARRAY", "bytea"}
# Numbers, flags and moments say nothing by themselves, even where a name smells: they lead to rows that do.
_SILENT: Final = {
    *("bigint", "integer", "smallint", "boolean", "timestamp with time zone", "numeric", "uuid", "xid8"),
}


def undeclared(db: Connection) -> list[str]:
    """Columns that smell of a person, and texts in tables about people, of which the registry says nothing."""
    about_people = {each.table for each in registry.holdings()}
    declared = {(each.table, column.name) for each in registry.holdings() for column in each.columns}
    declared |= {(each.table, name) for each in registry.not_personal() for name in each.columns}
    return [
        f"{table}.{column}"
        for table, column, kind, comment in columns(db)
        if not {(table, column), (table, "*")} & declared
        and (_smells(column, kind, comment) or (table in about_people and kind in _TEXTS))
    ]


def columns(db: Connection) -> list[tuple[str, str, str, str]]:
    """Every column of the product's tables: its table, name, type and comment."""
    return db.execute(statement("access.privacy", "columns")).fetchall()


def _smells(column: str, kind: str, comment: str) -> bool:
    named = bool(_SMELL.search(column)) and kind not in _SILENT
    return named or bool(_SMELL.search(re.sub(r"\W+", "_", comment.lower())))
