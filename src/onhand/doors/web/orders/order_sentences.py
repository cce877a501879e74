"""News of an order in sentences, as its customer's letter says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from onhand.doors.web.wording import day_words
from onhand.flows.order_news import News
from onhand.messages.news.rules import DayNews, Step, Word

# More lines than these are not told one by one.
MOST_NAMED: Final = 5

STEPS: Final[Mapping[Step, Promise]] = {
    "ready": gettext_lazy("It is ready to be fetched at %(store)s."),
    "part_sent": gettext_lazy("A part of it has been sent."),
    "sent": gettext_lazy("It has been sent."),
    "part_handed_over": gettext_lazy("A part of it has been handed over to you."),
    "handed_over": gettext_lazy("It has been handed over to you."),
    "delivered": gettext_lazy("It has been delivered."),
    "part_cancelled": gettext_lazy("The shop had to cancel a part of it."),
    "cancelled": gettext_lazy("The shop had to cancel it."),
}
DAYS: Final[Mapping[Word, Promise]] = {
    "given": gettext_lazy("%(name)s is now expected on %(day)s."),
    "later": gettext_lazy("%(name)s comes later than we said: it is now expected on %(day)s."),
    "sooner": gettext_lazy("%(name)s comes sooner than we said: it is now expected on %(day)s."),
    "lost": gettext_lazy("We can no longer say when %(name)s will come; we write to you as soon as we know."),
}


def in_words(news: News, language: str, store: str) -> str:
    """News in a language, a sentence a line; ``store``: what the place is called where it is fetched."""
    with override(language):
        told = [str(STEPS[each]) % {"store": store} for each in news.steps]
        told += [_of_day(each, news.names) for each in news.days[:MOST_NAMED]]
        if len(news.days) > MOST_NAMED:
            told.append(_("Other lines have another day, too: the page of your order shows them."))
        return "\n".join(told)


def _of_day(news: DayNews, names: Mapping[int, str]) -> str:
    day = day_words(news.day) if news.day else ""
    return str(DAYS[news.word]) % {"name": names.get(news.line, ""), "day": day}
