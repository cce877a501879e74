"""Where goods can be: sites, the locations in them, their calendars, and how far apart they lie.

A *site* is a warehouse or a store, with its own zone, currency and calendar. A *location* is a spot within a site
that the ledger can name; goods on a *saleable* location may be promised to customers. *Virtual* locations stand for
what lies outside the shelves (the supplier, the customer, loss, the workshop, the road), so that every move has two
ends.
"""
