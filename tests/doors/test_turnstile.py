"""However many look at the shop window, those who work here get their pages; who is too many is told so in words."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from a2wsgi import WSGIMiddleware

from doors.window import text
from onhand.doors.turnstile import MOST, MOST_EACH, SHARES, THREADS, Turnstile, kind_of
from onhand.doors.web.shop.busy import busy

SECONDS = 10


class Pages:
    """A WSGI application whose customers' pages are drawn only when a test lets them."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.drawing = 0
        self.most_at_once = 0
        self.lock = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        """Draw a page."""
        customers = bool(kind_of(environ["PATH_INFO"]))
        with self.lock:
            self.drawing += customers
            self.most_at_once = max(self.most_at_once, self.drawing)
        if customers:
            self.let.wait(SECONDS)
        with self.lock:
            self.drawing -= customers
        start_response("200 OK", [("content-type", "text/plain")])
        return iter([b"drawn"])


@pytest.fixture
def pages() -> Iterator[Pages]:
    """Pages that are let go at the end, whatever came of them."""
    drawn = Pages()
    yield drawn
    drawn.let.set()


def turnstile(pages: Pages, **bounds: int) -> Turnstile:
    """What stands before them, with as many real threads behind it as a serving process has."""
    drawn: Any = WSGIMiddleware(pages, workers=THREADS)
    return Turnstile(drawn, busy, **bounds)


class Answer:
    """What came back."""

    def __init__(self, messages: list[Any]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.body = b"".join(each.get("body", b"") for each in messages[1:])


async def ask(door: Any, path: str, address: str = "192.0.2.1", **headers: str) -> Answer:
    """Ask for a page from an address."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "server": ("shop", 80),
    }
    scope |= {"path": path, "raw_path": path.encode(), "query_string": b"", "headers": given}
    scope["client"] = (address, 4711)
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

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
    """Ask for customers' pages, many times each from many addresses, and while they wait do something."""

    async def story() -> None:
        door = turnstile(pages)
        asked = [
            asyncio.ensure_future(ask(door, path, f"192.0.2.{number % 200}"))
            for number in range(2 * MOST)
            for path in paths
        ]
        kinds = {kind_of(path) for path in paths}
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
        found = await asyncio.wait_for(asyncio.gather(*(ask(door, "/orders") for _ in range(20))), SECONDS / 2)
        assert [each.status for each in found] == [200] * 20

    flooded(pages, then, "/shop", "/my/sign-in")

    assert pages.most_at_once == sum(SHARES.values())


def test_a_flood_of_window_pages_does_not_starve_customers_own_pages(pages: Pages) -> None:
    async def then(door: Any, _: list[asyncio.Task[Answer]]) -> None:
        mine = asyncio.ensure_future(ask(door, "/my"))
        await until(lambda: pages.drawing == SHARES["shop"] + 1)
        pages.let.set()
        assert (await mine).status == 200

    flooded(pages, then, "/shop/goods/mug")


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
    pages: Pages, path: str, headers: dict[str, str], language: str, said: str
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
