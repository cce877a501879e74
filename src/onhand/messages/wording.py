"""What letters say, written anew by the shop: checked before it is kept, and taken back to our own words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from onhand.core import events, texts
from onhand.core.asks import Command
from onhand.core.batch import take_turns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused
from onhand.messages import rules, templates
from onhand.messages.templates import Texts

_Subject = Annotated[str, Meta(min_length=1, max_length=200, pattern=texts.SOME_TEXT)]
_Text = Annotated[str, Meta(min_length=1, max_length=10_000)]
_Short = Annotated[str, Meta(max_length=600)]


class WriteTemplate(Command, frozen=True):
    """A template's texts in a language; ``short`` may be empty, where the text itself is short enough."""

    template: str
    language: Literal["en", "es", "pt-br"]
    subject: _Subject
    text: _Text
    short: _Short = ""


def write(db: Connection, wanted: WriteTemplate, *, actor: str, now: datetime) -> Refused | None:
    """Keep a template's texts; letters posted from then on say so."""
    fault = fault_in(wanted)
    if fault:
        return fault
    take_turns(db, "messages.templates")
    before = templates.in_force(db, [wanted.template])[wanted.template, wanted.language]
    after = Texts(wanted.subject.strip(), wanted.text.strip(), wanted.short.strip())
    if before == after:
        return None
    values = {
        "template": wanted.template,
        "language": wanted.language,
        "subject": after.subject,
        "text": after.text,
        "short": after.short,
        "actor": str(actor),
        "now": now,
    }
    db.execute(statement("messages", "write_template"), values)
    _tell(db, "template.changed", wanted.template, actor, now, language=wanted.language, before=before, after=after)
    return None


def take_back(db: Connection, template: str, language: str, *, actor: str, now: datetime) -> Refused | None:
    """Let a template say what it came with."""
    take_turns(db, "messages.templates")
    gone = db.execute(
        "DELETE FROM messages_wording WHERE template = %s AND language = %s RETURNING subject, text, short",
        (template, language),
    ).fetchone()
    if gone is None:
        return Refused("own_words", "It says what it came with already.", "")
    _tell(db, "template.restored", template, actor, now, language=language, before=Texts(*gone), after=None)
    return None


def fault_in(wanted: WriteTemplate) -> Refused | None:
    """What is wrong with texts: variables nobody knows, or those left out without which the letter says nothing."""
    template = templates.built_in().get(wanted.template)
    if template is None:
        known = ", ".join(templates.built_in())
        return Refused("unknown_template", f"There is no template {wanted.template!r}; there are {known}.", "template")
    given = {"subject": wanted.subject, "text": wanted.text, "short": wanted.short}
    for name, text in given.items():
        unknown = rules.strange([text], template.facts, ()).unknown
        if unknown:
            known = ", ".join(f"{{{each}}}" for each in template.facts)
            return Refused("unknown_fact", f"There is no {{{unknown[0]}}}; there are {known}.", name)
    for name in ("text", "short"):
        missing = rules.strange([given[name]], template.facts, template.needs).missing if given[name].strip() else []
        if missing:
            return Refused("missing_fact", f"{{{missing[0]}}} is missing; without it the letter says nothing.", name)
    return None


def _tell(db: Connection, kind: str, template: str, actor: str, now: datetime, **data: object) -> None:
    events.record(db, [events.fact(kind, f"template/{template}", actor, data)], now)
