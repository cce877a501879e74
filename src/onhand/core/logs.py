"""Log lines, for people or for machines, each with the request it belongs to.

A line of JSON has ``time``, ``level``, ``logger``, ``message``; ``request_id`` where a request is being served, and
``exception`` where there is one. What looks like a card number is masked, whoever wrote it. Whoever serves a request
names it in ``request_id`` for as long as it lasts.
"""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

import msgspec

from onhand.core.cards import masked

request_id: ContextVar[str] = ContextVar("request_id", default="")

_encoder = msgspec.json.Encoder()
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class _Lines(logging.Formatter):
    """What the two kinds of lines have in common."""

    def when(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return moment.replace("+00:00", "Z")

    def said(self, record: logging.LogRecord) -> str:
        return masked(record.getMessage())

    def fault(self, record: logging.LogRecord) -> str:
        return masked(self.formatException(record.exc_info)) if record.exc_info else ""


class JsonLines(_Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line; text of any kind stays inside its quotes."""
        line = {
            "time": self.when(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _storable(self.said(record)),
        }
        if request := request_id.get():
            line["request_id"] = masked(request)
        if fault := self.fault(record):
            line["exception"] = _storable(fault)
        return _encoder.encode(line).decode()


class TextLines(_Lines):
    """A sentence a line, for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line, with what broke below it."""
        request = request_id.get()
        line = f"{self.when(record)} {record.levelname.lower()} {record.name}: {_one_line(self.said(record))}"
        line += f" [{masked(request)}]" if request else ""
        fault = self.fault(record)
        return f"{line}\n{_storable(fault)}" if fault else line


def _one_line(text: str) -> str:
    """Nobody writes lines of their own by what they send: what would end a line, or steer a terminal, is spelt out."""
    return _storable(_STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), text))


def _storable(text: str) -> str:
    """Half a surrogate pair, from hostile input, cannot be written as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()


def begin(kind: str, level: str, *, to: TextIO | None = None) -> None:
    """Send every log line of this process, from whatever library, one way: to the standard error unless told else."""
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else TextLines())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    if level != "debug":
        for chatty in ("uvicorn", "psycopg.pool", "asyncio", "httpx"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
