"""Customers come in by a code sent to their address: it is asked for, sent, and used up.

Whether anybody has an address is not to be learned here: the same is written, sealed and answered for one nobody has,
whose letter is then taken back.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from onhand.access.privacy import registry
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.customers.account import codes, queries, sessions
from onhand.customers.account.codes import Asker, Turn
from onhand.customers.account.queries import Addressed, Addressee
from onhand.customers.account.rules import Purpose, Way, grouped
from onhand.customers.account.sessions import Signed
from onhand.customers.rules import LANGUAGES, Language
from onhand.messages.actions import Letter, Recipient, post

TEMPLATE = "customer.code"
# Whose name stands on a letter that is taken back.
_NOBODY = Addressee("nobody", "")


class Asking(NamedTuple):
    """Who asks for a code: the address they typed, the language of their page, from where."""

    email: str
    language: str
    asker: Asker


def too_often() -> Refused:
    """So many codes were asked for, or tried, that whoever does it has to wait."""
    return Refused("asked_too_often", "That was tried too often; wait a quarter of an hour, then try again.", "code")


def may_ask(db: Connection, asked: Asking, now: datetime) -> Turn:
    """Take a turn at asking; to be committed whatever comes of it."""
    found = queries.with_address(db, asked.email)
    return "none" if found is None else codes.may_ask(db, found.mark, asked.asker, now)


def send_code(db: Connection, asked: Asking, turn: Turn, *, shop: str, key: bytes, now: datetime) -> str:
    """Send a code to sign in with to an address, if a customer has it; what the browser's cookie holds.

    Whose turn is a shared one gets no letter of their own while the code that was sent last still holds.
    """
    found = queries.with_address(db, asked.email) or Addressed("", [])
    to = found.customers[0] if found.customers else _NOBODY
    customer = found.customers[0].customer if found.customers else ""
    if turn == "shared":
        made = codes.share(db, customer, found.mark, key=key, now=now)
    else:
        made = codes.make(db, "sign-in", customer, found.mark, key=key, now=now)
    if made.code:
        # The letter of somebody who is not there takes as long, and is taken back.
        with db.transaction(force_rollback=not found.customers):
            _post(db, to, made, shop=shop, language=asked.language)
    return made.asking


def send_again(
    db: Connection, who: Signed, purpose: Purpose, *, language: str, shop: str, key: bytes, now: datetime
) -> str | Refused:
    """Send somebody who is signed in a fresh code, for something that asks for one; what the cookie holds."""
    if not codes.may_ask_again(db, who.mark, who.session, now):
        return too_often()
    made = codes.make(db, purpose, who.customers[0], who.mark, key=key, now=now)
    _post(db, Addressee(who.customers[0], language), made, shop=shop, language=language)
    return made.asking


def _post(db: Connection, to: Addressee, made: codes.Made, *, shop: str, language: str) -> None:
    letter = Letter(
        TEMPLATE,
        Recipient("customer", to.customer),
        _language(to.language or language),
        {"code": grouped(made.code), "shop": shop},
        key=f"{TEMPLATE}/{codes.name_of(made.asking)}",
    )
    for answer in post(db, [letter], actor=f"customer/{to.customer}"):
        if refused(answer) and to is not _NOBODY:
            raise RuntimeError(f"a code could not be posted: {answer.detail}")


def _language(said: str) -> Language:
    return next((each for each in LANGUAGES if each == said), "en")


def may_try(db: Connection, asking: str, address: str, now: datetime) -> bool:
    """Take a turn at saying a code; to be committed whatever comes of it."""
    mark = codes.mark_of(db, asking, now)
    return mark is not None and codes.may_try(db, mark, address, now)


class Browser(NamedTuple):
    """With what somebody signs in: from which network address, with which browser."""

    address: str
    name: str


def sign_in(db: Connection, asking: str, code: str, browser: Browser, *, key: bytes, now: datetime) -> str | None:
    """Sign somebody in by the code they were sent; what their session's cookie holds, None where the code is wrong."""
    right = codes.use(db, "sign-in", asking, code, key=key, now=now)
    if right is None:
        return None
    codes.was_right(db, right.mark, browser.address)
    return begin(db, right.customer, right.mark, "code", browser, now)


def begin(db: Connection, customer: str, mark: str, way: Way, browser: Browser, now: datetime) -> str:
    """Begin a session; what its cookie holds."""
    return sessions.begin(db, customer, mark, way, address=browser.address, browser=browser.name, now=now)


def subjects(db: Connection, who: Signed) -> list[str]:
    """All that privacy knows somebody as who is signed in: every customer with their address, and the address itself.

    Of the address, too, since they have proven that it is theirs: with it goods were asked after, and letters went to
    it when nobody knew yet whose it is. What they have exported or erased of themselves is all of this.
    """
    return [*(f"customer/{code}" for code in who.customers), *registry.under_address(db, who.mark)]


def is_confirmed(
    db: Connection, who: Signed, purpose: Purpose, asking: str, code: str, address: str, *, key: bytes, now: datetime
) -> bool:
    """Whether a fresh code confirms what somebody who is signed in wants done."""
    right = codes.use(db, purpose, asking, code, key=key, now=now)
    if right is None or right.mark != who.mark:
        return False
    codes.was_right(db, right.mark, address)
    return True
