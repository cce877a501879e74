"""Letters, as a real mail server takes them: forgotten passwords, confirmed addresses; nobody learns who is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from doors.people import PASSWORD, sign_in, text
from onhand.access.people import admit
from onhand.core.settings import BadSetting, read
from onhand.doors.web import post
from onhand.doors.web.post_settings import by_smtp
from serving import free_port
from shop import Shop


class Letters:
    """What arrived."""

    def __init__(self) -> None:
        self.arrived: list[Message] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.arrived.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    def one(self) -> str:
        post.settled()
        (letter,) = self.arrived
        self.arrived.clear()
        return str(letter.get_content())  # type: ignore[attr-defined]


@pytest.fixture
def letters(browser: Client, settings_of: Any) -> Iterator[Letters]:
    """A mail server."""
    found = Letters()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings_of(**by_smtp(f"smtp://127.0.0.1:{controller.port}"), ADDRESS="https://onhand.example")
    yield found
    post.settled()
    controller.stop()


def ana(shop: Shop) -> None:
    admit(shop.db, "ana", "store_associate", email="ana@example.com", password=PASSWORD)
    shop.db.commit()


def forgotten(browser: Client, address: str, **facts: Any) -> Any:
    return browser.post("/account/password/reset/", {"email": address}, **facts)


def test_who_forgot_the_password_sets_another_by_letter(browser: Client, shop: Shop, letters: Letters) -> None:
    ana(shop)
    answer = forgotten(browser, "ana@example.com")
    assert answer["Location"] == "/account/password/reset/done/"

    letter = letters.one()
    (link,) = re.findall(r"https://onhand\.example(/account/password/reset/key/\S+)", letter)
    page = browser.get(link, follow=True)
    new = "a-quiet-harbour-9"
    done = browser.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})

    assert done.status_code == 302
    assert Client().post("/account/login/", {"login": "ana", "password": new}).status_code == 302
    assert "password has been" in letters.one()


def test_a_link_is_good_once(browser: Client, shop: Shop, letters: Letters) -> None:
    ana(shop)
    forgotten(browser, "ana@example.com")
    (link,) = re.findall(r"https://onhand\.example(/account/password/reset/key/\S+)", letters.one())
    new = "a-quiet-harbour-9"
    browser.post(browser.get(link, follow=True).redirect_chain[-1][0], {"password1": new, "password2": new})

    assert "invalid" in text(Client().get(link, follow=True))


def test_a_link_leads_to_our_address_whatever_the_asker_calls_us(browser: Client, shop: Shop, letters: Letters) -> None:
    ana(shop)

    forgotten(browser, "ana@example.com", headers={"Host": "evil.example"})

    assert "evil" not in letters.one()


def test_to_an_address_nobody_has_nothing_is_written_and_the_answer_is_the_same(
    browser: Client, shop: Shop, letters: Letters
) -> None:
    ana(shop)

    answers = [forgotten(Client(), address) for address in ("ana@example.com", "eve@example.com")]

    post.settled()
    assert [each["To"] for each in letters.arrived] == ["ana@example.com"]
    assert [(each.status_code, each["Location"]) for each in answers] == [(302, "/account/password/reset/done/")] * 2


def test_an_address_is_theirs_once_they_follow_the_letter(browser: Client, shop: Shop, letters: Letters) -> None:
    sign_in(browser, shop)
    answer = browser.post("/account/email/", {"email": "ana.souza@example.com", "action_add": "1"})
    browser.post(answer["Location"], {"password": PASSWORD})
    assert "not confirmed yet" in text(browser.get("/account/email/"))

    (link,) = re.findall(r"https://onhand\.example(/account/confirm-email/\S+)", letters.one())
    browser.post(link)

    assert "ana.souza@example.com confirmed" in text(browser.get("/account/"))
    shop.db.commit()
    assert shop.db.execute("SELECT actor FROM core_event WHERE kind = 'email.verified'").fetchall() == [("person/ana",)]


def test_somebody_is_told_when_what_they_sign_in_with_changes(browser: Client, shop: Shop, letters: Letters) -> None:
    sign_in(browser, shop)
    shop.db.execute("UPDATE access_person SET email = 'ana@example.com'")
    shop.db.commit()
    new = "another-fine-morning"

    browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert "password" in letters.one()


def test_without_a_mail_server_letters_are_in_the_log_of_this_machine_alone(
    browser: Client, shop: Shop, settings_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ana(shop)
    settings_of(**by_smtp(None), ADDRESS="http://127.0.0.1:8000")
    forgotten(browser, "ana@example.com")
    post.settled()
    assert "/account/password/reset/key/" in caplog.text

    caplog.clear()
    settings_of(ADDRESS="https://onhand.example")
    forgotten(Client(), "ana@example.com")
    post.settled()
    assert "set ONHAND_SMTP_URL" in caplog.text
    assert "/account/password/reset/key/" not in caplog.text


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "whole"),
    [
        ("smtp://mail.example", "mail.example", 587, True, False),
        ("smtps://a%40b:c@mail.example", "mail.example", 465, False, True),
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, False, False),
    ],
)
def test_to_another_machine_letters_go_over_tls(url: str, host: str, port: int, tls: bool, whole: bool) -> None:  # noqa: FBT001
    found = by_smtp(url)

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, whole)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONHAND_SMTP_URL", "http://mail.example"),
        ("ONHAND_PUBLIC_ADDRESS", "onhand.example"),
        ("ONHAND_PUBLIC_ADDRESS", "https://onhand.example/shop"),
        ("ONHAND_OIDC_ISSUER", "http://login.example"),
        ("ONHAND_OIDC_ROLES", "managers"),
        ("ONHAND_SECOND_FACTOR", "perhaps"),
    ],
)
def test_settings_that_cannot_be_stop_the_start(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read({name: value})
