"""Tokens against forged forms: as Django makes them, and drawn in one go."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from doors.window import priced
from onhand.doors.web.tokens import letters
from shop import Shop

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def test_every_letter_is_as_likely_as_any_other() -> None:
    drawn = letters(620_000, ALPHABET)

    assert len(drawn) == 620_000
    assert set(drawn) == set(ALPHABET)
    assert all(9_300 < drawn.count(each) < 10_700 for each in ALPHABET)


def test_no_two_are_alike() -> None:
    assert len({letters(32, ALPHABET) for _ in range(1000)}) == 1000


def test_a_page_draws_no_letter_by_itself(shop: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_by_one(_: Any) -> Any:
        raise AssertionError("a letter was drawn by itself")

    priced(shop, "mug")
    monkeypatch.setattr("django.utils.crypto.secrets.choice", one_by_one)

    page = browser.get("/shop/goods/mug").content.decode()

    assert 'name="csrfmiddlewaretoken" value="' in page
