"""How goods come to the shop: opening stock, new goods before their first sale, and the weekly order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from onhand.connect.online_retail.buying import RegionBuyer
from onhand.connect.online_retail.dispatch import Dispatch
from onhand.connect.online_retail.reading import SHOP_TIME
from onhand.connect.online_retail.shipping import local
from onhand.connect.online_retail.shop import REGIONS, Region, Shop
from onhand.connect.online_retail.timetable import Happening, Timetable
from onhand.flows.commands import Expect, ExpectedLine, Receive, ReceivedLine

MOST_LINES = 1000
ORDERED_AT = time(18)
ARRIVES_AT = time(7)
STOCKED_AT = time(18)
LEAD_TIME = timedelta(weeks=1)

Goods = dict[str, int]


def opening_receipts(shop: Shop) -> Iterator[Happening]:
    """The opening stock as receipts, on the evening before the first sale."""
    evening = local(shop.opens - timedelta(days=1), STOCKED_AT)
    for _, site, goods in _opening(shop):
        for number, part in _parts(goods):
            yield _received(site, f"OPENING-{number}", part, evening)


def _opening(shop: Shop) -> Iterator[tuple[Region, str, Goods]]:
    for region, site in ((each, site) for each in REGIONS.values() for site, _ in each.fifths):
        yield region, site, {stock.sku: int(stock.quantity) for stock in shop.opening if stock.site == site}


class Supplies:
    """Plans every delivery, and tells the dispatch when goods are there."""

    def __init__(self, shop: Shop, timetable: Timetable, dispatch: Dispatch) -> None:
        self._timetable = timetable
        self._dispatch = dispatch
        self._buyers = {code: RegionBuyer() for code in REGIONS}
        self._closed = False
        for region, _, goods in _opening(shop):
            self._note(region, goods)
            self._put(goods, local(shop.opens, time(0)))
        self._plan_launches(shop)
        self._timetable.plan(local(_monday(shop.opens) + timedelta(weeks=1), ORDERED_AT), self._review)

    def buyer(self, region: Region) -> RegionBuyer:
        """Who buys for a region, to be told what was sold."""
        return self._buyers[region.code]

    def close(self) -> None:
        """No more sales will come: what is ordered still arrives, but no more is ordered."""
        self._closed = True

    def _plan_launches(self, shop: Shop) -> None:
        """New goods are announced a week before the Monday on or before their first sale, and arrive on it."""
        by_monday: defaultdict[tuple[date, str], Goods] = defaultdict(dict)
        for launch in shop.launches:
            for region, pieces in launch.pieces.items():
                by_monday[_monday(launch.first_sold), region][launch.sku] = pieces
        for (monday, region), goods in by_monday.items():
            announced = partial(self._order, REGIONS[region], "NEW", goods)
            self._timetable.plan(local(monday - LEAD_TIME, ORDERED_AT), announced)

    def _review(self, at: datetime) -> Iterator[Happening]:
        """Monday evening: order for each region, and come back in a week."""
        if self._closed:
            return
        for region in REGIONS.values():
            yield from self._order(region, "PO", dict(self.buyer(region).review()), at)
        self._timetable.plan(local(_day(at) + timedelta(weeks=1), ORDERED_AT), self._review)

    def _order(self, region: Region, prefix: str, goods: Goods, at: datetime) -> Iterator[Happening]:
        due = local(_day(at) + LEAD_TIME, ARRIVES_AT)
        by_site: defaultdict[str, Goods] = defaultdict(dict)
        self._note(region, goods)
        for sku, pieces in goods.items():
            for site, share in region.shares(pieces):
                by_site[site][sku] = share
        for site, its_goods in by_site.items():
            for number, part in _parts(its_goods):
                reference = f"{prefix}-{_day(at):%Y%m%d}-{number}"
                yield _expected(site, reference, part, at, due)
                self._timetable.plan(due, partial(self._receive, site, reference, part))

    def _note(self, region: Region, goods: Goods) -> None:
        for sku, pieces in goods.items():
            self.buyer(region).expect(sku, pieces)

    def _receive(self, site: str, reference: str, goods: Goods, at: datetime) -> Iterator[Happening]:
        yield _received(site, reference, goods, at)
        self._put(goods, at)

    def _put(self, goods: Goods, at: datetime) -> None:
        for sku, pieces in goods.items():
            self._dispatch.bring(sku, pieces, at)


def _received(site: str, reference: str, goods: Goods, at: datetime) -> Happening:
    lines = [ReceivedLine(sku=sku, quantity=Decimal(pieces)) for sku, pieces in goods.items()]
    return Happening(at, Receive(site=site, lines=lines, reference=reference, at=at), f"receipt/{site}/{reference}")


def _expected(site: str, reference: str, goods: Goods, at: datetime, due: datetime) -> Happening:
    lines = [ExpectedLine(sku=sku, quantity=Decimal(pieces), due=due) for sku, pieces in goods.items()]
    command = Expect(site=site, reference=reference, lines=lines)
    return Happening(at, command, command.natural_key())


def _parts(goods: Goods) -> Iterator[tuple[int, Goods]]:
    """Documents of at most 1000 lines, numbered from 1."""
    lines = list(goods.items())
    for number, start in enumerate(range(0, len(lines), MOST_LINES), start=1):
        yield number, dict(lines[start : start + MOST_LINES])


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(at: datetime) -> date:
    return at.astimezone(SHOP_TIME).date()
