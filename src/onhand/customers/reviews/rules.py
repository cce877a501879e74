"""What reviews and scores add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

State = Literal["waiting", "published", "rejected"]
Kind = Literal["promoter", "passive", "detractor"]

STARS: Final = (1, 2, 3, 4, 5)
SCORES: Final = range(11)
# For so long after it was written first a review may be changed.
CHANGEABLE: Final = timedelta(days=30)
_TENTH: Final = Decimal("0.1")


def may_change(written: datetime, now: datetime) -> bool:
    """Whether a review may still be changed by its writer."""
    return now - written <= CHANGEABLE


@dataclass(frozen=True, slots=True)
class Rating:
    """How a SKU is rated: so many of each number of stars, from one to five."""

    counts: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    @property
    def count(self) -> int:
        """How many reviews there are."""
        return sum(self.counts)

    @property
    def average(self) -> Decimal | None:
        """Stars on average, to a tenth; None while nobody has reviewed it."""
        if not self.count:
            return None
        stars = sum(stars * count for stars, count in zip(STARS, self.counts, strict=True))
        return (Decimal(stars) / self.count).quantize(_TENTH, ROUND_HALF_UP)


def kind_of(score: int) -> Kind:
    """What a score makes of who gave it: 9 and 10 a promoter, 7 and 8 a passive, all below a detractor."""
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


@dataclass(frozen=True, slots=True)
class Promotion:
    """How many would recommend the shop, would neither, would advise against it.

    Net Promoter Score: the share of promoters less that of detractors, from -100 to 100 (F. Reichheld, "The One Number
    You Need to Grow", Harvard Business Review, December 2003).
    """

    promoters: int = 0
    passives: int = 0
    detractors: int = 0

    @property
    def count(self) -> int:
        """How many said anything."""
        return self.promoters + self.passives + self.detractors

    @property
    def net(self) -> int | None:
        """The score, to a whole point; None while nobody has said anything."""
        if not self.count:
            return None
        net = Decimal(100 * (self.promoters - self.detractors)) / self.count
        return int(net.quantize(Decimal(1), ROUND_HALF_UP))
