"""What reviews and scores hold about customers, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import CONSENT, LEGITIMATE, Column, Holding, NotPersonal

_THEIRS = {"customer": "customer = %(name)s"}
_STARS_STAY = "the stars stay, and keep adding up; the code leads to nobody any more"

HOLDINGS = (
    Holding(
        "customers_reviews_asked",
        purpose="to ask once what somebody thinks of an order",
        basis=CONSENT,
        kept="three years after the last order (ONHAND_KEEP_PEOPLE_DAYS)",
        rows=_THEIRS,
        columns=(Column("customer", "link"), Column("digest", "sign-in", "digest")),
        beside=("about", "sent", "asked_at"),
        removed=True,
    ),
    Holding(
        "customers_reviews_review",
        purpose="to show others what buyers think of a product",
        basis=CONSENT,
        kept="three years after the last order (ONHAND_KEEP_PEOPLE_DAYS)",
        rows=_THEIRS,
        columns=(
            Column("customer", "link", stays=_STARS_STAY),
            Column("text", "free text", "sealed", blank="''"),
            Column("why", "free text", blank="''"),
            Column("answer", "free text", blank="''"),
        ),
        beside=("about", "sku", "stars", "state", "written_at"),
        recipients="everybody, once it is published: the words, and never whose they are",
    ),
    Holding(
        "customers_reviews_score",
        purpose="to know whether buyers would recommend the shop, and why",
        basis=LEGITIMATE,
        kept="three years after the last order (ONHAND_KEEP_PEOPLE_DAYS)",
        rows=_THEIRS,
        columns=(
            Column("customer", "link", stays=_STARS_STAY),
            Column("why", "free text", "sealed", blank="''"),
        ),
        beside=("about", "score", "written_at"),
    ),
)

NOT_PERSONAL = (
    NotPersonal("customers_reviews_asked", ("about",), "the books' number of an order"),
    NotPersonal(
        "customers_reviews_review",
        ("about", "sku", "state", "decided_by"),
        "what it is about, by the books' numbers; who of the house decided, as the audit trail has it",
    ),
    NotPersonal("customers_reviews_score", ("about",), "the books' number of an order"),
)
