"""Signing in and out: guesses are counted, codes hold once, sessions end everywhere, nobody is told who is there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from doors.people import PASSWORD, fill, sign_in, text
from onhand.access.models import Person
from onhand.access.people import admit
from onhand.access.signin import guessing, sessions
from onhand.core.clock import utc_now
from shop import Shop


def people(shop: Shop, *names: str, role: str = "store_associate") -> None:
    for name in names:
        admit(shop.db, name, role, email=f"{name}@example.com", password=PASSWORD)
    shop.db.commit()


def tried(browser: Client, name: str, password: str = "nonsense", address: str = "10.0.0.1", **facts: str) -> Any:
    return browser.post(
        "/account/login/", {"login": name, "password": password, **facts}, headers={}, REMOTE_ADDR=address
    )


def waits(answer: Any) -> bool:
    return "Too many failed" in text(answer)


def events(shop: Shop, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    shop.db.commit()
    return shop.db.execute(
        "SELECT subject, actor, data FROM core_event WHERE kind = %s ORDER BY seq", (kind,)
    ).fetchall()


def app_of(browser: Client) -> str:
    """Set an authenticator app up, and return its secret."""
    browser.post(browser.get("/account/2fa/totp/activate/")["Location"], {"password": PASSWORD})
    page = browser.get("/account/2fa/totp/activate/").content.decode()
    (secret,) = re.findall(r'value="([A-Z2-7]{16,})"', page)
    assert browser.post("/account/2fa/totp/activate/", {"code": code(secret)}).status_code == 302
    return str(secret)


def proved(browser: Client, answer: Any) -> Any:
    """Say the password once more, where that is asked for; what was wished is then done."""
    assert answer["Location"].startswith("/account/reauthenticate/")
    return browser.post(answer["Location"], {"password": PASSWORD})


def code(secret: str, later: int = 0) -> str:
    counter = list(totp.yield_hotp_counters_from_time())[1] + later
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


# Guesses --------------------------------------------------------------------------------------------------------------


def test_five_wrong_passwords_from_one_place_are_enough_there(browser: Client, shop: Shop) -> None:
    people(shop, "ana")

    answers = [tried(browser, "ana") for _ in range(6)]

    assert [waits(each) for each in answers] == [False] * 5 + [True]
    assert waits(tried(Client(), "ana", PASSWORD))
    assert tried(Client(), "ana", PASSWORD, address="10.0.0.2").status_code == 302


def test_who_shares_the_address_is_not_locked_out(browser: Client, shop: Shop) -> None:
    people(shop, "ana", "bob")

    for _ in range(6):
        tried(browser, "ana")

    assert tried(Client(), "bob", PASSWORD).status_code == 302


def test_many_addresses_get_no_more_guesses_than_ten(browser: Client, shop: Shop) -> None:
    people(shop, "ana")

    answers = [tried(Client(), "ana", address=f"10.1.0.{each}") for each in range(20)]

    assert [waits(each) for each in answers] == [False] * 10 + [True] * 10
    assert events(shop, "signin.locked") == [
        ("person/ana", "system", {"what": "password", "from": "anywhere", "tries": 10})
    ]


def test_one_place_that_never_stops_does_not_use_up_the_guesses_of_others(browser: Client, shop: Shop) -> None:
    people(shop, "ana")

    for _ in range(30):
        tried(browser, "ana")

    assert tried(Client(), "ana", PASSWORD, address="10.0.0.2").status_code == 302


def test_strangers_do_not_lock_somebody_out_of_a_browser_they_have_used_before(browser: Client, shop: Shop) -> None:
    people(shop, "ana")
    tried(browser, "ana", PASSWORD)
    browser.post("/account/logout/")

    for each in range(20):
        tried(Client(), "ana", address=f"10.1.0.{each}")

    assert waits(tried(Client(), "ana", PASSWORD, address="10.9.9.9"))
    assert tried(browser, "ana", PASSWORD).status_code == 302


def test_a_browser_known_for_one_is_a_stranger_to_another(browser: Client, shop: Shop) -> None:
    people(shop, "ana", "bob")
    tried(browser, "bob", PASSWORD)
    browser.post("/account/logout/")

    answers = [tried(browser, "ana", address=f"10.1.0.{each}") for each in range(11)]

    assert waits(answers[10])


def test_name_and_address_of_one_person_are_one_account(browser: Client, shop: Shop) -> None:
    people(shop, "ana")

    answers = [
        tried(Client(), name, address=f"10.1.0.{each}")
        for each, name in enumerate(["ana", "ana@example.com", "ANA"] * 4)
    ]

    assert [waits(each) for each in answers] == [False] * 10 + [True] * 2


def test_a_name_that_nobody_has_is_locked_as_one_that_somebody_has(browser: Client, shop: Shop) -> None:
    people(shop, "ana")

    said = [[text(tried(Client(), name)) for _ in range(7)] for name in ("ana", "eve")]

    assert said[0] == said[1]


def test_right_passwords_do_not_count(browser: Client, shop: Shop) -> None:
    people(shop, "ana")

    answers = [tried(Client(), "ana", PASSWORD) for _ in range(12)]

    assert [each.status_code for each in answers] == [302] * 12


def test_after_a_while_one_may_try_again(shop: Shop) -> None:
    source, now = guessing.sources("10.0.0.1"), utc_now()
    for _ in range(6):
        guessing.take(shop.db, "password", "person:1", source, now)

    assert not guessing.take(shop.db, "password", "person:1", source, now + timedelta(minutes=14))
    assert guessing.take(shop.db, "password", "person:1", source, now + timedelta(minutes=16))


def test_an_administrator_sees_who_is_locked_out_and_lets_them_try_again(browser: Client, shop: Shop) -> None:
    people(shop, "ana")
    for each in range(12):
        tried(Client(), "ana", address=f"10.1.0.{each}")
    sign_in(browser, shop, name="max")

    assert "Locked out just now ana" in text(browser.get("/devices"))
    fill(browser, "/devices/people/ana/lift")

    assert tried(Client(), "ana", PASSWORD, address="10.9.9.9").status_code == 302
    assert events(shop, "signin.unlocked")[0][:2] == ("person/ana", "person/max")


# Codes ----------------------------------------------------------------------------------------------------------------


def second_step(shop: Shop, name: str = "ana") -> Client:
    other = Client()
    answer = other.post("/account/login/", {"login": name, "password": PASSWORD})
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    return other


def test_a_code_opens_once(browser: Client, shop: Shop) -> None:
    secret = app_of(sign_in(browser, shop))
    now = code(secret, 1)

    first = second_step(shop).post("/account/2fa/authenticate/", {"code": now})
    second = second_step(shop).post("/account/2fa/authenticate/", {"code": now})

    assert (first.status_code, second.status_code) == (302, 200)
    assert "Incorrect code" in text(second)


def test_the_code_an_app_was_set_up_with_opens_nothing(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    secret = app_of(browser)

    answer = second_step(shop).post("/account/2fa/authenticate/", {"code": code(secret)})

    assert "Incorrect code" in text(answer)


def test_ten_wrong_codes_lock_also_for_the_right_one(browser: Client, shop: Shop) -> None:
    secret = app_of(sign_in(browser, shop))
    answers = [second_step(shop).post("/account/2fa/authenticate/", {"code": "000000"}) for _ in range(11)]

    assert [waits(each) for each in answers] == [False] * 10 + [True]
    assert waits(second_step(shop).post("/account/2fa/authenticate/", {"code": code(secret, 1)}))


def test_a_recovery_code_opens_once(browser: Client, shop: Shop) -> None:
    app_of(sign_in(browser, shop))
    one = re.findall(r"\b\d{8}\b", browser.get("/account/2fa/recovery-codes/").content.decode())[0]

    answers = [second_step(shop).post("/account/2fa/authenticate/", {"code": one}).status_code for _ in range(2)]

    assert answers == [302, 200]


def test_factors_that_come_and_go_are_on_record(browser: Client, shop: Shop) -> None:
    app_of(sign_in(browser, shop))
    browser.post("/account/2fa/totp/deactivate/")

    added, removed = events(shop, "factor.added"), events(shop, "factor.removed")
    assert [each[2]["type"] for each in added] == ["totp", "recovery_codes"]
    assert [each[2]["type"] for each in removed] == ["totp", "recovery_codes"]
    assert {each[1] for each in added + removed} == {"person/ana"}


# Sessions -------------------------------------------------------------------------------------------------------------


def test_a_session_has_a_new_name_after_signing_in(browser: Client, shop: Shop) -> None:
    people(shop, "ana")
    browser.post("/prefer", {"theme": "dark"})
    planted = browser.session
    planted["planted"] = True
    planted.save()
    browser.cookies["sessionid"] = str(planted.session_key)
    before = str(planted.session_key)

    tried(browser, "ana", PASSWORD)

    assert browser.cookies["sessionid"].value != before
    stranger = Client()
    stranger.cookies["sessionid"] = before
    assert stranger.get("/design").status_code == 302


def test_a_session_that_was_signed_out_is_dead(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    copied = Client()
    copied.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert copied.get("/design").status_code == 200

    browser.post("/account/logout/")

    assert copied.get("/design").status_code == 302
    assert [each[2]["reason"] for each in events(shop, "session.ended")] == ["signed out"]


def test_one_sees_where_one_is_signed_in_and_ends_it_there(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    other = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0"})
    other.post("/account/login/", {"login": "ana", "password": PASSWORD})

    page = browser.get("/account/")
    assert "Firefox · Linux" in text(page)
    (path,) = re.findall(r'action="(/account/sessions/\d+/end)"', page.content.decode())
    proved(browser, browser.post(path))

    assert (other.get("/design").status_code, browser.get("/design").status_code) == (302, 200)


def test_without_saying_the_password_once_more_no_session_is_ended(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    other = Client()
    other.post("/account/login/", {"login": "ana", "password": PASSWORD})

    answer = browser.post("/account/sessions/end-others")
    browser.post(answer["Location"], {"password": "not-the-one"})

    assert other.get("/design").status_code == 200


def test_who_proves_again_who_they_are_goes_on_in_a_new_session(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    before = browser.session.session_key
    stolen = Client()
    stolen.cookies["sessionid"] = str(before)
    assert stolen.get("/design").status_code == 200

    browser.post("/account/reauthenticate/", {"password": PASSWORD})

    assert browser.session.session_key != before
    assert (stolen.get("/design").status_code, browser.get("/design").status_code) == (302, 200)
    shop.db.commit()
    (person,) = Person.objects.values_list("pk", flat=True)
    assert [each.key for each in sessions.of(shop.db, person)] == [browser.session.session_key]


def test_nobody_changes_their_address_without_proving_again_who_they_are(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)

    answer = browser.post("/account/email/", {"email": "eve@example.com", "action_add": "1"})
    assert "eve@example.com" not in text(browser.get("/account/email/"))
    proved(browser, answer)

    assert "eve@example.com" in text(browser.get("/account/email/"))


def test_nobody_ends_the_session_of_somebody_else(browser: Client, shop: Shop) -> None:
    people(shop, "bob")
    other = Client()
    tried(other, "bob", PASSWORD)
    shop.db.commit()
    (number,) = shop.db.execute("SELECT id FROM usersessions_usersession").fetchone() or (0,)

    answer = proved(browser, sign_in(browser, shop).post(f"/account/sessions/{number}/end"))

    assert answer.status_code == 404
    assert other.get("/account/").status_code == 200


def test_all_others_end_at_once(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    others = [Client() for _ in range(3)]
    for each in others:
        each.post("/account/login/", {"login": "ana", "password": PASSWORD})

    proved(browser, browser.post("/account/sessions/end-others"))

    assert [each.get("/design").status_code for each in [*others, browser]] == [302, 302, 302, 200]


def test_a_new_password_ends_all_other_sessions(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    other = Client()
    other.post("/account/login/", {"login": "ana", "password": PASSWORD})
    new = "another-fine-morning"
    browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert (other.get("/design").status_code, browser.get("/design").status_code) == (302, 200)
    shop.db.commit()
    (person,) = Person.objects.values_list("pk", flat=True)
    assert len(sessions.of(shop.db, person)) == 1


def test_a_session_nobody_touches_ends(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    shop.db.execute("UPDATE django_session SET expire_date = now() - interval '1 second'")
    shop.db.commit()

    assert browser.get("/design").status_code == 302


def test_looking_for_news_is_no_touch(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    ends = f"SELECT expire_date FROM django_session WHERE session_key = '{browser.cookies['sessionid'].value}'"
    long_ago = browser.session
    long_ago["touched"] -= 600
    long_ago.save()
    before = shop.db.execute(ends).fetchone()
    shop.db.commit()

    browser.get("/overview/now", headers={"HX-Request": "true"})
    shop.db.commit()
    idle = shop.db.execute(ends).fetchone()
    browser.post("/touch")
    shop.db.commit()

    assert idle == before
    assert shop.db.execute(ends).fetchone() != before


def test_no_session_outlives_a_day_of_work(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    old = browser.session
    old["began"] -= 13 * 3600
    old.save()

    assert browser.get("/design").status_code == 302
    assert [each[2]["reason"] for each in events(shop, "session.ended")] == ["its longest time was over"]


# Who must have a second factor ----------------------------------------------------------------------------------------


def test_who_must_have_a_second_factor_sets_one_up_before_anything_else(
    browser: Client, shop: Shop, settings_of: Any
) -> None:
    settings_of(SECOND_FACTOR="required")
    sign_in(browser, shop, role="store_manager")

    answer = browser.get("/stock")
    assert (answer.status_code, answer["Location"]) == (302, "/account/2fa/")
    assert "Your role may do much" in text(browser.get("/account/2fa/"))
    assert browser.get("/stock", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/2fa/"

    app_of(browser)

    assert browser.get("/stock").status_code == 200


def test_who_need_not_is_not_asked(browser: Client, shop: Shop, settings_of: Any) -> None:
    settings_of(SECOND_FACTOR="required")

    assert sign_in(browser, shop, role="store_associate").get("/stock").status_code == 200


def test_who_removes_the_last_factor_they_must_have_is_led_to_a_new_one(
    browser: Client, shop: Shop, settings_of: Any
) -> None:
    settings_of(SECOND_FACTOR="required")
    app_of(sign_in(browser, shop))
    assert browser.get("/design").status_code == 200

    browser.post("/account/2fa/totp/deactivate/")

    assert browser.get("/design")["Location"] == "/account/2fa/"


def test_where_it_is_only_asked_for_a_banner_asks(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)

    assert "Set up a second factor" in text(browser.get("/design"))
    app_of(browser)
    assert "Set up a second factor" not in text(browser.get("/design"))


# Attacks --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example"],
)
def test_signing_in_leads_nowhere_else(browser: Client, shop: Shop, elsewhere: str) -> None:
    people(shop, "ana")

    answer = tried(browser, "ana", PASSWORD, next=elsewhere)

    assert answer["Location"] == "/home"


def test_every_form_wants_its_token(shop: Shop, browser: Client) -> None:
    from django.urls import get_resolver

    strict = Client(enforce_csrf_checks=True)
    people(shop, "ana", role="owner")
    strict.force_login(Person.objects.get(username="ana"))
    paths = sorted(_forms(get_resolver()))

    taken = [path for path in paths if strict.post(path).status_code != 403]

    assert len(paths) > 40
    # Machines and providers bring proofs of their own in place of a cookie.
    assert [path for path in taken if not path.startswith("/identity/o/api/")] == []


def _forms(resolver: Any, before: str = "/") -> Any:
    from django.urls import URLResolver

    for each in resolver.url_patterns:
        path = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _forms(each, path)
        elif "(?P" not in path and not path.startswith(("/favicon", "/.well-known")):
            filled = re.sub(r"<uuid:\w+>", "01890a5d-ac96-774b-bcce-b302099a8057", path)
            yield re.sub(r"<[^>]+>", "1", filled.replace("<language:language>", "es"))
