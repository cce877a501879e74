"""How often a key may ask, and what it is told of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from litestar.testing import TestClient

from onhand.access.keys import create as create_key
from onhand.core.database import Readers, connect
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.flows.registry import FLOWS
from shop import Shop

Client = TestClient[Any]
ALLOWANCE = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")
ORDER = {"channel": "web", "number": "W1", "lines": [{"sku": "mug", "quantity": 1}]}


def key(shop: Shop, per_second: int) -> dict[str, str]:
    text = create_key(shop.db, "limited", ["read", "orders"], per_second)
    shop.db.commit()
    return {"Authorization": f"Bearer {text}"}


def test_each_answer_says_what_is_left(client: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onhand.doors.api.gate.time", SimpleNamespace(monotonic=lambda: 1e9))
    limited = key(shop, per_second=3)

    done = client.post("/api/v1/orders", json=ORDER, headers=limited)
    refused = client.get("/api/v1/orders/web/none", headers=limited)
    unread = client.get("/api/v1/orders?surprise=1", headers=limited)

    assert [answer.status_code for answer in (done, refused, unread)] == [201, 404, 400]
    assert [answer.headers["ratelimit-limit"] for answer in (done, refused, unread)] == ["3", "3", "3"]
    assert [answer.headers["ratelimit-remaining"] for answer in (done, refused, unread)] == ["2", "1", "0"]


def test_what_is_too_much_is_refused_with_the_moment_to_come_back(
    client: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1e9]
    monkeypatch.setattr("onhand.doors.api.gate.time", SimpleNamespace(monotonic=lambda: now[0]))
    limited = key(shop, per_second=1)

    first, second = (client.get("/api/v1/orders", headers=limited) for _ in range(2))
    now[0] += int(second.headers["retry-after"])
    third = client.get("/api/v1/orders", headers=limited)

    assert [answer.status_code for answer in (first, second, third)] == [200, 429, 200]
    assert second.headers["content-type"] == "application/problem+json"
    assert second.json()["code"] == "too_often"
    assert [second.headers[name] for name in ALLOWANCE] == ["1", "0", "1"]


def test_a_key_without_a_limit_is_told_of_none(client: Client) -> None:
    answer = client.get("/api/v1/orders")

    assert [name for name in ALLOWANCE if name in answer.headers] == []


def test_a_server_that_is_too_busy_says_when_to_come_back(client: Client, shop: Shop, database_url: str) -> None:
    writer, readers = Writer(lambda: connect(database_url), FLOWS), Readers(database_url)
    writer.start()
    readers.open()
    writer.stop()
    with TestClient(api.create(writer, readers), raise_server_exceptions=False) as busy:
        answer = busy.post("/api/v1/orders", json=ORDER, headers=client.headers)
    readers.close()

    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"
