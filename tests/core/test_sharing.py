"""What many ask about the same thing at the same time is read once; nobody hears what is older than was said."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from onhand.core import sharing
from onhand.core.sharing import Shared
from onhand.core.writer import Overloaded


class Shelf:
    """Counts how often it is looked at; whoever looks waits until he is let. ``broken``: the first look fails."""

    def __init__(self) -> None:
        self.looks = 0
        self.open = threading.Event()
        self.open.set()
        self.looking = threading.Event()
        self.broken = False

    def look(self, sku: str) -> str:
        self.looks += 1
        look = self.looks
        self.looking.set()
        assert self.open.wait(10)
        if self.broken and look == 1:
            raise ValueError(sku)
        return f"{sku} {look}"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_whoever_asks_soon_after_hears_the_same(shelf: Shelf) -> None:
    shared = Shared(shelf.look, seconds=60)

    assert [shared.ask("mug"), shared.ask("mug"), shared.ask("lamp")] == ["mug 1", "mug 1", "lamp 2"]


def test_whoever_asks_later_has_it_read_anew(shelf: Shelf) -> None:
    shared = Shared(shelf.look, seconds=0)

    assert [shared.ask("mug"), shared.ask("mug")] == ["mug 1", "mug 2"]


def test_many_who_ask_at_once_wait_for_one_reading(shelf: Shelf) -> None:
    shared = Shared(shelf.look, seconds=60)
    shelf.open.clear()

    with ThreadPoolExecutor(16) as threads:
        asked = [threads.submit(shared.ask, "mug") for _ in range(16)]
        assert shelf.looking.wait(10)
        shelf.open.set()
        heard = {each.result(10) for each in asked}

    assert heard == {"mug 1"}


def test_a_reading_that_failed_is_nobody_elses_answer(shelf: Shelf) -> None:
    shared = Shared(shelf.look, seconds=60)
    shelf.open.clear()
    shelf.broken = True

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(shared.ask, "mug")
        assert shelf.looking.wait(10)
        second = threads.submit(shared.ask, "mug")
        shelf.open.set()
        with pytest.raises(ValueError, match="mug"):
            first.result(10)
        assert second.result(10) == "mug 2"


def test_nobody_waits_for_ever_for_somebody_elses_reading(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "PATIENCE_SECONDS", 0.05)
    shared = Shared(shelf.look, seconds=60)
    shelf.open.clear()

    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(shared.ask, "mug")
        assert shelf.looking.wait(10)
        with pytest.raises(Overloaded):
            shared.ask("mug")
        shelf.open.set()
        assert first.result(10) == "mug 1"


def test_only_so_many_answers_are_kept(shelf: Shelf) -> None:
    shared = Shared(shelf.look, seconds=60, most=2)

    for sku in ("mug", "lamp", "vase"):
        shared.ask(sku)

    assert shared.ask("vase") == "vase 3"
    assert shared.ask("mug") == "mug 4"
