"""The verbs of goods: expect, receive, move, transfer, adjust, set aside, and what follows for whom it was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from onhand.flows import commands as c
from proofs.model.state import State
from proofs.model.things import NOT_FOR_SALE, TRACKING, Coming, Refusal


class Goods(State):
    """What comes, lies and goes."""

    def expect(self, command: c.Expect) -> None:
        """Goods are announced."""
        for line in command.lines:
            coming = Coming(command.kind, command.reference, line.sku, command.site, line.due, int(line.quantity))
            self._announce(coming)

    def amend_supply(self, command: c.AmendSupply) -> None:
        """What was announced changes. Who is promised what then is the books', see ``judge_days``."""
        meant = [
            [
                each
                for each in self.supplies
                if (each.sku, each.site, each.reference) == (line.sku, command.site, command.reference)
                and each.left
                and line.was_due in {None, each.due}
            ]
            for line in command.lines
        ]
        for line, supplies in zip(command.lines, meant, strict=True):
            if not supplies:
                raise Refusal("unknown_supply")
            if line.quantity is not None and any(each.kind == "transfer" for each in supplies):
                raise Refusal("on_the_road")
            if line.quantity is not None and len(supplies) > 1:
                raise Refusal("which_supply")
        for line, supplies in zip(command.lines, meant, strict=True):
            for each in supplies:
                each.left = each.left if line.quantity is None else int(line.quantity)
                each.due = line.due or each.due

    def _announce(self, coming: Coming) -> None:
        """Goods of one document, moment and lot are one supply."""
        same = [each for each in self.supplies if replace(each, left=0, promised=0) == replace(coming, left=0)]
        if same:
            same[0].left += coming.left
        else:
            self.supplies.append(coming)

    def receive(self, command: c.Receive) -> None:
        """Goods arrive."""
        serials = [serial for line in command.lines for serial in line.serials]
        skus = {serial: line.sku for line in command.lines for serial in line.serials}
        for line in command.lines:
            for name in [*line.serials, *([line.lot] if line.lot else [])]:
                self.lots.setdefault((line.sku, name), line.expires_on)
        if len(set(serials)) < len(serials) or any(self.somewhere(skus[each], each) for each in serials):
            raise Refusal("serial_on_hand")
        for line in command.lines:
            pieces: list[tuple[str | None, int]] = [(serial, 1) for serial in line.serials]
            whole: list[tuple[str | None, int]] = [(line.lot, int(line.quantity))]
            for lot, quantity in pieces or whole:
                sent = self._settle(command, line.sku, lot, quantity)
                self.transit[command.site, line.sku, lot] -= sent
                self.away["supplier", line.sku] -= quantity - sent
                self.goods[command.site, line.location or "pick", line.sku, lot] += quantity

    def _settle(self, command: c.Receive, sku: str, lot: str | None, quantity: int) -> int:
        """What was announced has come, the same lot first, then the soonest; returns how much was in transit."""
        due = [
            each
            for each in self.supplies
            if command.reference and (each.sku, each.site, each.reference) == (sku, command.site, command.reference)
        ]
        due = [each for each in sorted(due, key=lambda each: each.due) if each.left]
        sent = 0
        for supply in sorted(due, key=lambda each: each.lot != lot):
            part = min(supply.left, quantity)
            supply.left -= part
            quantity -= part
            sent += part if supply.kind == "transfer" else 0
        return sent

    def move(self, command: c.MoveStock) -> None:
        """Goods go from one shelf to another."""
        if command.target in NOT_FOR_SALE and command.source not in NOT_FOR_SALE:
            self._refuse_promised(command.site, command.lines)
        for sku, lot, part in self._lift(command.site, command.source, command.lines):
            self.goods[command.site, command.target, sku, lot] += part

    def transfer(self, command: c.Transfer) -> None:
        """Goods leave for another site."""
        self._refuse_promised(command.source, command.lines)
        for sku, lot, part in self._lift(command.source, "pick", command.lines):
            self.transit[command.target, sku, lot] += part
            due = command.due or self.now
            self._announce(Coming("transfer", command.reference, sku, command.target, due, part, lot=lot))

    def _refuse_promised(self, site: str, lines: Sequence[c.MovedLine]) -> None:
        for sku in {line.sku for line in lines}:
            if sum(line.quantity for line in lines if line.sku == sku) > self.available(sku, site):
                raise Refusal("promised")

    def _lift(self, site: str, shelf: str, lines: Sequence[c.MovedLine]) -> list[tuple[str, str | None, int]]:
        """Take goods off a shelf; lines that name their lot choose first."""
        taken: list[tuple[Any, int]] = []
        for line in sorted(lines, key=lambda each: each.lot is None):
            left = int(line.quantity)
            for key in self.pick(line.sku, [(site, shelf)], date.min, line.lot):
                part = min(self.goods[key], left)
                self.goods[key] -= part
                left -= part
                taken.append((key, part))
            if left:
                for key, part in taken:
                    self.goods[key] += part
                raise Refusal("not_there")
        return [(key[2], key[3], part) for key, part in taken if part]

    def adjust(self, command: c.Adjust) -> None:
        """What is there is not what we thought."""
        key = (command.site, command.location, command.sku, command.lot)
        have = self.goods[key]
        by = int(command.by) if command.by is not None else int(command.counted or 0) - have
        if have + by < 0:
            raise Refusal("not_there")
        if command.lot and not have:
            raise Refusal("unknown_lot")
        if TRACKING[command.sku] == "serial" and have + by > 1:
            raise Refusal("one_piece")
        self.goods[key] += by
        self.away["loss", command.sku] -= by

    def set_aside(self) -> set[tuple[str, str]]:
        """What has expired leaves the shelves for quarantine; returns where that was."""
        today, found = self.now.date(), set()
        for (site, shelf, sku, lot), quantity in list(self.goods.items()):
            last_day = self.lots.get((sku, lot or ""))
            if quantity and last_day and last_day < today and shelf not in NOT_FOR_SALE:
                self.goods[site, shelf, sku, lot] = 0
                self.goods[site, "quarantine", sku, lot] += quantity
                found.add((sku, site))
        return found

    def give_way(self, sku: str, site: str) -> None:
        """More is promised than is there: carts lose theirs first, then who was promised last."""
        here = [each for each in self.promises if (each.sku, each.site) == (sku, site)]
        here.sort(key=lambda each: (each.cart is not None, each.made_at, each.id), reverse=True)
        for each in here:
            part = min(each.quantity, -self.available(sku, site))
            if part <= 0:
                return
            self.end(each, part)
            if each.line:
                self.wait(self.orders[each.line[:2]].lines[each.line[2] - 1], part)

    def set_threshold(self, command: c.SetThreshold) -> None:
        """Somebody wants to be told."""
        if command.quantity is None:
            self.thresholds.pop((command.sku, command.site), None)
        else:
            self.thresholds[command.sku, command.site] = int(command.quantity)
