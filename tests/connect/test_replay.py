"""The shop once more, as its own commands in order of time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from onhand.connect.online_retail.reading import Asides, Reason
from onhand.connect.online_retail.replay import first_days, read, replay, sample
from onhand.connect.online_retail.shipping import luck
from onhand.connect.online_retail.shop import Shop, survey
from onhand.connect.online_retail.timetable import Happening
from onhand.flows.commands import (
    AdvanceOrder,
    CancelOrder,
    Expect,
    LineQuantity,
    PlaceOrder,
    Receive,
    TakeBack,
)

from .sales import CLOCKS, HEARTS, LANTERNS, POTS, POTS_BACK, grouped, named, played, shop_of, steps

# Not a working day later than the sale of the pots: 536537 is picked on 2 December in the morning.
POTS_GIVEN_UP = POTS_BACK.replace("C536737", "C536538").replace("2010-12-02 13:05", "2010-12-01 14:05")


def only(happenings: list[Happening], kind: type[object]) -> list[Happening]:
    return [each for each in happenings if isinstance(each.command, kind)]


def test_an_order_goes_all_the_way() -> None:
    assert steps(played(HEARTS), "536365") == ["PlaceOrder", "confirm", "pick", "pack", "ship", "deliver"]


def test_an_order_ships_on_the_next_working_day_and_arrives_two_days_later() -> None:
    moments = {named(each): each.at for each in played(HEARTS)}

    assert moments["confirm"] == moments["PlaceOrder"] == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert moments["ship"].date().isoformat() == "2010-12-02"
    assert moments["deliver"] == moments["ship"] + timedelta(days=2)


def test_commands_name_their_moment_themselves() -> None:
    for each in only(played(HEARTS), AdvanceOrder):
        assert isinstance(each.command, AdvanceOrder)
        assert each.command.at == each.at


def test_what_is_given_up_before_it_ships_is_cancelled() -> None:
    happenings = played(POTS, POTS_GIVEN_UP)

    (cancelled,) = only(happenings, CancelOrder)
    assert isinstance(cancelled.command, CancelOrder)
    assert (cancelled.command.channel, cancelled.command.number) == ("web", "536537")
    assert cancelled.command.lines == [LineQuantity(line=1, quantity=Decimal(2))]
    assert only(happenings, TakeBack) == []


def test_an_order_given_up_as_a_whole_is_not_shipped() -> None:
    happenings = played(POTS, POTS_GIVEN_UP.replace(",-2,", ",-8,"))

    assert steps(happenings, "536537") == ["PlaceOrder", "confirm", "CancelOrder"]


def test_what_has_been_shipped_is_taken_back_to_the_site_of_its_region() -> None:
    happenings = played(POTS, POTS_BACK)

    (back,) = only(happenings, TakeBack)
    assert isinstance(back.command, TakeBack)
    assert (back.command.number, back.command.site) == ("536537", "london")
    assert back.command.lines == [LineQuantity(line=1, quantity=Decimal(2))]
    assert back.at == back.command.at == datetime(2010, 12, 2, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(("throw", "condition"), [(0, "damaged"), (1, "quarantine"), (2, "saleable"), (9, "saleable")])
def test_how_goods_come_back_hangs_on_the_number_of_the_reversal(throw: int, condition: str) -> None:
    number = next(f"C{number}" for number in range(536738, 537738) if luck(f"C{number}", 10) == throw)

    (back,) = only(played(POTS, POTS_BACK.replace("C536737", number)), TakeBack)

    assert isinstance(back.command, TakeBack)
    assert back.command.condition == condition


def test_lines_are_named_by_their_place_in_the_order() -> None:
    other = POTS.replace("22798", "71053")

    (back,) = only(played(other, POTS, POTS_BACK), TakeBack)

    assert isinstance(back.command, TakeBack)
    assert back.command.lines == [LineQuantity(line=2, quantity=Decimal(2))]


def test_the_most_recent_sale_is_undone_first() -> None:
    again = POTS.replace("536537", "536600").replace("13:51", "16:51").replace(",8,", ",1,")

    undone = only(played(POTS, again, POTS_BACK.replace("2010-12-02", "2010-12-08")), TakeBack)

    assert [(each.command.number, each.command.lines[0].quantity) for each in undone] == [  # type: ignore[attr-defined]
        ("536600", 1),
        ("536537", 1),
    ]


def test_a_reversal_of_what_the_customer_never_bought_is_set_aside() -> None:
    asides = Asides()

    happenings = played(POTS, POTS_BACK.replace("15922", "17548"), asides=asides)

    assert only(happenings, TakeBack) == []
    assert asides.counts == {Reason.NO_EARLIER_SALE: 1}


def test_a_reversal_by_nobody_is_set_aside() -> None:
    asides = Asides()

    played(POTS.replace("15922", ""), POTS_BACK.replace("15922", ""), asides=asides)

    assert asides.counts == {Reason.NO_EARLIER_SALE: 1}


def test_of_more_than_was_sold_only_what_was_sold_is_taken_back() -> None:
    asides = Asides()

    (back,) = only(played(POTS, POTS_BACK.replace(",-2,", ",-9,"), asides=asides), TakeBack)

    assert isinstance(back.command, TakeBack)
    assert back.command.lines[0].quantity == 8
    assert asides.counts == {Reason.MORE_THAN_SOLD: 1}


def test_nothing_is_taken_back_twice() -> None:
    asides = Asides()

    played(POTS, *(POTS_BACK.replace("C536737", f"C53673{n}").replace(",-2,", ",-5,") for n in (7, 8)), asides=asides)

    assert asides.counts == {Reason.MORE_THAN_SOLD: 1}


def test_goods_the_shop_does_not_have_are_set_aside() -> None:
    asides = Asides()

    happenings = list(replay(grouped(HEARTS, LANTERNS), shop_of(HEARTS), asides=asides))

    (placed,) = only(happenings, PlaceOrder)
    assert isinstance(placed.command, PlaceOrder)
    assert [line.sku for line in placed.command.lines] == ["85123A"]
    assert asides.counts == {Reason.UNKNOWN_SKU: 1}


def test_an_order_without_goods_waits_until_they_are_received() -> None:
    shop = msgspec.structs.replace(shop_of(CLOCKS), opening=())
    later = CLOCKS.replace("536370", "538000").replace("2010-12-01", "2010-12-14").replace(",24,", ",1,")

    happenings = list(replay(grouped(CLOCKS, later), shop))

    told = [(named(each), each.at.day) for each in happenings if "538000" not in str(each.command)]
    assert told == [
        ("PlaceOrder", 1),
        ("confirm", 1),
        ("Expect", 6),
        ("Receive", 13),
        ("pick", 14),
        ("pack", 14),
        ("ship", 14),
        ("deliver", 18),
    ]


def test_an_order_ships_what_it_has_and_the_rest_when_it_comes() -> None:
    opening = tuple(msgspec.structs.replace(each, quantity=Decimal(5)) for each in shop_of(CLOCKS).opening)
    shop = msgspec.structs.replace(shop_of(CLOCKS), opening=opening)
    later = CLOCKS.replace("536370", "538000").replace("2010-12-01", "2010-12-14").replace(",24,", ",1,")

    happenings = list(replay(grouped(CLOCKS, later), shop))

    first = ["PlaceOrder", "confirm", "pick", "pack", "ship"]
    assert steps(happenings, "536370") == [*first, "pick", "pack", "ship", "deliver"]


def test_new_goods_are_announced_and_received_before_their_first_sale() -> None:
    spring = LANTERNS.replace("536365", "545000").replace("2010-12-01", "2011-03-02")

    happenings = [each for each in played(HEARTS, spring) if "71053" in str(each.command)]

    assert [(named(each), each.at.date().isoformat()) for each in happenings] == [
        ("Expect", "2011-02-21"),
        ("Expect", "2011-02-21"),
        ("Receive", "2011-02-28"),
        ("Receive", "2011-02-28"),
        ("PlaceOrder", "2011-03-02"),
    ]


def test_opening_stock_can_be_told_as_receipts() -> None:
    shop = shop_of(HEARTS)

    first, second, *rest = replay(grouped(HEARTS), shop, opening=True)

    assert [first.command.site, second.command.site] == ["london", "manchester"]  # type: ignore[attr-defined]
    assert first.at == first.command.at == datetime(2010, 11, 30, 18, tzinfo=UTC)  # type: ignore[attr-defined]
    assert only(rest, Receive) == []


def test_a_replay_ends_where_it_is_told_to() -> None:
    noon = datetime(2010, 12, 2, 12, tzinfo=UTC)

    happenings = list(replay(grouped(HEARTS, POTS), shop_of(HEARTS, POTS), until=noon))

    assert max(each.at for each in happenings) < noon


def test_the_first_days_are_days_of_the_calendar() -> None:
    documents = grouped(HEARTS, POTS, POTS.replace("536537", "536999").replace("12-01 13:51", "12-02 00:00"))

    assert [each.number for each in first_days(documents, 1)] == ["536365", "536537"]
    assert len(list(first_days(documents, None))) == 3
    assert list(first_days([], 1)) == []


class Books:
    """A ledger of our own, to hold the replay against."""

    def __init__(self) -> None:
        self.ordered: dict[tuple[str, str], list[tuple[str, Decimal]]] = {}
        self.gone: Counter[tuple[str, str, int]] = Counter()
        self.expected: Counter[tuple[str, str]] = Counter()

    def post(self, command: object) -> None:
        if isinstance(command, PlaceOrder):
            self.ordered[command.channel, command.number] = [(line.sku, line.quantity) for line in command.lines]
        elif isinstance(command, CancelOrder | TakeBack):
            for line in command.lines:
                _, ordered = self.ordered[command.channel, command.number][line.line - 1]
                self.gone[command.channel, command.number, line.line] += int(line.quantity)
                assert self.gone[command.channel, command.number, line.line] <= ordered
        elif isinstance(command, AdvanceOrder):
            assert (command.channel, command.number) in self.ordered
        elif isinstance(command, Expect):
            self.expected[command.site, command.reference] += len(command.lines)
        elif isinstance(command, Receive):
            assert self.expected[command.site, command.reference] == len(command.lines)


@pytest.fixture(scope="module")
def real_shop() -> Shop:
    return survey(read(days=60))


def test_three_weeks_of_the_real_shop_add_up_at_every_step(real_shop: Shop) -> None:
    skus = {sku.code for product in real_shop.products for sku in product.skus}
    customers = {customer.code for customer in real_shop.customers}
    books, last, keys = Books(), datetime.min.replace(tzinfo=UTC), set()

    for each in replay(read(days=21), real_shop):
        assert each.at >= last
        last = each.at
        assert each.key not in keys
        keys.add(each.key)
        books.post(each.command)
        if isinstance(each.command, PlaceOrder):
            assert {line.sku for line in each.command.lines} <= skus
            assert each.command.customer is None or each.command.customer in customers
    assert len(books.ordered) > 1000


def test_the_same_file_always_tells_the_same_story(real_shop: Shop) -> None:
    once, again = (replay(read(days=5), real_shop) for _ in range(2))

    assert list(once) == list(again)


def test_every_command_of_the_real_shop_can_be_parsed_by_the_api(real_shop: Shop) -> None:
    for each in replay(read(days=5), real_shop, opening=True):
        packed = msgspec.json.encode(each.command)
        assert msgspec.json.decode(packed, type=type(each.command)) == each.command


def test_a_sample_moved_by_weeks_tells_the_same_story_later(real_shop: Shop) -> None:
    shop, later = sample(days=1, weeks_later=52 * 15)
    now = replay(read(), real_shop, until=datetime(2010, 12, 2, tzinfo=UTC))

    assert shop.opens - real_shop.opens == timedelta(weeks=52 * 15)
    for old, new in zip(now, later, strict=True):
        assert (named(old), old.key) == (named(new), new.key)
        assert new.at - old.at == timedelta(weeks=52 * 15)
