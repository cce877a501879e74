"""Customers: what is known of them is sealed, and found all the same."""

from __future__ import annotations

from typing import Any

import pytest

from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.customers import queries
from onhand.customers.actions import CustomerRecord, SavedCustomer, remove_customers, save_customers

ANA = CustomerRecord("C1", "Ana Núñez", "Ana@Shop.Example", "+44 20 7946 0958", "GB")


def change(db: Connection, record: CustomerRecord) -> str:
    (saved,) = save_customers(db, [record])
    assert isinstance(saved, SavedCustomer)
    return saved.change


def kept(db: Connection) -> str:
    row = db.execute("SELECT string_agg(customer::text, '') FROM customers_customer AS customer").fetchone()
    assert row is not None
    return str(row[0])


def test_nothing_of_a_customer_can_be_read_in_the_table(db: Connection) -> None:
    save_customers(db, [ANA])

    assert not any(text in kept(db) for text in ("Ana", "Núñez", "Shop", "7946"))
    (view,) = queries.customers(db, code="C1").items
    assert (view.name, view.email, view.phone, view.country) == (ANA.name, ANA.email, ANA.phone, "GB")


def test_a_customer_is_known_by_their_code_and_nobody_by_none(db: Connection) -> None:
    save_customers(db, [ANA])

    assert [queries.customer(db, "C1")] == queries.customers(db).items
    assert (queries.customer(db, "C2"), queries.customer(db, ""), queries.customer(db, None)) == (None, None, None)


@pytest.mark.parametrize(
    "asked",
    [
        {"email": "ana@shop.example"},
        {"phone": "020 7946 0958"},
        {"name": "nunez"},
        {"name": "núñez ana"},
        {"name": "ana", "country": "GB"},
    ],
)
def test_a_customer_is_found_by_what_is_sealed(db: Connection, asked: dict[str, Any]) -> None:
    save_customers(db, [ANA, CustomerRecord("C2", "Bob Ray", "bob@shop.example", "+1 555 0100", "US")])

    assert [each.code for each in queries.customers(db, **asked).items] == ["C1"]


@pytest.mark.parametrize("asked", [{"email": "an@shop.example"}, {"name": "an"}, {"name": "?"}, {"phone": "x"}])
def test_only_whole_words_are_found(db: Connection, asked: dict[str, Any]) -> None:
    save_customers(db, [ANA])

    assert queries.customers(db, **asked).items == []


@pytest.mark.parametrize("words", ["C1", "ana", "ANA@shop.example", "+442079460958"])
def test_whatever_is_typed_may_mean_a_customer(db: Connection, words: str) -> None:
    save_customers(db, [ANA])

    assert [each.code for each in queries.found(db, words)] == ["C1"]


def test_saving_the_same_again_changes_nothing(db: Connection) -> None:
    assert change(db, ANA) == "created"
    before = kept(db)

    assert change(db, ANA) == "unchanged"
    assert kept(db) == before


def test_what_changed_is_told_but_not_what_it_is(db: Connection) -> None:
    save_customers(db, [ANA])

    assert change(db, CustomerRecord("C1", "Ana Ray", "", "", "GB")) == "changed"
    assert queries.customers(db, email=ANA.email).items == []
    log = db.execute("SELECT string_agg(data::text, '') FROM core_event").fetchone()
    assert log is not None
    assert "Ana" not in log[0]


def test_plain_rows_of_before_are_read_found_and_sealed_when_saved(db: Connection) -> None:
    db.execute(
        "INSERT INTO customers_customer (code, name, email, phone) VALUES ('C1', 'Ana', 'ana@shop.example', '1')"
    )

    assert [each.name for each in queries.customers(db, email="ana@shop.example").items] == ["Ana"]
    assert change(db, CustomerRecord("C1", "Ana", "ana@shop.example", "1")) == "unchanged"
    assert "Ana" not in kept(db)


def test_a_code_that_is_an_address_is_refused(db: Connection) -> None:
    refused, saved = save_customers(db, [CustomerRecord("ana@shop.example"), CustomerRecord("ana@home")])

    assert isinstance(refused, Refused)
    assert (refused.code, refused.field) == ("code_is_address", "code")
    assert saved == SavedCustomer("ana@home", "created")


def test_whoever_is_removed_leaves_no_key(db: Connection) -> None:
    save_customers(db, [ANA])

    remove_customers(db, ["C1"], depended_on=lambda _, __: set())

    assert db.execute("SELECT count(*) FROM access_privacy_key WHERE subject <> '*'").fetchone() == (0,)
