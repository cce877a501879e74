"""Templates: the texts we bring, one file each, and those somebody wrote in their place.

A file names the facts of its template, each with an example, those its texts must not leave out (``needs``), and its
texts in three languages. ``secret``: what it says is forgotten as soon as it is sent, since it opens something.
``opens``: its links open something to whoever has them, so the record shows to nobody of the house where they lead.
``useful_minutes``: for how long it is of use. ``urgency``: whether it may wake a device that saves its battery.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec

from onhand.core.database import Connection, statement
from onhand.messages import rules

LANGUAGES: Final = ("en", "es", "pt-br")
Urgency = Literal["normal", "high"]


class Texts(msgspec.Struct, frozen=True):
    """What a letter says: by mail its subject and text; ``short`` where there is little room (else its text)."""

    subject: str
    text: str
    short: str = ""


class Template(msgspec.Struct, frozen=True):
    """A kind of letter."""

    name: str
    facts: Mapping[str, Mapping[str, str]]
    needs: Sequence[str]
    texts: Mapping[str, Texts]
    secret: bool = False
    opens: bool = False
    useful_minutes: int | None = None
    urgency: Urgency = "normal"

    @property
    def useful_for(self) -> timedelta | None:
        """For how long it is of use; None for ever."""
        return timedelta(minutes=self.useful_minutes) if self.useful_minutes else None

    def example(self, language: str) -> dict[str, str]:
        """Its facts as they might be."""
        return {name: said.get(language, said["en"]) for name, said in self.facts.items()}


@cache
def built_in() -> Mapping[str, Template]:
    """Every template there is, by its name, as it came."""
    folder = resources.files("onhand.messages").joinpath("letters")
    files = sorted(each.name for each in folder.iterdir() if each.name.endswith(".toml"))
    found = [_read(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in files]
    return {each.name: each for each in found}


def _read(file: str, text: str) -> Template:
    raw = tomllib.loads(text)
    facts = {
        name: said if isinstance(said, dict) else dict.fromkeys(LANGUAGES, said) for name, said in raw["facts"].items()
    }
    return msgspec.convert(
        {
            "name": file.removesuffix(".toml"),
            "facts": facts,
            "needs": raw.get("needs", []),
            "texts": {language: raw[language] for language in LANGUAGES},
            "secret": raw.get("secret", False),
            "opens": raw.get("opens", False),
            "useful_minutes": raw.get("useful_minutes"),
            "urgency": raw.get("urgency", "normal"),
        },
        Template,
    )


def in_force(db: Connection, names: Sequence[str]) -> dict[tuple[str, str], Texts]:
    """The texts of these templates by name and language: somebody's own, else ours."""
    ours = {
        (name, language): texts
        for name in set(names) & built_in().keys()
        for language, texts in built_in()[name].texts.items()
    }
    rows = db.execute(statement("messages", "wordings"), {"templates": sorted(set(names))})
    return ours | {(template, language): Texts(*texts) for template, language, *texts in rows}


def rendered(texts: Texts, facts: Mapping[str, str]) -> Texts:
    """What a letter says with these facts."""
    return Texts(
        rules.in_one_line(rules.filled(texts.subject, facts)),
        rules.filled(texts.text, facts),
        rules.filled(texts.short or texts.text, facts),
    )


def rewritten(db: Connection) -> set[tuple[str, str]]:
    """Which templates say, in which languages, what somebody wrote in the place of ours."""
    rows = db.execute("SELECT template, language FROM messages_wording").fetchall()
    return {(template, language) for template, language in rows}
