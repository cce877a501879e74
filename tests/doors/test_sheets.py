"""Sheets from the command line: taken in, listed, mended, undone, written out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from onhand.doors.cli.main import app
from shop import Shop

CUPS = "sku,name,barcode\nCUP-1,Cup,4006381333931\nCUP-2,Big cup,5901234123450\n"


@pytest.fixture
def hands(shop: Shop, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    Path("cups.csv").write_text(CUPS, encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, list(words))
        return done.exit_code, done.output

    return run


def test_a_sheet_is_taken_in_and_its_bad_rows_are_told(hands: Any) -> None:
    code, said = hands("import", "cups.csv", "--as", "products", "--bad-rows", "bad.csv")

    assert code == 1
    assert "2 rows: 1 new, 0 changed, 0 unchanged, 1 wrong" in said
    assert "row 3, barcode '5901234123450': its check digit is 0 but should be 7; scan or type the code again" in said
    assert "done: 1 created, 0 changed." in said
    assert "CUP-2,Big cup,5901234123450,3," in Path("bad.csv").read_text(encoding="utf-8-sig")


def test_a_preview_changes_nothing(hands: Any, shop: Shop) -> None:
    code, said = hands("import", "--as", "products", "cups.csv", "--preview")

    assert (code, "1 new" in said) == (1, True)
    assert shop.db.execute("SELECT count(*) FROM catalog_product WHERE code LIKE 'CUP%'").fetchone() == (0,)


def test_imports_are_listed_and_undone(hands: Any) -> None:
    hands("import", "cups.csv", "--as", "products")
    (listed,) = json.loads(hands("import", "list", "--json")[1])

    code, said = hands("import", "undo", str(listed["id"]))

    assert (code, said.strip()) == (0, "1 removed, 0 put back, 0 left")
    assert "undone" in hands("import", "list")[1]


def test_a_script_gets_one_answer(hands: Any) -> None:
    code, said = hands("import", "cups.csv", "--as", "products", "--set", "price=5", "--set", "currency=GBP", "--json")

    answer = json.loads(said)
    assert code == 1
    assert (answer["preview"]["new"], answer["done"]["created"], answer["bad_rows"][0]["row"]) == (1, 1, 3)
    assert answer["preview"]["values"] == {"price": "5", "currency": "GBP"}


def test_all_or_nothing_is_refused_with_a_wrong_row(hands: Any) -> None:
    code, said = hands("import", "cups.csv", "--as", "products", "--all-or-nothing")

    assert (code, "all or nothing was asked" in said) == (1, True)


def test_a_mapping_is_kept_and_used_by_its_name(hands: Any) -> None:
    Path("odd.csv").write_text("a,b\nCUP-3,Cup\n", encoding="utf-8")
    hands("import", "odd.csv", "--as", "products", "--map", "a=sku", "--map", "b=name", "--mapping", "odd")

    code, said = hands("import", "odd.csv", "--as", "products", "--mapping", "odd")

    assert (code, "1 unchanged" in said) == (0, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "nowhere.csv", "--as", "products"), "cannot be opened"),
        (("import", "cups.csv", "--as", "cups"), "choose one of products, barcodes"),
        (("import", "cups.csv", "--as", "products", "--map", "colour=name"), "no column 'colour'"),
        (("import", "cups.csv", "--as", "products", "--map", "colour"), "lacks its ="),
        (("import", "undo", "999999"), "no import 999999"),
        (("export", "stock", "--to", "stock.ods"), "neither .csv nor .xlsx"),
        (("export", "secrets", "--to", "stock.csv"), "choose one of products"),
        (("export", "stock", "--to", "no/such/folder/stock.csv"), "cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(hands: Any, words: tuple[str, ...], sentence: str) -> None:
    code, said = hands(*words)

    assert (code, sentence in " ".join(said.split())) == (1, True)


def test_a_sheet_is_written_out(hands: Any) -> None:
    hands("import", "cups.csv", "--as", "products")

    code, said = hands("export", "products", "--to", "out.csv")

    assert (code, said.strip()) == (0, "3 rows written to out.csv")
    assert "CUP-1" in Path("out.csv").read_text(encoding="utf-8-sig")
