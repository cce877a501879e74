"""Lists as people use them: searched, narrowed, sorted, kept, taken away as a file."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from doors.people import file, read, sign_in, text
from onhand.doors.web import house
from onhand.doors.web.wording import COLUMNS, STATES, value_words
from onhand.insight import lists
from shop import Shop


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    shop.stock("mug", 12)
    shop.stock("lamp", 3, "lisbon")
    return sign_in(browser, shop)


def test_stock_is_listed_by_sku_and_site(ana: Client) -> None:
    page = read(ana, "/stock")

    assert "lamp Lamp – lisbon 3 0 3" in page
    assert "mug Mug – london 12 0 12" in page


def test_an_address_narrows_and_says_so(ana: Client) -> None:
    page = read(ana, "/stock?site=london")

    assert "Site is london" in page
    assert "lisbon 3" not in page


def test_a_search_answers_with_the_list_alone(ana: Client) -> None:
    answer = ana.get("/stock?q=lam", headers={"HX-Request": "true"})

    assert b"<html" not in answer.content
    assert "lamp" in text(answer)
    assert "mug" not in text(answer)


def test_an_address_that_means_nothing_says_what_is_wrong_with_it(ana: Client) -> None:
    page = read(ana, "/stock?colour=red", status=422)

    assert "This view cannot be shown" in page
    assert "There is no column 'colour'" in page


def test_a_filter_of_the_form_becomes_an_address(ana: Client) -> None:
    answer = ana.get("/stock/narrow", {"view": "site=london", "column": "available", "operator": "lt", "value": "20"})

    assert answer["Location"] == "/stock?site=london&available=lt:20"
    assert "mug" in read(ana, answer["Location"])


def test_a_value_that_looks_like_a_comparison_is_taken_as_it_is(ana: Client) -> None:
    answer = ana.get("/stock/narrow", {"view": "", "column": "sku", "operator": "is", "value": "lt:5"})

    assert answer["Location"] == "/stock?sku=is:lt:5"


def test_looking_back_twice_looks_at_the_second_moment(ana: Client) -> None:
    asked = {"view": "as_of=2026-01-01", "column": "as_of", "operator": "is", "value": "2026-02-01"}

    assert "as_of=2026-02-01" in ana.get("/stock/narrow", asked)["Location"]


def test_other_columns_are_shown_in_their_order(ana: Client) -> None:
    answer = ana.get("/stock/columns", {"view": "q=mug", "column": ["sku", "available"]})

    assert "SKU Available mug 12" in read(ana, answer["Location"])


def test_a_view_is_kept_for_oneself_or_shared(ana: Client, shop: Shop) -> None:
    ana.post("/stock/keep", {"view": "site=lisbon", "name": "Lisbon", "shared": "on"})
    ana.post("/stock/keep", {"view": "site=london", "name": "Mine"})
    bob = sign_in(Client(), shop, name="bob")

    assert "Lisbon" in read(ana, "/stock")
    assert "Mine" in read(ana, "/stock")
    assert "Lisbon" in read(bob, "/stock")
    assert "Mine" not in read(bob, "/stock")


def test_all_of_a_view_is_had_as_a_file(ana: Client) -> None:
    answer = ana.get("/stock/file.csv?site=london")

    lines = file(answer).splitlines()
    assert lines[0].startswith("sku,name,category,site,on_hand")
    assert lines[1].startswith("mug,Mug,,london,12")


def test_only_so_many_files_are_made_at_once_and_the_others_are_asked_to_come_again(ana: Client) -> None:
    with house.exporting(), house.exporting():
        answer = ana.get("/stock/file.csv")

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "mug" in file(ana.get("/stock/file.csv"))


def test_a_file_holds_no_formula(ana: Client, shop: Shop) -> None:
    shop.product("trap", name="=HYPERLINK(1)")
    shop.stock("trap", 1)

    assert "trap,'=HYPERLINK(1)," in file(ana.get("/stock/file.csv?sku=trap"))


def test_how_many_rows_match_comes_after_the_list(ana: Client) -> None:
    assert read(ana, "/stock/count").strip() == "2 rows"


def test_a_past_moment_shows_what_was_there_then(ana: Client, shop: Shop) -> None:
    then = shop.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    shop.later(hours=3)
    shop.stock("mug", 100)

    assert "london 112" in read(ana, "/stock?sku=mug")
    assert "london 12" in read(ana, f"/stock?sku=mug&as_of={then}")


def test_an_empty_list_teaches_what_will_be_in_it(ana: Client) -> None:
    assert "No orders yet" in read(ana, "/orders")
    assert "Nothing matches" in read(ana, "/orders?state=held")


def test_every_column_and_every_state_has_words() -> None:
    columns = [column for listing in lists.ALL.values() for column in listing.columns]

    assert {column.title for column in columns} == COLUMNS
    assert {choice for column in columns for choice in column.choices} <= set(STATES)


def test_all_of_a_view_is_had_as_a_workbook(ana: Client) -> None:
    sheet = b"".join(ana.get("/stock/file.xlsx?site=london").streaming_content)  # type: ignore[attr-defined]

    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert rows[0][:2] == ["sku", "name"]
    assert rows[1][:2] == ["mug", "Mug"]


def test_what_is_counted_no_farther_is_said_to_be_more() -> None:
    skus = lists.ALL["sites"].by_name["skus"]

    assert value_words(skus, skus.most) == "1,000"
    assert value_words(skus, skus.most + 1) == "1,000+"
