from __future__ import annotations

from pathlib import Path

import pytest

from connect.sheets.senders import Desk
from shop import Shop


@pytest.fixture
def desk(shop: Shop, tmp_path: Path) -> Desk:
    return Desk(shop.db, tmp_path)
