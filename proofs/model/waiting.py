"""Those who wait: whose turn it is, and whether the books kept to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proofs.model.state import State
from proofs.model.things import CHANNELS, LineName, Promise


class Waiting(State):
    """Who waits, and what goes to them."""

    def queue(self, skus: Iterable[str]) -> list[LineName]:
        """Who waits for these SKUs: by priority, then by age."""
        skus = set(skus)
        waiting = [
            (-deal.priority, wish.since, wish.place, (*name, number))
            for name, deal in self.orders.items()
            for number, wish in enumerate(deal.lines, 1)
            if wish.waiting and wish.sku in skus
        ]
        return [line for *_, line in sorted(waiting, key=lambda each: each[:3])]

    def eligible(self, line: LineName, site: str) -> bool:
        """Whether a line that waits may be served from a site now."""
        deal = self.orders[line[:2]]
        wish = deal.lines[line[2] - 1]
        return wish.waiting > 0 and "hold" not in deal.done and site in CHANNELS[line[0]].sites

    def judge(
        self, queue: Sequence[LineName], served: dict[tuple[LineName, str], int], freed: Iterable[tuple[str, str]]
    ) -> list[str]:
        """Take over who was served what, and say which rule that breaks."""
        faults = []
        for (line, site), quantity in served.items():
            wish = self.orders[line[:2]].lines[line[2] - 1]
            if line not in queue or not self.eligible(line, site) or quantity > wish.waiting:
                faults.append(f"{line} was served {quantity} from {site} out of turn")
            wish.waiting -= quantity
            self.promises.append(Promise(wish.sku, site, quantity, self.now, line=line))
        sku_of = {line: self.orders[line[:2]].lines[line[2] - 1].sku for line in queue}
        faults += [
            f"{earlier} was passed over for {line} at {site}"
            for line, site in served
            if line in queue
            for earlier in queue[: queue.index(line)]
            if sku_of[earlier] == sku_of[line] and self.eligible(earlier, site)
        ]
        faults += [
            f"{sku} lies free at {site} while {line} waits"
            for sku, site in freed
            for line in queue
            if sku_of[line] == sku and self.eligible(line, site) and self.available(sku, site) > 0
        ]
        return faults

    def judge_days(self, skus: Iterable[str], had: dict[tuple[LineName, str], int]) -> list[str]:
        """Whether what comes of these SKUs is promised to those who wait, and nobody was passed over.

        ``had``: what each line was promised at each site before; what they are promised now is the books'.
        """
        gained = [key for key, quantity in self.pegs_at.items() if quantity > had.get(key, 0)]
        faults = []
        for sku in skus:
            queue = self.queue([sku])
            for line in queue:
                if self.pegs.get(line, 0) >= self.orders[line[:2]].lines[line[2] - 1].waiting:
                    continue
                free = [each for each in self.supplies if each.sku == sku and each.left > each.promised]
                faults += [f"{each} is free while {line} has no day" for each in free if self.eligible(line, each.site)]
                faults += [
                    f"{line} was passed over for {later} by what comes to {site}"
                    for later, site in gained
                    if later in queue[queue.index(line) + 1 :] and self.eligible(line, site)
                ]
        return faults
