"""What requests hold about those who asked for and decided them, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import LEGITIMATE, Column, Holding, NotPersonal

_SIGNS = "it signs what was done, for as long as that is kept"

HOLDINGS = (
    Holding(
        "access_request",
        purpose="to let people in who work here, and to sign what they do",
        basis=LEGITIMATE,
        kept="while the account is in use",
        rows={"person": "asked_by = %(subject)s OR decided_by = %(subject)s"},
        columns=(
            Column("asked_by", "sign-in", stays=_SIGNS),
            Column("decided_by", "sign-in", stays=_SIGNS),
        ),
        beside=("act", "state", "asked_at", "decided_at"),
    ),
)

NOT_PERSONAL = (
    NotPersonal(
        "access_request", ("act", "facts", "before", "key", "permission", "sites", "state"), "goods, and how many"
    ),
    NotPersonal("access_request", ("answer",), "why it was declined: about goods"),
    NotPersonal("access_confirmation", ("*",), "chance"),
    NotPersonal("access_limit", ("*",), "figures"),
)
