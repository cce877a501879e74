"""The sites, and how channels choose among them: who may serve whom, and in which queues those stand who wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from onhand.core.database import Connection
from onhand.core.quantity import Quantity
from onhand.orders import queries as order_queries
from onhand.orders.queries import Queued
from onhand.places import queries as places
from onhand.places.rules import COUNTRY_CENTRES, Site, distance_km
from onhand.sourcing import queries as sourcing
from onhand.sourcing.rules import Candidate, Policy
from onhand.stock.rules import Pair


def turn(queued: Queued) -> tuple[object, ...]:
    """Whose turn it is: by priority, then by age."""
    return queued.sku, queued.rank, queued.since, queued.backorder


@dataclass(slots=True)
class Network:
    """The sites, and how each channel chooses among them."""

    sites: dict[str, Site]
    by_id: dict[int, Site]
    policies: dict[int, Policy]
    measured: dict[tuple[Any, ...], list[Candidate]] = field(default_factory=dict)

    def candidates(
        self, channel: int, country: str | None, latitude: float | None, longitude: float | None
    ) -> list[Candidate]:
        """The sites that may serve a channel, with their distance to a destination; measured once a batch."""
        way = (channel, country, latitude, longitude)
        found = self.measured.get(way)
        if found is None:
            codes = self.policies[channel].sites or sorted(self.sites)
            sites = [self.sites[code] for code in codes if code in self.sites]
            found = [Candidate(site.id, site.code, _measure(site, country, latitude, longitude)) for site in sites]
            self.measured[way] = found
        return found

    def queue(
        self,
        db: Connection,
        reach: Mapping[Pair, Quantity],
        resuming: Sequence[UUID] = (),
        changing: Sequence[UUID] = (),
    ) -> list[Queued]:
        """Who waits for goods within reach, by SKU, priority and age; never deeper than the goods go.

        Channels that draw on the same sites stand in one queue: a channel must not run out of reach because others
        wait before it for goods that it may have and they may not.
        """
        found = []
        for (sites, limit), channels in self._queues().items():
            pools = {pair: quantity for pair, quantity in reach.items() if pair[1] in sites and quantity > 0}
            if pools:
                found += order_queries.queue(
                    db, pools, channels=channels, most_parcels=limit, resuming=resuming, changing=changing
                )
        return sorted(found, key=turn)

    def without_day(self, db: Connection, coming: Mapping[Pair, Quantity]) -> list[Queued]:
        """Who waits and has not all of it promised, as far as what comes reaches; never deeper.

        Channels stand in queues as for goods that lie there; of how many parcels it makes, no promise is made.
        """
        found = []
        for (sites, _), channels in self._queues().items():
            pools = {pair: quantity for pair, quantity in coming.items() if pair[1] in sites and quantity > 0}
            if pools:
                found += order_queries.without_day(db, pools, channels=channels)
        return found

    def _queues(self) -> dict[tuple[frozenset[int], int | None], list[int]]:
        """The channels, by the sites they draw on and, where that can matter, the most parcels of an order."""
        queues: dict[tuple[frozenset[int], int | None], list[int]] = defaultdict(list)
        for channel, policy in self.policies.items():
            codes = policy.sites or list(self.sites)
            sites = frozenset(self.sites[code].id for code in codes if code in self.sites)
            queues[sites, policy.most_parcels if policy.most_parcels < len(sites) else None].append(channel)
        return queues


def _measure(site: Site, country: str | None, latitude: float | None, longitude: float | None) -> float | None:
    there = (latitude, longitude) if latitude is not None and longitude is not None else None
    target = there or COUNTRY_CENTRES.get(country or "")
    if target is None or site.coordinates is None:
        return None
    # A parcel that stays in the country is nearer than the middle of the country may suggest.
    if there is None and site.country == country:
        return 0.0
    # Whole kilometres: decisions are kept for ever, and several exact distances would tell where somebody lives.
    return float(round(distance_km(site.coordinates, target)))


def network(db: Connection, channels: Iterable[int] | None = None) -> Network:
    """Read the active sites and the policies of these channels, or of all."""
    sites = {code: site for code, site in places.all_sites(db).items() if site.active}
    wanted = order_queries.channel_ids(db) if channels is None else channels
    return Network(sites, {site.id: site for site in sites.values()}, sourcing.policies(db, wanted))
