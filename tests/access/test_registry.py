"""Every column about people is declared: what is new and smells of a person fails here until it is."""

from __future__ import annotations

import pytest

from onhand.access.privacy import registry, report
from onhand.access.privacy.surveying import columns, undeclared
from onhand.core.database import Connection


def test_every_personal_column_of_the_schema_is_declared(db: Connection) -> None:
    assert undeclared(db) == [], "declare it in the room's personal.py: as a Column of a Holding, or as NotPersonal"


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE orders_order ADD COLUMN recipient text",
        "ALTER TABLE customers_customer ADD COLUMN remark text",
        "ALTER TABLE stock_move ADD COLUMN ip inet",
        "CREATE TABLE courier (id bigint, phone text)",
        "ALTER TABLE stock_lot ADD COLUMN seen text; COMMENT ON COLUMN stock_lot.seen IS 'who found it: e-mail'",
    ],
)
def test_a_new_column_about_people_fails_until_it_is_declared(db: Connection, change: str) -> None:
    with db.transaction(force_rollback=True):
        db.execute(change)

        assert len(undeclared(db)) == 1


def test_what_is_declared_is_there(db: Connection) -> None:
    there = {(table, column) for table, column, *_ in columns(db)}
    declared = {
        (each.table, name) for each in registry.holdings() for name in (*each.beside, *(c.name for c in each.columns))
    }
    declared |= {(each.table, name) for each in registry.not_personal() for name in each.columns if name != "*"}

    assert declared - there == set()


def test_every_entry_says_why_for_how_long_and_how_it_ends() -> None:
    for each in report.lines():
        assert all([each.purpose, each.basis, each.kept, each.erased, each.whose]), each
    for holding in registry.holdings():
        for column in holding.columns:
            assert holding.removed or (column.blank is None) == bool(column.stays), (holding.table, column.name)


def test_the_record_of_processing_activities_lists_them_all() -> None:
    page = report.as_markdown()

    for holding in registry.holdings():
        for column in holding.columns:
            assert f"| {holding.table} | {column.name} |" in page
