"""Real sales through the real flows: a shop is set up from its own invoices, and these are played in order of time.

    lanes         happenings that do not disturb each other, gathered into batches
    player        batches into the writer, as fast as they go or at a pace; what it came to
    shopfitting   everything that must be there before the first order
    background    a few weeks of it beside a running server
    replay        all of it, and what is said at the end: ``onhand demo``

``docs/how-to/replay-real-sales.md`` tells how the shop is derived from the file.
"""
