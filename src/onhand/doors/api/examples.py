"""One small shop, seen through every request and answer: what the document shows, and what a first try can send.

They are commands, records and answers of the real types, so that an example cannot say what the API would not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, get_args, get_origin
from uuid import UUID

import msgspec

from onhand.access.privacy.consent import Choice, Standing
from onhand.access.privacy.erasing import Erased
from onhand.access.privacy.exporting import Export, Held
from onhand.catalog import queries as catalog
from onhand.catalog import records as catalog_records
from onhand.connect.webhooks import actions as webhooks
from onhand.connect.webhooks import queries as webhook_queries
from onhand.core.events import Event
from onhand.core.money import Money
from onhand.core.pages import Page, seal
from onhand.customers.actions import Care, Cared, CustomerRecord, SavedCustomer
from onhand.customers.queries import CustomerView
from onhand.customers.reviews.actions import Decided, Decision
from onhand.customers.reviews.queries import Published, Review
from onhand.customers.service.queries import CaseView, EntryView
from onhand.customers.service.queries import Response as ResponseTimes
from onhand.doors.api import privacy, service
from onhand.doors.api.reviews import RatingView
from onhand.doors.api.service import FoundAtTheDesk
from onhand.flows import answers, care, policies
from onhand.flows import commands as c
from onhand.flows.place_order import OrderPlaced, PlacedLine
from onhand.insight.desk.finding import FoundCustomer, FoundGoods, FoundOrder
from onhand.orders import listings as orders
from onhand.orders.actions import ChannelRecord, SavedChannel
from onhand.orders.queries import LineView, OrderView
from onhand.places import queries as places
from onhand.places import records as place_records
from onhand.stock import listings as stock
from onhand.stock.queries import Availability, Coming, Past

D = Decimal
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOON = NOON + timedelta(days=3)
ORDER = UUID("019cae2f-a000-7000-8000-000000000001")
CLAIM = UUID("019cae2f-a000-7000-8000-000000000002")
SUPPLY = UUID("019cae2f-a000-7000-8000-000000000003")
WEBHOOK = UUID("019cae2f-a000-7000-8000-000000000004")
REVIEW = UUID("019cae2f-a000-7000-8000-000000000005")
CURSOR = seal(["mug", "london"])

_COMMANDS: list[msgspec.Struct] = [
    c.PlaceOrder(
        "web",
        "W1001",
        [c.WantedLine("mug", D(2)), c.WantedLine("lamp", D(1), D("24.90"))],
        customer="ann",
        ship_to=c.Destination("GB", "SW1A 1AA", address="10 Downing Street\nLondon"),
    ),
    c.AdvanceOrder("web", "W1001", "ship", site="london"),
    c.AmendOrder("web", "W1001", [c.LineChange(D(3), line=1), c.LineChange(D(1), sku="mug")]),
    c.CancelOrder("web", "W1001", "changed their mind", [c.LineQuantity(1, D(1))]),
    c.TakeBack("web", "W1001", "london", [c.LineQuantity(1, D(1))], reason="chipped", condition="damaged"),
    c.HoldCart("basket-7", "web", [c.WantedLine("mug", D(1))], minutes=20),
    c.ReleaseCart("basket-7"),
    c.Receive("london", [c.ReceivedLine("mug", D(40))], reference="PO-77"),
    c.Expect("london", "PO-77", [c.ExpectedLine("mug", D(40), SOON)]),
    c.AmendSupply("london", "PO-77", [c.SupplyChange("mug", due=SOON)], reason="the ship is late"),
    c.MoveStock("london", "pick", "A-01-3", [c.MovedLine("mug", D(5))], reason="put away"),
    c.Transfer("london", "lisbon", "T-12", [c.MovedLine("mug", D(5))], due=SOON),
    c.Adjust("london", "pick", "mug", "found broken", by=D(-1)),
    c.SetThreshold("london", "mug", D(10)),
]

_RECORDS: list[msgspec.Struct] = [
    place_records.SiteRecord("london", "London", "warehouse", "GB", "Europe/London", "GBP", "UK", 51.5, -0.1),
    place_records.LocationRecord("london", "A-01-3", "pick", zone="A", aisle="01", level="3"),
    place_records.HoursRecord(
        "london",
        [place_records.OpeningRecord(0, time(9), time(17))],
        [place_records.ClosedDayRecord(date(2026, 12, 25), "Christmas")],
    ),
    catalog_records.CategoryRecord("mugs", "Mugs", "kitchen"),
    catalog_records.ProductRecord(
        "mug",
        "Mug",
        category="kitchen",
        skus=[
            catalog_records.SkuRecord(
                "mug",
                barcodes=[catalog_records.BarcodeRecord("4006381333931")],
                prices=[catalog_records.SkuPriceRecord("GBP", D("4.50"))],
            )
        ],
    ),
    catalog_records.PriceRecord("mug", "GBP", D("4.95"), SOON),
    catalog_records.SubstitutesRecord("mug", ["lamp"]),
    ChannelRecord("web", "Web shop", "web", "GBP"),
    CustomerRecord("ann", "Ann Archer", "ann@example.com", country="GB"),
    policies.PolicyRecord("web", ["fewest_parcels", "nearest"], ["london", "lisbon"], most_parcels=3),
]

_SAVED: list[msgspec.Struct] = [
    place_records.SavedSite("london", 1, "unchanged"),
    place_records.SavedLocation("london", "A-01-3", 12, "created"),
    place_records.SavedHours("london", "changed"),
    catalog_records.SavedCategory("mugs", 2, "created"),
    catalog_records.SavedProduct("mug", 1, "changed"),
    catalog_records.SavedPrice("mug", "GBP", SOON, "created"),
    catalog_records.SavedSubstitutes("mug", "changed"),
    SavedChannel("web", "unchanged"),
    SavedCustomer("ann", "created"),
    policies.SavedPolicy("web", 2, "created"),
]

_POSITION = answers.PositionNow("mug", "london", D(39), D(2), D(37))
_OUTCOMES: list[msgspec.Struct] = [
    OrderPlaced(
        ORDER,
        "web",
        "W1001",
        "backordered",
        [PlacedLine(1, "mug", D(2), D(2), D(0)), PlacedLine(2, "lamp", D(1), D(0), D(1), SOON)],
    ),
    answers.OrderChanged(ORDER, "web", "W1001", "shipped", [answers.LineNow(1, D(2), D(0), D(0), D(2), D(0), D(0))]),
    answers.StockChanged("PO-77", [_POSITION]),
    answers.CartHeld("basket-7", [_POSITION]),
]

_SITE = places.SiteAnswer(
    1, "london", "London", "warehouse", "GB", "UK", "Europe/London", "GBP", 51.5, -0.1, active=True, created_at=NOON
)
_OPENING = places.OpeningAnswer(0, time(9), time(17))
_CLOSED = places.ClosedDayAnswer(date(2026, 12, 25), "Christmas")
_BARCODE = catalog.BarcodeAnswer("04006381333931", "gtin", "each", D(1))
_PRICE = catalog.PriceAnswer("GBP", D("4.50"), NOON, SOON)
_SUBSTITUTE = catalog.SubstituteAnswer("lamp", "Lamp", 1)
_SKU = catalog.SkuDetail(
    1,
    "mug",
    "Mug",
    "each",
    0,
    "none",
    None,
    active=True,
    barcodes=[_BARCODE],
    prices=[_PRICE],
    substitutes=[_SUBSTITUTE],
)

_ANSWERS: list[Any] = [
    Availability(
        "mug", "london", D(41), D(1), D(2), D(38), D(40), D(0), [Coming("purchase", "PO-77", SOON, D(40), D(0))]
    ),
    Past("mug", "london", D(41), D(1), D(2), D(38)),
    stock.Lying("mug", "london", "pick", "pick", None, None, D(39)),
    stock.LotView("pill", "L-2026-04", serial=False, expires_on=date(2027, 4, 30), on_hand=D(120), first_seen=NOON),
    stock.MoveView(
        7,
        NOON,
        NOON,
        "mug",
        None,
        D(2),
        stock.End("london", "pick"),
        stock.End("london", "customer"),
        "sale",
        "order/web/W1001",
        "key/till",
    ),
    stock.SupplyView(
        SUPPLY, "purchase", "PO-77", "mug", "london", None, None, D(40), D(0), D(40), D(0), SOON, NOON, None
    ),
    stock.ThresholdView("mug", "london", D(10), D(8), NOON),
    OrderView(
        ORDER,
        "web",
        "W1001",
        "ann",
        "placed",
        0,
        "GBP",
        "GB",
        NOON,
        None,
        None,
        None,
        None,
        [LineView(1, "mug", D(2), D(2), D(0), D(0), D(0), D(0), D("4.50"))],
    ),
    Event(12, NOON, "order.placed", f"order/{ORDER}", "key/till", {"channel": "web", "number": "W1001"}),
    orders.BackorderView(
        "web", "W1001", 2, "lamp", D(1), 0, NOON, "out_of_stock", SOON, Money(D("24.90"), "GBP"), 7200
    ),
    orders.ReservationView(CLAIM, "mug", "london", D(2), NOON, orders.OrderLine("web", "W1001", 1), None, None, None),
    orders.ChannelView("web", "Web shop", "web", "GBP", backorders=True, active=True),
    _SITE,
    places.SiteDetail(_SITE, [_OPENING], [_CLOSED], 12),
    places.Hours("london", "Europe/London", [_OPENING], [_CLOSED]),
    places.LocationAnswer(12, "A-01-3", "pick", saleable=True, zone="A", aisle="01", bay="", level="3"),
    catalog.ProductAnswer(1, "mug", "Mug", "kitchen", active=True, skus=1, created_at=NOON),
    catalog.ProductDetail(1, "mug", "Mug", "", "kitchen", active=True, published=True, created_at=NOON, skus=[_SKU]),
    _SKU,
    _PRICE,
    _SUBSTITUTE,
    catalog.CategoryAnswer(2, "mugs", "Mugs", "kitchen", 1),
    catalog.ScannedBarcode("04006381333931", "gtin", "each", D(1), 1, "mug", "Mug", "each", "mug", active=True),
    CustomerView("ann", "Ann Archer", "ann@example.com", "", "GB", NOON),
    policies.PolicyVersion("web", 2, ["fewest_parcels", "nearest"], ["london", "lisbon"], 3, NOON, "key/office"),
]

_WEBHOOK = webhook_queries.WebhookView(
    WEBHOOK,
    "https://shop.example/onhand",
    ["order.*", "stock.changed"],
    [],
    ["web"],
    "the web shop",
    "enabled",
    NOON,
    "",
    "key/office",
    NOON,
    0,
    0,
    NOON,
)
_SECRET = "whsec_bm90IGEgc2VjcmV0LCBidXQgYW4gZXhhbXBsZQ=="  # noqa: S105 - an example

_WEBHOOKS: list[msgspec.Struct] = [
    webhooks.NewWebhook(
        "https://shop.example/onhand", ["order.*", "stock.changed"], channels=["web"], description="the web shop"
    ),
    webhooks.ChangeWebhook(state="disabled"),
    webhooks.RotateSecret(48),
    webhooks.PingWebhook("are you there?"),
    webhooks.ReplayDeliveries([12, 13]),
    webhooks.MadeWebhook(_WEBHOOK, _SECRET),
    webhooks.MadeSecret(_SECRET, SOON),
    webhooks.Replayed(2),
    _WEBHOOK,
    webhook_queries.DeliveryView(
        12, "evt_1042", 1042, "order.ship", "dead", 10, None, 500, "Internal Server Error", NOON, SOON
    ),
]

_STANDS = Standing("email", allowed=True, at=NOON, wording="May we write to you?", source="checkout")

_PRIVACY: list[msgspec.Struct] = [
    privacy.Choices([Choice("email", given=True, wording="May we write to you?", source="checkout")]),
    privacy.Stands("ann", [_STANDS, Standing("sale", allowed=False, objected=True, at=NOON, source="Sec-GPC: 1")]),
    privacy.ExportPersonalData("customer/ann"),
    Export(
        "customer/ann",
        NOON,
        [
            Held(
                "customers_customer",
                "to know who ordered, and to reach them about it",
                "contract (Art. 6 (1) b)",
                "three years after the last order",
                ["code", "name", "email"],
                [{"code": "ann", "name": "Ann Archer", "email": "ann@example.com"}],
            )
        ],
    ),
    privacy.ErasePerson("customer/ann"),
    Erased("customer/ann", NOON, already=False, rows={"customers_customer": 1, "orders_order": 4}),
]

_CASE = CaseView(1042, "Late mugs", "ann", None, "ana", "answered", "normal", NOON, "person/ana", SOON, SOON, None)
_DESK: list[msgspec.Struct] = [
    care.OpenCase(customer="ann", subject="Late mugs", question="When do they come?"),
    care.AnswerCase(text="They come on Friday.", by="email"),
    care.OpenedCase(_CASE),
    service.CaseDetail(_CASE, [EntryView(1, "question", "When do they come?", "person/ana", NOON)]),
    _CASE,
    Care(language="es", representative="ana", priority="high"),
    Cared("ann", "es", "ana", "high"),
    ResponseTimes(120, 5400.0, 21600.0, 110, 124),
    FoundAtTheDesk(
        [FoundCustomer("ann", "Ann Archer", "ann@example.com", "", "normal", "web", "W1001", "backordered", 1)],
        [FoundOrder("web", "W1001", "backordered", NOON, "GBP", "ann", "Ann Archer", D("59.94"))],
        [FoundGoods("mug", "Mug", D(7), D(30))],
    ),
]

_REVIEWS: list[msgspec.Struct] = [
    Published(REVIEW, "mug", 5, "Holds a lot, and looks well.", NOON, "Thank you!", SOON),
    RatingView("mug", 3, D("4.3"), [0, 0, 1, 0, 2]),
    Review(
        *(REVIEW, "order/web/W1001", 1, "mug", "ann", 5, "Holds a lot, and looks well.", "waiting", NOON, NOON),
        *(None, "", "", "", None),
    ),
    Decision(REVIEW, "publish", answer="Thank you!"),
    Decided(REVIEW, "published", answered=True),
]

BY_TYPE: dict[type, Any] = {
    type(each): each
    for each in [*_COMMANDS, *_RECORDS, *_SAVED, *_OUTCOMES, *_ANSWERS, *_WEBHOOKS, *_PRIVACY, *_DESK, *_REVIEWS]
}

PARAMETERS: dict[str, Any] = {
    "sku": "mug",
    "site": "london",
    "region": "GB",
    "channel": "web",
    "number": "W1001",
    "customer": "ann",
    "case": "1042",
    "product": "mug",
    "barcode": "4006381333931",
    "webhook": str(WEBHOOK),
    "country": "GB",
    "currency": "GBP",
    "at": "2026-03-02T12:00:00Z",
}


def request(kind: type) -> Any:
    """An example of what is sent: only what a caller would say, defaults left out."""
    return _said(BY_TYPE[kind])


def response(kind: Any) -> Any:
    """An example of what is answered, in full."""
    origin = get_origin(kind)
    if origin is Page:
        (item,) = get_args(kind)
        return {"items": [response(item)], "next": CURSOR}
    return msgspec.to_builtins(BY_TYPE[kind], str_keys=True) | {}


def _said(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(value)
        given = {field.encode_name: (getattr(value, field.name), field) for field in fields}
        return {name: _said(said) for name, (said, field) in given.items() if field.required or said != _default(field)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_said(each) for each in value]
    return msgspec.to_builtins(value)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
