"""Tokens of OAuth: machines ask with their secret, handhelds with somebody's yes; the API takes them as keys."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from litestar.testing import TestClient

from doors.people import sign_in, text
from onhand.access import keys
from onhand.access.people import admit, let_in
from onhand.access.signin import tokens
from onhand.core.clock import utc_now
from onhand.core.database import Readers
from onhand.core.refusals import refused
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.doors.web import house
from serving import onhand
from shop import Shop


@pytest.fixture
def door(browser: Client) -> Iterator[TestClient[Any]]:
    """The machines' door beside the pages."""
    opened = house.opened[0]
    writer, readers = opened.writer, opened.readers
    assert isinstance(writer, Writer)
    assert isinstance(readers, Readers)
    with TestClient(api.create(writer, readers), raise_server_exceptions=False) as client:
        yield client


def made(shop: Shop, *scopes: str, handhelds: bool = False) -> tokens.NewClient:
    found = tokens.make_client(shop.db, "scanner", scopes, handhelds=handhelds, actor="operator/x", now=utc_now())
    assert not refused(found)
    shop.db.commit()
    return found


def sent(browser: Client, path: str, **facts: str) -> Any:
    """As machines send forms."""
    return browser.post(path, urlencode(facts), content_type="application/x-www-form-urlencoded")


def asked(browser: Client, client: tokens.NewClient, **facts: str) -> Any:
    shown = {"client_id": client.id, "client_secret": client.secret or "", **facts}
    answer = sent(browser, "/identity/o/api/token", grant_type="client_credentials", **shown)
    return answer.status_code, json.loads(answer.content)


def status(door: TestClient[Any], token: str, path: str = "/api/v1/sites") -> int:
    return door.get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_machine_gets_a_token_for_its_secret_and_reads_with_it(
    browser: Client, shop: Shop, door: TestClient[Any]
) -> None:
    code, found = asked(browser, made(shop, "read"))

    assert code == 200
    assert status(door, found["access_token"]) == 200
    assert found["expires_in"] == 3600


def test_it_may_do_what_its_scopes_say_and_no_more(browser: Client, shop: Shop, door: TestClient[Any]) -> None:
    client = made(shop, "read")
    _, found = asked(browser, client)

    body = [{"code": "kitchen", "name": "Kitchen"}]
    answer = door.post("/api/v1/categories", json=body, headers={"Authorization": f"Bearer {found['access_token']}"})

    assert answer.status_code == 403
    assert asked(browser, client, scope="catalog")[0] == 400


def test_a_wrong_secret_gets_nothing(browser: Client, shop: Shop) -> None:
    client = made(shop, "read")

    assert asked(browser, client, client_secret="x" * 43)[0] == 401
    assert asked(browser, tokens.NewClient("nobody", "x"))[0] == 401


def test_a_token_that_was_made_up_or_has_run_out_opens_nothing(
    browser: Client, shop: Shop, door: TestClient[Any]
) -> None:
    _, found = asked(browser, made(shop, "read"))
    shop.db.execute("UPDATE allauth_idp_oidc_token SET expires_at = now() - interval '1 second'")
    shop.db.commit()

    forged = found["access_token"][:-4] + "AAAA"
    digest = shop.db.execute("SELECT hash FROM allauth_idp_oidc_token").fetchone()
    assert digest is not None
    assert [status(door, each) for each in (found["access_token"], forged, digest[0], "")] == [401] * 4


def test_a_client_that_was_revoked_opens_nothing_five_seconds_later(
    browser: Client, shop: Shop, door: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = made(shop, "read")
    _, found = asked(browser, client)
    assert status(door, found["access_token"]) == 200

    tokens.revoke_client(shop.db, "scanner", actor="operator/x", now=utc_now())
    shop.db.commit()
    later = time.monotonic() + keys.SECONDS_TRUSTED
    monkeypatch.setattr("onhand.access.keys.time.monotonic", lambda: later)

    assert status(door, found["access_token"]) == 401
    assert asked(browser, client)[0] == 401


def test_a_person_says_yes_to_a_handheld_which_then_works_in_their_name(
    browser: Client, shop: Shop, door: TestClient[Any]
) -> None:
    client = made(shop, "read", "stock", "catalog", handhelds=True)
    handheld = Client()
    shown = json.loads(sent(handheld, "/identity/o/api/device/code", client_id=client.id).content)
    sign_in(browser, shop, role="warehouse_operator")

    page = browser.get("/identity/o/device", {"code": shown["user_code"]})
    assert "Let scanner in?" in text(page)
    browser.post(f"/identity/o/device?code={shown['user_code']}", {"action": "confirm"})
    found = polled(handheld, client, shown)

    token = found["access_token"]
    assert status(door, token) == 200
    opened = tokens.find(shop.db, token)
    assert opened is not None
    assert opened.actor == "person/ana"
    # What the role does not allow, and what asks a person for proof, no handheld does.
    assert opened.standing.may("do.moves")
    assert not opened.standing.may("do.catalog")
    assert not opened.standing.may("do.counts")


def polled(handheld: Client, client: tokens.NewClient, shown: dict[str, Any]) -> dict[str, Any]:
    facts = {
        "grant_type": tokens.DEVICE_GRANTS[0],
        "client_id": client.id,
        "device_code": shown["device_code"],
    }
    return dict(json.loads(sent(handheld, "/identity/o/api/token", **facts).content))


def test_a_device_code_is_good_once_and_not_before_somebody_says_yes(browser: Client, shop: Shop) -> None:
    client = made(shop, "read", handhelds=True)
    handheld = Client()
    shown = json.loads(sent(handheld, "/identity/o/api/device/code", client_id=client.id).content)
    assert polled(handheld, client, shown)["error"] == "authorization_pending"
    sign_in(browser, shop)
    browser.post(f"/identity/o/device?code={shown['user_code']}", {"action": "confirm"})
    shop.db.execute("UPDATE access_signin_kept SET value = value || '{\"last_poll_at\": 0}' WHERE value ? 'granted'")
    shop.db.commit()

    first, second = polled(handheld, client, shown), polled(handheld, client, shown)

    assert "access_token" in first
    assert second["error"] == "invalid_grant"


def test_whom_nobody_lets_in_any_more_opens_nothing_by_a_handheld_either(browser: Client, shop: Shop) -> None:
    client = made(shop, "read", handhelds=True)
    handheld = Client()
    shown = json.loads(sent(handheld, "/identity/o/api/device/code", client_id=client.id).content)
    sign_in(browser, shop, role="store_associate")
    browser.post(f"/identity/o/device?code={shown['user_code']}", {"action": "confirm"})
    found = polled(handheld, client, shown)
    assert tokens.find(shop.db, found["access_token"])

    let_in(shop.db, "ana", allowed=False, actor="operator/x", now=utc_now())

    assert tokens.find(shop.db, found["access_token"]) is None


def test_a_refresh_token_is_good_once(browser: Client, shop: Shop) -> None:
    client = made(shop, "read", handhelds=True)
    handheld = Client()
    shown = json.loads(sent(handheld, "/identity/o/api/device/code", client_id=client.id).content)
    sign_in(browser, shop)
    browser.post(f"/identity/o/device?code={shown['user_code']}", {"action": "confirm"})
    found = polled(handheld, client, shown)
    again = {"grant_type": "refresh_token", "client_id": client.id, "refresh_token": found["refresh_token"]}

    answers = [sent(handheld, "/identity/o/api/token", **again).status_code for _ in range(2)]

    assert answers == [200, 400]


def let_in_by_yes(browser: Client, shop: Shop, client: tokens.NewClient, handheld: Client) -> dict[str, Any]:
    shown = json.loads(sent(handheld, "/identity/o/api/device/code", client_id=client.id).content)
    sign_in(browser, shop)
    browser.post(f"/identity/o/device?code={shown['user_code']}", {"action": "confirm"})
    return polled(handheld, client, shown)


def renewed(handheld: Client, client: tokens.NewClient, refresh: str) -> Any:
    facts = {"grant_type": "refresh_token", "client_id": client.id, "refresh_token": refresh}
    return sent(handheld, "/identity/o/api/token", **facts)


def test_a_refresh_token_that_comes_twice_ends_all_it_led_to(
    browser: Client, shop: Shop, door: TestClient[Any]
) -> None:
    client, handheld = made(shop, "read", handhelds=True), Client()
    first = let_in_by_yes(browser, shop, client, handheld)
    second = json.loads(renewed(handheld, client, first["refresh_token"]).content)

    stolen = renewed(Client(), client, first["refresh_token"])

    assert stolen.status_code == 400
    assert renewed(handheld, client, second["refresh_token"]).status_code == 400
    assert [status(door, each["access_token"]) for each in (first, second)] == [401, 401]
    shop.db.commit()
    told = shop.db.execute("SELECT data FROM core_event WHERE kind = 'client.cut_off'").fetchall()
    assert told == [({"person": "ana"},)]


def test_however_often_it_is_renewed_a_grant_ends_when_it_would_have_ended(browser: Client, shop: Shop) -> None:
    client, handheld = made(shop, "read", handhelds=True), Client()
    first = let_in_by_yes(browser, shop, client, handheld)
    shop.db.execute("UPDATE allauth_idp_oidc_token SET expires_at = now() + interval '90 seconds' WHERE type = 'rt'")
    shop.db.commit()

    second = json.loads(renewed(handheld, client, first["refresh_token"]).content)

    assert second["refresh_expires_in"] <= 90
    (left,) = shop.db.execute(
        "SELECT extract(epoch FROM expires_at - now())::float FROM allauth_idp_oidc_token WHERE type = 'rt'"
    ).fetchone() or (0,)
    assert 0 < left <= 90


def test_clients_that_cannot_be_are_refused(shop: Shop) -> None:
    made(shop, "read")
    answers = [
        tokens.make_client(shop.db, name, scopes, handhelds=False, actor="operator/x", now=utc_now())
        for name, scopes in (("", ["read"]), ("other", ["do.people"]), ("scanner", ["read"]))
    ]

    assert [refused(each) and each.code for each in answers] == ["bad_client", "unknown_scope", "client_taken"]


def test_clients_are_made_listed_and_revoked_at_the_terminal(shop: Shop, database_url: str) -> None:
    made_there = onhand("client", "create", "webshop", "--scope", "read", "--json", url=database_url)
    client = json.loads(made_there.stdout)
    assert client["secret"]

    assert onhand("client", "create", "webshop", url=database_url).returncode == 1
    assert "webshop" in onhand("client", "list", url=database_url).stdout
    assert onhand("client", "revoke", "webshop", url=database_url).stdout == "webshop: revoked\n"
    assert json.loads(onhand("client", "list", "--json", url=database_url).stdout) == []
    shop.db.commit()
    kinds = shop.db.execute("SELECT kind FROM core_event WHERE subject = %s ORDER BY seq", (f"client/{client['id']}",))
    assert [kind for (kind,) in kinds] == ["client.made", "client.revoked"]


def test_somebody_is_let_try_again_at_the_terminal(shop: Shop, database_url: str) -> None:
    admit(shop.db, "ana", "store_associate")
    shop.db.commit()

    assert onhand("person", "unlock", "ana", url=database_url).stdout == "ana may try again.\n"
    assert onhand("person", "unlock", "eve", url=database_url).returncode == 1
