"""R1: what a customer fetches at a site comes from there, and is there now."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from onhand.core.refusals import refused
from onhand.flows import commands as c
from onhand.flows.policies import PolicyRecord, set_policies
from shop import Shop


def fetch(shop: Shop, number: str, quantity: int, at: str = "lisbon") -> Any:
    wanted = [c.WantedLine("mug", Decimal(quantity))]
    return shop.ask(c.FetchOrder("web", number, wanted, collect_at=at))[0]


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    shop.stock("mug", 9)
    shop.stock("mug", 2, "lisbon")
    return shop


def test_it_is_taken_from_there_though_more_lies_elsewhere(stocked: Shop) -> None:
    assert fetch(stocked, "F1", 2).lines[0].reserved == 2

    assert stocked.available("mug", "lisbon") == 0
    assert stocked.available("mug", "london") == 9


def test_what_is_not_there_now_is_refused_and_not_waited_for(stocked: Shop) -> None:
    answer = fetch(stocked, "F1", 3)

    assert refused(answer)
    assert (answer.code, answer.field) == ("out_of_stock", "lines[0].quantity")
    assert stocked.available("mug", "lisbon") == 2


def test_a_site_the_channel_does_not_sell_from_is_refused(stocked: Shop) -> None:
    set_policies(stocked.db, [PolicyRecord("web", ["ranked"], ["london"])], actor="tester", now=stocked.now)
    stocked.db.commit()

    for site in ("lisbon", "nowhere"):
        answer = fetch(stocked, f"F{site}", 1, at=site)
        assert refused(answer)
        assert (answer.code, answer.field) == ("unknown_site", "collect_at")


def test_asked_twice_it_is_one_order(stocked: Shop) -> None:
    fetch(stocked, "F1", 1)
    fetch(stocked, "F1", 1)

    assert stocked.available("mug", "lisbon") == 1


def test_where_it_is_fetched_is_on_record(stocked: Shop) -> None:
    fetch(stocked, "F1", 1)

    (data,) = stocked.db.execute("SELECT data FROM core_event WHERE kind = 'order.placed'").fetchone() or ({},)
    assert data["collect_at"] == "lisbon"
