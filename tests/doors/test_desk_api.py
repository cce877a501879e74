"""The service desk for machines."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from doors.conftest import key
from onhand.access.keys import create as create_key
from onhand.access.people import admit
from onhand.customers.actions import CustomerRecord, save_customers
from shop import Shop

CASE = {"customer": "C1", "subject": "Late mugs", "question": "When do they come?"}


@pytest.fixture
def desk(client: TestClient[Any], shop: Shop) -> TestClient[Any]:
    save_customers(shop.db, [CustomerRecord("C1", "Bea Costa", "bea@home.example", "", "PT")])
    admit(shop.db, "ana", "customer_service", full_name="Ana Souza", password="warehouse-at-dawn")
    shop.db.commit()
    shop.do(shop.order(("mug", 12), customer="C1"))
    return client


def opened(desk: TestClient[Any], name: str = "one", **facts: Any) -> Any:
    return desk.post("/api/v1/cases", json={**CASE, **facts}, headers={"Idempotency-Key": name})


def test_a_machine_finds_whom_somebody_means(desk: TestClient[Any]) -> None:
    found = desk.get("/api/v1/desk/found", params={"q": "bea@HOME.example"}).json()

    assert [each["code"] for each in found["customers"]] == ["C1"]
    assert found["customers"][0]["last_state"] == "backordered"


def test_a_case_is_opened_once_for_each_key_and_listed(desk: TestClient[Any]) -> None:
    first, again = opened(desk), opened(desk)

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    listed = desk.get("/api/v1/cases", params={"customer": "C1", "state": "open"}).json()["items"]
    assert [each["subject"] for each in listed] == ["Late mugs"]


def test_a_case_takes_a_key_and_somebody_it_is_about(desk: TestClient[Any]) -> None:
    assert desk.post("/api/v1/cases", json=CASE).json()["code"] == "missing_key"
    assert opened(desk, customer=None).json()["code"] == "about_nobody"
    assert opened(desk, customer="C9").json()["code"] == "unknown_customer"
    assert opened(desk, customer=None, channel="web", number="N9").json()["code"] == "unknown_order"
    assert opened(desk, owner="nobody").json()["code"] == "unknown_person"


def test_a_case_is_not_opened_for_who_may_not_see_it(desk: TestClient[Any], shop: Shop) -> None:
    admit(shop.db, "bob", "planner", full_name="Bob", password="warehouse-at-dawn")
    shop.db.commit()

    answer = opened(desk, owner="bob")

    said = answer.json()
    assert (said["status"], said["code"], said["errors"][0]["field"]) == (422, "not_their_work", "owner")
    assert opened(desk, owner="ana").status_code == 201


def test_a_case_is_answered_and_its_times_are_told(desk: TestClient[Any]) -> None:
    number = opened(desk).json()["case"]["number"]
    answer = {"text": "On Friday.", "by": "email"}

    for _ in range(2):
        done = desk.post(f"/api/v1/cases/{number}/answers", json=answer, headers={"Idempotency-Key": "answer"})
        assert done.status_code == 200
    assert [each["kind"] for each in done.json()["entries"]] == ["question", "answer"]
    assert desk.get(f"/api/v1/cases/{number}").json()["case"]["state"] == "answered"
    assert desk.get("/api/v1/response-times").json()["in_time"] == 1
    assert desk.get("/api/v1/cases/999999").status_code == 404


def test_it_is_said_who_looks_after_a_customer(desk: TestClient[Any]) -> None:
    care = {"representative": "ana", "language": "pt-br", "priority": "high"}

    assert desk.post("/api/v1/customers/C1/care", json=care).json() == {"code": "C1", **care}
    assert desk.get("/api/v1/customers/C1").json()["representative"] == "ana"
    assert desk.post("/api/v1/customers/C1/care", json={"representative": "x"}).json()["code"] == "unknown_person"
    assert opened(desk).json()["case"]["priority"] == "high"


def test_a_key_without_the_desk_is_refused(desk: TestClient[Any], shop: Shop) -> None:
    desk.headers["Authorization"] = f"Bearer {key(shop, 'orders', ['orders'])}"

    assert desk.get("/api/v1/cases").status_code == 403
    assert opened(desk).status_code == 403


def test_a_key_of_one_channel_touches_no_order_of_another(desk: TestClient[Any], shop: Shop) -> None:
    number = opened(desk, channel="web", number="N1", customer=None).json()["case"]["number"]
    text = create_key(shop.db, "market", ["desk"], channels=["market"])
    shop.db.commit()
    desk.headers["Authorization"] = f"Bearer {text}"

    assert opened(desk, "two", channel="web", number="N1").json()["code"] == "not_your_channel"
    assert opened(desk, "three").json()["code"] == "not_your_channel"
    answer = {"text": "On Friday."}
    sent = desk.post(f"/api/v1/cases/{number}/answers", json=answer, headers={"Idempotency-Key": "a"})
    assert sent.json()["code"] == "not_your_channel"


@pytest.mark.parametrize(
    ("sees", "words", "found"),
    [
        ("see.customers", "bea@home.example", ["customers"]),
        ("see.customers", "N1", []),
        ("see.customers", "mug", []),
        ("see.orders", "N1", ["orders"]),
        ("see.orders", "bea@home.example", []),
        ("see.stock", "mug", ["goods"]),
        ("see.stock", "N1", []),
    ],
)
def test_a_key_finds_what_it_may_see_and_nothing_else(
    desk: TestClient[Any], shop: Shop, sees: str, words: str, found: list[str]
) -> None:
    desk.headers["Authorization"] = f"Bearer {key(shop, 'narrow', ['see.desk', sees])}"

    answer = desk.get("/api/v1/desk/found", params={"q": words}).json()

    assert [kind for kind in ("customers", "orders", "goods") if answer[kind]] == found
    assert answer["unseen"] == [each for each in ("see.customers", "see.orders", "see.stock") if each != sees]


def test_a_key_that_may_see_nothing_at_the_desk_is_told_what_it_lacks(desk: TestClient[Any], shop: Shop) -> None:
    desk.headers["Authorization"] = f"Bearer {key(shop, 'cases', ['desk'])}"

    answer = desk.get("/api/v1/desk/found", params={"q": "bea@home.example"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert all(each in answer.json()["detail"] for each in ("see.customers", "see.orders", "see.stock"))


def test_a_program_of_the_desk_reads_and_works(desk: TestClient[Any], shop: Shop) -> None:
    desk.headers["Authorization"] = f"Bearer {key(shop, 'desk', ['read', 'desk'])}"

    found = desk.get("/api/v1/desk/found", params={"q": "bea@home.example"}).json()

    assert ([each["code"] for each in found["customers"]], found["unseen"]) == (["C1"], [])
    assert opened(desk).status_code == 201


def test_beside_a_customer_no_order_is_told_to_a_key_that_may_see_none(desk: TestClient[Any], shop: Shop) -> None:
    desk.headers["Authorization"] = f"Bearer {key(shop, 'narrow', ['see.desk', 'see.customers'])}"

    (found,) = desk.get("/api/v1/desk/found", params={"q": "C1"}).json()["customers"]

    assert (found["code"], found["last_number"], found["last_state"], found["open"]) == ("C1", None, None, 0)


def test_beside_an_order_no_customer_is_named_to_a_key_that_may_see_none(desk: TestClient[Any], shop: Shop) -> None:
    desk.headers["Authorization"] = f"Bearer {key(shop, 'narrow', ['see.desk', 'see.orders'])}"

    (found,) = desk.get("/api/v1/desk/found", params={"q": "N1"}).json()["orders"]

    assert (found["number"], found["customer_name"]) == ("N1", "")
