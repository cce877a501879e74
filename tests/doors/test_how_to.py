"""What the how-tos tell one to copy and run does run, and answers as the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ONHAND = f'onhand() {{ "{sys.executable}" -m onhand "$@"; }}\n'


@contextmanager
def served() -> Iterator[tuple[int, dict[str, str]]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="onhand-how-to-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "ONHAND_DATA": folder, "ONHAND_PORT": str(port), "ONHAND_WEBHOOKS_TO": "loopback"}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "onhand", "serve"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                assert "is running" in server.stdout.readline()
                yield port, environment
            finally:
                server.send_signal(signal.SIGTERM)
            assert server.wait(30) == 0


def alike(told: Any, got: Any) -> bool:
    """Whether an answer is what the page says; ``…`` stands for whatever is new each time."""
    if told == "…":
        return isinstance(got, str) and bool(got)
    if isinstance(told, dict):
        return isinstance(got, dict) and set(told) == set(got) and all(alike(told[name], got[name]) for name in told)
    if isinstance(told, list):
        return isinstance(got, list) and len(told) == len(got) and all(map(alike, told, got))
    return bool(told == got)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page speaks to the API with curl")
@pytest.mark.parametrize("page", ["use-the-api", "listen-live", "receive-webhooks", "personal-data"])
def test_the_page_can_be_copied_line_by_line(page: str, tmp_path: Path) -> None:
    blocks = BLOCK.findall((PAGES / f"{page}.md").read_text(encoding="utf-8"))
    told = [
        json.loads(text) if kind == "json" else None
        for (before, _), (kind, text) in zip(blocks, [*blocks[1:], ("", "")], strict=True)
        if before == "sh"
    ]
    scripts = [text for kind, text in blocks if kind == "sh"]
    with served() as (port, environment):
        # One shell for all, as a reader has; after each block a mark, to tell the answers apart.
        script = ONHAND + "".join(f"{text}\nprintf '\\n@@@\\n'\n" for text in scripts).replace(":8000/", f":{port}/")
        done = subprocess.run(
            ["bash", "-eu", "-c", script],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    answers = done.stdout.split("\n@@@\n")
    assert len(answers) == len(scripts) + 1
    for text, said, answer in zip(scripts, told, answers, strict=False):
        if said is None:
            assert '"status":4' not in answer, (text, answer)
            assert '"status":5' not in answer, (text, answer)
        else:
            assert alike(said, json.loads(answer)), (text, answer)


PICTURE = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<place>[^)]+)\)")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_shows_the_pictures_it_names(page: Path, browser: Client) -> None:
    for shown in PICTURE.finditer(page.read_text(encoding="utf-8")):
        answer = browser.get(f"/how-to/{shown['place']}")

        assert answer.status_code == 200, shown["place"]
        assert answer.headers["Content-Type"] == "image/png"
        assert b"".join(answer.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
        assert shown["words"], "who does not see it hears what it shows"


@pytest.mark.usefixtures("db")
def test_of_pictures_only_those_of_the_how_tos_are_there(browser: Client) -> None:
    assert browser.get("/how-to/pictures/never.png").status_code == 404
