"""Above a limit a second person approves: kept as it was asked, decided once, done in the asker's name."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from litestar.testing import TestClient

from doors.conftest import key
from doors.people import PASSWORD, asks_to_confirm, confirm, enrol, fill, hidden, read, sign_in, text, toast, who
from onhand.access.confirming.limits import set_limits
from onhand.access.confirming.rules import QUANTITY, Limit
from onhand.access.people import admit, end_post, give_post, let_in
from onhand.doors.web.approving import requesting
from shop import Shop

ADJUST = "/stock/mug/at/london/adjust"


@pytest.fixture
def limited(shop: Shop) -> Shop:
    """A shop where nobody corrects more than ten pieces alone."""
    shop.stock("mug", 100)
    set_limits(shop.db, "Adjust", {QUANTITY: Limit(None, Decimal(10))}, actor="system", now=shop.now)
    admit(shop.db, "zoe", "owner", password=PASSWORD)
    shop.db.commit()
    return shop


@pytest.fixture
def ana(browser: Client, limited: Shop) -> Client:
    return _person(browser, limited, "ana")


@pytest.fixture
def bob(ana: Client, limited: Shop) -> Client:
    return _person(Client(), limited, "bob")


def _person(browser: Client, shop: Shop, name: str, role: str = "store_manager") -> Client:
    sign_in(browser, shop, role=role, name=name)
    enrol(browser)
    return browser


def ask(browser: Client, by: str = "-40") -> Any:
    return fill(browser, ADJUST, location="pick", by=by, reason="water damage")


def available(shop: Shop) -> int:
    shop.db.rollback()
    return int(shop.available("mug"))


def state(shop: Shop, number: int = 1) -> tuple[str, str]:
    shop.db.rollback()
    row = shop.db.execute("SELECT state, decided_by FROM access_request ORDER BY id OFFSET %s", [number - 1]).fetchone()
    assert row is not None
    return row[0], row[1]


def latest(shop: Shop) -> int:
    shop.db.rollback()
    row = shop.db.execute("SELECT max(id) FROM access_request").fetchone()
    assert row is not None
    return int(row[0])


def approve(browser: Client, shop: Shop) -> Any:
    return fill(browser, f"/approvals/{latest(shop)}/approve")


def test_up_to_the_limit_one_is_enough(ana: Client, limited: Shop) -> None:
    assert toast(ask(ana, "-10"))["words"] == "mug at london: -10"
    assert available(limited) == 90


def test_above_it_the_act_waits_and_nothing_moves(ana: Client, limited: Shop) -> None:
    done = ask(ana)

    assert "waits for somebody else to approve it" in toast(done)["words"]
    assert "undo" not in toast(done)
    assert available(limited) == 100
    assert state(limited) == ("waiting", "")


def test_the_approver_sees_what_would_change_why_and_who_asks(ana: Client, bob: Client, limited: Shop) -> None:
    ask(ana)

    page = read(bob, f"/approvals/{latest(limited)}")

    assert "mug 100 60" in page
    assert "water damage" in page
    assert "Who asks ana" in page
    assert "Request" in page
    assert "Correct stock · mug" in read(bob, "/approvals")
    assert "1 waits" in read(bob, "/stock")
    assert "1 waits" not in read(ana, "/stock")


def test_approved_it_is_done_once_in_the_askers_name_with_the_approver_on_record(
    ana: Client, bob: Client, limited: Shop
) -> None:
    ask(ana)

    assert "is approved and done" in toast(approve(bob, limited))["words"]

    assert available(limited) == 60
    assert state(limited) == ("done", "person/bob")
    told = limited.db.execute(
        "SELECT kind, actor FROM core_event WHERE kind IN ('stock.adjusted', 'request.approved') ORDER BY seq"
    ).fetchall()
    assert told == [("stock.adjusted", "person/ana"), ("request.approved", "person/bob")]
    again = bob.get(f"/approvals/{latest(limited)}/approve")
    assert again.status_code == 200
    answer = approve(bob, limited)
    assert answer.status_code == 422
    assert "decided already" in text(answer)
    assert available(limited) == 60


def test_approving_takes_a_proof_of_its_own(ana: Client, bob: Client, limited: Shop) -> None:
    ask(ana)
    path = f"/approvals/{latest(limited)}/approve"

    step = bob.post(path, hidden(bob.get(path)))

    assert asks_to_confirm(step)
    assert bob.post(path, {**hidden(step), "proof_code": "000000"}).status_code == 422
    assert available(limited) == 100


def test_nobody_approves_their_own(ana: Client, limited: Shop) -> None:
    ask(ana)

    assert "do-approve" not in ana.get(f"/approvals/{latest(limited)}").content.decode()
    answer = approve(ana, limited)

    assert "Nobody approves what they asked for themselves" in text(answer)
    assert available(limited) == 100


def test_of_another_site_or_of_lesser_standing_nobody_approves(ana: Client, limited: Shop) -> None:
    admit(limited.db, "cai", "store_manager", password=PASSWORD, sites=["lisbon"])
    cai = _person(Client(), limited, "cai")
    dan = _person(Client(), limited, "dan", role="administrator")
    ask(ana)

    for stranger in (cai, dan):
        answer = approve(stranger, limited)
        assert answer.status_code == 422
        assert "at london" in text(answer)
    assert available(limited) == 100


def test_declined_with_a_reason_it_is_not_done_and_the_asker_is_told_once(
    ana: Client, bob: Client, limited: Shop
) -> None:
    ask(ana)

    fill(bob, f"/approvals/{latest(limited)}/decline", reason="count it again")

    assert state(limited) == ("declined", "person/bob")
    assert "count it again" in read(ana, f"/approvals/{latest(limited)}")
    assert "declined" in toast(ana.post("/approvals/told"))["words"]
    assert "HX-Trigger" not in ana.post("/approvals/told")
    heard = limited.db.execute("SELECT subject FROM core_event WHERE kind = 'inbox.told'").fetchone()
    assert heard == (f"inbox/{who(ana).pk}",)
    assert available(limited) == 100


def test_who_asked_may_take_it_back(ana: Client, bob: Client, limited: Shop) -> None:
    ask(ana)

    fill(ana, f"/approvals/{latest(limited)}/decline", reason="not needed")

    assert state(limited) == ("withdrawn", "person/ana")
    assert "decided already" in text(approve(bob, limited))


def test_stock_that_moved_since_is_shown_as_it_is_now_and_again_when_it_moves_under_the_approver(
    ana: Client, bob: Client, limited: Shop
) -> None:
    ask(ana)
    limited.stock("mug", 20)
    assert "has changed since it was asked for" in read(bob, f"/approvals/{latest(limited)}")
    path = f"/approvals/{latest(limited)}/approve"
    step = bob.post(path, hidden(bob.get(path)))
    assert "mug 120 80" in text(step)
    limited.stock("mug", 5)

    answer = confirm(bob, path, step)

    assert answer.status_code == 409
    assert "mug 125 85" in text(answer)
    assert available(limited) == 125
    assert "approved and done" in toast(confirm(bob, path, answer))["words"]
    assert available(limited) == 85


def test_two_approvers_at_once_approve_once(ana: Client, bob: Client, limited: Shop) -> None:
    cai = _person(Client(), limited, "cai")
    ask(ana)
    before = f'[["mug","{limited.available("mug")}"]]'
    limited.db.rollback()
    answers: list[Any] = []

    def decide(browser: Client) -> None:
        try:
            answers.append(requesting.approve(latest_number, before, who(browser)))
        finally:
            connections.close_all()

    latest_number = latest(limited)
    threads = [threading.Thread(target=decide, args=(each,)) for each in (bob, cai)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(getattr(each, "code", "done") for each in answers) == ["decided", "done"]
    assert available(limited) == 60


def test_of_somebody_who_was_shut_out_nothing_is_done(ana: Client, bob: Client, limited: Shop) -> None:
    ask(ana)
    assert let_in(limited.db, "ana", allowed=False, actor="person/zoe", now=limited.now) is None
    limited.db.commit()

    answer = approve(bob, limited)

    assert "may no longer sign in" in text(answer)
    assert available(limited) == 100
    assert state(limited) == ("failed", "person/bob")


def test_of_somebody_who_may_no_longer_do_it_nothing_is_done(ana: Client, bob: Client, limited: Shop) -> None:
    ask(ana)
    give_post(limited.db, "ana", "driver", actor="person/zoe", now=limited.now)
    assert end_post(limited.db, "ana", "store_manager", actor="person/zoe", now=limited.now) is None
    limited.db.commit()

    assert "do.counts" in text(approve(bob, limited))
    assert available(limited) == 100


def test_what_waited_for_a_day_is_not_done(ana: Client, bob: Client, limited: Shop) -> None:
    ask(ana)
    limited.db.execute("UPDATE access_request SET expires_at = now() - interval '1 second'")
    limited.db.commit()

    assert "not decided in time" in read(bob, f"/approvals/{latest(limited)}")
    assert "waited for longer than a day" in text(approve(bob, limited))
    assert available(limited) == 100


def test_others_requests_are_nobodys_business_but_an_approvers(ana: Client, limited: Shop) -> None:
    ask(ana)
    eva = sign_in(Client(), limited, role="warehouse_operator", name="eva")

    assert eva.get(f"/approvals/{latest(limited)}").status_code == 403
    assert eva.get(f"/approvals/{latest(limited)}/decline").status_code == 403
    assert "Nothing waits" in read(eva, "/approvals")


def test_limits_are_set_on_their_page_and_hold(ana: Client, limited: Shop) -> None:
    zoe = Client()
    zoe.post("/account/login/", {"login": "zoe", "password": PASSWORD})
    enrol(zoe)
    assert "Quantity – 10" in read(zoe, "/limits")

    done = fill(zoe, "/limits/Adjust", high_quantity="3", second_quantity="20", high_GBP="", second_GBP="")

    assert toast(done)
    assert "Quantity 3 20" in read(zoe, "/limits")
    form = {**hidden(ana.get(ADJUST)), "location": "pick", "by": "-2", "reason": "broken"}
    assert toast(ana.post(ADJUST, form))["words"] == "mug at london: -2"
    assert toast(ask(ana, "-20"))["words"] == "mug at london: -20"
    told = limited.db.execute("SELECT actor FROM core_event WHERE kind = 'limit.changed' ORDER BY seq").fetchall()
    assert told == [("system",), ("person/zoe",)]


def test_a_value_is_measured_in_the_sites_currency(ana: Client, limited: Shop) -> None:
    from onhand.catalog.actions import set_prices
    from onhand.catalog.records import PriceRecord

    set_prices(limited.db, [PriceRecord("mug", "GBP", Decimal(9))])
    limits = {QUANTITY: Limit(None, None), "GBP": Limit(None, Decimal(80))}
    set_limits(limited.db, "Adjust", limits, actor="system", now=limited.now)
    limited.db.commit()

    assert toast(ask(ana, "-8"))["words"] == "mug at london: -8"
    assert "waits for somebody else" in toast(ask(ana, "-9"))["words"]


def test_a_machine_is_refused_above_the_limit_and_acts_below_it(client: TestClient[Any], shop: Shop) -> None:
    set_limits(shop.db, "Adjust", {QUANTITY: Limit(None, Decimal(5))}, actor="system", now=shop.now)
    shop.db.commit()

    def adjust(by: str, name: str) -> Any:
        body = {"site": "london", "location": "pick", "sku": "mug", "reason": "counted", "by": by}
        return client.post("/api/v1/adjustments", json=body, headers={"Idempotency-Key": name})

    assert adjust("-5", "a").status_code == 201
    refusal = adjust("-6", "b")
    assert refusal.status_code == 403
    assert refusal.json()["code"] == "needs_approval"
    client.headers["Authorization"] = f"Bearer {key(shop, 'stock', ['stock'])}"
    many = [{"site": "london", "location": "pick", "sku": "mug", "reason": "x", "by": by} for by in ("-1", "50")]
    lines = client.post("/api/v1/adjustments/bulk", json=many, headers={"Idempotency-Key": "c"})
    if lines.status_code == 200:
        assert [each["status"] for each in lines.json()] == [201, 403]
    assert int(shop.available("mug")) in {4, 5}
