"""Card numbers are refused at every door, and leave no trace."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from litestar.testing import TestClient

from connect.sheets.senders import Desk
from doors.people import sign_in
from onhand.connect.sheets import imports
from onhand.connect.sheets.errors import CannotImport
from onhand.core import logs
from shop import Shop

CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("order-cancellations", {"channel": "web", "number": "N1", "reason": f"card {CARD}"}, "reason"),
        ("customers", [{"code": "ana", "name": CARD}], "[0].name"),
        ("webhooks", {"url": "https://shop.example", "kinds": ["*"], "description": CARD}, "description"),
        (
            "orders",
            {"channel": "web", "number": CARD.replace(" ", ""), "lines": [{"sku": "mug", "quantity": 1}]},
            "number",
        ),
    ],
)
def test_the_api_refuses_a_card_number_in_any_text(client: TestClient[Any], path: str, body: Any, field: str) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)

    assert answer.status_code == 422
    assert answer.json()["code"] == "card_number"
    assert answer.json()["errors"][0]["field"] == field
    assert "1111 1111" not in answer.text


def test_the_api_refuses_it_in_a_key_and_in_a_question(client: TestClient[Any]) -> None:
    body = {"site": "london", "lines": [{"sku": "mug", "quantity": 1}]}
    keyed = client.post("/api/v1/receipts", json=body, headers={"Idempotency-Key": CARD.replace(" ", "-")})
    asked = client.get("/api/v1/customers", params={"email": CARD})

    assert [keyed.status_code, asked.status_code] == [422, 422]
    assert {keyed.json()["code"], asked.json()["code"]} == {"card_number"}


def test_a_form_with_a_card_number_is_refused(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)

    answer = browser.post("/imports/upload", {"kind": CARD})

    assert answer.status_code == 422
    assert "card number" in answer.content.decode()


def test_a_row_with_a_card_number_is_refused_and_kept_masked(shop: Shop, tmp_path: Path) -> None:
    desk = Desk(shop.db, tmp_path)
    found = desk.start(
        "customers",
        f"""
        code,name,remark
        ana,Ana,none
        bob,Bob {CARD},none
        eva,Eva,{CARD}
        """,
    )

    assert desk.faults(found) == [(3, "name", "card_number"), (4, "remark", "card_number")]
    assert found.wrong == 2
    kept = shop.db.execute(f"SELECT string_agg(cells::text, '') FROM staging.rows_{found.id}").fetchone()
    assert kept is not None
    assert "1111 1111" not in kept[0]


def test_a_file_whose_header_is_a_card_number_is_refused_whole(shop: Shop, tmp_path: Path) -> None:
    desk = Desk(shop.db, tmp_path)

    with pytest.raises(CannotImport) as refused:
        imports.start(shop.db, desk.sheet(f"code,name,{CARD}\nana,Ana,1"), "customers")

    assert refused.value.refusal.code == "card_number"


def test_the_log_masks_what_anybody_writes_into_it() -> None:
    root, lines = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    try:
        for kind in ("json", "text"):
            logs.begin(kind, "info", to=lines)
            try:
                int(CARD)
            except ValueError:
                logging.getLogger("till").exception("paid with %s", CARD)
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
        logging.captureWarnings(capture=False)

    assert "1111 1111" not in lines.getvalue()
    assert lines.getvalue().count("[card …1111]") == 4
