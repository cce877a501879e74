"""What happened, as a timeline tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from onhand.doors.web.words import words
from onhand.insight.telling import Happened


class Entry(NamedTuple):
    """A line of a timeline."""

    at: datetime
    words: str
    by: str
    about: str = ""


def entries(happened: Sequence[Happened], subject: str = "") -> list[Entry]:
    """Events in sentences, by whom, and the reason where one was given."""
    return [
        Entry(each.at, words(each.kind, subject, each.facts), each.actor, str(each.facts.get("reason") or ""))
        for each in happened
    ]
