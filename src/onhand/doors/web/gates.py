"""Who may open a page. Every page is wrapped in one of these; a test fails on one that is not.

``view.takes`` says what a page takes: one of these permissions, or (none named) that somebody is signed in; None where
everybody may come.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from onhand.access.models import Person
from onhand.access.permissions import PERMISSIONS
from onhand.doors.notices import NOTICES
from onhand.doors.origins import of_page

View = Callable[..., HttpResponseBase]


def may(*permissions: str, at: str = "") -> Callable[[View], View]:
    """Let in who is signed in and has one of these permissions; others are asked to sign in, or told that they may not.

    ``at``: the part of the address that names a site they must have it at. Raises ``KeyError`` for a permission that
    does not exist.
    """
    takes = frozenset(each for each in permissions if PERMISSIONS[each])

    def gate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponseBase:
            if not isinstance(request.user, Person):
                return _to_sign_in(request)
            sites = [facts[at]] if at else []
            if takes and not any(request.user.may(each, *sites) for each in takes):
                NOTICES.refused(request.user.actor, _route(request), str(request.META.get("REMOTE_ADDR", "")), "web")
                raise PermissionDenied(", ".join(sorted(takes)))
            return view(request, *args, **facts)

        cast("Any", guarded).takes = takes
        return guarded

    return gate


signed_in = may()


V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def public(view: V) -> V:
    """Let everybody in."""
    cast("Any", view).takes = None
    return view


def reader(request: HttpRequest) -> Person:
    """Whoever is signed in. Only for pages behind a gate."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    request.user.origin = of_page(request)
    return request.user


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect_to_login(request.get_full_path())
    # A fragment cannot hold the sign-in page: the whole page goes there.
    answer = HttpResponse(status=401)
    answer["HX-Redirect"] = redirect_to_login(request.headers.get("HX-Current-URL", "/")).url
    return answer


def _route(request: HttpRequest) -> str:
    """The template of an address, which tells nothing of whose page it is."""
    return request.resolver_match.route if request.resolver_match else ""
