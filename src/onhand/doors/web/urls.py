"""The addresses of the pages."""

from __future__ import annotations

import allauth.account.urls
import allauth.mfa.urls
import allauth.socialaccount.providers.openid_connect.urls
import allauth.socialaccount.urls
from django.templatetags.static import static
from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from onhand.doors.web import acts, faults, home, overview, shell, tokens
from onhand.doors.web.alerts import alert_devices, alert_wishes, alerts, category_thresholds
from onhand.doors.web.approving import approvals
from onhand.doors.web.customers import letters, reviews, templates_page
from onhand.doors.web.desk import case_acts, cases, desk, desk_acts
from onhand.doors.web.gates import public
from onhand.doors.web.how_to import how_to, how_tos, picture
from onhand.doors.web.lists import addresses
from onhand.doors.web.my.urls import of_customers
from onhand.doors.web.orders import bulk_acts, order_acts, orders
from onhand.doors.web.paths import CodePath, SerialPath
from onhand.doors.web.people import clients, devices, keys, limits, people, people_acts, roles, you
from onhand.doors.web.safety import audit, health, health_acts, privacy, privacy_acts, watch, watch_acts
from onhand.doors.web.screens import AT_THE_DESK, SCREENS
from onhand.doors.web.sheets import imports
from onhand.doors.web.shop import addresses as shop
from onhand.doors.web.shop.frame import LanguagePath
from onhand.doors.web.signin import shift, sign_in_facts
from onhand.doors.web.signin.signing_in import gated
from onhand.doors.web.status import pulse, status
from onhand.doors.web.stock import goods, goods_acts, stock_acts, supply_acts
from onhand.doors.web.webhooks import webhook_acts, webhooks

tokens.draw_at_once()
# Its receivers listen from here on.
assert sign_in_facts  # noqa: S101
_icon = public(RedirectView.as_view(url=static("onhand/icon.svg"), permanent=True))

register_converter(CodePath, "code")
register_converter(SerialPath, "serial")
register_converter(LanguagePath, "language")

urlpatterns = [
    path("favicon.ico", _icon, name="icon"),
    *of_customers(),
    path("", status, name="status"),
    path("pulse", pulse, name="pulse"),
    path("how-to/", how_tos, name="how-tos"),
    path("how-to/<slug:name>", how_to, name="how-to"),
    path("how-to/pictures/<slug:name>.png", picture, name="how-to.picture"),
    path("home", home.home_page, name="home"),
    path("prefer", shell.prefer, name="prefer"),
    path("palette", shell.palette, name="palette"),
    path("design", shell.design, name="design"),
    path("overview", overview.overview, name="overview"),
    path("overview/<slug:name>", overview.part, name="overview.part"),
    path("undo", acts.undo, name="undo"),
    *(each for screen in SCREENS for each in addresses(screen, screen.route)),
    *(each for screen, at in AT_THE_DESK for each in addresses(screen, at)),
    path("desk", desk.desk, name="desk"),
    path("desk/found", desk.found, name="desk.found"),
    path("desk/mine", desk.mine, name="desk.mine"),
    path("desk/customers/<code:code>", desk.customer, name="desk.customer"),
    path("desk/customers/<code:code>/orders", desk.more_orders, name="desk.more_orders"),
    path("desk/customers/<code:code>/look-after", desk_acts.look_after, name="desk.care"),
    path("desk/goods/<code:sku>", desk.goods, name="desk.goods"),
    path("desk/orders/<code:channel>/<code:number>", desk.order, name="desk.order"),
    path("desk/orders/<code:channel>/<code:number>/cancel", desk_acts.cancel, name="desk.cancel"),
    path("desk/customers/<code:customer>/write", desk_acts.write, name="desk.write"),
    path("desk/orders/<code:channel>/<code:number>/write", desk_acts.write, name="desk.write"),
    path("desk/customers/<code:customer>/note", desk_acts.note, name="desk.note"),
    path("desk/orders/<code:channel>/<code:number>/note", desk_acts.note, name="desk.note"),
    path("desk/notes/<serial:number>/pin", desk_acts.pin, name="desk.pin"),
    path("desk/notes/<serial:number>/take-down", desk_acts.take_down, name="desk.take_down"),
    path("desk/figures", cases.figures, name="cases.figures"),
    path("desk/customers/<code:customer>/open-case", case_acts.open_one, name="cases.open"),
    path("desk/orders/<code:channel>/<code:number>/open-case", case_acts.open_one, name="cases.open"),
    path("desk/cases/<serial:number>", cases.one, name="cases.one"),
    path("desk/cases/<serial:number>/take", case_acts.take, name="cases.take"),
    path("desk/cases/<serial:number>/<slug:name>", case_acts.say, name="cases.say"),
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
    path("goods/<code:sku>/announce", supply_acts.announce, name="supplies.announce"),
    path("goods/<code:sku>/to/<code:site>/under/<code:reference>", supply_acts.change, name="supplies.change"),
    path("alerts/bell", alerts.bell, name="alerts.bell"),
    path("alerts/acknowledge", alerts.acknowledge, name="alerts.acknowledge"),
    path("alerts/snooze", alerts.snooze, name="alerts.snooze"),
    path("alerts/chosen/<slug:name>", alerts.chosen, name="alerts.chosen"),
    path("alerts/thresholds", category_thresholds.thresholds, name="alerts.thresholds"),
    path("alerts/lead-days", category_thresholds.lead_days, name="alerts.lead_days"),
    path("alerts/escalation", alert_wishes.escalations, name="alerts.escalation"),
    path("alerts/escalation/<code:site>", alert_wishes.escalate, name="alerts.escalate"),
    path("alerts/escalation/<code:site>/end", alert_wishes.end_escalation, name="alerts.end_escalation"),
    path("account/alerts", alert_wishes.wishes, name="you.alerts"),
    path("account/alerts/all", alert_wishes.wish, name="you.alerts_all"),
    path("account/alerts/site", alert_wishes.wish_for_site, name="you.alerts_site"),
    path("account/alerts/of/<code:site>", alert_wishes.wish, name="you.alerts_of"),
    path("account/alerts/of/<code:site>/end", alert_wishes.unwish, name="you.alerts_end"),
    path("account/alerts/devices/turn-on", alert_devices.turn_on, name="you.devices_on"),
    path("account/alerts/devices/<serial:number>/take-off", alert_devices.take_off, name="you.devices_off"),
    # At the root, since a worker serves what lies below its own address.
    path("worker.js", alert_devices.worker, name="worker"),
    path("alerts/<serial:number>", alerts.one, name="alerts.one"),
    path("messages/again", letters.send_again, name="messages.again"),
    path("messages/chosen/<slug:name>", letters.chosen, name="messages.chosen"),
    path("messages/<serial:number>", letters.one, name="messages.one"),
    path("messages/templates", templates_page.overview, name="templates"),
    path("messages/templates/<code:name>/<slug:language>", templates_page.one, name="templates.one"),
    path("messages/templates/<code:name>/<slug:language>/preview", templates_page.preview, name="templates.preview"),
    path("messages/templates/<code:name>/<slug:language>/change", templates_page.change, name="templates.change"),
    path("messages/templates/<code:name>/<slug:language>/back", templates_page.take_back, name="templates.take_back"),
    path("imports", imports.overview, name="imports"),
    path("imports/upload", imports.upload, name="imports.upload"),
    path("imports/start", imports.start, name="imports.start"),
    path("imports/<serial:number>", imports.one, name="imports.one"),
    path("imports/<serial:number>/go-ahead", imports.go_ahead, name="imports.go_ahead"),
    path("imports/<serial:number>/cancel", imports.cancel, name="imports.cancel"),
    path("imports/<serial:number>/undo", imports.undo, name="imports.undo"),
    path("imports/<serial:number>/bad-rows.csv", imports.bad_rows, name="imports.bad_rows"),
    path("reviews/score", reviews.score, name="reviews.score"),
    path("reviews/of/<uuid:number>", reviews.one, name="reviews.one"),
    path("reviews/of/<uuid:number>/publish", reviews.publish, name="reviews.publish"),
    path("reviews/of/<uuid:number>/reject", reviews.reject, name="reviews.reject"),
    path("reviews/of/<uuid:number>/answer", reviews.answer, name="reviews.answer"),
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
    *shop.addresses(),
]
handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.broken
