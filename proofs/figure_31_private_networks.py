"""No way into a private network: every address of the inside, written in every way we know, and names that lie.

Each is posted to as the courier does, and every connection this process tries to make is watched (Python's audit hook
hears of each before it is made). On the loopback somebody listens at the port in question. It holds when no
connection was tried to an address of the inside. Redirects are answered by a real receiver that points inside.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

from onhand.connect.webhooks import sending
from onhand.connect.webhooks.rules import Answer, address_in, is_public
from proofs.figures import Figure, worst
from receiver import receiving

TITLE = "SSRF: no post into a private network"
HEADERS = {"webhook-id": "evt_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}

# The ends and something from the middle of each range that is not the public network.
RANGES = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "168.63.129.16/32",
    "::/128",
    "::1/128",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
    "5f00::/16",
    "3fff::/20",
]
# Ways for IPv4 to hide in IPv6.
DISGUISES = ("::ffff:{}", "64:ff9b::{}", "::{}")
# Addresses as somebody may write them who hopes that only the usual way is checked.
SPELLINGS = [
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "localhost",
    "localhost.",
    "0",
    "0x0",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:7f00:1]",
    "[::ffff:127.0.0.1]",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
]


def prove(short: bool) -> Figure:
    """The whole corpus."""
    corpus = list(_corpus())
    with _watched() as tried, _open_port() as port:
        answers = asyncio.run(_post_all(corpus, port))
    with _watched() as redirected_to:
        redirected = _redirects(port)
    inside = sorted({each for each in tried if not is_public(address_in(each))})
    astray = sorted(set(redirected_to) - {"127.0.0.1"})
    faults = [f"tried to connect to {address}" for address in inside + astray]
    faults += [f"{what} was answered {answer.status}" for what, answer in answers if answer.status is not None]
    faults += [f"a redirect led to {each.status}" for each in redirected if each.status not in _REDIRECTS]
    if len(redirected_to) < len(redirected):
        faults.append("the watch heard less than there was: it proves nothing")
    said = (
        f"{len(answers):,} posts to {len(corpus)} names and spellings and {len(redirected)} redirects:"
        f" {len(inside) + len(astray)} connections tried to the inside"
    )
    return Figure(31, TITLE, passed=not faults, figure=said + worst(faults))


_REDIRECTS = (301, 302, 303, 307, 308)


def _corpus() -> Iterator[tuple[str, str, list[list[str]] | None]]:
    """What is posted to: a word for it, the host, and what its name is looked up as, time after time."""
    inside = [str(address) for text in RANGES for address in _some_of(ipaddress.ip_network(text))]
    inside += [form.format(each) for form, each in product(DISGUISES, inside) if ":" not in each]
    for each in inside:
        host = f"[{each}]" if ":" in each else each
        yield f"address {each}", host, None
        yield f"name of {each}", "shop.example", [[each]]
        yield f"one of several {each}", "shop.example", [["93.184.216.34", each]]
    for each in SPELLINGS:
        yield f"spelling {each}", each, None


def _some_of(network: Any) -> list[Any]:
    return sorted({network[0], network[network.num_addresses // 2], network[-1]})


async def _post_all(corpus: list[tuple[str, str, list[list[str]] | None]], port: int) -> list[tuple[str, Answer]]:
    trust = ssl.create_default_context()
    found = []
    for what, host, looked_up in corpus:
        for scheme in ("https", "http"):
            async with sending.client(trust, loopback=False, resolve=_names(looked_up)) as client:
                url = f"{scheme}://{host}:{port}/latest/meta-data/"
                found.append((f"{scheme} {what}", await sending.post(client, url, HEADERS, b"{}")))
    return found


def _names(looked_up: list[list[str]] | None) -> sending.Resolve:
    if looked_up is None:
        return sending.resolve

    async def resolve(_: str, __: int) -> list[str]:
        return looked_up[0]

    return resolve


def _redirects(port: int) -> list[Answer]:
    """A receiver that may be called, and points inside; loopback is allowed only to reach the receiver itself."""
    found = []
    for status in _REDIRECTS:
        for target in (f"http://10.0.0.1:{port}/", "http://169.254.169.254/latest/meta-data/", f"//[fd00::1]:{port}/"):
            reply = (status, {"location": target}, b"")
            with receiving(lambda _, reply=reply: reply) as receiver:  # type: ignore[misc]
                found.append(asyncio.run(_post_here(receiver.url)))
    return found


async def _post_here(url: str) -> Answer:
    async with sending.client(ssl.create_default_context(), loopback=True) as client:
        return await sending.post(client, url, HEADERS, b"{}")


_ears: list[list[str]] = []


def _hear(event: str, words: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"} and _ears and isinstance(words[1], tuple):
        _ears[-1].append(str(words[1][0]))


@contextmanager
def _watched() -> Iterator[list[str]]:
    """Every address a socket of this process is connected to, as long as it is watched."""
    if not _watching:
        sys.addaudithook(_hear)
        _watching.append(True)
    _ears.append([])
    try:
        yield _ears[-1]
    finally:
        _ears.pop()


_watching: list[bool] = []


@contextmanager
def _open_port() -> Iterator[int]:
    """A port of the loopback at which somebody would answer."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        yield int(server.getsockname()[1])
