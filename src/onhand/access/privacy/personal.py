"""What this room holds about people, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import LEGAL_DUTY, Column, Holding, NotPersonal

_THEIRS = dict.fromkeys(("customer", "order", "person"), "subject = %(subject)s")
_PROOF = "the proof of what was agreed to, under a code that leads to nobody"

HOLDINGS = (
    Holding(
        "access_privacy_consent",
        purpose="to know, and to prove, what somebody agreed to",
        basis=LEGAL_DUTY,
        kept="for as long as claims can be made",
        rows=_THEIRS,
        columns=(
            Column("purpose", "consent", stays=_PROOF),
            Column("given", "consent", stays=_PROOF),
            Column("wording", "consent", stays=_PROOF),
            Column("source", "consent", stays=_PROOF),
        ),
        beside=("at", "actor"),
    ),
    Holding(
        "access_privacy_hold",
        purpose="to keep what a court or an authority may ask for",
        basis=LEGAL_DUTY,
        kept="until the hold ends",
        rows=_THEIRS,
        columns=(Column("reason", "free text", blank="''"),),
        beside=("until", "at", "ended_at", "actor"),
    ),
)

NOT_PERSONAL = (
    NotPersonal("access_privacy_consent", ("subject", "actor"), "references: a code, an account"),
    NotPersonal("access_privacy_hold", ("subject", "actor"), "references: a code, an account"),
    NotPersonal("access_privacy_erasure", ("*",), "that somebody was erased, under a code that leads to nobody"),
    NotPersonal("access_privacy_key", ("*",), "wrapped keys, under references"),
)
