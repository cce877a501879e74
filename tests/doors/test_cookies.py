"""One cookie, found in whatever is sent, in no time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from onhand.doors.cookies import cookie
from onhand.doors.transport import MOST_IN_HEADERS
from serving import Served


def scope(*lines: str) -> Any:
    return {"headers": [(b"host", b"shop"), *((b"cookie", line.encode()) for line in lines)]}


@pytest.mark.parametrize(
    "lines",
    [
        ["sid=ana"],
        ["a=1; sid=ana; b=2"],
        ["a=1;sid=ana"],
        ["a=1", "sid=ana"],
        ["xsid=bea; sid=ana"],
        ["sid=ana; sid=bea"],
    ],
)
def test_it_is_found_by_its_name(lines: list[str]) -> None:
    assert cookie(scope(*lines), "sid") == "ana"


@pytest.mark.parametrize("lines", [[], ["sid"], ["xsid=ana"], ["a=sid=ana"], ["SID=ana"]])
def test_where_it_is_not_there_is_nothing(lines: list[str]) -> None:
    assert cookie(scope(*lines), "sid") == ""


def test_what_is_quoted_in_others_takes_no_time() -> None:
    began = time.perf_counter()

    assert cookie(scope('a="' + '\\"' * 200_000 + '"; sid=ana'), "sid") == "ana"
    assert time.perf_counter() - began < 0.5


def test_headers_longer_than_any_browsers_go_no_further(served: Served) -> None:
    quoted = 'a="' + '\\"' * (MOST_IN_HEADERS // 2) + '"'

    for path in ("/", "/shop", "/api/v1/orders", "/live?topic=orders"):
        answer = served.client.get(path, headers={"cookie": quoted})
        assert (answer.status_code, answer.json()["code"]) == (431, "headers_too_long")
