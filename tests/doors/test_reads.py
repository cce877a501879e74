"""What can be asked of the shop through the machines' door, list by list."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from house import open_house
from onhand.access.keys import create as create_key
from onhand.core import events
from onhand.core.database import connect
from onhand.core.pages import seal
from onhand.doors.api import reads
from onhand.flows import commands as c
from shop import NOON, Shop

Client = TestClient[Any]
LISTS = [read for read in reads.ALL if "cursor" in read.asks.__struct_fields__]


def items(client: Client, path: str, **params: Any) -> list[Any]:
    answer = client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["items"]
    return found


def paged(client: Client, path: str, **params: Any) -> list[Any]:
    """The whole list, one item a page."""
    found, cursor = [], ""
    while True:
        page = client.get(f"/api/v1{path}", params={**params, "limit": 1, "cursor": cursor}).json()
        assert len(page["items"]) <= 1
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = page["next"]


@pytest.fixture
def busy(client: Client, shop: Shop) -> Client:
    """Some of everything: goods coming and gone, an order shipped, one waiting, a cart, thresholds, two prices."""
    shop.product("pill", tracking="lot")
    shop.product("phone", tracking="serial")
    shop.do(c.Receive("london", [c.ReceivedLine("pill", Decimal(5), lot="P1", expires_on=date(2026, 5, 1))]))
    shop.do(c.Receive("london", [c.ReceivedLine("phone", Decimal(2), serials=["S1", "S2"])]))
    shop.stock("lamp", 4, "lisbon")
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("lamp", Decimal(20), NOON + timedelta(days=3))]))
    shop.do(c.PlaceOrder("web", "N1", [c.WantedLine("mug", Decimal(2), Decimal("4.50"))]))
    shop.do(c.AdvanceOrder("web", "N1", "ship"))
    shop.later(hours=1)
    shop.do(c.PlaceOrder("web", "N2", [c.WantedLine("lamp", Decimal(9), Decimal("3.10"))]))
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(1))], minutes=60))
    shop.do(c.SetThreshold("london", "mug", Decimal(100)))
    shop.do(c.SetThreshold("lisbon", "mug", Decimal(1)))
    client.post(
        "/api/v1/prices",
        json=[
            {"sku": "mug", "currency": "GBP", "amount": "5.00", "valid_from": "2026-01-01T00:00:00Z"},
            {"sku": "mug", "currency": "GBP", "amount": "6.00", "valid_from": "2026-06-01T00:00:00Z"},
        ],
    )
    return client


def test_a_line_that_waits_says_when_it_is_promised(busy: Client) -> None:
    def promised(number: str) -> list[tuple[str, str | None]]:
        order = busy.get(f"/api/v1/orders/web/{number}").json()
        return [(line["backordered"], line["eta"]) for line in order["lines"]]

    assert promised("N1") == [("0.000", None)]
    assert promised("N2") == [("5.000", "2026-03-05T12:00:00Z")]


def test_availability_is_read_by_sku_site_region_and_channel(busy: Client) -> None:
    busy.post("/api/v1/sourcing-policies", json=[{"channel": "web", "rules": ["ranked"], "sites": ["lisbon"]}])

    def where(**params: Any) -> list[str]:
        return [each["site"] for each in items(busy, "/availability", sku="lamp", **params)]

    assert where() == ["lisbon", "london"]
    assert where(site="london") == ["london"]
    assert where(region="EU") == where(region="PT") == where(channel="web") == ["lisbon"]
    assert where(channel="market") == ["lisbon", "london"]
    assert where(channel="web", site="london") == []


def test_availability_of_an_unknown_channel_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/availability", params={"sku": "mug", "channel": "radio"})

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_channel")


def test_positions_can_be_asked_as_of_a_past_moment(busy: Client) -> None:
    before = items(busy, "/positions/past", sku="mug", at=(NOON - timedelta(hours=1)).isoformat())
    after = items(busy, "/positions/past", sku="mug", at=NOON.isoformat())

    assert before == []
    assert [each["on_hand"] for each in after if each["site"] == "london"] == ["8.000"]


def test_balances_say_what_lies_where(busy: Client) -> None:
    assert [(each["location"], each["quantity"]) for each in items(busy, "/balances", sku="mug")] == [("pick", "8.000")]
    assert {each["lot"] for each in items(busy, "/balances", site="london", sku="phone")} == {"S1", "S2"}
    assert [each["sku"] for each in items(busy, "/balances", lot="P1")] == ["pill"]
    assert {each["site"] for each in items(busy, "/balances", location="pick", sku="lamp")} == {"lisbon"}
    assert items(busy, "/balances", kind="damaged") == []


def test_over_all_locations_a_sku_sums_to_zero(busy: Client) -> None:
    both = items(busy, "/balances", sku="mug") + items(busy, "/balances", sku="mug", virtual="true")

    assert sum(Decimal(each["quantity"]) for each in both) == 0


def test_lots_and_serial_numbers_are_listed(busy: Client) -> None:
    assert [each["lot"] for each in items(busy, "/lots", serial="true")] == ["S1", "S2"]
    assert [each["lot"] for each in items(busy, "/lots", expires_before="2026-05-02")] == ["P1"]
    assert items(busy, "/lots", expires_before="2026-05-01") == []
    assert items(busy, "/lots", sku="pill", on_hand="false") == []


@pytest.mark.parametrize(
    ("filters", "reasons"),
    [
        ({"sku": "mug"}, ["sale", "receipt"]),
        ({"site": "lisbon"}, ["receipt"]),
        ({"location": "customer"}, ["sale"]),
        ({"reference": "order/web/N1"}, ["sale"]),
        ({"reason": "sale"}, ["sale"]),
        ({"lot": "P1"}, ["receipt"]),
        ({"sku": "mug", "since": "2026-03-02T12:00:00Z", "until": "2026-03-02T12:00:01+00:00"}, ["sale", "receipt"]),
        ({"until": "2026-03-02T12:00:00Z"}, []),
    ],
)
def test_the_ledger_is_filtered(busy: Client, filters: dict[str, str], reasons: list[str]) -> None:
    assert [each["reason"] for each in items(busy, "/moves", **filters)] == reasons


def test_a_move_names_both_its_ends(busy: Client) -> None:
    (move,) = items(busy, "/moves", reason="sale")

    assert move["source"] == {"site": "london", "location": "pick"}
    assert move["target"] == {"site": "london", "location": "customer"}


def test_reservations_say_who_holds_what(busy: Client) -> None:
    (cart,) = items(busy, "/reservations", cart="basket")
    on_stock, on_supply = sorted(
        items(busy, "/reservations", channel="web", number="N2"), key=lambda each: each["site"]
    )

    assert (cart["sku"], cart["order"]) == ("mug", None)
    assert on_stock["order"] == {"channel": "web", "number": "N2", "line": 1}
    assert (on_stock["quantity"], on_supply["supply"]["reference"]) == ("4.000", "PO1")
    assert items(busy, "/reservations", sku="mug", site="lisbon") == []


def test_a_number_without_its_channel_is_refused(client: Client) -> None:
    for path in ("/orders", "/reservations"):
        answer = client.get(f"/api/v1{path}", params={"number": "N1"})

        assert (answer.status_code, answer.json()["code"]) == (422, "missing_channel")


def test_supplies_are_open_until_all_has_come(busy: Client, shop: Shop) -> None:
    (coming,) = items(busy, "/supplies", sku="lamp", site="london", reference="PO1")
    shop.do(c.Receive("london", [c.ReceivedLine("lamp", Decimal(20))], reference="PO1"))

    assert (coming["outstanding"], coming["promised"]) == ("20.000", "5.000")
    assert items(busy, "/supplies", due_before="2027-01-01T00:00:00Z") == []
    assert [each["closed_at"] is None for each in items(busy, "/supplies", state="closed")] == [False]


def test_who_waits_is_told_with_age_cause_day_and_value(busy: Client) -> None:
    (waiting,) = items(busy, "/backorders", sku="lamp", channel="web", cause="out_of_stock")

    assert (waiting["number"], waiting["quantity"]) == ("N2", "5.000")
    assert waiting["value"] == {"amount": "15.50", "currency": "GBP"}
    assert waiting["eta"] == "2026-03-05T12:00:00Z"
    assert waiting["age_seconds"] >= 0
    assert items(busy, "/backorders", until="2026-03-02T12:30:00Z") == []


def test_thresholds_say_which_are_crossed(busy: Client) -> None:
    assert {each["site"] for each in items(busy, "/thresholds", sku="mug")} == {"london", "lisbon"}
    assert [each["site"] for each in items(busy, "/thresholds", sku="mug", site="london")] == ["london"]


def test_orders_are_found_by_what_is_known_of_them(busy: Client) -> None:
    def numbers(**params: Any) -> list[str]:
        return [each["number"] for each in items(busy, "/orders", **params)]

    assert numbers() == ["N2", "N1"]
    assert numbers(sku="mug") == numbers(state="shipped") == numbers(channel="web", number="N1") == ["N1"]
    assert numbers(since="2026-03-02T12:30:00Z") == ["N2"]
    assert numbers(customer="nobody") == []


def test_orders_of_a_sku_in_very_many_orders_are_found_another_way(
    busy: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onhand.orders.listings.MANY_CLAIMS", 1)

    assert [each["number"] for each in items(busy, "/orders", sku="lamp")] == ["N2"]


def test_channels_and_customers_can_be_read(client: Client) -> None:
    client.post("/api/v1/customers", json=[{"code": "ann", "name": "Ann", "email": "ann@example.com", "country": "GB"}])

    assert [each["code"] for each in items(client, "/channels", kind="marketplace")] == ["market"]
    assert client.get("/api/v1/channels/market").json()["backorders"] is False
    assert [each["name"] for each in items(client, "/customers", email="ann@example.com")] == ["Ann"]
    assert client.get("/api/v1/customers/ann").json()["country"] == "GB"


def test_a_closed_channel_takes_no_orders(client: Client) -> None:
    closed = {"code": "web", "name": "Web", "kind": "web", "currency": "GBP", "active": False}

    saved = client.post("/api/v1/channels", json=[closed]).json()
    order = {"channel": "web", "number": "W1", "lines": [{"sku": "mug", "quantity": 1}]}

    assert saved == [{"status": 200, "outcome": {"code": "web", "change": "changed"}}]
    assert client.post("/api/v1/orders", json=order).json()["code"] == "unknown_channel"


def test_the_catalogue_can_be_read(busy: Client) -> None:
    busy.post(
        "/api/v1/categories", json=[{"code": "home", "name": "Home"}, {"code": "tea", "name": "Tea", "parent": "home"}]
    )
    busy.post("/api/v1/substitutes", json=[{"sku": "mug", "others": ["lamp", "pill"]}])

    assert busy.get("/api/v1/skus/mug").json()["unit"] == "each"
    assert [each["amount"] for each in items(busy, "/skus/mug/prices", at="2026-07-01T00:00:00Z")] == ["6.0000"]
    assert [each["valid_to"] for each in items(busy, "/skus/mug/prices", currency="GBP")] == [
        "2026-06-01T00:00:00Z",
        None,
    ]
    assert [each["sku"] for each in items(busy, "/skus/mug/substitutes")] == ["lamp", "pill"]
    assert [each["code"] for each in items(busy, "/categories", parent="home")] == ["tea"]
    assert [each["depth"] for each in paged(busy, "/categories")] == [0, 1]


def test_places_can_be_read(client: Client) -> None:
    hours = {"site": "london", "hours": [{"weekday": 0, "opens": "09:00:00", "closes": "17:00:00"}], "closed": []}
    client.post("/api/v1/hours", json=[hours])

    assert [each["code"] for each in items(client, "/sites", country="PT")] == ["lisbon"]
    assert client.get("/api/v1/sites/london/hours").json()["hours"] == hours["hours"]
    assert client.get("/api/v1/sites/london").json()["location_count"] == 11
    assert len(items(client, "/sites/london/locations", kind="virtual")) == 5


def test_a_policy_is_a_row_of_versions(client: Client) -> None:
    ranked = {"channel": "web", "rules": ["ranked"], "sites": ["lisbon", "london"]}

    first, again, other = (
        client.post("/api/v1/sourcing-policies", json=[each]).json()[0]["outcome"]
        for each in (ranked, ranked, {**ranked, "most_parcels": 1})
    )
    versions = items(client, "/sourcing-policies", channel="web")

    assert [each["version"] for each in (first, again, other)] == [1, 1, 2]
    assert [each["version"] for each in versions] == [2, 1]
    assert items(client, "/sourcing-policies", current="true") == versions[:1]
    assert versions[0]["actor"] == "key/all"


def test_a_policy_may_name_only_what_there_is(client: Client) -> None:
    wrong = [
        {"channel": "radio", "rules": ["nearest"]},
        {"channel": "web", "rules": ["ranked"], "sites": ["london", "atlantis"]},
        {"channel": "web", "rules": ["ranked"], "sites": ["london", "london"]},
    ]

    problems = [each["problem"] for each in client.post("/api/v1/sourcing-policies", json=wrong).json()]

    assert [each["code"] for each in problems] == ["unknown_channel", "unknown_site", "listed_twice"]
    assert [each["errors"][0]["field"] for each in problems] == ["channel", "sites[1]", "sites[1]"]


def test_the_unit_of_a_sku_with_history_stays_as_it_is(client: Client) -> None:
    weighed = {"code": "mug", "name": "Mug", "skus": [{"code": "mug", "unit": "kg"}]}

    (line,) = client.post("/api/v1/products", json=[weighed]).json()

    assert (line["status"], line["problem"]["code"]) == (422, "unit_fixed")


def test_the_log_can_be_followed_from_its_beginning(client: Client) -> None:
    for number in ("A", "B", "C"):
        client.post(
            "/api/v1/orders", json={"channel": "web", "number": number, "lines": [{"sku": "mug", "quantity": 1}]}
        )

    seen, after = [], ""
    for _ in range(20):
        page = client.get("/api/v1/events", params={"after": after, "limit": 2}).json()
        seen += [each["kind"] for each in page["items"]]
        after = page["next"]
    client.post(
        "/api/v1/order-cancellations",
        json={"channel": "web", "number": "A", "reason": "x"},
        headers={"Idempotency-Key": "1"},
    )
    new = client.get("/api/v1/events", params={"after": after}).json()["items"]

    assert seen[-8::2] == ["stock.received", "order.placed", "order.placed", "order.placed"]
    assert seen[-7::2] == ["stock.changed"] * 4
    assert seen.count("stock.received") == 1
    assert [each["kind"] for each in new] == ["order.cancelled", "stock.changed"]


def test_the_log_can_be_filtered(client: Client) -> None:
    placed = client.post(
        "/api/v1/orders", json={"channel": "web", "number": "A", "lines": [{"sku": "mug", "quantity": 1}]}
    ).json()

    (of_kind,) = client.get("/api/v1/events", params={"kind": "order.placed"}).json()["items"]
    (about,) = client.get("/api/v1/events", params={"subject": f"order/{placed['id']}"}).json()["items"]

    assert of_kind == about


def test_a_late_commit_is_not_missed(client: Client, shop: Shop, database_url: str) -> None:
    with connect(database_url) as slow:
        events.record(slow, [events.fact("order.slow", "order/1", "tester", {})], datetime.now(UTC))
        events.record(shop.db, [events.fact("order.fast", "order/2", "tester", {})], datetime.now(UTC))
        shop.db.commit()
        first = client.get("/api/v1/events").json()
        slow.commit()
    second = client.get("/api/v1/events", params={"after": first["next"]}).json()

    assert [each["kind"] for each in first["items"]][-2:] == ["stock.changed", "order.fast"]
    assert [each["kind"] for each in second["items"]] == ["order.slow"]


def test_a_list_read_page_by_page_is_the_list(busy: Client) -> None:
    both = {"sku": ["mug", "lamp"]}
    lists = [
        ("/availability", both),
        ("/positions/past", both | {"at": ["2026-03-02T13:00:00Z"]}),
        *((path, {}) for path in ("/balances", "/moves", "/orders", "/reservations", "/thresholds", "/channels")),
        *((path, {}) for path in ("/lots", "/sites", "/products", "/sites/london/locations", "/skus/mug/prices")),
    ]
    for path, params in lists:
        whole = items(busy, path, **params)

        assert len(whole) > 1, path
        assert paged(busy, path, **params) == whole


def test_a_list_refuses_a_cursor_it_has_not_given(client: Client) -> None:
    client.post("/api/v1/orders", json={"channel": "web", "number": "N1", "lines": [{"sku": "mug", "quantity": 1}]})
    made = client.post("/api/v1/webhooks", json={"url": "https://shop.example/", "kinds": ["*"]}).json()
    named = {"site": "london", "sku": "mug", "channel": "web", "number": "N1", "webhook": made["webhook"]["id"]}
    by_code = {"/sites", "/products", "/sites/{site}/locations"}  # their cursors are codes, and any code will do

    for read in LISTS:
        url = f"/api/v1{read.path.format(**named)}"
        known = {"sku": "mug", "at": "2026-03-02T13:00:00Z"}
        params = {name: known[name] for name in known if name in read.asks.__struct_fields__ and "{" not in read.path}
        for cursor in ("no-key!", "%%%", seal(["x", {}, 10**30])):
            answer = client.get(url, params={**params, "cursor": cursor})

            expected = (200, None) if read.path in by_code else (422, "bad_cursor")
            assert (answer.status_code, answer.json().get("code")) == expected, (read.path, cursor, answer.text)


def test_what_is_not_there_is_not_found(client: Client) -> None:
    for read in reads.ALL:
        if "{" in read.path:
            path = re.sub(r"{\w+}", "none", read.path)
            answer = client.get(f"/api/v1{path}")

            assert answer.status_code == 404, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert "no" in answer.json()["detail"]


def test_a_slash_in_a_name_is_part_of_it(shop: Shop, database_url: str) -> None:
    shop.stock("mug", 5)
    shop.do(replace(shop.order(("mug", 1)), number="A/1"))
    key = create_key(shop.db, "reader", ["read"])
    shop.db.commit()
    with open_house(database_url) as house:
        house.client.headers["Authorization"] = f"Bearer {key}"

        found = [house.client.get(f"/api/v1/orders/web/{name}") for name in ("A%2F1", "A%2f1", "A/1", "A%2F2")]
        history = house.client.get("/api/v1/orders/web/A%2F1/history")

    assert [answer.status_code for answer in (*found, history)] == [200, 200, 404, 404, 200]
    assert found[0].json()["number"] == "A/1"
    assert found[3].json()["detail"] == "There is no order 'A/2' in channel 'web'."
