"""Reviews and scores: written, let through or not, answered. No event says what anybody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from onhand.access.privacy.vault import Vault, enroll
from onhand.core import texts
from onhand.core.asks import Command
from onhand.core.batch import moment
from onhand.core.database import Connection, statement
from onhand.core.events import Fact, fact, record
from onhand.core.ids import new_id
from onhand.core.refusals import Refused
from onhand.customers.reviews.asking import Delivered
from onhand.customers.reviews.rules import may_change
from onhand.customers.secrets import subject

TEXT: Final = "customers_reviews_review.text"
WHY: Final = "customers_reviews_score.why"
LONGEST: Final = 4000


class NewReview(msgspec.Struct, frozen=True):
    """What somebody thinks of a line: one to five stars, and perhaps some words."""

    line: int
    sku: str
    stars: Annotated[int, Meta(ge=1, le=5)]
    text: str = ""


class NewScore(msgspec.Struct, frozen=True):
    """How likely somebody is to recommend the shop, from 0 to 10, and perhaps why."""

    score: Annotated[int, Meta(ge=0, le=10)]
    why: str = ""


def write(
    db: Connection, order: Delivered, reviews: Sequence[NewReview], score: NewScore | None, *, actor: str, now: datetime
) -> Refused | None:
    """Write down what somebody thinks of an order, or what they think by now; the same once more is no news.

    One that is changed waits to be let through again. Refuses ``too_late`` one that is older than thirty days; then
    nothing is written.
    """
    whose = subject(order.customer)
    vault = enroll(db, [whose], hold=True)
    kept = _kept(db, order, vault)
    changed = [each for each in reviews if _differs(kept.get(each.line), each)]
    if any(each.line in kept and not may_change(kept[each.line].written_at, now) for each in changed):
        return Refused("too_late", "A review can be changed for thirty days; this one is older.", "stars")
    facts = [_write_one(db, order, each, kept.get(each.line), vault, actor, now) for each in changed]
    if score is not None:
        facts += _write_score(db, order, score, vault, actor, now)
    record(db, facts, now)
    return None


class _Kept(msgspec.Struct, frozen=True):
    id: UUID
    stars: int
    text: str
    written_at: datetime


def _kept(db: Connection, order: Delivered, vault: Vault) -> dict[int, _Kept]:
    rows = db.execute(
        "SELECT line, id, stars, text, written_at FROM customers_reviews_review WHERE order_id = %s"
        " ORDER BY line FOR NO KEY UPDATE",
        (order.order,),
    )
    whose = subject(order.customer)
    return {line: _Kept(review, stars, vault.open(whose, TEXT, text), at) for line, review, stars, text, at in rows}


def _differs(kept: _Kept | None, written: NewReview) -> bool:
    return kept is None or (kept.stars, kept.text) != (written.stars, written.text)


def _write_one(
    db: Connection, order: Delivered, written: NewReview, kept: _Kept | None, vault: Vault, actor: str, now: datetime
) -> Fact:
    review = kept.id if kept else new_id()
    facts = {
        "id": review,
        "order": order.order,
        "about": order.about,
        "line": written.line,
        "sku": written.sku,
        "customer": order.customer,
        "stars": written.stars,
        "text": vault.seal(subject(order.customer), TEXT, written.text[:LONGEST]),
        "now": now,
    }
    db.execute(statement("customers.reviews", "write_review"), facts)
    before = {"stars": kept.stars} if kept else None
    data = {"sku": written.sku, "before": before, "after": {"stars": written.stars}}
    return fact("review.written", f"review/{review}", actor, data)


def _write_score(
    db: Connection, order: Delivered, said: NewScore, vault: Vault, actor: str, now: datetime
) -> list[Fact]:
    sealed = vault.seal(subject(order.customer), WHY, said.why[:LONGEST])
    row = (order.order, order.about, order.customer, said.score, sealed, now)
    before = db.execute(
        "SELECT score, why FROM customers_reviews_score WHERE order_id = %s FOR NO KEY UPDATE", (order.order,)
    ).fetchone()
    if before and (before[0], vault.open(subject(order.customer), WHY, before[1])) == (said.score, said.why):
        return []
    db.execute(statement("customers.reviews", "write_score"), row)
    data = {"before": before[0] if before else None, "after": said.score}
    return [fact("review.scored", order.about, actor, data)]


class Decision(Command, frozen=True):
    """What becomes of a review: published, rejected for a reason, or answered; an answer may go with either."""

    review: UUID
    decision: Literal["publish", "reject", "answer"]
    reason: Annotated[str, Meta(max_length=500, pattern=texts.TEXT)] = ""
    answer: Annotated[str, Meta(max_length=LONGEST, pattern=texts.TEXT)] = ""


class Decided(msgspec.Struct, frozen=True):
    """How a review stands after a decision."""

    review: UUID
    state: str
    answered: bool


def decide(
    db: Connection, decisions: Sequence[Decision], *, actor: str, now: datetime | None = None
) -> list[Decided | Refused]:
    """Publish, reject or answer reviews; the same decision once more changes nothing, and is no news."""
    at = moment(db, now)
    wanted = sorted({each.review for each in decisions})
    rows = db.execute(
        "SELECT id, sku, state, why, answer FROM customers_reviews_review WHERE id = ANY(%s) ORDER BY id"
        " FOR NO KEY UPDATE",
        (wanted,),
    )
    known = {row[0]: _Standing(*row) for row in rows}
    facts: list[Fact] = []
    answers = [_decide(db, each, known, facts, actor, at) for each in decisions]
    record(db, facts, at)
    return answers


class _Standing(msgspec.Struct, frozen=True):
    id: UUID
    sku: str
    state: str
    why: str
    answer: str


_STATES: Final = {"publish": "published", "reject": "rejected"}


def _decide(
    db: Connection, wanted: Decision, known: dict[UUID, Any], facts: list[Fact], actor: str, now: datetime
) -> Decided | Refused:
    before = known.get(wanted.review)
    if before is None:
        return Refused("unknown_review", f"There is no review {str(wanted.review)!r}.", "review")
    if wanted.decision == "reject" and not wanted.reason.strip():
        return Refused("reason_missing", "Say why it is rejected; it stays on record.", "reason")
    if wanted.decision == "answer" and not wanted.answer.strip():
        return Refused("answer_missing", "Say what the shop answers.", "answer")
    after = msgspec.structs.replace(
        before,
        state=_STATES.get(wanted.decision, before.state),
        why=wanted.reason if wanted.decision == "reject" else "" if wanted.decision == "publish" else before.why,
        answer=wanted.answer or before.answer,
    )
    known[wanted.review] = after
    if after != before:
        _write_decision(db, before, after, actor, now)
        facts += _told(before, after, actor)
    return Decided(after.id, after.state, bool(after.answer))


def _write_decision(db: Connection, before: _Standing, after: _Standing, actor: str, now: datetime) -> None:
    decided = (before.state, before.why) != (after.state, after.why)
    facts = {
        "id": after.id,
        "state": after.state,
        "why": after.why,
        "answer": after.answer,
        "decided_at": now if decided else None,
        "decided_by": actor if decided else None,
        "answered_at": now if after.answer != before.answer else None,
    }
    db.execute(statement("customers.reviews", "decide"), facts)


def _told(before: _Standing, after: _Standing, actor: str) -> list[Fact]:
    told = []
    if (before.state, before.why) != (after.state, after.why):
        data = {"sku": after.sku, "before": {"state": before.state}, "after": {"state": after.state}}
        told.append(fact(f"review.{after.state}", f"review/{after.id}", actor, data | {"reason": after.why}))
    if before.answer != after.answer:
        told.append(fact("review.answered", f"review/{after.id}", actor, {"sku": after.sku}))
    return told
