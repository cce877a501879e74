"""Letters as the tests write them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from letterbox import Mailbox, mailbox
from onhand.messages.actions import Letter, Recipient

FACTS = {"number": "W-1", "state": "It has been shipped.", "link": "https://shop.example/W-1", "shop": "Harbour Goods"}


def letter(to: str = "ana@example.com", key: str = "k1", **facts: Any) -> Letter:
    """News of an order, to an address."""
    kind, _, name = to.rpartition("/")
    given: dict[str, Any] = {
        "template": "order.state",
        "to": Recipient(kind or "address", name),  # type: ignore[arg-type]
        "language": "en",
        "facts": FACTS,
        "key": key,
        "about": "order/web/W-1",
    }
    return Letter(**given | facts)


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    """A mail server."""
    with mailbox() as found:
        yield found
