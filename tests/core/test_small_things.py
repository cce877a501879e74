"""Quantities, money, ids and settings."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from onhand.core import settings
from onhand.core.ids import new_id
from onhand.core.money import MixedCurrencies, Money
from onhand.core.quantity import fault, text
from onhand.core.settings.reference import as_markdown


@pytest.mark.parametrize(
    ("quantity", "places", "wrong"),
    [
        ("1", 0, ""),
        ("1.5", 0, "must be a whole number"),
        ("1.5", 3, ""),
        ("1.2345", 3, "must have at most 3 decimals"),
        ("0", 3, "must be at least 0.001"),
        ("-1", 0, "must be at least 0.001"),
        ("1e12", 0, "must be at most 999999999.999"),
        ("NaN", 0, "must be a number"),
    ],
)
def test_a_quantity_is_refused_in_words(quantity: str, places: int, wrong: str) -> None:
    assert fault(Decimal(quantity), places=places) == wrong


@pytest.mark.parametrize(("quantity", "written"), [("12.500", "12.5"), ("3.000", "3"), ("100", "100"), ("1E+2", "100")])
def test_a_quantity_is_written_as_people_do(quantity: str, written: str) -> None:
    assert text(Decimal(quantity)) == written


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"), [("2.345", "GBP", "2.35"), ("2.5", "JPY", "3"), ("2.0005", "TND", "2.001")]
)
def test_money_is_rounded_to_what_its_currency_can_pay(amount: str, currency: str, rounded: str) -> None:
    assert Money(Decimal(amount), currency).rounded().amount == Decimal(rounded)


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(MixedCurrencies):
        Money(Decimal(1), "GBP") + Money(Decimal(1), "EUR")


def test_ids_sort_by_the_millisecond_they_were_made_in() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()

    assert made.version == 7
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"ONHAND_PROT": "1"}, "ONHAND_PROT is not a setting"),
        ({"ONHAND_PORT": "many"}, "ONHAND_PORT must be a whole number from 1 to 65535"),
        ({"DATABASE_URL": "mysql://"}, "DATABASE_URL must begin with postgresql://"),
        ({"ONHAND_PATIENCE": "soon"}, "ONHAND_PATIENCE must be a number of seconds from 0.05 to 60; it is 'soon'"),
        ({"ONHAND_PATIENCE": "nan"}, "ONHAND_PATIENCE must be a number of seconds"),
        ({"ONHAND_LOG": "xml"}, "ONHAND_LOG must be one of text, json; it is 'xml'"),
        ({"ONHAND_PROCESSES": "²"}, "ONHAND_PROCESSES must be a whole number from 1 to 64"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(settings.BadSetting, match=sentence):
        settings.read(environment)


def test_a_setting_left_empty_is_a_setting_not_made() -> None:
    assert settings.read({"ONHAND_PORT": ""}) == settings.read({})


def test_the_embedded_database_lies_where_the_system_keeps_data() -> None:
    assert settings.read({"XDG_DATA_HOME": "/srv/data"}).data == Path("/srv/data/onhand")


def test_the_manual_lists_the_settings_as_they_are() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"

    assert page.read_text(encoding="utf-8") == as_markdown(), "run `onhand settings --markdown`"
