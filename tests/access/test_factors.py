"""Whether somebody proved a factor just now, as sessions remember it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from onhand.access import factors
from onhand.access.models import Person
from onhand.access.people import admit, give_post
from onhand.access.permissions import everywhere
from onhand.core.clock import utc_now
from shop import Shop


def session(person: Person, *ways: tuple[str, float], **more: Any) -> dict[str, Any]:
    """A session in which these ways were proved so many seconds ago."""
    records = [{"method": way, "at": time.time() - ago} for way, ago in ways]
    return {
        "_auth_user_id": str(person.pk),
        "account_authentication_methods_user": str(person.pk),
        "account_authentication_methods": records,
        **more,
    }


@pytest.fixture
def ana(shop: Shop) -> Person:
    admit(shop.db, "ana", "store_manager")
    shop.db.commit()
    return Person.objects.get(username="ana")


@pytest.fixture
def with_app(ana: Person) -> Person:
    Authenticator.objects.create(user=ana, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return ana


def test_a_code_proves_it_for_as_long_as_is_asked(with_app: Person) -> None:
    assert factors.freshly_proved(session(with_app, ("mfa", 100)), 300)
    assert not factors.freshly_proved(session(with_app, ("mfa", 400)), 300)


def test_a_password_proves_nothing_for_who_has_a_factor(with_app: Person) -> None:
    assert not factors.freshly_proved(session(with_app, ("password", 1)), 300)


def test_a_password_is_all_that_others_have(ana: Person) -> None:
    assert factors.freshly_proved(session(ana, ("password", 1)), 300)


def test_what_somebody_else_proved_in_this_browser_counts_for_nothing(with_app: Person) -> None:
    found = session(with_app, ("mfa", 1))

    assert not factors.freshly_proved({**found, "_auth_user_id": "999999"}, 300)


def test_who_came_by_the_provider_has_proved_what_the_provider_saw(ana: Person) -> None:
    came = ("socialaccount", 1.0)

    assert not factors.freshly_proved(session(ana, came), 300)
    assert not factors.freshly_proved(session(ana, came, seen_by_provider=time.time() - 400), 300)
    assert factors.freshly_proved(session(ana, came, seen_by_provider=time.time() - 100), 300)
    assert not factors.freshly_proved(session(ana, came, seen_by_provider=time.time() + 3600), 300)


def test_a_pin_proves_nothing_even_beside_a_code(with_app: Person) -> None:
    found = session(with_app, ("pin", 1), ("mfa", 1), shift={"device": 1})

    assert not factors.freshly_proved(found, 300)
    assert factors.most_sensitive(found) == "medium"


def test_nobody_has_proved_nothing() -> None:
    assert not factors.freshly_proved({}, 300)


@pytest.mark.parametrize(
    ("role", "must", "floor"),
    [
        ("owner", True, False),
        ("store_manager", True, False),
        ("warehouse_operator", True, True),
        ("store_associate", False, True),
        ("marketing", False, False),
    ],
)
def test_who_may_decide_must_and_who_works_on_the_floor_may_share(
    shop: Shop,
    role: str,
    must: bool,  # noqa: FBT001
    floor: bool,  # noqa: FBT001
) -> None:
    admit(shop.db, "bob", role)
    shop.db.commit()
    bob = Person.objects.get(username="bob")

    assert (factors.required(bob), factors.on_the_floor(bob)) == (must, floor)


def test_one_role_that_is_not_of_the_floor_is_enough(shop: Shop) -> None:
    admit(shop.db, "bob", "store_associate")
    give_post(shop.db, "bob", "marketing", actor="operator/x", now=utc_now())
    shop.db.commit()

    assert not factors.on_the_floor(Person.objects.get(username="bob"))


def test_on_a_shared_device_what_decides_is_left_out() -> None:
    left = factors.on_shared(everywhere(["see.stock", "do.moves", "do.counts", "do.people"]))

    assert sorted(left.grants) == ["do.moves", "see.stock"]
