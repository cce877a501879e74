"""Whether a process lives, can serve, and how it fares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from house import House, open_house
from onhand.access.keys import create as create_key
from onhand.core import events
from onhand.core.database import Connection, Readers
from onhand.doors.cli import schema
from onhand.doors.vitals import Vitals
from shop import NOON, Shop


@pytest.fixture
def house(db: Connection, database_url: str) -> Iterator[House]:
    with open_house(database_url) as house:
        yield house


def figures(house: House) -> dict[str, float]:
    """The metrics page, read."""
    page = house.client.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain")
    return {name: float(value) for name, value in re.findall(r"^([a-z_]+(?:{.*})?) (\S+)$", page.text, re.MULTILINE)}


def test_a_process_that_answers_lives_whatever_else_is_broken(house: House) -> None:
    house.writer.stop()
    house.watchers.close()

    assert house.client.get("/healthz").json() == {"status": "alive"}


def test_it_is_ready_when_database_tables_and_writer_are(house: House) -> None:
    assert house.client.get("/readyz").status_code == 200
    assert house.client.head("/readyz").content == b""


def test_it_is_not_ready_when_the_writer_has_stopped(house: House) -> None:
    house.writer.stop()

    answer = house.client.get("/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.json()["detail"].startswith("The writer has stopped")


def test_it_is_not_ready_when_the_database_does_not_answer(house: House) -> None:
    nowhere = Readers("postgresql://nobody@127.0.0.1:1/nothing", most=2, wait_seconds=0.1)
    nowhere.open()

    status, _, body = Vitals(house.writer, nowhere, schema.missing).ready()
    page = Vitals(house.writer, nowhere, schema.missing).fare("")[2]
    nowhere.close()

    assert (status, b"The database does not answer." in body) == (503, True)
    assert b"onhand_database_up 0.0" in page


def test_it_is_not_ready_before_the_tables_are_those_of_this_version(house: House, db: Connection) -> None:
    applied = "app = 'stock' AND name = '0002_append_only'"
    db.execute(f"UPDATE django_migrations SET name = 'later' WHERE {applied}")
    db.commit()

    answer = house.client.get("/readyz")
    db.execute("UPDATE django_migrations SET name = '0002_append_only' WHERE name = 'later'")
    db.commit()

    assert "lacks the migration stock.0002_append_only" in answer.json()["detail"]
    assert house.client.get("/readyz").status_code == 200


def test_only_questions_are_answered(house: House) -> None:
    answer = house.client.post("/metrics")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_requests_are_counted_by_route_never_by_path(house: House, shop: Shop) -> None:
    key = create_key(shop.db, "reader", ["read"])
    shop.db.commit()
    before = figures(house)

    for number in range(3):
        house.client.get(f"/api/v1/orders/web/{number}", headers={"Authorization": f"Bearer {key}"})
        house.client.request("BREW", f"/api/{number}")

    after = figures(house)
    fresh = {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name)}
    counted = {name: value for name, value in fresh.items() if name.startswith("onhand_http_requests_total")}
    route = "/api/v1/orders/{channel}/{number}"
    assert counted[f'onhand_http_requests_total{{method="GET",route="{route}",status="404"}}'] == 3
    assert sum(value for name, value in counted.items() if 'method="other",route="unmatched"' in name) == 3
    assert after[f'onhand_http_request_seconds_count{{method="GET",route="{route}"}}'] >= 3


def test_the_books_are_on_the_page(house: House, db: Connection) -> None:
    events.record(db, [events.fact("test.told", "a", "tester", {})], NOON)
    db.execute("INSERT INTO core_follower (name, seen) VALUES ('stream', '1:1:')")
    db.commit()

    seen = figures(house)

    assert seen["onhand_database_up"] == 1
    assert seen["onhand_event_log_bytes"] > 0
    assert seen['onhand_follower_behind_events{follower="stream"}'] == 1
    assert seen['onhand_follower_behind_seconds{follower="stream"}'] > 0


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/orders", "/api/nowhere"])
def test_every_answer_bears_a_name(house: House, path: str) -> None:
    first, second = (house.client.get(path).headers["x-request-id"] for _ in range(2))

    assert first != second


def test_the_name_a_caller_gives_is_kept_and_stands_in_the_problem(house: House, shop: Shop) -> None:
    key = create_key(shop.db, "reader", ["read"])
    shop.db.commit()
    headers = {"X-Request-Id": "till-7/42", "Authorization": f"Bearer {key}"}

    answer = house.client.get("/api/v1/orders/web/none", headers=headers)

    assert answer.headers["x-request-id"] == answer.json()["instance"] == "till-7/42"


@pytest.mark.parametrize("name", ["", "a" * 129, "two words", 'quo"te', "newline\\n"])
def test_a_name_that_is_not_sane_is_not_taken(house: House, name: str) -> None:
    answer: Any = house.client.get("/healthz", headers={"X-Request-Id": name})

    assert answer.headers["x-request-id"] != name
