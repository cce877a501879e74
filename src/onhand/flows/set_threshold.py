"""Somebody wants to be told when stock of a SKU at a site falls below a quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from onhand.catalog.queries import SkuFacts
from onhand.core import events
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import Quantity
from onhand.core.refusals import Refused
from onhand.flows.answers import StockChanged
from onhand.flows.commands import SetThreshold
from onhand.flows.workspace import crossed, known_skus, sku_fault
from onhand.places import queries as places
from onhand.places.rules import Site
from onhand.stock import actions as stock
from onhand.stock.queries import thresholds_at

ONE = Quantity(1)


def set_threshold(db: Connection, asks: Sequence[Ask[SetThreshold]], now: datetime) -> list[StockChanged | Refused]:
    """Set, change or remove a batch of thresholds; one that is already crossed says so at once."""
    skus, sites = known_skus(db, (ask.command.sku for ask in asks)), places.all_sites(db)
    answers: list[StockChanged | Refused] = []
    wanted: dict[tuple[int, int], Quantity | None] = {}
    set_by: list[tuple[tuple[int, int], Ask[SetThreshold]]] = []
    for ask in asks:
        command = ask.command
        fault = _fault(command, skus, sites)
        answers.append(fault or StockChanged("", []))
        if fault is None:
            pair = skus[command.sku].id, sites[command.site].id
            wanted[pair] = command.quantity
            set_by.append((pair, ask))
    stock.lock_making(db, wanted)
    facts = _told(set_by, thresholds_at(db, wanted))
    stock.set_thresholds(db, [(sku, site, quantity) for (sku, site), quantity in wanted.items()])
    shelf = stock.lock(db, wanted)
    for pair in wanted:
        shelf.touch(*pair)
    facts += crossed(db, stock.write(db, shelf, now))
    events.record(db, facts, now)
    return answers


def faults(db: Connection, commands: Sequence[SetThreshold]) -> list[Refused | None]:
    """Why each of these could not be set."""
    skus, sites = known_skus(db, (each.sku for each in commands)), places.all_sites(db)
    return [_fault(each, skus, sites) for each in commands]


def _fault(command: SetThreshold, skus: Mapping[str, SkuFacts], sites: Mapping[str, Site]) -> Refused | None:
    if command.site not in sites:
        return Refused("unknown_site", f"There is no site {command.site!r}.", "site")
    quantity = command.quantity if command.quantity is not None else ONE
    return sku_fault(skus.get(command.sku), command.sku, quantity, "threshold")


def _told(
    set_by: Sequence[tuple[tuple[int, int], Ask[SetThreshold]]], before: dict[tuple[int, int], Quantity]
) -> list[events.Fact]:
    """Who set which, and what it was; of several for one place each was what the one before it made of it."""
    now: dict[tuple[int, int], Quantity | None] = dict(before)
    facts = []
    for pair, ask in set_by:
        command, was = ask.command, now.get(pair)
        now[pair] = command.quantity
        data = {
            "site": command.site,
            "sku": command.sku,
            "quantity": command.quantity,
            "before": {"threshold": was},
            "after": {"threshold": command.quantity},
        }
        facts.append(events.fact("stock.threshold_set", f"sku/{command.sku}", ask.actor, data))
    return facts
