"""What is held about customers, for the registry; and sealing rows of before."""

from __future__ import annotations

from onhand.access.privacy import marks
from onhand.access.privacy.registry import CONTRACT, Column, Holding, NotPersonal
from onhand.access.privacy.vault import enroll
from onhand.core.database import Connection, statement
from onhand.customers import secrets

SUBJECTS = {"customer": "SELECT 'customer/' || code FROM customers_customer WHERE code = %(name)s"}

HOLDINGS = (
    Holding(
        "customers_customer",
        purpose="to know who ordered, and to reach them about it",
        basis=CONTRACT,
        kept="three years after the last order (ONHAND_KEEP_PEOPLE_DAYS)",
        rows={"customer": "code = %(name)s"},
        columns=(
            Column("code", "link", stays="the books name who bought by it; it leads to nobody any more"),
            Column("name", "name", "sealed", blank="''"),
            Column("email", "email", "sealed", blank="''"),
            Column("phone", "phone", "sealed", blank="''"),
            Column("marks", "link", "digest", blank="'{}'"),
            Column("language", "preference", blank="NULL"),
        ),
        beside=("country", "created_at", "erased_at"),
        also={"erased_at": "now()"},
        recipients="nobody, unless the shop's own programs ask for it",
    ),
)

NOT_PERSONAL = (NotPersonal("customers_customer", ("country",), "a country alone is nobody's"),)


def _seal(db: Connection, most: int) -> int:
    """Seal customers of before."""
    codes = [code for (code,) in db.execute(statement("customers", "plain_customers"), (most,))]
    if not codes:
        return 0
    # Keys first, then rows, as everywhere: nobody waits for one with the other in hand.
    vault, marker = enroll(db, map(secrets.subject, codes), hold=True), marks.marker(db)
    rows = db.execute(statement("customers", "customers_held"), (codes,)).fetchall()
    sealed = []
    for code, *texts, _country in rows:
        # Of one row some may be sealed already.
        facts = secrets.opened_by(vault, code, dict(zip(secrets.SEALED, texts, strict=True)))
        kept = secrets.sealed(vault, code, facts)
        sealed.append((code, *kept.values(), secrets.marks(marker, facts)))
    if not sealed:
        return 0
    db.execute(statement("customers", "seal_customers"), [list(column) for column in zip(*sealed, strict=True)])
    return len(sealed)


SEALERS = (_seal,)
