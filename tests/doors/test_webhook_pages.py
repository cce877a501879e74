"""Webhooks on their pages: set up, looked at, tried, ended; what did not arrive is looked at and sent again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from doors.people import fill, read, sign_in, text, toast
from onhand.connect.webhooks import outbox, queries
from onhand.connect.webhooks.outbox import Parcel
from onhand.connect.webhooks.rules import Answer
from onhand.core import events
from onhand.core.clock import utc_now
from onhand.doors.web import house
from shop import Shop

URL = "https://shop.example/hook"
GONE = Answer(410, "nobody lives here")


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    shop.stock("mug", 12)
    return sign_in(browser, shop)


@pytest.fixture
def near() -> Iterator[None]:
    """A house whose webhooks may go to this machine."""
    opened = house.opened[0]
    house.open_for(opened.writer, opened.readers, loopback=True)
    yield
    house.open_for(opened.writer, opened.readers)


def hook(browser: Client, shop: Shop, **fields: str) -> str:
    """Set a webhook up; the address of its page."""
    made = fill(browser, "/webhooks/make", **{"url": URL, "kinds": "order.*", **fields})
    assert made.status_code == 200, text(made)
    shop.db.rollback()
    return f"/webhooks/{queries.WEBHOOKS.page(shop.db, {}).items[-1].id}"


def sell(shop: Shop) -> None:
    """An order comes in, now: a webhook hears what happens after it was made."""
    shop.now = utc_now()
    shop.do(shop.order(("mug", 1)))


def post(shop: Shop, answer: Callable[[Parcel], Answer]) -> list[int]:
    """One round of the courier: what happened is taken up, what is due is posted and answered; which deliveries."""
    shop.db.commit()
    now = utc_now()
    while outbox.fill(shop.db, now) == outbox.PAGE:
        pass
    parcels = outbox.due(shop.db, {each.id: 100 for each in outbox.endpoints(shop.db, now)}, now)
    outbox.settle(shop.db, [(parcel, answer(parcel)) for parcel in parcels], now)
    shop.db.commit()
    return [parcel.id for parcel in parcels]


def secrets_in(answer: Any) -> list[str]:
    return re.findall(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())


def dead_letter(ana: Client, shop: Shop) -> tuple[str, int]:
    """A webhook that is enabled, and the dead letter it has: its address and number."""
    page = hook(ana, shop)
    sell(shop)
    (number,) = post(shop, lambda _: GONE)
    fill(ana, f"{page}/enable")
    return page, number


def test_who_has_no_webhooks_learns_what_they_are_for(ana: Client) -> None:
    page = ana.get("/webhooks")

    assert "Nothing is sent anywhere yet" in text(page)
    assert 'href="/how-to/receive-webhooks"' in page.content.decode()


def test_an_address_is_given_its_events_and_the_secret_is_shown_this_once(ana: Client, shop: Shop) -> None:
    made = fill(ana, "/webhooks/make", url=URL, kinds="order.placed, order.ship\nstock.*", sites="london")

    (secret,) = secrets_in(made)
    (webhook,) = queries.WEBHOOKS.page(shop.db, {}).items
    assert (webhook.kinds, webhook.sites) == (["order.placed", "order.ship", "stock.*"], ["london"])
    assert "no-store" in made["Cache-Control"]
    pages = [ana.get(path).content.decode() for path in ("/webhooks", f"/webhooks/{webhook.id}")]
    pages.append(ana.get(f"/webhooks/{webhook.id}/change").content.decode())
    assert [secret in page for page in pages] == [False] * 3
    assert URL in pages[0]


@pytest.mark.parametrize(
    ("fields", "field", "fault"),
    [
        ({"url": "http://shop.example/"}, "url", "https only"),
        ({"url": "https://127.1/"}, "url", "private network"),
        ({"url": "https://localhost.localdomain/"}, "url", "private network"),
        ({"url": "nonsense"}, "url", "needs a host"),
        ({"url": ""}, "url", "required"),
        ({"kinds": "order.placed\nOrder"}, "kinds", "Order is no kind of event"),
        ({"kinds": " , "}, "kinds", "required"),
        ({"kinds": " ".join(f"a.{'b' * each}" for each in range(1, 102))}, "kinds", "at most"),
        ({"sites": "london\natlantis"}, "sites", "no site 'atlantis'"),
        ({"sites": "a\u202eb"}, "sites", "is no code"),
        ({"channels": "radio"}, "channels", "no channel 'radio'"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    ana: Client, shop: Shop, fields: dict[str, str], field: str, fault: str
) -> None:
    answer = fill(ana, "/webhooks/make", **{"url": URL, "kinds": "*", **fields})

    said = re.search(rf'id="id_{field}_error"[^>]*>(.*?)</p>', answer.content.decode(), re.DOTALL)
    assert answer.status_code == 422
    assert said is not None, text(answer)
    assert fault in said[1].replace("&#x27;", "'")
    assert queries.WEBHOOKS.page(shop.db, {}).items == []


def test_who_lets_webhooks_go_to_this_machine_may_name_it_on_the_page(ana: Client, shop: Shop, near: None) -> None:
    page = hook(ana, shop, url="http://localhost:9/hook")

    assert "http://localhost:9/hook" in read(ana, page)


@pytest.mark.parametrize("role", ["store_manager", "product_manager", "finance"])
def test_who_is_not_an_owner_or_administrator_neither_sees_nor_changes_them(ana: Client, shop: Shop, role: str) -> None:
    page = hook(ana, shop)
    bob = sign_in(Client(), shop, role=role, name="bob")

    seen = [bob.get(path).status_code for path in ("/webhooks", page, f"{page}/deliveries/1")]
    acts = ("change", "disable", "enable", "secret", "ping", "replay", "deliveries/1/replay")
    done = [bob.post(path).status_code for path in ("/webhooks/make", *(f"{page}/{act}" for act in acts))]

    assert {*seen, *done} == {403}
    assert "Webhooks" not in read(bob, "/stock")


def test_an_administrator_finds_them_among_the_pages(browser: Client, shop: Shop) -> None:
    bob = sign_in(browser, shop, role="administrator", name="bob")

    assert "Webhooks" in read(bob, "/stock")
    assert bob.get("/webhooks").status_code == 200


def test_what_was_sent_is_listed_with_what_was_answered(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop)
    sell(shop)
    post(shop, lambda _: Answer(503, "closed for lunch"))

    shown, listed = read(ana, page), read(ana, "/webhooks")

    assert "order.placed" in shown
    assert "503 · closed for lunch" in shown
    assert "is tried again: closed for lunch" in shown
    assert "failing" in listed


def test_who_looks_sees_what_a_delivery_carries(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop)
    sell(shop)
    (number,) = post(shop, lambda _: Answer(204))

    letter = read(ana, f"{page}/deliveries/{number}")

    assert '"number": "N1"' in letter
    assert "delivered" in letter
    assert "–" not in re.search(r"Last delivered (.*?) What", read(ana, page))[1]  # type: ignore[index]


def test_a_letter_whose_event_is_forgotten_says_so(ana: Client, shop: Shop) -> None:
    page, number = dead_letter(ana, shop)
    shop.db.execute("SET LOCAL onhand.forgetting = 'on'")
    shop.db.execute("DELETE FROM core_event")
    shop.db.commit()

    assert "Its event is no longer kept" in read(ana, f"{page}/deliveries/{number}")


def test_a_dead_letter_that_is_sent_again_waits_again(ana: Client, shop: Shop) -> None:
    page, number = dead_letter(ana, shop)
    assert "nobody lives here" in read(ana, f"{page}?state=dead")

    done = fill(ana, f"{page}/deliveries/{number}/replay")

    assert toast(done)["words"] == "What was dead waits to be sent again."
    assert "Nothing matches" in read(ana, f"{page}?state=dead")
    assert "order.placed waiting" in read(ana, f"{page}?state=waiting")
    assert post(shop, lambda _: Answer(204)) == [number]


def test_all_dead_letters_are_sent_again_at_once(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop)
    for _ in range(3):
        fill(ana, f"{page}/ping")
    fill(ana, f"{page}/disable")
    assert "Dead letters 3" in read(ana, page)
    fill(ana, f"{page}/enable")

    assert "3 are sent again" in read(ana, f"{page}/replay")
    fill(ana, f"{page}/replay")

    assert "Waiting 3 Dead letters 0" in read(ana, page)


def test_nothing_is_sent_again_to_a_webhook_that_is_disabled(ana: Client, shop: Shop) -> None:
    page, number = dead_letter(ana, shop)
    fill(ana, f"{page}/disable")

    refused = fill(ana, f"{page}/deliveries/{number}/replay")

    assert refused.status_code == 422
    assert "enable it first" in text(refused)
    assert "Send it again" not in read(ana, page)
    assert fill(ana, f"{page}/ping").status_code == 422


def test_who_disables_it_is_told_what_waits_and_the_page_says_who_did(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop)
    fill(ana, f"{page}/ping", note="are you there?")

    asked = read(ana, f"{page}/disable")
    done = fill(ana, f"{page}/disable")

    assert "1 delivery that waits becomes a dead letter" in asked
    assert toast(done)["words"] == "The webhook is disabled."
    assert "it was disabled by person/ana" in read(ana, page)
    assert "the webhook was disabled by person/ana" in read(ana, f"{page}?state=dead")


def test_it_is_changed_and_its_form_shows_what_it_was(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop, kinds="order.placed order.ship", description="the shop")
    assert "order.placed\norder.ship</textarea>" in ana.get(f"{page}/change").content.decode()

    done = fill(ana, f"{page}/change", kinds="order.*", url="https://new.example/")

    (webhook,) = queries.WEBHOOKS.page(shop.db, {}).items
    assert toast(done)["words"] == "The webhook is saved."
    assert (webhook.url, webhook.kinds, webhook.description) == ("https://new.example/", ["order.*"], "the shop")


def test_a_new_secret_is_shown_once_and_the_old_one_holds_for_a_while(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop)

    (new,) = secrets_in(fill(ana, f"{page}/secret", overlap_hours="2"))
    too_long = fill(ana, f"{page}/secret", overlap_hours="999")

    (endpoint,) = outbox.endpoints(shop.db, utc_now())
    assert (endpoint.secrets[0], len(endpoint.secrets)) == (new, 2)
    assert too_long.status_code == 422
    assert new not in ana.get(page).content.decode()


def test_deliveries_are_turned_over_page_by_page_the_latest_first(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop, kinds="test.told")
    events.record(shop.db, [events.fact("test.told", f"a/{each}", "tester", {}) for each in range(120)], utc_now())
    post(shop, lambda _: Answer(204))

    seen: list[int] = []
    path = f"{page}?kind=test.told"
    while path:
        html = ana.get(path).content.decode()
        seen += [int(each) for each in re.findall(r'id="delivery-(\d+)"', html)]
        found = re.search(r'rel="next" href="([^"]+)"', html)
        path = found[1].replace("&amp;", "&") if found else ""

    assert len(seen) == 120
    assert seen == sorted(seen, reverse=True)
    assert "kind=test.told" in html
    assert "The latest" in html


def test_deliveries_of_one_kind_are_looked_at_alone(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop)
    fill(ana, f"{page}/ping")
    sell(shop)
    post(shop, lambda _: Answer(204))

    rows = re.findall(r'id="delivery-', ana.get(f"{page}?kind=ping").content.decode())

    assert len(rows) == 1


def test_a_kind_of_which_no_event_is_known_is_pointed_out(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop, kinds="order.* order.plced")

    assert read(ana, page).count("no such event is known") == 1


def test_webhooks_are_turned_over_page_by_page(ana: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onhand.doors.web.webhooks.webhooks.PAGE", 2)
    for each in range(3):
        hook(ana, shop, url=f"{URL}/{each}")

    first = ana.get("/webhooks").content.decode()
    (further,) = re.findall(r'rel="next" href="([^"]+)"', first)

    assert f"{URL}/2" not in first
    assert f"{URL}/2" in read(ana, further)


def test_a_webhook_nobody_made_is_not_found(ana: Client, shop: Shop) -> None:
    page, other = hook(ana, shop), f"/webhooks/{uuid4()}"
    acts = ("change", "disable", "enable", "secret", "ping", "replay", "deliveries/1", "deliveries/1/replay")

    answers = [ana.get(path).status_code for path in (other, *(f"{other}/{act}" for act in acts))]
    odd = [
        f"{page}?cursor=zzz",
        f"{page}?state=red",
        f"{page}?kind=%00",
        f"{page}/deliveries/4711",
        "/webhooks?cursor=z",
    ]

    assert {*answers, *(ana.get(path).status_code for path in odd)} == {404}


def test_what_moves_is_asked_for_without_the_frame(ana: Client, shop: Shop) -> None:
    page = hook(ana, shop)

    parts = [ana.get(path, headers={"HX-Request": "true"}).content.decode() for path in ("/webhooks", page)]

    assert ["<html" in part for part in parts] == [False, False]
    assert [URL in part for part in parts] == [True, True]
