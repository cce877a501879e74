"""The machines' door, held open to a client with a key for everything; a shop with ten mugs behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.test.utils import override_settings
from litestar.testing import TestClient

from letterbox import Mailbox, mailbox
from onhand.access.keys import SCOPES
from onhand.access.keys import create as create_key
from onhand.core.database import Connection, Readers, connect
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.doors.api.document import document
from onhand.doors.api.masters import KINDS
from onhand.doors.web import house
from onhand.doors.web.shop import goods
from onhand.flows.registry import FLOWS
from serving import Served, serving
from shop import Shop


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    """A mail server that keeps what it is given."""
    with mailbox() as found:
        yield found


@pytest.fixture
def client(shop: Shop, database_url: str) -> Iterator[TestClient[Any]]:
    shop.stock("mug", 10)
    writer, readers = Writer(lambda: connect(database_url), FLOWS), Readers(database_url)
    readers.open()
    writer.start()
    with TestClient(api.create(writer, readers), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {key(shop, 'all')}"
        yield client
    writer.stop()
    readers.close()


@pytest.fixture(autouse=True)
def window_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page of the window shows what another one has just read: here, a test changes it in between."""
    monkeypatch.setattr(goods.sights, "seconds", 0)


@pytest.fixture
def browser(shop: Shop, database_url: str) -> Iterator[Client]:
    """Somebody's browser, nobody signed in yet; what they ask for is carried out by a writer."""
    # Unlike a server, Django's test client does not look whether the connection it kept is still alive.
    connections.close_all()
    cache.clear()
    writer, readers = Writer(lambda: connect(database_url), FLOWS), Readers(database_url)
    readers.open()
    writer.start()
    house.open_for(writer, readers)
    yield Client()
    writer.stop()
    readers.close()
    connections.close_all()


@pytest.fixture
def server_settings() -> dict[str, str]:
    """What the server of ``served`` is told besides; a file that needs other settings has a fixture of this name."""
    return {}


@pytest.fixture
def served(db: Connection, database_url: str, mail: Mailbox, server_settings: dict[str, str]) -> Iterator[Served]:
    """A server in processes of its own, whose letters go to ``mail``."""
    settings: dict[str, Any] = {"ONHAND_SMTP_URL": mail.url, "ONHAND_LOG_LEVEL": "warning", **server_settings}
    with serving("serve", url=database_url, **settings) as served:
        yield served
        assert served.stop() == 0


@pytest.fixture
def settings_of() -> Iterator[Any]:
    """Let settings of Django hold for as long as a test."""
    with ExitStack() as stack:
        yield lambda **wanted: stack.enter_context(override_settings(**wanted))


def key(shop: Shop, name: str, scopes: Iterable[str] = tuple(SCOPES), per_second: int = 0) -> str:
    text = create_key(shop.db, name, scopes, per_second)
    shop.db.commit()
    return text


def shown(name: str) -> tuple[str, Any]:
    """Where an operation stands in the document, and the request it shows there."""
    for path, item in document()["paths"].items():
        for operation in item.values():
            if operation["operationId"] == name:
                return path, operation["requestBody"]["content"]["application/json"]["example"]
    raise LookupError(name)


# In the order in which a shop comes to be.
SETTING_UP = [f"save-{path}" for path in KINDS]
TRADING = [
    f"{verb}-one"
    for verb in (
        "receipts",
        "orders",
        "order-amendments",
        "order-cancellations",
        "order-steps",
        "returns",
        "cart-holds",
        "expected-supplies",
        "supply-amendments",
        "moves",
        "transfers",
        "adjustments",
        "thresholds",
    )
]


@pytest.fixture
def furnished(client: TestClient[Any], shop: Shop) -> TestClient[Any]:
    """The shop of the document's examples, each request it shows done once."""
    client.post("/api/v1/categories", json=[{"code": "kitchen", "name": "Kitchen"}])
    for name in [*SETTING_UP, *TRADING]:
        path, body = shown(name)
        answer = client.post(path, json=body, headers={"Idempotency-Key": name})
        assert answer.status_code in {200, 201}, (name, answer.text)
        if name in SETTING_UP:
            assert [line["status"] for line in answer.json()] == [200], (name, answer.text)
    return client
