from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connect.sheets.senders import Desk, counts
from onhand.connect.sheets import imports, staging, trades
from onhand.connect.sheets.errors import CannotImport
from onhand.core.database import Connection, connect
from shop import Shop

MANY = "sku,name\n" + "\n".join(f"P-{number},Thing {number}" for number in range(25))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, trade in trades.TRADES.items():
        small = trades.Trade(**{field: getattr(trade, field) for field in trade.__slots__} | {"batch": 10})
        monkeypatch.setitem(trades.TRADES, name, small)


@pytest.fixture
def other(database_url: str) -> Iterator[Connection]:
    with connect(database_url) as connection:
        yield connection


def stopping(other: Connection, number: int) -> Callable[[int], None]:
    """Somebody else, who asks an import to stop after its first batch."""

    def hear(rows: int) -> None:
        if rows == 10:
            imports.cancel(other, number)

    return hear


def products(desk: Desk) -> int:
    found: int = desk.sole("SELECT count(*) FROM catalog_product WHERE code LIKE 'P-%'")
    return found


@pytest.mark.usefixtures("small_batches")
def test_a_stop_between_batches_keeps_what_was_done_and_going_ahead_again_does_the_rest(
    desk: Desk, other: Connection
) -> None:
    found = desk.start("products", MANY)

    done = imports.go_ahead(desk.db, found.id, watch=stopping(other, found.id))

    assert (done.state, done.created, products(desk)) == ("cancelled", 10, 10)
    again = imports.go_ahead(desk.db, found.id)
    assert (again.state, again.created, products(desk)) == ("done", 25, 25)
    assert imports.undo(desk.db, found.id).removed == 25


@pytest.mark.usefixtures("small_batches")
def test_a_stop_of_all_or_nothing_leaves_nothing(desk: Desk, other: Connection) -> None:
    found = desk.start("products", MANY)

    done = imports.go_ahead(desk.db, found.id, whole=True, watch=stopping(other, found.id))

    assert (done.state, done.created, products(desk)) == ("cancelled", 0, 0)


@pytest.mark.usefixtures("small_batches")
def test_how_far_it_is_can_be_seen_from_elsewhere_even_of_all_or_nothing(desk: Desk, other: Connection) -> None:
    found = desk.start("products", MANY)
    seen = []

    imports.go_ahead(desk.db, found.id, whole=True, watch=lambda _: seen.append(imports.progress(other, found.id)))

    assert [(each.state, each.done, each.of) for each in seen] == [
        ("running", 10, 25),
        ("running", 20, 25),
        ("running", 25, 25),
    ]
    assert imports.progress(other, found.id) == imports.Progress("done", 25, 25)


def test_all_or_nothing_refuses_a_sheet_with_a_wrong_row(desk: Desk) -> None:
    found = desk.start("products", "sku,name\nP-1,Thing\nP-2,")

    with pytest.raises(CannotImport) as caught:
        imports.go_ahead(desk.db, found.id, whole=True)

    assert (caught.value.refusal.code, products(desk)) == ("rows_wrong", 0)


@pytest.mark.usefixtures("small_batches")
def test_all_or_nothing_leaves_nothing_when_the_shop_refuses_a_row_after_all(desk: Desk, shop: Shop) -> None:
    shop.stock("mug", 1)
    orders = "number,sku,quantity\n" + "\n".join(f"M{number},mug,1" for number in range(15))

    done = desk.take("orders", orders, whole=True, values={"channel": "market"})

    assert (done.state, done.created, done.refused) == ("failed", 0, 9)
    assert desk.sole("SELECT count(*) FROM orders_order") == 0
    assert {each.code for each in imports.bad_rows(desk.db, done.id).items} == {"out_of_stock"}


def test_all_or_nothing_holds_sales_up_for_so_many_rows_only(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    trade = trades.TRADES["stock"]
    few = trades.Trade(**{field: getattr(trade, field) for field in trade.__slots__} | {"most_at_once": 1})
    monkeypatch.setitem(trades.TRADES, "stock", few)

    with pytest.raises(CannotImport) as caught:
        desk.take("stock", "site,sku,quantity\nlondon,mug,1\nlondon,lamp,1", whole=True)

    assert caught.value.refusal.code == "too_many_at_once"


@pytest.mark.usefixtures("small_batches")
def test_two_imports_of_the_same_products_at_once_make_each_once(desk: Desk, database_url: str) -> None:
    first, second = desk.start("products", MANY), desk.start("products", MANY)
    together = threading.Barrier(2)

    def run(number: int) -> None:
        with connect(database_url) as db:
            together.wait(10)
            imports.go_ahead(db, number)

    threads = [threading.Thread(target=run, args=(each.id,)) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    made = [imports.view(desk.db, each.id) for each in (first, second)]
    assert [each.state for each in made] == ["done", "done"]
    assert sum(each.created for each in made) == products(desk) == 25
    assert sum(each.altered for each in made) == 0


@pytest.mark.usefixtures("small_batches")
def test_two_imports_of_the_same_stock_at_once_count_it_once(desk: Desk, shop: Shop, database_url: str) -> None:
    shop.product("tea", tracking="lot")
    sheet = "site,sku,lot,quantity\n" + "\n".join(f"london,tea,L{number},5" for number in range(25)) + "\nlondon,mug,,7"
    both = [desk.start("stock", sheet), desk.start("stock", sheet)]
    together = threading.Barrier(2)

    def run(number: int) -> None:
        with connect(database_url) as db:
            together.wait(10)
            imports.go_ahead(db, number)

    threads = [threading.Thread(target=run, args=(each.id,)) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (shop.available("tea"), shop.available("mug")) == (125, 7)


def test_one_import_is_worked_on_by_one_at_a_time(desk: Desk, other: Connection) -> None:
    found = desk.start("products", MANY)
    refused = []

    def meanwhile(_: int) -> None:
        with pytest.raises(CannotImport) as caught:
            imports.go_ahead(other, found.id)
        refused.append(caught.value.refusal.code)

    imports.go_ahead(desk.db, found.id, watch=meanwhile)

    assert refused == ["import_not_ready"]


def test_whoever_breaks_off_is_known_to_be_gone_and_can_be_followed(desk: Desk) -> None:
    found = desk.start("products", MANY)
    desk.db.execute("UPDATE sheets_import SET state = 'running' WHERE id = %s", [found.id])
    desk.db.commit()

    assert imports.progress(desk.db, found.id).state == "interrupted"
    assert imports.go_ahead(desk.db, found.id).state == "done"


def test_what_breaks_while_reading_is_written_down(desk: Desk) -> None:
    sheet = desk.sheet("sku,name\n" + "P-1,Thing\n" * 3 + f"P-2,{'x' * 40_000}")

    with pytest.raises(CannotImport):
        imports.start(desk.db, sheet, "products")

    (failed,) = imports.past(desk.db).items
    assert (failed.state, "40,000 characters" in failed.fault) == ("failed", True)


def test_a_connection_that_commits_by_itself_will_do(desk: Desk, database_url: str) -> None:
    with connect(database_url, autocommit=True) as db:
        found = imports.start(db, desk.sheet(f"{MANY}\nP-99,"), "products")
        done = imports.go_ahead(db, found.id, whole=False)
        _, bad = imports.bad_sheet(db, found.id)

        assert (done.created, len(list(bad))) == (25, 1)
        assert imports.undo(db, found.id).removed == 25


def test_reading_can_be_stopped_too(desk: Desk, other: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "ROWS_A_COPY", 10)
    numbers: list[int] = []

    def hear(rows: int) -> None:
        if rows == 10:
            numbers.append(imports.past(other).items[0].id)
            imports.cancel(other, numbers[0])

    found = imports.start(desk.db, desk.sheet(MANY), "products", watch=hear)

    assert (found.id, found.state) == (numbers[0], "cancelled")
    with pytest.raises(CannotImport):
        imports.go_ahead(desk.db, found.id)


def test_whoever_has_had_enough_leaves_a_cancelled_import_with_its_counts(desk: Desk) -> None:
    found = desk.start("products", MANY)

    def enough(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.go_ahead(desk.db, found.id, watch=enough)

    left = imports.view(desk.db, found.id)
    assert (left.state, left.created) == ("cancelled", 25)
    assert imports.undo(desk.db, found.id).removed == 25


def test_an_import_given_up_before_it_began_does_nothing(desk: Desk) -> None:
    found = desk.start("products", MANY)

    assert imports.cancel(desk.db, found.id).state == "cancelled"
    assert products(desk) == 0


def test_the_list_of_imports_is_read_page_by_page_latest_first(desk: Desk) -> None:
    numbers = [desk.start("products", MANY).id for _ in range(3)]

    page = imports.past(desk.db, most=2)
    rest = imports.past(desk.db, most=2, after=page.next)

    assert [each.id for each in (*page.items, *rest.items)] == numbers[::-1]
    assert rest.next is None


def test_rows_are_forgotten_after_a_while_and_what_they_did_can_still_be_undone(desk: Desk) -> None:
    done = desk.take("products", MANY)

    assert imports.forget(desk.db, datetime.now(UTC) + timedelta(minutes=1)) == 1

    assert not staging.is_there(desk.db, done.id)
    with pytest.raises(CannotImport) as caught:
        imports.preview(desk.db, done.id)
    assert caught.value.refusal.code == "rows_forgotten"
    assert imports.undo(desk.db, done.id).removed == 25


def test_bad_rows_come_as_a_sheet_that_can_be_mended_and_sent_again(desk: Desk) -> None:
    done = desk.take("products", "sku,name,note\nP-1,Thing,=1+1\nP-2,,here\nP-3")

    headers, rows = imports.bad_sheet(desk.db, done.id)

    assert headers == ["sku", "name", "note", "import row", "import fault"]
    fault = "name: what is new needs it: the product's name; fill it in"
    bad = list(rows)
    assert bad == [["P-2", "", "here", "3", fault], ["P-3", "", "", "4", fault]]
    mended = [",".join(headers), f"P-2,Mended,{','.join(bad[0][2:])}"]
    assert counts(desk.start("products", "\n".join(mended))) == (1, 0, 0, 0)
