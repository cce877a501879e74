"""What carries letters out of the house; each kind is a folder of ``connect``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from onhand.messages.rules import Outcome
from onhand.messages.templates import Urgency


class Parcel(NamedTuple):
    """A letter as it leaves: its number and name (the same at each try), where it goes, and its texts.

    ``link``: the page it leads to. ``topic``: what is shown of one thing on a device gives way to what comes later.
    """

    id: int
    name: str
    address: str
    subject: str
    text: str
    short: str
    language: str
    link: str = ""
    topic: str = ""
    urgency: Urgency = "normal"
    useful_until: datetime | None = None


class Carrier(Protocol):
    """Takes letters to their next server. It may be called from several threads at once."""

    def carry(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Try to deliver each once; whatever goes wrong is an outcome, in the parcels' order."""
