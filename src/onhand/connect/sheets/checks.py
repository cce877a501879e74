"""Cells into values, faults and verdicts: set by set, in SQL, so that a million rows are a matter of seconds.

    clean     each field's cells as values of its shape; what cannot be one is null
    faults    field by field: missing, too long, not a number …; then what rows say of each other, and of what there is
    now       how the things the rows name are at present
    verdicts  wrong, new, changed or unchanged, and in which fields

The rooms' own verbs look again when a row is carried out. They have the last word; this is the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from psycopg import sql

from onhand.catalog.rules import UNITS
from onhand.connect.sheets import fields as known
from onhand.connect.sheets import unsealing
from onhand.connect.sheets.errors import ambiguous_dates
from onhand.connect.sheets.fields import Field
from onhand.connect.sheets.mapping import Source, Sources
from onhand.connect.sheets.staging import Watch, batch, table
from onhand.connect.sheets.trades import Trade
from onhand.core.database import Connection, statement

_TYPES = {"number": "numeric", "whole": "numeric", "flag": "boolean", "moment": "timestamptz", "day": "date"}
_SQL = "connect.sheets"


class Options(msgspec.Struct, frozen=True):
    """How cells are to be understood; what is not said is found out, or asked back.

    ``decimal``: comma or point. ``dates``: dmy or mdy, where days and months cannot be told apart. ``time_zone``: of
    moments written without one. ``new_categories``: make categories that are not there.
    """

    decimal: str = ""
    dates: str = ""
    time_zone: str = "UTC"
    new_categories: bool = False


class Staged(NamedTuple):
    """The rows of an import, and how they are to be understood."""

    number: int
    trade: Trade
    headers: list[str]
    sources: Sources
    options: Options

    def name(self, table_name: str) -> sql.Identifier:
        """One of its tables."""
        return table(self.number, table_name)

    def fields(self) -> list[tuple[Field, Source]]:
        """The fields that come from somewhere, in the trade's order."""
        return [(each, self.sources[each.name]) for each in self.trade.fields if each.name in self.sources]


STEPS = 5


def check(db: Connection, staged: Staged, watch: Watch) -> Options:
    """Check every row; ``watch`` hears which step is done. Answers the options as they were understood."""
    with batch(db):
        db.execute(statement(_SQL, "functions"), prepare=False)
        staged = staged._replace(options=_understood(db, staged))
        _clean(db, staged)
        watch(1)
        _shape_faults(db, staged)
        watch(2)
        _repeats(db, staged)
        _own_checks(db, staged, staged.trade.checks)
        watch(3)
        _look_up(db, staged)
        _required(db, staged)
        _own_checks(db, staged, staged.trade.late_checks)
        watch(4)
        _judge(db, staged)
        watch(5)
    return staged.options


def _cell(staged: Staged, source: Source) -> sql.Composable:
    """The text of a field in a row."""
    if not source.column:
        return sql.SQL("pg_temp.plain({})").format(source.value)
    place = staged.headers.index(source.column) + 1
    return sql.SQL("pg_temp.plain(cells[{}])").format(sql.Literal(place))


def _understood(db: Connection, staged: Staged) -> Options:
    """Options with what was left open found out from the cells themselves."""
    options = staged.options
    numbers = [source for field, source in staged.fields() if field.shape in {"number", "whole"} and source.column]
    if not options.decimal:
        options = msgspec.structs.replace(options, decimal=_decimal_sign(db, staged, numbers))
    if not options.dates:
        options = msgspec.structs.replace(options, dates=_order_of_dates(db, staged))
    return options


def _decimal_sign(db: Connection, staged: Staged, numbers: list[Source]) -> str:
    """Comma where more numbers can only be read so, such as 2,5 and 1.234,50."""
    commas = points = 0
    for source in numbers:
        values = {"rows": staged.name("rows"), "cell": _cell(staged, source)}
        found = db.execute(sql.SQL(statement(_SQL, "decimal_signs")).format(**values)).fetchone()
        commas, points = (commas + found[0], points + found[1]) if found else (commas, points)
    return "comma" if commas > points else "point"


def _order_of_dates(db: Connection, staged: Staged) -> str:
    """Which of dmy and mdy, where a day after the 12th shows it; nothing where no such date is written."""
    for field, source in staged.fields():
        if field.shape in {"moment", "day"}:
            values = {"rows": staged.name("rows"), "cell": _cell(staged, source)}
            found = db.execute(sql.SQL(statement(_SQL, "orders_of_dates")).format(**values)).fetchone()
            first, second, example = found or (0, 0, None)
            if example is not None and not first and not second:
                raise ambiguous_dates(source.column or field.name, example)
            if example is not None:
                return "dmy" if first >= second else "mdy"
    return ""


def _clean(db: Connection, staged: Staged) -> None:
    """Every field of the trade as a column of its type; one that comes from nowhere is null."""
    cells = [
        sql.SQL("{} AS {}").format(_cell(staged, source), sql.Identifier(field.name))
        for field, source in staged.fields()
    ]
    values = [
        sql.SQL("{} AS {}").format(_value(staged, field), sql.Identifier(field.name)) for field in staged.trade.fields
    ]
    db.execute(
        sql.SQL(
            "CREATE UNLOGGED TABLE {} AS SELECT row, cells, {} FROM (SELECT row, cells, {} FROM {}) AS plain"
        ).format(staged.name("clean"), _list(values), _list(cells), staged.name("rows"))
    )
    db.execute(sql.SQL("CREATE UNIQUE INDEX ON {} (row)").format(staged.name("clean")))
    db.execute(sql.SQL("ANALYZE {}").format(staged.name("clean")))


def _list(parts: list[sql.Composed]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def _value(staged: Staged, field: Field) -> sql.Composable:
    """The value a cell means, in SQL; null when it means none."""
    empty = sql.SQL("NULL::{}").format(sql.SQL(_TYPES.get(field.shape, "text")))
    if field.name not in staged.sources:
        return sql.Literal(field.default) + sql.SQL("::text") if field.default else empty
    value = _converted(staged.options, field, sql.Identifier(field.name))
    return sql.SQL("coalesce({}, {})").format(value, sql.Literal(field.default)) if field.default else value


def _converted(options: Options, field: Field, cell: sql.Composable) -> sql.Composable:
    if field.shape in {"number", "whole"}:
        return sql.SQL("pg_temp.number({}, {})").format(cell, sql.Literal(options.decimal == "comma"))
    if field.shape in {"moment", "day"}:
        day_first = {"dmy": "true", "mdy": "false"}.get(options.dates, "NULL")
        zone = "UTC" if field.shape == "day" else options.time_zone
        moment = sql.SQL("pg_temp.moment({}, {}, {})").format(cell, sql.SQL(day_first), sql.Literal(zone))
        return moment if field.shape == "moment" else sql.SQL("({} AT TIME ZONE 'UTC')::date").format(moment)
    if field.shape in {"choice", "flag", "country"}:
        words = known.countries() if field.shape == "country" else field.choices
        spelled = {spelling.casefold(): value for spelling, value in words.items()}
        chosen = sql.SQL("({}::jsonb ->> lower({}))").format(sql.Literal(msgspec.json.encode(spelled).decode()), cell)
        return chosen + sql.SQL("::boolean") if field.shape == "flag" else chosen
    if field.shape == "currency":
        return sql.SQL("CASE WHEN upper({0}) ~ '^[A-Z]{{3}}$' THEN upper({0}) END").format(cell)
    if field.shape == "barcode":
        return sql.SQL("pg_temp.barcode({})").format(cell)
    # A name broken over two lines of its cell is still one name.
    return sql.SQL(r"regexp_replace({}, '\s+', ' ', 'g')").format(cell) if field.shape == "name" else cell


def _shape_faults(db: Connection, staged: Staged) -> None:
    """What is wrong with a cell in itself: one fault a cell, the first that holds."""
    for field, source in staged.fields():
        cases = sql.SQL(" ").join(
            sql.SQL("WHEN {} THEN ARRAY[{}, {}, {}]").format(sql.SQL(when), code, sql.SQL(reason), remedy)
            for when, code, reason, remedy in _faults_of(field, staged.options)
        )
        db.execute(
            sql.SQL(statement(_SQL, "shape_faults")).format(
                faults=staged.name("faults"),
                clean=staged.name("clean"),
                field=field.name,
                cell=_cell(staged, source),
                value=sql.Identifier(field.name),
                cases=cases,
            )
        )
    missing = [field for field in staged.trade.fields if field.name in staged.trade.key and field.required]
    for field in missing:
        db.execute(
            sql.SQL(statement(_SQL, "missing_keys")).format(
                faults=staged.name("faults"),
                clean=staged.name("clean"),
                field=field.name,
                value=sql.Identifier(field.name),
                cell=_cell(staged, staged.sources[field.name]),
                reason=f"every row needs the {field.name}: {field.meaning}",
            )
        )
    db.execute(
        sql.SQL(statement(_SQL, "cells_too_many")).format(
            faults=staged.name("faults"), clean=staged.name("clean"), width=sql.Literal(len(staged.headers))
        )
    )


# When it holds (SQL over ``cell``, the text, and ``value``, what it means), its code, the reason (SQL) and the remedy.
_Case = tuple[str, str, str, str]


def _faults_of(field: Field, options: Options) -> Iterator[_Case]:
    yield (
        "cell ~ '\ufffd'",
        "unreadable_characters",
        "'it holds characters that cannot be read in this encoding'",
        "save the file as UTF-8 and send it again",
    )
    if field.shape in {"code", "name", "text", "barcode"}:
        yield from _text_faults(field)
    else:
        yield from _value_faults(field, options)
    if field.refers:
        room_table, column = field.refers.split(".")
        yield (
            f"value IS NOT NULL AND NOT EXISTS (SELECT FROM {room_table} AS known WHERE known.{column} = value)",
            f"unknown_{field.name}",
            f"'there is no {field.name.replace('_', ' ')} of this name'",
            "create it first, or correct the code",
        )


def _text_faults(field: Field) -> Iterator[_Case]:
    yield (
        f"length(cell) > {field.most}",
        "too_long",
        f"format('it has %s characters, at most {field.most} are kept', length(cell))",
        "shorten it",
    )
    if field.shape in {"code", "barcode"}:
        yield (
            r"cell ~ '[\x01-\x1f\x7f]'",
            "control_characters",
            "'it holds a line end or another sign that cannot be seen'",
            "type it anew",
        )
        yield (
            r"cell ~ '^[0-9]([.,][0-9]+)?[eE]\+[0-9]+$'",
            "rounded_number",
            "'a spreadsheet has rounded this number'",
            "format the column as text, and put the whole number in",
        )
    if field.shape == "name":
        # Blanks and line ends within a name become one blank.
        yield (
            r"cell ~ '[\x01-\x08\x0e-\x1f\x7f]'",
            "control_characters",
            "'it holds a sign that cannot be seen'",
            "type it anew",
        )
    if field.shape == "barcode":
        yield (
            "pg_temp.right_digit(cell) IS NOT NULL",
            "bad_barcode",
            "format('its check digit is %s but should be %s', right(cell, 1), pg_temp.right_digit(cell))",
            "scan or type the code again",
        )


_UNKNOWN = {
    "flag": ("not_yes_or_no", "it is neither yes nor no", "write yes or no"),
    "country": ("unknown_country", "no country is called so", "give its two letters (ISO 3166-1), such as GB or BR"),
    "currency": ("unknown_currency", "no currency is called so", "give its three letters (ISO 4217), such as EUR"),
    "moment": ("not_a_date", "it is no date", "write it as 2026-03-31, or 2026-03-31 14:30"),
    "day": ("not_a_date", "it is no date", "write it as 2026-03-31"),
}


def _value_faults(field: Field, options: Options) -> Iterator[_Case]:
    if field.shape == "choice":
        words = ", ".join(dict.fromkeys(field.choices.values()))
        yield "value IS NULL", f"unknown_{field.name}", "'it is none of those there are'", f"choose one of {words}"
    elif field.shape in _UNKNOWN:
        code, reason, remedy = _UNKNOWN[field.shape]
        yield "value IS NULL", code, f"'{reason}'", remedy
    else:
        yield from _number_faults(field, options)


def _number_faults(field: Field, options: Options) -> Iterator[_Case]:
    sign = "decimal comma" if options.decimal == "comma" else "decimal point"
    yield "value IS NULL", "not_a_number", f"'it is no number (numbers are read with a {sign})'", "write digits only"
    if field.least:
        yield f"value < {field.least}", "too_small", f"'it must be at least {field.least}'", "correct the number"
    if field.largest:
        yield f"value > {field.largest}", "too_large", f"'it must be at most {field.largest}'", "correct the number"
    places = 0 if field.shape == "whole" else field.places
    reason = "it must be a whole number" if places == 0 else f"it may have at most {places} decimals"
    yield f"value <> round(value, {places})", "too_fine", f"'{reason}'", "round it"


def _repeats(db: Connection, staged: Staged) -> None:
    """A key comes once: a later row of the same key must say the same, or may not be there at all."""
    trade = staged.trade
    if trade.repeats == "fine":
        return
    said = [each.name for each in trade.fields if each.name in staged.sources and each.name not in trade.key]
    others = sql.SQL(" OR ").join(
        sql.SQL("clean.{0} IS NOT NULL AND clean.{0} IS DISTINCT FROM first.{0}").format(sql.Identifier(name))
        for name in said
    )
    names = [
        sql.SQL("CASE WHEN clean.{0} IS NOT NULL AND clean.{0} IS DISTINCT FROM first.{0} THEN {1} END").format(
            sql.Identifier(name), name
        )
        for name in said
    ]
    otherwise = sql.SQL("coalesce(' and another ' || nullif(concat_ws(', ', {}), ''), '')").format(_list(names))
    differ = sql.SQL("true") if trade.repeats == "never" or not said else others
    if trade.repeats == "same" and not said:
        return
    db.execute(
        sql.SQL(statement(_SQL, "repeats")).format(
            faults=staged.name("faults"),
            clean=staged.name("clean"),
            key=_list([sql.SQL("{}").format(sql.Identifier(name)) for name in trade.key]),
            field=trade.key[-1] if trade.name != "stock" else "sku",
            value=sql.Identifier(trade.key[-1] if trade.name != "stock" else "sku"),
            differ=differ,
            otherwise=otherwise,
            named=" and ".join(trade.key),
        )
    )


def _own_checks(db: Connection, staged: Staged, names: tuple[str, ...]) -> None:
    tables = {each: _quoted(db, staged, each) for each in ("faults", "clean", "now")}
    decimals = msgspec.json.encode({unit.code: unit.decimals for unit in UNITS.values()}).decode()
    facts = {"new_categories": staged.options.new_categories, "decimals": decimals}
    quoted = {each: sql.Literal(fact).as_string(db) for each, fact in facts.items()}
    for name in names:
        db.execute(statement(_SQL, name).format(**tables, **quoted))


def _quoted(db: Connection, staged: Staged, name: str) -> str:
    return staged.name(name).as_string(db)


def _look_up(db: Connection, staged: Staged) -> None:
    """How the things the rows name are at present."""
    text = statement(_SQL, f"now_{staged.trade.name}").format(rows=_quoted(db, staged, "clean"))
    db.execute(sql.SQL("CREATE UNLOGGED TABLE {} AS ").format(staged.name("now")) + sql.SQL(text))
    db.execute(sql.SQL("CREATE UNIQUE INDEX ON {} (row)").format(staged.name("now")))
    unsealing.look_through(db, staged.trade.name, staged.name("now"))
    db.execute(sql.SQL("ANALYZE {}").format(staged.name("now")))


def _required(db: Connection, staged: Staged) -> None:
    """What a new thing needs and neither the row nor what there is says."""
    for field in staged.trade.fields:
        if field.required and field.name not in staged.trade.key:
            db.execute(
                sql.SQL(statement(_SQL, "missing_of_new")).format(
                    faults=staged.name("faults"),
                    clean=staged.name("clean"),
                    now=staged.name("now"),
                    field=field.name,
                    value=sql.Identifier(field.name),
                    reason=f"what is new needs it: {field.meaning}",
                    group=sql.SQL("clean.row") if staged.trade.repeats == "fine" else _group(staged.trade),
                )
            )


def _judge(db: Connection, staged: Staged) -> None:
    """The verdict on each row, and the turn in which it is carried: rows that are one thing share a turn."""
    trade = staged.trade
    compared = [field.name for field, _ in staged.fields() if field.name not in trade.found_by]
    differs = sql.SQL(" || ").join(
        sql.SQL(
            "CASE WHEN clean.{0} IS NOT NULL AND clean.{0} IS DISTINCT FROM now.{0} THEN ARRAY[{1}] ELSE '{{}}' END"
        ).format(sql.Identifier(name), name)
        for name in compared
    )
    keys = [sql.SQL("clean.{}").format(sql.Identifier(name)) for name in trade.key]
    repeated = sql.SQL("row_number() OVER (PARTITION BY {} ORDER BY clean.row) > 1").format(_list(keys))
    db.execute(
        sql.SQL(statement(_SQL, "verdicts")).format(
            verdicts=staged.name("verdicts"),
            clean=staged.name("clean"),
            now=staged.name("now"),
            faults=staged.name("faults"),
            differs=differs if compared else sql.SQL("'{}'::text[]"),
            repeated=sql.SQL("false") if trade.repeats == "fine" else repeated,
            turn=_turn(trade),
        )
    )
    db.execute(
        sql.SQL("CREATE INDEX ON {} (turn, row) WHERE verdict IN ('new', 'changed')").format(staged.name("verdicts"))
    )
    db.execute(sql.SQL("CREATE INDEX ON {} (row)").format(staged.name("faults")))
    db.execute(sql.SQL("ANALYZE {}, {}").format(staged.name("verdicts"), staged.name("faults")))


def _turn(trade: Trade) -> sql.Composable:
    if not trade.together:
        return sql.SQL("clean.row")
    return sql.SQL("min(clean.row) OVER (PARTITION BY {})").format(_group(trade))


def _group(trade: Trade) -> sql.Composable:
    """What rows that are one thing have in common; a SKU without a product is a product of its own."""
    if trade.name == "products":
        return sql.SQL("coalesce(clean.product, clean.sku)")
    return _list([sql.SQL("clean.{}").format(sql.Identifier(name)) for name in trade.together or trade.key])
