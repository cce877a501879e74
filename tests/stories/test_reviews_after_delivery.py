"""J11, J13, O17: some days after it arrived somebody is asked, says what they think, and it is read by others."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from letterbox import Mailbox, text_of
from onhand.access.privacy import consent
from onhand.access.privacy.consent import Choice
from onhand.core.clock import utc_now
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.customers.reviews import queries
from onhand.customers.speaking import speak
from onhand.flows import commands as c
from onhand.flows.ask_for_reviews import ask_for_reviews
from shop import Shop
from stories.conftest import Visit
from stories.customers import EMAIL, Enter, entering
from stories.test_accessible import faults_of, small_targets, too_wide

STEPS: tuple[c.Step, ...] = ("pick", "pack", "ship", "deliver")


@pytest.fixture
def enter(chromium: Browser, address: str) -> Iterator[Enter]:
    with entering(chromium, address) as enter:
        yield enter


@pytest.fixture
def ana(shop: Shop) -> None:
    """A customer who reads Spanish, agreed to letters, and whose mug and lamp arrived."""
    save_customers(shop.db, [CustomerRecord("C1", "Ana Núñez", EMAIL, "+44 20 7946 0958", "GB")])
    agrees = Choice("email", given=True, wording="¿Podemos escribirle?")
    consent.record(shop.db, "customer/C1", [agrees], now=utc_now(), actor="customer/C1")
    speak(shop.db, ["C1"], "es", actor="customer/C1", now=utc_now())
    shop.db.commit()
    shop.now = utc_now()
    shop.stock("mug", 5)
    shop.stock("lamp", 5)
    shop.do(shop.order(("mug", 1), ("lamp", 1), customer="C1", placed_at=shop.now))
    for step in STEPS:
        shop.do(c.AdvanceOrder("web", "N1", step))
    shop.db.execute("UPDATE orders_order SET delivered_at = now() - interval '6 days'")
    shop.db.commit()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_review_goes_from_the_question_to_where_others_read_it(
    enter: Enter, visit: Visit, ana: None, shop: Shop, post: Mailbox, address: str, width: int
) -> None:
    before = len(post.arrived)
    here = address.rstrip("/").replace("127.0.0.1", "localhost")
    # The server does it by the clock, too; whoever comes second has nothing left to ask.
    ask_for_reviews(shop.db, days=5, address=here, shop="Harbour Goods", now=utc_now())
    shop.db.commit()
    letter = post.until(before + 1)[-1]
    assert "¿Qué le parece" in str(letter["Subject"])
    (token,) = re.findall(r"/my/review/([\w-]+)", text_of(letter))

    theme = "dark" if width == 390 else "light"
    page = enter(f"/my/review/{token}", width=width, locale="es", color_scheme=theme, bypass_csp=True)
    expect(page.locator("h1")).to_have_text("¿Qué le parece?")
    mug = page.get_by_role("region", name="Mug")
    mug.get_by_label("5 de 5 estrellas").check()
    mug.get_by_label("Qué le parece").fill("Cabe mucho.")
    page.locator("fieldset.likely").get_by_label("9", exact=True).check()
    page.get_by_label("¿Por qué?").fill("Llegó pronto")
    seen = faults_of(page) + small_targets(page) + too_wide(page)
    page.locator("main form button.btn-primary").click()
    expect(page.locator(".note.good")).to_be_visible()

    eva = visit("/reviews", role="customer_service", width=width, color_scheme=theme, bypass_csp=True)
    eva.get_by_role("link", name="mug").click()
    expect(eva.locator("main")).to_contain_text("Cabe mucho.")
    seen += faults_of(eva) + small_targets(eva) + too_wide(eva)
    eva.locator("#do-publish").click()
    eva.locator("#drawer button.btn-primary").click()
    expect(eva.locator("main .badge-part").first).to_have_text("published")
    eva.locator("#do-answer").click()
    eva.locator("#drawer [name=answer]").fill("¡Gracias!")
    eva.locator("#drawer button.btn-primary").click()
    expect(eva.locator("main")).to_contain_text("¡Gracias!")
    eva.goto("/reviews/score")
    expect(eva.locator("main")).to_contain_text("Llegó pronto")
    seen += faults_of(eva) + small_targets(eva) + too_wide(eva)

    shop.db.commit()
    (shown,) = queries.published(shop.db, "mug").items
    assert (shown.stars, shown.text, shown.answer) == (5, "Cabe mucho.", "¡Gracias!")
    assert queries.rating(shop.db, ["mug"])["mug"].average == 5
    page.reload()
    expect(page.locator("main")).to_contain_text("¡Gracias!")
    assert seen == []
    shop.db.commit()
