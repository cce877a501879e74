"""Events as rules look at them: which kinds are looked at, what they say of who, where and how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from onhand.access.watching.memory import Fix
from onhand.access.watching.rules import Sighting, network_of

# Whose name is not known stands for nobody in particular.
STRANGER = "stranger"


class Logged(NamedTuple):
    """An event as it lies in the log."""

    seq: int
    at: datetime
    kind: str
    subject: str
    actor: str
    data: dict[str, Any]
    origin: str


Read = Callable[[Logged], dict[str, Any]]


def address_of(origin: str) -> str:
    """The address in what is kept of from where something was asked, such as ``web 203.0.113.9``; empty without one."""
    return next((word for word in origin.split() if network_of(word)), "")


def sighting(event: Logged, place_of: Mapping[str, Fix]) -> Sighting:
    """An event of one of ``KINDS``; ``place_of``: where addresses lie."""
    given = {"who": event.actor, "subject": event.subject, **KINDS[event.kind](event)}
    address = address_of(event.origin)
    return Sighting(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        address=address,
        network=network_of(address),
        fix=place_of.get(address),
        **given,
    )


def _signed_in(event: Logged) -> dict[str, Any]:
    known = event.data.get("known_browser")
    return {
        "who": event.subject if event.subject.startswith("person/") else event.actor,
        "deed": "signed_in",
        "device": str(event.data.get("device", "")),
        "known_device": known if isinstance(known, bool) else None,
    }


def _failed(event: Logged) -> dict[str, Any]:
    about = str(event.data.get("name", "")) or event.subject
    return {"who": event.subject, "deed": "failed", "about": about}


def _locked(event: Logged) -> dict[str, Any]:
    return {"who": event.subject, "deed": "locked"}


def _adjusted(event: Logged) -> dict[str, Any]:
    command = event.data.get("command") or {}
    change = _number(event.data.get("is")) - _number(event.data.get("was"))
    if str(command.get("reference") or "").startswith("import"):
        # A sheet is one act, listed with every row of it and undone as one; its rows are nobody's burst.
        return {"deed": "worked", "site": _site(event), "amounts": {"imported": 1.0}}
    counted = command.get("counted") is not None
    amounts = {"counts" if counted else "adjustments": 1.0}
    if change < 0:
        amounts["lost"] = -change
    said = f"{command.get('sku', '')} {change:+g}".strip()
    return {"deed": "worked", "site": _site(event), "amounts": amounts, "said": said}


def _returned(event: Logged) -> dict[str, Any]:
    site = str(event.data.get("site", ""))
    return {"deed": "worked", "site": site, "amounts": {"returns": 1.0}, "said": str(event.data.get("reason", ""))[:80]}


def _exported(event: Logged) -> dict[str, Any]:
    rows = _number(event.data.get("rows"))
    amounts = {"rows": rows, **({"people": rows} if event.data.get("personal") else {})}
    return {"deed": "worked", "amounts": amounts, "said": f"{event.subject.partition('/')[2]} {rows:g}"}


def _raised(event: Logged) -> dict[str, Any]:
    before, after = (_roles(event.data.get(when)) for when in ("before", "after"))
    more = sorted(after - before)
    return {"deed": "raised" if more else "worked", "said": ", ".join(more)}


def _roles(posts: Any) -> set[str]:
    """Each role with the sites it holds at; it is one more when it holds at more of them."""
    return {f"{post.get('role')} {' '.join(post.get('sites') or [])}".strip() for post in posts or []}


def _refused(event: Logged) -> dict[str, Any]:
    times = _number(event.data.get("times"))
    return {"deed": "refused", "amounts": {"refused": times}, "said": str(event.data.get("route", ""))}


def _key_used(event: Logged) -> dict[str, Any]:
    return {"who": event.subject, "deed": "key_used"}


KINDS: Final[Mapping[str, Read]] = {
    "session.begun": _signed_in,
    "person.sign_in_failed": _failed,
    "signin.locked": _locked,
    "stock.adjusted": _adjusted,
    "order.returned": _returned,
    "rows.exported": _exported,
    "person.posts_changed": _raised,
    "access.refused": _refused,
    "key.used_from": _key_used,
}


def _site(event: Logged) -> str:
    return event.subject.removeprefix("site/") if event.subject.startswith("site/") else ""


def _number(said: Any) -> float:
    try:
        return float(Decimal(str(said or 0)))
    except InvalidOperation:
        return 0.0
