"""Keys as an operator keeps them: named once, listed, revoked."""

from __future__ import annotations

from typing import Any

from litestar.testing import TestClient

from onhand.access import keys
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from serving import onhand


def test_a_revoked_key_opens_nothing(client: TestClient[Any], db: Connection) -> None:
    text = keys.create(db, "webshop", ["read"])
    db.commit()
    ring = keys.KeyRing(lambda prefix: keys.find(db, prefix))
    assert ring.check(text) is not None

    assert keys.revoke(db, "webshop") == 1
    db.commit()

    assert ring.check(text) is None
    headers = {"Authorization": f"Bearer {text}"}
    assert client.get("/api/v1/sites", headers=headers).status_code == 401


def test_a_key_that_is_none_cannot_be_revoked(db: Connection) -> None:
    refusal = keys.revoke(db, "nobody")

    assert isinstance(refusal, Refused)
    assert refusal.code == "unknown_key"


def test_two_keys_are_not_called_the_same_while_both_open_something(db: Connection, database_url: str) -> None:
    first = onhand("key", "create", "webshop", url=database_url)
    second = onhand("key", "create", "webshop", url=database_url)
    onhand("key", "revoke", "webshop", url=database_url)
    third = onhand("key", "create", "webshop", url=database_url)

    assert (first.returncode, second.returncode, third.returncode) == (0, 1, 0)
    assert "called 'webshop' already" in second.stderr
    assert [each.revoked_at is None for each in keys.listed(db)] == [True, False]
