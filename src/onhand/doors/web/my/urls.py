"""The addresses of customers' pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from onhand.doors.web.my import account, leaving, orders, passkeys, reviewing, signing_in


def of_customers() -> list[URLPattern]:
    """Every address; to be made once the converters of codes and numbers are known."""
    return [
        path("my", orders.orders, name="my.orders"),
        path("my/sign-in", signing_in.sign_in, name="my.sign_in"),
        path("my/sign-in/code", signing_in.code, name="my.code"),
        path("my/sign-in/passkey", passkeys.sign_in, name="my.passkey"),
        path("my/sign-in/passkey/asked", passkeys.asked, name="my.passkey.asked"),
        path("my/sign-out", signing_in.sign_out, name="my.sign_out"),
        path("my/orders/<code:channel>/<code:number>", orders.order, name="my.order"),
        path("my/orders/<code:channel>/<code:number>/cancel", orders.cancel, name="my.order.cancel"),
        path("my/orders/<code:channel>/<code:number>/write", orders.write, name="my.order.write"),
        path("my/orders/<code:channel>/<code:number>/review", reviewing.of_order, name="my.order.review"),
        path("my/review/<str:token>", reviewing.review, name="my.review"),
        path("my/account", account.account, name="my.account"),
        path("my/account/language", account.language, name="my.language"),
        path("my/account/consent", account.choose, name="my.choose"),
        path("my/account/sessions/<serial:number>/end", account.end_session, name="my.session.end"),
        path("my/account/sessions/end-others", account.end_others, name="my.sessions.end"),
        path("my/account/passkeys/wanted", passkeys.wanted, name="my.passkey.wanted"),
        path("my/account/passkeys/add", passkeys.add, name="my.passkey.add"),
        path("my/account/passkeys/<serial:number>/remove", passkeys.remove, name="my.passkey.remove"),
        path("my/account/data.json", account.export, name="my.export"),
        path("my/account/leave", leaving.leave, name="my.leave"),
        path("my/account/leave/sure", leaving.sure, name="my.leave.sure"),
        path("my/account/leave/erase", leaving.erase, name="my.leave.erase"),
    ]
