"""Text messages, by a provider built from Twilio's published Messages resource."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from messages.conftest import letter
from onhand.access.people import admit
from onhand.connect.sms.twilio import Twilio, account
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.settings import BadSetting, read
from onhand.doors.jobs.postman import Postman
from onhand.messages.actions import post
from onhand.messages.alerts import preferences
from onhand.messages.queries import letters
from serving import free_port

SID, TOKEN, SENDER = "AC0123456789", "secret/token", "+15017122661"


class Provider:
    """What was texted, and what is answered to the next: by default that it is queued."""

    def __init__(self) -> None:
        self.texted: list[dict[str, str]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.url = ""


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True)
            name, _, token = b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode().partition(":")
            status, said = self._answer(name, token)
            if status == 201:
                found.texted.append({key: values[0] for key, values in body.items()})
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _answer(self, name: str, token: str) -> tuple[int, dict[str, Any]]:
            if (name, token) != (SID, TOKEN):
                return 401, {"code": 20003, "message": "Authenticate", "status": 401}
            if self.path != f"/2010-04-01/Accounts/{SID}/Messages.json":
                return 404, {"code": 20404, "message": "not found", "status": 404}
            return found.answers.pop(0) if found.answers else (201, {"sid": "SM42", "status": "queued"})

        def log_message(self, *_: object) -> None:
            """The tests need no log of it."""

    port = free_port()
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://{SID}:secret%2Ftoken@127.0.0.1:{port}"
    yield found
    server.shutdown()
    server.server_close()


def deliver(database_url: str, url: str, now: datetime | None = None) -> None:
    postman = Postman(
        lambda: connect(database_url, autocommit=True),
        {"sms": Twilio(account(url, SENDER))},
        keeps=True,
        clock=lambda: now or utc_now(),
    )
    with connect(database_url, autocommit=True) as own:
        postman.deliver(own)
    postman.stop()


def state(db: Connection) -> tuple[str, str]:
    db.commit()
    (found,) = letters(db).items
    return found.state, found.said


def text_to(db: Connection, to: str = "+34 600 123 456") -> None:
    post(db, [letter(to, channel="sms")], actor="system")
    db.commit()


def test_a_text_is_handed_over_with_its_number_and_the_short_of_the_letter(
    db: Connection, database_url: str, provider: Provider
) -> None:
    text_to(db)

    deliver(database_url, provider.url)

    assert state(db) == ("sent", "queued")
    assert provider.texted == [
        {
            "To": "+34600123456",
            "From": SENDER,
            "Body": "Harbour Goods, order W-1: It has been shipped. https://shop.example/W-1",
        }
    ]
    assert db.execute("SELECT reference FROM messages_letter").fetchone() == ("SM42",)


@pytest.mark.parametrize(
    ("status", "said", "becomes"),
    [
        (400, {"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}, "given_up"),
        (429, {"code": 20429, "message": "Too Many Requests", "status": 429}, "failed"),
        (503, {}, "failed"),
        (201, {"sid": "SM1", "status": "undelivered", "error_message": "no such number"}, "given_up"),
    ],
)
def test_what_the_provider_refuses_is_tried_again_or_given_up(
    db: Connection, database_url: str, provider: Provider, status: int, said: dict[str, Any], becomes: str
) -> None:
    provider.answers = [(status, said)]
    text_to(db)

    deliver(database_url, provider.url)

    assert state(db)[0] == becomes


def test_a_wrong_token_is_the_houses_fault_and_the_letter_waits(
    db: Connection, database_url: str, provider: Provider
) -> None:
    text_to(db)

    deliver(database_url, provider.url.replace("secret", "other"))

    assert state(db) == ("failed", "401 20003 Authenticate")


def test_people_are_texted_at_the_number_they_said_which_is_sealed(
    db: Connection, database_url: str, provider: Provider
) -> None:
    admit(db, "ana", "store_manager", password="a-quiet-harbour-9")
    preferences.set_phone(db, "ana", "+351 910 000 000")
    text_to(db, "person/ana")

    deliver(database_url, provider.url)

    assert provider.texted[0]["To"] == "+351910000000"
    assert "910" not in str(db.execute("SELECT number FROM messages_phone").fetchall())
    preferences.set_phone(db, "ana", "")
    assert preferences.phones(db, ["ana"]) == {}


@pytest.mark.parametrize("url", ["ftp://a:b@c", "https://api.twilio.com", "http://a:b@api.twilio.com"])
def test_an_address_that_is_none_stops_the_start(url: str) -> None:
    with pytest.raises(BadSetting, match="ONHAND_SMS_URL"):
        read({"ONHAND_SMS_URL": url, "ONHAND_SMS_FROM": SENDER})
    with pytest.raises(BadSetting, match="ONHAND_SMS_FROM"):
        read({"ONHAND_SMS_URL": "https://a:b@api.twilio.com"})
