"""What wishes hold about people, for the registry."""

from __future__ import annotations

from onhand.access.privacy import marks
from onhand.access.privacy.registry import CONSENT, Column, Holding, NotPersonal
from onhand.core.database import Connection


def _wisher(db: Connection, name: str) -> str | None:
    """Whom privacy knows an address as that was left with goods; also by its mark."""
    found = [f"wish/{each}" for each in (name, *marks.marker(db).email(name))]
    row = db.execute("SELECT whose FROM customers_wish WHERE whose = ANY(%s) LIMIT 1", (found,)).fetchone()
    return row[0] if row else None


SUBJECTS = {"wish": _wisher}
BY_ADDRESS = ("wish",)

HOLDINGS = (
    Holding(
        "customers_wish",
        purpose="to tell somebody once that goods they wait for are back",
        basis=CONSENT,
        kept="until they were told or took it back, 180 days at most",
        rows={"wish": "whose = %(subject)s"},
        columns=(Column("email", "email", "sealed"), Column("whose", "link")),
        beside=("sku_id", "language", "made_at", "ended_at", "outcome"),
        removed=True,
        recipients="who carries mail for the shop",
    ),
)

NOT_PERSONAL = (NotPersonal("customers_wish", ("language", "outcome"), "words of ours"),)
