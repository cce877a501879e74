"""What carries letters out of the house; each kind is a folder of ``connect``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from onhand.messages.rules import Outcome


class Parcel(NamedTuple):
    """A letter as it leaves: its number and name (the same at each try), where it goes, and its texts."""

    id: int
    name: str
    address: str
    subject: str
    text: str
    short: str
    language: str


class Carrier(Protocol):
    """Takes letters to their next server. It may be called from several threads at once."""

    def carry(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Try to deliver each once; whatever goes wrong is an outcome, in the parcels' order."""
