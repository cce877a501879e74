"""What happens to stock becomes alerts, and people are told: a follower of the event log, and what time brings.

One alert for a situation, opened when a threshold is crossed and closed when that is over. Who hears: whoever may set
thresholds at the site, unless they said otherwise, and whoever said that they wish to. In one pass everything that
happened meanwhile is dealt with at once; nothing is asked for each alert.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from onhand.access import directory
from onhand.access.directory import Somebody
from onhand.catalog import queries as catalog
from onhand.core import events
from onhand.core.database import Connection
from onhand.messages import templates
from onhand.messages.actions import Language, Letter, Recipient, post
from onhand.messages.alerts import actions, devices, preferences, rounds, rules
from onhand.messages.alerts.actions import Name, Situation, Stirred
from onhand.messages.alerts.rounds import Reach, Told, Whom
from onhand.messages.alerts.rules import Channel, Preference
from onhand.places import queries as places
from onhand.places.rules import Site

FOLLOWER: Final = "alerts"
PAGE: Final = 2000
# Whoever may decide below what a site's stock must not fall is told when it does.
DECIDES: Final = "do.thresholds"
# What alerts follow from; a threshold that was taken away ends its alert.
KINDS: Final = ("stock.below_threshold", "stock.above_threshold", "stock.threshold_set")
_LANGUAGES: Final[Mapping[str, Language]] = {"en": "en", "es": "es", "pt-br": "pt-br"}


def follow(db: Connection, now: datetime, *, address: str, most: int = PAGE, pushes: bool = True) -> int:
    """Deal with the next events of the log, with what time brought, and tell whom it is time to tell. Commits.

    ``address``: where people find the pages, for links. ``pushes``: something carries what devices show. Answers how
    many events were looked at.
    """
    with db.transaction():
        seqs = events.glance(db, FOLLOWER, most=most)
        full = len(seqs) >= most
        stirred = _heard(db, seqs, now) if seqs else []
        events.move_on(db, FOLLOWER, seqs[-1] if seqs else 0, full=full)
        everybody = Everybody(db, pushes=pushes)
        stir(db, everybody, stirred + actions.wake(db, now) + actions.escalate(db, now), now)
        # Who is behind catches up first: what is over by then is not told.
        told = 0 if full else _tell_due(db, everybody, now, address)
    return len(seqs) + told


def stir(db: Connection, everybody: Everybody, stirred: Sequence[Stirred], now: datetime) -> None:
    """Have people told of these alerts when they wish to be."""
    if stirred:
        rounds.schedule(db, _dues(everybody, stirred, rounds.told_at(db), now))


def _heard(db: Connection, seqs: Sequence[int], now: datetime) -> list[Stirred]:
    """What happened becomes alerts; of each situation what was last is what counts."""
    unwatched: set[Name] = set()
    last: dict[Name, tuple[datetime, dict[str, Any] | None]] = {}
    for event in events.these(db, seqs, KINDS):
        if not isinstance(event.data.get("sku"), str):
            continue  # of a version that named goods by their numbers
        name = Name("below_threshold", event.data["sku"], event.data["site"])
        if event.kind == "stock.below_threshold":
            last[name] = event.at, event.data
        elif event.kind == "stock.above_threshold":
            last[name] = event.at, None
        elif event.data.get("quantity") is None:
            last[name] = event.at, None
            unwatched.add(name)
    over = [name for name, (_, data) in last.items() if data is None]
    # A threshold that was taken away is watched by nobody: what was foreseen of it is over, too.
    over += [name._replace(kind=kind) for name in unwatched for kind in rules.KINDS if kind != "below_threshold"]
    closed = actions.close_all(db, over, now)
    below = [_below(name, at, data) for name, (at, data) in last.items() if data is not None]
    fresh = actions.open_all(db, [each for each in below if now - each.at < rules.WORTH_TELLING])
    stale = actions.open_all(db, [each for each in below if now - each.at >= rules.WORTH_TELLING])
    actions.announce(db, len(fresh) + len(stale), closed, now)
    return fresh


def _below(name: Name, at: datetime, data: Mapping[str, Any]) -> Situation:
    facts = {"available": str(data["available"]), "threshold": str(data["threshold"])}
    nothing = Decimal(facts["available"]) <= 0
    return Situation(name, at, rules.urgency("below_threshold", nothing_left=nothing), facts)


@dataclass
class Everybody:
    """Who hears of what, looked up once for a pass and only where it is asked for."""

    db: Connection
    pushes: bool = True

    @cached_property
    def people(self) -> dict[str, Somebody]:
        """All who may sign in."""
        return {each.name: each for each in directory.everybody(self.db)}

    @cached_property
    def sites(self) -> dict[str, Site]:
        """Every site."""
        return places.all_sites(self.db)

    @cached_property
    def wishes(self) -> dict[str, dict[str, Preference]]:
        """What people said."""
        return preferences.wishes(self.db)

    @cached_property
    def devices(self) -> dict[str, list[int]]:
        """On what people have alerts shown."""
        return devices.by_person(self.db) if self.pushes else {}

    @cached_property
    def hears(self) -> dict[str, dict[str, Preference]]:
        """Of each who may see stock: at which sites they hear of alerts, and how they wish to."""
        return {
            name: {
                site: wish
                for site in theirs(person, self.sites)
                if (wish := _wish(person, self.wishes.get(name, {}), site))
            }
            for name, person in self.people.items()
            if person.standing.may("see.stock")
        }

    @cached_property
    def reaches(self) -> dict[Whom, Reach]:
        """What people hear of, by each channel."""
        found: dict[Whom, Reach] = {}
        for name, hears in self.hears.items():
            otherwise, names = self.otherwise(name), _names(self.people[name])
            for channel in rules.CHANNELS:
                sites = frozenset(site for site, wish in hears.items() if channel in self._ways(name, wish))
                # What is handed up reaches somebody by the way they like for everything else.
                handed = names if channel in self._ways(name, otherwise) and not otherwise.muted else {}
                if sites or handed:
                    found[name, channel] = Reach(sites, handed)
        return found

    def _ways(self, name: str, wish: Preference) -> frozenset[Channel]:
        return rules.ways(wish, devices=name in self.devices)

    def otherwise(self, name: str) -> Preference:
        """How somebody wishes to hear where nothing was said for the site."""
        return self.wishes.get(name, {}).get("", Preference())


def theirs(person: Somebody, sites: Iterable[str]) -> list[str]:
    """The sites somebody works at."""
    posts = [set(post.sites) for post in person.posts]
    everywhere = any(not each for each in posts)
    return [site for site in sites if everywhere or any(site in each for each in posts)]


def _wish(person: Somebody, said: Mapping[str, Preference], site: str) -> Preference | None:
    """How somebody wishes to hear of a site; None: not at all."""
    wish = rules.wish_at(said, site)
    if wish is None:
        return Preference() if person.standing.may(DECIDES, site) else None
    return None if wish.muted else wish


def _names(person: Somebody) -> dict[str, list[str] | None]:
    """What alerts can be handed up to that somebody is, and where."""
    found: dict[str, list[str] | None] = {f"person/{person.name}": None}
    for held in person.posts:
        found[f"role/{held.role}"] = list(held.sites) or None
    return found


def _dues(
    everybody: Everybody, stirred: Sequence[Stirred], told_at: Mapping[Whom, datetime], now: datetime
) -> dict[Whom, datetime]:
    """When each who hears of these alerts is told."""
    at, handed = {each.site for each in stirred}, {each.escalated_to for each in stirred} - {""}
    found: dict[Whom, datetime] = {}
    for whom, reach in everybody.reaches.items():
        sites = at & reach.sites
        up = {each.site for each in stirred if each.escalated_to in handed & reach.names.keys()}
        moments = [_when(everybody, whom, site, told_at, now) for site in sites | up]
        if first := rules.earliest(moments):
            found[whom] = first
    return found


def _when(everybody: Everybody, whom: Whom, site: str, told_at: Mapping[Whom, datetime], now: datetime) -> datetime:
    wish = everybody.hears[whom[0]].get(site, everybody.otherwise(whom[0]))
    known = everybody.sites.get(site)
    return rules.told_when(wish, now, ZoneInfo(known.time_zone if known else "UTC"), told_at.get(whom))


def _tell_due(db: Connection, everybody: Everybody, now: datetime, address: str) -> int:
    due = rounds.due(db, now)
    if not due:
        return 0
    asked = [(each, reach) for each in due if (reach := everybody.reaches.get((each.person, each.channel)))]
    found: dict[Whom, list[Told]] = {}
    for told in rounds.to_tell(db, asked):
        found.setdefault((told.person, told.channel), []).append(told)
    names = _goods(db, {told.sku for those in found.values() for told in those})
    letters = _letters(db, everybody, found, names, address)
    post(db, letters, actor="system", now=now)
    rounds.note(db, due, {whom: those[0].news for whom, those in found.items()}, now)
    return len(letters)


def _goods(db: Connection, skus: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(skus))
    return {code: facts.name for code, facts in catalog.skus_by_code(db, wanted).items()} if wanted else {}


def _letters(
    db: Connection,
    everybody: Everybody,
    found: Mapping[Whom, Sequence[Told]],
    names: Mapping[str, str],
    address: str,
) -> list[Letter]:
    said = templates.in_force(db, [f"alert.{kind}" for kind in rules.KINDS])
    letters: list[Letter] = []
    for (person, channel), those in found.items():
        language = _LANGUAGES.get(everybody.people[person].language, "en")
        each = [_facts(told, everybody, names, address) for told in those]
        if those[0].total == 1:
            template, facts = f"alert.{those[0].kind}", each[0]
            topic = f"{those[0].kind}/{those[0].sku}/{those[0].site}"
        else:
            shorts = [
                templates.rendered(said[f"alert.{told.kind}", language], facts).short
                for told, facts in zip(those, each, strict=True)
            ]
            template, facts, topic = "alert.digest", _gathered(shorts, those[0].total, address), "alerts"
        letter = Letter(
            template,
            Recipient("person", person),
            language,
            facts,
            f"alerts/{person}/{channel}/{those[0].news}",
            channel=channel,
            about="alerts",
        )
        letters += _for_each_device(letter, everybody.devices[person], topic) if channel == "push" else [letter]
    return letters


def _gathered(shorts: Sequence[str], total: int, address: str) -> dict[str, str]:
    """The facts of a letter that says what was gathered, of so many in all."""
    more = total - len(shorts)
    return {
        "count": str(total),
        "list": "\n".join(f"– {each}" for each in shorts),
        "more": f"+ {more}" if more else "",
        "link": f"{address}/alerts",
    }


def _for_each_device(letter: Letter, devices: Sequence[int], topic: str) -> list[Letter]:
    """A letter for each device, tried and recorded by itself; a situation takes the place of what it said before."""
    return [replace(letter, key=f"{letter.key}/{device}", device=device, topic=topic) for device in devices]


def _facts(told: Told, everybody: Everybody, names: Mapping[str, str], address: str) -> dict[str, str]:
    site = everybody.sites.get(told.site)
    zone = ZoneInfo(site.time_zone if site else "UTC")
    known = {
        **told.facts,
        "product": names.get(told.sku, told.sku),
        "sku": told.sku,
        "site": site.name if site else told.site,
        "link": f"{address}/alerts",
        "waiting_since": told.opened_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if told.escalated else "",
    }
    wanted = templates.built_in()[f"alert.{told.kind}"].facts
    return {name: known.get(name, "") for name in wanted}
