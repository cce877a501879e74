"""One order, whole: what it holds and waits for, what happened to it, and why this site and not that one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from onhand.flows import commands as c
from onhand.flows.policies import PolicyRecord, set_policies
from onhand.insight.order_page import Considered, OrderPage, Why, order_page, timeline
from onhand.sourcing.rules import Policy
from shop import NOON, Shop


def page_of(shop: Shop, command: c.PlaceOrder) -> OrderPage:
    found = order_page(shop.db, command.channel, command.number)
    assert found is not None
    return found


def set_policy(shop: Shop, record: PolicyRecord) -> None:
    set_policies(shop.db, [record], actor="tester", now=shop.now)
    shop.db.commit()


def considered(why: Why) -> dict[str, Considered]:
    return {each.site: each for each in why.considered}


def test_an_order_nobody_placed_has_no_page(shop: Shop) -> None:
    assert order_page(shop.db, "web", "N1") is None
    assert order_page(shop.db, "nowhere", "N1") is None


def test_what_an_order_holds_is_told_by_site(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.stock("lamp", 2, "lisbon")
    order = shop.order(("mug", 3), ("lamp", 1), ship_to=c.Destination("GB", "N1 9GU"))
    shop.do(order)

    page = page_of(shop, order)

    assert [(held.line, held.sku, held.site, held.site_name, held.quantity) for held in page.held] == [
        (1, "mug", "london", "London", 3),
        (2, "lamp", "lisbon", "Lisboa", 1),
    ]
    assert (page.order.number, page.order.state, page.postcode, len(page.order.lines)) == ("N1", "placed", "N1 9GU", 2)


def test_what_waits_is_told_with_what_it_is_promised(shop: Shop) -> None:
    due = shop.now + timedelta(days=3)
    shop.do(c.Expect("london", "PO-1", [c.ExpectedLine("mug", Decimal(5), due)]))
    order = shop.order(("mug", 4), ("lamp", 1))
    shop.do(order)

    page = page_of(shop, order)

    assert [(each.line, each.sku, each.quantity, each.cause, each.promised_by) for each in page.waits] == [
        (1, "mug", 4, "out_of_stock", due),
        (2, "lamp", 1, "out_of_stock", None),
    ]
    assert [(held.sku, held.supply, held.due) for held in page.held] == [("mug", "PO-1", due)]


def test_why_this_site_and_not_that_one(shop: Shop) -> None:
    set_policy(shop, PolicyRecord("web", ["fewest_parcels", "nearest"]))
    shop.stock("mug", 5)
    shop.stock("mug", 5, "lisbon")
    order = shop.order(("mug", 2), ship_to=c.Destination("PT"))
    shop.do(order)

    (why,) = page_of(shop, order).why

    sites = considered(why)
    assert (why.policy_version, why.rules, why.short) == (1, ["fewest_parcels", "nearest"], 0)
    assert [each.site for each in why.considered] == ["lisbon", "london"]
    assert (sites["lisbon"].gives, sites["lisbon"].chosen, sites["london"].chosen) == (2, True, False)
    lisbon, london = ({score.rule: score.value for score in sites[code].scores} for code in ("lisbon", "london"))
    assert lisbon["fewest_parcels"] == london["fewest_parcels"]
    assert lisbon["nearest"] < london["nearest"]


def test_a_decision_is_told_under_the_policy_it_was_made_by(shop: Shop) -> None:
    shop.stock("mug", 5)
    first, second = shop.order(("mug", 1)), shop.order(("mug", 1))
    shop.do(first)
    set_policy(shop, PolicyRecord("web", ["ranked"], ["lisbon", "london"]))
    shop.do(second)

    before, after = page_of(shop, first).why[0], page_of(shop, second).why[0]

    assert (before.policy_version, before.rules) == (0, Policy().rules)
    assert (after.policy_version, after.rules) == (1, ["ranked"])


def test_what_was_added_later_has_a_decision_of_its_own(shop: Shop) -> None:
    shop.stock("mug", 5)
    order = shop.order(("mug", 1))
    shop.do(order)
    shop.do(c.AmendOrder("web", order.number, [c.LineChange(Decimal(7), line=1)]))

    placed, amended = page_of(shop, order).why

    assert (placed.kind, amended.kind) == ("order.placed", "order.amended")
    assert considered(amended)["london"].gives == 4
    assert amended.short == 2


def test_the_timeline_tells_what_happened_by_names(shop: Shop) -> None:
    order = shop.order(("mug", 2))
    shop.do(order)
    shop.do(c.AdvanceOrder("web", order.number, "hold", reason="address"))
    shop.do(c.AdvanceOrder("web", order.number, "resume"))
    shop.stock("mug", 2)

    page = page_of(shop, order)

    happened = {each.kind: each for each in page.timeline}
    assert [each.kind for each in page.timeline][:3] == ["order.placed", "order.hold", "order.resume"]
    assert happened["order.placed"].facts["lines"] == [{"sku": "mug", "quantity": "2"}]
    assert happened["order.hold"].facts["reason"] == "address"
    served = happened["order.backorder_served"].facts
    assert (served["sku"], served["site"], served["quantity"]) == ("mug", "london", "2")
    assert (page.timeline[0].at, page.timeline[0].actor) == (NOON, "tester")


def test_a_long_timeline_goes_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onhand.insight.order_page.MOST_EVENTS", 2)
    order = shop.order(("mug", 2))
    shop.do(order)
    shop.do(c.AdvanceOrder("web", order.number, "hold"))
    shop.do(c.AdvanceOrder("web", order.number, "resume"))

    page = page_of(shop, order)
    assert page.timeline_goes_on is not None
    more, end = timeline(shop.db, page.order.id, after=page.timeline_goes_on)

    assert [each.kind for each in page.timeline] == ["order.placed", "order.hold"]
    assert [each.kind for each in more] == ["order.resume"]
    assert end is None


def test_what_was_sent_says_from_where(shop: Shop) -> None:
    shop.stock("mug", 5, "lisbon")
    order = shop.order(("mug", 2))
    shop.do(order)
    shop.do(c.AdvanceOrder("web", order.number, "ship"))

    (moved,) = page_of(shop, order).moved

    assert (moved.sku, moved.quantity, moved.from_site, moved.to_location, moved.reason) == (
        "mug",
        2,
        "lisbon",
        "customer",
        "sale",
    )
