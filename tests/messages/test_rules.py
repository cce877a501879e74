"""How a template is filled, and when a letter is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from onhand.messages import rules
from onhand.messages.rules import Outcome, judge
from onhand.messages.templates import LANGUAGES, built_in, rendered

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_facts_stand_where_the_text_asks_for_them() -> None:
    assert rules.filled("Order {number}: {state}", {"number": "7", "state": "shipped"}) == "Order 7: shipped"


def test_a_line_whose_facts_say_nothing_is_left_out() -> None:
    text = "Hello\n\nFollow it: {link}\n\nBye {shop}"

    assert rules.filled(text, {"link": "", "shop": "Harbour"}) == "Hello\n\nBye Harbour"


def test_what_a_fact_says_is_never_taken_for_a_variable() -> None:
    assert rules.filled("{text}", {"text": "{code}", "code": "secret"}) == "{code}"


def test_a_subject_is_one_line_whatever_its_facts_hold() -> None:
    assert rules.in_one_line("Order\r\nBcc: eve@example.com") == "Order Bcc: eve@example.com"


def test_variables_nobody_knows_and_those_left_out_are_named() -> None:
    found = rules.strange(["{number} {nubmer}", "{shop}"], known=["number", "shop", "code"], needed=["code", "number"])

    assert found == (["nubmer"], ["code"])


def test_what_fails_is_tried_again_ever_more_seldom_and_then_given_up() -> None:
    verdicts = [judge(Outcome(False, "no"), tries=tries, now=NOW) for tries in range(1, len(rules.PAUSES) + 2)]

    assert [each.state for each in verdicts] == ["failed"] * len(rules.PAUSES) + ["given_up"]
    waits = [each.next_at - NOW for each in verdicts if each.next_at]
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(seconds=10)
    assert sum(waits, timedelta()) > timedelta(days=2)


def test_what_no_other_try_would_mend_is_given_up_at_once() -> None:
    assert judge(Outcome(False, "550 no such user", hopeless=True), tries=1, now=NOW).state == "given_up"


def test_who_asks_to_be_let_alone_for_a_while_is_and_for_a_day_at_most() -> None:
    def next_after(wait: timedelta, tries: int = 1) -> datetime | None:
        return judge(Outcome(False, "429 busy", wait=wait), tries=tries, now=NOW).next_at

    assert next_after(timedelta()) == NOW + rules.PAUSES[0]
    assert next_after(timedelta(hours=1)) == NOW + timedelta(hours=1)
    assert next_after(timedelta(days=300)) == NOW + timedelta(days=1)
    assert next_after(timedelta(minutes=1), tries=5) == NOW + rules.PAUSES[4]


def test_what_would_come_too_late_is_given_up() -> None:
    soon = NOW + timedelta(seconds=5)

    assert judge(Outcome(False, "busy"), tries=1, now=NOW, useful_until=soon).state == "given_up"


def test_every_template_of_ours_asks_for_what_it_knows_and_needs_in_every_language() -> None:
    for template in built_in().values():
        assert set(template.texts) == set(LANGUAGES)
        for language, texts in template.texts.items():
            known = template.facts.keys()
            everything = rules.strange([texts.subject, texts.text, texts.short], known, ())
            assert everything == ([], []), template.name
            for each in (texts.text, texts.short or texts.text):
                assert rules.strange([each], known, template.needs).missing == [], (template.name, language)
            said = rendered(texts, template.example(language))
            assert said.subject
            assert "{" not in said.subject + said.text + said.short


def test_every_language_says_something_of_its_own() -> None:
    for template in built_in().values():
        assert len({each.text for each in template.texts.values()}) == len(LANGUAGES), template.name
