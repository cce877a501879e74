"""Letters are posted with what they tell about, once, and are sealed until they leave."""

from __future__ import annotations

import pytest

from messages.conftest import FACTS, letter
from onhand.access.privacy.erasing import erase
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.messages import outbox
from onhand.messages.actions import Letter, Posted, post, send_again
from onhand.messages.outbox import settle, take_up
from onhand.messages.queries import letters, letters_about, letters_to
from onhand.messages.rules import Outcome
from shop import NOON


def posted(db: Connection, *asked: Letter) -> list[Posted | Refused]:
    answers = post(db, asked, actor="person/ana", now=NOON)
    db.commit()
    return answers


def test_a_letter_is_on_record_from_the_moment_it_is_posted(db: Connection) -> None:
    posted(db, letter())

    (found,) = letters_about(db, "order/web/W-1").items
    assert (found.to_name, found.state, found.made_by) == ("ana@example.com", "queued", "person/ana")
    assert found.subject == "News of your order W-1"
    assert "It has been shipped." in found.text


def test_asked_for_twice_under_one_key_it_is_there_once(db: Connection) -> None:
    (first,) = posted(db, letter())
    second, third = posted(db, letter(), letter(key="k2"))

    assert isinstance(first, Posted)
    assert second == Posted(first.id, already=True)
    assert isinstance(third, Posted)
    assert len(letters(db).items) == 2


def test_one_key_twice_in_a_batch_is_one_letter(db: Connection) -> None:
    first, second = posted(db, letter(), letter())

    assert first == second
    assert len(letters(db).items) == 1


def test_what_is_rolled_back_was_never_posted(db: Connection) -> None:
    post(db, [letter()], actor="person/ana")
    db.rollback()

    assert letters(db).items == []


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"template": "order.stat"}, "unknown_template", "template"),
        ({"facts": FACTS | {"total": "9"}}, "unknown_fact", "facts.total"),
        ({"facts": {"number": "W-1"}}, "missing_fact", "facts.link"),
        ({"to": "ana at home"}, "bad_recipient", "to.name"),
        ({"channel": "sms"}, "bad_recipient", "to"),
        ({"channel": "push", "device": 1}, "bad_recipient", "device"),
        ({"channel": "push", "to": "person/ana"}, "bad_recipient", "device"),
        ({"facts": FACTS | {"state": "paid with 4111 1111 1111 1111"}}, "card_number", "facts.state"),
    ],
)
def test_a_letter_that_cannot_be_written_is_refused_with_its_fault(
    db: Connection, facts: dict[str, object], code: str, field: str
) -> None:
    refusal, fine = posted(db, letter(**facts), letter(key="k2"))  # type: ignore[arg-type]

    assert refused(refusal)
    assert (refusal.code, refusal.field) == (code, field)
    assert isinstance(fine, Posted)


def test_neither_address_nor_text_stands_in_the_database_in_plain(db: Connection) -> None:
    posted(db, letter(), letter("customer/C1", "k2"), letter("+34 600 123 456", "k3", channel="sms"))

    rows = str(db.execute("SELECT * FROM messages_letter").fetchall())

    assert "ana@example.com" not in rows
    assert "600123456" not in rows
    assert "shipped" not in rows


def test_erasing_a_customer_erases_what_was_written_to_them_and_what_waits_is_not_sent(db: Connection) -> None:
    save_customers(db, [CustomerRecord("C1", email="ana@example.com")])
    posted(db, letter("customer/C1"))

    answer = erase(db, "customer/C1", now=NOON)
    db.commit()

    assert not refused(answer)
    (found,) = letters_to(db, "customer", "C1").items
    assert (found.subject, found.text, found.state) == ("", "", "given_up")
    assert take_up(db, NOON, most=10) == []


def test_an_address_is_erased_by_itself_and_by_the_guest_it_belongs_to(db: Connection) -> None:
    guest = "order/00000000-0000-4000-8000-000000000001"
    posted(db, letter(), letter(key="k2", whose=guest), letter("bob@example.com", "k3"))

    answer = erase(db, "address/Ana@Example.com", now=NOON)
    db.commit()

    assert not refused(answer)
    assert answer.rows == {"messages_letter": 1}
    assert [each.to_name for each in letters(db).items] == ["bob@example.com", "ana@example.com", ""]
    assert db.execute("SELECT count(*) FROM messages_letter WHERE whose = %s", (guest,)).fetchone() == (1,)


def tried(db: Connection, outcome: Outcome) -> None:
    db.commit()
    db.autocommit = True
    settle(db, [(each, outcome) for each in take_up(db, NOON, most=10)], NOON)
    db.autocommit = False


def test_a_code_is_forgotten_as_soon_as_it_is_sent_and_never_shown(db: Connection) -> None:
    facts = {"code": "428 913", "shop": "Harbour Goods"}
    posted(db, letter(template="customer.code", facts=facts))
    assert letters(db).items[0].text == ""

    tried(db, Outcome(True))

    assert db.execute("SELECT state, body FROM messages_letter").fetchone() == ("sent", "")


def test_what_was_given_up_is_sent_again_when_somebody_says_so(db: Connection) -> None:
    (done,) = posted(db, letter())
    assert isinstance(done, Posted)
    nothing = send_again(db, [done.id], actor="person/ana", now=NOON)
    tried(db, Outcome(False, "550 no such user", hopeless=True))
    assert letters(db).items[0].said == "550 no such user"

    again = send_again(db, [done.id], actor="person/ana", now=NOON)
    db.commit()

    assert refused(nothing)
    assert not refused(again)
    assert letters(db).items[0].state == "queued"
    assert db.execute("SELECT kind FROM core_event ORDER BY seq").fetchall() == [
        ("letter.given_up",),
        ("letter.sent_again",),
    ]


def test_old_letters_are_forgotten_with_the_keys_of_addresses_nobody_writes_to(db: Connection) -> None:
    posted(db, letter(), letter("customer/C1", "k2"))
    tried(db, Outcome(True))
    db.commit()
    db.autocommit = True

    assert outbox.forget(db, NOON) == 0
    later = NOON.replace(year=2028)
    assert outbox.forget(db, later) == 2

    assert letters(db).items == []
    assert db.execute("SELECT subject FROM access_privacy_key WHERE subject LIKE 'address/%'").fetchall() == []
    db.autocommit = False
