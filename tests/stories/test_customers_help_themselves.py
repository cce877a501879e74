"""O3, J12: customers look after their own orders: where each is, giving up a part, asking the shop; and their data."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

import pytest
from playwright.sync_api import Browser, expect

from letterbox import Mailbox
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import commands as c
from shop import Shop
from stories.customers import EMAIL, Enter, code_in, come_in, entering, give_finger
from stories.test_accessible import faults_of, small_targets, too_wide

STEPS: tuple[c.Step, ...] = ("pick", "pack", "ship", "deliver")
NAMES = {"en": "Your orders", "es": "Sus pedidos", "pt-br": "Seus pedidos"}
CANCEL = {"en": "Cancel these", "es": "Cancelar estos", "pt-br": "Cancelar estes"}
SEND = {"en": "Send the message", "es": "Enviar el mensaje", "pt-br": "Enviar a mensagem"}


@pytest.fixture
def enter(chromium: Browser, address: str) -> Iterator[Enter]:
    with entering(chromium, address) as enter:
        yield enter


@pytest.fixture
def ana(shop: Shop) -> None:
    """A customer who ordered eight mugs, of which there are five, and a lamp."""
    save_customers(shop.db, [CustomerRecord("C1", "Ana Núñez", EMAIL, "+44 20 7946 0958", "GB")])
    shop.db.commit()
    shop.stock("mug", 5)
    shop.stock("lamp", 2)
    lines = [c.WantedLine("mug", Decimal(8), Decimal("4.50")), c.WantedLine("lamp", Decimal(1), Decimal("39.90"))]
    shop.do(c.PlaceOrder("web", "N1", lines, customer="C1", ship_to=c.Destination("GB", "SW1A 1AA")))


@pytest.mark.parametrize(("width", "language"), list(product((390, 1280), NAMES)))
def test_a_customer_follows_an_order_gives_up_a_part_and_asks(
    enter: Enter, ana: None, shop: Shop, post: Mailbox, width: int, language: str
) -> None:
    page = enter("/my", width=width, locale={"pt-br": "pt-BR"}.get(language, language), bypass_csp=True)
    come_in(page, post)
    expect(page.locator("h1")).to_have_text(NAMES[language])
    page.get_by_role("link", name="N1").click()
    expect(page.locator("#line-1 .waits")).to_be_visible()
    seen = faults_of(page) + small_targets(page) + too_wide(page)

    # The warehouse works while they look: nobody loads the page again.
    shop.do(c.AdvanceOrder("web", "N1", "confirm"))
    expect(page.locator("[data-step=confirmed]")).to_have_class("done")

    page.locator("a.btn-outline-danger").click()
    page.locator("[name=line_1]").fill("4")
    page.locator("[name=line_2]").fill("0")
    page.locator("[name=reason]").select_option("too_late")
    page.locator("[name=text]").fill("A birthday is on Friday")
    seen += faults_of(page) + small_targets(page) + too_wide(page)
    page.get_by_role("button", name=CANCEL[language]).click()
    expect(page.locator(".note.good")).to_be_visible()
    expect(page.locator("#messages")).to_contain_text("A birthday is on Friday")

    page.locator("[name=text]").fill("Can the rest come before Friday?")
    page.get_by_role("button", name=SEND[language]).click()
    expect(page.locator("#messages .mine").last).to_contain_text("Can the rest come before Friday?")

    for taken, step in enumerate(STEPS, start=3):
        shop.do(c.AdvanceOrder("web", "N1", step))
        expect(page.locator(".steps .done")).to_have_count(taken)
    expect(page.locator("a.btn-outline-danger")).to_have_count(0)
    assert seen == []
    assert shop.db.execute("SELECT cancelled FROM orders_line ORDER BY number").fetchall() == [(4,), (0,)]
    shop.db.commit()


def test_a_customer_adds_a_passkey_signs_in_with_it_and_takes_it_away(enter: Enter, ana: None, post: Mailbox) -> None:
    page = enter("/my/account")
    give_finger(page)
    come_in(page, post)
    page.get_by_label("What to call it").fill("kitchen tablet")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("main")).to_contain_text("kitchen tablet")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/my/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/my")
    expect(page.locator("main")).to_contain_text("N1")

    page.get_by_role("link", name="Your account").click()
    page.get_by_role("button", name="Remove kitchen tablet").click()
    expect(page.locator(".note.good")).to_contain_text("opens nothing any more")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey [data-fault]")).to_be_visible()
    assert "/sign-in" in page.url


@pytest.mark.parametrize("width", [390, 1280])
def test_a_customer_takes_their_data_and_leaves_for_good(
    enter: Enter, ana: None, shop: Shop, post: Mailbox, width: int
) -> None:
    page = enter("/my/account", width=width, color_scheme="dark" if width == 390 else "light", bypass_csp=True)
    seen = faults_of(page) + small_targets(page) + too_wide(page)
    come_in(page, post)
    page.get_by_label("Write to me by e-mail about offers and news.").check()
    page.get_by_role("button", name="Keep my choices").click()
    expect(page.locator(".note.good")).to_be_visible()
    with page.expect_download() as handed:
        page.get_by_role("button", name="Download it").click()
    assert "SW1A 1AA" in handed.value.path().read_text()
    seen += faults_of(page) + small_targets(page) + too_wide(page)

    page.get_by_role("link", name="Erase me").click()
    expect(page.locator("main .note")).to_contain_text("open")
    for step in STEPS[:2]:
        shop.do(c.AdvanceOrder("web", "N1", step))
    shop.stock("mug", 9)
    for step in STEPS[2:]:
        shop.do(c.AdvanceOrder("web", "N1", step))
    before = len(post.arrived)
    page.reload()
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/leave/sure")
    seen += faults_of(page) + small_targets(page) + too_wide(page)
    page.locator("[name=code]").fill(code_in(post, before + 1))
    page.get_by_label("I know that this cannot be undone.").check()
    page.get_by_role("button", name="Erase me for ever").click()

    page.wait_for_url("**/my/sign-in*")
    expect(page.locator(".note.good")).to_contain_text("gone")
    page.goto("/my/account")
    assert "/sign-in" in page.url
    assert shop.db.execute("SELECT name, email FROM customers_customer").fetchall() == [("", "")]
    assert seen == []
    shop.db.commit()
