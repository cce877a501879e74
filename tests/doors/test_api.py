"""The machines' door, through real HTTP requests in the process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from onhand.access.keys import create as create_key
from onhand.core.database import Readers, connect
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.flows.registry import FLOWS
from shop import Shop

ORDER = {"channel": "web", "number": "W1", "lines": [{"sku": "mug", "quantity": 2}]}


@pytest.fixture
def client(shop: Shop, database_url: str) -> Iterator[TestClient[Any]]:
    """A client that holds a key for everything; a shop with ten mugs."""
    shop.stock("mug", 10)
    writer, readers = Writer(lambda: connect(database_url), FLOWS), Readers(database_url)
    readers.open()
    writer.start()
    with TestClient(api.create(writer, readers), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {make_key(shop, 'all')}"
        yield client
    writer.stop()
    readers.close()


def make_key(
    shop: Shop, name: str, scopes: tuple[str, ...] = ("read", "orders", "stock", "catalog"), rate: int = 0
) -> str:
    key = create_key(shop.db, name, scopes, rate)
    shop.db.commit()
    return key


def test_an_order_is_placed_and_can_be_seen(client: TestClient[Any]) -> None:
    placed = client.post("/api/v1/orders", json=ORDER)
    seen = client.get("/api/v1/orders/web/W1").json()

    assert placed.status_code == 201
    assert (seen["state"], seen["lines"][0]["reserved"]) == ("placed", "2.000")


def test_the_same_request_twice_hears_the_same(client: TestClient[Any], shop: Shop) -> None:
    first, second = (client.post("/api/v1/orders", json=ORDER) for _ in range(2))

    assert first.content == second.content
    assert shop.available("mug") == 8


def test_many_orders_in_one_request_are_answered_line_by_line(client: TestClient[Any]) -> None:
    wrong = {**ORDER, "number": "W2", "lines": [{"sku": "unicorn", "quantity": 1}]}

    answers = client.post("/api/v1/orders/bulk", json=[ORDER, wrong]).json()

    assert [answer["status"] for answer in answers] == [201, 422]
    assert answers[1]["problem"]["errors"][0]["field"] == "lines[0].sku"


def test_why_this_site_is_on_record(client: TestClient[Any]) -> None:
    client.post("/api/v1/orders", json=ORDER)

    (placed,) = client.get("/api/v1/orders/web/W1/history").json()["items"]

    assert {each["site"] for each in placed["data"]["decision"]["alternatives"]} == {"lisbon", "london"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"channel": "web"}',
        b'{"channel": "web", "number": "\\u0000", "lines": [{"sku": "mug", "quantity": 1}]}',
        b'{"channel": "web", "number": "X", "lines": []}',
        b'{"channel": "web", "number": "X", "lines": [{"sku": "mug", "quantity": -1}]}',
        b'{"channel": "web", "number": "X", "lines": [{"sku": "mug", "quantity": "NaN"}]}',
        b'{"channel": "web", "number": "X", "lines": [{"sku": "mug", "quantity": 1e400}]}',
        b'{"channel": "web", "number": "X", "lines": [{"sku": "mug", "quantity": 1}], "surprise": 1}',
        b'{"channel": "web", "number": "X", "lines": [{"sku": "mug", "quantity": 1, "unit_price": "Infinity"}]}',
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_hostile_input_is_refused_in_words_and_changes_nothing(
    client: TestClient[Any], shop: Shop, body: bytes
) -> None:
    answer = client.post("/api/v1/orders", content=body, headers={"content-type": "application/json"})

    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["detail"]
    assert shop.available("mug") == 10


def test_a_command_without_a_name_of_its_own_needs_a_key(client: TestClient[Any]) -> None:
    answer = client.post(
        "/api/v1/adjustments", json={"site": "london", "location": "pick", "sku": "mug", "reason": "x", "by": 1}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "missing_key")


def test_one_key_for_two_requests_is_refused(client: TestClient[Any], shop: Shop) -> None:
    found = {"site": "london", "location": "pick", "sku": "mug", "reason": "count", "by": 1}
    headers = {"Idempotency-Key": "K1"}
    client.post("/api/v1/adjustments", json=found, headers=headers)

    answer = client.post("/api/v1/adjustments", json={**found, "by": 2}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert shop.available("mug") == 11


def test_nobody_comes_in_without_a_key(client: TestClient[Any]) -> None:
    answer = client.get("/api/v1/orders", headers={"Authorization": "Bearer oh_00000000_forged"})

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_key_opens_only_what_its_scopes_name(client: TestClient[Any], shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {make_key(shop, 'reader', ('read',))}"}

    assert client.get("/api/v1/orders", headers=headers).status_code == 200
    assert client.post("/api/v1/orders", json=ORDER, headers=headers).status_code == 403


def test_a_key_that_asks_too_often_is_told_when_to_come_back(client: TestClient[Any], shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {make_key(shop, 'slow', rate=2)}"}

    answers = [client.get("/api/v1/orders", headers=headers) for _ in range(4)]

    assert answers[0].headers["ratelimit-limit"] == "2"
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"] == "1"


def test_the_api_describes_itself(client: TestClient[Any]) -> None:
    described = client.get("/api/docs/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert "/api/v1/orders/bulk" in described["paths"]
