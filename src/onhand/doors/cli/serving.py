"""What one process opens to serve, and closes in the order that loses nothing.

Doors first, so that nothing new comes in and who waits is answered; then what works beside them; then the writer,
which carries out all that still waits; last the database, which belongs to whoever calls this.
"""

from __future__ import annotations

import gc
import logging
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

import uvicorn

from onhand.connect.webhooks.courier import Courier
from onhand.core.backup.cipher import BadKey
from onhand.core.clock import utc_now
from onhand.core.database import Readers, connect
from onhand.core.health.sampling import SAMPLER
from onhand.core.settings import Settings, address
from onhand.core.ticker import Ticker
from onhand.core.writer import Writer
from onhand.doors.cli import schema
from onhand.doors.cli.database import fail
from onhand.doors.jobs.backups import BackupKeeper
from onhand.doors.jobs.correspondent import Correspondent
from onhand.doors.jobs.duties import duties
from onhand.doors.jobs.herald import Herald
from onhand.doors.jobs.housekeeper import Housekeeper
from onhand.doors.jobs.postman import Postman, carriers
from onhand.doors.notices import NOTICES, SECONDS_BETWEEN
from onhand.doors.vitals import Vitals
from onhand.flows.registry import FLOWS

if TYPE_CHECKING:
    from onhand.doors.api.live.stream import Live
    from onhand.doors.api.porter import Porter

log = logging.getLogger(__name__)

Doors = Literal["both", "api", "pages"]

# A proxy keeps its connections for a minute; closed from this side first, one might be closed under a request.
KEEP_ALIVE_SECONDS = 75
# Answers take a second at most; what takes longer than this is a stream, and its reader will come again.
GRACE_SECONDS = 10
BACKLOG = 4096
LOOK_SECONDS = 1.0
WRITER_LOCK_TIMEOUT = "2s"
SECONDS_TO_SAMPLE = 1.0
# Eight kilobytes each; the longest of our files has thirty.
PARTS_OF_A_FILE = 1000
LONGEST_FITTING_SECONDS = 30.0
_LEAVING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def writing(settings: Settings, url: str) -> Iterator[Writer]:
    """A writer at work, drained at the end."""
    # A batch holds its locks for a moment. Kept out for longer, the writer looks whether a dead standby holds them.
    writer = Writer(
        lambda: connect(url, lock_timeout=WRITER_LOCK_TIMEOUT),
        FLOWS,
        most_waiting=settings.queue,
        patience=settings.patience,
    )
    begin_whole(writer)
    try:
        hear_signals()
        yield writer
    finally:
        if not writer.stop():
            log.error("the writer did not end in time: %s commands were not carried out, nor answered", writer.queued)


@contextmanager
def keeping_house(settings: Settings, url: str, writer: Writer, *, keeps: bool = False) -> Iterator[Housekeeper]:
    """Duties seen to, webhooks and letters delivered; ``keeps``: by this process, as far as nobody else has them."""
    keeper = Housekeeper(lambda: connect(url, autocommit=True), writer, duties(settings), keeps=keeps)
    loopback = settings.webhooks_to == "loopback"
    courier = Courier(lambda: connect(url, autocommit=True), keeps=keeps, loopback=loopback)
    try:
        backups = BackupKeeper(settings, url, scratch=None if settings.database_url else settings.data)
    except BadKey as fault:
        raise fail(str(fault)) from fault
    postman = Postman(
        lambda: connect(url, autocommit=True),
        carriers(settings, lambda: connect(url, autocommit=True)),
        keeps=keeps,
    )
    herald = Herald(lambda: connect(url, autocommit=True), address(settings), keeps=keeps, pushes=settings.push)
    correspondent = Correspondent(lambda: connect(url, autocommit=True), settings, keeps=keeps)
    begin_whole(keeper, courier, postman, herald, correspondent, backups)
    try:
        hear_signals()
        yield keeper
    finally:
        backups.stop()
        correspondent.stop()
        herald.stop()
        postman.stop()
        courier.stop()
        keeper.stop()


@contextmanager
def playing(url: str, writer: Writer, *, speed: float) -> Iterator[None]:
    """Real sales coming in, so many times as fast as they happened; none at no speed."""
    from onhand.doors.cli.demo.background import Demo

    if not speed:
        yield
        return
    player = Demo(url, writer, speed=speed)
    begin_whole(player)
    try:
        hear_signals()
        if not player.wait_until_fitted_out(LONGEST_FITTING_SECONDS):
            log.warning("the demo's shop is not fitted out yet; it goes on")
        yield
    finally:
        player.stop()


def answer(settings: Settings, url: str, writer: Writer, sockets: Sequence[socket.socket], doors: Doors) -> None:
    """Open the doors on these sockets, until told to stop."""
    readers = Readers(url, most=settings.readers)
    watchers = Readers(url, most=2)
    readers.open()
    watchers.open()
    _collect_seldom()
    vitals = Vitals(writer, watchers, schema.missing)
    house, porter, live = _house(settings, writer, readers, vitals, doors)
    # What is answered in the first second belongs to its minute, too.
    SAMPLER.second(utc_now(), ready=False, queued=0)
    sampling = Ticker(SECONDS_TO_SAMPLE, lambda: _sample(vitals, writer, url))
    sampling.start()
    telling = Ticker(SECONDS_BETWEEN, lambda: NOTICES.tell(lambda: connect(url)))
    telling.start()
    try:
        _Server(_config(settings, house, porter), live).run(list(sockets))
    finally:
        if live:
            live.close()
        sampling.stop()
        SAMPLER.write(lambda: connect(url), last=True)
        telling.stop()
        NOTICES.tell(lambda: connect(url))
        watchers.close()
        readers.close()


def _sample(vitals: Vitals, writer: Writer, url: str) -> None:
    """Whether this process can serve just now, and how much waits for its writer."""
    status, _, _ = vitals.ready()
    SAMPLER.second(utc_now(), ready=status == HTTPStatus.OK, queued=writer.queued)
    SAMPLER.write(lambda: connect(url))


class _Server(uvicorn.Server):
    """A server whose streams, which have no end of their own, end when it is told to stop."""

    def __init__(self, config: uvicorn.Config, live: Live | None) -> None:
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the streams end, then wait for whoever is still being answered."""
        if self._live:
            self._live.end()
        await super().shutdown(sockets)


def _collect_seldom() -> None:
    """A batch makes tens of thousands of small things and drops them; none are in cycles: looking often is wasted."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _house(
    settings: Settings, writer: Writer, readers: Readers, vitals: Vitals, doors: Doors
) -> tuple[Any, Porter | None, Live | None]:
    from onhand.doors.api import app as api
    from onhand.doors.api.porter import Porter
    from onhand.doors.root import Root, shut
    from onhand.doors.traffic import Traffic
    from onhand.doors.transport import Transport
    from onhand.doors.web import house as pages

    loopback = settings.webhooks_to == "loopback"
    pages.open_for(writer, readers, loopback=loopback)
    api_app = None if doors == "pages" else api.create(writer, readers, loopback=loopback)
    porter = Porter(api_app, writer) if api_app else None
    machines: Any = porter or shut
    root = Root(machines, shut if doors == "api" else _people(), vitals)
    house = Traffic(cast("Any", Transport(cast("Any", root), settings)))
    return house, porter, api_app.state["live"] if api_app else None


def _people() -> Any:
    """The people's door: pages drawn by a few threads, of which customers and strangers take their shares."""
    from a2wsgi import WSGIMiddleware
    from django.core.wsgi import get_wsgi_application

    from onhand.doors.turnstile import THREADS, Turnstile
    from onhand.doors.web.shop.busy import busy
    from onhand.doors.web.signin.passes import known
    from onhand.doors.web.statics import handed_out

    application = cast("Any", get_wsgi_application())
    # The whole of a file fits into the queue before who asked for it: no thread waits until they have taken it.
    pages = WSGIMiddleware(application, workers=THREADS, send_queue_size=PARTS_OF_A_FILE)
    return Turnstile(cast("Any", pages), busy, known, handed_out())


def _config(settings: Settings, app: Any, porter: Porter | None) -> uvicorn.Config:
    from onhand.doors.api.doorstep import Bench, Doorstep

    return uvicorn.Config(
        app,
        http=cast("Any", partial(Doorstep, porter=porter, bench=Bench())),
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        ssl_context_factory=_tls if settings.tls_certificate else None,
        log_config=None,
        access_log=False,
        lifespan="off",
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _tls(_: uvicorn.Config, make: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """TLS 1.2 and newer; of 1.2 only suites that keep the past secret and are not known to be weak."""
    context = make()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    return context


@contextmanager
def redirecting(settings: Settings) -> Iterator[None]:
    """A port of plain http that sends browsers to the one of TLS, where one is wanted."""
    if not (settings.redirect_port and settings.tls_certificate):
        yield
        return
    from onhand.doors.api.doorstep import Bench, Doorstep
    from onhand.doors.traffic import Traffic
    from onhand.doors.transport import Redirecting

    to = settings.public_address or f"https://{settings.host}:{settings.port}"
    config = uvicorn.Config(
        Traffic(cast("Any", Redirecting(to))),
        http=cast("Any", partial(Doorstep, porter=None, bench=Bench())),
        server_header=False,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    (sock,) = listen(settings.host, settings.redirect_port)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([sock],), name="redirect", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)
        sock.close()


class PortTaken(Exception):
    """Somebody else listens there."""


def listen(host: str, port: int, *, processes: int = 1) -> list[socket.socket]:
    """A listening socket for each process; the system shares new connections out among them.

    Raises ``PortTaken``. A first, lone socket finds out: sockets that share would share with a stranger, too.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as lone:
            _bind(lone, host, port)
            if processes == 1:
                lone.listen(BACKLOG)
                return [socket.socket(fileno=lone.detach())]
        return [_shared(family, host, port) for _ in range(processes)]
    except OSError as fault:
        raise PortTaken(f"{host}:{port} cannot be served on ({fault.strerror}).") from fault


def _shared(family: int, host: str, port: int) -> socket.socket:
    one = socket.socket(family)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    _bind(one, host, port)
    one.listen(BACKLOG)
    return one


def _bind(one: socket.socket, host: str, port: int) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((host, port))


def leave_when_told() -> None:
    """Let a signal end this process through its ``finally``s: doors shut, the writer drained, the database closed."""
    for each in _LEAVING:
        signal.signal(each, _leave)


def until_told() -> None:
    """Wait for a signal. Not by ``signal.pause``: one that comes just before it would be slept over."""
    nothing = threading.Event()
    while True:
        nothing.wait(LOOK_SECONDS)


class _Worker(Protocol):
    """Something that is started."""

    def start(self) -> None:
        """Begin."""


class _Deferred:
    """Signals that came while workers were being started.

    Put off by our own handlers and not by a mask: a mask is a thread's, and the system hands a signal to any thread
    that lets it through, of which libraries have some.
    """

    def __init__(self) -> None:
        self._come: list[int] = []
        self._before: dict[int, Any] = {}

    def begin(self) -> None:
        """Only remember signals from now on."""
        if not self._before:
            self._before = {each: signal.signal(each, self._remember) for each in _LEAVING}

    def end(self) -> None:
        """Let those through that came, and all that come."""
        before, self._before = self._before, {}
        for each, handler in before.items():
            signal.signal(each, handler)
        come, self._come = self._come, []
        for each in come[:1]:
            signal.raise_signal(each)

    def _remember(self, number: int, _: object) -> None:
        self._come.append(number)


_deferred = _Deferred()


def begin_whole(*workers: _Worker) -> None:
    """Start them whole: a signal that would leave some running with nobody to stop them waits for ``hear_signals``."""
    _deferred.begin()
    try:
        for each in workers:
            each.start()
    except BaseException:
        _deferred.end()
        raise


def hear_signals() -> None:
    """Let a signal through that has come meanwhile."""
    _deferred.end()


def _leave(*_: object) -> None:
    raise SystemExit(0)
