"""Which column means which field: as it was asked, as files with the same headers were mapped before, by its name.

A field comes from a column or is one value for all rows (``channel=web``). What no field takes is told, never dropped
in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from onhand.connect.sheets import errors
from onhand.connect.sheets.fields import plain
from onhand.connect.sheets.trades import Trade
from onhand.core.database import Connection, statement


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a field's values come from: a column by its header, or one value for all rows."""

    column: str = ""
    value: str = ""


Sources = dict[str, Source]


class Proposal(msgspec.Struct, frozen=True):
    """How a file would be read: each column's field (none for those passed over), and why we think so."""

    columns: dict[str, str | None]
    by: str
    missing: list[str]


def propose(db: Connection, trade: Trade, headers: list[str], *, name: str | None = None) -> Proposal:
    """What each column seems to mean."""
    remembered = recall(db, trade, headers, name=name)
    fields = remembered if remembered is not None else guess(trade, headers)
    there = {field for said in fields.values() for field in _several(said)}
    missing = [each.name for each in trade.fields if each.required and each.name not in there]
    by = "names" if remembered is None else (f"mapping {name}" if name else "an earlier file with these headers")
    return Proposal({header: fields.get(header) for header in headers}, by, missing)


def guess(trade: Trade, headers: list[str]) -> dict[str, str]:
    """Fields by the names of columns: a field's own name before its other names, the first column before later ones."""
    found: dict[str, str] = {}
    for exact in (True, False):
        for header in headers:
            spelled = plain(header)
            for field in trade.fields:
                names = {plain(field.name)} if exact else field.spellings()
                if header not in found and field.name not in found.values() and spelled in names:
                    found[header] = field.name
    return found


def settle(
    trade: Trade, headers: list[str], fields: Mapping[str, str], asked: Mapping[str, str], values: Mapping[str, str]
) -> Sources:
    """The sources of an import's fields; raises ``CannotImport`` when the rows' keys have none.

    ``fields``: what is proposed, by column; ``asked``: what was said by hand, by column (an empty field passes the
    column over); ``values``: one value for all rows, by field.
    """
    known = [each.name for each in trade.fields]
    named = {_column(column, headers): _several(said) for column, said in asked.items()}
    taken = [*(field for each in named.values() for field in each), *values]
    if unknown := next((field for field in taken if field not in known), None):
        raise errors.unknown_field(unknown, known)
    if twice := next((field for field in taken if taken.count(field) > 1), None):
        raise errors.mapped_twice(twice)
    kept = {column: _several(said) for column, said in fields.items() if column not in named}
    sources = {field: Source(column=column) for column, each in kept.items() for field in each if field not in taken}
    sources |= {field: Source(column=column) for column, each in named.items() for field in each}
    sources |= {field: Source(value=value) for field, value in values.items()}
    _must_have_keys(trade, sources)
    return sources


def _several(said: str) -> list[str]:
    """The fields a column is: mostly one; a column of codes may be two, such as ``sku,barcode``."""
    return [field.strip() for field in said.split(",") if field.strip()]


def by_column(sources: Mapping[str, Source]) -> dict[str, str]:
    """What each column is, as it was said: the other way round than ``settle`` answers it."""
    found: dict[str, str] = {}
    for field, source in sources.items():
        if source.column:
            found[source.column] = f"{found[source.column]},{field}" if source.column in found else field
    return found


def _column(asked: str, headers: list[str]) -> str:
    """A header as the file has it, however it was typed."""
    alike = [header for header in headers if header == asked] or [
        header for header in headers if plain(header) == plain(asked)
    ]
    if not alike:
        raise errors.unknown_column(asked, headers)
    return alike[0]


def _must_have_keys(trade: Trade, sources: Sources) -> None:
    for name in trade.key:
        field = trade.field(name)
        if field.required and name not in sources:
            raise errors.no_column_for(name, field.meaning)


def fingerprint(headers: Iterable[str]) -> str:
    """The set of a file's headers, by which its mapping is remembered."""
    return "\n".join(sorted({plain(header) for header in headers}))


def remember(
    db: Connection, trade: Trade, headers: list[str], fields: Mapping[str, str], *, name: str | None = None
) -> None:
    """Keep a mapping for files with these headers, and under a name if one is given."""
    asked = {"kind": trade.name, "headers": fingerprint(headers), "fields": msgspec.json.encode(dict(fields)).decode()}
    db.execute(statement("connect.sheets", "remember_mapping"), asked)
    if name:
        db.execute(statement("connect.sheets", "name_mapping"), asked | {"name": name})


def recall(db: Connection, trade: Trade, headers: list[str], *, name: str | None = None) -> dict[str, str] | None:
    """The mapping of that name, or that of files with these headers, for the columns that are there; None for none."""
    asked = {"kind": trade.name, "name": name, "headers": fingerprint(headers)}
    row = db.execute(statement("connect.sheets", "recall_mapping"), asked).fetchone()
    if row is None:
        if name:
            raise errors.unknown_mapping(trade.name, name)
        return None
    by_name = {plain(header): header for header in reversed(headers)}
    known = {each.name for each in trade.fields}
    found = {by_name[plain(column)]: field for column, field in row[0].items() if plain(column) in by_name}
    return {column: said for column, said in found.items() if known.issuperset(_several(said))}
