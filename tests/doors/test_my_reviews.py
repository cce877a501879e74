"""Reviews from the question to the shop window: asked once, written, let through or not, answered, counted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from litestar.testing import TestClient

from doors.customers import come_in, customer, letters
from doors.people import fill, read, sign_in, toast
from doors.window import priced
from onhand.access.privacy import consent
from onhand.access.privacy.consent import Choice
from onhand.access.privacy.erasing import erase
from onhand.core.clock import utc_now
from onhand.customers.reviews import queries
from onhand.flows import commands as c
from onhand.flows.ask_for_reviews import ask_for_reviews
from shop import Shop

STEPS: tuple[c.Step, ...] = ("pick", "pack", "ship", "deliver")
AGREES = Choice("email", given=True, wording="May we write to you?")


@pytest.fixture
def delivered(shop: Shop) -> Shop:
    """A customer who agreed to letters, and whose mug and lamp arrived six days ago."""
    customer(shop)
    consent.record(shop.db, "customer/C1", [AGREES], now=utc_now(), actor="customer/C1")
    shop.now = utc_now() - timedelta(days=6)
    shop.stock("mug", 20)
    shop.stock("lamp", 5)
    order(shop)
    return shop


def order(shop: Shop, customer: str = "C1") -> None:
    placed = shop.order(("mug", 1), ("lamp", 1), customer=customer, placed_at=shop.now)
    shop.do(placed)
    for step in STEPS:
        shop.do(c.AdvanceOrder(placed.channel, placed.number, step))


def ask(shop: Shop, **told: Any) -> int:
    shop.db.commit()
    given = {"days": 5, "address": "https://shop.example", "shop": "Harbour Goods", "now": utc_now(), **told}
    asked = ask_for_reviews(shop.db, **given)
    shop.db.commit()
    return asked


def link(shop: Shop) -> str:
    """The page the last letter leads to."""
    assert ask(shop) == 1
    (path,) = re.findall(r"https://shop\.example(/my/review/\S+)", letters(shop.db, "review.ask")[-1])
    return str(path)


def written(shop: Shop) -> list[queries.Review]:
    return queries.waiting(shop.db).items


def test_an_order_is_asked_about_once_some_days_after_it_was_delivered(delivered: Shop) -> None:
    assert ask(delivered, now=utc_now() - timedelta(days=2)) == 0
    assert ask(delivered, days=0) == 0
    assert ask(delivered) == 1
    assert ask(delivered) == 0
    assert "N1" in letters(delivered.db, "review.ask")[0]


def test_who_has_not_agreed_to_letters_is_not_asked_then_nor_later(delivered: Shop) -> None:
    customer(delivered, "C2", "eva@shop.example")
    order(delivered, "C2")
    assert ask(delivered) == 1

    consent.record(delivered.db, "customer/C2", [AGREES], now=utc_now(), actor="customer/C2")

    assert ask(delivered) == 0


def test_what_was_delivered_long_ago_is_let_be(delivered: Shop) -> None:
    assert ask(delivered, now=utc_now() + timedelta(days=40)) == 0


def test_stars_and_words_are_written_and_wait_to_be_let_through(browser: Client, delivered: Shop) -> None:
    page = link(delivered)

    answer = browser.post(page, {"stars_1": "5", "text_1": "Holds a lot.", "score": "9", "why": "Quick"})

    assert answer["Location"] == f"{page}?said=thanks"
    assert [(each.sku, each.stars, each.text, each.state) for each in written(delivered)] == [
        ("mug", 5, "Holds a lot.", "waiting")
    ]
    assert queries.rating(delivered.db, ["mug"])["mug"].count == 0
    assert "Holds a lot." in browser.get(page).content.decode()


def test_no_word_of_it_stands_in_the_database_or_in_events(browser: Client, delivered: Shop) -> None:
    browser.post(link(delivered), {"stars_1": "5", "text_1": "My aunt Eva", "score": "9", "why": "Uncle Tom"})

    kept = delivered.db.execute(
        "SELECT array(SELECT data::text FROM core_event) || array(SELECT text FROM customers_reviews_review)"
        " || array(SELECT why FROM customers_reviews_score)"
    ).fetchone()
    assert "aunt" not in str(kept)
    assert "Uncle" not in str(kept)
    assert {"review.written", "review.scored"} <= set(delivered.kinds())


@pytest.mark.parametrize(
    "filled", [{}, {"text_1": "no stars"}, {"stars_1": "6"}, {"stars_1": "0"}, {"score": "11"}, {"why": "no score"}]
)
def test_what_says_nothing_or_nonsense_is_told_so(browser: Client, delivered: Shop, filled: dict[str, str]) -> None:
    assert browser.post(link(delivered), filled).status_code == 422
    assert written(delivered) == []


def test_who_is_signed_in_needs_no_letter(browser: Client, delivered: Shop) -> None:
    come_in(browser, delivered)
    page = "/my/orders/web/N1/review"
    assert "Say what you think" in read(browser, "/my/orders/web/N1")

    assert browser.post(page, {"stars_1": "3"})["Location"] == f"{page}?said=thanks"

    assert [each.stars for each in written(delivered)] == [3]
    customer(delivered, "C2", "eva@shop.example")
    assert come_in(Client(), delivered, "eva@shop.example").post(page, {"stars_1": "1"}).status_code == 404
    delivered.do(delivered.order(("mug", 1), customer="C1"))
    assert browser.get("/my/orders/web/N2/review").status_code == 404


def test_a_link_nobody_was_given_leads_nowhere(browser: Client, delivered: Shop) -> None:
    assert browser.get("/my/review/guessed").status_code == 404


def test_for_thirty_days_it_may_be_changed_and_is_looked_at_again(browser: Client, delivered: Shop) -> None:
    page = link(delivered)
    browser.post(page, {"stars_1": "5", "stars_2": "4"})
    decide(sign_in(Client(), delivered), delivered, "publish")
    for _ in range(2):
        browser.post(page, {"stars_1": "2", "stars_2": "4"})

    assert [(each.sku, each.stars) for each in written(delivered)] == [("mug", 2), ("lamp", 4)]
    assert delivered.kinds().count("review.written") == 3

    delivered.db.execute("UPDATE customers_reviews_review SET written_at = now() - interval '31 days'")
    delivered.db.commit()
    browser.post(page, {"stars_1": "1", "score": "3"})
    assert written(delivered)[0].stars == 2
    assert "can be changed no more" in browser.get(page).content.decode()


def decide(browser: Client, shop: Shop, act: str, **filled: str) -> Any:
    number = shop.db.execute("SELECT id FROM customers_reviews_review ORDER BY line").fetchone()
    shop.db.commit()
    assert number is not None
    return fill(browser, f"/reviews/of/{number[0]}/{act}", **filled)


def test_what_is_published_counts_and_is_read_by_all_without_a_name(
    browser: Client, delivered: Shop, client: TestClient[Any]
) -> None:
    browser.post(link(delivered), {"stars_1": "4", "text_1": "Holds a lot.", "stars_2": "1"})
    eva = sign_in(browser, delivered, role="customer_service", name="eva")
    assert "mug" in read(eva, "/reviews")

    assert toast(decide(eva, delivered, "publish"))["words"] == "The review is published."
    decide(eva, delivered, "answer", answer="Thank you!")

    (shown,) = client.get("/api/v1/reviews?sku=mug").json()["items"]
    assert (shown["stars"], shown["text"], shown["answer"]) == (4, "Holds a lot.", "Thank you!")
    assert "customer" not in shown
    rating = client.get("/api/v1/ratings/mug").json()
    assert (rating["count"], rating["average"], rating["stars"]) == (1, "4.0", [0, 0, 0, 1, 0])
    assert client.get("/api/v1/ratings/lamp").json()["average"] is None
    delivered.db.commit()
    assert delivered.kinds().count("review.published") == 1


def test_what_is_rejected_needs_a_reason_and_is_not_shown(browser: Client, delivered: Shop) -> None:
    browser.post(link(delivered), {"stars_1": "1", "text_1": "Buy it at Other's!"})
    eva = sign_in(browser, delivered, role="marketing", name="eva")

    assert decide(eva, delivered, "reject").status_code == 422
    decide(eva, delivered, "reject", reason="advertises another shop")

    assert queries.published(delivered.db, "mug").items == []
    assert written(delivered) == []


def test_who_may_not_judge_reviews_sees_none(browser: Client, delivered: Shop) -> None:
    page = link(delivered)
    browser.post(page, {"stars_1": "1"})
    (review,) = written(delivered)
    delivered.db.commit()
    sign_in(browser, delivered, role="warehouse_operator", name="eva")

    for path in ("/reviews", "/reviews/score", f"/reviews/of/{review.id}", f"/reviews/of/{review.id}/publish"):
        assert browser.get(path).status_code == 403, path


def test_a_machine_decides_too(browser: Client, delivered: Shop, client: TestClient[Any]) -> None:
    browser.post(link(delivered), {"stars_1": "4", "text_1": "Holds a lot."})
    (waits,) = client.get("/api/v1/reviews/waiting").json()["items"]

    done = client.post("/api/v1/review-decisions", json={"review": waits["id"], "decision": "publish"})
    nobody = {"review": "019cae2f-a000-7000-8000-0000000000ff", "decision": "publish"}

    assert done.json()["state"] == "published"
    assert client.post("/api/v1/review-decisions", json=nobody).json()["code"] == "unknown_review"
    assert client.get("/api/v1/reviews?sku=mug").json()["items"][0]["stars"] == 4


def test_how_many_would_recommend_us_month_by_month_and_why(browser: Client, delivered: Shop) -> None:
    browser.post(link(delivered), {"score": "10", "why": "So quick"})
    for score in ("9", "8", "3"):
        order(delivered)
        browser.post(link(delivered), {"score": score})

    page = read(sign_in(browser, delivered, role="marketing", name="eva"), "/reviews/score")

    assert "Net promoter score 25" in page
    assert "So quick" in page


def test_erased_the_words_are_gone_and_the_stars_stay(browser: Client, delivered: Shop) -> None:
    page = link(delivered)
    browser.post(page, {"stars_1": "4", "text_1": "Holds a lot.", "score": "9", "why": "So quick"})
    decide(sign_in(Client(), delivered), delivered, "publish")

    erase(delivered.db, "customer/C1", now=utc_now(), actor="customer/C1")
    delivered.db.commit()

    (shown,) = queries.published(delivered.db, "mug").items
    assert (shown.stars, shown.text) == (4, "")
    assert queries.scores(delivered.db).items[0].why == ""
    assert browser.get(page).status_code == 404


def test_the_shop_window_shows_what_customers_think_to_people_and_to_search_engines(
    browser: Client, delivered: Shop
) -> None:
    priced(delivered, "mug")
    browser.post(link(delivered), {"stars_1": "4", "text_1": "Holds <a lot>."})
    before = browser.get("/shop/goods/mug").content.decode()
    eva = sign_in(Client(), delivered, role="marketing", name="eva")
    decide(eva, delivered, "publish")
    decide(eva, delivered, "answer", answer="Thank you!")

    after = browser.get("/shop/goods/mug").content.decode()

    assert "What customers think" not in before
    assert all(each in after for each in ("4 of 5 stars", "1 review", "Holds &lt;a lot&gt;.", "Thank you!"))
    assert '"ratingValue": "4.0", "reviewCount": 1' in after
