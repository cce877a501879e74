"""What was written to whom, at the pages; and what letters say, as the shop wants it."""

from __future__ import annotations

import pytest
from django.test import Client

from doors.people import fill, read, sign_in, text, toast
from messages.conftest import FACTS, letter
from onhand.core.clock import utc_now
from onhand.messages import outbox
from onhand.messages.actions import post
from onhand.messages.queries import letters
from onhand.messages.rules import Outcome
from onhand.messages.templates import built_in
from shop import Shop

PAGE = "/messages/templates/order.state/en"
WORDS = {"subject": "Order {number}", "text": "Good news of {number}: {state}", "short": "{number}: {state}"}


@pytest.fixture
def written(shop: Shop) -> int:
    """A letter that nobody took."""
    post(shop.db, [letter()], actor="person/bea", now=utc_now())
    shop.db.commit()
    shop.db.autocommit = True
    due = outbox.take_up(shop.db, utc_now(), most=5)
    outbox.settle(shop.db, [(each, Outcome(False, "550 no such user", hopeless=True)) for each in due], utc_now())
    shop.db.autocommit = False
    return due[0].id


def test_the_record_says_what_was_written_and_what_became_of_it(browser: Client, shop: Shop, written: int) -> None:
    sign_in(browser, shop, "customer_service")

    listed = read(browser, "/messages?about=order/web/W-1")
    assert "News of an order" in listed
    assert "given up" in listed
    page = read(browser, f"/messages/{written}")
    assert "ana@example.com" in page
    assert "It has been shipped." in page
    assert "550 no such user" in page


def test_what_was_given_up_is_sent_again(browser: Client, shop: Shop, written: int) -> None:
    sign_in(browser, shop, "customer_service")

    done = fill(browser, f"/messages/again?letters={written}")
    twice = fill(browser, f"/messages/again?letters={written}")

    assert toast(done)["words"] == "They go out at once."
    assert twice.status_code == 422
    shop.db.commit()
    assert letters(shop.db).items[0].state == "queued"


def test_a_code_is_shown_to_nobody(browser: Client, shop: Shop) -> None:
    post(
        shop.db,
        [letter(template="customer.code", facts={"code": "428 913", "shop": "Harbour"})],
        actor="system",
        now=utc_now(),
    )
    shop.db.commit()
    sign_in(browser, shop)

    page = read(browser, f"/messages/{letters(shop.db).items[0].id}")

    assert "428" not in page
    assert "Its text is not kept" in page


def test_the_shop_writes_a_letter_in_its_own_words(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "marketing")
    assert "News of your order W-20391" in read(browser, PAGE)

    seen = text(browser.post(f"{PAGE}/preview", WORDS))
    done = browser.post(f"{PAGE}/change", WORDS)

    assert "Good news of W-20391: It has been shipped." in seen
    assert toast(done)["words"] == "It is saved; letters say so from now on."
    assert "your words" in read(browser, "/messages/templates")
    post(shop.db, [letter()], actor="system")
    assert letters(shop.db).items[0].text == "Good news of W-1: It has been shipped."
    assert "template.changed" in shop.kinds()


def test_and_goes_back_to_ours(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    browser.post(f"{PAGE}/change", WORDS)

    fill(browser, f"{PAGE}/back")

    assert "News of your order W-20391" in read(browser, PAGE)
    assert fill(browser, f"{PAGE}/back").status_code == 422


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"text": "Good news of {nubmer}: {state}"}, "{nubmer}"),
        ({"text": "Good news of {number}."}, "{state} is missing"),
        ({"short": "Good news"}, "{number} is missing"),
        ({"subject": "{code}"}, "{code}"),
        ({"subject": ""}, "required"),
    ],
)
def test_words_that_say_too_little_or_ask_for_what_is_not_known_are_refused(
    browser: Client, shop: Shop, change: dict[str, str], fault: str
) -> None:
    sign_in(browser, shop)

    answer = browser.post(f"{PAGE}/change", WORDS | change)

    assert answer.status_code == 422
    assert fault in text(answer)
    shop.db.commit()
    assert shop.db.execute("SELECT count(*) FROM messages_wording").fetchone() == (0,)


def test_every_template_is_shown_in_every_language(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    page = browser.get("/messages/templates").content.decode()

    for name in ("customer.code", "alert.digest", "stock.back"):
        for language in ("en", "es", "pt-br"):
            address = f"/messages/templates/{name}/{language}"
            assert address in page
            assert "{" not in read(browser, address).split("What it can name")[0].split("What a letter would say")[1]
    read(browser, "/messages/templates/none/en", status=404)
    read(browser, "/messages/templates/order.state/fr", status=404)
    assert set(FACTS) == {"number", "state", "link", "shop"}


OPENING = {
    "review.ask": "https://shop.example/my/review/x7QfT0kEn",
    "order.placed": "https://shop.example/shop/es/order/x7QfT0kEn:1:sig?thanks=1",
    "order.state": "https://shop.example/shop/es/order/x7QfT0kEn:1:sig",
    "stock.wished": "http://127.0.0.1:8000/shop/goods/mug?wished=x7QfT0kEn",
}


@pytest.mark.parametrize("template", OPENING)
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_what_opens_something_is_shown_to_nobody_of_the_house(
    browser: Client, shop: Shop, template: str, channel: str
) -> None:
    known = built_in()[template]
    facts = {**known.example("en"), "link": OPENING[template]}
    wanted = letter("customer/C1", template=template, facts=facts, channel=channel)
    post(shop.db, [wanted], actor="system", now=utc_now())
    shop.db.commit()
    sign_in(browser, shop)

    page = read(browser, f"/messages/{letters(shop.db).items[0].id}")

    assert "x7QfT0kEn" not in page
    assert "/…" in page
    assert facts["shop"] in page, "what else it says stays readable"


def test_whom_it_was_written_to_has_their_link(shop: Shop) -> None:
    facts = {**built_in()["review.ask"].example("en"), "link": OPENING["review.ask"]}
    post(shop.db, [letter(template="review.ask", facts=facts)], actor="system", now=utc_now())
    shop.db.commit()

    assert OPENING["review.ask"] in letters(shop.db, to_themselves=True).items[0].text
