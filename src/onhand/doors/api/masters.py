"""What the shop sells, where, and through which channels: saved as records, in lists, each answered line by line."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple, Protocol

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from onhand.catalog import actions as catalog
from onhand.catalog import records as catalog_records
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.customers import actions as customers
from onhand.doors.api.lane import BulkLine
from onhand.doors.api.permits import takes
from onhand.doors.api.problems import of_refusal
from onhand.doors.origins import signed
from onhand.flows import policies
from onhand.flows.in_use import skus_in_use
from onhand.orders import actions as orders
from onhand.places import actions as places
from onhand.places import records as place_records

MOST_RECORDS = 1000


class Save(Protocol):
    """Saves a batch of records in somebody's name; one answer each."""

    def __call__(self, db: Connection, records: Sequence[Any], /, *, actor: str) -> Sequence[Any]:
        """Answer each record, in order: what became of it, or why not."""


class Records(NamedTuple):
    """A kind of record that may be saved: what it looks like, what is answered, who saves it (and in whose name)."""

    record: type
    saved: type
    save: Save
    room: str
    summary: str
    permission: str


def _save_products(db: Connection, records: Sequence[Any], /, *, actor: str) -> Sequence[Any]:
    return catalog.save_products(db, records, in_use=skus_in_use, actor=actor)


def _set_policies(db: Connection, records: Sequence[Any], /, *, actor: str) -> Sequence[Any]:
    return policies.set_policies(db, records, actor=actor, now=utc_now())


KINDS: dict[str, Records] = {
    "sites": Records(
        place_records.SiteRecord,
        place_records.SavedSite,
        places.save_sites,
        "Places",
        "Create, change or give up sites",
        "do.places",
    ),
    "locations": Records(
        place_records.LocationRecord,
        place_records.SavedLocation,
        places.save_locations,
        "Places",
        "Create or change locations",
        "do.places",
    ),
    "hours": Records(
        place_records.HoursRecord,
        place_records.SavedHours,
        places.set_hours,
        "Places",
        "Set when sites are open",
        "do.places",
    ),
    "categories": Records(
        catalog_records.CategoryRecord,
        catalog_records.SavedCategory,
        catalog.save_categories,
        "Catalogue",
        "Create or change categories",
        "do.catalog",
    ),
    "products": Records(
        catalog_records.ProductRecord,
        catalog_records.SavedProduct,
        _save_products,
        "Catalogue",
        "Create, change or retire products and their SKUs",
        "do.catalog",
    ),
    "prices": Records(
        catalog_records.PriceRecord,
        catalog_records.SavedPrice,
        catalog.set_prices,
        "Catalogue",
        "Set prices, from now or from a day on",
        "do.catalog",
    ),
    "substitutes": Records(
        catalog_records.SubstitutesRecord,
        catalog_records.SavedSubstitutes,
        catalog.set_substitutes,
        "Catalogue",
        "Say what may be offered instead of what",
        "do.catalog",
    ),
    "channels": Records(
        orders.ChannelRecord,
        orders.SavedChannel,
        orders.save_channels,
        "Orders",
        "Create, change or close channels",
        "do.policies",
    ),
    "customers": Records(
        customers.CustomerRecord,
        customers.SavedCustomer,
        customers.save_customers,
        "Customers",
        "Create or change customers",
        "do.customers",
    ),
    "sourcing-policies": Records(
        policies.PolicyRecord,
        policies.SavedPolicy,
        _set_policies,
        "Sourcing",
        "Put new versions of policies in force",
        "do.policies",
    ),
}


def handlers() -> list[HTTPRouteHandler]:
    """One handler a kind of record."""
    return [_saving(path, kind) for path, kind in KINDS.items()]


def _saving(path: str, kind: Records) -> HTTPRouteHandler:
    many = Annotated[list[kind.record], Meta(min_length=1, max_length=MOST_RECORDS)]  # type: ignore[name-defined]

    @post(
        f"/{path}", summary=kind.summary, operation_id=f"save-{path}", name=f"save-{path}", opt=takes(kind.permission)
    )
    async def handle(data: JSONBody[many], request: Request[Any, Any, Any], state: State) -> Response[bytes]:
        actor = signed(request.scope)
        saved = await state.questions.change(lambda db: kind.save(db, data, actor=actor))
        lines = [_line(each) for each in saved]
        return Response(msgspec.json.encode(lines), status_code=200, media_type="application/json")

    return handle


def _line(saved: Any) -> BulkLine:
    if isinstance(saved, Refused):
        found = of_refusal(saved)
        return BulkLine(found.status, problem=found)
    return BulkLine(200, msgspec.Raw(msgspec.json.encode(saved)))
