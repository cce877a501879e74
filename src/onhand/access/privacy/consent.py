"""What people agreed to: purpose by purpose, when, in answer to which words; and what they objected to.

Nothing is agreed to until it is said. ``sale`` is what the CCPA calls selling or sharing: a browser that sends
``Sec-GPC: 1`` objects to it, and that is kept as soon as it is known whose browser it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from onhand.core import events, texts
from onhand.core.asks import Command
from onhand.core.database import Connection, statement

Purpose = Literal["email", "sms", "phone", "profiling", "sale"]
PURPOSES: Final[tuple[Purpose, ...]] = ("email", "sms", "phone", "profiling", "sale")
GPC: Final = "Sec-GPC: 1"
_GPC_WORDS: Final = "Global Privacy Control: do not sell or share my personal information"


class Choice(Command, frozen=True):
    """A yes or no to a purpose. ``wording``: the words that were answered; ``source``: where, such as `checkout`."""

    purpose: Purpose
    given: bool
    wording: Annotated[str, Meta(min_length=1, max_length=1000, pattern=texts.SOME_TEXT)]
    source: Annotated[str, Meta(min_length=1, max_length=100, pattern=texts.SOME_TEXT)] = "unknown"


class Standing(msgspec.Struct, frozen=True):
    """How somebody stands to a purpose: whether it is allowed, and what was said last, if anything."""

    purpose: Purpose
    allowed: bool
    objected: bool = False
    at: datetime | None = None
    wording: str = ""
    source: str = ""


def record(db: Connection, subject: str, choices: Sequence[Choice], *, now: datetime, actor: str) -> list[Standing]:
    """Write down what somebody chose; what was so already is not written again. Answers how they stand now."""
    before = {each.purpose: each for each in standing(db, subject)}
    fresh = [each for each in choices if not _stands(before[each.purpose], each)]
    if fresh:
        rows = [(each.purpose, each.given, each.wording, each.source) for each in fresh]
        columns = [list(column) for column in zip(*rows, strict=True)]
        db.execute(statement("access.privacy", "record_choices"), (subject, actor, now, *columns))
        events.record(db, [_fact(subject, each, before[each.purpose], actor) for each in fresh], now)
    return standing(db, subject)


def _stands(before: Standing, choice: Choice) -> bool:
    said = before.at is not None and before.allowed == choice.given
    return said and before.wording == choice.wording


def _fact(subject: str, choice: Choice, before: Standing, actor: str) -> events.Fact:
    kind = "consent.given" if choice.given else "consent.withdrawn"
    data = {"purpose": choice.purpose, "before": before.allowed, "after": choice.given, "source": choice.source}
    return events.fact(kind, subject, actor, data)


def standing(db: Connection, subject: str) -> list[Standing]:
    """How somebody stands to every purpose there is."""
    said = {row[0]: row[1:] for row in db.execute(statement("access.privacy", "standing"), (subject,))}
    return [_standing(purpose, said.get(purpose)) for purpose in PURPOSES]


def allowing(db: Connection, purpose: Purpose, subjects: Sequence[str]) -> set[str]:
    """Those of these subjects who allow a purpose now; one statement, however many they are."""
    rows = db.execute(statement("access.privacy", "allowing"), {"purpose": purpose, "subjects": list(subjects)})
    return {subject for (subject,) in rows}


def _standing(purpose: Purpose, said: tuple[bool, datetime, str, str] | None) -> Standing:
    if said is None:
        return Standing(purpose, allowed=False)
    given, at, wording, source = said
    return Standing(purpose, given, not given, at, wording, source)


def objected_by_browser(db: Connection, subject: str, *, now: datetime, actor: str) -> list[Standing]:
    """A browser objects to selling and sharing, and it is known whose it is: from now on that holds everywhere."""
    objection = Choice("sale", given=False, wording=_GPC_WORDS, source=GPC)
    return record(db, subject, [objection], now=now, actor=actor)


class Said(msgspec.Struct, frozen=True):
    """Something somebody chose once."""

    purpose: str
    given: bool
    at: datetime
    wording: str
    source: str
    actor: str


def history(db: Connection, subject: str, *, most: int = 100) -> list[Said]:
    """What somebody chose, latest first."""
    rows = db.execute(statement("access.privacy", "consent_history"), (subject, most))
    return [Said(*row) for row in rows]
