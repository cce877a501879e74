"""The correspondent: customers written to of what becomes of their orders; see ``flows/order_news.py``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from onhand.core.clock import Clock, utc_now
from onhand.core.database import Connection
from onhand.core.events import CHANNEL
from onhand.core.settings import Settings
from onhand.customers.rules import Language
from onhand.doors.jobs.on_call import LOOK_SECONDS, OnCall
from onhand.flows import order_news
from onhand.flows.order_news import News
from onhand.places import queries as places

# Orders come by the thousand, each batch notifies; news gathers for longer than this anyway.
PACE_SECONDS: Final = 2.0


class Correspondent(OnCall):
    """Has customers written to, from ``start`` to ``stop``. ``keeps``: it is this process's business."""

    def __init__(
        self, connect: Callable[[], Connection], settings: Settings, *, keeps: bool, clock: Clock = utc_now
    ) -> None:
        """``connect`` opens connections in autocommit."""
        super().__init__("write of orders", connect, CHANNEL, self._follow, keeps=keeps, pace=PACE_SECONDS)
        self._shop, self._gather = settings.shop_name, timedelta(seconds=settings.order_news_seconds)
        self._clock = clock

    def _follow(self, db: Connection) -> float:
        """Seconds to rest: none while there is more to look at."""
        looked_at = order_news.follow(db, self._clock(), speaker=Words(db), shop=self._shop, gather=self._gather)
        return 0.0 if looked_at >= order_news.PAGE else LOOK_SECONDS


class Words:
    """News in the words of the window, with the links of its pages."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._sites: dict[str, str] | None = None

    def sentences(self, language: Language, news: News) -> str:
        """News in a language."""
        # The words are Django's, which whoever only helps out need not have loaded.
        from onhand.doors.web.orders.order_sentences import in_words

        return in_words(news, language, self._called(news.store))

    def link(self, language: Language, channel: str, number: str, store: str) -> str:
        """Where an order's page is."""
        from onhand.doors.order_link import link_of

        return link_of(language, channel, number, store)

    def _called(self, store: str) -> str:
        if not store:
            return ""
        if self._sites is None:
            self._sites = {code: site.name for code, site in places.all_sites(self._db).items()}
        return self._sites.get(store, store)
