"""Every code a refusal may carry, what it means, and the status it is answered with. A test holds it complete.

400 to 415 speak of the request itself; 404 of something that is not there; 409 of how things stand, which may change;
422 of a request that is understood and cannot be done as it is, now or later.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """What a code means."""

    status: int
    meaning: str


CODES: dict[str, Code] = {
    # of the request
    "bad_request": Code(400, "The request cannot be read: `errors` names the field and its fault."),
    "bad_key": Code(400, "An idempotency key has 1 to 200 visible characters of ASCII, and no space."),
    "bad_size": Code(400, "A list of commands holds 1 to 1,000 of them."),
    "bad_value": Code(400, "A value is out of range, or holds a character that cannot be stored."),
    "unauthenticated": Code(401, "No key, or none that opens anything: send `Authorization: Bearer oh_…`."),
    "forbidden": Code(403, "The key lacks the scope this asks for."),
    "method_not_allowed": Code(405, "The path is there and takes other methods: `Allow` names them."),
    "too_large": Code(413, "The body is larger than 10 MiB: send it in parts."),
    "not_json": Code(415, "The body is not JSON."),
    "too_often": Code(429, "The key has spent its allowance: come back after `Retry-After` seconds."),
    "failed": Code(500, "A fault of ours; nothing was changed."),
    "busy": Code(503, "More waits than can be carried out soon: come back after `Retry-After` seconds."),
    "bad_cursor": Code(422, "The cursor was not given out by this list: begin again without one."),
    "missing_key": Code(400, "The command has no name of its own: send an `Idempotency-Key`."),
    "key_reused": Code(422, "The idempotency key was used for a different command: use a new one."),
    "missing_channel": Code(422, "An order's number is its channel's own: name the channel too."),
    # what is not there
    "not_found": Code(404, "There is nothing at this path, or nothing of this name."),
    "unknown_order": Code(404, "The channel has no order of this number."),
    "unknown_cart": Code(404, "The cart holds nothing."),
    "unknown_category": Code(422, "No category has this code."),
    "unknown_channel": Code(422, "No channel has this code, or it takes no orders now."),
    "unknown_country": Code(422, "No country has this ISO 3166-1 code."),
    "unknown_customer": Code(422, "No customer has this code."),
    "unknown_line": Code(422, "The order has no line of this number."),
    "unknown_location": Code(422, "The site has no location of this code."),
    "unknown_lot": Code(422, "The lot is not at this location."),
    "unknown_site": Code(422, "No site has this code."),
    "unknown_sku": Code(422, "No SKU has this code."),
    "unknown_time_zone": Code(422, "The IANA database has no zone of this name."),
    "unknown_unit": Code(422, "There is no such unit."),
    # how things stand
    "closed": Code(409, "The order has nothing open for this step."),
    "held": Code(409, "The order is held: resume it first."),
    "nothing_open": Code(409, "Nothing of the order is open: what has shipped can be returned."),
    "nothing_reserved": Code(409, "Nothing is reserved for the order: it waits for stock."),
    "number_taken": Code(409, "The channel already has an order of this number."),
    "out_of_stock": Code(409, "There is not so much, and the channel lets nothing wait."),
    "promised": Code(409, "What is left there is promised to orders."),
    "expired": Code(422, "What is left of the goods has expired: replace it before shipping."),
    "not_reserved_there": Code(422, "Less of the line is reserved at this site."),
    "not_shipped": Code(422, "Nothing of the order has been shipped."),
    "not_there": Code(422, "There is less at the location than this takes from it."),
    "retired_sku": Code(422, "The SKU is no longer sold."),
    "barcode_taken": Code(422, "Another SKU has this barcode."),
    "sku_of_other_product": Code(422, "The SKU belongs to another product."),
    "unit_fixed": Code(422, "The SKU has stock history: its unit and tracking stay as they are."),
    "saleability_fixed": Code(422, "Whether goods at a location may be sold changes by a move, not by a new kind."),
    "virtual_location": Code(422, "The location is the ledger's own."),
    # what is asked
    "bad_barcode": Code(422, "The barcode is blank, or its check digit is wrong."),
    "bad_price": Code(422, "The price is negative, too large, or finer than its currency."),
    "bad_quantity": Code(422, "The quantity is too small, too large, or finer than its unit divides."),
    "category_circle": Code(422, "The category would lie below itself."),
    "closed_twice": Code(422, "One closed day is listed twice."),
    "half_a_coordinate": Code(422, "A latitude without a longitude, or the other way round."),
    "line_twice": Code(422, "One line of the order is changed twice."),
    "listed_twice": Code(422, "One thing is listed twice."),
    "missing_lot": Code(422, "The SKU is tracked: name the lot or the serial number."),
    "missing_priority": Code(422, "The step `priority` needs a priority."),
    "missing_serials": Code(422, "The SKU is tracked by serial number: name one for each piece."),
    "one_piece": Code(422, "A serial number is one piece: others have their own."),
    "serial_on_hand": Code(409, "The serial number is on hand already: count it first."),
    "one_figure": Code(422, "An adjustment takes either `by` or `counted`."),
    "overlapping_hours": Code(422, "Two openings of the calendar overlap."),
    "own_substitute": Code(422, "A SKU cannot stand in for itself."),
    "same_place": Code(422, "Source and target are one location."),
    "same_site": Code(422, "A transfer goes to another site."),
    "untracked": Code(422, "The SKU is not tracked: leave lot and serials out."),
    "which_line": Code(422, "Name either a line of the order or the SKU of a new one."),
}


def status_of(code: str) -> int:
    """The status a refusal is answered with."""
    return CODES[code].status if code in CODES else 422
