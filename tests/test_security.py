"""The page docs/security.md and its map: up to date, true, and whole; and what only this page says is held here."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from typing import Any

import pytest
from allauth.idp.oidc import app_settings as identity
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount import app_settings as social
from django.test import Client

from doors.conftest import browser
from doors.people import enrol, sign_in, text, who
from doors.test_tokens import sent
from onhand.access.confirming import requests
from onhand.access.signin import first_passwords, tokens
from onhand.connect.sheets import limits
from onhand.core import settings
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from onhand.doors.api import lane, verbs
from onhand.doors.web.signin import passwords
from proofs import asvs
from shop import Shop

assert browser  # a fixture
TEXT = asvs.PAGE.read_text(encoding="utf-8")
ROOT = asvs.ROOT


def test_the_map_names_tests_there_are_and_reasons() -> None:
    assert list(asvs.faults(asvs.requirements())) == []


def test_the_map_holds_every_requirement_of_both_levels() -> None:
    found = asvs.requirements()

    assert [sum(each.level == level for each in found) for level in (1, 2, 3)] == [70, 183, 2]
    assert found == sorted(found, key=lambda each: tuple(map(int, each.number.split("."))))


def test_a_map_that_claims_what_is_not_is_found_out() -> None:
    one = asvs.Requirement("1.1.1", 1, "x", "met", ("tests/test_security.py::test_that_is_not_there",), "")
    said = [one, one._replace(number="1.1.2", shown_by=()), one._replace(number="1.1.3", verdict="n/a", shown_by=())]

    assert len(list(asvs.faults([*said, said[0]]))) == 5


def test_the_page_shows_the_map_as_it_is() -> None:
    assert asvs.page(TEXT, asvs.requirements()) == TEXT, "run `python -m proofs.asvs`"


def test_every_place_the_page_leads_to_is_there() -> None:
    leads = [lead for lead in re.findall(r"\]\(([^)#]+)\)", TEXT) if not lead.startswith("http")]

    assert [lead for lead in leads if not (asvs.PAGE.parent / lead).exists()] == []
    assert leads


@pytest.mark.parametrize(
    "section",
    [
        "What is sensitive",
        "Signing in",
        "Sessions",
        "Who may what",
        "How input is checked",
        "With whom it speaks",
        "Cryptography",
        "What is logged",
        "What we are made of",
    ],
)
def test_the_page_has_what_the_standard_wants_written(section: str) -> None:
    _, _, rest = TEXT.partition(f"\n## {section}\n")

    assert len(rest.partition("\n## ")[0].split()) > 80


def test_figures_on_the_page_are_those_of_the_code() -> None:
    made = settings.SETTINGS
    said = re.sub(r"\s+", " ", TEXT)
    figures = [
        f"ends {made['session_idle_minutes'].default} minutes after the last touch",
        f"{made['session_longest_hours'].default} hours after it began",
        f"on a shared device after {made['shift_lock_minutes'].default} minutes",
        f"holds for {first_passwords.HOLDS.days} days",
        f"{lane.LARGEST_BODY // 1024**2} MiB and {verbs.MOST_IN_BULK:,} records",
        f"lets {int(made['queue'].default):,} commands of a kind wait",
        f"none longer than {made['patience'].default} seconds",
        f"{requests.MOST_WAITING:,} requests wait for a second person",
        f"{limits.MOST_BYTES // limits.MEBIBYTE} MiB at most",
        f"a workbook {limits.MOST_BYTES_OF_WORKBOOK // limits.MEBIBYTE} MiB",
        f"{limits.MOST_BYTES_UNPACKED // limits.MEBIBYTE:,} MiB unpacked",
        f"{limits.MOST_PARTS:,} parts, {limits.MOST_ROWS:,} rows, {limits.MOST_COLUMNS} columns",
        ", ".join(f"`{each}`" for each in limits.ENDINGS[:-1]) + f" and `{limits.ENDINGS[-1]}`",
    ]

    assert [each for each in figures if each not in said] == []


def test_the_page_lists_the_words_no_password_is_made_of() -> None:
    listed = re.findall(r"[a-z]+", TEXT.partition("<!-- words -->")[2].partition("## ")[0])

    assert sorted(set(listed)) == sorted(passwords.WORDS)


def test_the_secrets_of_the_settings_are_in_the_inventory() -> None:
    secret = {"ONHAND_SECRET", "ONHAND_FIELD_KEYS", "ONHAND_BACKUP_KEY"}

    assert secret <= {each.name for each in settings.SETTINGS.values()}
    assert [each for each in secret if each not in TEXT.partition("## Cryptography")[2]] == []


def test_what_is_shipped_is_the_product_alone() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]

    assert wheel["packages"] == ["src/onhand"]
    inside = [path for path in (ROOT / "src/onhand").rglob("*.py") if path.name.startswith(("test_", "conftest"))]
    assert inside == []


def test_every_cookie_has_its_prefix_over_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONHAND_PUBLIC_ADDRESS", "https://onhand.example")
    name = "onhand.doors.web.settings"
    before = sys.modules[name]
    try:
        del sys.modules[name]
        fresh: Any = importlib.import_module(name)
    finally:
        sys.modules[name] = before

    named = {each: getattr(fresh, each) for each in dir(fresh) if each.endswith("COOKIE_NAME")}
    assert len(named) == 4
    assert [each for each in named.values() if not each.startswith("__Host-")] == []
    assert fresh.SESSION_COOKIE_SECURE
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src/onhand/doors").rglob("*.py")]
    given = {each for source in sources for each in re.findall(r"set_cookie\(\s*([\w.\"']+)", source)}
    assert given <= {"COOKIE", "DEVICE_COOKIE", "name"}
    for source in sources:
        assert not re.search(r"^(DEVICE_)?COOKIE = (?!f\"\{.*COOKIE_PREFIX\})", source, re.MULTILINE)


def test_a_password_set_by_letter_does_not_pass_by_the_second_factor(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    enrol(browser)
    person = who(browser)
    person.set_password("a-quiet-harbour-9")
    person.save()

    other = Client()
    answer = other.post("/account/login/", {"login": "ana", "password": "a-quiet-harbour-9"})

    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert other.get("/orders").status_code == 302


def test_codes_and_seeds_have_enough_chance_in_them(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    codes = RecoveryCodes.activate(who(browser)).get_unused_codes()

    assert len({*codes}) == len(codes) >= 8
    assert all(len(each) >= 8 for each in codes)
    assert len({totp.generate_totp_secret() for _ in range(50)}) == 50
    assert len(totp.generate_totp_secret()) * 5 >= 128
    assert Authenticator.objects.count() == 1


def test_codes_end_soon() -> None:
    assert identity.DEVICE_CODE_EXPIRES_IN <= 600
    assert totp.app_settings.TOTP_PERIOD == 30
    assert totp.app_settings.TOTP_TOLERANCE == 1


def test_device_codes_cannot_be_guessed_at(browser: Client, shop: Shop) -> None:
    made = tokens.make_client(shop.db, "scanner", ["read"], handhelds=True, actor="operator/x", now=utc_now())
    assert not refused(made)
    shop.db.commit()
    shown = sent(Client(), "/identity/o/api/device/code", client_id=made.id).json()
    sign_in(browser, shop)
    assert "Let scanner in?" in text(browser.get("/identity/o/device", {"code": shown["user_code"]}))

    for each in range(60):
        browser.get("/identity/o/device", {"code": f"AAAA-{each:04}"})

    assert "Let scanner in?" not in text(browser.get("/identity/o/device", {"code": shown["user_code"]}))


def test_tokens_of_the_provider_are_not_kept() -> None:
    assert not social.STORE_TOKENS


def test_a_client_has_no_grant_but_its_own(shop: Shop) -> None:
    for handhelds in (True, False):
        tokens.make_client(shop.db, f"c{handhelds}", ["read"], handhelds=handhelds, actor="operator/x", now=utc_now())

    rows = shop.db.execute("SELECT grant_types FROM allauth_idp_oidc_client").fetchall()
    given = {each for (grants,) in rows for each in grants.split()}
    assert given == {*tokens.DEVICE_GRANTS, *tokens.MACHINE_GRANTS}
    assert not {"password", "implicit", "authorization_code"} & given


def test_a_fault_tells_nothing_of_the_inside(browser: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM psycopg")

    monkeypatch.setattr("onhand.doors.web.finding.find", breaks)
    browser.raise_request_exception = False
    answer = sign_in(browser, shop).get("/palette?q=mug")

    assert answer.status_code == 500
    assert "went wrong on our side" in text(answer)
    assert not re.search(r"Traceback|RuntimeError|File \"|psycopg|SELECT", answer.content.decode())
