"""What accounts hold about customers, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import CONTRACT, LEGITIMATE, Column, Holding, NotPersonal

_THEIRS = {"customer": "customer = %(name)s"}

HOLDINGS = (
    Holding(
        "customers_account_code",
        purpose="to be sure who signs in to a customer's account",
        basis=CONTRACT,
        kept="ten minutes",
        rows=_THEIRS,
        columns=(
            Column("customer", "link"),
            Column("mark", "link", "digest"),
            Column("digest", "sign-in", "digest"),
            Column("asking", "sign-in", "digest"),
        ),
        beside=("purpose", "made_at"),
        removed=True,
    ),
    Holding(
        "customers_account_session",
        purpose="to show customers where they are signed in, and let them end it",
        basis=LEGITIMATE,
        kept="until the session ends",
        rows=_THEIRS,
        columns=(
            Column("customer", "link"),
            Column("mark", "link", "digest"),
            Column("digest", "sign-in", "digest"),
            Column("address", "sign-in"),
            Column("browser", "sign-in"),
        ),
        beside=("way", "began_at", "seen_at"),
        removed=True,
    ),
    Holding(
        "customers_account_passkey",
        purpose="to let customers sign in without a letter",
        basis=CONTRACT,
        kept="until they remove it",
        rows=_THEIRS,
        columns=(
            Column("customer", "link"),
            Column("mark", "link", "digest"),
            Column("name", "sign-in"),
            Column("handle", "sign-in", "digest"),
            Column("credential", "sign-in"),
            Column("public", "sign-in"),
        ),
        beside=("made_at", "used_at"),
        removed=True,
    ),
    Holding(
        "customers_message",
        purpose="to answer what customers ask about their orders",
        basis=CONTRACT,
        kept="three years after the last order (ONHAND_KEEP_PEOPLE_DAYS)",
        rows=_THEIRS,
        columns=(
            Column("customer", "link", stays="the record says that somebody wrote; the code leads to nobody any more"),
            Column("text", "free text", "sealed", blank="''"),
        ),
        beside=("about", "topic", "direction", "sent_at", "read_at"),
        recipients="the people of the service desk",
    ),
)

NOT_PERSONAL = (
    NotPersonal("customers_account_code", ("purpose",), "words of ours"),
    NotPersonal("customers_account_session", ("way",), "words of ours"),
    NotPersonal(
        "customers_message", ("key", "about", "topic", "direction"), "what a message is about, by the books' numbers"
    ),
)
