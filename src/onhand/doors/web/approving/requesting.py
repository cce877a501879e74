"""What one person asks for and a second one approves: kept as it was asked, carried out once, in the asker's name."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from onhand.access.confirming import requests
from onhand.access.confirming.requests import RequestView
from onhand.access.confirming.rules import canonical
from onhand.access.models import Person
from onhand.core.asks import Command
from onhand.core.clock import utc_now
from onhand.core.refusals import Refused, refused
from onhand.doors.web import house
from onhand.flows.permits import permission_of, sites_of
from onhand.flows.weighing import WEIGHED, evidence

KINDS: dict[str, type[Command]] = {kind.__name__: kind for kind in WEIGHED}


class Asked(NamedTuple):
    """A request that waits, by its number."""

    number: int


def ask_another(command: Command, person: Person, key: str, step: Any) -> Asked | Refused:
    """Keep a command until a second person approves it."""
    with house.changing() as db:
        answer = requests.ask(
            db,
            act=type(command).__name__,
            facts=canonical(msgspec.to_builtins(command)),
            before=canonical(step.look.before),
            key=key,
            actor=person.actor,
            permission=permission_of(command),
            sites=sites_of(command, lambda: db),
            now=utc_now(),
        )
    return answer if refused(answer) else Asked(answer)


def command_of(asked: RequestView) -> Command:
    """The command that was asked for."""
    return msgspec.json.decode(asked.facts, type=KINDS[asked.act], strict=False)


def asker_of(asked: RequestView) -> Person | None:
    """Who asked, while they may sign in."""
    name = asked.asked_by.partition("/")[2]
    return Person.objects.filter(username=name, is_active=True).first()


def approve(number: int, before: str, person: Person) -> Any:
    """Have a request carried out in the asker's name, once; the answer, or why it was not done.

    The request is held until it is done: another approver waits and then sees that it was decided. Should this process
    end in between, the command's key makes the next approval give the same answer.
    """
    with house.changing() as db:
        now = utc_now()
        asked = requests.take(db, number, now)
        if refused(asked):
            return asked
        fault = requests.may_decide(asked, person.actor, person.standing)
        if fault:
            return fault
        asker = asker_of(asked)
        if asker is None:
            requests.decide(db, asked, "failed", actor=person.actor, now=now, answer="asker_gone")
            return Refused("asker_gone", "Who asked for this may no longer sign in; it will not be done.")
        command = command_of(asked)
        (seen,) = evidence(db, [command], now)
        if canonical(seen.before) != before:
            return Refused("changed_meanwhile", "It changed while you looked at it; this is how it stands now.")
        was = seen.changes[0].before if asked.act == "Adjust" and seen.changes else None
        answer = house.do(command, asker, key=f"request/{asked.id}", was=was, approved=True)
        if refused(answer):
            if answer.code != "changed_meanwhile":
                requests.decide(db, asked, "failed", actor=person.actor, now=now, answer=answer.detail)
            return answer
        requests.decide(db, asked, "done", actor=person.actor, now=now)
        return answer


def decline(number: int, reason: str, person: Person) -> Refused | None:
    """Say no to a request, and why; its asker may take it back in the same way."""
    with house.changing() as db:
        now = utc_now()
        asked = requests.take(db, number, now)
        if refused(asked):
            return asked
        own = asked.asked_by == person.actor
        fault = None if own else requests.may_decide(asked, person.actor, person.standing)
        if fault:
            return fault
        requests.decide(db, asked, "withdrawn" if own else "declined", actor=person.actor, now=now, answer=reason)
        return None
