"""A production start, as an operator makes it: refused with every reason, or serving over https and nothing else."""

from __future__ import annotations

import json
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connect.certificates import certificate_for
from guarded import SECRET, asking
from onhand.core.certificates import ends
from onhand.doors.cli.production.looking import read_certificate, server
from proofs.figures import own_server
from serving import Served, free_port, onhand, started

GUARDS = {
    "strict-transport-security": "max-age=31536000",
    "content-security-policy": "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self)",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

FIELD_KEYS = "k24a7e3:rygqnkaD4jL1d5npt61SQZzpn8f6f9EWBeeRz2v56ek="
BEHIND: Any = {
    "ONHAND_SECRET": SECRET,
    "ONHAND_PUBLIC_ADDRESS": "https://shop.example",
    "ONHAND_TRUSTED_PROXIES": "127.0.0.1",
    "ONHAND_FIELD_KEYS": FIELD_KEYS,
}


@pytest.fixture(scope="module")
def guarded_url() -> Iterator[str]:
    with own_server() as own, asking(own) as url:
        yield url


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    certificate, key = certificate_for("localhost", tmp_path_factory.mktemp("tls"))
    key.chmod(0o600)
    return certificate, key


@pytest.fixture(scope="module")
def direct(guarded_url: str, pem: tuple[Path, Path]) -> Iterator[tuple[Served, int, int]]:
    """It speaks TLS itself, with a port of plain http beside it."""
    port, plain = free_port(), free_port()
    settings: Any = {
        "ONHAND_SECRET": SECRET,
        "ONHAND_PUBLIC_ADDRESS": f"https://localhost:{port}",
        "ONHAND_TLS_CERTIFICATE": str(pem[0]),
        "ONHAND_TLS_KEY": str(pem[1]),
        "ONHAND_REDIRECT_PORT": str(plain),
        "ONHAND_FIELD_KEYS": FIELD_KEYS,
    }
    with started("serve", "--production", url=guarded_url, port=port, **settings) as served:
        served.until("is running")
        yield served, port, plain
        served.stop()


@pytest.fixture(scope="module")
def proxied(guarded_url: str) -> Iterator[Served]:
    """A proxy on this machine speaks TLS for it; the tests are the proxy."""
    with started("serve", "--production", url=guarded_url, **BEHIND) as served:
        served.until("is running")
        served.client.headers["Host"] = "shop.example"
        yield served
        served.stop()


def test_a_start_is_refused_with_every_reason_at_once(database_url: str) -> None:
    done = onhand("serve", "--production", url="postgresql://onhand@db.example/onhand", ONHAND_SECRET="short")

    assert done.returncode == 1
    for reason in ("sslmode=verify-full", "shorter than 32", "ONHAND_PUBLIC_ADDRESS", "Nobody speaks TLS"):
        assert reason in done.stderr
    assert "is running" not in done.stdout


def test_the_embedded_database_is_refused(tmp_path: Path) -> None:
    done = onhand("serve", "--production", ONHAND_DATA=str(tmp_path))

    assert (done.returncode, "embedded database" in done.stderr) == (1, True)
    assert not (tmp_path / "postgres").exists()


@pytest.mark.skipif("ONHAND_TEST_POSTGRES" in os.environ, reason="how another server lets people in is its own affair")
def test_a_server_that_lets_in_who_knows_no_password_is_found_out(database_url: str, guarded_url: str) -> None:
    assert server(database_url).unasked
    assert not server(guarded_url).unasked
    assert server("postgresql://nobody@127.0.0.1:1/nothing").silent
    with own_server() as own:
        assert "pg_hba.conf" in server(own.admin_url).trusting[0]
        assert server(own.admin_url).changes_record
        assert server(own.url).changes_record
        assert not server(own.application_url).changes_record


def test_the_doctor_lists_the_same_without_starting(guarded_url: str) -> None:
    done = onhand("doctor", "--json", url=guarded_url, ONHAND_SECRET=SECRET, ONHAND_TRUSTED_PROXIES="10.0.0.7")

    # That its account owns the tables is said once there are tables.
    said = [(each["level"], each["about"]) for each in json.loads(done.stdout) if each["about"] != "DATABASE_URL"]
    assert said == [
        ("refused", "ONHAND_PUBLIC_ADDRESS"),
        ("refused", "ONHAND_ALLOWED_HOSTS"),
        ("warning", "ONHAND_SMTP_URL"),
    ]
    assert done.returncode == 1


def test_a_certificate_is_read_and_one_that_does_not_fit_its_key_found_out(
    pem: tuple[Path, Path], tmp_path: Path
) -> None:
    certificate, key = pem
    _, another = certificate_for("another", tmp_path)
    another.chmod(0o644)

    assert read_certificate(certificate, key).fault == ""
    assert read_certificate(certificate, key).ends == ends(certificate)
    assert "cannot be used together" in read_certificate(certificate, another).fault
    assert ends(key) is None


def test_it_speaks_tls_itself_and_nothing_older_than_one_two(
    direct: tuple[Served, int, int], pem: tuple[Path, Path]
) -> None:
    _, port, _ = direct
    trust = ssl.create_default_context(cafile=pem[0])
    with (
        socket.create_connection(("127.0.0.1", port), 10) as line,
        trust.wrap_socket(line, server_hostname="localhost") as secure,
    ):
        assert secure.version() == "TLSv1.3"
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        trust.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        trust.minimum_version = ssl.TLSVersion.TLSv1
    trust.set_ciphers("DEFAULT@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", port), 10) as line,
        pytest.raises(ssl.SSLError, match=r"(?i)protocol|alert"),
    ):
        trust.wrap_socket(line, server_hostname="localhost")


def test_over_tls_both_doors_answer_with_all_guards_and_secure_cookies(
    direct: tuple[Served, int, int], pem: tuple[Path, Path]
) -> None:
    _, port, _ = direct
    trust = ssl.create_default_context(cafile=pem[0])
    with httpx.Client(base_url=f"https://localhost:{port}", verify=trust, timeout=30) as client:
        for path in ("/", "/account/login/", "/nowhere", "/api/v1/orders", "/api/nowhere", "/live", "/healthz"):
            answer = client.get(path)
            for name, part in GUARDS.items():
                assert part in answer.headers.get(name, ""), (path, name)
            assert "server" not in answer.headers
        cookies = client.get("/account/login/").headers.get_list("set-cookie")
    assert cookies
    assert all("Secure" in each for each in cookies)


def test_beside_it_plain_http_is_sent_to_https(direct: tuple[Served, int, int]) -> None:
    _, port, plain = direct

    answer = httpx.get(f"http://localhost:{plain}//evil.example/stock?q=mug", timeout=10)

    assert answer.status_code == 308
    assert answer.headers["location"] == f"https://localhost:{port}/evil.example/stock?q=mug"


def test_behind_a_proxy_a_page_over_plain_http_is_sent_to_https(proxied: Served) -> None:
    plain = proxied.client.get("/stock", headers={"X-Forwarded-Proto": "http"})
    safe = proxied.client.get("/account/login/", headers={"X-Forwarded-Proto": "https"})

    assert (plain.status_code, plain.headers["location"]) == (308, "https://shop.example/stock")
    assert safe.status_code == 200


def test_a_program_over_plain_http_is_refused_and_not_sent_on(proxied: Served) -> None:
    answer = proxied.client.get("/api/v1/orders", headers={"Authorization": "Bearer oh_key"})

    assert (answer.status_code, answer.json()["code"]) == (403, "https_only")


def test_another_name_than_ours_is_refused_by_both_doors(proxied: Served) -> None:
    for path in ("/", "/api/v1/orders"):
        answer = proxied.client.get(path, headers={"Host": "evil.example", "X-Forwarded-Proto": "https"})
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_host")


def test_the_processs_health_is_told_over_the_inner_line(proxied: Served) -> None:
    assert proxied.client.get("/readyz", headers={"Host": "10.0.0.5"}).status_code == 200


def test_who_is_no_trusted_proxy_is_not_believed(guarded_url: str) -> None:
    settings: Any = BEHIND | {"ONHAND_TRUSTED_PROXIES": "10.9.9.9"}
    with started("serve", "--production", url=guarded_url, **settings) as served:
        served.until("is running")
        answer = served.client.get("/", headers={"Host": "shop.example", "X-Forwarded-Proto": "https"})

        assert answer.status_code == 308


def test_what_is_no_http_is_answered_with_all_guards(proxied: Served) -> None:
    with socket.create_connection(("127.0.0.1", int(proxied.client.base_url.port or 0)), 10) as line:
        line.sendall(b"NONSENSE\r\n\r\n")
        said = line.recv(4096).decode().lower()

    assert said.startswith("http/1.1 400")
    assert all(f"{name}: " in said for name in GUARDS)
