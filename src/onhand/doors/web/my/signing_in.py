"""A customer signs in: by a code sent to their address, or a passkey. Whether an address is known is never said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from onhand.core.clock import utc_now
from onhand.customers import speaking
from onhand.customers.account import codes, sessions
from onhand.customers.account.codes import Turn
from onhand.customers.account.rules import CODE_LIVES, typed
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.doors.web.gates import public
from onhand.doors.web.my import gate, known
from onhand.doors.web.my.gate import Visitor, own
from onhand.doors.web.shell import remember
from onhand.flows import customer_account as account
from onhand.flows.customer_account import Asking


class AddressForm(forms.Form):
    """To which address the code goes."""

    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("The one you ordered with."),
        widget=forms.EmailInput({"autocomplete": "email", "autofocus": True}),
    )


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        max_length=20,
        label=gettext_lazy("Code"),
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "class": "code-field"}
        ),
    )

    def clean_code(self) -> str:
        """Its digits, however they are grouped."""
        code = typed(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("A code has six digits, or twelve. Type all that the letter says."))
        return code


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the address, and send a code there."""
    if request.method == "GET" and gate.visitor(request):
        return redirect(next_of(request))
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = Asking(form.cleaned_data["email"], get_language() or "en", known.asker(request))
        with house.changing() as db:
            turn = account.may_ask(db, asked, utc_now())
        if turn != "none":
            return _sent(request, asked, turn)
        form.add_error(None, _("That was tried too often. Wait a quarter of an hour, then try again."))
    status = 422 if request.method == "POST" else 200
    return render(request, "my/sign_in.html", facts_of(request, form), status=status)


def _sent(request: HttpRequest, asked: Asking, turn: Turn) -> HttpResponse:
    with house.changing() as db:
        asking = account.send_code(db, asked, turn, shop=shop_name(), key=gate.code_key(), now=utc_now())
    answer = redirect(_with_next(request, "my.code"))
    gate.give(answer, gate.ASKING, asking, int(CODE_LIVES.total_seconds()))
    return answer


@public
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code, and let its owner in."""
    asking = request.COOKIES.get(gate.ASKING, "")
    if not asking:
        return redirect(_with_next(request, "my.sign_in"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = _tried(request, asking, form)
        if token:
            return begun(request, token, next_of(request))
    status = 422 if request.method == "POST" else 200
    return render(request, "my/code.html", facts_of(request, form), status=status)


def _tried(request: HttpRequest, asking: str, form: CodeForm) -> str | None:
    """Try a code: its turn is taken, and written down, before anything is compared."""
    with house.changing() as db:
        there = codes.mark_of(db, asking, utc_now()) is not None
        allowed = there and account.may_try(db, asking, gate.address(request), utc_now())
    if there and not allowed:
        form.add_error(None, _("That was tried too often. Wait a quarter of an hour, then try again."))
        return None
    with house.changing() as db:
        token = account.sign_in(
            db, asking, form.cleaned_data["code"], gate.browser(request), key=gate.code_key(), now=utc_now()
        )
    if token is None:
        form.add_error("code", _("This code is wrong, or too old. Look again, or have another one sent."))
    return token


def begun(request: HttpRequest, token: str, to: str) -> HttpResponse:
    """A session has begun: its cookie goes to the browser, and forms of before are good no more."""
    answer = redirect(to)
    gate.give(answer, gate.COOKIE, token, int(timedelta(days=365).total_seconds()))
    mark, chosen = _of_session(token)
    known.know(request, answer, mark)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and chosen:
        remember(answer, settings.LANGUAGE_COOKIE_NAME, chosen)
    gate.take(answer, gate.ASKING)
    rotate_token(request)
    return answer


def _of_session(token: str) -> tuple[str, str]:
    """The mark of the address somebody has just signed in with, and the language they chose."""
    with house.reading() as db:
        signed = sessions.find(db, token, gate.lifetimes(), utc_now(), touch=False)
        return (signed.mark, speaking.language_of(db, signed.customers)) if signed else ("", "")


@own
@require_POST
def sign_out(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """End the session of this browser."""
    with house.changing() as db:
        sessions.end(db, visitor.signed.mark, actor=visitor.actor, now=utc_now(), only=visitor.signed.session)
    return ended(reverse("my.sign_in"))


def ended(to: str) -> HttpResponse:
    """A session has ended: its cookie goes, and what pages kept."""
    answer = redirect(to)
    gate.take(answer, gate.COOKIE)
    answer["Clear-Site-Data"] = '"storage"'
    return answer


def facts_of(request: HttpRequest, form: forms.Form) -> dict[str, Any]:
    """What the pages of signing in show."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return {"form": form, "shop": shop_name(), "next": wanted, "minutes": int(CODE_LIVES.total_seconds() // 60)}


def next_of(request: HttpRequest) -> str:
    """Where somebody wanted to go: one of these pages, and nowhere else."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    mine = reverse("my.orders")
    within = wanted.partition("?")[0] == mine or wanted.startswith(f"{mine}/")
    return wanted if within and url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else mine


def _with_next(request: HttpRequest, name: str) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return reverse(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")
