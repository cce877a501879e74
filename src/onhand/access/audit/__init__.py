"""The audit trail: every change of state, who made it, from where, why, what was before and what after. For years.

An entry is the lasting copy of an event (``core.events``), made by a trigger in the event's own transaction: whoever
changes something and tells of it is on record, and nothing in the application can write an entry, alter or remove one
(its account may only read them). What the clock does by itself is on record, too; the figures of stock are not, for
the ledger is their own record, and is not written twice.

Entries stand in *lanes*. Each transaction takes a lane that is free just then, so that two never wait for each other;
in a lane, places are counted without a gap, and each batch of entries is a *link* of a chain: it holds the digest of
each of its entries, and the digest of all that and of the link before. One changed character breaks the digest of its
entry, a removed or added entry the count of its lane, and who makes all that fit must write every later link anew:
that is found out by the *seals*, which every few minutes note where the lanes end, signed with a key that is not in the
database (``onhand audit verify``).

Entries and links lie in a table for each month. Months older than three years go to files, which keep the chain.
"""
