"""What letters hold about people, for the registry."""

from __future__ import annotations

from onhand.access.privacy import marks
from onhand.access.privacy.registry import CONTRACT, LEGITIMATE, Column, Holding, NotPersonal
from onhand.core.database import Connection

KEPT = "400 days after it was sent (ONHAND_KEEP_LETTERS_DAYS)"


def _address(db: Connection, name: str) -> str | None:
    """Whom privacy knows an e-mail address or a telephone number as, that letters went to; also by its mark."""
    marker = marks.marker(db)
    found = [name, *marker.email(name), *marker.phone(name)]
    row = db.execute(
        "SELECT whose FROM messages_letter WHERE whose = ANY(%s) LIMIT 1", ([f"address/{each}" for each in found],)
    ).fetchone()
    return row[0] if row else None


SUBJECTS = {"address": _address}
BY_ADDRESS = ("address",)
_LINK = "a code, or the name that signs; it leads to nobody any more"
_THEIRS = "whose = %(subject)s"
_ENDED = "state IN ('queued', 'failed')"

_OWN = "person = %(name)s"
_ALERTS = "to tell people of what they should act upon, by the way and at the hours they like"

HOLDINGS = (
    Holding(
        "messages_letter",
        purpose="to tell people what they wait for, and to know what they were told",
        basis=CONTRACT,
        kept=KEPT,
        rows={"customer": _THEIRS, "person": _THEIRS, "order": _THEIRS, "address": _THEIRS},
        columns=(
            Column("body", "free text", "sealed", blank="''"),
            Column("address", "email", "sealed", blank="''"),
            Column("to_name", "link", stays=_LINK),
            Column("whose", "link", stays=_LINK),
        ),
        beside=("channel", "template", "language", "about", "state", "made_at", "ended_at"),
        also={
            "state": f"CASE WHEN {_ENDED} THEN 'given_up' ELSE state END",
            "ended_at": f"CASE WHEN {_ENDED} THEN now() ELSE ended_at END",
        },
        recipients="who carries mail and text messages for the shop",
    ),
    Holding(
        "messages_preference",
        purpose=_ALERTS,
        basis=LEGITIMATE,
        kept="while the account is in use",
        rows={"person": _OWN},
        columns=(
            Column("person", "link"),
            Column("channels", "preference"),
            Column("pace", "preference"),
            Column("site", "preference"),
        ),
        beside=("muted", "digest_at", "quiet_from", "quiet_until"),
        removed=True,
    ),
    Holding(
        "messages_phone",
        purpose=_ALERTS,
        basis=LEGITIMATE,
        kept="while the account is in use",
        rows={"person": _OWN},
        columns=(Column("person", "link"), Column("number", "phone", "sealed")),
        removed=True,
    ),
    Holding(
        "messages_device",
        purpose=_ALERTS,
        basis=LEGITIMATE,
        kept="while the account is in use",
        rows={"person": _OWN},
        columns=(
            Column("person", "link"),
            Column("name", "free text"),
            Column("mark", "sign-in", "digest"),
            Column("address", "address", "sealed"),
        ),
        beside=("made_at", "silent_since"),
        removed=True,
        recipients="the push service of each browser (its maker's), which sees when and how much, not what",
    ),
    Holding(
        "messages_round",
        purpose=_ALERTS,
        basis=LEGITIMATE,
        kept="while the account is in use",
        rows={"person": _OWN},
        columns=(Column("person", "link"), Column("channel", "preference")),
        beside=("told_at", "due_at"),
        removed=True,
    ),
)

NOT_PERSONAL = (
    NotPersonal(
        "messages_letter",
        (
            "key",
            "about",
            "channel",
            "template",
            "language",
            "to_kind",
            "state",
            "said",
            "reference",
            "made_by",
            "topic",
        ),
        "references, words of ours, and what servers say",
    ),
    NotPersonal("messages_attempt", ("said",), "what a mail server or a provider said"),
    NotPersonal("messages_alert", ("*",), "goods and places, and the names that sign"),
    NotPersonal("messages_order_news", ("*",), "what happened to orders, by their numbers"),
    NotPersonal("messages_escalation", ("*",), "sites, and the names of roles and accounts"),
    NotPersonal("messages_wording", ("*",), "the shop's own texts"),
)
