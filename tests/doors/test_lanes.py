"""What may go together goes together, and nothing overtakes what it depends on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from onhand.connect.online_retail.timetable import Happening
from onhand.core.asks import Command
from onhand.doors.cli.demo.lanes import MOST_TOGETHER, Lanes
from onhand.flows import commands as c

NOON = datetime(2010, 12, 1, 12, tzinfo=UTC)


def place(number: str) -> c.PlaceOrder:
    return c.PlaceOrder("web", number, [c.WantedLine("mug", Decimal(1))])


def step(number: str, name: c.Step) -> c.AdvanceOrder:
    return c.AdvanceOrder("web", number, name)


def cancel(number: str) -> c.CancelOrder:
    return c.CancelOrder("web", number, "changed my mind")


def words(command: Command) -> str:
    kind = command.step if isinstance(command, c.AdvanceOrder) else type(command).__name__.removesuffix("Order").lower()
    return f"{kind} {getattr(command, 'number', '')}".strip()


def gathered(*commands: Command, span: timedelta | None = None, minutes: int = 1) -> list[list[list[str]]]:
    moments = (NOON + timedelta(minutes=minutes * at) for at in range(len(commands)))
    happenings = [Happening(at, command, words(command)) for at, command in zip(moments, commands, strict=True)]
    return [
        [[words(each.command) for each in batch] for batch in batches] for batches in Lanes(span).gather(happenings)
    ]


def test_orders_go_together_though_steps_of_others_stand_between() -> None:
    commands = (place("A"), step("A", "confirm"), place("B"), step("B", "confirm"), step("X", "ship"), place("C"))

    assert gathered(*commands) == [[["place A", "place B", "place C"], ["confirm A", "confirm B"], ["ship X"]]]


def test_an_order_does_not_overtake_itself() -> None:
    commands = (step("A", "ship"), step("A", "pick"), step("A", "pack"))

    assert gathered(*commands) == [[["ship A"]], [["pick A"], ["pack A"]]]


def test_what_changes_the_stock_waits_for_what_came_before_and_is_waited_for() -> None:
    commands = (place("A"), cancel("B"), cancel("C"), place("D"))

    assert gathered(*commands) == [[["place A"]], [["cancel B", "cancel C"]], [["place D"]]]


def test_two_kinds_that_change_the_stock_do_not_mix() -> None:
    delivery = c.Receive("london", [c.ReceivedLine("mug", Decimal(1))])

    assert gathered(cancel("A"), delivery) == [[["cancel A"]], [["receive"]]]


def test_a_lane_has_an_end() -> None:
    batches = gathered(*(place(str(number)) for number in range(MOST_TOGETHER + 1)))

    assert [len(batch) for lot in batches for batch in lot] == [MOST_TOGETHER, 1]


def test_at_a_pace_only_what_happens_close_together_goes_together() -> None:
    batches = gathered(*(place(name) for name in "ABCD"), span=timedelta(minutes=1))

    assert batches == [[["place A", "place B"]], [["place C", "place D"]]]
