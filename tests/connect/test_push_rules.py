"""Notifications by the standards: the vectors RFC 8291 publishes, what browsers give, what services answer."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from onhand.connect.push import carrying
from onhand.connect.push.sealing import MOST_TEXT, sealed
from onhand.connect.push.subscriptions import Subscription, kept, of_letters, opened, read
from onhand.connect.push.vapid import ShopKey, contact
from onhand.connect.webhooks.rules import Answer
from onhand.core.refusals import Refused, refused
from onhand.core.settings import BadSetting
from onhand.core.settings import read as settings
from onhand.messages.ports import Parcel
from push_service import Browser, letters
from shop import NOON

# RFC 8291, section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
OUR_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
THEIR_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def subscription(browser: Browser) -> Subscription:
    found = read(browser.subscription, loopback=False)
    assert not refused(found)
    return found


def parcel(short: str = "Mug (mug) at London: 4 left", **facts: Any) -> Parcel:
    return Parcel(7, "onhand-7-1", "", "Mug at London: 4 left", "…", short, "en", **facts)


# Sealing --------------------------------------------------------------------------------------------------------------


def test_a_message_is_sealed_as_the_standard_shows() -> None:
    to = Subscription("https://push.example/1", of_letters(THEIR_POINT), of_letters(AUTH))
    ours = ec.derive_private_key(int.from_bytes(of_letters(OUR_KEY), "big"), ec.SECP256R1())

    assert letters(sealed(TEXT, to, ours=ours, salt=of_letters(SALT))) == SEALED


@pytest.mark.parametrize("text", [b"", TEXT, "Bule de chá ☕".encode(), b"x" * MOST_TEXT])
def test_only_the_browser_it_is_for_opens_it(text: bytes) -> None:
    browser, other = Browser(), Browser()

    body = sealed(text, subscription(browser))

    assert browser.opened(body) == text
    assert len(body) <= 4096
    with pytest.raises(Exception, match=r"\A\Z"):  # InvalidTag says nothing
        other.opened(body)


def test_no_two_messages_are_sealed_alike() -> None:
    to = subscription(Browser())

    assert sealed(TEXT, to)[:86] != sealed(TEXT, to)[:86]


def test_what_no_service_would_take_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="3993 bytes at most"):
        sealed(b"x" * (MOST_TEXT + 1), subscription(Browser()))


# What browsers give ---------------------------------------------------------------------------------------------------


def given(**changed: Any) -> str:
    said = json.loads(Browser().subscription)
    said["keys"] |= changed.pop("keys", {})
    return json.dumps(said | changed)


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("", "bad_subscription", "subscription"),
        ("[]", "bad_subscription", "subscription"),
        ('{"endpoint": "https://push.example/1"}', "bad_subscription", "subscription"),
        (given(endpoint="https://push.example/" + "x" * 1000), "bad_subscription", "subscription"),
        (given(endpoint="http://push.example/1"), "not_https", "subscription.endpoint"),
        (given(endpoint="https://10.0.0.1/1"), "private_address", "subscription.endpoint"),
        (given(endpoint="https://localhost/1"), "private_address", "subscription.endpoint"),
        (given(endpoint="https://ana@push.example/1"), "bad_url", "subscription.endpoint"),
        (given(keys={"p256dh": letters(b"\x04" * 64)}), "bad_subscription", "subscription.keys.p256dh"),
        (given(keys={"p256dh": letters(b"\x04" + b"\x01" * 64)}), "bad_subscription", "subscription.keys.p256dh"),
        (given(keys={"p256dh": "ñ"}), "bad_subscription", "subscription.keys.p256dh"),
        (given(keys={"auth": letters(b"x" * 15)}), "bad_subscription", "subscription.keys.auth"),
        (given(keys={"auth": ""}), "bad_subscription", "subscription.keys.auth"),
    ],
)
def test_what_nothing_could_be_sent_by_is_refused_with_its_fault(text: str, code: str, field: str) -> None:
    refusal = read(text, loopback=False)

    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.field) == (code, field)


def test_a_refusal_says_how_long_a_key_is_and_should_be() -> None:
    refusal = read(given(keys={"auth": letters(b"x" * 15)}), loopback=False)

    assert isinstance(refusal, Refused)
    assert refusal.detail == "This key has 15 bytes in place of 16; turn it on once more."


def test_what_is_kept_is_what_was_given() -> None:
    browser = Browser()

    assert opened(kept(subscription(browser))) == Subscription(browser.endpoint, browser.point, browser.auth)


# Who posts ------------------------------------------------------------------------------------------------------------


def test_a_token_says_for_which_service_until_when_and_whom_to_turn_to() -> None:
    key = ShopKey.of(OUR_KEY)

    header = key.authorization("https://push.example:8443/abc?d", "mailto:it@shop.example", NOON)

    kind, token, public = header.replace(",", "").split()
    assert kind == "vapid"
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), of_letters(public.removeprefix("k=")))
    claims = jwt.decode(
        token.removeprefix("t="), point, algorithms=["ES256"], options={"verify_exp": False, "verify_aud": False}
    )
    until = int((NOON + timedelta(hours=12)).timestamp())
    assert claims == {"aud": "https://push.example:8443", "exp": until, "sub": "mailto:it@shop.example"}


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        ({}, "mailto:onhand@localhost"),
        ({"ONHAND_PUBLIC_ADDRESS": "https://shop.example"}, "https://shop.example"),
        ({"ONHAND_MAIL_FROM": "Harbour <shop@harbour.example>"}, "mailto:shop@harbour.example"),
        ({"ONHAND_PUSH_CONTACT": "mailto:it@harbour.example"}, "mailto:it@harbour.example"),
    ],
)
def test_services_are_told_whom_to_turn_to(given: dict[str, str], becomes: str) -> None:
    assert contact(settings(given)) == becomes


@pytest.mark.parametrize("said", ["it@harbour.example", "mailto:it", "http://harbour.example"])
def test_a_contact_that_is_none_stops_the_start(said: str) -> None:
    with pytest.raises(BadSetting, match="ONHAND_PUSH_CONTACT"):
        settings({"ONHAND_PUSH_CONTACT": said})


# What is said, and answered -------------------------------------------------------------------------------------------


def test_a_notification_says_what_leads_where_and_what_it_is_about() -> None:
    said = json.loads(carrying.said(parcel(link="https://onhand.example/alerts", topic="below_threshold/mug/london")))

    assert said == {
        "title": "Mug at London: 4 left",
        "body": "Mug (mug) at London: 4 left",
        "link": "https://onhand.example/alerts",
        "tag": "below_threshold/mug/london",
        "lang": "en",
    }


@pytest.mark.parametrize("short", ["x" * 9000, "☕" * 3000, "\x01" * 5000, '"' * 5000])
def test_a_long_text_is_cut_so_that_it_fits(short: str) -> None:
    said = carrying.said(parcel(short))

    assert len(said) <= MOST_TEXT
    assert json.loads(said)["body"].endswith("…")


def test_a_topic_tells_a_service_nothing_and_is_the_same_each_time() -> None:
    to, other = subscription(Browser()), subscription(Browser())

    topics = [carrying.topic("below_threshold/mug/london", each) for each in (to, to, other)]

    assert topics[0] == topics[1] != topics[2]
    assert len(topics[0]) == 32


def test_a_service_keeps_it_for_as_long_as_it_is_of_use_and_a_day_at_most() -> None:
    def kept_for(useful_until: Any) -> int:
        return carrying.seconds_kept(parcel(useful_until=useful_until), NOON)

    assert kept_for(None) == 86_400
    assert kept_for(NOON + timedelta(minutes=10)) == 600
    assert kept_for(NOON + timedelta(days=9)) == 86_400
    assert kept_for(NOON - timedelta(minutes=1)) == 0


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        (Answer(201), {"well": True, "said": "push.example: 201"}),
        (Answer(410, "gone"), {"hopeless": True, "gone": True, "said": "push.example: 410 gone"}),
        (Answer(404), {"hopeless": True, "gone": True}),
        (Answer(413), {"hopeless": True, "gone": False}),
        (Answer(400), {"hopeless": True, "gone": False}),
        (Answer(403, "wrong key"), {"hopeless": False, "gone": False}),
        (Answer(429, "busy", 120.0), {"hopeless": False, "wait": timedelta(minutes=2)}),
        (Answer(503), {"hopeless": False, "wait": timedelta()}),
        (Answer(302), {"well": False, "hopeless": False}),
        (Answer(None, "no answer within 20 seconds"), {"said": "push.example: no answer within 20 seconds"}),
    ],
)
def test_what_a_service_answers_decides(answer: Answer, becomes: dict[str, Any]) -> None:
    outcome = carrying.outcome(answer, "push.example")

    assert SimpleNamespace(**becomes) == SimpleNamespace(**{name: getattr(outcome, name) for name in becomes})
