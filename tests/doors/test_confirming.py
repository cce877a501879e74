"""Acts that can do harm are confirmed: that very act, by that very person, within five minutes, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.test import Client

from doors.people import PASSWORD, asks_to_confirm, code, confirm, enrol, fill, hidden, sign_in, text, toast, who
from onhand.access.confirming import rules
from onhand.access.confirming.limits import set_limits
from onhand.access.confirming.rules import Limit
from onhand.access.models import Person
from onhand.access.people import give_post
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from onhand.doors.web.signin.proving import ways
from onhand.flows import commands as c
from shop import Shop

ADJUST = "/stock/mug/at/london/adjust"


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    shop.stock("mug", 12)
    sign_in(browser, shop)
    enrol(browser)
    return browser


def shown(browser: Client, path: str = ADJUST, **fields: str) -> Any:
    """An act as far as the step that asks to confirm it."""
    filled = {**hidden(browser.get(path)), **(fields or {"location": "pick", "by": "-2", "reason": "broken"})}
    answer = browser.post(path, filled)
    assert asks_to_confirm(answer), answer.content.decode()
    return answer


def send(browser: Client, step: Any, path: str = ADJUST, **changed: str) -> Any:
    return browser.post(path, {**hidden(step), "proof_code": code(browser), **changed})


def available(shop: Shop) -> int:
    shop.db.rollback()
    return int(shop.available("mug"))


def confirmations(shop: Shop) -> list[Any]:
    shop.db.rollback()
    rows = shop.db.execute("SELECT actor, data FROM core_event WHERE kind = 'act.confirmed' ORDER BY seq").fetchall()
    return [(actor, data) for actor, data in rows]


def test_what_is_about_to_change_is_shown_before_it_is_done(ana: Client, shop: Shop) -> None:
    step = shown(ana)

    assert "Ana Souza" in text(step)
    assert "mug 12 10" in text(step)
    assert "broken" in text(step)
    assert available(shop) == 12


def test_confirmed_by_a_code_it_is_done_and_on_record(ana: Client, shop: Shop) -> None:
    step = shown(ana)

    done = send(ana, step)

    assert toast(done)["words"] == "mug at london: -2"
    assert available(shop) == 10
    ((actor, told),) = confirmations(shop)
    assert (actor, told["act"], told["factor"]) == ("person/ana", "Adjust", "totp")
    kept = shop.db.execute("SELECT key FROM core_answer WHERE key = %s", [told["key"]]).fetchone()
    assert kept is not None


def test_without_or_with_a_wrong_code_nothing_is_done(ana: Client, shop: Shop) -> None:
    step = shown(ana)

    for wrong in ("", "000000", "abc"):
        answer = send(ana, step, proof_code=wrong)
        assert answer.status_code == 422
        assert "That is not right" in text(answer)
    assert send(ana, step, proof_code="", proof_password=PASSWORD).status_code == 422
    assert available(shop) == 12
    assert confirmations(shop) == []


def test_a_confirmation_is_used_once(ana: Client, shop: Shop) -> None:
    step = shown(ana)
    send(ana, step)
    shop.stock("mug", 2)

    again = send(ana, step)

    assert again.status_code == 409
    assert "confirmed and done already" in text(again)
    assert available(shop) == 12


@pytest.mark.parametrize(
    "changed", [{"by": "-12"}, {"reason": "other"}, {"asking": "0192f0c1-2b7a-7d1e-8c3f-2f1f4b1a9c55"}]
)
def test_what_is_asked_for_must_be_what_was_shown(ana: Client, shop: Shop, changed: dict[str, str]) -> None:
    answer = send(ana, shown(ana), **changed)

    assert answer.status_code == 409
    assert "not what is asked for now" in text(answer)
    assert available(shop) == 12


def test_it_holds_for_no_other_goods(ana: Client, shop: Shop) -> None:
    shop.stock("lamp", 12)
    step = shown(ana)

    answer = send(ana, step, "/stock/lamp/at/london/adjust")

    assert answer.status_code == 409
    assert int(shop.available("lamp")) == 12


def test_it_holds_for_no_other_person(ana: Client, shop: Shop) -> None:
    step = shown(ana)
    bob = sign_in(Client(), shop, name="bob")
    enrol(bob)

    assert send(bob, step).status_code == 409
    assert available(shop) == 12


def test_a_forged_or_an_old_one_is_shown_anew(ana: Client, shop: Shop) -> None:
    step = shown(ana)
    known = rules.unseal(hidden(step)["confirmation"], settings.SECRET_KEY, utc_now())
    assert not refused(known)
    forged = rules.seal(known, "guess")
    old = rules.seal(msgspec.structs.replace(known, at=utc_now() - timedelta(minutes=6)), settings.SECRET_KEY)

    for confirmation in (forged, old, "", "nonsense"):
        answer = send(ana, step, confirmation=confirmation)
        assert answer.status_code == 409
        assert asks_to_confirm(answer)
    assert available(shop) == 12


def test_stock_that_moved_meanwhile_is_shown_anew_and_not_corrected(ana: Client, shop: Shop) -> None:
    step = shown(ana)
    shop.stock("mug", 5)

    answer = send(ana, step)

    assert answer.status_code == 409
    assert "mug 17 15" in text(answer)
    assert available(shop) == 17
    assert toast(send(ana, answer))["words"] == "mug at london: -2"
    assert available(shop) == 15


def test_a_figure_that_moves_at_the_last_moment_is_refused_under_the_lock(shop: Shop) -> None:
    from onhand.core.asks import Ask
    from onhand.flows.adjust import adjust

    shop.stock("mug", 12)
    command = c.Adjust("london", "pick", "mug", "broken", by=Decimal(-2))

    (answer,) = adjust(shop.db, [Ask(command, "person/ana", was=Decimal(13))], shop.now)

    assert refused(answer)
    assert answer.code == "changed_meanwhile"


def test_where_second_factors_are_required_a_password_confirms_nothing(
    browser: Client, shop: Shop, settings_of: Any
) -> None:
    shop.stock("mug", 12)
    sign_in(browser, shop)
    step = shown(browser)
    assert "Your password" in text(step)

    settings_of(SECOND_FACTOR="required")

    assert ways(Person.objects.get(username="ana")).none
    answer = browser.post(ADJUST, {**hidden(step), "proof_password": PASSWORD})
    assert (answer.status_code, available(shop)) != (200, 10)
    assert available(shop) == 12


def test_a_role_that_asks_for_no_second_factor_confirms_by_password(browser: Client, shop: Shop) -> None:
    from onhand.access.changing import change_role

    shop.stock("mug", 12)
    change_role(shop.db, "counter", ["do.counts"], title="Counter", second_factor=False, actor="system", now=shop.now)
    sign_in(browser, shop, role="counter")
    step = shown(browser)

    assert browser.post(ADJUST, {**hidden(step), "proof_password": "wrong"}).status_code == 422
    assert browser.post(ADJUST, {**hidden(step), "proof_password": PASSWORD}).status_code == 200
    assert available(shop) == 10
    assert confirmations(shop)[0][1]["factor"] == "password"


def test_who_comes_by_single_sign_on_alone_has_no_way_but_a_second_factor(browser: Client, shop: Shop) -> None:
    from onhand.access.changing import change_role

    shop.stock("mug", 12)
    change_role(shop.db, "counter", ["do.counts"], title="Counter", second_factor=False, actor="system", now=shop.now)
    sign_in(browser, shop, role="counter")
    ana = who(browser)
    ana.set_unusable_password()
    ana.save()
    browser.force_login(ana)

    step = shown(browser)
    assert "Set up a second factor" in text(step)
    assert browser.post(ADJUST, {**hidden(step), "proof_password": PASSWORD}).status_code == 422
    enrol(browser)
    assert confirm(browser, ADJUST, shown(browser)).status_code == 200
    assert available(shop) == 10


def test_guessing_ends(ana: Client, shop: Shop) -> None:
    step = shown(ana)

    answers = [text(ana.post(ADJUST, {**hidden(step), "proof_code": f"{guess:06}"})) for guess in range(12)]

    assert "tried too often" in answers[-1] or "Too many" in answers[-1]
    assert available(shop) == 12


def test_a_large_transfer_is_confirmed_and_a_small_one_is_not(ana: Client, shop: Shop) -> None:
    shop.stock("mug", 2000)

    small = fill_only(ana, target="lisbon", quantity="5", reference="T1")
    large = fill_only(ana, target="lisbon", quantity="1000", reference="T2")

    assert not asks_to_confirm(small)
    assert asks_to_confirm(large)
    assert "mug 2,007 1,007" in text(large)


def test_from_where_on_counts_are_confirmed_can_be_set(ana: Client, shop: Shop) -> None:
    set_limits(shop.db, "Adjust", {rules.QUANTITY: Limit(high_from=Decimal(5))}, actor="system", now=shop.now)
    shop.db.commit()

    form = hidden(ana.get(ADJUST))
    assert toast(ana.post(ADJUST, {**form, "location": "pick", "by": "-4", "reason": "broken"}))
    shown(ana, location="pick", by="-5", reason="broken")


def test_a_confirmed_act_is_taken_back_by_who_did_it_and_nobody_else(ana: Client, shop: Shop) -> None:
    done = fill(ana, ADJUST, location="pick", by="-2", reason="broken")
    bob = sign_in(Client(), shop, role="store_manager", name="bob")

    token = toast(done)["undo"]["token"]
    assert "Only who did this" in toast(bob.post("/undo", {"token": token}))["words"]
    assert available(shop) == 10
    assert toast(ana.post("/undo", {"token": token}))["words"] == "It was undone."
    assert available(shop) == 12


def test_who_lost_the_permission_meanwhile_confirms_nothing(ana: Client, shop: Shop) -> None:
    from onhand.access.people import admit, end_post

    step = shown(ana)
    admit(shop.db, "zoe", "owner", password=PASSWORD)
    give_post(shop.db, "ana", "store_associate", actor="person/zoe", now=shop.now)
    assert end_post(shop.db, "ana", "owner", actor="person/zoe", now=shop.now) is None
    shop.db.commit()

    assert send(ana, step).status_code == 403
    assert available(shop) == 12


def fill_only(browser: Client, **fields: str) -> Any:
    path = "/stock/mug/at/london/transfer"
    return browser.post(path, {**hidden(browser.get(path)), **fields})
