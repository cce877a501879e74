"""One post, with bounds on everything, to an address that was checked.

The name is looked up, every address it has is checked, and the connection goes to one of those very addresses: a name
that points elsewhere a moment later (DNS rebinding) changes nothing. The certificate is still checked for the name. A
redirect is not followed, for it would lead where nobody has looked; it counts as a failure.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx

from onhand.connect.webhooks.rules import Answer, address_in, may_be_called

SECONDS_TO_CONNECT = 5.0
SECONDS_TO_ANSWER = 20.0
MOST_READ = 64 * 1024
MOST_REMEMBERED = 300
MOST_AT_ONCE = 16
# A name server that does not answer holds a thread for a while: others must find one.
_names = ThreadPoolExecutor(64, thread_name_prefix="names")

Resolve = Callable[[str, int], Awaitable[list[str]]]


class NotAllowed(httpx.ConnectError):
    """The name leads into a private network; nothing was sent."""


async def resolve(host: str, port: int) -> list[str]:
    """Every address a name has now."""
    look_up = asyncio.get_running_loop().run_in_executor(
        _names, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    found = await asyncio.wait_for(look_up, SECONDS_TO_CONNECT)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedTransport(httpx.AsyncBaseTransport):
    """Sends a request to an address of its host that was checked, under its host's name."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, loopback: bool, resolve: Resolve = resolve) -> None:
        self._inner = inner
        self._loopback = loopback
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Look the host up, check, send."""
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        if request.url.scheme != "https" and not self._loopback:
            raise NotAllowed("only https is allowed")
        addresses = await self._resolve(host, port)
        for each in addresses:
            if not may_be_called(address_in(each), loopback=self._loopback):
                raise NotAllowed(f"{host} lies in a private network ({each})")
        if not addresses:
            raise httpx.ConnectError(f"{host} has no address")
        # The header Host was set from the name already; the certificate is checked for it, too.
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=addresses[0])
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


def client(trust: ssl.SSLContext, *, loopback: bool, resolve: Resolve = resolve) -> httpx.AsyncClient:
    """A client for one endpoint: its few connections are its own, and so is its slowness."""
    limits = httpx.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=MOST_AT_ONCE, keepalive_expiry=15.0)
    inner = httpx.AsyncHTTPTransport(verify=trust, limits=limits, trust_env=False)
    return httpx.AsyncClient(
        transport=CheckedTransport(inner, loopback=loopback, resolve=resolve),
        timeout=httpx.Timeout(SECONDS_TO_ANSWER, connect=SECONDS_TO_CONNECT),
        follow_redirects=False,
        trust_env=False,
    )


async def post(who: httpx.AsyncClient, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Post once; whatever goes wrong is an answer."""
    sent = {"content-type": "application/json", **headers, "user-agent": "Onhand", "accept-encoding": "identity"}
    try:
        async with asyncio.timeout(SECONDS_TO_ANSWER), who.stream("POST", url, content=body, headers=sent) as response:
            said = await _read(response)
            return _answer(response, said)
    except TimeoutError:
        return Answer(None, f"no answer within {SECONDS_TO_ANSWER:.0f} seconds")
    except socket.gaierror:
        return Answer(None, "the name of its host is not known")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
        return Answer(None, f"{type(fault).__name__}: {fault}"[:MOST_REMEMBERED])


async def _read(response: httpx.Response) -> bytes:
    """The beginning of what was answered; what is longer is not read on."""
    said = b""
    async for part in response.aiter_raw():
        said += part
        if len(said) >= MOST_READ:
            break
    return said[:MOST_READ]


def _answer(response: httpx.Response, said: bytes) -> Answer:
    status = response.status_code
    if 200 <= status < 300:
        return Answer(status)
    if 300 <= status < 400:
        return Answer(status, "it answered with a redirect, which is not followed: give the endpoint its new address")
    words = said.decode("utf-8", "replace").replace("\x00", "")[:MOST_REMEMBERED]
    waits = response.headers.get("retry-after", "")
    return Answer(status, words, float(waits) if waits.isascii() and waits.isdigit() and len(waits) < 9 else 0.0)
