"""What a listener missed since he was last here: read for him alone, up to where he hears what everybody hears."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from functools import partial

from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.events import Marks, Window, between, since, windows
from onhand.doors.api.live.audience import lagged
from onhand.doors.api.live.messages import compose
from onhand.doors.api.live.topics import EVERYTHING
from onhand.doors.api.questions import Questions
from onhand.stock import queries as stock

PAGE = 500
# Whoever missed more reads the present state sooner than everything that led to it.
MOST_MISSED = 200_000


async def missed(questions: Questions, topics: Mapping[str, str], place: Marks, until: Marks) -> AsyncIterator[bytes]:
    """Chunks to send; raises ``BadCursor`` for a place that is none."""
    if await questions.ask(lambda db: since(db, place)) > MOST_MISSED:
        yield lagged(topics.values(), until)
        return
    for window in windows(place, until.seen):
        part: Window | None = window
        while part is not None:
            text, part = await questions.ask(partial(_page, topics=topics, window=part))
            if text:
                yield text


def _page(db: Connection, topics: Mapping[str, str], window: Window) -> tuple[bytes, Window | None]:
    """A page of what was missed, and what of the window is left after it."""
    skus, sites = _named("sku/", topics), _named("site/", topics)
    about = None if EVERYTHING in topics else list(topics)
    told = between(db, window, about=about, sites=sites, kinds=_named("kind/", topics), most=PAGE)
    full = len(told) == PAGE
    changes = stock.changed_between(db, window, skus=skus, sites=sites)
    # What changed behind this page comes with a later one.
    changes = [each for each in changes if not full or each.seq <= told[-1].seq]
    messages = compose(db, topics, window, told, changes, utc_now())
    text = b"".join(message.text for message in messages)
    return text, window._replace(seq=told[-1].seq) if full else None


def _named(kind: str, topics: Mapping[str, str]) -> list[str]:
    return [key.removeprefix(kind) for key in topics if key.startswith(kind)]
