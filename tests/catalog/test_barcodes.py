"""Sound and unsound barcodes, by the numbers printed on real goods."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onhand.catalog.rules import barcode_fault, barcode_kind, barcode_prefixes, check_digit, normal_barcode

SOUND = [
    "6291041500213",  # the worked example of the GS1 General Specifications
    "4006381333931",  # pens
    "9780201379624",  # a book
    "5901234123457",
    "036000291452",  # tissues, twelve digits
    "614141000036",
    "96385074",  # eight digits
    "73513537",
    "10614141000415",  # a case, fourteen digits
]


@pytest.mark.parametrize("code", SOUND)
def test_the_check_digit_of_real_goods(code: str) -> None:
    assert check_digit(code[:-1]) == int(code[-1])
    assert barcode_kind(code) == "gtin"
    assert barcode_fault(code) == ""


@pytest.mark.parametrize("code", SOUND)
def test_one_wrong_digit_is_noticed_and_the_right_one_named(code: str) -> None:
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)

    assert f"should be {code[-1]};" in barcode_fault(wrong)


@given(st.text("0123456789", min_size=7, max_size=13), st.data())
def test_any_single_wrong_digit_is_noticed(body: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != body[position]]))

    assert check_digit(body[:position] + other + body[position + 1 :]) != check_digit(body)


def test_a_gtin_is_the_same_in_any_of_its_lengths() -> None:
    written = ["036000291452", "0036000291452", "00036000291452", "0 36000 29145 2", " 036000291452 "]

    assert {normal_barcode(code) for code in written} == {"00036000291452"}


@pytest.mark.parametrize(
    "code",
    [
        "SHELF-17",
        "12345",  # no length of a GTIN
        "2012345000009",  # scales: the weight is in the digits, and the check digit is not ours to judge
        "0212345678900",
        "212345678900",  # the same with twelve digits
        "0412345678901",
        "01234567",  # eight digits a company gives out for itself
        "20123451",
        "١٢٣٤٥٦٧٨",  # digits, but not those of a barcode
    ],
)
def test_what_is_no_gtin_is_taken_as_it_is(code: str) -> None:
    assert barcode_kind(code) == "internal"
    assert normal_barcode(f" {code} ") == code
    assert barcode_fault(code) == ""


@given(st.sampled_from([8, 12, 13, 14]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_a_kept_code_is_kept_the_same_again(code: str) -> None:
    assert normal_barcode(normal_barcode(code)) == normal_barcode(code)
    assert barcode_kind(normal_barcode(code)) == barcode_kind(code)


def test_a_blank_code_is_a_fault() -> None:
    assert barcode_fault("  ").startswith("A barcode cannot be blank")


@pytest.mark.parametrize("code", SOUND)
def test_a_typed_beginning_stands_for_the_code_it_begins(code: str) -> None:
    assert any(normal_barcode(code).startswith(prefix) for prefix in barcode_prefixes(code[:6]))
    assert any(normal_barcode(code).startswith(prefix) for prefix in barcode_prefixes(code))


def test_a_beginning_that_is_no_number_stands_for_itself() -> None:
    assert barcode_prefixes(" SHELF") == ["SHELF"]
    assert barcode_prefixes("1" * 20) == ["1" * 20]
