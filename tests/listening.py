"""Somebody who listens to the live stream: the door is knocked at as a server would, in the test's own event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass
class Heard:
    """A message as a browser sees it."""

    event: str
    id: str
    data: Any


@dataclass
class Ear:
    """An open stream. ``deaf``: takes nothing more until it is told to, as a reader whose line is full."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    over: bool = False
    asked: int = 0
    stream: asyncio.Future[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    async def send(self, message: Any) -> None:
        if not self._open.is_set():
            self.asked += 1
            self._news.set()
            await self._open.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message["body"]
            self.over = not message["more_body"]
        self._news.set()

    async def receive(self) -> Any:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    def hang_up(self) -> None:
        self._gone.set()
        self._open.set()

    def deafen(self) -> None:
        self._open.clear()

    def listen_again(self) -> None:
        self._open.set()

    def heard(self) -> list[Heard]:
        """Every whole message so far."""
        blocks = [block for block in self.body.decode().split("\n\n")[:-1] if "\ndata:" in block]
        return [_read(block) for block in blocks]

    def named(self, *events: str) -> list[Heard]:
        return [each for each in self.heard() if each.event in events]

    async def until(self, so: Callable[[Ear], Any]) -> None:
        """Listen until it is so."""
        try:
            async with asyncio.timeout(10):
                while not so(self):
                    await self._news.wait()
                    self._news.clear()
        except TimeoutError:
            raise AssertionError(f"it did not come about; heard was {self.heard()}") from None

    async def until_left(self) -> None:
        """Until the door has done with this stream."""
        assert self.stream is not None
        async with asyncio.timeout(10):
            await asyncio.wait([self.stream])

    async def until_ready(self) -> None:
        await self.until(lambda ear: ear.over or ear.named("ready"))


def _read(block: str) -> Heard:
    fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
    return Heard(fields.get("event", ""), fields.get("id", ""), json.loads(fields["data"]))


@asynccontextmanager
async def listening(
    app: Any, *topics: str, key: str | None = None, after: str | None = None, **headers: str
) -> AsyncIterator[Ear]:
    """Listen to these topics, from the moment the stream is open."""
    ear = Ear()
    query = [("topic", topic) for topic in topics] + ([("after", after)] if after is not None else [])
    sent = headers | ({"authorization": f"Bearer {key}"} if key else {})
    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": "GET",
        "path": "/live",
        "raw_path": b"/live",
        "root_path": "",
        "query_string": urlencode(query).encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    ear.stream = stream = asyncio.ensure_future(app(scope, ear.receive, ear.send))
    try:
        await ear.until_ready()
        yield ear
    finally:
        ear.hang_up()
        async with asyncio.timeout(10):
            await stream
