"""A mail server of the tests' own: takes letters, or refuses them as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from serving import free_port

SECONDS = 20.0


class Mailbox:
    """What arrived, in order. ``answers``: what the server says to the next letters instead of taking them."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.answers: list[str] = []
        self.port = 0
        self._came = threading.Condition()

    @property
    def url(self) -> str:
        """Its address."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a letter."""
        if self.answers:
            return self.answers.pop(0)
        with self._came:
            self.arrived.append(message_from_bytes(envelope.content, policy=default))
            self._came.notify_all()
        return "250 OK"

    def until(self, letters: int) -> list[EmailMessage]:
        """Wait for so many letters."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.arrived) >= letters, SECONDS), "the letters did not arrive"
        return self.arrived


def text_of(letter: EmailMessage) -> str:
    """What a letter says."""
    return str(letter.get_content())


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server that runs for a while."""
    found = Mailbox()
    found.port = free_port()
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    try:
        yield found
    finally:
        controller.stop()
