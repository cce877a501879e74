"""The page on which the API can be read and tried."""

from __future__ import annotations

import re
from typing import Any

from litestar.testing import TestClient


def test_the_page_is_open_to_everybody_and_loads_nothing_from_elsewhere(client: TestClient[Any]) -> None:
    page = client.get("/api/docs", headers={"Authorization": ""})

    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert sources
    for source in sources:
        assert source == "/" or client.get(source).status_code == 200, source


def test_the_page_has_no_script_or_style_in_line(client: TestClient[Any]) -> None:
    page = client.get("/api/docs").text

    assert re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", page) == []


def test_what_the_page_is_made_of_keeps_its_licence(client: TestClient[Any]) -> None:
    from importlib import resources

    folder = resources.files("onhand.doors.api.manual").joinpath("swagger-ui")

    assert "Apache License" in folder.joinpath("LICENSE").read_text()
    assert "MIT" in client.get("/api/docs/files/swagger-ui-bundle.js.LICENSE.txt").text


def test_no_other_file_can_be_had(client: TestClient[Any]) -> None:
    for name in ("page.html", "..%2f__init__.py", "%2e%2e/__init__.py", "swagger-ui/LICENSE"):
        assert client.get(f"/api/docs/files/{name}").status_code == 404
