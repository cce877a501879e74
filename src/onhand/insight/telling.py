"""Events, told by the names people know: the log keeps ids, a page shows codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from onhand.core.database import Connection
from onhand.core.events import Event


class Happened(msgspec.Struct, frozen=True):
    """Something that happened, when, by whom, and what was said about it."""

    seq: int
    at: datetime
    kind: str
    actor: str
    facts: dict[str, Any]


class Names(NamedTuple):
    """The codes of what events name by id."""

    skus: dict[int, str]
    sites: dict[int, str]


def told(db: Connection, events: Sequence[Event]) -> list[Happened]:
    """Events with codes in place of ids."""
    names = names_of(db, [event.data for event in events])
    return [Happened(event.seq, event.at, event.kind, event.actor, _plainly(event.data, names)) for event in events]


def names_of(db: Connection, facts: Iterable[Any]) -> Names:
    """The names of every SKU and site that facts speak of."""
    skus, sites = set[int](), set[int]()
    for each in facts:
        _gather(each, skus, sites)
    return Names(_codes(db, "catalog_sku", skus), _codes(db, "places_site", sites))


def _codes(db: Connection, table: str, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(db.execute(f"SELECT id, code FROM {table} WHERE id = ANY (%s)", [list(ids)]).fetchall())


def _gather(facts: Any, skus: set[int], sites: set[int]) -> None:
    if isinstance(facts, dict):
        for name, value in facts.items():
            if isinstance(value, int) and name in {"sku", "site"}:
                (skus if name == "sku" else sites).add(value)
            elif name == "lines":
                skus.update(_numbered(value))
            _gather(value, skus, sites)
    elif isinstance(facts, list):
        for each in facts:
            _gather(each, skus, sites)


def _numbered(lines: Any) -> list[int]:
    """The SKUs of lines that are written as pairs of SKU and quantity."""
    return [line[0] for line in lines if isinstance(line, list) and line and isinstance(line[0], int)]


def _plainly(facts: Any, names: Names) -> Any:
    if isinstance(facts, list):
        return [_plainly(each, names) for each in facts]
    if not isinstance(facts, dict):
        return facts
    return {name: _named(name, value, names) for name, value in facts.items()}


def _named(name: str, value: Any, names: Names) -> Any:
    if isinstance(value, int) and name == "sku":
        return names.skus.get(value, str(value))
    if isinstance(value, int) and name == "site":
        return names.sites.get(value, str(value))
    if name == "lines":
        return [_line(line, names) for line in value]
    return _plainly(value, names)


def _line(line: Any, names: Names) -> Any:
    if isinstance(line, list) and len(line) == 2:
        return {"sku": names.skus.get(line[0], str(line[0])), "quantity": line[1]}
    return _plainly(line, names)
