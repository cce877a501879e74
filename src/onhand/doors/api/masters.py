"""What the shop sells, where, and through which channels: saved as records, in lists, each answered line by line."""

from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from onhand.catalog import actions as catalog
from onhand.catalog import records as catalog_records
from onhand.core.refusals import Refused
from onhand.customers import actions as customers
from onhand.doors.api.lane import BulkLine
from onhand.doors.api.problems import of_refusal
from onhand.orders import actions as orders
from onhand.places import actions as places
from onhand.places import records as place_records

_KINDS: dict[str, tuple[type, Any]] = {
    "sites": (place_records.SiteRecord, places.save_sites),
    "locations": (place_records.LocationRecord, places.save_locations),
    "products": (catalog_records.ProductRecord, catalog.save_products),
    "categories": (catalog_records.CategoryRecord, catalog.save_categories),
    "substitutes": (catalog_records.SubstitutesRecord, catalog.set_substitutes),
    "channels": (orders.ChannelRecord, orders.save_channels),
    "customers": (customers.CustomerRecord, customers.save_customers),
}


def handlers() -> list[HTTPRouteHandler]:
    """One handler a kind of record."""
    return [_saving(path, record, save) for path, (record, save) in _KINDS.items()]


def _saving(path: str, record: type, save: Any) -> HTTPRouteHandler:
    many = Annotated[list[record], Meta(min_length=1, max_length=1000)]  # type: ignore[valid-type]

    @post(f"/{path}", summary=f"Create or change {path}", operation_id=f"save-{path}", name=f"save-{path}")
    async def handle(data: JSONBody[many], state: State) -> Response[bytes]:
        saved = await state.questions.change(lambda db: save(db, data))
        lines = [_line(each) for each in saved or data]
        return Response(msgspec.json.encode(lines), status_code=200, media_type="application/json")

    return handle


def _line(saved: Any) -> BulkLine:
    if isinstance(saved, Refused):
        found = of_refusal(saved)
        return BulkLine(found.status, problem=found)
    return BulkLine(200, msgspec.Raw(msgspec.json.encode(saved)))
