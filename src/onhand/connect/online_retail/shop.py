"""The shop, as far as its sales tell: where it sells from, what, to whom, and what it had in the beginning.

The file names no sites, no stock and no prices but those of each sale, so the shop is derived by the rules below. They
are simple on purpose; each is said once, at the function that applies it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from onhand.connect.online_retail import countries
from onhand.connect.online_retail.categories import OTHER, SHELVES, category_of
from onhand.connect.online_retail.invoices import CURRENCY, Invoice, Reversal, SoldLine
from onhand.connect.online_retail.reading import SHOP_TIME
from onhand.connect.online_retail.shipping import luck

OPENING_DAYS = 60
LAUNCH_DAYS = 28


class NoSales(ValueError):
    """No sale could be read, so there is no shop to speak of: look at what was set aside, and why."""


class ShopSite(msgspec.Struct, frozen=True):
    """A place that sells from stock. Coordinates are those of the city's centre."""

    code: str
    name: str
    kind: str
    country: str
    time_zone: str
    currency: str
    latitude: float
    longitude: float


class ShopChannel(msgspec.Struct, frozen=True):
    """A way in which customers buy."""

    code: str
    name: str
    kind: str
    currency: str


class ShopCategory(msgspec.Struct, frozen=True):
    """A shelf label."""

    code: str
    name: str


class ShopSku(msgspec.Struct, frozen=True):
    """One variant, counted in pieces (``each``). ``price`` is the median of what was paid, in GBP."""

    code: str
    name: str
    price: Decimal
    unit: str = "each"


class ShopProduct(msgspec.Struct, frozen=True):
    """Goods of one number, with their variants: product 85123 has the SKU 85123A."""

    code: str
    name: str
    category: str
    skus: tuple[ShopSku, ...]


class ShopCustomer(msgspec.Struct, frozen=True):
    """A customer by number; the file holds no names. The country is that of the first invoice."""

    code: str
    country: str | None


class ShopStock(msgspec.Struct, frozen=True):
    """So much of one SKU at a site before the first sale."""

    site: str
    sku: str
    quantity: Decimal


class Launch(msgspec.Struct, frozen=True):
    """A SKU that joins the assortment later: what each region gets of it before its first sale."""

    sku: str
    first_sold: date
    pieces: dict[str, int]


class Region(msgspec.Struct, frozen=True):
    """Countries that are supplied together, and the sites that share their demand: so many fifths each."""

    code: str
    fifths: tuple[tuple[str, int], ...]

    @property
    def home(self) -> str:
        """The site that takes goods back."""
        return self.fifths[0][0]

    def shares(self, pieces: int) -> Iterator[tuple[str, int]]:
        """Divide pieces among the sites; what cannot be divided stays with the first."""
        parts = {site: pieces * fifths // 5 for site, fifths in self.fifths}
        parts[self.home] += pieces - sum(parts.values())
        return ((site, part) for site, part in parts.items() if part)


class Shop(msgspec.Struct, frozen=True):
    """Everything that must be there before the first order can be placed, and the days of the first and last sale."""

    opens: date
    closes: date
    sites: tuple[ShopSite, ...]
    channels: tuple[ShopChannel, ...]
    categories: tuple[ShopCategory, ...]
    products: tuple[ShopProduct, ...]
    customers: tuple[ShopCustomer, ...]
    opening: tuple[ShopStock, ...]
    launches: tuple[Launch, ...]


SITES = (
    ShopSite("london", "London warehouse", "warehouse", "GB", "Europe/London", "GBP", 51.5074, -0.1278),
    ShopSite("manchester", "Manchester warehouse", "warehouse", "GB", "Europe/London", "GBP", 53.4808, -2.2426),
    ShopSite("dublin", "Dublin store", "store", "IE", "Europe/Dublin", "EUR", 53.3498, -6.2603),
    ShopSite("rotterdam", "Rotterdam partner", "third_party", "NL", "Europe/Amsterdam", "EUR", 51.9244, 4.4777),
)

CHANNELS = (
    ShopChannel("web", "Web shop", "web", CURRENCY),
    ShopChannel("phone", "Telephone", "phone", CURRENCY),
    ShopChannel("store", "Dublin store", "store", CURRENCY),
    ShopChannel("marketplace", "Marketplace", "marketplace", CURRENCY),
)

BRITAIN = Region("britain", (("london", 3), ("manchester", 2)))
IRELAND = Region("ireland", (("dublin", 5),))
CONTINENT = Region("continent", (("rotterdam", 5),))
REGIONS = {region.code: region for region in (BRITAIN, IRELAND, CONTINENT)}


def region_of(country: str | None) -> Region:
    """Dublin keeps stock for Ireland, Rotterdam for the Continent, London and Manchester for all others."""
    if country == "IE":
        return IRELAND
    return CONTINENT if country in countries.CONTINENT else BRITAIN


def survey(documents: Iterable[Invoice], *, opening_days: int = OPENING_DAYS) -> Shop:
    """Read all invoices once and say what shop made them. Raises NoSales when there are none."""
    seen = _Survey(opening_days)
    for document in documents:
        seen.note(document)
    return seen.shop()


class _Survey:
    """What is noted while reading: names, prices, customers, and what of each SKU was asked for early on."""

    def __init__(self, opening_days: int) -> None:
        self._opening_days = timedelta(days=opening_days)
        self._opens: date | None = None
        self._closes = date.min
        self._names: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._prices: defaultdict[str, Counter[Decimal]] = defaultdict(Counter)
        self._first_sold: dict[str, date] = {}
        self._early: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._customers: dict[str, str | None] = {}

    def note(self, document: Invoice) -> None:
        day = document.at.astimezone(SHOP_TIME).date()
        country = countries.iso(document.country)
        region = region_of(country).code
        if isinstance(document, Reversal):
            for line in document.lines:
                self._note_demand(line.sku, region, -line.quantity, day)
            return
        self._opens = self._opens or day
        self._closes = max(self._closes, day)
        if document.customer:
            self._customers.setdefault(document.customer, country)
        for line in document.lines:
            self._note_sale(line, region, day)

    def _note_sale(self, line: SoldLine, region: str, day: date) -> None:
        self._names[line.sku][line.description] += 1
        self._prices[line.sku][line.unit_price] += 1
        self._first_sold.setdefault(line.sku, day)
        self._note_demand(line.sku, region, line.quantity, day)

    def _note_demand(self, sku: str, region: str, quantity: int, day: date) -> None:
        """Early is the shop's first 60 days, or the first 28 of goods that came later."""
        if self._opens is None or sku not in self._first_sold:
            return
        end = self._opens + self._opening_days
        if (first := self._first_sold[sku]) >= end:
            end = first + timedelta(days=LAUNCH_DAYS)
        if day < end:
            self._early[sku][region] += quantity

    def shop(self) -> Shop:
        if self._opens is None:
            raise NoSales("No sale could be read from this file: look at what was set aside, and why.")
        products = tuple(self._products())
        return Shop(
            opens=self._opens,
            closes=self._closes,
            sites=SITES,
            channels=CHANNELS,
            categories=tuple(_categories({product.category for product in products})),
            products=products,
            customers=tuple(ShopCustomer(code, country) for code, country in sorted(self._customers.items())),
            opening=tuple(self._opening(self._opens + self._opening_days)),
            launches=tuple(self._launches(self._opens + self._opening_days)),
        )

    def _products(self) -> Iterator[ShopProduct]:
        by_product: defaultdict[str, list[ShopSku]] = defaultdict(list)
        for sku in sorted(self._names):
            by_product[product_code(sku)].append(ShopSku(sku, _commonest(self._names[sku]), _median(self._prices[sku])))
        for code, skus in by_product.items():
            best_seller = max(skus, key=lambda sku: self._names[sku.code].total())
            name = _common_name(best_seller.name, [sku.name for sku in skus])
            yield ShopProduct(code, name, category_of(best_seller.name), tuple(skus))

    def _opening(self, until: date) -> Iterator[ShopStock]:
        """Opening stock: what was asked for in the first 60 days, less what came back, by the sites of each region."""
        for sku in sorted(self._early):
            if self._first_sold[sku] < until:
                for region, pieces in self._stocked(sku).items():
                    for site, part in REGIONS[region].shares(pieces):
                        yield ShopStock(site, sku, Decimal(part))

    def _launches(self, until: date) -> Iterator[Launch]:
        for sku, first_sold in self._first_sold.items():
            if first_sold >= until and (pieces := self._stocked(sku)):
                yield Launch(sku, first_sold, pieces)

    def _stocked(self, sku: str) -> dict[str, int]:
        """One SKU in twelve starts with a quarter of what will be asked for: shops misjudge, and backorders follow."""
        demand = self._early[sku]
        share = 4 if luck(sku, 12) == 0 else 1
        return {region: -(-demand[region] // share) for region in REGIONS if demand[region] > 0}


def product_code(sku: str) -> str:
    """The digits a stock code begins with: 85123A is a variant of 85123. A code without stands for itself."""
    digits = re.match(r"[0-9]+", sku)
    return digits.group() if digits else sku


def _commonest(names: Counter[str]) -> str:
    """The name written most often; of equals, the first in the alphabet."""
    return min(names, key=lambda name: (-names[name], name))


def _median(prices: Counter[Decimal]) -> Decimal:
    """The lower median, so that it is a price that was really paid."""
    paid = sorted(prices.elements())
    return paid[(len(paid) - 1) // 2]


def _common_name(name: str, names: list[str]) -> str:
    """The words of ``name`` that all names share, if at least two; else the whole of it."""
    shared = set.intersection(*(set(other.split()) for other in names))
    words = [word for word in name.split() if word in shared]
    return " ".join(words) if len(words) > 1 else name


def _categories(used: set[str]) -> Iterator[ShopCategory]:
    for code, label, _ in (*SHELVES, (OTHER, "Other", "")):
        if code in used:
            yield ShopCategory(code, label)
