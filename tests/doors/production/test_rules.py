"""What a production start refuses, as rules: no network, no disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onhand.core import settings as configuration
from onhand.doors.cli.production.rules import Certificate, Circumstances, Server, bits, judge, refusals

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SAFE = {
    "DATABASE_URL": "postgresql://onhand_app:3f9c0e7ab1d24c55@db.example/onhand?sslmode=verify-full",
    "ONHAND_SECRET": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "ONHAND_PUBLIC_ADDRESS": "https://shop.example",
    "ONHAND_TRUSTED_PROXIES": "10.0.0.7",
    "ONHAND_SMTP_URL": "smtps://mail.example:465",
    "ONHAND_FIELD_KEYS": "k24a7e3:rygqnkaD4jL1d5npt61SQZzpn8f6f9EWBeeRz2v56ek=",
}
ADDRESS = {"host": "db.example", "user": "onhand_app", "password": "3f9c0e7ab1d24c55", "sslmode": "verify-full"}


def circumstances(**environment: str) -> Circumstances:
    return Circumstances(configuration.read(SAFE | environment), ADDRESS, Server(), now=NOW)


def about(found: Circumstances) -> list[str]:
    return [each.about for each in refusals(judge(found))]


def test_what_is_safe_starts_without_a_word() -> None:
    assert judge(circumstances()) == []


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
@pytest.mark.parametrize("host", ["db.example", "10.0.0.3", "/run/postgresql,db.example", "2001:db8::1"])
def test_a_database_over_the_network_is_spoken_to_safely_or_not_at_all(host: str, mode: str) -> None:
    (finding,) = refusals(judge(replace(circumstances(), address=ADDRESS | {"host": host, "sslmode": mode})))

    assert "sslmode=verify-full" in finding.words


@pytest.mark.parametrize("host", ["", "/run/postgresql", "localhost", "127.0.0.1", "::1", "@onhand"])
def test_a_database_on_this_machine_needs_no_tls(host: str) -> None:
    assert about(replace(circumstances(), address=ADDRESS | {"host": host, "sslmode": "prefer"})) == []


def test_what_the_address_hides_is_not_taken_on_trust() -> None:
    assert about(replace(circumstances(), address={"service": "shop"})) == ["DATABASE_URL"]


@pytest.mark.parametrize("password", ["postgres", "onhand_app", "short", "changeme"])
def test_a_password_of_the_database_that_can_be_guessed_is_refused(password: str) -> None:
    assert about(replace(circumstances(), address=ADDRESS | {"password": password})) == ["DATABASE_URL"]


@pytest.mark.parametrize(
    "server",
    [Server(unasked=True), Server(trusting=["line 90 of pg_hba.conf (host all all)"]), Server(silent="refused")],
)
def test_a_server_that_trusts_or_is_silent_is_refused(server: Server) -> None:
    assert about(replace(circumstances(), server=server)) == ["DATABASE_URL"]


def test_an_account_that_may_do_anything_is_worth_a_warning() -> None:
    (finding,) = judge(replace(circumstances(), server=Server(changes_record=True)))

    assert (finding.level, "superuser" in finding.words) == ("warning", True)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "short",
        "a" * 64,
        "abab" * 16,
        "change-me-change-me-change-me-please-now",
        "django-insecure-k3j5h2k3j5h2k3j5h2k",
    ],
)
def test_a_secret_that_is_missing_short_or_guessed_is_refused(secret: str) -> None:
    assert about(circumstances(ONHAND_SECRET=secret)) == ["ONHAND_SECRET"]


def test_what_openssl_makes_is_enough() -> None:
    assert bits(SAFE["ONHAND_SECRET"]) > 200


def test_debug_pages_and_debug_logs_are_refused() -> None:
    found = replace(circumstances(ONHAND_LOG_LEVEL="debug"), debug=True)

    assert about(found) == ["DEBUG", "ONHAND_LOG_LEVEL"]


def test_where_it_is_found_must_be_said() -> None:
    assert about(circumstances(ONHAND_PUBLIC_ADDRESS="")) == ["ONHAND_PUBLIC_ADDRESS", "ONHAND_ALLOWED_HOSTS"]


def test_somebody_has_to_speak_tls_and_not_everybody_is_believed() -> None:
    assert about(circumstances(ONHAND_TRUSTED_PROXIES="")) == ["ONHAND_TLS_CERTIFICATE"]
    assert about(circumstances(ONHAND_TRUSTED_PROXIES="0.0.0.0/0")) == ["ONHAND_TRUSTED_PROXIES"]


@pytest.mark.parametrize(
    ("certificate", "levels"),
    [
        (Certificate(ends=NOW + timedelta(days=90)), []),
        (Certificate(ends=NOW + timedelta(days=9)), ["warning"]),
        (Certificate(ends=NOW - timedelta(days=1, hours=1)), ["refused"]),
        (Certificate(fault="the key is another's"), ["refused"]),
        (Certificate(ends=NOW + timedelta(days=90), key_read_by_others=True), ["refused"]),
    ],
)
def test_the_certificate_is_looked_at(certificate: Certificate, levels: list[str]) -> None:
    assert [each.level for each in judge(replace(circumstances(), certificate=certificate))] == levels


def test_everything_is_said_at_once_the_warnings_last() -> None:
    found = judge(Circumstances(configuration.read({"ONHAND_WEBHOOKS_TO": "loopback"})))

    assert [(each.level, each.about) for each in found] == [
        ("refused", "DATABASE_URL"),
        ("refused", "ONHAND_SECRET"),
        ("refused", "ONHAND_FIELD_KEYS"),
        ("refused", "ONHAND_PUBLIC_ADDRESS"),
        ("refused", "ONHAND_ALLOWED_HOSTS"),
        ("refused", "ONHAND_TLS_CERTIFICATE"),
        ("warning", "ONHAND_SMTP_URL"),
        ("warning", "ONHAND_WEBHOOKS_TO"),
    ]


def test_a_certificate_goes_with_its_key() -> None:
    with pytest.raises(configuration.BadSetting, match="go together"):
        configuration.read({"ONHAND_TLS_CERTIFICATE": str(Path("/tmp/a.pem"))})
