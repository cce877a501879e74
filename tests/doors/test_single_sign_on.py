"""Single sign-on with a real OpenID Connect provider on this machine: who somebody is, and what they are here for."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.test import Client, RequestFactory

from doors.people import PASSWORD, text
from onhand.access import factors
from onhand.access.models import Person
from onhand.access.people import admit
from onhand.doors.web.signin.single_sign_on import prove_again, roles_of
from shop import Shop

with warnings.catch_warnings():
    # The provider's own library speaks of its future; that is no concern of ours.
    warnings.simplefilter("ignore")
    from oidc_provider_mock import User, run_server_in_thread

ROLES = {"shop-managers": "store_manager", "floor": "store_associate"}


@pytest.fixture
def provider(browser: Client, settings_of: Any) -> Iterator[str]:
    """A provider that knows three people, and Onhand told of it."""
    people = [
        User(sub="1", claims={"preferred_username": "ana", "email": "ana@example.com", "groups": ["shop-managers"]}),
        User(sub="2", claims={"preferred_username": "eve", "groups": ["football"]}),
        User(sub="3", claims={"preferred_username": "bob", "groups": "floor"}),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with run_server_in_thread(user_claims=people) as server:
            address = f"http://localhost:{server.server_port}"
            app = {
                "provider_id": "sso",
                "name": "SSO",
                "client_id": "onhand",
                "secret": "shared",
                "settings": {"server_url": address, "oauth_pkce_enabled": True},
            }
            providers = {"openid_connect": {"APPS": [app]}}
            settings_of(SOCIALACCOUNT_PROVIDERS=providers, SINGLE_SIGN_ON=True, OIDC_ROLES=ROLES)
            yield address


def come_in(browser: Client, sub: str, path: str = "/account/sso/sso/login/?process=login") -> Any:
    """Be sent to the provider, say there who one is, and come back."""
    sent = browser.get(path)
    assert sent.status_code == 302, text(sent)
    answer = httpx.post(sent["Location"], data={"sub": sub}, follow_redirects=False)
    back = urlsplit(answer.headers["location"])
    return browser.get(f"{back.path}?{back.query}")


def roles(shop: Shop, name: str) -> list[str]:
    shop.db.commit()
    rows = shop.db.execute(
        "SELECT post.role FROM access_post AS post JOIN access_person AS person ON person.id = person_id"
        " WHERE username = %s ORDER BY 1",
        (name,),
    )
    return [role for (role,) in rows]


def test_who_has_a_role_comes_in_and_has_an_account_from_then_on(browser: Client, shop: Shop, provider: str) -> None:
    assert "company's account" in text(browser.get("/account/login/"))

    answer = come_in(browser, "1")

    assert (answer.status_code, answer["Location"]) == (302, "/home")
    assert browser.get("/stock").status_code == 200
    assert roles(shop, "ana") == ["store_manager"]
    assert not Person.objects.get(username="ana").has_usable_password()


def test_who_has_none_stays_outside(browser: Client, shop: Shop, provider: str) -> None:
    answer = come_in(browser, "2")

    assert answer["Location"] == "/account/login/"
    assert "has no role here" in text(browser.get("/account/login/"))
    assert not Person.objects.filter(username="eve").exists()


def test_a_role_that_the_provider_takes_back_is_gone_at_the_next_signing_in(
    browser: Client, shop: Shop, provider: str, settings_of: Any
) -> None:
    admit(shop.db, "max", "owner")
    shop.db.commit()
    come_in(browser, "1")
    settings_of(OIDC_ROLES={"shop-managers": "store_associate"})

    come_in(Client(), "1")

    assert roles(shop, "ana") == ["store_associate"]


def test_an_account_made_here_is_not_taken_over_by_its_name(browser: Client, shop: Shop, provider: str) -> None:
    admit(shop.db, "ana", "owner", email="ana@example.com", password=PASSWORD)
    shop.db.commit()

    answer = come_in(browser, "1")

    assert answer["Location"] == "/account/login/"
    assert browser.get("/stock").status_code == 302


def test_its_holder_connects_the_two(browser: Client, shop: Shop, provider: str) -> None:
    admit(shop.db, "ana", "store_associate", password=PASSWORD)
    shop.db.commit()
    browser.post("/account/login/", {"login": "ana", "password": PASSWORD})

    asked = browser.get("/account/sso/sso/login/?process=connect&next=/account/")
    proved = browser.post(asked["Location"], {"password": PASSWORD})
    come_in(browser, "1", proved["Location"])
    other = Client()
    come_in(other, "1")

    assert other.get("/stock").status_code == 200
    assert roles(shop, "ana") == ["store_associate", "store_manager"]


def test_an_answer_that_nobody_asked_for_opens_nothing(browser: Client, shop: Shop, provider: str) -> None:
    sent = browser.get("/account/sso/sso/login/?process=login")
    answer = httpx.post(sent["Location"], data={"sub": "1"}, follow_redirects=False)
    back = urlsplit(answer.headers["location"])

    victim = Client()
    victim.get(f"{back.path}?{back.query}")
    browser.get(f"{back.path}?{back.query}")
    again = Client()
    again.get(f"{back.path}?{back.query}")

    assert victim.get("/stock").status_code == 302
    assert again.get("/stock").status_code == 302


def test_what_was_said_to_somebody_else_or_too_long_ago_opens_nothing(browser: Client, provider: str) -> None:
    adapter = OpenIDConnectOAuth2Adapter(RequestFactory().get("/"), "sso")
    adapter.did_fetch_access_token = True
    app, now = adapter.get_provider().app, int(time.time())
    said = {"iss": adapter.openid_config["issuer"], "aud": "onhand", "sub": "1", "iat": now, "exp": now + 60}

    read = adapter._decode_id_token  # noqa: SLF001 - where an answer of the provider's is read
    assert read(app, jwt.encode(said, "x" * 32))["sub"] == "1"
    for wrong in ({"aud": "another"}, {"iss": "https://evil.example"}, {"exp": now - 3600, "iat": now - 7200}):
        with pytest.raises(OAuth2Error):
            read(app, jwt.encode({**said, **wrong}, "x" * 32))


def test_a_provider_that_does_not_answer_is_said_so(
    browser: Client, shop: Shop, provider: str, settings_of: Any
) -> None:
    nowhere = {"server_url": "http://127.0.0.1:9"}
    app = {"provider_id": "sso", "name": "SSO", "client_id": "x", "secret": "", "settings": nowhere}
    settings_of(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [app]}})

    answer = browser.get("/account/sso/sso/login/?process=login")

    assert answer["Location"] == "/account/login/"
    assert "did not work" in text(browser.get("/account/login/"))


def test_it_leads_nowhere_else(browser: Client, shop: Shop, provider: str) -> None:
    answer = come_in(browser, "1", "/account/sso/sso/login/?process=login&next=https://evil.example/")

    assert answer["Location"] == "/home"


def test_who_comes_by_it_proves_a_factor_when_the_provider_has_seen_them(
    browser: Client, shop: Shop, provider: str
) -> None:
    come_in(browser, "1")
    session = browser.session
    session[factors.SEEN_BY_PROVIDER] = time.time() - 600
    session.save()
    assert not factors.freshly_proved(browser.session, 300)

    answer = come_in(browser, "1", prove_again("/stock"))

    assert answer["Location"] == "/stock"
    assert factors.freshly_proved(browser.session, 300)


def test_somebody_else_cannot_prove_it_for_them(browser: Client, shop: Shop, provider: str) -> None:
    come_in(Client(), "3")
    come_in(browser, "1")
    session = browser.session
    session[factors.SEEN_BY_PROVIDER] = time.time() - 600
    session.save()

    come_in(browser, "3", prove_again("/stock"))

    assert not factors.freshly_proved(browser.session, 300)


def test_a_claim_may_be_a_word_or_a_list_of_them(settings_of: Any) -> None:
    settings_of(OIDC_ROLES=ROLES)

    assert roles_of({"groups": "floor"}) == ["store_associate"]
    assert roles_of({"groups": ["x", "floor", "shop-managers"]}) == ["store_associate", "store_manager"]
    assert roles_of({}) == []
