"""Letters posted, and sent again when they were given up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from onhand.access.privacy import marks
from onhand.access.privacy.vault import Vault, enroll
from onhand.core import cards, events, texts
from onhand.core.asks import Command
from onhand.core.batch import columns, moment
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused
from onhand.messages import templates
from onhand.messages.templates import Template, Texts

CHANNEL: Final = "onhand_letters"
TABLE: Final = "messages_letter"
MOST_FACT: Final = 20_000
_PHONE = re.compile(r"\+[1-9]\d{6,14}")

Language = Literal["en", "es", "pt-br"]
Channel = Literal["email", "sms", "push"]
Key = Annotated[str, Meta(min_length=1, max_length=300, pattern=texts.SOME_TEXT)]


class Recipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom: a customer by their code, a person by the name they sign in with, or an address that is nobody's here.

    Of customers and people the address is looked up when the letter leaves; so it is where they are then.
    """

    kind: Literal["customer", "person", "address"]
    name: Annotated[str, Meta(min_length=1, max_length=320, pattern=texts.SOME_TEXT)]


class Letter(Command, frozen=True):
    """A letter to be sent: which template, with which facts.

    ``key``: asked for twice under one key it is sent once. ``about``: what it tells of, such as ``order/web/N1``;
    the record finds it by that. ``whose``: for an address, whom privacy knows it by (a guest's ``order/…`` with the
    order's id), so that erasing them erases this. ``device``: of a person's devices the one it is shown on (``push``);
    ``topic``: there it takes the place of what was shown under the same topic before.
    """

    template: str
    to: Recipient
    language: Language
    facts: dict[str, Annotated[str, Meta(max_length=MOST_FACT)]]
    key: Key
    channel: Channel = "email"
    about: Annotated[str, Meta(max_length=300, pattern=texts.TEXT)] = ""
    whose: Annotated[str, Meta(max_length=300, pattern=texts.TEXT)] = ""
    device: int = 0
    topic: Annotated[str, Meta(max_length=300, pattern=texts.TEXT)] = ""

    def natural_key(self) -> str:
        """It is known by its key."""
        return f"letter/{self.key}"


class Body(Texts, frozen=True):
    """What is kept of a letter's texts, sealed: what it says, and the page it leads to."""

    link: str = ""


class Posted(msgspec.Struct, frozen=True):
    """A letter stands in the outbox. ``already``: it was asked for before under this key."""

    id: int
    already: bool = False


class SentAgain(msgspec.Struct, frozen=True):
    """How many of the letters named go out again."""

    letters: int


def post(
    db: Connection, letters: Sequence[Letter], *, actor: str, now: datetime | None = None
) -> list[Posted | Refused]:
    """Put letters into the outbox, in the caller's transaction; they leave when it commits.

    Refuses a template nobody knows (``unknown_template``), facts it does not know or that are missing
    (``unknown_fact``, ``missing_fact``), and an address that is none (``bad_recipient``).
    """
    faults = [_fault(each) for each in letters]
    good = {each.key: each for each, fault in zip(letters, faults, strict=True) if fault is None}
    if not good:
        return [fault for fault in faults if fault]
    at = moment(db, now)
    fresh: dict[str, int] = dict(
        db.execute(statement("messages", "post_letters"), _values(db, list(good.values()), actor, at)).fetchall()
    )
    known = [key for key in good if key not in fresh]
    old: dict[str, int] = (
        dict(db.execute(statement("messages", "letters_by_key"), {"keys": known}).fetchall()) if known else {}
    )
    if fresh:
        db.execute(f"NOTIFY {CHANNEL}")
    answers: list[Posted | Refused] = []
    for each, fault in zip(letters, faults, strict=True):
        already = each.key in old
        # The same key once more in one batch: the first of them is posted.
        answers.append(fault or Posted(old[each.key] if already else fresh[each.key], already))
    return answers


def _values(db: Connection, letters: Sequence[Letter], actor: str, now: datetime) -> dict[str, Any]:
    marker = marks.marker(db) if any(each.to.kind == "address" for each in letters) else None
    whoses = {each.key: _whose(each, marker) for each in letters}
    # Nobody destroys these keys before the letters are written: what is sealed with them can be erased, or never was.
    vault = enroll(db, whoses.values(), hold=True)
    said = templates.in_force(db, [each.template for each in letters])
    rows = [_row(each, whoses[each.key], vault, said, now) for each in letters]
    names = ("keys", "channels", "templates", "languages", "to_kinds", "to_names", "addresses", "whoses", "abouts")
    return columns(rows, *names, "bodies", "useful_untils", "devices", "topics") | {"actor": actor, "now": now}


def _row(
    letter: Letter, whose: str, vault: Vault, said: Mapping[tuple[str, str], Texts], now: datetime
) -> tuple[object, ...]:
    nobody = letter.to.kind == "address"
    body = vault.seal(whose, f"{TABLE}.body", msgspec.json.encode(_body(letter, said)).decode())
    address = vault.seal(whose, f"{TABLE}.address", _plain(letter)) if nobody else ""
    to_name = "" if nobody else letter.to.name
    useful: timedelta | None = templates.built_in()[letter.template].useful_for
    return (
        letter.key,
        letter.channel,
        letter.template,
        letter.language,
        letter.to.kind,
        to_name,
        address,
        whose,
        letter.about,
        body,
        now + useful if useful else None,
        letter.device,
        letter.topic,
    )


def _body(letter: Letter, said: Mapping[tuple[str, str], Texts]) -> Body:
    says = templates.rendered(said[letter.template, letter.language], letter.facts)
    return Body(says.subject, says.text, says.short, letter.facts.get("link", ""))


def _whose(letter: Letter, marker: marks.Marker | None) -> str:
    if letter.to.kind != "address":
        return f"{letter.to.kind}/{letter.to.name}"
    if letter.whose or marker is None:
        return letter.whose
    plain = _plain(letter)
    (mark,) = marker.phone(plain) if letter.channel == "sms" else marker.email(plain)
    return f"address/{mark}"


def _plain(letter: Letter) -> str:
    """An address as it is used: a telephone number without its grouping."""
    name = letter.to.name.strip()
    return re.sub(r"[\s().\-/]", "", name) if letter.channel == "sms" else name


def _fault(letter: Letter) -> Refused | None:
    template = templates.built_in().get(letter.template)
    if template is None:
        known = ", ".join(templates.built_in())
        return Refused("unknown_template", f"There is no template {letter.template!r}; there are {known}.", "template")
    return _address_fault(letter) or _facts_fault(letter, template)


def _address_fault(letter: Letter) -> Refused | None:
    if letter.channel == "push" and not (letter.to.kind == "person" and letter.device):
        return Refused("bad_recipient", "What is shown on a device needs a person and one of their devices.", "device")
    if letter.to.kind != "address":
        return None
    if letter.channel == "sms":
        if _PHONE.fullmatch(_plain(letter)):
            return None
        return Refused("bad_recipient", "A number to text to begins with + and its country, as in +34600123456.", "to")
    if texts.is_email(_plain(letter)):
        return None
    return Refused("bad_recipient", "This is no e-mail address; write one as in ana@shop.example.", "to.name")


def _facts_fault(letter: Letter, template: Template) -> Refused | None:
    for name in sorted(letter.facts.keys() - template.facts.keys()):
        known = ", ".join(template.facts)
        return Refused("unknown_fact", f"{template.name} knows no fact {name!r}; it knows {known}.", f"facts.{name}")
    for name in template.facts:
        if name not in letter.facts:
            return Refused("missing_fact", f"{template.name} needs the fact {name!r}; give it.", f"facts.{name}")
        fault = cards.fault_in(letter.facts[name], f"facts.{name}")
        if fault:
            return fault
    return None


def forget(db: Connection, keys: Sequence[str], *, now: datetime) -> int:
    """Forget to whom letters went and what they said, and send none that wait; that they were stays on record."""
    return db.execute(statement("messages", "forget_by_key"), {"keys": list(keys), "now": now}).rowcount


def send_again(db: Connection, letters: Sequence[int], *, actor: str, now: datetime) -> SentAgain | Refused:
    """Let letters that were given up go out again; refused when none of them can."""
    rows = db.execute(statement("messages", "send_again"), {"ids": list(letters), "now": now}).fetchall()
    if not rows:
        return Refused(
            "not_given_up",
            "Only a letter that was given up, and whose text is still kept, can be sent again; write a new one.",
            "letters",
        )
    events.record(
        db,
        [events.fact("letter.sent_again", f"letter/{number}", actor, {"about": about}) for number, _, about in rows],
        now,
    )
    db.execute(f"NOTIFY {CHANNEL}")
    return SentAgain(len(rows))
