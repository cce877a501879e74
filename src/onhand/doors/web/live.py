"""Topics of the live stream, as pages name them: percent-encoded, since a code may hold a blank."""

from __future__ import annotations

from urllib.parse import quote


def of_sku(sku: str) -> str:
    """Availability of a SKU."""
    return quote(f"sku:{sku}", safe=":")


def of_site(site: str) -> str:
    """What happens at a site."""
    return quote(f"site:{site}", safe=":")


# What happens to cases, and to notes.
CASES = " ".join(
    f"kind:case.{what}" for what in ("opened", "asked", "taken", "answered", "waits", "closed", "reopened")
)
NOTES = "kind:note.written kind:note.pinned kind:note.taken_down"


def of_order(channel: str, number: str) -> str:
    """What happens to an order."""
    return quote(f"order:{channel}/{number}", safe=":/")
