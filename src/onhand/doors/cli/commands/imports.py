"""``onhand import``: sheets in. Its first word is a file; ``list``, ``undo``, ``bad-rows`` are about imports past."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from onhand.core import settings as configuration
from onhand.doors.cli.bars import bar
from onhand.doors.cli.database import database, fail

if TYPE_CHECKING:
    from onhand.connect.sheets.imports import Done, ImportView, Preview
    from onhand.core.database import Connection

ACTOR = "operator"
SHOWN = 10
KINDS = "products, barcodes, prices, sites, locations, stock, thresholds, customers, orders"


class FileFirst(TyperGroup):
    """A group whose first word is a file unless it is one of its commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the unspoken command in front."""
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h"}:
            args = ["file", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=FileFirst, no_args_is_help=True, help="Take a sheet in (CSV or XLSX); list what was taken in; undo it."
)
Whole = Annotated[
    bool, typer.Option("--all-or-nothing/--good-rows", help="One wrong row stops everything, or only itself.")
]
Number = Annotated[int, typer.Argument(help="The import, as `onhand import list` names it.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for scripts.")]


@app.command("file")
def take_in(
    file: Annotated[Path, typer.Argument(help="The sheet: .csv or .xlsx, its first row the headers.")],
    kind: Annotated[str, typer.Option("--as", help=f"What its rows are: {KINDS}.")],
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="A column's field, COLUMN=FIELD; COLUMN= passes it over.")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", help="One value for all rows, FIELD=VALUE, such as channel=web.")
    ] = None,
    mapping: Annotated[
        str | None, typer.Option(help="Use the mapping of this name, or keep this one under it.")
    ] = None,
    decimal: Annotated[str, typer.Option(help="comma or point, where the numbers do not show it.")] = "",
    dates: Annotated[str, typer.Option(help="dmy or mdy, where the dates do not show it.")] = "",
    time_zone: Annotated[str, typer.Option(help="The zone of times written without one.")] = "UTC",
    new_categories: Annotated[bool, typer.Option(help="Make categories that are not there.")] = False,  # noqa: FBT002
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would be done.")] = False,  # noqa: FBT002
    whole: Whole = False,  # noqa: FBT002
    bad_rows: Annotated[Path | None, typer.Option(help="Write the bad rows here, as CSV, to be mended.")] = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Take a sheet in: read it, check it, say what it would do, and do it.

    Columns are known by their names, or by --map, or by an earlier file with the same headers. Sent twice, a sheet
    changes nothing the second time. Exits with 1 when a row was wrong.

    For example:

        onhand import products.csv --as products --preview

        onhand import stock.xlsx --as stock --set site=london --bad-rows bad.csv

        onhand import orders.csv --as orders --map "Order ID=number" --set channel=web --all-or-nothing
    """
    from onhand.connect.sheets import imports
    from onhand.connect.sheets.checks import Options

    options = Options(decimal, dates, time_zone, new_categories)
    with _connected() as db:
        known = mapping if mapping and _is_known(db, kind, mapping) else None
        with bar(f"Reading {file.name}") as watch:
            begun = imports.start(
                db, file, kind, columns=_pairs(columns), values=_pairs(values), name=known, options=options,
                actor=ACTOR, watch=watch,
            )  # fmt: skip
        if mapping:
            imports.name_mapping(db, begun.id, mapping)
        shown = imports.preview(db, begun.id)
        if not json:
            _show_preview(shown)
        done = None if preview else _go_ahead(db, begun, whole=whole)
        if bad_rows:
            _write_bad_rows(db, begun.id, bad_rows)
        _finish(db, begun.id, shown, done, json=json)


@app.command("list")
def past(json: Json = False) -> None:  # noqa: FBT002
    """List the imports there have been, latest first."""
    import msgspec

    from onhand.connect.sheets import imports

    with _connected() as db:
        found = imports.past(db).items
    if json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for each in found:
        counts = f"{each.created:,} created, {each.altered:,} changed, {each.wrong:,} wrong"
        typer.echo(
            f"{each.id:>5}  {each.started_at:%Y-%m-%d %H:%M}  {each.kind:<10} {each.state:<10} {counts}  {each.file}"
        )


@app.command("undo")
def undo(number: Number, json: Json = False) -> None:  # noqa: FBT002
    """Take back what an import did. What was changed since, or is depended on, is left, and told line by line.

    Exits with 1 when something was left.
    """
    import msgspec

    from onhand.connect.sheets import imports

    with _connected() as db:
        now = imports.view(db, number)
        with bar(f"Undoing import {number}", now.created + now.altered) as watch:
            undone = imports.undo(db, number, actor=ACTOR, watch=watch)
        lines = _all_lines(db, number)
    if json:
        typer.echo(msgspec.json.encode({"undone": undone, "lines": lines}).decode())
    else:
        typer.echo(f"{undone.removed:,} removed, {undone.put_back:,} put back, {undone.left:,} left")
        for line in lines:
            typer.echo(f"  row {line.row}: {' '.join(map(str, filter(None, line.thing.values())))}: {line.outcome}")
    raise typer.Exit(1 if undone.left else 0)


@app.command("bad-rows")
def bad(
    number: Number,
    to: Annotated[Path, typer.Option(help="The file to write, .csv.")],
) -> None:
    """Write an import's bad rows with their own columns and what is wrong, to be mended and sent again."""
    with _connected() as db:
        _write_bad_rows(db, number, to)
    typer.echo(f"written to {to}")


@contextmanager
def _connected() -> Iterator[Connection]:
    """A connection to the shop's database; a refusal ends the command with its sentence."""
    from onhand.connect.sheets.errors import CannotImport
    from onhand.core.database import connect

    try:
        with database(configuration.read()) as url, connect(url) as db:
            yield db
    except CannotImport as fault:
        raise fail(fault.refusal.detail) from fault


def _pairs(said: list[str] | None) -> dict[str, str]:
    """``COLUMN=FIELD`` as a pair; the last = parts them, since columns may hold one."""
    pairs = {}
    for each in said or []:
        left, sign, right = each.rpartition("=")
        if not sign:
            raise fail(f"{each!r} lacks its =: write COLUMN=FIELD or FIELD=VALUE.")
        pairs[left] = right
    return pairs


def _is_known(db: Connection, kind: str, name: str) -> bool:
    row = db.execute("SELECT 1 FROM sheets_mapping WHERE kind = %s AND name = %s", [kind, name]).fetchone()
    db.commit()
    return row is not None


def _go_ahead(db: Connection, begun: ImportView, *, whole: bool) -> Done:
    from onhand.connect.sheets import imports

    with bar(f"Import {begun.id}", begun.new + begun.changed) as watch:
        return imports.go_ahead(db, begun.id, whole=whole, watch=watch)


def _show_preview(shown: Preview) -> None:
    told = shown.told
    typer.echo(f"import {shown.id}: {told.format} {told.encoding or told.sheet} {_sign(told.delimiter)}".rstrip())
    for column, field in shown.columns.items():
        typer.secho(f"  {column} → {field}", dim=True)
    for field, value in shown.values.items():
        typer.secho(f"  {field} = {value}", dim=True)
    if shown.unknown:
        typer.echo(f"passed over: {', '.join(shown.unknown)}")
    counts = f"{shown.new:,} new, {shown.changed:,} changed, {shown.unchanged:,} unchanged, {shown.wrong:,} wrong"
    typer.echo(f"{shown.rows:,} rows: {counts}")
    for sample in shown.samples:
        if sample.verdict == "changed":
            changes = ", ".join(f"{name}: {sample.before[name]} → {sample.after[name]}" for name in sample.after)
            typer.echo(f"  row {sample.row}, {sample.thing}: {changes}")
    for code, number in shown.faults.items():
        typer.secho(f"  {number:,} × {code}", fg="yellow")


def _sign(delimiter: str) -> str:
    return {"": "", "\t": "tab"}.get(delimiter, f"“{delimiter}”")


def _all_lines(db: Connection, number: int) -> list[Any]:
    from onhand.connect.sheets import imports

    page = imports.undo_lines(db, number, most=1000)
    lines = list(page.items)
    while page.next:
        page = imports.undo_lines(db, number, after=page.next, most=1000)
        lines += page.items
    return lines


def _write_bad_rows(db: Connection, number: int, to: Path) -> None:
    from onhand.connect.sheets import imports, writing

    headers, rows = imports.bad_sheet(db, number)
    with bar("Writing the bad rows") as watch:
        writing.write(to, headers, rows, watch)


def _finish(db: Connection, number: int, shown: Preview, done: Done | None, *, json: bool) -> None:
    """Say how it ended; a person is shown the first bad rows, a script gets everything as one answer."""
    import msgspec

    from onhand.connect.sheets import imports

    page = imports.bad_rows(db, number, most=SHOWN)
    bad = page.items
    if json:
        typer.echo(msgspec.json.encode({"preview": shown, "done": done, "bad_rows": bad}).decode())
    else:
        for row in bad:
            remedy = f"; {row.remedy}" if row.remedy else ""
            typer.secho(f"  row {row.row}, {row.field or 'row'} {row.value!r}: {row.reason}{remedy}", fg="yellow")
        if page.next:
            typer.secho(f"  … and more: `onhand import bad-rows {number} --to bad.csv` writes all of them", fg="yellow")
        if done:
            typer.echo(f"{done.state}: {done.created:,} created, {done.changed:,} changed. {done.fault}".rstrip())
    raise typer.Exit(1 if bad else 0)
