"""Asking twice is harmless: the answer to a key is kept, in the transaction of its effect, and given again.

Only outcomes are kept. A refusal changed nothing, so asking again simply asks afresh.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused, refused

OTHER_COMMAND = Refused(
    "key_reused",
    "This idempotency key was used for a different command; use a new key for a new command.",
    "Idempotency-Key",
)

Flow = Callable[[Connection, Sequence[Ask[Any]], datetime], Sequence[Any]]


class Again(msgspec.Struct, frozen=True):
    """The answer given before, as it was: JSON text."""

    answer: str


def once(db: Connection, flow: Flow, asks: Sequence[Ask[Command]], now: datetime) -> list[Any]:
    """Run a flow over those asks whose key is new; answer the others as before.

    Returns one answer for each ask, in order: the flow's own, an ``Again``, or a refusal.
    """
    keyed = {ask.key for ask in asks if ask.key}
    if not keyed:
        return list(flow(db, asks, now))
    given = _given(db, keyed)
    answers: list[Any] = [None] * len(asks)
    fresh: list[int] = []
    leaders: dict[str, int] = {}
    followers: list[tuple[int, int]] = []
    for index, ask in enumerate(asks):
        if ask.key in given:
            answers[index] = _repeat(ask, *given[ask.key])
        elif ask.key in leaders:
            followers.append((index, leaders[ask.key]))
        else:
            fresh.append(index)
            if ask.key:
                leaders[ask.key] = index
    if fresh:
        for index, answer in zip(fresh, flow(db, [asks[i] for i in fresh], now), strict=True):
            answers[index] = answer
        _keep(db, [(asks[i], answers[i]) for i in fresh if asks[i].key and not refused(answers[i])], now)
        _hear_again(db, asks, answers, [i for i in fresh if asks[i].key and refused(answers[i])])
    if any(isinstance(answer, Again) for answer in answers):
        # What was done then may be on this server alone: given again, the answer waits for the standby, as at first.
        db.execute(statement("core", "await_standby"))
    for index, leader in followers:
        same = asks[index].fingerprint() == asks[leader].fingerprint()
        answers[index] = answers[leader] if same else OTHER_COMMAND
    return answers


def _hear_again(db: Connection, asks: Sequence[Ask[Command]], answers: list[Any], refused_ones: Sequence[int]) -> None:
    """What was refused because it had just been done by another process, under the same key, gets that answer."""
    if not refused_ones:
        return
    given = _given(db, {key for index in refused_ones if (key := asks[index].key)})
    for index in refused_ones:
        if asks[index].key in given:
            answers[index] = _repeat(asks[index], *given[asks[index].key])


def _given(db: Connection, keys: set[str]) -> dict[str | None, tuple[bytes, str]]:
    rows = db.execute(statement("core", "answers_given"), (list(keys),)).fetchall()
    return {key: (fingerprint, answer) for key, fingerprint, answer in rows}


def _repeat(ask: Ask[Command], fingerprint: bytes, answer: str) -> Again | Refused:
    return Again(answer) if ask.fingerprint() == bytes(fingerprint) else OTHER_COMMAND


def _keep(db: Connection, given: Sequence[tuple[Ask[Command], Any]], now: datetime) -> None:
    if given:
        keys = [ask.key for ask, _ in given]
        fingerprints = [ask.fingerprint() for ask, _ in given]
        texts = [msgspec.json.encode(answer).decode() for _, answer in given]
        db.execute(statement("core", "keep_answers"), (now, keys, fingerprints, texts))
