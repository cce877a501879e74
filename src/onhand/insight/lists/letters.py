"""The delivery record: what was written to whom, and what became of it, latest first. What it said is sealed."""

from __future__ import annotations

from typing import Final

from onhand.insight.lists.columns import Column, Order
from onhand.insight.lists.listing import Key, Listing

LETTER_STATES: Final = ("queued", "sent", "failed", "given_up")
CHANNELS: Final = ("email", "sms", "push")
TO_KINDS: Final = ("customer", "person", "address")

LETTERS = Listing(
    name="letters",
    table="messages_letter",
    alias="letter",
    key=(Key("letter.id"),),
    columns=(
        Column("written", "moment", "letter.made_at", sort=Order("letter.id", (), "id")),
        Column("template", "code", "letter.template"),
        Column("to_kind", "state", "letter.to_kind", label="To", choices=TO_KINDS),
        Column("to", "code", "letter.to_name", label="Name", empty=True),
        Column("about", "code", "letter.about", empty=True),
        Column("way", "state", "letter.channel", choices=CHANNELS),
        Column("language", "code", "letter.language", shown=False),
        Column("state", "state", "letter.state", choices=LETTER_STATES),
        Column("tries", "number", "letter.tries", shown=False),
        Column("said", "text", "letter.said", label="What was answered", empty=True),
        Column("ended", "moment", "letter.ended_at", shown=False, empty=True),
        Column("actor", "code", "letter.made_by", shown=False),
    ),
    order=("-written",),
    always=("template",),
)
