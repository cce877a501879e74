"""Who asks gets all that is held on them; who asks to be forgotten is, and the books stay."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connect.sheets.senders import Desk
from onhand.access.people import admit, give_post
from onhand.access.privacy import consent, erasing, exporting, holds, registry, tombstones
from onhand.access.privacy.erasing import Erased, Preview
from onhand.access.privacy.exporting import Export
from onhand.core.refusals import Refused
from onhand.customers import queries
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import commands as c
from onhand.orders import queries as orders
from onhand.stock import queries as stock
from shop import Shop

SECRETS = ("Ana N", "Núñez", "ana@shop.example", "7946 0958", "SW1A", "51.5014", "-0.1419")


def furnish(shop: Shop) -> c.PlaceOrder:
    """A customer with an order that is on its way."""
    save_customers(shop.db, [CustomerRecord("C1", "Ana Núñez", "ana@shop.example", "+44 20 7946 0958", "GB")])
    shop.db.commit()
    shop.stock("mug", 10)
    order = shop.order(("mug", 2), customer="C1", ship_to=c.Destination("GB", "SW1A 1AA", 51.5014, -0.1419))
    shop.do(order)
    return order


def ship(shop: Shop, order: c.PlaceOrder) -> None:
    for step in ("pick", "pack", "ship", "deliver"):
        shop.do(c.AdvanceOrder(order.channel, order.number, step))


def erase(shop: Shop, subject: str = "customer/C1") -> Any:
    answer = erasing.erase(shop.db, subject, now=shop.now, actor="person/eva")
    shop.db.commit()
    return answer


def everything(shop: Shop) -> str:
    """All tables there are, as text."""
    tables = shop.db.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'staging')"
    ).fetchall()
    texts = []
    for schema, table in tables:
        row = shop.db.execute(f'SELECT string_agg(t::text, E\'\\n\') FROM "{schema}"."{table}" AS t').fetchone()
        texts.append(str(row and row[0]))
    return "\n".join(texts)


def test_an_export_holds_every_mapped_column_and_opens_what_is_sealed(shop: Shop) -> None:
    furnish(shop)
    consent.record(
        shop.db, "customer/C1", [consent.Choice("email", given=True, wording="News?")], now=shop.now, actor="key/x"
    )

    found = exporting.export(shop.db, "customer/C1", now=shop.now, actor="person/eva")

    assert isinstance(found, Export)
    held = {each.what: each for each in found.held}
    for holding in registry.holdings():
        if "customer" in holding.rows:
            assert {column.name for column in holding.columns} <= set(held[holding.table].columns)
            for row in held[holding.table].rows:
                assert {column.name for column in holding.columns} <= set(row)
    (person,), (order,) = held["customers_customer"].rows, held["orders_order"].rows
    assert (person["name"], person["email"], person["phone"]) == ("Ana Núñez", "ana@shop.example", "+44 20 7946 0958")
    assert (order["postcode"], order["latitude"]) == ("SW1A 1AA", 51.5)
    assert json.loads(exporting.as_json(found))["subject"] == "customer/C1"
    assert ("customers_customer 1", "name", "Ana Núñez") in list(exporting.as_rows(found.held))
    assert shop.kinds()[-1] == "data.exported"


def test_nothing_of_a_customer_is_left_after_they_were_erased_and_the_books_stay(shop: Shop) -> None:
    order = furnish(shop)
    ship(shop, order)
    before = [shop.db.execute(f"SELECT count(*) FROM {each}").fetchone() for each in ("orders_line", "stock_move")]

    answer = erase(shop)

    assert isinstance(answer, Erased)
    assert not answer.already
    assert [text for text in SECRETS if text in everything(shop)] == []
    assert [
        shop.db.execute(f"SELECT count(*) FROM {each}").fetchone() for each in ("orders_line", "stock_move")
    ] == before
    assert stock.check(shop.db) == []
    assert orders.check(shop.db) == []
    assert queries.customers(shop.db, email="ana@shop.example").items == queries.found(shop.db, "ana") == []
    assert [each.name for each in queries.customers(shop.db, code="C1").items] == [""]
    assert shop.kinds()[-1] == "customer.erased"


def test_what_was_sealed_and_copied_elsewhere_stays_noise(shop: Shop) -> None:
    ship(shop, furnish(shop))
    row = shop.db.execute("SELECT name, email, phone FROM customers_customer").fetchone()
    erase(shop)
    shop.db.execute("UPDATE customers_customer SET (name, email, phone) = (%s, %s, %s)", row)

    (view,) = queries.customers(shop.db, code="C1").items
    assert (view.name, view.email, view.phone) == ("", "", "")


def test_to_be_erased_twice_is_harmless(shop: Shop) -> None:
    ship(shop, furnish(shop))
    erase(shop)

    again = erase(shop)

    assert again.already
    assert shop.kinds().count("customer.erased") == 1


def test_who_waits_for_goods_is_not_erased_yet(shop: Shop) -> None:
    order = furnish(shop)

    answer = erase(shop)

    assert isinstance(answer, Refused)
    assert answer.code == "orders_open"
    assert order.number in answer.detail
    assert [each.name for each in queries.customers(shop.db, code="C1").items] == ["Ana Núñez"]
    preview = erasing.preview(shop.db, "customer/C1", now=shop.now)
    assert isinstance(preview, Preview)
    assert preview.waits_for == answer
    assert preview.blanked == {"customers_customer": 1, "orders_order": 1}


def test_whom_the_law_holds_is_not_erased_until_then(shop: Shop) -> None:
    ship(shop, furnish(shop))
    until = shop.now + timedelta(days=30)
    assert holds.hold(shop.db, "customer/C1", until, "case 7", now=shop.now, actor="person/eva") == "customer/C1"

    refusal = erase(shop)
    assert (refusal.code, "2026-04-01" in refusal.detail) == ("on_hold", True)
    shop.later(days=31)
    assert isinstance(erase(shop), Erased)


def test_a_hold_can_be_ended(shop: Shop) -> None:
    ship(shop, furnish(shop))
    holds.hold(shop.db, "customer/C1", shop.now + timedelta(days=30), "case 7", now=shop.now, actor="person/eva")

    assert holds.release(shop.db, "customer/C1", now=shop.now, actor="person/eva") == 1
    assert isinstance(erase(shop), Erased)
    past = holds.hold(shop.db, "customer/C1", shop.now, "late", now=shop.now, actor="person/eva")
    assert isinstance(past, Refused)


def test_a_guest_is_erased_by_their_order(shop: Shop) -> None:
    shop.stock("mug", 5)
    order = shop.order(("mug", 1), ship_to=c.Destination("GB", "SW1A 1AA", 51.5014, -0.1419))
    shop.do(order)
    found = exporting.export(shop.db, f"order/web/{order.number}", now=shop.now, actor="person/eva")
    assert isinstance(found, Export)
    assert [row["postcode"] for each in found.held if each.what == "orders_order" for row in each.rows] == ["SW1A 1AA"]
    ship(shop, order)

    assert isinstance(erase(shop, f"order/web/{order.number}"), Erased)
    assert "SW1A" not in everything(shop)
    assert shop.db.execute("SELECT count(*) FROM access_privacy_key WHERE subject <> '*'").fetchone() == (0,)


def test_a_person_who_worked_here_is_erased_and_what_they_did_stays_signed(shop: Shop) -> None:
    admit(shop.db, "boss", "owner")
    admit(shop.db, "ana", "planner", full_name="Ana Núñez", email="ana@shop.example")
    shop.db.commit()

    assert isinstance(erase(shop, "person/ana"), Erased)
    row = shop.db.execute("SELECT username, first_name, email, is_active FROM access_person WHERE username = 'ana'")
    assert row.fetchone() == ("ana", "", "", False)
    last = erase(shop, "person/boss")
    assert isinstance(last, Refused)
    assert last.code == "last_administrator"


def test_whoever_may_change_roles_by_a_second_post_is_somebody_left(shop: Shop) -> None:
    admit(shop.db, "boss", "owner")
    admit(shop.db, "ana", "planner")
    give_post(shop.db, "ana", "administrator", actor="boss", now=shop.now)
    shop.db.commit()

    assert isinstance(erase(shop, "person/boss"), Erased)
    last = erase(shop, "person/ana")
    assert isinstance(last, Refused)
    assert last.code == "last_administrator"


@pytest.mark.parametrize(
    "subject", ["customer/nobody", "order/web/nothing", "person/nobody", "thing/1", "", "customer/"]
)
def test_nobody_cannot_be_erased_or_exported(shop: Shop, subject: str) -> None:
    for answer in (
        erasing.erase(shop.db, subject, now=shop.now),
        exporting.export(shop.db, subject, now=shop.now, actor="x"),
        erasing.preview(shop.db, subject, now=shop.now),
    ):
        assert isinstance(answer, Refused)
        assert answer.code == "unknown_subject"


def test_sheets_that_still_lie_there_and_what_they_changed_are_erased_too(shop: Shop, tmp_path: Path) -> None:
    desk = Desk(shop.db, tmp_path)
    sheet = "code,name,email\nC1,Ana Núñez,ana@shop.example\nC2,Bob,bob@shop.example"
    desk.take("customers", sheet)
    desk.take("customers", "code,name,email\nC1,Ana Other,ana@shop.example\nC2,Bob,bob@shop.example")
    assert "Ana Núñez" in str(exporting.looked_up(shop.db, "customer/C1"))

    erase(shop)

    assert "Ana N" not in everything(shop)
    assert "Bob" in everything(shop)  # the rows of others stay, until their time is over
    assert desk.sole("SELECT count(*) FROM sheets_change WHERE before IS NOT NULL") == 1


def test_whose_time_is_over_is_erased_by_the_clock(shop: Shop) -> None:
    ship(shop, furnish(shop))
    save_customers(shop.db, [CustomerRecord("C2", "Bob")])
    shop.db.execute("UPDATE customers_customer SET created_at = created_at - interval '4 years'")
    shop.db.execute("UPDATE orders_order SET recorded_at = recorded_at - interval '4 years'")
    save_customers(shop.db, [CustomerRecord("C3", "Eva")])
    shop.db.commit()
    row = shop.db.execute("SELECT now()").fetchone()
    assert row is not None

    assert erasing.forget_overdue(shop.db, row[0], 1095) == 2
    assert [each.name for each in queries.customers(shop.db).items] == ["", "", "Eva"]
    assert erasing.forget_overdue(shop.db, row[0], 1095) == 0


def test_who_was_erased_is_erased_again_in_a_restored_backup(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "erasures.jsonl"
    ship(shop, furnish(shop))
    backup = {
        table: shop.db.execute(f"SELECT * FROM {table}").fetchall()
        for table in ("customers_customer", "access_privacy_key")
    }
    erase(shop)
    assert (tombstones.keep(shop.db, file), tombstones.keep(shop.db, file)) == (1, 0)
    assert "Ana N" not in file.read_text()
    # The backup of before comes back: its rows, its key, and nothing of the erasure.
    shop.db.execute("TRUNCATE access_privacy_erasure, access_privacy_key, customers_customer")
    for table, rows in backup.items():
        for row in rows:
            shop.db.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)
    shop.db.execute("UPDATE access_privacy_key SET made_at = %s", (shop.now - timedelta(days=1),))
    shop.db.commit()
    assert [each.name for each in queries.customers(shop.db, code="C1").items] == ["Ana Núñez"]

    replayed = tombstones.replay_erasures(shop.db, file)
    shop.db.commit()

    assert (replayed.erased, replayed.already, replayed.newer) == (1, 0, 0)
    assert [each.name for each in queries.customers(shop.db, code="C1").items] == [""]
    assert tombstones.replay_erasures(shop.db, file).already == 1
    assert tombstones.keep(shop.db, file) == 0


def test_who_came_back_after_being_erased_stays(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "erasures.jsonl"
    ship(shop, furnish(shop))
    erase(shop)
    tombstones.keep(shop.db, file)
    save_customers(shop.db, [CustomerRecord("C1", "Ana again")])
    shop.db.commit()

    assert tombstones.replay_erasures(shop.db, file).newer == 1
    assert [each.name for each in queries.customers(shop.db, code="C1").items] == ["Ana again"]


def test_a_tombstone_half_written_is_written_again(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "erasures.jsonl"
    ship(shop, furnish(shop))
    erase(shop)
    file.write_bytes(b'{"subject":"customer/C')

    assert tombstones.keep(shop.db, file) == 1
    assert [each.subject for each in tombstones.read(file)] == ["customer/C1"]


def test_what_the_file_missed_lately_is_added_and_the_rest_when_asked_for(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "erasures.jsonl"
    save_customers(shop.db, [CustomerRecord(f"C{number}", "Ana") for number in range(4)])
    shop.db.commit()
    for number, days in enumerate((0, 10, 10, 10)):
        shop.later(days=days)
        erase(shop, f"customer/C{number}")
    lines = [f'{{"subject":"customer/C{number}","at":"{shop.now.isoformat()}"}}\n' for number in (3,)]
    file.write_text("".join(lines))

    assert tombstones.keep(shop.db, file) == 0
    assert tombstones.keep(shop.db, file, whole=True) == 3
    assert tombstones.keep(shop.db, file, whole=True) == 0
    assert [each.subject for each in tombstones.read(file)] == [f"customer/C{number}" for number in (3, 0, 1, 2)]
