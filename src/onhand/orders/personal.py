"""What orders hold about people, for the registry; whose time is over; and sealing rows of before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from onhand.access.privacy.registry import CONTRACT, Column, Holding, NotPersonal
from onhand.access.privacy.vault import Vault, enroll, is_sealed
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused
from onhand.orders.secrets import POSTCODE

SUBJECTS = {"order": statement("orders", "guest_order")}

HOLDINGS = (
    Holding(
        "orders_order",
        purpose="to send goods where they are wanted, from a site that is near",
        basis=CONTRACT,
        kept="where they go three years after the last order (ONHAND_KEEP_PEOPLE_DAYS); the order as long as the books",
        rows={
            "customer": "customer_id = (SELECT id FROM customers_customer WHERE code = %(name)s)",
            "order": "id = %(name)s::uuid",
        },
        columns=(
            Column("postcode", "address", "sealed", blank="''"),
            Column("address", "address", "sealed", blank="''"),
            Column("latitude", "location", "coarse", blank="NULL"),
            Column("longitude", "location", "coarse", blank="NULL"),
            Column("customer_id", "link", stays="the books add up by it; the customer's row says nothing any more"),
            Column("hold_reason", "free text", blank="CASE WHEN hold_reason = '' THEN '' ELSE 'erased' END"),
        ),
        beside=("id", "number", "country", "state", "currency", "placed_at", "shipped_at", "delivered_at"),
        recipients="the carrier that brings the goods",
    ),
)

NOT_PERSONAL = (
    NotPersonal(
        "orders_order", ("number", "country", "currency", "state"), "the books' own; a country alone is nobody's"
    ),
    NotPersonal("orders_channel", ("name",), "what a channel is called"),
    NotPersonal("orders_backorder", ("cause", "outcome"), "words of ours"),
)


def _open_orders(db: Connection, subject: str) -> Refused | None:
    """Goods are still to be brought to them."""
    kind, _, name = subject.partition("/")
    if kind not in {"customer", "order"}:
        return None
    row = db.execute(statement("orders", f"open_of_{kind}"), (name,)).fetchone()
    count, example = row or (0, None)
    if not count:
        return None
    return Refused(
        "orders_open",
        f"{count} of their orders are open, such as {example}; ship or cancel them first.",
        "subject",
    )


BLOCKERS = (_open_orders,)


def _seal(db: Connection, most: int) -> int:
    """Seal the postcodes of orders of before, and keep of their coordinates the town."""
    rows = db.execute(statement("orders", "plain_orders"), (most,)).fetchall()
    if not rows:
        return 0
    subjects: dict[UUID, str] = dict(rows)
    # Keys first, then rows, as everywhere: nobody waits for one with the other in hand.
    vault = enroll(db, subjects.values(), hold=True)
    kept = db.execute(statement("orders", "postcodes_held"), (list(subjects),))
    sealed = [(order, _sealed(vault, subjects[order], postcode)) for order, postcode in kept]
    if not sealed:
        return 0
    db.execute(statement("orders", "seal_orders"), [list(column) for column in zip(*sealed, strict=True)])
    return len(sealed)


def _sealed(vault: Vault, subject: str, postcode: str) -> str:
    """A postcode, sealed; one that somebody else has sealed meanwhile stays as it is."""
    return postcode if is_sealed(postcode) else vault.seal(subject, POSTCODE, postcode)


SEALERS = (_seal,)


def _overdue_customers(db: Connection, before: datetime, most: int) -> list[str]:
    """Customers of whom something is known, who are not new, and who have not ordered since a moment."""
    rows = db.execute(statement("orders", "overdue_customers"), {"before": before, "most": most})
    return [f"customer/{code}" for (code,) in rows]


def _overdue_guests(db: Connection, before: datetime, most: int) -> list[str]:
    """Guests' orders whose address is still known and whose time is over."""
    rows = db.execute(statement("orders", "overdue_guests"), {"before": before, "most": most})
    return [f"order/{order}" for (order,) in rows]


OVERDUE = (_overdue_customers, _overdue_guests)
