"""Sessions: new at signing in, dead within a second of their end, and their cookies travel over nothing but https.

Two serving processes share a port. People sign in; their sessions are then ended in every way there is (signing out,
ending one from elsewhere, a new password, an account disabled), while each holds an ear to the live stream and asks
pages on connections of their own, so that both processes are asked. It holds when, in every case, no page and no stream
answers a second after the end; when no session keeps the name it had before signing in; and when every cookie of a
house at an https address is ``__Host-``, Secure, HttpOnly and SameSite.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

from onhand.access.people import admit, let_in, set_password
from onhand.access.signin import sessions
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.doors.cli.bench.stage import HOST, served
from onhand.doors.cli.schema import introduce
from proofs.figures import Figure, fresh_database

TITLE = "sessions: new at signing in, dead a second after their end at both doors, cookies of our own"
ENDS = ("signed out", "ended from elsewhere", "new password", "disabled")
MOST_SECONDS = 1.0
PASSWORD = "a-prover-at-dawn"  # noqa: S105 - of an account that lives for a minute


def prove(short: bool) -> Figure:
    """Each way of ending, so many times; in short once."""
    rounds = 1 if short else 10
    slowest, kept, faults = 0.0, 0, []
    with fresh_database() as url, connect(url) as db:
        introduce(url)
        admit(db, "master", "owner", password=PASSWORD)
        db.commit()
        with served(url, None, 2) as server:
            for number in range(rounds):
                for how in ENDS:
                    seconds, same = _one(db, f"http://{HOST}:{server.port}", f"{how.split()[0]}{number}", how)
                    slowest, kept = max(slowest, seconds), kept + same
        with served(
            url, None, 1, ONHAND_PUBLIC_ADDRESS="https://onhand.example", ONHAND_TRUSTED_PROXIES="127.0.0.1"
        ) as server:
            faults = _cookies(f"http://{HOST}:{server.port}")
    passed = slowest <= MOST_SECONDS and not kept and not faults
    told = f"{rounds * len(ENDS)} ends, the slowest heard after {slowest:.2f} s; {kept} sessions kept their name; "
    return Figure(37, TITLE, passed=passed, figure=told + f"{len(faults)} cookies at fault{''.join(faults[:1])}")


def _one(db: Connection, address: str, name: str, how: str) -> tuple[float, bool]:
    made = admit(db, name, "owner", password=PASSWORD)
    if refused(made):
        raise AssertionError(made.detail)
    db.commit()
    with httpx.Client(base_url=address, timeout=30) as browser:
        before = _planted(browser)
        _sign_in(browser, name)
        seconds = _until_out(browser, lambda: _end(db, browser, name, how))
        return seconds, browser.cookies.get("sessionid") == before


def _planted(browser: httpx.Client) -> str | None:
    """A session from before signing in, as somebody might plant one."""
    browser.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"})
    return browser.cookies.get("sessionid")


def _sign_in(browser: httpx.Client, name: str) -> None:
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/account/login/").text)[:1]
    answer = browser.post("/account/login/", data={"csrfmiddlewaretoken": token, "login": name, "password": PASSWORD})
    if answer.status_code != 302:
        raise AssertionError(f"{name} could not sign in ({answer.status_code})")


def _end(db: Connection, browser: httpx.Client, name: str, how: str) -> None:
    row = db.execute("SELECT id FROM access_person WHERE username = %s", (name,)).fetchone()
    number = row[0] if row else 0
    if how == "signed out":
        token = browser.cookies["csrftoken"]
        with httpx.Client(base_url=browser.base_url, cookies=browser.cookies, timeout=30) as other:
            other.post("/account/logout/", headers={"X-CSRFToken": token})
    elif how == "ended from elsewhere":
        sessions.end(db, number, actor="system", reason="proof", now=utc_now())
    elif how == "new password":
        set_password(db, name)
    else:
        let_in(db, name, allowed=False, actor="system", now=utc_now())
    db.commit()


def _until_out(browser: httpx.Client, deed: Callable[[], None]) -> float:
    """For how long after its end a session still opened a page, or heard the stream."""
    ready, ended = threading.Event(), [0.0]

    def hear() -> None:
        with (
            httpx.Client(base_url=browser.base_url, cookies=browser.cookies, timeout=30) as ear,
            ear.stream("GET", "/live?topic=events") as answer,
        ):
            for line in answer.iter_lines():
                if line == "event: ready":
                    ready.set()
        ended[0] = time.monotonic()

    thread = threading.Thread(target=hear)
    thread.start()
    if not ready.wait(20):
        raise AssertionError("the stream did not begin")
    deed()
    began, last = time.monotonic(), 0.0
    while thread.is_alive() or time.monotonic() - began < MOST_SECONDS:
        if any(_opens(browser) for _ in range(2)):
            last = time.monotonic() - began
        if time.monotonic() - began > 10 * MOST_SECONDS:
            break
    thread.join(10)
    return max(last, ended[0] - began)


def _opens(browser: httpx.Client) -> bool:
    """A new connection each time: the system hands it to either process."""
    cookies: Any = {"sessionid": browser.cookies["sessionid"]}
    return httpx.get(f"{browser.base_url}/overview", cookies=cookies, timeout=30).status_code == 200


def _cookies(address: str) -> list[str]:
    with httpx.Client(base_url=address, headers={"X-Forwarded-Proto": "https"}, timeout=30) as browser:
        page = browser.get("/account/login/")
        (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[:1]
        cookies = {"__Host-csrftoken": str(page.cookies.get("__Host-csrftoken", ""))}
        data = {"csrfmiddlewaretoken": token, "login": "master", "password": PASSWORD}
        answer = httpx.post(
            f"{address}/account/login/",
            data=data,
            cookies=cookies,
            headers={"X-Forwarded-Proto": "https", "Origin": "https://onhand.example"},
            timeout=30,
        )
    given = [*page.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]
    if not any(each.startswith("__Host-sessionid=") for each in given):
        return [": no session was begun"]
    wanted = ("Secure", "HttpOnly", "SameSite=Lax", "Path=/")
    return [f": {each}" for each in given if not each.startswith("__Host-") or any(part not in each for part in wanted)]
