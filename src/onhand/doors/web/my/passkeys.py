"""Passkeys of customers: made, shown to sign in with, removed (Web Authentication, level 2, by the fido2 library).

What a browser is asked to sign is kept for five minutes under what its cookie holds, and is good once. A passkey's
holder is called by a chance number, which says nothing of them; they are asked for by their device (finger, face, PIN).
"""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from onhand.access.signin import guessing
from onhand.access.signin.guessing import Source
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.customers import queries as customers
from onhand.customers.account import passkeys, queries
from onhand.customers.account.passkeys import Held, NewPasskey
from onhand.customers.account.rules import digest
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.doors.web.gates import public
from onhand.doors.web.my import gate
from onhand.doors.web.my.account import back, shown
from onhand.doors.web.my.gate import Visitor, own
from onhand.doors.web.my.signing_in import AddressForm, begun, facts_of, next_of
from onhand.doors.web.refusals import in_words
from onhand.flows import customer_account

T = TypeVar("T")

COOKIE = f"{settings.COOKIE_PREFIX}onhand_my_passkey"
SECONDS = 300
LONGEST_ANSWER = 20_000


@own
@require_safe
def wanted(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What the browser is asked to make."""
    with house.reading() as db:
        handle = passkeys.handle_of(db, visitor.signed.mark)
        known = [AttestedCredentialData(each.public) for each in passkeys.held_under(db, handle)]
        customer = customers.customer(db, visitor.customers[0])
    name = customer.email if customer else ""
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(name=name or visitor.customers[0], id=handle, display_name=name),
        credentials=known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _asked(dict(options), {**state, "handle": handle.hex(), "session": visitor.signed.session})


@own
@require_POST
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Keep a passkey that was made."""
    made = _made(request, visitor)
    if made is None:
        fault = _("That did not work. Nothing was added; try again.")
        return shown(request, visitor, status=422, passkey_fault=fault)
    with house.changing() as db:
        first, mark = visitor.customers[0], visitor.signed.mark
        answer = passkeys.keep(db, first, mark, made, actor=visitor.actor, now=utc_now())
    if refused(answer):
        return shown(request, visitor, status=422, passkey_fault=in_words(answer))
    return redirect(back("passkey"))


def _made(request: HttpRequest, visitor: Visitor) -> NewPasskey | None:
    state = _taken(request)
    if state is None or state.pop("session") != visitor.signed.session:
        return None
    handle = bytes.fromhex(state.pop("handle"))

    def check(answer: Mapping[str, Any]) -> NewPasskey | None:
        found = _server(request).register_complete(state, RegistrationResponse.from_dict(answer))
        data = found.credential_data
        if data is None:
            return None
        name = request.POST.get("name", "").replace("\x00", "").strip()[: passkeys.LONGEST_NAME] or _("A passkey")
        return NewPasskey(handle, bytes(data.credential_id), bytes(data), found.counter, name)

    return _checked(request, check)


@own
@require_POST
def remove(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Remove a passkey of theirs."""
    with house.changing() as db:
        gone = passkeys.remove(db, visitor.signed.mark, number, actor=visitor.actor, now=utc_now())
    if not gone:
        raise Http404(str(number))
    return redirect(back("passkey-removed"))


@public
@never_cache
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What a browser is asked to sign to sign in; whose passkey it will be is not known yet."""
    with house.changing() as db:
        source = [Source("address", gate.address(request))]
        allowed = guessing.take(db, "customer.passkey", "customers", source, utc_now())
    if not allowed:
        return HttpResponse(status=429)
    options, state = _server(request).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return _asked(dict(options), dict(state))


@public
@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let in who holds a passkey."""
    state = _taken(request)
    token = _checked(request, lambda answer: _signed_in(request, state or {}, answer)) if state else None
    if token is None:
        facts = facts_of(request, AddressForm())
        return render(request, "my/sign_in.html", {**facts, "passkey_fault": True}, status=422)
    return begun(request, token, next_of(request))


def _signed_in(request: HttpRequest, state: Mapping[str, Any], answer: Mapping[str, Any]) -> str | None:
    handle = websafe_decode(str(answer["response"]["userHandle"]))
    with house.changing() as db:
        held = passkeys.held_under(db, handle)
        response = AuthenticationResponse.from_dict(answer)
        found = _server(request).authenticate_complete(
            dict(state), [AttestedCredentialData(each.public) for each in held], response
        )
        used = next(each for each in held if each.credential == bytes(found.credential_id))
        return _begun(db, request, used, response.response.authenticator_data.counter)


def _begun(db: Connection, request: HttpRequest, used: Held, counter: int) -> str | None:
    """Begin a session; None where the passkey was copied (it counts backwards), or nobody has its address any more."""
    customer = queries.first_with(db, used.mark)
    if customer is None or (used.signs and counter <= used.signs):
        return None
    passkeys.used(db, used.id, counter, utc_now())
    return customer_account.begin(db, customer, used.mark, "passkey", gate.browser(request), utc_now())


def _server(request: HttpRequest) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=request.get_host().partition(":")[0], name=shop_name()))


def _asked(options: dict[str, Any], state: dict[str, Any]) -> HttpResponse:
    token = secrets.token_urlsafe(24)
    cache.set(_kept_as(token), state, SECONDS)
    answer = JsonResponse({"request_options": options})
    gate.give(answer, COOKIE, token, SECONDS)
    return answer


def _taken(request: HttpRequest) -> dict[str, Any] | None:
    """What this browser was asked to sign; it is asked once."""
    name = _kept_as(request.COOKIES.get(COOKIE, ""))
    state: dict[str, Any] | None = cache.get(name)
    return state if state is not None and cache.delete(name) else None


def _kept_as(token: str) -> str:
    return f"my.passkey.{digest(token).hex()}"


_NO_ANSWER = (ValueError, TypeError, LookupError, AttributeError, RecursionError, struct.error)


def _checked(request: HttpRequest, check: Callable[[Mapping[str, Any]], T | None]) -> T | None:
    """What comes of a browser's answer; None where it is no such answer, or was signed by somebody else.

    The library tells a wrong signature by an exception of its own, and what is no answer by whatever its parsers meet.
    """
    text = request.POST.get("credential", "")
    if len(text) > LONGEST_ANSWER:
        return None
    try:
        answer = json.loads(text)
        return check(answer) if isinstance(answer, dict) else None
    except (*_NO_ANSWER, StopIteration, InvalidSignature):
        return None
