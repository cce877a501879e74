"""Events in words, for people. What has no words of its own yet is shown by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KNOWN: dict[str, Promise | str] = {
    "order.placed": _("Order {number} was placed"),
    "order.amended": _("Order {number} was changed"),
    "order.cancelled": _("Order {number} was cancelled, or a part of it"),
    "order.returned": _("Goods of order {number} came back to {site}"),
    "order.confirm": _("Order {number} was confirmed"),
    "order.hold": _("Order {number} is held"),
    "order.resume": _("Order {number} goes on"),
    "order.pick": _("Order {number} was picked"),
    "order.pack": _("Order {number} was packed"),
    "order.ship": _("Order {number} was shipped"),
    "order.deliver": _("Order {number} was delivered"),
    "order.priority": _("Order {number} has another priority"),
    "order.backordered": _("Order {number} waits for {quantity}"),
    "order.backorder_served": _("Order {number} waited for {sku} and has {quantity} now"),
    "stock.received": _("Goods came to {site}"),
    "stock.moved": _("Goods changed places at {site}"),
    "stock.transferred": _("Goods are on their way to another site"),
    "stock.adjusted": _("Stock was corrected"),
    "stock.expired": _("{sku} has expired"),
    "stock.changed": _("Figures of stock changed"),
    "stock.below_threshold": _("{sku} fell below its threshold at {site}"),
    "stock.above_threshold": _("{sku} is above its threshold at {site} again"),
    "stock.threshold_set": _("A threshold was set for {sku}"),
    "stock.alerts_changed": _("Alerts of stock changed"),
    "stock.alert_acknowledged": _("Somebody acts upon the alert of {sku} at {site}"),
    "stock.alert_snoozed": _("The alert of {sku} at {site} was put off"),
    "stock.escalation_set": _("It was said to whom alerts are handed up"),
    "person.alerts_wished": _("{name} said how to hear of alerts"),
    "letter.given_up": _("A letter could not be delivered"),
    "template.changed": _("What the letter {name} says was changed"),
    "template.restored": _("The letter {name} says again what it came with"),
    "letter.sent_again": _("A letter was sent again"),
    "category.lead_days_set": _("It was said how long goods of {name} take to come"),
    "supply.expected": _("Goods are announced to {site}"),
    "cart.held": _("Goods were set aside for a cart"),
    "cart.released": _("A cart was let go"),
    "product.saved": _("Product {name} was saved"),
    "price.changed": _("The price of {name} changed"),
    "site.saved": _("Site {name} was saved"),
    "site.hours_set": _("The hours of {name} were set"),
    "location.saved": _("A location of {name} was saved"),
    "category.saved": _("Category {name} was saved"),
    "channel.saved": _("Channel {name} was saved"),
    "customer.saved": _("Customer {name} was saved"),
    "sku.removed": _("A SKU of {name} was removed"),
    "barcode.removed": _("A barcode of {name} was removed"),
    "price.removed": _("A price of {name} was removed"),
    "site.removed": _("Site {name} was removed"),
    "location.removed": _("A location of {name} was removed"),
    "customer.removed": _("Customer {name} was removed"),
    "sku.substitutes_set": _("What may be offered instead of {name} was set"),
    "webhook.made": _("A webhook was set up"),
    "webhook.changed": _("A webhook was changed"),
    "webhook.secret_rotated": _("A webhook has a new secret"),
    "person.admitted": _("{name} has an account"),
    "person.password_set": _("{name} has another password"),
    "person.posts_changed": _("The roles of {name} were changed"),
    "person.enabled": _("{name} may sign in again"),
    "person.disabled": _("{name} may no longer sign in"),
    "role.changed": _("What the role {name} allows was changed"),
    "key.made": _("The key {name} was made"),
    "key.revoked": _("The key {name} was revoked"),
    "person.sign_in_failed": _("A sign-in failed"),
    "rows.exported": _("Rows of {name} were taken out"),
    "access.refused": _("Somebody was refused"),
    "key.used_from": _("Key {name} was used from another address"),
    "alert.raised": _("Something out of the ordinary was noticed"),
    "alert.looked_at": _("An alert was taken in hand"),
    "alert.closed": _("An alert was closed"),
    "networks.brought": _("It was said where networks lie"),
    "incident.opened": _("An incident began"),
    "incident.acknowledged": _("An incident was taken in hand"),
    "incident.resolved": _("An incident is over"),
    "session.begun": _("{name} signed in"),
    "session.ended": _("A session of {person} ended"),
    "signin.locked": _("{name} cannot be signed in as for a while: too many wrong tries"),
    "signin.unlocked": _("{name} may try to sign in again"),
    "password.changed": _("{name} has another password"),
    "email.verified": _("{name} confirmed an e-mail address"),
    "factor.added": _("{name} has another second factor"),
    "factor.removed": _("{name} removed a second factor"),
    "device.registered": _("A shared device was registered"),
    "device.ended": _("A shared device was taken off"),
    "badge.set": _("{name} has a badge or a PIN for shared devices"),
    "badge.removed": _("{name} has no badge any more"),
    "client.made": _("Client {name} was made"),
    "client.revoked": _("Client {name} was revoked"),
    "client.cut_off": _("A token of {person} came twice: the device it was for is out"),
    "customer.erased": _("What was known of customer {name} was erased"),
    "order.erased": _("Where a guest's order went was erased"),
    "person.erased": _("What was known of {name} was erased"),
    "data.exported": _("All that is held on {name} was handed out"),
    "consent.given": _("{name} agreed to a purpose"),
    "consent.withdrawn": _("{name} objected to a purpose"),
    "hold.placed": _("The law holds what is known of {name}"),
    "hold.ended": _("The law no longer holds what is known of {name}"),
    "field_key.rotated": _("What is known of people is sealed under another master key"),
    "act.confirmed": _("An act was confirmed: {act}"),
    "request.made": _("Request {name} waits for a second person"),
    "request.approved": _("Request {name} was approved and done"),
    "request.declined": _("Request {name} was declined"),
    "request.failed": _("Request {name} could not be done"),
    "request.withdrawn": _("Request {name} was taken back"),
    "inbox.told": _("Somebody was told what became of request {request}"),
    "limit.changed": _("The limits of {name} were changed"),
    "sourcing.policy_set": _("{name} has a new sourcing policy"),
}


def words(kind: str, subject: str, facts: Mapping[str, Any]) -> str:
    """An event in a sentence of the reader's language."""
    known = KNOWN.get(kind)
    if known is None:
        return f"{kind}: {subject}"
    return str(known).format_map(_Blank(facts, name=subject.partition("/")[2]))


class _Blank(dict[str, Any]):
    """Facts; one that an event does not know reads as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"
