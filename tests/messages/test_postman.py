"""The postman takes letters to a real mail server, at once, and again when that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from letterbox import Mailbox, text_of
from messages.conftest import letter
from onhand.access.people import admit
from onhand.connect.mail.carrying import NO_SERVER, Mail, NoServer
from onhand.connect.mail.server import server
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.doors.jobs.postman import Postman
from onhand.messages.actions import post
from onhand.messages.ports import Carrier
from onhand.messages.queries import LetterView, attempts, letters
from serving import eventually, free_port

SENDER = "Harbour Goods <shop@harbour.example>"
Hire = Callable[..., Postman]


@pytest.fixture
def hire(db: Connection, database_url: str, mail: Mailbox) -> Iterator[Hire]:
    hired: list[Postman] = []

    def begin(*, carrier: Carrier | None = None, keeps: bool = True, ahead: timedelta = timedelta()) -> Postman:
        def clock() -> datetime:
            return utc_now() + ahead

        by = carrier or Mail(server(mail.url), SENDER)
        hired.append(Postman(lambda: connect(database_url, autocommit=True), {"email": by}, keeps=keeps, clock=clock))
        return hired[-1]

    yield begin
    for each in hired:
        each.stop()


def only(db: Connection) -> LetterView:
    db.commit()
    (found,) = letters(db).items
    return found


def test_a_letter_leaves_as_soon_as_it_is_posted(db: Connection, hire: Hire, mail: Mailbox) -> None:
    hire().start()
    post(db, [letter()], actor="system")
    db.commit()

    (arrived,) = mail.until(1)

    assert (arrived["To"], arrived["From"], arrived["Subject"]) == ("ana@example.com", SENDER, "News of your order W-1")
    assert "It has been shipped." in text_of(arrived)
    assert arrived["Auto-Submitted"] == "auto-generated"
    eventually(lambda: only(db).state == "sent")
    assert [(each.well, each.said) for each in attempts(db, only(db).id)] == [(True, "")]


def test_customers_and_people_are_written_to_where_they_are_now(db: Connection, hire: Hire, mail: Mailbox) -> None:
    save_customers(db, [CustomerRecord("C1", email="carla@example.com")])
    admit(db, "bob", "store_manager", email="bob@example.com", password="a-quiet-harbour-9")
    post(db, [letter("customer/C1", "k1"), letter("person/bob", "k2"), letter("customer/gone", "k3")], actor="system")
    save_customers(db, [CustomerRecord("C1", email="carla.m@example.com")])
    db.commit()

    hire().start()

    assert {each["To"] for each in mail.until(2)} == {"carla.m@example.com", "bob@example.com"}
    eventually(lambda: _states(db) == {"C1": "sent", "bob": "sent", "gone": "given_up"})


def _states(db: Connection) -> dict[str, str]:
    db.commit()
    return {each.to_name: each.state for each in letters(db).items}


def test_what_the_server_puts_off_is_tried_again_and_each_try_is_on_record(
    db: Connection, hire: Hire, mail: Mailbox, database_url: str
) -> None:
    mail.answers = ["451 come back later"]
    post(db, [letter()], actor="system")
    db.commit()
    postman = hire()

    with connect(database_url, autocommit=True) as own:
        assert postman.deliver(own) == 1
        assert postman.deliver(own) == 0
        failed = only(db)
        assert hire(ahead=timedelta(minutes=1)).deliver(own) == 1

    assert (failed.state, failed.said, failed.tries) == ("failed", "451 come back later", 1)
    assert failed.next_at is not None
    assert only(db).state == "sent"
    assert [each.well for each in attempts(db, failed.id)] == [False, True]
    assert len(mail.arrived) == 1


def test_what_the_server_will_never_take_is_given_up_with_its_words(
    db: Connection, hire: Hire, mail: Mailbox, database_url: str
) -> None:
    mail.answers = ["550 no such mailbox"]
    post(db, [letter()], actor="system")
    db.commit()

    with connect(database_url, autocommit=True) as own:
        hire().deliver(own)

    assert (only(db).state, only(db).said) == ("given_up", "550 no such mailbox")


def test_a_server_that_is_not_there_costs_letters_nothing_but_time(
    db: Connection, hire: Hire, database_url: str
) -> None:
    post(db, [letter(), letter("bob@example.com", "k2")], actor="system")
    db.commit()
    nobody = Mail(server(f"smtp://127.0.0.1:{free_port()}"), SENDER)

    with connect(database_url, autocommit=True) as own:
        hire(carrier=nobody).deliver(own)

    db.commit()
    assert [each.state for each in letters(db).items] == ["failed", "failed"]
    assert "ConnectionRefusedError" in letters(db).items[0].said


def test_without_a_mail_server_the_record_says_so(
    db: Connection, hire: Hire, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    post(db, [letter()], actor="system")
    db.commit()

    with connect(database_url, autocommit=True) as own:
        hire(carrier=NoServer(shown=False)).deliver(own)

    assert (only(db).state, only(db).said) == ("given_up", NO_SERVER)
    assert "shipped" not in caplog.text


def test_a_code_that_comes_too_late_is_not_sent(db: Connection, hire: Hire, mail: Mailbox, database_url: str) -> None:
    facts = {"code": "428 913", "shop": "Harbour Goods"}
    post(db, [letter(template="customer.code", facts=facts)], actor="system")
    db.commit()

    with connect(database_url, autocommit=True) as own:
        hire(ahead=timedelta(hours=1)).deliver(own)

    assert only(db).state == "given_up"
    assert mail.arrived == []


def test_of_two_postmen_one_delivers_and_each_letter_arrives_once(db: Connection, hire: Hire, mail: Mailbox) -> None:
    hire().start()
    hire().start()
    hire(keeps=False).start()
    post(db, [letter(f"a{number}@example.com", f"k{number}") for number in range(200)], actor="system")
    db.commit()

    mail.until(200)
    eventually(lambda: set(_states(db).values()) == {"sent"})

    assert len({each["To"] for each in mail.arrived}) == len(mail.arrived) == 200


def test_many_languages_and_lengths_arrive_as_they_were_written(db: Connection, hire: Hire, mail: Mailbox) -> None:
    text = "Su paraguas está aquí — " + "muy " * 500 + "pronto ☂"
    facts = {"text": text, "shop": "Señor Ñandú"}
    post(db, [letter(template="customer.message", facts=facts, language="es")], actor="system")
    db.commit()

    hire().start()

    (arrived,) = mail.until(1)
    assert arrived["Subject"] == "Un mensaje de Señor Ñandú"
    assert text in text_of(arrived).replace("\r\n", "\n")
