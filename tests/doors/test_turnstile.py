"""However many strangers come, those who work here get their pages; who is too many is told so in words."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, cast

import pytest
from a2wsgi import WSGIMiddleware
from django.test import Client

from doors.people import sign_in
from doors.window import text
from onhand.core.clock import utc_now
from onhand.doors.cli.serving import PARTS_OF_A_FILE
from onhand.doors.turnstile import MOST, MOST_EACH, MOST_IN_A_FORM, SHARES, STRANGERS, THREADS, Turnstile, kind_of
from onhand.doors.web.shop.busy import busy
from onhand.doors.web.signin.passes import COOKIE, known, pass_of
from onhand.doors.web.statics import handed_out
from shop import Shop

SESSION = "sessionid"
TODAY = utc_now().date()
ANAS_PASS = pass_of("ana", TODAY)
SECONDS = 10


class Pages:
    """A WSGI application whose pages for others than those who work here are drawn only when a test lets them."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.drawing = 0
        self.most_at_once = 0
        self.lock = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        """Draw a page."""
        path = environ["PATH_INFO"]
        waits = bool(kind_of(path)) or not ("HTTP_COOKIE" in environ or path.startswith("/static/"))
        with self.lock:
            self.drawing += waits
            self.most_at_once = max(self.most_at_once, self.drawing)
        if waits:
            self.let.wait(SECONDS)
        with self.lock:
            self.drawing -= waits
        start_response("200 OK", [("content-type", "text/plain")])
        return iter([b"drawn"])


@pytest.fixture
def pages() -> Iterator[Pages]:
    """Pages that are let go at the end, whatever came of them."""
    drawn = Pages()
    yield drawn
    drawn.let.set()


def turnstile(pages: Any, **bounds: Any) -> Turnstile:
    """What stands before them, with as many real threads behind it as a serving process has."""
    drawn: Any = WSGIMiddleware(pages, workers=THREADS)
    return Turnstile(drawn, busy, known, {"/static/onhand/shop.css"}, **bounds)


def works_here() -> str:
    """The cookies of somebody who is signed in."""
    return f"{SESSION}=ana; {COOKIE}={ANAS_PASS}"


class Answer:
    """What came back."""

    def __init__(self, messages: list[Any]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.body = b"".join(each.get("body", b"") for each in messages[1:])


async def ask(
    door: Any, path: str, address: str = "192.0.2.1", parts: Sequence[bytes | None] = (b"",), **headers: str
) -> Answer:
    """Ask for a page from an address. ``parts``: what is sent, piece by piece; None for one that never comes."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST" if any(parts) else "GET",
        "scheme": "http",
        "server": ("shop", 80),
    }
    scope |= {"path": path, "raw_path": path.encode(), "query_string": b"", "headers": given}
    scope["client"] = (address, 4711)
    messages: list[Any] = []

    coming = list(parts)

    async def receive() -> Any:
        part = coming.pop(0)
        if part is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": part, "more_body": bool(coming)}

    async def send(message: Any) -> None:
        messages.append(message)

    await door(scope, receive, send)
    return Answer(messages)


async def until(so: Callable[[], bool]) -> None:
    """Let the loop and its threads go on until something is so."""
    async with asyncio.timeout(SECONDS / 2):
        while not so():  # noqa: ASYNC110 - threads set no event of the loop
            await asyncio.sleep(0)


def flooded(pages: Pages, then: Callable[[Any, list[asyncio.Task[Answer]]], Awaitable[None]], *paths: str) -> None:
    """Ask for pages of others than those who work here, many times each from many addresses; meanwhile do something."""

    async def story() -> None:
        door = turnstile(pages)
        asked = [
            asyncio.ensure_future(ask(door, path, f"192.0.2.{number % 200}"))
            for number in range(2 * MOST)
            for path in paths
        ]
        kinds = {kind_of(path) or STRANGERS for path in paths}
        drawn = sum(SHARES[kind] for kind in kinds)
        away = len(asked) - MOST * len(kinds)
        await until(lambda: pages.drawing == drawn and sum(each.done() for each in asked) == away)
        try:
            await then(door, asked)
        finally:
            pages.let.set()
            await asyncio.gather(*asked)

    asyncio.run(story())


def test_a_flood_of_window_pages_does_not_starve_the_house(pages: Pages) -> None:
    async def then(door: Any, _: list[asyncio.Task[Answer]]) -> None:
        theirs = (ask(door, "/orders", cookie=works_here()) for _ in range(20))
        found = await asyncio.wait_for(asyncio.gather(*theirs), SECONDS / 2)
        assert [each.status for each in found] == [200] * 20

    flooded(pages, then, "/shop", "/my/sign-in", "/account/login/")

    assert pages.most_at_once == sum(SHARES.values())


def test_a_flood_of_window_pages_does_not_starve_customers_own_pages(pages: Pages) -> None:
    async def then(door: Any, _: list[asyncio.Task[Answer]]) -> None:
        mine = asyncio.ensure_future(ask(door, "/my"))
        await until(lambda: pages.drawing == SHARES["shop"] + 1)
        pages.let.set()
        assert (await mine).status == 200

    flooded(pages, then, "/shop/goods/mug")


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "theme=dark",
        f"{SESSION}=ana",
        f"{COOKIE}={pass_of('ana', TODAY)}",
        f"{SESSION}=bea; {COOKIE}={pass_of('ana', TODAY)}",
    ],
)
@pytest.mark.parametrize("path", ["/account/login/", "/orders", "/"])
def test_whoever_brings_no_pass_of_their_session_waits_among_strangers(pages: Pages, path: str, cookie: str) -> None:
    async def then(door: Any, _: list[asyncio.Task[Answer]]) -> None:
        assert (await asyncio.wait_for(ask(door, path, cookie=cookie), SECONDS / 2)).status == 503

    flooded(pages, then, "/account/login/")

    assert pages.most_at_once == SHARES[STRANGERS]


def test_files_are_handed_out_whoever_asks(pages: Pages) -> None:
    async def then(door: Any, _: list[asyncio.Task[Answer]]) -> None:
        assert (await asyncio.wait_for(ask(door, "/static/onhand/shop.css"), SECONDS / 2)).status == 200

    flooded(pages, then, "/account/login/")


def test_what_only_looks_like_a_file_waits_among_strangers(pages: Pages) -> None:
    async def then(door: Any, _: list[asyncio.Task[Answer]]) -> None:
        for path in ("/static/nope", "/worker.jsX", "/favicon.icoX"):
            assert (await asyncio.wait_for(ask(door, path), SECONDS / 2)).status == 503

    flooded(pages, then, "/account/login/")


def test_every_file_of_ours_is_known_as_one() -> None:
    files = handed_out()

    assert {"/static/onhand/onhand.css", "/static/vendor/htmx-4.0.1/htmx.min.js", "/worker.js", "/favicon.ico"} <= files
    assert "/static/onhand/" not in files


@pytest.mark.parametrize("path", ["/account/login/", "/my/sign-in", "/shop/basket/put"])
def test_a_form_that_does_not_come_keeps_nobody_waiting(pages: Pages, path: str) -> None:
    async def story() -> tuple[list[Answer], Answer]:
        door = turnstile(pages, patience=0.5)
        idle = [asyncio.ensure_future(ask(door, path, parts=[b"login=", None])) for _ in range(MOST)]
        await asyncio.sleep(0)
        pages.let.set()
        other = await asyncio.wait_for(ask(door, path, parts=[b"login=", b"ana"]), SECONDS / 2)
        return await asyncio.gather(*idle), other

    idle, other = asyncio.run(story())

    assert other.status == 200
    assert {each.status for each in idle} == {408}


def test_more_than_a_form_holds_is_not_read_to_its_end(pages: Pages) -> None:
    answer = asyncio.run(ask(turnstile(pages), "/account/login/", parts=[b"x" * MOST_IN_A_FORM, b"x", b"x"]))

    assert answer.status == 413


def test_a_form_is_handed_on_whole() -> None:
    def echo(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("content-type", "text/plain")])
        return iter([environ["wsgi.input"].read()])

    answer = asyncio.run(ask(turnstile(echo), "/account/login/", parts=[b"login=", b"ana", b"&next=/"]))

    assert answer.body == b"login=ana&next=/"


def test_a_page_for_who_has_left_is_drawn_to_its_end() -> None:
    drawn = threading.Event()

    def long(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("content-type", "text/plain")])
        yield from [b"part"] * 100
        drawn.set()

    async def gone(_message: Any) -> None:
        raise RuntimeError("the connection is closed")

    async def nothing() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http"}
    scope |= {"path": "/shop", "query_string": b"", "headers": [], "server": ("shop", 80), "client": ("192.0.2.1", 1)}
    asyncio.run(turnstile(long)(scope, nothing, gone))

    assert drawn.is_set()


def test_no_thread_waits_until_somebody_has_taken_a_file() -> None:
    drawn = threading.Event()

    def file(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("content-type", "text/css")])
        yield from [b"x" * 8192] * 30
        drawn.set()

    async def takes_nothing(_message: Any) -> None:
        await asyncio.Event().wait()

    async def nothing() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def story() -> None:
        door: Any = WSGIMiddleware(cast("Any", file), workers=1, send_queue_size=PARTS_OF_A_FILE)
        scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http"}
        scope |= {"path": "/static/long.css", "query_string": b"", "headers": [], "server": ("shop", 80)}
        asking = asyncio.ensure_future(door(scope, nothing, takes_nothing))
        await until(drawn.is_set)
        asking.cancel()

    asyncio.run(story())

    assert drawn.is_set()


def test_the_pass_of_the_day_before_the_last_is_none() -> None:
    def brought(days: int) -> bool:
        held = f"{SESSION}=ana; {COOKIE}={pass_of('ana', TODAY - timedelta(days))}"
        return known({"headers": [(b"cookie", held.encode())]})

    assert [brought(days) for days in (0, 1, 2, 30)] == [True, True, False, False]


def test_before_the_house_it_is_said_in_the_houses_frame(pages: Pages) -> None:
    async def story() -> Answer:
        return await ask(turnstile(pages, most=0), "/account/login/", accept_language="es")

    answer = asyncio.run(story())

    page = answer.body.decode()
    assert (answer.status, answer.headers["content-language"]) == (503, "es")
    assert "Inténtelo de nuevo en unos segundos." in text(answer.body)
    assert '<html lang="es"' in page
    assert ("onhand/onhand.css" in page, 'class="search"' in page) == (True, False)


def test_who_signs_in_has_a_pass_and_leaves_it_when_they_go(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    session, held = browser.cookies[SESSION].value, browser.cookies[COOKIE]

    assert held.value == pass_of(session, TODAY)
    assert held["httponly"]
    assert COOKIE not in browser.get("/home").cookies
    browser.post("/account/logout/")
    assert browser.cookies[COOKIE].value == ""


def test_who_was_signed_in_before_there_were_passes_is_given_one(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    del browser.cookies[COOKIE]

    browser.get("/home")

    assert browser.cookies[COOKIE].value == pass_of(browser.cookies[SESSION].value, TODAY)


def test_who_waits_gets_their_page_and_who_is_too_many_is_told_at_once(pages: Pages) -> None:
    async def then(_: Any, asked: list[asyncio.Task[Answer]]) -> None:
        away = [each.result() for each in asked if each.done()]
        assert {(each.status, each.headers["retry-after"]) for each in away} == {(503, "5")}
        assert len(away) == MOST
        pages.let.set()
        assert [each.status for each in await asyncio.gather(*asked)].count(200) == MOST

    flooded(pages, then, "/shop")


def test_one_source_leaves_room_for_others(pages: Pages) -> None:
    async def story() -> None:
        door = turnstile(pages)
        # Of one network of IPv6 whoever has it may use any address.
        asked = [asyncio.ensure_future(ask(door, "/shop", f"2001:db8:1:1::{number:x}")) for number in range(MOST)]
        other = asyncio.ensure_future(ask(door, "/shop", "2001:db8:1:2::1"))
        await until(lambda: sum(each.done() for each in asked) == MOST - MOST_EACH)
        pages.let.set()
        assert [each.status for each in await asyncio.gather(*asked)].count(200) == MOST_EACH
        assert (await other).status == 200

    asyncio.run(story())


@pytest.mark.parametrize(
    ("path", "headers", "language", "said"),
    [
        ("/shop/goods/mug", {}, "en", "Try again in a few seconds."),
        ("/shop/es/goods/mug", {"accept_language": "en"}, "es", "Inténtelo de nuevo en unos segundos."),
        ("/shop", {"accept_language": "pt-BR,pt;q=0.9"}, "pt-br", "Tente de novo em alguns segundos."),
        ("/my/sign-in", {"cookie": "django_language=es", "accept_language": "en"}, "es", "Inténtelo de nuevo"),
    ],
)
def test_it_is_said_in_the_windows_frame_and_the_readers_language(
    pages: Pages, path: str, headers: dict[str, Any], language: str, said: str
) -> None:
    async def story() -> Answer:
        return await ask(turnstile(pages, most=0), path, **headers)

    answer = asyncio.run(story())

    assert answer.status == 503
    assert answer.headers["content-language"] == language
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert said in text(answer.body)
    assert f'<html lang="{language}"' in answer.body.decode()
    assert 'class="search"' in answer.body.decode(), "the window's frame"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *(("/shop", "shop"), ("/shop/es/basket", "shop"), ("/robots.txt", "shop"), ("/sitemap.xml", "shop")),
        *(("/my", "my"), ("/my/orders/web/N1", "my"), ("/shopping", ""), ("/mystery", ""), ("/", ""), ("/orders", "")),
    ],
)
def test_whose_page_a_path_is(path: str, kind: str) -> None:
    assert kind_of(path) == kind
