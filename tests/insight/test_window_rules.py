"""What a customer is told of how much there is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from onhand.insight.window.rules import (
    FEW,
    Arrival,
    Offer,
    Shelf,
    Split,
    Word,
    best,
    fetched,
    nearest,
    place_named,
    sent,
    split,
    word,
)
from onhand.places.rules import Site

TODAY = date(2026, 12, 1)
FRIDAY, MONDAY = date(2026, 12, 4), date(2026, 12, 7)
NOTHING = Decimal(0)


def some(number: float) -> Decimal:
    return Decimal(str(number))


def coming(on: date, number: int) -> Arrival:
    return Arrival(on, some(number))


def site(code: str, *, country: str = "GB", at: tuple[float, float] | None = None, name: str = "") -> Site:
    latitude, longitude = at or (None, None)
    return Site(1, code, name or code.title(), "store", country, "", "UTC", "GBP", latitude, longitude, active=True)


@pytest.mark.parametrize(
    ("free", "said"),
    [
        (FEW + 1, Word("plenty")),
        (FEW, Word("few", "5")),
        (some(1), Word("few", "1")),
        (some(0.25), Word("few", "0.25")),
        (NOTHING, Word("gone")),
    ],
)
def test_how_many_are_left_is_told_when_few_are(free: Decimal, said: Word) -> None:
    assert word(Offer(free)) == said


def test_what_is_not_there_is_back_on_the_first_day_some_come() -> None:
    assert word(Offer(NOTHING, (coming(FRIDAY, 2), coming(MONDAY, 9)))) == Word("back", on=FRIDAY)


def test_while_some_are_there_nothing_is_said_of_what_comes() -> None:
    assert word(Offer(some(2), (coming(FRIDAY, 2),))) == Word("few", "2")


def test_what_is_sent_comes_from_no_more_sites_than_an_order_may() -> None:
    shelves = [Shelf("a", some(3)), Shelf("b", some(9)), Shelf("c", some(4))]

    assert sent(shelves, NOTHING, parcels=2, today=TODAY).free == 13


def test_a_shelf_in_debt_takes_nothing_from_the_others() -> None:
    assert sent([Shelf("a", some(-2)), Shelf("b", some(3))], NOTHING, parcels=5, today=TODAY).free == 3


def test_who_waits_is_served_from_what_comes_before_anybody_is_promised_it() -> None:
    shelves = [Shelf("a", NOTHING, (coming(MONDAY, 5),)), Shelf("b", NOTHING, (coming(FRIDAY, 3),))]

    assert sent(shelves, some(4), parcels=5, today=TODAY).coming == (coming(MONDAY, 4),)


def test_goods_that_should_have_come_have_no_day() -> None:
    late = Shelf("a", NOTHING, (coming(date(2026, 11, 30), 5),))

    assert word(sent([late], NOTHING, parcels=5, today=TODAY)) == Word("gone")


def test_a_store_tells_of_itself_alone() -> None:
    assert word(fetched(Shelf("a", some(2), (coming(FRIDAY, 9),)), NOTHING, today=TODAY)) == Word("few", "2")


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (3, Split(some(3), NOTHING, None)),
        (5, Split(some(3), some(2), FRIDAY)),
        (8, Split(some(3), some(5), MONDAY)),
        (99, Split(some(3), some(96), None)),
    ],
)
def test_an_order_for_more_is_told_how_it_would_come(wanted: int, told: Split) -> None:
    offer = Offer(some(3), (coming(FRIDAY, 2), coming(MONDAY, 4)))

    assert split(offer, some(wanted)) == told


def test_the_best_word_of_several_kinds_is_the_most_hopeful() -> None:
    words = [Word("gone"), Word("back", on=MONDAY), Word("back", on=FRIDAY)]

    assert best(words) == Word("back", on=FRIDAY)
    assert best([*words, Word("few", "1")]) == Word("few", "1")
    assert best([]) == Word("gone")


def test_stores_stand_by_distance_when_the_visitor_says_where_he_is() -> None:
    leeds, bristol = site("leeds", at=(53.8, -1.5)), site("bristol", at=(51.5, -2.6))

    assert [(each.site.code, each.km) for each in nearest([leeds, bristol], (51.5, -0.1))] == [
        ("bristol", 173),
        ("leeds", 273),
    ]


def test_stores_stand_by_country_and_name_otherwise() -> None:
    stores = [site("york"), site("lisbon", country="PT"), site("bath")]

    assert [each.site.code for each in nearest(stores, None)] == ["bath", "york", "lisbon"]


def test_a_town_is_known_when_a_site_is_called_after_it() -> None:
    sites = {"s1": site("s1", name="Lisboa Chiado", at=(38.7, -9.1))}

    assert place_named(sites, "lisboa") == (38.7, -9.1)
    assert place_named(sites, "Chiado Lisboa") == (38.7, -9.1)
    assert place_named(sites, "Oslo") is None
    assert place_named(sites, "  ") is None
