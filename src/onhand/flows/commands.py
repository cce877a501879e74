"""Everything that can be asked of the shop. What the API parses, a form fills and a file import reads."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onhand.core import texts
from onhand.core.asks import Command
from onhand.core.clock import YEARS, must_be_plausible
from onhand.core.texts import Code, Country, Currency
from onhand.customers.rules import Language

Text = Annotated[str, Meta(max_length=500, pattern=texts.TEXT)]
Priority = Annotated[int, Meta(ge=-100, le=100, description="higher is served first; 0 is ordinary")]
# Without its zone a moment means another one at every site.
Moment = Annotated[
    datetime, Meta(tz=True, description="with its zone, in the years 1900 to 2999", extra_json_schema=YEARS)
]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a command."""


class Destination(Part, frozen=True):
    """Where the goods shall go: at least the country; coordinates make "nearest" exact.

    ``address``: the lines below the name as they stand on a parcel, such as street and house, and the town.
    """

    country: Country
    postcode: Annotated[str, Meta(max_length=20, pattern=texts.TEXT)] = ""
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    address: Annotated[str, Meta(max_length=400, pattern=texts.TEXT)] = ""


class WantedLine(Part, frozen=True):
    """So much of one SKU."""

    sku: Code
    quantity: Decimal
    unit_price: Decimal | None = None


class PlaceOrder(Command, frozen=True):
    """A customer orders. ``number`` is the channel's own; together they name the order for ever.

    ``cart``: a cart whose holds this order takes over.
    """

    channel: Code
    number: Code
    lines: Annotated[list[WantedLine], Meta(min_length=1, max_length=200)]
    customer: Code | None = None
    ship_to: Destination | None = None
    currency: Currency | None = None
    priority: Priority = 0
    placed_at: Moment | None = None
    cart: Code | None = None

    def __post_init__(self) -> None:
        must_be_plausible("placed_at", self.placed_at)

    def natural_key(self) -> str:
        """An order is known by its channel and number."""
        return f"order/{self.channel}/{self.number}"


class FetchOrder(PlaceOrder, frozen=True, kw_only=True):
    """A customer orders and fetches it at a site: all of it comes from there, and nothing is waited for."""

    collect_at: Code


class Buyer(Part, frozen=True):
    """Who orders without an account. ``code``: by which they are known from now on, should they not be known yet."""

    code: Code
    name: texts.Name
    email: Annotated[str, Meta(max_length=254, pattern=texts.TEXT)]
    language: Language
    country: Country


class CheckOut(Command, frozen=True):
    """Somebody orders in the window: the order, which names no customer, who they are, and what the letter says."""

    order: PlaceOrder
    buyer: Buyer
    letter: dict[str, str]

    def natural_key(self) -> str:
        """An order is known by its channel and number."""
        return self.order.natural_key()


class OrderNamed(Command, frozen=True):
    """A command about one order, named by its channel and number."""

    channel: Code
    number: Code


class LineChange(Part, frozen=True):
    """The new quantity of a line: by its number in the order, or a new line when ``line`` is left out."""

    quantity: Decimal
    line: int | None = None
    sku: Code | None = None
    unit_price: Decimal | None = None


class AmendOrder(OrderNamed, frozen=True):
    """A customer changes an order: quantities up or down, lines added, priority, where it shall go.

    With ``ship_to`` what is added comes from the sites near there; what is reserved already stays where it is.
    """

    lines: Annotated[list[LineChange], Meta(max_length=200)] = []
    priority: Priority | None = None
    ship_to: Destination | None = None


class LineQuantity(Part, frozen=True):
    """So much of one line, by its number in the order."""

    line: int
    quantity: Decimal


class CancelOrder(OrderNamed, frozen=True):
    """Give up an order, or the named quantities of it; what was reserved is freed, what was shipped stays shipped."""

    reason: Annotated[str, Meta(min_length=1, max_length=200, pattern=texts.SOME_TEXT)]
    lines: Annotated[list[LineQuantity], Meta(max_length=200)] = []


class CancelOwn(OrderNamed, frozen=True):
    """A customer gives up an order of theirs, or the named quantities of it, while it is not picked.

    ``customers``: the codes of all customers they are; asked by a customer's own pages alone.
    """

    customers: Annotated[list[Code], Meta(min_length=1, max_length=100)]
    reason: Annotated[str, Meta(min_length=1, max_length=200, pattern=texts.SOME_TEXT)]
    lines: Annotated[list[LineQuantity], Meta(max_length=200)] = []


Step = Literal["confirm", "hold", "resume", "pick", "pack", "ship", "deliver", "priority"]


class AdvanceOrder(OrderNamed, frozen=True):
    """An order takes its next step. ``site`` and ``lines`` narrow a shipment; all that is reserved by default."""

    step: Step
    reason: Text = ""
    priority: Priority | None = None
    site: Code | None = None
    lines: Annotated[list[LineQuantity], Meta(max_length=200)] = []
    at: Moment | None = None

    def __post_init__(self) -> None:
        must_be_plausible("at", self.at)


class TakeBack(OrderNamed, frozen=True):
    """Goods come back from a customer to a site, fit for sale or not."""

    site: Code
    lines: Annotated[list[LineQuantity], Meta(min_length=1, max_length=200)]
    reason: Text = ""
    condition: Literal["saleable", "quarantine", "damaged"] = "saleable"
    at: Moment | None = None

    def __post_init__(self) -> None:
        must_be_plausible("at", self.at)


class HoldCart(Command, frozen=True):
    """Set stock aside for a cart, for a while. The same cart again replaces what it held."""

    cart: Code
    channel: Code
    lines: Annotated[list[WantedLine], Meta(min_length=1, max_length=200)]
    minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    ship_to: Destination | None = None


class ReleaseCart(Command, frozen=True):
    """The cart was emptied or left: what it held is free again."""

    cart: Code


class ExpireCarts(Command, frozen=True):
    """Free what carts held for longer than they asked for. Asked by the clock, not by people."""


class ExpireLots(Command, frozen=True):
    """Take goods whose last day is over out of sale. Asked by the clock, not by people."""


class ReceivedLine(Part, frozen=True):
    """So much of one SKU has arrived; ``expires_on`` and ``lot`` for perishables, ``serials`` for single pieces."""

    sku: Code
    quantity: Decimal
    lot: Code | None = None
    expires_on: date | None = None
    serials: Annotated[list[Code], Meta(max_length=1000)] = []
    location: Code | None = None


class Receive(Command, frozen=True):
    """Goods arrive at a site, against an expected supply (``reference``) or unannounced."""

    site: Code
    lines: Annotated[list[ReceivedLine], Meta(min_length=1, max_length=1000)]
    reference: Text = ""
    at: Moment | None = None

    def __post_init__(self) -> None:
        must_be_plausible("at", self.at)


class ExpectedLine(Part, frozen=True):
    """So much of one SKU is coming, on a day."""

    sku: Code
    quantity: Decimal
    due: Moment

    def __post_init__(self) -> None:
        must_be_plausible("due", self.due)


class Expect(Command, frozen=True):
    """Goods are announced: bought, made or sent back. Orders may be promised against them."""

    site: Code
    reference: Code
    lines: Annotated[list[ExpectedLine], Meta(min_length=1, max_length=1000)]
    kind: Literal["purchase", "production", "return"] = "purchase"

    def natural_key(self) -> str:
        """A supply is known by its own document."""
        return f"supply/{self.site}/{self.reference}"


class SupplyChange(Part, frozen=True):
    """So much of one SKU is still to come (0: none of it), or it comes on another day.

    ``was_due`` tells apart what one document announces for several days; ``was_quantity`` is how many were still to
    come when that was looked at: if some have come since, nothing changes.
    """

    sku: Code
    quantity: Decimal | None = None
    due: Moment | None = None
    was_due: Moment | None = None
    was_quantity: Decimal | None = None

    def __post_init__(self) -> None:
        must_be_plausible("due", self.due)
        must_be_plausible("was_due", self.was_due)


class AmendSupply(Command, frozen=True):
    """What was announced under a document changes: more of it, less, none, or on another day.

    Of what is on the road from another site only the day can change.
    """

    site: Code
    reference: Code
    lines: Annotated[list[SupplyChange], Meta(min_length=1, max_length=1000)]
    reason: Text = ""


class MovedLine(Part, frozen=True):
    """So much of one SKU (and lot, or serial) on its way from one place to another."""

    sku: Code
    quantity: Decimal
    lot: Code | None = None


class MoveStock(Command, frozen=True):
    """Goods go from one location of a site to another: put away, set aside, brought to the front."""

    site: Code
    source: Code
    target: Code
    lines: Annotated[list[MovedLine], Meta(min_length=1, max_length=1000)]
    reason: Text = ""
    reference: Text = ""
    at: Moment | None = None

    def __post_init__(self) -> None:
        must_be_plausible("at", self.at)


class Transfer(Command, frozen=True):
    """Goods leave one site for another; they are in transit until the other site receives them."""

    source: Code
    target: Code
    reference: Code
    lines: Annotated[list[MovedLine], Meta(min_length=1, max_length=1000)]
    due: Moment | None = None
    at: Moment | None = None

    def __post_init__(self) -> None:
        must_be_plausible("due", self.due)
        must_be_plausible("at", self.at)

    def natural_key(self) -> str:
        """A transfer is known by its own document."""
        return f"transfer/{self.source}/{self.reference}"


class Adjust(Command, frozen=True):
    """What is there is not what we thought: add or take away, with the reason. Exactly one of the two figures.

    ``by`` is the difference (negative for a loss); ``counted`` what was found. ``reference``: the document it comes
    from.
    """

    site: Code
    location: Code
    sku: Code
    reason: Annotated[str, Meta(min_length=1, max_length=200, pattern=texts.SOME_TEXT)]
    by: Decimal | None = None
    counted: Decimal | None = None
    lot: Code | None = None
    at: Moment | None = None
    reference: Text = ""

    def __post_init__(self) -> None:
        must_be_plausible("at", self.at)


class ServeWaiting(Command, frozen=True):
    """Give what lies free to whoever was passed by. Asked by the clock, not by people."""


class SetThreshold(Command, frozen=True):
    """Tell us when available stock of a SKU at a site falls below this; None takes the threshold away."""

    site: Code
    sku: Code
    quantity: Decimal | None


class SetCategoryThreshold(Command, frozen=True):
    """Tell us when anything of a category, or of those below it, falls below this at a site; None: of none of it."""

    site: Code
    category: Code
    quantity: Decimal | None
