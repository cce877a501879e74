"""Sealing what was written before there were keys, room by room, some hundreds of rows a transaction."""

from __future__ import annotations

from collections.abc import Callable

from onhand.access.privacy import registry
from onhand.core.database import Connection

PAGE = 500


def seal_all(db: Connection, *, watch: Callable[[int], None] = lambda _: None, most_pages: int | None = None) -> int:
    """Seal every row that is still plain; ``db`` must be in autocommit. Returns how many there were."""
    sealed, pages = 0, 0
    for seal in registry.sealers():
        while most_pages is None or pages < most_pages:
            with db.transaction():
                count = seal(db, PAGE)
            if not count:
                break
            sealed, pages = sealed + count, pages + 1
            watch(sealed)
    return sealed
