"""The audit trail: who did what to what, when and why, latest first."""

from __future__ import annotations

from typing import Final

from psycopg import sql

from onhand.core.database import Connection
from onhand.insight.lists.columns import Column, Order
from onhand.insight.lists.filtering import like, words
from onhand.insight.lists.listing import NOTHING, Condition, Key, Listing
from onhand.orders.queries import with_number_ids

MOST_ORDERS: Final = 50
# So many entries with a word are named one by one; where there are more, going through them finds a page soon.
MOST_NAMED: Final = 1000
WHY: Final = "to_tsvector('simple', entry.why)"
WHO: Final = ("person", "key", "operator")
# What events are about, besides orders (which are known by their numbers): ``site/london``, ``person/ana`` …
THINGS: Final = (
    *("site", "sku", "product", "category", "channel", "customer", "review", "cart", "role", "webhook"),
    *("import", "session", "device", "subject", "alert", "backup"),
)


def _find(db: Connection, text: str) -> Condition:
    """Entries of an order with this number, of a person or key, of another thing of this name, or with these words.

    The first of these that is there at all is meant: each is found by an index of its own, and latest first.
    """
    orders = [f"order/{order}" for order in with_number_ids(db, text, MOST_ORDERS)]
    if orders:
        return Condition(_of_subjects(orders))
    for tests in (_of_who(text), _about(text)):
        there = _there(db, tests)
        if there:
            return Condition(sql.SQL("({})").format(sql.SQL(" OR ").join(there)))
    query = words(db, text)
    return NOTHING if query is None else _worded(db, query)


def _worded(db: Connection, query: str) -> Condition:
    """Entries whose reason has these words. Where they are few, their moments lead to them.

    How many there are the planner cannot know, and would walk through three years in search of a word that nobody
    wrote; so they are looked up by the index of words first, and by nothing else.
    """
    has = sql.SQL("entry.why IS NOT NULL AND " + WHY + " @@ {}::tsquery").format(sql.Literal(query))
    db.execute("SELECT set_config('enable_seqscan', 'off', true)")
    found = db.execute(
        sql.SQL("SELECT entry.at FROM access_audit_entry AS entry WHERE {} LIMIT {}").format(has, MOST_NAMED + 1)
    ).fetchall()
    db.execute("SELECT set_config('enable_seqscan', 'on', true)")
    if len(found) > MOST_NAMED:
        return Condition(has)
    if not found:
        return NOTHING
    moments = sql.Literal(sorted({at for (at,) in found}))
    return Condition(sql.SQL("entry.at = ANY ({}::timestamptz[]) AND {}").format(moments, has))


def _there(db: Connection, tests: list[sql.Composable]) -> list[sql.Composable]:
    """Those of these tests that any entry passes. Each names one value of one index, so that none scans the trail."""
    asked = [sql.SQL("EXISTS (SELECT FROM access_audit_entry AS entry WHERE {})").format(test) for test in tests]
    row = db.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(asked))).fetchone() or ()
    return [test for test, passed in zip(tests, row, strict=True) if passed]


def _about(text: str) -> list[sql.Composable]:
    """An entry is about the thing of this name: as its subject, as a position of it, as one of the SKUs it names."""
    named = [text] if "/" in text else [f"{thing}/{text}" for thing in THINGS]
    within = sql.SQL("entry.subject LIKE {}").format(sql.Literal(like(f"position/{text}/")))
    skus = sql.SQL("(entry.about IS NOT NULL AND entry.about @> ARRAY[{}])").format(sql.Literal(text))
    return [*(sql.SQL("entry.subject = {}").format(sql.Literal(each)) for each in named), within, skus]


def _of_who(text: str) -> list[sql.Composable]:
    """What somebody did, or was done to them."""
    named = [text] if "/" in text else [f"{kind}/{text}" for kind in WHO]
    by = [sql.SQL("entry.actor = {}").format(sql.Literal(each)) for each in [*named, text]]
    return [*by, *(sql.SQL("entry.subject = {}").format(sql.Literal(each)) for each in named)]


def _of_subjects(subjects: list[str]) -> sql.Composable:
    return sql.SQL("entry.subject = ANY ({}::text[])").format(sql.Literal(subjects))


AUDIT: Final = Listing(
    name="audit",
    table="access_audit_entry",
    alias="entry",
    key=(Key("entry.seq"),),
    columns=(
        Column("at", "moment", "entry.at", sort=Order()),
        Column("kind", "code", "entry.kind", label="What happened"),
        Column("subject", "code", "entry.subject", label="To what"),
        Column("actor", "code", "entry.actor", label="By whom"),
        Column("why", "text", "entry.why", label="Why", words=WHY, empty=True),
        Column("origin", "text", "entry.origin", label="From where", shown=False, filtered=False),
        Column("happened", "moment", "entry.happened_at", shown=False, filtered=False),
        Column("event", "number", "entry.seq", shown=False, filtered=False),
        Column("facts", "text", "entry.data::text", shown=False, filtered=False),
    ),
    order=("-at",),
    always=("at", "kind", "subject", "actor", "event", "facts"),
    search=_find,
)
