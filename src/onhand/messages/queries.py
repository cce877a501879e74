"""Questions to the delivery record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from onhand.access.privacy.vault import unlock
from onhand.core.database import Connection, statement
from onhand.core.pages import PAGE, Listing, Page
from onhand.messages import rules, templates
from onhand.messages.actions import TABLE
from onhand.messages.outbox import opened


class LetterView(msgspec.Struct, frozen=True):
    """A letter on record: to whom, what it says, and what became of it.

    ``to_name`` is a customer's code, a person's name or an address; ``subject`` and ``text`` are empty where they were
    erased, or told a secret, and without their links where these open something (``templates``). ``next_at`` is when it
    is tried next.
    """

    id: int
    key: str
    channel: str
    template: str
    language: str
    to_kind: str
    to_name: str
    about: str
    state: str
    tries: int
    next_at: datetime | None
    said: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    subject: str = ""
    text: str = ""


class _Kept(NamedTuple):
    id: int
    key: str
    channel: str
    template: str
    language: str
    to_kind: str
    to_name: str
    address: str
    whose: str
    about: str
    body: str
    state: str
    tries: int
    next_at: datetime | None
    said: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None


LETTERS = Listing(
    "messages",
    "letters",
    tuple[int],
    "letter.id < %(k0)s",
    _Kept,
    {
        "id": "letter.id = %(id)s",
        "about": "letter.about = %(about)s",
        "state": "letter.state = %(state)s",
        "channel": "letter.channel = %(channel)s",
        "template": "letter.template = %(template)s",
        "whose": "letter.whose = %(whose)s",
    },
)


def letters(
    db: Connection,
    given: Mapping[str, Any] | None = None,
    *,
    after: str | None = None,
    most: int = PAGE,
    to_themselves: bool = False,
) -> Page[LetterView]:
    """The delivery record, latest first: all of it, or what matches these filters of ``LETTERS``.

    ``to_themselves``: it is shown to whom the letters were written, with the links they got.
    """
    page = LETTERS.page(db, given or {}, after=after, most=most)
    vault = unlock(db, (each.whose for each in page.items))
    return Page([_view(each, vault, to_themselves=to_themselves) for each in page.items], page.next)


def letters_about(db: Connection, about: str, *, after: str | None = None, most: int = PAGE) -> Page[LetterView]:
    """What was written about something, such as ``order/web/N1``, latest first."""
    return letters(db, {"about": about}, after=after, most=most)


def letters_to(db: Connection, kind: str, name: str, *, after: str | None = None, most: int = PAGE) -> Page[LetterView]:
    """What was written to a customer or a person, latest first."""
    return letters(db, {"whose": f"{kind}/{name}"}, after=after, most=most)


def letter(db: Connection, number: int) -> LetterView | None:
    """One letter."""
    return next(iter(letters(db, {"id": number}, most=1).items), None)


def _view(kept: _Kept, vault: Any, *, to_themselves: bool) -> LetterView:
    shown = _shown(kept, opened(vault.open(kept.whose, f"{TABLE}.body", kept.body)), to_themselves=to_themselves)
    facts = {name: getattr(kept, name) for name in LetterView.__struct_fields__[:15]}
    if kept.to_kind == "address":
        facts["to_name"] = vault.open(kept.whose, f"{TABLE}.address", kept.address)
    return LetterView(**facts, subject=shown.subject if shown else "", text=_said(kept, shown))


def _shown(kept: _Kept, texts: templates.Texts | None, *, to_themselves: bool) -> templates.Texts | None:
    """What of a letter may be read: of one that tells a secret nothing, of one that opens something no link."""
    known = templates.built_in().get(kept.template)
    if texts is None or known is None or not (known.secret or known.opens):
        return texts
    if known.secret:
        return None
    said = map(rules.without_links, (texts.subject, texts.text, texts.short))
    return texts if to_themselves else templates.Texts(*said)


def _said(kept: _Kept, texts: templates.Texts | None) -> str:
    if texts is None:
        return ""
    return texts.text if kept.channel == "email" else texts.short


class Attempt(NamedTuple):
    """A try to deliver a letter, and what was said to it."""

    at: datetime
    well: bool
    said: str


def attempts(db: Connection, number: int) -> list[Attempt]:
    """The tries of a letter, first to last."""
    return [Attempt(*row) for row in db.execute(statement("messages", "attempts"), (number,))]
