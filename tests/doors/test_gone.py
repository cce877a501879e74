"""Who may listen no longer is out of the live stream within a second, at either door."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from doors.people import PASSWORD
from onhand.access import keys
from onhand.access.people import admit, let_in, set_password
from onhand.access.signin import sessions
from onhand.core.clock import utc_now
from serving import Served
from shop import Shop


@pytest.fixture
def server_settings() -> dict[str, str]:
    return {"ONHAND_LOG_LEVEL": "error"}


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def signed_in(served: Served, shop: Shop, opened: ExitStack) -> httpx.Client:
    admit(shop.db, "ana", "owner", password=PASSWORD)
    shop.db.commit()
    browser = opened.enter_context(httpx.Client(base_url=served.client.base_url, timeout=30))
    browser.get("/account/login/")
    token = browser.cookies["csrftoken"]
    answer = browser.post("/account/login/", data={"login": "ana", "password": PASSWORD, "csrfmiddlewaretoken": token})
    assert answer.status_code == 302
    return browser


def seconds_until_out(listen: httpx.Client, path: str, deed: Callable[[], object], **facts: Any) -> float:
    """For how long somebody who listens hears on after a deed."""
    ready, out = threading.Event(), threading.Event()

    def hear() -> None:
        with listen.stream("GET", path, **facts) as answer:
            assert answer.status_code == 200
            for line in answer.iter_lines():
                if line == "event: ready":
                    ready.set()
        out.set()

    thread = threading.Thread(target=hear)
    thread.start()
    assert ready.wait(10)
    began = time.monotonic()
    deed()
    assert out.wait(10)
    thread.join()
    return time.monotonic() - began


def person(shop: Shop) -> int:
    row = shop.db.execute("SELECT id FROM access_person WHERE username = 'ana'").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("deed", ["signs out", "is ended", "is disabled", "gets another password"])
def test_whose_session_has_ended_is_out_within_a_second(
    served: Served, shop: Shop, opened: ExitStack, deed: str
) -> None:
    browser = signed_in(served, shop, opened)
    other = opened.enter_context(httpx.Client(base_url=browser.base_url, cookies=browser.cookies, timeout=30))

    def done() -> None:
        if deed == "signs out":
            token = other.cookies["csrftoken"]
            other.post("/account/logout/", data={"csrfmiddlewaretoken": token}, headers={"X-CSRFToken": token})
        elif deed == "is ended":
            sessions.end(shop.db, person(shop), actor="operator/x", reason="test", now=utc_now())
        elif deed == "is disabled":
            admit(shop.db, "max", "owner")
            let_in(shop.db, "ana", allowed=False, actor="operator/x", now=utc_now())
        else:
            set_password(shop.db, "ana", actor="operator/x")
        shop.db.commit()

    assert seconds_until_out(browser, "/live?topic=events", done) < 1.5
    assert browser.get("/overview").status_code == 302
    assert browser.get("/live?topic=events").status_code == 401


def test_whose_key_was_revoked_is_out_within_a_second(served: Served, shop: Shop) -> None:
    text = keys.create(shop.db, "till", ["read"])
    shop.db.commit()

    def revoked() -> None:
        keys.revoke(shop.db, "till")
        shop.db.commit()

    with httpx.Client(base_url=served.client.base_url, timeout=30) as till:
        headers = {"Authorization": f"Bearer {text}"}
        assert seconds_until_out(till, "/live?topic=events", revoked, headers=headers) < 1.5
