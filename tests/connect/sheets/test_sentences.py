"""What is said of rows can be found again by its words, so that it can be said in other languages."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from connect.sheets.senders import Desk
from onhand.connect.sheets.hands.hand import IN_USE
from onhand.connect.sheets.hands.orders import SHIPPED
from onhand.connect.sheets.hands.stock import PROMISED
from onhand.connect.sheets.sentences import SENTENCES, parted
from onhand.connect.sheets.undoing import CHANGED_SINCE

SQL = files("onhand.connect.sheets") / "sql"


def said_in_sql() -> list[str]:
    """Every sentence that a statement writes beside a row, its places filled in."""
    texts = [file.read_text() for file in SQL.iterdir() if "INSERT INTO {faults}" in file.read_text()]
    literals = [each.replace("''", "'") for text in texts for each in re.findall(r"'((?:[^']|'')*)'(?!')", _code(text))]
    return [re.sub(r"%[sL]", "X1", each) for each in literals if re.search(r"\w \w", each)]


def _code(text: str) -> str:
    return re.sub(r"--.*", "", text)


@pytest.mark.parametrize("text", [*said_in_sql(), CHANGED_SINCE, IN_USE, SHIPPED, PROMISED])
def test_every_sentence_that_is_written_beside_a_row_is_known(text: str) -> None:
    assert parted(text) is not None


def test_a_sentence_comes_back_with_what_stood_in_its_places() -> None:
    assert parted("row 3 has the same site and sku and another quantity") == (
        "row {row} has the same {key} and another {others}",
        {"row": "3", "key": "site and sku", "others": "quantity"},
    )
    assert parted("row 3 has the same sku") == ("row {row} has the same {key}", {"row": "3", "key": "sku"})
    assert parted("the cat sat on the sheet") is None


@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_sentence_is_taken_for_another(sentence: str) -> None:
    found = parted(re.sub(r"\{\w+\}", "X1", sentence))

    assert found is not None
    assert found[0] == sentence


def test_what_is_wrong_with_cells_is_known_too(desk: Desk) -> None:
    found = desk.start(
        "products",
        f"""
        sku,name,unit,active,shelf_life_days,barcode,price,currency
        ,Bowl,each,yes,3,,1,GBP
        a,Bowl,bucket,perhaps,0.5,5012345678901,-1,EURO
        b,,each,yes,99999999,,1.23456,
        {"c" * 70},Cup,each,yes,many,1.2E+12,,
        """,
    )

    assert {parted(each.reason) and each.code for each in desk.bad(found)} >= {
        *("missing", "not_yes_or_no", "unknown_unit", "too_fine", "too_small", "too_large", "unknown_currency"),
        *("too_long", "not_a_number", "rounded_number", "bad_barcode"),
    }
