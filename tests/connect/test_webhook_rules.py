"""When a webhook is tried again, how it is signed, and where it may not go."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from onhand.connect.webhooks import rules
from onhand.connect.webhooks.rules import Answer, address_in, is_public, judge, may_be_called, url_fault

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FAILED = Answer(500, "Internal Server Error")

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "5f00::1",
]
OUTSIDE = ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001:80b::200e", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_of_the_inside_is_never_called(address: str) -> None:
    assert not is_public(address_in(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_public_network_may_be_called(address: str) -> None:
    assert is_public(address_in(address))


@pytest.mark.parametrize("address", [each for each in INSIDE if each not in {"127.0.0.1", "127.255.255.254", "::1"}])
def test_who_lets_webhooks_go_to_this_machine_lets_them_go_nowhere_else_inside(address: str) -> None:
    assert may_be_called(address_in("127.0.0.1"), loopback=True)
    assert not may_be_called(address_in(address), loopback=True) or address == "::ffff:127.0.0.1"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "not_https"),
        ("ftp://example.com/", "not_https"),
        ("file:///etc/passwd", "bad_url"),
        ("https://", "bad_url"),
        ("https://ann@example.com/", "bad_url"),
        ("https://example.com/#here", "bad_url"),
        ("https://example.com:99999/", "bad_url"),
        ("https://[::1", "bad_url"),
        ("https://exa mple.com/", "bad_url"),
        ("https://127.0.0.1/", "private_address"),
        ("https://[::1]/", "private_address"),
        ("https://[::ffff:10.0.0.1]:8443/", "private_address"),
        ("https://169.254.169.254/latest/meta-data/", "private_address"),
        ("https://127.1/", "private_address"),
        ("https://2130706433/", "private_address"),
        ("https://0x7f.1/", "private_address"),
        ("https://0177.0.0.1/", "private_address"),
        ("https://127.0.0.1./", "private_address"),
        ("https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/", "private_address"),
        ("https://10.1/", "private_address"),
        ("https://[::ffff:127.0.0.1]/", "private_address"),
        ("https://localhost/", "private_address"),
        ("https://LOCALHOST.:8443/", "private_address"),
        ("https://shop.localhost/", "private_address"),
        ("https://localhost.localdomain/", "private_address"),
        ("https://ip6-localhost/", "private_address"),
        ("nonsense", "bad_url"),
    ],
)
def test_an_address_nothing_may_be_posted_to_is_refused(url: str, code: str) -> None:
    fault = url_fault(url, loopback=False)

    assert fault is not None
    assert (fault.code, fault.field) == (code, "url")


@pytest.mark.parametrize(
    "url", ["https://example.com/hook?x=1", "https://93.184.216.34:8443/", "https://localhost.example.com/"]
)
def test_an_address_of_the_public_network_is_taken(url: str) -> None:
    assert url_fault(url, loopback=False) is None


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "localhost.localdomain", "[::1]"])
def test_who_lets_webhooks_go_to_this_machine_may_spell_it_as_they_like(host: str) -> None:
    assert url_fault(f"http://{host}:8080/", loopback=True) is None


def test_the_whole_schedule_is_ten_attempts_in_three_days() -> None:
    now, attempts = NOW, 0
    while True:
        attempts += 1
        verdict = judge(FAILED, attempts=attempts, now=now, chance=0.0)
        if verdict.state == "dead":
            break
        now = verdict.next_at

    assert (attempts, now - NOW) == (10, timedelta(hours=75, minutes=35, seconds=5))
    assert now - NOW == rules.WHOLE_SCHEDULE


def test_what_failed_together_does_not_come_back_together() -> None:
    early, late = (judge(FAILED, attempts=4, now=NOW, chance=chance).next_at - NOW for chance in (0.0, 1.0))

    assert (early, late) == (timedelta(hours=2), timedelta(hours=2, minutes=12))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(200), "done"),
        (Answer(204), "done"),
        (Answer(299), "done"),
        (Answer(301), "waiting"),
        (Answer(400), "waiting"),
        (Answer(404), "waiting"),
        (Answer(410), "dead"),
        (Answer(503), "waiting"),
        (Answer(None, "ConnectError"), "waiting"),
        (Answer(None, "the event is no longer kept", hopeless=True), "dead"),
    ],
)
def test_what_an_answer_makes_of_a_delivery(answer: Answer, state: str) -> None:
    assert judge(answer, attempts=1, now=NOW, chance=0.0).state == state


def test_who_asks_for_time_is_given_it_within_reason() -> None:
    asked, unreasonable = (
        judge(Answer(429, retry_after=seconds), attempts=1, now=NOW, chance=0.0).next_at - NOW for seconds in (600, 1e8)
    )

    assert (asked, unreasonable) == (timedelta(minutes=10), timedelta(hours=24))


def test_a_signature_is_verified_by_the_reference_library() -> None:
    secret, body = rules.new_secret(), b'{"type":"order.placed"}'
    headers = rules.signed("evt_7", datetime.now(UTC), body, [secret])

    assert Webhook(secret).verify(body, headers) == {"type": "order.placed"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(rules.new_secret()).verify(body, headers)


def test_while_a_secret_is_rotated_both_old_and_new_verify() -> None:
    old, new = rules.new_secret(), rules.new_secret()
    headers = rules.signed("evt_7", datetime.now(UTC), b"{}", [new, old])

    assert [Webhook(each).verify(b"{}", headers) for each in (old, new)] == [{}, {}]
    assert len(headers["webhook-signature"].split()) == 2


def test_a_secret_has_as_many_bytes_as_the_standard_asks_for() -> None:
    secret = rules.new_secret()

    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
