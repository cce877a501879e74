"""Real sales played through the writer: what they come to, twice, at a pace, and from files that are none."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from connect.sales import CLOCKS, HEADING, HEARTS, POTS, POTS_BACK
from onhand.connect.online_retail.replay import sample
from onhand.connect.online_retail.supplies import opening_receipts
from onhand.connect.online_retail.timetable import Happening
from onhand.core.database import Connection, connect
from onhand.core.writer import Writer
from onhand.doors.cli.demo import background
from onhand.doors.cli.demo.background import Demo
from onhand.doors.cli.demo.player import Player, Tally
from onhand.doors.cli.demo.replay import replay
from onhand.doors.cli.demo.shopfitting import fit_out
from onhand.doors.cli.main import app
from onhand.flows.registry import FLOWS
from shop import NOON, Shop

POSTAGE = "536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.00,12583,France"


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """Three orders, one of which is given up in part; and a row of postage."""
    file = tmp_path / "sales.csv"
    rows = [HEADING, HEARTS, CLOCKS, POSTAGE, POTS, POTS_BACK]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def ask(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["demo", "--days", "0", *arguments])


def played(file: Path, url: str) -> Any:
    return replay(url, file=file, days=None, speed=0.0, set_aside=None, quiet=True)


def test_it_says_what_came_in_and_that_the_books_hold(db: Connection, sales: Path) -> None:
    told = ask("--file", str(sales))

    assert told.exit_code == 0, told.output
    assert "came in: 3 orders with 3 lines, 38 pieces worth 128.90 GBP" in told.output
    assert "refused: 0 commands" in told.output
    assert told.output.rstrip().endswith("check: clean")


def test_a_script_reads_the_same_as_json(db: Connection, sales: Path) -> None:
    report = json.loads(ask("--file", str(sales), "--json").output)

    assert (report["tally"]["orders"], report["tally"]["cancelled"]) == (3, "2")
    assert report["set_aside"] == {"not goods": 1}
    assert report["check"] == []


def test_every_row_set_aside_is_written_with_its_field_and_reason(db: Connection, sales: Path, tmp_path: Path) -> None:
    aside = tmp_path / "aside.csv"

    ask("--file", str(sales), "--set-aside", str(aside))

    assert aside.read_text(encoding="utf-8").splitlines() == [
        "row,invoice,field,reason",
        "4,536370,StockCode,not goods",
    ]


def test_played_again_it_does_nothing_twice(db: Connection, database_url: str, sales: Path) -> None:
    first = played(sales, database_url)
    books = db.execute("SELECT count(*), max(id) FROM stock_move").fetchone()
    db.commit()

    second = played(sales, database_url)

    assert second.tally.answered_before == second.tally.commands == first.tally.commands
    assert db.execute("SELECT count(*), max(id) FROM stock_move").fetchone() == books


def test_opening_stock_was_there_the_evening_before_the_first_sale(
    db: Connection, database_url: str, sales: Path
) -> None:
    played(sales, database_url)

    moments = db.execute("SELECT DISTINCT at::text FROM stock_move WHERE reference LIKE 'OPENING%'").fetchall()
    told = db.execute("SELECT data ->> 'at' FROM core_event WHERE kind = 'stock.received' ORDER BY seq").fetchone()
    assert moments == [("2010-11-30 18:00:00+00",)]
    assert told == ("2010-11-30T18:00:00Z",)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "No such file"),
        (b"InvoiceNo,Nonsense\n", "The first line must be"),
        (f"{HEADING}\n".encode(), "No sale could be read"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(
    db: Connection, tmp_path: Path, content: bytes | None, fault: str
) -> None:
    file = tmp_path / "other.csv"
    if content is not None:
        file.write_bytes(content)

    told = ask("--file", str(file))

    assert told.exit_code == 1
    assert fault in told.output


def test_a_file_that_was_torn_off_is_refused_in_words(db: Connection, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv.gz"
    file.write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x00")

    assert ask("--file", str(file)).exit_code == 1


class Patience(threading.Event):
    """Notes how long it was asked to wait, and does not; says stop after so many times, if it is told to."""

    def __init__(self, most: int = 1_000_000) -> None:
        super().__init__()
        self.waited: list[float] = []
        self.most = most

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        return len(self.waited) > self.most


@pytest.fixture
def writer(shop: Shop, database_url: str) -> Iterator[Writer]:
    writer = Writer(lambda: connect(database_url), FLOWS)
    writer.start()
    yield writer
    writer.stop()


def test_at_a_pace_it_waits_as_long_as_things_took_and_not_for_what_is_known(shop: Shop, writer: Writer) -> None:
    shop.stock("mug", 10)
    day = 24 * 3600
    happenings = [Happening(NOON + timedelta(days=each), shop.order(("mug", 1)), f"order/{each}") for each in range(3)]
    first, again = Patience(), Patience()

    Player(writer, Tally(), speed=day / 100, stopped=first).play(happenings[:2])
    Player(writer, Tally(), speed=day / 100, stopped=again).play(happenings)

    assert [round(each, -1) for each in first.waited] == [0, 100]
    assert [round(each, -1) for each in again.waited] == [0, 0, 0]


def test_a_replay_that_was_stopped_goes_on_where_it_was(
    db: Connection, database_url: str, sales: Path, writer: Writer
) -> None:
    shop, happenings = sample(sales)
    fit_out(db, shop)
    Player(writer, Tally()).play(opening_receipts(shop))
    stopped = Tally()
    Player(writer, stopped, stopped=Patience(most=4)).play(happenings)

    whole = played(sales, database_url)

    assert 0 < stopped.commands < whole.tally.commands
    assert whole.tally.answered_before == stopped.commands + len(list(opening_receipts(shop)))
    assert (stopped.orders + whole.tally.orders, whole.check) == (3, [])


def test_beside_a_server_it_sets_the_shop_up_and_plays(
    db: Connection, database_url: str, sales: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "sample", lambda **_: sample(sales))
    demo = Demo(database_url, writer, speed=1e9)

    demo.start()
    demo.join(30)

    assert db.execute("SELECT state, count(*) FROM orders_order GROUP BY state ORDER BY state").fetchall() == [
        ("delivered", 3)
    ]
