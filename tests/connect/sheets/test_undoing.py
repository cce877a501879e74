from __future__ import annotations

import threading
import time

import pytest

from connect.sheets.senders import Desk, counts
from onhand.connect.sheets import imports
from onhand.connect.sheets.errors import CannotImport
from onhand.core import batch
from onhand.core.asks import Ask
from onhand.core.database import connect
from onhand.core.refusals import refused
from onhand.flows.place_order import place_order
from shop import Shop

CUPS = "sku,name,price,currency\nCUP-1,Cup,7.50,GBP\nCUP-2,Big cup,9.90,GBP"


def test_what_was_made_is_removed_and_what_was_changed_is_put_back(desk: Desk) -> None:
    first = desk.take("products", CUPS)
    second = desk.take("products", "sku,name,price,currency\nCUP-1,Small cup,8,GBP\nCUP-3,Huge cup,12,GBP")
    assert (second.created, second.changed) == (1, 1)

    undone = imports.undo(desk.db, second.id)

    assert (undone.removed, undone.put_back, undone.left) == (1, 1, 0)
    assert desk.sole("SELECT name FROM catalog_product WHERE code = 'CUP-1'") == "Cup"
    assert counts(desk.start("products", CUPS)) == (0, 0, 2, 0)
    assert imports.undo(desk.db, first.id).removed == 2
    assert desk.sole("SELECT count(*) FROM catalog_product WHERE code LIKE 'CUP%'") == 0


def test_what_somebody_changed_since_is_left_and_told(desk: Desk) -> None:
    done = desk.take("products", CUPS)
    desk.take("products", "sku,name\nCUP-2,Bowl")

    undone = imports.undo(desk.db, done.id)

    assert (undone.removed, undone.left) == (1, 1)
    (line,) = undone.lines
    assert (line.row, line.thing["sku"]) == (3, "CUP-2")
    assert "changed since" in line.outcome
    assert desk.sole("SELECT name FROM catalog_product WHERE code = 'CUP-2'") == "Bowl"


def test_what_is_depended_on_is_left_and_can_be_undone_once_it_is_free(desk: Desk, shop: Shop) -> None:
    done = desk.take("products", CUPS)
    shop.stock("CUP-1", 5)

    undone = imports.undo(desk.db, done.id)

    assert (undone.removed, undone.left) == (1, 1)
    assert "depends on it" in undone.lines[0].outcome


def test_whoever_reads_for_long_holds_an_undo_up_but_nobody_else_for_long(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "ALONE_PATIENCE", "10ms")
    done = desk.take("products", CUPS)
    with connect(database_url) as reader:
        reader.execute("SELECT count(*) FROM catalog_sku")
        with pytest.raises(CannotImport) as caught:
            imports.undo(desk.db, done.id)

    assert caught.value.refusal.code == "import_overtaken"
    assert imports.undo(desk.db, done.id).removed == 2


def test_a_sale_under_way_is_waited_for_and_keeps_its_goods(desk: Desk, shop: Shop, database_url: str) -> None:
    done = desk.take("products", CUPS)
    found: list[imports.Undone] = []

    def undo() -> None:
        with connect(database_url) as db:
            found.append(imports.undo(db, done.id))

    sale = Ask(shop.order(("CUP-1", 1)), "tester")
    assert not refused(place_order(shop.db, [sale], shop.now)[0])
    undoing = threading.Thread(target=undo)
    undoing.start()
    _until_it_waits(database_url)
    shop.db.commit()
    undoing.join(30)

    assert (found[0].removed, found[0].left) == (1, 1)


def _until_it_waits(url: str) -> None:
    """Look until somebody waits for the table of SKUs."""
    with connect(url, autocommit=True) as db:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'catalog_sku'::regclass"
        until = time.monotonic() + 10
        while db.execute(waiting).fetchone() == (0,):
            assert time.monotonic() < until


def test_to_undo_twice_is_harmless(desk: Desk) -> None:
    done = desk.take("products", CUPS)
    imports.undo(desk.db, done.id)
    desk.take("products", CUPS)

    again = imports.undo(desk.db, done.id)

    assert (again.removed, again.put_back, again.left) == (0, 0, 0)
    assert desk.sole("SELECT count(*) FROM catalog_product WHERE code LIKE 'CUP%'") == 2


def test_prices_that_were_added_go_and_those_that_were_replaced_come_back(desk: Desk) -> None:
    desk.take("prices", "sku,currency,amount,valid_from\nmug,GBP,5,2026-01-01")
    done = desk.take(
        "prices", "sku,currency,amount,valid_from\nmug,GBP,6,2026-01-01\nmug,GBP,7,2026-02-01\nlamp,EUR,9,"
    )
    assert (done.created, done.changed) == (2, 1)

    undone = imports.undo(desk.db, done.id)

    assert (undone.removed, undone.put_back) == (2, 1)
    assert [str(amount) for (amount,) in desk.db.execute("SELECT amount FROM catalog_price")] == ["5.0000"]


def test_sites_locations_and_customers_are_undone_too(desk: Desk, shop: Shop) -> None:
    site = desk.take("sites", "code,name,kind,country,time zone,currency\nporto,Porto,loja,PT,Europe/Lisbon,eur")
    shelf = desk.take("locations", "site,code,kind,zone\nlondon,A-1,pick,A\nlondon,pick,pick,B")
    person = desk.take("customers", "código,nombre,país\nC1,Ana,España")
    shop.stock("mug", 1, location="A-1")

    assert (imports.undo(desk.db, site.id).removed, imports.undo(desk.db, person.id).removed) == (1, 1)
    left = imports.undo(desk.db, shelf.id)

    assert (left.removed, left.put_back, left.left) == (0, 1, 1)
    assert desk.sole("SELECT array_agg(code::text ORDER BY code) FROM places_site") == ["lisbon", "london"]
    assert desk.sole("SELECT count(*) FROM customers_customer") == 0
    assert desk.sole("SELECT count(*) FROM places_location WHERE zone = 'B'") == 0


def test_a_barcode_is_taken_away_again(desk: Desk) -> None:
    done = desk.take("barcodes", "sku,ean,quantity\nmug,4006381333931,6")
    changed = desk.take("barcodes", "sku,ean,quantity\nmug,4006381333931,12")

    assert imports.undo(desk.db, changed.id).put_back == 1
    assert desk.sole("SELECT quantity::int FROM catalog_barcode") == 6
    assert imports.undo(desk.db, done.id).removed == 1
    assert desk.sole("SELECT count(*) FROM catalog_barcode") == 0
