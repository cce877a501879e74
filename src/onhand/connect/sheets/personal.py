"""What imports hold about people, for the registry: what they changed, and the rows of sheets while they are needed."""

from __future__ import annotations

import json
from typing import Any

from psycopg import sql

from onhand.access.privacy.registry import CONTRACT, LEGITIMATE, Column, Elsewhere, Holding, NotPersonal
from onhand.access.privacy.vault import enroll
from onhand.connect.sheets.staging import TABLES, is_there, table
from onhand.connect.sheets.unsealing import SEALED
from onhand.core.database import Connection, statement
from onhand.customers import secrets as customers

HOLDINGS = (
    Holding(
        "sheets_change",
        purpose="to take an import back",
        basis=LEGITIMATE,
        kept="for as long as its import can be taken back",
        rows={"customer": "thing = 'customers' AND found_by ->> 'code' = %(name)s"},
        columns=(
            Column(
                "before",
                "link",
                "sealed",
                blank="before - '{name,email,phone}'::text[]",
                sealed_in="customers_customer",
            ),
        ),
        beside=("found_by", "thing"),
    ),
)

NOT_PERSONAL = (
    NotPersonal("sheets_change", ("thing", "found_by", "outcome"), "references, and words of ours"),
    NotPersonal("sheets_import", ("*",), "what a file was, not what was in it"),
    NotPersonal("sheets_mapping", ("*",), "what columns are called"),
)


def _staged(db: Connection) -> list[int]:
    """The imports of sheets about people whose rows are there, and which nobody works on."""
    rows = db.execute(
        "SELECT id FROM sheets_import"
        " WHERE staged AND kind = ANY (%s) AND state NOT IN ('reading', 'running', 'undoing')",
        [list(SEALED)],
    ).fetchall()
    return [number for (number,) in rows if is_there(db, number)]


def _export(db: Connection, name: str) -> list[dict[str, Any]]:
    """The rows of sheets that name a customer."""
    query = "SELECT row, cells FROM {} WHERE %s = ANY (cells) ORDER BY row LIMIT 1000"
    return [
        {"import": number, "row": row, "cells": cells}
        for number in _staged(db)
        for row, cells in db.execute(sql.SQL(query).format(table(number, "rows")), [name])
    ]


def _erase(db: Connection, name: str) -> int:
    """Take the rows that name a customer out of sheets that still lie there."""
    gone = 0
    for number in _staged(db):
        query = sql.SQL("DELETE FROM {} WHERE %s = ANY (cells) RETURNING row").format(table(number, "rows"))
        rows = [row for (row,) in db.execute(query, [name])]
        for each in TABLES if rows else ():
            there = db.execute("SELECT to_regclass(%s) IS NOT NULL", [f"staging.{each}_{number}"]).fetchone()
            if there and there[0]:
                db.execute(sql.SQL("DELETE FROM {} WHERE row = ANY (%s)").format(table(number, each)), [rows])
        gone += len(rows)
    return gone


def _seal(db: Connection, most: int) -> int:
    """Seal how customers were before imports of before there were keys changed them."""
    rows = db.execute(statement("connect.sheets", "plain_changes"), (most,)).fetchall()
    if not rows:
        return 0
    vault = enroll(db, (customers.subject(code) for _, code, _ in rows))
    sealed = []
    for number, code, before in rows:
        texts = {name: before.get(name) or "" for name in customers.SEALED}
        opened = customers.opened_by(vault, code, texts)
        kept = {name: text or None for name, text in customers.sealed(vault, code, opened).items()}
        sealed.append((number, json.dumps(before | kept)))
    db.execute(statement("connect.sheets", "seal_changes"), [list(column) for column in zip(*sealed, strict=True)])
    return len(sealed)


SEALERS = (_seal,)

ELSEWHERE = (
    Elsewhere(
        "staging.rows",
        purpose="to check a sheet before anything is changed by it",
        basis=CONTRACT,
        kept="three days; in unlogged tables, which no base backup holds",
        kinds=("customer",),
        export=_export,
        erase=_erase,
    ),
)
