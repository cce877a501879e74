"""What is remembered of whoever does things: little, and never more than so much, however much they do. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

MOST_PLACES = 40
MOST_DEVICES = 40
MOST_DAYS = 40
MOST_RECENT = 20
MOST_NAMES = 60
MOST_PEOPLE = 600


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """An event that shows something: its number in the log, when, what, about what, and a few words of its facts."""

    seq: int
    at: datetime
    kind: str
    subject: str
    said: str = ""


class Fix(msgspec.Struct, frozen=True, array_like=True):
    """A place on earth, in degrees; ``name`` as the table of networks calls it."""

    latitude: float
    longitude: float
    name: str = ""


class Spot(msgspec.Struct, array_like=True):
    """A place somebody was known to come from: its network, where that lies if known, and the day of the last time."""

    network: str
    fix: Fix | None
    day: str


class Rate(msgspec.Struct, omit_defaults=True):
    """How much of something on a day: today so far, with what shows it, and on the days before that had any."""

    day: str = ""
    today: float = 0.0
    past: list[float] = []
    recent: list[Evidence] = []


class Memory(msgspec.Struct, omit_defaults=True):
    """All that is remembered of one. A site, a device or an address is remembered like a person, by fewer things."""

    days: int = 0
    last_day: str = ""
    hours: list[float] = []
    hours_today: int = 0
    sign_ins: int = 0
    spots: list[Spot] = []
    devices: dict[str, str] = {}
    fix: Fix | None = None
    fix_at: datetime | None = None
    fix_event: Evidence | None = None
    rates: dict[str, Rate] = {}
    recent: dict[str, list[Evidence]] = {}
    counts: dict[str, list[tuple[datetime, float]]] = {}
    names: dict[str, datetime] = {}
    raised: dict[str, datetime] = {}
    people: dict[str, float] = {}


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Memory)


def written(memory: Memory) -> str:
    """As JSON."""
    return _encoder.encode(memory).decode()


def read(known: Any) -> Memory:
    """From JSON, as text or already taken apart."""
    return _decoder.decode(known) if isinstance(known, (str, bytes)) else msgspec.convert(known, Memory)
