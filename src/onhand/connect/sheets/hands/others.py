"""Sites, locations and customers: a row is one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from onhand.connect.sheets.hands.hand import IN_USE, Bearer, Hand, Left, Logged, Refusals, Row, left, told
from onhand.core.database import Connection
from onhand.customers import actions as customers
from onhand.customers import secrets
from onhand.customers.actions import CustomerRecord
from onhand.flows.in_use import customers_depended_on, locations_depended_on, sites_depended_on
from onhand.places import actions as places
from onhand.places.records import LocationRecord, SiteRecord


class Sites(Hand):
    """Carries sites."""

    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Save sites."""
        return told(rows, places.save_sites(db, [_site(row) for row in rows], actor=bearer.actor))

    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Remove sites where nothing has lain."""
        codes = {thing.number: thing.found_by["code"] for thing in things}
        gone = places.remove_sites(db, codes.values(), depended_on=sites_depended_on, actor=bearer.actor)
        return {number: IN_USE for number, code in codes.items() if code not in gone}

    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Save sites as they were."""
        records = [_site(Row(thing.number, thing.before or {}, thing.image)) for thing in _bared(things)]
        return left(things, places.save_sites(db, records, actor=bearer.actor))


class Locations(Hand):
    """Carries locations."""

    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Save locations."""
        return told(rows, places.save_locations(db, [_location(row) for row in rows], actor=bearer.actor))

    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Remove locations where nothing has lain."""
        names = {thing.number: (thing.found_by["site"], thing.found_by["code"]) for thing in things}
        gone = places.remove_locations(db, list(names.values()), depended_on=locations_depended_on, actor=bearer.actor)
        return {number: IN_USE for number, name in names.items() if name not in gone}

    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Save locations as they were."""
        records = [_location(Row(thing.number, thing.before or {}, thing.image)) for thing in _bared(things)]
        return left(things, places.save_locations(db, records, actor=bearer.actor))


class Customers(Hand):
    """Carries customers."""

    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Save customers; what a row says nothing of stays as it is, opened and sealed anew."""
        now = secrets.opened(db, [(row.said["code"], row.image.facts) for row in rows])
        opened = [
            Row(row.number, row.said, replace(row.image, facts=facts)) for row, facts in zip(rows, now, strict=True)
        ]
        return told(rows, customers.save_customers(db, [_customer(row) for row in opened], actor=bearer.actor))

    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Remove customers who have not ordered."""
        codes = {thing.number: thing.found_by["code"] for thing in things}
        gone = customers.remove_customers(db, codes.values(), depended_on=customers_depended_on, actor=bearer.actor)
        return {number: IN_USE for number, code in codes.items() if code not in gone}

    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Save customers as they were."""
        before = secrets.opened(db, [(thing.found_by["code"], thing.before or {}) for thing in things])
        records = [
            _customer(Row(thing.number, was, thing.image)) for thing, was in zip(_bared(things), before, strict=True)
        ]
        return left(things, customers.save_customers(db, records, actor=bearer.actor))


def _bared(things: Sequence[Logged]) -> list[Logged]:
    """Things without their present state: what was blank before shall be blank again."""
    return [Logged(thing.number, thing.found_by, thing.before, _nothing(thing)) for thing in things]


def _nothing(thing: Logged) -> Any:
    return type(thing.image)(known=True, facts={}, text="{}", digest=thing.image.digest)


def _degrees(value: Any) -> float | None:
    return None if value is None else float(value)


def _site(row: Row) -> SiteRecord:
    return SiteRecord(
        row.said["code"],
        row.value("name"),
        row.value("kind"),
        row.value("country"),
        row.value("time_zone"),
        row.value("currency"),
        row.value("region", ""),
        _degrees(row.value("latitude")),
        _degrees(row.value("longitude")),
        active=row.value("active", otherwise=True),
    )


def _location(row: Row) -> LocationRecord:
    marks = [row.value(name, "") for name in ("zone", "aisle", "bay", "level")]
    return LocationRecord(row.said["site"], row.said["code"], row.value("kind"), *marks)


def _customer(row: Row) -> CustomerRecord:
    name, email, phone = (row.value(each, "") for each in ("name", "email", "phone"))
    return CustomerRecord(row.said["code"], name, email, phone, row.value("country"))
