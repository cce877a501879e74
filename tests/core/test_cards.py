"""Which texts hold card numbers, and which only look so."""

from __future__ import annotations

import json
import timeit
from uuid import uuid4

import pytest

from onhand.core import cards

CARDS = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "4111 - 1111 - 1111 - 1111",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "3782 822463 10005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6759649826438453",
    "4111\u00a01111\u00a01111\u00a01111",
    "４１１１１１１１１１１１１１１１",
]
NOT_CARDS = [
    "4111111111111112",  # its last digit is wrong
    "4006381333931",  # a GTIN-13
    "353879234252633",  # an IMEI: right by Luhn, and no issuer's
    "112-1234567-1234567",  # an order number of a marketplace
    "2026-11-29 10:53:22",
    "+44 20 7946 0958",
    "12345678901234567890123",
]


@pytest.mark.parametrize("text", CARDS)
def test_a_card_number_is_found_however_it_is_grouped(text: str) -> None:
    assert cards.found(text)
    assert cards.found(f"He said: {text}, and 12/27.")
    assert cards.found(text, code=True)


@pytest.mark.parametrize("text", NOT_CARDS)
def test_what_only_is_long_passes(text: str) -> None:
    assert cards.found(text) == []
    assert cards.found(text, code=True) == []


def test_another_number_before_it_does_not_hide_it() -> None:
    assert cards.masked("order 12345 4111111111111111 paid") == "order 12345 [card …1111] paid"


def test_of_a_card_number_the_last_four_digits_stay() -> None:
    assert cards.masked("a 4111 1111 1111 1111 b 5555555555554444") == "a [card …1111] b [card …4444]"


def test_a_code_may_be_a_trade_number_or_hold_a_letter() -> None:
    gtin_14, sscc, lettered, old = "36000000000081", "620000000000000062", "A4111111111111111", "4222222222222"

    assert [cards.found(each, code=True) for each in (gtin_14, sscc, lettered, old)] == [[], [], [], []]
    assert cards.found(lettered)
    assert cards.found(old)


def test_no_identifier_of_ours_is_a_card_number() -> None:
    assert not any(cards.found(str(uuid4())) for _ in range(20_000))


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "paid with 4111 1111 1111 1111"},
        {"lines": [{"sku": "4111111111111111", "quantity": 1}]},
        {"4111111111111111": 1},
        {"name": "José 4111111111111111"},
    ],
)
def test_a_body_is_refused_by_the_field_that_holds_it(body: dict[str, object]) -> None:
    for text in (json.dumps(body), json.dumps(body, ensure_ascii=False)):
        fault = cards.fault_in_json(text.encode())

        assert fault is not None
        assert fault.code == "card_number"


def test_digits_written_as_escapes_are_found_all_the_same() -> None:
    hidden = "".join(f"\\u{ord(each):04x}" for each in "4111111111111111")

    assert cards.fault_in_json(f'{{"note": "{hidden}"}}'.encode())


def test_numbers_by_nature_and_passwords_are_not_looked_at() -> None:
    assert cards.fault_in_json(b'{"quantity": 4111111111111111, "latitude": 41.11111111111111}') is None
    assert cards.fault_in("4111111111111111", "password") is None


def test_an_ordinary_body_costs_next_to_nothing() -> None:
    body = json.dumps({"channel": "web", "number": "N1", "lines": [{"sku": "mug", "quantity": "2"}] * 4}).encode()

    assert min(timeit.repeat(lambda: cards.fault_in_json(body), number=2000, repeat=5)) / 2000 < 20e-6
