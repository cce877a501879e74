"""How channels choose sites: a new version is set, versions are looked up, and which sites a channel may draw on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onhand.core import events
from onhand.core.asks import Command
from onhand.core.database import Connection
from onhand.core.pages import Page
from onhand.core.refusals import Refused
from onhand.core.texts import Code
from onhand.flows.network import network
from onhand.orders import queries as orders
from onhand.places import queries as places
from onhand.sourcing import actions as sourcing
from onhand.sourcing import queries as sourcing_queries
from onhand.sourcing.rules import Policy, RuleName


class PolicyRecord(Command, frozen=True):
    """How a channel shall choose sites from now on. Its rules are asked in order; each settles the ties of the last.

    ``sites`` limits and ranks (empty: every active site may serve, in order of code).
    """

    channel: Code
    rules: Annotated[list[RuleName], Meta(min_length=1, max_length=3)]
    sites: Annotated[list[Code], Meta(max_length=1000)] = []
    most_parcels: Annotated[int, Meta(ge=1, le=50)] = 5


class SavedPolicy(msgspec.Struct, frozen=True):
    """The version that holds now, and whether it is new."""

    channel: str
    version: int
    change: Literal["created", "unchanged"]


class PolicyVersion(msgspec.Struct, frozen=True):
    """A version of a channel's policy; an order's history names the version that chose its sites."""

    channel: str
    version: int
    rules: list[RuleName]
    sites: list[str]
    most_parcels: int
    created_at: datetime
    actor: str


def set_policies(
    db: Connection, records: Sequence[PolicyRecord], *, actor: str, now: datetime
) -> list[SavedPolicy | Refused]:
    """Put new versions in force; the same rules again change nothing.

    Refuses ``unknown_channel``, ``unknown_site`` and ``listed_twice``.
    """
    # Two versions of one channel must not take one number; policies are set by hand, and so one at a time is enough.
    db.execute("SELECT pg_advisory_xact_lock(hashtext('onhand.sourcing'))")
    channels = orders.channels_by_code(db, [each.channel for each in records])
    sites = places.sites_by_code(db, [site for each in records for site in each.sites])
    held = sourcing_queries.policies(db, [channel.id for channel in channels.values()])
    answers: list[SavedPolicy | Refused] = []
    made: list[tuple[int, Policy]] = []
    for record in records:
        fault = _fault(record, set(channels), set(sites))
        if fault:
            answers.append(fault)
            continue
        channel = channels[record.channel].id
        policy = Policy(record.rules, record.sites, record.most_parcels, held[channel].version)
        change: Literal["created", "unchanged"] = "unchanged"
        if policy != held[channel] or not policy.version:
            change = "created"
            held[channel] = policy = msgspec.structs.replace(policy, version=policy.version + 1)
            made.append((channel, policy))
        answers.append(SavedPolicy(record.channel, policy.version, change))
    sourcing.add_versions(db, made, actor=actor, now=now)
    codes = {channel.id: channel.code for channel in channels.values()}
    facts = [events.fact("sourcing.policy_set", f"channel/{codes[each]}", actor, policy) for each, policy in made]
    events.record(db, facts, now)
    return answers


def _fault(record: PolicyRecord, channels: set[str], sites: set[str]) -> Refused | None:
    if record.channel not in channels:
        return Refused("unknown_channel", f"There is no active channel {record.channel!r}.", "channel")
    for at, site in enumerate(record.sites):
        if site not in sites:
            return Refused("unknown_site", f"There is no site {site!r}.", f"sites[{at}]")
        if site in record.sites[:at]:
            return Refused("listed_twice", f"Site {site!r} is listed twice; name it once.", f"sites[{at}]")
    return None


def policy_versions(
    db: Connection, *, channel: str | None, current: bool | None, after: str | None, most: int
) -> Page[PolicyVersion] | Refused:
    """Versions of policies, the latest first; of one channel, or only those in force, if asked."""
    known = orders.channel_codes(db)
    if channel is not None and channel not in known.values():
        return Refused("unknown_channel", f"There is no channel {channel!r}.", "channel")
    wanted = next((number for number, code in known.items() if code == channel), None)
    page = sourcing_queries.VERSIONS.page(db, {"channel": wanted, "current": current}, after=after, most=most)
    return Page([_shown(each, known) for each in page.items], page.next)


def _shown(each: sourcing_queries.Version, codes: dict[int, str]) -> PolicyVersion:
    policy = each.policy
    return PolicyVersion(
        codes[each.channel],
        policy.version,
        policy.rules,
        policy.sites,
        policy.most_parcels,
        each.created_at,
        each.actor,
    )


def sites_serving(db: Connection, channel: str) -> list[str] | Refused:
    """The sites a channel's policy may draw on, in the order of its preference."""
    found = orders.channels_by_code(db, [channel])
    if not found:
        return Refused("unknown_channel", f"There is no active channel {channel!r}.", "channel")
    number = found[channel].id
    return [each.code for each in network(db, [number]).candidates(number, None, None, None)]
