"""Webhooks: where events are sent, what became of them, and the acts on them.

No ``from __future__ import annotations`` here: the handlers are made in a loop, and Litestar reads their types.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from litestar import Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from onhand.connect.webhooks import actions, queries
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.pages import Page
from onhand.core.refusals import Refused
from onhand.doors.api.asking import Listed, Question, Reads, Words, no_such
from onhand.doors.api.permits import takes
from onhand.doors.api.problems import answer, of_refusal
from onhand.doors.origins import signed

READS = Reads("Webhooks", "see.webhooks")

Webhook = Annotated[str, Meta(max_length=100, description="a webhook's id")]


class WebhooksAsked(Listed, frozen=True, kw_only=True):
    """Which webhooks."""

    state: Literal["enabled", "failing", "disabled"] | None = None


@READS.at("/webhooks", "Where events are sent")
def list_webhooks(db: Connection, asked: WebhooksAsked) -> Page[queries.WebhookView]:
    """In the order in which they were made. `failing`: the last post did not get through, and is tried again."""
    return queries.WEBHOOKS.page(db, {"state": asked.state}, after=asked.cursor, most=asked.limit)


class WebhookAsked(Question, frozen=True, kw_only=True):
    """Which webhook."""

    webhook: Webhook


@READS.at("/webhooks/{webhook}", "One webhook")
def read_webhook(db: Connection, asked: WebhookAsked) -> queries.WebhookView | Refused:
    """What it wants to hear, how it fares, what waits for it. Its secrets are not shown."""
    found = id_of(asked.webhook)
    return (found and queries.webhook(db, found)) or no_such("webhook", asked.webhook)


class DeliveriesAsked(Listed, frozen=True, kw_only=True):
    """Which deliveries."""

    webhook: Webhook
    state: Annotated[
        Literal["waiting", "behind", "done", "dead"] | None,
        Meta(description="`behind`: an earlier event of the same subject comes first; `dead`: given up"),
    ] = None
    kind: Annotated[Words, Meta(description="such as order.placed")] | None = None


@READS.at("/webhooks/{webhook}/deliveries", "What was sent, and what became of it")
def list_deliveries(db: Connection, asked: DeliveriesAsked) -> Page[queries.DeliveryView] | Refused:
    """Latest first. What was delivered is kept for a week, dead letters for ninety days."""
    found = id_of(asked.webhook)
    if found is None or queries.webhook(db, found) is None:
        return no_such("webhook", asked.webhook)
    given = {"endpoint": found, "state": asked.state, "kind": asked.kind}
    return queries.DELIVERIES.page(db, given, after=asked.cursor, most=asked.limit)


class Asker(NamedTuple):
    """Who asks, of which webhook, under which rules."""

    actor: str
    webhook: UUID
    loopback: bool


Do = Callable[[Connection, Any, Asker], Any]


class Act(NamedTuple):
    """Something that can be done to webhooks: where, what is sent, what is answered when it is done."""

    method: Literal["POST", "PATCH"]
    path: str
    command: type
    outcome: type
    status: int
    name: str
    summary: str
    do: Do


def _create(db: Connection, wanted: actions.NewWebhook, asker: Asker) -> Any:
    return actions.create(db, wanted, actor=asker.actor, now=utc_now(), loopback=asker.loopback)


def _change(db: Connection, wanted: actions.ChangeWebhook, asker: Asker) -> Any:
    return actions.change(db, asker.webhook, wanted, actor=asker.actor, now=utc_now(), loopback=asker.loopback)


def _rotate(db: Connection, wanted: actions.RotateSecret, asker: Asker) -> Any:
    return actions.rotate_secret(db, asker.webhook, wanted, actor=asker.actor, now=utc_now())


def _ping(db: Connection, wanted: actions.PingWebhook, asker: Asker) -> Any:
    return actions.ping(db, asker.webhook, wanted, actor=asker.actor, now=utc_now())


def _replay(db: Connection, wanted: actions.ReplayDeliveries, asker: Asker) -> Any:
    return actions.replay(db, asker.webhook, wanted, now=utc_now())


_ONE = "/webhooks/{webhook}"
ACTS: Sequence[Act] = (
    Act(
        "POST",
        "/webhooks",
        actions.NewWebhook,
        actions.MadeWebhook,
        201,
        "create-webhook",
        "Have events sent to an address",
        _create,
    ),
    Act(
        "PATCH",
        _ONE,
        actions.ChangeWebhook,
        queries.WebhookView,
        200,
        "change-webhook",
        "Change, disable or enable a webhook",
        _change,
    ),
    Act(
        "POST",
        f"{_ONE}/secrets",
        actions.RotateSecret,
        actions.MadeSecret,
        201,
        "rotate-webhook-secret",
        "Give a webhook a new secret",
        _rotate,
    ),
    Act(
        "POST",
        f"{_ONE}/pings",
        actions.PingWebhook,
        queries.DeliveryView,
        201,
        "ping-webhook",
        "Send a webhook a ping",
        _ping,
    ),
    Act(
        "POST",
        f"{_ONE}/replay",
        actions.ReplayDeliveries,
        actions.Replayed,
        200,
        "replay-deliveries",
        "Send dead letters again",
        _replay,
    ),
)


def handlers(*, loopback: bool) -> list[HTTPRouteHandler]:
    """One handler an act."""
    return [_acting(act, loopback=loopback) for act in ACTS]


def _acting(act: Act, *, loopback: bool) -> HTTPRouteHandler:
    @route(
        act.path.replace("}", ":str}"),
        http_method=[act.method],
        status_code=act.status,
        summary=act.summary,
        operation_id=act.name,
        name=act.name,
        opt=takes("do.webhooks"),
    )
    async def handle(
        data: JSONBody[act.command],  # type: ignore[name-defined]
        request: Request[Any, Any, Any],
        state: State,
    ) -> Response[bytes]:
        named = request.path_params.get("webhook", "")
        found = id_of(named)
        asker = Asker(signed(request.scope), found or UUID(int=0), loopback)
        done = await state.questions.change(lambda db: act.do(db, data, asker))
        if done is None:
            done = no_such("webhook", str(named))
        if isinstance(done, Refused):
            return answer(of_refusal(done))
        return Response(msgspec.json.encode(done), status_code=act.status, media_type="application/json")

    return handle


def id_of(text: str) -> UUID | None:
    """The id in a path; what is none names no webhook."""
    try:
        return UUID(text)
    except ValueError:
        return None
