"""A customer has themselves erased: told what that means, then asked once more, with a fresh code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from onhand.access.privacy import erasing, tombstones
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.customers.account.rules import CODE_LIVES
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.doors.web.my import gate, known
from onhand.doors.web.my.gate import Visitor, own
from onhand.doors.web.my.orders import frame
from onhand.doors.web.my.signing_in import CodeForm, ended
from onhand.doors.web.refusals import in_words
from onhand.flows import customer_account as account


class SureForm(CodeForm):
    """The fresh code, and that they mean it."""

    sure = forms.BooleanField(label=gettext_lazy("I know that this cannot be undone."))


@own
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What would become of what is held on them; from here a fresh code is sent."""
    waits = _waits(visitor)
    if request.method != "POST" or waits:
        facts = {**frame(visitor), "waits": in_words(waits) if waits else ""}
        return render(request, "my/leave.html", facts, status=409 if waits and request.method == "POST" else 200)
    with house.changing() as db:
        asking = account.send_again(
            db,
            visitor.signed,
            "erase",
            language=get_language() or "en",
            shop=shop_name(),
            key=gate.code_key(),
            now=utc_now(),
        )
    if refused(asking):
        return render(request, "my/leave.html", {**frame(visitor), "fault": in_words(asking)}, status=429)
    answer = redirect("my.leave.sure")
    gate.give(answer, gate.ASKING, asking, int(CODE_LIVES.total_seconds()))
    return answer


def _waits(visitor: Visitor) -> Refused | None:
    """Why they cannot be erased now."""
    with house.reading() as db:
        subjects = account.subjects(db, visitor.signed)
        return next((why for each in subjects if (why := erasing.waits_for(db, each, now=utc_now()))), None)


@own
@require_safe
def sure(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask once more."""
    return _sure(request, visitor, SureForm())


@own
@require_http_methods(["POST"])
def erase(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Erase them: every customer with their address, and what is kept under the address itself; or nothing of it."""
    form = SureForm(request.POST)
    if not form.is_valid() or not _confirmed(request, visitor, form):
        return _sure(request, visitor, form, status=422)
    answer = _erased(visitor)
    if refused(answer):
        form.add_error(None, in_words(answer))
        return _sure(request, visitor, form, status=409)
    gone = ended(f"{reverse('my.sign_in')}?said=erased")
    gate.take(gone, known.COOKIE)
    return gone


def _confirmed(request: HttpRequest, visitor: Visitor, form: SureForm) -> bool:
    asking, address = request.COOKIES.get(gate.ASKING, ""), gate.address(request)
    with house.changing() as db:
        allowed = account.may_try(db, asking, address, utc_now())
    code, key = form.cleaned_data["code"], gate.code_key()
    if allowed:
        with house.changing() as db:
            if account.is_confirmed(db, visitor.signed, "erase", asking, code, address, key=key, now=utc_now()):
                return True
    form.add_error("code", _("This code is wrong, or too old. Look again, or have another one sent."))
    return False


class _Waits(Exception):
    """One of them must wait: none is erased."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why.detail)
        self.why = why


def _erased(visitor: Visitor) -> Refused | None:
    try:
        with house.changing(house.SECONDS_FOR_MANY) as db:
            for subject in account.subjects(db, visitor.signed):
                _erase_one(db, subject, visitor.actor)
    except _Waits as waits:
        return waits.why
    with house.reading() as db:
        tombstones.keep(db)
    return None


def _erase_one(db: Connection, subject: str, actor: str) -> None:
    answer = erasing.erase(db, subject, now=utc_now(), actor=actor)
    if refused(answer):
        raise _Waits(answer)


def _sure(request: HttpRequest, visitor: Visitor, form: forms.Form, status: int = 200) -> HttpResponse:
    facts: dict[str, Any] = {"form": form, "minutes": int(CODE_LIVES.total_seconds() // 60)}
    return render(request, "my/leave_sure.html", {**frame(visitor), **facts}, status=status)
