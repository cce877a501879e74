"""What happened, as a timeline tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from onhand.doors.web.desk.desk_words import cancel_reason
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
    return [Entry(each.at, words(each.kind, subject, each.facts), each.actor, _why(each)) for each in happened]


def _why(each: Happened) -> str:
    reason = str(each.facts.get("reason") or "")
    return cancel_reason(reason) if each.kind == "order.cancelled" else reason
