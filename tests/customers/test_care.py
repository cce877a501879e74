"""Notes and cases: sealed, done once for each key, gone with the person; and who looks after a customer."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from onhand.access.people import admit
from onhand.access.permissions import Standing
from onhand.access.privacy import erasing, exporting
from onhand.core.refusals import refused
from onhand.customers import queries as customers
from onhand.customers.actions import Care, CustomerRecord, care_for, save_customers
from onhand.customers.service import queries
from onhand.customers.service.actions import Said, act_on_case
from onhand.flows import care
from onhand.flows.hear import hear
from onhand.flows.in_use import customers_depended_on
from shop import NOON, Shop

OPENING = care.OpenCase(customer="C1", subject="Late mugs", question="Where are they?")


@pytest.fixture
def bea(shop: Shop) -> Shop:
    save_customers(shop.db, [CustomerRecord("C1", "Bea Costa", "bea@home.example", "", "PT")])
    admit(shop.db, "ana", "customer_service", full_name="Ana Souza", password="warehouse-at-dawn")
    shop.db.commit()
    return shop


def opened(shop: Shop, key: str = "one", wanted: care.OpenCase = OPENING) -> int:
    answer = care.open_case(shop.db, wanted, key=key, actor="ana", now=NOON)
    assert not refused(answer)
    return answer.case.number


def test_a_case_is_opened_once_for_each_asking(bea: Shop) -> None:
    assert opened(bea) == opened(bea)
    assert opened(bea, "two") != opened(bea)
    assert bea.kinds().count("case.opened") == 2


def test_what_is_said_stands_sealed_in_the_tables_and_not_in_the_log(bea: Shop) -> None:
    number = opened(bea)
    care.leave_note(bea.db, care.LeaveNote(customer="C1", text="Rings twice"), key="n", actor="ana", now=NOON)
    care.answer_case(bea.db, number, care.AnswerCase(text="On Friday"), shop="Shop", key="a", actor="ana", now=NOON)

    kept = [
        text
        for table, column in (
            ("customers_case", "subject"),
            ("customers_case_entry", "text"),
            ("customers_note", "text"),
        )
        for (text,) in bea.db.execute(f"SELECT {column} FROM {table}")
    ]
    assert len(kept) == 4
    assert all(text.startswith("oh1:") for text in kept)
    logged = " ".join(str(row) for row in bea.db.execute("SELECT data FROM core_event"))
    assert not any(said in logged for said in ("Late mugs", "Rings twice", "On Friday", "Where are they"))


def test_who_is_erased_leaves_neither_note_nor_words_but_the_figures_stay(bea: Shop) -> None:
    number = opened(bea)
    care.leave_note(bea.db, care.LeaveNote(customer="C1", text="Rings twice"), key="n", actor="ana", now=NOON)
    assert "customers_note" in [each.what for each in exporting.looked_up(bea.db, "customer/C1") if each.rows]

    assert not refused(erasing.erase(bea.db, "customer/C1", now=NOON))

    case = queries.case(bea.db, number)
    assert case is not None
    assert case.subject == ""
    assert [each.text for each in queries.entries(bea.db, case)] == [""]
    assert bea.db.execute("SELECT count(*) FROM customers_note").fetchone() == (0,)


def test_an_answer_is_given_once_and_the_first_one_counts(bea: Shop) -> None:
    number = opened(bea)
    for key, hours in (("a", 2), ("a", 3), ("b", 5)):
        at = NOON + timedelta(hours=hours)
        care.answer_case(bea.db, number, care.AnswerCase(text=key), shop="Shop", key=key, actor="ana", now=at)

    case = queries.case(bea.db, number)
    assert case is not None
    assert case.answered_at == NOON + timedelta(hours=2)
    assert [each.text for each in queries.entries(bea.db, case)] == ["Where are they?", "a", "b"]


def test_the_response_times_are_those_of_first_answers(bea: Shop) -> None:
    for at, hours in enumerate((1, 2, 3, 30)):
        number = opened(bea, f"open {at}")
        then = NOON + timedelta(hours=hours)
        care.answer_case(bea.db, number, care.AnswerCase(text="x"), shop="S", key=f"a {at}", actor="ana", now=then)
    opened(bea, "unanswered")

    found = queries.response(bea.db, since=NOON - timedelta(days=1), now=NOON + timedelta(hours=25))

    assert found.answered == 4
    assert found.median == 2.5 * 3600
    assert found.in_time == 3
    assert found.due == 5
    assert found.share == 0.6


def test_a_closed_case_is_not_answered(bea: Shop) -> None:
    number = opened(bea)
    act_on_case(bea.db, number, "close", Said(), key="c", actor="ana", now=NOON)

    answer = care.answer_case(bea.db, number, care.AnswerCase(text="x"), shop="S", key="a", actor="ana", now=NOON)

    assert refused(answer)
    assert answer.code == "case_not_so"


def test_a_letter_that_cannot_go_leaves_the_case_unanswered(bea: Shop) -> None:
    number = opened(bea)
    by_sms = care.AnswerCase(text="x", by="sms")

    answer = care.answer_case(bea.db, number, by_sms, shop="S", key="a", actor="ana", now=NOON)

    assert refused(answer)
    assert answer.code == "not_reached"
    case = queries.case(bea.db, number)
    assert case is not None
    assert case.state == "open"


def test_a_case_on_an_order_is_about_its_customer(bea: Shop) -> None:
    bea.stock("mug", 5)
    bea.do(bea.order(("mug", 1), customer="C1"))
    bea.do(bea.order(("mug", 1)))
    on_hers = care.OpenCase(channel="web", number="N1", subject="s", question="q")
    of_a_guest = care.OpenCase(channel="web", number="N2", subject="s", question="q")
    of_another = care.OpenCase(customer="C1", channel="web", number="N2", subject="s", question="q")

    for wanted, customer in ((on_hers, "C1"), (of_a_guest, None), (of_another, "C1")):
        case = queries.case(bea.db, opened(bea, str(wanted), wanted))
        assert case is not None
        assert case.customer == customer


def test_new_cases_have_the_priority_of_their_customer(bea: Shop) -> None:
    care_for(bea.db, "C1", Care(priority="urgent"), actor="ana", now=NOON)

    case = queries.case(bea.db, opened(bea))

    assert case is not None
    assert case.priority == "urgent"
    assert case.due_at == NOON + timedelta(hours=1)


def test_what_is_not_named_of_a_customers_care_stays_as_it_is(bea: Shop) -> None:
    care_for(bea.db, "C1", Care(representative="ana", language="es"), actor="ana", now=NOON)
    care_for(bea.db, "C1", Care(priority="high"), actor="ana", now=NOON)

    (known,) = customers.customers(bea.db, code="C1").items
    assert (known.representative, known.language, known.priority) == ("ana", "es", "high")
    care_for(bea.db, "C1", Care(representative=""), actor="ana", now=NOON)
    assert customers.customers(bea.db, code="C1").items[0].representative is None


def test_only_somebody_who_may_sign_in_looks_after_a_customer(bea: Shop) -> None:
    answer = care_for(bea.db, "C1", Care(representative="nobody"), actor="ana", now=NOON)

    assert refused(answer)
    assert answer.code == "unknown_person"


def test_somebody_with_a_case_is_not_removed(bea: Shop) -> None:
    opened(bea)

    assert customers_depended_on(bea.db, ["C1"]) == {"C1"}


def test_a_case_is_not_opened_for_or_handed_to_who_may_not_see_cases(bea: Shop) -> None:
    admit(bea.db, "bob", "planner", full_name="Bob", password="warehouse-at-dawn")
    number = opened(bea)

    answers = [
        care.open_case(bea.db, msgspec.structs.replace(OPENING, owner="bob"), key="b", actor="ana", now=NOON),
        care.act_on_case(bea.db, number, "hand_over", Said(owner="bob"), key="c", actor="ana", now=NOON),
    ]

    for answer in answers:
        assert refused(answer)
        assert (answer.code, answer.field) == ("not_their_work", "owner")
        assert "see.desk and do.cases" in answer.detail
    assert queries.case(bea.db, number).owner is None  # type: ignore[union-attr]
    assert not refused(care.act_on_case(bea.db, number, "hand_over", Said(owner="ana"), key="", actor="ana", now=NOON))


def test_who_is_limited_to_channels_has_cases_of_these_only() -> None:
    standing = Standing({"see.desk": None, "do.cases": None}, channels=frozenset({"web"}))

    assert [care.may_have(standing, channel) for channel in ("web", "market", None)] == [True, False, False]


def asked(shop: Shop, hours: float, key: str) -> int:
    """The customer writes about their order, so many hours after noon."""
    then = NOON + timedelta(hours=hours)
    about = care.About(channel="web", number="N1")
    number = hear(shop.db, ["C1"], about, "Where is it?", key=key, actor="customer/C1", now=then)
    assert number is not None
    return number


def overdue(shop: Shop, hours: float) -> list[int]:
    """The cases that are overdue so many hours after noon."""
    return [each.number for each in queries.cases(shop.db, {"overdue": NOON + timedelta(hours=hours)}).items]


def answered(shop: Shop, number: int, hours: float, key: str) -> None:
    at = NOON + timedelta(hours=hours)
    done = care.answer_case(shop.db, number, care.AnswerCase(text="Soon"), shop="S", key=key, actor="ana", now=at)
    assert not refused(done)


def test_a_question_after_an_answer_is_owed_one_anew(bea: Shop) -> None:
    bea.do(bea.order(("mug", 1), customer="C1"))
    number = asked(bea, 0, "one")
    answered(bea, number, 2, "a")
    assert overdue(bea, 100) == []

    assert asked(bea, 50, "two") == number

    assert (overdue(bea, 73.9), overdue(bea, 74.1)) == ([], [number])
    answered(bea, number, 80, "b")
    assert overdue(bea, 200) == []


def test_who_asks_twice_before_an_answer_does_not_wait_longer(bea: Shop) -> None:
    bea.do(bea.order(("mug", 1), customer="C1"))
    number = asked(bea, 0, "one")

    asked(bea, 20, "two")

    assert (overdue(bea, 23.9), overdue(bea, 24.1)) == ([], [number])


def test_what_is_asked_later_does_not_change_how_long_the_first_answer_took(bea: Shop) -> None:
    bea.do(bea.order(("mug", 1), customer="C1"))
    number = asked(bea, 0, "one")
    answered(bea, number, 2, "a")
    for hours, key in ((50, "two"), (99, "three")):
        asked(bea, hours, key)
        answered(bea, number, hours + 30, f"late {key}")

    found = queries.response(bea.db, since=NOON - timedelta(days=1), now=NOON + timedelta(days=9))

    assert (found.answered, found.median, found.in_time, found.due) == (1, 2 * 3600, 1, 1)
