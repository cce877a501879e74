"""Letters: written while a page is answered, or after; sent by a thread of their own.

So a page never waits for a mail server. Where nobody shall learn from how long an answer takes whether a letter was
written, the thread begins with it only when the answer is long gone: it shares the processor with whoever answers.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import close_old_connections
from django.http import HttpRequest
from django.utils import translation

from onhand.doors.web.post_settings import LOOPBACK

log = logging.getLogger(__name__)

MOST_WAITING = 1000

_NAME = "onhand-post"
_thread = ThreadPoolExecutor(1, thread_name_prefix=_NAME)
_room = threading.BoundedSemaphore(MOST_WAITING)


def later(request: HttpRequest, work: Callable[[], object], *, seconds: float = 0.0) -> None:
    """Do this after the page is answered, for the same request and in its language; what fails is logged.

    ``seconds``: so long after, at the soonest.
    """
    if threading.current_thread().name.startswith(_NAME):
        work()
        return
    if not _room.acquire(blocking=False):
        log.error("a letter was not written: %s wait already", MOST_WAITING)
        return
    _thread.submit(_do, request, translation.get_language(), work, time.monotonic() + seconds)


def settled() -> None:
    """Wait until all that was asked for so far is done."""
    _thread.submit(lambda: None).result(60)


def _do(request: HttpRequest, language: str | None, work: Callable[[], object], due: float) -> None:
    from allauth.core.context import request_context

    try:
        time.sleep(max(0.0, due - time.monotonic()))
        close_old_connections()
        with request_context(request), translation.override(language):
            work()
    except Exception:
        log.exception("a letter could not be sent")
    finally:
        close_old_connections()
        _room.release()


class Logged(BaseEmailBackend):
    """Stands in for a mail server: whoever tries things out on this machine finds the letters in the log.

    Where others reach the server, what a letter says would be a way in for whoever reads the log: only that it was not
    sent is said there.
    """

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Log them."""
        alone = urlsplit(settings.ADDRESS).hostname in LOOPBACK
        for each in messages:
            if alone:
                log.warning("a letter to %s, not sent as ONHAND_SMTP_URL is not set:\n%s", each.to, each.body)
            else:
                log.error("a letter (%s) was not sent: set ONHAND_SMTP_URL to a mail server", each.subject)
        return len(messages)
