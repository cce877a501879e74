"""What counts as confirmed, and from how much on an act is high: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from onhand.access.confirming.rules import (
    GOOD_FOR,
    QUANTITY,
    Deed,
    Limit,
    Need,
    Weight,
    canonical,
    digest,
    limits_of,
    need,
    same,
    seal,
    unseal,
)
from onhand.access.permissions import Sensitivity
from onhand.core.refusals import refused

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOW, MEDIUM, HIGH = Sensitivity
DEED = Deed("person/ana", "Adjust", canonical({"by": "-2"}), canonical([["mug", "12"]]), "form/1", NOW, "n1")


def code(answer: object) -> str:
    return answer.code if refused(answer) else ""


def test_what_was_sealed_comes_back_as_it_was() -> None:
    assert unseal(seal(DEED, "secret"), "secret", NOW) == DEED


def test_a_changed_letter_is_noticed_wherever_it_stands() -> None:
    sealed = seal(DEED, "secret")

    for place in range(0, len(sealed), 7):
        other = "A" if sealed[place] != "A" else "B"
        assert code(unseal(sealed[:place] + other + sealed[place + 1 :], "secret", NOW)) == "confirmation_unknown"


@pytest.mark.parametrize("text", ["", ".", "é.é", "a", "a.b.c", "=" * 50])
def test_what_is_no_seal_is_refused(text: str) -> None:
    assert code(unseal(text, "secret", NOW)) == "confirmation_unknown"


def test_another_secret_seals_nothing() -> None:
    assert code(unseal(seal(DEED, "guess"), "secret", NOW)) == "confirmation_unknown"


def test_it_is_good_for_five_minutes() -> None:
    sealed = seal(DEED, "secret")

    assert unseal(sealed, "secret", NOW + GOOD_FOR) == DEED
    assert code(unseal(sealed, "secret", NOW + GOOD_FOR + timedelta(seconds=1))) == "confirmation_expired"
    assert code(unseal(sealed, "secret", NOW - timedelta(seconds=1))) == "confirmation_expired"


@pytest.mark.parametrize(
    "other",
    [{"actor": "person/bob"}, {"act": "Transfer"}, {"facts": canonical({"by": "-20"})}, {"key": "form/2"}],
)
def test_it_is_good_for_that_very_deed(other: dict[str, str]) -> None:
    asked = {"actor": DEED.actor, "act": DEED.act, "facts": DEED.facts, "key": DEED.key}

    assert same(DEED, **asked) is None
    assert code(same(DEED, **{**asked, **other})) == "confirmation_other"


def test_what_a_passkey_signs_differs_with_every_part_of_the_deed() -> None:
    changed = [
        msgspec.structs.replace(DEED, **{name: f"{getattr(DEED, name)}!"})
        for name in ("actor", "act", "facts", "before", "key", "nonce")
    ]

    assert len({digest(each) for each in [DEED, *changed]}) == 7


def weigh(pieces: int, value: int | None, usual: Sensitivity, **limits: Limit) -> Need:
    return need(Weight(Decimal(pieces), None if value is None else Decimal(value), "EUR"), usual, limits)


def test_what_is_high_by_its_permission_is_high_however_little_it_is() -> None:
    assert weigh(1, 1, HIGH) == Need(HIGH, second=False)


def test_from_where_on_it_is_high_may_be_said() -> None:
    limit = Limit(high_from=Decimal(10))

    assert weigh(9, None, HIGH, quantity=limit).sensitivity is MEDIUM
    assert weigh(10, None, HIGH, quantity=limit).sensitivity is HIGH
    assert weigh(10, None, MEDIUM, quantity=limit).sensitivity is HIGH


def test_either_measure_makes_it_high() -> None:
    limits = {QUANTITY: Limit(Decimal(10)), "EUR": Limit(Decimal(500))}

    assert weigh(1, 500, MEDIUM, **limits).sensitivity is HIGH
    assert weigh(10, 1, MEDIUM, **limits).sensitivity is HIGH
    assert weigh(9, 499, MEDIUM, **limits).sensitivity is MEDIUM


def test_above_and_not_at_its_limit_a_second_person_is_needed() -> None:
    limit = Limit(second_above=Decimal(500))

    assert weigh(1, 500, MEDIUM, EUR=limit) == Need(MEDIUM, second=False)
    assert weigh(1, 501, MEDIUM, EUR=limit) == Need(HIGH, second=True)


def test_a_value_nobody_knows_is_not_a_small_one() -> None:
    assert weigh(1, None, MEDIUM, EUR=Limit(second_above=Decimal(500))).second
    assert not weigh(
        1, None, MEDIUM, EUR=Limit(second_above=Decimal(500)), quantity=Limit(second_above=Decimal(5))
    ).second


def test_limits_hold_as_they_come_until_somebody_sets_them() -> None:
    came = limits_of("TakeBack", "EUR", {})

    assert came == {QUANTITY: Limit(Decimal(50)), "EUR": Limit(Decimal(500))}
    assert limits_of("TakeBack", "EUR", {"EUR": Limit(Decimal(90))})["EUR"] == Limit(Decimal(90))
    assert limits_of("Adjust", "EUR", {}) == {}
