"""A view and its address are the same thing; what an address gets wrong is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onhand.core.refusals import Refused
from onhand.insight import lists
from onhand.insight.lists import view as views
from onhand.insight.lists.columns import OPERATORS, Column
from onhand.insight.lists.listing import Listing
from onhand.insight.lists.values import LONGEST
from onhand.insight.lists.view import Filter, Sort, View

STOCK = lists.ALL["stock"]
ADDRESS = "site=london&available=lt:5&q=mug&sort=-available&columns=sku,name,available"


def understood(listing: Listing, query: str) -> View:
    found = lists.parse(listing, query)
    assert isinstance(found, View), found
    return found


def refusal(listing: Listing, query: str) -> Refused:
    found = lists.parse(listing, query)
    assert isinstance(found, Refused), found
    return found


def test_an_address_reads_as_it_is_meant() -> None:
    view = understood(STOCK, ADDRESS)

    assert view.columns == ("sku", "name", "available")
    assert view.filters == (Filter("site", "is", ("london",)), Filter("available", "lt", (Decimal(5),)))
    assert (view.search, view.sort) == ("mug", (Sort("available", down=True),))


def test_a_view_is_always_written_the_same_way() -> None:
    other_way_round = "columns=sku,name,available&sort=-available&q=+mug+&available=lt:5.0&site=is:london"

    assert lists.write(STOCK, understood(STOCK, other_way_round)) == ADDRESS


def test_what_the_list_does_anyway_is_not_said() -> None:
    columns = ",".join(STOCK.shown)

    assert lists.write(STOCK, understood(STOCK, f"sort=sku&columns={columns}&q=")) == ""


def test_a_page_has_parameters_of_its_own() -> None:
    assert understood(STOCK, "cursor=abc") == View()
    assert lists.parse(STOCK, "drawer=1", ignoring=("drawer",)) == View()


def test_values_with_commas_colons_and_backslashes_are_themselves() -> None:
    given_ = View(filters=(Filter("name", "not", ("a,b", "c\\", "\\,")), Filter("name", "is", ("lt:5",))))

    address = lists.write(STOCK, given_)

    assert set(understood(STOCK, address).filters) == set(given_.filters)


def test_how_long_ago_is_a_moment() -> None:
    assert understood(lists.ALL["moves"], "at=gte:-48h").filters == (Filter("at", "gte", (timedelta(days=-2),)),)
    assert lists.write(lists.ALL["moves"], understood(lists.ALL["moves"], "at=gte:-48h")) == "at=gte:-2d"


@pytest.mark.parametrize("listing", lists.ALL.values(), ids=lists.ALL)
def test_no_column_takes_the_name_of_a_parameter(listing: Listing) -> None:
    assert not set(listing.by_name) & {*views.RESERVED, "cursor"}
    assert len(listing.by_name) == len(listing.columns)


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20).filter(
    lambda text: bool(text.strip())
)
NUMBERS = st.decimals(-99999, 99999, places=3).map(lambda number: number.normalize() + 0)
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  given a zone
AGO = st.integers(0, 9999).map(lambda minutes: -timedelta(minutes=minutes))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": WORDS,
    "code": WORDS,
    "state": WORDS,
    "number": NUMBERS,
    "money": NUMBERS,
    "date": st.dates(date(1901, 1, 1), date(2990, 1, 1)),
    "moment": MOMENTS | AGO,
    "flag": st.booleans(),
}
SEVERAL = {"in": (1, 4), "not": (1, 4), "between": (2, 2)}


@st.composite
def filters(draw: st.DrawFn, column: Column) -> Filter:
    operator = draw(st.sampled_from(column.operators))
    value = st.sampled_from(column.choices) if column.choices else VALUES[column.kind]
    if operator == "empty":
        value = st.booleans()
    least, most = SEVERAL.get(operator, (1, 1))
    many = st.lists(value, min_size=least, max_size=most, unique=operator != "between")
    return Filter(column.name, operator, tuple(draw(many)))


@st.composite
def all_views(draw: st.DrawFn) -> tuple[Listing, View]:
    listing = draw(st.sampled_from(list(lists.ALL.values())))
    able = [column for column in listing.columns if column.operators]
    chosen = [draw(filters(column)) for column in draw(st.lists(st.sampled_from(able), max_size=5))]
    sortable = [column.name for column in listing.columns if column.sort]
    names = draw(st.lists(st.sampled_from(sortable), max_size=3, unique=True))
    return listing, View(
        tuple(draw(st.lists(st.sampled_from(list(listing.by_name)), unique=True))),
        tuple(chosen),
        " ".join(draw(WORDS).split()) if listing.search and draw(st.booleans()) else "",
        tuple(Sort(name, draw(st.booleans())) for name in names),
    )


@given(all_views())
def test_whatever_a_view_is_its_address_brings_it_back(pair: tuple[Listing, View]) -> None:
    listing, view = pair

    once = understood(listing, lists.write(listing, view))

    assert set(once.filters) == set(view.filters)
    assert views.columns(listing, once) == views.columns(listing, view)
    assert views.order(listing, once) == views.order(listing, view)
    assert once.search == view.search
    assert understood(listing, lists.write(listing, once)) == once


@given(st.sampled_from(list(lists.ALL.values())), st.text(max_size=200))
def test_any_text_is_a_view_or_is_refused_with_a_sentence(listing: Listing, query: str) -> None:
    found = lists.parse(listing, query)

    assert isinstance(found, View) or (found.code and found.detail.endswith("."))


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("colour=red", "no_such_column", "colour"),
        ("columns=sku,colour", "no_such_column", "columns"),
        ("sort=colour", "no_such_column", "sort"),
        ("sort=region", "not_sortable", "sort"),
        ("sort=sku,name,available,reserved", "too_much_asked", "sort"),
        ("available=contains:5", "bad_operator", "available"),
        ("last_moved=gt:2026-01-01", "bad_operator", "last_moved"),
        ("available=lt:few", "bad_value", "available"),
        ("available=lt:1e9", "bad_value", "available"),
        ("available=lt:NaN", "bad_value", "available"),
        ("available=between:1", "bad_value", "available"),
        ("available=", "bad_value", "available"),
        ("site=%00", "bad_value", "site"),
        (f"site={'x' * (LONGEST + 1)}", "bad_value", "site"),
        (f"site=in:{'x,' * 100}x", "bad_value", "site"),
        ("below=perhaps", "bad_value", "below"),
        ("category=empty:perhaps", "bad_value", "category"),
        (f"q={'x' * (LONGEST + 1)}", "bad_search", "q"),
        ("q=a&q=b", "given_twice", "q"),
        ("as_of=yesterday", "bad_value", "as_of"),
        ("as_of=2026-03-02T12:00", "bad_value", "as_of"),
        ("as_of=0001-01-01", "bad_value", "as_of"),
        ("as_of=2026-03-02&available=lt:5", "only_today", "available"),
        ("as_of=2026-03-02&sort=available", "only_today", "available"),
        ("site=%ff", "bad_address", ""),
        ("site=london&" * 5000, "bad_address", ""),
        ("&".join(f"available=lt:{number}" for number in range(21)), "too_much_asked", ""),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(query: str, code: str, field: str) -> None:
    refused = refusal(STOCK, query)

    assert (refused.code, refused.field) == (code, field)
    assert refused.detail.endswith(".")


@pytest.mark.parametrize(
    ("listing", "query", "code"),
    [("orders", "as_of=2026-03-02", "no_past"), ("orders", "state=lost", "bad_value")],
)
def test_other_lists_refuse_what_they_cannot(listing: str, query: str, code: str) -> None:
    assert refusal(lists.ALL[listing], query).code == code


def test_operators_are_read_in_front_of_a_value_only() -> None:
    assert understood(STOCK, "site=lonfon:lt:5").filters == (Filter("site", "is", ("lonfon:lt:5",)),)
    assert set(OPERATORS) >= set(STOCK.by_name["available"].operators)
