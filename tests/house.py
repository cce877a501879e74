"""A house to knock at: both doors and the vitals over a real database, in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar.testing import TestClient

from onhand.core.database import Readers, connect
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.doors.api.live.stream import Live
from onhand.doors.api.porter import Porter
from onhand.doors.cli import schema
from onhand.doors.root import Root
from onhand.doors.traffic import Traffic
from onhand.doors.vitals import Vitals
from onhand.flows.registry import FLOWS


class House:
    """What a serving process consists of, within reach."""

    def __init__(self, url: str) -> None:
        self.writer = Writer(lambda: connect(url), FLOWS)
        self.readers = Readers(url, most=4)
        self.watchers = Readers(url, most=2)
        vitals = Vitals(self.writer, self.watchers, schema.missing)
        machines = api.create(self.writer, self.readers)
        self.live: Live = machines.state["live"]
        self.root: Any = Traffic(Root(Porter(machines, self.writer), people, vitals))
        self.client: TestClient[Any] = TestClient(self.root, raise_server_exceptions=False)


async def people(scope: Any, receive: Any, send: Any) -> None:
    """Stands in for the pages, which have their own tests."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def open_house(url: str) -> Iterator[House]:
    """A house for as long as it is needed."""
    house = House(url)
    house.readers.open()
    house.watchers.open()
    house.writer.start()
    try:
        yield house
    finally:
        house.writer.stop()
        house.watchers.close()
        house.readers.close()
