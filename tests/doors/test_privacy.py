"""What is held on people, through the machines' door and the hands'."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from typer.testing import CliRunner

from doors.conftest import key
from onhand.access.privacy import masters, tombstones
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.doors.cli.main import app
from shop import Shop

API = "/api/v1"


@pytest.fixture
def ana(shop: Shop) -> str:
    save_customers(shop.db, [CustomerRecord("C1", "Ana Núñez", "ana@shop.example", "+44 20 7946 0958", "GB")])
    shop.db.commit()
    return "customer/C1"


@pytest.mark.parametrize("asked", [{"email": "ANA@shop.example"}, {"name": "ana nunez"}, {"phone": "020 7946 0958"}])
def test_customers_are_found_by_what_is_sealed(client: TestClient[Any], ana: str, asked: dict[str, str]) -> None:
    found = client.get(f"{API}/customers", params=asked).json()["items"]

    assert [(each["code"], each["name"]) for each in found] == [("C1", "Ana Núñez")]


def test_all_that_is_held_on_somebody_is_handed_out_and_on_record(
    client: TestClient[Any], shop: Shop, ana: str
) -> None:
    answer = client.post(f"{API}/personal-data", json={"subject": ana})

    assert answer.status_code == 200
    assert "ana@shop.example" in answer.text
    assert shop.kinds()[-1] == "data.exported"
    assert client.post(f"{API}/personal-data", json={"subject": "customer/nobody"}).status_code == 404


def test_somebody_is_erased_once_and_found_no_more(client: TestClient[Any], ana: str) -> None:
    first = client.post(f"{API}/erasures", json={"subject": ana})
    again = client.post(f"{API}/erasures", json={"subject": ana})

    assert (first.status_code, first.json()["already"], again.json()["already"]) == (200, False, True)
    assert client.get(f"{API}/customers", params={"email": "ana@shop.example"}).json()["items"] == []
    assert client.get(f"{API}/customers/C1").json()["name"] == ""
    assert any(each.subject == ana for each in tombstones.read(tombstones.path()))


def test_somebody_who_waits_for_goods_is_not(client: TestClient[Any], ana: str) -> None:
    order = {"channel": "web", "number": "N1", "customer": "C1", "lines": [{"sku": "mug", "quantity": 1}]}
    assert client.post(f"{API}/orders", json=order).status_code == 201

    answer = client.post(f"{API}/erasures", json={"subject": ana})

    assert (answer.status_code, answer.json()["code"]) == (409, "orders_open")


def test_only_a_key_with_the_scope_hands_out_and_erases(client: TestClient[Any], shop: Shop, ana: str) -> None:
    client.headers["Authorization"] = f"Bearer {key(shop, 'few', ('read', 'orders', 'stock', 'catalog', 'webhooks'))}"

    for path, body in (
        ("personal-data", {"subject": ana}),
        ("erasures", {"subject": ana}),
        ("customers/C1/choices", {"choices": [{"purpose": "email", "given": True, "wording": "News?"}]}),
    ):
        assert client.post(f"{API}/{path}", json=body).status_code == 403


def test_what_a_customer_chose_is_written_down(client: TestClient[Any], ana: str) -> None:
    said = {"choices": [{"purpose": "email", "given": True, "wording": "May we write to you?", "source": "checkout"}]}
    assert client.post(f"{API}/customers/C1/choices", json=said).status_code == 200

    stands = {each["purpose"]: each for each in client.get(f"{API}/customers/C1/choices").json()["choices"]}

    assert (stands["email"]["allowed"], stands["email"]["wording"]) == (True, "May we write to you?")
    assert not stands["sale"]["allowed"]
    assert client.get(f"{API}/customers/nobody/choices").status_code == 404
    assert client.post(f"{API}/customers/nobody/choices", json=said).status_code == 404


@pytest.mark.parametrize("how", ["header", "parameter"])
def test_a_browsers_objection_holds_in_the_first_answer_and_from_then_on(
    client: TestClient[Any], ana: str, how: str
) -> None:
    agreed = {"choices": [{"purpose": "sale", "given": True, "wording": "May we share this?"}]}
    client.post(f"{API}/customers/C1/choices", json=agreed)
    sent: dict[str, Any] = {"headers": {"Sec-GPC": "1"}} if how == "header" else {"params": {"gpc": "true"}}

    first = client.get(f"{API}/customers/C1/choices", **sent).json()["choices"]
    later = client.get(f"{API}/customers/C1/choices").json()["choices"]

    for answer in (first, later):
        (sale,) = [each for each in answer if each["purpose"] == "sale"]
        assert (sale["allowed"], sale["objected"]) == (False, True)


@pytest.fixture
def hands(shop: Shop, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    path = tmp_path / "keys"
    masters.write(path, masters.made())
    monkeypatch.setenv("ONHAND_FIELD_KEYS", f"file:{path}")
    monkeypatch.setenv("ONHAND_TOMBSTONES", str(tmp_path / "erasures.jsonl"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    return CliRunner()


def test_hands_find_export_and_erase(hands: CliRunner, shop: Shop, tmp_path: Path) -> None:
    save_customers(shop.db, [CustomerRecord("C1", "Ana", "ana@shop.example")])
    shop.db.commit()

    assert "customer/C1  Ana" in hands.invoke(app, ["privacy", "find", "ana@shop.example"]).output
    file = tmp_path / "ana.json"
    assert hands.invoke(app, ["privacy", "export", "customer/C1", "--to", str(file)]).exit_code == 0
    assert json.loads(file.read_text())["subject"] == "customer/C1"
    assert file.stat().st_mode & 0o077 == 0
    assert hands.invoke(app, ["privacy", "erase", "customer/C1"], input="n\n").exit_code == 1
    held = ["privacy", "hold", "customer/C1", "--until", "2999-12-31", "--reason", "case 7"]
    assert "held until 2999-12-31" in hands.invoke(app, held).output
    assert hands.invoke(app, ["privacy", "erase", "customer/C1", "--yes"]).exit_code == 1
    assert "1 holds have ended" in hands.invoke(app, ["privacy", "release", "customer/C1"]).output
    assert "Ana" in hands.invoke(app, ["privacy", "find", "C1"]).output
    done = hands.invoke(app, ["privacy", "erase", "customer/C1", "--yes"])
    assert "customer/C1 was erased." in done.output
    assert "Ana" not in hands.invoke(app, ["privacy", "find", "C1"]).output
    assert "1 erased already" in hands.invoke(app, ["privacy", "replay"]).output
    assert hands.invoke(app, ["privacy", "erase", "customer/nobody", "--yes"]).exit_code == 1


def test_hands_rotate_the_keys_and_seal_what_is_plain(hands: CliRunner, shop: Shop) -> None:
    shop.db.execute("INSERT INTO customers_customer (code, name) VALUES ('C1', 'Ana')")
    shop.stock("mug", 1)
    shop.do(shop.order(("mug", 1)))
    shop.db.execute("UPDATE orders_order SET postcode = 'SW1A 1AA', latitude = 51.5014, longitude = -0.1419")
    shop.db.commit()

    assert "2 rows were sealed" in hands.invoke(app, ["privacy", "seal"]).output
    assert "0 rows were sealed" in hands.invoke(app, ["privacy", "seal"]).output
    assert "3 keys are wrapped by" in hands.invoke(app, ["keys", "rotate"]).output
    listed = hands.invoke(app, ["keys", "list"]).output
    assert "first    wraps 3" in listed
    assert "known    wraps 0" in listed
    row = shop.db.execute("SELECT postcode, latitude FROM orders_order").fetchone()
    assert row is not None
    assert (row[0][:4], row[1]) == ("oh1:", 51.5)
    assert "Ana" in hands.invoke(app, ["privacy", "find", "ana"]).output


def test_hands_write_the_record_of_processing_activities(hands: CliRunner) -> None:
    assert (
        "| customers_customer | email | customer | email | sealed |" in hands.invoke(app, ["privacy", "report"]).output
    )


def test_nothing_starts_without_the_master_keys_it_needs(
    hands: CliRunner, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_customers(shop.db, [CustomerRecord("C1", "Ana")])
    shop.db.commit()
    monkeypatch.setenv("ONHAND_FIELD_KEYS", masters.made())
    assert "is not known here" in hands.invoke(app, ["privacy", "find", "C1"]).output

    monkeypatch.setenv("ONHAND_FIELD_KEYS", "nonsense")
    assert "must be master keys as id:base64" in hands.invoke(app, ["privacy", "find", "C1"]).output
