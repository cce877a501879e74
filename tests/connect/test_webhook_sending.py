"""One post: where it goes, what bounds it, and that nothing leads it into a private network."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from connect.certificates import certificate_for
from onhand.connect.webhooks import sending
from onhand.connect.webhooks.rules import Answer
from receiver import Got, Reply, receiving

HEADERS = {"webhook-id": "evt_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
TRUST = ssl.create_default_context()


def names(*addresses: str) -> Callable[[str, int], Awaitable[list[str]]]:
    """A name server that gives these addresses in turn, to whatever name."""
    turns = [address.split() for address in addresses]

    async def resolve(_: str, __: int) -> list[str]:
        return turns.pop(0) if len(turns) > 1 else turns[0]

    return resolve


def post(
    url: str,
    *,
    loopback: bool = True,
    resolve: sending.Resolve = sending.resolve,
    trust: ssl.SSLContext = TRUST,
    times: int = 1,
) -> list[Answer]:
    async def story() -> list[Answer]:
        async with sending.client(trust, loopback=loopback, resolve=resolve) as client:
            return [await sending.post(client, url, HEADERS, b'{"type":"test"}') for _ in range(times)]

    return asyncio.run(story())


@contextmanager
def ear() -> Iterator[tuple[int, list[bytes]]]:
    """Whoever connects to this machine is heard here, whatever he says."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    heard.append(b"connected")

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_post_arrives_with_its_headers_and_its_body() -> None:
    with receiving() as receiver:
        answers = post(receiver.url, times=2)

    assert answers == [Answer(204), Answer(204)]
    assert [got.payload for got in receiver.got] == [{"type": "test"}] * 2
    assert receiver.got[0].headers["webhook-id"] == "evt_1"
    assert receiver.got[0].headers["host"] == f"127.0.0.1:{receiver.port}"
    assert receiver.got[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::]", "localhost"],
)
def test_no_way_of_writing_this_machine_leads_to_it(scheme: str, address: str) -> None:
    with ear() as (port, heard):
        (answer,) = post(f"{scheme}://{address}:{port}/", loopback=False)

    assert (answer.status, heard) == (None, [])
    assert "NotAllowed" in answer.error or "Error" in answer.error


@pytest.mark.parametrize(
    "addresses",
    [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "10.0.0.8",
        "169.254.169.254",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "93.184.216.34 127.0.0.1",  # one of several
    ],
)
def test_a_name_that_leads_inside_is_not_followed(addresses: str) -> None:
    with ear() as (port, heard):
        (answer,) = post(f"https://shop.example:{port}/", loopback=False, resolve=names(addresses))

    assert answer.status is None
    assert "lies in a private network" in answer.error
    assert heard == []


def test_a_name_that_points_elsewhere_a_moment_later_changes_nothing() -> None:
    connected: list[tuple[str, str, str]] = []

    async def connect(request: httpx.Request) -> httpx.Response:
        connected.append((request.url.host, request.headers["host"], request.extensions["sni_hostname"]))
        return httpx.Response(204, stream=httpx.ByteStream(b""))

    async def story() -> list[Answer]:
        # Public when it is checked; whoever looked it up again to connect would be led inside.
        rebinding = names("93.184.216.34", "127.0.0.1")
        inner = httpx.MockTransport(connect)
        async with httpx.AsyncClient(
            transport=sending.CheckedTransport(inner, loopback=False, resolve=rebinding)
        ) as client:
            return [await sending.post(client, "https://shop.example/", HEADERS, b"{}") for _ in range(2)]

    first, second = asyncio.run(story())

    assert connected == [("93.184.216.34", "shop.example", "shop.example")]
    assert first == Answer(204)
    assert "lies in a private network (127.0.0.1)" in second.error


def test_the_connection_goes_to_the_very_address_that_was_checked() -> None:
    with receiving() as receiver:
        (answer,) = post(f"http://shop.example:{receiver.port}/hook", resolve=names("127.0.0.1"))

    assert answer == Answer(204)
    assert receiver.got[0].headers["host"] == f"shop.example:{receiver.port}"


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(tmp_path: Path) -> None:
    files = certificate_for("shop.example", tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*files)
    trust = ssl.create_default_context(cafile=str(files[0]))
    with receiving(tls=server) as receiver:
        (right,) = post(f"https://shop.example:{receiver.port}/", resolve=names("127.0.0.1"), trust=trust)
        (wrong,) = post(f"https://other.example:{receiver.port}/", resolve=names("127.0.0.1"), trust=trust)
        (unknown,) = post(f"https://shop.example:{receiver.port}/", resolve=names("127.0.0.1"))

    assert right == Answer(204)
    assert [wrong.status, unknown.status] == [None, None]
    assert len(receiver.got) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with ear() as (port, heard):

        def elsewhere(_: Got) -> Reply:
            return status, {"location": f"http://127.0.0.1:{port}/inside"}, b""

        with receiving(elsewhere) as receiver:
            (answer,) = post(receiver.url)

    assert (answer.status, heard) == (status, [])
    assert "redirect" in answer.error


def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    with receiving(lambda _: (500, {}, b"x" * 50_000_000)) as receiver:
        (answer,) = post(receiver.url)

    assert (answer.status, answer.error) == (500, "x" * sending.MOST_REMEMBERED)


def test_an_answer_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS_TO_ANSWER", 0.2)
    over = threading.Event()

    def slow(_: Got) -> Reply:
        over.wait(10)
        return 204, {}, b""

    with receiving(slow) as receiver:
        (answer,) = post(receiver.url)
        over.set()

    assert (answer.status, answer.error[:16]) == (None, "no answer within")


def test_a_receiver_that_asks_for_time_is_heard() -> None:
    with receiving(lambda _: (429, {"retry-after": "120"}, b"slow down\x00")) as receiver:
        (answer,) = post(receiver.url)

    assert answer == Answer(429, "slow down", 120.0)


def test_a_name_nobody_knows_is_a_failure() -> None:
    async def unknown(_: str, __: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    (answer,) = post("https://shop.example/", resolve=unknown)

    assert (answer.status, "not known" in answer.error) == (None, True)


def test_a_proxy_in_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with ear() as (port, heard), receiving() as receiver:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        (answer,) = post(receiver.url)

    assert (answer, heard) == (Answer(204), [])
