"""What people agree to, and what they object to."""

from __future__ import annotations

from onhand.access.privacy import consent
from onhand.access.privacy.consent import Choice
from onhand.core.clock import utc_now
from onhand.core.database import Connection

YES = Choice("email", given=True, wording="May we write to you about our offers?", source="checkout")
NO = Choice("email", given=False, wording="Unsubscribe", source="letter")


def choose(db: Connection, *choices: Choice) -> dict[str, bool]:
    standing = consent.record(db, "customer/C1", choices, now=utc_now(), actor="key/shop")
    return {each.purpose: each.allowed for each in standing}


def test_nothing_is_agreed_to_until_it_is_said(db: Connection) -> None:
    assert {each.allowed for each in consent.standing(db, "customer/C1")} == {False}
    assert not any(each.objected for each in consent.standing(db, "customer/C1"))


def test_the_last_word_holds_and_all_words_are_kept(db: Connection) -> None:
    assert choose(db, YES)["email"]
    assert not choose(db, NO)["email"]

    history = consent.history(db, "customer/C1")
    assert [(each.given, each.wording, each.source) for each in history] == [
        (False, "Unsubscribe", "letter"),
        (True, YES.wording, "checkout"),
    ]
    kinds = [kind for (kind,) in db.execute("SELECT kind FROM core_event ORDER BY seq")]
    assert kinds == ["consent.given", "consent.withdrawn"]


def test_to_say_the_same_again_is_no_news(db: Connection) -> None:
    choose(db, YES)
    choose(db, YES)

    assert len(consent.history(db, "customer/C1")) == 1


def test_a_browsers_objection_outweighs_what_was_agreed_before(db: Connection) -> None:
    choose(db, Choice("sale", given=True, wording="May we share this?"))

    standing = consent.objected_by_browser(db, "customer/C1", now=utc_now(), actor="key/shop")

    (sale,) = [each for each in standing if each.purpose == "sale"]
    assert (sale.allowed, sale.objected, sale.source) == (False, True, "Sec-GPC: 1")
