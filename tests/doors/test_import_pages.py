"""A sheet taken in by hand: sent, understood, looked at, done, undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from doors.people import file, fill, read, sign_in, text
from shop import Shop

SHEET = b"sku,name,price,currency\nbowl,Bowl,4.50,GBP\nplate,Plate,many,GBP\n"


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    return sign_in(browser, shop)


def send(browser: Client, sheet: bytes = SHEET, kind: str = "products", name: str = "goods.csv") -> Any:
    return browser.post("/imports/upload", {"file": SimpleUploadedFile(name, sheet), "kind": kind})


def chosen(answer: Any) -> dict[str, str]:
    """The form as the page fills it in."""
    page = answer.content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(sent)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select name="(col:[^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        fields[name] = next(iter(re.findall(r'<option value="([^"]*)" selected', options)), "")
    return fields


def check(browser: Client, answer: Any) -> str:
    """Have it checked; the address of its page."""
    begun = browser.post("/imports/start", chosen(answer))
    assert begun.status_code == 302, (chosen(answer), re.findall(r"note bad.*?</p>", begun.content.decode(), re.DOTALL))
    return str(begun["Location"])


def test_a_sheet_says_which_column_seems_to_be_what(ana: Client) -> None:
    answer = send(ana)

    assert answer.status_code == 200
    assert "Which column is what" in text(answer)
    assert chosen(answer)["col:name"] == "name"


def test_nothing_changes_before_it_is_asked_for_and_bad_rows_say_what_to_do(ana: Client) -> None:
    page = check(ana, send(ana))

    shown = read(ana, page)
    assert "Rows 2" in shown
    assert "Wrong 1" in shown
    assert "many" in shown
    assert "bowl" not in read(ana, "/products")


def test_the_good_rows_are_taken_in_and_taken_back(ana: Client) -> None:
    page = check(ana, send(ana))

    ana.post(f"{page}/go-ahead", {"how": "good"})

    assert "Bowl" in read(ana, "/products")
    assert "done" in read(ana, page)
    ana.post(f"{page}/undo")
    assert "Bowl" not in read(ana, "/products")
    assert "undone" in read(ana, page)


@pytest.mark.parametrize(
    ("language", "number", "missing"),
    [
        ("es", "no es un número (los números se leen con punto decimal)", "toda fila necesita sku: el código del SKU"),
        ("pt-br", "não é um número (os números são lidos com ponto decimal)", "toda linha precisa de sku: o código do"),
    ],
)
def test_what_is_wrong_is_said_in_the_readers_language(ana: Client, language: str, number: str, missing: str) -> None:
    page = check(ana, send(ana, SHEET + b",Cup,2,GBP\n"))
    ana.post("/prefer", {"language": language})

    shown, sheet = read(ana, page), "\n".join(file(ana.get(f"{page}/bad-rows.csv")).splitlines())

    for told in (shown, sheet):
        assert number in told
        assert missing in told
    assert "write digits" not in shown + sheet
    assert "import fault" in sheet  # the name by which the column is passed over when it comes back


def test_what_an_undo_left_is_said_in_the_readers_language(ana: Client) -> None:
    page = check(ana, send(ana))
    ana.post(f"{page}/go-ahead", {"how": "good"})
    fill(ana, "/goods/bowl/edit", name="Basin", active="on")
    ana.post("/prefer", {"language": "es"})

    ana.post(f"{page}/undo")

    assert "se dejó como está" in read(ana, page)


def test_the_bad_rows_are_had_as_a_sheet(ana: Client) -> None:
    page = check(ana, send(ana))

    lines = file(ana.get(f"{page}/bad-rows.csv")).splitlines()

    assert lines[0].startswith("sku,name,price,currency,import row")
    assert lines[1].startswith("plate,Plate,many,GBP,3")


def test_what_is_no_sheet_is_refused_in_words(ana: Client) -> None:
    answer = send(ana, b"", name="empty.csv")

    assert answer.status_code == 422
    assert "What was imported" in text(answer)


def test_who_may_only_look_sends_nothing(ana: Client, shop: Shop) -> None:
    bob = sign_in(Client(), shop, role="finance", name="bob")

    assert bob.get("/imports").status_code == 403
    assert send(bob).status_code == 403


def test_what_somebody_may_not_do_by_hand_they_may_not_do_by_a_sheet(ana: Client, shop: Shop) -> None:
    bob = sign_in(Client(), shop, role="product_manager", name="bob")
    page = check(ana, send(ana, b"sku,site,quantity\nmug,london,5\n", kind="stock"))

    assert send(bob).status_code == 200
    assert send(bob, kind="stock").status_code == 403
    assert bob.post(f"{page}/go-ahead", {"how": "good"}).status_code == 403
    assert bob.post(f"{page}/undo").status_code == 403


def test_counts_that_come_in_a_sheet_are_confirmed_as_those_by_hand(ana: Client, shop: Shop) -> None:
    shop.stock("mug", 12)
    page = check(ana, send(ana, b"sku,site,quantity\nmug,london,40\n", kind="stock"))

    ana.post(f"{page}/go-ahead", {"how": "good"})
    ana.post(f"{page}/undo")
    assert shop.available("mug") == 12

    done = fill(ana, f"{page}/go-ahead?how=good")
    assert done["HX-Redirect"] == page
    shop.db.rollback()
    assert shop.available("mug") == 40
    fill(ana, f"{page}/go-ahead?how=undo")
    shop.db.rollback()
    assert shop.available("mug") == 12
