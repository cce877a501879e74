"""What this room refuses, by name."""

from __future__ import annotations

from onhand.core.refusals import Refused


def unknown_category(code: str, field: str) -> Refused:
    """The record names a category nobody has made, or one that hangs on such a one."""
    detail = f"There is no category {code!r}; create it first or in the same batch, or correct the code."
    return Refused("unknown_category", detail, field)


def category_circle(code: str, parent: str) -> Refused:
    """A category would become its own ancestor."""
    detail = f"{parent!r} is {code!r} itself or lies below it; choose a parent outside its own branch."
    return Refused("category_circle", detail, "parent")


def unknown_sku(code: str, field: str) -> Refused:
    """The record names a SKU nobody has made."""
    return Refused("unknown_sku", f"There is no SKU {code!r}; create its product first or correct the code.", field)


def unknown_unit(code: str, known: str, field: str) -> Refused:
    """A unit not on our list."""
    return Refused("unknown_unit", f"{code!r} is no unit; choose one of {known}.", field)


def unit_fixed(code: str, field: str) -> Refused:
    """Stock was counted in the old way already."""
    what = field.rpartition(".")[2]
    detail = f"SKU {code!r} has stock history, so its {what} is fixed; create another SKU and retire this one."
    return Refused("unit_fixed", detail, field)


def sku_of_other_product(code: str, product: str, field: str) -> Refused:
    """A SKU stays with the product it was made for."""
    detail = f"SKU {code!r} belongs to product {product!r}; change it there or choose another code."
    return Refused("sku_of_other_product", detail, field)


def listed_twice(what: str, field: str) -> Refused:
    """One record says the same thing twice."""
    return Refused("listed_twice", f"{what} is listed twice; name it once.", field)


def bad_barcode(detail: str, field: str) -> Refused:
    """A blank code, or a GTIN whose check digit is wrong."""
    return Refused("bad_barcode", detail, field)


def barcode_taken(code: str, owner: str, field: str) -> Refused:
    """A barcode means one SKU only."""
    detail = f"Barcode {code!r} already belongs to SKU {owner!r}; take it away there or correct the code."
    return Refused("barcode_taken", detail, field)


def bad_quantity(fault: str, field: str) -> Refused:
    """A pack that holds nothing, or a part of what cannot be divided."""
    return Refused("bad_quantity", f"The quantity of a pack {fault}.", field)


def bad_price(detail: str, field: str) -> Refused:
    """An amount nobody can pay."""
    return Refused("bad_price", detail, field)


def own_substitute(code: str, field: str) -> Refused:
    """A SKU cannot stand in for itself."""
    return Refused("own_substitute", f"SKU {code!r} cannot be its own substitute; leave it out.", field)
