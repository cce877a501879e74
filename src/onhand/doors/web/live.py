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
CASES = "kind:case.opened kind:case.taken kind:case.answered kind:case.waits kind:case.closed kind:case.reopened"
NOTES = "kind:note.written kind:note.pinned kind:note.taken_down"


def of_order(channel: str, number: str) -> str:
    """What happens to an order."""
    return quote(f"order:{channel}/{number}", safe=":/")
