"""A house whose live stream is listened to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from house import House, open_house
from shop import Shop


@pytest.fixture
def house(shop: Shop, database_url: str) -> Iterator[House]:
    with open_house(database_url) as house:
        yield house
        house.live.close()
