"""Charts as SVG made here: sharp at every width, no script, and a table for who reads instead of looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

# The drawing is stretched to its place, so its own lengths are only proportions.
WIDTH, HEIGHT = 600.0, 100.0
LABELS = 6

Points = Sequence[tuple[str, float | Decimal | int]]


@dataclass(frozen=True, slots=True)
class Mark:
    """One value: its bar and the strip that answers to the pointer; lengths as SVG writes them in every language."""

    left: str
    strip: str
    x: str
    width: str
    y: str
    height: str
    label: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws. ``scale`` is written beside it from the top down, ``labels`` below it."""

    title: str
    kind: str
    marks: Sequence[Mark]
    path: str
    scale: Sequence[Decimal]
    labels: Sequence[str]

    @property
    def spread(self) -> bool:
        """Whether each bar has its label below it; else the first and the last stand at the ends."""
        return self.kind == "bars" and len(self.labels) == len(self.marks)

    @property
    def area(self) -> str:
        """What lies below the line."""
        return f"{self.path}L{WIDTH:g} {HEIGHT:g}L0 {HEIGHT:g}Z" if self.path else ""


def line(title: str, points: Points) -> Chart:
    """A line over time, oldest first."""
    top, last = _top(points), max(len(points) - 1, 1)
    steps = [f"{WIDTH * place / last:.1f} {_y(value, top)}" for place, (_, value) in enumerate(points)]
    return Chart(title, "line", _marks(points), "M" + "L".join(steps) if steps else "", _scale(top), _labels(points))


def bars(title: str, points: Points) -> Chart:
    """A bar for each."""
    return Chart(title, "bars", _marks(points), "", _scale(_top(points)), _labels(points))


def balanced(title: str, points: Points, most: int = 100) -> Chart:
    """A bar for each, up or down from nothing in the middle; the scale ends at ``most`` and its opposite."""
    marks = [
        replace(mark, y=f"{HEIGHT / 2 - max(0.0, part):.1f}", height=f"{abs(part):.1f}")
        for mark in _marks(points)
        for part in [HEIGHT / 2 * float(mark.value) / most]
    ]
    scale = [Decimal(most), Decimal(0), Decimal(-most)]
    return Chart(title, "bars", marks, "", scale, _labels(points))


def _marks(points: Points) -> list[Mark]:
    top, step = _top(points), WIDTH / max(len(points), 1)
    return [
        Mark(
            left=f"{place * step:.1f}",
            strip=f"{step:.1f}",
            x=f"{(place + 0.15) * step:.1f}",
            width=f"{step * 0.7:.1f}",
            y=_y(value, top),
            height=f"{HEIGHT - float(_y(value, top)):.1f}",
            label=label,
            value=Decimal(str(value)),
        )
        for place, (label, value) in enumerate(points)
    ]


def _y(value: float | Decimal, top: Decimal) -> str:
    return f"{HEIGHT * (1 - float(Decimal(str(value)) / top)):.1f}"


def _top(points: Points) -> Decimal:
    """The end of the scale: the next 1, 2 or 5 times a power of ten from the largest value on."""
    most = max((Decimal(str(value)) for _, value in points), default=Decimal(0))
    if most <= 0:
        return Decimal(1)
    power = Decimal(10) ** most.adjusted()
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= most)


def _scale(top: Decimal) -> list[Decimal]:
    return [top, top / 2, Decimal(0)]


def _labels(points: Points) -> list[str]:
    """So many as can be read, the first and the last among them."""
    if len(points) <= LABELS:
        return [label for label, _ in points]
    return [points[round(place * (len(points) - 1) / (LABELS - 1))][0] for place in range(LABELS)]
