"""What notes and cases hold about people, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import CONTRACT, Column, Holding, NotPersonal

_WHOSE = {
    "customer": "customer_id = (SELECT id FROM customers_customer WHERE code = %(name)s)",
    "order": "order_id = %(name)s::uuid AND customer_id IS NULL",
}
_CASES = {kind: f"case_id IN (SELECT id FROM customers_case WHERE {whose})" for kind, whose in _WHOSE.items()}
_KEPT = "as long as the customer is known"

HOLDINGS = (
    Holding(
        "customers_note",
        purpose="to know what colleagues learned of somebody, and to spare them telling it twice",
        basis=CONTRACT,
        kept=_KEPT,
        rows=_WHOSE,
        columns=(
            Column("text", "free text", "sealed", blank="''"),
            Column("customer_id", "link", stays="goes with the row"),
            Column("author", "link", stays="goes with the row"),
        ),
        beside=("pinned", "at"),
        removed=True,
    ),
    Holding(
        "customers_case",
        purpose="to answer what somebody asked, in time",
        basis=CONTRACT,
        kept=_KEPT,
        rows=_WHOSE,
        columns=(
            Column("subject", "free text", "sealed", blank="''"),
            Column("customer_id", "link", stays="the figures add up by it; the customer's row says nothing any more"),
        ),
        beside=("id", "state", "priority", "opened_at", "answered_at", "first_answered_at", "closed_at"),
    ),
    Holding(
        "customers_case_entry",
        purpose="to answer what somebody asked, in time",
        basis=CONTRACT,
        kept=_KEPT,
        rows=_CASES,
        columns=(Column("text", "free text", "sealed", blank="''"),),
        beside=("case_id", "kind", "at"),
    ),
)

NOT_PERSONAL = (
    NotPersonal("customers_note", ("key",), "names an asking"),
    NotPersonal("customers_case", ("key", "state", "priority"), "words of ours"),
    NotPersonal("customers_case", ("owner", "opened_by"), "references: an account"),
    NotPersonal("customers_case_entry", ("key", "kind"), "words of ours"),
    NotPersonal("customers_case_entry", ("author",), "reference: an account"),
)
