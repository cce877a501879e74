"""Which permission each command takes, and at which sites: the table that every door asks before a flow is called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from onhand.access.permissions import CLOCKWORK, OWN, PERMISSIONS, Sensitivity, Standing
from onhand.core.asks import Command
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.flows import commands as c
from onhand.flows.weighing import WEIGHED, seconds
from onhand.orders import queries as orders


class Permit(NamedTuple):
    """What a command takes: a permission, and at which sites it is used (None: where the order's goods come from)."""

    permission: Callable[[Any], str]
    sites: Callable[[Any], Sequence[str] | None]


_STEPS: Final[Mapping[str, str]] = {
    "confirm": "do.orders",
    "hold": "do.orders",
    "resume": "do.orders",
    "priority": "do.orders",
    "pick": "do.shipments",
    "pack": "do.shipments",
    "ship": "do.shipments",
    "deliver": "do.deliveries",
}


def _always(permission: str) -> Callable[[Any], str]:
    return lambda _command: permission


def _at_its_site(command: Any) -> Sequence[str]:
    return (command.site,)


def _nowhere(_command: Any) -> Sequence[str]:
    return ()


def _where_it_lies(command: c.OrderNamed) -> Sequence[str] | None:
    site = getattr(command, "site", None)
    return (site,) if site else None


PERMITS: Final[Mapping[type[Command], Permit]] = {
    c.PlaceOrder: Permit(_always("do.orders"), _nowhere),
    c.FetchOrder: Permit(_always("do.orders"), lambda command: (command.collect_at,)),
    # The window alone asks for it, in the house's own name.
    c.CheckOut: Permit(_always(CLOCKWORK), _nowhere),
    c.AmendOrder: Permit(_always("do.orders"), _nowhere),
    c.CancelOrder: Permit(_always("do.cancellations"), _where_it_lies),
    c.CancelOwn: Permit(_always(OWN), _nowhere),
    c.AdvanceOrder: Permit(lambda command: _STEPS[command.step], _where_it_lies),
    c.TakeBack: Permit(_always("do.returns"), _at_its_site),
    c.HoldCart: Permit(_always("do.orders"), _nowhere),
    c.ReleaseCart: Permit(_always("do.orders"), _nowhere),
    c.Receive: Permit(_always("do.receiving"), _at_its_site),
    c.Expect: Permit(_always("do.receiving"), _at_its_site),
    c.AmendSupply: Permit(_always("do.receiving"), _at_its_site),
    c.MoveStock: Permit(_always("do.moves"), _at_its_site),
    c.Transfer: Permit(_always("do.transfers"), lambda command: (command.source,)),
    c.Adjust: Permit(_always("do.counts"), _at_its_site),
    c.SetThreshold: Permit(_always("do.thresholds"), _at_its_site),
    c.SetCategoryThreshold: Permit(_always("do.thresholds"), _at_its_site),
    c.ExpireCarts: Permit(_always(CLOCKWORK), _nowhere),
    c.ExpireLots: Permit(_always(CLOCKWORK), _nowhere),
    c.ServeWaiting: Permit(_always(CLOCKWORK), _nowhere),
}


def permission_of(command: Command) -> str:
    """Which permission a command takes."""
    return PERMITS[type(command)].permission(command)


@cache
def permissions_of(kind: type[Command]) -> frozenset[str]:
    """Which permissions commands of a kind may take: one, but for the steps of an order."""
    if kind is c.AdvanceOrder:
        return frozenset(_STEPS.values())
    permit: Any = PERMITS[kind].permission
    return frozenset({permit(None)})


def sensitivity_of(command: Command) -> Sensitivity:
    """How much harm a command can do; the clock does what it did yesterday, and customers only what is their own."""
    permission = permission_of(command)
    return Sensitivity.LOW if permission in {CLOCKWORK, OWN} else PERMISSIONS[permission].sensitivity


def sites_of(command: Command, read: Callable[[], Connection]) -> list[str]:
    """At which sites a command is done."""
    named = PERMITS[type(command)].sites(command)
    if named is None:
        order: Any = command
        return sorted(orders.sites_of(read(), [(order.channel, order.number)]).get((order.channel, order.number), ()))
    return list(named)


def step_permission(step: str) -> str:
    """Which permission a step of an order takes. Raises ``KeyError`` for a step nobody knows."""
    return _STEPS[step]


def forbidden(
    commands: Sequence[Command],
    standing: Standing,
    read: Callable[[], Connection] | None = None,
    *,
    approved: bool = False,
) -> list[Refused | None]:
    """For each command of one kind why somebody of this standing may not have it done; None where they may.

    ``read`` gives a connection where it must be looked up from which sites an order's goods come, which is asked only
    for somebody limited to sites, or how much a command of a kind that has limits is about. ``approved``: a second
    person said yes already.
    """
    answers = [_of_itself(command, standing) for command in commands]
    unsure = [
        at
        for at, command in enumerate(commands)
        if answers[at] is None
        and standing.sites(permission_of(command)) is not None
        and PERMITS[type(command)].sites(command) is None
    ]
    if unsure:
        found = _of_their_orders([commands[at] for at in unsure], standing, read)
        for at, refusal in zip(unsure, found, strict=True):
            answers[at] = refusal
    heavy = [at for at, command in enumerate(commands) if answers[at] is None and type(command) in WEIGHED]
    if heavy and not approved:
        for at, refusal in zip(heavy, _too_heavy([commands[at] for at in heavy], read), strict=True):
            answers[at] = refusal
    return answers


def asks_the_books(command: Command, standing: Standing) -> bool:
    """Whether it depends on the single command if somebody may have it done, once a gate has let them in."""
    kind = type(command)
    if standing.channels is not None or kind in WEIGHED:
        return True
    return any(not standing.may(each) or standing.sites(each) is not None for each in permissions_of(kind))


def _too_heavy(commands: Sequence[Command], read: Callable[[], Connection] | None) -> list[Refused | None]:
    if read is None:
        raise TypeError("some commands have limits, and nobody can say how much these are about")
    refusal = Refused(
        "needs_approval", "This is above the limit for one person; ask for it on its page, where another approves it."
    )
    return [refusal if each.second else None for each in seconds(read(), commands)]


def _of_itself(command: Any, standing: Standing) -> Refused | None:
    permission = permission_of(command)
    if not standing.may(permission):
        return Refused("forbidden", f"This takes the permission {permission!r}; ask an administrator for it.")
    channel = getattr(command, "channel", None)
    if standing.channels is not None and (channel is None or channel not in standing.channels):
        known = ", ".join(sorted(standing.channels)) or "none"
        return Refused("not_your_channel", f"You may touch orders of these channels only: {known}.", "channel")
    named = PERMITS[type(command)].sites(command)
    return _not_there(standing, permission, named) if named else None


def _of_their_orders(
    commands: Sequence[Any], standing: Standing, read: Callable[[], Connection] | None
) -> Iterable[Refused | None]:
    if read is None:
        raise TypeError("somebody is limited to sites, and nobody can say where these orders' goods lie")
    names = [(command.channel, command.number) for command in commands]
    sites = orders.sites_of(read(), names)
    for command, name in zip(commands, names, strict=True):
        permission = permission_of(command)
        # An order whose goods lie nowhere yet is for those who may act everywhere.
        lie = sites.get(name) or frozenset({""})
        yield _not_there(standing, permission, lie)


def _not_there(standing: Standing, permission: str, sites: Collection[str]) -> Refused | None:
    if standing.may(permission, *sites):
        return None
    held = ", ".join(sorted(standing.sites(permission) or ())) or "none"
    detail = f"You may do this at these sites only: {held}; ask somebody of the other site, or an administrator."
    return Refused("not_your_site", detail, "site")
