"""The desk's box stays quick: two thousand customers and twenty thousand orders here (the full size is in the docs)."""

from __future__ import annotations

import time

import pytest

from onhand.access.privacy.marks import marker
from onhand.core.database import Connection, statement
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.insight.desk.finding import ROOM, find
from shop import Shop

CUSTOMERS, ORDERS, ASKED = 2_000, 20_000, 40
SECONDS = 0.2


@pytest.fixture
def many(db: Connection) -> Connection:
    """Made by statements, not by the flows: a shop whose books nobody checks."""
    shop = Shop(db)
    records = [
        CustomerRecord(f"C{at}", f"Ana Silva{at % 97}", f"c{at}@mail.example", f"+44 20 {7000000 + at}", "GB")
        for at in range(CUSTOMERS)
    ]
    save_customers(shop.db, records)
    shop.db.execute(
        "INSERT INTO orders_order (id, channel_id, number, customer_id, currency, state, placed_at)"
        " SELECT gen_random_uuid(), channel.id, 'W' || lpad(n::text, 8, '0'), customer.id, 'GBP', 'delivered', now()"
        " FROM generate_series(1, %s) AS n"
        " JOIN orders_channel AS channel ON channel.code = 'web'"
        " JOIN customers_customer AS customer ON customer.code = 'C' || (n %% %s)",
        (ORDERS, CUSTOMERS),
    )
    shop.db.execute(
        "INSERT INTO orders_line (id, order_id, number, sku_id, ordered, shipped, unit_price)"
        " SELECT gen_random_uuid(), placed.id, 1, sku.id, 1, 1, 12"
        " FROM orders_order AS placed JOIN catalog_sku AS sku ON sku.code = 'mug'"
    )
    shop.db.commit()
    shop.db.execute("ANALYZE orders_order, orders_line, customers_customer")
    shop.db.commit()
    return shop.db


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("customers", "020 {phone}"),
        ("customers", "c{at}@mail.example"),
        ("customers", "silva{name}"),
        ("customers", "C{at}"),
        ("orders", "W{number:08d}"),
        ("goods", "mug"),
    ],
)
def test_whoever_or_whatever_is_meant_is_found_at_once(many: Connection, kind: str, words: str) -> None:
    took = []
    for turn in range(ASKED):
        at = turn * 47 % CUSTOMERS
        asked = words.format(at=at, phone=7000000 + at, name=at % 97, number=at + 1)
        began = time.perf_counter()
        found = find(many, asked, most=6)
        took.append(time.perf_counter() - began)
        assert getattr(found, kind), asked

    # The median: other work on the machine that runs the tests must not fail them.
    assert sorted(took)[ASKED // 2] < SECONDS


def test_nothing_that_grows_is_read_from_end_to_end(many: Connection) -> None:
    marked = {"marks": marker(many).phone("020 7000123"), "looked_at": 1000, "most": 6}
    numbered = {"text": "W00000123", "prefix": "W00000123%", "most": 6}
    of_them = {"customers": [1, 2, 3], "open": ["placed"]}

    for room, name, given in (
        ("customers", "meant", marked),
        (ROOM, "orders_found", numbered),
        (ROOM, "latest_of_customers", of_them),
    ):
        plan = "\n".join(row[0] for row in many.execute("EXPLAIN " + statement(room, name), given, prepare=False))
        assert "Seq Scan on customers_customer" not in plan, plan
        assert "Seq Scan on orders_" not in plan.replace("Seq Scan on orders_channel", ""), plan


def test_a_common_name_is_gathered_before_it_is_put_in_order(many: Connection) -> None:
    found = find(many, "ana", most=6)

    assert [each.code for each in found.customers] == sorted(each.code for each in found.customers)
    assert len(found.customers) == 6
