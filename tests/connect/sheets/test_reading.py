from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from onhand.connect.sheets import limits
from onhand.connect.sheets.errors import CannotImport
from onhand.connect.sheets.reading import Told, opened

SPANISH = "código;nombre\r\n1;Té\r\n2;Café\r\n"


def read(path: Path) -> tuple[Told, list[str], list[tuple[int, list[str]]]]:
    with opened(path) as sheet:
        return sheet.told, sheet.headers, list(sheet.rows)


def written(folder: Path, content: bytes, name: str = "sheet.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def workbook(path: Path, rows: list[list[object]]) -> Path:
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet("Goods")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                else:
                    sheet.write(number, place, cell)
    return path


def refusal(path: Path) -> CannotImport:
    with pytest.raises(CannotImport) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_an_encoding_is_found_and_told(tmp_path: Path, encoding: str) -> None:
    told, headers, rows = read(written(tmp_path, SPANISH.encode(encoding)))

    assert told == Told("csv", encoding, ";")
    assert headers == ["código", "nombre"]
    assert rows == [(2, ["1", "Té"]), (3, ["2", "Café"])]


def test_bytes_that_windows_does_not_know_are_latin_1(tmp_path: Path) -> None:
    told, _, rows = read(written(tmp_path, b"a,b\n1,\xe9\x81\n"))

    assert (told.encoding, rows[0][1][1][0]) == ("latin-1", "é")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found_even_where_others_stand_in_the_text(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [["a", "b", "c"], ["1 x: y", "2", "3"], ["4", "5", "6"]])

    told, headers, _ = read(written(tmp_path, text.encode()))

    assert (told.delimiter, headers) == (delimiter, ["a", "b", "c"])


def test_a_stated_delimiter_counts(tmp_path: Path) -> None:
    told, headers, rows = read(written(tmp_path, b"sep=|\na,b|c\n1,2|3\n"))

    assert (told.delimiter, headers, rows) == ("|", ["a,b", "c"], [(2, ["1,2", "3"])])


def test_line_ends_within_quotes_stay_in_their_cell_and_rows_are_numbered_as_rows(tmp_path: Path) -> None:
    _, _, rows = read(written(tmp_path, b'a,b\n"1\n1",2\n\n , \n3,4\n'))

    assert rows == [(2, ["1\n1", "2"]), (5, ["3", "4"])]


def test_columns_without_a_name_or_with_the_same_are_told_by_their_place(tmp_path: Path) -> None:
    _, headers, _ = read(written(tmp_path, b"a,,a,b,,\n1,2,3,4,,\n"))

    assert headers == ["a", "column 2", "a (3)", "b"]


def test_a_workbook_is_read_as_its_cells_are_shown(tmp_path: Path) -> None:
    path = workbook(tmp_path / "goods.xlsx", [["sku", "n", "day"], [4006381333931, 2.5, date(2026, 3, 31)], [], ["x"]])

    told, headers, rows = read(path)

    assert (told, headers) == (Told("xlsx", sheet="Goods"), ["sku", "n", "day"])
    assert (
        rows == [(2, ["4006381333931", "2.5", "2026-03-31 00:00:00"]), (4, ["x", "", ""])]
        or rows[0][1][2] == "2026-03-31"
    )


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, b"")).refusal.code == "unreadable_file"
    assert refusal(written(tmp_path, b"\n \n,,\n")).refusal.code == "unreadable_file"
    assert refusal(tmp_path / "nowhere.csv").refusal.code == "unreadable_file"


def test_a_quotation_mark_left_open_is_refused_with_its_line(tmp_path: Path) -> None:
    fault = refusal(written(tmp_path, b'a,b\n"1,2\n' + b"3,4\n" * 50_000))

    assert fault.refusal.code == "file_too_large"
    assert "quotation mark" in fault.refusal.detail


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    fault = refusal(written(tmp_path, b"a,b\n" + b"x" * (limits.MOST_CHARACTERS_OF_LINE + 2)))

    assert fault.refusal.code == "file_too_large"


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 3)

    assert refusal(written(tmp_path, b"a\n1\n2\n3\n4\n")).refusal.code == "file_too_large"
    assert len(read(written(tmp_path, b"a\n1\n2\n3\n"))[2]) == 3


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    many = ",".join(f"c{number}" for number in range(limits.MOST_COLUMNS + 1))

    assert refusal(written(tmp_path, many.encode() + b"\n")).refusal.code == "file_too_large"


def packed(folder: Path, parts: dict[str, bytes]) -> Path:
    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * 64 * 1024 * 1024})

    assert path.stat().st_size < 200_000
    assert refusal(path).refusal.code == "file_too_large"


def test_a_billion_laughs_are_refused(tmp_path: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><workbook>&b;</workbook>'

    fault = refusal(packed(tmp_path, {"xl/workbook.xml": laughs}))

    assert "entities" in fault.refusal.detail


def test_entities_hidden_in_another_encoding_are_refused(tmp_path: Path) -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE x []><workbook/>'.encode("utf-16")

    assert refusal(packed(tmp_path, {"xl/workbook.xml": laughs})).refusal.code == "unreadable_file"


def test_a_workbook_with_a_cell_at_the_end_of_the_world_harms_nobody(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "far away")

    assert refusal(path).refusal.code in {"file_too_large", "unreadable_file"}


@pytest.mark.parametrize("name", ["goods.html", "goods.svg", "goods.exe", "goods", "goods.csv.php", "goods.xls"])
def test_what_does_not_end_as_sheets_do_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(written(tmp_path, b"code,name\nmug,Mug\n", name)).refusal.code == "unreadable_file"


def test_what_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, b"code,name\nmug,Mug\n", "goods.xlsx")).refusal.code == "unreadable_file"
    assert refusal(written(tmp_path, b"PK\x03\x04 something", "goods.csv")).refusal.code == "unreadable_file"


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(packed(tmp_path, {"readme.txt": b"hello"})).refusal.code == "unreadable_file"
    assert refusal(written(tmp_path, b"PK\x03\x04 and nothing else", "broken.xlsx")).refusal.code == "unreadable_file"
