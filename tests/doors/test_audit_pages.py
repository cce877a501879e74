"""The audit trail on its pages: found by person, object, action, time and words; one entry, whole."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from doors.people import file, fill, read, sign_in, text
from shop import Shop
from trail import anew


@pytest.fixture
def owner(browser: Client, shop: Shop) -> Client:
    """Ana, who has just corrected stock and set a threshold."""
    anew(shop.db)
    shop.product("mug")
    shop.stock("mug", 10)
    sign_in(browser, shop)
    fill(browser, "/stock/mug/at/london/adjust", location="pick", by="-3", reason="dropped on the floor")
    fill(browser, "/stock/mug/at/london/threshold", quantity="5")
    return browser


@pytest.mark.parametrize(
    "query",
    [
        "subject=site/london",
        "actor=person/ana&kind=stock.adjusted",
        "q=mug",
        "q=ana",
        "q=dropped floor",
        "why=contains:floor",
        "at=gte:-1d",
    ],
)
def test_an_act_is_found_by_object_person_action_words_and_time(owner: Client, query: str) -> None:
    assert "dropped on the floor" in read(owner, f"/audit?{query}")


@pytest.mark.parametrize("query", ["subject=site/leeds", "actor=person/bob", "q=teapot", "at=lt:-1d"])
def test_what_is_not_meant_is_not_shown(owner: Client, query: str) -> None:
    assert "dropped on the floor" not in read(owner, f"/audit?{query}")


def test_an_entry_says_who_what_why_and_from_where(owner: Client) -> None:
    rows = owner.get("/audit?kind=stock.adjusted").content.decode()
    found = re.search(r'href="(/audit/\d+/\d+)"', rows)
    assert found
    page = read(owner, found[1])
    for words in ("Stock was corrected", "person/ana", "web 127.0.0.1 session", "dropped on the floor", "site/london"):
        assert words in page
    assert owner.get("/audit/1/1").status_code == 404


def test_it_goes_out_as_a_file(owner: Client) -> None:
    assert "dropped on the floor" in file(owner.get("/audit/file.csv?columns=at,kind,subject,actor,why"))


@pytest.mark.parametrize(("role", "status"), [("finance", 200), ("administrator", 200), ("store_manager", 403)])
def test_who_may_look(browser: Client, shop: Shop, role: str, status: int) -> None:
    sign_in(browser, shop, role)
    assert browser.get("/audit").status_code == status
    assert (">Audit trail<" in text(browser.get("/how-to/")) or "Audit trail" in text(browser.get("/how-to/"))) == (
        status == 200
    )
