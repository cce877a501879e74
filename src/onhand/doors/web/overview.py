"""The shop at large: levels by site, category and day, orders by the minute, sales, who waits, what runs short.

The page itself asks nothing and is there at once. Its figures come after it part by part, one behind the other: looking
up some of them takes seconds where a shop is large, and whoever looks shall not hold every thread that draws pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import psycopg.errors
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.doors.web.charts import bars, line
from onhand.doors.web.gates import may
from onhand.doors.web.house import reading
from onhand.doors.web.status import feel
from onhand.doors.web.wording import day_of_year
from onhand.insight.overview import Best, Overview

MOST_SITES, MOST_CATEGORIES = 12, 12
# Less than a browser waits for an answer (see base.html), so that it hears that there is none.
SECONDS_TO_COUNT = 12
_overview = Overview()

WINDOWS = {"24h": gettext_lazy("in 24 hours"), "7d": gettext_lazy("in 7 days"), "30d": gettext_lazy("in 30 days")}
AGES = {
    "under a day": gettext_lazy("under a day"),
    "1 to 3 days": gettext_lazy("1 to 3 days"),
    "3 to 7 days": gettext_lazy("3 to 7 days"),
    "7 to 30 days": gettext_lazy("7 to 30 days"),
    "over 30 days": gettext_lazy("over 30 days"),
}


class Part(NamedTuple):
    """A part of the page: how it is drawn, from which facts, and what else than time has it drawn anew."""

    name: str
    facts: Callable[[Connection], dict[str, Any]]
    wide: bool = False
    live: str = ""
    again: str = "every 60s"

    @property
    def template(self) -> str:
        """What it is drawn with."""
        return f"overview/{self.name}.html"


class Rank(NamedTuple):
    """One of the best sellers, and how long its bar is beside that of the first, in hundredths."""

    best: Best
    length: str


def _now(db: Connection) -> dict[str, Any]:
    pulse = feel(db, utc_now())
    minutes = [(f"−{59 - place}" if place < 59 else "0", count) for place, count in enumerate(pulse.by_minute)]
    short = _overview.short.ask(db)
    return {
        "pulse": pulse,
        "short": short,
        # What is well is not coloured.
        "tones": {"waiting": pulse.at_large.lines_waiting and "warn", "below": short.below and "bad"},
        "by_minute": bars(_("Orders in each of the last sixty minutes"), minutes),
    }


def _days(db: Connection) -> dict[str, Any]:
    days = [(day_of_year(each.day), each.on_hand) for each in _overview.by_day.ask(db)]
    return {"chart": line(_("Pieces on hand, by day"), days)}


def _sites(db: Connection) -> dict[str, Any]:
    sites = [(each.code or "–", each.available) for each in _overview.levels.ask(db).by_site[:MOST_SITES]]
    return {"chart": bars(_("Available, by site"), sites)}


def _waiting(db: Connection) -> dict[str, Any]:
    ages = [(str(AGES[each.age]), each.lines) for each in _overview.waiting.ask(db)]
    return {"chart": bars(_("Lines that wait, by age"), ages)}


def _best(db: Connection) -> dict[str, Any]:
    return {"ranks": _ranks(_overview.best_sellers.ask(db))}


def _ranks(best: Sequence[Best]) -> list[Rank]:
    most = max((each.pieces for each in best), default=1)
    return [Rank(each, f"{100 * each.pieces / most:.1f}") for each in best]


def _sold(db: Connection) -> dict[str, Any]:
    return {"sold": [(WINDOWS[each.window], each) for each in _overview.sold.ask(db)]}


def _categories(db: Connection) -> dict[str, Any]:
    return {"categories": _overview.levels.ask(db).by_category[:MOST_CATEGORIES]}


# In the order in which they are asked for.
_ALL = (
    Part("now", _now, wide=True, live="kind:order.placed", again="live throttle:2s, every 5s, changed from:body"),
    Part("best", _best),
    Part("sold", _sold),
    Part("days", _days),
    Part("waiting", _waiting),
    Part("sites", _sites),
    Part("categories", _categories),
)
PARTS = {each.name: each for each in _ALL}


@may("see.overview")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The page, its parts still to come."""
    return render(request, "overview/page.html", {"parts": PARTS.values()})


@may("see.overview")
@never_cache
@require_safe
def part(request: HttpRequest, name: str) -> HttpResponse:
    """A part of it, or that it takes too long."""
    wanted = PARTS.get(name)
    if wanted is None:
        raise Http404(name)
    try:
        with reading(seconds=SECONDS_TO_COUNT) as db:
            facts = wanted.facts(db)
    except psycopg.errors.QueryCanceled:
        return render(request, "overview/late.html")
    return render(request, wanted.template, facts)
