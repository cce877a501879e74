"""Requests no page of ours makes: the answer is a refusal in words, never a fault of ours."""

from __future__ import annotations

from typing import cast

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject

from doors.people import fill, sign_in, text, toast
from onhand.doors.web.faults import broken
from shop import Shop


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    shop.stock("mug", 12)
    return sign_in(browser, shop)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/palette?q=%00", 200),
        ("/imports?cursor=zzz", 404),
        ("/imports/99999999999999999999", 404),
        ("/imports/99999999999999999999/bad-rows.csv", 404),
        ("/imports/4711/bad-rows.csv", 404),
        ("/webhooks?cursor=zzz", 404),
        ("/webhooks/nonsense", 404),
        ("/webhooks/00000000-0000-0000-0000-000000000000/deliveries/99999999999999999999", 404),
        ("/stock/narrow?column=site&operator=is&value=x&view=" + "site%3Dx%26" * 120, 404),
    ],
)
def test_an_odd_address_is_refused_in_words(ana: Client, address: str, status: int) -> None:
    assert ana.get(address).status_code == status


@pytest.mark.parametrize(
    ("address", "fields", "status"),
    [
        ("/stock/keep", {"forget": "mine", "view": ""}, 302),
        ("/stock/keep", {"name": "a\x00b", "view": ""}, 302),
        ("/orders/bulk/hold/do", {"token": "", "key": "\x00"}, 422),
        ("/imports/99999999999999999999/undo", {}, 404),
        ("/webhooks/make", {"url": "https://a\x00b/", "kinds": "\x00", "sites": "\x00", "asking": "\x00"}, 422),
        ("/webhooks/00000000-0000-0000-0000-000000000000/replay", {"asking": "x"}, 404),
    ],
)
def test_an_odd_form_is_refused_in_words(ana: Client, address: str, fields: dict[str, str], status: int) -> None:
    assert ana.post(address, fields).status_code == status


def test_a_correction_with_the_longest_reason_is_taken_back(ana: Client, shop: Shop) -> None:
    done = fill(ana, "/stock/mug/at/london/adjust", location="pick", by="-2", reason="x" * 200)

    undone = ana.post("/undo", {"token": toast(done)["undo"]["token"]})

    assert toast(undone)["words"] == "It was undone."
    assert shop.available("mug") == 12


def test_a_page_says_that_something_went_wrong_even_while_nobody_can_say_who_is_asking() -> None:
    request = RequestFactory().get("/stock")
    request.user = cast("AnonymousUser", SimpleLazyObject(_database_is_away))

    answer = broken(request)

    assert answer.status_code == 500
    assert "Nothing was half done" in text(answer)


def _database_is_away() -> AnonymousUser:
    raise OperationalError("the connection is closed")
