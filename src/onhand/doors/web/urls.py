"""The addresses of the pages."""

from __future__ import annotations

import allauth.account.urls
import allauth.mfa.urls
import allauth.socialaccount.providers.openid_connect.urls
import allauth.socialaccount.urls
from django.templatetags.static import static
from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from onhand.doors.web import (
    acts,
    approvals,
    audit,
    bulk_acts,
    clients,
    devices,
    faults,
    goods,
    goods_acts,
    health,
    health_acts,
    imports,
    keys,
    limits,
    order_acts,
    orders,
    overview,
    people,
    people_acts,
    privacy,
    privacy_acts,
    roles,
    shell,
    shift,
    sign_in_facts,
    stock_acts,
    watch,
    watch_acts,
    webhook_acts,
    webhooks,
    you,
)
from onhand.doors.web.gates import public
from onhand.doors.web.how_to import how_to, how_tos
from onhand.doors.web.lists import addresses
from onhand.doors.web.my.urls import of_customers
from onhand.doors.web.paths import CodePath, SerialPath
from onhand.doors.web.screens import SCREENS
from onhand.doors.web.signing_in import gated
from onhand.doors.web.status import pulse, status

# Its receivers listen from here on.
assert sign_in_facts  # noqa: S101
_icon = public(RedirectView.as_view(url=static("onhand/icon.svg"), permanent=True))

register_converter(CodePath, "code")
register_converter(SerialPath, "serial")

urlpatterns = [
    path("favicon.ico", _icon, name="icon"),
    *of_customers(),
    path("", status, name="status"),
    path("pulse", pulse, name="pulse"),
    path("how-to/", how_tos, name="how-tos"),
    path("how-to/<slug:name>", how_to, name="how-to"),
    path("home", shell.home, name="home"),
    path("prefer", shell.prefer, name="prefer"),
    path("palette", shell.palette, name="palette"),
    path("design", shell.design, name="design"),
    path("overview", overview.overview, name="overview"),
    path("overview/<slug:name>", overview.part, name="overview.part"),
    path("undo", acts.undo, name="undo"),
    *(each for screen in SCREENS for each in addresses(screen, screen.route)),
    path("orders/of/<code:channel>/<code:number>", orders.order, name="orders.one"),
    path("goods/<code:sku>", goods.goods, name="goods"),
    path("goods/<code:sku>/edit", goods_acts.edit, name="goods.edit"),
    path("goods/<code:sku>/price", goods_acts.price, name="goods.price"),
    path("orders/bulk/<slug:name>", bulk_acts.preview, name="orders.bulk"),
    path("orders/bulk/<slug:name>/do", bulk_acts.perform, name="orders.bulk_do"),
    path("orders/<code:channel>/<code:number>/step/<slug:name>", order_acts.step, name="orders.step"),
    path("orders/<code:channel>/<code:number>/cancel", order_acts.cancel, name="orders.cancel"),
    path("orders/<code:channel>/<code:number>/take-back", order_acts.take_back, name="orders.take_back"),
    path("orders/<code:channel>/<code:number>/priority", order_acts.priority, name="orders.priority"),
    path("stock/<code:sku>/at/<code:site>/adjust", stock_acts.adjust, name="stock.adjust"),
    path("stock/<code:sku>/at/<code:site>/move", stock_acts.move, name="stock.move"),
    path("stock/<code:sku>/at/<code:site>/transfer", stock_acts.transfer, name="stock.transfer"),
    path("stock/<code:sku>/at/<code:site>/receive", stock_acts.receive, name="stock.receive"),
    path("stock/<code:sku>/at/<code:site>/threshold", stock_acts.threshold, name="stock.threshold"),
    path("imports", imports.overview, name="imports"),
    path("imports/upload", imports.upload, name="imports.upload"),
    path("imports/start", imports.start, name="imports.start"),
    path("imports/<serial:number>", imports.one, name="imports.one"),
    path("imports/<serial:number>/go-ahead", imports.go_ahead, name="imports.go_ahead"),
    path("imports/<serial:number>/cancel", imports.cancel, name="imports.cancel"),
    path("imports/<serial:number>/undo", imports.undo, name="imports.undo"),
    path("imports/<serial:number>/bad-rows.csv", imports.bad_rows, name="imports.bad_rows"),
    path("audit/<serial:seq>/<serial:at>", audit.one, name="audit.one"),
    path("webhooks", webhooks.overview, name="webhooks"),
    path("webhooks/make", webhook_acts.make, name="webhooks.make"),
    path("webhooks/<uuid:webhook>", webhooks.one, name="webhooks.one"),
    path("webhooks/<uuid:webhook>/change", webhook_acts.change, name="webhooks.change"),
    path("webhooks/<uuid:webhook>/disable", webhook_acts.disable, name="webhooks.disable"),
    path("webhooks/<uuid:webhook>/enable", webhook_acts.enable, name="webhooks.enable"),
    path("webhooks/<uuid:webhook>/secret", webhook_acts.secret, name="webhooks.secret"),
    path("webhooks/<uuid:webhook>/ping", webhook_acts.ping, name="webhooks.ping"),
    path("webhooks/<uuid:webhook>/replay", webhook_acts.replay, name="webhooks.replay"),
    path("webhooks/<uuid:webhook>/deliveries/<serial:number>", webhooks.letter, name="webhooks.letter"),
    path("webhooks/<uuid:webhook>/deliveries/<serial:number>/replay", webhook_acts.replay, name="webhooks.replay_one"),
    path("health", health.health, name="health"),
    path("health/begin", health_acts.begin, name="health.begin"),
    path("health/<serial:number>/come-to", health_acts.come_to, name="health.come_to"),
    path("health/<serial:number>/end", health_acts.end, name="health.end"),
    path("watch", watch.overview, name="watch"),
    path("watch/<serial:number>", watch.one, name="watch.one"),
    path("watch/<serial:number>/look-at", watch_acts.look_at, name="watch.look_at"),
    path("watch/<serial:number>/close", watch_acts.close, name="watch.close"),
    path("watch/<serial:number>/end-sessions", watch_acts.end_sessions, name="watch.end_sessions"),
    path("watch/<serial:number>/disable", watch_acts.disable, name="watch.disable"),
    path("watch/<serial:number>/revoke", watch_acts.revoke, name="watch.revoke"),
    path("", include(([path("", include((clients.OPEN, "oidc")))], "idp"))),
    path("account/", you.you, name="you"),
    path("account/sessions/<serial:number>/end", you.end_session, name="you.end_session"),
    path("account/sessions/end-others", you.end_others, name="you.end_others"),
    path("touch", you.touch, name="touch"),
    path("shift", shift.shift, name="shift"),
    path("shift/lock", shift.lock, name="shift.lock"),
    path("devices", devices.overview, name="devices"),
    path("devices/register", devices.register, name="devices.register"),
    path("devices/<serial:number>/end", devices.end, name="devices.end"),
    path("devices/people/<str:name>/set-up", devices.set_up, name="devices.set_up"),
    path("devices/people/<str:name>/take-away", devices.take_away, name="devices.take_away"),
    path("devices/people/<str:name>/lift", devices.lift, name="devices.lift"),
    path("account/", include(gated(allauth.account.urls.urlpatterns))),
    path("account/2fa/", include(gated(allauth.mfa.urls.urlpatterns))),
    path("account/connections/", include(gated(allauth.socialaccount.urls.urlpatterns))),
    path("account/sso/", include(gated(allauth.socialaccount.providers.openid_connect.urls.urlpatterns))),
    path("privacy", privacy.overview, name="privacy"),
    path("privacy/find", privacy.find, name="privacy.find"),
    path("privacy/record", privacy.record, name="privacy.record"),
    path("privacy/record.csv", privacy.record_file, name="privacy.record_file"),
    path("privacy/customers/<code:customer>", privacy.one, name="privacy.one"),
    path("privacy/customers/<code:customer>/export.<slug:kind>", privacy.export, name="privacy.export"),
    path("privacy/customers/<code:customer>/choose", privacy_acts.choose, name="privacy.choose"),
    path("privacy/customers/<code:customer>/hold", privacy_acts.hold, name="privacy.hold"),
    path("privacy/customers/<code:customer>/release", privacy_acts.release, name="privacy.release"),
    path("privacy/customers/<code:customer>/erase", privacy_acts.erase, name="privacy.erase"),
    path(".well-known/gpc.json", privacy.global_privacy_control, name="gpc"),
    path("people", people.overview, name="people"),
    path("people/of/<code:name>", people.one, name="people.one"),
    path("people/add", people_acts.add, name="people.add"),
    path("people/of/<code:name>/give", people_acts.give, name="people.give"),
    path("people/of/<code:name>/end/<slug:role>", people_acts.end, name="people.end"),
    path("people/of/<code:name>/let-in/<slug:word>", people_acts.let_in, name="people.let_in"),
    path("people/of/<code:name>/password", people_acts.password, name="people.password"),
    path("roles", roles.overview, name="roles"),
    path("roles/make", roles.make, name="roles.make"),
    path("roles/of/<slug:name>", roles.one, name="roles.one"),
    path("roles/of/<slug:name>/change", roles.change, name="roles.change"),
    path("roles/of/<slug:name>/end", roles.end, name="roles.end"),
    path("keys", keys.overview, name="keys"),
    path("keys/make", keys.make, name="keys.make"),
    path("keys/<slug:prefix>/revoke", keys.revoke, name="keys.revoke"),
    path("limits", limits.overview, name="limits"),
    path("limits/<slug:act>", limits.change, name="limits.change"),
    path("approvals", approvals.overview, name="approvals"),
    path("approvals/told", approvals.told, name="approvals.told"),
    path("approvals/<serial:number>", approvals.one, name="approvals.one"),
    path("approvals/<serial:number>/approve", approvals.approve, name="approvals.approve"),
    path("approvals/<serial:number>/decline", approvals.decline, name="approvals.decline"),
]
handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.broken
