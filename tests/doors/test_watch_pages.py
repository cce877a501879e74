"""Watching for misuse, at the pages: what doors put on record, alerts with their evidence, and what is done."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from litestar.testing import TestClient

from doors.conftest import key
from doors.people import PASSWORD, file, fill, read, sign_in, toast
from onhand.access.people import admit
from onhand.access.watching import actions, queries
from onhand.access.watching.queries import AlertView
from onhand.access.watching.rules import Policy
from onhand.core.clock import utc_now
from onhand.core.database import connect
from onhand.core.events import fact, record
from onhand.doors.notices import NOTICES, Notices
from shop import Shop


def told(shop: Shop, kind: str) -> list[tuple[str, str, dict[str, Any], str]]:
    """The events of a kind: about whom, by whom, what, from where."""
    shop.db.commit()
    rows = shop.db.execute("SELECT subject, actor, data, origin FROM core_event WHERE kind = %s ORDER BY seq", (kind,))
    return [(subject, actor, data, origin) for subject, actor, data, origin in rows]


def alert(shop: Shop, url: str, who: str = "person/mallory", kind: str = "access.refused") -> AlertView:
    """Somebody was refused again and again, and it was noticed."""
    record(shop.db, [fact(kind, who, who, {"times": 400, "route": "people"})], utc_now())
    shop.db.commit()
    with connect(url, autocommit=True) as follower:
        actions.watch(follower, Policy(), utc_now())
        (found,) = queries.alerts(follower).items
        return found


def test_who_signs_in_is_on_record_with_from_where(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)

    ((subject, actor, data, origin),) = told(shop, "session.begun")
    assert (subject, actor) == ("person/ana", "person/ana")
    assert origin.startswith("web 127.0.0.1")
    assert len(data["device"]) == 16


def test_a_sign_in_that_fails_is_on_record_without_what_was_typed(browser: Client, shop: Shop) -> None:
    admit(shop.db, "ana", "owner", password=PASSWORD)
    shop.db.commit()
    browser.post("/account/login/", {"login": "ana", "password": "wrong"})
    browser.post("/account/login/", {"login": "hunter2-typed-here", "password": "wrong"})

    known, stranger = told(shop, "person.sign_in_failed")
    assert (known[0], stranger[0]) == ("person/ana", "stranger")
    assert "hunter2" not in str(stranger)
    assert known[2]["name"] != stranger[2]["name"]


def test_who_is_refused_a_page_is_noticed(browser: Client, shop: Shop, database_url: str) -> None:
    NOTICES.waiting()
    sign_in(browser, shop, "store_associate")
    for _ in range(3):
        browser.get("/watch")
    NOTICES.tell(lambda: connect(database_url))

    ((subject, _, data, origin),) = told(shop, "access.refused")
    assert (subject, data, origin) == ("person/ana", {"times": 3, "route": "watch"}, "web 127.0.0.1")


def test_a_keys_address_and_refusals_are_noticed(client: TestClient[Any], shop: Shop, database_url: str) -> None:
    NOTICES.waiting()
    client.headers["Authorization"] = f"Bearer {key(shop, 'noticed', ('read',))}"
    client.get("/api/v1/orders")
    client.get("/api/v1/orders")
    assert client.post("/api/v1/orders", json=[]).status_code == 403
    NOTICES.tell(lambda: connect(database_url))

    assert [subject for subject, *_ in told(shop, "key.used_from")] == ["key/noticed"]
    ((subject, _, data, _),) = told(shop, "access.refused")
    assert (subject, data["times"]) == ("key/noticed", 1)


def test_notices_are_few_however_many_there_are() -> None:
    notices = Notices()
    for number in range(5_000):
        notices.refused(f"person/{number}", "x", "", "web")
        notices.used("key/shop", f"10.0.{number % 7}.1")

    assert len(notices.waiting()) == 2_007
    assert notices.waiting() == []
    assert notices.tell(lambda: connect("postgresql://nobody@127.0.0.1:1/nothing")) == 0


def test_a_database_that_does_not_answer_loses_notices_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    notices = Notices()
    notices.refused("person/ana", "x", "", "web")

    assert notices.tell(lambda: connect("postgresql://nobody@127.0.0.1:1/nothing")) == 0
    assert "1 notices are lost" in caplog.text


def test_a_list_that_is_taken_out_is_on_record_with_its_rows(browser: Client, shop: Shop) -> None:
    shop.stock("mug", 3)
    sign_in(browser, shop)
    assert "mug" in file(browser.get("/stock/file.csv"))

    ((subject, actor, data, _),) = told(shop, "rows.exported")
    assert (subject, actor, data) == ("listing/stock", "person/ana", {"rows": 1, "personal": False})


def test_alerts_are_listed_and_shown_with_their_evidence(browser: Client, shop: Shop, database_url: str) -> None:
    sign_in(browser, shop, "administrator")
    assert "Nothing is out of the ordinary" in read(browser, "/watch")
    found = alert(shop, database_url)

    rows, page = read(browser, "/watch"), read(browser, f"/watch/{found.id}")

    assert "Refused again and again 400 times in ten minutes. person/mallory medium open" in rows
    assert "Somebody was refused person/mallory people" in page
    assert "Nothing is out of the ordinary" in read(browser, "/watch?view=closed")
    assert browser.get("/watch?view=odd").status_code == 404
    assert browser.get("/watch/999999").status_code == 404


def test_an_alert_is_taken_in_hand_and_closed_with_a_note(browser: Client, shop: Shop, database_url: str) -> None:
    sign_in(browser, shop, "administrator")
    found = alert(shop, database_url)

    taken = fill(browser, f"/watch/{found.id}/look-at")
    blank = fill(browser, f"/watch/{found.id}/close", note="")
    closed = fill(browser, f"/watch/{found.id}/close", note="An old bookmark.")

    assert (toast(taken)["words"], blank.status_code, toast(closed)["words"]) == (
        "It is yours.",
        422,
        "The alert is closed.",
    )
    page = read(browser, f"/watch/{found.id}")
    assert "Closed person/ana An old bookmark." in page
    assert "Take it in hand" not in page


def test_a_persons_sessions_are_ended_from_the_alert(browser: Client, shop: Shop, database_url: str) -> None:
    thief = sign_in(Client(), shop, "store_manager", name="mallory")
    sign_in(browser, shop, "administrator")
    found = alert(shop, database_url)
    assert thief.get("/stock").status_code == 200

    ended = fill(browser, f"/watch/{found.id}/end-sessions")

    assert toast(ended)["words"] == "The sessions have ended."
    assert thief.get("/stock").status_code == 302
    assert browser.get("/watch").status_code == 200
    ((_, actor, data, _),) = told(shop, "session.ended")
    assert (actor, data["person"]) == ("person/ana", "mallory")


def test_a_person_is_shut_out_and_a_key_revoked_from_the_alert(browser: Client, shop: Shop, database_url: str) -> None:
    admit(shop.db, "mallory", "store_manager", password=PASSWORD)
    key(shop, "shop")
    sign_in(browser, shop, "owner")
    person = alert(shop, database_url)
    shut = fill(browser, f"/watch/{person.id}/disable")
    assert toast(shut)["words"] == "They cannot sign in any more."
    assert browser.get(f"/watch/{person.id}/revoke").status_code == 404

    fill(browser, f"/watch/{person.id}/close", note="Gone.")
    record(shop.db, [fact("access.refused", "key/shop", "key/shop", {"times": 400})], utc_now())
    shop.db.commit()
    with connect(database_url, autocommit=True) as follower:
        actions.watch(follower, Policy(), utc_now())
        machine = queries.alerts(follower, state="open").items[0]
    revoked = fill(browser, f"/watch/{machine.id}/revoke")

    assert toast(revoked)["words"] == "The key opens nothing any more."
    assert browser.get(f"/watch/{machine.id}/disable").status_code == 404
    rows = shop.db.execute("SELECT is_active FROM access_person WHERE username = 'mallory'").fetchall()
    assert rows == [(False,)]
    assert told(shop, "key.revoked")[0][1] == "person/ana"
