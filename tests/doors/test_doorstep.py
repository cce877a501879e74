"""Who is turned away on the doorstep, and that nobody else is."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import pytest
import uvicorn

from onhand.core.writer import Writer
from onhand.doors.api.doorstep import Bench, Doorstep, is_whole
from onhand.doors.api.porter import Porter
from onhand.flows.registry import FLOWS
from serving import eventually, free_port

ORDER = b'{"channel": "web", "number": "W-1", "lines": [{"sku": "mug", "quantity": 1}]}'
FULL = "/api/v1/orders"


def request(target: str, body: bytes = ORDER, *more: str) -> bytes:
    head = [f"POST {target} HTTP/1.1", "Host: shop", f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


class OneQueueIsFull(Porter):
    """A porter of a house where no more orders can be taken just now."""

    def lets_in(self, path: str) -> bool:
        return path != FULL


async def inside(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the address, whatever is asked; ``/hasty`` without reading what was sent."""
    while scope["path"] != "/hasty" and (await receive()).get("more_body"):
        pass
    body = b"inside " + scope["path"].encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    porter, port = OneQueueIsFull(inside, cast("Any", None)), free_port()
    protocol = cast("Any", partial(Doorstep, porter=porter, bench=Bench()))
    config = uvicorn.Config(inside, http=protocol, port=port, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started)
    yield port
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def line(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        yield line


def hear(line: socket.socket) -> tuple[str, str]:
    """The next answer's head and body."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += line.recv(1)
    head = heard.decode().lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    body = b""
    while len(body) < length:
        body += line.recv(length - len(body))
    return head, body.decode()


def test_a_request_to_a_full_queue_is_told_to_come_back(line: socket.socket) -> None:
    line.sendall(request(FULL))

    head, body = hear(line)

    assert head.startswith("http/1.1 503 service unavailable\r\n")
    assert "retry-after: 1\r\n" in head
    assert "x-content-type-options: nosniff\r\n" in head
    assert '"code":"busy"' in body


def test_the_connection_is_kept_and_serves_the_next(line: socket.socket) -> None:
    for target, answered in ((FULL, "busy"), ("/api/v1/receipts", "inside"), (FULL, "busy")):
        line.sendall(request(target))
        assert answered in hear(line)[1]


def test_who_was_turned_away_is_not_heard_again_at_once(line: socket.socket) -> None:
    line.sendall(request(FULL))
    hear(line)
    began = time.monotonic()
    line.sendall(request("/next"))

    assert hear(line)[1] == "inside /next"
    assert time.monotonic() - began > 0.09


def test_who_hangs_up_while_resting_disturbs_nobody(line: socket.socket, port: int) -> None:
    line.sendall(request(FULL))
    hear(line)
    line.close()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as another:
        another.sendall(request(FULL))
        hear(another)
        another.sendall(request("/next"))
        assert hear(another)[1] == "inside /next"


def test_what_comes_in_pieces_goes_inside(line: socket.socket) -> None:
    whole = request(FULL)
    line.sendall(whole[:-10])
    line.settimeout(0.05)
    with pytest.raises(TimeoutError):
        line.recv(1)
    line.settimeout(10)
    line.sendall(whole[-10:])

    assert hear(line)[1] == f"inside {FULL}"


def test_a_body_that_looks_like_a_request_is_not_taken_for_one(line: socket.socket) -> None:
    hidden = request(FULL)
    outer = request("/hasty", hidden)
    line.sendall(outer[: -len(hidden)])
    assert hear(line)[1] == "inside /hasty"

    line.sendall(hidden)
    line.sendall(request("/next"))

    assert hear(line)[1] == "inside /next"


def test_who_is_on_his_way_in_is_counted_until_he_is_there() -> None:
    porter = Porter(cast("Any", None), Writer(cast("Any", None), FLOWS, most_waiting=2))
    many, other = f"{FULL}/bulk", "/api/v1/receipts"

    async def rounds() -> list[list[bool]]:
        first = [porter.lets_in(path) for path in (FULL, many, FULL, many, other)]
        two_rounds_on = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, two_rounds_on.set)
        await two_rounds_on.wait()
        return [first, [porter.lets_in(FULL)]]

    assert asyncio.run(rounds()) == [[True, True, False, False, True], [True]]


@pytest.mark.parametrize("target", ["/api/v1/orders?x=1", "/api/v1/order", "/api/v1/%6frders", "/" * 100])
def test_other_addresses_go_inside(line: socket.socket, target: str) -> None:
    line.sendall(request(target))

    assert hear(line)[1].startswith("inside")


def test_one_plain_request_is_whole() -> None:
    assert is_whole(request(FULL))
    assert is_whole(request(FULL, b""))
    assert is_whole(request(FULL).replace(b"Content-Length", b"content-LENGTH"))


@pytest.mark.parametrize(
    "data",
    [
        request(FULL)[:-1],
        request(FULL) + b"P",
        request(FULL) + request(FULL),
        request(FULL).replace(b"HTTP/1.1", b"HTTP/1.0"),
        request(FULL).replace(b"Content-Length: ", b"Content-Length: -"),
        request(FULL).replace(b"Content-Length: ", b"Content-Length: +"),
        request(FULL, ORDER, "Content-Length: 3"),
        request(FULL, ORDER, f"X-Length: {len(ORDER)}").replace(b"Content-Length", b"Content-Size"),
        request(FULL, ORDER, "Transfer-Encoding: chunked"),
        request(FULL, ORDER, "Expect: 100-continue"),
        request(FULL, ORDER, "Connection: close"),
        request(FULL, ORDER, "Upgrade: websocket"),
        b"POST " + FULL.encode(),
    ],
)
def test_anything_else_is_not(data: bytes) -> None:
    assert not is_whole(data)
