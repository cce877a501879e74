"""What is there is not what we thought. A loss of promised goods takes the promise back, weakest claim first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import LARGEST, ZERO, Quantity, text
from onhand.core.refusals import Refused
from onhand.flows.answers import StockChanged, position_now
from onhand.flows.commands import Adjust, MovedLine
from onhand.flows.give_way import holders, take_promises_back
from onhand.flows.move_stock import Ground
from onhand.flows.workspace import Workspace, enter, serve_waiting
from onhand.stock.rules import Bin, Moved, Pair, Place


def adjust(db: Connection, asks: Sequence[Ask[Adjust]], now: datetime) -> list[StockChanged | Refused]:
    """Correct a batch of balances, each with its reason."""
    commands = [ask.command for ask in asks]
    ends = {(each.site, code) for each in commands for code in (each.location, "loss")}
    ground = Ground(db, (MovedLine(each.sku, Quantity(1)) for each in commands), ends)
    faults = [_fault(ground, each) for each in commands]
    sound = [each for each, fault in zip(commands, faults, strict=True) if fault is None]
    pairs = {(ground.skus[each.sku].id, ground.sites[each.site].id) for each in sound}
    touched = {(_place(ground, each).id, ground.skus[each.sku].id) for each in sound}
    ground.lay_out(db, touched)
    gains, losses = _foreseen(ground, sound)
    space = enter(db, now, named=holders(db, losses, now), pairs=pairs, frees=gains, making=True)
    ground.lay_out(db, touched)
    answers: list[StockChanged | Refused] = []
    for ask, fault in zip(asks, faults, strict=True):
        answers.append(fault or _adjust(space, ground, ask))
    for pair in sorted(pairs):
        take_promises_back(space, pair)
    serve_waiting(space)
    space.finish()
    return answers


def _foreseen(ground: Ground, commands: Sequence[Adjust]) -> tuple[dict[Pair, Quantity], dict[Pair, Quantity]]:
    """What will be gained and what lost where, at most, as things look before they are locked."""
    gains: dict[Pair, Quantity] = defaultdict(Quantity)
    losses: dict[Pair, Quantity] = defaultdict(Quantity)
    for each in commands:
        pair = (ground.skus[each.sku].id, ground.sites[each.site].id)
        difference = _difference(each, _lying(ground, each))
        if difference > 0 and not _place(ground, each).unsellable:
            gains[pair] += difference
        elif difference < 0:
            losses[pair] -= difference
    return gains, losses


def _lying(ground: Ground, command: Adjust) -> list[Bin]:
    lying = ground.bins.get((_place(ground, command).id, ground.skus[command.sku].id), [])
    return [each for each in lying if each.lot_code == command.lot]


def _difference(command: Adjust, lying: Sequence[Bin]) -> Quantity:
    if command.by is not None:
        return command.by
    return (command.counted or ZERO) - sum((each.quantity for each in lying), ZERO)


def _place(ground: Ground, command: Adjust) -> Place:
    place = ground.place(command.site, command.location)
    if place is None:
        raise AssertionError("the place of an adjustment was checked before")
    return place


def _fault(ground: Ground, command: Adjust) -> Refused | None:
    if command.site not in ground.sites:
        return Refused("unknown_site", f"There is no site {command.site!r}.", "site")
    place = ground.place(command.site, command.location)
    if place is None or place.virtual:
        return Refused("unknown_location", f"Site {command.site!r} has no location {command.location!r}.", "location")
    facts = ground.skus.get(command.sku)
    if facts is None:
        return Refused("unknown_sku", f"There is no SKU {command.sku!r}.", "sku")
    if (command.by is None) == (command.counted is None):
        return Refused("one_figure", "Give either `by` (the difference) or `counted` (what was found).", "by")
    if facts.tracking != "none" and command.lot is None:
        return Refused("missing_lot", f"SKU {command.sku!r} is tracked; name the lot or serial number.", "lot")
    figure, field = (command.by, "by") if command.by is not None else (command.counted, "counted")
    return _figure_fault(figure if figure is not None else ZERO, field, facts.decimals)


def _figure_fault(figure: Quantity, field: str, decimals: int) -> Refused | None:
    if not figure.is_finite() or abs(figure) > LARGEST or figure != round(figure, decimals):
        return Refused("bad_quantity", f"The figure must be a number with at most {decimals} decimals.", field)
    if field == "counted" and figure < 0:
        return Refused("bad_quantity", "Nobody can count less than nothing.", field)
    if field == "by" and figure == 0:
        return Refused("bad_quantity", "A difference of nothing changes nothing.", field)
    return None


def _adjust(space: Workspace, ground: Ground, ask: Ask[Adjust]) -> StockChanged | Refused:
    command, place = ask.command, _place(ground, ask.command)
    loss, sku = ground.place(command.site, "loss"), ground.skus[command.sku].id
    lying = _lying(ground, command)
    have, difference = sum((each.quantity for each in lying), ZERO), _difference(command, lying)
    if ask.was is not None and ask.was != have:
        return Refused(
            "changed_meanwhile", f"{text(have)} are on record there by now, not {text(ask.was)}; look again."
        )
    if have + difference < 0:
        return Refused("not_there", f"Only {text(have)} are on record there; count the place instead.", "by")
    if command.lot and not have:
        return Refused("unknown_lot", f"Lot {command.lot!r} is not at {command.location!r}; receive it instead.", "lot")
    if ground.skus[command.sku].tracking == "serial" and have + difference > 1:
        return Refused(
            "one_piece", f"Serial number {command.lot!r} is one piece; receive others under their own.", "lot"
        )
    if loss is None:
        raise AssertionError("a site has its virtual locations from its first day")
    if difference:
        ends = (loss, place) if difference > 0 else (place, loss)
        lot, at = (lying[0].lot if lying else None), command.at or space.now
        reason = f"adjustment: {command.reason}"
        space.shelf.move(Moved(sku, lot, *ends, abs(difference), at, reason, command.reference, ask.actor))
        _remember(ground, place, sku, lying, difference)
    data = {"command": command, "was": text(have), "is": text(have + difference)}
    space.tell("stock.adjusted", f"site/{command.site}", ask.actor, data)
    here = (ground.sites[command.site].id, command.site)
    return StockChanged(command.reference, [position_now(space, (sku, command.sku), here)])


def _remember(ground: Ground, place: Place, sku: int, lying: list[Bin], difference: Quantity) -> None:
    """A later adjustment of the batch starts from what this one left."""
    if lying:
        lying[0].quantity += difference
    else:
        ground.bins.setdefault((place.id, sku), []).append(Bin(place, None, None, None, difference))
