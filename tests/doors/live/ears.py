"""What the tests of the live stream tell, and what they hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from listening import Ear
from onhand.access.keys import create as create_key
from onhand.core import events
from onhand.core.database import Connection
from shop import Shop

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def key(shop: Shop, *scopes: str) -> str:
    text = create_key(shop.db, f"ears-{len(scopes)}", scopes or ["read"])
    shop.db.commit()
    return text


async def apart(what: Callable[..., Any], *words: Any) -> Any:
    """What blocks, beside the loop in which the stream runs."""
    return await asyncio.to_thread(what, *words)


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def tell(db: Connection, *subjects: str) -> None:
    events.record(db, [events.fact("order.told", each, "tester", {"of": each}) for each in subjects], NOW)


def told(ear: Ear) -> list[str]:
    return [each.data["subject"] for each in ear.named("order.told")]


def has_heard(events: int) -> Callable[[Ear], bool]:
    return lambda ear: len(told(ear)) >= events


def figures(ear: Ear) -> list[dict[str, str]]:
    return [{row["site"]: row["available"] for row in each.data["items"]} for each in ear.named("availability")]
