"""Sets the shop up, plays its sales, checks the books, and says what came of it."""

from __future__ import annotations

import csv
import resource
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from lzma import LZMAError
from pathlib import Path

import msgspec
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from onhand.connect.online_retail.reading import Asides, NotSales, SetAside
from onhand.connect.online_retail.replay import sample
from onhand.connect.online_retail.shop import NoSales, Shop
from onhand.connect.online_retail.supplies import opening_receipts
from onhand.core.database import Connection, connect
from onhand.core.writer import Writer
from onhand.doors.cli.demo.player import Player, Tally
from onhand.doors.cli.demo.shopfitting import fit_out
from onhand.flows.registry import FLOWS
from onhand.insight.backlog import Backlog, backlog, last_event
from onhand.orders import queries as orders
from onhand.stock import queries as stock

_UNREADABLE = (OSError, EOFError, LZMAError, zlib.error, NotSales, NoSales)


class CannotPlay(Exception):
    """There is nothing to play; the message is a sentence that says why."""


class Report(msgspec.Struct):
    """What came of a replay. ``check`` names the invariants that do not hold."""

    tally: Tally
    backlog: Backlog
    set_aside: dict[str, int]
    peak_megabytes: int
    check: list[str]


def replay(
    url: str, *, file: Path | None, days: int | None, speed: float, set_aside: Path | None, quiet: bool
) -> Report:
    """Set the shop up, play its sales, and check the books."""
    tally = Tally()
    with connect(url) as db, _progress(quiet=quiet) as bar, _written_to(set_aside) as tell:
        asides = Asides(tell=tell)
        writer = Writer(lambda: connect(url), FLOWS)
        writer.start()
        try:
            begun = last_event(db)
            db.commit()
            _play(db, writer, tally, asides, bar, file=file, days=days, speed=speed)
        finally:
            writer.stop()
        bar.update(bar.add_task("Checking the books", total=None), total=1)
        found, broken = backlog(db, begun), _broken(db)
    counts = {str(reason): count for reason, count in sorted(asides.counts.items())}
    return Report(tally, found, counts, _peak_megabytes(), broken)


def _play(
    db: Connection,
    writer: Writer,
    tally: Tally,
    asides: Asides,
    bar: Progress,
    *,
    file: Path | None,
    days: int | None,
    speed: float,
) -> None:
    task = bar.add_task("Reading the sales", total=None)
    try:
        shop, happenings = sample(file, days=days, asides=asides)
    except _UNREADABLE as fault:
        raise CannotPlay(f"{file or 'Our own file'} cannot be played. {fault}") from fault
    bar.update(task, description="Setting up the shop")
    fit_out(db, shop)
    Player(writer, tally).play(opening_receipts(shop))
    Player(writer, tally, speed=speed, progress=_day(bar, task, shop, days, tally)).play(happenings)


def _day(bar: Progress, task: object, shop: Shop, days: int | None, tally: Tally) -> Callable[[datetime], None]:
    """A progress bar that shows which day it is in the story."""
    last = shop.closes if days is None else min(shop.closes, shop.opens + timedelta(days=days - 1))
    total = (last - shop.opens).days + 1

    def show(at: datetime) -> None:
        text = f"Playing {at:%d %B %Y}, {tally.orders:,} orders, {tally.commands:,} commands"
        bar.update(task, description=text, total=total, completed=min(total, (at.date() - shop.opens).days))  # type: ignore[arg-type]

    return show


def _progress(*, quiet: bool) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), disable=quiet)


@contextmanager
def _written_to(file: Path | None) -> Iterator[Callable[[SetAside], object] | None]:
    """Where every row that is set aside is written, line by line."""
    if file is None:
        yield None
        return
    try:
        out = file.open("w", newline="", encoding="utf-8")
    except OSError as fault:
        raise CannotPlay(f"What is set aside cannot be written to {file}. {fault}") from fault
    with out:
        rows = csv.writer(out)
        rows.writerow(("row", "invoice", "field", "reason"))
        yield lambda aside: rows.writerow((aside.line_number, aside.invoice, aside.field, aside.reason))


def _broken(db: Connection) -> list[str]:
    db.execute("SET statement_timeout = 0")
    return [each.invariant for each in stock.check(db)] + [name for name, _, _ in orders.check(db)]


def _peak_megabytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


def show(report: Report) -> None:
    """Say it in words."""
    tally = report.tally
    rate = tally.commands / tally.seconds if tally.seconds else 0.0
    typer.echo(f"{tally.commands:,} commands in {tally.seconds:.0f} s ({rate:,.0f} a second),", nl=False)
    typer.echo(f" {report.peak_megabytes} MB of memory at most")
    _list("", dict(sorted(tally.by_command.items())))
    if tally.answered_before:
        typer.echo(f"  of these, played before and answered as then {tally.answered_before:,}")
    typer.echo(f"came in: {tally.orders:,} orders with {tally.lines:,} lines, {tally.pieces:,} pieces", nl=False)
    typer.echo(f" worth {tally.value:,.2f} GBP")
    figures = {
        "reserved at once": tally.reserved,
        "backordered": tally.backordered,
        "served later": report.backlog.served,
        "waiting at the end": report.backlog.waiting,
        "cancelled": tally.cancelled,
        "returned": tally.returned,
    }
    _list("pieces ", {name: int(figure) for name, figure in figures.items()})
    typer.echo(f"refused: {tally.refused.total():,} commands")
    for reason, count in sorted(tally.refused.items()):
        typer.echo(f"  {reason:<42} {count:>9,}   for example: {tally.examples[reason]}")
    typer.echo(f"rows set aside: {sum(report.set_aside.values()):,}")
    _list("", report.set_aside)
    typer.secho("check: " + ("; ".join(report.check) or "clean"), fg="red" if report.check else "green")


def _list(prefix: str, figures: dict[str, int]) -> None:
    for name, figure in figures.items():
        typer.echo(f"  {prefix + name:<42} {figure:>9,}")
