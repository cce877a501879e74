"""Pages: every row once, in order, forwards and backwards, over ties and over what is empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onhand.core.database import Connection, connect
from onhand.core.refusals import Refused, refused
from onhand.insight import lists
from onhand.insight.lists import reading
from onhand.insight.lists.columns import Column, Order
from onhand.insight.lists.listing import Key, Listing
from onhand.insight.lists.reading import ListPage
from onhand.insight.lists.view import Sort, View

THINGS = Listing(
    name="things",
    table="things",
    alias="thing",
    key=(Key("thing.shelf"), Key("thing.id")),
    columns=(
        Column("size", "number", "thing.size", sort=Order()),
        Column("colour", "text", "thing.colour", sort=Order(nullable=True)),
        Column("seen", "moment", "thing.seen", sort=Order(nullable=True)),
        Column("weight", "number", "thing.weight", sort=Order(bounded=100)),
    ),
    order=("size",),
)
Things = list[tuple[int, str | None, int | None]]
THING = st.tuples(st.integers(0, 2), st.sampled_from(["red", "blue", None]), st.sampled_from([1, 2, None]))
SORTS = st.lists(
    st.builds(Sort, st.sampled_from(["size", "colour", "seen"]), st.booleans()),
    max_size=3,
    unique_by=lambda s: s.column,
)


def lay_out(db: Connection, things: Things) -> None:
    db.rollback()
    db.execute(
        "CREATE TEMP TABLE things (shelf bigint, id bigint, size numeric, colour text, seen timestamptz,"
        " weight numeric) ON COMMIT DROP"
    )
    for number, (size, colour, day) in enumerate(things):
        seen = None if day is None else f"2026-03-0{day}T00:00Z"
        db.execute(
            "INSERT INTO things VALUES (%s, %s, %s, %s, %s, 0)", (number % 2, number, size, colour, seen), prepare=False
        )


def page(db: Connection, view: View, cursor: str | None = None, *, size: int = 3) -> ListPage:
    found = reading.page(db, THINGS, view, cursor=cursor, size=size)
    assert isinstance(found, ListPage), found
    return found


def expected(things: Things, sorts: tuple[Sort, ...]) -> list[str]:
    """What a sort in Python makes of it: empty last either way, the key last of all, the way the last sort goes."""
    rows = [((number % 2, number), *thing) for number, thing in enumerate(things)]
    down = sorts[-1].down if sorts else False
    rows.sort(key=lambda row: row[0], reverse=down)
    at = {"size": 1, "colour": 2, "seen": 3}
    for sort in reversed(sorts or (Sort("size"),)):
        there = [row for row in rows if row[at[sort.column]] is not None]
        there.sort(key=by(at[sort.column]), reverse=sort.down)
        rows = there + [row for row in rows if row[at[sort.column]] is None]
    return [f"{shelf}.{number}" for (shelf, number), *_ in rows]


def by(place: int) -> Callable[[Any], Any]:
    return lambda row: row[place]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(THING, max_size=13), SORTS)
def test_every_row_is_seen_once_on_the_way_there_and_back(db: Connection, things: Things, sorts: list[Sort]) -> None:
    lay_out(db, things)
    view = View(sort=tuple(sorts))

    there = [page(db, view)]
    while there[-1].next:
        there.append(page(db, view, there[-1].next))
    back = [there[-1]]
    while back[-1].previous:
        back.append(page(db, view, back[-1].previous))

    whole = expected(things, view.sort)
    assert [row.key for each in there for row in each.rows] == whole
    assert [row.key for each in reversed(back) for row in each.rows] == whole
    assert there[0].previous is None
    assert back[-1].previous is None


def test_what_is_added_meanwhile_neither_repeats_a_row_nor_hides_one(db: Connection) -> None:
    lay_out(db, [(1, None, None)] * 6)

    first = page(db, View())
    db.execute("INSERT INTO things VALUES (0, 100, 0, NULL, NULL, 0)")
    second = page(db, View(), first.next)

    assert [row.key for row in first.rows + second.rows] == expected([(1, None, None)] * 6, ())


def test_a_cursor_of_another_order_is_refused(db: Connection) -> None:
    lay_out(db, [(1, "red", 1)] * 6)
    cursor = page(db, View()).next

    answer = reading.page(db, THINGS, View(sort=(Sort("colour"),)), cursor=cursor)

    assert isinstance(answer, Refused)
    assert (answer.code, answer.field) == ("bad_cursor", "cursor")


@pytest.mark.parametrize("cursor", ["x", "!", "bnVsbA", "W10", "A" * 3000, "W2ZhbHNlLCJ0aGluZy5zaXplIixbXV0"])
def test_a_cursor_nobody_gave_out_is_refused(db: Connection, cursor: str) -> None:
    lay_out(db, [(1, "red", 1)])

    answer = reading.page(db, THINGS, View(), cursor=cursor)

    assert refused(answer)
    assert answer.code == "bad_cursor"


def test_a_sort_without_an_index_is_done_while_few_rows_match(db: Connection) -> None:
    lay_out(db, [(1, None, None)] * 3)
    db.execute("ANALYZE things")
    by_weight = View(sort=(Sort("weight"),))
    few = reading.page(db, THINGS, by_weight)
    db.execute("INSERT INTO things SELECT 1, number, 1, NULL, NULL, 0 FROM generate_series(100, 300) AS number")
    db.execute("ANALYZE things")

    many = reading.page(db, THINGS, by_weight)

    assert isinstance(few, ListPage)
    assert refused(many)
    assert (many.code, many.field) == ("too_many_to_sort", "sort")


def test_rows_are_counted_no_farther_than_asked(db: Connection) -> None:
    lay_out(db, [(1, None, None)] * 5)

    assert lists.count(db, THINGS, View()) == lists.Count(5)
    assert lists.count(db, THINGS, View(), most=5) == lists.Count(5)
    assert lists.count(db, THINGS, View(), most=4) == lists.Count(4, more=True)


def test_all_that_match_are_named_as_far_as_asked(db: Connection) -> None:
    lay_out(db, [(1, None, None)] * 3)

    every, some = lists.keys(db, THINGS, View()), lists.keys(db, THINGS, View(), most=2)

    assert isinstance(every, lists.Keys)
    assert (sorted(every.keys), every.more) == (["0.0", "0.2", "1.1"], False)
    assert isinstance(some, lists.Keys)
    assert (len(some.keys), some.more) == (2, True)


def test_a_list_is_streamed_whole_in_its_order(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    things: Things = [(number % 3, None, None) for number in range(10)]
    lay_out(db, things)
    monkeypatch.setattr(reading, "AT_A_TIME", 4)

    assert [row.key for row in lists.stream(db, THINGS, View())] == expected(things, ())


def test_rows_that_changed_are_read_again_if_they_still_match(db: Connection) -> None:
    lay_out(db, [(3, None, None), (2, None, None), (1, None, None)])

    found = lists.these(db, THINGS, View(), ["0.0", "1.1", "7.7", "nonsense", "1", "1.1.1"])

    assert isinstance(found, list)
    assert [row.key for row in found] == ["1.1", "0.0"]


def test_what_would_take_too_long_is_given_up(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Listing("slow", "(SELECT 1 AS id, pg_sleep(5))", "slow", (Key("slow.id"),), THINGS.columns[:0], ())
    monkeypatch.setattr(reading, "PATIENCE", "20ms")

    with connect(database_url, autocommit=True) as db:
        answer = reading.page(db, slow, View())
        patience = db.execute("SHOW statement_timeout").fetchone()

    assert refused(answer)
    assert answer.code == "takes_too_long"
    assert patience == ("30s",)


def test_what_is_given_up_leaves_its_asker_in_one_piece(database_url: str) -> None:
    slow = Listing("slow", "(SELECT 1 AS id, pg_sleep(5))", "slow", (Key("slow.id"),), THINGS.columns[:0], ())

    with connect(database_url, autocommit=True) as db, db.transaction():
        db.execute("SET LOCAL statement_timeout = '20ms'")
        answer = lists.count(db, slow, View())
        after = db.execute("SELECT 1").fetchone()

    assert refused(answer)
    assert after == (1,)


def test_a_value_the_database_cannot_hold_is_refused(database_url: str) -> None:
    odd = Listing("odd", "(SELECT 'x' AS id)", "odd", (Key("odd.id::bigint"),), THINGS.columns[:0], ())

    with connect(database_url, autocommit=True) as db:
        answer = reading.page(db, odd, View())

    assert refused(answer)
    assert answer.code == "bad_value"


def test_values_travel_quoted(db: Connection) -> None:
    lay_out(db, [(1, "red", 1)])
    hostile = "red' OR true; DROP TABLE things; --"

    found = lists.count(db, THINGS, View(filters=(lists.Filter("colour", "is", (hostile,)),)))

    assert found == lists.Count(0)
    assert lists.count(db, THINGS, View()) == lists.Count(1)
