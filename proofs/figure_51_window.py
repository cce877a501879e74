"""A thousand customers look at one product while it sells out: all see the end at once, and nobody buys what is gone.

Each has the page's stream open. Buyers, twice as many as there are pieces, order through the machines' door as fast as
they can, a few more by the window's own form; meanwhile customers load the product's page. When the last piece is gone
every one of those who look must have been told so within a second.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from multiprocessing.connection import Connection
from typing import cast

import httptools
import httpx
import msgspec
import uvloop

from onhand.access.keys import create as create_key
from onhand.catalog.actions import save_products
from onhand.catalog.records import ProductRecord, SkuPriceRecord, SkuRecord
from onhand.core.asks import Ask
from onhand.core.clock import utc_now
from onhand.core.database import connect
from onhand.flows import commands as c
from onhand.flows.receive import receive
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord
from proofs.clients import HOST, Answer, Callers, percentile
from proofs.elsewhere import elsewhere
from proofs.figures import Figure, broken, own_server, worst
from serving import free_port, serving

TITLE = "a product sells out before those who look at it"
WATCHERS, PIECES, AT_THE_WINDOW, PAGES_A_SECOND = 1_000, 400, 10, 15
MOST_SECONDS, P95_PAGE_SECONDS = 1.0, 0.2
# A few pages beside everything else that tests do at the time say little about how fast they are.
P95_IN_SHORT = 5.0
KNOCKING = 100
SKU = "last-one"
# Made once: to make it takes as long as a dozen pages, of a core that the server needs.
_TRUST = ssl.create_default_context()
PAGE = f"GET /shop/goods/{SKU} HTTP/1.1\r\nHost: proof\r\nAccept-Encoding: gzip\r\n\r\n".encode()


class Ear(asyncio.Protocol):
    """One customer's stream: what it was told last, and when."""

    def __init__(self) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.state, self.told_at, self.told = "", 0.0, 0
        self._rest, self._parser = b"", httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask to be told."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(f"GET /live?topic=shop:{SKU} HTTP/1.1\r\nHost: proof\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Note what is said."""
        *whole, self._rest = (self._rest + body).split(b"\n\n")
        for message in whole:
            if message.startswith(b"event: shelf"):
                said = msgspec.json.decode(message.partition(b"data: ")[2])
                self.state, self.told_at, self.told = said["send"]["state"], time.monotonic(), self.told + 1
            elif message.startswith(b"event: ready") and not self.ready.done():
                self.ready.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        """The stream broke off."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(self._rest.decode("utf-8", "replace")))


@dataclass
class Seen:
    """What came of it."""

    ears: list[Ear] = field(default_factory=list)
    orders: list[Answer] = field(default_factory=list)
    pages: list[Answer] = field(default_factory=list)
    over_at: float = 0.0
    at_the_window: int = 0

    @property
    def granted(self) -> int:
        """Pieces that were sold."""
        return sum(each.status == 201 for each in self.orders) + self.at_the_window


def prove(short: bool) -> Figure:
    """A thousand who look, 800 who buy; in short a hundred, and eighty."""
    watchers, pieces = (100, 40) if short else (WATCHERS, PIECES)
    with own_server() as server:
        key, port = _set_up(server.url, pieces), free_port()
        settings = {"ONHAND_SHOP_STREAMS_EACH": "100000", "ONHAND_LOG_LEVEL": "error"}
        with serving("serve", url=server.url, port=port, **settings) as served:
            seen = uvloop.run(_story(port, key, watchers, pieces))
            served.stop()
        with connect(server.url) as db:
            faults = broken(db)
    late = [each.told_at - seen.over_at for each in seen.ears]
    wrong = sum(each.state != "gone" for each in seen.ears)
    p95 = percentile([each.seconds for each in seen.pages], 0.95)
    lost = sum(each.status != 200 for each in seen.pages)
    soon = max(late) <= MOST_SECONDS and p95 <= (P95_IN_SHORT if short else P95_PAGE_SECONDS)
    held = soon and not wrong and not lost and seen.granted == pieces
    said = (
        f"{pieces:,} pieces, {len(seen.orders) + AT_THE_WINDOW:,} buyers: {seen.granted:,} sold;"
        f" {len(seen.ears):,} look on, {wrong} of them were not told that it is gone, the last"
        f" {max(0.0, *late):.2f} s after the last sale was answered, after {seen.ears[0].told} messages;"
        f" its page meanwhile: {len(seen.pages)} loads, p95 {p95 * 1000:.0f} ms, {lost} refused"
    )
    return Figure(51, TITLE, passed=held and not faults, figure=said + worst(faults))


def _set_up(url: str, pieces: int) -> str:
    """A shop with so many pieces of one product; a key for the buyers."""
    now = utc_now()
    with connect(url) as db:
        save_sites(db, [SiteRecord("depot", "Depot", "warehouse", "GB", "Europe/London", "GBP")])
        save_channels(db, [ChannelRecord("web", "Web shop", "web", "GBP", backorders=False)])
        price = [SkuPriceRecord("GBP", Decimal(9))]
        save_products(db, [ProductRecord(SKU, "The last one", skus=[SkuRecord(SKU, prices=price)])])
        receive(db, [Ask(c.Receive("depot", [c.ReceivedLine(SKU, Decimal(pieces))]), "proof")], now)
        return create_key(db, "buyers", ["orders"])


async def _story(port: int, key: str, watchers: int, pieces: int) -> Seen:
    seen, loop, knocking = Seen(), asyncio.get_running_loop(), asyncio.Semaphore(KNOCKING)

    async def look() -> Ear:
        async with knocking:
            _, ear = await loop.create_connection(Ear, HOST, port)
            await ear.ready
            return ear

    seen.ears = await asyncio.gather(*(look() for _ in range(watchers)))
    callers = Callers(port)
    with elsewhere(_be_who_have_just_heard, port) as loading:
        loading.send("begin")
        await asyncio.sleep(1.0)
        at_the_window = [asyncio.ensure_future(_come_to_the_window(port, number)) for number in range(AT_THE_WINDOW)]
        buying = [_buy(callers, key, number, seen) for number in range(2 * pieces)]
        await asyncio.gather(*buying)
        seen.at_the_window = sum(await asyncio.gather(*at_the_window))
        await asyncio.sleep(MOST_SECONDS + 1.0)
        loading.send("enough")
        seen.pages = await asyncio.to_thread(loading.recv)
    callers.close()
    for ear in seen.ears:
        ear.transport.close()
    return seen


async def _buy(callers: Callers, key: str, number: int, seen: Seen) -> None:
    """Buy one piece, some time in the next seconds."""
    await asyncio.sleep(number / 200)
    body = msgspec.json.encode({"channel": "web", "number": f"P{number}", "lines": [{"sku": SKU, "quantity": "1"}]})
    head = (
        f"POST /api/v1/orders HTTP/1.1\r\nHost: proof\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: P{number}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    answer = await callers.insist(head.encode() + body, times=5)
    seen.orders.append(answer)
    if answer.status == 201:
        seen.over_at = time.monotonic()


def _be_who_have_just_heard(pipe: Connection, port: int) -> None:
    """Load the page again and again, at a steady rate, until it is enough; tells how that went."""

    async def load() -> list[Answer]:
        callers, pages = Callers(port), list[Answer]()

        async def one() -> None:
            pages.append((await callers.ask(PAGE))._replace(body=b""))

        # A server that has drawn no page yet compiles its templates first.
        await callers.ask(PAGE)
        pipe.send("ready")
        await asyncio.to_thread(pipe.recv)
        async with asyncio.TaskGroup() as loads:
            while not pipe.poll():
                loads.create_task(one())
                await asyncio.sleep(1 / PAGES_A_SECOND)
        callers.close()
        return pages

    pipe.send(uvloop.run(load()))


async def _come_to_the_window(port: int, number: int) -> bool:
    """Buy one piece by the form, as one of five a second; whether it was had."""
    await asyncio.sleep(number / 5)
    return await asyncio.to_thread(_buy_by_form, port)


def _buy_by_form(port: int) -> bool:
    """Buy one piece as a customer does: page, basket, form; whether it was had."""
    with httpx.Client(base_url=f"http://{HOST}:{port}", timeout=30, follow_redirects=True, verify=_TRUST) as browser:
        found = partial(_field, browser.get(f"/shop/goods/{SKU}").text)
        facts = {"csrfmiddlewaretoken": found("csrfmiddlewaretoken"), "sku": SKU, "quantity": "1", "more": "1"}
        basket = browser.post("/shop/basket/put", data=facts).text
        form = {name: _field(basket, name) for name in ("csrfmiddlewaretoken", "key")}
        form |= {"email": "ana@example.com", "name": "Ana", "country": "GB", "way": "send"}
        form |= {"street": "12 Mill Lane", "postcode": "N1", "town": "London"}
        return "/shop/order/" in str(browser.post("/shop/basket/place", data={**form, "pay": "invoice"}).url)


def _field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found.group(1) if found else ""
