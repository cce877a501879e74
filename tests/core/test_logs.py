"""Log lines."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from onhand.core import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where log lines go, until the test is over; then where they went before."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:], level = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in lines.getvalue().splitlines()]


def test_a_line_of_json_says_when_how_grave_who_and_what(lines: io.StringIO) -> None:
    logs.begin("json", "info", to=lines)

    logging.getLogger("shop.till").warning("only %s left", 3)

    (line,) = read(lines)
    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "logger": "shop.till", "message": "only 3 left"}


def test_a_line_names_the_request_it_belongs_to(lines: io.StringIO) -> None:
    logs.begin("json", "info", to=lines)
    turn = logs.request_id.set("abc-1")

    logging.getLogger("shop").warning("during")
    logs.request_id.reset(turn)
    logging.getLogger("shop").warning("after")

    assert [line.get("request_id") for line in read(lines)] == ["abc-1", None]


def test_what_broke_is_in_the_line_and_the_line_stays_one(lines: io.StringIO) -> None:
    logs.begin("json", "info", to=lines)

    try:
        int("half a \ud800 pair")
    except ValueError:
        logging.getLogger("shop").exception("broken\nin two")

    (line,) = read(lines)
    assert line["message"] == "broken\nin two"
    assert "half a \\ud800 pair" in line["exception"]


@pytest.mark.parametrize("kind", ["text", "json"])
def test_nobody_writes_a_line_of_their_own_into_the_log(lines: io.StringIO, kind: str) -> None:
    logs.begin(kind, "info", to=lines)

    logging.getLogger("a").warning("from %s", "x\r\n2026-01-01 error b: forged\x1b[2J\u2028\udcff")

    (line,) = lines.getvalue().split("\n")[:-1]
    assert "forged" in line
    assert not re.search("[\x00-\x1f]", line)


def test_lines_for_people_are_sentences(lines: io.StringIO) -> None:
    logs.begin("text", "info", to=lines)

    logging.getLogger("shop").warning("closed")

    assert lines.getvalue().rstrip().endswith("warning shop: closed")


def test_what_is_below_the_level_is_not_said(lines: io.StringIO) -> None:
    logs.begin("text", "error", to=lines)

    logging.getLogger("shop").warning("hardly worth it")

    assert lines.getvalue() == ""
