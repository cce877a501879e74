"""The table of duties: what the clock asks for, and how often. Each is harmless to do once too often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from onhand.access.audit import archiving, sealing
from onhand.access.privacy import erasing, tombstones
from onhand.access.privacy import sealing as closing
from onhand.access.signin import guessing, sessions
from onhand.access.watching import actions as watching
from onhand.connect.sheets import imports
from onhand.connect.webhooks import outbox
from onhand.core import retention
from onhand.core.asks import Ask, Command
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.health import actions as health
from onhand.core.secret import key_for
from onhand.core.settings import Settings
from onhand.core.writer import Writer
from onhand.customers.account import codes, passkeys
from onhand.customers.account import sessions as customers_sessions
from onhand.customers.account.rules import Lifetimes
from onhand.customers.wishes import actions as wishes
from onhand.doors.jobs.caretaker import look_after
from onhand.doors.jobs.watcher import figures as watching_figures
from onhand.doors.jobs.watcher import watch
from onhand.doors.jobs.wishes import tell as tell_of_wishes
from onhand.flows.ask_for_reviews import ask_for_reviews
from onhand.flows.commands import ExpireCarts, ExpireLots, ServeWaiting
from onhand.messages import outbox as letters
from onhand.messages.alerts import actions as alerts
from onhand.messages.news import actions as news

MINUTE = 60.0
SECONDS_TO_SWEEP = 30.0
SECONDS_TO_WATCH = 5.0
SECONDS_TO_TELL = 2.0
SECONDS_TO_LOOK_AFTER = 15.0
# What the key is for that seals the audit trail, and the folder (of the data folder) its old months go to.
SEALS = "audit-seals"
ARCHIVE = "audit"
# Of so many hundreds of rows; what is left is sealed in the next minute.
SEALED_A_MINUTE = 20


@dataclass(frozen=True)
class Duty:
    """Something to do every so many seconds, with the writer or on a connection."""

    name: str
    every_seconds: float
    do: Callable[[Writer, Connection], object]


def duties(settings: Settings) -> list[Duty]:
    """Every duty there is."""
    answers, events = timedelta(days=settings.keep_answers_days), timedelta(days=settings.keep_events_days)
    kept_letters = timedelta(days=settings.keep_letters_days)
    figures = watching_figures(settings)
    trail_key, files = key_for(settings, SEALS), settings.data / ARCHIVE
    return [
        Duty("look after health", SECONDS_TO_LOOK_AFTER, lambda _, db: look_after(settings, db)),
        Duty("sum up health", 10 * MINUTE, lambda _, db: health.sum_up(db, utc_now())),
        Duty("watch for misuse", SECONDS_TO_WATCH, lambda _, db: watch(db, figures)),
        Duty("forget the unseen", 60 * MINUTE, lambda _, db: watching.forget(db, utc_now())),
        Duty("expire carts", 1.0, lambda writer, _: _sweep(writer, ExpireCarts())),
        Duty("serve who waits", 5.0, lambda writer, _: _sweep(writer, ServeWaiting())),
        Duty("expire lots", MINUTE, lambda writer, _: _sweep(writer, ExpireLots())),
        Duty("forget old answers", 10 * MINUTE, lambda _, db: retention.forget_answers(db, utc_now() - answers)),
        Duty("forget old deliveries", 10 * MINUTE, lambda _, db: outbox.forget(db, utc_now())),
        Duty("tell who asked that goods are back", SECONDS_TO_TELL, lambda _, db: tell_of_wishes(settings, db)),
        Duty("forget old wishes", 60 * MINUTE, lambda _, db: wishes.forget(db, utc_now())),
        Duty("forget old letters", 10 * MINUTE, lambda _, db: letters.forget(db, utc_now() - kept_letters)),
        Duty("forget old news of orders", 10 * MINUTE, lambda _, db: news.forget(db, utc_now() - kept_letters)),
        Duty("forget old alerts", 10 * MINUTE, lambda _, db: alerts.forget(db, utc_now() - alerts.KEPT)),
        Duty("forget sheets", 10 * MINUTE, lambda _, db: imports.forget(db, utc_now() - imports.KEPT)),
        Duty("forget old sign-ins", 10 * MINUTE, lambda _, db: _forget_sign_ins(db)),
        Duty("forget customers' sign-ins", 10 * MINUTE, lambda _, db: _forget_customers_sign_ins(settings, db)),
        Duty("ask for reviews", 10 * MINUTE, lambda _, db: _ask_for_reviews(settings, db)),
        Duty("make room for the audit trail", 60 * MINUTE, lambda _, db: archiving.prepare(db, utc_now())),
        Duty("seal the audit trail", 5 * MINUTE, lambda _, db: sealing.seal(db, trail_key, utc_now())),
        Duty("archive the audit trail", 60 * MINUTE, lambda _, db: archiving.archive(db, files, utc_now())),
        Duty("seal what is plain", MINUTE, lambda _, db: closing.seal_all(db, most_pages=SEALED_A_MINUTE)),
        Duty("keep tombstones", MINUTE, lambda _, db: tombstones.keep(db)),
        Duty("forget people", 60 * MINUTE, lambda _, db: _forget_people(db, settings.keep_people_days)),
        Duty("forget old events", 10 * MINUTE, lambda _, db: retention.forget_events(db, utc_now() - events)),
    ]


def _forget_sign_ins(db: Connection) -> int:
    return guessing.forget_old(db, utc_now()) + sessions.forget_old(db, utc_now())


def _forget_customers_sign_ins(settings: Settings, db: Connection) -> int:
    lives = Lifetimes(timedelta(hours=settings.customer_idle_hours), timedelta(days=settings.customer_longest_days))
    old = codes.forget_old(db, utc_now()) + customers_sessions.forget_old(db, lives, utc_now())
    return old + _forget_left(db)


def _forget_left(db: Connection) -> int:
    """End what was proven by an address that is no customer's any more, whoever changed it."""
    with db.transaction():
        return customers_sessions.forget_left(db, utc_now()) + passkeys.forget_left(db, utc_now())


def _ask_for_reviews(settings: Settings, db: Connection) -> int:
    address = settings.public_address or f"http://{settings.host}:{settings.port}"
    return ask_for_reviews(db, days=settings.review_days, address=address, shop=settings.shop_name, now=utc_now())


def _forget_people(db: Connection, days: int) -> None:
    """Erase whoever's time is over, and remember that outside, too."""
    if erasing.forget_overdue(db, utc_now(), days):
        tombstones.keep(db)


def _sweep(writer: Writer, command: Command) -> object:
    """Ask without a key: to be swept twice is harmless, and nobody will ask for the answer again."""
    return writer.submit([Ask(command)]).result(SECONDS_TO_SWEEP)
