"""What was announced changes: more comes, or less, or later. Who was promised it last loses it first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from onhand.catalog.queries import SkuFacts
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import LARGEST, ZERO, Quantity, text
from onhand.core.refusals import Refused, Stale
from onhand.flows.answers import StockChanged, position_now
from onhand.flows.commands import AmendSupply, SupplyChange
from onhand.flows.promising import promise_waiting
from onhand.flows.workspace import Foreseen, Workspace, enter, known_skus
from onhand.places import queries as places
from onhand.places.rules import Site
from onhand.stock import queries as stock_queries
from onhand.stock.rules import Claim, OpenSupply, Pair


def amend_supply(db: Connection, asks: Sequence[Ask[AmendSupply]], now: datetime) -> list[StockChanged | Refused]:
    """Change what was announced; what is more goes to those who wait, who loses a promise may have another.

    Refuses ``unknown_supply`` where nothing of the SKU is to come under the document, ``which_supply`` where it is on
    several days and none is named, ``on_the_road`` another quantity of a transfer, ``changed_meanwhile`` where not as
    many are still to come as there were.
    """
    known = _Known(known_skus(db, (line.sku for ask in asks for line in ask.command.lines)), places.all_sites(db))
    faults = [_fault(ask.command, known) for ask in asks]
    commands = [ask.command for ask, fault in zip(asks, faults, strict=True) if fault is None]
    space = enter(db, now, pairs=_pairs(known, commands), foresee=lambda db: _foresee(db, known, commands))
    open_now = _announced(space, known, commands)
    answers = [fault or _amend(space, known, ask, open_now) for ask, fault in zip(asks, faults, strict=True)]
    promise_waiting(space)
    space.finish()
    return answers


# A SKU, a site and a document: what is to come under these.
_Name = tuple[int, int, str]
_Open = dict[_Name, list[OpenSupply]]


class _Known(NamedTuple):
    """What a batch names."""

    skus: dict[str, SkuFacts]
    sites: dict[str, Site]

    def name(self, command: AmendSupply, line: SupplyChange) -> _Name:
        """Under what a line's goods are to come."""
        return self.skus[line.sku].id, self.sites[command.site].id, command.reference


def _pairs(known: _Known, commands: Iterable[AmendSupply]) -> set[Pair]:
    return {known.name(command, line)[:2] for command in commands for line in command.lines}


def _foresee(db: Connection, known: _Known, commands: Sequence[AmendSupply]) -> Foreseen:
    """What may change, at most: who is promised what comes on another day, or the part that does not come."""
    asked = [(known.name(command, line), line) for command in commands for line in command.lines]
    more: dict[Pair, Quantity] = defaultdict(Quantity)
    shaken: dict[UUID, Quantity] = {}
    announced = _by_name(stock_queries.supplies_under(db, (name for name, _ in asked)))
    for name, line in asked:
        for supply in _meant(announced.get(name, []), line):
            if line.quantity is not None:
                more[name[:2]] += max(line.quantity - supply.outstanding, ZERO)
            # Changed twice in a batch, it may give up more than each change says: hence all of it.
            whole = line.due is not None or supply.id in shaken
            kept = ZERO if whole or line.quantity is None else line.quantity
            shaken[supply.id] = supply.promised - kept
    return Foreseen(frozenset(name[0] for name, _ in asked), more, shaken)


def _by_name(supplies: Iterable[OpenSupply]) -> _Open:
    found: _Open = defaultdict(list)
    for supply in supplies:
        found[supply.sku, supply.site, supply.reference].append(supply)
    return found


def _announced(space: Workspace, known: _Known, commands: Iterable[AmendSupply]) -> _Open:
    """What is to come under the documents named, as it was read under the locks."""
    named = {known.name(command, line) for command in commands for line in command.lines}
    found = _by_name(supply for supplies in space.supplies.values() for supply in supplies)
    return {name: supplies for name, supplies in found.items() if name in named}


def _meant(supplies: Iterable[OpenSupply], line: SupplyChange) -> list[OpenSupply]:
    return [each for each in supplies if each.outstanding > 0 and line.was_due in {None, each.due}]


def _fault(command: AmendSupply, known: _Known) -> Refused | None:
    if command.site not in known.sites:
        return Refused("unknown_site", f"There is no site {command.site!r}.", "site")
    faults = (_line_fault(line, known, f"lines[{index}]") for index, line in enumerate(command.lines))
    return next((fault for fault in faults if fault), None)


def _line_fault(line: SupplyChange, known: _Known, path: str) -> Refused | None:
    facts, quantity = known.skus.get(line.sku), line.quantity
    if facts is None:
        return Refused("unknown_sku", f"There is no SKU {line.sku!r}.", f"{path}.sku")
    if quantity is None and line.due is None:
        return Refused("nothing_changes", "Say how much is still to come, or on which day.", f"{path}.quantity")
    if quantity is None:
        return None
    if not quantity.is_finite() or not ZERO <= quantity <= LARGEST or quantity != round(quantity, facts.decimals):
        detail = f"What is still to come must be a number from 0, with at most {facts.decimals} decimals."
        return Refused("bad_quantity", detail, f"{path}.quantity")
    return None


def _amend(space: Workspace, known: _Known, ask: Ask[AmendSupply], open_now: _Open) -> StockChanged | Refused:
    command = ask.command
    meant = [_meant(open_now.get(known.name(command, line), []), line) for line in command.lines]
    for index, (line, supplies) in enumerate(zip(command.lines, meant, strict=True)):
        fault = _supply_fault(command, line, supplies, f"lines[{index}]")
        if fault:
            return fault
    before = _told(known, meant)
    for line, supplies in zip(command.lines, meant, strict=True):
        for supply in supplies:
            _change(space, supply, line)
    data = {
        "site": command.site,
        "reference": command.reference,
        "reason": command.reason,
        "before": {"lines": before},
        "after": {"lines": _told(known, meant)},
    }
    space.tell("supply.amended", f"supply/{command.site}/{command.reference}", ask.actor, data)
    here = (known.sites[command.site].id, command.site)
    codes = dict.fromkeys(line.sku for line in command.lines)
    return StockChanged(command.reference, [position_now(space, (known.skus[code].id, code), here) for code in codes])


def _supply_fault(
    command: AmendSupply, line: SupplyChange, supplies: Sequence[OpenSupply], path: str
) -> Refused | None:
    if not supplies:
        detail = f"Nothing of {line.sku!r} is to come to {command.site!r} under {command.reference!r}; announce it."
        return Refused("unknown_supply", detail, f"{path}.sku")
    if line.quantity is None:
        return None
    if any(each.kind == "transfer" for each in supplies):
        detail = "The goods are on the road; only their day can change. Receive what has come, and count."
        return Refused("on_the_road", detail, f"{path}.quantity")
    if len(supplies) > 1:
        detail = f"{line.sku!r} is announced for several days; name the one meant in `was_due`."
        return Refused("which_supply", detail, f"{path}.was_due")
    if line.was_quantity is not None and supplies[0].outstanding != line.was_quantity:
        detail = f"Of {line.sku!r} {text(supplies[0].outstanding)} are still to come by now; look at it once more."
        return Refused("changed_meanwhile", detail, f"{path}.quantity")
    return None


def _told(known: _Known, meant: Sequence[Sequence[OpenSupply]]) -> list[dict[str, object]]:
    """What is to come, in an event's words."""
    codes = {facts.id: code for code, facts in known.skus.items()}
    once = {supply.id: supply for supplies in meant for supply in supplies}
    return [
        {"sku": codes[supply.sku], "quantity": text(supply.outstanding), "due": supply.due} for supply in once.values()
    ]


def _change(space: Workspace, supply: OpenSupply, line: SupplyChange) -> None:
    if line.quantity is not None:
        more = line.quantity - supply.outstanding
        space.shelf.expect(supply.sku, supply.site, more)
        space.shelf.revise(supply.id, more=more)
        supply.outstanding = line.quantity
        _break_promises(space, supply)
    if line.due is not None and line.due != supply.due:
        space.shelf.revise(supply.id, due=line.due)
        supply.due = line.due
        space.desk.stirred |= {peg.line for peg in _pegs_on(space, supply) if peg.line}


def _pegs_on(space: Workspace, supply: OpenSupply) -> list[Claim]:
    """Who of those entered is promised a supply, whoever was promised it last in front."""
    pegs = [claim for claims in space.claims.values() for claim in claims if claim.supply == supply.id]
    return sorted(pegs, key=lambda claim: (claim.made_at, claim.id), reverse=True)


def _break_promises(space: Workspace, supply: OpenSupply) -> None:
    """A supply that cannot keep all it promises breaks the promises made last."""
    for peg in _pegs_on(space, supply):
        if supply.free >= 0:
            return
        space.break_peg(peg, min(peg.quantity, -supply.free))
    if supply.free < 0:
        raise Stale  # more was promised of it than was foreseen
