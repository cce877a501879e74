"""On the doorstep: who would be turned away inside is turned away before his request is even taken apart.

In a flood most of what comes is refused. What a refusal costs then decides how much is still carried out: through
parser, task and ASGI a seventh of a millisecond, here a fiftieth, most of it the system's. So a connection's bytes are
looked at before uvicorn reads them, and only where they hold exactly one plain request to a verb whose queue is full.
All else goes its ordinary way; the porter behind it says the same of what comes in pieces.
"""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from onhand.doors.api.porter import BUSY_BODY, COME_AGAIN, Porter
from onhand.doors.api.problems import MEDIA_TYPE, encoded, problem
from onhand.doors.replies import headers_of
from onhand.doors.traffic import counted, guarded, sampled

_STATUS = HTTPStatus.SERVICE_UNAVAILABLE
_HEADERS = guarded(headers_of(MEDIA_TYPE, BUSY_BODY, COME_AGAIN))
_FIRST = f"HTTP/1.1 {_STATUS.value} {_STATUS.phrase}".encode()
# What is written on the doorstep, to its last byte.
REFUSAL = b"\r\n".join([_FIRST, *(b": ".join(each) for each in _HEADERS), b"", BUSY_BODY])
_NO_HTTP_BODY = encoded(problem(400, "bad_request", "This is no request of HTTP/1.1."))
_NO_HTTP_HEADERS = guarded(headers_of(MEDIA_TYPE, _NO_HTTP_BODY, [(b"connection", b"close")]))
_NO_HTTP = b"\r\n".join(
    [b"HTTP/1.1 400 Bad Request", *(b": ".join(each) for each in _NO_HTTP_HEADERS), b"", _NO_HTTP_BODY]
)
_VERB = b"POST "
_LONGEST_TARGET = 64
_LENGTH = b"\r\ncontent-length:"
# Who was turned away is not heard again for so long at least, and so many a second at most are turned away.
_REST = 0.1
_MOST_A_SECOND = 4000
_TICK = 0.02
# A connection is closed when it has been silent so long, give or take this: a timer for each refusal is dear.
_KEPT_GIVE_OR_TAKE = 5.0


class Bench:
    """Where those rest who were turned away.

    A flood is answered only so fast, or answering it would be all that is done: whoever asks again at once finds that
    he is not heard. He is told to come back in a second; his connection rests a tenth of that, or in a flood until it
    is its turn.
    """

    def __init__(self) -> None:
        self._seated: deque[tuple[float, Doorstep]] = deque()
        self._last = 0.0

    def seat(self, one: Doorstep) -> None:
        """Let a connection rest."""
        now = one.loop.time()
        self._last = max(now + _REST, self._last + 1 / _MOST_A_SECOND)
        one.rest()
        if not self._seated:
            one.loop.call_later(_REST, self._rise, one.loop)
        self._seated.append((self._last, one))

    def _rise(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        while self._seated and self._seated[0][0] <= now:
            self._seated.popleft()[1].go_on()
        if self._seated:
            loop.call_later(max(_TICK, self._seated[0][0] - now), self._rise, loop)


class Doorstep(HttpToolsProtocol):
    """uvicorn's protocol, with the porter on its doorstep."""

    def __init__(self, *arguments: Any, porter: Porter | None, bench: Bench, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._porter = porter
        self._bench = bench
        self._reading = False
        self._kept_since = 0.0

    def on_message_begin(self) -> None:
        """A request begins; until it ends, bytes are part of it, whatever they look like."""
        self._reading = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """It was read to its end."""
        self._reading = False
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Answer a request here, or let it be read."""
        if (
            self._porter
            and not self._reading
            and data.startswith(_VERB)
            and (self.cycle is None or self.cycle.response_complete)
        ):
            target = data[len(_VERB) : len(_VERB) + _LONGEST_TARGET].partition(b" ")[0].decode("latin-1")
            if self._porter.minds(target) and is_whole(data) and not self._porter.lets_in(target):
                self._refuse(target)
                return
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """What is no HTTP is answered, too, with what every answer tells browsers."""
        self.transport.write(_NO_HTTP)
        self.transport.close()

    def _refuse(self, target: str) -> None:
        self.transport.write(REFUSAL)
        counted("POST", target, _STATUS.value)
        sampled(target, _STATUS.value, None)
        now = self.loop.time()
        if self.timeout_keep_alive_task is None or now - self._kept_since > _KEPT_GIVE_OR_TAKE:
            self._kept_since = now
            # As after any answer: the connection is kept for a while from now on.
            self.on_response_complete()
        self._bench.seat(self)

    def rest(self) -> None:
        """Hear nothing for a while; what comes waits with the system."""
        self.flow.pause_reading()

    def go_on(self) -> None:
        """Hear again."""
        if not self.transport.is_closing():
            self.flow.resume_reading()


def is_whole(data: bytes) -> bool:
    """Whether these bytes are one plain request of HTTP/1.1, from its first to its last."""
    end = data.find(b"\r\n\r\n")
    head = data[:end].lower()
    # Each of these asks for more than an answer to a whole request.
    if (
        end < 0
        or b" http/1.1\r\n" not in head
        or b"\r\ntransfer-encoding:" in head
        or b"\r\nconnection:" in head
        or b"\r\nexpect:" in head
        or b"\r\nupgrade:" in head
    ):
        return False
    begins = head.find(_LENGTH) + len(_LENGTH)
    length = head[begins : (head + b"\r\n").find(b"\r\n", begins)].strip()
    return (
        begins >= len(_LENGTH)
        and head.find(_LENGTH, begins) < 0
        and length.isdigit()
        and int(length) == len(data) - end - 4
    )
