"""Somebody calls: who it is, what waits and until when, found in two clicks; and a case from its opening to its end."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from onhand.catalog.actions import set_substitutes
from onhand.catalog.records import SubstitutesRecord
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import commands as c
from shop import Shop
from stories.conftest import Visit
from stories.test_accessible import faults_of, small_targets, too_wide

PHONE = "+55 11 95555 0142"
WAITS = {
    "en": ("number 1 of 2", "promised for"),
    "es": ("número 1 de 2", "prometido para"),
    "pt-br": ("número 1 de 2", "prometido para"),
}


@pytest.fixture
def caller(shop: Shop) -> Shop:
    """Bea has two orders: one is set aside, of the other a part waits; somebody else waits behind her."""
    save_customers(shop.db, [CustomerRecord("C1", "Bea Costa", "bea@home.example", PHONE, "BR")])
    shop.db.commit()
    shop.stock("mug", 12)
    shop.stock("lamp", 3, site="lisbon")
    set_substitutes(shop.db, [SubstitutesRecord("mug", ["lamp"])])
    shop.db.commit()
    shop.do(shop.order(("mug", 5), customer="C1"))
    shop.do(shop.order(("mug", 20), customer="C1"))
    shop.later(hours=1)
    shop.do(shop.order(("mug", 2)))
    return shop


def in_language(page: Page, language: str) -> None:
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.goto("/desk")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en", "es", "pt-br"])
def test_a_caller_is_answered_in_two_clicks(caller: Shop, visit: Visit, language: str, width: int) -> None:
    page = visit("/desk", role="customer_service", width=width)
    in_language(page, language)

    page.locator("#desk-words").fill("011 95555-0142")
    found = page.get_by_role("option").filter(has_text="Bea Costa")
    found.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bea Costa")
    page.get_by_role("link", name="13 × Mug").click()

    place, _promised = WAITS[language]
    expect(page.locator("#line-1")).to_contain_text(place)
    assert too_wide(page) == []


def test_the_keyboard_alone_finds_an_order_and_its_exact_answer(caller: Shop, visit: Visit) -> None:
    caller.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(30), datetime(2099, 3, 2, tzinfo=UTC))]))
    page = visit("/desk", role="sales_representative", width=1280)

    page.keyboard.type("N2")
    expect(page.get_by_role("option", selected=True)).to_contain_text("N2")
    page.keyboard.press("Enter")

    answer = page.locator("#line-1")
    expect(answer).to_contain_text("7 are set aside for you at London.")
    expect(answer).to_contain_text("13 have been waiting since 2 Mar 2026, because none was left when you ordered.")
    expect(answer).to_contain_text("All of it is promised for 2 Mar 2099.")
    expect(answer).to_contain_text("You are number 1 of 2 who wait for it.")
    expect(answer).to_contain_text("Instead of it we have: Lamp (3 at Lisboa).")
    expect(page.locator("#desk-copied")).to_have_value(re.compile("Pedido N2:\n.*esperam desde 2 mar 2026", re.DOTALL))


def test_the_arrows_choose_among_what_was_found(caller: Shop, visit: Visit) -> None:
    page = visit("/desk", role="customer_service")

    page.keyboard.type("mug")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Mug")
    page.locator("#desk-words").fill("N")
    page.locator("#desk-words").fill("C1")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Bea Costa")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Bea Costa")


def test_a_case_goes_from_its_opening_to_its_end_with_a_letter_on_record(caller: Shop, visit: Visit) -> None:
    page = visit("/desk/customers/C1", role="customer_service", width=390, bypass_csp=True)

    page.locator("#do-open-case").click()
    page.get_by_label("What it is about").fill("Late mugs")
    page.get_by_label("What they asked").fill("When do they come?")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Late mugs")

    page.locator("#do-answer").click()
    expect(page.get_by_label("Language")).to_have_value("pt-br")
    page.get_by_label("The answer").fill("Chegam na sexta-feira.")
    page.get_by_role("dialog").get_by_role("button", name="Answer").click()
    expect(page.locator("#case")).to_contain_text("we answered")
    expect(page.locator("#case")).to_contain_text("Seu atendimento #")
    expect(page.locator("#case")).to_contain_text("in time")

    page.locator("#do-close").click()
    page.get_by_role("dialog").get_by_role("button", name="Close the case").click()
    expect(page.locator("#do-reopen")).to_be_visible()
    assert faults_of(page) + small_targets(page) + too_wide(page) == []

    page.goto("/desk/cases")
    expect(page.locator("#above")).to_contain_text("100 %")
    kinds = [kind for kind in caller.kinds() if kind.startswith("case.")]
    assert kinds == ["case.opened", "case.answered", "case.closed"]
