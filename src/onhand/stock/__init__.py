"""The stock ledger: how much is where, since when, and what of it is promised.

Words of this room. A *move* takes a quantity of one SKU from one location to another and is never changed. A *balance*
is what the moves have left at a location; a *position* sums a site. A *reservation* is a claim on a position, or on a
dated *supply* that is still to come. *Available* = on hand that may be sold − reserved, and never below zero.
"""
